//! The scan screen of a pass of the inspection. A scan alone says 良好; any other finding is chosen before it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::card::{Finding, Pass};
use domain::id::{CardId, ConsignmentId};
use domain::number::ControlNumber;
use domain::scan::{ScanScreen, Scanned, read};
use serde::Deserialize;
use store::Lane;
use store::card::{Inspection, StepError};
use store::consignment::desk;

use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::preparation::scan::{CODE, Outcome, RECENT, Recent, Row, Scan};
use crate::staff::wording::list_name;
use crate::staff::{Layout, Task};

const FINDING: &str = "finding";
const CARD: &str = "card";

/// The scan screen.
#[derive(Template)]
#[template(path = "staff/preparation/consignment/inspect.html")]
pub(crate) struct InspectPage {
    pub(crate) layout: Layout,
    pub(crate) id: ConsignmentId,
    pub(crate) list: String,
    pub(crate) pass: Pass,
    pub(crate) done: u32,
    pub(crate) cards: u32,
    pub(crate) aside: u32,
    pub(crate) recent: String,
    pub(crate) rows: Vec<Row>,
}

impl InspectPage {
    /// Every pass, and whether it is the one of this screen.
    fn passes(&self) -> Vec<(Pass, bool)> {
        Pass::ALL.iter().map(|pass| (*pass, *pass == self.pass)).collect()
    }

    /// The card of the last scan, where its finding can still be taken back.
    fn undoable(&self) -> Option<CardId> {
        self.rows.first().filter(|row| row.undoable).and_then(|row| row.card)
    }
}

impl Page for InspectPage {}

/// The last scans in the address.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    recent: String,
}

/// Shows the screen.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path((id, pass)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (id, pass): (ConsignmentId, Pass) = (field::id(&id)?, field::id(&pass)?);
    let recent = Recent::read(&asked.recent);
    recent.viewed(&app, &signed, "inspection").await?;
    let last = recent.clone();
    let (consignment, counts, rows) = app
        .db
        .read(move |reader| {
            let consignment = store::consignment::find(reader, id)?;
            let counts = store::card::inspection_counts(reader, id)?;
            Ok::<_, store::Error>((consignment, counts, last.rows(reader)?))
        })
        .await?;
    let consignment = consignment.ok_or(PageError::NotFound)?;
    let of = |wanted: &dyn Fn(Finding) -> bool| {
        counts
            .iter()
            .filter(|(which, finding, _)| *which == pass && wanted(*finding))
            .map(|(_, _, n)| n)
            .sum()
    };
    Ok(respond(&InspectPage {
        layout: signed.layout(format!("検品：{}", pass.label())).within(Task::Preparation),
        id,
        list: list_name(consignment.list_date, &consignment.box_name, consignment.is_opening),
        pass,
        done: of(&|_| true),
        cards: consignment.cards,
        aside: of(&|finding| finding != Finding::Good),
        recent: recent.text(),
        rows,
    }))
}

/// Writes down a scan.
pub(crate) async fn scan(
    State(app): State<Arc<App>>,
    Path((id, pass)): Path<(String, String)>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let (id, pass): (ConsignmentId, Pass) = (field::id(&id)?, field::id(&pass)?);
    let form = fields.form(&[CODE, FINDING, RECENT])?;
    // A scan alone says 良好; a word that is no finding is no answer of this form.
    let finding = match form.typed(FINDING) {
        "" => Finding::Good,
        word => word.parse().map_err(|_| PageError::BadRequest)?,
    };
    let scanned = if form.fault(CODE).is_some() { Scanned::IndividualNumber } else { read(form.typed(CODE)) };
    let recent = Recent::read(form.typed(RECENT));
    let scan = match scanned {
        Scanned::Control(number) => match inspect(&app, &signed, (id, pass), number, finding).await? {
            Desk::Scan(scan) => scan,
            Desk::Pair(card) => return Ok(see_other(&pair_href(id, card, pass, finding, &recent))),
        },
        Scanned::IndividualNumber => {
            signed.back_scanned(&app, ScanScreen::Inspection).await?;
            Scan { card: None, outcome: Outcome::IndividualNumber }
        }
        Scanned::Number(_) | Scanned::Place(_) | Scanned::Unknown(_) => {
            Scan { card: None, outcome: Outcome::Unknown }
        }
    };
    Ok(back(id, pass, &recent.with(scan)))
}

