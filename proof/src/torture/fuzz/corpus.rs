//! Good inputs, from which the others are made.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::server::InProcess;

pub const CURSORS: [&str; 5] = [
    r#"["created","desc",1766000000123456,"0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f"]"#,
    r#"["updated","asc",0,"0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f"]"#,
    r#"["due_date","asc",null,"0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f"]"#,
    r#"["due_date","desc",-62135596800000000,"0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f"]"#,
    r#"["title","asc","Ünïcode ✓","0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f"]"#,
];

pub const QUERIES: [&str; 8] = [
    "status=all&sort=created&order=desc&limit=50",
    "status=pending&sort=title&order=asc&q=milk&limit=1",
    "status=completed&sort=due_date&limit=200",
    "q=%C3%84pfel+und+%25",
    "sort=updated&order=asc&cursor=WyJ1cGRhdGVkIiwiYXNjIiwwLCIwMTk5ZDBhNS02YjdjLTdkMTAtOGUyZi0zYTRiNWM2ZDdlOGYiXQ",
    "cursor=WyJjcmVhdGVkIiwiZGVzYyIsMCwiMDE5OWQwYTUtNmI3Yy03ZDEwLThlMmYtM2E0YjVjNmQ3ZThmIl0",
    "sort=title&cursor=WyJ0aXRsZSIsImFzYyIsIsOcbiIsIjAxOTlkMGE1LTZiN2MtN2QxMC04ZTJmLTNhNGI1YzZkN2U4ZiJd",
    "unknown=1&=&&limit=007",
];

pub const BODIES: [&str; 11] = [
    r#"{"title":"Buy milk","description":"two\nlitres\tof it","due_date":"2026-12-24"}"#,
    r#"{"id":"0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f","title":"Äpfel","due_date":"2026-12-24T18:00:00.123456+01:00"}"#,
    r#"{"title":"a","completed":true,"due_date":null,"more":[1,2.5e3,{"deep":[null]}]}"#,
    r#"{"completed":false}"#,
    r#"{"description":"\u00e4\ud83d\ude00\/"}"#,
    r#"{"name":"Ada","email":"ada@example.org","password":"short","rememberMe":false,"callbackURL":"/tasks"}"#,
    r#"{"name":"New","email":"new@example.org","password":"eight amber lanterns","rememberMe":true}"#,
    r#"{"email":"ada@example.org","password":"eight amber lanterns"}"#,
    r#"{"currentPassword":"","newPassword":"eight amber lanterns","revokeOtherSessions":true}"#,
    r#"{"token":"0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f","redirectTo":"https://elsewhere.example/a?b#c","image":null}"#,
    r#"{"newEmail":"Ada.Lovelace+x@sub.example.org","callbackURL":"//evil.example"}"#,
];

/// Forms of server functions, beside their paths.
pub const FORMS: [&str; 28] = [
    "/fn/tasks/list?status=all&sort=created&search=",
    "/fn/tasks/list-more?status=pending&sort=created&search=milk&after=WyJjcmVhdGVkIiwiZGVzYyIsMCwiMDE5OWQwYTUtNmI3Yy03ZDEwLThlMmYtM2E0YjVjNmQ3ZThmIl0",
    "/fn/tasks/get?id=0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f",
    "/fn/tasks/add?title=Buy+milk",
    "/fn/tasks/add?id=0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f&title=%C3%84pfel&due=2026-12-24",
    "/fn/tasks/edit?id=0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f&title=B&description=a%0D%0Ab&due=2026-12-24T18%3A00%3A00%2B01%3A00&version=1",
    "/fn/tasks/set-completed?id=0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f&completed=true",
    "/fn/tasks/delete?id=0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f",
    "/fn/tasks/restore?id=0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f",
    "/fn/auth/get-user?",
    "/fn/auth/get-account?",
    "/fn/auth/sign-up?name=Ada&email=a&password=x&next=%2Ftasks",
    "/fn/auth/sign-in?email=a&password=&remember=on&next=%2F",
    "/fn/auth/sign-out?",
    "/fn/auth/request-password-reset?email=nobody",
    "/fn/auth/check-reset-token?token=AAAA",
    "/fn/auth/reset-password?token=AAAA&password=x",
    "/fn/auth/verify-email?token=AAAA",
    "/fn/auth/send-verification?",
    "/fn/auth/set-name?name=Ada+Lovelace",
    "/fn/auth/change-email?new_email=b&password=",
    "/fn/auth/change-password?current=&new=x&end_others=on",
    "/fn/auth/end-session?id=0199d0a5-6b7c-7d10-8e2f-3a4b5c6d7e8f",
    "/fn/auth/end-other-sessions?",
    "/fn/auth/delete-account?password=x&confirmation=delete",
    "/fn/landing/set-example-done?done=true",
    "/fn/landing/get-example?",
    "/fn/theme/set?theme=dark",
];

