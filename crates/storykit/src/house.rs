//! The whole program over the database of a test: one `App`, both faces, a clock that moves by hand.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use documents::Document;
use domain::id::CardId;
use domain::number::{Number, NumberKind};
use domain::permission::Role;
use domain::storage::Order;
use http_body_util::BodyExt;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::Lane;
use store::person::{Grant, PersonError};
use testkit::{City, TestDb};
use tokio::runtime::Runtime;
use tower::ServiceExt;
use web::kit::clock::{Chance, Clock, SeededChance};
use web::kit::security::Origin;
use web::outage::Folder;
use web::{App, PrintError, Printer, Printing, Settings};

use crate::browser::{Answer, Browser};

/// Which listener a browser talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// The citizens' pages.
    Public,
    /// The staff's pages.
    Staff,
}

/// The listeners and the runtime that carries them; browsers keep them alive.
pub struct Wires {
    runtime: Runtime,
    public: Router,
    staff: Router,
}

impl Wires {
    fn router(&self, face: Face) -> Router {
        match face {
            Face::Public => self.public.clone(),
            Face::Staff => self.staff.clone(),
        }
    }

    pub(crate) fn send(&self, face: Face, request: Request<Body>) -> Answer {
        self.runtime.block_on(answer(self.router(face), request))
    }

    pub(crate) fn both(&self, face: Face, one: Request<Body>, two: Request<Body>) -> (Answer, Answer) {
        let (first, second) = (answer(self.router(face), one), answer(self.router(face), two));
        self.runtime.block_on(async { tokio::join!(first, second) })
    }
}

async fn answer(router: Router, request: Request<Body>) -> Answer {
    let (head, body) = router.oneshot(request).await.expect("routers do not fail").into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    (head.status, head.headers, bytes.to_vec())
}

/// A printer without paper.
#[derive(Debug, Clone, Copy, Default)]
pub struct Refusing;

impl Printer for Refusing {
    fn print(&self, _document: Document) -> Printing {
        Box::pin(async { Err(PrintError("no printer in this story".to_owned())) })
    }
}

/// A clock that moves by hand, and by a millisecond whenever it is asked: the journal keeps the order of what
/// happens within an instant only by chance.
#[derive(Debug)]
struct StoryClock(Mutex<Timestamp>);

impl StoryClock {
    fn set(&self, instant: Timestamp) {
        *self.0.lock().expect("no thread failed with the clock") = instant;
    }
}

impl Clock for StoryClock {
    fn now(&self) -> Timestamp {
        let mut now = self.0.lock().expect("no thread failed with the clock");
        let shown = *now;
        *now += SignedDuration::from_millis(1);
        shown
    }
}

/// The program and its city.
pub struct House {
    /// What the faces share.
    pub app: Arc<App>,
    wires: Arc<Wires>,
    clock: Arc<StoryClock>,
    people: AtomicU16,
    /// The city below HTTP, to make what happened before the story. Its database goes last.
    pub city: City,
}

impl House {
    /// Opens a house without a printer. Its clock stands where the city's does: 8:50 of Monday, 2 November 2026.
    pub fn open(home: TestDb) -> Self {
        Self::with_printer(home, Arc::new(Refusing))
    }

    /// Opens a house in which so many citizens may choose a day and a time at once.
    pub fn in_a_rush(home: TestDb, booking_at_once: usize) -> Self {
        Self::with(home, Arc::new(Refusing), |settings| settings.booking_at_once = booking_at_once)
    }

    /// Opens a house that tells how a folder with papers for an outage stands.
    pub fn with_outage(home: TestDb, printer: Arc<dyn Printer>, folder: Folder) -> Self {
        Self::with(home, printer, |settings| settings.outage = Some(folder))
    }

    /// Opens a house.
    pub fn with_printer(home: TestDb, printer: Arc<dyn Printer>) -> Self {
        Self::with(home, printer, |_| ())
    }

    /// Opens a house whose boxes are kept in an order of their own.
    pub fn in_order(home: TestDb, order: Order) -> Self {
        Self::with(home, Arc::new(Refusing), |settings| settings.profile.storage.order = order)
    }

