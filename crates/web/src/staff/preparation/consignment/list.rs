//! 準備: what came, how far it is, and what is next.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::card::Progress;
use domain::id::ConsignmentId;
use domain::service::SiteCode;
use store::Reader;
use store::batch::Batch;
use store::consignment::Consignment;
use store::letter::{Part, PartState};

use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::preparation::wording::{moment, short, short_date};
use crate::staff::{Layout, Task};

/// Consignments on the page.
const SHOWN: u32 = 30;
/// How far waiting letters are counted.
pub(crate) const COUNTED: u32 = 1000;

/// 準備.
#[derive(Template)]
#[template(path = "staff/preparation/consignment/list.html")]
pub(crate) struct ListPage {
    pub(crate) layout: Layout,
    pub(crate) rows: Vec<Row>,
    pub(crate) out: Vec<Out>,
    pub(crate) letters_waiting: usize,
    pub(crate) parts_open: usize,
}

impl Page for ListPage {}

/// A consignment.
pub(crate) struct Row {
    pub(crate) id: ConsignmentId,
    pub(crate) received_on: String,
    pub(crate) list_date: String,
    pub(crate) box_name: String,
    pub(crate) cards: u32,
    pub(crate) counts: Vec<u32>,
    pub(crate) next: Next,
}

/// What is next for a consignment.
pub(crate) enum Next {
    /// Cards are to be inspected.
    Inspect,
    /// So many cards can be transferred to the city.
    Send(usize),
    /// Nothing here.
    Nothing,
}

/// A batch that is with the city.
pub(crate) struct Out {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) cards: u32,
    pub(crate) sent: String,
    pub(crate) receiver: String,
}

struct Found {
    rows: Vec<Row>,
    batches: Vec<Batch>,
    waiting: usize,
    parts: Vec<Part>,
}

/// Shows 準備.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let found = app.db.read(move |reader| find(reader, &site)).await?;
    let out = found.batches.iter().filter(|batch| !batch.returned).map(out).collect();
    let open = found.parts.iter().filter(|part| part.state != PartState::Posted).count();
    Ok(respond(&ListPage {
        layout: signed.layout("準備").within(Task::Preparation),
        rows: found.rows,
        out,
        letters_waiting: found.waiting,
        parts_open: open,
    }))
}

fn find(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Found, store::Error> {
    let mut rows = Vec::new();
    for consignment in store::consignment::list(reader, None, SHOWN)? {
        rows.push(row(reader, &consignment)?);
    }
    Ok(Found {
        rows,
        batches: store::batch::list(reader, site, None, 100)?,
        waiting: store::letter::waiting(reader, site, COUNTED)?.len(),
        parts: store::letter::list(reader, site, None, 100)?,
    })
}

fn row(reader: &mut Reader<'_>, consignment: &Consignment) -> Result<Row, store::Error> {
    let known = store::consignment::progress(reader, consignment.id)?;
    let count =
        |progress: Progress| known.iter().find(|(which, _)| *which == progress).map_or(0, |(_, n)| *n);
    let ready =
        if count(Progress::Inspected) > 0 { store::batch::ready(reader, consignment.id)?.len() } else { 0 };
    let next = match (count(Progress::Listed), ready) {
        (_, ready) if ready > 0 => Next::Send(ready),
        (0, _) => Next::Nothing,
        _ => Next::Inspect,
    };
    Ok(Row {
        id: consignment.id,
        received_on: short_date(consignment.received_on),
        list_date: short_date(consignment.list_date),
        box_name: consignment.box_name.clone(),
        cards: consignment.cards,
        counts: Progress::ALL.iter().map(|progress| count(*progress)).collect(),
        next,
    })
}

fn out(batch: &Batch) -> Out {
    Out {
        href: format!("/batches/{}", batch.id),
        name: short(batch.id),
        cards: batch.cards,
        sent: moment(batch.sent_at),
        receiver: batch.receiver.clone(),
    }
}
