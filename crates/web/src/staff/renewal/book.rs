//! Booking and moving renewals for those who telephone or come to the counter: the same places as on the web, without its
//! cut-off. There is nothing to scan, so this page is reached from 予約.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OperationId, ReservationId};
use domain::journal::{Slot as Place, Subject};
use domain::renewal::Coming;
use domain::reservation::{Channel, MOST_IN_PARTY, Pins, State as Booking, Visitor};
use domain::service::Service;
use domain::time::{Start, era_date, month_day_ja};
use jiff::civil::Date;
use store::Lane;
use store::journal::View;
use store::op::{Operation, once};
use store::reservation::shown::{Whom, unchanged};
use store::reservation::{BookingError, party, renewal};

use super::act::{CHANNEL, refusal};
use super::{business, route};
use crate::App;
use crate::availability::Slot;
use crate::citizen::visit::people;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::booking::slots::{self, Half, Known, Wanted};
use crate::staff::counter::reservation::shown::{AsShown, SHOWN, changed_since};
use crate::staff::desk::Signed;
use crate::staff::{Layout, Task};
use crate::staff::{field, wording};

const PEOPLE: &str = "people";
const DAY: &str = "day";
const START: &str = "start";
const LANGUAGE: &str = "language";
/// The fields of who comes, in the order of the people.
pub(super) const VISITORS: [&str; MOST_IN_PARTY] = ["visitor", "visitor-2", "visitor-3", "visitor-4"];
/// The fields of the PINs.
pub(super) const PINS: [&str; MOST_IN_PARTY] = ["pins", "pins-2", "pins-3", "pins-4"];

/// One start of the day.
pub(crate) struct Time {
    pub(crate) start: Start,
    pub(crate) free: u32,
    /// The starts of all the people who begin here, as the form sends them; empty where they do not fit.
    pub(crate) starts: String,
    /// 9時00分に2人、9時10分に1人; empty where they all come at once.
    pub(crate) spread: String,
    pub(crate) focus: bool,
}

/// One person's questions.
pub(crate) struct Person {
    pub(crate) n: usize,
    pub(crate) visitor: &'static str,
    pub(crate) pins: &'static str,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/renewal/book.html")]
pub(crate) struct BookPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    /// Where it is sent, and where another day is opened.
    pub(crate) here: String,
    pub(crate) people: usize,
    /// The questions; none where a booking is moved.
    pub(crate) persons: Vec<Person>,
    /// The present time, where a booking is moved.
    pub(crate) now: Option<String>,
    /// The booking as it is shown, where it is moved; empty where one is made.
    pub(crate) shown: String,
    pub(crate) day: Date,
    pub(crate) title: String,
    pub(crate) previous: Option<(String, String)>,
    pub(crate) next: Option<(String, String)>,
    pub(crate) first: Option<(String, String)>,
    pub(crate) times: Vec<Time>,
    pub(crate) channels: [Channel; 2],
    pub(crate) visitors: &'static [Visitor],
    pub(crate) all_pins: &'static [Pins],
    pub(crate) operation: OperationId,
}

impl Page for BookPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// The query of a day and a number of people.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Goto {
    day: Option<String>,
    people: Option<String>,
}

impl Goto {
    fn day(&self) -> Result<Option<Date>, PageError> {
        self.day.as_deref().filter(|day| !day.is_empty()).map(field::day_in).transpose()
    }

    fn people(&self) -> Result<usize, PageError> {
        match self.people.as_deref() {
            None | Some("") => Ok(1),
            Some(text) => number_of(text).ok_or(PageError::NotFound),
        }
    }
}

fn number_of(text: &str) -> Option<usize> {
    text.parse().ok().filter(|people| (1..=MOST_IN_PARTY).contains(people))
}

/// Looks at a day, or at the first with places for all.
async fn look(app: &App, day: Option<Date>, people: usize) -> Result<Known, PageError> {
    let wanted = Wanted { day, half: Half::Any, people, opens_from: None, channel: Channel::Telephone };
    slots::look(app, &business(app, app.today()), wanted).await
}

/// Shows the day for a booking.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(goto): Query<Goto>,
    signed: Signed,
) -> Result<Response, PageError> {
    let people = goto.people()?;
    let known = look(&app, goto.day()?, people).await?;
    Ok(respond(&page(&app, &signed, &known, people, form(people), None)))
}

/// A fresh form: telephone, Japanese, and what most people answer is left to be asked.
fn form(people: usize) -> Form {
    let mut form = Form::fresh();
    form.fill(CHANNEL, Channel::Telephone.code());
    form.fill(LANGUAGE, Language::JA.code());
    for visitor in VISITORS.into_iter().take(people) {
        form.fill(visitor, Visitor::Principal.code());
    }
    form
}

