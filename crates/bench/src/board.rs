//! The board of the day over a city that has been at work for three years: 7,500 cards in the cabinets, 50,000 issued
//! a year with their visits, and a day as full as its places allow.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::card::Progress;
use domain::permission::Role;
use jiff::ToSpan;
use jiff::civil::Date;
use store::bench::Past;
use storykit::House;

use crate::booking;
use crate::city::{self, Engine, FIRST, Shared};
use crate::client::{block_on, cookie_of};
use crate::days::timed;
use crate::pace::{percentile, repeat};
use crate::table::{Goal, Table};

/// The cards, oldest first.
const CARDS: [(Progress, u32); 3] =
    [(Progress::Issued, 150_000), (Progress::Notified, 5_500), (Progress::Prepared, 2_000)];
/// Open days of three years, about.
const DAYS: usize = 750;
/// Reservations of the day.
const BOOKED: usize = 192;
/// Pages of a round.
const PAGES: usize = 100;
/// How long a round may take.
const SPELL: Duration = Duration::from_secs(1);

/// Measures one database.
pub(crate) fn measure(table: &mut Table, engine: Engine, rounds: usize) {
    let name = engine.name();
    let mut house = House::open(engine.home());
    let began = Instant::now();
    let mut cards = city::fill(&mut house.city, &CARDS);
    let notified = cards.remove(1);
    let past = Past { site: house.city.site.clone(), days: days(), cards: cards.remove(0) };
    store::bench::fill_past(&city::home_of(&house.city.home), &past).unwrap();
    table.note(format!(
        "{name}: 157,500 cards and 150,000 visits of the past were written in {:.1} s; the journal has none of them",
        began.elapsed().as_secs_f64()
    ));
    let shared = Shared::of(&house.city, notified);
    booking::program(house.city.db(), &shared, 0..BOOKED);
    house.run_jobs();
    house.at(FIRST, "8:50");
    let person = house.person(Role::PersonInCharge);
    let cookie = cookie_of(&person);
    let router = web::staff::router(house.app.clone());
    let ask = || {
        let request = Request::get("/").header(header::COOKIE, &cookie).body(Body::empty()).unwrap();
        let (status, took) = block_on(timed(router.clone(), request));
        assert_eq!(status, StatusCode::OK, "the board");
        took
    };
    ask();
    let (mut half, mut most) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let mut times = repeat(PAGES, SPELL, ask);
        half.push(percentile(&mut times, 50));
        most.push(percentile(&mut times, 99));
    }
    table.add(format!("{name}: the board of a city after three years, p50"), "ms", &half, Goal::Below(5.0));
    table.add(format!("{name}: the board of a city after three years, p99"), "ms", &most, Goal::Below(50.0));
}

/// The days of the past visits, the last before [`FIRST`].
fn days() -> Vec<Date> {
    let back = i64::try_from(DAYS).unwrap();
    (1..=back).rev().map(|n| FIRST.saturating_sub(n.days())).collect()
}
