//! The boxes with their counts, and the other places where cards are.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::id::PlaceId;
use domain::number::PlaceLabel;
use domain::place::PlaceKind;
use store::place::Place;

use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::{Layout, Task};

use super::super::paper::may_print;

/// 保管.
#[derive(Template)]
#[template(path = "staff/preparation/storage/list.html")]
pub(crate) struct ListPage {
    pub(crate) layout: Layout,
    pub(crate) may_print: bool,
    pub(crate) boxes: Vec<Row>,
    pub(crate) others: Vec<Row>,
}

impl ListPage {
    fn total(&self) -> u32 {
        self.boxes.iter().map(|row| row.cards).sum()
    }
}

impl Page for ListPage {}

/// A place.
pub(crate) struct Row {
    pub(crate) id: PlaceId,
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) cards: u32,
}

fn row((place, cards): (Place, u32)) -> Row {
    let label = place.label.map(PlaceLabel::digits).unwrap_or_default();
    Row { id: place.id, name: place.name, label, cards }
}

/// The boxes, and the other places, with their counts. What is with citizens is not counted here: it only grows.
pub(super) async fn counted(app: &App) -> Result<(Vec<(Place, u32)>, Vec<(Place, u32)>), store::Error> {
    const OTHERS: [PlaceKind; 5] =
        [PlaceKind::Desk, PlaceKind::Tray, PlaceKind::Counter, PlaceKind::City, PlaceKind::Missing];
    let site = app.settings.site.clone();
    app.db
        .read(move |reader| {
            let boxes = store::place::filled(reader, &site, PlaceKind::Box)?;
            let mut others = Vec::new();
            for kind in OTHERS {
                others.extend(store::place::filled(reader, &site, kind)?);
            }
            Ok((boxes, others))
        })
        .await
}

/// Shows 保管.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let (boxes, others) = counted(&app).await?;
    Ok(respond(&ListPage {
        layout: signed.layout("保管").within(Task::Storage),
        may_print: may_print(&signed),
        boxes: boxes.into_iter().map(row).collect(),
        others: others.into_iter().map(row).collect(),
    }))
}
