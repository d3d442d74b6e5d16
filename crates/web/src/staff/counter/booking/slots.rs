//! The slots of a day with what is free, and the first day that has a free one; the page shows them for booking and
//! for moving.
//!
//! The web's cut-off does not bind the staff; the places and the staff's own deadline do, and the transaction that takes a
//! place checks again. What they close is shown closed; who may go beyond them presses it, and is asked for a reason.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::http::StatusCode;
use domain::capacity::{Grant, Used};
use domain::id::OperationId;
use domain::journal::BusinessDay;
use domain::reservation::{Channel, Limit, MOST_IN_PARTY, Visitor};
use domain::time::{Start, era_date, minute_of, month_day_ja};
use jiff::ToSpan;
use jiff::civil::Date;

use super::beyond::Offer;
use crate::App;
use crate::availability::Slot;
use crate::citizen::visit::people;
use crate::kit::{Form, Language, Page, PageError, Texts};
use crate::staff::Layout;
use crate::staff::counter::business;
use crate::staff::counter::say::Saying;
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

/// The field of the rule that is gone beyond.
pub(super) const LIMIT: &str = "limit";
/// The field of the reason for it.
pub(super) const REASON: &str = "reason";
/// The field of the other cards of a family, by their ids.
pub(super) const WITH: &str = "with";
/// The field of the day until which places are held, where they are offered and not taken.
pub(super) const UNTIL: &str = "until";
/// The field that says that one of a family is moved without the others.
pub(super) const ALONE: &str = "alone";
/// The fields of who comes, in the order of the people.
pub(super) const VISITORS: [&str; MOST_IN_PARTY] = ["visitor", "visitor-2", "visitor-3", "visitor-4"];

/// The query of a day, of the half of it that suits, of the others of a family, and of one alone.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Goto {
    pub(super) day: Option<String>,
    pub(super) with: Option<String>,
    pub(super) alone: Option<String>,
    pub(super) half: Option<String>,
}

impl Goto {
    /// The half of the day that suits the citizen.
    pub(super) fn half(&self) -> Half {
        if self.half.as_deref() == Some(AFTERNOON) { Half::Afternoon } else { Half::Any }
    }

    /// The day, if one is asked for.
    pub(super) fn day(&self) -> Result<Option<Date>, PageError> {
        self.day.as_deref().filter(|day| !day.is_empty()).map(field::day_in).transpose()
    }
}

/// What suits the citizen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::staff) enum Half {
    /// Any time.
    Any,
    /// From noon on.
    Afternoon,
}

/// The value of the query.
const AFTERNOON: &str = "afternoon";

impl Half {
    fn suits(self, start: Start) -> bool {
        self == Self::Any || !start.is_morning()
    }
}

/// What is wanted of the days.
#[derive(Debug, Clone, Copy)]
pub(in crate::staff) struct Wanted {
    /// The day, where one is asked for.
    pub(in crate::staff) day: Option<Date>,
    /// The half of it.
    pub(in crate::staff) half: Half,
    /// For how many people.
    pub(in crate::staff) people: usize,
    /// The first day on which all of them may come.
    pub(in crate::staff) opens_from: Option<Date>,
    /// The way of booking whose free places are shown.
    pub(in crate::staff) channel: Channel,
}

/// The first day on which people may come whose letters were posted on these days.
pub(super) fn opens_from(app: &App, posted: impl Iterator<Item = Option<Date>>) -> Option<Date> {
    let (rules, of) = (app.rules(), business(app, app.today()));
    posted.flatten().filter_map(|on| rules.opens_from(of.service, &of.site, on)).max()
}

/// A slot, and the rule of the clock that keeps the staff from it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    slot: Slot,
    limit: Option<Limit>,
}

impl Bound {
    fn free(&self) -> u32 {
        if self.limit.is_some() { 0 } else { self.slot.free() }
    }
}

