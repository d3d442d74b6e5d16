//! The consignments with how many cards of each stand at which step and how long the oldest one waits, as a file.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::funnel::{Funnel, Step};
use domain::permission::Permission;
use domain::time::era_date;

use super::show::{Figures, read};
use crate::App;
use crate::kit::PageError;
use crate::staff::Task;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::list_name;

const COLUMNS: &[Column] = &[
    column("consignment", "一覧表").look(Look::Code).links(),
    column("received", "受領日").look(Look::Code).in_files(),
    column("cards", "枚数").look(Look::Count),
    column("held_up", "最も待つところ").look(Look::Code),
    column("median", "その中央値（開庁日）").look(Look::Count).in_files(),
    column("oldest", "その最長（開庁日）").look(Look::Count),
    column("to_inspect", Step::ToInspect.label()).look(Look::Count),
    column("to_send", Step::ToSend.label()).look(Look::Count),
    column("at_city", Step::AtCity.label()).look(Look::Count),
    column("to_print", Step::ToPrint.label()).look(Look::Count),
    column("to_post", Step::ToPost.label()).look(Look::Count),
    column("to_book", Step::ToBook.label()).look(Look::Count),
    column("to_visit", Step::ToVisit.label()).look(Look::Count),
    column("issued", Step::Issued.label()).look(Look::Count),
    column("ended", Step::Ended.label()).look(Look::Count),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Progress,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeCards,
    href: "/progress",
    address: "/layouts/progress",
    task: Task::Preparation,
};

/// A consignment as a row: a cell for every column.
pub(super) fn cells(of: &store::funnel::Consignment, funnel: &Funnel) -> Vec<Cell> {
    let number = |count: u32| Cell::Number(i64::from(count));
    let mut cells = vec![
        Cell::text(list_name(of.list_date, &of.box_name, of.is_opening)),
        Cell::Day(of.received_on),
        number(funnel.all()),
    ];
    match funnel.bottleneck() {
        Some((step, waiting)) => {
            cells.extend([Cell::text(step.label()), number(waiting.median), number(waiting.oldest)]);
        }
        None => cells.extend([Cell::empty(), Cell::empty(), Cell::empty()]),
    }
    cells.extend(Step::ALL.iter().map(|step| number(funnel.at(*step).cards)));
    cells
}

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "progress")?;
    let Figures { consignments, .. } = read(&app).await?;
    let rows = consignments.iter().map(|(of, funnel)| cells(of, funnel)).collect();
    let list = List {
        title: "進捗（一覧表ごと）".to_owned(),
        name: "progress",
        task: Task::Preparation,
        screen: "progress_file",
        asked: file,
        words: vec![format!("{}の時点。待った日数は開庁日", era_date(app.today()))],
        subjects: Vec::new(),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(rows),
    };
    export(&app, &signed, list, form, asked).await
}
