//! 報告: the last open days, whether each is closed, and any day by its date.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::journal::BusinessDay;
use domain::permission::Permission;
use domain::time::era_date;
use jiff::civil::Date;

use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Page, PageError, respond};
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::{Layout, Task};

/// How many open days are listed.
const DAYS: usize = 14;

/// One day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) day: String,
    pub(crate) href: String,
    /// What the city counted as issued, once the day is closed.
    pub(crate) issued: Option<u32>,
    pub(crate) close_href: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/counter/report/list.html")]
pub(crate) struct ReportsPage {
    pub(crate) layout: Layout,
    pub(crate) today: Date,
    pub(crate) lines: Vec<Line>,
}

impl Page for ReportsPage {}

/// The query of a day to go to.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Goto {
    day: Option<String>,
}

/// Lists the days, or leads to the one that was asked for.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(goto): Query<Goto>,
    signed: Signed,
) -> Result<Response, PageError> {
    if let Some(day) = goto.day.filter(|day| !day.is_empty()) {
        return Ok(see_other(&route::report(field::day_in(&day)?)));
    }
    let (rules, today) = (app.rules(), business(&app, app.today()));
    let open = rules.is_open(today.service, &today.site, today.day).then_some(today.day);
    let first = open.or_else(|| rules.previous_open_day(today.service, &today.site, today.day));
    let before = |day: &Date| rules.previous_open_day(today.service, &today.site, *day);
    let days: Vec<Date> = std::iter::successors(first, before).take(DAYS).collect();
    let asked = days.clone();
    let of = today.clone();
    let closed = app
        .db
        .read(move |reader| {
            let day = |day: &Date| store::report::closed(reader, &BusinessDay { day: *day, ..of.clone() });
            asked.iter().map(day).collect::<Result<Vec<_>, store::Error>>()
        })
        .await?;
    let may_close = signed.may(Permission::CloseDay);
    let lines = days.iter().zip(closed).map(|(day, closed)| Line {
        day: era_date(*day),
        href: route::report(*day),
        close_href: (may_close && closed.is_none()).then(|| route::close(*day)),
        issued: closed.map(|closed| closed.city_count),
    });
    let layout = signed.layout("報告").within(Task::Reports);
    Ok(respond(&ReportsPage { layout, today: today.day, lines: lines.collect() }))
}
