//! A city of 200,000 cards: lists by progress, the staff's pages in the server, memory and start.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::card::Progress;
use domain::id::CardId;
use domain::permission::Role;
use store::Reader;
use storykit::House;

use crate::booking;
use crate::city::{self, Engine, FIRST, Shared};
use crate::client::{block_on, cookie_of};
use crate::days::{rate, timed};
use crate::pace::{percentile, repeat};
use crate::server::Server;
use crate::table::{Goal, Table};

/// The cards, oldest first: most are issued long ago, and what is at work lies at the end of every index. 7,500 are
/// in the cabinets, as the specification of the city has it, and 3,000 on the desk.
pub(crate) const CARDS: [(Progress, u32); 6] = [
    (Progress::Issued, 181_500),
    (Progress::Ended, 8_000),
    (Progress::Notified, 5_500),
    (Progress::Prepared, 2_000),
    (Progress::Inspected, 1_000),
    (Progress::Listed, 2_000),
];
/// Reservations on one day, as many as the places of its slots allow but for a few.
const BOOKED: usize = 192;
/// Rows of a page.
const PAGE: u32 = 50;
/// Lists of a round, each page.
const LISTS: usize = 40;
/// Pages of a round, each.
const PAGES: usize = 60;
/// How long one list or page is asked for in a round.
const SPELL: Duration = Duration::from_millis(600);

/// Measures one database.
pub(crate) fn measure(table: &mut Table, engine: Engine, rounds: usize) {
    let name = engine.name();
    let mut house = House::open(engine.home());
    let began = Instant::now();
    let cards = city::fill(&mut house.city, &CARDS);
    table.note(format!("{name}: 200,000 cards were written in {:.1} s", began.elapsed().as_secs_f64()));
    let shared = Shared::of(&house.city, cards[2].clone());
    booking::program(house.city.db(), &shared, 0..BOOKED);
    house.run_jobs();
    store_lists(table, &house, &cards, name, rounds);
    funnel(table, &house, name, rounds);

    house.at(FIRST, "8:50");
    // Who may open more pages than an operator.
    let person = house.person(Role::PersonInCharge);
    let cookie = cookie_of(&person);
    let pages = pages(&house, &cards, shared.cards[0]);
    let there = staff_pages(table, &house, &pages, &cookie, name, rounds);
    operation(table, &house, &there, &cookie, name, rounds);
}

/// The lists by progress as the store gives them, each at its beginning and deep in it.
fn store_lists(table: &mut Table, house: &House, cards: &[Vec<CardId>], name: &str, rounds: usize) {
    let mut asked: Vec<(Option<Progress>, Option<CardId>)> =
        vec![(None, None), (None, cards[0].last().copied())];
    for ((progress, _), ids) in CARDS.iter().zip(cards) {
        asked.push((Some(*progress), None));
        asked.push((Some(*progress), Some(ids[ids.len() * 9 / 10])));
    }
    // A rare one among many of the same stage, and one that nobody has.
    asked.push((Some(Progress::Booked), None));
    asked.push((Some(Progress::Booked), cards[2].last().copied()));
    let (mut all, mut slowest) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (mut round, mut worst) = (Vec::new(), 0.0_f64);
        for (progress, after) in asked.iter().copied() {
            let mut times = repeat(LISTS, SPELL, || {
                let began = Instant::now();
                let read = move |reader: &mut Reader<'_>| store::card::list(reader, progress, after, PAGE);
                let list = house.city.db().read_now(read).unwrap();
                assert!(!list.is_empty() || progress == Some(Progress::Booked), "{progress:?} is listed");
                began.elapsed()
            });
            worst = worst.max(percentile(&mut times, 50));
            round.append(&mut times);
        }
        all.push(percentile(&mut round, 50));
        slowest.push(worst);
    }
    table.add(format!("{name}: list of 200,000 cards by progress, p50"), "ms", &all, Goal::Below(10.0));
    table.add(format!("{name}: the slowest of those lists, p50"), "ms", &slowest, Goal::Below(10.0));
}

