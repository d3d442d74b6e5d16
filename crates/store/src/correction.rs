//! 訂正: the end of a visit that was recorded wrongly is recorded anew, by the person in charge, with a reason.
//!
//! Nothing that was written is changed: a closed day's report stays, and the next one tells of the correction.

use domain::card::Stage;
use domain::correction::{End, NotCorrectable};
use domain::id::{ReceptionId, ReservationId};
use domain::journal::Entry;
use domain::place::PlaceKind;
use domain::reception::{Reason, State as Visit};
use domain::reservation::State as Booking;
use domain::time::instant_at;

use crate::act::Act;
use crate::card::{self, Change, StepError};
use crate::error::{Error, Result};
use crate::reception;
use crate::reservation::{self, BookingError, Reservation};
use crate::tx::{Reader, Tx};
use crate::{bind, place, statements};

statements! { "correction":
    INSERT = "INSERT INTO reception
        (id, reservation_id, card_id, service, site, day, state, reason, issuer, arrived_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1) ON CONFLICT (reservation_id) DO NOTHING";
    CORRECT = "UPDATE reception SET state = $1, reason = $2, issuer = $3, version = version + 1
        WHERE id = $4 AND state = $5";
}

/// What a correction says.
#[derive(Debug, Clone)]
pub struct Correction {
    /// The end as the person saw it.
    pub from: End,
    /// The end as it should be.
    pub to: End,
    /// Who of the city issued the card, where it was issued.
    pub issuer: Option<String>,
    /// Why, in the person's own words.
    pub remark: String,
}

/// Why an end was not corrected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CorrectionError {
    /// There is no such reservation, or it has no card.
    #[error("not found")]
    NotFound,
    /// It has another end than the person saw, or none yet.
    #[error("the end is another")]
    Changed,
    /// The table of corrections does not have it.
    #[error(transparent)]
    NotCorrectable(#[from] NotCorrectable),
    /// The card was booked again, so it was not issued.
    #[error("the card is booked again")]
    BookedAgain,
    /// The card is where it cannot have been issued from, or its process is over.
    #[error("the card is at {0}")]
    CardAt(PlaceKind),
    /// The card cannot take the step.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The reservation cannot take the step.
    #[error(transparent)]
    Booking(#[from] BookingError),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// How a reservation ended, and its reception where there was one; none while it has no end that a person set.
pub fn end_of(
    reader: &mut Reader<'_>,
    reservation: &Reservation,
) -> Result<Option<(End, Option<ReceptionId>)>> {
    if reservation.state == Booking::NotCome {
        return Ok(Some((End::NotCome, None)));
    }
    let visit = reception::of_reservation(reader, reservation.id)?;
    Ok(visit.and_then(|visit| Some((End::of_visit(visit.state, visit.reason)?, Some(visit.id)))))
}

/// Corrects an end. The tables follow; a card that was issued after all goes to the citizen.
///
/// Who was said not to have come gets a reception that arrived at the start of the slot: nobody wrote down when.
pub fn correct(
    tx: &mut Tx<'_>,
    act: &Act,
    id: ReservationId,
    correction: &Correction,
) -> Result<(), CorrectionError> {
    let Some(booked) = reservation::find(tx, id)? else { return Err(CorrectionError::NotFound) };
    let card = booked.card;
    let Some((from, visit)) = end_of(tx, &booked)? else { return Err(CorrectionError::Changed) };
    if from != correction.from {
        return Err(CorrectionError::Changed);
    }
    let to = from.to(correction.to)?;
    let (reception, is_new) = match visit {
        Some(reception) => (reception, false),
        None => (tx.id(act), true),
    };
    let day = booked.slot.business_day();
    let entry = Entry::EndCorrected { reservation: id, reception, card, day: day.clone(), from, to };
    let recorded = tx.record(act, &entry)?;
    tx.remark(&recorded, &correction.remark)?;
    let (state, reason) = visited(to);
    let issuer = correction.issuer.as_deref().filter(|_| to == End::Issued);
    let changed = if is_new {
        let arrived = instant_at(booked.slot.day, booked.slot.start.minutes());
        tx.execute(
            &INSERT,
            bind![reception, id, card, day.service, day.site, day.day, state, reason, issuer, arrived],
        )?
    } else {
        tx.execute(&CORRECT, bind![state, reason, issuer, reception, visited(from).0])?
    };
    if changed == 0 {
        tx.run_again(&CORRECT);
        return Err(Error::Conflict.into());
    }
    reservation::correct_state(tx, &recorded, &booked, to.booking())?;
    // A renewal has no card that would follow.
    let Some(card) = card else { return Ok(()) };
    if to == End::Issued {
        if reservation::live_of(tx, card)?.is_some() {
            return Err(CorrectionError::BookedAgain);
        }
        let found = card::find(tx, card)?.ok_or(CorrectionError::NotFound)?;
        let elsewhere = matches!(found.place_kind, PlaceKind::Missing | PlaceKind::Post | PlaceKind::Citizen);
        if elsewhere || found.stage != Stage::Notified {
            return Err(CorrectionError::CardAt(found.place_kind));
        }
        let citizen = place::the(tx, &day.site, PlaceKind::Citizen)?;
        let change = Change { stage: Some(Stage::Issued), place: Some(citizen), ..Change::default() };
        card::step(tx, &recorded, card, &change)?;
    } else {
        card::refresh_progress(tx, &recorded, card)?;
    }
    Ok(())
}

/// The state and the reason of a reception with this end; who has come cannot be said not to have.
fn visited(end: End) -> (Option<Visit>, Option<Reason>) {
    let reason = match end {
        End::SentAway { reason } => Some(reason),
        _ => None,
    };
    (end.visit(), reason)
}
