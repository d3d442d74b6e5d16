//! The slots of a day with what is free, and the first day that has a free one; the page shows them for booking and
//! for moving.
//!
//! The web's cut-off does not bind the staff; the places do, and the transaction that takes one checks again.

use std::collections::HashMap;

use askama::Template;
use axum::http::StatusCode;
use domain::id::OperationId;
use domain::journal::BusinessDay;
use domain::reservation::Channel;
use domain::time::{Start, era_date, minute_of, month_day_ja};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::App;
use crate::availability::Slot;
use crate::kit::{Form, Language, Page, PageError, Texts};
use crate::staff::Layout;
use crate::staff::counter::business;

/// The field of the day.
pub(super) const DAY: &str = "day";
/// The field of the start.
pub(super) const START: &str = "start";
/// The field that says how the citizen asks.
pub(super) const CHANNEL: &str = "channel";
/// The field of the citizen's language.
pub(super) const LANGUAGE: &str = "language";

/// The query of a day.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Goto {
    pub(super) day: Option<String>,
}

/// What is known of the days.
#[derive(Debug)]
pub(super) struct Known {
    /// The day that is shown.
    pub(super) day: Date,
    /// Its slots that have not begun.
    pub(super) slots: Vec<Slot>,
    /// The first day with a free place, from today on.
    pub(super) first: Option<Date>,
    /// The open days around the shown one.
    around: [Option<Date>; 2],
}

/// Looks at a day, or at the first with a free place.
pub(super) async fn look(app: &App, wanted: Option<Date>) -> Result<Known, PageError> {
    let (rules, today) = (app.rules(), business(app, app.today()));
    let BusinessDay { service, site, day: now } = today.clone();
    let window = rules.booking(service, now).map_or(0, |booking| booking.window_days);
    let last = now.saturating_add(i64::from(window).days());
    let (from, until) = wanted.map_or((now, last), |day| (now.min(day), last.max(day)));
    let asked = site.clone();
    let taken =
        app.db.read(move |reader| store::capacity::taken(reader, service, &asked, from, until)).await?;
    let taken: HashMap<(Date, Start), u32> =
        taken.into_iter().map(|(day, start, taken)| ((day, start), taken)).collect();
    let minute = minute_of(app.now());
    let slots = |day: Date| -> Vec<Slot> {
        let to_come = |start: Start| day > now || (day == now && start.minutes() > minute);
        let slot = |(start, grant): (Start, domain::capacity::Grant)| Slot {
            start,
            places: u32::from(grant.places),
            taken: taken.get(&(day, start)).copied().unwrap_or(0),
        };
        rules.slots(service, &site, day).into_iter().map(slot).filter(|slot| to_come(slot.start)).collect()
    };
    let open = |day: &Date| rules.next_open_day(service, &site, *day).filter(|next| *next <= last);
    let first =
        std::iter::successors(Some(now), open).find(|day| slots(*day).iter().any(|slot| slot.free() > 0));
    let day = wanted.or(first).unwrap_or(now);
    let around = [rules.previous_open_day(service, &site, day), rules.next_open_day(service, &site, day)];
    let around = around.map(|other| other.filter(|other| *other >= now));
    Ok(Known { day, slots: slots(day), first, around })
}

/// A way to another day.
pub(crate) struct Other {
    pub(crate) href: String,
    pub(crate) day: String,
}

/// One start of the day.
pub(crate) struct Time {
    pub(crate) start: Start,
    pub(crate) free: u32,
    pub(crate) focus: bool,
}

/// What the page is for.
pub(crate) struct Purpose {
    /// The heading.
    pub(crate) title: String,
    /// The sentence to read out.
    pub(crate) say: String,
    /// 管理番号, as people read it.
    pub(crate) control: String,
    /// The card.
    pub(crate) card_href: String,
    /// The present time, where a reservation is moved.
    pub(crate) now: Option<String>,
    /// Where the form and the days lead.
    pub(crate) here: String,
    /// Whether the citizen's language is asked.
    pub(crate) asks_language: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/counter/booking/slots.html")]
pub(crate) struct SlotsPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    problem: Option<String>,
    purpose: Purpose,
    day: Date,
    title: String,
    previous: Option<Other>,
    next: Option<Other>,
    first: Option<Other>,
    halves: [(&'static str, Vec<Time>); 2],
    channels: [Channel; 2],
    operation: OperationId,
}

impl SlotsPage {
    /// The page with a form as it stands, and with what went wrong.
    pub(super) fn new(
        mut layout: Layout,
        purpose: Purpose,
        known: &Known,
        mut form: Form,
        problem: Option<String>,
        operation: OperationId,
    ) -> Self {
        layout.refused = form.is_refused();
        if form.typed(CHANNEL).is_empty() {
            form.fill(CHANNEL, Channel::Telephone.code());
        }
        if form.typed(LANGUAGE).is_empty() {
            form.fill(LANGUAGE, Language::Ja.code());
        }
        let other = |day: Date| Other { href: format!("{}?day={day}", purpose.here), day: month_day_ja(day) };
        let mut focus = true;
        let mut time = |slot: &Slot| Time {
            start: slot.start,
            free: slot.free(),
            focus: slot.free() > 0 && std::mem::take(&mut focus),
        };
        let [morning, afternoon] = [true, false].map(|morning| {
            known.slots.iter().filter(|slot| slot.start.is_morning() == morning).map(&mut time).collect()
        });
        Self {
            texts: Texts::new(Language::Ja),
            layout,
            form,
            problem,
            day: known.day,
            title: era_date(known.day),
            previous: known.around[0].map(other),
            next: known.around[1].map(other),
            first: known.first.filter(|first| *first != known.day).map(other),
            halves: [("午前", morning), ("午後", afternoon)],
            purpose,
            channels: [Channel::Telephone, Channel::Counter],
            operation,
        }
    }

    fn is_empty(&self) -> bool {
        self.halves.iter().all(|(_, times)| times.iter().all(|time| time.free == 0))
    }
}

impl Page for SlotsPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// What was pressed.
pub(super) struct Pressed {
    pub(super) day: Date,
    pub(super) start: Start,
    pub(super) channel: Channel,
}

/// Reads the day, the start and the way of asking.
pub(super) fn pressed(form: &mut Form) -> Result<Option<Pressed>, PageError> {
    let day: Date = form.typed(DAY).parse().map_err(|_| PageError::BadRequest)?;
    let start: Start = form.typed(START).parse().map_err(|_| PageError::BadRequest)?;
    let Ok(channel @ (Channel::Telephone | Channel::Counter)) = form.typed(CHANNEL).parse() else {
        form.refuse_ja(CHANNEL, "申し出の方法を選んでください。");
        return Ok(None);
    };
    Ok(Some(Pressed { day, start, channel }))
}

#[cfg(test)]
impl SlotsPage {
    pub(crate) fn sample(
        layout: Layout,
        purpose: Purpose,
        day: Date,
        form: Form,
        problem: Option<&str>,
    ) -> Self {
        let slot = |minutes: u16| Slot {
            start: Start::new(minutes).expect("a start"),
            places: 3,
            taken: u32::from(minutes / 10 % 5),
        };
        let slots = (9 * 6..17 * 6).map(|ten| slot(ten * 10)).collect();
        let around = [day.yesterday().ok(), day.tomorrow().ok()];
        let known = Known { day, slots, first: day.tomorrow().ok(), around };
        let operation = domain::id::Id::from_parts(1, 1);
        Self::new(layout, purpose, &known, form, problem.map(str::to_owned), operation)
    }
}
