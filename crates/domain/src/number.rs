//! The numbers that people handle: 予約キー, 予約番号, 管理番号 and the labels of places.
//!
//! Digits only, because they are read out and typed on a number pad; every one ends with a Damm check digit,
//! which finds each single wrong digit and each swap of neighbours. 予約キー and 予約番号 are secrets of the
//! citizen: they are derived from a key and never stored, and must not appear in a log, so `Debug` hides them.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::width;

/// The quasigroup of order 10 by H. Michael Damm (2004): totally anti-symmetric, zeros on the diagonal.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// The Damm check digit of a row of digits; a row that ends with its own check digit gives 0.
///
/// Each value must be below 10; a larger one is taken modulo 10.
pub fn damm(digits: &[u8]) -> u8 {
    digits.iter().fold(0, |interim, digit| DAMM[usize::from(interim)][usize::from(digit % 10)])
}

/// What a 14-digit number opens. It is the number's first digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// 予約キー: stands on the guide letter of one card and opens its booking.
    BookingKey,
    /// 予約番号: given with a reservation and opens that reservation.
    Reservation,
}

impl NumberKind {
    /// The first digit. 3 (san) and 6 (roku) neither look nor sound alike, and no year of our time begins so.
    pub fn digit(self) -> u8 {
        match self {
            Self::BookingKey => 3,
            Self::Reservation => 6,
        }
    }

    fn of_digit(digit: u8) -> Option<Self> {
        [Self::BookingKey, Self::Reservation].into_iter().find(|kind| kind.digit() == digit)
    }
}

/// Why a text is no number of ours. It never carries the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// So many digits were typed, and that is the wrong number of them.
    #[error("{0} digits")]
    WrongLength(usize),
    /// A character is neither digit nor space nor dash.
    #[error("not digits")]
    NotDigits,
    /// A digit is wrong, or two are swapped.
    #[error("check digit does not fit")]
    WrongCheckDigit,
    /// The check digit fits, but the number is of no kind that exists here.
    #[error("unknown kind of number")]
    WrongKind,
}

impl From<width::NotDigits> for NumberError {
    fn from(why: width::NotDigits) -> Self {
        match why {
            width::NotDigits::Empty => Self::Empty,
            width::NotDigits::Other => Self::NotDigits,
        }
    }
}

/// Reads exactly `N` digits, the last of which is their check digit.
fn checked<const N: usize>(text: &str) -> Result<[u8; N], NumberError> {
    let digits = width::digits(text)?;
    let digits: [u8; N] =
        digits.try_into().map_err(|digits: Vec<u8>| NumberError::WrongLength(digits.len()))?;
    if damm(&digits) == 0 { Ok(digits) } else { Err(NumberError::WrongCheckDigit) }
}

/// HMAC-SHA-256. A key shorter than the block is filled with zeros by definition (RFC 2104), so a block always
/// fits and nothing can fail.
fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A 予約キー or 予約番号: kind, twelve digits, check digit.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number([u8; 14]);

impl Number {
    /// Derives the number of a row. `issue` counts how often the number was made anew (a reprint raises it).
    ///
    /// Eight bytes of the HMAC are reduced modulo 10^12: no value is likelier than another by more than
    /// 1 in 10^7.
    pub fn derive(key: &[u8; 32], kind: NumberKind, row: [u8; 16], issue: u32) -> Self {
        let mac = hmac(key, &[&[kind.digit()], &row, &issue.to_be_bytes()]);
        let mut value = [0; 8];
        value.copy_from_slice(&mac[..8]);
        let mut value = u64::from_be_bytes(value);
        let mut digits = [0; 14];
        digits[0] = kind.digit();
        for digit in digits[1..13].iter_mut().rev() {
            // A remainder of ten fits into a byte.
            *digit = u8::try_from(value % 10).unwrap_or_default();
            value /= 10;
        }
        digits[13] = damm(&digits[..13]);
        Self(digits)
    }

