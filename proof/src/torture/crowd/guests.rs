//! One connection each, of the kinds that no browser makes.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Result;
use donewell_proof::http::Request;
use donewell_proof::people::Person;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// Between two bytes of the slow ones.
const PAUSE: Duration = Duration::from_millis(500);
/// Until the server has had enough of the endless ones; they are sent as fast as they are taken.
const ENOUGH: Duration = Duration::from_secs(40);
/// Two hundred large tasks are more than this.
const WHOLE: usize = 1_800_000;

/// How it ended.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    /// Not by us, when our time was up.
    pub by_server: bool,
    /// Bytes that the server or the system took.
    pub sent: u64,
}

/// Says nothing at all.
pub async fn silent(address: SocketAddr, long: Duration) -> Result<Left> {
    let stream = TcpStream::connect(address).await?;
    dribble(stream, long, b"").await
}

pub async fn slow_head(address: SocketAddr, long: Duration) -> Result<Left> {
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ")
        .await?;
    dribble(stream, long, b"a").await
}

pub async fn endless_head(address: SocketAddr) -> Result<Left> {
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n")
        .await?;
    let line = format!("x-flood: {}\r\n", "a".repeat(1000));
    pour(stream, line.as_bytes()).await
}

/// Says how long it is, and takes its time.
pub async fn slow_body(
    address: SocketAddr,
    person: Person,
    long: Duration,
    number: usize,
) -> Result<Left> {
    let mut stream = TcpStream::connect(address).await?;
    let mut head = head_of_a_task(&person);
    // Half of them say how long they are.
    let one: &[u8] = if number.is_multiple_of(2) {
        head.push_str("content-length: 60000\r\n\r\n");
        b" "
    } else {
        head.push_str("transfer-encoding: chunked\r\n\r\n");
        b"1\r\n \r\n"
    };
    stream.write_all(head.as_bytes()).await?;
    dribble(stream, long, one).await
}

pub async fn endless_body(address: SocketAddr, person: Person) -> Result<Left> {
    let mut stream = TcpStream::connect(address).await?;
    let head = head_of_a_task(&person) + "transfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await?;
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
    pour(stream, chunk.as_bytes()).await
}

/// All but its last line.
fn head_of_a_task(person: &Person) -> String {
    format!(
        "POST {} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\n",
        person.tasks(""),
        person.token
    )
}

/// Asks for much and takes nothing of it.
pub async fn no_reader(
    address: SocketAddr,
    person: Person,
    wait: Duration,
    long: Duration,
) -> Result<Left> {
    sleep(wait).await;
    let mut stream = TcpStream::connect(address).await?;
    let path = person.tasks("?limit=200&sort=title&order=asc");
    let request = Request::new("GET", &path).bearer(&person.token);
    stream.write_all(&request.bytes()).await?;
    sleep(long).await;
    Ok(Left {
        by_server: false,
        sent: 0,
    })
}

/// Takes its answer so late that there should be no more of it than what was on its way.
pub async fn late_reader(address: SocketAddr, person: Person, late: Duration) -> Result<Left> {
    let mut stream = TcpStream::connect(address).await?;
    let path = person.tasks("?limit=200&sort=title&order=asc");
    let request = Request::new("GET", &path)
        .bearer(&person.token)
        .header("connection", "close");
    stream.write_all(&request.bytes()).await?;
    sleep(late).await;
    let mut answer = Vec::new();
    let is_broken = stream.read_to_end(&mut answer).await.is_err();
    Ok(Left {
        by_server: is_broken || answer.len() < WHOLE,
        sent: 0,
    })
}

/// Sends these bytes again and again, slowly, until the time is up or the server has had enough.
async fn dribble(mut stream: TcpStream, long: Duration, bytes: &[u8]) -> Result<Left> {
    let began = Instant::now();
    let mut sent = 0;
    let mut answer = [0; 1024];
    while began.elapsed() < long {
        // An end, an answer, a broken connection: all the same.
        let pause = PAUSE.min(long.saturating_sub(began.elapsed()));
        if timeout(pause, stream.read(&mut answer)).await.is_ok()
            || stream.write_all(bytes).await.is_err()
        {
            return Ok(Left {
                by_server: true,
                sent,
            });
        }
        sent += bytes.len() as u64;
    }
    Ok(Left {
        by_server: false,
        sent,
    })
}

/// Sends these bytes again and again until the server takes no more.
async fn pour(mut stream: TcpStream, bytes: &[u8]) -> Result<Left> {
    let (mut reader, mut writer) = stream.split();
    let mut sent = 0;
    let mut answer = [0; 1024];
    let by_server = tokio::select! {
        () = async { while writer.write_all(bytes).await.is_ok() { sent += bytes.len() as u64; } } => true,
        _ = reader.read(&mut answer) => true,
        () = sleep(ENOUGH) => false,
    };
    Ok(Left { by_server, sent })
}
