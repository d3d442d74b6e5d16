//! Consignments: a list comes in, is checked as a whole, shown, and taken; then its cards are inspected and
//! transferred.

pub(super) mod arrival;
pub(super) mod check;
pub(super) mod close;
pub(super) mod export;
pub(super) mod extra;
pub(super) mod held;
pub(super) mod inspect;
pub(super) mod labels;
pub(super) mod lines;
pub(super) mod list;
pub(super) mod pair;
pub(super) mod plain;
pub(super) mod problem;
pub(super) mod read;
pub(super) mod show;
pub(super) mod take;
pub(super) mod upload;
pub(super) mod withdraw;

use domain::consignment::ColumnMapping;
use jiff::civil::Date;
use store::consignment::{Header, TakeError};
use store::privacy::NOTICE_NUMBER;

use crate::App;
use crate::kit::{Form, PageError};
use crate::staff::field;

/// The day on which the city received the box.
pub(super) const RECEIVED_ON: &str = "received_on";
/// The date of カード発行一覧表.
pub(super) const LIST_DATE: &str = "list_date";
/// The box.
pub(super) const BOX: &str = "box";

/// Reads the header of a list from a form; what is wrong becomes the fault of its field.
pub(super) fn header(app: &App, form: &mut Form) -> Option<Header> {
    let today = app.today();
    let received_on = field::day(form, RECEIVED_ON, "受領日");
    let list_date = field::day(form, LIST_DATE, "一覧表の日付");
    let box_name = field::name(form, BOX, "箱の番号");
    for (name, day) in [(RECEIVED_ON, received_on), (LIST_DATE, list_date)] {
        if day.is_some_and(|day| day > today) {
            form.refuse_ja(name, "今日より後の日付です。確かめてください。");
        }
    }
    Some(Header {
        site: app.settings.site.clone(),
        received_on: received_on?,
        list_date: list_date?,
        box_name: box_name?,
        file_hash: None,
    })
}

/// How a list of a date is read now: the notice number only where the city's ledger agrees to it.
pub(super) async fn mapping(app: &App, list_date: Date) -> Result<ColumnMapping, PageError> {
    let agreed = notice_agreed(app).await?;
    let profile = &app.settings.profile;
    let notice_layout = agreed.then(|| profile.notice_number.layout.clone());
    Ok(ColumnMapping { notice_layout, ..profile.column_mapping(list_date) })
}

/// Whether the city's ledger agrees that the notice number is held.
pub(super) async fn notice_agreed(app: &App) -> Result<bool, PageError> {
    let decision = app.db.read(|reader| store::privacy::decided(reader, NOTICE_NUMBER)).await?;
    Ok(decision.is_some_and(|decision| decision.agreed))
}

/// The sentence for a list that is not taken, for the field where it is shown.
pub(super) fn refusal(error: &TakeError) -> Option<String> {
    match error {
        TakeError::SameFile(_) => Some("このファイルはすでに取り込まれています。".to_owned()),
        TakeError::SameList(_) => Some("同じ日付・同じ箱の一覧表がすでに取り込まれています。".to_owned()),
        TakeError::NoticeTaken { line } => {
            Some(format!("一覧番号{line}の交付通知書番号は、すでに取り込まれたカードのものです。"))
        }
        TakeError::Gone | TakeError::Reused(_) | TakeError::Store(_) => None,
    }
}
