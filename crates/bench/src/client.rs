//! A browser's connection, as small as it can be: HTTP/1.1, kept alive, answers with a length.
//!
//! It shares the machine with the server it measures, so it does nothing that a figure does not need.

use std::net::SocketAddr;

use storykit::Browser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection to the server.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The first header with a name in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Every header.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name, value.trim()))
    }

    /// The cookie that the answer sets, as it is sent back.
    pub(crate) fn cookie(&self) -> Option<&str> {
        self.header("set-cookie").and_then(|line| line.split(';').next())
    }

    /// The value of the first hidden field with a name.
    pub(crate) fn hidden(&self, name: &str) -> Option<&str> {
        let from = self.body.split_once(&format!("name=\"{name}\" value=\""))?.1;
        from.split_once('"').map(|(value, _)| value)
    }
}

impl Connection {
    pub(crate) async fn open(to: SocketAddr) -> Self {
        let stream = TcpStream::connect(to).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        Self { stream, buffer: Vec::with_capacity(64 * 1024) }
    }

    /// Asks for a page. `more` are further header lines, each with its end.
    pub(crate) async fn get(&mut self, path: &str, more: &str) -> Result<Answer, String> {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: bench\r\naccept-language: ja\r\n{more}\r\n")).await
    }

    /// Sends a form of our own pages.
    pub(crate) async fn post(&mut self, path: &str, more: &str, form: &str) -> Result<Answer, String> {
        self.send(&format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\naccept-language: ja\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n{more}\r\n{form}",
            form.len()
        ))
        .await
    }

    async fn send(&mut self, request: &str) -> Result<Answer, String> {
        let told = |error: std::io::Error| error.to_string();
        self.stream.write_all(request.as_bytes()).await.map_err(told)?;
        self.buffer.clear();
        let (head, length) = loop {
            self.more().await?;
            if let Some(end) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
                break (head, end + 4);
            }
        };
        let status = head.get(9..12).and_then(|code| code.parse().ok()).ok_or("no status")?;
        let mut answer = Answer { status, head, body: String::new() };
        let body = answer.header("content-length").and_then(|length| length.parse::<usize>().ok());
        let body = body.ok_or("an answer without a length")?;
        while self.buffer.len() < length + body {
            self.more().await?;
        }
        answer.body = String::from_utf8_lossy(&self.buffer[length..]).into_owned();
        Ok(answer)
    }

    async fn more(&mut self) -> Result<(), String> {
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) => Err("the server closed the connection".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The cookies of somebody who signed in, as a browser sends them.
pub(crate) fn cookie_of(person: &Browser) -> String {
    let cookies = person.cookies().into_iter().map(|(name, value, _)| format!("{name}={value}"));
    cookies.collect::<Vec<_>>().join("; ")
}

/// Runs those who ask, on one thread: the other is the server's.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work)
}
