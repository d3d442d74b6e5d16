//! A wish for an earlier day: which days and times somebody would rather come, left for a booking that stays as it is,
//! changed, and taken back. What becomes free is offered to them ([`super::offer`]).

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::id::{OperationId, VisitId};
use domain::journal::Actor;
use domain::wish::{Times, Wish};
use jiff::ToSpan;
use jiff::civil::Date;
use store::Lane;
use store::op::{Operation, once};
use store::reservation::BookingError;
use store::wish::{self, Waiting, WishError};

use super::show::Banner;
use crate::App;
use crate::citizen::mail::offer::{self as mail, Contact, Offer};
use crate::citizen::visit::begun::{self, Booking, Opened, opened};
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::dates::WEEKDAYS;
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, Form, Page, PageError, Texts, respond};
use crate::wishing::{self, FROM, OPERATION, TIMES, UNTIL};

/// A wish that waits, as the pages of its booking tell it.
#[derive(Debug, Clone)]
pub struct Told {
    /// What is wished.
    pub wish: Wish,
    /// How many came before it for the same counter.
    pub ahead: u32,
}

impl Told {
    /// From which day to which.
    pub fn days(&self, texts: &Texts) -> String {
        texts.with2(
            key!("wish-range"),
            "from",
            texts.month_day(self.wish.from),
            "until",
            texts.month_day(self.wish.until),
        )
    }

    /// On which days of the week.
    pub fn weekdays(&self, texts: &Texts) -> String {
        let all = if texts.language().is_japanese() { "・" } else { ", " };
        let set = self.wish.weekdays;
        if set.len() == 7 {
            return texts.get(key!("wish-every-day")).into_owned();
        }
        let named = names().filter(|(day, _)| set.contains(day.weekday()));
        named.map(|(_, (_, short))| texts.get(short).into_owned()).collect::<Vec<_>>().join(all)
    }

    /// At which times.
    pub fn times(&self) -> &'static str {
        times_key(self.wish.times)
    }
}

/// A day of each day of the week, Sunday first, with its messages.
fn names() -> impl Iterator<Item = (Date, (&'static str, &'static str))> {
    /// A Sunday.
    const SUNDAY: Date = jiff::civil::date(2026, 11, 1);
    (0..7).map(|n| SUNDAY.saturating_add(n.days())).zip(WEEKDAYS)
}

/// The message of the times of the day.
pub(crate) fn times_key(times: Times) -> &'static str {
    match times {
        Times::Any => key!("wish-any-time"),
        Times::Morning => key!("wish-morning"),
        Times::Afternoon => key!("wish-afternoon"),
    }
}

/// What the page of a booking says of wishes.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The wish that waits.
    pub told: Option<Told>,
    /// The page of the wish.
    pub href: String,
}

/// What to say on the page of a booking; nothing where no earlier day can be had and nothing waits.
pub(super) async fn asking(
    app: &App,
    visit: VisitId,
    booking: &Booking,
) -> Result<Option<Asking>, PageError> {
    let told = waiting(app, booking).await?;
    let can = wish::window(&app.rules(), &booking.first, app.now()).is_some();
    Ok((can || told.is_some()).then(|| Asking { told, href: route::wish(visit) }))
}

async fn waiting(app: &App, booking: &Booking) -> Result<Option<Told>, PageError> {
    let of = booking.first.clone();
    let found = app.db.read(move |reader| {
        let Some(Waiting { id, wish, .. }) = wish::open_of(reader, &of)? else {
            return Ok::<_, store::Error>(None);
        };
        Ok(Some(Told { wish, ahead: wish::ahead(reader, of.slot.service, &of.slot.site, id)? }))
    });
    Ok(found.await?)
}

/// What can be wished for, and what is known of the booking beside it.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The open days that are earlier and can still be booked on the web.
    pub days: Vec<Date>,
    /// The wish that waits.
    pub told: Option<Told>,
    /// What is said about mail; none where no address may be held.
    pub offer: Option<Offer>,
    /// For how many open days what is offered is kept.
    pub kept: u8,
}

/// The page of a wish.
#[derive(Template)]
#[template(path = "citizen/reservation/wish.html")]
pub struct WishPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    choice: Choice,
    operation: OperationId,
    wish_href: String,
    withdraw_href: String,
    move_href: Option<String>,
    back_href: String,
}

