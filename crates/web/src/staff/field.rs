//! What the forms of the staff have in common: the operation, addresses, counts, days, names and remarks.
//!
//! Each function reads one field; what is wrong becomes the fault of that field, and what was typed stays.

use std::str::FromStr;

use domain::id::OperationId;
use domain::journal::CityRecord;
use jiff::civil::Date;

use crate::kit::{Form, PageError};
use crate::staff::desk::Signed;

/// The operation that was made with the form.
pub(crate) const OPERATION: &str = "operation";
/// How many were counted.
pub(crate) const COUNTED: &str = "counted";
/// The name of the city's person.
pub(crate) const PERSON: &str = "person";
/// The city signed a paper.
pub(crate) const PAPER: &str = "paper";
/// A person's own words.
pub(crate) const REMARK: &str = "remark";

/// The longest name of a person or a box.
const LONGEST_NAME: usize = 40;
/// The longest remark.
const LONGEST_REMARK: usize = 200;

/// An id in an address; what is none is nowhere.
pub(crate) fn id<T: FromStr>(text: &str) -> Result<T, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// The day in an address; only `YYYY-MM-DD`, so that one day has one address.
pub(crate) fn day_in(text: &str) -> Result<Date, PageError> {
    let day: Date = id(text)?;
    if day.to_string() == text { Ok(day) } else { Err(PageError::NotFound) }
}

/// The operation of the form.
pub(crate) fn operation(form: &Form) -> Result<OperationId, PageError> {
    form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)
}

/// A whole number above zero, in any width.
pub(crate) fn number(form: &mut Form, field: &'static str, what: &str) -> Option<u32> {
    digits(form, field, 1, || format!("{what}を1以上の数字で入力してください。"))
}

/// A whole number from zero on, in any width.
pub(crate) fn count(form: &mut Form, field: &'static str, what: &str) -> Option<u32> {
    digits(form, field, 0, || format!("{what}を数字で入力してください。"))
}

fn digits(form: &mut Form, field: &'static str, least: u32, fault: impl Fn() -> String) -> Option<u32> {
    let plain: String = form
        .typed(field)
        .trim()
        .chars()
        .map(|c| char::from_digit(u32::from(c).wrapping_sub(0xFF10), 10).unwrap_or(c))
        .collect();
    let read = plain.parse().ok().filter(|n| *n >= least && plain.bytes().all(|byte| byte.is_ascii_digit()));
    if read.is_none() && form.fault(field).is_none() {
        form.refuse_ja(field, fault());
    }
    read
}

/// A day as the browser's date field sends it.
pub(crate) fn day(form: &mut Form, field: &'static str, what: &str) -> Option<Date> {
    let read = form.typed(field).trim().parse().ok();
    if read.is_none() && form.fault(field).is_none() {
        form.refuse_ja(field, format!("{what}を選んでください。"));
    }
    read
}

/// A name that must be there.
pub(crate) fn name(form: &mut Form, field: &'static str, what: &str) -> Option<String> {
    let typed = form.typed(field).trim().to_owned();
    if typed.is_empty() {
        // Where an Individual Number was dropped from the field, that is its fault.
        if form.fault(field).is_none() {
            form.refuse_ja(field, format!("{what}を入力してください。"));
        }
        return None;
    }
    if typed.chars().count() > LONGEST_NAME {
        form.refuse_ja(field, format!("{what}は{LONGEST_NAME}文字までにしてください。"));
        return None;
    }
    Some(typed)
}

/// The name of the city's person, which must be there. A digit in it comes from a scanner that was in the wrong field.
pub(crate) fn person(form: &mut Form) -> Option<String> {
    let name = name(form, PERSON, "市の担当者の氏名")?;
    if name.chars().any(char::is_numeric) {
        form.refuse_ja(PERSON, "氏名に数字が入っています。市の担当者の氏名を入力してください。");
        return None;
    }
    Some(name)
}

/// The city's person, and how their act is recorded. Who is not of the city records it from a signed paper only.
pub(crate) fn city(form: &mut Form, signed: &Signed) -> Option<(String, CityRecord)> {
    let person = person(form);
    let record = signed.city_record();
    if record == CityRecord::Paper && form.typed(PAPER).is_empty() {
        form.refuse_ja(PAPER, "市の署名のある書面を確かめて、印を付けてください。");
    }
    if form.is_refused() { None } else { Some((person?, record)) }
}

/// The remark, which may be empty.
pub(crate) fn remark(form: &mut Form) -> String {
    remark_in(form, REMARK)
}

/// A remark in a field of another name.
pub(crate) fn remark_in(form: &mut Form, field: &'static str) -> String {
    let typed = form.typed(field).trim().to_owned();
    if typed.chars().count() > LONGEST_REMARK {
        form.refuse_ja(field, format!("備考は{LONGEST_REMARK}文字までにしてください。"));
    }
    typed
}

/// The sentence for a count that differs.
pub(crate) fn refuse_count(form: &mut Form, expected: u32, counted: u32, unit: &str) {
    form.refuse_ja(
        COUNTED,
        format!(
            "枚数が合いません。記録では{expected}{unit}、数えたのは{counted}{unit}です。数え直してください。"
        ),
    );
}

/// The answer to a form that was sent for something else before.
pub(crate) fn stale() -> PageError {
    PageError::Conflict("画面が古くなっています。もう一度開いてやり直してください。".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::Fields;

    fn form(field: &'static str, typed: &str) -> Form {
        Fields::of(&[(field, typed)]).form(&[field]).unwrap()
    }

    #[test]
    fn counts_are_read_in_any_width_and_never_guessed() {
        for (typed, above, from) in [
            (" ４８ ", Some(48), Some(48)),
            ("48", Some(48), Some(48)),
            ("0", None, Some(0)),
            ("", None, None),
            ("-1", None, None),
            ("+5", None, None),
            ("4 8", None, None),
            ("四", None, None),
            ("99999999999", None, None),
        ] {
            assert_eq!(number(&mut form(COUNTED, typed), COUNTED, "枚数"), above, "{typed}");
            assert_eq!(count(&mut form(COUNTED, typed), COUNTED, "件数"), from, "{typed}");
        }
    }

    #[test]
    fn a_name_must_be_there_and_short_and_is_kept() {
        for (typed, good) in
            [("市民課 一郎", true), ("　", false), (&*"あ".repeat(41), false), ("1234 5678 9018", false)]
        {
            let mut form = form(PERSON, typed);
            assert_eq!(person(&mut form).is_some(), good, "{typed}");
            assert_eq!(form.faults().len(), usize::from(!good), "{typed}");
        }
        let long = "あ".repeat(41);
        let mut form = form(PERSON, &long);
        person(&mut form);
        assert_eq!(form.typed(PERSON), long);
    }

    #[test]
    fn a_day_has_one_address() {
        assert!(day_in("2026-11-24").is_ok());
        for wrong in ["20261124", "2026-11-24.pdf", "2026-11-31", "", "２０２６-11-24"] {
            assert!(matches!(day_in(wrong), Err(PageError::NotFound)), "{wrong}");
        }
    }
}
