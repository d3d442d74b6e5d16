//! 追跡番号 (お問い合わせ番号) of a registered mail: the city mails cards by 本人限定受取郵便 and tells its number.
//!
//! Eleven digits, written `123-45-67890-3`; the last one is the first ten modulo seven, as on every registered mail
//! (書留・特定記録). A number whose check digit does not fit was misread and is refused; whether the post knows it, nobody
//! can tell here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::width;

/// How many digits it has.
const DIGITS: usize = 11;

/// A tracking number with a check digit that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrackingNumber(u64);

/// Why a text is no tracking number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTracking {
    /// It has not eleven digits, or something else between them than hyphens and spaces.
    #[error("a tracking number has eleven digits")]
    Form,
    /// The check digit does not fit: a digit was misread.
    #[error("the check digit does not fit")]
    CheckDigit,
}

impl TrackingNumber {
    /// Reads a number in any width, with or without its hyphens; a scanner of NW-7 adds a letter at each end.
    pub fn read(text: &str) -> Result<Self, NotTracking> {
        let folded = width::fold(text);
        let text = folded.trim().trim_matches(|c: char| matches!(c.to_ascii_lowercase(), 'a'..='d'));
        let is_between = |c: char| c == ' ' || width::is_hyphen(c);
        let digits: String = text.chars().filter(|c| !is_between(*c)).collect();
        if digits.len() != DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotTracking::Form);
        }
        let number: u64 = digits.parse().map_err(|_| NotTracking::Form)?;
        if (number / 10) % 7 == number % 10 { Ok(Self(number)) } else { Err(NotTracking::CheckDigit) }
    }

    /// The digits alone, as they are stored.
    pub fn digits(self) -> String {
        format!("{:0DIGITS$}", self.0)
    }
}

impl fmt::Display for TrackingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, serial, check) = (self.0 / 1_000_000, self.0 / 10 % 100_000, self.0 % 10);
        write!(f, "{:03}-{:02}-{serial:05}-{check}", head / 100, head % 100)
    }
}

impl FromStr for TrackingNumber {
    type Err = NotTracking;

    fn from_str(text: &str) -> Result<Self, NotTracking> {
        Self::read(text)
    }
}

impl TryFrom<String> for TrackingNumber {
    type Error = NotTracking;

    fn try_from(text: String) -> Result<Self, NotTracking> {
        Self::read(&text)
    }
}

impl From<TrackingNumber> for String {
    fn from(number: TrackingNumber) -> Self {
        number.digits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_c3_a_number_is_read_as_people_and_scanners_write_it() {
        let number = TrackingNumber::read("123-45-67890-3").unwrap();
        for written in [
            "12345678903",
            "１２３－４５－６７８９０－３",
            " 123 45 67890 3 ",
            "A12345678903A",
            "a12345678903b",
        ] {
            assert_eq!(TrackingNumber::read(written), Ok(number), "{written}");
        }
        assert_eq!(
            (number.to_string().as_str(), number.digits().as_str()),
            ("123-45-67890-3", "12345678903")
        );
        assert_eq!(TrackingNumber::read("000-00-00000-0").unwrap().digits(), "00000000000");
    }

    #[test]
    fn r5_c3_one_misread_digit_is_found() {
        for at in 0..DIGITS {
            for digit in b'0'..=b'9' {
                let mut digits = *b"12345678903";
                let before = digits[at];
                digits[at] = digit;
                let text = std::str::from_utf8(&digits).unwrap();
                // Seven is the module: digits that are seven apart cannot be told from one another.
                let same = before.abs_diff(digit) % 7 == 0 && (at < DIGITS - 1 || before == digit);
                assert_eq!(TrackingNumber::read(text).is_ok(), same, "{text}");
            }
        }
        for wrong in ["", "1234567890", "123456789030", "123-45-67890-X", "1234-5678-9012"] {
            assert_eq!(TrackingNumber::read(wrong), Err(NotTracking::Form), "{wrong}");
        }
    }
}
