//! The booking transaction: 64 callers, durable, on both databases, beside the same statements in a bare loop.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use domain::journal::Actor;
use domain::reservation::Channel;
use domain::time::instant_at;
use jiff::civil::date;
use store::bench::{Home, Tape};
use store::reservation::{BookingError, Wish};
use store::{Act, Db, Lane};
use testkit::City;

use crate::city::{self, Engine, Shared};
use crate::table::{Goal, Table};

pub(crate) const CALLERS: usize = 64;
/// Bookings of a round.
fn bookings(engine: Engine) -> usize {
    match engine {
        Engine::Sqlite => 2_000,
        Engine::Postgres => 500,
    }
}

/// A booking as one transaction: hold and confirm.
fn book(tx: &mut store::Tx<'_>, city: &Shared, n: usize) -> Result<(), BookingError> {
    let wish =
        Wish { card: city.cards[n], slot: city.slot(n), channel: Channel::Web, language: "ja".to_owned() };
    let mut seed = [3; 16];
    seed[4..8].copy_from_slice(&u32::try_from(n).unwrap().to_le_bytes());
    let act = Act::new(instant_at(date(2026, 11, 3), 600), Actor::Citizen, seed);
    let held = store::reservation::hold(tx, &act, &city.keys, &city.rules, &wish, 10)?;
    store::reservation::confirm(tx, &act, held.id).map(drop)
}

/// Bookings with 64 callers, each a transaction, and how long they took.
pub(crate) fn program(db: &Db, shared: &Arc<Shared>, bookings: Range<usize>) -> Duration {
    let next = AtomicUsize::new(bookings.start);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= bookings.end {
                        return;
                    }
                    let shared = shared.clone();
                    db.write_now(Lane::Public, move |tx| book(tx, &shared, n)).unwrap();
                }
            });
        }
    });
    began.elapsed()
}

/// What the bookings run, written down while they run one by one.
fn tapes(db: &Db, shared: &Arc<Shared>, bookings: Range<usize>) -> Vec<Tape> {
    bookings
        .map(|n| {
            let shared = shared.clone();
            db.write_now(Lane::Public, move |tx| {
                tx.record_tape();
                book(tx, &shared, n)?;
                Ok::<_, BookingError>(tx.take_tape())
            })
            .unwrap()
        })
        .collect()
}

/// The limit: the statements of bookings in a bare loop, on a database that equals the recorded one.
pub(crate) struct Bare {
    equal: City,
    tapes: Vec<Tape>,
}

impl Bare {
    /// Records the statements of so many bookings.
    pub(crate) fn record(engine: Engine, bookings: usize) -> Self {
        let cards = u32::try_from(bookings).unwrap();
        let (recorded, shared) = city::notified(engine.home(), cards);
        let tapes = tapes(recorded.db(), &shared, 0..bookings);
        drop(recorded);
        let (equal, _) = city::notified(engine.home(), cards);
        Self { equal, tapes }
    }

    /// How many statements a booking has.
    pub(crate) fn statements(&self) -> usize {
        self.tapes[self.tapes.len() / 2].len()
    }

    /// Plays some of the bookings, each once, and answers how many ran in a second.
    pub(crate) fn play(&self, bookings: Range<usize>) -> f64 {
        let (tapes, count) = (&self.tapes[bookings.clone()], bookings.len() as f64);
        let took = match city::home_of(&self.equal.home) {
            Home::File(file) => store::bench::play_sqlite(&file, tapes),
            // As many connections as the program has write lanes.
            Home::Server { url, schema } => store::bench::play_postgres(&url, &schema, tapes, 4),
        };
        count / took.unwrap().as_secs_f64()
    }
}

/// Measures one database.
pub(crate) fn measure(table: &mut Table, engine: Engine, rounds: usize) {
    let each = bookings(engine);
    let total = each * rounds;
    let bare = Bare::record(engine, total);
    let (city, shared) = city::notified(engine.home(), u32::try_from(total).unwrap());
    let (mut ours, mut limit) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let bookings = round * each..(round + 1) * each;
        let took = program(city.db(), &shared, bookings.clone());
        ours.push(each as f64 / took.as_secs_f64());
        limit.push(bare.play(bookings));
    }
    let name = engine.name();
    table.add(format!("{name}: statements of a booking"), "", &[bare.statements() as f64], Goal::None);
    table.add(format!("{name}: bookings, 64 callers, durable"), "/s", &ours, Goal::None);
    table.add(format!("{name}: the same statements in a bare loop"), "/s", &limit, Goal::None);
    let ratios: Vec<f64> = ours.iter().zip(&limit).map(|(ours, bare)| ours / bare).collect();
    table.add(format!("{name}: bookings to bare loop"), "", &ratios, Goal::AtLeast(0.6));
}
