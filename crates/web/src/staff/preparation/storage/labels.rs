//! Labels of boxes.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use documents::Document;
use documents::label::{PlaceLabel, PlaceLabels, Sheet};
use domain::id::PlaceId;
use store::place::Place;

use super::super::paper;
use super::picture::{Block, Furniture, blocks, furniture, within};
use crate::App;
use crate::kit::PageError;
use crate::staff::desk::Signed;
use crate::staff::field;

/// Prints the labels of all boxes of the site.
pub(crate) async fn all(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let labels = app
        .db
        .read(move |reader| {
            let furniture = furniture(reader, &site)?;
            let boxes = furniture.boxes.iter();
            Ok::<_, store::Error>(boxes.filter_map(|(place, _)| label(&furniture, place)).collect::<Vec<_>>())
        })
        .await?;
    print(&app, &signed, labels).await
}

/// Prints the label of one box, or those of the boxes that stand in a place.
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: PlaceId = field::id(&id)?;
    let labels = app
        .db
        .read(move |reader| {
            let Some(place) = store::place::find(reader, id)? else { return Ok(Vec::new()) };
            let furniture = furniture(reader, &place.site)?;
            let blocks = within(blocks(&furniture), id);
            let inside: BTreeSet<PlaceId> =
                blocks.iter().flat_map(Block::boxes).map(|cell| cell.id).chain([id]).collect();
            let boxes = furniture.boxes.iter().filter(|(place, _)| inside.contains(&place.id));
            Ok::<_, store::Error>(boxes.filter_map(|(place, _)| label(&furniture, place)).collect())
        })
        .await?;
    print(&app, &signed, labels).await
}

fn label(furniture: &Furniture, place: &Place) -> Option<PlaceLabel> {
    let number = place.label?.digits();
    Some(PlaceLabel { number, name: place.name.clone(), inside: furniture.around(place) })
}

async fn print(app: &App, signed: &Signed, labels: Vec<PlaceLabel>) -> Result<Response, PageError> {
    if labels.is_empty() {
        return Err(PageError::NotFound);
    }
    let document = Document::PlaceLabels(PlaceLabels {
        printed_at: app.now(),
        printed_by: signed.name().to_owned(),
        sheet: Sheet::A4_24,
        labels,
    });
    paper::pdf(app, document, "place-labels.pdf").await
}
