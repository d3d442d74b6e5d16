//! Offers in the store: a held place is truly taken, one answer of several is written down, what nobody answers is given
//! back, and whoever holds places for many may be killed between two portions.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::sync::Barrier;

use domain::id::{CardId, Id, OfferId, OfferingId, ReservationId, RuleId};
use domain::journal::{Entry, Slot, Subject};
use domain::mail::Kind;
use domain::offer::{Reason, State};
use domain::reservation::{Channel, State as Booking};
use domain::rules::{Agreed, Change, RuleBody, What};
use domain::time::end_of_day;
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use store::Lane;
use store::offer::{self, Making, Offer, OfferError, answer, bulk};
use store::reception::ReceptionError;
use store::reservation::{BookingError, Reservation};
use store::verify::Invariant;
use testkit::{City, TestDb, on_both};

/// A Tuesday, and the days after it.
const DAY: Date = date(2026, 11, 24);
const NEXT: Date = date(2026, 11, 25);
const LATER: Date = date(2026, 12, 1);

fn slot_at(day: Date, start: &str) -> Slot {
    let (site, start) = ("honcho".parse().unwrap(), start.parse().unwrap());
    Slot { service: domain::service::Service::Issuance, site, day, start }
}

fn closes(city: &mut City, n: u128, body: &str) {
    let body: Box<RuleBody> = serde_json::from_str(body).unwrap();
    let change = Change {
        rule: RuleId::from_parts(7, n),
        what: What::Say { body, from: domain::time::day_of(city.now()), until: None },
        agreement: Some("市と合意".to_owned()),
    };
    let (act, epoch) = (city.act(), city.rules.epoch());
    city.db()
        .write_now(Lane::Staff, move |tx| {
            store::rules::change(tx, &act, epoch, &change, Agreed::Told, "台風")
        })
        .unwrap();
    city.rules = std::sync::Arc::new(city.db().read_now(store::rules::load).unwrap());
}

fn closed(city: &mut City, day: Date) {
    let body = format!(
        r#"{{"type":"closed","when":{{"on":"date","day":"{day}"}},"reason":"台風","notice":"weather"}}"#
    );
    closes(city, u128::from(day.day().unsigned_abs()), &body);
}

fn makes(city: &mut City, places: &[(ReservationId, Slot)], reason: Reason) -> Result<OfferId, OfferError> {
    let (act, rules) = (city.act(), city.rules.clone());
    let until = end_of_day(date(2026, 11, 20));
    let making = Making { places: places.to_vec(), reason, until, offering: None };
    city.db().write_now(Lane::Staff, move |tx| offer::make(tx, &act, &rules, &making))
}

fn accepts(city: &mut City, id: OfferId, by: Channel) -> Result<Vec<Reservation>, OfferError> {
    let (act, rules) = (city.citizen(), city.rules.clone());
    city.db().write_now(Lane::Public, move |tx| answer::accept(tx, &act, &rules, id, by))
}

fn declines(city: &mut City, id: OfferId) -> Result<(), OfferError> {
    let act = city.citizen();
    city.db().write_now(Lane::Public, move |tx| answer::decline(tx, &act, id, Channel::Web))
}

fn withdraws(city: &mut City, id: OfferId) -> Result<(), OfferError> {
    let act = city.act();
    city.db().write_now(Lane::Staff, move |tx| answer::withdraw(tx, &act, id, "入力の誤り"))
}

fn expires(city: &mut City) -> u32 {
    let act = city.act();
    city.db().write_now(Lane::Background, move |tx| offer::expire(tx, &act, 10)).unwrap()
}

fn found(city: &City, id: OfferId) -> Offer {
    city.db().read_now(move |reader| offer::find(reader, id)).unwrap().unwrap()
}

/// Bookings of one slot.
fn booked(city: &mut City, cards: &[CardId], slot: &Slot) -> Vec<ReservationId> {
    cards.iter().map(|card| city.book(*card, slot.clone()).unwrap().id).collect()
}

