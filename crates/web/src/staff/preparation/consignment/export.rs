//! The consignments with how far each has come, as a file.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::card::Progress;
use domain::id::ConsignmentId;
use domain::journal::Subject;
use store::Reader;

use crate::App;
use crate::kit::PageError;
use crate::staff::Task;
use crate::staff::desk::Signed;
use crate::staff::export::{self, Column, List, Portion, Rows, export};

/// Consignments of one short read.
const PORTION: u32 = 100;

const COLUMNS: &[Column] = &[
    Column { name: "一覧日付", on_paper: true },
    Column { name: "箱", on_paper: true },
    Column { name: "受領日", on_paper: true },
    Column { name: "枚数", on_paper: true },
    Column { name: Progress::Listed.label(), on_paper: true },
    Column { name: Progress::Inspected.label(), on_paper: true },
    Column { name: Progress::Prepared.label(), on_paper: true },
    Column { name: Progress::Notified.label(), on_paper: true },
    Column { name: Progress::Booked.label(), on_paper: true },
    Column { name: Progress::Issued.label(), on_paper: true },
    Column { name: Progress::Ended.label(), on_paper: true },
];

/// The consignments, newest first.
struct Consignments;

impl Rows for Consignments {
    type Mark = ConsignmentId;

    fn portion(
        &self,
        reader: &mut Reader<'_>,
        after: Option<&ConsignmentId>,
    ) -> Result<Portion<ConsignmentId>, store::Error> {
        let before = after.copied();
        let consignments = store::consignment::list(reader, before, PORTION)?;
        let progress = store::consignment::progress_of_page(reader, before, PORTION)?;
        let full = consignments.len() >= usize::try_from(PORTION).unwrap_or(usize::MAX);
        let rows = consignments.iter().map(|consignment| {
            let count = |wanted: &Progress| {
                let found = progress.iter().find(|(id, which, _)| *id == consignment.id && which == wanted);
                Cell::Number(found.map_or(0, |(_, _, n)| i64::from(*n)))
            };
            let mut cells = vec![
                Cell::Day(consignment.list_date),
                Cell::text(consignment.box_name.as_str()),
                Cell::Day(consignment.received_on),
                Cell::Number(i64::from(consignment.cards)),
            ];
            cells.extend(Progress::ALL.iter().map(count));
            cells
        });
        Ok(Portion {
            rows: rows.collect(),
            subjects: consignments.iter().map(|one| Subject::Consignment(one.id)).collect(),
            next: consignments.last().filter(|_| full).map(|one| one.id),
        })
    }
}

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "consignments")?;
    let list = List {
        title: "カード発行一覧表".to_owned(),
        name: "consignments",
        task: Task::Preparation,
        screen: "consignments_file",
        asked: file,
        words: Vec::new(),
        subjects: Vec::new(),
        columns: COLUMNS,
        rows: Consignments,
    };
    export(&app, &signed, list, form, asked).await
}
