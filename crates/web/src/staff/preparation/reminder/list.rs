//! The rounds of reminders, the newest first, with what came of each.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::permission::Permission;

use super::export::{ROUNDS, read, round_cells};
use super::href;
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::{Layout, Task};

/// The list. Only counts stand on it, so that looking at it is no view of anybody's records.
#[derive(Template)]
#[template(path = "staff/preparation/reminder/list.html")]
pub(crate) struct ListPage {
    pub(crate) layout: Layout,
    pub(crate) may_make: bool,
    pub(crate) table: Table,
}

impl Page for ListPage {}

/// Shows the list.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let rounds = read(&app).await?;
    let arranged = Arranged::read(&app, &signed, &ROUNDS).await?;
    let line = |(round, counts): &_| {
        let round: &store::reminder::Reminder = round;
        Line::new(href(round.id), round_cells(round, counts))
    };
    Ok(respond(&ListPage {
        layout: signed.layout("受取勧奨").within(Task::Preparation),
        may_make: signed.may(Permission::TransferBatches),
        table: Table::new(&arranged, rounds.iter().map(line).collect()),
    }))
}