/// What is known of the days.
#[derive(Debug)]
pub(in crate::staff) struct Known {
    /// The day that is shown.
    pub(in crate::staff) day: Date,
    /// Which half of it was asked for.
    half: Half,
    /// Its slots that have not begun.
    slots: Vec<Bound>,
    /// The first day with places for all, from today on; and the first in the afternoon.
    pub(in crate::staff) firsts: [Option<Date>; 2],
    /// The next open days with how many places are free.
    coming: Vec<(Date, u32)>,
    /// The open days around the shown one.
    pub(in crate::staff) around: [Option<Date>; 2],
}

impl Known {
    /// The slots that no rule of the clock keeps from the staff.
    pub(in crate::staff) fn open(&self) -> impl Iterator<Item = Slot> {
        self.slots.iter().filter(|bound| bound.limit.is_none()).map(|bound| bound.slot)
    }
}

/// How many of the coming days stand at one glance: those of a week.
const COMING: usize = 6;

/// Looks at a day of a service, or at the first from today on with places for all.
pub(in crate::staff) async fn look(
    app: &App,
    today: &BusinessDay,
    wanted: Wanted,
) -> Result<Known, PageError> {
    let rules = app.rules();
    let BusinessDay { service, site, day: now } = today.clone();
    let window = rules.booking(service, now).map_or(0, |booking| booking.window_days);
    let last = now.saturating_add(i64::from(window).days());
    let (from, until) = wanted.day.map_or((now, last), |day| (now.min(day), last.max(day)));
    let asked = site.clone();
    let used = app.db.read(move |reader| store::capacity::used(reader, service, &asked, from, until)).await?;
    let used: HashMap<(Date, Start), Used> =
        used.into_iter().map(|(day, start, used)| ((day, start), used)).collect();
    let (instant, minute) = (app.now(), minute_of(app.now()));
    let slots = |day: Date| -> Vec<Bound> {
        let to_come = |start: Start| day > now || (day == now && start.minutes() > minute);
        let too_soon = wanted.opens_from.is_some_and(|from| day < from);
        let limit = rules.staff_limit_of_day(&BusinessDay { day, ..today.clone() }, instant);
        let limit = limit.or(too_soon.then_some(Limit::Window));
        let slot = |(start, grant): (Start, Grant)| {
            let used = used.get(&(day, start)).copied().unwrap_or_default();
            // The places of the slot, not of the way of booking: beyond a share there are more, with a reason.
            let places = u32::from(grant.places);
            // Where more are taken than there are places, the page says how many.
            let taken = places.saturating_sub(grant.free(wanted.channel, instant, used)).max(used.total());
            Bound { slot: Slot { start, places, taken }, limit }
        };
        let slots = rules.slots(service, &site, day).into_iter().map(slot);
        slots.filter(|bound| to_come(bound.slot.start)).collect()
    };
    let fit = |day: &Date, half: Half| {
        let free: Vec<(Start, u32)> = slots(*day).iter().map(|one| (one.slot.start, one.free())).collect();
        let fits = |at: usize| domain::capacity::seats(wanted.people, &free[at..]).is_some();
        (0..free.len()).any(|at| half.suits(free[at].0) && fits(at))
    };
    let open = |day: &Date| rules.next_open_day(service, &site, *day).filter(|next| *next <= last);
    let days = || std::iter::successors(Some(now), open);
    let firsts = [Half::Any, Half::Afternoon].map(|half| days().find(|day| fit(day, half)));
    let first = if wanted.half == Half::Afternoon { firsts[1] } else { firsts[0] };
    let day = wanted.day.or(first).unwrap_or(now);
    let around = [rules.previous_open_day(service, &site, day), rules.next_open_day(service, &site, day)];
    let around = around.map(|other| other.filter(|other| *other >= now));
    let is_open = |day: &Date| rules.is_open(service, &site, *day);
    let coming = days().filter(is_open).take(COMING);
    let coming = coming.map(|day| (day, slots(day).iter().map(Bound::free).sum())).collect();
    Ok(Known { day, half: wanted.half, slots: slots(day), firsts, coming, around })
}

/// A way to another day.
pub(crate) struct Other {
    pub(crate) href: String,
    pub(crate) day: String,
}

