//! One connection each, of the kinds that no browser makes.

use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use donewell_proof::http::Request;
use donewell_proof::people::Person;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// Between two bytes of the slow ones, and before one comes again.
const PAUSE: Duration = Duration::from_millis(500);
/// Within this the server has had enough of an endless one; they are sent as fast as they are taken.
const ENOUGH: Duration = Duration::from_secs(40);
/// Two hundred large tasks are more than this.
const WHOLE: usize = 1_800_000;
const ANSWERED: &[u8; 15] = b"HTTP/1.1 200 OK";

/// How it ended.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    /// How often by the server, and not by us when our time was up.
    pub by_server: u32,
    /// Bytes that the server or the system took, of one connection.
    pub sent: u64,
}

impl Left {
    fn new(by_server: bool, sent: u64) -> Left {
        Left {
            by_server: by_server.into(),
            sent,
        }
    }
}

/// Says nothing at all.
pub async fn silent(address: SocketAddr, long: Duration) -> Result<Left> {
    let stream = TcpStream::connect(address).await?;
    dribble(stream, long, b"").await
}

/// Closes its side of a connection, in the middle of a head or after a request, waits for the other side to be closed, and
/// comes again. It need not be answered.
pub async fn half_closed(
    address: SocketAddr,
    person: Person,
    long: Duration,
    number: usize,
) -> Result<Left> {
    let request = Request::new("GET", &person.tasks("?limit=10")).bearer(&person.token);
    let request = request.bytes();
    let part = if number.is_multiple_of(2) {
        request.len()
    } else {
        request.len() / 2
    };
    let (began, mut all) = (Instant::now(), Left::new(false, 0));
    while began.elapsed() < long {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(&request[..part]).await?;
        stream.shutdown().await?;
        let ended = timeout(ENOUGH, stream.read_to_end(&mut Vec::new())).await;
        ensure!(ended.is_ok(), "the other side is still open");
        all.by_server += 1;
        sleep(PAUSE).await;
    }
    Ok(all)
}

/// Asks something, and is gone without a word: the server's side of the connection knows nothing of it.
pub async fn vanished(address: SocketAddr, person: Person, long: Duration) -> Result<Left> {
    let mut stream = TcpStream::connect(address).await?;
    let request = Request::new("GET", &person.tasks("?limit=10")).bearer(&person.token);
    stream.write_all(&request.bytes()).await?;
    let mut answer = [0; ANSWERED.len()];
    stream.read_exact(&mut answer).await?;
    ensure!(answer == *ANSWERED, "{}", answer.escape_ascii());
    vanish(stream)?;
    sleep(long).await;
    Ok(Left::new(false, 0))
}

pub async fn slow_head(address: SocketAddr, long: Duration) -> Result<Left> {
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ")
        .await?;
    dribble(stream, long, b"a").await
}

pub async fn endless_head(address: SocketAddr, long: Duration) -> Result<Left> {
    let head = b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n";
    let line = format!("x-flood: {}\r\n", "a".repeat(1000));
    again(address, long, head, line.as_bytes()).await
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

pub async fn endless_body(address: SocketAddr, person: Person, long: Duration) -> Result<Left> {
    let head = head_of_a_task(&person) + "transfer-encoding: chunked\r\n\r\n";
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
    again(address, long, head.as_bytes(), chunk.as_bytes()).await
}

/// Whether the system lets us.
pub fn may_vanish() -> bool {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| {
        let address = listener.local_addr()?;
        std::net::TcpStream::connect(address)
    });
    socket.is_ok_and(|socket| vanish(socket).is_ok())
}

/// Closes a connection and has the system keep that to itself.
#[cfg(target_os = "linux")]
fn vanish(stream: impl AsFd) -> Result<()> {
    use nix::sys::socket::{setsockopt, sockopt::TcpRepair};
    Ok(setsockopt(&stream, TcpRepair, &1)?)
}

#[cfg(not(target_os = "linux"))]
fn vanish(_: impl AsFd) -> Result<()> {
    anyhow::bail!("only Linux lets somebody vanish")
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
    // What waits for us to be read.
    let mut start = [0; ANSWERED.len()];
    let is_answered = stream.peek(&mut start).await? == start.len() && start == *ANSWERED;
    ensure!(is_answered, "no such answer, but {}", start.escape_ascii());
    Ok(Left::new(false, 0))
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
    ensure!(
        answer.starts_with(ANSWERED),
        "no such answer, but {}",
        answer.escape_ascii()
    );
    Ok(Left::new(is_broken || answer.len() < WHOLE, 0))
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
            return Ok(Left::new(true, sent));
        }
        sent += bytes.len() as u64;
    }
    Ok(Left::new(false, sent))
}

/// Comes again whenever it has been shown the door.
async fn again(address: SocketAddr, long: Duration, head: &[u8], more: &[u8]) -> Result<Left> {
    let began = Instant::now();
    let mut all = Left::new(false, 0);
    while began.elapsed() < long {
        let left = pour(TcpStream::connect(address).await?, head, more).await?;
        all.by_server += left.by_server;
        all.sent = all.sent.max(left.sent);
    }
    Ok(all)
}

/// Sends the head, and then the same bytes again and again until the server takes no more.
async fn pour(mut stream: TcpStream, head: &[u8], more: &[u8]) -> Result<Left> {
    let (mut reader, mut writer) = stream.split();
    let mut sent = 0;
    let mut answer = [0; 1024];
    let write = async {
        let mut bytes = head;
        while writer.write_all(bytes).await.is_ok() {
            sent += bytes.len() as u64;
            bytes = more;
        }
    };
    let by_server = tokio::select! {
        () = write => true,
        _ = reader.read(&mut answer) => true,
        () = sleep(ENOUGH) => false,
    };
    Ok(Left::new(by_server, sent))
}
