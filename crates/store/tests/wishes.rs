//! Wishes in the store: what is free is offered in the order in which they were left, within what the web may give, one
//! offer at a time and no day twice; a wish ends with its booking; of two at once one wins.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::collections::BTreeSet;
use std::sync::Barrier;

use domain::id::{CardId, ReservationId, WishId};
use domain::journal::Slot;
use domain::mail::Kind;
use domain::offer::{Reason, State as Stands};
use domain::reservation::{Channel, State as Booking};
use domain::rules::Weekdays;
use domain::time::end_of_day;
use domain::wish::{Times, Wish};
use jiff::civil::{Date, Weekday, date};
use store::Lane;
use store::offer::{self, Offer, OfferError, answer};
use store::reservation::{BookingError, Reservation};
use store::verify::Invariant;
use store::wish::{self, Waiting, WishError, turn};
use testkit::{City, TestDb, on_both};

/// A Tuesday, the next day, and a Tuesday after them. Today is a day on which both can be booked on the web.
const DAY: Date = date(2026, 11, 24);
const NEXT: Date = date(2026, 11, 25);
const LATER: Date = date(2026, 12, 8);

fn week() -> Weekdays {
    Weekdays::of((0..7).map(|n| Weekday::from_monday_zero_offset(n).unwrap()))
}

fn wanted(from: Date, until: Date) -> Wish {
    Wish { from, until, weekdays: week(), times: Times::Any }
}

fn leaves(city: &mut City, id: ReservationId, wish: Wish) -> Result<WishId, WishError> {
    let (act, rules) = (city.citizen(), city.rules.clone());
    city.db().write_now(Lane::Public, move |tx| wish::leave(tx, &act, &rules, id, &wish))
}

fn withdraws(city: &mut City, id: ReservationId) {
    let act = city.citizen();
    city.db().write_now(Lane::Public, move |tx| wish::withdraw(tx, &act, id)).unwrap();
}

fn wish_of(city: &City, id: ReservationId) -> Option<Waiting> {
    let of = city.now_is(id);
    city.db().read_now(move |reader| wish::open_of(reader, &of)).unwrap()
}

fn planned(city: &City) -> turn::Round {
    let (rules, now, site) = (city.rules.clone(), city.now(), city.site.clone());
    let counter = domain::service::Service::Issuance;
    city.db().read_now(move |reader| turn::plan(reader, &rules, (counter, &site), None, now)).unwrap()
}

/// What the job does: whoever's turn it is gets an offer. Answers how many did.
fn serves(city: &mut City) -> usize {
    let round = planned(city);
    let (act, over) = (city.act(), round.over.clone());
    city.db().write_now(Lane::Background, move |tx| turn::end_over(tx, &act, &over)).unwrap();
    let gave = round.planned.into_iter().filter(|planned| {
        let (act, rules, planned) = (city.act(), city.rules.clone(), planned.clone());
        city.db().write_now(Lane::Background, move |tx| turn::give(tx, &act, &rules, &planned)).unwrap()
    });
    gave.count()
}

fn accepts(city: &mut City, of: &Offer) -> Result<Vec<Reservation>, OfferError> {
    let (act, rules, id) = (city.citizen(), city.rules.clone(), of.id);
    city.db().write_now(Lane::Public, move |tx| answer::accept(tx, &act, &rules, id, Channel::Web))
}

fn declines(city: &mut City, of: &Offer) {
    let (act, id) = (city.citizen(), of.id);
    city.db().write_now(Lane::Public, move |tx| answer::decline(tx, &act, id, Channel::Web)).unwrap();
}

fn expires(city: &mut City) -> u32 {
    let act = city.act();
    city.db().write_now(Lane::Background, move |tx| offer::expire(tx, &act, 10)).unwrap()
}

fn offered_to(city: &City, id: ReservationId) -> Option<Offer> {
    city.db().read_now(move |reader| offer::open_of(reader, id)).unwrap()
}

/// Bookings of the later day that wish for the earlier one, in this order.
fn waiting(city: &mut City, cards: &[CardId], wish: Wish) -> Vec<ReservationId> {
    cards
        .iter()
        .zip(["9:00", "9:00", "9:00", "9:10", "9:10", "9:10"])
        .map(|(card, start)| {
            let id = city.book(*card, city.slot(LATER, start)).unwrap().id;
            leaves(city, id, wish).unwrap();
            id
        })
        .collect()
}

