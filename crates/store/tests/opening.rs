//! Opening stock and reservations of a former contractor, below HTTP: nothing half, nothing twice, numbers known by
//! their hashes alone.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use domain::card::{Progress, Stage};
use domain::consignment::{ApplicationMethod, PostBlock};
use domain::id::{CardId, ConsignmentId, PlaceId};
use domain::opening::FormerNumber;
use domain::place::PlaceKind;
use domain::reservation::Channel;
use jiff::civil::{Date, date};
use store::Lane;
use store::consignment::{Header, TakeError};
use store::former::{Kind, hashed};
use store::opening::Stock;
use store::opening::draft::{DraftError, Plan, Scanned};
use store::takeover::{Line, Outcome, Refused};
use store::verify::Invariant;
use testkit::{City, TestDb, on_both};

const POSTED: Date = date(2026, 10, 20);
const DAY: Date = date(2026, 11, 24);

fn number(text: &str) -> FormerNumber {
    FormerNumber::read(text).unwrap()
}

fn desk(city: &City) -> PlaceId {
    let site = city.site.clone();
    city.db().read_now(move |reader| store::place::the(reader, &site, PlaceKind::Desk)).unwrap()
}

/// Cards whose letters were posted, with the numbers K000001 and on.
fn stock(city: &City, place: PlaceId, count: u32) -> Vec<Stock> {
    let line = |n: u32| Stock {
        n,
        label: Some(hashed(&city.keys, Kind::Card, &number(&format!("S{n}"))).unwrap()),
        letter: Some(hashed(&city.keys, Kind::Card, &number(&format!("K{n:06}"))).unwrap()),
        stage: Stage::Notified,
        posted_on: Some(POSTED),
        place,
        list_date: Some(date(2026, 10, 1)),
        list_line: Some(n + 100),
        method: ApplicationMethod::AtIssue,
        post_block: PostBlock::Other,
        short_validity: None,
    };
    (1..=count).map(line).collect()
}

fn header(city: &City, name: &str, file: u8) -> Header {
    let today = domain::time::day_of(city.now());
    Header {
        site: city.site.clone(),
        received_on: today,
        list_date: today,
        box_name: name.to_owned(),
        file_hash: Some([file; 32]),
    }
}

/// Stages a portion without taking it, as a process does that is killed before the end.
fn staged(
    city: &mut City,
    header: &Header,
    lines: &[Stock],
) -> Result<(ConsignmentId, store::Act), TakeError> {
    let (act, header, db) = (city.act(), header.clone(), city.db().clone());
    let id = db.write_now(Lane::Staff, move |tx| store::opening::stage(tx, &act, &header))?;
    for part in lines.chunks(store::consignment::CHUNK) {
        let lines = part.to_vec();
        db.write_now(Lane::Staff, move |tx| store::opening::stage_lines(tx, &act, id, act.id(1), &lines))?;
    }
    Ok((id, act))
}

fn taken(city: &mut City, header: &Header, lines: &[Stock]) -> Vec<CardId> {
    let (id, act) = staged(city, header, lines).unwrap();
    let (header, expected) = (header.clone(), u32::try_from(lines.len()).unwrap());
    city.db()
        .write_now(Lane::Staff, move |tx| store::opening::take(tx, &act, id, &header, expected))
        .unwrap();
    let cards =
        city.db().read_now(move |reader| store::card::of_consignment(reader, id, 0, expected)).unwrap();
    cards.into_iter().map(|card| card.id).collect()
}

fn card_of(city: &City, text: &str) -> Option<CardId> {
    let (keys, number) = (city.keys.clone(), number(text));
    city.db().read_now(move |reader| store::former::card(reader, &keys, &number)).unwrap()
}

fn opened(city: &City, text: &str) -> Option<CardId> {
    let (keys, number) = (city.keys.clone(), number(text));
    city.db().read_now(move |reader| store::former::opened(reader, &keys, Some(&number))).unwrap()
}

fn plan(city: &City, name: &str) -> Plan {
    Plan {
        site: city.site.clone(),
        name: name.to_owned(),
        stage: Stage::Notified,
        posted_on: Some(POSTED),
        opens: true,
        method: ApplicationMethod::AtIssue,
    }
}

