//! Two people at one moment, on both databases: of what excludes each other one thing has happened, and everything
//! that must hold still holds.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Barrier;
use std::time::Duration;

use domain::card::{Cause, Stage};
use domain::id::{CardId, Id, OperationId, ReservationId};
use domain::incident::Kind;
use domain::journal::CityRecord;
use domain::place::PlaceKind;
use domain::recall::{Booked, Source, State as Recalled};
use domain::reservation::{Channel, State};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use store::incident::Opening;
use store::op::{self, Operation, Reused, once};
use store::pull::Pulled;
use store::recall::{Order, RecallError};
use store::reception::ReceptionError;
use store::reservation::by_staff::{self, Move};
use store::reservation::shown::{Shown, Whom};
use store::reservation::{BookingError, Reservation};
use store::stocktaking::count::{self, CountError, InBox};
use store::{Error, Lane};
use testkit::{City, TestDb, on_both};

const EVE: Date = date(2026, 11, 24);
const DAY: Date = date(2026, 11, 25);
const STARTS: [&str; 6] = ["9:00", "9:10", "9:20", "9:30", "9:40", "9:50"];

/// Cards in a box.
fn stored(city: &mut City, count: u32) -> Vec<CardId> {
    let cards = city.notified(count, 'A');
    let bin = city.new_box("箱1");
    for card in &cards {
        let (act, card) = (city.act(), *card);
        city.db().write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, card, bin)).unwrap();
    }
    cards
}

/// The city wants a card back.
fn order(card: CardId, booked: Option<Booked>) -> Order {
    let city = Some(("市 一郎".to_owned(), CityRecord::Paper));
    Order { card, cause: Cause::Recalled, source: Source::City, city, until: None, booked }
}

fn card(city: &City, id: CardId) -> store::card::Card {
    city.db().read_now(move |reader| store::card::find(reader, id)).unwrap().unwrap()
}

/// A press of an operator on another node or the same: one of a family, or all of it, to the same time of another day, as
/// the page showed it.
fn moves(
    city: &mut City,
    db: &store::Db,
    family: &[Reservation],
    one: Option<usize>,
    day: Date,
) -> impl FnOnce() -> Result<(), BookingError> + Send + use<> {
    let (whom, people) = match one {
        Some(n) => (Whom::Alone, &family[n..=n]),
        None => (Whom::All, family),
    };
    let shown = Shown { whom, versions: people.iter().map(|person| person.version).collect() };
    let starts = people.iter().map(|person| person.slot.start).collect();
    let wanted = Move { day, starts, by: Channel::Telephone, reason: None };
    let (act, rules, id, db) = (city.act(), city.rules.clone(), people[0].id, db.clone());
    move || db.write_now(Lane::Staff, move |tx| by_staff::move_to(tx, &act, &rules, id, &shown, &wanted))
}

/// Does both at once, and answers what each came to.
fn at_once<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    let barrier = Barrier::new(2);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            barrier.wait();
            one()
        });
        barrier.wait();
        let second = other();
        (first.join().unwrap(), second)
    })
}

