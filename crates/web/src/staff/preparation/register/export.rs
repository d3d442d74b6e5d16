//! The cards that cannot be issued by what the resident register says: 対象者リスト for the city, as paper and files.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::card::Stage;
use domain::journal::Subject;
use domain::permission::Permission;
use domain::time::era_date;
use store::register_check::Found;

use super::CHECKS;
use crate::App;
use crate::kit::PageError;
use crate::staff::Task;
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::list_line;

const COLUMNS: &[Column] = &[
    column("finding", "結果"),
    column("control", "管理番号").look(Look::Control).links(),
    column("list_line", "一覧").look(Look::Code).on_screen(),
    column("list_date", "一覧日付").look(Look::Code).off_screen(),
    column("line", "一覧番号").look(Look::Count).off_screen(),
    column("place", "今ある場所"),
    column("day", "確認した日").look(Look::Code),
    column("by", "確認した人"),
    column("state", "市への引継ぎ"),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::RegisterFindings,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeCards,
    href: CHECKS,
    address: "/layouts/register_findings",
    task: Task::Storage,
};

/// A card as a row: a cell for every column.
pub(super) fn cells(names: &Names, card: &Found) -> Vec<Cell> {
    let state = if card.stage == Stage::Ended {
        "交付中止を記録済み（カードは未引渡し）"
    } else {
        "まだ"
    };
    vec![
        Cell::text(card.finding.label()),
        Cell::text(card.control_number.digits()),
        Cell::text(list_line(card.list_date, card.line)),
        Cell::Day(card.list_date),
        Cell::Number(i64::from(card.line)),
        Cell::text(card.place_name.as_str()),
        Cell::Day(card.checked_on),
        Cell::text(names.actor(card.by)),
        Cell::text(state),
    ]
}

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "findings")?;
    let site = app.settings.site.clone();
    let (found, names) = app
        .db
        .read(move |reader| {
            Ok::<_, store::Error>((store::register_check::found(reader, &site)?, Names::people(reader)?))
        })
        .await?;
    let list = List {
        title: "住民記録との突合 対象者リスト".to_owned(),
        name: "register-findings",
        task: Task::Storage,
        screen: "register_findings_file",
        asked: file,
        words: vec![format!("{}現在、カードが手元にあるもの", era_date(app.today()))],
        subjects: found.iter().map(|card| Subject::Card(card.card)).collect(),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(found.iter().map(|card| cells(&names, card)).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
