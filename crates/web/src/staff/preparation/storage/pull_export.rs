//! The cards that a day's reservations want as a file: on paper to go along the boxes where no terminal is.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::journal::Subject;
use domain::permission::Permission;
use domain::place::walk_order;
use domain::time::{era_date, month_day_ja};
use store::pull::Wanted;

use crate::App;
use crate::kit::PageError;
use crate::staff::counter::business;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::list_line;
use crate::staff::{Task, field};

/// On the screen each box heads its own cards, so their place is not said again.
const COLUMNS: &[Column] = &[
    column("place", "今ある場所").off_screen(),
    column("control", "管理番号").look(Look::Control).links(),
    column("list_line", "一覧").look(Look::Code).on_screen(),
    column("list_date", "一覧日付").look(Look::Code).off_screen(),
    column("line", "一覧番号").look(Look::Count).off_screen(),
    column("time", "時刻").look(Look::Time).needs(Permission::SeeReservations),
    column("pulled", "引き抜き").look(Look::Code).off_screen(),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Pull,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::MoveCards,
    href: "/pull",
    address: "/layouts/pull",
    task: Task::Storage,
};

/// A card as a row: a cell for every column.
pub(super) fn cells(card: &Wanted) -> Vec<Cell> {
    vec![
        Cell::text(card.place_name.as_str()),
        Cell::text(card.control_number.digits()),
        Cell::text(list_line(card.list_date, card.line)),
        Cell::Day(card.list_date),
        Cell::Number(i64::from(card.line)),
        Cell::text(card.start.to_string()),
        Cell::text(if card.is_left() { "" } else { "済" }),
    ]
}

/// Makes the file of `DAY.pdf`, `DAY.csv` or `DAY.xlsx`.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (day, _) = crate::staff::counter::file::Form::split(&file);
    let day = business(&app, field::day_in(day)?);
    let form = export::form(&file, &day.day.to_string())?;
    let of = day.clone();
    let mut wanted = app.db.read(move |reader| store::pull::wanted(reader, &of)).await?;
    wanted.sort_by_cached_key(|card| (walk_order(&card.place_name), card.list_date, card.line));
    let list = List {
        title: format!("{}の引き抜き", month_day_ja(day.day)),
        name: "pull",
        task: Task::Storage,
        screen: "pull_file",
        asked: file,
        words: vec![format!("予約の日：{}", era_date(day.day))],
        subjects: vec![Subject::Day(day)],
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(wanted.iter().map(cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