/// A path and a cookie, as a browser sends them; a line each.
pub const PAGES: [&str; 8] = [
    "/\ndonewell_theme=dark; donewell_zone=-60",
    "/login?next=%2Ftasks%3Fq%3Dmilk\ndonewell_typed=form=%2Ffn%2Fauth%2Fsign-in&email=ada%40example.org",
    "/signup?next=//evil.example\ndonewell_theme=light; donewell_session=AAAA",
    "/tasks?status=pending&sort=due_date&search=%C3%A4\n{cookie}; donewell_zone=840",
    "/settings?__path=%2Ffn%2Fauth%2Fset-name&__err=eyJjb2RlIjoiSU5WQUxJRF9OQU1FIn0\n{cookie}",
    "/reset-password?token=AAAA\ndonewell_theme=",
    "/verify-email?token=AAAA&error=INVALID_TOKEN\n{cookie}",
    "/robots.txt\n",
];

/// Headers of a request for one's own tasks, a line each.
pub const HEADERS: [&str; 6] = [
    "if-none-match: W/\"1\", \"2\", *\naccept: application/json;q=0.5, */*\naccept-encoding: br;q=1, gzip",
    "if-match: \"1\"\nidempotency-key: 4f2c\ncontent-type: application/merge-patch+json; charset=\"utf-8\"",
    "origin: http://localhost:3000\nreferer: http://localhost:3000/tasks\nsec-fetch-site: same-origin",
    "x-forwarded-for: 192.0.2.1, [2001:db8::7]:443\nuser-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0)",
    "access-control-request-method: PATCH\naccess-control-request-headers: authorization\norigin: https://other.example",
    "cookie: a=b; donewell_session=\"AAAA\"; =; donewell_theme=dark\nx-request-id: 1\nrange: bytes=0-",
];

pub const TEXTS: [&str; 9] = [
    "Buy milk",
    "a\nb\tc",
    "2026-12-24",
    "2026-12-24T18:00:00.123456789+01:00",
    "+262142-12-31T23:59:59-23:59",
    "ada.lovelace+tag@sub.example.org",
    "\"quoted\"@[192.0.2.1]",
    "ada@xn--bcher-kva.example",
    "  Ada  Lovelace ",
];

/// Tokens: a good one, and its parts put together otherwise.
pub fn tokens(server: &InProcess) -> Vec<Vec<u8>> {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let good = server.person.token.as_str();
    let parts: Vec<&str> = good.split('.').collect();
    let (head, claims, signature) = match parts[..] {
        [head, claims, signature] => (head, claims, signature),
        _ => ("", "", ""),
    };
    let mut tokens = vec![good.to_owned(), format!("{head}.{claims}.")];
    for other in [
        r#"{"alg":"none","typ":"JWT"}"#,
        r#"{"alg":"HS256","kid":"x"}"#,
        r#"{"alg":"EdDSA","kid":"","crit":["b64"],"b64":false}"#,
        r#"{"alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"AAAA"},"jku":"http://localhost/"}"#,
    ] {
        tokens.push(format!("{}.{claims}.{signature}", encode(other)));
    }
    for other in [
        r#"{"sub":"x","iss":"http://localhost:3000","aud":["http://localhost:3000"],"exp":9e99,"iat":-1}"#,
        r#"{"sub":{},"exp":18446744073709551615,"nbf":null}"#,
        "{}",
    ] {
        tokens.push(format!("{head}.{}.{signature}", encode(other)));
    }
    tokens.into_iter().map(String::into_bytes).collect()
}
