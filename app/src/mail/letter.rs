//! A letter, as plain text and as HTML that loads nothing. No word in it is chosen by whoever caused it: names
//! are left out, because anybody can sign up with somebody else's address.

use time::OffsetDateTime;
use url::Url;

use crate::{
    text::{Paragraph, mail_text},
    ui::Escaped,
};

/// What is sent to one address.
#[derive(Debug)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// An address with a secret in it.
#[derive(Clone)]
pub struct Link(String);

impl std::fmt::Debug for Link {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Link(…)")
    }
}

impl Link {
    /// To our own page, or, for a caller of the API, on to the page that it names.
    pub fn reset_password(origin: &str, token: &str, redirect_to: Option<&str>) -> Self {
        match redirect_to {
            None => Self(build(origin, "/reset-password", &[("token", token)])),
            Some(to) => {
                let path = format!("/api/auth/reset-password/{token}");
                Self(build(origin, &path, &[("callbackURL", to)]))
            }
        }
    }

    /// To our own page, where a click proves the address, so that no scanner of mail uses the link up; or, for a
    /// caller of the API, on to the page that it names.
    pub fn verify_email(origin: &str, token: &str, callback_url: Option<&str>) -> Self {
        match callback_url {
            None => Self(build(origin, "/verify-email", &[("token", token)])),
            Some(to) => Self(build(
                origin,
                "/api/auth/verify-email",
                &[("token", token), ("callbackURL", to)],
            )),
        }
    }
}

fn build(origin: &str, path: &str, query: &[(&str, &str)]) -> String {
    let mut url = Url::parse(origin).expect("BUG: the public URL was checked at start");
    url.set_path(path);
    url.query_pairs_mut().extend_pairs(query);
    url.into()
}

impl Letter {
    pub fn verify_email(to: &str, link: &Link) -> Self {
        let words = &mail_text().verify_email;
        Self::with_link(
            to,
            words.subject,
            words.lead,
            words.button,
            link,
            words.otherwise,
        )
    }

    pub fn change_email(to: &str, link: &Link) -> Self {
        let words = &mail_text().change_email;
        Self::with_link(
            to,
            words.subject,
            words.lead,
            words.button,
            link,
            words.otherwise,
        )
    }

    pub fn reset_password(to: &str, link: &Link) -> Self {
        let words = &mail_text().reset_password;
        Self::with_link(
            to,
            words.subject,
            words.lead,
            words.button,
            link,
            words.otherwise,
        )
    }

    pub fn already_signed_up(origin: &str, to: &str) -> Self {
        let words = &mail_text().already_signed_up;
        let link = Link(build(origin, "/login", &[]));
        Self::with_link(
            to,
            words.subject,
            words.lead,
            words.button,
            &link,
            words.otherwise,
        )
    }

    pub fn password_changed(origin: &str, to: &str, at: OffsetDateTime) -> Self {
        Self::notice(origin, to, &mail_text().password_changed, &[when(at)])
    }

    pub fn email_changed(origin: &str, to: &str, new: &str, at: OffsetDateTime) -> Self {
        Self::notice(
            origin,
            to,
            &mail_text().email_changed,
            &[new.to_owned(), when(at)],
        )
    }

    pub fn user_deleted(origin: &str, to: &str, at: OffsetDateTime) -> Self {
        Self::notice(origin, to, &mail_text().user_deleted, &[when(at)])
    }

    pub fn new_sign_in(
        origin: &str,
        to: &str,
        device: Option<&str>,
        address: Option<&str>,
        at: OffsetDateTime,
    ) -> Self {
        let words = &mail_text().new_sign_in;
        let device = device.unwrap_or(mail_text().unknown_device).to_owned();
        let facts = [Some(device), address.map(str::to_owned), Some(when(at))];
        let facts: Vec<_> = facts.into_iter().flatten().collect();
        Self::notice(origin, to, words, &facts)
    }

    /// Something has happened; if it was not you, this is what to do.
    fn notice(origin: &str, to: &str, words: &Paragraph, facts: &[String]) -> Self {
        let link = Link(build(origin, "/forgot-password", &[]));
        let lead = format!("{}\n\n{}", words.lead, facts.join("\n"));
        Self::with_link(
            to,
            words.subject,
            &lead,
            words.button,
            &link,
            words.otherwise,
        )
    }

    fn with_link(
        to: &str,
        subject: &str,
        lead: &str,
        button: &str,
        link: &Link,
        otherwise: &str,
    ) -> Self {
        let footer = mail_text().footer;
        let text = format!(
            "{lead}\n\n{button}:\n{}\n\n{otherwise}\n\n-- \n{footer}\n",
            link.0
        );
        let paragraphs = lead
            .split(
                "

",
            )
            .fold(String::new(), |html, paragraph| {
                html + "<p>" + &Escaped(paragraph).to_string().replace('\n', "<br>") + "</p>"
            });
        let html = format!(
            "<!DOCTYPE html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{subject}</title></head>\
             <body style=\"margin:0;padding:24px;background:#faf7f2;color:#1f1c19;font:16px/1.5 sans-serif\">\
             <div style=\"max-width:520px;margin:0 auto\">{paragraphs}\
             <p><a href=\"{link}\" style=\"display:inline-block;padding:10px 20px;border-radius:10px;\
             background:#1f5c3f;color:#ffffff;text-decoration:none\">{button}</a></p>\
             <p style=\"color:#5d564f\">{otherwise}</p>\
             <p style=\"color:#5d564f;font-size:14px;word-break:break-all\">{link}</p>\
             <p style=\"color:#5d564f;font-size:14px\">{footer}</p></div></body></html>",
            language = mail_text().language,
            subject = Escaped(subject),
            link = Escaped(&link.0),
            button = Escaped(button),
            otherwise = Escaped(otherwise),
            footer = Escaped(footer),
        );
        Self {
            to: to.to_owned(),
            subject: subject.to_owned(),
            text,
            html,
        }
    }
}

fn when(at: OffsetDateTime) -> String {
    format!(
        "{} {} {}, {:02}:{:02} UTC",
        at.day(),
        at.month(),
        at.year(),
        at.hour(),
        at.minute()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://todo.example.org";

    #[test]
    fn a_link_stands_in_the_text_and_in_the_html() {
        let link = Link::verify_email(ORIGIN, "secret", Some("/tasks?a=1&b=2"));
        let letter = Letter::verify_email("ada@example.org", &link);
        let address = "https://todo.example.org/api/auth/verify-email?token=secret&callbackURL=%2Ftasks%3Fa%3D1%26b%3D2";
        assert!(letter.text.contains(address), "{}", letter.text);
        assert!(
            letter.html.contains(&address.replace('&', "&amp;")),
            "{}",
            letter.html
        );
    }

    #[test]
    fn nothing_hostile_becomes_markup_and_nothing_is_loaded() {
        let letter = Letter::new_sign_in(
            ORIGIN,
            "ada@example.org",
            Some("<img src=x onerror=alert(1)>\" on 'Linux'"),
            None,
            OffsetDateTime::UNIX_EPOCH,
        );
        assert!(!letter.html.contains("<img"), "{}", letter.html);
    }
}
