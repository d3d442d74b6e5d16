//! The boxes with their counts, and the other places where cards are.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::place::PlaceKind;
use store::place::Place;

use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::{Layout, Task};

use super::super::paper::may_print;
use super::export::{LISTING, cells};

/// 保管.
#[derive(Template)]
#[template(path = "staff/preparation/storage/list.html")]
pub(crate) struct ListPage {
    pub(crate) layout: Layout,
    pub(crate) may_print: bool,
    pub(crate) boxes: Table,
    pub(crate) others: Table,
    /// The cards in boxes.
    pub(crate) total: u32,
}

impl Page for ListPage {}

fn lines(places: &[(Place, u32)]) -> Vec<Line> {
    places.iter().map(|counted| Line::new(format!("/places/{}", counted.0.id), cells(counted))).collect()
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
    let arranged = Arranged::read(&app, &signed, &LISTING).await?;
    Ok(respond(&ListPage {
        layout: signed.layout("保管").within(Task::Storage),
        may_print: may_print(&signed),
        total: boxes.iter().map(|(_, cards)| cards).sum(),
        boxes: Table::new(&arranged, lines(&boxes)),
        others: Table::new(&arranged, lines(&others)),
    }))
}
