//! What the forms of this part have in common: the operation, counts, days, and the city's person.

use domain::id::OperationId;
use domain::journal::CityRecord;
use jiff::civil::Date;

use crate::kit::{Form, PageError};
use crate::staff::desk::Signed;

/// The operation that was made with the form.
pub(super) const OPERATION: &str = "operation";
/// How many were counted.
pub(super) const COUNTED: &str = "counted";
/// The name of the city's person.
pub(super) const PERSON: &str = "person";
/// The city signed a paper.
pub(super) const PAPER: &str = "paper";

/// The longest name of a person or a box.
const LONGEST: usize = 40;

/// An id in an address; what is none is nowhere.
pub(super) fn id<T: std::str::FromStr>(text: &str) -> Result<T, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// The operation of the form.
pub(super) fn operation(form: &Form) -> Result<OperationId, PageError> {
    form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)
}

/// A whole number above zero, in any width.
pub(super) fn number(form: &mut Form, field: &'static str, what: &str) -> Option<u32> {
    let plain: String = form
        .typed(field)
        .trim()
        .chars()
        .map(|c| char::from_digit(u32::from(c).wrapping_sub(0xFF10), 10).unwrap_or(c))
        .collect();
    let read = plain.parse().ok().filter(|count| *count > 0 && plain.bytes().all(|b| b.is_ascii_digit()));
    if read.is_none() && form.fault(field).is_none() {
        form.refuse_ja(field, format!("{what}を1以上の数字で入力してください。"));
    }
    read
}

/// A day as the browser's date field sends it.
pub(super) fn day(form: &mut Form, field: &'static str, what: &str) -> Option<Date> {
    let read = form.typed(field).trim().parse().ok();
    if read.is_none() && form.fault(field).is_none() {
        form.refuse_ja(field, format!("{what}を選んでください。"));
    }
    read
}

/// A short text that must be there.
pub(super) fn text(form: &mut Form, field: &'static str, what: &str) -> Option<String> {
    let typed = form.typed(field).trim().to_owned();
    if typed.is_empty() {
        if form.fault(field).is_none() {
            form.refuse_ja(field, format!("{what}を入力してください。"));
        }
        return None;
    }
    if typed.chars().count() > LONGEST {
        form.refuse_ja(field, format!("{what}は{LONGEST}文字までにしてください。"));
        return None;
    }
    Some(typed)
}

/// The city's person, and how their act is recorded. Who is not of the city records it from a signed paper only.
pub(super) fn city(form: &mut Form, signed: &Signed) -> Option<(String, CityRecord)> {
    let person = text(form, PERSON, "市の担当者の氏名");
    let record = signed.city_record();
    if record == CityRecord::Paper && form.typed(PAPER).is_empty() {
        form.refuse_ja(PAPER, "市の署名のある書面を確かめて、印を付けてください。");
    }
    if form.is_refused() { None } else { Some((person?, record)) }
}

/// The sentence for a count that differs.
pub(super) fn refuse_count(form: &mut Form, expected: u32, counted: u32, unit: &str) {
    form.refuse_ja(
        COUNTED,
        format!(
            "枚数が合いません。記録では{expected}{unit}、数えたのは{counted}{unit}です。数え直してください。"
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::Fields;

    #[test]
    fn counts_are_read_in_any_width_and_never_guessed() {
        let read = |typed: &str| {
            number(&mut Fields::of(&[(COUNTED, typed)]).form(&[COUNTED]).unwrap(), COUNTED, "枚数")
        };
        assert_eq!(read(" ４８ "), Some(48));
        assert_eq!(read("48"), Some(48));
        for wrong in ["", "0", "-1", "+5", "4 8", "四", "99999999999"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_kept_and_refused() {
        let long = "あ".repeat(LONGEST + 1);
        let mut form = Fields::of(&[(PERSON, &long)]).form(&[PERSON]).unwrap();
        assert_eq!(text(&mut form, PERSON, "氏名"), None);
        assert_eq!(form.typed(PERSON), long);
    }
}
