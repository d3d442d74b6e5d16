//! The slots of a day with what is free, and the first day that has a free one; the page shows them for booking and
//! for moving.
//!
//! The web's cut-off does not bind the staff; the places do, and the transaction that takes one checks again.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::http::StatusCode;
use domain::id::OperationId;
use domain::journal::BusinessDay;
use domain::reservation::{Channel, MOST_IN_PARTY, Visitor};
use domain::time::{Start, era_date, minute_of, month_day_ja};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::App;
use crate::availability::Slot;
use crate::citizen::visit::people;
use crate::kit::{Form, Language, Page, PageError, Texts};
use crate::staff::Layout;
use crate::staff::counter::business;
use crate::staff::{field, wording};

/// Who may be said to come, with the word for it; the last is that nobody asked yet.
pub(crate) fn visitors() -> Vec<(&'static str, &'static str)> {
    let known = Visitor::ALL.iter().map(|visitor| (visitor.code(), visitor.label()));
    known.chain([(UNKNOWN, wording::visitor(None))]).collect()
}

/// The value that says that nobody asked who comes.
pub(crate) const UNKNOWN: &str = "unknown";

/// Reads who comes; none where nobody asked yet.
pub(crate) fn visitor(form: &Form, field: &str) -> Result<Option<Visitor>, PageError> {
    match form.typed(field) {
        "" | UNKNOWN => Ok(None),
        code => code.parse().map(Some).map_err(|_| PageError::BadRequest),
    }
}

/// The field of the day.
pub(super) const DAY: &str = "day";
/// The field of the start.
pub(super) const START: &str = "start";
/// The field that says how the citizen asks.
pub(super) const CHANNEL: &str = "channel";
/// The field of the citizen's language.
pub(super) const LANGUAGE: &str = "language";

/// The field of the other cards of a family, by their ids.
pub(super) const WITH: &str = "with";
/// The field that says that one of a family is moved without the others.
pub(super) const ALONE: &str = "alone";
/// The fields of who comes, in the order of the people.
pub(super) const VISITORS: [&str; MOST_IN_PARTY] = ["visitor", "visitor-2", "visitor-3", "visitor-4"];

/// The query of a day, of the others of a family, and of one alone.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Goto {
    pub(super) day: Option<String>,
    pub(super) with: Option<String>,
    pub(super) alone: Option<String>,
}

impl Goto {
    /// The day, if one is asked for.
    pub(super) fn day(&self) -> Result<Option<Date>, PageError> {
        self.day.as_deref().filter(|day| !day.is_empty()).map(field::day_in).transpose()
    }
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
    /// The starts of all the people who begin here, as the form sends them; empty where they do not fit.
    pub(crate) starts: String,
    /// How a family is spread over several slots; empty where they all come at once.
    pub(crate) spread: String,
    pub(crate) focus: bool,
}

/// One of the people for whom the page is.
pub(crate) struct Person {
    /// 管理番号, as people read it.
    pub(crate) control: String,
    /// The card.
    pub(crate) href: String,
    /// The field of who comes; none where it is not asked.
    pub(crate) field: Option<&'static str>,
    /// The page without this one; none for the first.
    pub(crate) without_href: Option<String>,
}

/// What the page is for.
pub(crate) struct Purpose {
    /// The heading.
    pub(crate) title: String,
    /// The sentence to read out.
    pub(crate) say: String,
    /// The people, in their order; at least one.
    pub(crate) people: Vec<Person>,
    /// The others of the family as the address has them; empty for somebody alone.
    pub(crate) with: String,
    /// Where another card of the family is added; none where that is not done here.
    pub(crate) family_href: Option<String>,
    /// One of a family is moved without the others; where all are moved instead.
    pub(crate) all_href: Option<String>,
    /// All of a family are moved; where one is moved alone instead.
    pub(crate) alone_href: Option<String>,
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
    visitors: Vec<(&'static str, &'static str)>,
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
        for field in VISITORS {
            if form.typed(field).is_empty() {
                form.fill(field, UNKNOWN);
            }
        }
        if form.typed(LANGUAGE).is_empty() {
            form.fill(LANGUAGE, Language::Ja.code());
        }
        let mut rest = String::new();
        if !purpose.with.is_empty() {
            rest.extend(["&with=", &purpose.with]);
        }
        if purpose.all_href.is_some() {
            rest.push_str("&alone=1");
        }
        let other =
            |day: Date| Other { href: format!("{}?day={day}{rest}", purpose.here), day: month_day_ja(day) };
        let free: Vec<(Start, u32)> = known.slots.iter().map(|slot| (slot.start, slot.free())).collect();
        let mut focus = true;
        let mut time = |(at, slot): (usize, &Slot)| {
            let seats = domain::capacity::seats(purpose.people.len(), &free[at..]).unwrap_or_default();
            Time {
                start: slot.start,
                free: slot.free(),
                focus: !seats.is_empty() && std::mem::take(&mut focus),
                starts: people::written(&seats),
                spread: spread(&seats),
            }
        };
        let [morning, afternoon] = [true, false].map(|morning| {
            let slots = known.slots.iter().enumerate();
            slots.filter(|(_, slot)| slot.start.is_morning() == morning).map(&mut time).collect()
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
            visitors: visitors(),
            operation,
        }
    }

    fn is_empty(&self) -> bool {
        self.halves.iter().all(|(_, times)| times.iter().all(|time| time.starts.is_empty()))
    }
}

impl Page for SlotsPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// How a family is spread over several slots: 2人・9:10に1人. Empty where they all come at once.
fn spread(seats: &[Start]) -> String {
    let mut counts: BTreeMap<Start, usize> = BTreeMap::new();
    for start in seats {
        *counts.entry(*start).or_default() += 1;
    }
    if counts.len() < 2 {
        return String::new();
    }
    let part = |(start, count): (&Start, &usize)| format!("{start} {count}人");
    counts.iter().map(part).collect::<Vec<_>>().join("・")
}

/// What was pressed: one start for each of the people.
pub(super) struct Pressed {
    pub(super) day: Date,
    pub(super) starts: Vec<Start>,
    pub(super) channel: Channel,
}

/// Reads the day, the start and the way of asking.
pub(super) fn pressed(form: &mut Form) -> Result<Option<Pressed>, PageError> {
    let day: Date = form.typed(DAY).parse().map_err(|_| PageError::BadRequest)?;
    let starts = people::read(form.typed(START)).ok_or(PageError::BadRequest)?;
    let Ok(channel @ (Channel::Telephone | Channel::Counter)) = form.typed(CHANNEL).parse() else {
        form.refuse_ja(CHANNEL, "申し出の方法を選んでください。");
        return Ok(None);
    };
    Ok(Some(Pressed { day, starts, channel }))
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
