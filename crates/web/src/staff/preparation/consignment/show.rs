//! A consignment: how far it is, what may be done, its cards.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::card::{Finding, Pass, Progress};
use domain::id::{CardId, ConsignmentId};
use domain::journal::Subject;
use domain::permission::Permission;
use domain::time::era_date;
use jiff::Timestamp;
use serde::Deserialize;
use store::Reader;
use store::card::Listed;
use store::consignment::desk::{self, Arrival};
use store::consignment::{Checked, Consignment};
use store::journal::View;

use super::super::card::export::{LISTING, cells};
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::listing::{Arranged, Line, Stands, Table};
use crate::staff::wording::{control, list_name, moment};
use crate::staff::{Layout, Task};

/// Cards on a page.
const PAGE: u32 = 100;
/// Cards with a finding that are shown apart.
const SET_ASIDE: usize = 100;

/// A consignment.
#[derive(Template)]
#[template(path = "staff/preparation/consignment/show.html")]
pub(crate) struct ShowPage {
    pub(crate) layout: Layout,
    pub(crate) id: ConsignmentId,
    pub(crate) received_on: String,
    pub(crate) list_date: String,
    pub(crate) box_name: String,
    /// Whether it is a portion of opening stock.
    pub(crate) is_opening: bool,
    pub(crate) cards: u32,
    pub(crate) progress: Vec<(&'static str, u32)>,
    pub(crate) passes: Vec<PassRow>,
    pub(crate) ready: usize,
    /// The city's transfer: boxes, cards, who, when.
    pub(crate) arrival: Option<String>,
    /// When the desk closed.
    pub(crate) closed: Option<String>,
    pub(crate) may: May,
    pub(crate) aside: Vec<Aside>,
    /// The cards, each with what the passes of the inspection found.
    pub(crate) table: Table<String>,
    pub(crate) next: Option<u32>,
    /// How the list with remarks stands.
    pub(crate) stands: Stands,
}

impl ShowPage {
    /// The filter of the list of cards that shows these.
    fn file_query(&self) -> String {
        format!("consignment={}&", self.id)
    }

    /// The list with remarks, as a file.
    fn lines(&self) -> String {
        format!("/lists/consignments/{}/lines", self.id)
    }
}

impl Page for ShowPage {}

/// What the person may do with it.
#[derive(Clone, Copy)]
pub(crate) struct May {
    pub(crate) inspect: bool,
    pub(crate) send: bool,
    pub(crate) print: bool,
}

/// A pass of the inspection.
pub(crate) struct PassRow {
    pub(crate) pass: Pass,
    pub(crate) done: u32,
    pub(crate) other: u32,
    pub(crate) open: bool,
}

/// A card with a finding, set aside for the city.
pub(crate) struct Aside {
    pub(crate) id: CardId,
    pub(crate) control: String,
    pub(crate) line: u32,
    pub(crate) pass: &'static str,
    pub(crate) finding: &'static str,
}

/// From where the list of cards goes on.
#[derive(Debug, Deserialize)]
pub(crate) struct After {
    after: Option<u32>,
}

struct Found {
    consignment: Consignment,
    progress: Vec<(Progress, u32)>,
    counts: Vec<(Pass, Finding, u32)>,
    ready: usize,
    arrival: Option<Arrival>,
    closed: Option<Timestamp>,
    aside: Vec<Aside>,
    rows: Vec<Line<String>>,
    /// The line of the last card on the page.
    last: Option<u32>,
    shown: Vec<CardId>,
}

/// Shows a consignment.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(after): Query<After>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let after = after.after.unwrap_or(0);
    let found = app.db.read(move |reader| find(reader, id, after)).await?.ok_or(PageError::NotFound)?;
    let view = View {
        screen: "consignment",
        asked: format!("{id} after {after}"),
        subjects: found.shown.iter().map(|card| Subject::Card(*card)).collect(),
        found: u32::try_from(found.shown.len()).unwrap_or(u32::MAX),
    };
    signed.viewed(&app, view).await?;
    let arranged = Arranged::read(&app, &signed, &LISTING).await?;
    let remarked = Arranged::read(&app, &signed, &super::lines::LISTING).await?;
    let consignment = found.consignment;
    let title = list_name(consignment.list_date, &consignment.box_name, consignment.is_opening);
    let full = found.rows.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    Ok(respond(&ShowPage {
        layout: signed.layout(title).within(Task::Preparation),
        id,
        received_on: era_date(consignment.received_on),
        list_date: era_date(consignment.list_date),
        box_name: consignment.box_name,
        is_opening: consignment.is_opening,
        cards: consignment.cards,
        progress: found.progress.iter().map(|(progress, n)| (progress.label(), *n)).collect(),
        passes: Pass::ALL.iter().map(|pass| pass_row(*pass, &found.counts, consignment.cards)).collect(),
        ready: found.ready,
        arrival: found.arrival.map(arrived),
        closed: found.closed.map(moment),
        may: May {
            inspect: signed.may(Permission::InspectCards),
            send: signed.may(Permission::TransferBatches),
            print: signed.may(Permission::PrintLetters),
        },
        aside: found.aside,
        next: found.last.filter(|_| full),
        table: Table::new(&arranged, found.rows),
        stands: Stands::of(&remarked),
    }))
}

