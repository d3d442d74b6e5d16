//! The second step: the day. A list by weeks first, a month as a grid second.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::capacity::seats;
use domain::id::VisitId;
use domain::service::Service;
use jiff::ToSpan;
use jiff::civil::Date;

use super::begun::admitted;
use super::people::{Group, free};
use super::proof::Proven;
use super::{Again, Availability};
use crate::App;
use crate::availability::{self, Day};
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::{Asked, Page, PageError, Texts, respond};

/// What is known of a day: the input of both views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayState {
    /// The day.
    pub day: Date,
    /// How much room it has.
    pub availability: Availability,
    /// Whether a place before noon is free.
    pub morning: bool,
    /// Whether a place after noon is free.
    pub afternoon: bool,
}

/// One day of the list.
#[derive(Debug, Clone)]
pub(crate) struct DayLine {
    day: Date,
    href: String,
    availability: Availability,
    morning: bool,
    afternoon: bool,
    first: bool,
}

impl DayLine {
    fn half_key(&self) -> &'static str {
        match (self.morning, self.afternoon) {
            (true, false) => key!("days-morning"),
            (false, true) => key!("days-afternoon"),
            _ => key!("days-both"),
        }
    }
}

/// One week, Monday to Sunday.
pub(crate) struct Week {
    from: Date,
    until: Date,
    days: Vec<DayLine>,
}

/// The list of the days with places.
#[derive(Template)]
#[template(path = "citizen/visit/days.html")]
pub struct DaysPage {
    texts: Texts,
    layout: Layout,
    banner: Option<Again>,
    first_free: Option<DayLine>,
    weeks: Vec<Week>,
    month_href: String,
    last_day: Date,
    people: usize,
    family_href: Option<String>,
}

impl DaysPage {
    /// The page for the bookable days `first..=last`, of which `days` are known in order, for a group of people.
    ///
    /// A week in which every day is closed or full is shown with a sentence, so that nobody looks for it.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        first: Date,
        last: Date,
        days: &[DayState],
        group: Group,
        banner: Option<Again>,
    ) -> Self {
        let first_free = days.iter().find(|state| state.availability.is_free()).map(|state| state.day);
        let lines: Vec<DayLine> = days
            .iter()
            .filter(|state| state.availability.is_free())
            .map(|state| DayLine {
                day: state.day,
                href: route::times(visit, state.day),
                availability: state.availability,
                morning: state.morning,
                afternoon: state.afternoon,
                first: first_free == Some(state.day),
            })
            .collect();
        let weeks = weeks(first, last)
            .map(|(from, until)| Week {
                from,
                until,
                days: lines.iter().filter(|line| line.day >= from && line.day <= until).cloned().collect(),
            })
            .collect();
        Self {
            texts: layout.texts(),
            layout,
            banner,
            first_free: lines.first().cloned(),
            weeks,
            month_href: route::month(visit, first_free.unwrap_or(first)),
            last_day: last,
            people: group.people,
            family_href: (!group.is_booked).then(|| route::family(visit)),
        }
    }
}

impl DaysPage {
    /// The same page for renewals, where it was said before how many come.
    #[must_use]
    pub fn for_renewals(self) -> Self {
        Self { family_href: None, ..self }
    }
}

impl Page for DaysPage {}

/// The weeks that touch the days, each cut to them.
fn weeks(first: Date, last: Date) -> impl Iterator<Item = (Date, Date)> {
    let mut next = Some(first);
    std::iter::from_fn(move || {
        let from = next.filter(|day| *day <= last)?;
        let sunday = from.saturating_add(i64::from(6 - from.weekday().to_monday_zero_offset()).days());
        next = sunday.tomorrow().ok();
        Some((from, sunday.min(last)))
    })
}

/// One day of the grid.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    day: Date,
    availability: Availability,
    href: Option<String>,
    first: bool,
}

/// A month before or after.
pub(crate) struct OtherMonth {
    month: Date,
    href: String,
}

/// A month of days as a grid.
#[derive(Template)]
#[template(path = "citizen/visit/month.html")]
pub struct MonthPage {
    texts: Texts,
    layout: Layout,
    month: Date,
    rows: Vec<[Option<Cell>; 7]>,
    list_href: String,
    previous: Option<OtherMonth>,
    next: Option<OtherMonth>,
}

