//! The reservations of a range of days: how many on each, with totals; each day opens its list.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::journal::Subject;
use domain::permission::Permission;
use domain::reservation::State as Booking;
use jiff::ToSpan;
use jiff::civil::Date;
use store::journal::View;

use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::table::Line;
use crate::staff::listing::{Arranged, Column, Listing, Look, Table, column};
use crate::staff::wording::short_date;
use crate::staff::{Layout, Task};

/// Days of a range at most.
const MOST: i32 = 93;

const COLUMNS: &[Column] = &[
    column("day", "日").look(Look::Weekday).links(),
    column("open", "開庁").look(Look::Code).on_screen(),
    column("all", "予約").look(Look::Count),
    column("expected", "来庁前").look(Look::Count),
    column("served", "交付済").look(Look::Count),
    column("unserved", "持ち帰り・途中退出").look(Look::Count),
    column("not_come", "不来庁").look(Look::Count),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Days,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeReservations,
    href: "/reservations/days",
    address: "/layouts/days",
    task: Task::Reservations,
};

/// The range.
#[derive(Template)]
#[template(path = "staff/counter/reservation/days.html")]
pub(crate) struct DaysPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) query: String,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) table: Table,
    pub(crate) total: Counts,
}

impl Page for DaysPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// How many reservations, and how they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) expected: u32,
    pub(crate) served: u32,
    pub(crate) unserved: u32,
    pub(crate) not_come: u32,
}

impl Counts {
    fn all(self) -> u32 {
        self.expected + self.served + self.unserved + self.not_come
    }

    fn add(&mut self, state: Booking, n: u32) {
        match state {
            Booking::Booked => self.expected += n,
            Booking::Served => self.served += n,
            Booking::Unserved => self.unserved += n,
            Booking::NotCome => self.not_come += n,
            Booking::Held | Booking::Released | Booking::Cancelled => {}
        }
    }

    fn cells(self) -> [Cell; 5] {
        [self.all(), self.expected, self.served, self.unserved, self.not_come]
            .map(|n| Cell::Number(i64::from(n)))
    }
}

/// A day as a row: a cell for every column.
fn cells((day, closed, counts): &(Date, bool, Counts)) -> Vec<Cell> {
    let mut cells = vec![Cell::Day(*day), Cell::text(if *closed { "閉庁日" } else { "" })];
    cells.extend(counts.cells());
    cells
}

/// What the address asks: the range, or what is wrong with it.
fn read(pairs: &[(String, String)], today: Date) -> (Form, Option<(Date, Date)>) {
    let mut form = Form::fresh();
    let typed = |name: &str| {
        pairs.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim()).unwrap_or_default()
    };
    let mut day = |field: &'static str, otherwise: Option<Date>| {
        let typed = typed(field);
        let read = if typed.is_empty() { otherwise } else { typed.parse().ok() };
        if let Some(day) = read {
            form.fill(field, day.to_string());
        } else {
            form.fill(field, typed);
            form.refuse_ja(field, "日付が読み取れません。選び直してください。");
        }
        read
    };
    let from = day("from", Some(today));
    let until = day("until", from.and_then(|from| from.checked_add(13.days()).ok()));
    let (Some(from), Some(until)) = (from, until) else { return (form, None) };
    if until < from {
        form.refuse_ja("until", "「まで」を「から」以後の日にしてください。");
    } else if (until - from).get_days() >= MOST {
        form.refuse_ja("until", format!("一度に見られるのは{MOST}日までです。期間を短くしてください。"));
    }
    let range = (!form.is_refused()).then_some((from, until));
    (form, range)
}

/// The counts of every day of the range that is open or has reservations.
async fn counted(app: &App, (from, until): (Date, Date)) -> Result<Vec<(Date, bool, Counts)>, store::Error> {
    let of = business(app, from);
    let site = of.site.clone();
    let found = app
        .db
        .read(move |reader| store::reservation::days::counts(reader, of.service, &of.site, from, until))
        .await?;
    let mut days: BTreeMap<Date, Counts> = BTreeMap::new();
    for (day, state, n) in found {
        days.entry(day).or_default().add(state, n);
    }
    let rules = app.rules();
    let whole = from.series(1.day()).take_while(|day| *day <= until);
    Ok(whole
        .map(|day| {
            let counts = days.get(&day).copied().unwrap_or_default();
            (day, !rules.is_open(crate::staff::counter::SERVICE, &site, day), counts)
        })
        .filter(|(_, closed, counts)| !closed || counts.all() > 0)
        .collect())
}

