//! Calls with the session's token.

use std::{cell::RefCell, future::Future, rc::Rc};

use leptos::{
    prelude::{FromServerFnError, window},
    server_fn::{
        Bytes,
        client::{Client, browser::BrowserClient},
        request::{ClientReq, browser::BrowserRequest},
        response::{ClientRes, browser::BrowserResponse},
    },
};
use send_wrapper::SendWrapper;

use super::{Asks, token};
use crate::error::{AppError, ErrorCode};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

thread_local! {
    static ON_END: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
}

/// Has `work` done whenever a call finds that the session has ended.
pub fn on_end(work: impl Fn() + 'static) {
    ON_END.set(Some(Rc::new(work)));
}

/// The client of server functions that need a session.
#[derive(Debug)]
pub struct SessionClient;

impl Client<AppError> for SessionClient {
    type Request = BrowserRequest;
    type Response = BrowserResponse;

    fn send(
        request: BrowserRequest,
    ) -> impl Future<Output = Result<BrowserResponse, AppError>> + Send {
        SendWrapper::new(async move {
            // A request can be sent once; what it says can be said again.
            let body = request.text().await.map_err(|_| ErrorCode::Internal)?;
            send_as_session(&request.url(), body).await
        })
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (
                impl futures_util::Stream<Item = Result<Bytes, Bytes>> + Send + 'static,
                impl futures_util::Sink<Bytes> + Send + 'static,
            ),
            AppError,
        >,
    > + Send {
        <BrowserClient as Client<AppError>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<AppError>>::spawn(future);
    }
}

/// Sends a form's body to a server function, and gives the JSON that it answers.
pub async fn send(path: &str, body: String, asks: Asks) -> Result<String, AppError> {
    let response = match asks {
        Asks::Session => send_as_session(path, body).await?,
        Asks::Anybody => fetch(request(path, body)?).await?,
    };
    if status(&response) >= 400 {
        Err(refusal(response).await)
    } else {
        response.try_into_string().await
    }
}

/// Leaves for a page past the router.
pub fn visit(path: &str) {
    // Fails for no address that is a path.
    let _ = window().location().set_href(path);
}

fn request(path: &str, body: String) -> Result<BrowserRequest, AppError> {
    BrowserRequest::try_new_post(path, JSON, FORM, body)
}

async fn fetch(request: BrowserRequest) -> Result<BrowserResponse, AppError> {
    <BrowserClient as Client<AppError>>::send(request).await
}

fn status(response: &BrowserResponse) -> u16 {
    ClientRes::<AppError>::status(response)
}

async fn refusal(response: BrowserResponse) -> AppError {
    match response.try_into_bytes().await {
        Ok(body) => AppError::de(body),
        Err(error) => error,
    }
}

/// Never without a token: the cookie alone might be somebody else's by now. Nor with the token of whoever has signed in
/// on this page since it was asked for.
async fn send_as_session(path: &str, body: String) -> Result<BrowserResponse, AppError> {
    let person = token::person();
    let is_theirs = || token::person() == person;
    let mut current = token::current().await?;
    let mut is_retry = false;
    while let Some(token) = current.filter(|_| is_theirs()) {
        let request = request(path, body.clone())?;
        request
            .headers()
            .set("authorization", &format!("Bearer {token}"));
        let response = fetch(request).await?;
        if status(&response) != 401 {
            return Ok(response);
        }
        let error = refusal(response).await;
        if error.code != ErrorCode::Unauthorized {
            return Err(error);
        }
        current = if is_retry {
            None
        } else {
            token::other_than(&token).await?
        };
        is_retry = true;
    }
    if is_theirs() {
        // While it is still known whose page this is.
        if let Some(work) = ON_END.with_borrow(Clone::clone) {
            work();
        }
        token::forget();
    }
    Err(ErrorCode::Unauthorized.into())
}
