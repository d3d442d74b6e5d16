//! The batches of the site, those with the city first.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::batch::BatchState;
use store::batch::Batch;

use super::export::{BATCHES, cells};
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::{Layout, Task};

/// Batches on the page.
const SHOWN: u32 = 100;

/// The batches.
#[derive(Template)]
#[template(path = "staff/preparation/batch/list.html")]
pub(crate) struct ListPage {
    pub(crate) layout: Layout,
    pub(crate) table: Table,
}

impl Page for ListPage {}

/// The word for how far a batch has come.
pub(super) fn state(state: BatchState) -> &'static str {
    match state {
        BatchState::Sent => "市にあります",
        BatchState::Returned => "返却済",
        BatchState::Mailed => "市が発送済",
        BatchState::Kept => "市が引き取り済",
    }
}

/// Shows the batches.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let mut batches = app.db.read(move |reader| store::batch::list(reader, &site, None, SHOWN)).await?;
    batches.sort_by_key(|batch| !batch.is_out());
    let arranged = Arranged::read(&app, &signed, &BATCHES).await?;
    let line = |batch: Batch| Line::new(format!("/batches/{}", batch.id), cells(batch));
    let table = Table::new(&arranged, batches.into_iter().map(line).collect());
    let layout = signed.layout("市への引継ぎ（カード）").within(Task::Preparation);
    Ok(respond(&ListPage { layout, table }))
}
