//! Mail to citizens: addresses as people type them, and what is written to them.
//!
//! An address is read strictly enough that nothing of it can reach a header or an SMTP command as anything else, and
//! mildly enough for the old addresses of Japanese mobile carriers, which have dots where the rules allow none.

use std::fmt;

use crate::codes;
use crate::width;

mod reply;

pub use reply::{NoStatus, Reason, Reply, Status};

/// A mail address in the form in which it is sealed: the local part as it was typed, the domain in lower case.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

/// What is wrong with an address. Each has a sentence of its own that says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Nothing was typed.
    #[error("no address")]
    Empty,
    /// Longer than mail servers take.
    #[error("longer than 254 characters, or 64 before the @")]
    TooLong,
    /// There is not exactly one @ with something on both sides.
    #[error("not one @")]
    At,
    /// A space, a line break or a sign that leaves no mark stands within.
    #[error("a space or an invisible sign within")]
    Space,
    /// A letter that mail servers do not take: 日本語, emoji, accents.
    #[error("a letter that is not ASCII")]
    Letter,
    /// A sign that has no place in an address, such as a comma or an angle bracket.
    #[error("a sign that has no place in an address")]
    Sign,
    /// What stands after the @ is no name of a mail server.
    #[error("no domain")]
    Domain,
}

/// The longest address (RFC 5321, 4.5.3.1.3, without the angle brackets).
const LONGEST: usize = 254;
/// The longest local part.
const LONGEST_LOCAL: usize = 64;

/// From which minute of the day before the reminders of a day go out: noon, when the day's list is settled.
pub const REMINDED_FROM: u16 = 12 * 60;

impl Address {
    /// Reads what somebody typed. Full-width letters become ASCII; spaces at both ends are dropped.
    pub fn read(typed: &str) -> Result<Self, Malformed> {
        // Before the width is folded: NFKC turns some invisible signs into none.
        if typed.trim().chars().any(|c| c.is_whitespace() || c.is_control() || width::is_invisible(c)) {
            return Err(Malformed::Space);
        }
        let text = width::fold(typed.trim());
        if text.is_empty() {
            return Err(Malformed::Empty);
        }
        if !text.is_ascii() {
            return Err(Malformed::Letter);
        }
        let (local, domain) = text.split_once('@').ok_or(Malformed::At)?;
        if local.is_empty() || domain.is_empty() || domain.contains('@') {
            return Err(Malformed::At);
        }
        if local.len() > LONGEST_LOCAL || text.len() > LONGEST {
            return Err(Malformed::TooLong);
        }
        if !local.bytes().all(|byte| byte == b'.' || is_atom(byte)) {
            return Err(Malformed::Sign);
        }
        if !is_domain(domain) {
            return Err(Malformed::Domain);
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// The address as it was read.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The two parts as SMTP takes them: a local part with dots at its ends or side by side is quoted.
    pub fn for_smtp(&self) -> (String, &str) {
        // An address has one @.
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let plain = local.split('.').all(|part| !part.is_empty());
        (if plain { local.to_owned() } else { format!("\"{local}\"") }, domain)
    }

    /// The address with most of its signs hidden, for its owner: `h…@example.jp`.
    pub fn hinted(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}…@{domain}")
    }
}

/// An address is never written to a log.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address")
    }
}

/// A sign of an atom (RFC 5322, 3.2.3).
fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// Labels of letters, digits and hyphens, at least two, the last not a number (which would be an address of a machine).
fn is_domain(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    let good = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last =
        labels.last().is_some_and(|label| label.len() > 1 && !label.bytes().all(|b| b.is_ascii_digit()));
    labels.len() > 1 && labels.iter().all(good) && last
}

codes! {
    /// What a mail says.
    pub enum Kind {
        /// Please confirm that this address is yours.
        Confirm = "confirm",
        /// 予約完了, sent once the address was confirmed.
        Booked = "booked",
        /// The booking was changed.
        Changed = "changed",
        /// The booking was cancelled.
        Cancelled = "cancelled",
        /// 前日のお知らせ.
        Reminder = "reminder",
        /// Other places are held for the booking, and wait for an answer.
        Offered = "offered",
    }
}

impl Kind {
    /// What it says, in staff's words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Confirm => "アドレスの確認",
            Self::Booked => "予約の内容",
            Self::Changed => "予約の変更",
            Self::Cancelled => "予約の取消し",
            Self::Reminder => "前日のお知らせ",
            Self::Offered => "代わりの日時の案内",
        }
    }
}

codes! {
    /// How a mail stands.
    pub enum State {
        /// It waits for its turn, or to be tried again.
        Waiting = "waiting",
        /// A mail server took it.
        Sent = "sent",
        /// It will not arrive: the other side refused it for good, or for too long.
        Bounced = "bounced",
        /// There was nothing to send any more: the address is gone, or the booking has gone on.
        Dropped = "dropped",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Result<String, Malformed> {
        Address::read(typed).map(|address| address.as_str().to_owned())
    }

    #[test]
    fn r4_c_addresses_are_read_as_people_type_them() {
        assert_eq!(read(" Hanako.S+card@Example.JP "), Ok("Hanako.S+card@example.jp".to_owned()));
        assert_eq!(read("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ"), Ok("hanako@example.jp".to_owned()));
        let old = Address::read("ha..na.@docomo.example").unwrap();
        assert_eq!(old.for_smtp(), ("\"ha..na.\"".to_owned(), "docomo.example"));
        assert_eq!(old.hinted(), "h…@docomo.example");
        assert_eq!(format!("{old:?}"), "Address");
    }

    #[test]
    fn r4_c_what_is_no_address_has_its_own_fault() {
        for (typed, fault) in [
            ("", Malformed::Empty),
            ("　", Malformed::Empty),
            ("hanako", Malformed::At),
            ("@example.jp", Malformed::At),
            ("hanako@", Malformed::At),
            ("a@b@example.jp", Malformed::At),
            ("hana ko@example.jp", Malformed::Space),
            ("hanako@example.jp\r\nBcc: x@example.jp", Malformed::Space),
            ("hanako\u{202E}@example.jp", Malformed::Space),
            ("花子@example.jp", Malformed::Letter),
            ("hanako😀@example.jp", Malformed::Letter),
            ("hanako@日本.example", Malformed::Letter),
            ("<hanako@example.jp>", Malformed::Sign),
            ("a,b@example.jp", Malformed::Sign),
            ("\"a\"@example.jp", Malformed::Sign),
            ("hanako@localhost", Malformed::Domain),
            ("hanako@192.0.2.1", Malformed::Domain),
            ("hanako@[192.0.2.1]", Malformed::Domain),
            ("hanako@-example.jp", Malformed::Domain),
            ("hanako@example..jp", Malformed::Domain),
        ] {
            assert_eq!(read(typed), Err(fault), "{typed:?}");
        }
        assert_eq!(read(&format!("{}@example.jp", "a".repeat(65))), Err(Malformed::TooLong));
        assert_eq!(read(&format!("a@{}.jp", "b.".repeat(130))), Err(Malformed::TooLong));
    }
}
