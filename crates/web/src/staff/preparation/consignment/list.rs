//! 準備: what came, how far it is, and what is next.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::card::Progress;
use domain::group::Group;
use domain::holder::Holder;
use domain::id::ConsignmentId;
use domain::permission::Permission;
use domain::service::SiteCode;
use serde::Deserialize;
use store::Reader;
use store::batch::Batch;
use store::consignment::Consignment;
use store::group::Ready;
use store::holder::Counts;

use super::super::batch::group::next;
use super::export::{LISTING, cells};
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::wording::{moment, short};
use crate::staff::{Layout, Task};

/// Consignments on the page.
const SHOWN: u32 = 12;
/// Batches with the city that are shown; all stand in their list.
const OUT: u32 = 100;
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
    pub(crate) parts_open: u32,
    /// The inspected cards on the desk, by group.
    pub(crate) groups: Vec<Waiting>,
    /// Who has how many cards.
    pub(crate) holders: Vec<(&'static str, String)>,
    pub(crate) may: May,
}

impl Page for ListPage {}

/// What the page adds to a consignment.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: ConsignmentId,
    pub(crate) next: Next,
    /// Whether its desk was opened by the city's transfer and is not closed.
    pub(crate) is_open: bool,
}

/// What is next for a consignment.
#[derive(Debug, Clone)]
pub(crate) enum Next {
    /// The city's transfer is to be counted.
    Count,
    /// Cards are to be inspected.
    Inspect,
    /// So many cards can be transferred to the city.
    Send(u32),
    /// Nothing here.
    Nothing,
}

/// The inspected cards on the desk of one group: where they go next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) group: Group,
    pub(crate) cards: u32,
}

impl Waiting {
    /// What the city does with them.
    fn next(self) -> &'static str {
        next(self.group)
    }
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
    /// How many the city still has of it.
    pub(crate) there: u32,
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
    parts_open: u32,
    groups: Vec<Waiting>,
    holders: Counts,
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
    let out = found.batches.iter().map(out).collect();
    let full = found.rows.len() >= usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let older = found.rows.last().filter(|_| full).map(|row| format!("/preparation?before={}", row.more.id));
    Ok(respond(&ListPage {
        layout: signed.layout("準備").within(Task::Preparation),
        older,
        first: before.is_none(),
        table: Table::new(&arranged, found.rows),
        out,
        letters_waiting: found.waiting,
        parts_open: found.parts_open,
        groups: found.groups,
        holders: holders(&found.holders),
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
    let ready = store::group::counts(reader, site)?;
    let consignments = store::consignment::list(reader, before, SHOWN)?;
    Ok(Found {
        rows: consignments.iter().map(|consignment| row(consignment, &progress, &ready)).collect(),
        batches: store::batch::out(reader, site, OUT)?,
        waiting: store::letter::waiting_up_to(reader, site, COUNTED)?,
        parts_open: store::letter::parts_open(reader, site)?,
        groups: groups(&ready),
        holders: store::holder::counts(reader, site)?,
    })
}

/// The cards that wait, by group in the order of the rule.
fn groups(ready: &[Ready]) -> Vec<Waiting> {
    let cards = |group: Group| ready.iter().filter(|one| one.group == group).map(|one| one.cards).sum();
    let waiting = Group::ALL.iter().map(|group| Waiting { group: *group, cards: cards(*group) });
    waiting.filter(|waiting| waiting.cards > 0).collect()
}

/// Who has how many cards; what the city has is told by what for.
fn holders(counts: &Counts) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    for (holder, cards) in &counts.holders {
        let words = match holder {
            Holder::City if !counts.with_city.is_empty() => {
                let parts = counts.with_city.iter().map(|(kind, n)| format!("{} {n}", kind.label()));
                format!("{cards}枚（引継ぎ中：{}）", parts.collect::<Vec<_>>().join("、"))
            }
            Holder::Missing if *cards == 0 => continue,
            _ => format!("{cards}枚"),
        };
        rows.push((holder.label(), words));
    }
    let most = store::holder::COUNTED;
    let citizens =
        if counts.citizens > most { format!("{most}枚以上") } else { format!("{}枚", counts.citizens) };
    rows.push((Holder::Citizen.label(), citizens));
    rows
}

fn row(consignment: &Consignment, progress: &[(ConsignmentId, Progress, u32)], ready: &[Ready]) -> Line<Row> {
    let count = |wanted: Progress| {
        let found = progress.iter().find(|(id, which, _)| *id == consignment.id && *which == wanted);
        found.map_or(0, |(_, _, n)| *n)
    };
    let here = ready.iter().filter(|one| one.consignment == consignment.id && one.group == Group::AtIssue);
    let ready = here.map(|one| one.cards).sum();
    let next = match (count(Progress::Listed), ready) {
        (_, ready) if ready > 0 => Next::Send(ready),
        (0, _) => Next::Nothing,
        _ if !consignment.is_counted && !consignment.is_opening => Next::Count,
        _ => Next::Inspect,
    };
    Line {
        href: format!("/consignments/{}", consignment.id),
        cells: cells(consignment, progress),
        more: Row { id: consignment.id, next, is_open: consignment.is_counted && !consignment.is_closed },
    }
}

fn out(batch: &Batch) -> Out {
    Out {
        href: format!("/batches/{}", batch.id),
        name: short(batch.id),
        kind: batch.kind.label(),
        there: batch.still_out,
        sent: moment(batch.sent_at),
        receiver: batch.receiver.clone(),
    }
}