/// Holds places for everybody without one, portion by portion, at most so many portions.
fn holds(city: &mut City, work: OfferingId, most: usize) -> u32 {
    let mut done = 0;
    for _ in 0..most {
        let Some(of) = city.db().read_now(bulk::running).unwrap() else { break };
        assert_eq!(of.id, work);
        let (rules, now) = (city.rules.clone(), city.now());
        let (planned, plan) = (of.clone(), rules.clone());
        let planned = city.db().read_now(move |reader| bulk::plan(reader, &plan, &planned, now)).unwrap();
        if planned.is_empty() {
            let act = city.act();
            city.db().write_now(Lane::Background, move |tx| bulk::end(tx, &act, work)).unwrap();
            break;
        }
        let (act, portion) = (city.act(), planned[..planned.len().min(bulk::PORTION)].to_vec());
        done += city
            .db()
            .write_now(Lane::Background, move |tx| bulk::portion(tx, &act, &rules, &of, &portion))
            .unwrap();
    }
    done
}

fn begins(city: &mut City, until: Date, chosen: Option<Vec<ReservationId>>) -> OfferingId {
    let act = city.act();
    city.db()
        .write_now(Lane::Staff, move |tx| bulk::begin(tx, &act, end_of_day(until), chosen.as_deref()))
        .unwrap()
}

fn offered_to(city: &City, id: ReservationId) -> Offer {
    city.db().read_now(move |reader| offer::open_of(reader, id)).unwrap().unwrap()
}

