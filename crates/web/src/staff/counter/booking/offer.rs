//! Choosing other places for one booking, of a card or of a renewal, which are held and offered to its citizen until a
//! deadline: for who wants to think it over, or whom the time that the program proposes does not suit. The booking stays
//! where it is; what was offered to it before ends.

use std::cmp::Ordering;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::id::ReservationId;
use domain::journal::{BusinessDay, Subject};
use domain::reservation::State as Booking;
use domain::service::Service;
use domain::time::{day_of, end_of_day, era_date, month_day_ja};
use jiff::ToSpan;
use jiff::civil::Date;
use store::card::Card;
use store::journal::View;
use store::offer::OfferError;
use store::offer::chosen::{self, Chosen};
use store::op::{Operation, once};
use store::reservation::shown::Whom;
use store::reservation::{BookingError, Reservation, party};
use store::{Lane, Reader};

use super::new::problem;
use super::slots::{
    CONTROL, DAY, Goto, Half, Offers, Person, Problem, Purpose, START, SlotsPage, UNTIL, Wanted, look,
    opens_from,
};
use crate::App;
use crate::citizen::visit::people;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError, respond};
use crate::staff::Task;
use crate::staff::account::rules::affected::{Offered, route_of};
use crate::staff::account::rules::hold::LONGEST;
use crate::staff::counter::reservation::show::page as show_reservation;
use crate::staff::counter::reservation::shown::{AsShown, SHOWN, changed_since};
use crate::staff::counter::route;
use crate::staff::counter::say::{Facts, Saying};
use crate::staff::desk::Signed;
use crate::staff::{field, renewal, wording};

/// What is known of a booking.
struct Known {
    this: Reservation,
    people: Vec<(Option<Card>, Reservation)>,
    shown: String,
    facts: Option<Facts>,
    now: Option<Offered>,
}

fn read(reader: &mut Reader<'_>, id: ReservationId, app: &App) -> Result<Option<Known>, store::Error> {
    let Some(this) = store::reservation::find(reader, id)? else { return Ok(None) };
    let together = party::together(reader, &this)?;
    let shown = AsShown::of(&this, together.iter()).text();
    let mut people = Vec::new();
    for person in together {
        let card = match person.card {
            Some(card) => store::card::find(reader, card)?,
            None => None,
        };
        people.push((card, person));
    }
    let facts = match this.card {
        Some(card) => Facts::read(reader, card)?,
        None => None,
    };
    let now = store::offer::open_of(reader, id)?.map(|offer| Offered::of(&offer, app.now()));
    Ok(Some(Known { this, people, shown, facts, now }))
}

/// Shows the times of a day that can be offered.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(goto): Query<Goto>,
    signed: Signed,
) -> Result<Response, PageError> {
    let wished = (goto.day()?, goto.half());
    page(&app, &signed, field::id(&id)?, wished, Form::fresh(), Problem::default()).await
}

async fn page(
    app: &Arc<App>,
    signed: &Signed,
    id: ReservationId,
    (day, half): (Option<Date>, Half),
    mut form: Form,
    problem: Problem,
) -> Result<Response, PageError> {
    let of = app.clone();
    let found = app.db.read(move |reader| read(reader, id, &of)).await?;
    let Known { this, people, shown, facts, now } = found.ok_or(PageError::NotFound)?;
    if this.state != Booking::Booked {
        // It ended while its times were looked at: the page of the reservation says so.
        return match problem.sentence {
            None => Ok(see_other(&page_of(&this))),
            sentence if this.slot.service == Service::Renewal => {
                renewal::show::page(app, signed, id, Form::fresh(), sentence).await
            }
            sentence => show_reservation(app, signed, id, Form::fresh(), sentence).await,
        };
    }
    // What is offered is held until the end of a day before its own.
    let tomorrow = app.today().saturating_add(1.day());
    let posted = people.iter().map(|(card, _)| card.as_ref().and_then(|card| card.posted_on));
    let opens = opens_from(app, posted).map_or(tomorrow, |opens| opens.max(tomorrow));
    let wanted = Wanted { day, half, people: people.len(), opens_from: Some(opens), channel: this.channel };
    let known = look(app, &BusinessDay { day: app.today(), ..this.slot.business_day() }, wanted).await?;
    if form.typed(UNTIL).is_empty() && form.fault(UNTIL).is_none() {
        form.fill(UNTIL, until_for(app, &this, known.day).to_string());
    }
    let mut subjects: Vec<Subject> = Vec::new();
    for (card, person) in &people {
        subjects.push(Subject::Reservation(person.id));
        subjects.extend(card.as_ref().map(|card| Subject::Card(card.id)));
    }
    let found = u32::try_from(people.len()).unwrap_or(u32::MAX);
    let view = View { screen: "offering", asked: id.to_string(), subjects, found };
    let starts: Vec<String> = people.iter().map(|(_, person)| person.slot.start.to_string()).collect();
    let title = "ほかの日時を提示する";
    let purpose = Purpose {
        title: title.to_owned(),
        say: facts.map(|facts| Saying::of(&facts, &app.rules(), app.now())),
        people: people.iter().map(|(card, person)| one(card.as_ref(), person)).collect(),
        with: String::new(),
        family_href: None,
        alone_href: None,
        all_href: None,
        now: Some(format!("{} {}", era_date(this.slot.day), starts.join("・"))),
        shown,
        may_override: false,
        here: route::offer(id),
        asks_language: false,
        offers: Some(Offers { now: now.map(|offered| offered.text()) }),
    };
    let layout = signed.layout(title).within(Task::Reservations);
    let operation = app.operation();
    signed
        .shows(app, view, || respond(&SlotsPage::new(layout, purpose, &known, form, problem, operation)))
        .await
}

