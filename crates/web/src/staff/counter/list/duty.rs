//! The duties of a day: who takes one, and that it is done where nothing else says so.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::day_list::Duty;
use store::day_list::ListError;
use store::op::Operation;

use super::Lists;
use super::act::{day_of, sentence, step};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::counter::business;
use crate::staff::desk::Signed;
use crate::staff::field;

/// The board.
const BOARD: &str = "/";

/// Takes a duty.
pub(in crate::staff) async fn take<L: Lists>(
    State(app): State<Arc<App>>,
    Path((day, duty)): Path<(String, String)>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let (day, duty): (_, Duty) = (day_of::<L>(&app, &day)?, field::id(&duty)?);
    let form = fields.form(&[field::OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("take {day} {duty}"));
    let done = step(&app, &signed, operation, move |tx, act| store::day_list::take(tx, act, &day, duty));
    match done.await {
        Ok(()) => Ok(see_other(BOARD)),
        Err(error) => Err(PageError::Conflict(sentence(error)?)),
    }
}

/// Says that a duty is done. The others are done by what they are: a transfer, a scan, a close.
pub(crate) async fn done(
    State(app): State<Arc<App>>,
    Path((day, duty)): Path<(String, String)>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let (day, duty): (_, Duty) = (business(&app, field::day_in(&day)?), field::id(&duty)?);
    if duty != Duty::Ready || day.day != app.today() {
        return Err(PageError::NotFound);
    }
    let form = fields.form(&[field::OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("done {day} {duty}"));
    let done = step(&app, &signed, operation, move |tx, act| store::day_list::done(tx, act, &day, duty));
    match done.await {
        // Somebody else was faster; the board says who.
        Ok(()) | Err(ListError::Already) => Ok(see_other(BOARD)),
        Err(error) => Err(PageError::Conflict(sentence(error)?)),
    }
}
