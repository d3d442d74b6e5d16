//! Cities of any size on both databases.

use std::sync::Arc;

use domain::card::Progress;
use domain::id::{CardId, PlaceId};
use domain::journal::Slot;
use domain::place::PlaceKind;
use domain::rules::RuleSet;
use domain::service::Service;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use store::bench::{Group, Home, Many};
use store::keys::Keys;
use store::{Lane, Tx};
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

/// Cards of a box.
const BOX: u32 = 500;

/// Adds so many cards of each progress, oldest first, and answers their ids.
pub(crate) fn fill(city: &mut City, wanted: &[(Progress, u32)]) -> Vec<Vec<CardId>> {
    use PlaceKind::{Citizen, City as WithCity, Desk};
    // One card comes in as cards do, so that there is an entry to point to.
    let listed = city.listed(1, 'Y')[0];
    let steps = city.db().read_now(move |reader| store::card::steps(reader, listed)).unwrap();
    let groups = wanted.iter().map(|(progress, cards)| Group {
        progress: *progress,
        cards: *cards,
        places: match progress {
            Progress::Listed | Progress::Inspected => place(city, Desk),
            Progress::Issued => place(city, Citizen),
            Progress::Ended => place(city, WithCity),
            _ => boxes(city, *progress, cards.div_ceil(BOX)),
        },
    });
    let groups = groups.collect();
    let day = domain::time::day_of(city.now());
    let many = Many { site: city.site.clone(), day, entry: steps[0].entry, groups };
    store::bench::fill_cards(&home_of(&city.home), &city.keys, &many).unwrap()
}

fn place(city: &City, kind: PlaceKind) -> Vec<PlaceId> {
    let site = city.site.clone();
    let places = city.db().read_now(move |reader| store::place::of_kind(reader, &site, kind)).unwrap();
    places.iter().map(|place| place.id).collect()
}

fn boxes(city: &mut City, progress: Progress, count: u32) -> Vec<PlaceId> {
    let made = (1..=count).map(|n| {
        let (act, site, name) = (city.act(), city.site.clone(), format!("箱{}{n}", progress.label()));
        let make = move |tx: &mut Tx<'_>| store::place::create(tx, &act, &site, PlaceKind::Box, &name, None);
        city.db().write_now(Lane::Staff, make).unwrap()
    });
    made.collect()
}
