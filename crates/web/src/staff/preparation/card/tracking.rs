//! 追跡番号: the city told under which number the post has a card that it mailed, or that it does not know.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{CardId, OperationId};
use domain::journal::{CityRecord, Subject};
use domain::tracking::{NotTracking, TrackingNumber};
use store::Lane;
use store::journal::View;
use store::op::{Operation, once};
use store::tracking::{Told, TrackingError};

use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};
use crate::staff::wording::{control, moment};
use crate::staff::{Layout, Task};

/// The number.
pub(super) const NUMBER: &str = "number";
/// The city does not know it.
pub(super) const UNKNOWN: &str = "unknown";

/// The form.
#[derive(Template)]
#[template(path = "staff/preparation/card/tracking.html")]
pub(crate) struct TrackingPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) by_paper: bool,
    pub(crate) id: CardId,
    pub(crate) control: String,
    /// Whether the city mailed the card.
    pub(crate) mailed: bool,
    /// What the city told before.
    pub(crate) told: Option<String>,
    pub(crate) operation: OperationId,
}

impl Page for TrackingPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// What the city told, for pages.
pub(super) fn words(told: &Told) -> String {
    match told.number {
        Some(number) => number.to_string(),
        None => format!("市でもわかりません（{}に確認）", moment(told.at)),
    }
}

/// Shows the form.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh()).await
}

async fn page(app: &App, signed: &Signed, id: CardId, form: Form) -> Result<Response, PageError> {
    let found = app.db.read(move |reader| {
        let Some(card) = store::card::find(reader, id)? else { return Ok(None) };
        Ok::<_, store::Error>(Some((card, store::tracking::of(reader, id)?)))
    });
    let (card, told) = found.await?.ok_or(PageError::NotFound)?;
    let view = View { screen: "card", asked: id.to_string(), subjects: vec![Subject::Card(id)], found: 1 };
    signed.viewed(app, view).await?;
    let mut layout = signed.layout("追跡番号").within(Task::Preparation);
    layout.refused = form.is_refused();
    Ok(respond(&TrackingPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        by_paper: signed.city_record() == CityRecord::Paper,
        id,
        control: control(card.control_number),
        mailed: store::tracking::fits(&card),
        told: told.as_ref().map(words),
        operation: app.operation(),
    }))
}

/// Writes down what the city told.
pub(crate) async fn record(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, NUMBER, UNKNOWN, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let number = number(&mut form);
    let city = field::city(&mut form, &signed);
    let (Some(number), Some((person, recorded))) = (number, city) else {
        return page(&app, &signed, id, form).await;
    };
    let operation = Operation::new(operation, &format!("tracking {id} {number:?} {person}"));
    let act = app.act(signed.actor());
    let write = move |tx: &mut store::Tx<'_>| {
        once(tx, &act, &operation, |tx| store::tracking::record(tx, &act, id, number, (&person, recorded)))
    };
    match app.db.write(Lane::Staff, write).await {
        Ok(()) => Ok(see_other(&format!("/cards/{id}"))),
        Err(TrackingError::NotFound) => Err(PageError::NotFound),
        Err(TrackingError::Taken) => {
            form.refuse_ja(
                NUMBER,
                "この追跡番号は、ほかのカードに記録されています。番号を確かめてください。",
            );
            page(&app, &signed, id, form).await
        }
        Err(TrackingError::NotMailed) => {
            let why = "このカードは、市が郵送したカードではありません。カードの画面を開き直してください。";
            Err(PageError::Conflict(why.to_owned()))
        }
        Err(TrackingError::Reused(_)) => Err(field::stale()),
        Err(TrackingError::Store(error)) => Err(error.into()),
    }
}

/// The number, or that the city does not know it: one of both.
#[expect(clippy::option_option, reason = "nothing that can be used, unknown, a number")]
fn number(form: &mut Form) -> Option<Option<TrackingNumber>> {
    let typed = form.typed(NUMBER).trim().to_owned();
    let unknown = !form.typed(UNKNOWN).is_empty();
    let refused = |form: &mut Form, why: &str| {
        if form.fault(NUMBER).is_none() {
            form.refuse_ja(NUMBER, why);
        }
        None
    };
    match (typed.is_empty(), unknown) {
        (true, true) => Some(None),
        (true, false) => {
            refused(form, "追跡番号を入力するか、「市でも番号がわからない」に印を付けてください。")
        }
        (false, true) => refused(form, "番号があるときは、「市でも番号がわからない」の印を外してください。"),
        (false, false) => match TrackingNumber::read(&typed) {
            Ok(number) => Some(Some(number)),
            Err(NotTracking::Form) => {
                refused(form, "追跡番号は11桁です。「123-45-67890-3」のように入力してください。")
            }
            Err(NotTracking::CheckDigit) => {
                refused(form, "最後の数字が合いません。読み間違いがないか、11桁を確かめてください。")
            }
        },
    }
}
