//! A person who knows more than the rule puts an inspected card into another group.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::group::Group;
use domain::id::CardId;
use store::Lane;
use store::group::SortError;
use store::op::{Operation, once};

use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};

/// The group.
const GROUP: &str = "group";

/// Sorts the card.
pub(crate) async fn sort(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let form = fields.form(&[OPERATION, GROUP])?;
    let operation = field::operation(&form)?;
    let group: Group = form.typed(GROUP).parse().map_err(|_| PageError::BadRequest)?;
    let operation = Operation::new(operation, &format!("sort {id} {group}"));
    let act = app.act(signed.actor());
    let sorted = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::group::by_hand(tx, &act, id, group))
        })
        .await;
    match sorted {
        Ok(()) => Ok(see_other(&format!("/cards/{id}"))),
        Err(SortError::Store(error)) => Err(error.into()),
        Err(SortError::Reused(_)) => Err(field::stale()),
        Err(SortError::NotHere) => Err(PageError::Conflict(
            "このカードは検品机にないか、検品が終わっていないため、仕分けを変えられません。".to_owned(),
        )),
        Err(SortError::Question(from)) => Err(PageError::Conflict(format!(
            "「{}」のカードは、市が確かめるまでほかの行き先に仕分けできません。検品の結果が誤りなら、検品の画面で取り消してください。",
            from.label()
        ))),
    }
}
