//! One reservation: how it stands, what may be done with it now, and what happened to it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OperationId, ReservationId};
use domain::journal::Subject;
use domain::permission::Permission;
use domain::reservation::{Channel, MOST_IN_PARTY, State as Booking};
use domain::time::{era_date, instant_at, minute_of, month_day_ja};
use store::card::Card;
use store::journal::View;
use store::reception::Reception;
use store::reservation::Reservation;

use super::shown::AsShown;
use super::visitor::VISITOR;
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::account::rules::affected::Offered;
use crate::staff::counter::booking::slots::{UNKNOWN, visitors};
use crate::staff::counter::{route, story};
use crate::staff::desk::Signed;
use crate::staff::mail::told;
use crate::staff::wish;
use crate::staff::{Layout, Task};
use crate::staff::{field, wording};

/// What is known of a reservation.
pub(crate) struct Known {
    reservation: Reservation,
    card: Option<Card>,
    reception: Option<Reception>,
    /// Everybody of the booking with their 管理番号, this one too; nobody for somebody alone.
    family: Vec<(Reservation, Option<Card>)>,
    /// Other places that are held for it.
    offer: Option<Offered>,
    /// What its booking waits for.
    wish: Option<wish::Told>,
    story: Vec<story::Line>,
    mail: told::Known,
}

/// One of a family's booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) href: String,
    /// 管理番号, as people read it.
    pub(crate) control: String,
    pub(crate) time: String,
    pub(crate) visitor: &'static str,
    pub(crate) standing: &'static str,
    /// The one whose page this is.
    pub(crate) is_this: bool,
}

fn members(this: ReservationId, family: &[(Reservation, Option<Card>)]) -> Vec<Member> {
    let member = |(person, card): &(Reservation, Option<Card>)| Member {
        href: route::reservation(person.id),
        control: card.as_ref().map(|card| wording::control(card.control_number)).unwrap_or_default(),
        time: person.slot.start.to_string(),
        visitor: wording::visitor(person.visitor),
        standing: wording::standing(person.state, None),
        is_this: person.id == this,
    };
    family.iter().map(member).collect()
}

/// What may be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Acts {
    /// The visitor can be received.
    pub(crate) arrive: bool,
    /// It can be moved and cancelled.
    pub(crate) change: bool,
    /// The visitor came on another day, and can have a place of today.
    pub(crate) swap: bool,
    /// Who comes can be changed.
    pub(crate) visitor: bool,
    /// Another card of the family can be added.
    pub(crate) add: bool,
}

/// The page of a reservation.
#[derive(Template)]
#[template(path = "staff/counter/reservation/show.html")]
pub(crate) struct ShowPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) id: ReservationId,
    pub(crate) when: String,
    pub(crate) day_href: String,
    pub(crate) standing: &'static str,
    pub(crate) channel: &'static str,
    pub(crate) language: &'static str,
    pub(crate) control: String,
    pub(crate) card_href: String,
    pub(crate) place: String,
    pub(crate) progress: &'static str,
    pub(crate) reception_href: Option<String>,
    /// Other places that are held for it.
    pub(crate) offer: Option<Offered>,
    /// What is said of a wish for an earlier day.
    pub(crate) wish: Option<wish::Line>,
    /// Why the visitor cannot be received now, though the reservation lives.
    pub(crate) not_today: Option<String>,
    /// Where the card has to be pulled from before it can be given.
    pub(crate) pull_from: Option<(String, String)>,
    pub(crate) acts: Acts,
    /// Who comes.
    pub(crate) visitor: &'static str,
    /// Who may be said to come.
    pub(crate) visitors: Vec<(&'static str, &'static str)>,
    pub(crate) visitor_operation: OperationId,
    pub(crate) add_operation: OperationId,
    /// The booking as it is shown, for the forms.
    pub(crate) shown: String,
    /// How often it was moved, in words; empty: never.
    pub(crate) changes: String,
    /// Whether it took a place beyond those of its slot.
    pub(crate) over: bool,
    /// How late the visitor is who has not come yet.
    pub(crate) late: Option<String>,
    /// Everybody of the booking, this one too; nobody for somebody alone.
    pub(crate) family: Vec<Member>,
    /// How many of them are booked.
    pub(crate) booked: usize,
    pub(crate) arrive_operation: OperationId,
    pub(crate) move_href: String,
    pub(crate) swap_operation: OperationId,
    pub(crate) cancel_operation: OperationId,
    /// Where the person in charge corrects how the visit ended.
    pub(crate) correct_href: Option<String>,
    pub(crate) channels: [Channel; 2],
    /// What was sent by mail; none: no address was ever given.
    pub(crate) mail: Option<told::Told>,
    pub(crate) story: Vec<story::Line>,
}

impl Page for ShowPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Shows a reservation.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh(), None).await
}

