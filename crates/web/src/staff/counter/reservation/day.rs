//! The reservations of a day by time, as a page, a paper and a table.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::capacity::{Closure, Opening};
use domain::journal::{BusinessDay, Subject};
use domain::permission::Permission;
use domain::reservation::State as Booking;
use domain::time::{era_date, month_day_ja};
use jiff::civil::Date;
use store::journal::View;

use super::list::{self, Known, LISTING};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Page, PageError, respond};
use crate::staff::counter::file::Form;
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Short, export};
use crate::staff::listing::{Arranged, Table};
use crate::staff::{Layout, Task, field};

/// A day to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Other {
    pub(crate) href: String,
    pub(crate) day: String,
}

impl Other {
    fn new(day: Date) -> Self {
        Self { href: route::day(day), day: month_day_ja(day) }
    }
}

/// The page of a day.
#[derive(Template)]
#[template(path = "staff/counter/reservation/day.html")]
pub(crate) struct DayPage {
    layout: Layout,
    day: Date,
    title: String,
    previous: Option<Other>,
    next: Option<Other>,
    today: Option<Other>,
    closed: Option<String>,
    table: Table,
    counts: Vec<(&'static str, usize)>,
    close_href: Option<String>,
    may_book: bool,
}

impl Page for DayPage {}

/// The query of a day to go to.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Goto {
    day: Option<String>,
}

/// Leads to the day that was asked for, or to today, or to the next open day.
pub(crate) async fn first(
    State(app): State<Arc<App>>,
    Query(goto): Query<Goto>,
) -> Result<Response, PageError> {
    Ok(see_other(&route::day(goto.day(&app, &business(&app, app.today()))?)))
}

impl Goto {
    /// The day that was asked for, or today, or the next open day.
    pub(in crate::staff) fn day(self, app: &App, today: &BusinessDay) -> Result<Date, PageError> {
        if let Some(day) = self.day.filter(|day| !day.is_empty()) {
            return field::day_in(&day);
        }
        let rules = app.rules();
        let open = rules.is_open(today.service, &today.site, today.day);
        let next = rules.next_open_day(today.service, &today.site, today.day);
        Ok(if open { today.day } else { next.unwrap_or(today.day) })
    }
}

/// Shows, prints or exports a day.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(address): Path<String>,
    Query(query): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (day, wanted) = Form::split(&address);
    let day = business(&app, field::day_in(day)?);
    let known = list::read(&app, &day).await?;
    let subjects = vec![Subject::Day(day.clone())];
    let screen = match wanted {
        Form::Page => {
            let found = u32::try_from(known.lines.len()).unwrap_or(u32::MAX);
            let view = View { screen: "reservations", asked: day.to_string(), subjects, found };
            let arranged = Arranged::read(&app, &signed, &LISTING).await?;
            let table = Table::new(&arranged, list::lines(day.day, &known));
            return signed.shows(&app, view, || respond(&page(&app, &signed, &day, &known, table))).await;
        }
        Form::Pdf => "reservations_pdf",
        Form::Csv => "reservations_csv",
        Form::Xlsx => "reservations_xlsx",
    };
    let list = List {
        title: format!("予約 {}", day.day),
        name: "reservations",
        task: Task::Reservations,
        screen,
        asked: day.to_string(),
        words: Vec::new(),
        subjects,
        listing: &LISTING,
        paper: list::paper(&app, &day, app.now()),
        rows: Short(list::lines(day.day, &known).into_iter().map(|line| line.cells).collect()),
    };
    export(&app, &signed, list, wanted, query).await
}

fn page(app: &App, signed: &Signed, day: &BusinessDay, known: &Known, table: Table) -> DayPage {
    let (rules, today) = (app.rules(), app.today());
    let closed = match rules.opening(day.service, &day.site, day.day) {
        Opening::Open { .. } => None,
        Opening::Closed { reason: Closure::Rule { reason, .. } } => Some(format!("閉庁日です（{reason}）。")),
        Opening::Closed { reason: Closure::NoHours } => Some("閉庁日です。".to_owned()),
        Opening::Closed { reason: Closure::HolidaysUnknown { .. } } => {
            Some("この年の祝日が未公表のため、予約を受け付けていません。".to_owned())
        }
    };
    let previous = rules.previous_open_day(day.service, &day.site, day.day);
    let next = rules.next_open_day(day.service, &day.site, day.day);
    let closes = day.day <= today && signed.may(Permission::CloseDay) && !known.lines.is_empty();
    DayPage {
        layout: signed.layout(format!("{}の予約", month_day_ja(day.day))).within(Task::Reservations),
        day: day.day,
        title: era_date(day.day),
        previous: previous.map(Other::new),
        next: next.map(Other::new),
        today: (day.day != today).then(|| Other::new(today)),
        closed,
        table,
        counts: counts(known),
        close_href: closes.then(|| route::close(day.day)),
        may_book: signed.may(Permission::Reserve),
    }
}

fn counts(known: &Known) -> Vec<(&'static str, usize)> {
    use domain::reception::State as Visit;
    let count = |what: &dyn Fn(&store::reservation::OfDay) -> bool| {
        known.lines.iter().filter(|line| what(line)).count()
    };
    let visit = |line: &store::reservation::OfDay| line.reception.map(|(_, state)| state);
    let over = Some(count(&|line| line.over)).filter(|over| *over > 0);
    let mut counts = vec![
        ("予約", known.lines.len()),
        ("来庁前", count(&|line| visit(line).is_none() && line.state == Booking::Booked)),
        ("受付中", count(&|line| visit(line).is_some_and(Visit::is_open))),
        ("交付済", count(&|line| visit(line) == Some(Visit::Issued))),
        ("持ち帰り・途中退出", count(&|line| matches!(visit(line), Some(Visit::SentAway | Visit::Left)))),
        ("不来庁", count(&|line| line.state == Booking::NotCome)),
    ];
    counts.extend(over.map(|over| ("定員超過", over)));
    counts
}

#[cfg(test)]
impl DayPage {
    pub(crate) fn sample(layout: Layout, day: Date, table: Table, closed: Option<String>) -> Self {
        let counts = vec![("予約", table.rows.len()), ("来庁前", table.rows.len())];
        let (previous, next) = (day.yesterday().ok().map(Other::new), day.tomorrow().ok().map(Other::new));
        let title = era_date(day);
        let (today, close_href) = (Some(Other::new(day)), Some(route::close(day)));
        Self { layout, day, title, previous, next, today, closed, table, counts, close_href, may_book: true }
    }
}
