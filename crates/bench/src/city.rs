//! Cities of any size on both databases.

use std::sync::Arc;

use domain::card::Progress;
use domain::id::{CardId, EntryId, PlaceId};
use domain::journal::Slot;
use domain::rules::RuleSet;
use domain::service::Service;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use store::bench::{Group, Home, Many};
use store::keys::Keys;
use testkit::{City, TestDb};

/// The databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// A new database.
    pub(crate) fn home(self) -> TestDb {
        match self {
            Self::Sqlite => TestDb::sqlite(),
            Self::Postgres => TestDb::postgres(),
        }
    }
}

/// Where a database lies, for another process or for what is written in bulk.
pub(crate) fn home_of(database: &TestDb) -> Home {
    match (database.file(), database.server()) {
        (Some(file), _) => Home::File(file),
        (None, Some((url, schema))) => Home::Server { url, schema },
        (None, None) => unreachable!("a database lies in a file or on a server"),
    }
}

/// What a booking needs of a city.
pub(crate) struct Shared {
    pub(crate) keys: Arc<Keys>,
    pub(crate) rules: Arc<RuleSet>,
    pub(crate) cards: Vec<CardId>,
    /// Every slot from [`FIRST`] on, in order.
    slots: Vec<Slot>,
}

/// The first day that is booked.
pub(crate) const FIRST: Date = date(2026, 11, 24);
/// Places of a slot in the profile.
const PLACES: u16 = 4;

impl Shared {
    pub(crate) fn of(city: &City, cards: Vec<CardId>) -> Arc<Self> {
        let (service, site, rules) = (Service::Issuance, city.site.clone(), city.rules.clone());
        let days = FIRST.series(1.day()).take(400);
        let slots = days.flat_map(|day| {
            let starts = rules.slots(service, &site, day).into_iter();
            let enough = starts.filter(|(_, grant)| grant.places >= PLACES);
            let site = site.clone();
            enough.map(move |(start, _)| Slot { service, site: site.clone(), day, start }).collect::<Vec<_>>()
        });
        let slots = slots.collect();
        Arc::new(Self { keys: city.keys.clone(), rules, cards, slots })
    }

    /// The slot of the nth booking: spread over days and times as the places of a slot allow.
    pub(crate) fn slot(&self, n: usize) -> Slot {
        self.slots[n / usize::from(PLACES)].clone()
    }

    /// The 予約キー of the nth card.
    pub(crate) fn key(&self, n: usize) -> String {
        store::bench::key_of(&self.keys, self.cards[n]).unwrap().digits()
    }
}

/// A city with cards whose letters were posted today. Cities made alike have the same ids.
pub(crate) fn notified(home: TestDb, cards: u32) -> (City, Arc<Shared>) {
    let mut city = City::found(home);
    let cards = fill(&mut city, &[(Progress::Notified, cards)]).remove(0);
    let shared = Shared::of(&city, cards);
    (city, shared)
}

/// Adds so many cards of each progress, oldest first, and answers their ids.
pub(crate) fn fill(city: &mut City, wanted: &[(Progress, u32)]) -> Vec<Vec<CardId>> {
    let boxes: Vec<PlaceId> =
        ["箱1", "箱2", "箱3", "箱4", "箱5", "箱6", "箱7", "箱8"].map(|name| city.new_box(name)).to_vec();
    // One card comes in as cards do, so that there is an entry to point to.
    let listed = city.listed(1, 'Y')[0];
    let (first, desk) = city
        .db()
        .read_now(move |reader| {
            let steps = store::card::steps(reader, listed)?;
            let card = store::card::find(reader, listed)?;
            Ok::<(EntryId, PlaceId), store::Error>((steps[0].entry, card.expect("the card").place))
        })
        .unwrap();
    let groups = wanted.iter().map(|(progress, cards)| Group {
        progress: *progress,
        cards: *cards,
        places: match progress {
            Progress::Listed | Progress::Inspected => vec![desk],
            _ => boxes.clone(),
        },
    });
    let many = Many {
        site: city.site.clone(),
        day: domain::time::day_of(city.now()),
        entry: first,
        groups: groups.collect(),
    };
    store::bench::fill_cards(&home_of(&city.home), &city.keys, &many).unwrap()
}
