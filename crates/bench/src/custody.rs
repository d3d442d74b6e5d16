//! The custody of a whole contract: 200,000 cards with the moves of their first weeks, and then with five million moves.
//! Eight people scan at once, and the screens that show where cards are and were take what they took before.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::id::{CardId, PlaceId};
use domain::permission::Role;
use storykit::House;

use crate::city::{self, Engine, FIRST};
use crate::client::{block_on, cookie_of};
use crate::days::timed;
use crate::lists::CARDS;
use crate::pace::{percentile, repeat};
use crate::table::{Goal, Table};

/// Steps of each card's story after five million moves.
const STEPS: u32 = 26;
/// People with a scanner, and how often each of them scans in a round.
const SCANNERS: usize = 8;
const SCANS: usize = 60;
/// Which of the stored cards is looked at.
const SHOWN: usize = 4_000;
/// Pages of a round, each, and how long one is asked for.
const PAGES: usize = 60;
const SPELL: Duration = Duration::from_millis(600);

/// Somebody who puts cards from one box into another and back.
struct Scanner {
    cookie: String,
    /// 管理番号.
    cards: Vec<String>,
    boxes: [PlaceId; 2],
}

/// Measures one database.
pub(crate) fn measure(table: &mut Table, engine: Engine, rounds: usize) {
    let name = engine.name();
    let mut house = House::open(engine.home());
    let cards = city::fill(&mut house.city, &CARDS);
    house.at(FIRST, "8:50");
    let cookie = cookie_of(&house.person(Role::PersonInCharge));
    let scanners = scanners(&mut house, &cards[2]);
    live_through(&mut house, cards[2][SHOWN], scanners[0].boxes);
    let pages = pages(&house, &cards);
    on_disk();
    let before = [scans(&house, &scanners, rounds), screens(&house, &pages, &cookie, rounds)].concat();
    let began = Instant::now();
    let moves = store::bench::fill_moves(&city::home_of(&house.city.home), FIRST, STEPS).unwrap();
    table.note(format!("{name}: {moves} moves were written in {:.0} s", began.elapsed().as_secs_f64()));
    on_disk();
    let after = [scans(&house, &scanners, rounds), screens(&house, &pages, &cookie, rounds)].concat();
    let goals = std::iter::once(Goal::Below(30.0)).chain(std::iter::repeat(Goal::Below(5.0)));
    for (((what, before), (_, after)), goal) in before.iter().zip(&after).zip(goals) {
        table.add(format!("{name}: {what}"), "ms", before, goal);
        table.add(format!("{name}: {what}, after {moves} moves"), "ms", after, goal);
        let ratios: Vec<f64> = after.iter().zip(before).map(|(after, before)| after / before).collect();
        table.add(format!("{name}: {what}, after to before"), "", &ratios, Goal::Below(1.2));
    }
}

/// The card whose page is asked for has as long a story before the others get theirs as after it: what is measured is what
/// theirs weigh, and not that more is shown.
fn live_through(house: &mut House, card: CardId, boxes: [PlaceId; 2]) {
    for n in 1..STEPS as usize {
        let (act, place) = (house.city.act(), boxes[n % 2]);
        let put = move |tx: &mut store::Tx<'_>| store::card::put_away(tx, &act, card, place);
        house.city.db().write_now(store::Lane::Staff, put).unwrap();
    }
}

/// Has what was written on the disk before the first page is asked for: each look at a card waits for a commit.
fn on_disk() {
    std::process::Command::new("sync").status().expect("sync");
}

