//! HTTP/1.1 over one connection that is kept: a request's bytes in, the answer out. No more than our own server
//! speaks, and so light that the load it makes does not measure itself.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const CONNECT_LIMIT: Duration = Duration::from_secs(5);
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
const HEADERS: usize = 48;

/// A request as it goes over the wire; made once, sent often.
#[derive(Debug, Clone)]
#[must_use]
pub struct Request {
    head: String,
    body: String,
}

impl Request {
    pub fn new(method: &str, path: &str) -> Request {
        Request {
            head: format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n"),
            body: String::new(),
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.head.extend([name, ": ", value, "\r\n"]);
        self
    }

    pub fn bearer(self, token: &str) -> Request {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With a cookie, a request that changes something has to say where it comes from.
    pub fn cookie(self, cookie: &str) -> Request {
        self.header("cookie", cookie)
            .header("sec-fetch-site", "same-origin")
    }

    pub fn json(self, body: &impl Serialize) -> Result<Request> {
        let body = serde_json::to_string(body)?;
        Ok(self.header("content-type", "application/json").text(body))
    }

    pub fn text(mut self, body: String) -> Request {
        self.body = body;
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let Request { head, body } = self;
        format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        all.find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body, if the status is the one that is wanted.
    pub fn json<T: DeserializeOwned>(&self, status: u16) -> Result<T> {
        if self.status != status {
            bail!("{} instead of {status}: {}", self.status, self.text());
        }
        serde_json::from_slice(&self.body).with_context(|| format!("odd JSON: {}", self.text()))
    }
}

/// What a measurement needs of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Brief {
    pub status: u16,
    /// Head and body, as they came.
    pub bytes: usize,
    pub first_byte: Instant,
}

#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Connection> {
        let stream = timeout(CONNECT_LIMIT, TcpStream::connect(address))
            .await
            .context("no connection in time")??;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            buffer: vec![0; 16 * 1024],
            filled: 0,
        })
    }

    pub async fn get(&mut self, path: &str) -> Result<Answer> {
        self.send(&Request::new("GET", path)).await
    }

    pub async fn send(&mut self, request: &Request) -> Result<Answer> {
        timeout(ANSWER_LIMIT, self.exchange(&request.bytes()))
            .await
            .context("no answer in time")??;
        let (head, length) = Head::parse(self.received())?.context("BUG: no head")?;
        let received = &self.received()[length..];
        Ok(Answer {
            status: head.status,
            headers: headers(self.received())?,
            body: match head.framing {
                Framing::Length(_) => received.to_vec(),
                Framing::Chunked => joined(received)?,
            },
        })
    }

    /// Sends what is ready to be sent, and reads the answer to its end. Without a time limit: whoever measures sets
    /// one for many.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Brief> {
        self.filled = 0;
        self.stream.write_all(request).await?;
        let mut head: Option<(Head, usize)> = None;
        let mut first_byte = None;
        loop {
            if self.filled == self.buffer.len() {
                self.buffer.resize(2 * self.filled, 0);
            }
            let count = self.stream.read(&mut self.buffer[self.filled..]).await?;
            if count == 0 {
                bail!("the server closed the connection");
            }
            let first_byte = *first_byte.get_or_insert_with(Instant::now);
            self.filled += count;
            if head.is_none() {
                head = Head::parse(self.received())?;
            }
            if let Some((head, length)) = &head
                && head.is_whole(&self.received()[*length..])?
            {
                return Ok(Brief {
                    status: head.status,
                    bytes: self.filled,
                    first_byte,
                });
            }
        }
    }

    /// Sends bytes, whatever they are, and waits for nothing.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(bytes).await?)
    }

    /// The last answer, head and body, as it came.
    pub fn received(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length(usize),
    Chunked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    status: u16,
    framing: Framing,
}

impl Head {
    /// With its length; none while there is more to come.
    fn parse(received: &[u8]) -> Result<Option<(Head, usize)>> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(length) = response.parse(received)? else {
            return Ok(None);
        };
        let status = response.code.context("an answer without a status")?;
        let mut framing = Framing::Length(0);
        for header in response.headers.iter() {
            if header.name.eq_ignore_ascii_case("content-length") {
                framing = Framing::Length(std::str::from_utf8(header.value)?.trim().parse()?);
            } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
                framing = Framing::Chunked;
            }
        }
        if status == 304 || status == 204 {
            framing = Framing::Length(0);
        }
        Ok(Some((Head { status, framing }, length)))
    }

    fn is_whole(self, body: &[u8]) -> Result<bool> {
        match self.framing {
            Framing::Length(length) => Ok(body.len() >= length),
            // The last chunk is empty; we ask for no trailers.
            Framing::Chunked => Ok(body.ends_with(b"0\r\n\r\n") && chunks(body)?.is_some()),
        }
    }
}

fn headers(received: &[u8]) -> Result<Vec<(String, String)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    response.parse(received)?;
    let pairs = response.headers.iter().map(|header| {
        let value = String::from_utf8_lossy(header.value).into_owned();
        (header.name.to_ascii_lowercase(), value)
    });
    Ok(pairs.collect())
}

/// The chunks of a body; none while there is more to come.
fn chunks(mut body: &[u8]) -> Result<Option<Vec<&[u8]>>> {
    let mut found = Vec::new();
    loop {
        let httparse::Status::Complete((start, size)) =
            httparse::parse_chunk_size(body).map_err(|_| anyhow::anyhow!("an odd chunk"))?
        else {
            return Ok(None);
        };
        let end = start + usize::try_from(size)?;
        if body.len() < end + 2 {
            return Ok(None);
        }
        if size == 0 {
            return Ok(Some(found));
        }
        found.push(&body[start..end]);
        body = &body[end + 2..];
    }
}

fn joined(body: &[u8]) -> Result<Vec<u8>> {
    Ok(chunks(body)?.context("half a body")?.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_with_a_length_is_whole_when_it_has_it() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc";
        let (head, length) = Head::parse(answer).expect("valid").expect("whole");
        assert_eq!(head.status, 200);
        assert!(!head.is_whole(&answer[length..]).expect("valid"));
        assert!(head.is_whole(b"abcde").expect("valid"));
    }

    #[test]
    fn a_head_that_is_not_whole_waits() {
        assert!(
            Head::parse(b"HTTP/1.1 200 OK\r\nConte")
                .expect("valid")
                .is_none()
        );
    }

    #[test]
    fn chunks_are_joined_even_when_one_ends_like_the_last() {
        let answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let (head, _) = Head::parse(answer).expect("valid").expect("whole");
        let body = b"3\r\nabc\r\n5\r\n0\r\n\r\n\r\n0\r\n\r\n";
        assert!(head.is_whole(body).expect("valid"));
        assert!(!head.is_whole(&body[..16]).expect("valid"));
        assert_eq!(joined(body).expect("whole"), b"abc0\r\n\r\n");
    }

    #[test]
    fn a_request_says_how_long_it_is() {
        let request = Request::new("POST", "/x").json(&[1]).expect("JSON");
        let text = String::from_utf8(request.bytes()).expect("text");
        assert!(text.starts_with("POST /x HTTP/1.1\r\n"), "{text}");
        assert!(text.ends_with("content-length: 3\r\n\r\n[1]"), "{text}");
    }
}
