//! The list that goes with a batch, as a paper to be signed.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use documents::Document;
use documents::batch_list::{BatchList, Entry};
use domain::id::BatchId;
use domain::time::day_of;

use super::show::find;
use crate::App;
use crate::kit::PageError;
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::preparation::paper;
use crate::staff::wording::short;

/// Prints the list.
pub(crate) async fn print(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: BatchId = field::id(&id)?;
    let (batch, cards) = find(&app, &signed, id, "batch_list").await?;
    let keys = app.keys.clone();
    let entries = app
        .db
        .read(move |reader| {
            let mut entries = Vec::with_capacity(cards.len());
            for card in &cards {
                entries.push(Entry {
                    list_date: card.list_date,
                    list_line: card.line,
                    control_number: card.control_number.digits(),
                    reference: paper::reference(reader, &keys, card.id)?,
                    group: card.method.label_ja().to_owned(),
                    remark: card.remarks.clone(),
                });
            }
            Ok::<_, store::Error>(entries)
        })
        .await?;
    let document = Document::BatchList(BatchList {
        city: paper::city(&app),
        site: paper::site(&app),
        purpose: format!("{}（{}）", batch.kind.label(), batch.kind.papers().label()),
        number: short(id),
        day: day_of(batch.sent_at),
        from: "受託者".to_owned(),
        to: batch.receiver,
        printed_at: app.now(),
        printed_by: signed.name().to_owned(),
        entries,
    });
    paper::pdf(&app, document, "batch-list.pdf").await
}