on_both! {
    fn r5_c7_two_people_who_make_a_round_of_reminders_at_once_make_one(home: TestDb) {
        let mut city = City::found(home);
        let cards = stored(&mut city, 6);
        city.at(EVE, 9 * 60);
        let criteria = domain::reminder::Criteria { posted: 1, again: None };
        let (mine, yours) = (city.act(), city.act());
        let (db, site) = (city.db(), &city.site);
        let make = |act: store::Act| {
            let (site, cards) = (site.clone(), cards.clone());
            move || {
                db.write_now(Lane::Staff, move |tx| {
                    let person = ("市民課 一郎", CityRecord::Paper);
                    store::reminder::make(tx, &act, &site, criteria, &cards, person)
                })
            }
        };
        let (one, other) = at_once(make(mine), make(yours));
        let empty = store::reminder::ReminderError::Empty;
        assert!(matches!((&one, &other), (Ok(made), Err(error)) | (Err(error), Ok(made))
            if *error == empty && made.left_out == 0), "{one:?} {other:?}");
        assert_eq!((city.home.rows_of("reminder"), city.home.rows_of("reminder_card")), (1, 6));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r6_c2_who_arrives_while_the_booking_is_cancelled_is_received_or_has_none(home: TestDb) {
        let mut city = City::found(home);
        let cards = stored(&mut city, 24);
        city.at(EVE, 9 * 60);
        let booked: Vec<_> = cards
            .iter()
            .zip(STARTS.iter().cycle())
            .map(|(card, start)| {
                let slot = city.slot(DAY, start);
                city.book(*card, slot).unwrap().id
            })
            .collect();
        city.at(DAY, 8 * 60 + 55);
        let (mut received, mut cancelled) = (0, 0);
        for (n, id) in booked.into_iter().enumerate() {
            let (arrive, cancel, rules) = (city.act(), city.citizen(), city.rules.clone());
            let db = city.db();
            let arrives = || db.write_now(Lane::Staff, move |tx| store::reception::arrive(tx, &arrive, id));
            let cancels = || {
                db.write_now(Lane::Public, move |tx| {
                    store::reservation::cancel(tx, &cancel, &rules, id, Channel::Web)
                })
            };
            // Each of them comes first once in a while.
            let (arrived, ended) = if n % 2 == 0 {
                at_once(arrives, cancels)
            } else {
                let (ended, arrived) = at_once(cancels, arrives);
                (arrived, ended)
            };
            let now = city.db().read_now(move |reader| store::reservation::find(reader, id)).unwrap().unwrap();
            match (arrived, ended) {
                (Ok(_), Err(BookingError::Received)) => {
                    received += 1;
                    assert_eq!(now.state, State::Booked);
                }
                (Err(ReceptionError::NotLive(State::Cancelled)), Ok(_)) => {
                    cancelled += 1;
                    assert_eq!(now.state, State::Cancelled);
                }
                (arrived, ended) => panic!("arrived {arrived:?}, cancelled {:?}", ended.map(|ended| ended.state)),
            }
        }
        assert_eq!(received + cancelled, 24);
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c5_a_recall_and_a_booking_at_one_moment_leave_no_booking(home: TestDb) {
        let mut city = City::found(home);
        let cards = stored(&mut city, 18);
        city.at(EVE, 9 * 60);
        for (id, start) in cards.iter().copied().zip(STARTS.iter().cycle()) {
            let (recall, book, rules, keys) = (city.act(), city.citizen(), city.rules.clone(), city.keys.clone());
            let wish = city.wish(id, city.slot(DAY, start));
            let (db, same) = (city.db(), rules.clone());
            let (recalled, booked) = at_once(
                || {
                    db.write_now(Lane::Staff, move |tx| {
                        store::recall::record(tx, &recall, &rules, &order(id, Some(Booked::Cancel)))
                    })
                },
                || db.write_now(Lane::Public, move |tx| store::reservation::book(tx, &book, &keys, &same, &wish)),
            );
            let ended = recalled.unwrap().cancelled;
            match booked {
                // First booked: the recall found it.
                Ok(booked) => assert_eq!(ended, Some(booked.id)),
                Err(BookingError::NotBookable(Stage::Ended)) => assert_eq!(ended, None),
                Err(other) => panic!("{other}"),
            }
            let live = city.db().read_now(move |reader| store::reservation::live_of(reader, id)).unwrap();
            assert!(live.is_none());
            assert_eq!(card(&city, id).stage, Stage::Ended);
        }
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c5_a_recall_frees_a_hold_and_is_recorded_once(home: TestDb) {
        let mut city = City::found(home);
        let cards = stored(&mut city, 2);
        city.at(EVE, 9 * 60);
        let held = city.hold(cards[0], city.slot(DAY, "9:00")).unwrap();
        let recall = |city: &mut City, id: CardId| {
            let (act, rules) = (city.act(), city.rules.clone());
            city.db().write_now(Lane::Staff, move |tx| {
                store::recall::record(tx, &act, &rules, &order(id, None)).map(|done| done.cancelled)
            })
        };
        assert_eq!(recall(&mut city, cards[0]), Ok(None));
        assert_eq!(recall(&mut city, cards[0]), Err(RecallError::Already));
        assert_eq!(city.confirm(held.id).unwrap_err(), BookingError::HoldRanOut);
        // Found by its scan, it lies on the desk and then goes to the city: never twice.
        let (act, day, id) = (city.act(), city.day(DAY), cards[0]);
        let pulled = city.db().write_now(Lane::Staff, move |tx| store::pull::pull(tx, &act, id, &day));
        assert_eq!((pulled, card(&city, id).place_kind), (Ok(Pulled::Recalled), PlaceKind::Desk));
        let pass = |city: &mut City| {
            let act = city.act();
            city.db().write_now(Lane::Staff, move |tx| {
                store::recall::pass(tx, &act, id, "市 一郎", CityRecord::Paper)
            })
        };
        assert_eq!(pass(&mut city), Ok(()));
        assert_eq!(pass(&mut city), Err(RecallError::NotHere(PlaceKind::City)));
        assert_eq!(card(&city, id).cause, Some(domain::card::Cause::Recalled), "a move keeps the cause");
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c5_a_suspension_and_an_arrival_at_one_moment_never_receive_a_suspended_card(home: TestDb) {
        let mut city = City::found(home);
        let cards = stored(&mut city, 18);
        city.at(EVE, 9 * 60);
        let mut booked = Vec::new();
        for (id, start) in cards.iter().copied().zip(STARTS.iter().cycle()) {
            let slot = city.slot(DAY, start);
            booked.push(city.book(id, slot).unwrap().id);
        }
        city.at(DAY, 8 * 60 + 55);
        let (mut received, mut suspended) = (0, 0);
        for (n, (id, reservation)) in cards.into_iter().zip(booked).enumerate() {
            let (arrive, stop, rules, db) = (city.act(), city.act(), city.rules.clone(), city.db());
            let arrives =
                || db.write_now(Lane::Staff, move |tx| store::reception::arrive(tx, &arrive, reservation));
            let stops = || {
                db.write_now(Lane::Staff, move |tx| {
                    store::recall::record(tx, &stop, &rules, &order(id, Some(Booked::Suspend)))
                })
            };
            let (arrived, stopped) = if n % 2 == 0 {
                at_once(arrives, stops)
            } else {
                let (stopped, arrived) = at_once(stops, arrives);
                (arrived, stopped)
            };
            match (arrived, stopped) {
                (Ok(_), Err(RecallError::Received)) => {
                    received += 1;
                    assert!(!card(&city, id).suspended);
                }
                (Err(ReceptionError::Suspended), Ok(done)) => {
                    suspended += 1;
                    assert_eq!((done.state, done.cancelled), (Recalled::Suspended, None));
                    assert!(card(&city, id).suspended);
                }
                (arrived, stopped) => panic!("arrived {arrived:?}, stopped {stopped:?}"),
            }
        }
        assert_eq!(received + suspended, 18);
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c5_a_suspension_and_a_cancellation_with_a_new_booking_leave_no_new_booking(home: TestDb) {
        let mut city = City::found(home);
        let cards = stored(&mut city, 18);
        city.at(EVE, 9 * 60);
        for (id, start) in cards.iter().copied().zip(STARTS.iter().cycle()) {
            let slot = city.slot(DAY, start);
            let reservation = city.book(id, slot.clone()).unwrap().id;
            let (cancel, book, stop) = (city.citizen(), city.citizen(), city.act());
            let (rules, keys, same, db) = (city.rules.clone(), city.keys.clone(), city.rules.clone(), city.db());
            let wish = city.wish(id, slot);
            let (stopped, again) = at_once(
                || {
                    db.write_now(Lane::Staff, move |tx| {
                        store::recall::record(tx, &stop, &same, &order(id, Some(Booked::Suspend)))
                    })
                },
                || {
                    let other = rules.clone();
                    db.write_now(Lane::Public, move |tx| {
                        store::reservation::cancel(tx, &cancel, &other, reservation, Channel::Web)
                    })?;
                    db.write_now(Lane::Public, move |tx| store::reservation::book(tx, &book, &keys, &rules, &wish))
                },
            );
            let live = city.db().read_now(move |reader| store::reservation::live_of(reader, id)).unwrap();
            match (stopped.unwrap().state, again) {
                // It found the booking, the one before or the one after: no other comes beside it.
                (Recalled::Suspended, Ok(_)) => assert!(live.is_some()),
                // Or between the two it found none, and the card's way is over.
                (Recalled::Suspended, Err(BookingError::Suspended))
                | (Recalled::Ended, Err(BookingError::NotBookable(Stage::Ended))) => assert!(live.is_none()),
                (state, again) => panic!("{state}, {:?}", again.map(|again| again.id)),
            }
        }
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c5_a_suspension_and_a_pull_at_one_moment_leave_the_card_in_one_place(home: TestDb) {
        let mut city = City::found(home);
        let cards = stored(&mut city, 18);
        city.at(EVE, 9 * 60);
        for (id, start) in cards.iter().copied().zip(STARTS.iter().cycle()) {
            let slot = city.slot(DAY, start);
            city.book(id, slot).unwrap();
        }
        for id in cards {
            let (pull, stop, day) = (city.act(), city.act(), city.day(DAY));
            let (rules, db) = (city.rules.clone(), city.db());
            let (pulled, stopped) = at_once(
                || db.write_now(Lane::Staff, move |tx| store::pull::pull(tx, &pull, id, &day)),
                || {
                    db.write_now(Lane::Staff, move |tx| {
                        store::recall::record(tx, &stop, &rules, &order(id, Some(Booked::Suspend)))
                    })
                },
            );
            stopped.unwrap();
            let wanted = match pulled.unwrap() {
                Pulled::Pulled => PlaceKind::Tray,
                Pulled::Suspended => PlaceKind::Box,
                other => panic!("{other:?}"),
            };
            let now = card(&city, id);
            assert_eq!((now.place_kind, now.suspended), (wanted, true));
        }
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c5_two_scanners_pull_one_card_once(home: TestDb) {
        let mut city = City::found(home);
        let cards = stored(&mut city, 18);
        city.at(EVE, 9 * 60);
        for (card, start) in cards.iter().zip(STARTS.iter().cycle()) {
            let slot = city.slot(DAY, start);
            city.book(*card, slot).unwrap();
        }
        city.at(EVE, 14 * 60);
        for id in cards {
            let pull = |city: &mut City| {
                let (act, day, db) = (city.act(), city.day(DAY), city.db().clone());
                move || db.write_now(Lane::Staff, move |tx| store::pull::pull(tx, &act, id, &day)).unwrap()
            };
            let (one, other) = (pull(&mut city), pull(&mut city));
            let (one, other) = at_once(one, other);
            assert!(
                matches!((one, other), (Pulled::Pulled, Pulled::Before) | (Pulled::Before, Pulled::Pulled)),
                "{one:?} {other:?}"
            );
            let steps = city.db().read_now(move |reader| store::card::steps(reader, id)).unwrap();
            let pulled = steps.iter().filter(|step| step.place_to == PlaceKind::Tray.label()).count();
            assert_eq!(pulled, 1);
        }
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c5_what_changes_while_the_list_is_frozen_stands_as_it_is_or_is_a_difference(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(20, 'A');
        city.at(EVE, 9 * 60);
        let booked: Vec<_> = cards
            .iter()
            .zip(STARTS.iter().cycle())
            .map(|(card, start)| {
                let slot = city.slot(DAY, start);
                city.book(*card, slot).unwrap().id
            })
            .collect();
        // Half of them are cancelled, half move to another day, while somebody freezes.
        let (freeze, day) = (city.act(), city.day(DAY));
        let changes: Vec<_> = booked.iter().map(|id| (*id, city.citizen())).collect();
        let (rules, elsewhere) = (city.rules.clone(), city.slot(date(2026, 11, 27), "9:00"));
        let db = city.db();
        let lines = std::thread::scope(|scope| {
            let callers: Vec<_> = changes
                .into_iter()
                .enumerate()
                .map(|(n, (id, act))| {
                    let (rules, mut to) = (rules.clone(), elsewhere.clone());
                    to.start = STARTS[n % STARTS.len()].parse().unwrap();
                    scope.spawn(move || {
                        db.write_now(Lane::Public, move |tx| {
                            if n % 2 == 0 {
                                store::reservation::cancel(tx, &act, &rules, id, Channel::Web).map(drop)
                            } else {
                                store::reservation::move_to(tx, &act, &rules, id, &to, Channel::Web).map(drop)
                            }
                        })
                        .unwrap();
                    })
                })
                .collect();
            let lines = db.write_now(Lane::Staff, move |tx| store::day_list::freeze(tx, &freeze, &day)).unwrap();
            for caller in callers {
                caller.join().unwrap();
            }
            lines
        });
        // Everybody has left by now: whoever stands on the list is a difference of it, and nobody else is.
        let days = store::day_list::Days::from(city.day(DAY));
        let found = city.db().read_now(move |reader| store::day_list::differences(reader, &days)).unwrap();
        assert_eq!(found.len(), usize::try_from(lines).unwrap());
        assert!(found.iter().all(|changed| !changed.difference.comes()));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_d_two_operators_part_or_move_one_family_and_no_two_bookings_share_a_name(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(48, 'A');
        let (here, there) = (city.db().clone(), city.home.another_node());
        let (thursday, friday) = (date(2026, 11, 26), date(2026, 11, 27));
        for (n, cards) in cards.chunks(3).enumerate() {
            let at = format!("{}:{}0", 9 + n / 6, n % 6);
            let family = city.book_all(cards, DAY, &[at.as_str(); 3]).unwrap();
            // The first of a family parts, by whose name the others are found; or another one; or all of it moves.
            let (one, other) = [(Some(0), Some(1)), (Some(1), Some(2)), (Some(0), None), (Some(1), None)][n % 4];
            let first = moves(&mut city, &here, &family, one, thursday);
            let second = moves(&mut city, &there, &family, other, friday);
            let done = if n / 4 % 2 == 0 {
                at_once(first, second)
            } else {
                let (second, first) = at_once(second, first);
                (first, second)
            };
            match &done {
                // Nobody of them saw what the other one changed.
                (Ok(()), Ok(())) => assert!(n % 4 < 2, "{n}"),
                (Ok(()), Err(BookingError::ChangedSince)) | (Err(BookingError::ChangedSince), Ok(())) => {
                    assert!(n % 4 != 1, "{n}: two others leave, and neither is in the other's way");
                }
                other => panic!("{n}: {other:?}"),
            }
            let mut days: BTreeMap<ReservationId, BTreeSet<Date>> = BTreeMap::new();
            for (who, member) in family.iter().enumerate() {
                let id = member.id;
                let now = city.db().read_now(move |reader| store::reservation::find(reader, id)).unwrap().unwrap();
                assert_eq!(now.state, State::Booked);
                let wanted = [(one, &done.0, thursday), (other, &done.1, friday)];
                let mut to = wanted.iter().filter(|(whom, done, _)| done.is_ok() && whom.is_none_or(|n| n == who));
                assert_eq!(now.slot.day, to.next().map_or(DAY, |(_, _, day)| *day), "{n}, {who}: {done:?}");
                days.entry(now.party.unwrap_or(now.id)).or_default().insert(now.slot.day);
            }
            assert!(days.values().all(|days| days.len() == 1), "{n}: one booking on two days: {days:?}");
        }
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn operations_are_forgotten_after_thirty_days_and_not_before(home: TestDb) {
        let mut city = City::found(home);
        let press = |city: &mut City, n: u64| {
            let act = city.act();
            city.db().write_now(Lane::Staff, move |tx| {
                let operation = Operation::new(OperationId::from_parts(n, 1), "press");
                once::<u64, Wrong>(tx, &act, &operation, |_| Ok(n))
            })
        };
        for n in 1..=7 {
            press(&mut city, n).unwrap();
        }
        city.advance(op::KEPT);
        press(&mut city, 8).unwrap();
        let forget = |city: &City| {
            let now = city.now();
            city.db().write_now(Lane::Background, move |tx| op::forget(tx, now, 5)).unwrap()
        };
        assert_eq!(forget(&city), 0, "none is older than that");
        city.advance(SignedDuration::from_millis(1));
        assert_eq!((forget(&city), forget(&city), forget(&city)), (5, 2, 0));
        assert_eq!(city.home.rows_of("op"), 1);
        // The last one is still answered with its first result.
        assert_eq!(press(&mut city, 8), Ok(8));
    }

    fn r5_c7_a_key_is_taken_by_one_of_two(home: TestDb) {
        let mut city = City::found(home);
        let (act, site) = (city.act(), city.site.clone());
        let cabinet = city.db().write_now(Lane::Staff, move |tx| {
            store::place::create(tx, &act, &site, PlaceKind::Cabinet, "キャビネット9", None)
        });
        let cabinet = cabinet.unwrap();
        let people: Vec<_> = ["one", "two"].map(|login| {
            let act = city.act();
            let create = move |tx: &mut store::Tx<'_>| store::person::create(tx, &act, login, login, "-", false);
            city.db().write_now(Lane::Staff, create).unwrap()
        }).into();
        let (acts, db) = ([city.act(), city.act()], city.db().clone());
        let take = |n: usize| {
            let (act, person) = (acts[n], people[n]);
            db.write_now(Lane::Staff, move |tx| store::cabinet_key::take(tx, &act, cabinet, person, None))
        };
        let (one, two) = at_once(|| take(0).is_ok(), || take(1).is_ok());
        assert_ne!(one, two);
        let held = city.db().read_now(move |reader| store::cabinet_key::of(reader, cabinet)).unwrap();
        assert_eq!(held.unwrap().person, people[usize::from(two)]);
        assert_eq!(city.verify(), []);
    }

    fn r5_c7_a_card_that_is_pulled_while_its_box_is_emptied_is_where_it_was_put_last(home: TestDb) {
        let mut city = City::found(home);
        let cards = stored(&mut city, 40);
        city.at(EVE, 9 * 60);
        for (n, id) in cards.iter().enumerate() {
            let slot = city.slot(DAY, STARTS[n % STARTS.len()]);
            // Who finds no place is not part of this.
            let _ = city.book(*id, slot);
        }
        let (from, to) = (card(&city, cards[0]).place, city.new_box("箱2"));
        let pulls: Vec<_> = cards.iter().map(|id| (*id, city.act())).collect();
        let (empties, db) = (city.act(), city.db().clone());
        let day = city.day(DAY);
        let (pulled, emptied) = at_once(
            || {
                let mut pulled = Vec::new();
                for (id, act) in pulls {
                    let day = day.clone();
                    let done = db.write_now(Lane::Staff, move |tx| store::pull::pull(tx, &act, id, &day));
                    if done.unwrap() == Pulled::Pulled {
                        pulled.push(id);
                    }
                }
                pulled
            },
            || db.write_now(Lane::Staff, move |tx| store::place::empty_into(tx, &empties, from, to, 500)),
        );
        let moved = emptied.unwrap().unwrap();
        for id in &cards {
            let now = card(&city, *id);
            // On the tray whoever was pulled, before or after the box was emptied; everybody else in the other box.
            let expected = if pulled.contains(id) { PlaceKind::Tray } else { PlaceKind::Box };
            assert_eq!(now.place_kind, expected);
            assert!(expected == PlaceKind::Tray || now.place == to);
        }
        assert!(usize::try_from(moved).unwrap() + pulled.len() >= cards.len());
        assert_eq!(city.verify(), []);
    }

    fn r5_c7_a_card_that_is_missed_while_it_is_put_away_is_searched_for_or_has_a_place(home: TestDb) {
        let mut city = City::found(home);
        let cards = stored(&mut city, 40);
        let other = city.new_box("箱2");
        let day = city.day(EVE);
        for (n, id) in (0..).zip(cards) {
            let (misses, puts, day) = (city.act(), city.act(), day.clone());
            let db = city.db().clone();
            let told = Some(("市 一郎".to_owned(), misses.at));
            let opening = Opening { card: id, day, kind: Kind::Missing, remark: "箱にない".to_owned(), told };
            at_once(
                // Whoever is second may be told that something changed, and looks again.
                || drop(db.write_now(Lane::Staff, move |tx| store::incident::open(tx, &misses, &opening))),
                || {
                    // At every moment of the other's act once.
                    std::thread::sleep(Duration::from_micros(n * 100));
                    drop(db.write_now(Lane::Staff, move |tx| store::card::put_away(tx, &puts, id, other)));
                },
            );
        }
        assert_eq!(city.verify(), []);
    }

    fn r5_c7_two_people_who_fill_one_box_at_once_never_get_one_position_twice(home: TestDb) {
        let mut city = City::found(home);
        let cards = stored(&mut city, 40);
        let from = card(&city, cards[0]).place;
        let numbered = city.new_numbered_box("箱2");
        // One moves cards by scan, the other all that is left by one scan.
        let puts: Vec<_> = cards.iter().take(25).map(|id| (*id, city.act())).collect();
        let (empties, db) = (city.act(), city.db().clone());
        at_once(
            || {
                for (id, act) in puts {
                    let put = || db.write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, id, numbered));
                    // Whoever scans a card that moves at this moment is told so, and scans it again.
                    let done = put();
                    assert!(matches!(done, Ok(()) | Err(store::card::StepError::Changed)), "{done:?}");
                }
            },
            || db.write_now(Lane::Staff, move |tx| store::place::empty_into(tx, &empties, from, numbered, 500)).unwrap(),
        );
        let positions: BTreeSet<u32> = cards.iter().filter_map(|id| card(&city, *id).position).collect();
        assert_eq!(positions, (1..=40).collect());
        // A position that gets free is given again, the lowest first.
        let free = [30, 7].map(|n| card(&city, cards[n]).position);
        let other = city.new_box("箱3");
        let mut put = |n: usize, to| {
            let (act, id) = (city.act(), cards[n]);
            city.db().write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, id, to)).unwrap();
            card(&city, id).position
        };
        assert_eq!((put(30, other), put(7, other)), (None, None));
        assert_eq!(put(30, numbered), free.into_iter().min().flatten());
        assert_eq!(city.verify(), []);
    }

    fn r5_c7_of_two_people_who_begin_one_box_at_once_one_counts_it_and_one_is_told(home: TestDb) {
        let mut city = City::found(home);
        let cards = stored(&mut city, 30);
        let place = card(&city, cards[0]).place;
        let (act, site) = (city.act(), city.site.clone());
        let (one, other) = city.db().write_now(Lane::Staff, move |tx| {
            let one = store::person::create(tx, &act, "one", "一人目", "no password", false)?;
            let other = store::person::create(tx, &act, "other", "二人目", "no password", false)?;
            Ok::<_, store::person::PersonError>((one, other))
        }).unwrap();
        let act = city.act();
        let begin = move |tx: &mut store::Tx<'_>| store::stocktaking::begin(tx, &act, &site, 0);
        let stocktaking = city.db().write_now(Lane::Staff, begin).unwrap();
        let of = InBox { stocktaking, place };
        // Cards are pulled meanwhile: each is expected or not, and none of them is missed.
        city.at(EVE, 9 * 60);
        for (n, id) in cards.iter().take(6).enumerate() {
            let slot = city.slot(DAY, STARTS[n % STARTS.len()]);
            let _ = city.book(*id, slot);
        }
        let pulls: Vec<_> = cards.iter().take(6).map(|id| (*id, city.act())).collect();
        let (acts, db, day) = ([city.act(), city.act()], city.db().clone(), city.day(DAY));
        let (begun, ()) = at_once(
            || at_once(
                || db.write_now(Lane::Staff, move |tx| count::begin(tx, &acts[0], of, one, false)),
                || db.write_now(Lane::Staff, move |tx| count::begin(tx, &acts[1], of, other, false)),
            ),
            || {
                for (id, act) in pulls {
                    let day = day.clone();
                    db.write_now(Lane::Staff, move |tx| store::pull::pull(tx, &act, id, &day)).unwrap();
                }
            },
        );
        let counter = match begun {
            (Ok(()), Err(CountError::Other(who))) if who == one => one,
            (Err(CountError::Other(who)), Ok(())) if who == other => other,
            both => panic!("{both:?}"),
        };
        for id in &cards {
            if card(&city, *id).place == place {
                let (act, id) = (city.act(), *id);
                let scan = move |tx: &mut store::Tx<'_>| count::scan(tx, &act, of, counter, id, None);
                assert_eq!(city.db().write_now(Lane::Staff, scan).unwrap(), count::Seen::Good);
            }
        }
        let act = city.act();
        let ended = city.db().write_now(Lane::Staff, move |tx| count::end(tx, &act, of, counter)).unwrap();
        assert_eq!((ended.missing, ended.extra), (0, 0));
        assert_eq!(city.verify(), []);
    }
}

/// What a press can come to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wrong {
    Store(Error),
    Reused,
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<Reused> for Wrong {
    fn from(_: Reused) -> Self {
        Self::Reused
    }
}
