//! Offers of places that the staff chose: bound by the rules that bind the staff, made on what was shown and on nothing
//! else, and over when the booking goes another way.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::sync::Barrier;

use domain::id::{OfferId, ReservationId};
use domain::offer::{Reason, State};
use domain::reservation::{Channel, Limit, State as Booking};
use domain::time::end_of_day;
use jiff::civil::{Date, date};
use store::Lane;
use store::offer::chosen::{self, Chosen};
use store::offer::{self, Offer, OfferError, answer};
use store::reservation::shown::{Shown, Whom};
use store::reservation::{BookingError, party};
use testkit::{City, TestDb, on_both};

/// A Tuesday, the days after it, and the last day for an answer.
const DAY: Date = date(2026, 11, 24);
const NEXT: Date = date(2026, 11, 25);
const LATER: Date = date(2026, 12, 1);
const UNTIL: Date = date(2026, 11, 20);

/// A booking as a page shows it now.
fn shown(city: &City, id: ReservationId) -> Shown {
    let people = city.db().read_now(move |reader| {
        let this = store::reservation::find(reader, id)?.unwrap();
        party::together(reader, &this)
    });
    let versions = people.unwrap().iter().map(|person| person.version).collect();
    Shown { whom: Whom::All, versions }
}

fn choice(day: Date, starts: &[&str]) -> Chosen {
    let starts = starts.iter().map(|start| start.parse().unwrap()).collect();
    Chosen { day, starts, until: end_of_day(UNTIL) }
}

fn offers(city: &mut City, id: ReservationId, shown: &Shown, chosen: &Chosen) -> Result<OfferId, OfferError> {
    let (act, rules, shown, chosen) = (city.act(), city.rules.clone(), shown.clone(), chosen.clone());
    city.db().write_now(Lane::Staff, move |tx| chosen::offer(tx, &act, &rules, id, &shown, &chosen))
}

fn found(city: &City, id: OfferId) -> Offer {
    city.db().read_now(move |reader| offer::find(reader, id)).unwrap().unwrap()
}

fn open_of(city: &City, id: ReservationId) -> Option<Offer> {
    city.db().read_now(move |reader| offer::open_of(reader, id)).unwrap()
}

