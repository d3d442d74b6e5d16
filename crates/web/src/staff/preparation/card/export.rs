//! The list of cards as a file, with the filter of its page.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::journal::Subject;
use store::Reader;
use store::card::list::{Filter, Listed, Mark};

use super::filter::{self, Named};
use super::list::{self, LOOK};
use crate::App;
use crate::kit::{Form, PageError};
use crate::staff::Task;
use crate::staff::desk::Signed;
use crate::staff::export::{self, Column, List, Portion, Rows, export};

/// Rows of one short read.
const PORTION: u32 = 1_000;

const fn column(name: &'static str, on_paper: bool) -> Column {
    Column { name, on_paper }
}

/// The columns of cards. On paper the list stands as people say it; files have date and line apart.
const COLUMNS: &[Column] = &[
    column("管理番号", true),
    column("一覧日付", true),
    column("箱", false),
    column("一覧番号", true),
    column("申請方式", true),
    column("進み具合", true),
    column("場所の種類", false),
    column("場所", true),
    column("発送日", true),
    column("予約日", true),
    column("予約時刻", true),
];

/// The cards of a filter.
struct Cards(Filter);

impl Rows for Cards {
    type Mark = Mark;

    fn portion(&self, reader: &mut Reader<'_>, after: Option<&Mark>) -> Result<Portion<Mark>, store::Error> {
        let walked = self.0.walk(reader, after, PORTION, LOOK)?;
        Ok(Portion {
            subjects: walked.rows.iter().map(|card| Subject::Card(card.id)).collect(),
            rows: walked.rows.iter().map(cells).collect(),
            next: walked.next,
        })
    }
}

fn cells(card: &Listed) -> Vec<Cell> {
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(Cell::empty, Cell::Day);
    vec![
        Cell::text(card.control_number.digits()),
        Cell::Day(card.list_date),
        Cell::text(card.box_name.as_str()),
        Cell::Number(i64::from(card.line)),
        Cell::text(card.method.label_ja()),
        Cell::text(card.progress.label()),
        Cell::text(card.place_kind.label()),
        Cell::text(card.place_name.as_str()),
        day(card.posted_on),
        day(card.booked.map(|(_, day, _)| day)),
        Cell::text(card.booked.map(|(.., start)| start.to_string()).unwrap_or_default()),
    ]
}

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
    Query(encoding): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "cards")?;
    let mut asked = filter::read(&pairs, &app.settings.site);
    let wanted = asked.filter.clone();
    let named = app.db.read(move |reader| Named::find(reader, &wanted)).await?;
    named.missing(&mut asked);
    if asked.form.is_refused() {
        return list::page(&app, &signed, asked, Form::fresh()).await;
    }
    let list = List {
        title: "カード一覧".to_owned(),
        name: "cards",
        task: Task::Preparation,
        screen: "cards_file",
        asked: format!("{file} filter {}", filter::query(&asked.form, &[]).trim_end_matches('&')),
        words: filter::words(&asked.filter, &named),
        subjects: Vec::new(),
        columns: COLUMNS,
        rows: Cards(asked.filter),
    };
    export(&app, &signed, list, form, encoding).await
}
