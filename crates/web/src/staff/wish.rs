//! Wishes for an earlier day as the staff see them: what a booking waits for, left and taken back for a citizen who
//! telephones or is at the counter. Whose turn it is nobody decides here: the order is that of time.

mod list;
#[cfg(test)]
pub(crate) mod samples;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OperationId, ReservationId};
use domain::journal::Subject;
use domain::permission::Permission;
use domain::reservation::State as Booking;
use domain::service::Service;
use domain::time::month_day_ja;
use domain::wish::{Times, Wish};
use jiff::civil::{Date, Weekday};
use store::journal::View;
use store::op::{Operation, once};
use store::reservation::{BookingError, Reservation, party};
use store::wish::{self, Waiting, WishError};
use store::{Lane, Reader};

use super::account::words::wish_words;
use super::desk::{Access, Desk, Signed};
use super::listing::Listing;
use super::wording::moment;
use super::{Layout, Task, counter, field, renewal};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::wishing::{self, TIMES};

/// The list of all that wait.
pub(crate) const LIST: &str = "/wishes";

/// The lists of this part.
pub(crate) const LISTINGS: &[&Listing] = &[&list::LISTING];

/// Registers the screens of this part.
pub(crate) fn routes(desk: Desk) -> Desk {
    let may = Access::May;
    desk.get(LIST, may(Permission::SeeReservations), list::show)
        .get("/lists/wishes/{file}", may(Permission::SeeReservations), list::file)
        .get("/wishes/{id}", may(Permission::SeeReservations), show)
        .post("/wishes/{id}", may(Permission::Reserve), leave)
        .post("/wishes/{id}/withdraw", may(Permission::Reserve), withdraw)
}

/// The page of the wish of a reservation's booking.
pub(crate) fn route(id: ReservationId) -> String {
    format!("/wishes/{id}")
}

/// A wish that waits, with how many came before it.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    waiting: Waiting,
    ahead: u32,
}

/// Reads the wish of a reservation's booking.
pub(crate) fn told(reader: &mut Reader<'_>, of: &Reservation) -> Result<Option<Told>, store::Error> {
    let Some(waiting) = wish::open_of(reader, of)? else { return Ok(None) };
    let ahead = wish::ahead(reader, of.slot.service, &of.slot.site, waiting.id)?;
    Ok(Some(Told { waiting, ahead }))
}

impl Told {
    /// 11月24日(火)から11月27日(金)まで・月・火・午前（11月9日(月) 10:00に受付、先に2件）.
    fn text(&self) -> String {
        let Waiting { wish, left_at, .. } = &self.waiting;
        format!("{}（{}に受付、先に待っている予約{}件）", wish_words(wish), moment(*left_at), self.ahead)
    }
}

/// What the page of a reservation says of wishes, with the link to their page.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// What is waited for; none: nothing yet.
    pub(crate) text: Option<String>,
    /// The page.
    pub(crate) href: String,
}

impl Line {
    /// The line of a reservation; none where there is nothing to see and nothing to leave.
    pub(crate) fn of(
        app: &App,
        signed: &Signed,
        reservation: &Reservation,
        told: Option<&Told>,
    ) -> Option<Self> {
        let can = signed.may(Permission::Reserve)
            && reservation.state == Booking::Booked
            && wish::window(&app.rules(), reservation, app.now()).is_some();
        let text = told.map(Told::text);
        (can || text.is_some()).then(|| Self { text, href: route(reservation.id) })
    }
}

/// What is known of the booking.
pub(super) struct Known {
    reservation: Reservation,
    people: Vec<Reservation>,
    told: Option<Told>,
    /// The days that can be wished; none where nothing may be changed.
    days: Vec<Date>,
    may_change: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/wish/show.html")]
pub(super) struct WishPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    problem: Option<String>,
    id: ReservationId,
    booking_href: String,
    when: String,
    people: usize,
    waits: Option<String>,
    days: Vec<Date>,
    may_change: bool,
    operation: OperationId,
}

impl WishPage {
    /// The days of the week on which one of the days is: code, name, whether it is ticked.
    fn boxes(&self) -> Vec<(String, &'static str, bool)> {
        let open = wishing::weekdays(&self.days);
        let of = WEEK.iter().filter(|(day, _)| open.contains(*day)).map(|(day, name)| {
            let (code, is_ticked) = wishing::ticked(&self.form, *day);
            (code, *name, is_ticked)
        });
        of.collect()
    }

    fn times(&self) -> Vec<(&'static str, &'static str, bool)> {
        let chosen = self.form.typed(TIMES);
        Times::ALL.iter().map(|times| (times.code(), times.label(), times.code() == chosen)).collect()
    }

    /// The days of a field: as they are sent, as they are read, whether they are chosen.
    fn options(&self, field: &str) -> Vec<(String, String, bool)> {
        let options = wishing::options(&self.form, field, &self.days).into_iter();
        options.map(|(day, sent, is_chosen)| (sent, month_day_ja(day), is_chosen)).collect()
    }
}

impl Page for WishPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

