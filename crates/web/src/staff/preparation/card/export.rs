//! The list of cards as a file, with the filter of its page.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::journal::Subject;
use domain::permission::Permission;
use store::Reader;
use store::card::list::{Filter, Listed, Mark};

use super::filter::{self, Named};
use super::list::{self, LOOK};
use crate::App;
use crate::kit::{Form, PageError};
use crate::staff::Task;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Portion, Rows, export};
use crate::staff::listing::{Column, Listing, Look, column};
use crate::staff::wording::{list_line, short_date};

/// Rows of one short read.
const PORTION: u32 = 1_000;

/// The columns of cards. For the eye the list stands as people say it; files have date and line apart.
const COLUMNS: &[Column] = &[
    column("control", "管理番号").look(Look::Control).links(),
    column("list_line", "一覧").look(Look::Code).on_screen(),
    column("list_date", "一覧日付").look(Look::Code).off_screen(),
    column("box", "箱").in_files(),
    column("line", "一覧番号").look(Look::Count).off_screen(),
    column("method", "申請方式").look(Look::Code),
    column("progress", "進み具合").look(Look::Code),
    column("place_kind", "場所の種類").in_files(),
    column("place", "場所"),
    column("posted", "発送日").look(Look::Code),
    column("booked", "予約").look(Look::Code).on_screen().needs(Permission::SeeReservations),
    column("booked_day", "予約日").look(Look::Code).off_screen().needs(Permission::SeeReservations),
    column("booked_time", "予約時刻").look(Look::Code).off_screen().needs(Permission::SeeReservations),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Cards,
    columns: COLUMNS,
    sorts: false,
    has_screen: true,
    permission: Permission::SeeCards,
    href: "/cards",
    address: "/layouts/cards",
    task: Task::Preparation,
};

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

/// A card as a row: a cell for every column.
pub(crate) fn cells(card: &Listed) -> Vec<Cell> {
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(Cell::empty, Cell::Day);
    let booked = card.booked.map(|(_, day, start)| format!("{} {start}", short_date(day)));
    vec![
        Cell::text(card.control_number.digits()),
        Cell::text(list_line(card.list_date, card.line)),
        Cell::Day(card.list_date),
        Cell::text(card.box_name.as_str()),
        Cell::Number(i64::from(card.line)),
        Cell::text(card.method.label_ja()),
        Cell::text(card.progress.label()),
        Cell::text(card.place_kind.label()),
        Cell::text(card.place_name.as_str()),
        day(card.posted_on),
        Cell::text(booked.unwrap_or_default()),
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
    let words = filter::words(&asked.filter, &named);
    let list = List {
        title: "カード一覧".to_owned(),
        name: "cards",
        task: Task::Preparation,
        screen: "cards_file",
        asked: format!("{file} filter {}", filter::query(&asked.form, &[]).trim_end_matches('&')),
        words: words.into_iter().map(|condition| format!("絞り込み {condition}")).collect(),
        subjects: Vec::new(),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Cards(asked.filter),
    };
    export(&app, &signed, list, form, encoding).await
}
