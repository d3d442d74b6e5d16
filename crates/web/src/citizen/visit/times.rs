//! The third step: the time.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::{OperationId, VisitId};
use domain::time::Start;
use jiff::civil::Date;

use super::begun::admitted;
use super::people::{lines, times as seated, written};
use super::proof::Proven;
use super::{Again, Availability, days};
use crate::App;
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::{Asked, Page, PageError, Texts, respond};

/// One start of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeLine {
    /// When it begins.
    pub start: Start,
    /// When each person comes who begins here; none where they do not fit.
    pub starts: Vec<Start>,
    /// How much room it has.
    pub availability: Availability,
}

/// The times of a day; pressing one holds it.
#[derive(Template)]
#[template(path = "citizen/visit/times.html")]
pub struct TimesPage {
    texts: Texts,
    layout: Layout,
    banner: Option<Again>,
    day: Date,
    times: Vec<TimeLine>,
    people: usize,
    operation: OperationId,
    days_href: String,
    hold_href: String,
}

impl TimesPage {
    /// The times of a day in order, for so many people. `operation` is new for each showing of the page.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        day: Date,
        people: usize,
        times: Vec<TimeLine>,
        operation: OperationId,
        banner: Option<Again>,
    ) -> Self {
        Self {
            texts: layout.texts(),
            layout,
            banner,
            day,
            times,
            people,
            operation,
            days_href: route::days(visit),
            hold_href: route::hold(visit),
        }
    }

    fn has_full(&self) -> bool {
        self.times.iter().any(|line| !line.availability.is_free())
    }

    /// The starts of a line as the form sends them.
    fn value(line: &TimeLine) -> String {
        written(&line.starts)
    }

    /// How a family is spread over several slots; empty where they all come at once.
    fn spread(&self, line: &TimeLine) -> String {
        let together = line.starts.iter().all(|start| *start == line.start);
        if together { String::new() } else { seated(self.texts, &line.starts) }
    }

    /// Morning and afternoon: id, message, lines.
    fn halves(&self) -> [(&'static str, &'static str, Vec<TimeLine>); 2] {
        let (morning, afternoon) = self.times.iter().cloned().partition(|line| line.start.is_morning());
        [("morning", key!("times-morning"), morning), ("afternoon", key!("times-afternoon"), afternoon)]
    }
}

impl Page for TimesPage {}

/// Shows the times of a day.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path((visit, day)): Path<(String, String)>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let visit = admitted(&app, &headers, &visit).await?;
    let day: Date = day.parse().map_err(|_| PageError::NotFound)?;
    page(&app, &asked, visit, day, None).await
}

/// The page of times; of a day that is not booked now, the page of days says so.
pub(crate) async fn page(
    app: &App,
    asked: &Asked,
    visit: Proven,
    day: Date,
    banner: Option<Again>,
) -> Result<Response, PageError> {
    let known = app.availability(visit.service).await?;
    let too_early = days::first_visit(app, visit.posted_on).is_some_and(|first| day < first);
    let Some(shown) = known.day(day).filter(|shown| shown.places() > 0 && !too_early) else {
        return days::page(app, asked, visit, Some(Again::DayClosed)).await;
    };
    let lines = lines(shown, visit.group.people);
    let layout = frame::layout(app, asked).at(route::times(visit.id, day));
    Ok(respond(&TimesPage::new(layout, visit.id, day, visit.group.people, lines, app.operation(), banner)))
}
