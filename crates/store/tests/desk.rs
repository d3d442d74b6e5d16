//! The consignment desk by several people at one moment, on both databases: it closes once, on what was true, and
//! `verify` finds a close that nothing explains.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::sync::Barrier;

use domain::card::{Finding, Pass};
use domain::id::{CardId, ConsignmentId};
use domain::incident::Kind;
use domain::journal::CityRecord;
use domain::place::PlaceKind;
use jiff::civil::date;
use store::consignment::desk::close::{self, Desk};
use store::consignment::desk::{self, Counted, DeskError, Scanned};
use store::incident::Opening;
use store::verify::Invariant;
use store::{Db, Lane};
use testkit::{City, TestDb, on_both};

const CITY: (&str, CityRecord) = ("市民課 一郎", CityRecord::Paper);

fn card(city: &City, id: CardId) -> store::card::Card {
    city.db().read_now(move |reader| store::card::find(reader, id)).unwrap().unwrap()
}

fn stands(city: &City, id: ConsignmentId) -> Desk {
    city.db().read_now(move |reader| close::stands(reader, id)).unwrap().unwrap()
}

/// A list of so many cards, of which the city gave so many.
fn arrived(city: &mut City, listed: u32, counted: u32) -> (ConsignmentId, Vec<CardId>) {
    city.at(date(2026, 11, 24), 9 * 60);
    let cards = city.listed(listed, 'A');
    let id = card(city, cards[0]).consignment;
    let act = city.act();
    let counted = Counted { boxes: 1, cards: counted };
    city.db().write_now(Lane::Staff, move |tx| desk::arrive(tx, &act, id, counted, None, CITY)).unwrap();
    (id, cards)
}

/// The end of the number on the notice, as a person reads it from the paper.
fn ending(city: &City, id: CardId) -> String {
    let keys = city.keys.clone();
    let open = move |reader: &mut store::Reader<'_>| {
        let card = domain::journal::Subject::Card(id);
        store::privacy::open(reader, &keys, &card, store::privacy::NOTICE_NUMBER)
    };
    let number = city.db().read_now(open).unwrap().unwrap();
    number[number.len() - domain::consignment::CONFIRMING..].to_owned()
}

fn pairs(city: &mut City, id: CardId) {
    let (act, keys, typed, found) = (city.act(), city.keys.clone(), ending(city, id), card(city, id));
    let paired = city.db().write_now(Lane::Staff, move |tx| desk::pair(tx, &act, &keys, &found, &typed));
    assert!(paired.unwrap());
}

fn scan(city: &mut City, consignment: ConsignmentId, id: CardId, pass: Pass) -> Scanned {
    let (act, number) = (city.act(), card(city, id).control_number);
    let scan =
        move |tx: &mut store::Tx<'_>| desk::inspect(tx, &act, consignment, number, pass, Finding::Good);
    city.db().write_now(Lane::Staff, scan).unwrap()
}

fn inspected(city: &mut City, consignment: ConsignmentId, cards: &[CardId]) {
    for id in cards {
        pairs(city, *id);
        for pass in Pass::ALL {
            assert!(matches!(scan(city, consignment, *id, *pass), Scanned::Done(..)));
        }
    }
}

/// Nobody finds a card, and the city knows.
fn lost(city: &mut City, id: CardId) {
    let act = city.act();
    let told = Some((CITY.0.to_owned(), act.at));
    let day = city.day(date(2026, 11, 24));
    let opening = Opening { card: id, day, kind: Kind::Missing, told, remark: "箱にない".to_owned() };
    city.db().write_now(Lane::Staff, move |tx| store::incident::open(tx, &act, &opening)).unwrap();
}

fn closes(
    city: &mut City,
    db: &Db,
    id: ConsignmentId,
) -> impl FnOnce() -> Result<(), DeskError> + Send + use<> {
    let (act, db) = (city.act(), db.clone());
    move || db.write_now(Lane::Staff, move |tx| close::close(tx, &act, id, Some(CITY)))
}

fn at_once<A: Send, B: Send>(one: impl FnOnce() -> A + Send, two: impl FnOnce() -> B + Send) -> (A, B) {
    let gate = Barrier::new(2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            gate.wait();
            two()
        });
        gate.wait();
        let one = one();
        (one, other.join().unwrap())
    })
}

