//! All cards of a box move to another by one scan: the label of that box.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OperationId, PlaceId};
use domain::scan::{ScanScreen, Scanned, read};
use store::card::StepError;
use store::op::{Operation, Reused, once};
use store::place::Place;
use store::{Lane, Reader};

use super::super::scan::CODE;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};
use crate::staff::{Layout, Task};

/// Cards that move at once, at most: more hold other writers for too long, and no box has so many.
const MOST: u32 = 500;

/// The scan screen.
#[derive(Template)]
#[template(path = "staff/preparation/storage/empty.html")]
pub(crate) struct EmptyPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) operation: OperationId,
    pub(crate) id: PlaceId,
    pub(crate) name: String,
    pub(crate) cards: u32,
}

impl Page for EmptyPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

fn found(reader: &mut Reader<'_>, id: PlaceId) -> Result<Option<(Place, u32)>, store::Error> {
    match store::place::find(reader, id)?.filter(|place| place.kind.is_storage()) {
        Some(place) => {
            let cards = store::place::cards_in(reader, id)?;
            Ok(Some((place, cards)))
        }
        None => Ok(None),
    }
}

async fn page(app: &App, signed: &Signed, id: PlaceId, mut form: Form) -> Result<Response, PageError> {
    let (place, cards) = app.db.read(move |reader| found(reader, id)).await?.ok_or(PageError::NotFound)?;
    let mut layout = signed.layout(format!("{}のカードをまとめて移す", place.name)).within(Task::Storage);
    layout.refused = form.is_refused();
    // A scanner types the next code into the field, which must be empty for it.
    form.fill(CODE, "");
    let (operation, name) = (app.operation(), place.name);
    Ok(respond(&EmptyPage { texts: Texts::new(Language::JA), layout, form, operation, id, name, cards }))
}

/// Asks for the label of the other box.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh()).await
}

/// Why the cards stay.
enum Stays {
    Step(StepError),
    Reused,
    NoPlace,
    Same,
    TooMany,
    Nothing,
}

impl From<store::Error> for Stays {
    fn from(error: store::Error) -> Self {
        Self::Step(error.into())
    }
}

impl From<StepError> for Stays {
    fn from(error: StepError) -> Self {
        Self::Step(error)
    }
}

impl From<Reused> for Stays {
    fn from(_: Reused) -> Self {
        Self::Reused
    }
}

/// The label of the other box: the cards move.
pub(crate) async fn scan(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: PlaceId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, CODE])?;
    let operation = field::operation(&form)?;
    let scanned = if form.fault(CODE).is_some() { Scanned::IndividualNumber } else { read(form.typed(CODE)) };
    let label = match scanned {
        Scanned::Place(label) => label,
        Scanned::IndividualNumber => {
            signed.back_scanned(&app, ScanScreen::PutAway).await?;
            return page(&app, &signed, id, form).await;
        }
        Scanned::Control(_) | Scanned::Number(_) | Scanned::Unknown(_) => {
            form.refuse_ja(CODE, "移す先の箱のラベルを読み取ってください。");
            return page(&app, &signed, id, form).await;
        }
    };
    let operation = Operation::new(operation, &format!("empty {id} into {label:?}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                let to = store::place::by_label(tx, label)?.ok_or(Stays::NoPlace)?.id;
                if to == id {
                    return Err(Stays::Same);
                }
                match store::place::empty_into(tx, &act, id, to, MOST)? {
                    Some(0) => Err(Stays::Nothing),
                    Some(_) => Ok(to),
                    None => Err(Stays::TooMany),
                }
            })
        })
        .await;
    let sentence = match done {
        Ok(to) => return Ok(see_other(&format!("/places/{to}"))),
        Err(Stays::Step(StepError::Store(error))) => return Err(error.into()),
        Err(Stays::Reused) => return Err(PageError::BadRequest),
        Err(Stays::Same) => "同じ箱です。移す先の箱のラベルを読み取ってください。".to_owned(),
        Err(Stays::NoPlace | Stays::Step(StepError::WrongPlace { .. })) => {
            "カードを入れる箱ではありません。移す先の箱のラベルを読み取ってください。".to_owned()
        }
        Err(Stays::TooMany) => format!("一度に{MOST}枚までです。カードを1枚ずつ読み取って移してください。"),
        Err(Stays::Nothing) => "この箱にカードはありません。".to_owned(),
        Err(Stays::Step(_)) => "ほかの操作と重なりました。もう一度読み取ってください。".to_owned(),
    };
    form.refuse_ja(CODE, sentence);
    page(&app, &signed, id, form).await
}
