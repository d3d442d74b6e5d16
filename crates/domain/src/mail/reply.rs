//! What a mail server answered: its code (RFC 5321) and, where it said one, the status that tells why (RFC 3463). Never
//! its text, which names the address.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a server did not take a mail: `5.1.1` is an address that nobody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Status {
    class: u8,
    subject: u16,
    detail: u16,
}

/// What is no status of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no status of a refused mail")]
pub struct NoStatus;

impl FromStr for Status {
    type Err = NoStatus;

    fn from_str(text: &str) -> Result<Self, NoStatus> {
        let mut parts = text.split('.');
        let mut number = |digits: usize| {
            let part = parts.next().filter(|part| (1..=digits).contains(&part.len())).ok_or(NoStatus)?;
            let plain = part.bytes().all(|byte| byte.is_ascii_digit());
            if plain { part.parse::<u16>().map_err(|_| NoStatus) } else { Err(NoStatus) }
        };
        let (class, subject, detail) = (number(1)?, number(3)?, number(3)?);
        match class {
            4 if parts.next().is_none() => Ok(Self { class: 4, subject, detail }),
            5 if parts.next().is_none() => Ok(Self { class: 5, subject, detail }),
            _ => Err(NoStatus),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl TryFrom<String> for Status {
    type Error = NoStatus;

    fn try_from(text: String) -> Result<Self, NoStatus> {
        text.parse()
    }
}

impl From<Status> for String {
    fn from(status: Status) -> Self {
        status.to_string()
    }
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The three digits: `550`.
    pub code: u16,
    /// The status, where the server said one.
    pub status: Option<Status>,
}

impl From<u16> for Reply {
    fn from(code: u16) -> Self {
        Self { code, status: None }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{} {status}", self.code),
            None => write!(f, "{}", self.code),
        }
    }
}

impl Reply {
    /// The answer of a server that said this beside its code. Of the text only a status at its beginning is kept.
    pub fn of(code: u16, text: &str) -> Self {
        let status = text.split_whitespace().next().and_then(|word| word.parse().ok());
        Self { code, status }
    }

    /// Why the mail did not arrive, as far as the answer tells it.
    pub fn reason(self) -> Reason {
        let Some(Status { subject, detail, .. }) = self.status else {
            return match self.code {
                452 | 552 => Reason::Full,
                553 => Reason::Address,
                // Without a status servers answer 550 for whatever they do not like, most of all an unknown address.
                550 => Reason::AddressOrPolicy,
                _ => Reason::Other,
            };
        };
        match (subject, detail) {
            (1, 0..=6 | 10) => Reason::Address,
            (2, 2) => Reason::Full,
            (2, 0 | 1) => Reason::Closed,
            (7, _) => Reason::Policy,
            _ => Reason::Other,
        }
    }
}

/// Why a mail did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Nobody has the address.
    Address,
    /// Its mailbox is full.
    Full,
    /// It takes no mail at present.
    Closed,
    /// The other side has a rule against it: unwanted mail, a blocked sender.
    Policy,
    /// Nobody has the address, or there is a rule against the mail.
    AddressOrPolicy,
    /// Something else.
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_c_of_an_answer_only_code_and_status_are_kept() {
        let reply = Reply::of(550, "5.1.1 <hanako@example.jp>: unknown");
        assert_eq!((reply.to_string().as_str(), reply.reason()), ("550 5.1.1", Reason::Address));
        for text in
            ["hanako@example.jp unknown", "2.1.5 ok", "5.1", "5.1.1.1", "5.1234.1", "5..1", "", "+5.1.1"]
        {
            assert_eq!(Reply::of(550, text).to_string(), "550", "{text}");
        }
    }

    #[test]
    fn r4_c_an_answer_tells_why() {
        for (code, text, reason) in [
            (550, "", Reason::AddressOrPolicy),
            (553, "", Reason::Address),
            (552, "", Reason::Full),
            (452, "4.2.2 full", Reason::Full),
            (550, "5.2.1 disabled", Reason::Closed),
            (550, "5.7.1 blocked", Reason::Policy),
            (554, "", Reason::Other),
            (451, "4.3.0 later", Reason::Other),
        ] {
            assert_eq!(Reply::of(code, text).reason(), reason, "{code} {text}");
        }
    }

    #[test]
    fn r4_c_a_status_is_read_back() {
        let status: Status = "5.7.26".parse().unwrap();
        let json = serde_json::to_string(&status).unwrap();
        assert_eq!((json.as_str(), serde_json::from_str::<Status>(&json).unwrap()), ("\"5.7.26\"", status));
        assert!(serde_json::from_str::<Status>("\"9.9.9\"").is_err());
    }
}
