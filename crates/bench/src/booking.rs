//! The booking transaction: 64 callers, durable, on both databases, beside the same statements in a bare loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use domain::id::CardId;
use domain::journal::{Actor, Slot};
use domain::reservation::Channel;
use domain::service::Service;
use domain::time::{Start, instant_at};
use jiff::civil::date;
use store::bench::Tape;
use store::reservation::Wish;
use store::{Act, Db, Lane};
use testkit::{City, TestDb};

use crate::ROUNDS;
use crate::table::{Goal, Table};

const CALLERS: usize = 64;
const BOOKINGS: usize = 2_000;

/// A booking as one transaction: hold and confirm.
fn book(tx: &mut store::Tx<'_>, city: &Shared, n: usize) -> Result<(), store::reservation::BookingError> {
    let wish = Wish { card: city.cards[n], slot: slot(n), channel: Channel::Web, language: "ja".to_owned() };
    let mut seed = [3; 16];
    seed[4..8].copy_from_slice(&u32::try_from(n).unwrap().to_le_bytes());
    let act = Act::new(instant_at(date(2026, 11, 3), 600), Actor::Citizen, seed);
    let held = store::reservation::hold(tx, &act, &city.keys, &city.rules, &wish, 10)?;
    store::reservation::confirm(tx, &act, held.id).map(drop)
}

/// Spread over days and times as four places a slot allow.
fn slot(n: usize) -> Slot {
    const STARTS: usize = 48;
    let days = [24, 25, 26, 27, 30].map(|day| date(2026, 11, day));
    let more = (1..=31).map(|day| date(2026, 12, day));
    let open = more.filter(|day| {
        !matches!(day.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday)
            && day.day() < 29
    });
    let days: Vec<_> = days.into_iter().chain(open).collect();
    let day = days[n / 4 / STARTS % days.len()];
    let start = Start::new(9 * 60 + 10 * u16::try_from(n / 4 % STARTS).unwrap()).unwrap();
    Slot { service: Service::Issuance, site: "honcho".parse().unwrap(), day, start }
}

struct Shared {
    keys: Arc<store::keys::Keys>,
    rules: Arc<domain::rules::RuleSet>,
    cards: Vec<CardId>,
}

fn city(home: TestDb) -> (City, Arc<Shared>) {
    let mut city = City::found(home);
    let cards = city.notified(u32::try_from(BOOKINGS).unwrap(), 'A');
    let shared = Shared { keys: city.keys.clone(), rules: city.rules.clone(), cards };
    (city, Arc::new(shared))
}

/// Bookings a second with 64 callers.
fn program(db: &Db, shared: &Arc<Shared>) -> f64 {
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= BOOKINGS {
                        return;
                    }
                    let shared = shared.clone();
                    db.write_now(Lane::Public, move |tx| book(tx, &shared, n)).unwrap();
                }
            });
        }
    });
    BOOKINGS as f64 / began.elapsed().as_secs_f64()
}

/// What the bookings run, written down while they run one by one.
fn tapes(db: &Db, shared: &Arc<Shared>) -> Vec<Tape> {
    (0..BOOKINGS)
        .map(|n| {
            let shared = shared.clone();
            db.write_now(Lane::Public, move |tx| {
                tx.record_tape();
                book(tx, &shared, n)?;
                Ok::<_, store::reservation::BookingError>(tx.take_tape())
            })
            .unwrap()
        })
        .collect()
}

/// Measures the embedded database.
pub(crate) fn sqlite(table: &mut Table) {
    let (mut ours, mut bare, mut statements) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let (city, shared) = city(TestDb::sqlite());
        ours.push(program(city.db(), &shared));
        drop(city);
        let (recorded, shared) = self::city(TestDb::sqlite());
        let tapes = tapes(recorded.db(), &shared);
        statements = tapes[BOOKINGS / 2].len();
        drop(recorded);
        let (equal, _) = self::city(TestDb::sqlite());
        let took = store::bench::play_sqlite(&equal.home.file().unwrap(), &tapes).unwrap();
        bare.push(BOOKINGS as f64 / took.as_secs_f64());
    }
    report(table, "SQLite", &ours, &bare, statements);
}

/// Measures PostgreSQL.
pub(crate) fn postgres(table: &mut Table) {
    let (mut ours, mut bare, mut statements) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let (city, shared) = city(TestDb::postgres());
        ours.push(program(city.db(), &shared));
        drop(city);
        let (recorded, shared) = self::city(TestDb::postgres());
        let tapes = tapes(recorded.db(), &shared);
        statements = tapes[BOOKINGS / 2].len();
        drop(recorded);
        let (equal, _) = self::city(TestDb::postgres());
        let (url, schema) = equal.home.server().unwrap();
        // As many connections as the program has write lanes.
        let took = store::bench::play_postgres(&url, &schema, &tapes, 4).unwrap();
        bare.push(BOOKINGS as f64 / took.as_secs_f64());
    }
    report(table, "PostgreSQL", &ours, &bare, statements);
}

fn report(table: &mut Table, name: &str, ours: &[f64], bare: &[f64], statements: usize) {
    table.add(format!("{name}: statements of a booking"), "", &[statements as f64], Goal::None);
    table.add(format!("{name}: bookings, 64 callers, durable"), "/s", ours, Goal::None);
    table.add(format!("{name}: the same statements in a bare loop"), "/s", bare, Goal::None);
    let ratios: Vec<f64> = ours.iter().zip(bare).map(|(ours, bare)| ours / bare).collect();
    table.add(format!("{name}: bookings to bare loop"), "", &ratios, Goal::AtLeast(0.6));
}
