//! The page of days: how long the server takes without its picture of the free places, and how many it serves
//! from the picture beside the same bytes served as they are by the same server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::card::Progress;
use http_body_util::BodyExt;
use jiff::civil::date;
use storykit::House;
use tower::ServiceExt;

use crate::booking::{self, CALLERS};
use crate::citizens::begin;
use crate::city::{self, Engine, Shared};
use crate::client::{Connection, block_on};
use crate::pace::percentile;
use crate::server::{FIXED, Fixed, Server};
use crate::table::{Goal, Table};

/// Pages of a round without the picture.
const UNCACHED: usize = 100;
/// How long each side of a round is asked.
const SPELL: Duration = Duration::from_millis(1_200);

/// Measures one database.
pub(crate) fn measure(table: &mut Table, engine: Engine, rounds: usize) {
    let mut house = House::open(engine.home());
    let cards = city::fill(&mut house.city, &[(Progress::Notified, 2_000)]).remove(0);
    // The letters were posted a week ago, and booking is open.
    house.at(date(2026, 11, 9), "9:00");
    let shared = Shared::of(&house.city, cards);
    // Half of the cards have booked, so that there is something to count.
    booking::program(house.city.db(), &shared, 1_000..2_000);
    let name = engine.name();
    let picture = Unpictured::of(&house, &shared.key(CALLERS));
    let uncached: Vec<f64> = (0..rounds).map(|_| picture.round(&house)).collect();
    table.add(format!("{name}: page of days without the picture, p50"), "ms", &uncached, Goal::Below(5.0));
    snapshot(table, &house, &shared, name, rounds);
}

/// The page of days as it is when something was booked just before.
pub(crate) struct Unpictured {
    router: axum::Router,
    page: String,
    cookie: String,
}

impl Unpictured {
    /// For the visit that a 予約キー begins.
    pub(crate) fn of(house: &House, key: &str) -> Self {
        let mut browser = house.citizen();
        let page = browser.post("/k", &[("number", key)]).path().to_owned();
        let cookie: Vec<String> =
            browser.cookies().iter().map(|(name, value, _)| format!("{name}={value}")).collect();
        Self { router: web::citizen::router(house.app.clone()), page, cookie: cookie.join("; ") }
    }

    /// Asks for it many times, and answers the median in milliseconds.
    pub(crate) fn round(&self, house: &House) -> f64 {
        let mut times = Vec::new();
        for _ in 0..UNCACHED {
            house.app.availability_changed();
            let request =
                Request::get(&self.page).header(header::COOKIE, &self.cookie).body(Body::empty()).unwrap();
            let (status, took) = block_on(timed(self.router.clone(), request));
            assert_eq!(status, StatusCode::OK, "the page of days");
            times.push(took);
        }
        percentile(&mut times, 50)
    }
}

/// Sends one request through a router, and answers its status and how long it took with its body.
pub(crate) async fn timed(router: axum::Router, request: Request<Body>) -> (StatusCode, Duration) {
    let began = Instant::now();
    let (head, body) = router.oneshot(request).await.expect("routers do not fail").into_parts();
    body.collect().await.expect("a body");
    (head.status, began.elapsed())
}

fn snapshot(table: &mut Table, house: &House, shared: &Arc<Shared>, name: &str, rounds: usize) {
    let server = Server::start(&house.city.home, house.city.now());
    let to = server.public();
    let (mut pages, mut fixed, mut bytes) = (Vec::new(), Vec::new(), 0.0);
    block_on(async {
        let mut visits = Vec::new();
        for n in 0..CALLERS {
            visits.push(begin(&mut Connection::open(to).await, shared, n).await.expect("a visit"));
        }
        let mut connection = Connection::open(to).await;
        let page = connection.get(&visits[0].0, &visits[0].1).await.expect("the page of days");
        assert_eq!(page.status, 200, "the page of days");
        let headers = page.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        bytes = page.body.len() as f64;
        let kept = serde_json::to_string(&Fixed { headers, body: page.body }).unwrap();
        assert_eq!(connection.post(FIXED, "", &kept).await.expect("it is kept").status, 200);
        let same: Vec<_> = visits.iter().map(|(_, with)| (FIXED.to_owned(), with.clone())).collect();
        for _ in 0..rounds {
            pages.push(rate(to, &visits).await);
            fixed.push(rate(to, &same).await);
        }
    });
    table.add(format!("{name}: page of days, bytes"), "B", &[bytes], Goal::None);
    table.add(format!("{name}: page of days from the picture, {CALLERS} at once"), "/s", &pages, Goal::None);
    table.add(format!("{name}: the same bytes as they are"), "/s", &fixed, Goal::None);
    let ratios: Vec<f64> = pages.iter().zip(&fixed).map(|(page, fixed)| page / fixed).collect();
    table.add(format!("{name}: page of days to the same bytes"), "", &ratios, Goal::AtLeast(0.3));
    table.add(
        format!("{name}: memory of the server of days, peak"),
        "MiB",
        &[server.peak()],
        Goal::Below(250.0),
    );
}

/// Requests a second, each caller with an address to ask for and lines of their own.
pub(crate) async fn rate(to: SocketAddr, asked: &[(String, String)]) -> f64 {
    let began = Instant::now();
    let mut callers = tokio::task::JoinSet::new();
    for one in asked {
        let (path, with) = one.clone();
        callers.spawn(async move {
            let (mut connection, mut count) = (Connection::open(to).await, 0_u32);
            while began.elapsed() < SPELL {
                let answer = connection.get(&path, &with).await.expect("an answer");
                assert_eq!(answer.status, 200, "{path}");
                count += 1;
            }
            count
        });
    }
    let counts = callers.join_all().await;
    f64::from(counts.iter().sum::<u32>()) / began.elapsed().as_secs_f64()
}
