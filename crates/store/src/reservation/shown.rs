//! A booking as a page showed it: what somebody changed since is left alone, and the page says so.

use domain::id::ReservationId;
use domain::reservation::{State, WrongState};

use super::{BookingError, Reservation, find, party};
use crate::tx::Tx;
use crate::{bind, reception, statements};

statements! { "reservation.shown":
    STAY = "UPDATE reservation SET version = version WHERE id = $1 AND version = $2";
}

/// Which people of a booking an act is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// The one that was asked for, without the rest of its family.
    Alone,
    /// Everybody of the booking who is booked.
    All,
}

/// A booking as a form showed it: the version of each of its people, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Whom the form was about.
    pub whom: Whom,
    /// Their versions.
    pub versions: Vec<u32>,
}

/// The people of a booking as they were shown. Who was received meanwhile, ended or moved has raised a version: then
/// nothing is done with what nobody saw.
pub fn unchanged(
    tx: &mut Tx<'_>,
    id: ReservationId,
    shown: &Shown,
) -> Result<Vec<Reservation>, BookingError> {
    let Some(booked) = find(tx, id)? else { return Err(BookingError::NotFound) };
    if reception::of_reservation(tx, id)?.is_some() {
        return Err(BookingError::Received);
    }
    if booked.state != State::Booked {
        return Err(WrongState { from: booked.state, wanted: State::Booked }.into());
    }
    let people = match shown.whom {
        Whom::Alone => vec![booked],
        Whom::All => party::together(tx, &booked)?,
    };
    if !people.iter().map(|person| person.version).eq(shown.versions.iter().copied()) {
        return Err(BookingError::ChangedSince);
    }
    // What is read below this may be newer than what was compared, so the rows stay as they are from here on: who
    // changes them at this moment was before this act, which then has seen something else, or comes after it.
    for person in &people {
        if tx.execute(&STAY, bind![person.id, person.version])? == 0 {
            return Err(BookingError::ChangedSince);
        }
    }
    Ok(people)
}
