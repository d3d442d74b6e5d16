//! Families: all places or none, and one booking that stays together whatever is done with it.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::collections::BTreeSet;
use std::sync::Barrier;

use domain::card::Progress;
use domain::id::CardId;
use domain::reservation::{State, Visitor};
use domain::rules::RuleBody;
use jiff::SignedDuration;
use jiff::civil::date;
use store::Lane;
use store::reservation::{BookingError, Reservation};
use testkit::{City, TestDb, on_both};

const DAY: jiff::civil::Date = date(2026, 11, 24);
const LATER: jiff::civil::Date = date(2026, 11, 25);

/// A city with so many places in every slot of the issuance, and so many cards that can be booked.
fn city(home: TestDb, places: u16, cards: u32) -> (City, Vec<CardId>) {
    let mut city = City::found(home);
    let rules = city.rules.rules().iter().cloned().map(|mut rule| {
        if let RuleBody::Places(body) = &mut rule.body {
            body.places = places;
        }
        rule.version += 1;
        rule
    });
    let rules = rules.collect();
    city.apply(rules);
    let cards = city.notified(cards, 'A');
    (city, cards)
}

fn find(city: &City, of: &Reservation) -> Reservation {
    let id = of.id;
    city.db().read_now(move |reader| store::reservation::find(reader, id)).unwrap().unwrap()
}

/// When the members of a booking who are booked come.
fn times(city: &City, of: &Reservation) -> Vec<String> {
    let of = find(city, of);
    let members = city.db().read_now(move |reader| store::reservation::party::together(reader, &of)).unwrap();
    members.iter().map(|member| format!("{} {}", member.slot.day, member.slot.start)).collect()
}

fn taken(city: &City) -> u32 {
    let site = city.site.clone();
    let taken = city.db().read_now(move |reader| {
        store::capacity::taken(reader, domain::service::Service::Issuance, &site, DAY, date(2026, 12, 24))
    });
    taken.unwrap().iter().map(|(_, _, taken)| taken).sum()
}

