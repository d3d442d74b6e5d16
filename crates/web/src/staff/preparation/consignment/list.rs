//! 準備: what came, how far it is, and what is next.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::card::Progress;
use domain::consignment::{ApplicationMethod, Way};
use domain::id::ConsignmentId;
use domain::permission::Permission;
use domain::service::SiteCode;
use serde::Deserialize;
use store::Reader;
use store::batch::{Batch, Ready};
use store::consignment::Consignment;
use store::letter::{Part, PartState};

use super::export::{LISTING, cells};
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::wording::{moment, short};
use crate::staff::{Layout, Task};

/// Consignments on the page.
const SHOWN: u32 = 12;
/// How far waiting letters are counted.
pub(crate) const COUNTED: u32 = 1000;

/// 準備.
#[derive(Template)]
#[template(path = "staff/preparation/consignment/list.html")]
pub(crate) struct ListPage {
    pub(crate) layout: Layout,
    pub(crate) table: Table<Row>,
    /// The older consignments, where there are more.
    pub(crate) older: Option<String>,
    /// Whether these are the latest.
    pub(crate) first: bool,
    pub(crate) out: Vec<Out>,
    pub(crate) letters_waiting: u32,
    pub(crate) parts_open: usize,
    /// The inspected cards on the desk, by application method.
    pub(crate) groups: Vec<Group>,
    pub(crate) may: May,
}

impl Page for ListPage {}

/// What the page adds to a consignment.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: ConsignmentId,
    pub(crate) next: Next,
}

/// What is next for a consignment.
#[derive(Debug, Clone)]
pub(crate) enum Next {
    /// Cards are to be inspected.
    Inspect,
    /// So many cards can be transferred to the city.
    Send(u32),
    /// Nothing here.
    Nothing,
}

/// Inspected cards on the desk of one application method: where they go next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) method: ApplicationMethod,
    pub(crate) way: Way,
    pub(crate) cards: u32,
}

/// What the person may do here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct May {
    pub(crate) inspect: bool,
    pub(crate) transfer: bool,
}

/// A batch that is with the city.
pub(crate) struct Out {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) cards: u32,
    pub(crate) sent: String,
    pub(crate) receiver: String,
}

/// From where the list goes on.
#[derive(Debug, Deserialize)]
pub(crate) struct Before {
    before: Option<ConsignmentId>,
}

struct Found {
    rows: Vec<Line<Row>>,
    batches: Vec<Batch>,
    waiting: u32,
    parts: Vec<Part>,
    groups: Vec<Group>,
}

/// Shows 準備.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(Before { before }): Query<Before>,
    signed: Signed,
) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let found = app.db.read(move |reader| find(reader, &site, before)).await?;
    let arranged = Arranged::read(&app, &signed, &LISTING).await?;
    let out = found.batches.iter().filter(|batch| batch.is_out()).map(out).collect();
    let open = found.parts.iter().filter(|part| part.state != PartState::Posted).count();
    let full = found.rows.len() >= usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let older = found.rows.last().filter(|_| full).map(|row| format!("/preparation?before={}", row.more.id));
    Ok(respond(&ListPage {
        layout: signed.layout("準備").within(Task::Preparation),
        older,
        first: before.is_none(),
        table: Table::new(&arranged, found.rows),
        out,
        letters_waiting: found.waiting,
        parts_open: open,
        groups: found.groups,
        may: May {
            inspect: signed.may(Permission::InspectCards),
            transfer: signed.may(Permission::TransferBatches),
        },
    }))
}

fn find(
    reader: &mut Reader<'_>,
    site: &SiteCode,
    before: Option<ConsignmentId>,
) -> Result<Found, store::Error> {
    let progress = store::consignment::progress_of_page(reader, before, SHOWN)?;
    let ready = store::batch::ready_counts(reader)?;
    let consignments = store::consignment::list(reader, before, SHOWN)?;
    Ok(Found {
        rows: consignments.iter().map(|consignment| row(consignment, &progress, &ready)).collect(),
        batches: store::batch::list(reader, site, None, 100)?,
        waiting: store::letter::waiting_up_to(reader, site, COUNTED)?,
        parts: store::letter::list(reader, site, None, 100)?,
        groups: groups(&ready),
    })
}

/// The cards that wait, by application method in the order of the specification.
fn groups(ready: &[Ready]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for one in ready {
        match groups.iter_mut().find(|group| group.method == one.method && group.way == one.way) {
            Some(group) => group.cards += one.cards,
            None => groups.push(Group { method: one.method, way: one.way, cards: one.cards }),
        }
    }
    groups.sort_by_key(|group| (group.way, group.method));
    groups
}

fn row(consignment: &Consignment, progress: &[(ConsignmentId, Progress, u32)], ready: &[Ready]) -> Line<Row> {
    let count = |wanted: Progress| {
        let found = progress.iter().find(|(id, which, _)| *id == consignment.id && *which == wanted);
        found.map_or(0, |(_, _, n)| *n)
    };
    let here = ready.iter().filter(|one| one.consignment == consignment.id && one.way == Way::Stored);
    let ready = here.map(|one| one.cards).sum();
    let next = match (count(Progress::Listed), ready) {
        (_, ready) if ready > 0 => Next::Send(ready),
        (0, _) => Next::Nothing,
        _ => Next::Inspect,
    };
    Line {
        href: format!("/consignments/{}", consignment.id),
        cells: cells(consignment, progress),
        more: Row { id: consignment.id, next },
    }
}

fn out(batch: &Batch) -> Out {
    Out {
        href: format!("/batches/{}", batch.id),
        name: short(batch.id),
        kind: batch.kind.label(),
        cards: batch.cards,
        sent: moment(batch.sent_at),
        receiver: batch.receiver.clone(),
    }
}
