//! The picture of the cabinets, the boxes with their counts, and the other places where cards are.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::permission::Permission;
use domain::place::PlaceKind;
use domain::service::SiteCode;
use store::Reader;
use store::place::Place;

use super::super::paper::may_print;
use super::super::stocktaking::index::Month;
use super::export::{LISTING, cells};
use super::picture::{Block, blocks, furniture};
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::{Layout, Task};

/// 保管.
#[derive(Template)]
#[template(path = "staff/preparation/storage/list.html")]
pub(crate) struct ListPage {
    pub(crate) layout: Layout,
    pub(crate) may_print: bool,
    pub(crate) may_set_up: bool,
    pub(crate) blocks: Vec<Block>,
    pub(crate) boxes: Table,
    pub(crate) others: Table,
    /// The cards in boxes.
    pub(crate) total: u32,
    /// How this month's stock-taking stands.
    pub(crate) month: Month,
}

impl Page for ListPage {}

/// The places that are no boxes, with their counts. What is with citizens is not counted here: it only grows.
pub(super) fn others(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<(Place, u32)>, store::Error> {
    const OTHERS: [PlaceKind; 5] =
        [PlaceKind::Desk, PlaceKind::Tray, PlaceKind::Counter, PlaceKind::City, PlaceKind::Missing];
    let mut others = Vec::new();
    for kind in OTHERS {
        others.extend(store::place::filled(reader, site, kind)?);
    }
    Ok(others)
}

/// Shows 保管.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let found = app.db.read(move |reader| {
        let last = store::stocktaking::last(reader, &site, 1)?;
        Ok::<_, store::Error>((furniture(reader, &site)?, others(reader, &site)?, last))
    });
    let (furniture, others, last) = found.await?;
    let arranged = Arranged::read(&app, &signed, &LISTING).await?;
    let lines = |places: &[(Place, u32)]| -> Vec<Line> {
        let line = |counted: &(Place, u32)| {
            Line::new(format!("/places/{}", counted.0.id), cells(&furniture, counted))
        };
        places.iter().map(line).collect()
    };
    Ok(respond(&ListPage {
        layout: signed.layout("保管").within(Task::Storage),
        may_print: may_print(&signed),
        may_set_up: signed.may(Permission::KeepPlaces),
        month: Month::of(&last, app.today()),
        total: furniture.boxes.iter().map(|(_, cards)| cards).sum(),
        boxes: Table::new(&arranged, lines(&furniture.boxes)),
        // A desk or a tray has neither label nor capacity.
        others: Table::new(&arranged, lines(&others)).without_empty_columns(),
        blocks: blocks(&furniture),
    }))
}
