//! The answer to an offer: the citizen's consent or refusal, by whichever way it comes, and the staff's taking it back.
//! Of two answers at once one is written down, and the other learns of it.

use domain::id::OfferId;
use domain::journal::Entry;
use domain::offer::{Reason, State, Withdrawal};
use domain::reservation::Channel;
use domain::rules::RuleSet;
use domain::wish::State::Met;

use super::{Offer, OfferError, end, everyone, find};
use crate::act::Act;
use crate::capacity;
use crate::reservation::party::{self, How};
use crate::reservation::{BookingError, Reservation};
use crate::tx::Tx;
use crate::{bind, statements, wish};

statements! { "offer.answer":
    LOCK = "UPDATE offer SET state = 'open' WHERE id = $1 AND state = 'open'";
}

/// The offer while it is open; one that is over by the clock is over. Its row is locked first, so that whoever answers it
/// at this moment comes before all of this or after it, and never between the offer and its places.
fn open(tx: &mut Tx<'_>, act: &Act, id: OfferId) -> Result<Offer, OfferError> {
    tx.execute(&LOCK, bind![id])?;
    let Some(offer) = find(tx, id)? else { return Err(OfferError::NotFound) };
    match offer.seen(act.at) {
        State::Open => Ok(offer),
        ended => Err(OfferError::Ended(ended)),
    }
}

/// 同意: the whole booking moves to the places that are held for it, with its number, in one step. Who agreed and by which
/// way stands in the journal; it is none of the changes that the citizen may make on the web.
pub fn accept(
    tx: &mut Tx<'_>,
    act: &Act,
    rules: &RuleSet,
    id: OfferId,
    by: Channel,
) -> Result<Vec<Reservation>, OfferError> {
    let offer = open(tx, act, id)?;
    if capacity::epoch_for_share(tx)? != rules.epoch() {
        return Err(BookingError::StaleRules.into());
    }
    if !offer.is_granted(rules) {
        return Err(OfferError::PlaceClosed);
    }
    let moves: Vec<_> = offer.standing().map(|place| (place.reservation, place.to.clone())).collect();
    let Some((first, _)) = moves.first() else { return Err(OfferError::NotFound) };
    let people = party::as_shown(tx, *first, moves.len())?;
    if !people.iter().all(|person| moves.iter().any(|(of, _)| *of == person.id)) {
        return Err(BookingError::AnotherParty.into());
    }
    let entry = Entry::OfferAccepted { offer: id, reservations: everyone(&offer), by };
    let recorded = tx.record(act, &entry)?;
    end(tx, &recorded, &offer, State::Accepted)?;
    if offer.reason == Reason::Wish {
        wish::end_of(tx, act, offer.booking, Met)?;
    }
    Ok(party::relocate(tx, act, rules, &moves, &How::offered(by))?)
}

/// 辞退: the places are free again, and the booking is as it was.
pub fn decline(tx: &mut Tx<'_>, act: &Act, id: OfferId, by: Channel) -> Result<(), OfferError> {
    let offer = open(tx, act, id)?;
    let entry = Entry::OfferDeclined { offer: id, reservations: everyone(&offer), by };
    let recorded = tx.record(act, &entry)?;
    let freed = end(tx, &recorded, &offer, State::Declined)?;
    Ok(capacity::give_back(tx, &recorded, &freed)?)
}

/// 取下げ: the staff take an offer back, for a reason in their own words.
pub fn withdraw(tx: &mut Tx<'_>, act: &Act, id: OfferId, remark: &str) -> Result<(), OfferError> {
    let offer = open(tx, act, id)?;
    let entry = Entry::OfferWithdrawn { offer: id, reservations: everyone(&offer), why: Withdrawal::Staff };
    let recorded = tx.record(act, &entry)?;
    tx.remark(&recorded, remark)?;
    let freed = end(tx, &recorded, &offer, State::Withdrawn)?;
    Ok(capacity::give_back(tx, &recorded, &freed)?)
}
