//! Demo cities: a database that is marked as one, filled by the same functions that people use.
//!
//! Nothing here writes a table by itself. Nobody in a demo exists, its passwords are made anew at each start, and
//! only here may the clock be moved by hand.

mod bookings;
mod cards;
mod city;
mod counter;
mod dice;
mod people;
mod post;
mod renewals;

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::profile::Profile;
use domain::rules::RuleSet;
use domain::service::Service as Work;
use domain::time::{day_of, instant_at};
use jiff::Timestamp;
use serde::Serialize;
use store::{Db, Lane};
use web::kit::clock::{Chance, Clock, ManualClock, SystemChance, SystemClock};
use web::kit::security::Origin;

use crate::config::{Log, LogFormat, Pdf, Rush};
use crate::first_start::{FirstStartError, Seeding};
use crate::renderer::{Limits, Program, Renderer};
use crate::serve::{self, House, Listeners, ServeError, Service};
use crate::{keys, logging};

pub use city::CityError;
pub use people::DemoPerson;

/// The city of every demo.
const PROFILE: &str = include_str!("../../../../profiles/suita.toml");

/// The minute of the day at which a clock that is moved by hand begins: shortly before the doors open.
const MORNING: u16 = 8 * 60 + 50;

/// What a demo is to be.
#[derive(Debug, Clone)]
pub struct Order {
    /// The folder of its database and keys.
    pub data: PathBuf,
    /// How many cards a new city has.
    pub cards: u32,
    /// Where the chance of a new city begins.
    pub seed: u64,
    /// An address of PostgreSQL, to be used in place of a file; the demo gets a schema of its own.
    pub postgres: Option<String>,
    /// The instant at which a new city's past ends and a clock that is moved by hand begins; none: now, or the
    /// morning of the last business day where the clock is moved by hand.
    pub at: Option<Timestamp>,
    /// Whether the clock is moved by hand.
    pub by_hand: bool,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The folder cannot be used.
    #[error("the folder {path} cannot be used: {why}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// The database is a real one.
    #[error("the database in {0} was not made as a demo; name another folder with --data")]
    NotADemo(PathBuf),
    /// The built-in profile is broken: a fault of the program.
    #[error("the built-in profile: {0}")]
    Profile(#[from] toml::de::Error),
    /// The city could not agree to mail addresses: a fault of the program.
    #[error("the demo's ledger of personal data: {0}")]
    Ledger(#[from] store::ledger::LedgerError),
    /// The city could not be made.
    #[error("the demo city: {0}")]
    City(#[from] CityError),
    /// As for any other house.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

macro_rules! through_serve {
    ($($error:ty),+) => {$(
        impl From<$error> for DemoError {
            fn from(error: $error) -> Self {
                Self::Serve(error.into())
            }
        }
    )+};
}
through_serve!(store::Error, keys::KeyError, FirstStartError, io::Error);

/// A demo that is ready to be served.
pub struct Demo {
    /// Database, keys and city.
    pub house: House,
    /// The accounts with their passwords of this start.
    pub people: Vec<DemoPerson>,
    /// The instant up to which the city has lived.
    pub until: Timestamp,
    /// How long making the city took; none where it was there already.
    pub took: Option<Duration>,
}

/// Opens the demo in a folder, and makes its city where there is none.
pub fn prepare(order: &Order) -> Result<Demo, DemoError> {
    let folder = |why| DemoError::Folder { path: order.data.clone(), why };
    fs::create_dir_all(&order.data).map_err(folder)?;
    let profile: Profile = toml::from_str(PROFILE)?;
    let db = match &order.postgres {
        None => Db::sqlite(&order.data.join("madoguchi.sqlite"))?,
        Some(url) => {
            let schema = schema(&order.data).map_err(folder)?;
            Db::make_schema(url, &schema, None)?;
            Db::postgres(url, Some(&schema), None)?
        }
    };
    let (demo, used) = db.read_now(|reader| {
        Ok::<_, store::Error>((
            store::meta::get(reader, "demo")?.is_some(),
            store::meta::get(reader, "key_check.1")?.is_some(),
        ))
    })?;
    if used && !demo {
        return Err(DemoError::NotADemo(order.data.clone()));
    }
    db.write_now(Lane::Background, |tx| store::meta::set(tx, "demo", "1"))?;
    let keys = Arc::new(keys::open(&order.data.join("keys.toml"), &db, &SystemChance)?);
    let now = SystemClock.now();
    // A city's past has to know the rules before it begins; they are valid from long before.
    let seeding = Seeding { db: &db, now: city::dawn(order.at.unwrap_or(now)), chance: &SystemChance };
    let rules = Arc::new(seeding.house(&profile)?);
    let site = serve::site(None, &rules)?;
    let until = order.at.unwrap_or_else(|| if order.by_hand { morning(&rules, &site, now) } else { now });
    let people = people::settle(&seeding, &rules)?;
    post::agree(&seeding)?;
    let made = db.read_now(|reader| store::meta::get(reader, "demo_city"))?.is_some();
    let mut took = None;
    if !made {
        let began = Instant::now();
        let plan = city::Plan { cards: order.cards, seed: order.seed, until };
        city::make(&db, &keys, &rules, &profile, &site, &plan)?;
        db.write_now(Lane::Background, |tx| store::meta::set(tx, "demo_city", "1"))?;
        took = Some(began.elapsed());
    }
    Ok(Demo { house: House { db, keys, profile, site }, people, until, took })
}

/// The morning of the last business day: today if it is one.
fn morning(rules: &RuleSet, site: &domain::service::SiteCode, now: Timestamp) -> Timestamp {
    let today = day_of(now);
    let day = if rules.is_open(Work::Issuance, site, today) {
        today
    } else {
        rules.previous_open_day(Work::Issuance, site, today).unwrap_or(today)
    };
    instant_at(day, MORNING)
}

/// The schema of the demo in a folder: drawn once, so that several demos share a server.
fn schema(folder: &Path) -> io::Result<String> {
    let path = folder.join("postgres-schema");
    match fs::read_to_string(&path) {
        Ok(name) => Ok(name.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut bits = [0; 8];
            SystemChance.fill(&mut bits);
            let name = format!("demo_{:016x}", u64::from_be_bytes(bits));
            fs::write(&path, &name)?;
            Ok(name)
        }
        Err(error) => Err(error),
    }
}

/// How the demo says where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Announce {
    /// Lines for people.
    Text,
    /// One line of JSON.
    Json,
}

/// What is said once visitors are let in.
#[derive(Debug, Serialize)]
struct Announcement<'a> {
    public: &'a str,
    staff: &'a str,
    operations: &'a str,
    /// The folder of the mails to citizens.
    mails: &'a Path,
    people: &'a [DemoPerson],
}

/// Serves a demo on loopback until the process is told to end.
pub fn serve(order: &Order, ports: [u16; 3], announce: Announce) -> Result<(), DemoError> {
    // The filter is one of the program's own, so it is well-formed.
    let _started = logging::start(&Log { format: LogFormat::Text, filter: "info".to_owned() });
    let demo = prepare(order)?;
    if let Some(took) = demo.took {
        tracing::info!(cards = order.cards, milliseconds = took.as_millis(), "made the demo city");
    }
    let manual = order.by_hand.then(|| Arc::new(ManualClock::new(demo.until)));
    let clock: Arc<dyn Clock> = match &manual {
        Some(manual) => manual.clone(),
        None => Arc::new(SystemClock),
    };
    let pdf = Pdf::default();
    let renderer = Renderer::new(Program::of_this(&pdf.fonts)?, Limits::within(pdf.time_limit()));
    serve::runtime()?.block_on(async move {
        let address = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listeners = Listeners::bind(address(ports[0]), address(ports[1]), address(ports[2])).await?;
        let local = |listener: &tokio::net::TcpListener| -> Result<String, io::Error> {
            Ok(format!("http://localhost:{}", listener.local_addr()?.port()))
        };
        let (public, staff) = (local(&listeners.public)?, local(&listeners.staff)?);
        let operations = local(&listeners.operations)?;
        let keys = samples(&demo.house).await?;
        let Demo { house, people, .. } = demo;
        let post = post::open(&order.data, &house.profile.city.name_ja).await?;
        let service = Service {
            house,
            clock,
            by_hand: manual,
            chance: Arc::new(SystemChance),
            renderer,
            public: Origin::new(&public),
            staff: Origin::new(&staff),
            booking_at_once: Rush::default().booking_at_once,
            framed_by: Vec::new(),
            mail: Some(Arc::new(post.server)),
            forwarded_for: None,
            networks: None,
            // Its clock is moved by hand, by days at once: papers would be printed at every move.
            outage: None,
            demo: true,
        };
        service
            .run(listeners, move || {
                let said = Announcement {
                    public: &public,
                    staff: &staff,
                    operations: &operations,
                    mails: &post.folder,
                    people: &people,
                };
                // A reader that went away is no reason to stop serving.
                let _ignored = match announce {
                    Announce::Json => say_json(&said),
                    Announce::Text => say_text(&said, &keys),
                };
            })
            .await?;
        Ok(())
    })
}

fn say_json(said: &Announcement<'_>) -> io::Result<()> {
    use io::Write as _;
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, said)?;
    writeln!(out)?;
    out.flush()
}

fn say_text(said: &Announcement<'_>, keys: &[String]) -> io::Result<()> {
    use io::Write as _;
    let mut out = io::stdout().lock();
    writeln!(out, "\nA demo city; nobody in it exists. Ctrl-C ends it.\n")?;
    writeln!(out, "  citizens    {}", said.public)?;
    writeln!(out, "  staff       {}", said.staff)?;
    writeln!(out, "  operations  {}/ready, {}/metrics", said.operations, said.operations)?;
    writeln!(out, "  mails       {} (none is sent to anybody)\n", said.mails.display())?;
    writeln!(out, "Sign-ins of this start:")?;
    for DemoPerson { role, login, password } in said.people {
        writeln!(out, "  {:<22}{login:<10}{password}", role.code())?;
    }
    if !keys.is_empty() {
        writeln!(out, "\nBooking keys (予約キー) of letters that were posted and not yet used:")?;
        for key in keys {
            writeln!(out, "  {key}")?;
        }
    }
    writeln!(out)?;
    out.flush()
}

/// Some booking keys that can be tried on the public pages.
async fn samples(house: &House) -> Result<Vec<String>, store::Error> {
    let (site, keys) = (house.site.clone(), house.keys.clone());
    house
        .db
        .read(move |reader| {
            let mut found = Vec::new();
            for part in store::letter::list(reader, &site, None, 20)? {
                for letter in store::letter::letters(reader, part.id)? {
                    let card = store::card::find(reader, letter.card)?;
                    let free = card.is_some_and(|card| card.progress == domain::card::Progress::Notified);
                    if free && letter.holds && found.len() < 3 {
                        found.push(letter.key(&keys)?.to_string());
                    }
                }
                if found.len() == 3 {
                    break;
                }
            }
            Ok(found)
        })
        .await
}

#[cfg(test)]
mod tests;
