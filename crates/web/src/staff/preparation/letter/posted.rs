//! The city posted a part: its day opens the booking.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::LetterBatchId;
use store::Lane;
use store::letter::LetterError;
use store::op::{Operation, once};

use super::{failed, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};

/// The city's day of posting.
const POSTED_ON: &str = "posted_on";

/// Records the posting.
pub(crate) async fn posted(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: LetterBatchId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, POSTED_ON, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let day = field::day(&mut form, POSTED_ON, "市が発送した日");
    let city = field::city(&mut form, &signed);
    let (Some(day), Some((person, record))) = (day, city) else {
        return show::page(&app, &signed, id, form).await;
    };
    let operation = Operation::new(operation, &format!("posted {id} {day} {person}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::letter::post(tx, &act, id, day, &person, record))
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&format!("/letters/{id}"))),
        Err(LetterError::ImpossibleDate) => {
            form.refuse_ja(POSTED_ON, "発送日は、市へ引き継いだ日から今日までの日にしてください。");
            show::page(&app, &signed, id, form).await
        }
        Err(error) => Err(failed(error)),
    }
}
