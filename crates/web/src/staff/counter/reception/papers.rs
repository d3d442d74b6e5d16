//! 書類確認: every line of the check sheet was looked at (11(6)ウ(イ)).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::check_sheet::{Collected, Item, Sheet};
use domain::id::ReceptionId;
use store::op::Operation;
use store::reception::Checked;

use super::show::Ticked;
use super::{go_on, show, step};
use crate::App;
use crate::kit::{Fields, Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// Which sheet.
pub(in crate::staff) const SHEET: &str = "sheet";
/// The lines that are ticked.
pub(in crate::staff) const ITEM: &str = "item";
/// What became of the 通知カード.
pub(super) const NOTICE_CARD: &str = "notice_card";
/// What became of the 住基カード or the older 個人番号カード.
pub(super) const OLD_CARD: &str = "old_card";

/// Writes down that the papers were checked.
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReceptionId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, SHEET, ITEM, NOTICE_CARD, OLD_CARD])?;
    let operation = field::operation(&form)?;
    let sheet: Sheet = form.typed(SHEET).parse().map_err(|_| PageError::BadRequest)?;
    let ticked = ticked(&mut form, &fields, sheet.items())?;
    let notice_card = collected(&mut form, NOTICE_CARD);
    let old_card = collected(&mut form, OLD_CARD);
    let (Some(notice_card), Some(old_card), false) = (notice_card, old_card, form.is_refused()) else {
        return show::page_with(&app, &signed, id, form, None, Ticked { sheet: Some(sheet), items: ticked })
            .await;
    };
    let checked = Checked { sheet, notice_card, old_card };
    let operation = Operation::new(operation, &format!("papers {id} {sheet} {notice_card} {old_card}"));
    let done =
        step(&app, &signed, operation, move |tx, act| store::reception::check_papers(tx, act, id, checked));
    let done = done.await;
    go_on(&app, &signed, id, form, done).await
}

/// The lines that are ticked; those of the sheet that are not are told.
pub(in crate::staff) fn ticked(
    form: &mut Form,
    fields: &Fields,
    items: &[Item],
) -> Result<Vec<Item>, PageError> {
    let ticked: Result<Vec<Item>, _> = fields.all(ITEM)?.into_iter().map(str::parse).collect();
    let ticked = ticked.map_err(|_| PageError::BadRequest)?;
    let missing = items.iter().filter(|item| !ticked.contains(item)).count();
    if missing > 0 {
        form.refuse_ja(
            ITEM,
            format!(
                "確かめていない項目が{missing}つあります。揃わないときは、下の「持ち帰り」にしてください。"
            ),
        );
    }
    Ok(ticked)
}

fn collected(form: &mut Form, name: &'static str) -> Option<Collected> {
    let read = form.typed(name).parse().ok();
    if read.is_none() && form.fault(name).is_none() {
        form.refuse_ja(name, "どれかを選んでください。");
    }
    read
}