fn found(city: &City, invariant: Invariant, sql: &str) {
    city.home.by_hand(sql);
    let found = city.verify();
    assert!(
        found.iter().any(|one| one.invariant == invariant && one.subject.starts_with("desk:")),
        "{found:?}"
    );
}

on_both! {
    fn r5_c1_two_people_close_a_desk_at_one_moment_and_it_closes_once(home: TestDb) {
        let mut city = City::found(home);
        let (id, cards) = arrived(&mut city, 3, 2);
        inspected(&mut city, id, &cards[..2]);
        lost(&mut city, cards[2]);
        let (here, there) = (city.db().clone(), city.home.another_node());
        let (one, two) = (closes(&mut city, &here, id), closes(&mut city, &there, id));
        let (one, two) = at_once(one, two);
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        assert_eq!(one.and(two), Err(DeskError::Already));
        assert_eq!((city.home.rows_of("consignment_close"), city.home.rows_of("close_missing")), (1, 1));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c1_what_comes_beside_a_close_is_in_it_or_refused(home: TestDb) {
        let mut city = City::found(home);
        let (here, there) = (city.db().clone(), city.home.another_node());
        let (id, cards) = arrived(&mut city, 2, 2);
        inspected(&mut city, id, &cards);
        // Extra cards that nobody has explained: the close is on two cards, or it sees three and stays open.
        let (close, act) = (closes(&mut city, &here, id), city.act());
        let extra = move || {
            there.write_now(Lane::Staff, move |tx| close::extra(tx, &act, id, 1, "ほかの市のカード", CITY))
        };
        match at_once(close, extra) {
            (Ok(()), Err(DeskError::Already)) => assert_eq!(city.home.rows_of("extra_card"), 0),
            (Err(DeskError::CountDiffers { counted: 2, explained: 3 }), Ok(())) => {
                assert_eq!(city.home.rows_of("consignment_close"), 0);
            }
            other => panic!("{other:?}"),
        }
        // Two people count again what they saw: the second sees it changed.
        let again = |city: &mut City, cards: u32| {
            let (act, db) = (city.act(), city.db().clone());
            let before = Some(Counted { boxes: 1, cards: 2 });
            let counted = Counted { boxes: 2, cards };
            move || db.write_now(Lane::Staff, move |tx| desk::arrive(tx, &act, id, counted, before, CITY))
        };
        if stands(&city, id).closed.is_some() {
            assert_eq!(again(&mut city, 3)(), Err(DeskError::Already), "what is closed is not counted again");
        } else {
            let (one, two) = (again(&mut city, 3), again(&mut city, 4));
            let (one, two) = at_once(one, two);
            assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        }
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c1_two_people_pair_a_label_at_one_moment_and_it_is_told_once(home: TestDb) {
        let mut city = City::found(home);
        let (id, cards) = arrived(&mut city, 6, 6);
        let there = city.home.another_node();
        for one in &cards {
            let (found, typed) = (card(&city, *one), ending(&city, *one));
            assert!(matches!(scan(&mut city, id, *one, Pass::Print), Scanned::Unpaired(_)));
            let acts = (city.act(), city.act());
            let pair = |act: store::Act, db: Db| {
                let (keys, found, typed) = (city.keys.clone(), found.clone(), typed.clone());
                move || db.write_now(Lane::Staff, move |tx| desk::pair(tx, &act, &keys, &found, &typed)).unwrap()
            };
            let both = at_once(pair(acts.0, city.db().clone()), pair(acts.1, there.clone()));
            assert_eq!(both, (true, true));
        }
        assert_eq!(city.home.rows_of("pairing"), 6);
        let told = city.home.rows_of("journal WHERE kind = 'card_paired'");
        assert_eq!(told, 6, "each pairing has one entry");
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c1_a_missing_card_is_never_put_away_and_its_first_scan_ends_the_search(home: TestDb) {
        let mut city = City::found(home);
        let (id, cards) = arrived(&mut city, 3, 2);
        // Its label is there, and the card is not: the label alone puts nothing into a box.
        let bin = city.new_box("箱1");
        let act = city.act();
        let (loose, gone) = (cards[1], cards[2]);
        let put = city.db().write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, loose, bin));
        assert_eq!(put, Err(store::card::StepError::Unpaired));
        inspected(&mut city, id, &cards[..2]);
        lost(&mut city, gone);
        let act = city.act();
        let put = city.db().write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, gone, bin));
        assert_eq!(put, Err(store::card::StepError::Unpaired));
        assert_eq!(card(&city, gone).place_kind, PlaceKind::Missing);
        let db = city.db().clone();
        closes(&mut city, &db, id)().unwrap();
        let desk = stands(&city, id);
        assert_eq!((desk.expected(), desk.never_came(), desk.explained()), (2, 1, 2));
        // J-LIS sends it later: it is paired and scanned like any other, and what was closed stays as it was.
        assert!(matches!(scan(&mut city, id, gone, Pass::Print), Scanned::Unpaired(_)));
        pairs(&mut city, gone);
        assert_eq!(card(&city, gone).place_kind, PlaceKind::Missing, "a label that is paired is not yet a scan");
        assert!(matches!(scan(&mut city, id, gone, Pass::Print), Scanned::Done(..)));
        assert_eq!(card(&city, gone).place_kind, PlaceKind::Desk);
        let desk = stands(&city, id);
        assert_eq!((desk.expected(), desk.never_came(), desk.explained()), (3, 1, 2));
        assert!(!desk.missing[0].is_missing && desk.open.len() == 1);
        let open = city.db().read_now(move |reader| store::incident::open_of(reader, gone)).unwrap();
        assert!(open.is_none());
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c1_a_card_that_is_lost_between_two_passes_had_come(home: TestDb) {
        let mut city = City::found(home);
        // Both counted all three; the third is lost after its first pass. The counts agree all the same.
        let (id, cards) = arrived(&mut city, 3, 3);
        inspected(&mut city, id, &cards[..2]);
        pairs(&mut city, cards[2]);
        assert!(matches!(scan(&mut city, id, cards[2], Pass::Print), Scanned::Done(..)));
        lost(&mut city, cards[2]);
        let desk = stands(&city, id);
        assert_eq!((desk.explained(), desk.never_came(), desk.missing.len()), (3, 0, 1));
        assert_eq!(desk.scanned, [(Pass::Notice, 2), (Pass::Print, 2), (Pass::Register, 2)]);
        let (act, db) = (city.act(), city.db().clone());
        let alone = db.write_now(Lane::Staff, move |tx| close::close(tx, &act, id, None));
        assert_eq!(alone, Err(DeskError::NeedsCity));
        closes(&mut city, &db, id)().unwrap();
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c1_a_close_that_nothing_explains_is_found(home: TestDb) {
        let mut city = City::found(home);
        let (id, cards) = arrived(&mut city, 3, 3);
        inspected(&mut city, id, &cards[..2]);
        lost(&mut city, cards[2]);
        let act = city.act();
        let extra = move |tx: &mut store::Tx<'_>| close::extra(tx, &act, id, 1, "ほかの市のカード", CITY);
        city.db().write_now(Lane::Staff, extra).unwrap();
        let db = city.db().clone();
        closes(&mut city, &db, id)().unwrap();
        city.seal();
        assert_eq!(city.verify(), []);
        found(&city, Invariant::Count, "UPDATE arrival SET cards = 4");
        found(&city, Invariant::Fold, "UPDATE arrival SET cards = 4");
        city.home.by_hand("UPDATE arrival SET cards = 3");
        found(&city, Invariant::Count, "UPDATE close_missing SET came = 1");
        city.home.by_hand("UPDATE close_missing SET came = 0");
        found(&city, Invariant::Fold, "UPDATE extra_card SET cards = 2");
        city.home.by_hand("UPDATE extra_card SET cards = 1");
        found(&city, Invariant::Count, "UPDATE consignment_close SET person = NULL");
        city.home.by_hand("UPDATE consignment_close SET person = '市民課 一郎'");
        found(&city, Invariant::Fold, "UPDATE consignment_close SET missing = 0");
        city.home.by_hand("UPDATE consignment_close SET missing = 1");
        assert_eq!(city.verify(), []);
        found(&city, Invariant::Fold, "DELETE FROM consignment_close");
    }
}
