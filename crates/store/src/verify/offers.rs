//! Offers: the table is what the journal tells, a place is held exactly while its offer is open, and who accepted one was
//! moved to it.

use std::collections::BTreeMap;

use domain::id::{OfferId, OfferingId, ReservationId};
use domain::journal::{Entry, Slot};
use domain::offer::{Proposed, State, Work};
use domain::reservation::Channel;

use super::slots::slot;
use super::{Findings, Invariant};
use crate::error::Result;
use crate::offer::Holding;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.offers":
    OFFERS = "SELECT id, state FROM offer ORDER BY id";
    PLACES = "SELECT p.offer_id AS offer_id, p.reservation_id AS reservation_id, p.state AS state, p.channel AS channel,
        p.service AS service, p.site AS site, p.day AS day, p.start AS start, r.state AS reservation_state,
        r.channel AS reservation_channel FROM offer_place p JOIN reservation r ON r.id = p.reservation_id
        ORDER BY p.offer_id, p.reservation_id";
    OFFERINGS = "SELECT id, state FROM offering ORDER BY id";
}

/// What the journal says of an offer.
#[derive(Default)]
struct Story {
    places: Vec<Proposed>,
    /// Every state that an entry tells; the table of them has no circles.
    states: Vec<State>,
}

/// What the journal says of offers, and where it says that reservations were moved to.
#[derive(Default)]
pub(super) struct Told {
    offers: BTreeMap<OfferId, Story>,
    moved: BTreeMap<ReservationId, Vec<Slot>>,
    /// The works that began, and whether they ended.
    works: BTreeMap<OfferingId, Work>,
}

impl Told {
    /// Takes an entry, in whatever order they come.
    pub(super) fn take(&mut self, entry: &Entry) {
        let (offer, state) = match entry {
            Entry::Moved { reservation, to, forced: true, .. } => {
                self.moved.entry(*reservation).or_default().push(to.clone());
                return;
            }
            Entry::OfferingBegun { offering, .. } => {
                self.works.entry(*offering).or_insert(Work::Running);
                return;
            }
            Entry::OfferingEnded { offering, .. } => {
                self.works.insert(*offering, Work::Done);
                return;
            }
            Entry::PlacesOffered { offer, places, .. } => {
                let story = self.offers.entry(*offer).or_default();
                story.places.clone_from(places);
                return;
            }
            Entry::NoPlaceFound { offer, .. } => (offer, State::NoPlace),
            Entry::OfferAccepted { offer, .. } => (offer, State::Accepted),
            Entry::OfferDeclined { offer, .. } => (offer, State::Declined),
            Entry::OfferExpired { offer, .. } => (offer, State::Expired),
            Entry::OfferWithdrawn { offer, .. } => (offer, State::Withdrawn),
            _ => return,
        };
        self.offers.entry(*offer).or_default().states.push(state);
    }
}

/// A row of a place.
struct Place {
    reservation: ReservationId,
    holding: Holding,
    slot: Slot,
    is_booked: bool,
    is_of_its_way: bool,
}

pub(super) fn check(reader: &mut Reader<'_>, mut told: Told, findings: &mut Findings) -> Result<()> {
    let mut places: BTreeMap<OfferId, Vec<Place>> = BTreeMap::new();
    for (offer, place) in reader.rows(&PLACES, bind![], |row| {
        let channel: Channel = row.get("channel")?;
        let place = Place {
            reservation: row.get("reservation_id")?,
            holding: row.get("state")?,
            slot: slot(row)?,
            is_booked: row.get::<domain::reservation::State>("reservation_state")?
                == domain::reservation::State::Booked,
            is_of_its_way: channel == row.get("reservation_channel")?,
        };
        Ok((row.get::<OfferId>("offer_id")?, place))
    })? {
        places.entry(offer).or_default().push(place);
    }
    for (id, state) in
        reader.rows(&OFFERS, bind![], |row| Ok((row.get::<OfferId>("id")?, row.get::<State>("state")?)))?
    {
        let name = format!("offer:{id}");
        let Some(story) = told.offers.remove(&id) else {
            findings.add(Invariant::Offer, &name, "the journal does not know it");
            continue;
        };
        let says = match story.states.as_slice() {
            [] => Some(State::Open),
            [one] => Some(*one),
            _ => None,
        };
        if says != Some(state) {
            findings.add(
                Invariant::Offer,
                &name,
                format!("it is {state}, and the journal tells it otherwise"),
            );
        }
        let of = places.remove(&id).unwrap_or_default();
        if of.len() != story.places.len() {
            findings.add(Invariant::Offer, &name, "it has other places than the journal says");
        }
        for place in &of {
            let offered = story
                .places
                .iter()
                .any(|known| known.reservation == place.reservation && known.to == place.slot);
            if let Some(what) = fault(state, place, offered, &told.moved) {
                findings.add(Invariant::Offer, &name, what);
            }
        }
        if state == State::Open && !of.iter().any(|place| place.holding == Holding::Held) {
            findings.add(Invariant::Offer, &name, "it is open and holds nothing");
        }
    }
    for id in told.offers.keys() {
        findings.add(Invariant::Offer, format!("offer:{id}"), "the journal knows it, the table does not");
    }
    let works = reader
        .rows(&OFFERINGS, bind![], |row| Ok((row.get::<OfferingId>("id")?, row.get::<Work>("state")?)))?;
    if works.into_iter().collect::<BTreeMap<_, _>>() != told.works {
        findings.add(Invariant::Offer, "offerings", "the journal tells of them otherwise");
    }
    Ok(())
}

/// What is wrong with a place, if something is.
fn fault(
    state: State,
    place: &Place,
    offered: bool,
    moved: &BTreeMap<ReservationId, Vec<Slot>>,
) -> Option<&'static str> {
    if !offered {
        return Some("a place is not the one that was offered");
    }
    if !place.is_of_its_way {
        return Some("a place stands in the count of another way than its reservation");
    }
    match place.holding {
        Holding::Held if state != State::Open => Some("a place is held and the offer is not open"),
        Holding::Held if !place.is_booked => Some("a place is held for a reservation that is not booked"),
        Holding::Taken if state != State::Accepted => Some("a place was taken and nobody accepted the offer"),
        Holding::Taken => {
            let there = moved.get(&place.reservation).is_some_and(|slots| slots.contains(&place.slot));
            (!there).then_some("it was accepted and its reservation was not moved there")
        }
        Holding::Held | Holding::Freed => None,
    }
}