/// Everything that the web may have of a slot is taken, and who took it.
fn full(city: &mut City, cards: &[CardId], slot: &Slot) -> Vec<ReservationId> {
    let mut taken = Vec::new();
    for card in cards {
        match city.book(*card, slot.clone()) {
            Ok(booked) => taken.push(booked.id),
            Err(BookingError::Full) => break,
            Err(other) => panic!("{other}"),
        }
    }
    taken
}

/// Only one slot of the earlier day is left for the wishes: that of nine o'clock.
fn at_nine(day: Date) -> Wish {
    Wish { weekdays: Weekdays::of([day.weekday()]), ..wanted(day, day) }
}

on_both! {
    fn r4_d_freed_places_go_to_the_wishes_in_their_order_and_move_the_booking_with_consent(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(3, 'A');
        let ids = waiting(&mut city, &cards, at_nine(DAY));
        assert_eq!(wish_of(&city, ids[0]).unwrap().wish, at_nine(DAY));
        let now = city.now();
        let listed = city.db().read_now(move |reader| wish::list::all(reader, now)).unwrap();
        let turns: Vec<_> = listed.iter().map(|wish| (wish.first.0, wish.ahead, wish.people)).collect();
        assert_eq!(turns, ids.iter().zip(0..).map(|(id, ahead)| (*id, ahead, 1)).collect::<Vec<_>>());
        assert!(listed.iter().all(|wish| wish.offered_until.is_none()));
        assert_eq!(serves(&mut city), 3);
        // One offer at a time: asked again nothing more is held.
        assert_eq!(serves(&mut city), 0);
        let offers: Vec<Offer> = ids.iter().map(|id| offered_to(&city, *id).unwrap()).collect();
        assert!(offers.windows(2).all(|two| two[0].places[0].to <= two[1].places[0].to));
        assert!(offers.iter().all(|offer| offer.reason == Reason::Wish && offer.places[0].to.day == DAY));
        let first = &offers[0].places[0].to;
        assert_eq!((city.taken(first), city.now_is(ids[0]).slot.day), (3, LATER));
        // Until the end of the next open day, by the rule.
        let tomorrow = city.rules.next_open_day(first.service, &first.site, domain::time::day_of(city.now()));
        assert_eq!(offers[0].until, end_of_day(tomorrow.unwrap()));
        city.is_clean();
        let moved = accepts(&mut city, &offers[0]).unwrap();
        assert_eq!((moved[0].slot.clone(), moved[0].web_changes, moved[0].changes), (first.clone(), 0, 1));
        assert_eq!(accepts(&mut city, &offers[0]).unwrap_err(), OfferError::Ended(Stands::Accepted));
        assert!(wish_of(&city, ids[0]).is_none());
        // Declined, the place is free and the wish waits on, but that day is offered to it no more.
        declines(&mut city, &offers[1]);
        assert!(wish_of(&city, ids[1]).is_some());
        assert_eq!((serves(&mut city), city.taken(first)), (0, 2));
        city.is_clean();
    }

    fn r4_d_what_is_not_answered_in_time_goes_to_the_next_wish(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(8, 'A');
        // Two wish for the only place that is left: one at nine of the next day.
        let nine = city.slot(NEXT, "9:00");
        let there = full(&mut city, &cards[2..], &nine);
        assert!(there.len() >= 2);
        let mornings = Wish { times: Times::Morning, ..at_nine(NEXT) };
        let ids = waiting(&mut city, &cards[..2], mornings);
        let others: Vec<_> = planned(&city).planned;
        // All other slots of that morning are free in this city; so the first of the day is not the full one.
        assert!(others.iter().all(|planned| planned.places[0].1 != nine));
        city.cancel(there[0]).unwrap();
        assert_eq!(serves(&mut city), 2);
        let offer = offered_to(&city, ids[0]).unwrap();
        assert_eq!(offer.places[0].to, nine);
        assert!(offered_to(&city, ids[1]).unwrap().places[0].to > nine);
        // Silence: the last minute still belongs to them.
        let other = offered_to(&city, ids[1]).unwrap();
        declines(&mut city, &other);
        let until = offer.until;
        city.at(domain::time::day_of(until), 23 * 60 + 59);
        assert_eq!(expires(&mut city), 0);
        city.at(domain::time::day_of(until).tomorrow().unwrap(), 0);
        assert_eq!((expires(&mut city), city.taken(&nine)), (1, u32::try_from(there.len()).unwrap() - 1));
        assert_eq!(city.now_is(ids[0]).state, Booking::Booked);
        // Both had their turn for that day; a third gets the place.
        let third = waiting(&mut city, &cards[7..], mornings);
        assert_eq!(serves(&mut city), 1);
        assert_eq!(offered_to(&city, third[0]).unwrap().places[0].to, nine);
        city.is_clean();
    }

    fn r4_d_a_changed_wish_waits_from_then_on_and_one_taken_back_frees_what_was_offered(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(2, 'A');
        let ids = waiting(&mut city, &cards, at_nine(DAY));
        let first = wish_of(&city, ids[0]).unwrap();
        leaves(&mut city, ids[0], at_nine(NEXT)).unwrap();
        let (changed, second) = (wish_of(&city, ids[0]).unwrap(), wish_of(&city, ids[1]).unwrap());
        assert!(first.id < second.id && second.id < changed.id);
        let of = city.now_is(ids[0]);
        let ahead = city.db().read_now(move |reader| wish::ahead(reader, of.slot.service, &of.slot.site, changed.id));
        assert_eq!(ahead.unwrap(), 1);
        assert_eq!(serves(&mut city), 2);
        let held = offered_to(&city, ids[0]).unwrap();
        assert_eq!(held.places[0].to.day, NEXT);
        withdraws(&mut city, ids[0]);
        withdraws(&mut city, ids[0]);
        assert_eq!((city.taken(&held.places[0].to), wish_of(&city, ids[0])), (0, None));
        assert_eq!(accepts(&mut city, &held).unwrap_err(), OfferError::Ended(Stands::Withdrawn));
        city.is_clean();
    }

    fn r4_d_a_wish_ends_with_its_booking_and_when_it_comes_as_early_as_wished(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(3, 'A');
        let ids = waiting(&mut city, &cards, at_nine(NEXT));
        serves(&mut city);
        let held = offered_to(&city, ids[0]).unwrap().places[0].to.clone();
        city.cancel(ids[0]).unwrap();
        city.move_to(ids[1], city.slot(NEXT, "15:00")).unwrap();
        assert_eq!((wish_of(&city, ids[0]), wish_of(&city, ids[1])), (None, None));
        assert_eq!(city.taken(&held), 1);
        // Moved to another day after the wished ones it waits on.
        city.move_to(ids[2], city.slot(date(2026, 12, 3), "15:00")).unwrap();
        assert!(wish_of(&city, ids[2]).is_some());
        city.is_clean();
        // Its days went by.
        city.at(date(2026, 11, 25), 0);
        expires(&mut city);
        assert_eq!((serves(&mut city), wish_of(&city, ids[2])), (0, None));
        city.is_clean();
    }

    fn r4_d_a_wish_needs_a_day_that_is_earlier_and_still_booked_on_the_web(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(2, 'A');
        let id = city.book(cards[0], city.slot(DAY, "9:00")).unwrap().id;
        assert_eq!(leaves(&mut city, id, wanted(DAY, LATER)).unwrap_err(), WishError::NoDay);
        // A Sunday is no day of the counter.
        let sundays = Wish { weekdays: Weekdays::of([Weekday::Sunday]), ..wanted(date(2026, 11, 1), DAY) };
        assert_eq!(leaves(&mut city, id, sundays).unwrap_err(), WishError::NoDay);
        leaves(&mut city, id, wanted(date(2026, 1, 1), LATER)).unwrap();
        let wish = wish_of(&city, id).unwrap().wish;
        let (_, last) = wish::window(&city.rules, &city.now_is(id), city.now()).unwrap();
        assert_eq!(wish.until, last);
        assert!(wish.until < DAY);
        city.cancel(id).unwrap();
        assert_eq!(leaves(&mut city, id, wanted(DAY, LATER)).unwrap_err(), WishError::NotFound);
        city.is_clean();
    }

    fn r4_d_nobody_waits_for_a_day_before_their_letter_allows_a_visit(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(1, 'A');
        let booked = city.book(cards[0], city.slot(DAY, "9:00")).unwrap();
        let posted = domain::time::day_of(city.now());
        let opens = city.rules.opens_from(booked.slot.service, &booked.slot.site, posted).unwrap();
        let (first, _) = wish::window(&city.rules, &booked, city.now()).unwrap();
        assert!(first < opens, "the web books {first} for whoever got a letter long ago");
        leaves(&mut city, booked.id, wanted(posted, DAY)).unwrap();
        assert_eq!(wish_of(&city, booked.id).unwrap().wish.from, opens);
        assert_eq!(leaves(&mut city, booked.id, wanted(first, first)).unwrap_err(), WishError::NoDay);
        assert_eq!(serves(&mut city), 1);
        assert_eq!(offered_to(&city, booked.id).unwrap().places[0].to.day, opens);
        city.is_clean();
    }

    fn r4_d_a_family_goes_together_or_waits(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(3, 'A');
        let family = city.book_all(&cards, LATER, &["9:00", "9:00", "9:10"]).unwrap();
        // The number of anybody opens the booking, and its wish is one.
        leaves(&mut city, family[1].id, at_nine(DAY)).unwrap();
        leaves(&mut city, family[2].id, at_nine(NEXT)).unwrap();
        assert_eq!(wish_of(&city, family[0].id).unwrap().wish, at_nine(NEXT));
        assert_eq!(serves(&mut city), 1);
        let offer = offered_to(&city, family[2].id).unwrap();
        assert_eq!(offer.places.len(), 3);
        assert_eq!(accepts(&mut city, &offer).unwrap().len(), 3);
        assert!(family.iter().all(|one| city.now_is(one.id).slot.day == NEXT));
        city.is_clean();
    }

    fn r4_d_a_wish_of_a_booking_by_telephone_is_offered_what_the_web_may_give_too(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(7, 'A');
        let (act, keys, rules) = (city.act(), city.keys.clone(), city.rules.clone());
        let told = store::reservation::Wish { channel: Channel::Telephone, ..city.wish(cards[0], city.slot(LATER, "9:00")) };
        let booked = city.db()
            .write_now(Lane::Staff, move |tx| store::reservation::book(tx, &act, &keys, &rules, &told))
            .unwrap();
        leaves(&mut city, booked.id, at_nine(NEXT)).unwrap();
        let nine = city.slot(NEXT, "9:00");
        full(&mut city, &cards[1..], &nine);
        assert_eq!(serves(&mut city), 1);
        let offer = offered_to(&city, booked.id).unwrap();
        assert!(offer.places[0].to > nine && offer.places[0].channel == Channel::Telephone);
        accepts(&mut city, &offer).unwrap();
        city.is_clean();
    }

    fn r4_d_of_two_turns_at_once_a_wish_gets_one_offer_and_of_an_offer_and_a_cancellation_one(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(6, 'A');
        let ids = waiting(&mut city, &cards, at_nine(NEXT));
        let round = planned(&city);
        assert_eq!(round.planned.len(), 6);
        // Two nodes planned the same, while the citizens of the first three cancel.
        let gates = Barrier::new(3);
        let rules = city.rules.clone();
        let acts: Vec<_> = (0..6).map(|_| [city.act(), city.act(), city.citizen()]).collect();
        let db = city.db().clone();
        std::thread::scope(|scope| {
            for node in 0..2 {
                let (db, rules, round, acts, gates) = (&db, &rules, &round, &acts, &gates);
                scope.spawn(move || {
                    gates.wait();
                    for (planned, acts) in round.planned.iter().zip(acts) {
                        let (act, rules, planned) = (acts[node], rules.clone(), planned.clone());
                        let gave = db.write_now(Lane::Background, move |tx| turn::give(tx, &act, &rules, &planned));
                        assert!(matches!(gave, Ok(_) | Err(OfferError::Booking(_))), "{gave:?}");
                    }
                });
            }
            let (db, rules, ids, acts, gates) = (&db, &rules, &ids, &acts, &gates);
            scope.spawn(move || {
                gates.wait();
                for (id, acts) in ids[..3].iter().zip(acts) {
                    let (act, rules, id) = (acts[2], rules.clone(), *id);
                    db.write_now(Lane::Public, move |tx| {
                        store::reservation::cancel(tx, &act, &rules, id, Channel::Web)
                    })
                    .unwrap();
                }
            });
        });
        for (n, id) in ids.iter().enumerate() {
            assert_eq!(offered_to(&city, *id).is_some(), n >= 3, "{n}");
            assert_eq!(wish_of(&city, *id).is_some(), n >= 3, "{n}");
        }
        let held: u32 = city.db().read_now({
            let (site, rules) = (city.site.clone(), city.rules.clone());
            move |reader| {
                let slots = rules.slots(domain::service::Service::Issuance, &site, NEXT);
                slots.iter().try_fold(0, |sum, (start, _)| {
                    let slot = Slot { service: domain::service::Service::Issuance, site: site.clone(), day: NEXT, start: *start };
                    Ok::<_, store::Error>(sum + store::capacity::room(reader, &rules, &slot)?.taken)
                })
            }
        }).unwrap();
        assert_eq!(held, 3);
        city.is_clean();
    }

    fn r4_d_of_two_wishes_left_at_once_one_waits_and_of_two_answers_one_counts(home: TestDb) {
        let mut city = City::found(home);
        let card = city.notified(1, 'A')[0];
        let id = city.book(card, city.slot(LATER, "9:00")).unwrap().id;
        let acts = [city.citizen(), city.citizen()];
        let (db, rules) = (city.db().clone(), city.rules.clone());
        let gate = Barrier::new(2);
        std::thread::scope(|scope| {
            for (act, day) in acts.into_iter().zip([DAY, NEXT]) {
                let (db, rules, gate) = (&db, rules.clone(), &gate);
                scope.spawn(move || {
                    gate.wait();
                    db.write_now(Lane::Public, move |tx| wish::leave(tx, &act, &rules, id, &at_nine(day))).unwrap();
                });
            }
        });
        assert_eq!(serves(&mut city), 1);
        let offer = offered_to(&city, id).unwrap();
        let acts = [city.citizen(), city.citizen()];
        let answers: Vec<bool> = std::thread::scope(|scope| {
            let answering = acts.into_iter().enumerate().map(|(n, act)| {
                let (db, rules, gate, of) = (&db, rules.clone(), &gate, offer.id);
                scope.spawn(move || {
                    gate.wait();
                    db.write_now(Lane::Public, move |tx| {
                        if n == 0 {
                            answer::accept(tx, &act, &rules, of, Channel::Web).map(drop)
                        } else {
                            wish::withdraw(tx, &act, id).map_err(|error| match error {
                                WishError::Store(error) => OfferError::Store(error),
                                other => panic!("{other}"),
                            })
                        }
                    })
                    .is_ok()
                })
            });
            let answering: Vec<_> = answering.collect();
            answering.into_iter().map(|one| one.join().unwrap()).collect()
        });
        // Taking back a wish that was met is nothing to do; taken back first, there is nothing to accept.
        assert!(answers[1]);
        assert_eq!(city.now_is(id).slot.day != LATER, answers[0]);
        assert_eq!((wish_of(&city, id), offered_to(&city, id).map(|offer| offer.id)), (None, None));
        city.is_clean();
    }

    fn r4_d_whoever_gave_an_address_is_asked_by_mail(home: TestDb) {
        let mut city = City::found(home);
        let card = city.notified(1, 'A')[0];
        let id = waiting(&mut city, &[card], at_nine(NEXT))[0];
        city.agree(domain::ledger::Field::MailAddress, 30);
        let booked = city.now_is(id);
        let (act, keys) = (city.citizen(), city.keys.clone());
        let giving = store::contact::Giving {
            reservation: id,
            address: domain::mail::Address::read("hanako@example.jp").unwrap(),
            language: "ja".to_owned(),
            nonce: [7; 24],
            ask: true,
        };
        city.db().write_now(Lane::Public, move |tx| store::contact::give(tx, &act, &keys, &giving)).unwrap();
        let (act, keys) = (city.citizen(), city.keys.clone());
        city.db()
            .write_now(Lane::Public, move |tx| {
                let contact = store::contact::find(tx, store::contact::booking_of(&booked))?.unwrap();
                let token = contact.token(&keys)?;
                store::contact::confirm(tx, &act, &keys, token)
            })
            .unwrap();
        assert_eq!(serves(&mut city), 1);
        let mails: BTreeSet<Kind> = city.db().read_now(move |reader| {
            store::outbox::of_booking(reader, id, 9)
        }).unwrap().into_iter().map(|mail| mail.kind).collect();
        assert!(mails.contains(&Kind::Offered), "{mails:?}");
        city.is_clean();
    }

    fn r4_d_verify_finds_a_wish_that_waits_for_nothing(home: TestDb) {
        let mut city = City::found(home);
        let card = city.notified(1, 'A')[0];
        waiting(&mut city, &[card], at_nine(NEXT));
        city.is_clean();
        city.home.by_hand("UPDATE wish SET from_day = '2026-12-08', until_day = '2026-12-08'");
        let found: Vec<_> = city.verify().into_iter().map(|finding| finding.invariant).collect();
        assert_eq!(found, [Invariant::Wish, Invariant::Wish]);
        city.home.by_hand("DELETE FROM wish");
        assert_eq!(city.verify().into_iter().map(|finding| finding.invariant).collect::<Vec<_>>(), [Invariant::Wish]);
    }
}
