//! A mail server for tests: it listens on loopback, takes what it is told to take, and keeps it to be read back.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The authority that signed the server's certificate, which is for `localhost`.
pub const TRUSTED: &[u8] = include_bytes!("../tls/trusted.pem");
/// Another authority, which signed nothing here.
pub const OTHER: &[u8] = include_bytes!("../tls/other.pem");
const CERTIFICATE: &[u8] = include_bytes!("../tls/localhost.pem");
// It protects nothing: whoever has these tests has it.
const KEY: &[u8] = include_bytes!("../tls/localhost.key.pem");

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

/// How the server protects its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offers {
    /// Not at all.
    Nothing,
    /// With TLS, once it is asked for.
    Starttls,
    /// With TLS from the first byte.
    Tls,
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
    /// Whether nobody could read it on the way.
    pub protected: bool,
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
    /// Starts to listen on a free port of the loopback, without TLS.
    pub fn listen() -> Self {
        Self::offering(Offers::Nothing)
    }

    /// Starts to listen on a free port of the loopback.
    ///
    /// # Panics
    /// If there is none.
    pub fn offering(offers: Offers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
        let address = listener.local_addr().expect("the address of a listener");
        let kept = Arc::new(Mutex::new(Kept::default()));
        let sink = Self { address, kept: kept.clone() };
        let tls = identity();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, tls) = (kept.clone(), tls.clone());
                // A client that goes away in the middle is what some tests are about.
                std::thread::spawn(move || drop(serve(stream, offers, tls, &kept)));
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

fn identity() -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).expect("the certificate of the tests");
    let key = PrivateKeyDer::from_pem_slice(KEY).expect("the key of the tests");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("the provider knows the usual versions").with_no_client_auth();
    Arc::new(config.with_single_cert(vec![certificate], key).expect("a key for its certificate"))
}

fn serve(stream: TcpStream, offers: Offers, tls: Arc<ServerConfig>, kept: &Mutex<Kept>) -> Result<()> {
    kept.lock().unwrap().connections += 1;
    let secured = |stream| {
        let connection = ServerConnection::new(tls).map_err(Error::other)?;
        Ok::<_, Error>(BufReader::new(StreamOwned::new(connection, stream)))
    };
    let greeting = scripted(kept, When::Greeting).unwrap_or("220 sink.test ESMTP");
    if offers == Offers::Tls {
        let mut io = secured(stream)?;
        say(io.get_mut(), greeting)?;
        return talk(&mut io, false, true, kept).map(drop);
    }
    let mut lines = BufReader::new(stream);
    say(lines.get_mut(), greeting)?;
    match talk(&mut lines, offers == Offers::Starttls, false, kept)? {
        Ended::Closed => Ok(()),
        Ended::Upgrade => talk(&mut secured(lines.into_inner())?, false, true, kept).map(drop),
    }
}

/// How a dialogue ended.
enum Ended {
    Closed,
    /// With `STARTTLS`: what follows is protected, and begins without a greeting.
    Upgrade,
}

fn scripted(kept: &Mutex<Kept>, now: When) -> Option<&'static str> {
    let mut kept = kept.lock().unwrap();
    let next = kept.script.front().filter(|(when, _)| *when == now).map(|(_, answer)| *answer);
    if next.is_some() {
        kept.script.pop_front();
    }
    next
}

fn say(out: &mut impl Write, text: &str) -> Result<()> {
    match text {
        SILENCE => Err(ErrorKind::ConnectionAborted.into()),
        text => out.write_all(format!("{text}\r\n").as_bytes()).and_then(|()| out.flush()),
    }
}

/// What follows the greeting.
fn talk<S: Read + Write>(
    io: &mut BufReader<S>,
    starttls: bool,
    protected: bool,
    kept: &Mutex<Kept>,
) -> Result<Ended> {
    let (mut from, mut to) = (String::new(), Vec::new());
    let mut line = String::new();
    loop {
        line.clear();
        if io.read_line(&mut line)? == 0 {
            return Ok(Ended::Closed);
        }
        let command = line.trim_end();
        let path = || command.split_once(':').map_or("", |(_, path)| path).trim().to_owned();
        let answer = match command.get(..4).unwrap_or(command).to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" if starttls => "250-sink.test\r\n250 STARTTLS",
            "EHLO" | "HELO" => "250 sink.test",
            "STAR" if starttls => {
                say(io.get_mut(), "220 go on")?;
                return Ok(Ended::Upgrade);
            }
            "MAIL" => {
                from = path();
                scripted(kept, When::From).unwrap_or("250 2.1.0 ok")
            }
            "RCPT" => {
                let answer = scripted(kept, When::Recipient);
                if answer.is_none() {
                    to.push(path());
                }
                answer.unwrap_or("250 2.1.5 ok")
            }
            "DATA" => {
                say(io.get_mut(), "354 go on")?;
                let bytes = body(io)?;
                let answer = scripted(kept, When::Mail);
                if answer.is_none() {
                    let mail = Arrived { from: from.clone(), to: std::mem::take(&mut to), bytes, protected };
                    kept.lock().unwrap().mails.push(mail);
                }
                answer.unwrap_or("250 2.0.0 taken")
            }
            "QUIT" => return say(io.get_mut(), "221 bye").map(|()| Ended::Closed),
            _ => "250 ok",
        };
        say(io.get_mut(), answer)?;
    }
}

/// The lines up to the single dot, with doubled dots undone.
fn body(lines: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 || line == b".\r\n" {
            return Ok(bytes);
        }
        bytes.extend(line.strip_prefix(b".").unwrap_or(&line));
    }
}