/// One of the coming days.
pub(crate) struct Coming {
    pub(crate) href: String,
    pub(crate) day: String,
    pub(crate) free: u32,
    /// The one that is shown.
    pub(crate) is_this: bool,
}

/// One start of the day.
pub(crate) struct Time {
    pub(crate) start: Start,
    pub(crate) free: u32,
    /// The starts of all the people who begin here, as the form sends them; empty where they do not fit.
    pub(crate) starts: String,
    /// Why they do not fit: 満員 and the like.
    pub(crate) closed: String,
    /// The starts of all, for who may go beyond a rule and is asked for a reason; empty where nobody may.
    pub(crate) beyond: String,
    /// How a family is spread over several slots; empty where they all come at once.
    pub(crate) spread: String,
    pub(crate) focus: bool,
}

/// One of the people for whom the page is.
pub(crate) struct Person {
    /// What the number is: of the card, or of a renewal.
    pub(crate) word: &'static str,
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
    /// What to read out, and what to do; nothing for a renewal.
    pub(crate) say: Option<Saying>,
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
    /// The booking as it is shown, where it is moved; empty where one is made.
    pub(crate) shown: String,
    /// Whether this person may go beyond the rules that close a slot, with a reason.
    pub(crate) may_override: bool,
    /// Where the form and the days lead.
    pub(crate) here: String,
    /// Whether the citizen's language is asked.
    pub(crate) asks_language: bool,
    /// The places are held and offered, and not taken; with what is offered now.
    pub(crate) offers: Option<Offers>,
}

/// That places are held and offered.
pub(crate) struct Offers {
    /// What is offered now, and ends when another place is.
    pub(crate) now: Option<String>,
}

/// The word for the number of a card.
pub(crate) const CONTROL: &str = "管理番号";