/// Each has cards of their own in a box of their own, and another box for them.
fn scanners(house: &mut House, stored: &[CardId]) -> Vec<Scanner> {
    let made = stored.chunks(SCANS).take(SCANNERS).map(|ids| {
        let cookie = cookie_of(&house.operator());
        let ids = ids.to_vec();
        let cards = house.city.db().read_now(move |reader| {
            let found = ids.iter().map(|id| store::card::find(reader, *id));
            found.collect::<Result<Vec<_>, store::Error>>()
        });
        let cards: Vec<_> = cards.unwrap().into_iter().map(|card| card.expect("a card")).collect();
        let here = cards[0].place;
        let site = house.city.site.clone();
        let there = house
            .city
            .db()
            .read_now(move |reader| store::place::of_kind(reader, &site, domain::place::PlaceKind::Box));
        let there = there.unwrap().into_iter().map(|place| place.id).find(|place| *place != here);
        let boxes = [there.expect("a second box"), here];
        Scanner { cookie, cards: cards.iter().map(|card| card.control_number.digits()).collect(), boxes }
    });
    made.collect()
}

/// What a scan takes until its answer is on the screen, with eight who scan at once, p99 of each round.
fn scans(house: &House, scanners: &[Scanner], rounds: usize) -> Vec<(String, Vec<f64>)> {
    let router = web::staff::router(house.app.clone());
    let ask = |request: Request<Body>, wanted: StatusCode| {
        let (status, took) = block_on(timed(router.clone(), request));
        assert_eq!(status, wanted, "a scan");
        took
    };
    let mut most = Vec::new();
    for round in 0..rounds {
        let times = std::thread::scope(|scope| {
            let people: Vec<_> = scanners
                .iter()
                .map(|scanner| {
                    scope.spawn(move || {
                        let place = scanner.boxes[round % 2];
                        let scan = |card: &String| {
                            let sent = Request::post("/storage/put")
                                .header(header::COOKIE, &scanner.cookie)
                                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                                .header("sec-fetch-site", "same-origin")
                                .body(Body::from(format!("code={card}&place={place}")));
                            let seen = Request::get(format!("/storage/put?place={place}"))
                                .header(header::COOKIE, &scanner.cookie)
                                .body(Body::empty());
                            ask(sent.unwrap(), StatusCode::SEE_OTHER) + ask(seen.unwrap(), StatusCode::OK)
                        };
                        scanner.cards.iter().map(scan).collect::<Vec<_>>()
                    })
                })
                .collect();
            people.into_iter().flat_map(|person| person.join().expect("a scanner")).collect::<Vec<_>>()
        });
        let mut times = times;
        most.push(percentile(&mut times, 99));
    }
    vec![(format!("scan to answer, {SCANNERS} scanners at once, p99"), most)]
}

/// The screens that show cards, their places and their stories.
fn pages(house: &House, cards: &[Vec<CardId>]) -> Vec<(&'static str, String)> {
    let card = cards[2][SHOWN];
    let place = house.city.db().read_now(move |reader| store::card::find(reader, card));
    let place = place.unwrap().expect("the card").place;
    vec![
        ("/", "/".to_owned()),
        ("/cards", "/cards".to_owned()),
        ("/cards?progress=notified", "/cards?progress=notified".to_owned()),
        ("/cards/{id}", format!("/cards/{card}")),
        ("/storage", "/storage".to_owned()),
        ("/places/{id}", format!("/places/{place}")),
        ("/pull", format!("/pull/{FIRST}")),
        ("/incidents", "/incidents".to_owned()),
        ("/preparation", "/preparation".to_owned()),
    ]
}

fn screens(
    house: &House,
    pages: &[(&'static str, String)],
    cookie: &str,
    rounds: usize,
) -> Vec<(String, Vec<f64>)> {
    let router = web::staff::router(house.app.clone());
    let figures = pages.iter().map(|(pattern, path)| {
        let ask = || {
            let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
            let (status, took) = block_on(timed(router.clone(), request));
            assert_eq!(status, StatusCode::OK, "{pattern}");
            took
        };
        ask();
        let half = (0..rounds).map(|_| percentile(&mut repeat(PAGES, SPELL, ask), 50)).collect();
        (format!("{pattern}, p50"), half)
    });
    figures.collect()
}
