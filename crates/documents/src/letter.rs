//! 交付のご案内 (11(5)ウ(エ)): what a citizen needs to book and to receive the card, in Japanese on the front and
//! in English on the back.
//!
//! The letter bears no name and no address: it is paired with the 交付通知書 by 管理番号 and list line. It has a
//! place to note the PINs on paper and says that nobody asks for them.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::code;
use crate::document::{CannotPrint, digits, in_threes};
use crate::office::{City, Site, list_line, stamp};

/// The digits of a 予約キー, shown as 4-5-5.
pub const KEY_DIGITS: usize = 14;

/// The digits of a 管理番号.
pub const CONTROL_DIGITS: usize = 9;

/// A part of a run of letters, in list order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letters {
    /// The municipality that sends the letter.
    pub city: City,
    /// The counter where the cards are issued.
    pub site: Site,
    /// When the part was printed.
    pub printed_at: Timestamp,
    /// Who printed it. It does not stand on the letters: citizens receive them.
    pub printed_by: String,
    /// The version of the letter's wording, so that the share of web bookings is known by version.
    pub version: String,
    /// Which part of the run this is, from 1.
    pub part: u32,
    /// How many parts the run has.
    pub parts: u32,
    /// The letters, in the order of the list.
    pub letters: Vec<Letter>,
}

/// What differs from card to card.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// 管理番号, nine digits.
    pub control_number: String,
    /// The line of カード発行一覧表.
    pub list_line: u32,
    /// The day of the consignment.
    pub list_date: Date,
    /// The number on the 交付通知書, where the city agreed that it is held.
    pub reference: Option<String>,
    /// 予約キー, fourteen digits.
    pub booking_key: String,
    /// `https://HOST/k#KEY`: the key stands behind the `#`, so that no server and no log sees it.
    pub url: String,
}

impl fmt::Debug for Letter {
    /// Without key and address: they must not come into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("control_number", &self.control_number).finish_non_exhaustive()
    }
}

impl Letters {
    pub(crate) fn data(&self) -> Result<Value, CannotPrint> {
        if self.letters.is_empty() {
            return Err(CannotPrint::Empty);
        }
        let count = self.letters.len();
        let letters: Vec<Value> = self
            .letters
            .iter()
            .enumerate()
            .map(|(index, letter)| letter.data(index, count))
            .collect::<Result<_, _>>()?;
        Ok(json!({
            "city": self.city,
            "site": self.site,
            "version": self.version,
            "part": self.part,
            "parts": self.parts,
            "printed": stamp(self.printed_at),
            "letters": letters,
        }))
    }
}

impl Letter {
    fn data(&self, index: usize, count: usize) -> Result<Value, CannotPrint> {
        let control = digits(&self.control_number, CONTROL_DIGITS, "control_number", index)?;
        let key = digits(&self.booking_key, KEY_DIGITS, "booking_key", index)?;
        let missing = CannotPrint::KeyNotInAddress { item: index + 1 };
        let (typed, carried) = self.url.split_once('#').ok_or(missing.clone())?;
        if carried != key {
            return Err(missing);
        }
        Ok(json!({
            "order": index + 1,
            "count": count,
            "control_number": in_threes(control),
            "list_line": list_line(self.list_date, self.list_line),
            "reference": self.reference,
            "key": [&key[..4], &key[4..9], &key[9..]],
            "address": typed,
            "qr": code::qr(&self.url, 700)?,
            "code128": code::code128(control, 400, 9_000)?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn letter() -> Letter {
        Letter {
            control_number: "123456780".into(),
            list_line: 12,
            list_date: date(2026, 11, 20),
            reference: Some("A1B-000012".into()),
            booking_key: "11234567890123".into(),
            url: "https://yoyaku.example.jp/k#11234567890123".into(),
        }
    }

    #[test]
    fn r5_c4_the_key_is_shown_4_5_5_and_the_typed_address_carries_no_number() {
        let data = letter().data(0, 1).unwrap();
        assert_eq!(data["key"], json!(["1123", "45678", "90123"]));
        assert_eq!(data["address"], "https://yoyaku.example.jp/k");
        assert_eq!(data["list_line"], "R8.11.20-12");
        assert_eq!(data["control_number"], "123 456 780");
    }

    #[test]
    fn r5_c4_a_qr_code_that_contradicts_the_printed_key_is_refused() {
        let other = Letter { url: "https://yoyaku.example.jp/k#11234567890124".into(), ..letter() };
        assert_eq!(other.data(1, 2), Err(CannotPrint::KeyNotInAddress { item: 2 }));
        let none = Letter { url: "https://yoyaku.example.jp/k".into(), ..letter() };
        assert_eq!(none.data(0, 1), Err(CannotPrint::KeyNotInAddress { item: 1 }));
    }

    #[test]
    fn a_bad_number_is_refused_without_being_repeated() {
        let bad = Letter { booking_key: "1123456789012X".into(), ..letter() };
        let error = bad.data(4, 9).unwrap_err();
        assert_eq!(error, CannotPrint::NotDigits { field: "booking_key", item: 5, digits: 14 });
        assert!(!error.to_string().contains("1123456789012X"));
        assert!(!format!("{bad:?}").contains("1123456789012"), "a log would show the key");
    }
}