/// The page.
#[derive(Template)]
#[template(path = "staff/counter/booking/slots.html")]
pub(crate) struct SlotsPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    problem: Option<String>,
    offer: Option<Offer>,
    purpose: Purpose,
    day: Date,
    title: String,
    previous: Option<Other>,
    next: Option<Other>,
    first: Option<Other>,
    afternoon: Option<Other>,
    coming: Vec<Coming>,
    halves: [(&'static str, Vec<Time>); 2],
    channels: [Channel; 2],
    visitors: Vec<(&'static str, &'static str)>,
    operation: OperationId,
}

/// What went wrong with a form.
#[derive(Debug, Default)]
pub(super) struct Problem {
    /// In a sentence.
    pub(super) sentence: Option<String>,
    /// A rule that closed the slot, and the way beyond it.
    pub(super) offer: Option<Offer>,
}

impl From<String> for Problem {
    fn from(sentence: String) -> Self {
        Self { sentence: Some(sentence), offer: None }
    }
}

impl SlotsPage {
    /// The page with a form as it stands, and with what went wrong.
    pub(super) fn new(
        mut layout: Layout,
        purpose: Purpose,
        known: &Known,
        mut form: Form,
        problem: Problem,
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
            form.fill(LANGUAGE, Language::JA.code());
        }
        let mut rest = String::new();
        if !purpose.with.is_empty() {
            rest.extend(["&with=", &purpose.with]);
        }
        if purpose.all_href.is_some() {
            rest.push_str("&alone=1");
        }
        let href = |day: Date| format!("{}?day={day}{rest}", purpose.here);
        let other = |day: Date| Other { href: href(day), day: month_day_ja(day) };
        let afternoon = known.firsts[1]
            .map(|day| Other { href: format!("{}&half={AFTERNOON}", href(day)), day: month_day_ja(day) });
        let coming = known.coming.iter().map(|(day, free)| Coming {
            href: href(*day),
            day: month_day_ja(*day),
            free: *free,
            is_this: *day == known.day,
        });
        let coming = coming.collect();
        let halves = times(known, &purpose, problem.offer.as_ref().is_none_or(|offer| offer.take.is_none()));
        Self {
            texts: Texts::new(Language::JA),
            layout,
            form,
            problem: problem.sentence,
            offer: problem.offer,
            day: known.day,
            title: era_date(known.day),
            previous: known.around[0].map(other),
            next: known.around[1].map(other),
            first: known.firsts[0].map(other),
            afternoon,
            coming,
            halves,
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
        if self.problem.is_some() || (self.offer.is_some() && !self.form.is_refused()) {
            StatusCode::CONFLICT
        } else {
            self.form.status()
        }
    }
}

/// The times of a day, in its two halves. The first that has places for all gets the focus, unless a question has it.
fn times(known: &Known, purpose: &Purpose, focus: bool) -> [(&'static str, Vec<Time>); 2] {
    let free: Vec<(Start, u32)> = known.slots.iter().map(|one| (one.slot.start, one.free())).collect();
    let (count, mut focus) = (purpose.people.len(), focus);
    let mut time = |(at, one): (usize, &Bound)| {
        let start = one.slot.start;
        let seats = domain::capacity::seats(count, &free[at..]).unwrap_or_default();
        let may_beyond = seats.is_empty() && purpose.may_override && one.slot.places > 0;
        Time {
            start,
            free: one.free(),
            focus: !seats.is_empty() && known.half.suits(start) && std::mem::take(&mut focus),
            starts: people::written(&seats),
            closed: closed(one),
            beyond: if may_beyond { people::written(&vec![start; count]) } else { String::new() },
            spread: spread(&seats),
        }
    };
    [("午前", true), ("午後", false)].map(|(half, morning)| {
        let slots = known.slots.iter().enumerate();
        let of_half = slots.filter(|(_, one)| one.slot.start.is_morning() == morning);
        (half, of_half.map(&mut time).collect())
    })
}

/// Why nobody else, or not all of a family, gets a slot.
fn closed(one: &Bound) -> String {
    match one.limit {
        Some(Limit::Window) => "期間外".to_owned(),
        Some(_) => "締切後".to_owned(),
        None if one.slot.places == 0 => "なし".to_owned(),
        None if one.slot.free() > 0 => format!("空き{}（不足）", one.slot.free()),
        None => match one.slot.taken - one.slot.places {
            0 => "満員".to_owned(),
            over => format!("超過{over}"),
        },
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
    pub(super) reason: Option<String>,
}

/// Reads the day, the start, the way of asking, and the reason where a rule is gone beyond.
pub(super) fn pressed(form: &mut Form, beyond: bool) -> Result<Option<Pressed>, PageError> {
    let reason = beyond.then(|| super::beyond::reason(form));
    let day: Date = form.typed(DAY).parse().map_err(|_| PageError::BadRequest)?;
    let starts = people::read(form.typed(START)).ok_or(PageError::BadRequest)?;
    let Ok(channel @ (Channel::Telephone | Channel::Counter)) = form.typed(CHANNEL).parse() else {
        form.refuse_ja(CHANNEL, "申し出の方法を選んでください。");
        return Ok(None);
    };
    Ok((!form.is_refused()).then_some(Pressed { day, starts, channel, reason }))
}

#[cfg(test)]
impl SlotsPage {
    pub(crate) fn sample(
        layout: Layout,
        purpose: Purpose,
        day: Date,
        form: Form,
        problem: Option<&str>,
        offer: Option<Offer>,
    ) -> Self {
        let slot = |minutes: u16| Bound {
            slot: Slot {
                start: Start::new(minutes).expect("a start"),
                places: 3,
                taken: u32::from(minutes / 10 % 5),
            },
            limit: (minutes > 16 * 60).then_some(Limit::Cutoff),
        };
        let slots = (9 * 6..17 * 6).map(|ten| slot(ten * 10)).collect();
        let around = [day.yesterday().ok(), day.tomorrow().ok()];
        let firsts = [day.tomorrow().ok(); 2];
        let coming = (0..6).map(|n| (day.saturating_add(n.days()), 12)).collect();
        let known = Known { day, half: Half::Any, slots, firsts, coming, around };
        let operation = domain::id::Id::from_parts(1, 1);
        let problem = Problem { sentence: problem.map(str::to_owned), offer };
        Self::new(layout, purpose, &known, form, problem, operation)
    }
}
