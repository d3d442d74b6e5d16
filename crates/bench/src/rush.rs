//! A rush: two thousand citizens want the five hundred places of two days at once, each with a browser, a key and a
//! think time of one to three seconds, while an operator turns the pages of a day.
//!
//! What counts: nobody gets a place that is not there, nobody is answered by a fault, everybody ends (booked, or told
//! that nothing is left), and the operator notices nothing. It runs once, because a rush cannot be repeated in rounds
//! that are alike; it ends by itself after [`LIMIT`].

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::permission::Role;
use domain::rules::{RuleBody, When};
use domain::service::Service;
use domain::time::instant_at;
use jiff::civil::{Date, date};
use store::verify::Invariant;
use storykit::House;

use crate::city::{self, Engine, Shared};
use crate::client::{Answer, Connection};
use crate::pace::percentile;
use crate::server::{ADDRESS, Server};
use crate::table::{Goal, Table};

/// Citizens.
const CITIZENS: usize = 2_000;
/// The days whose places they want. The rules of the bench close every other day.
const DAYS: [Date; 2] = [date(2026, 11, 24), date(2026, 11, 25)];
/// Places of each of their slots.
const PLACES: u16 = 5;
/// All of them come within this time.
const ARRIVAL: Duration = Duration::from_secs(10);
/// After so long the rush is over, whoever still waits.
const LIMIT: Duration = Duration::from_mins(5);

/// What happened.
#[derive(Default)]
struct Seen {
    times: Vec<Duration>,
    booked: usize,
    /// Those to whom the page of days said that nothing is left.
    empty_handed: usize,
    /// Answers of the page that tells the wait, or that it is full.
    kindly: usize,
    faults: Vec<String>,
}

/// Measures one database.
pub(crate) fn measure(table: &mut Table, engine: Engine, _rounds: usize) {
    let name = engine.name();
    let mut house = House::open(engine.home());
    let notified = [(domain::card::Progress::Notified, u32::try_from(CITIZENS).unwrap())];
    let cards = city::fill(&mut house.city, &notified).remove(0);
    two_days(&mut house);
    let shared = Shared::of(&house.city, cards);
    let places: usize = DAYS
        .iter()
        .flat_map(|day| shared.rules.slots(Service::Issuance, &house.city.site, *day))
        .map(|(_, grant)| usize::from(grant.places))
        .sum();
    house.at(date(2026, 11, 16), "9:00");
    let operator = house.person(Role::Operator);
    let cookie: Vec<String> =
        operator.cookies().iter().map(|(name, value, _)| format!("{name}={value}")).collect();
    let server = Server::start(&house.city.home, instant_at(date(2026, 11, 16), 9 * 60));

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let citizens = tokio::task::LocalSet::new();
    let (seen, mut staff) = runtime.block_on(citizens.run_until(async {
        let seen = Rc::new(RefCell::new(Seen::default()));
        let until = Instant::now() + LIMIT;
        let everybody: Vec<_> = (0..CITIZENS)
            .map(|n| {
                let (shared, seen, to) = (shared.clone(), seen.clone(), server.public());
                tokio::task::spawn_local(async move {
                    let mut citizen = Citizen { n, shared, seen, until, dice: n as u64 + 1 };
                    citizen.arrive().await;
                    let mut connection = Connection::open(to).await;
                    if let Err(why) = citizen.come(&mut connection).await {
                        citizen.seen.borrow_mut().faults.push(why);
                    }
                })
            })
            .collect();
        let over = Rc::new(RefCell::new(false));
        let desk = tokio::task::spawn_local(desk(server.staff(), cookie.join("; "), over.clone()));
        for citizen in everybody {
            citizen.await.expect("a citizen");
        }
        over.replace(true);
        let staff = desk.await.expect("an operator");
        (Rc::into_inner(seen).expect("everybody has gone").into_inner(), staff)
    }));
    let Seen { mut times, booked, empty_handed, kindly, faults } = seen;
    if let Some(first) = faults.first() {
        table.note(format!("{name}: {} citizens met a fault, the first: {first}", faults.len()));
    }
    table.note(format!(
        "{name}: a rush of {CITIZENS} citizens on {places} places: {booked} booked, {empty_handed} found nothing \
         left, {kindly} pages told the wait"
    ));
    let findings = house.city.verify();
    let slots: Vec<_> = findings.iter().filter(|found| found.invariant == Invariant::Slot).collect();
    assert!(slots.is_empty(), "{slots:?}");
    table.add(
        format!("{name}: rush, places that were not booked"),
        "",
        &[places as f64 - booked as f64],
        Goal::Exactly(0.0),
    );
    table.add(
        format!("{name}: rush, citizens who met a fault"),
        "",
        &[faults.len() as f64],
        Goal::Exactly(0.0),
    );
    table.add(
        format!("{name}: rush, a citizen's request, p50"),
        "ms",
        &[percentile(&mut times, 50)],
        Goal::None,
    );
    table.add(
        format!("{name}: rush, a citizen's request, p99"),
        "ms",
        &[percentile(&mut times, 99)],
        Goal::None,
    );
    table.add(format!("{name}: rush, the staff's day, p50"), "ms", &[percentile(&mut staff, 50)], Goal::None);
    table.add(
        format!("{name}: rush, the staff's day, p99"),
        "ms",
        &[percentile(&mut staff, 99)],
        Goal::Below(150.0),
    );
}

