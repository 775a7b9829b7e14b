//! Tokens of another issuer, whose key set we fetch.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use donewell_app::auth::token::{Bearer, Refusal, signing_key};
use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, Header, encode};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    site::{self, Server},
    tasks::client::Client,
};

const ISSUER: &str = "https://id.example.org";
const AUDIENCE: &str = "https://api.example.org";
/// Made with OpenSSL: keys on P-256 and of RSA, and of each a token that is good until 2100. Their private halves have been
/// deleted.
const OTHER_KEYS: &str = include_str!("others.json");

/// Another issuer's server: hands out its key set, and counts how often it was asked.
struct Issuer {
    url: String,
    set: Arc<Mutex<Option<Value>>>,
    asked: Arc<AtomicUsize>,
}

impl Issuer {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/jwks", listener.local_addr().expect("an address"));
        let set: Arc<Mutex<Option<Value>>> = Arc::default();
        let asked: Arc<AtomicUsize> = Arc::default();
        let (served, counted) = (set.clone(), asked.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut stream = stream;
                let mut buffer = [0; 2048];
                let _ = stream.read(&mut buffer);
                counted.fetch_add(1, Ordering::SeqCst);
                let answer = match served.lock().expect("whole").as_ref() {
                    Some(set) => {
                        let body = set.to_string();
                        format!(
                            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                            body.len()
                        )
                    }
                    None => "HTTP/1.1 500 Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                        .to_owned(),
                };
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { url, set, asked }
    }

    fn publish(&self, keys: Value) {
        *self.set.lock().expect("whole") = Some(json!({ "keys": keys }));
    }

    fn go_down(&self) {
        *self.set.lock().expect("whole") = None;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    async fn server(&self, pool: PgPool) -> Server {
        let variables = [
            ("JWKS_URL", self.url.as_str()),
            ("JWT_ISSUER", ISSUER),
            ("JWT_AUDIENCE", AUDIENCE),
        ];
        site::server(pool, &variables).await
    }
}

fn jwk(seed: u8, kid: &str) -> Value {
    let x = URL_SAFE_NO_PAD.encode(
        SigningKey::from_bytes(&[seed; 32])
            .verifying_key()
            .as_bytes(),
    );
    json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": kid, "x": x })
}

/// As Better Auth writes them: without `typ`, without `sid`.
fn token(seed: u8, kid: &str, change: &[(&str, Value)]) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid.to_owned());
    header.typ = None;
    let now = jsonwebtoken::get_current_timestamp();
    let mut claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "AbCdEfGhIjKlMnOpQrStUvWxYz012345", "iat": now, "exp": now + 900,
        "name": "Ada", "email": "ada@example.org",
    });
    for (name, value) in change {
        claims[*name] = value.clone();
    }
    encode(&header, &claims, &signing_key(&[seed; 32])).expect("it signs")
}

async fn verify(server: &Server, token: &str) -> Result<Bearer, Refusal> {
    server.accounts.verifier.verify(token).await
}

