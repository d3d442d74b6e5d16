//! The batches of the site, those with the city first.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::batch::BatchState;
use domain::id::BatchId;

use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::wording::{moment, short, short_date};
use crate::staff::{Layout, Task};

/// Batches on the page.
const SHOWN: u32 = 100;

/// The batches.
#[derive(Template)]
#[template(path = "staff/preparation/batch/list.html")]
pub(crate) struct ListPage {
    pub(crate) layout: Layout,
    pub(crate) rows: Vec<Row>,
}

impl Page for ListPage {}

/// A batch.
pub(crate) struct Row {
    pub(crate) id: BatchId,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) cards: u32,
    pub(crate) sent: String,
    pub(crate) receiver: String,
    /// When it came back or was mailed; none while it is with the city.
    pub(crate) ended: Option<String>,
}

/// The word for how far a batch has come.
pub(super) fn state(state: BatchState) -> &'static str {
    match state {
        BatchState::Sent => "市にあります",
        BatchState::Returned => "返却済",
        BatchState::Mailed => "市が発送済",
    }
}

/// Shows the batches.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let mut batches = app.db.read(move |reader| store::batch::list(reader, &site, None, SHOWN)).await?;
    batches.sort_by_key(|batch| !batch.is_out());
    let rows = batches.into_iter().map(|batch| Row {
        id: batch.id,
        name: short(batch.id),
        cards: batch.cards,
        sent: moment(batch.sent_at),
        receiver: batch.receiver,
        kind: batch.kind.label(),
        ended: match (batch.mailed_on, batch.returned_at) {
            (Some(day), _) => Some(format!("{} 発送", short_date(day))),
            (None, Some(at)) => Some(format!("{} 返却", moment(at))),
            (None, None) => None,
        },
    });
    let layout = signed.layout("市への引継ぎ（カード）").within(Task::Preparation);
    Ok(respond(&ListPage { layout, rows: rows.collect() }))
}