/// Shows the range.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (form, range) = read(&pairs, app.today());
    page(&app, &signed, form, range).await
}

async fn page(
    app: &App,
    signed: &Signed,
    form: Form,
    range: Option<(Date, Date)>,
) -> Result<Response, PageError> {
    let mut layout = signed.layout("日ごとの予約数").within(Task::Reservations);
    layout.refused = form.is_refused();
    let days = match range {
        Some(range) => counted(app, range).await?,
        None => Vec::new(),
    };
    let mut total = Counts::default();
    for (_, _, counts) in &days {
        total.expected += counts.expected;
        total.served += counts.served;
        total.unserved += counts.unserved;
        total.not_come += counts.not_come;
    }
    let beside = |forward: bool| {
        let (from, until) = range?;
        let length = (until - from).get_days().saturating_add(1).days();
        let moved = |day: Date| {
            if forward { day.checked_add(length).ok() } else { day.checked_sub(length).ok() }
        };
        Some(format!("/reservations/days?from={}&until={}", moved(from)?, moved(until)?))
    };
    let arranged = Arranged::read(app, signed, &LISTING).await?;
    let line = |counted: &(Date, bool, Counts)| Line::new(route::day(counted.0), cells(counted));
    let page = DaysPage {
        texts: Texts::new(Language::JA),
        layout,
        query: query(range),
        previous: beside(false),
        next: beside(true),
        table: Table::new(&arranged, days.iter().map(line).collect()),
        total,
        form,
    };
    let asked = query(range);
    let found = u32::try_from(days.len()).unwrap_or(u32::MAX);
    let view = View { screen: "reservations", asked: format!("days {asked}"), subjects: Vec::new(), found };
    signed.shows(app, view, || respond(&page)).await
}

fn query(range: Option<(Date, Date)>) -> String {
    range.map(|(from, until)| format!("from={from}&until={until}&")).unwrap_or_default()
}

/// The range as a file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let wanted = export::form(&file, "days")?;
    let (form, range) = read(&pairs, app.today());
    let Some(range) = range else { return page(&app, &signed, form, None).await };
    let days = counted(&app, range).await?;
    let list = List {
        title: "日ごとの予約数".to_owned(),
        name: "reservation-days",
        task: Task::Reservations,
        screen: "days_file",
        asked: format!("{file} {}", query(Some(range))),
        words: vec![format!("{}から{}まで", short_date(range.0), short_date(range.1))],
        subjects: days.iter().map(|(day, ..)| Subject::Day(business(&app, *day))).collect(),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(days.iter().map(cells).collect()),
    };
    export(&app, &signed, list, wanted, asked).await
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn pairs(from: &str, until: &str) -> Vec<(String, String)> {
        vec![("from".to_owned(), from.to_owned()), ("until".to_owned(), until.to_owned())]
    }

    #[test]
    fn r4_f_a_range_of_days_is_read_or_told() {
        let today = date(2026, 11, 24);
        assert_eq!(read(&[], today).1, Some((today, date(2026, 12, 7))));
        assert_eq!(read(&pairs("2026-11-02", ""), today).1, Some((date(2026, 11, 2), date(2026, 11, 15))));
        for (from, until, field) in [
            ("x", "", "from"),
            ("2026-11-02", "2026-11-31", "until"),
            ("2026-11-02", "2026-11-01", "until"),
            ("2026-01-01", "2026-12-31", "until"),
        ] {
            let (form, range) = read(&pairs(from, until), today);
            assert_eq!(range, None, "{from} {until}");
            assert!(form.fault(field).is_some(), "{from} {until}");
        }
    }
}
