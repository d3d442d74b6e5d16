//! Visitors who are here without a reservation for today: who has none gets the first free place, and who has one for
//! another day swaps it (11(6)オ). Where there is no place or the card is not at hand, the page says what to tell.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::{CardId, ReservationId};
use store::Lane;
use store::op::{Operation, once};
use store::reservation::BookingError;
use store::reservation::shown::{Whom, unchanged};

use super::new::problem;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, PageError};
use crate::staff::counter::reservation::shown::{AsShown, SHOWN, changed_since};
use crate::staff::counter::{business, reservation, route};
use crate::staff::desk::Signed;
use crate::staff::field;

/// What to tell a visitor for whom there is no place today.
const NO_PLACE: &str = "本日は空いている枠がありません。「本日はいっぱいです。別の日のご予約をお取りします。」とご案内ください。";

/// Books the first free place of today for a visitor without a reservation.
pub(crate) async fn walk_in(
    State(app): State<Arc<App>>,
    Path(card): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&card)?;
    let form = fields.form(&[field::OPERATION])?;
    let day = business(&app, app.today());
    let operation = Operation::new(field::operation(&form)?, &format!("walk-in {id} {day}"));
    let keys = app.keys.clone();
    let booked = app.write_with_rules(Lane::Staff, signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            store::walk_in::book(tx, act, &keys, rules, id, &day, Language::JA.code()).map(|booked| booked.id)
        })
    });
    let booked = booked.await;
    app.availability_changed();
    match booked {
        Ok(booked) | Err(BookingError::AlreadyBooked(booked)) => Ok(see_other(&route::reservation(booked))),
        Err(error) => Err(PageError::Conflict(sentence(error)?)),
    }
}

/// Moves the reservation of a visitor who came on another day to the first free place of today.
pub(crate) async fn swap(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let form = fields.form(&[field::OPERATION, SHOWN])?;
    let shown = AsShown::read(&form)?;
    let operation = Operation::new(field::operation(&form)?, &format!("swap {id} {}", app.today()));
    let versions = shown.versions(Whom::All);
    let moved = app.write_with_rules(Lane::Staff, signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            unchanged(tx, id, &versions)?;
            store::walk_in::swap(tx, act, rules, id).map(drop)
        })
    });
    let moved = moved.await;
    app.availability_changed();
    match moved {
        Ok(()) => Ok(see_other(&route::reservation(id))),
        Err(BookingError::ChangedSince) => {
            let sentence = changed_since(&app, id, Whom::All, &shown, None).await?;
            reservation::show::page(&app, &signed, id, Form::fresh(), Some(sentence)).await
        }
        Err(error) => {
            let sentence = sentence(error)?;
            reservation::show::page(&app, &signed, id, Form::fresh(), Some(sentence)).await
        }
    }
}

fn sentence(error: BookingError) -> Result<String, PageError> {
    Ok(match error {
        BookingError::Full => NO_PLACE.to_owned(),
        BookingError::NotStored(place) => format!(
            "カードは「{}」にあり、今日はお渡しできません。カードの画面を確かめて、別の日をご案内ください。",
            place.label()
        ),
        BookingError::NotBookable(_) => {
            "このカードは、まだお渡しできる段階にありません。カードの画面の言葉でご案内ください。".to_owned()
        }
        other => problem(other)?,
    })
}
