//! The others of the family whose cards are booked together, each proven with its own key, before a time is chosen. A
//! card that cannot be booked is explained in one sentence with the next step, and the others go on.
//!
//! Adding the same card twice, or taking it out twice, is the same as once, so the forms need no operation.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::id::{CardId, VisitId};
use domain::journal::Actor;
use domain::number::NumberKind;
use domain::reservation::{MOST_IN_PARTY, State as Reserved};
use store::Lane;
use store::card::Card;
use store::reservation::{BookingError, Reservation};
use store::visit::{TooManyCards, Visit};

use super::begun::in_visit;
use super::ended::Reason;
use super::key::{NUMBER, Typed, by_telephone, find, read_former, read_number, refusal, refuse_unknown};
use super::people::Name;
use crate::App;
use crate::citizen::attempt::{Attempt, Caller};
use crate::citizen::{Layout, frame, route};
use crate::key;
use crate::kit::page::see_other;
use crate::kit::{Asked, Fields, Form, Page, PageError, Texts, respond};

/// Why a card of the family is not booked with the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// As for a card alone.
    Refused(Reason),
    /// It has a booking of its own already.
    Booked,
}

impl Obstacle {
    /// What stands in the way of a card whose key was proven.
    pub(crate) fn of(card: &Card, live: Option<&Reservation>) -> Option<Self> {
        if live.is_some_and(|live| live.state == Reserved::Booked) {
            return Some(Self::Booked);
        }
        refusal(card).map(Self::Refused)
    }

    /// The sentence, with the next step.
    pub fn key(self) -> &'static str {
        match self {
            Self::Refused(Reason::Telephone) => key!("obstacle-telephone"),
            Self::Refused(Reason::Issued) => key!("obstacle-issued"),
            Self::Refused(Reason::Ask | Reason::TooMany | Reason::ManyVisits) => key!("obstacle-ask"),
            Self::Refused(Reason::Early) => key!("obstacle-early"),
            Self::Booked => key!("obstacle-booked"),
        }
    }
}

/// A card of the visit.
pub struct Member {
    /// The card.
    pub card: CardId,
    /// What tells it apart.
    pub name: Name,
    /// Why it cannot be booked any more.
    pub obstacle: Option<Obstacle>,
}

/// The page of the family.
#[derive(Template)]
#[template(path = "citizen/visit/family.html")]
pub struct FamilyPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    members: Vec<Member>,
    obstacle: Option<(String, Obstacle)>,
    has_room: bool,
    family_href: String,
    drop_href: String,
    days_href: String,
}

impl FamilyPage {
    /// The cards of a visit; `obstacle` is the end of a key that was proven just now, and why its card was not added.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        members: Vec<Member>,
        obstacle: Option<(String, Obstacle)>,
        form: Form,
    ) -> Self {
        Self {
            texts: layout.texts(),
            layout: layout.with_form(&form),
            form,
            has_room: members.len() < MOST_IN_PARTY,
            members,
            obstacle,
            family_href: route::family(visit),
            drop_href: route::family_drop(visit),
            days_href: route::days(visit),
        }
    }

    /// Whether nobody stands in the way of the others.
    fn may_go_on(&self) -> bool {
        self.members.iter().all(|member| member.obstacle.is_none())
    }
}

impl Page for FamilyPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Shows who is booked together.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    asked: Asked,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let visit = in_visit(&app, &headers, &visit).await?;
    page(&app, &asked, visit, None, Form::fresh()).await
}

async fn page(
    app: &App,
    asked: &Asked,
    visit: Visit,
    obstacle: Option<(String, Obstacle)>,
    form: Form,
) -> Result<Response, PageError> {
    let id = visit.id;
    if visit.is_booked {
        return Ok(see_other(&route::show(id)));
    }
    let keys = app.keys.clone();
    let members = app.db.read(move |reader| {
        let mut members = Vec::new();
        for (n, known) in (1..).zip(store::visit::cards(reader, &visit)?) {
            let live = store::reservation::live_of(reader, known.card)?;
            let card = store::card::find(reader, known.card)?;
            let obstacle = match card {
                Some(card) => Obstacle::of(&card, live.as_ref()),
                None => Some(Obstacle::Refused(Reason::Ask)),
            };
            members.push(Member { card: known.card, name: Name::from((n, known.key_end(&keys)?)), obstacle });
        }
        Ok::<_, store::Error>(members)
    });
    let layout = frame::layout(app, asked).at(route::family(id));
    Ok(respond(&FamilyPage::new(layout, id, members.await?, obstacle, form)))
}

