//! A reservation that was found.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::VisitId;
use domain::reservation::{MOST_IN_PARTY, State as Reserved};
use store::reservation::{Reservation, unplaced};

use super::offer::{self, Offered};
use super::wish::{self, Asking};
use crate::App;
use crate::citizen::mail::offer::{self as mail, Offer};
use crate::citizen::visit::Appointment;
use crate::citizen::visit::begun::{
    Booking, Deadlines, Standing, deadlines, deadlines_of, has_begun, opened,
};
use crate::citizen::visit::done::{number_code, people_of};
use crate::citizen::visit::ended::{Reason, RefusedPage};
use crate::citizen::visit::people::{ListFor, Person, belongings};
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::qr::TooLong;
use crate::kit::{Asked, Page, PageError, Texts, respond};

/// A sentence above the booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Banner {
    /// The citizen went back from cancelling, or it could not be done.
    NotCancelled,
    /// It was not moved: the time for that is over.
    NotMoved,
    /// It was not moved: it was moved here as often as it may be.
    NoMoreChanges,
    /// It was moved to the time that is shown.
    Moved,
    /// Somebody was added.
    Added,
    /// Somebody was taken out.
    TakenOut,
    /// Who comes was changed.
    Visitor,
    /// An address was given, and its owner is asked by mail.
    MailAsked,
    /// The address was taken away.
    MailRemoved,
    /// It was moved to the places that were offered.
    Accepted,
    /// What was offered was not wanted.
    Declined,
    /// The offer had ended before it was answered.
    OfferEnded,
    /// What was offered to a wish was not wanted; it waits on.
    DeclinedWish,
    /// A wish for an earlier day was left.
    WishLeft,
    /// It was taken back.
    WishWithdrawn,
    /// The booking changed while something was asked of it, which was therefore not done.
    Changed,
}

impl Banner {
    fn key(self) -> &'static str {
        match self {
            Self::NotCancelled => key!("banner-not-cancelled"),
            Self::NotMoved => key!("banner-not-moved"),
            Self::NoMoreChanges => key!("banner-no-more-changes"),
            Self::Moved => key!("banner-moved"),
            Self::Added => key!("banner-added"),
            Self::TakenOut => key!("banner-taken-out"),
            Self::Visitor => key!("banner-visitor"),
            Self::MailAsked => key!("banner-mail-asked"),
            Self::MailRemoved => key!("banner-mail-removed"),
            Self::Accepted => key!("banner-accepted"),
            Self::Declined => key!("banner-declined"),
            Self::DeclinedWish => key!("banner-declined-wish"),
            Self::WishLeft => key!("banner-wish-left"),
            Self::WishWithdrawn => key!("banner-wish-withdrawn"),
            Self::OfferEnded => key!("banner-offer-ended"),
            Self::Changed => key!("banner-changed"),
        }
    }

    /// The part of the address of [`route::changed`].
    pub(in crate::citizen) fn code(self) -> &'static str {
        match self {
            Self::NotCancelled => "not-cancelled",
            Self::NotMoved => "not-moved",
            Self::NoMoreChanges => "no-more-changes",
            Self::Moved => "moved",
            Self::Added => "added",
            Self::TakenOut => "taken-out",
            Self::Visitor => "visitor",
            Self::MailAsked => "mail-asked",
            Self::MailRemoved => "mail-removed",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::DeclinedWish => "declined-wish",
            Self::WishLeft => "wish-left",
            Self::WishWithdrawn => "wish-withdrawn",
            Self::OfferEnded => "offer-ended",
            Self::Changed => "changed",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        let all = [
            Self::NotCancelled,
            Self::NotMoved,
            Self::NoMoreChanges,
            Self::Moved,
            Self::Added,
            Self::TakenOut,
            Self::Visitor,
            Self::MailAsked,
            Self::MailRemoved,
            Self::Accepted,
            Self::Declined,
            Self::DeclinedWish,
            Self::WishLeft,
            Self::WishWithdrawn,
            Self::OfferEnded,
            Self::Changed,
        ];
        all.into_iter().find(|banner| banner.code() == code)
    }
}

/// A person of the booking, with what can be done for them.
pub struct Line {
    /// The person.
    pub person: Person,
    /// Where who comes is changed.
    pub visitor_href: Option<String>,
    /// Where the card is taken out; none for somebody alone.
    pub take_out_href: Option<String>,
}

/// What is shown of a booking.
pub struct Shown {
    /// Its number, 4-5-5.
    pub number: String,
    /// When and where.
    pub appointment: Appointment,
    /// Its people.
    pub lines: Vec<Line>,
    /// Until when what can be done; none when its day came.
    pub deadlines: Option<Deadlines>,
    /// Whether another card can be added.
    pub may_add: bool,
    /// Nobody came, and another day can be booked.
    pub missed: bool,
    /// Whether a change of the rules took the places of its time, and nobody decided yet that it stays.
    pub closed: bool,
    /// Other places that are held for it, and wait for an answer.
    pub offered: Option<Offered>,
    /// What is said of wishes for an earlier day; none where there is none to be had.
    pub wish: Option<Asking>,
    /// What is said about mail; none where no address may be held, or its day came.
    pub offer: Option<Offer>,
}

