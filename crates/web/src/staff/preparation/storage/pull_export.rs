//! The cards that a day's reservations want as a file: on paper to go along the boxes where no terminal is.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::journal::Subject;
use domain::place::walk_order;
use domain::time::{era_date, month_day_ja};
use store::pull::Wanted;

use crate::App;
use crate::kit::PageError;
use crate::staff::counter::business;
use crate::staff::desk::Signed;
use crate::staff::export::{self, Column, List, Short, export};
use crate::staff::{Task, field};

const COLUMNS: &[Column] = &[
    Column { name: "今ある場所", on_paper: true },
    Column { name: "管理番号", on_paper: true },
    Column { name: "一覧日付", on_paper: true },
    Column { name: "一覧番号", on_paper: true },
    Column { name: "時刻", on_paper: true },
    Column { name: "引き抜き", on_paper: true },
];

fn cells(card: &Wanted) -> Vec<Cell> {
    vec![
        Cell::text(card.place_name.as_str()),
        Cell::text(card.control_number.digits()),
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
        columns: COLUMNS,
        rows: Short(wanted.iter().map(cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
