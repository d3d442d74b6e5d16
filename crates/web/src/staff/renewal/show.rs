//! One renewal: when, who comes, where it stands, and what can be done now.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::check_sheet::{Item, Sheet};
use domain::id::{OperationId, ReservationId};
use domain::journal::{CityRecord, Subject};
use domain::permission::Permission;
use domain::reception::{Reason, State as Visit};
use domain::reservation::{Channel, Pins, State as Booking, Visitor};
use domain::service::Service;
use domain::time::era_date;
use store::journal::View;
use store::reception::Reception;
use store::reservation::Reservation;

use super::rows::standing_of;
use super::{book, route};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::account::rules::affected::Offered;
use crate::staff::counter::reception::show::Tick;
use crate::staff::counter::reservation::shown::AsShown;
use crate::staff::counter::{self, story};
use crate::staff::desk::Signed;
use crate::staff::mail::told;
use crate::staff::wish;
use crate::staff::{Layout, Task};
use crate::staff::{field, wording};

/// One of those who were booked together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) href: String,
    pub(crate) time: String,
    pub(crate) visitor: &'static str,
    pub(crate) standing: &'static str,
    pub(crate) is_this: bool,
}

/// The page of a renewal.
#[derive(Template)]
#[template(path = "staff/renewal/show.html")]
pub(crate) struct ShowPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) id: ReservationId,
    pub(crate) when: String,
    pub(crate) day_href: String,
    pub(crate) standing: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) visitor: &'static str,
    pub(crate) pins: &'static str,
    pub(crate) channel: &'static str,
    pub(crate) language: &'static str,
    /// How often it was moved, in words; empty: never.
    pub(crate) changes: String,
    /// Whether it took a place beyond those of its slot.
    pub(crate) over: bool,
    /// Other places that are held for it.
    pub(crate) offer: Option<Offered>,
    /// What is said of a wish for an earlier day.
    pub(crate) wish: Option<wish::Line>,
    pub(crate) arrived: Option<String>,
    pub(crate) renewer: String,
    pub(crate) family: Vec<Member>,
    /// How many of them are booked.
    pub(crate) booked: usize,
    /// What can be done: receive, end the visit, record the renewal, change.
    pub(crate) may_arrive: bool,
    pub(crate) may_end: bool,
    pub(crate) may_finish: bool,
    /// The check sheet: whether this person checks the papers now, whose sheet it is, whether the PINs are known.
    pub(crate) may_check: bool,
    pub(crate) sheet: Sheet,
    pub(crate) known: Pins,
    pub(crate) lines: Vec<Tick>,
    /// Whether the papers are still to be checked, by others.
    pub(crate) waits: bool,
    /// Where the person in charge corrects how the visit ended.
    pub(crate) correct_href: Option<String>,
    pub(crate) may_change: bool,
    pub(crate) from_paper: bool,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) channels: [Channel; 2],
    pub(crate) visitors: &'static [Visitor],
    pub(crate) all_pins: &'static [Pins],
    /// The booking as it is shown, for the forms.
    pub(crate) shown: String,
    pub(crate) who_field: &'static str,
    pub(crate) pins_field: &'static str,
    pub(crate) operations: [OperationId; 7],
    /// What was sent by mail; none: no address was ever given.
    pub(crate) mail: Option<told::Told>,
    pub(crate) story: Vec<story::Line>,
}

impl Page for ShowPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Shows a renewal.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(asked): Query<AskedSheet>,
    signed: Signed,
) -> Result<Response, PageError> {
    page_with(&app, &signed, field::id(&id)?, Form::fresh(), None, asked).await
}

/// The check sheet that is asked for in the address, and the lines of it that were ticked before something was refused.
/// Without a word it is that of who was booked.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub(crate) struct AskedSheet {
    pub(super) sheet: Option<Sheet>,
    pub(super) known: Option<Pins>,
    #[serde(skip)]
    pub(super) items: Vec<Item>,
}

struct Known {
    reservation: Reservation,
    visit: Option<Reception>,
    family: Vec<Reservation>,
    offer: Option<Offered>,
    wish: Option<wish::Told>,
    story: Vec<story::Line>,
    mail: told::Known,
}

/// The page with a form as it stands, and with what went wrong.
pub(in crate::staff) async fn page(
    app: &App,
    signed: &Signed,
    id: ReservationId,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    page_with(app, signed, id, form, problem, AskedSheet::default()).await
}