    /// Reads a number as people type it: any width, any spaces and dashes.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let digits = checked::<14>(text)?;
        if NumberKind::of_digit(digits[0]).is_some() { Ok(Self(digits)) } else { Err(NumberError::WrongKind) }
    }

    /// What the number opens.
    pub fn kind(&self) -> NumberKind {
        // Both ways of making a number put a known kind first.
        NumberKind::of_digit(self.0[0]).unwrap_or(NumberKind::BookingKey)
    }

    /// The fourteen digits without separators. A secret: for the letter, the mail and the citizen's own page.
    pub fn digits(&self) -> String {
        width::text_of(&self.0)
    }

    /// The value under which the number is found: HMAC(lookup key, digits). Only this is stored.
    pub fn lookup(&self, key: &[u8; 32]) -> [u8; 32] {
        hmac(key, &[self.digits().as_bytes()])
    }
}

/// The secret as it is printed for its owner: 4-5-5 digits.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        write!(f, "{}-{}-{}", &digits[..4], &digits[4..9], &digits[9..])
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Number({:?}, hidden)", self.kind())
    }
}

/// The base of a label is outside its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("base of a label out of range")]
pub struct BaseOutOfRange;

macro_rules! labels {
    ($($(#[$doc:meta])* $name:ident, $base:literal + 1 = $length:literal digits, up to $last:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(u32);

        impl $name {
            /// The largest base.
            pub const LAST: u32 = $last;

            /// Takes the running number, from 1 to [`Self::LAST`].
            pub fn from_base(base: u32) -> Result<Self, BaseOutOfRange> {
                if (1..=Self::LAST).contains(&base) { Ok(Self(base)) } else { Err(BaseOutOfRange) }
            }

            /// The running number without its check digit.
            pub fn base(self) -> u32 {
                self.0
            }

            /// All digits, zeros in front, check digit last.
            pub fn digits(self) -> String {
                let base = format!(concat!("{:0", stringify!($base), "}"), self.0);
                let values: Vec<u8> = base.bytes().map(|b| b - b'0').collect();
                format!("{base}{}", damm(&values))
            }

            /// Reads a label as it is typed or scanned: any width, any spaces and dashes.
            pub fn parse(text: &str) -> Result<Self, NumberError> {
                let digits = checked::<$length>(text)?;
                let base = digits[..$base].iter().fold(0, |base, digit| base * 10 + u32::from(*digit));
                // Base 0 is never given out.
                Self::from_base(base).map_err(|_| NumberError::WrongKind)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.digits())
            }
        }

        impl FromStr for $name {
            type Err = NumberError;

            fn from_str(text: &str) -> Result<Self, NumberError> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NumberError;

            fn try_from(text: String) -> Result<Self, NumberError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(label: $name) -> Self {
                label.digits()
            }
        }
    )+};
}