on_both! {
    fn r4_e_an_offer_takes_its_places_and_a_booking_moves_to_them_with_consent(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(7, 'A');
        let (at, to) = (slot_at(DAY, "9:00"), slot_at(NEXT, "9:00"));
        let one = booked(&mut city, &cards[..1], &at)[0];
        closed(&mut city, DAY);
        let id = makes(&mut city, &[(one, to.clone())], Reason::Closure).unwrap();
        // The place is taken: three more fit, and nobody else.
        assert_eq!(city.taken(&to), 1);
        booked(&mut city, &cards[1..4], &to);
        assert_eq!(city.book(cards[4], to.clone()).unwrap_err(), BookingError::Full);
        assert_eq!(city.now_is(one).slot, at);
        city.is_clean();
        let moved = accepts(&mut city, id, Channel::Web).unwrap();
        assert_eq!((moved[0].slot.clone(), moved[0].web_changes, moved[0].changes), (to.clone(), 0, 1));
        assert_eq!((city.taken(&to), city.taken(&at)), (4, 0));
        assert_eq!(found(&city, id).state, State::Accepted);
        // It is answered, whoever answers again.
        assert_eq!(accepts(&mut city, id, Channel::Web).unwrap_err(), OfferError::Ended(State::Accepted));
        assert_eq!(withdraws(&mut city, id).unwrap_err(), OfferError::Ended(State::Accepted));
        let story = city.db().read_now(move |reader| store::journal::of(reader, &Subject::Reservation(one))).unwrap();
        let consent = story.iter().find(|written| matches!(written.entry, Entry::OfferAccepted { .. })).unwrap();
        assert!(matches!(consent.entry, Entry::OfferAccepted { by: Channel::Web, .. }));
        assert_eq!((consent.at, consent.actor), (city.now(), domain::journal::Actor::Citizen));
        city.is_clean();
    }

    fn r4_e_what_is_declined_withdrawn_or_not_answered_is_free_again_and_nothing_is_cancelled(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(6, 'A');
        let (at, to) = (slot_at(DAY, "9:00"), slot_at(NEXT, "9:00"));
        let ids = booked(&mut city, &cards[..3], &at);
        closed(&mut city, DAY);
        let offers: Vec<OfferId> =
            ids.iter().map(|id| makes(&mut city, &[(*id, to.clone())], Reason::Closure).unwrap()).collect();
        assert_eq!(city.taken(&to), 3);
        declines(&mut city, offers[0]).unwrap();
        withdraws(&mut city, offers[1]).unwrap();
        assert_eq!(city.taken(&to), 1);
        // The last minute still belongs to the citizen; then the place is free, before a job comes round.
        city.at(date(2026, 11, 20), 23 * 60 + 59);
        assert_eq!(found(&city, offers[2]).seen(city.now()), State::Open);
        city.at(date(2026, 11, 21), 0);
        assert_eq!(found(&city, offers[2]).seen(city.now()), State::Expired);
        assert_eq!(accepts(&mut city, offers[2], Channel::Web).unwrap_err(), OfferError::Ended(State::Expired));
        city.at(date(2026, 11, 20), 9 * 60);
        booked(&mut city, &cards[3..6], &to);
        city.at(date(2026, 11, 21), 0);
        let late = city.notified(1, 'B')[0];
        // The slot is full by the count, and the place of the offer is given to whoever asks for it.
        let (act, rules) = (city.act(), city.rules.clone());
        let (keys, wish) = (city.keys.clone(), city.wish(late, to.clone()));
        city.db()
            .write_now(Lane::Staff, move |tx| store::reservation::book(tx, &act, &keys, &rules, &wish))
            .unwrap();
        assert_eq!(found(&city, offers[2]).state, State::Expired);
        assert_eq!(expires(&mut city), 0);
        for id in &ids {
            let now = city.now_is(*id);
            assert_eq!((now.state, now.slot), (Booking::Booked, at.clone()));
        }
        city.is_clean();
    }

    fn r4_d_a_family_is_offered_places_together_and_who_leaves_it_gives_up_only_their_own(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(4, 'A');
        let family = city.book_all(&cards[..3], DAY, &["9:00", "9:00", "9:10"]).unwrap();
        closed(&mut city, DAY);
        let places: Vec<_> = family
            .iter()
            .zip(["9:00", "9:00", "9:10"])
            .map(|(member, start)| (member.id, slot_at(NEXT, start)))
            .collect();
        // Half a family is offered nothing.
        assert_eq!(
            makes(&mut city, &places[..2], Reason::Closure).unwrap_err(),
            OfferError::Booking(BookingError::AnotherParty)
        );
        let id = makes(&mut city, &places, Reason::Closure).unwrap();
        city.cancel(family[2].id).unwrap();
        assert_eq!(city.taken(&places[2].1), 0);
        assert_eq!(found(&city, id).state, State::Open);
        city.is_clean();
        let moved = accepts(&mut city, id, Channel::Telephone).unwrap();
        assert_eq!(moved.len(), 2);
        assert!(moved.iter().all(|member| member.slot.day == NEXT && member.party == Some(family[0].id)));
        city.is_clean();
        // Who chooses another time instead gives the places back.
        let alone = booked(&mut city, &cards[3..], &slot_at(LATER, "9:00"))[0];
        let offer = makes(&mut city, &[(alone, slot_at(NEXT, "11:00"))], Reason::Wish).unwrap();
        let elsewhere = slot_at(NEXT, "12:00");
        city.move_to(alone, elsewhere).unwrap();
        assert_eq!((found(&city, offer).state, city.taken(&slot_at(NEXT, "11:00"))), (State::Withdrawn, 0));
        city.is_clean();
    }

    fn r4_e_a_move_that_nobody_wished_for_is_none_of_the_citizens_changes(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(6, 'A');
        let slot = slot_at(DAY, "9:00");
        let ids = booked(&mut city, &cards[..4], &slot);
        for n in 0..3 {
            let to = slot_at(if n % 2 == 0 { NEXT } else { DAY }, "15:00");
            city.move_to(ids[0], to).unwrap();
        }
        assert_eq!(city.move_to(ids[0], slot.clone()).unwrap_err(), BookingError::NoMoreChanges);
        closed(&mut city, NEXT);
        city.move_to(ids[0], slot_at(LATER, "9:00")).unwrap();
        let now = city.now_is(ids[0]);
        assert_eq!((now.changes, now.web_changes), (4, 3));
        // Fewer places: who booked last has none, and the others have.
        let places = r#"{"type":"reduction","when":{"on":"date","day":"2026-11-24"},"from":"9:00","until":"12:00",
            "cut":{"to":2},"reason":"駐車場使用不可"}"#;
        closes(&mut city, 99, places);
        city.move_to(ids[3], slot_at(LATER, "9:10")).unwrap();
        city.move_to(ids[1], slot_at(LATER, "9:20")).unwrap();
        assert_eq!((city.now_is(ids[3]).web_changes, city.now_is(ids[1]).web_changes), (0, 1));
        city.is_clean();
    }

    fn r4_e_nobody_did_not_come_while_their_answer_is_awaited_and_a_closed_day_can_be_left_afterwards(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(2, 'A');
        let ids = booked(&mut city, &cards, &slot_at(DAY, "9:00"));
        city.at(DAY, 8 * 60);
        closed(&mut city, DAY);
        let to = slot_at(LATER, "9:00");
        let (act, rules, until) = (city.act(), city.rules.clone(), end_of_day(date(2026, 11, 27)));
        let making = Making { places: vec![(ids[0], to.clone())], reason: Reason::Closure, until, offering: None };
        let id = city.db().write_now(Lane::Staff, move |tx| offer::make(tx, &act, &rules, &making)).unwrap();
        city.at(DAY, 18 * 60);
        let (act, one) = (city.act(), ids[0]);
        let refused = city.db().write_now(Lane::Staff, move |tx| store::reception::not_come(tx, &act, one));
        assert_eq!(refused.unwrap_err(), ReceptionError::Offered);
        city.at(NEXT, 9 * 60);
        // The day is over, and nobody could come on it.
        accepts(&mut city, id, Channel::Telephone).unwrap();
        city.move_to(ids[1], slot_at(LATER, "9:10")).unwrap();
        assert_eq!(city.now_is(ids[0]).slot, to);
        city.is_clean();
    }

    fn r4_e_a_place_that_was_closed_too_is_not_given(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(1, 'A');
        let one = booked(&mut city, &cards, &slot_at(DAY, "9:00"))[0];
        closed(&mut city, DAY);
        let to = slot_at(NEXT, "9:00");
        let id = makes(&mut city, &[(one, to)], Reason::Closure).unwrap();
        closed(&mut city, NEXT);
        assert_eq!(accepts(&mut city, id, Channel::Web).unwrap_err(), OfferError::PlaceClosed);
        // Who holds places for everybody offers another one in its stead.
        let work = begins(&mut city, date(2026, 11, 20), None);
        assert_eq!(holds(&mut city, work, 10), 1);
        assert_eq!(found(&city, id).state, State::Withdrawn);
        assert!(offered_to(&city, one).is_granted(&city.rules));
        city.is_clean();
    }

    fn r4_e_of_two_answers_at_once_one_is_written_and_the_other_learns_of_it(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(16, 'A');
        let (mut accepted, mut ended) = (0, 0);
        for (n, card) in cards.iter().enumerate() {
            let at = slot_at(DAY, ["9:00", "9:10", "9:20", "9:30"][n % 4]);
            let id = city.book(*card, at.clone()).unwrap().id;
            let to = slot_at(NEXT, ["9:00", "9:10", "9:20", "9:30"][n % 4]);
            let offer = makes(&mut city, &[(id, to.clone())], Reason::Closure).unwrap();
            let (citizen, staff, rules) = (city.citizen(), city.act(), city.rules.clone());
            let (cancels, again) = (n % 3 == 2, rules.clone());
            let (db, barrier) = (city.db(), Barrier::new(2));
            let (one, other) = std::thread::scope(|scope| {
                let one = scope.spawn(|| {
                    barrier.wait();
                    db.write_now(Lane::Public, move |tx| {
                        answer::accept(tx, &citizen, &rules, offer, Channel::Web).map(drop)
                    })
                });
                barrier.wait();
                let other = db.write_now(Lane::Staff, move |tx| {
                    if cancels {
                        store::reservation::cancel(tx, &staff, &again, id, Channel::Telephone)?;
                        return Ok(());
                    }
                    answer::withdraw(tx, &staff, offer, "競合")
                });
                (one.join().unwrap(), other)
            });
            let now = city.now_is(id);
            match (&one, &other) {
                (Ok(()), Err(OfferError::Ended(State::Accepted))) => {
                    accepted += 1;
                    assert_eq!(now.slot, to);
                }
                (Err(OfferError::Ended(State::Withdrawn)), Ok(())) => ended += 1,
                // It was cancelled in the very moment: there is nothing to move, and the offer ended with it.
                (Err(OfferError::Booking(BookingError::WrongState(_))), Ok(())) if cancels => ended += 1,
                // Cancelled after it was accepted: both were done, one after the other.
                (Ok(()), Ok(())) if cancels => assert_eq!((now.state, now.slot), (Booking::Cancelled, to)),
                other => panic!("{other:?}"),
            }
            assert!(cancels || now.state == Booking::Booked);
        }
        assert!(accepted + ended <= 16);
        city.is_clean();
    }

    fn r4_e_places_are_held_for_all_in_portions_that_may_be_interrupted(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(22, 'A');
        let mut ids = Vec::new();
        for (n, card) in cards[..16].iter().enumerate() {
            let slot = slot_at(DAY, ["9:00", "9:10", "14:00", "16:20"][n % 4]);
            ids.push(city.book(*card, slot).unwrap().id);
        }
        let family = city.book_all(&cards[16..20], DAY, &["10:00", "10:00", "10:10", "10:10"]).unwrap();
        let elsewhere = booked(&mut city, &cards[20..21], &slot_at(LATER, "9:00"))[0];
        closed(&mut city, DAY);
        let until = date(2026, 11, 20);
        let work = begins(&mut city, until, None);
        // The program ends between two portions; another one goes on, and nobody is offered twice.
        let first = holds(&mut city, work, 1);
        assert_eq!(first, u32::try_from(bulk::PORTION).unwrap());
        city.is_clean();
        assert_eq!(first + holds(&mut city, work, 100), 17);
        assert!(city.db().read_now(bulk::running).unwrap().is_none());
        let mut seen = std::collections::BTreeSet::new();
        for id in ids.iter().chain(family.iter().map(|member| &member.id)) {
            let offer = offered_to(&city, *id);
            let place = offer.places.iter().find(|place| place.reservation == *id).unwrap();
            assert_eq!((offer.reason, offer.offering), (Reason::Closure, Some(work)));
            assert_eq!(offer.until, end_of_day(until));
            // The same time of day, on one of the nearest days; a family sits together from its first time on.
            let together = family.iter().any(|member| member.id == *id) && place.to.start.to_string() == "10:00";
            assert!(place.to.start == place.from.start || together);
            assert!(place.to.day > until && place.to.day != DAY);
            seen.insert(offer.id);
        }
        assert_eq!(seen.len(), 17);
        assert!(city.db().read_now(move |reader| offer::open_of(reader, elsewhere)).unwrap().is_none());
        // Pressed again there is nothing to do for those who wait, and nothing for those who said no.
        let last = offered_to(&city, ids[0]).id;
        declines(&mut city, last).unwrap();
        let again = begins(&mut city, until, None);
        assert_eq!(holds(&mut city, again, 10), 0);
        let by_name = begins(&mut city, until, Some(vec![ids[0]]));
        assert_eq!(holds(&mut city, by_name, 10), 1);
        city.is_clean();
    }

    fn r4_e_who_cannot_be_placed_is_written_down(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(2, 'A');
        let ids = booked(&mut city, &cards, &slot_at(DAY, "9:00"));
        let body = r#"{"type":"closed","when":{"on":"range","from":"2026-11-16","until":"2027-03-31"},"reason":"工事"}"#;
        closes(&mut city, 1, body);
        let work = begins(&mut city, date(2026, 11, 20), None);
        assert_eq!(holds(&mut city, work, 10), 2);
        for id in ids {
            let last = city.db().read_now(move |reader| {
                let found = store::reservation::find(reader, id)?.unwrap();
                offer::last_of(reader, &found)
            });
            assert_eq!(last.unwrap().unwrap().state, State::NoPlace);
            assert_eq!(city.now_is(id).state, Booking::Booked);
        }
        let since = city.now() - SignedDuration::from_hours(1);
        let listed = city.db().read_now(move |reader| offer::list::since(reader, since, 100)).unwrap();
        assert_eq!(listed.len(), 2);
        city.is_clean();
    }

    fn r4_e_verify_finds_a_place_that_is_held_for_nobody_and_an_answer_that_was_forged(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(2, 'A');
        let ids = booked(&mut city, &cards, &slot_at(DAY, "9:00"));
        closed(&mut city, DAY);
        let open = makes(&mut city, &[(ids[0], slot_at(NEXT, "9:00"))], Reason::Closure).unwrap();
        let gone = makes(&mut city, &[(ids[1], slot_at(NEXT, "9:00"))], Reason::Closure).unwrap();
        declines(&mut city, gone).unwrap();
        city.is_clean();
        let finds = |city: &City, sql: &str, back: &str, invariant: Invariant| {
            city.home.by_hand(sql);
            let findings = city.verify();
            assert!(findings.iter().any(|finding| finding.invariant == invariant), "{sql}: {findings:#?}");
            city.home.by_hand(back);
            assert_eq!(city.verify(), []);
        };
        let place = |state: &str, offer: OfferId| format!("UPDATE offer_place SET state = '{state}' WHERE offer_id = '{offer}'");
        finds(&city, &place("held", gone), &place("freed", gone), Invariant::Offer);
        finds(&city, &place("held", gone), &place("freed", gone), Invariant::Slot);
        finds(&city, &place("freed", open), &place("held", open), Invariant::Offer);
        finds(&city, &place("taken", gone), &place("freed", gone), Invariant::Offer);
        let state = |state: &str, offer: OfferId| format!("UPDATE offer SET state = '{state}' WHERE id = '{offer}'");
        finds(&city, &state("accepted", gone), &state("declined", gone), Invariant::Offer);
        let day = |day: &str| format!("UPDATE offer_place SET day = '{day}' WHERE offer_id = '{gone}'");
        finds(&city, &day("2026-12-02"), &day("2026-11-25"), Invariant::Offer);
    }

    fn r4_e_whoever_is_told_by_mail_is_asked_by_mail(home: TestDb) {
        let mut city = City::found(home);
        city.agree(domain::ledger::Field::MailAddress, 7);
        let cards = city.notified(1, 'A');
        let one = booked(&mut city, &cards, &slot_at(DAY, "9:00"))[0];
        let (act, keys) = (city.citizen(), city.keys.clone());
        let giving = store::contact::Giving {
            reservation: one,
            address: domain::mail::Address::read("hanako@example.jp").unwrap(),
            language: "en".to_owned(),
            nonce: [7; 24],
            ask: true,
        };
        let confirm = city.citizen();
        city.db()
            .write_now(Lane::Public, move |tx| {
                store::contact::give(tx, &act, &keys, &giving)?;
                let token = store::contact::find(tx, one)?.unwrap().token(&keys)?;
                store::contact::confirm(tx, &confirm, &keys, token)
            })
            .unwrap();
        closed(&mut city, DAY);
        makes(&mut city, &[(one, slot_at(NEXT, "9:00"))], Reason::Closure).unwrap();
        let now = city.now();
        let mut kinds = Vec::new();
        while let Some(claimed) = city.db().write_now(Lane::Background, move |tx| store::outbox::claim(tx, "one", now)).unwrap() {
            kinds.push(claimed.mail.kind);
            city.db().write_now(Lane::Background, move |tx| store::outbox::done(tx, &claimed, domain::mail::State::Sent, now)).unwrap();
        }
        assert_eq!(kinds.last(), Some(&Kind::Offered));
        let day = city.day(DAY);
        assert_eq!(city.db().read_now(move |reader| store::contact::confirmed_of_day(reader, &day)).unwrap(), [one]);
        city.is_clean();
    }
}
