//! The report of a day as a page, a paper and tables. Only counts: looking at them is no view of records.
//!
//! Paper and tables of a closed day are the same bytes whenever they are asked for: they carry the instant of the
//! close in place of that of printing, and nothing that is known later.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::Document;
use documents::day_counts::{self, Count, Group, Reconciliation};
use domain::journal::BusinessDay;
use domain::permission::Permission;
use domain::report::Main;
use domain::service::Service;
use domain::time::{era_date, month_day_ja};
use jiff::civil::Date;
use store::report::{CloseError, DayReport};

use super::figures::{self, Trend};
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::counter::file::{self, CsvQuery, Form};
use crate::staff::counter::{SERVICE, business, route, site_name};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::{Layout, Task};

/// How many closed days the bars compare.
const COMPARED: u32 = 14;

/// A correction after the close, with the page of its reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Later {
    line: Count,
    href: String,
}

/// The page of a day's counts.
#[derive(Template)]
#[template(path = "staff/counter/report/day.html")]
pub(crate) struct ReportPage {
    layout: Layout,
    title: String,
    through: Option<i64>,
    later: Vec<Later>,
    groups: Vec<Group>,
    lines: Vec<Reconciliation>,
    trends: Vec<Trend>,
    /// The days of the bars in words: from, to.
    compared: Option<(String, String)>,
    previous: Option<(String, String)>,
    next: Option<(String, String)>,
    close_href: Option<String>,
    /// The address of the page, before the endings of its files.
    base: String,
}

impl Page for ReportPage {}

impl ReportPage {
    /// The page from its parts; `before` are the main figures of closed days before, oldest first.
    pub(crate) fn of(
        layout: Layout,
        service: Service,
        day: Date,
        report: &DayReport,
        before: &[(Date, Main)],
    ) -> Self {
        let mut days: Vec<(String, Main)> =
            before.iter().map(|(day, main)| (month_day_ja(*day), *main)).collect();
        days.push((month_day_ja(day), Main::from(&report.counts)));
        let compared = days.first().zip(days.last()).map(|(first, last)| (first.0.clone(), last.0.clone()));
        let later = report.later.iter().map(|corrected| Later {
            line: figures::line(corrected),
            href: route::reservation(corrected.reservation),
        });
        Self {
            layout,
            title: era_date(day),
            through: report.closed.as_ref().map(|closed| closed.through_seq),
            later: later.collect(),
            groups: figures::groups(service, report),
            lines: figures::reconciliations(service, &report.counts),
            trends: figures::trends(service, &days),
            base: base(service, day),
            compared,
            previous: None,
            next: None,
            close_href: None,
        }
    }
}

/// The address of a day's report.
fn base(service: Service, day: Date) -> String {
    match service {
        Service::Renewal => crate::staff::renewal::route::report(day),
        _ => route::report(day),
    }
}

/// Shows, prints or exports the counts of a day.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(address): Path<String>,
    Query(query): Query<CsvQuery>,
    signed: Signed,
) -> Result<Response, PageError> {
    answer(&app, SERVICE, &address, &query, &signed).await
}

/// The same of the renewals.
pub(crate) async fn renewals(
    State(app): State<Arc<App>>,
    Path(address): Path<String>,
    Query(query): Query<CsvQuery>,
    signed: Signed,
) -> Result<Response, PageError> {
    answer(&app, Service::Renewal, &address, &query, &signed).await
}

async fn answer(
    app: &App,
    service: Service,
    address: &str,
    query: &CsvQuery,
    signed: &Signed,
) -> Result<Response, PageError> {
    let (day, wanted) = Form::split(address);
    let day = BusinessDay { service, ..business(app, field::day_in(day)?) };
    let (report, before) = read(app, &day).await?;
    let what = if service == Service::Renewal { "更新の報告" } else { "報告" };
    let layout = signed.layout(format!("{}の{what}", month_day_ja(day.day))).within(Task::Reports);
    let addresses = |of: Date| base(service, of);
    let name = |end: &str| match service {
        Service::Renewal => format!("renewal-report-{}.{end}", day.day),
        _ => format!("report-{}.{end}", day.day),
    };
    let paper = || paper(app, &day, &report, signed.name());
    match wanted {
        Form::Page => {
            let rules = app.rules();
            let other = |day: Date| (addresses(day), month_day_ja(day));
            let earlier = rules.previous_open_day(day.service, &day.site, day.day);
            let after = rules.next_open_day(day.service, &day.site, day.day);
            let is_open = report.closed.is_none();
            let closes = is_open && day.day <= app.today() && signed.may(Permission::CloseDay);
            Ok(respond(&ReportPage {
                previous: earlier.map(other),
                next: after.filter(|after| *after <= app.today()).map(other),
                close_href: closes.then(|| match service {
                    Service::Renewal => crate::staff::renewal::route::day(day.day),
                    _ => route::close(day.day),
                }),
                ..ReportPage::of(layout, day.service, day.day, &report, &before)
            }))
        }
        Form::Pdf => file::pdf(app, Document::DayCounts(paper()), &name("pdf")).await,
        Form::Csv => file::csv(layout, &paper().table(), query.encoding, &name("csv")),
        Form::Xlsx => {
            let (paper, name) = (paper(), name("xlsx"));
            file::xlsx(&paper.table(), &format!("報告 {}", day.day), paper.printed_at, &name)
        }
    }
}

/// The report, and the main figures of the closed days before it, oldest first.
async fn read(app: &App, day: &BusinessDay) -> Result<(DayReport, Vec<(Date, Main)>), PageError> {
    let day = day.clone();
    let read = app
        .db
        .read(move |reader| {
            let report = store::report::report(reader, &day)?;
            let before = store::report::compared(reader, &day, COMPARED)?;
            let told = before.into_iter().filter_map(|(of, _, main)| Some((of, main?)));
            let mut before: Vec<(Date, Main)> = told.filter(|(of, _)| *of != day.day).collect();
            before.reverse();
            Ok::<_, CloseError>((report, before))
        })
        .await;
    read.map_err(|error| match error {
        CloseError::Store(error) => error.into(),
        other => PageError::internal(other),
    })
}

fn paper(app: &App, day: &BusinessDay, report: &DayReport, printed_by: &str) -> day_counts::DayCounts {
    let closed = report.closed.as_ref();
    day_counts::DayCounts {
        city: app.settings.profile.city.name_ja.clone(),
        site: site_name(app, day),
        day: day.day,
        // Numbers of entries count from 1.
        through_seq: closed.and_then(|closed| u64::try_from(closed.through_seq).ok()),
        printed_at: closed.map_or_else(|| app.now(), |closed| closed.at),
        printed_by: closed.map_or_else(|| printed_by.to_owned(), |_| String::new()),
        groups: figures::groups(day.service, report),
        reconciliations: figures::reconciliations(day.service, &report.counts),
    }
}
