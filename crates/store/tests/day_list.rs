//! The frozen list of a day and what is otherwise by now, on both databases.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::day_list::{Difference, Duty};
use domain::journal::CityRecord;
use jiff::civil::{Date, date};
use store::Lane;
use store::day_list::{Changed, Days, ListError};
use store::verify::Invariant;
use testkit::{City, TestDb, on_both};

const DAY: Date = date(2026, 11, 25);
const EVE: Date = date(2026, 11, 24);

fn freeze(city: &mut City, day: Date) -> Result<u32, ListError> {
    let (act, day) = (city.act(), city.day(day));
    city.db().write_now(Lane::Staff, move |tx| store::day_list::freeze(tx, &act, &day))
}

fn differences(city: &City) -> Vec<Changed> {
    let days = Days::from(city.day(DAY));
    city.db().read_now(move |reader| store::day_list::differences(reader, &days)).unwrap()
}

fn see(city: &mut City, changed: &Changed) -> Result<(), ListError> {
    let (act, day, id) = (city.act(), city.day(DAY), changed.reservation);
    let code = changed.difference.code();
    city.db().write_now(Lane::Staff, move |tx| store::day_list::see(tx, &act, &day, id, &code))
}

on_both! {
    fn r5_c5_a_frozen_list_stays_and_each_change_is_a_difference(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(5, 'A');
        city.at(EVE, 9 * 60);
        let booked: Vec<_> = ["9:00", "9:10", "9:20", "9:30"]
            .iter()
            .zip(&cards)
            .map(|(start, card)| {
                let slot = city.slot(DAY, start);
                city.book(*card, slot).unwrap().id
            })
            .collect();
        assert_eq!(freeze(&mut city, DAY), Ok(4));
        assert_eq!(freeze(&mut city, DAY), Err(ListError::Already));
        assert!(differences(&city).is_empty());
        // One is cancelled, one moves within the day, one to another day, and one comes to it.
        city.cancel(booked[0]).unwrap();
        let slot = city.slot(DAY, "10:00");
        city.move_to(booked[1], slot).unwrap();
        let slot = city.slot(date(2026, 11, 27), "9:00");
        city.move_to(booked[2], slot).unwrap();
        let slot = city.slot(DAY, "9:00");
        let added = city.book(cards[4], slot).unwrap().id;
        let found = differences(&city);
        let told: Vec<_> = found.iter().map(|one| (one.reservation, one.difference)).collect();
        let ten = "10:00".parse().unwrap();
        assert_eq!(told.len(), 4);
        assert!(told.contains(&(booked[0], Difference::Cancelled)));
        assert!(told.contains(&(booked[1], Difference::Time { start: ten })));
        assert!(told.contains(&(booked[2], Difference::Away { day: date(2026, 11, 27) })));
        assert!(told.contains(&(added, Difference::Added { start: "9:00".parse().unwrap() })));
        // Seen once, it stays seen; changed again, it has to be seen anew.
        for one in &found {
            see(&mut city, one).unwrap();
            see(&mut city, one).unwrap();
        }
        assert!(differences(&city).iter().all(|one| one.seen.is_some()));
        let slot = city.slot(DAY, "10:10");
        city.move_to(booked[1], slot).unwrap();
        let open: Vec<_> = differences(&city).into_iter().filter(|one| one.seen.is_none()).collect();
        assert_eq!(open.len(), 1);
        let stale = found.iter().find(|one| one.reservation == booked[1]).unwrap();
        assert_eq!(see(&mut city, stale), Err(ListError::Changed));
        // What went back to where it was listed is no difference any more.
        let slot = city.slot(DAY, "9:10");
        city.move_to(booked[1], slot).unwrap();
        assert!(differences(&city).iter().all(|one| one.seen.is_some()));
        let day = city.day(DAY);
        let lines = city.db().read_now(move |reader| store::day_list::lines(reader, &day)).unwrap();
        let starts: Vec<_> = lines.iter().map(|line| line.start.to_string()).collect();
        assert_eq!(starts, ["9:00", "9:10", "9:20", "9:30"]);
        city.seal();
        assert!(city.verify().is_empty());
    }

    fn r5_c5_a_list_goes_to_the_city_once_and_only_when_it_is_frozen(home: TestDb) {
        let mut city = City::found(home);
        city.at(EVE, 9 * 60);
        let transfer = |city: &mut City, receiver: &'static str| {
            let (act, day) = (city.act(), city.day(DAY));
            city.db().write_now(Lane::Staff, move |tx| {
                store::day_list::transfer(tx, &act, &day, receiver, CityRecord::Paper)
            })
        };
        assert_eq!(transfer(&mut city, "市 一郎"), Err(ListError::NotFrozen));
        assert_eq!(freeze(&mut city, DAY), Ok(0));
        assert_eq!(transfer(&mut city, "市 一郎"), Ok(()));
        assert_eq!(transfer(&mut city, "市 二郎"), Err(ListError::Transferred));
        let day = city.day(DAY);
        let list = city.db().read_now(move |reader| store::day_list::find(reader, &day)).unwrap().unwrap();
        assert_eq!(list.transfer.unwrap().receiver, "市 一郎");
        assert_eq!(freeze(&mut city, date(2026, 11, 20)), Err(ListError::Over));
    }

    fn r5_c5_whoever_books_while_the_list_is_frozen_stands_on_it_or_is_a_difference(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(20, 'A');
        city.at(EVE, 9 * 60);
        let slots: Vec<_> = ["9:00", "9:10", "9:20", "9:30", "9:40"].iter().map(|at| city.slot(DAY, at)).collect();
        let (act, day) = (city.act(), city.day(DAY));
        let bookings: Vec<_> = cards
            .iter()
            .zip(slots.iter().cycle())
            .map(|(card, slot)| (city.act(), city.wish(*card, slot.clone())))
            .collect();
        let (keys, rules) = (city.keys.clone(), city.rules.clone());
        let lines = std::thread::scope(|scope| {
            let (db, keys, rules) = (city.db(), &keys, &rules);
            let callers: Vec<_> = bookings
                .into_iter()
                .map(|(act, wish)| {
                    scope.spawn(move || {
                        let (keys, rules) = (keys.clone(), rules.clone());
                        db.write_now(Lane::Public, move |tx| {
                            store::reservation::book(tx, &act, &keys, &rules, &wish).map(drop)
                        })
                        .unwrap();
                    })
                })
                .collect();
            let lines =
                db.write_now(Lane::Staff, move |tx| store::day_list::freeze(tx, &act, &day)).unwrap();
            for caller in callers {
                caller.join().unwrap();
            }
            lines
        });
        let added = differences(&city).len();
        assert_eq!(usize::try_from(lines).unwrap() + added, cards.len());
        city.seal();
        assert!(city.verify().is_empty());
    }

    fn g7_a_duty_is_taken_and_done_once(home: TestDb) {
        let mut city = City::found(home);
        city.at(DAY, 8 * 60 + 30);
        let (act, day) = (city.act(), city.day(DAY));
        city.db().write_now(Lane::Staff, move |tx| store::day_list::take(tx, &act, &day, Duty::Ready)).unwrap();
        for expected in [Ok(()), Err(ListError::Already)] {
            let (act, day) = (city.act(), city.day(DAY));
            let done = city.db().write_now(Lane::Staff, move |tx| store::day_list::done(tx, &act, &day, Duty::Ready));
            assert_eq!(done, expected);
        }
        let days = Days::from(city.day(DAY));
        let duties = city.db().read_now(move |reader| store::day_list::duties(reader, &days)).unwrap();
        assert!(duties[0].owner.is_some() && duties[0].done.is_some());
    }

    fn a_list_with_a_line_too_few_is_found(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(2, 'A');
        city.at(EVE, 9 * 60);
        for card in cards {
            let slot = city.slot(DAY, "9:00");
            city.book(card, slot).unwrap();
        }
        freeze(&mut city, DAY).unwrap();
        city.seal();
        assert!(city.verify().is_empty());
        city.home.by_hand("DELETE FROM day_list_line WHERE reservation_id = (SELECT MIN(id) FROM reservation)");
        let found = city.verify();
        assert!(found.iter().any(|finding| finding.invariant == Invariant::Count && finding.subject.starts_with("list:")));
    }
}