    fn with(home: TestDb, printer: Arc<dyn Printer>, change: impl FnOnce(&mut Settings)) -> Self {
        let city = City::found(home);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let clock = Arc::new(StoryClock(Mutex::new(city.now())));
        let mut settings = Settings {
            public: Origin::new("https://yoyaku.example.jp"),
            staff: Origin::new("https://staff.example.jp"),
            site: city.site.clone(),
            profile: toml::from_str(testkit::city::PROFILE).expect("the profile"),
            letter_version: "v1".to_owned(),
            booking_at_once: 300,
            framed_by: vec![Origin::new("https://www.city.example.jp")],
            mails: true,
            forwarded_for: None,
            outage: None,
        };
        change(&mut settings);
        let chance: Arc<dyn Chance> = Arc::new(SeededChance::new(1));
        let as_clock: Arc<dyn Clock> = clock.clone();
        let app = App::new(city.db().clone(), as_clock, None, chance, city.keys.clone(), printer, settings);
        let app = runtime.block_on(app).expect("an application");
        let wires = Wires {
            runtime,
            public: web::citizen::router(app.clone()),
            staff: web::staff::router(app.clone()),
        };
        Self { app, wires: Arc::new(wires), clock, people: AtomicU16::new(1), city }
    }

    /// A citizen with a browser, who reads Japanese. Each has an address of their own.
    pub fn citizen(&self) -> Browser {
        Browser::new(self.wires.clone(), Face::Public, self.next_address())
    }

    /// An operator (従事者) at a signed-in terminal.
    pub fn operator(&mut self) -> Browser {
        self.person(Role::Operator)
    }

    /// A person with one role at every site, at a signed-in terminal. Each has an account of their own.
    pub fn person(&mut self, role: Role) -> Browser {
        let address = self.next_address();
        let login = format!("{}-{address}", role.code());
        let password = "a long enough password";
        let hash = web::password::hash_now(password, &[7; 16]).expect("a hash");
        let (create, grant, name) = (self.city.act(), self.city.act(), login.clone());
        let from = domain::time::day_of(self.city.now());
        let made = self.city.db().write_now(Lane::Staff, move |tx| {
            let person = store::person::create(tx, &create, &name, role.label(), &hash, false)?;
            let granted = Grant { person, role, site: None, from, until: None };
            store::person::grant_role(tx, &grant, &granted)?;
            Ok::<_, PersonError>(())
        });
        made.expect("an account");
        let mut browser = Browser::new(self.wires.clone(), Face::Staff, address);
        browser.open(web::staff::desk::SIGN_IN).sign_in(&login, password);
        browser
    }

    fn next_address(&self) -> IpAddr {
        // Of the addresses that are kept for measurements of networks (RFC 2544).
        let [high, low] = self.people.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(198, 18, high, low))
    }

    /// Moves the clock to a minute of a day, such as `9:00`.
    pub fn at(&mut self, day: Date, time: &str) {
        let minute = domain::time::minute_from_text(time).expect("a time of day");
        self.city.at(day, minute);
        self.clock.set(self.city.now());
    }

    /// Moves the clock on.
    pub fn advance(&mut self, by: SignedDuration) {
        self.city.advance(by);
        self.clock.set(self.city.now());
    }

    /// Does what the program does every minute: frees what ran out, forgets what is over, numbers the journal.
    pub fn run_jobs(&mut self) {
        loop {
            let (act, rules) = (self.city.act(), self.app.rules());
            let freed = self
                .city
                .db()
                .write_now(Lane::Background, move |tx| store::reservation::expire(tx, &act, &rules, 100))
                .expect("the job that frees holds");
            if freed < 100 {
                break;
            }
        }
        let now = self.city.now();
        self.city
            .db()
            .write_now(Lane::Background, move |tx| store::visit::forget(tx, now))
            .expect("the job that forgets");
        let act = self.city.act();
        self.city
            .db()
            .write_now(Lane::Background, move |tx| store::privacy::sweep(tx, &act, 1_000))
            .expect("the job that deletes");
        self.city.seal();
        self.app.availability_changed();
    }

    /// Fails if the facts do not agree with the journal and with each other.
    #[track_caller]
    pub fn verify(&self) {
        assert_eq!(self.city.verify(), []);
    }

    /// How many statements the database has run.
    pub fn statements(&self) -> u64 {
        self.city.db().statements()
    }

    /// The 予約キー on the letter of a card that holds now, as it is printed: 4-5-5.
    pub fn key_of(&self, card: CardId) -> String {
        let found = self.city.db().read_now(move |reader| store::card::find(reader, card)).expect("a read");
        let found = found.expect("the card");
        assert!(found.key_issue > 0, "the card has no letter yet");
        let set = self.city.keys.version(found.key_version).expect("the keys of the letter");
        Number::derive(set.number.bits(), NumberKind::BookingKey, card.to_bytes(), found.key_issue)
            .to_string()
    }
}
