//! Several people scan at once whatever comes to hand: right cards and wrong ones, into boxes and out of them, while
//! others empty those boxes and look for what is missing. Whatever they do, each card is in one place after every scan,
//! and its story leads there.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{CardId, PlaceId};
use domain::number::PlaceLabel;
use domain::place::PlaceKind;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use store::{Db, Lane};
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

const DAY: Date = date(2026, 11, 11);
const CARDS: usize = 9;
const BOXES: usize = 3;
const PEOPLE: usize = 3;

/// What somebody does with the scanner in the hand.
#[derive(Debug, Clone)]
enum Deed {
    /// A card into a box.
    Put { card: usize, place: usize },
    /// A card first, then the label of its box.
    PutAfter { card: usize, place: usize },
    /// A card out of its box, for tomorrow.
    Pull { card: usize },
    /// All cards of a box into another.
    Empty { from: usize, to: usize },
    /// Nobody finds a card.
    Miss { card: usize },
    /// What no label says.
    Nonsense { code: String },
}

fn deed() -> impl Strategy<Value = Deed> {
    let (card, place) = (0..CARDS, 0..BOXES);
    prop_oneof![
        4 => (card.clone(), place.clone()).prop_map(|(card, place)| Deed::Put { card, place }),
        1 => (card.clone(), place.clone()).prop_map(|(card, place)| Deed::PutAfter { card, place }),
        4 => card.clone().prop_map(|card| Deed::Pull { card }),
        2 => (place.clone(), place).prop_map(|(from, to)| Deed::Empty { from, to }),
        1 => card.prop_map(|card| Deed::Miss { card }),
        1 => "[0-9A-Z０-９ーあ]{0,14}".prop_map(|code| Deed::Nonsense { code }),
    ]
}

struct Target {
    id: PlaceId,
    label: String,
}

/// What the people work with.
struct Room {
    db: Db,
    cards: Vec<(CardId, String)>,
    boxes: Vec<Target>,
}

