//! Letters that must be sent again: posted by the former system, and their number was not taken over.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::id::{CardId, OperationId};
use domain::journal::Subject;
use domain::permission::Permission;
use serde::Deserialize;
use store::journal::View;

use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::wording::{control, short_date};
use crate::staff::{Layout, Task};

/// Cards on a page.
const PAGE: u32 = 50;

/// 再送する案内.
#[derive(Template)]
#[template(path = "staff/preparation/opening/resend.html")]
pub(crate) struct ResendPage {
    pub(crate) layout: Layout,
    pub(crate) total: u32,
    pub(crate) rows: Vec<Row>,
    pub(crate) next: Option<CardId>,
    pub(crate) may_print: bool,
}

impl Page for ResendPage {}

/// A card.
pub(crate) struct Row {
    pub(crate) id: CardId,
    pub(crate) operation: OperationId,
    pub(crate) control: String,
    pub(crate) portion: String,
    pub(crate) place: String,
    pub(crate) posted: String,
}

/// From where the list goes on.
#[derive(Debug, Deserialize)]
pub(crate) struct After {
    after: Option<CardId>,
}

/// Shows the list.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(After { after }): Query<After>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (cards, total) = app
        .db
        .read(move |reader| {
            let cards = store::opening::to_resend(reader, after, PAGE)?;
            Ok::<_, store::Error>((cards, store::opening::resend_count(reader)?))
        })
        .await?;
    let view = View {
        screen: "resend",
        asked: after.map(|id| format!("after {id}")).unwrap_or_default(),
        subjects: cards.iter().map(|card| Subject::Card(card.id)).collect(),
        found: u32::try_from(cards.len()).unwrap_or(u32::MAX),
    };
    let full = cards.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    let next = cards.last().filter(|_| full).map(|card| card.id);
    let rows = cards
        .into_iter()
        .map(|card| Row {
            id: card.id,
            operation: app.operation(),
            control: control(card.control_number),
            portion: card.portion,
            place: card.place_name,
            posted: card.posted_on.map(short_date).unwrap_or_default(),
        })
        .collect();
    let page = ResendPage {
        layout: signed.layout("再送する案内").within(Task::Settings),
        total,
        rows,
        next,
        may_print: signed.may(Permission::PrintLetters),
    };
    signed.shows(&app, view, || respond(&page)).await
}
