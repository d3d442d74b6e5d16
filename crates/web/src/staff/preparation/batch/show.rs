//! A batch: its cards, its list, and its return.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::batch::{BatchKind, BatchState, CardEnd};
use domain::id::{BatchId, OperationId};
use domain::journal::{CityRecord, Subject};
use domain::permission::Permission;
use domain::time::era_date;
use store::batch::{Batch, BatchCard};
use store::journal::View;

use super::export::{CARDS, card_cells};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::wording::{moment, short};
use crate::staff::{Layout, Task};

/// A batch.
#[derive(Template)]
#[template(path = "staff/preparation/batch/show.html")]
pub(crate) struct ShowPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) id: BatchId,
    pub(crate) name: String,
    pub(crate) cards: u32,
    pub(crate) sent: String,
    pub(crate) receiver: String,
    pub(crate) kind: BatchKind,
    pub(crate) state: BatchState,
    /// How many of its cards the city has.
    pub(crate) still_out: u32,
    /// How many were given back and how many the city kept, where not all went the same way.
    pub(crate) parts: Vec<(&'static str, usize)>,
    pub(crate) returned: Option<(String, String)>,
    pub(crate) mailed: Option<(String, String)>,
    pub(crate) may_put: bool,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
    pub(crate) table: Table,
}

impl ShowPage {
    /// Where the files of its cards are, without their endings.
    fn file_path(&self) -> String {
        format!("/lists/batches/{}/cards", self.id)
    }
}

impl Page for ShowPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Shows a batch.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh()).await
}

/// The batch and its cards, once it is noted that they are shown.
pub(super) async fn find(
    app: &App,
    signed: &Signed,
    id: BatchId,
    screen: &'static str,
) -> Result<(Batch, Vec<BatchCard>), PageError> {
    let (batch, cards) = app
        .db
        .read(move |reader| {
            Ok::<_, store::Error>((store::batch::find(reader, id)?, store::batch::cards(reader, id)?))
        })
        .await?;
    let batch = batch.ok_or(PageError::NotFound)?;
    let view = View { screen, asked: id.to_string(), subjects: vec![Subject::Batch(id)], found: batch.cards };
    signed.viewed(app, view).await?;
    Ok((batch, cards))
}

/// The page with the form of the return as it stands.
pub(super) async fn page(app: &App, signed: &Signed, id: BatchId, form: Form) -> Result<Response, PageError> {
    let (batch, cards) = find(app, signed, id, "batch").await?;
    let mut layout = signed.layout(format!("引継ぎ {}", short(id))).within(Task::Preparation);
    layout.refused = form.is_refused();
    let returned = batch.returned_at.map(|at| (moment(at), batch.giver.clone().unwrap_or_default()));
    let mailed = batch.mailed_on.map(|day| (era_date(day), batch.giver.clone().unwrap_or_default()));
    let arranged = Arranged::read(app, signed, &CARDS).await?;
    let line = |card: &BatchCard| Line::new(format!("/cards/{}", card.id), card_cells(card));
    Ok(respond(&ShowPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        id,
        name: short(id),
        cards: batch.cards,
        sent: moment(batch.sent_at),
        receiver: batch.receiver,
        kind: batch.kind,
        state: batch.state,
        still_out: batch.still_out,
        parts: parts(&cards),
        returned,
        mailed,
        may_put: signed.may(Permission::MoveCards),
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
        table: Table::new(&arranged, cards.iter().map(line).collect()),
    }))
}

/// How many cards ended each way, where there is more than one way or some are still with the city.
fn parts(cards: &[BatchCard]) -> Vec<(&'static str, usize)> {
    let of = |end: Option<CardEnd>| cards.iter().filter(|card| card.ended == end).count();
    let ends = std::iter::once(("市にあります", of(None)))
        .chain(CardEnd::ALL.iter().map(|end| (end.label(), of(Some(*end)))));
    let parts: Vec<_> = ends.filter(|(_, n)| *n > 0).collect();
    if parts.len() > 1 { parts } else { Vec::new() }
}
