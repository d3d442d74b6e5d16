//! A place and the cards in it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::id::{CardId, PlaceId};
use domain::journal::Subject;
use domain::number::PlaceLabel;
use domain::permission::Permission;
use serde::Deserialize;
use store::Reader;
use store::card::Listed;
use store::journal::View;
use store::place::Place;

use super::super::card::export::{LISTING, cells};
use super::super::paper::may_print;
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::{Layout, Task};

/// Cards on a page.
const PAGE: u32 = 100;

/// A place.
#[derive(Template)]
#[template(path = "staff/preparation/storage/place.html")]
pub(crate) struct PlacePage {
    pub(crate) layout: Layout,
    pub(crate) id: PlaceId,
    pub(crate) kind: &'static str,
    pub(crate) inside: String,
    pub(crate) label: Option<String>,
    pub(crate) may_print: bool,
    pub(crate) may_put: bool,
    pub(crate) table: Table,
    pub(crate) next: Option<CardId>,
}

impl PlacePage {
    /// The filter of the list of cards that shows these.
    fn file_query(&self) -> String {
        format!("place={}&", self.id)
    }
}

impl Page for PlacePage {}

/// From where the list goes on.
#[derive(Debug, Deserialize)]
pub(crate) struct After {
    after: Option<CardId>,
}

/// Shows a place.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(After { after }): Query<After>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: PlaceId = field::id(&id)?;
    let (place, around, cards) =
        app.db.read(move |reader| find(reader, id, after)).await?.ok_or(PageError::NotFound)?;
    let view = View {
        screen: "place",
        asked: id.to_string(),
        subjects: cards.iter().map(|card| Subject::Card(card.id)).collect(),
        found: u32::try_from(cards.len()).unwrap_or(u32::MAX),
    };
    signed.viewed(&app, view).await?;
    let full = cards.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    let arranged = Arranged::read(&app, &signed, &LISTING).await?;
    let line = |card: &Listed| Line::new(format!("/cards/{}", card.id), cells(card));
    Ok(respond(&PlacePage {
        layout: signed.layout(place.name).within(Task::Storage),
        id,
        kind: place.kind.label(),
        inside: around.join(" ＞ "),
        label: place.label.map(PlaceLabel::digits),
        may_print: may_print(&signed),
        may_put: signed.may(Permission::MoveCards) && place.kind.is_storage(),
        next: cards.last().filter(|_| full).map(|card| card.id),
        table: Table::new(&arranged, cards.iter().map(line).collect()),
    }))
}

type Found = (Place, Vec<String>, Vec<Listed>);

fn find(reader: &mut Reader<'_>, id: PlaceId, after: Option<CardId>) -> Result<Option<Found>, store::Error> {
    let Some(place) = store::place::find(reader, id)? else { return Ok(None) };
    let around = around(reader, &place)?;
    let cards = store::card::in_place(reader, id, after, PAGE)?;
    Ok(Some((place, around, cards)))
}

/// The names of the places around one, outermost first.
pub(super) fn around(reader: &mut Reader<'_>, place: &Place) -> Result<Vec<String>, store::Error> {
    // Room, cabinet, shelf, box: a tree that is deeper has gone in a circle.
    const DEEPEST: usize = 8;
    let (mut names, mut parent) = (Vec::new(), place.parent);
    while let Some(id) = parent
        && names.len() < DEEPEST
        && let Some(outer) = store::place::find(reader, id)?
    {
        parent = outer.parent;
        names.insert(0, outer.name);
    }
    Ok(names)
}
