//! The ledger of personal data: what is written down of each optional field, what the city decided, and how it is
//! ended again (11(4)イ).
//!
//! One person writes down and proposes, another one of the city decides: both in the program, both in the journal.

pub(super) mod decide;
pub(super) mod end;
pub(super) mod list;
pub(super) mod propose;
pub(super) mod show;

use domain::ledger::Field;
use store::ledger::LedgerError;
use store::privacy::Decision;

use crate::kit::PageError;
use crate::staff::field;

/// The page of a field.
fn href(of: Field) -> String {
    format!("/ledger/{of}")
}

/// The field in an address.
fn field_in(text: &str) -> Result<Field, PageError> {
    field::id(text)
}

/// What the city's decision means today.
fn standing(decision: Option<&Decision>) -> &'static str {
    match decision {
        Some(decision) if decision.agreed => "保持する",
        Some(_) => "保持しない",
        None => "未決定（保持しない）",
    }
}

/// How long it is kept, for people.
fn retention(of: Field, days: Option<u32>) -> String {
    match days {
        Some(days) => format!("{}から{days}日", of.counted_from()),
        None => "書面で決めた期間（日数の登録なし）".to_owned(),
    }
}

/// The page for what the store refused.
fn refused(error: LedgerError) -> PageError {
    let sentence = match error {
        LedgerError::Store(error) => return error.into(),
        LedgerError::Reused(_) => return field::stale(),
        LedgerError::NotFound => return PageError::NotFound,
        LedgerError::Nobody => return PageError::Forbidden,
        LedgerError::SamePerson => {
            "提案した人は、自分の提案を決定できません。ほかの市管理者が決定してください。"
        }
        LedgerError::NotProposed(_) => {
            "この提案は、ほかの人が先に決定したか、新しい提案に替わりました。画面を開き直して確かめてください。"
        }
        LedgerError::NotHeld => "この項目は、いま保持していません。画面を開き直して確かめてください。",
    };
    PageError::Conflict(sentence.to_owned())
}
