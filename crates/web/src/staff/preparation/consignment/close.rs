//! Expected and scanned side by side, what is missing and what is too many, and the close of a consignment's desk.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::card::Pass;
use domain::id::{ConsignmentId, OperationId};
use domain::journal::{CityRecord, Subject};
use store::Lane;
use store::consignment::desk::{self, Desk, DeskError};
use store::journal::View;
use store::op::{Operation, once};

use super::arrival::failed;
use super::show::arrived;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};
use crate::staff::wording::{control, list_name, moment};
use crate::staff::{Layout, Task};

/// Cards with passes to be done that are shown.
const SHOWN: u32 = 100;
/// The fault of the close as a whole.
const CLOSE: &str = "close";

/// How the desk stands.
#[derive(Template)]
#[template(path = "staff/preparation/consignment/close.html")]
pub(crate) struct ClosePage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) id: ConsignmentId,
    pub(crate) list: String,
    pub(crate) arrival: Option<String>,
    /// What both counted, where it is recorded.
    pub(crate) counted: Option<u32>,
    pub(crate) cards: u32,
    pub(crate) missing_cards: usize,
    pub(crate) extra_cards: u32,
    pub(crate) explained: u32,
    /// Each pass: expected and scanned.
    pub(crate) passes: Vec<(&'static str, u32, u32)>,
    pub(crate) open: Vec<Row>,
    pub(crate) missing: Vec<Row>,
    pub(crate) extra: Vec<Extra>,
    pub(crate) differs: bool,
    pub(crate) closed: Option<String>,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
}

/// A card of the list that is not done, or missing.
pub(crate) struct Row {
    pub(crate) card: String,
    pub(crate) control: String,
    pub(crate) line: u32,
    /// How many passes are done, or the reason with the city's name.
    pub(crate) words: String,
    /// Where it is written down that nobody finds it.
    pub(crate) incident: String,
}

/// Cards that are on no list.
pub(crate) struct Extra {
    pub(crate) cards: u32,
    pub(crate) reason: String,
    pub(crate) receiver: String,
    pub(crate) at: String,
}

impl Page for ClosePage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Shows how the desk stands.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh()).await
}

async fn page(app: &App, signed: &Signed, id: ConsignmentId, form: Form) -> Result<Response, PageError> {
    let (stands, counts) = app
        .db
        .read(move |reader| {
            let stands = desk::stands(reader, id, SHOWN)?.filter(|desk| !desk.consignment.is_opening);
            Ok::<_, store::Error>((stands, store::card::inspection_counts(reader, id)?))
        })
        .await?;
    let desk = stands.ok_or(PageError::NotFound)?;
    let shown = desk.open.iter().map(|card| card.id).chain(desk.missing.iter().map(|card| card.id));
    let subjects: Vec<Subject> = shown.map(Subject::Card).collect();
    let found = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    signed.viewed(app, View { screen: "consignment_close", asked: id.to_string(), subjects, found }).await?;
    let mut layout = signed.layout("受け入れの確認").within(Task::Preparation);
    layout.refused = form.is_refused();
    let scanned =
        |pass: &Pass| counts.iter().filter(|(which, ..)| which == pass).map(|(_, _, n)| n).sum::<u32>();
    let missing = u32::try_from(desk.missing.len()).unwrap_or(u32::MAX);
    let expected = desk.consignment.cards.saturating_sub(missing);
    Ok(respond(&ClosePage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        id,
        list: list_name(desk.consignment.list_date, &desk.consignment.box_name, false),
        counted: desk.arrival.as_ref().map(|arrival| arrival.cards),
        cards: desk.consignment.cards,
        missing_cards: desk.missing.len(),
        extra_cards: desk.extra_cards(),
        explained: desk.explained(),
        passes: Pass::ALL.iter().map(|pass| (pass.label(), expected, scanned(pass))).collect(),
        open: open(&desk),
        missing: lost(&desk),
        extra: extras(&desk),
        differs: desk.differs(),
        closed: desk.closed.as_ref().map(|closed| {
            let person = closed.person.as_ref().map(|person| format!("　市の担当者：{person}"));
            format!("{}{}", moment(closed.at), person.unwrap_or_default())
        }),
        arrival: desk.arrival.map(arrived),
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
    }))
}

fn open(desk: &Desk) -> Vec<Row> {
    let row = |card: &desk::Open| Row {
        card: route::card(card.id),
        control: control(card.control_number),
        line: card.line,
        words: format!("{}／{}", card.passes, Pass::ALL.len()),
        incident: route::incident(card.id),
    };
    desk.open.iter().map(row).collect()
}

fn lost(desk: &Desk) -> Vec<Row> {
    let row = |card: &desk::Missing| Row {
        card: route::card(card.id),
        control: control(card.control_number),
        line: card.line,
        words: format!("{}（市：{}）", card.reason, card.told_to),
        incident: String::new(),
    };
    desk.missing.iter().map(row).collect()
}

fn extras(desk: &Desk) -> Vec<Extra> {
    let row = |extra: &desk::Extra| Extra {
        cards: extra.cards,
        reason: extra.reason.clone(),
        receiver: extra.receiver.clone(),
        at: moment(extra.at),
    };
    desk.extra.iter().map(row).collect()
}

/// Closes the desk.
pub(crate) async fn close(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let mut form = fields.form(&[OPERATION, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let differs = app.db.read(move |reader| desk::stands(reader, id, 1)).await?;
    let differs = differs.ok_or(PageError::NotFound)?.differs();
    let city = if differs { field::city(&mut form, &signed) } else { None };
    if form.is_refused() {
        return page(&app, &signed, id, form).await;
    }
    let operation = Operation::new(operation, &format!("close {id} {city:?}"));
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                let city = city.as_ref().map(|(person, record)| (person.as_str(), *record));
                desk::close(tx, &act, id, city)
            })
        })
        .await;
    let sentence = match done {
        Ok(()) => return Ok(see_other(&format!("/consignments/{id}"))),
        Err(DeskError::StillOpen) => {
            "検品が終わっていないカードがあります。読み取るか、見つからないカードとして記録してください。"
                .to_owned()
        }
        Err(DeskError::CountDiffers { counted, explained }) => format!(
            "枚数が合いません。市と数えたのは{counted}枚、一覧表から不足を引き余りを足すと{explained}枚です。不足・余りを記録してください。"
        ),
        Err(DeskError::NeedsCity) => "不足・余りがあるときは、市の担当者の氏名が要ります。".to_owned(),
        Err(error) => return Err(failed(error)),
    };
    form.refuse_ja(CLOSE, sentence);
    page(&app, &signed, id, form).await
}