impl MonthPage {
    /// The grid of the month in which `month` lies; days without a state are closed.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        month: Date,
        first: Date,
        last: Date,
        days: &[DayState],
    ) -> Self {
        let first_free = days.iter().find(|state| state.availability.is_free()).map(|state| state.day);
        let begin = month.first_of_month();
        let mut rows: Vec<[Option<Cell>; 7]> = Vec::new();
        let mut day = begin;
        while day.month() == begin.month() {
            let column = usize::from(day.weekday().to_sunday_zero_offset().unsigned_abs());
            if column == 0 || rows.is_empty() {
                rows.push([const { None }; 7]);
            }
            let state = days.iter().find(|state| state.day == day);
            let availability = state.map_or(Availability::Closed, |state| state.availability);
            if let Some(row) = rows.last_mut() {
                row[column] = Some(Cell {
                    day,
                    availability,
                    href: availability.is_free().then(|| route::times(visit, day)),
                    first: first_free == Some(day),
                });
            }
            let Ok(tomorrow) = day.tomorrow() else { break };
            day = tomorrow;
        }
        let other = |month: Date| OtherMonth { month, href: route::month(visit, month) };
        let previous = begin.yesterday().ok().filter(|day| *day >= first).map(Date::first_of_month);
        let next = begin.last_of_month().tomorrow().ok().filter(|day| *day <= last);
        Self {
            texts: layout.texts(),
            layout,
            month: begin,
            rows,
            list_href: route::days(visit),
            previous: previous.map(other),
            next: next.map(other),
        }
    }
}

impl Page for MonthPage {}

impl DayState {
    fn of(day: &Day, people: usize) -> Self {
        // Every page of days asks this of every slot of two months, so it ends with the first start that fits.
        let left = free(day);
        let fits = |morning| {
            left.iter()
                .enumerate()
                .any(|(at, (start, _))| start.is_morning() == morning && seats(people, &left[at..]).is_some())
        };
        let (morning, afternoon) = (fits(true), fits(false));
        let availability = match Availability::of_day(day) {
            // Places are free, but nowhere for all of them.
            room if room.is_free() && !morning && !afternoon => Availability::Full,
            room => room,
        };
        Self { day: day.day, availability, morning, afternoon }
    }
}

/// The days that can be booked; for a card, of which the notice was posted on a day.
fn bookable<'a>(app: &App, known: &'a availability::Availability, posted_on: Option<Date>) -> &'a [Day] {
    let first = first_visit(app, posted_on);
    let before = known.days.partition_point(|day| first.is_some_and(|first| day.day < first));
    &known.days[before..]
}

/// The first day of a visit by the rules: the notice has to arrive, and the citizen to prepare.
pub(super) fn first_visit(app: &App, posted_on: Option<Date>) -> Option<Date> {
    app.rules().opens_from(Service::Issuance, &app.settings.site, posted_on?)
}

/// The first and last bookable day; today where there is none, and then no day has a place.
fn span(app: &App, days: &[Day]) -> (Date, Date) {
    match days {
        [] => (app.today(), app.today()),
        [only] => (only.day, only.day),
        [first, .., last] => (first.day, last.day),
    }
}

/// Shows the days with places. The numbers come from the node's picture; the transaction checks again.
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let visit = admitted(&app, &headers, &visit).await?;
    page(&app, &asked, visit, None).await
}

/// The page of days, also where another page cannot stand.
pub(crate) async fn page(
    app: &App,
    asked: &Asked,
    visit: Proven,
    banner: Option<Again>,
) -> Result<Response, PageError> {
    let known = app.availability(visit.service).await?;
    let days = bookable(app, &known, visit.posted_on);
    let (first, last) = span(app, days);
    let days: Vec<DayState> = days.iter().map(|day| DayState::of(day, visit.group.people)).collect();
    let layout = frame::layout(app, asked).at(route::days(visit.id));
    let page = DaysPage::new(layout, visit.id, first, last, &days, visit.group, banner);
    Ok(respond(&if visit.service == Service::Renewal { page.for_renewals() } else { page }))
}

/// Shows a month as a grid.
pub(crate) async fn month(
    State(app): State<Arc<App>>,
    Path((visit, month)): Path<(String, String)>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let visit = admitted(&app, &headers, &visit).await?;
    let month = route::month_from_text(&month).ok_or(PageError::NotFound)?;
    let known = app.availability(visit.service).await?;
    let days = bookable(&app, &known, visit.posted_on);
    let (first, last) = span(&app, days);
    if month < first.first_of_month() || month > last {
        return Err(PageError::NotFound);
    }
    let days: Vec<DayState> = days.iter().map(|day| DayState::of(day, visit.group.people)).collect();
    let layout = frame::layout(&app, &asked);
    Ok(respond(&MonthPage::new(layout, visit.id, month, first, last, &days)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weeks_end_on_sunday_and_are_cut_to_the_days() {
        let found: Vec<_> = weeks(date(2026, 11, 26), date(2026, 12, 8)).collect();
        assert_eq!(
            found,
            [
                (date(2026, 11, 26), date(2026, 11, 29)),
                (date(2026, 11, 30), date(2026, 12, 6)),
                (date(2026, 12, 7), date(2026, 12, 8)),
            ]
        );
        assert_eq!(weeks(date(2026, 11, 26), date(2026, 11, 25)).count(), 0);
    }
}
