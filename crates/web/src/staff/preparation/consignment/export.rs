//! The consignments with how far each has come, as a file.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::card::Progress;
use domain::id::ConsignmentId;
use domain::journal::Subject;
use domain::permission::Permission;
use store::Reader;
use store::consignment::Consignment;

use crate::App;
use crate::kit::PageError;
use crate::staff::Task;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Portion, Rows, export};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::list_name;

/// Consignments of one short read.
const PORTION: u32 = 100;

const COLUMNS: &[Column] = &[
    column("consignment", "一覧表").look(Look::Code).on_screen().links(),
    column("list_date", "一覧日付").look(Look::Code).off_screen(),
    column("box", "箱").off_screen(),
    column("received", "受領日").look(Look::Code),
    column("cards", "枚数").look(Look::Count),
    column("listed", Progress::Listed.label()).look(Look::Count),
    column("inspected", Progress::Inspected.label()).look(Look::Count),
    column("prepared", Progress::Prepared.label()).look(Look::Count),
    column("notified", Progress::Notified.label()).look(Look::Count),
    column("booked", Progress::Booked.label()).look(Look::Count),
    column("issued", Progress::Issued.label()).look(Look::Count),
    column("ended", Progress::Ended.label()).look(Look::Count),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Consignments,
    columns: COLUMNS,
    sorts: false,
    has_screen: true,
    permission: Permission::SeeCards,
    href: "/preparation",
    address: "/layouts/consignments",
    task: Task::Preparation,
};

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
        Ok(Portion {
            rows: consignments.iter().map(|one| cells(one, &progress)).collect(),
            subjects: consignments.iter().map(|one| Subject::Consignment(one.id)).collect(),
            next: consignments.last().filter(|_| full).map(|one| one.id),
        })
    }
}

/// A consignment as a row, with how many of its cards have each progress: a cell for every column.
pub(super) fn cells(consignment: &Consignment, progress: &[(ConsignmentId, Progress, u32)]) -> Vec<Cell> {
    let count = |wanted: &Progress| {
        let found = progress.iter().find(|(id, which, _)| *id == consignment.id && which == wanted);
        Cell::Number(found.map_or(0, |(_, _, n)| i64::from(*n)))
    };
    let mut cells = vec![
        Cell::text(list_name(consignment.list_date, &consignment.box_name, consignment.is_opening)),
        Cell::Day(consignment.list_date),
        Cell::text(consignment.box_name.as_str()),
        Cell::Day(consignment.received_on),
        Cell::Number(i64::from(consignment.cards)),
    ];
    cells.extend(Progress::ALL.iter().map(count));
    cells
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
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Consignments,
    };
    export(&app, &signed, list, form, asked).await
}
