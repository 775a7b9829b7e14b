//! What was mailed, as it lies in the data directory.

use std::{fs, time::Duration};

use crate::site::Server;

pub struct Letter {
    pub subject: String,
    pub text: String,
}

impl Letter {
    /// The secret in its link.
    pub fn token(&self) -> String {
        let place = self.text.find("token=").map(|at| at + "token=".len());
        let place = place.or_else(|| {
            self.text
                .find("/reset-password/")
                .map(|at| at + "/reset-password/".len())
        });
        let rest = &self.text[place.expect("a link")..];
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
            .collect()
    }
}

/// All to this address, oldest first.
pub fn letters(server: &Server, to: &str) -> Vec<Letter> {
    let Ok(entries) = fs::read_dir(server.data.path().join("mail")) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read_to_string(path).expect("it reads"))
        .filter(|message| message.contains(&format!("To: {to}")))
        .map(|message| Letter {
            subject: header(&message, "Subject: "),
            text: decode(&message),
        })
        .collect()
}

fn header(message: &str, name: &str) -> String {
    let line = message.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_default().to_owned()
}

/// Quoted-printable, as far as links need it.
fn decode(message: &str) -> String {
    message
        .replace("=\r\n", "")
        .replace("=3D", "=")
        .replace("\r\n", "\n")
}

pub async fn wait_for_letter(server: &Server, to: &str, subject: &str) -> Letter {
    wait(|| {
        letters(server, to)
            .into_iter()
            .rfind(|letter| letter.subject == subject)
    })
    .await
}

/// The newest of that many reset letters.
pub async fn wait_for_newest(server: &Server, to: &str, count: usize) -> Letter {
    wait(|| {
        let mut found = letters(server, to);
        found.retain(|letter| letter.subject == "Set a new password");
        (found.len() == count).then(|| found.pop()).flatten()
    })
    .await
}

async fn wait<T>(look: impl Fn() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), looking)
        .await
        .expect("the mail arrives")
}