/// Proves another key and takes its card in. An unknown key gets the sentence that it gets everywhere, and counts as
/// an attempt.
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    caller: Caller,
    asked: Asked,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[NUMBER])?;
    let visit = in_visit(&app, &headers, &visit).await?;
    let id = visit.id;
    if visit.is_booked {
        return Ok(see_other(&route::show(id)));
    }
    let Some((card, live)) = proved(&app, caller, &mut form).await? else {
        return page(&app, &asked, visit, None, form).await;
    };
    let by_telephone = by_telephone(&app, &card).await?.map(Obstacle::Refused);
    if let Some(obstacle) = Obstacle::of(&card, live.as_ref()).or(by_telephone) {
        let end = end_of(&app, &card)?;
        return page(&app, &asked, visit, Some((end, obstacle)), Form::fresh()).await;
    }
    let (added, card) = (visit.clone(), card.id);
    let done = app.write_with_rules(Lane::Public, Actor::Citizen, move |tx, act, rules| {
        if let Some(held) = added.reservation {
            store::reservation::party::release(tx, act, rules, held)?;
        }
        Ok::<_, BookingError>(store::visit::add_card(tx, &added, card)?)
    });
    if let Err(TooManyCards) = done.await.map_err(unexpected)? {
        form.refuse(NUMBER, key!("error-family-full"));
        return page(&app, &asked, visit, None, form).await;
    }
    changed(&app, &visit);
    Ok(see_other(&route::family(id)))
}

/// The card of a key that was typed, with its live reservation; or the field says what is wrong.
pub(crate) async fn proved(
    app: &App,
    caller: Caller,
    form: &mut Form,
) -> Result<Option<(Card, Option<Reservation>)>, PageError> {
    let plain = form.clone();
    let typed = read_number(form, NumberKind::BookingKey);
    let taken = app.former_opens();
    let former = read_former(&plain).filter(|_| taken);
    if typed == Typed::Malformed && former.is_none() {
        return Ok(None);
    }
    let attempt = Attempt::new(app, caller, NumberKind::BookingKey, typed, form.typed(NUMBER))?;
    let found = find(app, attempt, taken, former).await?;
    if found.is_some() {
        // A number of a former system is no number of ours, and none has to be.
        *form = plain;
    } else {
        attempt.failed(app).await?;
        refuse_unknown(form, NumberKind::BookingKey);
    }
    Ok(found)
}

/// The end of the key of a card that was proven.
pub(crate) fn end_of(app: &App, card: &Card) -> Result<String, PageError> {
    let Card { id, key_issue, key_version, .. } = *card;
    let card = store::visit::VisitCard { card: id, key_issue, key_version };
    Ok(card.key_end(&app.keys)?)
}

/// The people of a visit have changed: what was held for the others before is free again.
fn changed(app: &App, visit: &Visit) {
    app.proofs.forget(visit.id);
    if visit.reservation.is_some() {
        app.availability_changed();
    }
}

fn unexpected(error: BookingError) -> PageError {
    match error {
        BookingError::Store(error) => error.into(),
        other => PageError::internal(other),
    }
}

const CARD: &str = "card";

/// Takes a card out, but not the last one.
pub(crate) async fn drop(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[CARD])?;
    let card: CardId = form.typed(CARD).parse().map_err(|_| PageError::BadRequest)?;
    let visit = in_visit(&app, &headers, &visit).await?;
    let id = visit.id;
    if visit.is_booked {
        return Ok(see_other(&route::show(id)));
    }
    let of = visit.clone();
    let done = app.write_with_rules(Lane::Public, Actor::Citizen, move |tx, act, rules| {
        if let Some(held) = of.reservation {
            store::reservation::party::release(tx, act, rules, held)?;
        }
        Ok::<_, BookingError>(store::visit::drop_card(tx, &of, card)?)
    });
    done.await.map_err(unexpected)?;
    changed(&app, &visit);
    Ok(see_other(&route::family(id)))
}