on_both! {
    fn r4_d_a_family_of_three_over_two_slots(home: TestDb) {
        let (mut city, cards) = city(home, 2, 3);
        let family = city.book_all(&cards, DAY, &["9:00", "9:00", "9:10"]).unwrap();
        assert!(family.iter().all(|member| member.party == Some(family[0].id)));
        assert!(family.iter().all(|member| member.visitor == Some(Visitor::Principal)));
        assert_eq!(times(&city, &family[2]), ["2026-11-24 9:00", "2026-11-24 9:00", "2026-11-24 9:10"]);
        // Into slots that overlap those that are left: the places that are freed are taken again in the same step.
        city.move_all(family[1].id, DAY, &["9:10", "9:10", "9:20"]).unwrap();
        assert_eq!((times(&city, &family[0])[2].as_str(), taken(&city)), ("2026-11-24 9:20", 3));
        // A day with too few places: nobody moves.
        assert_eq!(city.move_all(family[0].id, LATER, &["9:00", "9:00", "9:00"]).unwrap_err(), BookingError::Full);
        assert_eq!(times(&city, &family[0]).len(), 3);
        assert_eq!(taken(&city), 3);
        city.move_all(family[0].id, LATER, &["9:00", "9:00", "9:10"]).unwrap();
        let day = city.day(DAY);
        let counts = city.db().read_now(move |reader| store::report::counts(reader, &day)).unwrap();
        assert_eq!((counts.booked_total(), counts.moved), (3, 3));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_d_two_families_race_for_the_last_places(home: TestDb) {
        let (mut city, cards) = city(home, 3, 24);
        let other = city.home.another_node();
        // Eight families of three for nine places of three slots in a row, in orders that cross.
        let orders = [["9:00", "9:10", "9:20"], ["9:20", "9:10", "9:00"], ["9:10", "9:10", "9:20"], ["9:00", "9:00", "9:10"]];
        let barrier = Barrier::new(8);
        let work: Vec<_> = cards.chunks(3).zip(orders.iter().cycle()).map(|(family, starts)| {
            let wishes: Vec<_> = family.iter().zip(starts).map(|(card, start)| city.wish(*card, city.slot(DAY, start))).collect();
            (city.citizen(), wishes)
        }).collect();
        let got = std::thread::scope(|scope| {
            let callers: Vec<_> = work.into_iter().enumerate().map(|(n, (act, wishes))| {
                let db = if n % 2 == 0 { city.db().clone() } else { other.clone() };
                let (keys, rules, barrier) = (city.keys.clone(), city.rules.clone(), &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    db.write_now(Lane::Public, move |tx| store::reservation::party::hold(tx, &act, &keys, &rules, &wishes, 10))
                })
            }).collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).filter(|got| match got {
                Ok(_) => true,
                Err(error) => { assert_eq!(*error, BookingError::Full); false }
            }).count()
        });
        assert!((2..=3).contains(&got), "{got} families");
        assert_eq!(taken(&city), u32::try_from(got).unwrap() * 3, "whole families only");
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_d_one_card_that_cannot_be_booked_keeps_nobody_a_place(home: TestDb) {
        let (mut city, cards) = city(home, 4, 3);
        let unready = city.prepared(1, 'B')[0];
        let alone = city.book(cards[2], city.slot(LATER, "9:00")).unwrap();
        let starts = ["9:00", "9:00", "9:00"];
        assert!(matches!(city.hold_all(&[cards[0], cards[1], unready], DAY, &starts), Err(BookingError::NotBookable(_))));
        assert_eq!(city.hold_all(&cards, DAY, &starts).unwrap_err(), BookingError::AlreadyBooked(alone.id));
        assert_eq!(city.hold_all(&[cards[0], cards[0]], DAY, &starts).unwrap_err(), BookingError::AnotherParty);
        assert_eq!(taken(&city), 1);
        // The rest goes on.
        city.book_all(&cards[..2], DAY, &starts).unwrap();
        assert_eq!(taken(&city), 3);
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_d_a_familys_hold_runs_out_together(home: TestDb) {
        let (mut city, cards) = city(home, 2, 3);
        let held = city.hold_all(&cards, DAY, &["9:00", "9:00", "9:10"]).unwrap();
        city.advance(SignedDuration::from_mins(11));
        let (act, holds) = (city.citizen(), held.iter().map(|held| (held.id, None)).collect::<Vec<_>>());
        let refused = city.db().write_now(Lane::Public, move |tx| store::reservation::party::confirm(tx, &act, &holds));
        assert_eq!(refused.unwrap_err(), BookingError::HoldRanOut);
        let (act, rules) = (city.act(), city.rules.clone());
        let freed = city.db().write_now(Lane::Background, move |tx| store::reservation::expire(tx, &act, &rules, 10));
        assert_eq!((freed.unwrap(), taken(&city)), (3, 0));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_d_a_hold_of_which_one_card_was_taken_elsewhere_is_no_booking(home: TestDb) {
        let (mut city, cards) = city(home, 4, 2);
        let held = city.hold_all(&cards, DAY, &["9:00", "9:00"]).unwrap();
        // Another tab chooses for the second card alone.
        city.hold(cards[1], city.slot(LATER, "9:00")).unwrap();
        let (act, holds) = (city.citizen(), held.iter().map(|held| (held.id, None)).collect::<Vec<_>>());
        let refused = city.db().write_now(Lane::Public, move |tx| store::reservation::party::confirm(tx, &act, &holds));
        assert_eq!(refused.unwrap_err(), BookingError::HoldRanOut);
        assert_eq!(find(&city, &held[0]).state, State::Held, "all or nothing");
        assert_eq!(city.verify(), []);
    }

    fn r4_d_one_is_taken_out_one_is_added_and_all_are_cancelled(home: TestDb) {
        let (mut city, cards) = city(home, 2, 6);
        let family = city.book_all(&cards[..2], DAY, &["9:00", "9:00"]).unwrap();
        // The slot is full: the next one has a place.
        let third = city.add(family[1].id, cards[2]).unwrap();
        assert_eq!((third.slot.start.to_string().as_str(), third.party), ("9:10", Some(family[0].id)));
        let fourth = city.add(family[0].id, cards[3]).unwrap();
        assert_eq!(fourth.slot.start.to_string(), "9:10");
        assert_eq!(city.add(family[0].id, cards[4]).unwrap_err(), BookingError::PartyFull);
        // The first is taken out: its number still leads to the others, and there is room for one again.
        city.cancel(family[0].id).unwrap();
        let gone = find(&city, &family[0]);
        let speaker = city.db().read_now(move |reader| store::reservation::party::speaker(reader, &gone)).unwrap();
        assert_eq!(speaker.id, family[1].id);
        let fifth = city.add(third.id, cards[4]).unwrap();
        assert_eq!(fifth.slot.start.to_string(), "9:00");
        // What was shown with three people is not done with four.
        let (act, rules, id) = (city.citizen(), city.rules.clone(), third.id);
        let all = |people| {
            let rules = rules.clone();
            city.db().write_now(Lane::Public, move |tx| {
                store::reservation::party::cancel_all(tx, &act, &rules, id, people, domain::reservation::Channel::Web)
            })
        };
        assert_eq!(all(3).unwrap_err(), BookingError::AnotherParty);
        all(4).unwrap();
        assert_eq!(taken(&city), 0);
        // And each may be booked again.
        city.book_all(&cards[..3], LATER, &["9:00", "9:00", "9:10"]).unwrap();
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_d_somebody_alone_becomes_a_family_and_is_told_where_there_is_no_place(home: TestDb) {
        let (mut city, cards) = city(home, 1, 5);
        let alone = city.book(cards[0], city.slot(DAY, "9:00")).unwrap();
        assert_eq!(alone.party, None);
        city.book(cards[1], city.slot(DAY, "9:10")).unwrap();
        // Nothing directly before the first slot of the day, nothing directly after.
        assert_eq!(city.add(alone.id, cards[2]).unwrap_err(), BookingError::Full);
        assert_eq!(find(&city, &alone).party, None);
        let ten = city.book(cards[3], city.slot(DAY, "10:00")).unwrap();
        city.book(cards[4], city.slot(DAY, "10:10")).unwrap();
        let before = city.add(ten.id, cards[2]).unwrap();
        assert_eq!(before.slot.start.to_string(), "9:50");
        assert_eq!(find(&city, &ten).party, Some(ten.id));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_d_who_is_moved_alone_to_another_day_leaves_the_family(home: TestDb) {
        let (mut city, cards) = city(home, 4, 3);
        let family = city.book_all(&cards, DAY, &["9:00", "9:00", "9:00"]).unwrap();
        // Within the day the family stays together.
        let later = city.slot(DAY, "9:10");
        assert_eq!(city.move_to(family[1].id, later).unwrap().party, Some(family[0].id));
        let other_day = city.slot(LATER, "9:00");
        assert_eq!(city.move_to(family[0].id, other_day).unwrap().party, None);
        assert_eq!(times(&city, &family[2]).len(), 2);
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_d_many_add_to_one_booking_at_once_and_it_stays_a_family_of_four(home: TestDb) {
        let (mut city, cards) = city(home, 20, 9);
        let first = city.book(cards[0], city.slot(DAY, "9:00")).unwrap();
        let other = city.home.another_node();
        let barrier = Barrier::new(8);
        let acts: Vec<_> = cards[1..].iter().map(|card| (city.citizen(), *card)).collect();
        let results: Vec<_> = std::thread::scope(|scope| {
            let callers: Vec<_> = acts.into_iter().enumerate().map(|(n, (act, card))| {
                let db = if n % 2 == 0 { city.db().clone() } else { other.clone() };
                let (keys, rules, barrier, id) = (city.keys.clone(), city.rules.clone(), &barrier, first.id);
                scope.spawn(move || {
                    let addition = store::reservation::party::Addition {
                        card, channel: domain::reservation::Channel::Web, language: "ja".to_owned(), visitor: None,
                    };
                    barrier.wait();
                    db.write_now(Lane::Public, move |tx| store::reservation::party::add(tx, &act, &keys, &rules, id, &addition))
                })
            }).collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).collect()
        });
        let added: BTreeSet<_> = results.iter().flatten().map(|added| added.id).collect();
        assert_eq!(added.len(), 3, "{results:?}");
        assert!(results.iter().filter_map(|result| result.as_ref().err()).all(|error| *error == BookingError::PartyFull));
        assert_eq!((times(&city, &first).len(), taken(&city)), (4, 4));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_d_who_comes_is_changed_until_the_slot_begins(home: TestDb) {
        let (mut city, cards) = city(home, 4, 1);
        let booked = city.book(cards[0], city.slot(DAY, "9:00")).unwrap();
        assert_eq!(booked.visitor, None);
        for visitor in [Visitor::WithRepresentative, Visitor::Proxy, Visitor::WithRepresentative, Visitor::WithRepresentative] {
            let (act, id) = (city.citizen(), booked.id);
            city.db().write_now(Lane::Public, move |tx| store::reservation::party::set_visitor(tx, &act, id, Some(visitor))).unwrap();
        }
        assert_eq!(find(&city, &booked).visitor, Some(Visitor::WithRepresentative));
        city.at(DAY, 9 * 60);
        let (act, id) = (city.citizen(), booked.id);
        let late = city.db().write_now(Lane::Public, move |tx| store::reservation::party::set_visitor(tx, &act, id, None));
        assert_eq!(late.unwrap_err(), BookingError::TooLate);
        let card = cards[0];
        let shown = city.db().read_now(move |reader| store::card::find(reader, card)).unwrap().unwrap();
        assert_eq!(shown.progress, Progress::Booked);
        city.seal();
        assert_eq!(city.verify(), []);
    }
}