on_both! {
    fn r4_e_a_chosen_place_is_held_and_its_acceptance_is_none_of_the_citizens_changes(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(3, 'A');
        let (at, to) = (city.slot(DAY, "9:00"), city.slot(LATER, "14:20"));
        let one = city.book(cards[0], at.clone()).unwrap().id;
        let seen = shown(&city, one);
        let first = offers(&mut city, one, &seen, &choice(NEXT, &["10:00"])).unwrap();
        assert_eq!((found(&city, first).reason, city.taken(&city.slot(NEXT, "10:00"))), (Reason::Staff, 1));
        // Another one is chosen in its stead, by somebody who saw it.
        let seen = shown(&city, one);
        let second = offers(&mut city, one, &seen, &choice(LATER, &["14:20"])).unwrap();
        assert_eq!((found(&city, first).state, city.taken(&city.slot(NEXT, "10:00"))), (State::Withdrawn, 0));
        assert_eq!((city.now_is(one).slot, city.taken(&at), city.taken(&to)), (at.clone(), 1, 1));
        city.is_clean();
        let (act, rules) = (city.citizen(), city.rules.clone());
        city.db().write_now(Lane::Public, move |tx| answer::accept(tx, &act, &rules, second, Channel::Web)).unwrap();
        let now = city.now_is(one);
        assert_eq!((&now.slot, now.web_changes, now.changes, city.taken(&at)), (&to, 0, 1, 0));
        // A family moves together or not at all.
        let family = city.book_all(&cards[1..], DAY, &["9:00", "9:10"]).unwrap();
        let seen = shown(&city, family[1].id);
        assert_eq!(
            offers(&mut city, family[1].id, &seen, &choice(NEXT, &["9:00"])).unwrap_err(),
            OfferError::Booking(BookingError::AnotherParty)
        );
        let id = offers(&mut city, family[1].id, &seen, &choice(NEXT, &["9:00", "9:00"])).unwrap();
        assert_eq!((found(&city, id).booking, city.taken(&city.slot(NEXT, "9:00"))), (family[0].id, 2));
        city.is_clean();
    }

    fn r4_e_a_place_is_chosen_within_the_rules_and_never_the_one_that_somebody_has(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(6, 'A');
        let family = city.book_all(&cards[..2], DAY, &["9:00", "9:10"]).unwrap();
        let (id, seen) = (family[0].id, shown(&city, family[0].id));
        for full in &cards[2..6] {
            let slot = city.slot(NEXT, "9:00");
            city.book(*full, slot).unwrap();
        }
        let mut refused = |chosen: &Chosen| offers(&mut city, id, &seen, chosen).unwrap_err();
        // It would take two places of a slot for one visit, and a yes would move nobody.
        assert_eq!(refused(&choice(DAY, &["9:10", "9:10"])), OfferError::SamePlace);
        assert_eq!(refused(&choice(NEXT, &["9:00", "9:10"])), OfferError::Booking(BookingError::Full));
        let beyond = OfferError::Booking(BookingError::Limited(Limit::Window));
        assert_eq!(refused(&choice(date(2027, 3, 1), &["9:00", "9:00"])), beyond);
        // Held until before the day of the places, and not until a day that is over.
        for until in [NEXT, date(2026, 11, 1)] {
            let chosen = Chosen { until: end_of_day(until), ..choice(NEXT, &["10:00", "10:00"]) };
            assert_eq!(refused(&chosen), OfferError::TooLong);
        }
        assert!(open_of(&city, id).is_none());
        assert_eq!(shown(&city, id), seen, "what is refused changes nothing");
        city.is_clean();
    }

    fn r4_e_of_two_operators_who_choose_at_once_one_is_told_and_no_place_is_lost(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(12, 'A');
        let other = city.home.another_node();
        for (n, card) in cards.iter().enumerate() {
            let at = ["9:00", "9:10", "9:20"][n % 3];
            let slot = city.slot(DAY, at);
            let id = city.book(*card, slot).unwrap().id;
            let seen = shown(&city, id);
            let presses = [NEXT, LATER].map(|day| (city.act(), choice(day, &[at])));
            let (rules, barrier) = (&city.rules, Barrier::new(2));
            let nodes = [city.db().clone(), other.clone()];
            let done: Vec<_> = std::thread::scope(|scope| {
                let callers: Vec<_> = nodes.iter().zip(presses).map(|(db, (act, chosen))| {
                    let (rules, seen, barrier) = (rules.clone(), seen.clone(), &barrier);
                    scope.spawn(move || {
                        barrier.wait();
                        db.write_now(Lane::Staff, move |tx| chosen::offer(tx, &act, &rules, id, &seen, &chosen))
                    })
                }).collect();
                callers.into_iter().map(|caller| caller.join().unwrap()).collect()
            });
            let told = OfferError::Booking(BookingError::ChangedSince);
            assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 1, "{done:?}");
            assert!(done.iter().any(|one| one.as_ref().err() == Some(&told)), "{done:?}");
            let places = [NEXT, LATER].map(|day| city.taken(&city.slot(day, at)));
            let round = u32::try_from(n / 3 + 1).unwrap();
            assert_eq!(places.iter().sum::<u32>(), round, "one place is held for each");
        }
        city.is_clean();
    }

    fn r4_e_whoever_chooses_while_the_citizen_goes_another_way_holds_nothing_for_nobody(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(18, 'A');
        for (n, card) in cards.iter().enumerate() {
            let at = ["9:00", "9:10", "9:20", "9:30", "9:40", "9:50"][n % 6];
            let slot = city.slot(DAY, at);
            let id = city.book(*card, slot).unwrap().id;
            let (seen, chosen, to) = (shown(&city, id), choice(NEXT, &[at]), city.slot(LATER, at));
            let (staff, citizen, rules) = (city.act(), city.citizen(), city.rules.clone());
            let (cancels, again, db) = (n % 3 == 2, rules.clone(), city.db());
            let barrier = Barrier::new(2);
            let (offered, gone) = std::thread::scope(|scope| {
                let gone = scope.spawn(|| {
                    barrier.wait();
                    db.write_now(Lane::Public, move |tx| {
                        if cancels {
                            return store::reservation::cancel(tx, &citizen, &again, id, Channel::Web).map(drop);
                        }
                        store::reservation::move_to(tx, &citizen, &again, id, &to, Channel::Web).map(drop)
                    })
                });
                barrier.wait();
                let offered =
                    db.write_now(Lane::Staff, move |tx| chosen::offer(tx, &staff, &rules, id, &seen, &chosen));
                (offered, gone.join().unwrap())
            });
            gone.unwrap();
            let now = city.now_is(id);
            match offered {
                // First offered: the citizen's own way ended it.
                Ok(offer) => assert_eq!(found(&city, offer).state, State::Withdrawn),
                // Moved or cancelled before it, or in the very moment.
                Err(OfferError::Booking(BookingError::ChangedSince)) => {}
                Err(OfferError::Booking(BookingError::WrongState(_))) => assert!(cancels),
                Err(other) => panic!("{other}"),
            }
            assert!(open_of(&city, id).is_none());
            assert_eq!(now.state, if cancels { Booking::Cancelled } else { Booking::Booked });
            assert_eq!(city.taken(&city.slot(NEXT, at)), 0);
        }
        city.is_clean();
    }
}
