//! Labels of boxes.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use documents::Document;
use documents::label::{PlaceLabel, PlaceLabels, Sheet};
use domain::id::PlaceId;
use domain::place::PlaceKind;
use store::Reader;
use store::place::Place;

use super::super::paper;
use super::place::around;
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
            let boxes = store::place::of_kind(reader, &site, PlaceKind::Box)?;
            boxes.iter().filter_map(|place| label(reader, place).transpose()).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    print(&app, &signed, labels).await
}

/// Prints the label of one place.
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: PlaceId = field::id(&id)?;
    let label = app
        .db
        .read(move |reader| match store::place::find(reader, id)? {
            Some(place) => label(reader, &place),
            None => Ok(None),
        })
        .await?;
    print(&app, &signed, label.into_iter().collect()).await
}

fn label(reader: &mut Reader<'_>, place: &Place) -> Result<Option<PlaceLabel>, store::Error> {
    let Some(label) = place.label else { return Ok(None) };
    Ok(Some(PlaceLabel { number: label.digits(), name: place.name.clone(), inside: around(reader, place)? }))
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
