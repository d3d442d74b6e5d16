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
use store::cabinet_key::Held;
use store::card::Listed;
use store::journal::View;
use store::place::Place;

use super::super::card::export::{LISTING, cells};
use super::super::paper::may_print;
use super::key::Key;
use super::picture::{Block, blocks, furniture, within};
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
    pub(crate) may_change: bool,
    /// How many cards a box holds, and for how many it has room.
    pub(crate) filled: Option<(u32, Option<u32>)>,
    /// The key of a room or a cabinet.
    pub(crate) key: Option<Key>,
    /// The picture of a room, a cabinet or a shelf.
    pub(crate) blocks: Vec<Block>,
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
    let Found { place, around, cards, held, key, blocks } =
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
        may_print: may_print(&signed) && place.kind.is_furniture(),
        may_put: signed.may(Permission::MoveCards) && place.kind.is_storage(),
        may_change: signed.may(Permission::KeepPlaces) && place.kind.is_furniture(),
        filled: place.kind.is_storage().then_some((held, place.capacity)),
        key: place.kind.has_key().then(|| Key::of(&signed, key.as_ref())),
        blocks,
        next: cards.last().filter(|_| full).map(|card| card.id),
        table: Table::new(&arranged, cards.iter().map(line).collect()),
    }))
}

struct Found {
    place: Place,
    around: Vec<String>,
    cards: Vec<Listed>,
    held: u32,
    key: Option<Held>,
    blocks: Vec<Block>,
}

fn find(reader: &mut Reader<'_>, id: PlaceId, after: Option<CardId>) -> Result<Option<Found>, store::Error> {
    let Some(place) = store::place::find(reader, id)? else { return Ok(None) };
    let around = around(reader, &place)?;
    let cards = store::card::in_place(reader, id, after, PAGE)?;
    let held = store::place::cards_in(reader, id)?;
    let holds = place.kind.is_furniture() && !place.kind.is_storage();
    let blocks = if holds { within(blocks(&furniture(reader, &place.site)?), id) } else { Vec::new() };
    let key = store::cabinet_key::of(reader, id)?;
    Ok(Some(Found { place, around, cards, held, key, blocks }))
}

/// The names of the places around one, outermost first.
fn around(reader: &mut Reader<'_>, place: &Place) -> Result<Vec<String>, store::Error> {
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
