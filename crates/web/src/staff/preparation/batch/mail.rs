//! Transferring the cards that the city mails, of every consignment together, and recording that it mailed them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{BatchId, OperationId};
use domain::journal::CityRecord;
use store::Lane;
use store::batch::BatchError;
use store::op::{Operation, once};

use super::send::failed;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, COUNTED, OPERATION, PAPER, PERSON};
use crate::staff::{Layout, Task};

/// The city's date of posting.
pub(super) const POSTED_ON: &str = "posted_on";

/// The form of a transfer for mailing.
#[derive(Template)]
#[template(path = "staff/preparation/batch/mail.html")]
pub(crate) struct MailPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) ready: usize,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
}

impl Page for MailPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Asks for count and receiver.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    page(&app, &signed, Form::fresh()).await
}

async fn page(app: &App, signed: &Signed, form: Form) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let ready = app.db.read(move |reader| store::batch::mail::waiting(reader, &site)).await?.len();
    let mut layout = signed.layout("市へ引継ぎ（郵送分）").within(Task::Preparation);
    layout.refused = form.is_refused();
    Ok(respond(&MailPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        ready,
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
    }))
}

/// Transfers.
pub(crate) async fn send(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[OPERATION, COUNTED, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let counted = field::number(&mut form, COUNTED, "数えた枚数");
    let city = field::city(&mut form, &signed);
    let (Some(counted), Some((person, record))) = (counted, city) else {
        return page(&app, &signed, form).await;
    };
    let operation = Operation::new(operation, &format!("send mail {counted} {person}"));
    let (act, site) = (app.act(signed.actor()), app.settings.site.clone());
    let sent = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::batch::mail::send(tx, &act, &site, counted, &person, record)
            })
        })
        .await;
    match sent {
        Ok(batch) => Ok(see_other(&format!("/batches/{batch}"))),
        Err(BatchError::CountDiffers { expected, counted }) => {
            field::refuse_count(&mut form, expected, counted, "枚");
            page(&app, &signed, form).await
        }
        Err(BatchError::Empty) => {
            form.refuse_ja(
                COUNTED,
                "引き継げるカードがありません。検品が済んだ郵送分のカードだけを引き継げます。",
            );
            page(&app, &signed, form).await
        }
        Err(error) => Err(failed(error)),
    }
}

/// Records that the city mailed a batch.
pub(crate) async fn mailed(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: BatchId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, POSTED_ON, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let on = field::day(&mut form, POSTED_ON, "市が発送した日");
    let city = field::city(&mut form, &signed);
    let (Some(on), Some((person, record))) = (on, city) else {
        return super::show::page(&app, &signed, id, form).await;
    };
    let operation = Operation::new(operation, &format!("mailed {id} {on} {person}"));
    let act = app.act(signed.actor());
    let mailed = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::batch::mail::mailed(tx, &act, id, on, &person, record))
        })
        .await;
    match mailed {
        Ok(()) => Ok(see_other(&format!("/batches/{id}"))),
        Err(BatchError::ImpossibleDate) => {
            form.refuse_ja(POSTED_ON, "発送した日は、引継ぎの日から今日までの日にしてください。");
            super::show::page(&app, &signed, id, form).await
        }
        Err(error) => Err(failed(error)),
    }
}
