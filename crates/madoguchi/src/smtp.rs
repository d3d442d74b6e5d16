//! Mail over SMTP (RFC 5321): one mail a connection, every answer of the other side told apart.
//!
//! Whether a mail is tried again, given up, or was never the matter depends on *when* the other side refuses, so the
//! commands are sent one by one. Of replies code and status are kept; their text names the address.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::mail::{Address, Reply};
use lettre::Address as Mailbox;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox as Named, Message, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

/// How long a whole delivery may take; within the lease of the outbox.
const LIMIT: Duration = Duration::from_secs(150);
/// How long one command may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protection {
    /// TLS from the first byte (port 465).
    Tls,
    /// STARTTLS, and nothing without it (port 587 or 25).
    Starttls,
    /// None: a server on this machine only.
    None,
}

/// The server that takes our mail.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its name, as in its certificate.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// The certificates to trust, as PEM.
    pub certificates: Vec<u8>,
    /// Name and password, where it wants them.
    pub credentials: Option<(String, String)>,
    /// Whose mail it is: the envelope's and the header's sender.
    pub from: String,
    /// The name beside it: the city's counter.
    pub name: String,
    /// Our own name: the host of the citizens' pages. Message-IDs end with it.
    pub host_name: String,
}

/// A mail as it is sent.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The left part of its Message-ID: the same for the same mail, however often it is sent.
    pub id: String,
    /// When it was made: part of what makes two of them the same.
    pub date: std::time::SystemTime,
    /// The language, for `Content-Language`.
    pub language: &'static str,
    /// The heading.
    pub subject: String,
    /// The text for those who read no HTML.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// The appointment for a calendar program.
    pub calendar: Option<String>,
    /// The page on which these mails are stopped, which also takes a single press of a mail program (RFC 8058).
    pub stop: String,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it.
    Sent,
    /// The server is not there, or refuses us and not the mail: no mail goes through at present.
    NoServer(Option<Reply>),
    /// This mail is to be tried again; without a code if the server fell silent over it, and may have taken it.
    Later(Option<Reply>),
    /// This mail will never be taken.
    Refused(Reply),
}

/// Why a mail could not even be written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SmtpError {
    /// The sender in the configuration is no address.
    #[error("the sender of mails in the configuration is no mail address")]
    From,
    /// The mail could not be put together.
    #[error("a mail could not be put together")]
    Letter,
}

