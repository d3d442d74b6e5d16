//! The places with how many cards each holds, as a file. What lies in one is the list of cards with that place.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::number::PlaceLabel;
use domain::permission::Permission;
use store::place::Place;

use super::list::others;
use super::picture::{Furniture, furniture};
use crate::App;
use crate::kit::PageError;
use crate::staff::Task;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Column, Listing, Look, column};

const COLUMNS: &[Column] = &[
    column("kind", "種類").off_screen(),
    column("name", "場所").links(),
    column("inside", "置いてある所").off_screen(),
    column("label", "ラベル").look(Look::Code),
    column("cards", "枚数").look(Look::Count),
    column("capacity", "収容枚数").look(Look::Count),
    column("left", "空き").look(Look::Count).off_screen(),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Places,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::MoveCards,
    href: "/storage",
    address: "/layouts/places",
    task: Task::Storage,
};

/// A place as a row: a cell for every column.
pub(super) fn cells(furniture: &Furniture, (place, cards): &(Place, u32)) -> Vec<Cell> {
    let number = |cards: u32| Cell::Number(i64::from(cards));
    // A box that holds more than it has room for has none left.
    let left = place.capacity.map(|capacity| capacity.saturating_sub(*cards));
    vec![
        Cell::text(place.kind.label()),
        Cell::text(place.name.as_str()),
        Cell::text(furniture.around(place).join(" ＞ ")),
        Cell::text(place.label.map(PlaceLabel::digits).unwrap_or_default()),
        number(*cards),
        place.capacity.map_or_else(Cell::empty, number),
        left.map_or_else(Cell::empty, number),
    ]
}

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "places")?;
    let site = app.settings.site.clone();
    let (furniture, others) = app
        .db
        .read(move |reader| Ok::<_, store::Error>((furniture(reader, &site)?, others(reader, &site)?)))
        .await?;
    let rows = furniture.boxes.iter().chain(&others).map(|counted| cells(&furniture, counted)).collect();
    let list = List {
        title: "保管場所".to_owned(),
        name: "places",
        task: Task::Storage,
        screen: "places_file",
        asked: file,
        words: Vec::new(),
        subjects: Vec::new(),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(rows),
    };
    export(&app, &signed, list, form, asked).await
}