/// The page with a check sheet.
pub(super) async fn page_with(
    app: &App,
    signed: &Signed,
    id: ReservationId,
    form: Form,
    problem: Option<String>,
    sheet: AskedSheet,
) -> Result<Response, PageError> {
    let now = app.now();
    let known = app
        .db
        .read(move |reader| {
            let found = store::reservation::find(reader, id)?;
            let Some(reservation) = found.filter(|found| found.slot.service == Service::Renewal) else {
                return Ok(None);
            };
            let family = match reservation.party {
                Some(_) => store::reservation::party::everyone(reader, &reservation)?,
                None => Vec::new(),
            };
            Ok::<_, store::Error>(Some(Known {
                visit: store::reception::of_reservation(reader, id)?,
                offer: store::offer::open_of(reader, id)?.map(|offer| Offered::of(&offer, now)),
                wish: wish::told(reader, &reservation)?,
                story: story::of(reader, &Subject::Reservation(id))?,
                mail: told::read(reader, &reservation)?,
                reservation,
                family,
            }))
        })
        .await?;
    let Some(known) = known else { return Err(PageError::NotFound) };
    let mut subjects = vec![Subject::Reservation(id)];
    let others = known.family.iter().map(|person| person.id).filter(|other| *other != id);
    subjects.extend(others.map(Subject::Reservation));
    let found = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    signed.viewed(app, View { screen: "renewal", asked: id.to_string(), subjects, found }).await?;
    Ok(respond(&shown(app, signed, known, form, problem, &sheet)))
}

fn shown(
    app: &App,
    signed: &Signed,
    known: Known,
    mut form: Form,
    problem: Option<String>,
    asked: &AskedSheet,
) -> ShowPage {
    let Known { reservation, visit, family, offer, wish, story, mail } = known;
    let slot = &reservation.slot;
    let is_booked = reservation.state == Booking::Booked;
    let receives = signed.may(Permission::ReceiveVisitors);
    let of_this_counter = slot.site == app.settings.site;
    let state = visit.as_ref().map(|visit| visit.state);
    let here = state.is_some_and(Visit::is_open);
    let sheet = asked.sheet.unwrap_or_else(|| Sheet::of_visitor(reservation.visitor));
    let known = asked.known.or(reservation.pins).unwrap_or(Pins::Known);
    let ([who_field, ..], [pins_field, ..]) = (book::VISITORS, book::PINS);
    let from_paper = signed.city_record() == CityRecord::Paper;
    if !form.is_refused() {
        form.fill(who_field, reservation.visitor.map_or("", |visitor| visitor.code()));
        form.fill(pins_field, reservation.pins.map_or("", |pins| pins.code()));
        if !from_paper {
            form.fill(field::PERSON, signed.name());
        }
    }
    let together: Vec<&Reservation> = match family.as_slice() {
        [] => vec![&reservation],
        family => family.iter().filter(|person| person.state == reservation.state).collect(),
    };
    let as_shown = AsShown::of(&reservation, together.into_iter()).text();
    let member = |person: &Reservation| Member {
        href: route::renewal(person.id),
        time: person.slot.start.to_string(),
        visitor: wording::visitor(person.visitor),
        standing: standing_of(person.state, None),
        is_this: person.id == reservation.id,
    };
    let mut layout = signed.layout(format!("更新の予約 {}", wording::short(reservation.id)));
    layout = layout.within(if here { Task::Counter } else { Task::Reservations });
    layout.refused = form.is_refused();
    ShowPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        id: reservation.id,
        when: format!("{} {}", era_date(slot.day), slot.start),
        day_href: route::day(slot.day),
        standing: standing_of(reservation.state, visit.as_ref().map(|visit| visit.state)),
        reason: visit.as_ref().and_then(|visit| visit.reason).map_or("", Reason::label),
        visitor: wording::visitor(reservation.visitor),
        pins: reservation.pins.map_or("", Pins::label),
        channel: reservation.channel.label(),
        language: wording::language(&reservation.language),
        changes: wording::changes(app, &reservation),
        over: reservation.over,
        offer,
        wish: wish::Line::of(app, signed, &reservation, wish.as_ref()),
        arrived: visit.as_ref().map(|visit| wording::time(visit.arrived_at)),
        renewer: visit.as_ref().and_then(|visit| visit.issuer.clone()).unwrap_or_default(),
        booked: family.iter().filter(|person| person.state == Booking::Booked).count(),
        family: family.iter().map(member).collect(),
        may_arrive: receives && is_booked && of_this_counter && visit.is_none() && slot.day == app.today(),
        may_end: receives && here,
        may_check: receives && state == Some(Visit::Arrived),
        sheet,
        known,
        lines: Tick::lines(&sheet.of_renewal(known), &asked.items),
        waits: here && state != Some(Visit::Checked) && !receives,
        may_finish: signed.may(Permission::RecordIssue) && state == Some(Visit::Checked),
        correct_href: (signed.may(Permission::CloseDay)
            && matches!(reservation.state, Booking::NotCome | Booking::Unserved))
        .then(|| counter::route::correct(reservation.id)),
        may_change: signed.may(Permission::Reserve)
            && is_booked
            && of_this_counter
            && visit.is_none()
            && (slot.day >= app.today()
                || app.rules().grant(slot.service, &slot.site, slot.day, slot.start).places == 0),
        from_paper,
        reasons: Reason::of(Service::Renewal).collect(),
        channels: [Channel::Telephone, Channel::Counter],
        visitors: Visitor::ALL,
        all_pins: Pins::ALL,
        shown: as_shown,
        who_field,
        pins_field,
        operations: std::array::from_fn(|_| app.operation()),
        mail: told::told(app, signed, mail, route::renewal(reservation.id)),
        story,
    }
}
