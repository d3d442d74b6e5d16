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
use store::consignment::desk::DeskError;
use store::consignment::desk::close::{self as desk, Closed, Desk, Undone};
use store::journal::View;
use store::op::{Operation, once};

use super::arrival::failed;
use super::show::arrived;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::account::words::Names;
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};
use crate::staff::wording::{control, list_name, moment};
use crate::staff::{Layout, Task};

/// Cards with passes to be done that are shown.
const SHOWN: usize = 100;
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
    pub(crate) never_came: u32,
    pub(crate) extra_cards: u32,
    pub(crate) explained: u32,
    /// Each pass: expected and scanned.
    pub(crate) passes: Vec<(&'static str, u32, u32)>,
    /// Cards that ended before their passes were done.
    pub(crate) ended: u32,
    /// How many cards have passes to be done.
    pub(crate) open_cards: usize,
    /// The first of them.
    pub(crate) open: Vec<Row>,
    pub(crate) missing: Vec<Missing>,
    pub(crate) extra: Vec<Extra>,
    pub(crate) differs: bool,
    pub(crate) closed: Option<String>,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
}

/// A card of the list whose passes are not done.
pub(crate) struct Row {
    pub(crate) card: String,
    pub(crate) control: String,
    pub(crate) line: u32,
    /// How many passes are done.
    pub(crate) done: String,
    /// Where it is written down that nobody finds it.
    pub(crate) incident: String,
}

/// A card of the list that nobody has, or had when the desk closed.
pub(crate) struct Missing {
    pub(crate) card: String,
    pub(crate) control: String,
    pub(crate) line: u32,
    pub(crate) reason: String,
    /// The operator who wrote it down.
    pub(crate) by: String,
    /// Who of the city was told; none: nobody yet.
    pub(crate) told_to: Option<String>,
    /// The page of the incident.
    pub(crate) incident: String,
    /// How it stands today.
    pub(crate) state: &'static str,
}

/// Cards that are on no list.
pub(crate) struct Extra {
    pub(crate) cards: u32,
    pub(crate) reason: String,
    pub(crate) by: String,
    pub(crate) receiver: String,
    pub(crate) at: String,
    /// Where it is taken back.
    pub(crate) withdraw: String,
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
    let (stands, names) = app
        .db
        .read(move |reader| {
            let stands = desk::stands(reader, id)?.filter(|desk| !desk.consignment.is_opening);
            Ok::<_, store::Error>((stands, Names::people(reader)?))
        })
        .await?;
    let desk = stands.ok_or(PageError::NotFound)?;
    let shown = desk.open.iter().take(SHOWN).chain(&desk.missing);
    let subjects: Vec<Subject> = shown.map(|card| Subject::Card(card.id)).collect();
    let found = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    signed.viewed(app, View { screen: "consignment_close", asked: id.to_string(), subjects, found }).await?;
    let mut layout = signed.layout("受け入れの確認").within(Task::Preparation);
    layout.refused = form.is_refused();
    let expected = desk.expected();
    let scanned = |pass: &Pass| desk.scanned.iter().find(|(of, _)| of == pass).map_or(0, |(_, n)| *n);
    Ok(respond(&ClosePage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        id,
        list: list_name(desk.consignment.list_date, &desk.consignment.box_name, false),
        counted: desk.arrival.as_ref().map(|arrival| arrival.cards),
        cards: desk.consignment.cards,
        never_came: desk.never_came(),
        extra_cards: desk.extra_cards(),
        explained: desk.explained(),
        passes: Pass::ALL.iter().map(|pass| (pass.label(), expected, scanned(pass))).collect(),
        ended: desk.ended,
        open_cards: desk.open.len(),
        open: desk.open.iter().take(SHOWN).map(|card| row(id, card)).collect(),
        missing: desk.missing.iter().map(|card| missing(card, &names)).collect(),
        extra: desk.extra.iter().map(|one| extra(id, one, &names)).collect(),
        differs: desk.differs(),
        closed: desk.closed.as_ref().map(|closed| ended(closed, &names)),
        arrival: desk.arrival.map(arrived),
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
    }))
}

/// The close in words.
fn ended(closed: &Closed, names: &Names) -> String {
    let person = closed.person.as_ref().map(|person| format!("　市の担当者：{person}"));
    let Closed { missing, extra, .. } = closed;
    format!(
        "{}　不足{missing}枚・余り{extra}枚　完了した人：{}{}",
        moment(closed.at),
        names.actor(closed.by),
        person.unwrap_or_default()
    )
}

fn row(id: ConsignmentId, card: &Undone) -> Row {
    Row {
        card: route::card(card.id),
        control: control(card.control_number),
        line: card.line,
        done: format!("{}／{}", card.passes, Pass::ALL.len()),
        incident: format!("{}?desk={id}", route::incident(card.id)),
    }
}

fn missing(card: &Undone, names: &Names) -> Missing {
    let told = card.incident.as_ref();
    Missing {
        card: route::card(card.id),
        control: control(card.control_number),
        line: card.line,
        reason: told.map(|told| told.reason.clone()).unwrap_or_default(),
        by: told.map(|told| names.actor(told.by)).unwrap_or_default(),
        told_to: told.and_then(|told| told.told_to.clone()),
        incident: told.map(|told| route::incident_page(told.id)).unwrap_or_default(),
        state: match (card.is_missing, card.came) {
            (false, _) => "あとで見つかりました",
            (true, false) => "箱にありませんでした",
            (true, true) => "検品の途中で所在不明",
        },
    }
}

fn extra(id: ConsignmentId, extra: &desk::Extra, names: &Names) -> Extra {
    Extra {
        cards: extra.cards,
        reason: extra.reason.clone(),
        by: names.actor(extra.by),
        receiver: extra.receiver.clone(),
        at: moment(extra.at),
        withdraw: format!("/consignments/{id}/extra/{}", extra.entry),
    }
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
    let differs = app.db.read(move |reader| desk::stands(reader, id)).await?;
    let differs = differs.as_ref().map(Desk::differs).ok_or(PageError::NotFound)?;
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
        Ok(()) => return Ok(see_other(&format!("/consignments/{id}/close"))),
        Err(DeskError::StillOpen) => {
            "検品が終わっていないカードがあります。読み取るか、見つからないカードとして記録してください。"
                .to_owned()
        }
        Err(DeskError::Untold) => {
            "市へまだ知らせていない不足があります。不足の表から事故の画面を開き、知らせたことを記録してください。"
                .to_owned()
        }
        Err(DeskError::CountDiffers { counted, explained }) => format!(
            "枚数が合いません。市と数えたのは{counted}枚、一覧表から不足を引き余りを足すと{explained}枚です。不足・余りを記録するか、市と数え直してください。"
        ),
        Err(DeskError::NeedsCity) => "不足・余りがあるときは、市の担当者の氏名が要ります。".to_owned(),
        Err(error) => return Err(failed(error)),
    };
    form.refuse_ja(CLOSE, sentence);
    page(&app, &signed, id, form).await
}
