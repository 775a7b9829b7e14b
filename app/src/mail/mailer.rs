//! Delivers letters one after the other, in the background. Whoever causes one does not wait for it, and so cannot
//! learn from the time it takes whether there was any.

use std::{sync::Arc, time::Duration};

use lettre::{
    Message,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
};
use tokio::{
    sync::{mpsc, watch},
    time::{sleep, timeout},
};

use super::{Letter, Transport};

/// More than this many wait only if the mail server is down: then the newest are lost, and the log says so.
const LONGEST_QUEUE: usize = 1000;
const PAUSES: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(20),
];

/// Takes letters for delivery.
#[derive(Clone, Debug)]
pub struct Mailer {
    queue: mpsc::Sender<Letter>,
    waiting: Arc<watch::Sender<usize>>,
}

impl Mailer {
    /// Starts delivering; needs a runtime.
    pub fn start(transport: Transport, from: &str) -> Result<Self, String> {
        let from: Mailbox = from
            .parse()
            .map_err(|_| format!("{from:?} is no address"))?;
        let (queue, mut letters) = mpsc::channel::<Letter>(LONGEST_QUEUE);
        let waiting = Arc::new(watch::Sender::new(0));
        let delivered = waiting.clone();
        tokio::spawn(async move {
            while let Some(letter) = letters.recv().await {
                deliver(&transport, &from, letter).await;
                delivered.send_modify(|waiting| *waiting -= 1);
            }
        });
        Ok(Self { queue, waiting })
    }

    /// Never waits.
    pub fn send(&self, letter: Letter) {
        self.waiting.send_modify(|waiting| *waiting += 1);
        if let Err(error) = self.queue.try_send(letter) {
            self.waiting.send_modify(|waiting| *waiting -= 1);
            tracing::error!(%error, "a mail is lost");
        }
    }

    /// Waits until all is delivered, but not for long: the process is about to end.
    pub async fn drain(&self, patience: Duration) {
        let mut waiting = self.waiting.subscribe();
        let all = waiting.wait_for(|waiting| *waiting == 0);
        if timeout(patience, all).await.is_err() {
            tracing::warn!("some mail was not delivered before the end");
        }
    }
}

async fn deliver(transport: &Transport, from: &Mailbox, letter: Letter) {
    let message = match compose(from, &letter) {
        Ok(message) => message,
        Err(error) => {
            tracing::error!(%error, "a mail could not be written");
            return;
        }
    };
    let mut pauses = PAUSES.iter();
    while let Err(error) = transport.deliver(message.clone()).await {
        let next = pauses.next().filter(|_| error.may_recover);
        let Some(&pause) = next else {
            tracing::error!(error = error.why, "a mail could not be delivered");
            return;
        };
        tracing::warn!(
            error = error.why,
            ?pause,
            "a mail was not taken; trying again"
        );
        sleep(pause).await;
    }
}

fn compose(from: &Mailbox, letter: &Letter) -> Result<Message, lettre::error::Error> {
    let to = letter
        .to
        .parse()
        .map(|address| Mailbox::new(None, address))
        .map_err(|_| lettre::error::Error::MissingTo)?;
    Message::builder()
        .from(from.clone())
        .to(to)
        .subject(&letter.subject)
        .message_id(None)
        .header(AutoSubmitted)
        .multipart(MultiPart::alternative_plain_html(
            letter.text.clone(),
            letter.html.clone(),
        ))
}

/// So that no absence notice answers us.
#[derive(Clone, Debug)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