const WEEK: [(Weekday, &str); 7] = [
    (Weekday::Monday, "月曜日"),
    (Weekday::Tuesday, "火曜日"),
    (Weekday::Wednesday, "水曜日"),
    (Weekday::Thursday, "木曜日"),
    (Weekday::Friday, "金曜日"),
    (Weekday::Saturday, "土曜日"),
    (Weekday::Sunday, "日曜日"),
];

/// Shows what is waited for.
async fn show(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, None, None).await
}

/// The page; `form`: as it was sent and refused.
async fn page(
    app: &App,
    signed: &Signed,
    id: ReservationId,
    form: Option<Form>,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let may = signed.may(Permission::Reserve);
    let (rules, now) = (app.rules(), app.now());
    let read = move |reader: &mut Reader<'_>| {
        let Some(reservation) = store::reservation::find(reader, id)? else { return Ok(None) };
        let told = told(reader, &reservation)?;
        let people = party::together(reader, &reservation)?;
        let may_change = may && reservation.state == Booking::Booked;
        let days = if may_change { wish::days(reader, &rules, &reservation, now)? } else { Vec::new() };
        Ok::<_, store::Error>(Some(Known { reservation, people, told, days, may_change }))
    };
    let known = app.db.read(read).await?.ok_or(PageError::NotFound)?;
    let subjects = known.people.iter().map(|person| Subject::Reservation(person.id)).collect();
    let found = u32::try_from(known.people.len()).unwrap_or(u32::MAX);
    let view = View { screen: "wish", asked: id.to_string(), subjects, found };
    let mut layout = signed.layout("早い日の希望").within(Task::Reservations);
    layout.refused = form.as_ref().is_some_and(Form::is_refused);
    let page = shown(layout, known, form, problem, app.operation());
    signed.shows(app, view, || respond(&page)).await
}

/// The page of what is known.
pub(super) fn shown(
    layout: Layout,
    known: Known,
    form: Option<Form>,
    problem: Option<String>,
    operation: OperationId,
) -> WishPage {
    let Known { reservation, people, told, days, may_change } = known;
    let waits = told.as_ref().map(|told| told.waiting.wish);
    let form = form.unwrap_or_else(|| wishing::filled(&days, waits));
    WishPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        id: reservation.id,
        booking_href: booking(&reservation),
        when: format!("{} {}", month_day_ja(reservation.slot.day), reservation.slot.start),
        people: people.len(),
        waits: told.as_ref().map(Told::text),
        days,
        may_change,
        operation,
    }
}

/// The page of a reservation.
fn booking(of: &Reservation) -> String {
    match of.slot.service {
        Service::Renewal => renewal::route::renewal(of.id),
        _ => counter::route::reservation(of.id),
    }
}

/// Leaves the wish that the citizen told, or another one in its place.
async fn leave(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let mut form = wishing::sent(&fields)?;
    let pressed = field::operation(&form)?;
    let (rules, now) = (app.rules(), app.now());
    let days = app.db.read(move |reader| match store::reservation::find(reader, id)? {
        Some(reservation) => wish::days(reader, &rules, &reservation, now).map(Some),
        None => Ok(None),
    });
    let days = days.await?.ok_or(PageError::NotFound)?;
    let Some(wish) = wishing::read(&mut form, &days) else {
        return page(&app, &signed, id, Some(form), None).await;
    };
    let Wish { from, until, weekdays, times } = wish;
    let operation = Operation::new(pressed, &format!("wish {id} {from} {until} {weekdays} {times}"));
    let left = app.write_wish(Lane::Staff, signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| wish::leave(tx, act, rules, id, &wish).map(drop))
    });
    let problem = match left.await {
        Ok(()) => return Ok(see_other(&route(id))),
        Err(WishError::NoDay) => {
            wishing::no_day(&mut form);
            return page(&app, &signed, id, Some(form), None).await;
        }
        Err(WishError::Store(error) | WishError::Booking(BookingError::Store(error))) => {
            return Err(error.into());
        }
        Err(WishError::Booking(BookingError::StaleRules)) => return Err(PageError::Full),
        Err(WishError::Reused(_)) => return Err(field::stale()),
        Err(WishError::NotTaken) => "いまの規則では、早い日の希望を受け付けていません。",
        Err(WishError::NotFound | WishError::Booking(_)) => {
            "予約が、この画面を開いた後に変わりました。予約の画面で確かめてください。何も変えていません。"
        }
    };
    page(&app, &signed, id, Some(form), Some(problem.to_owned())).await
}

/// Takes it back. Pressed twice is the same as once.
async fn withdraw(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let act = app.act(signed.actor());
    match app.db.write(Lane::Staff, move |tx| wish::withdraw(tx, &act, id)).await {
        Ok(()) => {
            app.availability_changed();
            Ok(see_other(&route(id)))
        }
        Err(WishError::NotFound) => Err(PageError::NotFound),
        Err(WishError::Store(error)) => Err(error.into()),
        Err(error) => Err(PageError::internal(error)),
    }
}