fn page(
    app: &App,
    signed: &Signed,
    known: &Known,
    people: usize,
    form: Form,
    problem: Option<String>,
) -> BookPage {
    let here = format!("{}?people={people}", route::BOOK);
    let persons = (0..people).map(|at| Person { n: at + 1, visitor: VISITORS[at], pins: PINS[at] });
    let title = "更新の予約を取る";
    view(
        app,
        signed,
        known,
        Purpose { title, here, people, persons: persons.collect(), now: None, shown: String::new() },
        form,
        problem,
    )
}

/// What the page is for.
struct Purpose {
    title: &'static str,
    here: String,
    people: usize,
    persons: Vec<Person>,
    now: Option<String>,
    shown: String,
}

fn view(
    app: &App,
    signed: &Signed,
    known: &Known,
    of: Purpose,
    form: Form,
    problem: Option<String>,
) -> BookPage {
    let join = if of.here.contains('?') { '&' } else { '?' };
    let other = |day: Date| (format!("{}{join}day={day}", of.here), month_day_ja(day));
    let slots: Vec<Slot> = known.open().collect();
    let free: Vec<(Start, u32)> = slots.iter().map(|slot| (slot.start, slot.free())).collect();
    let mut focus = true;
    let ja = Texts::new(Language::JA);
    let mut time = |(at, slot): (usize, &Slot)| {
        let seats = domain::capacity::seats(of.people, &free[at..]).unwrap_or_default();
        let together = seats.iter().all(|start| *start == slot.start);
        Time {
            start: slot.start,
            free: slot.free(),
            focus: !seats.is_empty() && std::mem::take(&mut focus),
            spread: if together { String::new() } else { people::times(ja, &seats) },
            starts: people::written(&seats),
        }
    };
    let mut layout = signed.layout(of.title).within(Task::Reservations);
    layout.refused = form.is_refused();
    BookPage {
        texts: ja,
        layout,
        form,
        problem,
        people: of.people,
        persons: of.persons,
        now: of.now,
        shown: of.shown,
        day: known.day,
        title: era_date(known.day),
        previous: known.around[0].map(other),
        next: known.around[1].map(other),
        first: known.firsts[0].filter(|first| *first != known.day).map(other),
        times: slots.iter().enumerate().map(&mut time).collect(),
        here: of.here.clone(),
        channels: [Channel::Telephone, Channel::Counter],
        visitors: Visitor::ALL,
        all_pins: Pins::ALL,
        operation: app.operation(),
    }
}

/// Reads who comes and whether the PINs are known; a proxy is asked for the sealed answer on the telephone, so the form
/// only refuses what would take two visits.
pub(super) fn coming(form: &mut Form, at: usize) -> Option<Coming> {
    let (who, pins) = (VISITORS[at], PINS[at]);
    let visitor: Option<Visitor> = form.typed(who).parse().ok();
    let known: Option<Pins> = form.typed(pins).parse().ok();
    if visitor.is_none() {
        form.refuse_ja(who, "来庁者を選んでください。");
    }
    if known.is_none() {
        form.refuse_ja(pins, "暗証番号がわかるかどうかを選んでください。");
    }
    let coming = Coming::in_one_visit(visitor?, known?, true);
    if coming.is_err() {
        let sentence = "本人の暗証番号がわからないとき、任意代理人は1回では手続きできません。\
            照会書送付依頼書の案内をしてください。";
        form.refuse_ja(pins, sentence);
    }
    coming.ok()
}

/// The day, the starts and the way of asking.
fn pressed(form: &mut Form) -> Result<Option<(Date, Vec<Start>, Channel)>, PageError> {
    let day: Date = form.typed(DAY).parse().map_err(|_| PageError::BadRequest)?;
    let starts = people::read(form.typed(START)).ok_or(PageError::BadRequest)?;
    let Ok(channel @ (Channel::Telephone | Channel::Counter)) = form.typed(CHANNEL).parse() else {
        form.refuse_ja(CHANNEL, "申し出の方法を選んでください。");
        return Ok(None);
    };
    Ok(Some((day, starts, channel)))
}