fn begun(city: &mut City, plan: &Plan) -> Result<ConsignmentId, DraftError> {
    let (act, plan) = (city.act(), plan.clone());
    city.db().write_now(Lane::Staff, move |tx| store::opening::draft::begin(tx, &act, &plan))
}

fn scan(city: &City, id: ConsignmentId, at: PlaceId, text: Option<&str>) -> Result<Scanned, DraftError> {
    let former = text.map(|text| hashed(&city.keys, Kind::Card, &number(text)).unwrap());
    city.db().write_now(Lane::Staff, move |tx| store::opening::draft::scan(tx, id, at, former))
}

fn line(city: &City, card: &str, start: &str, reservation: Option<&str>) -> Line {
    Line {
        former: Some(number(card)),
        control: None,
        slot: city.slot(DAY, start),
        channel: Channel::Telephone,
        number: reservation.map(number),
    }
}

fn takes(city: &mut City, lines: &[Line], over: bool) -> Vec<Outcome> {
    let (act, keys, rules, lines) = (city.act(), city.keys.clone(), city.rules.clone(), lines.to_vec());
    city.db()
        .write_now(Lane::Staff, move |tx| store::takeover::take(tx, &act, &keys, &rules, &lines, over))
        .unwrap()
}

on_both! {
    fn g22_1_a_portion_is_there_at_once_with_its_numbers_and_places(home: TestDb) {
        let mut city = City::found(home);
        let bin = city.new_box("箱1-1-1");
        let lines = stock(&city, bin, 230);
        let head = header(&city, "引継ぎ1", 1);
        let cards = taken(&mut city, &head, &lines);
        assert_eq!(cards.len(), 230);
        let first = cards[0];
        let card = city.db().read_now(move |reader| store::card::find(reader, first)).unwrap().unwrap();
        assert_eq!((card.stage, card.progress, card.place), (Stage::Notified, Progress::Notified, bin));
        assert_eq!((card.list_date, card.line, card.posted_on), (date(2026, 10, 1), 101, Some(POSTED)));
        assert_eq!((card_of(&city, "s-1"), opened(&city, "k 000001")), (Some(first), Some(first)));
        // A label on a sleeve opens nothing.
        assert_eq!(opened(&city, "S1"), None);
        let steps = city.db().read_now(move |reader| store::card::steps(reader, first)).unwrap();
        assert_eq!((steps.len(), steps[0].stage_to, steps[0].place_to.as_str()), (1, Stage::Notified, "箱1-1-1"));
        assert_eq!(city.verify(), []);
        // The same file, and another with a number of it, are refused.
        assert!(matches!(staged(&mut city, &head, &lines), Err(TakeError::SameFile(_))));
        let other = header(&city, "引継ぎ2", 2);
        assert!(matches!(staged(&mut city, &other, &lines[..1]), Err(TakeError::NoticeTaken { line: 1 })));
        assert_eq!(city.verify(), []);
    }

    fn g22_1_what_was_killed_in_the_middle_is_seen_by_nobody_and_stands_in_nobodys_way(home: TestDb) {
        let mut city = City::found(home);
        let bin = city.new_box("箱1-1-1");
        let (lines, head) = (stock(&city, bin, 130), header(&city, "引継ぎ1", 1));
        let (left, killed) = staged(&mut city, &head, &lines).unwrap();
        // The process is killed here.
        assert_eq!((card_of(&city, "S1"), opened(&city, "K000001")), (None, None));
        let (counts, boxed, site) = (
            city.db().read_now(|reader| store::card::counts_up_to(reader, 1000)).unwrap(),
            city.db().read_now(move |reader| store::place::cards_in(reader, bin)).unwrap(),
            city.site.clone(),
        );
        assert!(counts.iter().all(|(_, n)| *n == 0), "{counts:?}");
        let filled = city.db().read_now(move |reader| store::place::filled(reader, &site, PlaceKind::Box)).unwrap();
        assert_eq!((boxed, filled[0].1), (0, 0));
        assert_eq!(city.verify(), []);
        // The same file again: what was left is given up, and its numbers are free.
        let hash = [1; 32];
        city.db().write_now(Lane::Staff, move |tx| store::opening::abandon(tx, &hash)).unwrap();
        let none = jiff::Timestamp::UNIX_EPOCH;
        while city.db().write_now(Lane::Staff, move |tx| store::consignment::discard_left_behind(tx, none)).unwrap() {}
        // Who was killed comes back and finds it gone.
        let again = head.clone();
        let late = city.db().write_now(Lane::Staff, move |tx| store::opening::take(tx, &killed, left, &again, 130));
        assert!(matches!(late, Err(TakeError::Gone)), "{late:?}");
        assert_eq!(city.home.rows_of("former_key"), 0);
        assert_eq!(taken(&mut city, &head, &lines).len(), 130);
        assert_eq!(city.home.rows_of("card"), 130);
        assert_eq!(city.verify(), []);
    }

    fn g22_1_a_portion_is_scanned_by_several_and_taken_counted_or_undone_as_a_whole(home: TestDb) {
        let mut city = City::found(home);
        let (bin, desk) = (city.new_box("箱1-1-1"), desk(&city));
        let plan = plan(&city, "箱1-1-1");
        let no_day = Plan { posted_on: None, ..plan.clone() };
        assert_eq!(begun(&mut city, &no_day), Err(DraftError::Posting));
        let before = Plan { stage: Stage::Inspected, posted_on: None, opens: false, ..plan.clone() };
        let on_desk = begun(&mut city, &before).unwrap();
        // What the city has not set up waits on the desk.
        assert_eq!(scan(&city, on_desk, bin, None), Err(DraftError::NoPlace));
        assert_eq!(scan(&city, on_desk, desk, None), Ok(Scanned::Added(1)));
        let id = begun(&mut city, &plan).unwrap();
        assert_eq!(scan(&city, id, bin, Some("K-000001")), Ok(Scanned::Added(1)));
        assert_eq!(scan(&city, id, bin, Some("k000001")), Ok(Scanned::Before(1)));
        assert_eq!(scan(&city, on_desk, desk, Some("K000001")), Err(DraftError::Known));
        assert_eq!(scan(&city, id, bin, None), Ok(Scanned::Added(2)));
        assert_eq!((card_of(&city, "K000001"), city.verify()), (None, vec![]));
        let take = |city: &mut City, counted| {
            let act = city.act();
            city.db().write_now(Lane::Staff, move |tx| store::opening::draft::take(tx, &act, id, counted))
        };
        assert_eq!(take(&mut city, 3), Err(DraftError::CountDiffers { expected: 2, counted: 3 }));
        take(&mut city, 2).unwrap();
        assert_eq!(take(&mut city, 2), Err(DraftError::Ended));
        assert_eq!(scan(&city, id, bin, None), Err(DraftError::Ended));
        assert!(opened(&city, "K000001").is_some());
        let act = city.act();
        city.db().write_now(Lane::Staff, move |tx| store::opening::draft::undo(tx, &act, on_desk)).unwrap();
        assert_eq!((city.home.rows_of("opening_line"), city.home.rows_of("card")), (0, 2));
        let resend = city.db().read_now(|reader| store::opening::to_resend(reader, None, 10)).unwrap();
        assert_eq!(resend.len(), 1);
        assert_eq!(city.verify(), []);
    }

    fn g22_1_a_letter_of_ours_ends_the_number_of_the_former_one(home: TestDb) {
        let mut city = City::found(home);
        let bin = city.new_box("箱1-1-1");
        let (lines, head) = (stock(&city, bin, 1), header(&city, "引継ぎ1", 1));
        let id = taken(&mut city, &head, &lines)[0];
        let (act, keys) = (city.act(), city.keys.clone());
        city.db().write_now(Lane::Staff, move |tx| {
            let card = store::card::find(tx, id)?.unwrap();
            store::letter::reprint(tx, &act, &keys, &card, "v1")
        }).unwrap();
        assert_eq!((opened(&city, "K000001"), card_of(&city, "S1")), (None, Some(id)));
        assert_eq!(city.verify(), []);
    }

    fn g22_1_verify_finds_numbers_and_portions_that_cannot_be(home: TestDb) {
        let mut city = City::found(home);
        let bin = city.new_box("箱1-1-1");
        let (lines, head) = (stock(&city, bin, 3), header(&city, "引継ぎ1", 1));
        let cards = taken(&mut city, &head, &lines);
        let broken = |sql: &str, invariant: Invariant, subject: &str| {
            city.home.by_hand(sql);
            let found = city.verify();
            assert!(found.iter().any(|one| one.invariant == invariant && one.subject.starts_with(subject)), "{sql}: {found:?}");
        };
        broken("UPDATE former_key SET key_version = 9", Invariant::Number, "card:");
        broken("UPDATE card SET posted_on = NULL", Invariant::Stage, "card:");
        broken("UPDATE consignment SET kind = 'consignment'", Invariant::Stage, "card:");
        broken(&format!("UPDATE card SET key_issue = 1, key_version = 1 WHERE id = '{}'", cards[0]), Invariant::Number, "card:");
    }

    fn g22_1_reservations_take_places_once_and_beyond_only_by_word(home: TestDb) {
        let mut city = City::found(home);
        let bin = city.new_box("箱1-1-1");
        let (lines, head) = (stock(&city, bin, 8), header(&city, "引継ぎ1", 1));
        let cards = taken(&mut city, &head, &lines);
        let slot = city.slot(DAY, "9:00");
        // Three of the four places are taken, one of them held by the very citizen whose booking comes.
        city.book(cards[5], slot.clone()).unwrap();
        city.book(cards[6], slot.clone()).unwrap();
        city.hold(cards[0], slot).unwrap();
        let file = vec![
            line(&city, "K000001", "9:00", Some("Y100001")),
            line(&city, "S2", "9:00", Some("Y100002")),
            line(&city, "K000003", "9:00", None),
            line(&city, "K000004", "9:10", Some("Y100001")),
            line(&city, "K000006", "9:10", None),
            line(&city, "K999999", "9:10", None),
            line(&city, "K000005", "23:50", None),
        ];
        let first = takes(&mut city, &file, false);
        let refused = |outcome: &Outcome| if let Outcome::Refused(why) = outcome { Some(*why) } else { None };
        assert!(matches!(first[0], Outcome::Taken { over: false, .. }), "{first:?}");
        assert!(matches!(first[1], Outcome::Taken { over: false, .. }), "{first:?}");
        assert_eq!(
            first[2..].iter().map(refused).collect::<Vec<_>>(),
            [Refused::Full, Refused::NumberTaken, Refused::BookedElsewhere, Refused::UnknownCard, Refused::NoSlot].map(Some)
        );
        assert_eq!(city.verify(), []);
        // With the person's word, one more: flagged, and counted.
        let second = takes(&mut city, &file, true);
        assert!(matches!((second[0], second[1]), (Outcome::Already { .. }, Outcome::Already { .. })));
        assert!(matches!(second[2], Outcome::Taken { over: true, .. }), "{second:?}");
        assert_eq!(city.verify(), []);
        let third = takes(&mut city, &file, true);
        assert_eq!(third.iter().filter(|one| matches!(one, Outcome::Already { .. })).count(), 3);
        // Also after the citizen cancelled it, the file brings nothing back.
        let Outcome::Already { reservation, card } = third[0] else { panic!("{third:?}") };
        assert_eq!(card, cards[0]);
        city.cancel(reservation).unwrap();
        assert_eq!(takes(&mut city, &file[..1], true), [third[0]]);
        let (keys, wanted) = (city.keys.clone(), number("y-100001"));
        let found = city.db().read_now(move |reader| store::former::reservation(reader, &keys, Some(&wanted))).unwrap();
        assert_eq!(found, Some(reservation));
        // A day that is over.
        city.at(date(2026, 11, 25), 9 * 60);
        let late = line(&city, "K000005", "9:00", None);
        let past = takes(&mut city, &[late], true);
        assert_eq!(past, [Outcome::Refused(Refused::Past)]);
        assert_eq!(city.verify(), []);
    }
}
