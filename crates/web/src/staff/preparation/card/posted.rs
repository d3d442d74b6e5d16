//! A card that the city mails: it came back from the post, or the city mailed it once more.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::CardId;
use store::Lane;
use store::batch::BatchError;
use store::batch::mail::Posting;
use store::card::StepError;
use store::op::{Operation, once};

use super::show;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};

/// The day.
pub(super) const ON: &str = "on";

/// 郵便から戻った.
pub(crate) async fn came_back(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    record(&app, &signed, field::id(&id)?, &fields, Posting::CameBack).await
}

/// The city mailed it once more.
pub(crate) async fn mailed_again(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    record(&app, &signed, field::id(&id)?, &fields, Posting::MailedAgain).await
}

async fn record(
    app: &App,
    signed: &Signed,
    id: CardId,
    fields: &Fields,
    what: Posting,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[OPERATION, ON, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let words = match what {
        Posting::CameBack => "戻った日",
        Posting::MailedAgain => "発送した日",
    };
    let on = field::day(&mut form, ON, words);
    let city = field::city(&mut form, signed);
    let (Some(on), Some((person, record))) = (on, city) else {
        return show::page(app, signed, id, form).await;
    };
    let operation = Operation::new(operation, &format!("post {id} {what:?} {on} {person}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::batch::mail::post(tx, &act, id, what, on, &person, record))
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&format!("/cards/{id}"))),
        Err(BatchError::ImpossibleDate) => {
            form.refuse_ja(ON, format!("{words}が今日より後になっています。確かめてください。"));
            show::page(app, signed, id, form).await
        }
        Err(BatchError::Step(StepError::NoCard)) => Err(PageError::NotFound),
        Err(error) => Err(super::super::batch::send::failed(error)),
    }
}