async fn refused(server: &Server, token: &str) {
    let verdict = verify(server, token).await;
    assert_eq!(verdict.err(), Some(Refusal::Invalid), "{token}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_first_valid_token_makes_the_users_row_and_the_next_ones_find_it(pool: PgPool) {
    let issuer = Issuer::start();
    issuer.publish(json!([jwk(1, "one")]));
    let server = issuer.server(pool.clone()).await;
    let first = verify(&server, &token(1, "one", &[]))
        .await
        .expect("accepted");
    assert_eq!(&*first.subject, "AbCdEfGhIjKlMnOpQrStUvWxYz012345");
    assert_eq!(first.session, None);
    let again = verify(&server, &token(1, "one", &[("name", json!(null))]))
        .await
        .expect("accepted");
    assert_eq!(first.user_id, again.user_id);
    assert_eq!(issuer.asked(), 1);
    let hostile = [
        ("sub", json!("<script>' OR 1=1 --")),
        ("name", json!("a\u{0}b")),
    ];
    let other = verify(&server, &token(1, "one", &hostile))
        .await
        .expect("any text is a subject");
    assert_ne!(first.user_id, other.user_id);
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM app_user WHERE issuer = $1")
        .bind(ISSUER)
        .fetch_one(&pool)
        .await
        .expect("a count");
    assert_eq!(count, 2);
}

#[sqlx::test(migrations = "../migrations")]
async fn their_keys_may_be_of_p256_and_rsa_too(pool: PgPool) {
    let others: Value = serde_json::from_str(OTHER_KEYS).expect("JSON");
    let issuer = Issuer::start();
    issuer.publish(others["keys"].clone());
    let server = issuer.server(pool).await;
    for token in others["tokens"].as_array().expect("tokens") {
        let token = token.as_str().expect("a token");
        verify(&server, token).await.expect("accepted");
        let (message, signature) = token.rsplit_once('.').expect("a signature");
        let (header, _) = message.split_once('.').expect("a header");
        let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64");
        for place in [0, signature.len() / 2, signature.len() - 1] {
            let mut other = signature.clone();
            other[place] ^= 1;
            let other = URL_SAFE_NO_PAD.encode(other);
            refused(&server, &format!("{message}.{other}")).await;
        }
        let claims = URL_SAFE_NO_PAD.encode(
            json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "me", "exp": 4_102_444_800_u64 })
                .to_string(),
        );
        let signature = URL_SAFE_NO_PAD.encode(&signature);
        refused(&server, &format!("{header}.{claims}.{signature}")).await;
        let mut more: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).expect("base64")).expect("JSON");
        more["typ"] = json!("JWT");
        let (more, (_, claims)) = (
            URL_SAFE_NO_PAD.encode(more.to_string()),
            message.split_once('.').expect("claims"),
        );
        refused(&server, &format!("{more}.{claims}.{signature}")).await;
        refused(&server, &format!("{message}.")).await;
        refused(&server, &format!("{message}.{}", "A".repeat(86))).await;
    }
}

/// As somebody writes it whose numbers have a sign.
fn with_zeros(key: &Value, zeros: usize) -> Value {
    let n = URL_SAFE_NO_PAD.decode(key["n"].as_str().expect("a number"));
    let n = [&vec![0; zeros], n.expect("base64").as_slice()].concat();
    json!({ "kty": "RSA", "kid": key["kid"], "e": "AAEAAQ", "n": URL_SAFE_NO_PAD.encode(n) })
}