fn find(reader: &mut Reader<'_>, id: ConsignmentId, after: u32) -> Result<Option<Found>, store::Error> {
    let Some(consignment) = store::consignment::find(reader, id)? else { return Ok(None) };
    let mut findings: HashMap<CardId, Vec<(Pass, Finding)>> = HashMap::new();
    for (card, pass, finding) in store::card::inspected_of(reader, id)? {
        findings.entry(card).or_default().push((pass, finding));
    }
    let mut shown = Vec::new();
    let mut aside = Vec::new();
    let mut wrong: Vec<(CardId, Pass, Finding)> = findings
        .iter()
        .flat_map(|(card, passes)| passes.iter().map(|(pass, finding)| (*card, *pass, *finding)))
        .filter(|(_, _, finding)| *finding != Finding::Good)
        .collect();
    wrong.sort_unstable();
    let lines = if wrong.is_empty() { Vec::new() } else { store::consignment::lines(reader, id)? };
    let lines: HashMap<CardId, &Checked> = lines.iter().map(|line| (line.id, line)).collect();
    for (card, pass, finding) in wrong.into_iter().take(SET_ASIDE) {
        let Some(found) = lines.get(&card) else { continue };
        shown.push(card);
        aside.push(Aside {
            id: card,
            control: control(found.control_number),
            line: found.line,
            pass: pass.label(),
            finding: finding.label(),
        });
    }
    let listed = store::card::of_consignment(reader, id, after, PAGE)?;
    shown.extend(listed.iter().map(|card| card.id));
    let line = |card: &Listed| Line {
        href: format!("/cards/{}", card.id),
        cells: cells(card),
        more: findings.get(&card.id).map(|found| marks(found)).unwrap_or_default(),
    };
    Ok(Some(Found {
        progress: store::consignment::progress(reader, id)?,
        counts: store::card::inspection_counts(reader, id)?,
        ready: store::batch::ready(reader, id)?.len(),
        arrival: desk::arrival(reader, id)?,
        closed: desk::close::closed(reader, id)?.map(|closed| closed.at),
        consignment,
        aside,
        last: listed.last().map(|card| card.line),
        rows: listed.iter().map(line).collect(),
        shown,
    }))
}

/// The city's transfer in words.
pub(super) fn arrived(arrival: Arrival) -> String {
    let at = moment(arrival.at);
    format!("{}箱　{}枚　渡した人：{}　{at}", arrival.boxes, arrival.cards, arrival.giver)
}

/// One word a pass: 良 良 不.
fn marks(found: &[(Pass, Finding)]) -> String {
    let mark = |pass: &Pass| match found.iter().find(|(done, _)| done == pass).map(|(_, finding)| finding) {
        None => "－",
        Some(Finding::Good) => "良",
        Some(Finding::Mismatch) => "不",
        Some(Finding::Attention) => "注",
        Some(Finding::AlreadyHolds) => "有",
    };
    Pass::ALL.iter().map(mark).collect::<Vec<_>>().join(" ")
}

fn pass_row(pass: Pass, counts: &[(Pass, Finding, u32)], cards: u32) -> PassRow {
    let of = |good: bool| {
        counts.iter().filter(move |(which, finding, _)| *which == pass && (*finding == Finding::Good) == good)
    };
    let other: u32 = of(false).map(|(_, _, n)| n).sum();
    let done = of(true).map(|(_, _, n)| n).sum::<u32>() + other;
    PassRow { pass, done, other, open: done < cards }
}