/// The page of a booking.
#[derive(Template)]
#[template(path = "citizen/reservation/show.html")]
pub struct ShowPage {
    texts: Texts,
    layout: Layout,
    banner: Option<Banner>,
    number: String,
    code: String,
    appointment: Appointment,
    lines: Vec<Line>,
    lists: Vec<ListFor>,
    closed: bool,
    offered: Option<Offered>,
    offer_href: String,
    deadlines: Option<Deadlines>,
    move_href: Option<String>,
    cancel_href: Option<String>,
    add_href: Option<String>,
    again_href: Option<&'static str>,
    calendar_href: String,
    wish: Option<Asking>,
    offer: Option<Offer>,
}

impl ShowPage {
    /// The page for what is known of the booking.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        shown: Shown,
        banner: Option<Banner>,
    ) -> Result<Self, TooLong> {
        let Shown { number, appointment, lines, deadlines, may_add, missed, closed, offered, wish, offer } =
            shown;
        let people: Vec<Person> = lines.iter().map(|line| line.person.clone()).collect();
        let may_move = deadlines.is_some_and(|deadlines| deadlines.may_move());
        let may_cancel = deadlines.is_some_and(|deadlines| deadlines.may_cancel());
        let is_renewal = appointment.is_renewal();
        Ok(Self {
            texts: layout.texts(),
            layout,
            banner,
            code: number_code(&number)?,
            number,
            appointment,
            lists: belongings(&people),
            closed,
            offered,
            offer_href: route::offer(visit),
            lines,
            deadlines,
            move_href: may_move.then(|| route::days(visit)),
            cancel_href: may_cancel.then(|| route::cancel(visit)),
            add_href: may_add.then(|| route::add(visit)),
            again_href: missed.then(|| if is_renewal { route::renewal() } else { route::key() }),
            calendar_href: route::calendar(visit),
            wish,
            offer,
        })
    }
}

impl Page for ShowPage {}

/// Shows the booking of a visit.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let opened = opened(&app, &headers, &visit).await?;
    let id = opened.visit.id;
    match opened.standing(app.now()) {
        Standing::Booked(booking) | Standing::Over(booking) => page(&app, &asked, id, &booking, None).await,
        Standing::Call => {
            let layout = frame::layout(&app, &asked).at(route::show(id));
            Ok(respond(&RefusedPage::new(layout, Reason::Ask)))
        }
        other => Ok(other.go_on(id)),
    }
}

/// Shows the booking after it was moved.
pub(crate) async fn moved(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    after(&app, &asked, &headers, &visit, Banner::Moved).await
}

/// Shows the booking after something else of it was changed.
pub(crate) async fn changed(
    State(app): State<Arc<App>>,
    Path((visit, what)): Path<(String, String)>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let banner = Banner::from_code(&what).ok_or(PageError::NotFound)?;
    after(&app, &asked, &headers, &visit, banner).await
}

async fn after(
    app: &App,
    asked: &Asked,
    headers: &HeaderMap,
    visit: &str,
    banner: Banner,
) -> Result<Response, PageError> {
    let opened = opened(app, headers, visit).await?;
    let id = opened.visit.id;
    match opened.standing(app.now()) {
        Standing::Booked(booking) => page(app, asked, id, &booking, Some(banner)).await,
        other => Ok(other.go_on(id)),
    }
}

/// The page of a booking that is or was booked.
pub(super) async fn page(
    app: &App,
    asked: &Asked,
    visit: VisitId,
    booking: &Booking,
    banner: Option<Banner>,
) -> Result<Response, PageError> {
    let is_booked = booking.first.state == Reserved::Booked;
    let open = is_booked.then(|| deadlines(app, booking));
    let several = booking.count() > 1;
    let now = app.now();
    let line = |(reservation, person): (&Reservation, Person)| Line {
        person,
        visitor_href: (is_booked && !has_begun(reservation, now))
            .then(|| route::visitor(visit, reservation.id)),
        take_out_href: (several
            && is_booked
            && (booking.is_unplaced || deadlines_of(app, &reservation.slot).may_cancel()))
        .then(|| route::take_out(visit, reservation.id)),
    };
    let shown = Shown {
        number: booking.first.number(&app.keys)?.to_string(),
        appointment: frame::appointment(app, &booking.first.slot, booking.starts()),
        lines: booking.people().zip(people_of(booking)).map(line).collect(),
        deadlines: open.filter(|open| open.may_move() || open.by_telephone() || open.may_cancel()),
        may_add: is_booked && may_add(app, booking),
        missed: booking.people().all(|person| person.state == Reserved::NotCome),
        closed: is_booked && booking.people().any(|one| unplaced::is_closed(&app.rules(), one)),
        offered: if is_booked { offer::open(app, booking).await? } else { None },
        wish: if is_booked { wish::asking(app, visit, booking).await? } else { None },
        offer: if is_booked { mail::offer(app, visit, booking).await? } else { None },
    };
    let layout = frame::layout(app, asked).at(route::show(visit));
    let page = ShowPage::new(layout, visit, shown, banner);
    Ok(respond(&page.map_err(PageError::internal)?))
}

/// Whether another card can come into a booking here: there is room for one, and the web still books for its day.
pub(super) fn may_add(app: &App, booking: &Booking) -> bool {
    let slot = &booking.first.slot;
    // Renewals were counted before a time was chosen; one more is another booking.
    booking.first.card.is_some()
        && booking.count() < MOST_IN_PARTY
        && app.rules().is_before_web_cutoff(slot.service, &slot.site, slot.day, app.now())
}
