//! What the forms of this part have in common.

use domain::id::OperationId;

use crate::kit::{Form, PageError};

/// The operation that was made with the form.
pub(crate) const OPERATION: &str = "operation";
/// The name of the city's person.
pub(crate) const PERSON: &str = "person";
/// The city signed a paper.
pub(crate) const PAPER: &str = "paper";
/// A person's own words.
pub(crate) const REMARK: &str = "remark";

/// The longest name.
const LONGEST_NAME: usize = 40;
/// The longest remark.
const LONGEST_REMARK: usize = 200;

/// The operation of the form.
pub(crate) fn operation(form: &Form) -> Result<OperationId, PageError> {
    form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)
}

/// The name of the city's person, which must be there.
pub(crate) fn person(form: &mut Form) -> String {
    let typed = form.typed(PERSON).trim().to_owned();
    if form.fault(PERSON).is_some() {
        // An Individual Number was dropped from the field.
    } else if typed.is_empty() {
        form.refuse_ja(PERSON, "市の担当者の氏名を入力してください。");
    } else if typed.chars().count() > LONGEST_NAME {
        form.refuse_ja(PERSON, format!("氏名は{LONGEST_NAME}文字までにしてください。"));
    }
    typed
}

/// The remark, which may be empty.
pub(crate) fn remark(form: &mut Form) -> String {
    text(form, REMARK)
}

/// Free text of a field, which may be empty.
pub(crate) fn text(form: &mut Form, field: &'static str) -> String {
    let typed = form.typed(field).trim().to_owned();
    if typed.chars().count() > LONGEST_REMARK {
        form.refuse_ja(field, format!("備考は{LONGEST_REMARK}文字までにしてください。"));
    }
    typed
}

/// A whole number from zero on, in any width.
pub(crate) fn count(form: &mut Form, field: &'static str, what: &str) -> Option<u32> {
    let plain: String = form
        .typed(field)
        .trim()
        .chars()
        .map(|c| char::from_digit(u32::from(c).wrapping_sub(0xFF10), 10).unwrap_or(c))
        .collect();
    let digits = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    let read = plain.parse().ok().filter(|_| digits);
    if read.is_none() && form.fault(field).is_none() {
        form.refuse_ja(field, format!("{what}を数字で入力してください。"));
    }
    read
}

/// The answer to a form that was sent for something else before.
pub(crate) fn stale() -> PageError {
    PageError::Conflict("画面が古くなっています。もう一度開いてやり直してください。".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::Fields;

    #[test]
    fn a_count_is_read_in_any_width_and_never_guessed() {
        let read = |typed: &str| count(&mut Fields::of(&[("n", typed)]).form(&["n"]).unwrap(), "n", "件数");
        assert_eq!(read(" １８８ "), Some(188));
        assert_eq!(read("0"), Some(0));
        for wrong in ["", "-1", "+1", "1 2", "十", "99999999999"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_name_must_be_there_and_short() {
        let faults = |typed: &str| {
            let mut form = Fields::of(&[(PERSON, typed)]).form(&[PERSON]).unwrap();
            person(&mut form);
            form.faults().len()
        };
        assert_eq!(faults("市民課 一郎"), 0);
        assert_eq!(faults("　"), 1);
        assert_eq!(faults(&"あ".repeat(41)), 1);
        assert_eq!(faults("1234 5678 9018"), 1);
    }
}
