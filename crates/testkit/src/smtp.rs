//! A mail server for tests: it listens on loopback, takes what it is told to take, and keeps it to be read back.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// When a scripted answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// As the greeting.
    Greeting,
    /// To `MAIL FROM`.
    From,
    /// To `RCPT TO`.
    Recipient,
    /// After the mail.
    Mail,
}

/// An answer that is none: the connection ends.
pub const SILENCE: &str = "";

/// A mail as it arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// The mail.
    pub bytes: Vec<u8>,
}

#[derive(Default)]
struct Kept {
    mails: Vec<Arrived>,
    script: VecDeque<(When, &'static str)>,
    connections: u32,
}

/// The server. It ends with the process of the test.
#[derive(Clone)]
pub struct Sink {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
}

impl Sink {
    /// Starts to listen on a free port of the loopback.
    ///
    /// # Panics
    /// If there is none.
    pub fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
        let address = listener.local_addr().expect("the address of a listener");
        let kept = Arc::new(Mutex::new(Kept::default()));
        let sink = Self { address, kept: kept.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = kept.clone();
                // A client that goes away in the middle is what some tests are about.
                std::thread::spawn(move || drop(talk(stream, &kept)));
            }
        });
        sink
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The next answers to differ from a good one, in their order: `(When::Recipient, "550 5.1.1 unknown")`.
    pub fn answers(&self, when: When, answer: &'static str) {
        self.kept.lock().unwrap().script.push_back((when, answer));
    }

    /// What arrived, in its order.
    pub fn mails(&self) -> Vec<Arrived> {
        self.kept.lock().unwrap().mails.clone()
    }

    /// How many connections there were.
    pub fn connections(&self) -> u32 {
        self.kept.lock().unwrap().connections
    }
}

fn scripted(kept: &Mutex<Kept>, now: When) -> Option<&'static str> {
    let mut kept = kept.lock().unwrap();
    let next = kept.script.front().filter(|(when, _)| *when == now).map(|(_, answer)| *answer);
    if next.is_some() {
        kept.script.pop_front();
    }
    next
}

fn talk(stream: TcpStream, kept: &Mutex<Kept>) -> std::io::Result<()> {
    kept.lock().unwrap().connections += 1;
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream);
    let mut say = |text: &str| match text {
        SILENCE => Err(std::io::ErrorKind::ConnectionAborted.into()),
        text => out.write_all(format!("{text}\r\n").as_bytes()),
    };
    say(scripted(kept, When::Greeting).unwrap_or("220 sink.test ESMTP"))?;
    let (mut from, mut to) = (String::new(), Vec::new());
    let mut line = String::new();
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let command = line.trim_end();
        let path = || command.split_once(':').map_or("", |(_, path)| path).trim().to_owned();
        match command.get(..4).unwrap_or(command).to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => say("250 sink.test")?,
            "MAIL" => {
                from = path();
                say(scripted(kept, When::From).unwrap_or("250 2.1.0 ok"))?;
            }
            "RCPT" => {
                let answer = scripted(kept, When::Recipient);
                if answer.is_none() {
                    to.push(path());
                }
                say(answer.unwrap_or("250 2.1.5 ok"))?;
            }
            "DATA" => {
                say("354 go on")?;
                let bytes = body(&mut lines)?;
                let answer = scripted(kept, When::Mail);
                if answer.is_none() {
                    let mail = Arrived { from: from.clone(), to: std::mem::take(&mut to), bytes };
                    kept.lock().unwrap().mails.push(mail);
                }
                say(answer.unwrap_or("250 2.0.0 taken"))?;
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok")?,
        }
    }
}

/// The lines up to the single dot, with doubled dots undone.
fn body(lines: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 || line == b".\r\n" {
            return Ok(bytes);
        }
        bytes.extend(line.strip_prefix(b".").unwrap_or(&line));
    }
}
