//! What the staff do for citizens: bound by rules of their own, beyond them only with a reason that stays, and never on
//! what somebody changed since it was shown.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::sync::{Arc, Barrier};

use domain::id::{CardId, ReservationId};
use domain::journal::{Entry, Slot, Subject};
use domain::reservation::{Channel, Limit, State, Visitor};
use domain::rules::RuleBody;
use jiff::civil::{Date, date};
use store::Lane;
use store::reservation::by_staff::{self, Move};
use store::reservation::shown::{Shown, Whom};
use store::reservation::{BookingError, Reservation, Wish, party};
use testkit::{City, TestDb, on_both};

const DAY: Date = date(2026, 11, 24);

/// The rules with so many places in every slot of the issuance, and a deadline for the staff.
fn with(city: &mut City, places: u16, cutoff: u8) {
    let rules = city.rules.rules().iter().cloned().map(|mut rule| {
        match &mut rule.body {
            RuleBody::Places(body) => body.places = places,
            RuleBody::Booking(body) => body.staff_cutoff_open_days = cutoff,
            _ => {}
        }
        rule.version += 1;
        rule
    });
    let rules = rules.collect();
    city.apply(rules);
}

fn wishes(cards: &[CardId], slot: &Slot) -> Vec<(Wish, Option<Visitor>)> {
    let wish = |card: &CardId| {
        let wish =
            Wish { card: *card, slot: slot.clone(), channel: Channel::Telephone, language: "ja".to_owned() };
        (wish, None)
    };
    cards.iter().map(wish).collect()
}

fn book(
    city: &mut City,
    cards: &[CardId],
    slot: &Slot,
    reason: Option<&'static str>,
) -> Result<Vec<Reservation>, BookingError> {
    let (act, keys, rules, wishes) = (city.act(), city.keys.clone(), city.rules.clone(), wishes(cards, slot));
    city.db().write_now(Lane::Staff, move |tx| by_staff::book(tx, &act, &keys, &rules, &wishes, reason))
}

fn find(city: &City, id: ReservationId) -> Reservation {
    city.db().read_now(move |reader| store::reservation::find(reader, id)).unwrap().unwrap()
}

fn shown(city: &City, id: ReservationId) -> Shown {
    let people = city.db().read_now(move |reader| {
        let booked = store::reservation::find(reader, id)?.unwrap();
        party::together(reader, &booked)
    });
    Shown { whom: Whom::All, versions: people.unwrap().iter().map(|one| one.version).collect() }
}

fn move_to(
    city: &mut City,
    id: ReservationId,
    shown: Shown,
    to: &Slot,
    reason: Option<&str>,
) -> Result<(), BookingError> {
    let (act, rules) = (city.act(), city.rules.clone());
    let wanted = Move {
        day: to.day,
        starts: vec![to.start; shown.versions.len()],
        by: Channel::Counter,
        reason: reason.map(str::to_owned),
    };
    city.db().write_now(Lane::Staff, move |tx| by_staff::move_to(tx, &act, &rules, id, &shown, &wanted))
}

/// The rules that a reservation went beyond, with the reasons.
fn beyond(city: &City, id: ReservationId) -> Vec<(Limit, String)> {
    let subject = Subject::Reservation(id);
    let written = city.db().read_now(move |reader| store::journal::of(reader, &subject)).unwrap();
    let overridden = written.into_iter().filter_map(|written| match written.entry {
        Entry::RuleOverridden { limit, .. } => Some((limit, written.remark.unwrap_or_default())),
        _ => None,
    });
    overridden.collect()
}

fn room(city: &City, slot: &Slot) -> (u16, u32) {
    let (rules, slot) = (city.rules.clone(), slot.clone());
    let room = city.db().read_now(move |reader| store::capacity::room(reader, &rules, &slot)).unwrap();
    (room.places, room.taken)
}

fn sound(city: &mut City) {
    city.seal();
    assert_eq!(city.verify(), []);
}

