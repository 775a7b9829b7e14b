//! The configuration, by the command that operators use.

use crate::process::Command;

fn check_config() -> Command {
    Command::donewell("check-config")
}

#[test]
fn without_any_variable_the_defaults_are_sound() {
    let output = check_config().run();
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("127.0.0.1:3000 (default)"));
}

#[test]
fn every_variable_of_the_contract_is_shown_and_explained() {
    let shown = check_config().run().stdout;
    let explained = Command::donewell("serve").argument("--help").run().stdout;
    for name in [
        "DATABASE_URL",
        "DONEWELL_DATA",
        "LEPTOS_SITE_ADDR",
        "PUBLIC_URL",
        "AUTH_SECRET",
        "AUTH_SECRET_PREVIOUS",
        "JWKS_URL",
        "JWT_ISSUER",
        "JWT_AUDIENCE",
        "TRUSTED_ORIGINS",
        "TRUSTED_PROXIES",
        "SMTP_URL",
        "MAIL_FROM",
        "REQUIRE_EMAIL_VERIFICATION",
        "AUTH_RATE_LIMIT",
        "MAIL_RATE_LIMIT",
        "ADDRESS_RATE_LIMIT",
        "ACCOUNT_LOCKOUT",
        "API_RATE_LIMIT",
        "DATABASE_MAX_CONNECTIONS",
        "LOG_FORMAT",
        "RUST_LOG",
        "METRICS_ADDR",
    ] {
        assert!(shown.contains(name), "check-config does not show {name}");
        assert!(
            explained.contains(name),
            "serve --help does not explain {name}"
        );
    }
}

#[test]
fn a_wrong_value_is_named_with_what_was_found_and_what_would_do() {
    let wrong = [
        ("LEPTOS_SITE_ADDR", "localhost:3000"),
        ("LEPTOS_SITE_ADDR", "127.0.0.1:99999"),
        ("PUBLIC_URL", "todo.example.org"),
        ("PUBLIC_URL", "https://todo.example.org/app"),
        ("PUBLIC_URL", "ftp://todo.example.org"),
        ("TRUSTED_ORIGINS", "https://a.example.org,*"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("REQUIRE_EMAIL_VERIFICATION", "yes"),
        ("AUTH_RATE_LIMIT", "3"),
        ("MAIL_RATE_LIMIT", "3/60"),
        ("ADDRESS_RATE_LIMIT", "0/10s"),
        ("ACCOUNT_LOCKOUT", "10/0m"),
        ("API_RATE_LIMIT", "-1/10s"),
        ("AUTH_RATE_LIMIT", "1/9999999h"),
        ("MAIL_RATE_LIMIT", "1/8761h"),
        ("ADDRESS_RATE_LIMIT", "4294967296/10s"),
        ("ACCOUNT_LOCKOUT", "10/99999999999999999999m"),
        ("API_RATE_LIMIT", "1/9223372036854775807s"),
        ("DATABASE_MAX_CONNECTIONS", "0"),
        ("DATABASE_WAIT", "99999999999s"),
        ("LOG_FORMAT", "xml"),
        ("RUST_LOG", "=?="),
        ("METRICS_ADDR", "9090"),
        ("API_RATE_LIMIT", "3/10é"),
    ];
    for (variable, value) in wrong {
        let output = check_config().variable(variable, value).run();
        assert_eq!(output.code, 2, "{variable}={value}: {output:?}");
        assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
        assert!(
            output
                .stderr
                .starts_with(&format!("donewell: {variable}: found"))
        );
        assert!(output.stderr.contains("wanted"), "{output:?}");
    }
}

#[test]
fn a_limit_that_no_clock_can_hold_stops_the_start() {
    let output = Command::donewell("serve")
        .variable("AUTH_RATE_LIMIT", "1/9999999h")
        .run();
    assert_eq!(output.code, 2, "{output:?}");
    assert!(
        output
            .stderr
            .starts_with("donewell: AUTH_RATE_LIMIT: found"),
        "{output:?}"
    );
}

#[test]
fn all_faults_are_reported_at_once() {
    let output = check_config()
        .variable("PUBLIC_URL", "x")
        .variable("LOG_FORMAT", "x")
        .variable("METRICS_ADDR", "x")
        .run();
    assert_eq!(output.code, 2);
    assert_eq!(output.stderr.lines().count(), 3, "{output:?}");
}

#[test]
fn a_secret_is_never_repeated() {
    let secrets = [
        ("DATABASE_URL", "mysql://user:hunter2@localhost/x"),
        ("AUTH_SECRET", "hunter2"),
        ("AUTH_SECRET_PREVIOUS", "hunter2"),
        ("SMTP_URL", "http://user:hunter2@localhost"),
    ];
    for (variable, value) in secrets {
        let output = check_config().variable(variable, value).run();
        assert_eq!(output.code, 2);
        assert!(output.stderr.contains(variable), "{output:?}");
        assert!(!output.stderr.contains("hunter2"), "{output:?}");
    }
    let sound = check_config()
        .variable("DATABASE_URL", "postgres://user:hunter2@localhost/x")
        .variable("AUTH_SECRET", "hunter2".repeat(5))
        .run();
    assert_eq!(sound.code, 0, "{sound:?}");
    assert!(!sound.stdout.contains("hunter2"), "{sound:?}");
}

#[test]
fn a_database_of_ones_own_needs_a_secret_of_ones_own() {
    let output = check_config()
        .variable("DATABASE_URL", "postgres://localhost/x")
        .run();
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("AUTH_SECRET: not set"), "{output:?}");
}

#[test]
fn an_outside_issuer_is_configured_whole_or_not_at_all() {
    let output = check_config()
        .variable("JWKS_URL", "https://id.example.org/jwks")
        .run();
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("JWT_ISSUER: not set"), "{output:?}");
    assert!(
        output.stderr.contains("JWT_AUDIENCE: not set"),
        "{output:?}"
    );
}

#[test]
fn an_empty_value_counts_as_unset() {
    let output = check_config().variable("PUBLIC_URL", "").run();
    assert_eq!(output.code, 0, "{output:?}");
}

#[test]
fn a_value_that_is_no_text_is_a_fault() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let output = check_config()
        .variable("PUBLIC_URL", OsStr::from_bytes(b"http://\xff"))
        .run();
    assert_eq!(output.code, 2);
    assert!(
        output.stderr.contains("PUBLIC_URL: not valid UTF-8"),
        "{output:?}"
    );
}

#[test]
fn a_dot_env_file_fills_what_the_environment_leaves_open() {
    let output = check_config()
        .file(
            ".env",
            "LOG_FORMAT=json\nPUBLIC_URL=https://file.example.org\n",
        )
        .variable("PUBLIC_URL", "https://environment.example.org")
        .run();
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("json"));
    assert!(output.stdout.contains("https://environment.example.org"));
    assert!(!output.stdout.contains("https://file.example.org"));
}

#[test]
fn a_broken_dot_env_file_is_named_by_line_and_not_repeated() {
    let output = check_config()
        .file(".env", "LOG_FORMAT=json\n\nAUTH_SECRET hunter2\n")
        .run();
    assert_eq!(output.code, 2);
    assert_eq!(
        output.stderr,
        "donewell: .env: line 3 is not of the form NAME=value\n"
    );
}

#[test]
fn an_unreadable_dot_env_file_stops_the_start() {
    let output = check_config().directory(".env").run();
    assert_eq!(output.code, 2);
    assert!(
        output.stderr.starts_with("donewell: .env: cannot be read"),
        "{output:?}"
    );
    assert_eq!(output.stderr.lines().count(), 1);
}
