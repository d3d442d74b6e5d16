//! Reading what a scanner (or a hand) put into the scan box, and saying which of our codes it is.
//!
//! Scanners are keyboards that end with Enter, and a Japanese input method mangles what they type: digits turn
//! full width, `https://` turns into kana, `/` into ・. So the width is folded and the last run of digits
//! decides, by its length and check digit. The back of a card must never be scanned: its QR code holds the
//! 個人番号, which is dropped here and answered with an alarm of its own.

use crate::codes;
use crate::guard::{self, Finding};
use crate::number::{ControlNumber, Number, NumberError, PlaceLabel};
use crate::width;

codes! {
    /// A screen with a field for scans, for the entry of an alarm.
    pub enum ScanScreen {
        /// The scan box above every page.
        Box = "box",
        /// 検品.
        Inspection = "inspection",
        /// Cards into boxes.
        PutAway = "put_away",
        /// 引き抜き.
        Pull = "pull",
        /// 棚卸.
        Stocktaking = "stocktaking",
        /// Opening stock of a former contractor.
        TakingOver = "taking_over",
        /// 封入の照合.
        Stuffing = "stuffing",
        /// What was done on paper while the system was down.
        Afterwards = "afterwards",
    }
}

impl ScanScreen {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Box => "読み取りの欄",
            Self::Inspection => "検品",
            Self::PutAway => "箱に入れる画面",
            Self::Pull => "引き抜き",
            Self::Stocktaking => "棚卸",
            Self::TakingOver => "前事業者からの引継ぎ",
            Self::Stuffing => "封入の照合",
            Self::Afterwards => "停止中の記録",
        }
    }
}

/// What was scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scanned {
    /// A 予約キー or 予約番号.
    Number(Number),
    /// A 管理番号: a card's sleeve.
    Control(ControlNumber),
    /// The label of a place.
    Place(PlaceLabel),
    /// A 個人番号: the back of a card was scanned, or the number typed. The value is gone; sound the alarm.
    IndividualNumber,
    /// No code of ours.
    Unknown(Unknown),
}

/// Why a scan is no code of ours. It never carries what was scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// Nothing at all.
    Empty,
    /// There is no digit in it.
    NoDigits,
    /// The last run of digits has so many, and no code of ours does.
    WrongLength(usize),
    /// The length fits, but a digit is wrong: read it again.
    WrongCheckDigit,
    /// Length and check digit fit, but there is no such kind of number.
    WrongKind,
}

/// Reads a scan.
pub fn read(raw: &str) -> Scanned {
    if guard::worst(raw) == Some(Finding::IndividualNumber) {
        return Scanned::IndividualNumber;
    }
    let text = width::fold(raw);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if text.is_empty() {
        return Scanned::Unknown(Unknown::Empty);
    }
    // The address on a letter: only what follows `/k#` counts, and only a number may stand there.
    if let Some((_, number)) = text.rsplit_once("/k#") {
        return match Number::parse(number) {
            Ok(number) => Scanned::Number(number),
            Err(why) => Scanned::Unknown(why.into()),
        };
    }
    // The widest reading first: the last run over spaces and dashes, over dashes alone, and plain.
    let runs = [
        last_run(text, |c| c.is_whitespace() || width::is_hyphen(c)),
        last_run(text, width::is_hyphen),
        last_run(text, |_| false),
    ];
    let mut first_reason = None;
    for run in &runs {
        match classify(run) {
            Ok(scanned) => return scanned,
            Err(why) => {
                first_reason.get_or_insert(why);
            }
        }
    }
    Scanned::Unknown(first_reason.unwrap_or(Unknown::NoDigits))
}

/// The last digits of a text, and what stands between them if `joins` allows it; only the digits.
fn last_run(text: &str, joins: impl Fn(char) -> bool) -> String {
    let from_the_end: String = text
        .chars()
        .rev()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || width::is_invisible(*c) || joins(*c))
        .filter(char::is_ascii_digit)
        .collect();
    from_the_end.chars().rev().collect()
}

