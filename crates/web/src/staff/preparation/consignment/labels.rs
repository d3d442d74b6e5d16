//! Labels for the sleeves of a consignment's cards.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use documents::Document;
use documents::label::{Sheet, SleeveLabel, SleeveLabels};
use domain::id::ConsignmentId;
use domain::journal::Subject;
use store::journal::View;
use store::privacy::NOTICE_NUMBER;

use crate::App;
use crate::kit::PageError;
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::preparation::paper;

/// Prints the labels in list order.
pub(crate) async fn print(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let consignment =
        app.db.read(move |reader| store::consignment::find(reader, id)).await?.ok_or(PageError::NotFound)?;
    let keys = app.keys.clone();
    let labels = app.db.read(move |reader| {
        let notices = store::privacy::open_of_consignment(reader, &keys, id, NOTICE_NUMBER)?;
        let label = |card: store::card::Listed| SleeveLabel {
            control_number: card.control_number.digits(),
            list_date: card.list_date,
            list_line: card.line,
            reference: notices.get(&card.id).cloned(),
        };
        let cards = store::card::of_consignment(reader, id, 0, consignment.cards)?;
        Ok::<_, store::Error>(cards.into_iter().map(label).collect())
    });
    let labels = labels.await?;
    let view = View {
        screen: "sleeve_labels",
        asked: id.to_string(),
        subjects: vec![Subject::Consignment(id)],
        found: consignment.cards,
    };
    signed.viewed(&app, view).await?;
    let document = Document::SleeveLabels(SleeveLabels {
        printed_at: app.now(),
        printed_by: signed.name().to_owned(),
        sheet: Sheet::A4_24,
        labels,
    });
    paper::pdf(&app, document, "sleeve-labels.pdf").await
}
