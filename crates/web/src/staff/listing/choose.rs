//! How a list stands for oneself, for everybody, and the end of an arrangement.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::ArrangementId;
use store::Lane;
use store::op::{Operation, once};

use super::column::Listing;
use super::{failed, of_address, of_list};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};

/// The arrangement; empty: none.
const ARRANGEMENT: &str = "arrangement";
/// The version that was shown.
const VERSION: &str = "version";

fn chosen(typed: &str) -> Result<Option<ArrangementId>, PageError> {
    if typed.is_empty() { Ok(None) } else { typed.parse().map(Some).map_err(|_| PageError::BadRequest) }
}

/// Chooses how a list stands for oneself, and leads back to the choice.
pub(crate) async fn choose(
    app: Arc<App>,
    signed: Signed,
    listing: &'static Listing,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[OPERATION, ARRANGEMENT])?;
    let id = chosen(form.typed(ARRANGEMENT))?;
    let operation = Operation::new(field::operation(&form)?, &format!("choose {} {id:?}", listing.list));
    let (act, of, person) = (app.act(signed.actor()), of_list(&app, listing), signed.session().person);
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| store::arrangement::choose(tx, &act, person, &of, id))
    });
    done.await.map(|()| see_other(listing.address)).map_err(failed)
}

/// Sets how a list stands for everybody who chose nothing else.
pub(crate) async fn stand(
    State(app): State<Arc<App>>,
    Path(list): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let listing = of_address(&signed, &list)?;
    let form = fields.form(&[OPERATION, ARRANGEMENT])?;
    let id = chosen(form.typed(ARRANGEMENT))?;
    let operation = Operation::new(field::operation(&form)?, &format!("stand {list} {id:?}"));
    let (act, of) = (app.act(signed.actor()), of_list(&app, listing));
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| store::arrangement::stand(tx, &act, &of, id))
    });
    done.await.map(|()| see_other(listing.address)).map_err(failed)
}

/// Ends an arrangement.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    Path((list, id)): Path<(String, String)>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let listing = of_address(&signed, &list)?;
    let id: ArrangementId = field::id(&id)?;
    let form = fields.form(&[OPERATION, VERSION])?;
    let version: u32 = form.typed(VERSION).parse().map_err(|_| PageError::BadRequest)?;
    let operation = Operation::new(field::operation(&form)?, &format!("end {list} {id} {version}"));
    let (act, of) = (app.act(signed.actor()), of_list(&app, listing));
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| store::arrangement::end(tx, &act, &of, (id, version)))
    });
    done.await.map(|()| see_other(listing.address)).map_err(failed)
}
