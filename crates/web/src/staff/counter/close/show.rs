//! What stands between the day and its close.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OperationId, ReservationId};
use domain::journal::{BusinessDay, Subject};
use domain::permission::Permission;
use domain::report::DayCounts;
use domain::reservation::State as Booking;
use domain::time::{SLOT_MINUTES, Start, era_date, minute_of, month_day_ja};
use jiff::civil::Date;
use store::cabinet_key::Held;
use store::journal::View;
use store::report::{CloseError, Closed, pulled_meanwhile};
use store::reservation::OfDay;

use crate::App;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::{Layout, Task};
use crate::staff::{field, wording};

/// The boxes of those who did not come.
pub(crate) const ABSENT: &str = "absent";
/// How many the person saw who had not come.
pub(crate) const LEFT: &str = "left";
/// The city's count.
pub(crate) const CITY_COUNT: &str = "city_count";

/// What is known of the day.
struct Known {
    closed: Option<Closed>,
    counts: DayCounts,
    lines: Vec<OfDay>,
    out: Vec<Out>,
    incidents: u32,
    keys: Vec<Held>,
}

/// Somebody who has not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Absent {
    pub(crate) id: ReservationId,
    pub(crate) time: Start,
    pub(crate) control: String,
    pub(crate) place: String,
    pub(crate) href: String,
    pub(crate) checked: bool,
}

/// Somebody who is still here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Here {
    pub(crate) control: String,
    pub(crate) standing: &'static str,
    pub(crate) href: String,
}

/// A card that is not put away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Out {
    pub(crate) control: String,
    pub(crate) place: &'static str,
    pub(crate) href: String,
    /// Where it is written down that nobody finds it, or that it is damaged.
    pub(crate) incident_href: String,
}

/// The page of the close.
#[derive(Template)]
#[template(path = "staff/counter/close/show.html")]
pub(crate) struct ClosePage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) day: Date,
    pub(crate) title: String,
    /// When and that the day was closed.
    pub(crate) closed: Option<String>,
    pub(crate) is_future: bool,
    pub(crate) issued: u32,
    pub(crate) absent: Vec<Absent>,
    pub(crate) here: Vec<Here>,
    pub(crate) out: Vec<Out>,
    /// How many incidents are open.
    pub(crate) incidents: u32,
    /// The keys that somebody holds: of which place, who, and where it is noted that they are back.
    pub(crate) keys: Vec<(String, String, String)>,
    /// Whether the last visitor's time is over, so that all who are left can be set at once.
    pub(crate) is_over: bool,
    pub(crate) may_put_away: bool,
    pub(crate) report_href: Option<String>,
    pub(crate) absent_operation: OperationId,
    pub(crate) all_operation: OperationId,
    pub(crate) close_operation: OperationId,
}

impl ClosePage {
    /// Whether nothing stands in the way any more.
    fn is_ready(&self) -> bool {
        self.absent.is_empty() && self.here.is_empty() && self.out.is_empty()
    }
}

impl Page for ClosePage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Shows the close of a day.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(day): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::day_in(&day)?, Form::fresh(), &Fields::of(&[]), None).await
}

/// The page with a form as it stands; what was ticked stays ticked.
pub(crate) async fn page(
    app: &App,
    signed: &Signed,
    day: Date,
    form: Form,
    fields: &Fields,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let business = business(app, day);
    let known = read(app, &business).await?;
    let found = u32::try_from(known.lines.len()).unwrap_or(u32::MAX);
    let subjects = vec![Subject::Day(business.clone())];
    let view = View { screen: "close", asked: business.to_string(), subjects, found };
    let ticked: Vec<String> = fields.all(ABSENT)?.into_iter().map(str::to_owned).collect();
    signed.shows(app, view, || respond(&shown(app, signed, day, known, form, &ticked, problem))).await
}

async fn read(app: &App, day: &BusinessDay) -> Result<Known, PageError> {
    let (of_counts, of_lines, next) = (day.clone(), day.clone(), next(app, day));
    // The entries of a full day and its reservations are the two long reads; neither waits for the other.
    let counts = app.db.read(move |reader| store::report::counts(reader, &of_counts));
    let standing = app.db.read(move |reader| {
        let BusinessDay { service, site, day } = &of_lines;
        Ok::<_, CloseError>((
            store::report::closed(reader, &of_lines)?,
            store::report::cards_out(reader, site, pulled_meanwhile(*day, next))?,
            store::reservation::of_day(reader, *service, site, *day)?,
            store::incident::how_many(reader, site)?,
            store::cabinet_key::held_at(reader, site)?,
        ))
    });
    let (counts, (closed, out, lines, incidents, keys)) =
        tokio::try_join!(counts, standing).map_err(|error| match error {
            CloseError::Store(error) => error.into(),
            other => PageError::internal(other),
        })?;
    let out = out.into_iter().map(|(card, number, kind)| Out {
        control: wording::control(number),
        place: kind.label(),
        href: route::card(card),
        incident_href: format!("{}?close={}", route::incident(card), day.day),
    });
    Ok(Known { closed, counts, lines, out: out.collect(), incidents, keys })
}

/// The next open day after a day, or after today for a day that is closed late: its cards may be pulled already.
pub(crate) fn next(app: &App, day: &BusinessDay) -> Option<Date> {
    app.rules().next_open_day(day.service, &day.site, day.day.max(app.today()))
}

/// Whether the last time of a day is over, so that nobody comes any more.
pub(crate) fn is_over(app: &App, day: Date) -> bool {
    let of = business(app, day);
    let slots = app.rules().slots(of.service, &of.site, day);
    let end = slots.last().map_or(0, |(start, _)| start.minutes() + SLOT_MINUTES);
    day < app.today() || (day == app.today() && minute_of(app.now()) >= end)
}

fn shown(
    app: &App,
    signed: &Signed,
    day: Date,
    known: Known,
    form: Form,
    ticked: &[String],
    problem: Option<String>,
) -> ClosePage {
    let absent = known.lines.iter().filter(|line| line.reception.is_none() && line.state == Booking::Booked);
    let absent = absent.map(|line| Absent {
        id: line.id,
        time: line.start,
        control: wording::control(line.control_number),
        place: line.place_name.clone(),
        href: route::reservation(line.id),
        checked: ticked.contains(&line.id.to_string()),
    });
    let here = known.lines.iter().filter_map(|line| {
        let (id, state) = line.reception.filter(|(_, state)| state.is_open())?;
        let control = wording::control(line.control_number);
        Some(Here { control, standing: state.label(), href: route::reception(id) })
    });
    let mut layout = signed.layout(format!("{}の締め", month_day_ja(day))).within(Task::Reports);
    layout.refused = form.is_refused();
    let closed = known.closed.map(|closed| {
        let on = domain::time::day_of(closed.at);
        format!(
            "{} {}に締めました。市の交付件数は{}件です。",
            month_day_ja(on),
            wording::time(closed.at),
            closed.city_count
        )
    });
    ClosePage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        day,
        title: era_date(day),
        closed,
        is_future: day > app.today(),
        issued: known.counts.issued,
        absent: absent.collect(),
        here: here.collect(),
        out: known.out,
        incidents: known.incidents,
        keys: known
            .keys
            .into_iter()
            .map(|key| (key.place_name, key.person_name, route::place(key.place)))
            .collect(),
        is_over: is_over(app, day),
        may_put_away: signed.may(Permission::MoveCards),
        report_href: signed.may(Permission::SeeReports).then(|| route::report(day)),
        absent_operation: app.operation(),
        all_operation: app.operation(),
        close_operation: app.operation(),
    }
}
