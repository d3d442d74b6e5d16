//! The counts of a day as a page, a paper and a table. Only counts: looking at them is no view of records.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::Document;
use documents::day_counts::{self, Group, Reconciliation};
use domain::journal::BusinessDay;
use domain::permission::Permission;
use domain::report::DayCounts;
use domain::time::{era_date, month_day_ja};
use jiff::civil::Date;
use store::report::{CloseError, Closed};

use super::figures;
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::counter::file::{self, CsvQuery, Form};
use crate::staff::counter::{business, route, site_name};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::{Layout, Task};

/// The page of a day's counts.
#[derive(Template)]
#[template(path = "staff/counter/report/day.html")]
pub(crate) struct ReportPage {
    layout: Layout,
    day: Date,
    title: String,
    through: Option<i64>,
    groups: Vec<Group>,
    lines: Vec<Reconciliation>,
    previous: Option<(String, String)>,
    next: Option<(String, String)>,
    close_href: Option<String>,
}

impl Page for ReportPage {}

impl ReportPage {
    /// The page from its parts.
    pub(crate) fn of(layout: Layout, day: Date, counts: &DayCounts, through: Option<i64>) -> Self {
        Self {
            layout,
            day,
            title: era_date(day),
            through,
            groups: figures::groups(counts),
            lines: figures::reconciliations(counts),
            previous: None,
            next: None,
            close_href: None,
        }
    }
}

/// Shows, prints or exports the counts of a day.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(address): Path<String>,
    Query(query): Query<CsvQuery>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (day, wanted) = Form::split(&address);
    let day = business(&app, field::day_in(day)?);
    let (counts, closed) = read(&app, &day).await?;
    let through = closed.map(|closed| closed.through_seq);
    let layout = signed.layout(format!("{}の報告", month_day_ja(day.day))).within(Task::Reports);
    let paper = || paper(&app, &day, &counts, through, signed.name());
    match wanted {
        Form::Page => {
            let rules = app.rules();
            let other = |day: Date| (route::report(day), month_day_ja(day));
            let before = rules.previous_open_day(day.service, &day.site, day.day);
            let after = rules.next_open_day(day.service, &day.site, day.day);
            let closes = through.is_none() && day.day <= app.today() && signed.may(Permission::CloseDay);
            Ok(respond(&ReportPage {
                previous: before.map(other),
                next: after.filter(|after| *after <= app.today()).map(other),
                close_href: closes.then(|| route::close(day.day)),
                ..ReportPage::of(layout, day.day, &counts, through)
            }))
        }
        Form::Pdf => file::pdf(&app, Document::DayCounts(paper()), &format!("report-{}.pdf", day.day)).await,
        Form::Csv => file::csv(layout, &paper().table(), query.encoding, &format!("report-{}.csv", day.day)),
        Form::Xlsx => {
            let (paper, name) = (paper(), format!("report-{}.xlsx", day.day));
            file::xlsx(&paper.table(), &format!("報告 {}", day.day), paper.printed_at, &name)
        }
    }
}

async fn read(app: &App, day: &BusinessDay) -> Result<(DayCounts, Option<Closed>), PageError> {
    let day = day.clone();
    let read = app
        .db
        .read(move |reader| {
            let closed = store::report::closed(reader, &day)?;
            Ok::<_, CloseError>((store::report::counts(reader, &day)?, closed))
        })
        .await;
    read.map_err(|error| match error {
        CloseError::Store(error) => error.into(),
        other => PageError::internal(other),
    })
}

fn paper(
    app: &App,
    day: &BusinessDay,
    counts: &DayCounts,
    through: Option<i64>,
    printed_by: &str,
) -> day_counts::DayCounts {
    day_counts::DayCounts {
        city: app.settings.profile.city.name_ja.clone(),
        site: site_name(app, day),
        day: day.day,
        // Numbers of entries count from 1.
        through_seq: through.and_then(|seq| u64::try_from(seq).ok()),
        printed_at: app.now(),
        printed_by: printed_by.to_owned(),
        groups: figures::groups(counts),
        reconciliations: figures::reconciliations(counts),
    }
}