macro_rules! plain_header {
    ($kind:ident, $name:literal) => {
        #[derive(Clone)]
        struct $kind(String);

        impl Header for $kind {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}
plain_header!(AutoSubmitted, "Auto-Submitted");
plain_header!(ContentLanguage, "Content-Language");
plain_header!(ListUnsubscribe, "List-Unsubscribe");
plain_header!(ListUnsubscribePost, "List-Unsubscribe-Post");

impl Server {
    /// The bytes of a mail to somebody.
    pub fn write(&self, to: &Address, letter: &Letter) -> Result<Vec<u8>, SmtpError> {
        let from = self.from.parse::<Mailbox>().map_err(|_| SmtpError::From)?;
        let text = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(encoded(&letter.text)?);
        let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(encoded(&letter.html)?);
        let body = MultiPart::alternative().singlepart(text).singlepart(html);
        let body = match &letter.calendar {
            None => body,
            Some(calendar) => {
                let kind: ContentType =
                    "text/calendar; charset=utf-8; method=PUBLISH".parse().map_err(|_| SmtpError::Letter)?;
                let attached = Attachment::new("madoguchi.ics".to_owned()).body(encoded(calendar)?, kind);
                MultiPart::mixed().multipart(body).singlepart(attached)
            }
        };
        Message::builder()
            .envelope(Envelope::new(Some(from.clone()), vec![mailbox(to)]).map_err(|_| SmtpError::Letter)?)
            .from(Named::new(Some(self.name.clone()), from))
            .to(Named::new(None, mailbox(to)))
            .subject(letter.subject.clone())
            .date(letter.date)
            .message_id(Some(format!("<{}@{}>", letter.id, self.host_name)))
            .header(AutoSubmitted("auto-generated".to_owned()))
            .header(ContentLanguage(letter.language.to_owned()))
            .header(ListUnsubscribe(format!("<{}>", letter.stop)))
            .header(ListUnsubscribePost("List-Unsubscribe=One-Click".to_owned()))
            .multipart(body)
            .map(|message| message.formatted())
            .map_err(|_| SmtpError::Letter)
    }

    /// Hands a mail to the server.
    pub async fn deliver(&self, to: &Address, bytes: &[u8]) -> Result<Outcome, SmtpError> {
        let (from, to) = (self.from.parse::<Mailbox>().map_err(|_| SmtpError::From)?, mailbox(to));
        let named = AtomicBool::new(false);
        let delivery = tokio::time::timeout(LIMIT, self.dialogue(from, to, bytes, &named));
        let silent =
            || if named.load(Ordering::Relaxed) { Outcome::Later(None) } else { Outcome::NoServer(None) };
        Ok(delivery.await.unwrap_or_else(|_| Err(silent())).unwrap_or_else(|outcome| outcome))
    }

    /// `named` says that the recipient was named: from there on, whatever happens is this mail's matter and counts as an
    /// attempt, or a server that takes mails without saying so would get the same one for ever.
    async fn dialogue(
        &self,
        from: Mailbox,
        to: Mailbox,
        bytes: &[u8],
        named: &AtomicBool,
    ) -> Result<Outcome, Outcome> {
        // Whatever goes wrong before the recipient is named is not this mail's matter.
        let before = |error: lettre::transport::smtp::Error| {
            tracing::debug!(permanent = error.is_permanent(), tls = error.is_tls(), "no mail server");
            Outcome::NoServer(reply(&error))
        };
        let own = |error: lettre::transport::smtp::Error| match reply(&error) {
            Some(reply) if error.is_permanent() => Outcome::Refused(reply),
            reply => Outcome::Later(reply),
        };
        let hello = ClientId::Domain(self.host_name.clone());
        let tls = self.tls().map_err(before)?;
        let direct = tls.clone().filter(|_| self.protection == Protection::Tls);
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(PATIENCE), &hello, direct, None)
                .await
                .map_err(before)?;
        if let (Protection::Starttls, Some(tls)) = (self.protection, tls) {
            connection.starttls(tls, &hello).await.map_err(before)?;
        }
        if let Some((name, password)) = &self.credentials {
            let credentials = Credentials::new(name.clone(), password.clone());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await.map_err(before)?;
        }
        connection.command(Mail::new(Some(from), vec![])).await.map_err(before)?;
        named.store(true, Ordering::Relaxed);
        let done = async {
            connection.command(Rcpt::new(to, vec![])).await?;
            connection.command(Data).await?;
            connection.message(bytes).await
        };
        let answer = done.await;
        // The mail was taken or refused already; how the connection ends says nothing more.
        connection.abort().await;
        answer.map(|_| Outcome::Sent).map_err(own)
    }

    fn tls(&self) -> Result<Option<TlsParameters>, lettre::transport::smtp::Error> {
        if self.protection == Protection::None {
            return Ok(None);
        }
        let trusted = Certificate::from_pem(&self.certificates)?;
        let parameters = TlsParameters::builder(self.host.clone())
            .certificate_store(CertificateStore::None)
            .add_root_certificate(trusted);
        parameters.build_rustls().map(Some)
    }
}

/// What the other side answered, if it did. Its first line stands in the source of the error.
fn reply(error: &lettre::transport::smtp::Error) -> Option<Reply> {
    let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    error.status().map(|code| Reply::of(code.into(), &text))
}

/// Base64: no line can be too long for a server, and no server has to take eight bits.
fn encoded(text: &str) -> Result<Body, SmtpError> {
    Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::Base64).map_err(|_| SmtpError::Letter)
}

/// The address as lettre has it. Its own reading refuses a quoted local part; ours has let nothing pass but letters,
/// digits, signs of an atom and dots, and quotes what needs it.
fn mailbox(to: &Address) -> Mailbox {
    let (local, domain) = to.for_smtp();
    Mailbox::new_dangerous(local, domain)
}