/// Rules with places on two days alone.
fn two_days(house: &mut House) {
    let mut rules: Vec<_> = house.city.rules.rules().to_vec();
    for rule in &mut rules {
        if let RuleBody::Places(places) = &mut rule.body
            && places.service == Service::Issuance
        {
            places.places = PLACES;
            places.when = When::Range { from: DAYS[0], until: DAYS[1], weekdays: None };
        }
        rule.version += 1;
    }
    house.city.apply(rules);
}

/// An operator who turns the pages of both days until the rush is over.
async fn desk(to: std::net::SocketAddr, cookie: String, over: Rc<RefCell<bool>>) -> Vec<Duration> {
    let (mut connection, mut times) = (Connection::open(to).await, Vec::new());
    let with = format!("cookie: {cookie}\r\n");
    for day in DAYS.iter().cycle() {
        if *over.borrow() {
            break;
        }
        let began = Instant::now();
        let answer = connection.get(&format!("/reservations/{day}"), &with).await.expect("a page");
        times.push(began.elapsed());
        assert_eq!(answer.status, 200, "the staff's day");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    times
}

struct Citizen {
    n: usize,
    shared: Arc<Shared>,
    seen: Rc<RefCell<Seen>>,
    until: Instant,
    dice: u64,
}

/// What a page said.
enum Said {
    /// The page that was asked for.
    Page(Answer),
    /// Another page; it stands at this address.
    Onward(String),
}

impl Citizen {
    /// A number below a bound.
    fn throw(&mut self, below: u64) -> u64 {
        // Numerical Recipes' generator: alike in every run, and good enough to spread people.
        self.dice = self.dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.dice >> 16) % below
    }

    async fn arrive(&mut self) {
        let after = self.throw(u64::try_from(ARRIVAL.as_millis()).unwrap());
        tokio::time::sleep(Duration::from_millis(after)).await;
    }

    async fn thinks(&mut self) {
        let after = 1_000 + self.throw(2_000);
        tokio::time::sleep(Duration::from_millis(after)).await;
    }

    /// Asks until the answer is no page that tells the wait.
    async fn ask(
        &mut self,
        connection: &mut Connection,
        path: &str,
        with: &str,
        form: Option<&str>,
    ) -> Result<Said, String> {
        loop {
            let began = Instant::now();
            let answer = match form {
                Some(form) => connection.post(path, with, form).await?,
                None => connection.get(path, with).await?,
            };
            self.seen.borrow_mut().times.push(began.elapsed());
            match (answer.status, answer.header("location"), answer.header("retry-after")) {
                (200, _, _) => return Ok(Said::Page(answer)),
                (303, Some(location), _) => return Ok(Said::Onward(location.to_owned())),
                (503, _, Some(seconds)) => {
                    self.seen.borrow_mut().kindly += 1;
                    if Instant::now() > self.until {
                        return Err("still waiting at the end".to_owned());
                    }
                    let seconds: u64 = seconds.parse().map_err(|_| "no number of seconds")?;
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                }
                (status, ..) => return Err(format!("{status} at {}", pattern(path))),
            }
        }
    }

    async fn page(&mut self, connection: &mut Connection, path: &str, with: &str) -> Result<Answer, String> {
        match self.ask(connection, path, with, None).await? {
            Said::Page(answer) => Ok(answer),
            Said::Onward(to) => Err(format!("{} leads to {}", pattern(path), pattern(&to))),
        }
    }

    /// Books a place, or finds that none is left.
    async fn come(&mut self, connection: &mut Connection) -> Result<(), String> {
        let address = format!("{ADDRESS}: 10.{}.{}.9\r\n", self.n >> 8 & 255, self.n & 255);
        let form = format!("number={}", self.shared.key(self.n));
        let answer = connection.post("/k", &address, &form).await?;
        let days = answer.header("location").ok_or(format!("{} for the key", answer.status))?.to_owned();
        let with = format!("{address}cookie: {}\r\n", answer.cookie().ok_or("no cookie")?);
        let visit = days.trim_end_matches("/days").to_owned();
        loop {
            let page = self.page(connection, &days, &with).await?;
            let open: Vec<String> = DAYS
                .iter()
                .map(|day| format!("{days}/{day}"))
                .filter(|href| page.body.contains(href))
                .collect();
            if open.is_empty() {
                self.seen.borrow_mut().empty_handed += 1;
                return Ok(());
            }
            self.thinks().await;
            let n = usize::try_from(self.throw(open.len() as u64)).unwrap();
            let page = self.page(connection, &open[n], &with).await?;
            let free: Vec<&str> = page
                .body
                .split("name=\"start\" value=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .collect();
            if free.is_empty() {
                continue;
            }
            let start = free[usize::try_from(self.throw(free.len() as u64)).unwrap()].replace(':', "%3A");
            let operation = page.hidden("operation").ok_or("no operation")?.to_owned();
            let day = open[n].rsplit('/').next().unwrap_or_default().to_owned();
            self.thinks().await;
            let form = format!("operation={operation}&day={day}&start={start}");
            match self.ask(connection, &format!("{visit}/hold"), &with, Some(&form)).await? {
                Said::Onward(to) if to.ends_with("/who") => break,
                // Somebody was faster, or it is no longer their turn.
                Said::Page(_) | Said::Onward(_) => {}
            }
        }
        self.thinks().await;
        let answered =
            self.ask(connection, &format!("{visit}/who"), &with, Some("people=1&who=principal")).await?;
        let Said::Onward(check) = answered else { return Err("no way to the check".to_owned()) };
        let page = self.page(connection, &check, &with).await?;
        let operation = page.hidden("operation").ok_or("no operation on the check")?.to_owned();
        let reservation = page.hidden("reservation").ok_or("no reservation on the check")?.to_owned();
        self.thinks().await;
        let form = format!("operation={operation}&reservation={reservation}&who=principal");
        match self.ask(connection, &format!("{visit}/book"), &with, Some(&form)).await? {
            Said::Onward(done) if done.ends_with("/done") => {
                self.page(connection, &done, &with).await?;
                self.seen.borrow_mut().booked += 1;
                Ok(())
            }
            _ => Err("the booking led elsewhere".to_owned()),
        }
    }
}

/// An address without the visit, so that alike faults read alike.
fn pattern(path: &str) -> String {
    path.split('/').map(|part| if part.len() == 26 { "{visit}" } else { part }).collect::<Vec<_>>().join("/")
}
