//! Places in slots: never more than granted, by whatever way and however many at once.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use std::sync::{Arc, Barrier};

use domain::card::Progress;
use domain::reservation::State;
use domain::rules::RuleBody;
use jiff::SignedDuration;
use jiff::civil::date;
use store::Lane;
use store::reservation::BookingError;
use testkit::{City, TestDb, on_both};

const DAY: jiff::civil::Date = date(2026, 11, 24);

/// The rules with so many places in every slot of the issuance.
fn with_places(city: &mut City, places: u16) {
    let rules = city.rules.rules().iter().cloned().map(|mut rule| {
        if let RuleBody::Places(body) = &mut rule.body {
            body.places = places;
        }
        rule.version += 1;
        rule
    });
    let rules = rules.collect();
    city.apply(rules);
}

on_both! {
    fn r4_c_a_hold_becomes_a_booking(home: TestDb) {
        let mut city = City::found(home);
        let card = city.notified(1, 'A')[0];
        let slot = city.slot(DAY, "9:00");
        let held = city.hold(card, slot.clone()).unwrap();
        assert_eq!(held.state, State::Held);
        let booked = city.confirm(held.id).unwrap();
        assert_eq!(booked.state, State::Booked);
        // Confirming twice is the same as once.
        assert_eq!(city.confirm(held.id).unwrap().state, State::Booked);
        let shown = city.db().read_now(move |reader| store::card::find(reader, card)).unwrap().unwrap();
        assert_eq!(shown.progress, Progress::Booked);
        let (keys, number) = (city.keys.clone(), booked.number(&city.keys).unwrap());
        let found = city.db().read_now(move |reader| store::reservation::by_number(reader, &keys, &number)).unwrap();
        assert_eq!(found, Some(booked.id));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_d_a_cancelled_place_is_free_again(home: TestDb) {
        let mut city = City::found(home);
        with_places(&mut city, 1);
        let cards = city.notified(2, 'A');
        let slot = city.slot(DAY, "9:00");
        let booked = city.book(cards[0], slot.clone()).unwrap();
        assert_eq!(city.book(cards[1], slot.clone()).unwrap_err(), BookingError::Full);
        city.cancel(booked.id).unwrap();
        city.cancel(booked.id).unwrap();
        city.book(cards[1], slot.clone()).unwrap();
        let again = city.book(cards[0], slot).unwrap_err();
        assert_eq!(again, BookingError::Full);
        assert_eq!(city.verify(), []);
    }

    fn a_second_choice_gives_the_first_back(home: TestDb) {
        let mut city = City::found(home);
        with_places(&mut city, 1);
        let cards = city.notified(2, 'A');
        let (nine, ten) = (city.slot(DAY, "9:00"), city.slot(DAY, "10:00"));
        city.hold(cards[0], nine.clone()).unwrap();
        let second = city.hold(cards[0], ten).unwrap();
        city.book(cards[1], nine.clone()).unwrap();
        // Going back to the first choice is refused, and the second is kept.
        assert_eq!(city.hold(cards[0], nine).unwrap_err(), BookingError::Full);
        assert_eq!(city.confirm(second.id).unwrap().state, State::Booked);
        assert_eq!(city.verify(), []);
    }

    fn the_same_slot_can_be_chosen_again(home: TestDb) {
        let mut city = City::found(home);
        with_places(&mut city, 1);
        let card = city.notified(1, 'A')[0];
        let slot = city.slot(DAY, "9:00");
        city.hold(card, slot.clone()).unwrap();
        city.hold(card, slot).unwrap();
        assert_eq!(city.verify(), []);
    }

    fn a_hold_lasts_to_its_last_instant(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(2, 'A');
        let slot = city.slot(DAY, "9:00");
        let first = city.hold(cards[0], slot.clone()).unwrap();
        let second = city.hold(cards[1], slot).unwrap();
        city.advance(SignedDuration::from_mins(10));
        assert_eq!(city.confirm(first.id).unwrap().state, State::Booked);
        city.advance(SignedDuration::from_millis(1));
        assert_eq!(city.confirm(second.id).unwrap_err(), BookingError::HoldRanOut);
        assert_eq!(city.verify(), []);
    }

    fn a_full_slot_takes_back_what_ran_out(home: TestDb) {
        let mut city = City::found(home);
        with_places(&mut city, 1);
        let cards = city.notified(2, 'A');
        let slot = city.slot(DAY, "9:00");
        let first = city.hold(cards[0], slot.clone()).unwrap();
        assert_eq!(city.hold(cards[1], slot.clone()).unwrap_err(), BookingError::Full);
        city.advance(SignedDuration::from_mins(11));
        let second = city.hold(cards[1], slot).unwrap();
        assert_eq!(city.confirm(first.id).unwrap_err(), BookingError::HoldRanOut);
        city.confirm(second.id).unwrap();
        assert_eq!(city.verify(), []);
    }

    fn the_job_frees_what_ran_out(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(3, 'A');
        for card in cards {
            let slot = city.slot(DAY, "9:00");
            city.hold(card, slot).unwrap();
        }
        city.advance(SignedDuration::from_mins(11));
        let (act, rules) = (city.act(), city.rules.clone());
        let freed = city.db().write_now(Lane::Background, move |tx| store::reservation::expire(tx, &act, &rules, 10));
        assert_eq!(freed.unwrap(), 3);
        let site = city.site.clone();
        let taken = city.db().read_now(move |reader| {
            store::capacity::taken(reader, domain::service::Service::Issuance, &site, DAY, DAY)
        }).unwrap();
        assert!(taken.iter().all(|(_, _, taken)| *taken == 0));
        assert_eq!(city.verify(), []);
    }

    fn a_card_has_one_live_reservation(home: TestDb) {
        let mut city = City::found(home);
        let card = city.notified(1, 'A')[0];
        let booked = city.book(card, city.slot(DAY, "9:00")).unwrap();
        let second = city.book(card, city.slot(DAY, "10:00")).unwrap_err();
        assert_eq!(second, BookingError::AlreadyBooked(booked.id));
        assert_eq!(city.verify(), []);
    }

    fn only_a_notified_card_is_booked(home: TestDb) {
        let mut city = City::found(home);
        let card = city.prepared(1, 'A')[0];
        let refused = city.book(card, city.slot(DAY, "9:00")).unwrap_err();
        assert!(matches!(refused, BookingError::NotBookable(_)));
        assert_eq!(city.verify(), []);
    }

    fn g7_no_place_outside_the_hours(home: TestDb) {
        let mut city = City::found(home);
        let card = city.notified(1, 'A')[0];
        // A Sunday, a holiday, before opening, and the slot that would end after closing.
        for (day, start) in [
            (date(2026, 11, 22), "10:00"),
            (date(2026, 11, 23), "10:00"),
            (DAY, "8:50"),
            (DAY, "17:30"),
        ] {
            assert_eq!(city.book(card, city.slot(day, start)).unwrap_err(), BookingError::Full, "{day} {start}");
        }
        assert_eq!(city.verify(), []);
    }

    fn places_computed_from_old_rules_are_refused(home: TestDb) {
        let mut city = City::found(home);
        let card = city.notified(1, 'A')[0];
        let old = city.rules.clone();
        with_places(&mut city, 1);
        city.rules = old;
        assert_eq!(city.hold(card, city.slot(DAY, "9:00")).unwrap_err(), BookingError::StaleRules);
        assert_eq!(city.verify(), []);
    }

    fn a_thousand_callers_get_ten_places(home: TestDb) {
        rush(home, 1_000, 10);
    }

    fn without_the_guard_the_rush_gives_too_many(home: TestDb) {
        let city = City::found(home);
        let slot = city.slot(DAY, "9:00");
        let barrier = Barrier::new(32);
        std::thread::scope(|scope| {
            for _ in 0..32 {
                scope.spawn(|| {
                    barrier.wait();
                    // What other systems do: look first, take later.
                    for _ in 0..4 {
                        let wanted = slot.clone();
                        let taken = city.db().read_now(move |reader| {
                            store::capacity::taken(reader, wanted.service, &wanted.site, DAY, DAY)
                        }).unwrap();
                        if taken.first().is_none_or(|(_, _, taken)| *taken < 10) {
                            let wanted = slot.clone();
                            city.db().write_now(Lane::Public, move |tx| store::by_hand::take_without_guard(tx, &wanted)).unwrap();
                        }
                    }
                });
            }
        });
        let site = city.site.clone();
        let taken = city.db().read_now(move |reader| {
            store::capacity::taken(reader, domain::service::Service::Issuance, &site, DAY, DAY)
        }).unwrap();
        assert!(taken[0].2 > 10, "the rush cannot see an overbooking: {} taken", taken[0].2);
    }

    fn r4_d_a_move_frees_and_takes_in_one_step(home: TestDb) {
        let mut city = City::found(home);
        with_places(&mut city, 1);
        let cards = city.notified(2, 'A');
        let (nine, ten, other_day) =
            (city.slot(DAY, "9:00"), city.slot(DAY, "10:00"), city.slot(date(2026, 11, 25), "9:00"));
        let booked = city.book(cards[0], nine.clone()).unwrap();
        let number = booked.number(&city.keys).unwrap();
        city.book(cards[1], ten.clone()).unwrap();
        // Full: the old place is kept.
        assert_eq!(city.move_to(booked.id, ten.clone()).unwrap_err(), BookingError::Full);
        // To the same slot: nothing happens.
        assert_eq!(city.move_to(booked.id, nine.clone()).unwrap().version, booked.version);
        let moved = city.move_to(booked.id, other_day.clone()).unwrap();
        assert_eq!((moved.slot.day, moved.number(&city.keys).unwrap()), (other_day.day, number));
        // What it left is free, for the other one too; and back it goes.
        let second = city.book(cards[1], nine.clone()).unwrap_err();
        assert!(matches!(second, BookingError::AlreadyBooked(_)));
        city.move_to(booked.id, nine.clone()).unwrap();
        city.move_to(booked.id, other_day.clone()).unwrap();
        let day = city.day(DAY);
        let counts = city.db().read_now(move |reader| store::report::counts(reader, &day)).unwrap();
        assert_eq!((counts.booked_total(), counts.moved, counts.waiting), (2, 1, 1));
        assert!(counts.reconciles());
        city.cancel(booked.id).unwrap();
        assert!(matches!(city.move_to(booked.id, nine).unwrap_err(), BookingError::WrongState(_)));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r6_c2_who_is_received_is_not_cancelled_or_moved_at_the_same_moment(home: TestDb) {
        let mut city = City::found(home);
        with_places(&mut city, 24);
        let cards = city.notified(24, 'A');
        let slot = city.slot(DAY, "9:00");
        let booked: Vec<_> = cards.iter().map(|card| city.book(*card, slot.clone()).unwrap().id).collect();
        city.at(DAY, 9 * 60);
        let later = city.slot(date(2026, 11, 27), "9:00");
        let other = city.home.another_node();
        let mut received = 0;
        for (n, id) in booked.into_iter().enumerate() {
            let (arrives, leaves) = (city.act(), city.citizen());
            let (here, there, rules, later) = (city.db().clone(), other.clone(), city.rules.clone(), later.clone());
            let barrier = Barrier::new(2);
            let (arrived, left) = std::thread::scope(|scope| {
                let arriving = scope.spawn(|| {
                    barrier.wait();
                    here.write_now(Lane::Staff, move |tx| store::reception::arrive(tx, &arrives, id)).is_ok()
                });
                barrier.wait();
                let left = there.write_now(Lane::Public, move |tx| {
                    if n % 2 == 0 {
                        store::reservation::cancel(tx, &leaves, &rules, id, domain::reservation::Channel::Web)
                    } else {
                        store::reservation::move_to(tx, &leaves, &rules, id, &later, domain::reservation::Channel::Web)
                    }
                });
                (arriving.join().unwrap(), left.is_ok())
            });
            assert!(arrived != left, "received: {arrived}, left: {left}");
            received += u32::from(arrived);
        }
        city.seal();
        assert_eq!(city.verify(), [], "{received} were received");
    }

    fn two_nodes_share_the_last_places(home: TestDb) {
        let mut city = City::found(home);
        with_places(&mut city, 3);
        let cards = city.notified(16, 'A');
        let other = city.home.another_node();
        let barrier = Arc::new(Barrier::new(cards.len()));
        let got = std::thread::scope(|scope| {
            let callers: Vec<_> = cards.iter().enumerate().map(|(n, card)| {
                let db = if n % 2 == 0 { city.db().clone() } else { other.clone() };
                let act = city.citizen();
                let (keys, rules, wish) = (city.keys.clone(), city.rules.clone(), city.wish(*card, city.slot(DAY, "9:00")));
                let barrier = barrier.clone();
                scope.spawn(move || {
                    barrier.wait();
                    db.write_now(Lane::Public, move |tx| store::reservation::hold(tx, &act, &keys, &rules, &wish, 10)).is_ok()
                })
            }).collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).filter(|got| *got).count()
        });
        assert_eq!(got, 3);
        assert_eq!(city.verify(), []);
    }
}

/// Many callers at once for a few places: exactly the places are given.
fn rush(home: TestDb, callers: u32, places: u16) {
    let mut city = City::found(home);
    with_places(&mut city, places);
    let cards = city.notified(callers, 'A');
    let slot = city.slot(DAY, "9:00");
    let work: Vec<_> =
        cards.into_iter().map(|card| (city.citizen(), city.wish(card, slot.clone()))).collect();
    let (keys, rules) = (city.keys.clone(), city.rules.clone());
    let threads = 64;
    let got: usize = std::thread::scope(|scope| {
        let parts: Vec<_> = work
            .chunks(work.len().div_ceil(threads))
            .map(|part| {
                let (db, keys, rules) = (city.db().clone(), keys.clone(), rules.clone());
                scope.spawn(move || {
                    let mut got = 0;
                    for (act, wish) in part {
                        let (keys, rules, act, wish) = (keys.clone(), rules.clone(), *act, wish.clone());
                        let held = db.write_now(Lane::Public, move |tx| {
                            store::reservation::hold(tx, &act, &keys, &rules, &wish, 10)
                        });
                        match held {
                            Ok(_) => got += 1,
                            Err(BookingError::Full) => {}
                            Err(other) => panic!("{other}"),
                        }
                    }
                    got
                })
            })
            .collect();
        parts.into_iter().map(|part| part.join().unwrap()).sum()
    });
    assert_eq!(got, usize::from(places));
    assert_eq!(city.verify(), []);
}
