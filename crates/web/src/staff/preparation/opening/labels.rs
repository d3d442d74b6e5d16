//! New labels for the sleeves of a portion that is being scanned: all, or the last one.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::Document;
use documents::label::{Sheet, SleeveLabel, SleeveLabels};
use domain::id::ConsignmentId;
use domain::journal::Subject;
use serde::Deserialize;
use store::journal::View;

use crate::App;
use crate::kit::PageError;
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::preparation::paper;

/// After which card the labels begin.
#[derive(Debug, Deserialize)]
pub(crate) struct After {
    #[serde(default)]
    after: u32,
}

/// Prints the labels in the order of the scans.
pub(crate) async fn print(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(After { after }): Query<After>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let lines = app.db.read(move |reader| store::opening::draft::lines(reader, id, after)).await?;
    if lines.is_empty() {
        return Err(PageError::NotFound);
    }
    let view = View {
        screen: "opening_labels",
        asked: format!("{id} after {after}"),
        subjects: vec![Subject::Consignment(id)],
        found: u32::try_from(lines.len()).unwrap_or(u32::MAX),
    };
    signed.viewed(&app, view).await?;
    let today = app.today();
    let label = |line: &store::opening::draft::Line| SleeveLabel {
        control_number: line.control_number.digits(),
        list_date: today,
        list_line: line.n,
        reference: None,
    };
    let document = Document::SleeveLabels(SleeveLabels {
        printed_at: app.now(),
        printed_by: signed.name().to_owned(),
        sheet: Sheet::A4_24,
        labels: lines.iter().map(label).collect(),
    });
    paper::pdf(&app, document, "opening-labels.pdf").await
}