/// How far every card is, as the page of the progress asks for it.
fn funnel(table: &mut Table, house: &House, name: &str, rounds: usize) {
    let site = house.city.site.clone();
    let times: Vec<f64> = (0..rounds)
        .map(|_| {
            let mut times = repeat(LISTS, SPELL, || {
                let (began, site) = (Instant::now(), site.clone());
                let read = move |reader: &mut Reader<'_>| store::funnel::groups(reader, &site);
                let groups = house.city.db().read_now(read).unwrap();
                let all: u32 = groups.iter().map(|group| group.cards).sum();
                assert!(all >= CARDS.iter().map(|(_, count)| count).sum(), "every card stands somewhere");
                began.elapsed()
            });
            percentile(&mut times, 50)
        })
        .collect();
    table.add(format!("{name}: how far each of 200,000 cards is, p50"), "ms", &times, Goal::Below(200.0));
}

/// The pages that staff open all day.
fn pages(house: &House, cards: &[Vec<CardId>], booked: CardId) -> Vec<(&'static str, String)> {
    let live = house.city.db().read_now(move |reader| store::reservation::live_of(reader, booked)).unwrap();
    let reservation = live.expect("it was booked").id;
    let deep = cards[0][cards[0].len() * 9 / 10];
    let boxed = house.city.db().read_now(move |reader| store::card::find(reader, booked)).unwrap();
    let place = boxed.expect("the card").place;
    vec![
        ("/", "/".to_owned()),
        ("/reservations/{day}", format!("/reservations/{FIRST}")),
        ("/reservation/{id}", format!("/reservation/{reservation}")),
        ("/counter", "/counter".to_owned()),
        ("/cards", "/cards".to_owned()),
        ("/cards?progress=issued", "/cards?progress=issued".to_owned()),
        ("/cards?progress=issued&after={id}", format!("/cards?progress=issued&after={deep}")),
        ("/cards?progress=booked", "/cards?progress=booked".to_owned()),
        ("/cards/{id}", format!("/cards/{booked}")),
        ("/preparation", "/preparation".to_owned()),
        ("/recalls", "/recalls".to_owned()),
        ("/letters", "/letters".to_owned()),
        ("/storage", "/storage".to_owned()),
        ("/places/{id}", format!("/places/{place}")),
        ("/close/{day}", format!("/close/{FIRST}")),
        ("/reports", "/reports".to_owned()),
        ("/reports/{day}", format!("/reports/{FIRST}")),
        ("/rules", "/rules".to_owned()),
    ]
}

/// Each page one at a time in the server, and answers those that are there.
fn staff_pages(
    table: &mut Table,
    house: &House,
    pages: &[(&'static str, String)],
    cookie: &str,
    name: &str,
    rounds: usize,
) -> Vec<String> {
    let router = web::staff::router(house.app.clone());
    let mut there = Vec::new();
    for (pattern, path) in pages {
        let ask = || {
            let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
            block_on(timed(router.clone(), request))
        };
        let status = ask().0;
        if status != StatusCode::OK {
            table.note(format!("{name}: {pattern} was not measured, it answers {}", status.as_u16()));
            continue;
        }
        let (mut half, mut most) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let mut times = repeat(PAGES, SPELL, || ask().1);
            half.push(percentile(&mut times, 50));
            most.push(percentile(&mut times, 99));
        }
        table.add(format!("{name}: {pattern}, p50"), "ms", &half, Goal::Below(5.0));
        table.add(format!("{name}: {pattern}, p99"), "ms", &most, Goal::Below(50.0));
        there.push(path.clone());
    }
    there
}

/// Start and memory of a server over all these cards, with staff at work at sixteen terminals.
fn operation(table: &mut Table, house: &House, pages: &[String], cookie: &str, name: &str, rounds: usize) {
    let starts: Vec<f64> =
        (0..rounds).map(|_| Server::start(&house.city.home, house.city.now()).start_time()).collect();
    table.add(format!("{name}: start over 200,000 cards"), "ms", &starts, Goal::Below(1000.0));
    let server = Server::start(&house.city.home, house.city.now());
    let with = format!("cookie: {cookie}\r\n");
    let terminals: Vec<_> = pages.iter().cycle().take(16).map(|path| (path.clone(), with.clone())).collect();
    let rates: Vec<f64> = (0..rounds).map(|_| block_on(rate(server.staff(), &terminals))).collect();
    table.add(format!("{name}: staff pages, 16 terminals at once"), "/s", &rates, Goal::None);
    table.add(
        format!("{name}: memory of the staff's server, peak"),
        "MiB",
        &[server.peak()],
        Goal::Below(250.0),
    );
}