fn classify(digits: &str) -> Result<Scanned, Unknown> {
    let scanned = match digits.len() {
        0 => return Err(Unknown::NoDigits),
        14 => Number::parse(digits).map(Scanned::Number),
        9 => ControlNumber::parse(digits).map(Scanned::Control),
        8 => PlaceLabel::parse(digits).map(Scanned::Place),
        length => return Err(Unknown::WrongLength(length)),
    };
    scanned.map_err(Unknown::from)
}

impl From<NumberError> for Unknown {
    fn from(why: NumberError) -> Self {
        match why {
            NumberError::Empty | NumberError::NotDigits => Self::NoDigits,
            NumberError::WrongLength(length) => Self::WrongLength(length),
            NumberError::WrongCheckDigit => Self::WrongCheckDigit,
            NumberError::WrongKind => Self::WrongKind,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::number::NumberKind;

    fn number() -> Number {
        Number::derive(&[9; 32], NumberKind::Reservation, [4; 16], 1)
    }

    fn wide(text: &str) -> String {
        text.chars()
            .map(|c| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xFEE0).unwrap() } else { c })
            .collect()
    }

    #[test]
    fn every_code_is_told_by_its_length() {
        let control = ControlNumber::from_base(4711).unwrap();
        let place = PlaceLabel::from_base(12).unwrap();
        assert_eq!(read(&number().to_string()), Scanned::Number(number()));
        assert_eq!(read(&format!("{control}\r\n")), Scanned::Control(control));
        assert_eq!(read(&wide(&place.to_string())), Scanned::Place(place));
    }

    #[test]
    fn r4_c_the_address_on_a_letter_is_read_even_through_an_input_method() {
        let url = format!("https://yoyaku.example.jp:8443/k#{}", number().digits());
        assert_eq!(read(&url), Scanned::Number(number()));
        assert_eq!(read(&wide(&url)), Scanned::Number(number()));
        // Romaji input turns letters into kana, a slash into a middle dot and a dash into a long vowel.
        let typed = wide(&number().to_string()).replace('－', "ー");
        let kana = format!("ｈっｔｐｓ：・・よやく８４４３・ｋ＃{typed}");
        assert_eq!(read(&kana), Scanned::Number(number()));
    }

    #[test]
    fn an_address_with_something_else_is_unknown() {
        let control = ControlNumber::from_base(4711).unwrap();
        assert_eq!(read(&format!("https://h/k#{control}")), Scanned::Unknown(Unknown::WrongLength(9)));
    }

    #[test]
    fn the_last_run_decides() {
        let control = ControlNumber::from_base(4711).unwrap();
        let place = PlaceLabel::from_base(12).unwrap();
        assert_eq!(read(&format!("棚12 番号{control}")), Scanned::Control(control));
        assert_eq!(read(&format!("{place} {control}")), Scanned::Control(control));
    }

    #[test]
    fn what_is_no_code_says_why() {
        assert_eq!(read(" \r\n"), Scanned::Unknown(Unknown::Empty));
        assert_eq!(read("あいう"), Scanned::Unknown(Unknown::NoDigits));
        assert_eq!(read("12345"), Scanned::Unknown(Unknown::WrongLength(5)));
        let mut wrong = ControlNumber::from_base(4711).unwrap().digits();
        let last = wrong.pop().unwrap();
        wrong.push(if last == '0' { '1' } else { '0' });
        assert_eq!(read(&wrong), Scanned::Unknown(Unknown::WrongCheckDigit));
    }

    proptest! {
        #[test]
        fn r4_b_the_back_of_a_card_raises_its_alarm(first in proptest::array::uniform11(0..10u8)) {
            let text = format!("{}{}", width::text_of(&first), guard::check_digit(&first));
            prop_assert_eq!(read(&text), Scanned::IndividualNumber);
            prop_assert_eq!(read(&wide(&text)), Scanned::IndividualNumber);
        }

        #[test]
        fn no_scan_breaks_the_reader(raw in "\\PC{0,40}") {
            read(&raw);
        }
    }
}