/// The page on which a new label is paired, for a scan in a pass.
fn pair_href(id: ConsignmentId, card: CardId, pass: Pass, finding: Finding, recent: &Recent) -> String {
    format!("/consignments/{id}/pair/{card}?pass={pass}&finding={finding}&recent={}", recent.text())
}

/// What a scan leads to.
pub(super) enum Desk {
    /// It is done.
    Scan(Scan),
    /// The label is new: it is paired first.
    Pair(CardId),
}

pub(super) fn back(id: ConsignmentId, pass: Pass, recent: &Recent) -> Response {
    see_other(&format!("/consignments/{id}/inspect/{pass}?recent={}", recent.text()))
}

pub(super) async fn inspect(
    app: &App,
    signed: &Signed,
    (id, pass): (ConsignmentId, Pass),
    number: ControlNumber,
    finding: Finding,
) -> Result<Desk, PageError> {
    let act = app.act(signed.actor());
    let done = app.db.write(Lane::Staff, move |tx| desk::inspect(tx, &act, id, number, pass, finding)).await;
    let refused = |outcome: Outcome| Ok(Desk::Scan(Scan { card: None, outcome }));
    match done {
        Ok(desk::Scanned::Unpaired(card)) => Ok(Desk::Pair(card)),
        Ok(desk::Scanned::NoCard) => refused(Outcome::NoCard),
        Ok(desk::Scanned::OtherList(card)) => {
            Ok(Desk::Scan(Scan { card: Some(card), outcome: Outcome::OtherList }))
        }
        Ok(desk::Scanned::NotArrived) => refused(Outcome::NotArrived),
        Ok(desk::Scanned::Done(card, inspection)) => {
            let outcome = match inspection {
                Inspection::Complete => Outcome::Complete,
                Inspection::Before(_) => Outcome::Before,
                Inspection::Noted => noted(finding),
            };
            Ok(Desk::Scan(Scan { card: Some(card), outcome }))
        }
        Err(error) => outcome(Err(error)).map(Desk::Scan),
    }
}

fn noted(finding: Finding) -> Outcome {
    match finding {
        Finding::Good => Outcome::Good,
        Finding::Mismatch => Outcome::Mismatch,
        Finding::Attention => Outcome::Attention,
        Finding::AlreadyHolds => Outcome::AlreadyHolds,
    }
}

/// What the store refused is an outcome of the scan, too.
pub(crate) fn outcome(done: Result<Scan, StepError>) -> Result<Scan, PageError> {
    let outcome = match done {
        Ok(scan) => return Ok(scan),
        Err(StepError::Store(error)) => return Err(error.into()),
        Err(StepError::NoCard) => Outcome::NoCard,
        Err(StepError::WrongStage(_)) => Outcome::WrongStage,
        Err(StepError::WrongPlace { to, .. }) if !to.is_storage() => Outcome::NoPlace,
        Err(StepError::WrongPlace { .. }) => Outcome::Elsewhere,
        Err(StepError::Unpaired) => Outcome::Unpaired,
        Err(StepError::Changed) => Outcome::Again,
    };
    Ok(Scan { card: None, outcome })
}

/// Takes the last finding back.
pub(crate) async fn undo(
    State(app): State<Arc<App>>,
    Path((id, pass)): Path<(String, String)>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let (id, pass): (ConsignmentId, Pass) = (field::id(&id)?, field::id(&pass)?);
    let form = fields.form(&[CARD, RECENT])?;
    let card: CardId = form.typed(CARD).parse().map_err(|_| PageError::BadRequest)?;
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            if store::card::find(tx, card)?.is_none_or(|found| found.consignment != id) {
                return Err(StepError::NoCard);
            }
            store::card::undo_inspection(tx, &act, card, pass)?;
            Ok(Scan { card: Some(card), outcome: Outcome::Undone })
        })
        .await;
    let recent = Recent::read(form.typed(RECENT)).without_newest().with(outcome(done)?);
    Ok(back(id, pass, &recent))
}