labels! {
    /// 管理番号: the number of a card with us, nine digits, on its sleeve. No secret.
    ControlNumber, 8 + 1 = 9 digits, up to 99_999_999;
    /// The label of a place where cards are: eight digits. No secret.
    PlaceLabel, 7 + 1 = 8 digits, up to 9_999_999;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn damm_gives_the_published_example() {
        assert_eq!(damm(&[5, 7, 2]), 4);
        assert_eq!(damm(&[5, 7, 2, 4]), 0);
    }

    #[test]
    fn hmac_gives_a_known_answer() {
        // RFC 4231, test case 2, whose short key is filled with zeros.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let mac = hmac(&key, &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(
            data_encoding::HEXLOWER.encode(&mac),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn r4_c_a_number_is_read_however_it_is_typed() {
        let number = Number::derive(&KEY, NumberKind::BookingKey, [1; 16], 1);
        let digits = number.digits();
        let wide: String =
            digits.chars().map(|c| char::from_u32(u32::from(c) - 0x30 + 0xFF10).unwrap()).collect();
        let wide: Vec<char> = wide.chars().collect();
        for dash in ['-', '‐', '‑', '‒', '–', '—', '―', '−', '－', 'ー', 'ｰ', ' ', '\u{A0}', '\u{3000}']
        {
            let typed = format!(
                " {}{dash}{}{dash}{}\u{3000}",
                wide[..4].iter().collect::<String>(),
                &digits[4..9],
                &digits[9..]
            );
            assert_eq!(Number::parse(&typed), Ok(number), "{dash:?}");
        }
        assert_eq!(Number::parse(&number.to_string()), Ok(number));
        assert_eq!(number.to_string().len(), 16);
    }

    #[test]
    fn a_wrong_number_says_what_is_wrong() {
        assert_eq!(Number::parse(" 　- "), Err(NumberError::Empty));
        assert_eq!(Number::parse("1234"), Err(NumberError::WrongLength(4)));
        assert_eq!(Number::parse("1234-56789-0123x"), Err(NumberError::NotDigits));
        let mut digits = [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        digits[13] = damm(&digits[..13]);
        assert_eq!(Number::parse(&width::text_of(&digits)), Err(NumberError::WrongKind));
        digits[13] = (digits[13] + 1) % 10;
        assert_eq!(Number::parse(&width::text_of(&digits)), Err(NumberError::WrongCheckDigit));
    }

    #[test]
    fn the_digits_of_a_secret_are_not_in_its_debug() {
        let number = Number::derive(&KEY, NumberKind::Reservation, [2; 16], 3);
        assert_eq!(format!("{number:?}"), "Number(Reservation, hidden)");
    }

    #[test]
    fn kind_issue_row_and_key_each_change_the_number() {
        let base = Number::derive(&KEY, NumberKind::BookingKey, [1; 16], 1);
        assert_ne!(base, Number::derive(&KEY, NumberKind::BookingKey, [1; 16], 2));
        assert_ne!(base, Number::derive(&KEY, NumberKind::BookingKey, [2; 16], 1));
        assert_ne!(base, Number::derive(&[8; 32], NumberKind::BookingKey, [1; 16], 1));
        let other = Number::derive(&KEY, NumberKind::Reservation, [1; 16], 1);
        assert_ne!(base.digits()[1..], other.digits()[1..]);
        assert_ne!(base.lookup(&KEY), base.lookup(&[8; 32]));
    }

    #[test]
    fn labels_have_their_length() {
        let control = ControlNumber::from_base(1).unwrap();
        assert_eq!(control.digits().len(), 9);
        assert_eq!(PlaceLabel::from_base(PlaceLabel::LAST).unwrap().digits().len(), 8);
        assert_eq!(ControlNumber::from_base(0), Err(BaseOutOfRange));
        assert_eq!(ControlNumber::from_base(100_000_000), Err(BaseOutOfRange));
        assert_eq!(PlaceLabel::from_base(10_000_000), Err(BaseOutOfRange));
        assert_eq!(ControlNumber::parse("000000000"), Err(NumberError::WrongKind));
        assert_eq!(PlaceLabel::parse(&control.digits()), Err(NumberError::WrongLength(9)));
        let json = serde_json::to_string(&control).unwrap();
        assert_eq!(serde_json::from_str::<ControlNumber>(&json).unwrap(), control);
    }

    proptest! {
        #[test]
        fn a_derived_number_is_read_back(key: [u8; 32], row: [u8; 16], issue: u32, booking: bool) {
            let kind = if booking { NumberKind::BookingKey } else { NumberKind::Reservation };
            let number = Number::derive(&key, kind, row, issue);
            prop_assert_eq!(Number::parse(&number.digits()), Ok(number));
            prop_assert_eq!(Number::parse(&number.to_string()), Ok(number));
            prop_assert_eq!(number.kind(), kind);
        }

        #[test]
        fn each_wrong_digit_and_each_swap_is_found(row: [u8; 16], issue: u32) {
            let number = Number::derive(&KEY, NumberKind::Reservation, row, issue).0;
            for at in 0..14 {
                for digit in (0..10).filter(|digit| *digit != number[at]) {
                    let mut wrong = number;
                    wrong[at] = digit;
                    prop_assert_eq!(Number::parse(&width::text_of(&wrong)), Err(NumberError::WrongCheckDigit));
                }
                if at > 0 && number[at] != number[at - 1] {
                    let mut wrong = number;
                    wrong.swap(at, at - 1);
                    prop_assert_eq!(Number::parse(&width::text_of(&wrong)), Err(NumberError::WrongCheckDigit));
                }
            }
        }

        #[test]
        fn labels_are_read_back(control in 1..=ControlNumber::LAST, place in 1..=PlaceLabel::LAST) {
            let control = ControlNumber::from_base(control).unwrap();
            prop_assert_eq!(ControlNumber::parse(&control.to_string()), Ok(control));
            let place = PlaceLabel::from_base(place).unwrap();
            prop_assert_eq!(PlaceLabel::parse(&place.to_string()), Ok(place));
        }
    }
}