impl WishPage {
    /// The page with the form as it stands; `may_move`: whether another time can be chosen here.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        choice: Choice,
        may_move: bool,
        operation: OperationId,
        form: Form,
    ) -> Self {
        Self {
            texts: layout.texts(),
            layout: layout.with_form(&form),
            form,
            choice,
            operation,
            wish_href: route::wish(visit),
            withdraw_href: route::wish_withdraw(visit),
            move_href: may_move.then(|| route::days(visit)),
            back_href: route::show(visit),
        }
    }

    /// The days of the week that can be wished: code, message, whether it is ticked.
    fn boxes(&self) -> Vec<(String, &'static str, bool)> {
        let open = wishing::weekdays(&self.choice.days);
        let one = |(day, (long, _)): (Date, (&'static str, &'static str))| {
            let (code, is_ticked) = wishing::ticked(&self.form, day.weekday());
            (code, long, is_ticked)
        };
        names().filter(|(day, _)| open.contains(day.weekday())).map(one).collect()
    }

    /// The fields of the first and the last day, with their messages.
    fn ends() -> [(&'static str, &'static str); 2] {
        [(FROM, key!("wish-from")), (UNTIL, key!("wish-until"))]
    }

    /// The times of the day: code, message, whether it is chosen.
    fn times(&self) -> Vec<(&'static str, &'static str, bool)> {
        let chosen = self.form.typed(TIMES);
        Times::ALL.iter().map(|times| (times.code(), times_key(*times), times.code() == chosen)).collect()
    }

    /// The days of a field: the day, as it is sent, whether it is chosen.
    fn options(&self, field: &str) -> Vec<(Date, String, bool)> {
        wishing::options(&self.form, field, &self.choice.days)
    }

    /// Whether whoever is offered something is told by mail.
    fn by_mail(&self) -> bool {
        self.choice.offer.as_ref().is_some_and(|offer| offer.contact == Contact::Confirmed)
    }
}

impl Page for WishPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// The booking of a visit that can have a wish, and what can be wished; or the page that fits instead.
async fn choice(app: &App, opened: &Opened) -> Result<Result<(Booking, Choice), Response>, PageError> {
    let id = opened.visit.id;
    let booked = match opened.standing(app.now()) {
        begun::Standing::Booked(booked) => booked,
        other => return Ok(Err(other.go_on(id))),
    };
    let rules = app.rules();
    let slot = booked.first.slot.clone();
    let (of, now) = (booked.first.clone(), app.now());
    let days = {
        let rules = rules.clone();
        app.db.read(move |reader| wish::days(reader, &rules, &of, now)).await?
    };
    let told = waiting(app, &booked).await?;
    if days.is_empty() && told.is_none() {
        return Ok(Err(see_other(&route::show(id))));
    }
    let kept = rules.booking(slot.service, app.today()).map_or(0, |booking| booking.wish_open_days);
    let offer = mail::offer(app, id, &booked).await?;
    Ok(Ok((booked, Choice { days, told, offer, kept })))
}

fn page(
    app: &App,
    asked: &Asked,
    visit: VisitId,
    (booked, choice): (&Booking, Choice),
    form: Form,
) -> Response {
    let layout = frame::layout(app, asked).at(route::wish(visit));
    let may_move = begun::deadlines(app, booked).may_move();
    respond(&WishPage::new(layout, visit, choice, may_move, app.operation(), form))
}

/// Asks what is wished.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let opened = opened(&app, &headers, &visit).await?;
    Ok(match choice(&app, &opened).await? {
        Ok((booked, choice)) => {
            let form = wishing::filled(&choice.days, choice.told.as_ref().map(|told| told.wish));
            page(&app, &asked, opened.visit.id, (&booked, choice), form)
        }
        Err(elsewhere) => elsewhere,
    })
}

/// Leaves the wish, or another one in its place.
pub(crate) async fn leave(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = wishing::sent(&fields)?;
    let operation: OperationId = form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)?;
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    let (booked, choice) = match choice(&app, &opened).await? {
        Ok(found) => found,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let Some(wish) = wishing::read(&mut form, &choice.days) else {
        return Ok(page(&app, &asked, id, (&booked, choice), form));
    };
    let of = booked.first.id;
    let Wish { from, until, weekdays, times } = wish;
    let operation = Operation::new(operation, &format!("wish {of} {from} {until} {weekdays} {times}"));
    let left = app.write_wish(Lane::Public, Actor::Citizen, move |tx, act, rules| {
        once(tx, act, &operation, |tx| wish::leave(tx, act, rules, of, &wish).map(drop))
    });
    match left.await {
        Ok(()) => Ok(see_other(&route::changed(id, Banner::WishLeft.code()))),
        Err(WishError::NoDay) => {
            wishing::no_day(&mut form);
            Ok(page(&app, &asked, id, (&booked, choice), form))
        }
        Err(WishError::Store(error) | WishError::Booking(BookingError::Store(error))) => Err(error.into()),
        // The rules keep changing: in a moment they will stand.
        Err(WishError::Booking(BookingError::StaleRules)) => Err(PageError::Full),
        Err(WishError::Reused(_)) => Err(PageError::Conflict("the form is stale".to_owned())),
        // The booking or the rules went on at this moment: the page says how it stands now.
        Err(WishError::NotTaken | WishError::NotFound | WishError::Booking(_)) => {
            Ok(see_other(&route::changed(id, Banner::Changed.code())))
        }
    }
}

/// Takes the wish back. Pressed twice is the same as once.
pub(crate) async fn withdraw(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    let booked = match opened.standing(app.now()) {
        begun::Standing::Booked(booked) => booked,
        other => return Ok(other.go_on(id)),
    };
    let (act, of) = (app.act(Actor::Citizen), booked.first.id);
    match app.db.write(Lane::Public, move |tx| wish::withdraw(tx, &act, of)).await {
        Ok(()) => {
            app.availability_changed();
            Ok(see_other(&route::changed(id, Banner::WishWithdrawn.code())))
        }
        Err(WishError::NotFound) => Ok(see_other(&route::show(id))),
        Err(WishError::Store(error)) => Err(error.into()),
        Err(error) => Err(PageError::internal(error)),
    }
}