impl Room {
    /// A room in which every card lies in the first box, and is asked for tomorrow.
    fn of(house: &mut House) -> Self {
        let cards = house.city.notified(u32::try_from(CARDS).unwrap(), 'A');
        let mut boxes: Vec<PlaceId> = ["箱9-1", "箱9-2"].map(|name| house.city.new_box(name)).into();
        // In one of them each card stands in a slot of its own.
        boxes.push(house.city.new_numbered_box("箱9-3"));
        for card in &cards {
            let (act, card, place) = (house.city.act(), *card, boxes[0]);
            let put = move |tx: &mut store::Tx<'_>| store::card::put_away(tx, &act, card, place);
            house.city.db().write_now(Lane::Staff, put).unwrap();
        }
        house.at(date(2026, 11, 9), "10:00");
        for (card, start) in cards.iter().zip(["9:00", "9:10", "9:20", "9:30", "9:40", "9:50", "10:00"]) {
            let slot = house.city.slot(DAY, start);
            house.city.book(*card, slot).unwrap();
        }
        house.at(date(2026, 11, 10), "13:00");
        let db = house.city.db().clone();
        let of = move |reader: &mut store::Reader<'_>| {
            let numbers = cards
                .iter()
                .map(|id| Ok((*id, store::card::find(reader, *id)?.unwrap().control_number.digits())));
            let cards = numbers.collect::<Result<Vec<_>, store::Error>>()?;
            let labels = boxes.iter().map(|id| {
                let label: PlaceLabel = store::place::find(reader, *id)?.unwrap().label.unwrap();
                Ok(Target { id: *id, label: label.digits() })
            });
            Ok::<_, store::Error>((cards, labels.collect::<Result<Vec<_>, store::Error>>()?))
        };
        let (cards, boxes) = db.read_now(of).unwrap();
        Self { db, cards, boxes }
    }

    fn does(&self, person: &mut Browser, deed: &Deed) {
        let card = |n: usize| self.cards[n].1.as_str();
        match deed {
            Deed::Put { card: n, place } => {
                let place = self.boxes[*place].id.to_string();
                person.post("/storage/put", &[("code", card(*n)), ("place", &place)]);
            }
            Deed::PutAfter { card: n, place } => {
                person.post("/storage/put", &[("code", card(*n))]);
                let waits = self.cards[*n].0.to_string();
                person.post("/storage/put", &[("code", &self.boxes[*place].label), ("card", &waits)]);
            }
            Deed::Pull { card: n } => {
                person.post(&format!("/pull/{DAY}"), &[("code", card(*n))]);
            }
            Deed::Empty { from, to } => {
                person.open(&format!("/places/{}/empty", self.boxes[*from].id));
                person.fill("code", &self.boxes[*to].label).press("すべて移す");
            }
            Deed::Miss { card: n } => {
                person.open(&format!("/cards/{}/incident", self.cards[*n].0)).choose("what", "missing");
                person
                    .fill("remark", "箱にない")
                    .fill("person", "吹田")
                    .fill("told", "12:55")
                    .press("事故として記録する");
            }
            Deed::Nonsense { code } => {
                person.post("/storage/put", &[("code", code), ("place", &self.boxes[0].id.to_string())]);
                assert!(person.status() < 500, "{code:?}: {}", person.text());
                person.post(&format!("/pull/{DAY}"), &[("code", code)]);
            }
        }
        assert!(person.status() < 500, "{deed:?}: {}", person.text());
    }

    /// In one snapshot: each card is where its story leads, and the places together hold each of them once.
    fn each_in_one_place(&self) {
        let ids: Vec<CardId> = self.cards.iter().map(|(id, _)| *id).collect();
        let (places, counted) = self
            .db
            .read_now(move |reader| {
                let mut places: BTreeMap<PlaceId, u32> = BTreeMap::new();
                for id in &ids {
                    let id = *id;
                    let card = store::card::find(reader, id)?.unwrap();
                    let last = store::card::steps(reader, id)?.pop().map(|step| step.place_to);
                    assert_eq!(last, Some(card.place_name), "{id}");
                    *places.entry(card.place).or_default() += 1;
                }
                let counted = places.keys().map(|id| Ok((*id, store::place::cards_in(reader, *id)?)));
                let counted = counted.collect::<Result<BTreeMap<_, _>, store::Error>>()?;
                Ok::<_, store::Error>((places, counted))
            })
            .unwrap();
        assert_eq!(places, counted);
    }
}

on_both! {
    fn r5_c7_whatever_several_people_scan_at_once_each_card_is_in_one_place(home: TestDb) {
        let mut house = House::open(home);
        let room = Room::of(&mut house);
        let mut people: Vec<Browser> = (0..PEOPLE).map(|_| house.operator()).collect();
        let mut runner = TestRunner::deterministic();
        let scripts = prop::collection::vec(prop::collection::vec(deed(), 6), PEOPLE);
        for _ in 0..8 {
            let scripts = scripts.new_tree(&mut runner).unwrap().current();
            std::thread::scope(|scope| {
                for (person, script) in people.iter_mut().zip(&scripts) {
                    let room = &room;
                    scope.spawn(move || {
                        for deed in script {
                            room.does(person, deed);
                            room.each_in_one_place();
                        }
                    });
                }
            });
            house.verify();
        }
        // They were at all these places, or the test has shown nothing.
        let stories = room.cards.iter().flat_map(|(id, _)| {
            let id = *id;
            room.db.read_now(move |reader| store::card::steps(reader, id)).unwrap()
        });
        let seen: BTreeSet<String> = stories.map(|step| step.place_to).collect();
        for place in ["箱9-1", "箱9-2", "箱9-3", PlaceKind::Tray.label(), PlaceKind::Missing.label()] {
            assert!(seen.iter().any(|one| one.starts_with(place)), "{place}: {seen:?}");
        }
    }
}