#[sqlx::test(migrations = "../migrations")]
async fn a_number_with_a_zero_before_it_is_the_same_number(pool: PgPool) {
    let others: Value = serde_json::from_str(OTHER_KEYS).expect("JSON");
    let issuer = Issuer::start();
    issuer.publish(json!([with_zeros(&others["keys"][1], 1)]));
    let server = issuer.server(pool).await;
    let token = others["tokens"][1].as_str().expect("a token");
    verify(&server, token).await.expect("accepted");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_of_1024_bits_is_too_small_however_it_is_written(pool: PgPool) {
    let others: Value = serde_json::from_str(OTHER_KEYS).expect("JSON");
    let small = &others["small"];
    for key in [small["key"].clone(), with_zeros(&small["key"], 128)] {
        let issuer = Issuer::start();
        issuer.publish(json!([key]));
        let server = issuer.server(pool.clone()).await;
        refused(&server, small["token"].as_str().expect("a token")).await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_subject_that_looks_like_one_of_our_users_is_another_person(pool: PgPool) {
    let issuer = Issuer::start();
    issuer.publish(json!([jwk(1, "one")]));
    let server = issuer.server(pool).await;
    let ada = super::people::sign_up(&server, "Ada").await;
    let theirs = verify(&server, &token(1, "one", &[("sub", json!(ada.id))]))
        .await
        .expect("accepted");
    assert_ne!(theirs.user_id.to_string(), ada.id);
}

#[sqlx::test(migrations = "../migrations")]
async fn their_keys_speak_for_them_only_and_ours_for_us(pool: PgPool) {
    let issuer = Issuer::start();
    issuer.publish(json!([jwk(1, "one")]));
    let server = issuer.server(pool).await;
    for change in [
        &[("iss", json!(site::ORIGIN)), ("aud", json!(site::ORIGIN))][..],
        &[("iss", json!("https://other.example.org"))],
        &[("aud", json!(site::ORIGIN))],
        &[("aud", json!(null))],
        &[("sub", json!(""))],
        &[("sub", json!("x".repeat(256)))],
        &[("exp", json!("9999999999"))],
        &[("exp", json!(1))],
    ] {
        let verdict = verify(&server, &token(1, "one", change)).await;
        assert_eq!(verdict.err(), Some(Refusal::Invalid), "{change:?}");
    }
    verify(&server, &token(2, "one", &[]))
        .await
        .expect_err("another's key under their name");
    verify(
        &server,
        &token(
            1,
            "one",
            &[("aud", json!([AUDIENCE, "https://more.example.org"]))],
        ),
    )
    .await
    .expect("one of several audiences");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_rotated_key_is_fetched_at_once_and_made_up_names_are_not_asked_about_again(
    pool: PgPool,
) {
    let issuer = Issuer::start();
    issuer.publish(json!([jwk(1, "one")]));
    let server = issuer.server(pool).await;
    verify(&server, &token(1, "one", &[]))
        .await
        .expect("accepted");
    issuer.publish(json!([jwk(1, "one"), jwk(2, "two")]));
    verify(&server, &token(2, "two", &[]))
        .await
        .expect("accepted");
    assert_eq!(issuer.asked(), 2);
    for number in 0..50 {
        let made_up = token(3, &format!("made-up-{number}"), &[]);
        verify(&server, &made_up).await.expect_err("refused");
    }
    assert_eq!(issuer.asked(), 2, "at most one question in thirty seconds");
    verify(&server, &token(1, "one", &[]))
        .await
        .expect("the former is still there");
}

#[sqlx::test(migrations = "../migrations")]
async fn known_keys_are_kept_while_the_issuer_is_down_or_confused(pool: PgPool) {
    let issuer = Issuer::start();
    let garbage = json!({ "kty": "OKP", "crv": "Ed25519", "x": "c2hvcnQ", "kid": "short" });
    let unknown = json!({ "kty": "whatever", "kid": "odd" });
    issuer.publish(json!([garbage, unknown, jwk(1, "one")]));
    let server = issuer.server(pool).await;
    verify(&server, &token(1, "short", &[]))
        .await
        .expect_err("no key of that name that could be used");
    issuer.go_down();
    verify(&server, &token(1, "one", &[]))
        .await
        .expect("accepted");
    verify(&server, &token(2, "two", &[]))
        .await
        .expect_err("not known");
    verify(&server, &token(1, "one", &[("name", json!("Another"))]))
        .await
        .expect("accepted");
}

#[sqlx::test(migrations = "../migrations")]
async fn their_subject_is_the_id_in_the_path_whatever_it_is(pool: PgPool) {
    let issuer = Issuer::start();
    issuer.publish(json!([jwk(1, "one")]));
    let server = issuer.server(pool).await;
    for (subject, path) in [
        ("AbCdEf", "AbCdEf"),
        ("auth0|5f/7 ü?#%", "auth0%7C5f%2F7%20%C3%BC%3F%23%25"),
        ("auth", "%61uth"),
    ] {
        let token = token(1, "one", &[("sub", json!(subject))]);
        let client = Client {
            server: &server,
            token: &token,
            id: path,
        };
        let made = client.post(json!({ "title": "A" })).await;
        assert_eq!(made.status, 201, "{}", made.body);
        assert_eq!(made.json()["user_id"], subject);
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        if subject != "auth" {
            assert_eq!(made.header("location"), client.path(&format!("/{id}")));
        }
        client.add("B").await;
        let page = client.get("?limit=1").await;
        let next = crate::tasks::lists::next(&page).expect("a next page");
        assert_eq!(client.get(&next).await.json()[0]["id"], id);
        let other = Client { id: "x", ..client };
        assert_eq!(other.get("").await.code(), "FORBIDDEN");
    }
}