/// Books.
pub(crate) async fn book(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let names: Vec<&'static str> = [field::OPERATION, PEOPLE, DAY, START, CHANNEL, LANGUAGE]
        .into_iter()
        .chain(VISITORS)
        .chain(PINS)
        .collect();
    let mut form = fields.form(&names)?;
    let operation = field::operation(&form)?;
    let people = number_of(form.typed(PEOPLE)).ok_or(PageError::BadRequest)?;
    let day: Date = form.typed(DAY).parse().map_err(|_| PageError::BadRequest)?;
    let language = Language::from_code(form.typed(LANGUAGE)).ok_or(PageError::BadRequest)?.code();
    let answers: Vec<Option<Coming>> = (0..people).map(|at| coming(&mut form, at)).collect();
    let pressed = pressed(&mut form)?;
    let (Some((day, starts, channel)), false) = (pressed, form.is_refused()) else {
        let known = look(&app, Some(day), people).await?;
        return Ok(respond(&page(&app, &signed, &known, people, form, None)));
    };
    let coming: Vec<Coming> = answers.into_iter().flatten().collect();
    if starts.len() != people || coming.len() != people {
        return Err(PageError::BadRequest);
    }
    let site = app.settings.site.clone();
    let slot = |start: &Start| Place { service: Service::Renewal, site: site.clone(), day, start: *start };
    let wish = renewal::Wish {
        people: starts.iter().map(slot).zip(coming.iter().copied()).collect(),
        channel,
        language: language.to_owned(),
    };
    let request = format!(
        "renewal {day} {} {} {channel} {language}",
        people::written(&starts),
        domain::renewal::in_words(&coming)
    );
    let (operation, keys) = (Operation::new(operation, &request), app.keys.clone());
    let done = app.write_with_rules(Lane::Staff, signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            let booked = renewal::book(tx, act, &keys, rules, &wish)?;
            booked.first().map(|first| first.id).ok_or(BookingError::NotFound)
        })
    });
    match done.await {
        Ok(id) => {
            app.availability_changed();
            Ok(see_other(&route::renewal(id)))
        }
        Err(error) => {
            let problem = refusal(error)?;
            let known = look(&app, Some(day), people).await?;
            Ok(respond(&page(&app, &signed, &known, people, form, Some(problem))))
        }
    }
}

/// Shows the day for moving a booking, everybody of it together.
pub(crate) async fn moving(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(goto): Query<Goto>,
    signed: Signed,
) -> Result<Response, PageError> {
    let mut form = Form::fresh();
    form.fill(CHANNEL, Channel::Telephone.code());
    move_page(&app, &signed, field::id(&id)?, goto.day()?, form, None).await
}

async fn move_page(
    app: &App,
    signed: &Signed,
    id: ReservationId,
    day: Option<Date>,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let found = app.db.read(move |reader| {
        let found = store::reservation::find(reader, id)?;
        let Some(found) = found.filter(|found| found.slot.service == Service::Renewal) else {
            return Ok(None);
        };
        Ok::<_, store::Error>(Some((party::together(reader, &found)?, found)))
    });
    let Some((people, found)) = found.await? else { return Err(PageError::NotFound) };
    let subjects = people.iter().map(|person| Subject::Reservation(person.id)).collect();
    let count = people.len();
    let shown = u32::try_from(count).unwrap_or(u32::MAX);
    signed
        .viewed(app, View { screen: "renewal_move", asked: id.to_string(), subjects, found: shown })
        .await?;
    if found.state != Booking::Booked {
        return Ok(see_other(&route::renewal(id)));
    }
    let known = look(app, day, count).await?;
    let here = format!("{}/move", route::renewal(id));
    let now = format!("{} {}（{}）", era_date(found.slot.day), found.slot.start, wording::short(id));
    let of = Purpose {
        title: "更新の予約の日時を変更する",
        here,
        people: count,
        persons: Vec::new(),
        now: Some(now),
        shown: AsShown::of(&found, people.iter()).text(),
    };
    Ok(respond(&view(app, signed, &known, of, form, problem)))
}

/// Moves everybody of a booking.
pub(crate) async fn move_to(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, DAY, START, CHANNEL, SHOWN])?;
    let shown = AsShown::read(&form)?;
    let operation = field::operation(&form)?;
    let day: Date = form.typed(DAY).parse().map_err(|_| PageError::BadRequest)?;
    let Some((day, starts, channel)) = pressed(&mut form)? else {
        return move_page(&app, &signed, id, Some(day), form, None).await;
    };
    let request = format!("move {id} {day} {} {channel}", people::written(&starts));
    let chosen = format!("{} {}", month_day_ja(day), people::written(&starts));
    let (operation, versions) = (Operation::new(operation, &request), shown.versions(Whom::All));
    let done = app.write_with_rules(Lane::Staff, signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            unchanged(tx, id, &versions)?;
            renewal::move_all(tx, act, rules, id, day, &starts, channel)
        })
    });
    match done.await {
        Ok(()) => {
            app.availability_changed();
            Ok(see_other(&route::renewal(id)))
        }
        Err(BookingError::ChangedSince) => {
            let problem = changed_since(&app, id, Whom::All, &shown, Some(chosen)).await?;
            move_page(&app, &signed, id, Some(day), form, Some(problem)).await
        }
        Err(error) => {
            let problem = refusal(error)?;
            move_page(&app, &signed, id, Some(day), form, Some(problem)).await
        }
    }
}