/// One of the people: by the number of their card, or of their renewal.
fn one(card: Option<&Card>, person: &Reservation) -> Person {
    let (word, control, href) = match card {
        Some(card) => (CONTROL, wording::control(card.control_number), route::card(card.id)),
        None => ("更新の予約", wording::short(person.id), page_of(person)),
    };
    Person { word, control, href, field: None, without_href: None }
}

fn page_of(of: &Reservation) -> String {
    if of.slot.service == Service::Renewal {
        renewal::route::renewal(of.id)
    } else {
        route::reservation(of.id)
    }
}

/// The last day for an answer: as the rules give it, but before the day of the places.
fn until_for(app: &App, of: &Reservation, day: Date) -> Date {
    let by_rule = app.rules().offer_until(of.slot.service, &of.slot.site, app.now());
    let before = day.saturating_sub(1.day());
    by_rule.map_or(before, |until| day_of(until).min(before)).max(app.today())
}

/// Holds the places of the time that was pressed and offers them.
pub(crate) async fn offer(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, DAY, START, UNTIL, SHOWN])?;
    let pressed = field::operation(&form)?;
    let shown = AsShown::read(&form)?;
    let day: Date = form.typed(DAY).parse().map_err(|_| PageError::BadRequest)?;
    let starts = people::read(form.typed(START)).ok_or(PageError::BadRequest)?;
    let at = (Some(day), Half::Any);
    let Some(until) = until(&mut form, app.today(), day) else {
        return page(&app, &signed, id, at, form, Problem::default()).await;
    };
    let when = format!("{} {}", month_day_ja(day), people::written(&starts));
    let operation = Operation::new(pressed, &format!("offer {id} {when} {until}"));
    let (versions, wanted) = (shown.versions(Whom::All), Chosen { day, starts, until: end_of_day(until) });
    let offered = app.write_offer(Lane::Staff, signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| chosen::offer(tx, act, rules, id, &versions, &wanted))
    });
    let offered = offered.await;
    app.availability_changed();
    let sentence = match offered {
        Ok(offer) => return Ok(see_other(&route_of(offer))),
        Err(OfferError::Booking(BookingError::ChangedSince)) => {
            changed_since(&app, id, Whom::All, &shown, Some(when)).await?
        }
        Err(OfferError::SamePlace) => {
            "今の予約と同じ時間になる方がいます。全員が今と違う時間になるように選んでください。".to_owned()
        }
        Err(OfferError::Booking(error)) => problem(error)?,
        Err(OfferError::NotFound) => return Err(PageError::NotFound),
        Err(OfferError::Reused(_)) => return Err(field::stale()),
        Err(OfferError::Store(error)) => return Err(error.into()),
        // Midnight came between the form and its answer.
        Err(OfferError::TooLong) => "返事の期限を過ぎています。期限を選び直してください。".to_owned(),
        Err(error @ (OfferError::Ended(_) | OfferError::PlaceClosed)) => {
            return Err(PageError::internal(error));
        }
    };
    page(&app, &signed, id, at, form, sentence.into()).await
}

/// Reads the last day for an answer.
fn until(form: &mut Form, today: Date, day: Date) -> Option<Date> {
    let until = field::day(form, UNTIL, "返事の期限")?;
    let last = day.saturating_sub(1.day()).min(today.saturating_add(LONGEST.days()));
    if until < today || until > last {
        let sentence = match last.cmp(&today) {
            Ordering::Less => {
                "明日以後の日時を選んでください。今日の日時には、「日時を変更する」でその場で変更できます。"
                    .to_owned()
            }
            Ordering::Equal => "明日の日時を提示するときは、返事の期限を今日にしてください。".to_owned(),
            Ordering::Greater => {
                format!("返事の期限は、今日から{}までの日にしてください。", month_day_ja(last))
            }
        };
        form.refuse_ja(UNTIL, sentence);
        return None;
    }
    Some(until)
}
