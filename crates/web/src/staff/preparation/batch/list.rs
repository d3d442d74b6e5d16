//! The batches of the site, those with the city first.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::id::BatchId;

use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::wording::{moment, short};
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
    pub(crate) cards: u32,
    pub(crate) sent: String,
    pub(crate) receiver: String,
    pub(crate) returned: Option<String>,
}

/// Shows the batches.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let mut batches = app.db.read(move |reader| store::batch::list(reader, &site, None, SHOWN)).await?;
    batches.sort_by_key(|batch| batch.returned);
    let rows = batches.into_iter().map(|batch| Row {
        id: batch.id,
        name: short(batch.id),
        cards: batch.cards,
        sent: moment(batch.sent_at),
        receiver: batch.receiver,
        returned: batch.returned_at.map(moment),
    });
    let layout = signed.layout("市への引継ぎ（カード）").within(Task::Preparation);
    Ok(respond(&ListPage { layout, rows: rows.collect() }))
}
