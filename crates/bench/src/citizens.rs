//! A citizen's booking as a browser makes it, 64 at once over loopback, beside the bare loop of its transaction.
//!
//! The six requests: the key (POST), the days (GET), the times of a day (GET), the hold (POST), the check (GET),
//! the booking (POST). The page with the number, to which the sixth leads (GET), is asked for and counted too, so
//! a booking here is nine requests. HTML, cookies and redirects are real; each caller has an address and a
//! connection of their own.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use domain::time::instant_at;
use jiff::civil::date;

use crate::booking::{Bare, CALLERS};
use crate::city::{self, Engine, Shared};
use crate::client::{Answer, Connection, block_on};
use crate::pace::percentile;
use crate::server::{ADDRESS, Server};
use crate::table::{Goal, Table};

/// Bookings of a round.
const BOOKINGS: usize = 800;
/// Bookings of all rounds: what the days that the web offers have room for, with some to spare.
const ROOM: usize = 6_000;

/// What callers saw.
#[derive(Default)]
struct Seen {
    times: Vec<Duration>,
    errors: Vec<String>,
}

/// Measures one database.
pub(crate) fn measure(table: &mut Table, engine: Engine, rounds: usize) {
    let each = BOOKINGS.min(ROOM / rounds);
    let total = each * rounds;
    let bare = Bare::record(engine, total);
    let (city, shared) = city::notified(engine.home(), u32::try_from(total).unwrap());
    let server = Server::start(&city.home, instant_at(date(2026, 11, 9), 9 * 60));
    let (mut ours, mut limit) = (Vec::new(), Vec::new());
    let (mut half, mut most, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let bookings = round * each..(round + 1) * each;
        let began = Instant::now();
        let mut seen = block_on(callers(&server, &shared, bookings.clone()));
        let done = each - seen.errors.len();
        ours.push(done as f64 / began.elapsed().as_secs_f64());
        limit.push(bare.play(bookings));
        half.push(percentile(&mut seen.times, 50));
        most.push(percentile(&mut seen.times, 99));
        errors.push(seen.errors.len() as f64);
        if let Some(first) = seen.errors.first() {
            table.note(format!("{}: a citizen's booking failed: {first}", engine.name()));
        }
    }
    let name = engine.name();
    table.add(
        format!("{name}: citizens' bookings of nine requests, {CALLERS} at once"),
        "/s",
        &ours,
        Goal::None,
    );
    let ratios: Vec<f64> = ours.iter().zip(&limit).map(|(ours, bare)| ours / bare).collect();
    table.add(format!("{name}: the bare loop beside them"), "/s", &limit, Goal::None);
    table.add(format!("{name}: citizens' bookings to bare loop"), "", &ratios, Goal::AtLeast(0.1));
    table.add(format!("{name}: a citizen's request, p50"), "ms", &half, Goal::None);
    table.add(format!("{name}: a citizen's request, p99"), "ms", &most, Goal::Below(300.0));
    table.add(format!("{name}: citizens' bookings that failed"), "", &errors, Goal::Exactly(0.0));
    table.add(
        format!("{name}: memory of the citizens' server, peak"),
        "MiB",
        &[server.peak()],
        Goal::Below(250.0),
    );
}

async fn callers(server: &Server, shared: &Arc<Shared>, bookings: Range<usize>) -> Seen {
    let next = Arc::new(AtomicUsize::new(bookings.start));
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..CALLERS {
        let (next, shared, to, end) = (next.clone(), shared.clone(), server.public(), bookings.end);
        callers.spawn(async move {
            let (mut connection, mut seen) = (Connection::open(to).await, Seen::default());
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= end {
                    return seen;
                }
                if let Err(why) = book(&mut connection, &shared, n, &mut seen.times).await {
                    seen.errors.push(why);
                    connection = Connection::open(to).await;
                }
            }
        });
    }
    let mut all = Seen::default();
    while let Some(seen) = callers.join_next().await {
        let seen = seen.expect("a caller");
        all.times.extend(seen.times);
        all.errors.extend(seen.errors);
    }
    all
}

/// Proves the nth card's key; answers the visit's first page and the lines that carry its cookie.
pub(crate) async fn begin(
    connection: &mut Connection,
    shared: &Shared,
    n: usize,
) -> Result<(String, String), String> {
    let address = format!("{ADDRESS}: 10.{}.{}.{}\r\n", n >> 16 & 255, n >> 8 & 255, n & 255);
    let answer = connection.post("/k", &address, &format!("number={}", shared.key(n))).await?;
    let days = onward(&answer, "/days")?;
    let cookie = answer.cookie().ok_or("no cookie")?;
    Ok((days, format!("{address}cookie: {cookie}\r\n")))
}

async fn book(
    connection: &mut Connection,
    shared: &Shared,
    n: usize,
    times: &mut Vec<Duration>,
) -> Result<(), String> {
    let slot = shared.slot(n);
    let mut began = Instant::now();
    let mut lap = || times.push(std::mem::replace(&mut began, Instant::now()).elapsed());
    let (days, with) = begin(connection, shared, n).await?;
    lap();
    let visit = days.trim_end_matches("/days");
    shown(&connection.get(&days, &with).await?, "days")?;
    lap();
    let page = connection.get(&format!("{days}/{}", slot.day), &with).await?;
    shown(&page, "times")?;
    lap();
    let operation = page.hidden("operation").ok_or("no operation on the page of times")?;
    let start = slot.start.to_string().replace(':', "%3A");
    let form = format!("operation={operation}&day={}&start={start}", slot.day);
    let who = onward(&connection.post(&format!("{visit}/hold"), &with, &form).await?, "/who")?;
    lap();
    shown(&connection.get(&who, &with).await?, "who")?;
    lap();
    let answer = connection.post(&who, &with, "people=1&who=principal").await?;
    let check = onward(&answer, "/check/principal")?;
    lap();
    let page = connection.get(&check, &with).await?;
    shown(&page, "check")?;
    lap();
    let operation = page.hidden("operation").ok_or("no operation on the page of the check")?;
    let reservation = page.hidden("reservation").ok_or("no reservation on the page of the check")?;
    let form = format!("operation={operation}&reservation={reservation}&who=principal");
    let done = onward(&connection.post(&format!("{visit}/book"), &with, &form).await?, "/done")?;
    lap();
    shown(&connection.get(&done, &with).await?, "done")?;
    lap();
    Ok(())
}

fn shown(answer: &Answer, page: &str) -> Result<(), String> {
    if answer.status == 200 { Ok(()) } else { Err(format!("{} for the page {page}", answer.status)) }
}

fn onward(answer: &Answer, end: &str) -> Result<String, String> {
    let location = answer.header("location").unwrap_or_default();
    if answer.status == 303 && location.ends_with(end) {
        return Ok(location.to_owned());
    }
    let heading = answer.body.split_once("<h1").map_or("", |(_, rest)| rest);
    let heading = heading.split_once("</h1").map_or(heading, |(heading, _)| heading);
    Err(format!("{} and not on to {end}: {location}{heading}", answer.status))
}