/// The page with a form as it stands, and with what went wrong.
pub(crate) async fn page(
    app: &App,
    signed: &Signed,
    id: ReservationId,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let now = app.now();
    let known = app
        .db
        .read(move |reader| {
            let Some(reservation) = store::reservation::find(reader, id)? else { return Ok(None) };
            let card = match reservation.card {
                Some(card) => store::card::find(reader, card)?,
                None => None,
            };
            let reception = store::reception::of_reservation(reader, id)?;
            let story = story::of(reader, &Subject::Reservation(id))?;
            let offer = store::offer::open_of(reader, id)?.map(|offer| Offered::of(&offer, now));
            let wish = wish::told(reader, &reservation)?;
            let mut family = Vec::new();
            if reservation.party.is_some() {
                for person in store::reservation::party::everyone(reader, &reservation)? {
                    let card = match person.card {
                        Some(card) => store::card::find(reader, card)?,
                        None => None,
                    };
                    family.push((person, card));
                }
            }
            let mail = told::read(reader, &reservation)?;
            Ok::<_, store::Error>(Some(Known {
                reservation,
                card,
                reception,
                family,
                offer,
                wish,
                story,
                mail,
            }))
        })
        .await?;
    let Some(known) = known else { return Err(PageError::NotFound) };
    let mut subjects = vec![Subject::Reservation(id)];
    subjects.extend(known.card.as_ref().map(|card| Subject::Card(card.id)));
    for (person, card) in known.family.iter().filter(|(person, _)| person.id != id) {
        subjects.push(Subject::Reservation(person.id));
        subjects.extend(card.as_ref().map(|card| Subject::Card(card.id)));
    }
    let found = u32::try_from(known.family.len().max(1)).unwrap_or(u32::MAX);
    let view = View { screen: "reservation", asked: id.to_string(), subjects, found };
    signed.viewed(app, view).await?;
    Ok(respond(&shown(app, signed, known, form, problem)))
}

fn shown(app: &App, signed: &Signed, known: Known, mut form: Form, problem: Option<String>) -> ShowPage {
    let Known { reservation, card, reception, family, offer, wish, story, mail } = known;
    let (slot, today) = (&reservation.slot, app.today());
    let expected = reservation.state == Booking::Booked && reception.is_none();
    let here = slot.service == crate::staff::counter::SERVICE && slot.site == app.settings.site;
    let counter = signed.may(Permission::ReceiveVisitors) && expected && here;
    // Nobody could come when the counter was closed.
    let closed = app.rules().grant(slot.service, &slot.site, slot.day, slot.start).places == 0;
    let not_today = (expected && slot.day != today).then(|| {
        if closed {
            format!(
                "{}の予約ですが、その時刻は休止になりました。別の日時に変更できます。",
                month_day_ja(slot.day)
            )
        } else if slot.day < today {
            format!(
                "{}の予約です。来庁しなかったときは、その日の締めで不来庁にします。",
                month_day_ja(slot.day)
            )
        } else {
            format!("{}の予約です。受付は予約の日にできます。", month_day_ja(slot.day))
        }
    });
    let moves = signed.may(Permission::MoveCards);
    let in_box = card.as_ref().filter(|card| moves && card.place_kind.is_storage());
    let pull_from = in_box
        .filter(|_| slot.day == today && reservation.state == Booking::Booked && here)
        .map(|card| (card.place_name.clone(), route::pull(slot.day)));
    let mut layout =
        signed.layout(format!("予約 {} {}", month_day_ja(slot.day), slot.start)).within(Task::Reservations);
    layout.refused = form.is_refused();
    if form.typed(VISITOR).is_empty() {
        form.fill(VISITOR, reservation.visitor.map_or(UNKNOWN, |visitor| visitor.code()));
    }
    let booked = family.iter().filter(|(person, _)| person.state == Booking::Booked).count();
    let placed = family.iter().filter(|(person, _)| person.state.takes_a_place()).count();
    let change = signed.may(Permission::Reserve) && expected && here && (slot.day >= today || closed);
    let together: Vec<&Reservation> = match family.as_slice() {
        [] => vec![&reservation],
        family => family.iter().map(|(person, _)| person).filter(|p| p.state == reservation.state).collect(),
    };
    let shown = AsShown::of(&reservation, together.into_iter()).text();
    let late = (expected && here && slot.day == today)
        .then(|| domain::reception::late(slot.start, minute_of(app.now())))
        .flatten();
    let begun = app.now() >= instant_at(slot.day, slot.start.minutes());
    ShowPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        id: reservation.id,
        when: format!("{} {}", era_date(slot.day), slot.start),
        day_href: route::day(slot.day),
        standing: wording::standing(reservation.state, reception.as_ref().map(|reception| reception.state)),
        channel: reservation.channel.label(),
        language: match wording::language(&reservation.language) {
            "" => "日本語",
            other => other,
        },
        control: card.as_ref().map(|card| wording::control(card.control_number)).unwrap_or_default(),
        card_href: card.as_ref().map(|card| route::card(card.id)).unwrap_or_default(),
        place: card.as_ref().map(|card| card.place_name.clone()).unwrap_or_default(),
        progress: card.as_ref().map_or("", |card| card.progress.label()),
        reception_href: reception.map(|reception| route::reception(reception.id)),
        offer,
        wish: wish::Line::of(app, signed, &reservation, wish.as_ref()),
        not_today,
        pull_from,
        acts: Acts {
            arrive: counter && slot.day == today,
            swap: counter && slot.day > today,
            change,
            visitor: change && !begun,
            add: change && placed < MOST_IN_PARTY,
        },
        visitor: wording::visitor(reservation.visitor),
        visitors: visitors(),
        visitor_operation: app.operation(),
        add_operation: app.operation(),
        shown,
        changes: wording::changes(app, &reservation),
        over: reservation.over,
        late: late.map(|minutes| wording::minutes(i64::from(minutes))),
        family: members(reservation.id, &family),
        booked,
        arrive_operation: app.operation(),
        move_href: route::move_to(reservation.id, None),
        swap_operation: app.operation(),
        cancel_operation: app.operation(),
        correct_href: (signed.may(Permission::CloseDay)
            && matches!(reservation.state, Booking::NotCome | Booking::Unserved))
        .then(|| route::correct(reservation.id)),
        channels: [Channel::Telephone, Channel::Counter],
        mail: told::told(app, signed, mail, route::reservation(reservation.id)),
        story,
    }
}