on_both! {
    fn r1_c2_a_full_slot_gives_a_place_beyond_for_a_reason_and_the_flag_stays(home: TestDb) {
        let mut city = City::found(home);
        with(&mut city, 1, 0);
        let cards = city.notified(4, 'A');
        let nine = city.slot(DAY, "9:00");
        // A reason that is not needed leaves no trace.
        let first = book(&mut city, &cards[..1], &nine, Some("念のため")).unwrap().remove(0);
        assert!(!first.over && beyond(&city, first.id).is_empty());
        assert_eq!(book(&mut city, &cards[1..2], &nine, None).unwrap_err(), BookingError::Full);
        let second = book(&mut city, &cards[1..2], &nine, Some("市の指示")).unwrap().remove(0);
        assert!(second.over && find(&city, second.id).over);
        assert_eq!(beyond(&city, second.id), [(Limit::Places, "市の指示".to_owned())]);
        assert_eq!(room(&city, &nine), (1, 2));
        sound(&mut city);
        // The one who booked in time goes: nobody gets a place of a slot that is full still.
        city.cancel(first.id).unwrap();
        assert_eq!(city.book(cards[2], nine.clone()).unwrap_err(), BookingError::Full);
        assert!(find(&city, second.id).over);
        sound(&mut city);
        // The other one goes too, and the slot is like every other.
        city.cancel(second.id).unwrap();
        city.book(cards[2], nine.clone()).unwrap();
        assert_eq!(city.book(cards[3], nine.clone()).unwrap_err(), BookingError::Full);
        // A slot that grants nothing has no place beyond.
        let night = city.slot(DAY, "20:00");
        assert_eq!(book(&mut city, &cards[3..], &night, Some("夜間")).unwrap_err(), BookingError::Full);
        assert_eq!(room(&city, &nine), (1, 1));
        sound(&mut city);
    }

    fn r1_c2_of_a_family_only_those_beyond_are_flagged(home: TestDb) {
        let mut city = City::found(home);
        with(&mut city, 2, 0);
        let cards = city.notified(4, 'A');
        let nine = city.slot(DAY, "9:00");
        city.book(cards[0], nine.clone()).unwrap();
        let family = book(&mut city, &cards[1..], &nine, Some("三人家族")).unwrap();
        assert_eq!(family.iter().map(|one| one.over).collect::<Vec<_>>(), [false, true, true]);
        let stored: Vec<bool> = family.iter().map(|one| find(&city, one.id).over).collect();
        assert_eq!(stored, [false, true, true]);
        sound(&mut city);
        // They go to a slot with room for two: one stays beyond. Then to two slots, and nobody is.
        let ten = city.slot(DAY, "10:00");
        let now = shown(&city, family[0].id);
        assert_eq!(move_to(&mut city, family[0].id, now.clone(), &ten, None).unwrap_err(), BookingError::Full);
        move_to(&mut city, family[0].id, now, &ten, Some("三人家族")).unwrap();
        let stored: Vec<bool> = family.iter().map(|one| find(&city, one.id).over).collect();
        assert_eq!(stored.iter().filter(|over| **over).count(), 1, "{stored:?}");
        assert_eq!((room(&city, &nine), room(&city, &ten)), ((2, 1), (2, 3)));
        sound(&mut city);
        city.move_all(family[0].id, DAY, &["11:00", "11:00", "11:10"]).unwrap();
        assert!(family.iter().all(|one| !find(&city, one.id).over));
        sound(&mut city);
    }

    fn r1_c2_the_clock_binds_the_staff_until_there_is_a_reason(home: TestDb) {
        let mut city = City::found(home);
        with(&mut city, 3, 1);
        let cards = city.notified(2, 'A');
        let limited = |limit| BookingError::Limited(limit);
        // Before the first visit, three open days after the posting, and beyond the window.
        let soon = city.slot(date(2026, 11, 5), "9:00");
        assert_eq!(book(&mut city, &cards[..1], &soon, None).unwrap_err(), limited(Limit::Window));
        let far = city.slot(date(2027, 1, 26), "9:00");
        assert_eq!(book(&mut city, &cards[..1], &far, None).unwrap_err(), limited(Limit::Window));
        let booked = book(&mut city, &cards[..1], &far, Some("長期の入院")).unwrap().remove(0);
        assert_eq!(beyond(&city, booked.id), [(Limit::Window, "長期の入院".to_owned())]);
        assert!(!booked.over);
        // After the deadline: DAY follows a holiday, so that it ends with the Friday before.
        city.at(date(2026, 11, 20), 24 * 60 - 1);
        let now = shown(&city, booked.id);
        let nine = city.slot(DAY, "9:00");
        city.at(date(2026, 11, 21), 0);
        assert_eq!(move_to(&mut city, booked.id, now.clone(), &nine, None).unwrap_err(), limited(Limit::Cutoff));
        move_to(&mut city, booked.id, now, &nine, Some("市の依頼")).unwrap();
        // After its beginning, and after its day.
        city.at(DAY, 9 * 60);
        assert_eq!(book(&mut city, &cards[1..], &nine, None).unwrap_err(), limited(Limit::Begun));
        let begun = book(&mut city, &cards[1..], &nine, Some("到着済み")).unwrap().remove(0);
        assert_eq!(beyond(&city, begun.id), [(Limit::Begun, "到着済み".to_owned())]);
        city.at(date(2026, 11, 25), 8 * 60);
        let now = shown(&city, begun.id);
        assert_eq!(move_to(&mut city, begun.id, now, &nine, Some("遅い")).unwrap_err(), BookingError::Over);
        sound(&mut city);
    }

    fn r1_c2_what_changed_since_it_was_shown_is_left_alone(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(2, 'A');
        let (nine, ten, eleven) = (city.slot(DAY, "9:00"), city.slot(DAY, "10:00"), city.slot(DAY, "11:00"));
        let booked = city.book(cards[0], nine.clone()).unwrap();
        let before = shown(&city, booked.id);
        // Another operator moves it first.
        move_to(&mut city, booked.id, before.clone(), &ten, None).unwrap();
        assert_eq!(move_to(&mut city, booked.id, before.clone(), &eleven, None).unwrap_err(), BookingError::ChangedSince);
        assert_eq!(find(&city, booked.id).slot, ten);
        // The citizen cancels.
        let before = shown(&city, booked.id);
        city.cancel(booked.id).unwrap();
        let error = move_to(&mut city, booked.id, before, &eleven, None).unwrap_err();
        assert!(matches!(error, BookingError::WrongState(wrong) if wrong.from == State::Cancelled), "{error:?}");
        // The visitor is received.
        let booked = city.book(cards[1], nine).unwrap();
        let before = shown(&city, booked.id);
        city.at(DAY, 9 * 60);
        let act = city.act();
        city.db().write_now(Lane::Staff, move |tx| store::reception::arrive(tx, &act, booked.id)).unwrap();
        assert_eq!(move_to(&mut city, booked.id, before, &eleven, None).unwrap_err(), BookingError::Received);
        sound(&mut city);
    }

    fn r1_c2_two_who_take_the_last_place_at_once_and_two_who_go_beyond_it(home: TestDb) {
        let mut city = City::found(home);
        with(&mut city, 2, 0);
        let cards = city.notified(8, 'A');
        let nine = city.slot(DAY, "9:00");
        let start = Arc::new(Barrier::new(cards.len()));
        let rush: Vec<_> = cards
            .iter()
            .enumerate()
            .map(|(n, card)| {
                let (db, act, keys, rules) = (city.db().clone(), city.act(), city.keys.clone(), city.rules.clone());
                let (wishes, start) = (wishes(&[*card], &nine), start.clone());
                let reason = (n % 2 == 0).then_some("混雑の日");
                std::thread::spawn(move || {
                    start.wait();
                    db.write_now(Lane::Staff, move |tx| by_staff::book(tx, &act, &keys, &rules, &wishes, reason))
                })
            })
            .collect();
        let done: Vec<_> = rush.into_iter().map(|thread| thread.join().unwrap()).collect();
        // Whoever had a reason has a place; the others had the two that there are, or none.
        assert!(done.iter().step_by(2).all(Result::is_ok), "{done:?}");
        let booked: Vec<&Reservation> = done.iter().flatten().flatten().collect();
        let flagged = booked.iter().filter(|one| one.over).count();
        assert_eq!((booked.len() - flagged, room(&city, &nine)), (2, (2, u32::try_from(booked.len()).unwrap())));
        for refused in done.iter().skip(1).step_by(2) {
            assert!(!matches!(refused, Err(error) if *error != BookingError::Full), "{refused:?}");
        }
        sound(&mut city);
    }
}
