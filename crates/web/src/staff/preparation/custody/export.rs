//! 受渡記録 as a file: one row a card, with everywhere it was.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::id::ConsignmentId;
use domain::journal::Subject;
use domain::permission::Permission;
use domain::time::{day_of, era_date};
use store::custody::Kept;

use super::show::{Report, read};
use crate::App;
use crate::kit::PageError;
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::{list_name, time};
use crate::staff::{Task, field};

const COLUMNS: &[Column] = &[
    column("line", "一覧番号").look(Look::Count),
    column("control", "管理番号").look(Look::Control).links(),
    column("progress", "状態").look(Look::Code),
    column("holder", "持っている人").look(Look::Code),
    column("with", "市への引継ぎ"),
    column("place", "場所").off_paper(),
    column("since", "いつから").look(Look::Code),
    column("time", "時刻").look(Look::Code).in_files(),
    column("by", "動かした人"),
    column("moves", "移動").look(Look::Count).off_paper(),
    column("way", "通った場所").off_screen(),
    column("marks", "注意"),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Custody,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeCards,
    href: "/preparation",
    address: "/layouts/custody",
    task: Task::Preparation,
};

/// A card as a row: a cell for every column.
pub(super) fn cells(card: &Kept, names: &Names) -> Vec<Cell> {
    let last = card.way.last();
    let with = card.with.as_ref().map(|(kind, who)| format!("{}（{who}）", kind.label()));
    vec![
        Cell::Number(i64::from(card.line)),
        Cell::text(card.control_number.digits()),
        Cell::text(progress(card)),
        Cell::text(card.holder.label()),
        Cell::text(with.unwrap_or_default()),
        Cell::text(last.map(|step| step.name.clone()).unwrap_or_default()),
        last.map_or_else(Cell::empty, |step| Cell::Day(day_of(step.at))),
        Cell::text(last.map(|step| time(step.at)).unwrap_or_default()),
        Cell::text(last.map(|step| names.actor(step.by)).unwrap_or_default()),
        Cell::Number(i64::try_from(card.way.moves().count()).unwrap_or(i64::MAX)),
        Cell::text(card.way.line()),
        Cell::text(marks(card)),
    ]
}

/// How far the card is, and why it came to its end.
fn progress(card: &Kept) -> String {
    match card.cause {
        Some(cause) => format!("{}：{}", card.progress.label(), cause.label()),
        None => card.progress.label().to_owned(),
    }
}

/// What somebody has to know or to do about the card.
fn marks(card: &Kept) -> String {
    let marks = [
        (!card.way.is_unbroken(), "記録が途切れています"),
        (card.sought, "事故の記録あり"),
        (card.recalled && !card.suspended, "市へ渡すカード"),
        (card.suspended, "保留"),
    ];
    let said: Vec<&str> = marks.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    said.join("、")
}

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path((id, file)): Path<(String, String)>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let form = export::form(&file, "cards")?;
    let report = read(&app, id).await?;
    let Report { consignment, cards, names } = &report;
    let name = list_name(consignment.list_date, &consignment.box_name, consignment.is_opening);
    let list = List {
        title: format!("受渡記録　{name}"),
        name: "custody",
        task: Task::Preparation,
        screen: "custody_file",
        asked: format!("{id} {file}"),
        words: vec![format!("{}の時点", era_date(app.today())), report.sum()],
        subjects: vec![Subject::Consignment(id)],
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(cards.iter().map(|card| cells(card, names)).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
