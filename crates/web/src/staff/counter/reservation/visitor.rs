//! Changing who comes, for a citizen who telephoned or came to the counter; until the slot begins.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::ReservationId;
use store::Lane;
use store::op::{Operation, once};
use store::reservation::shown::{Whom, unchanged};
use store::reservation::{BookingError, party};

use super::show;
use super::shown::{AsShown, SHOWN, changed_since};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::counter::booking::new::problem;
use crate::staff::counter::booking::slots::visitor;
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::{field, wording};

/// The field of who comes.
pub(super) const VISITOR: &str = "visitor";

/// Takes what the citizen said.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let form = fields.form(&[field::OPERATION, VISITOR, SHOWN])?;
    let (operation, visitor) = (field::operation(&form)?, visitor(&form, VISITOR)?);
    let shown = AsShown::read(&form)?;
    let versions = shown.versions(Whom::All);
    let act = app.act(signed.actor());
    let operation = Operation::new(operation, &format!("visitor {id} {}", form.typed(VISITOR)));
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| {
            unchanged(tx, id, &versions)?;
            party::set_visitor(tx, &act, id, visitor)
        })
    });
    match done.await {
        Ok(()) => Ok(see_other(&route::reservation(id))),
        Err(BookingError::Store(error)) => Err(error.into()),
        Err(BookingError::ChangedSince) => {
            let chosen = format!("来庁者：{}", wording::visitor(visitor));
            let problem = changed_since(&app, id, Whom::All, &shown, Some(chosen)).await?;
            show::page(&app, &signed, id, Form::fresh(), Some(problem)).await
        }
        Err(error) => {
            let problem = problem(error)?;
            show::page(&app, &signed, id, form, Some(problem)).await
        }
    }
}
