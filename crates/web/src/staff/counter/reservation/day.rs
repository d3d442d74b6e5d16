//! The reservations of a day by time, as a page, a paper and a table.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::capacity::{Closure, Opening};
use domain::journal::{BusinessDay, Subject};
use domain::permission::Permission;
use domain::reservation::State as Booking;
use domain::time::{Start, era_date, month_day_ja};
use jiff::civil::Date;
use store::journal::View;

use super::list::{self, Known};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Page, PageError, respond};
use crate::staff::counter::file::{self, CsvQuery, Form};
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::{Layout, Task};
use crate::staff::{field, wording};

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// When.
    pub(crate) time: Start,
    /// The first of its time stands out, so that the eye finds the times.
    pub(crate) first: bool,
    /// 管理番号.
    pub(crate) control: String,
    /// The shared reference.
    pub(crate) reference: String,
    /// Where it stands.
    pub(crate) standing: &'static str,
    /// Where the card is.
    pub(crate) place: String,
    /// By which way it was made.
    pub(crate) channel: &'static str,
    /// Whether it took a place beyond those of its slot.
    pub(crate) over: bool,
    /// The language, where it is not Japanese.
    pub(crate) language: &'static str,
    /// Who comes.
    pub(crate) visitor: &'static str,
    /// Which of a family; empty for those alone.
    pub(crate) family: String,
    /// The reservation, or the reception once there is one.
    pub(crate) href: String,
}

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
    lines: Vec<Line>,
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
    Query(query): Query<CsvQuery>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (day, wanted) = Form::split(&address);
    let day = business(&app, field::day_in(day)?);
    let known = list::read(&app, &day).await?;
    let screen = match wanted {
        Form::Page => "reservations",
        Form::Pdf => "reservations_pdf",
        Form::Csv => "reservations_csv",
        Form::Xlsx => "reservations_xlsx",
    };
    let found = u32::try_from(known.lines.len()).unwrap_or(u32::MAX);
    let view = View { screen, asked: day.to_string(), subjects: vec![Subject::Day(day.clone())], found };
    if wanted == Form::Page {
        return signed.shows(&app, view, || respond(&page(&app, &signed, &day, &known))).await;
    }
    signed.viewed(&app, view).await?;
    let paper = list::paper(&app, &day, &known, signed.name());
    file::day_list(&app, &signed, paper, wanted, query, "reservations", "予約").await
}

fn page(app: &App, signed: &Signed, day: &BusinessDay, known: &Known) -> DayPage {
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
        lines: lines(known),
        counts: counts(known),
        close_href: closes.then(|| route::close(day.day)),
        may_book: signed.may(Permission::Reserve),
    }
}

fn lines(known: &Known) -> Vec<Line> {
    let mut last = None;
    let families =
        wording::families(&known.lines.iter().map(|line| (line.id, line.party)).collect::<Vec<_>>());
    let line = |(line, family): (&store::reservation::OfDay, String)| {
        let by_line = || wording::list_line(line.list_date, line.line);
        Line {
            time: line.start,
            first: last.replace(line.start) != Some(line.start),
            control: wording::control(line.control_number),
            reference: known.notices.get(&line.card).cloned().unwrap_or_else(by_line),
            standing: wording::standing(line.state, line.reception.map(|(_, state)| state)),
            place: line.place_name.clone(),
            channel: line.channel.label(),
            over: line.over,
            language: wording::language(&line.language),
            visitor: wording::visitor(line.visitor),
            family,
            href: line.reception.map_or_else(|| route::reservation(line.id), |(id, _)| route::reception(id)),
        }
    };
    known.lines.iter().zip(families).map(line).collect()
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
    pub(crate) fn sample(layout: Layout, day: Date, lines: Vec<Line>, closed: Option<String>) -> Self {
        let counts = vec![("予約", lines.len()), ("来庁前", lines.len())];
        let (previous, next) = (day.yesterday().ok().map(Other::new), day.tomorrow().ok().map(Other::new));
        let title = era_date(day);
        let (today, close_href) = (Some(Other::new(day)), Some(route::close(day)));
        Self { layout, day, title, previous, next, today, closed, lines, counts, close_href, may_book: true }
    }
}
