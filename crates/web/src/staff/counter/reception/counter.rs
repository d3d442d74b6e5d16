//! 窓口: who is here, who is expected, who is done. The scan box has the focus.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::id::ReceptionId;
use domain::journal::{BusinessDay, Subject};
use domain::reservation::State as Booking;
use domain::time::{Start, era_date, minute_of};
use jiff::Timestamp;
use jiff::civil::Date;
use store::journal::View;
use store::pickup::Pickup;
use store::reservation::OfDay;

use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::layout::ScanBox;
use crate::staff::wording;
use crate::staff::{Layout, Task};

/// A visitor on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) time: Start,
    pub(crate) control: String,
    pub(crate) href: String,
    pub(crate) standing: &'static str,
    pub(crate) place: String,
    pub(crate) language: &'static str,
    /// Who comes, and which of a family.
    pub(crate) visitor: String,
    /// When the visitor arrived.
    pub(crate) arrived: String,
    /// How long the visitor has been here, or how late the visitor is; empty if neither.
    pub(crate) since: String,
    /// How long after the own slot's beginning the visitor arrived; empty if in time.
    pub(crate) late: String,
}

/// The page of the counter.
#[derive(Template)]
#[template(path = "staff/counter/reception/counter.html")]
pub(crate) struct CounterPage {
    layout: Layout,
    day: String,
    here: Vec<Line>,
    expected: Vec<Line>,
    done: Vec<Line>,
    /// Who came for a card that the post had brought back.
    pickups: Vec<PickedUp>,
}

/// Who came for a card that the post had brought back.
pub(crate) struct PickedUp {
    pub(crate) at: String,
    pub(crate) control: String,
    pub(crate) href: String,
    pub(crate) state: &'static str,
    pub(crate) visitor: &'static str,
}

impl Page for CounterPage {}

impl CounterPage {
    /// The page from its lists.
    pub(crate) fn of(
        layout: Layout,
        day: Date,
        here: Vec<Line>,
        expected: Vec<Line>,
        done: Vec<Line>,
        pickups: Vec<PickedUp>,
    ) -> Self {
        Self {
            pickups,
            layout: Layout { scan: ScanBox::Held, ..layout },
            day: era_date(day),
            here,
            expected,
            done,
        }
    }
}

/// Shows the counter.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let day = business(&app, app.today());
    let asked = day.clone();
    let (lines, arrivals, pickups) = app
        .db
        .read(move |reader| {
            let BusinessDay { service, site, day } = &asked;
            let lines = store::reservation::of_day(reader, *service, site, *day)?;
            let receptions = store::reception::of_day(reader, *service, site, *day)?;
            let arrivals: BTreeMap<ReceptionId, Timestamp> =
                receptions.iter().map(|reception| (reception.id, reception.arrived_at)).collect();
            Ok::<_, store::Error>((lines, arrivals, store::pickup::open(reader, site)?))
        })
        .await?;
    let found = u32::try_from(lines.len() + pickups.len()).unwrap_or(u32::MAX);
    let view =
        View { screen: "counter", asked: day.to_string(), subjects: vec![Subject::Day(day.clone())], found };
    signed.viewed(&app, view).await?;
    let now = app.now();
    let (mut here, mut expected, mut done) = (Vec::new(), Vec::new(), Vec::new());
    for (line, family) in lines
        .iter()
        .zip(wording::families(&lines.iter().map(|line| (line.id, line.party)).collect::<Vec<_>>()))
    {
        let arrived = line.reception.and_then(|(id, _)| arrivals.get(&id).copied());
        let to = match line.reception {
            Some((_, state)) if state.is_open() => &mut here,
            None if line.state == Booking::Booked => &mut expected,
            _ => &mut done,
        };
        to.push((arrived, shown(line, &family, arrived, now)));
    }
    // Who came first is served first.
    here.sort_by_key(|(arrived, _)| *arrived);
    let [here, expected, done] =
        [here, expected, done].map(|list| list.into_iter().map(|(_, line)| line).collect());
    let layout = signed.layout("窓口").within(Task::Counter);
    let pickups = pickups.iter().map(picked_up).collect();
    Ok(respond(&CounterPage::of(layout, day.day, here, expected, done, pickups)))
}

fn picked_up(pickup: &Pickup) -> PickedUp {
    PickedUp {
        at: wording::moment(pickup.at),
        control: wording::control(pickup.control_number),
        href: super::super::pickup::href(pickup.card),
        state: pickup.state.label(),
        visitor: pickup.visitor.label(),
    }
}

fn shown(line: &OfDay, family: &str, arrived: Option<Timestamp>, now: Timestamp) -> Line {
    let state = line.reception.map(|(_, state)| state);
    let late = i64::from(minute_of(now)) - i64::from(line.start.minutes());
    let since = match (arrived, state) {
        (Some(arrived), Some(state)) if state.is_open() => {
            format!("{}経過", wording::minutes(now.duration_since(arrived).as_mins().max(0)))
        }
        (None, _) if line.state == Booking::Booked && late > 0 => format!("{}過ぎ", wording::minutes(late)),
        _ => String::new(),
    };
    Line {
        time: line.start,
        control: wording::control(line.control_number),
        href: line.reception.map_or_else(|| route::reservation(line.id), |(id, _)| route::reception(id)),
        standing: wording::standing(line.state, state),
        place: line.place_name.clone(),
        language: wording::language(&line.language),
        visitor: format!("{} {family}", wording::visitor(line.visitor)).trim_end().to_owned(),
        arrived: arrived.map(wording::time).unwrap_or_default(),
        since,
        late: arrived.map(|arrived| wording::late(line.start, arrived)).unwrap_or_default(),
    }
}
