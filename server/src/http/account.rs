//! `GET /account/data.json`: everything that is kept about whoever is signed in, for them to take along.

use std::sync::Arc;

use axum::{
    Extension,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use donewell_app::auth::{accounts::Accounts, identity::Identity, service};

use super::problem::stopped;

pub async fn export(
    State(accounts): State<Arc<Accounts>>,
    Extension(identity): Extension<Identity>,
) -> Response {
    let Identity::Cookie(signed_in) = identity else {
        let login = [(header::LOCATION, "/login?next=%2Fsettings")];
        return (StatusCode::FOUND, login).into_response();
    };
    match service::export(&accounts, &signed_in.user).await {
        Ok(data) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"donewell.json\"",
                ),
            ];
            (headers, format!("{data:#}\n")).into_response()
        }
        Err(error) => stopped("/account/data.json", error),
    }
}
