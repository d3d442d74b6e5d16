//! Form and copies go to a named person of the city.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::CardId;
use domain::reservation::Visitor;
use store::op::Operation;

use super::{act, show};
use crate::App;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PERSON};

/// Who came.
pub(super) const VISITOR: &str = "visitor";
/// 返戻分個人番号カード交付申請書 is filled in.
pub(super) const FILLED: &str = "filled";
/// How many copies.
pub(super) const COPIES: &str = "copies";
/// More sheets than anybody's identity papers have.
const MOST: u32 = 20;

/// Writes it down.
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, VISITOR, FILLED, COPIES, PERSON])?;
    let operation = field::operation(&form)?;
    let visitor: Option<Visitor> = form.typed(VISITOR).parse().ok();
    if visitor.is_none() {
        form.refuse_ja(VISITOR, "来庁した人を選んでください。");
    }
    if form.typed(FILLED).is_empty() {
        form.refuse_ja(FILLED, "申請書に記入してもらってから、印を付けてください。");
    }
    let copies = field::number(&mut form, COPIES, "写しの枚数");
    if copies.is_some_and(|copies| copies > MOST) {
        form.refuse_ja(COPIES, format!("写しの枚数は{MOST}枚までにしてください。"));
    }
    let person = field::person(&mut form);
    let (false, Some(visitor), Some(copies), Some(person)) = (form.is_refused(), visitor, copies, person)
    else {
        return show::page(&app, &signed, id, form, None).await;
    };
    let operation = Operation::new(operation, &format!("pickup {id} {visitor} {copies} {person}"));
    let begin = move |tx: &mut store::Tx<'_>, act: &store::Act| {
        store::pickup::begin(tx, act, id, (visitor, copies), &person)
    };
    act::done(&app, &signed, id, form, operation, begin).await
}
