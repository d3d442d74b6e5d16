//! Wiring: database, keys, application, listeners and jobs, from the first to the last moment of the process.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::profile::Profile;
use domain::rules::RuleSet;
use domain::service::SiteCode;
use store::Db;
use store::backup::{Place, Server};
use store::keys::Keys;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use web::kit::clock::{Chance, Clock, ManualClock};
use web::kit::security::Origin;
use web::{App, Printer, Settings};

use crate::config::{Config, Database, Outage};
use crate::first_start::{FirstStartError, OneTime, Seeding, sites};
use crate::jobs::Jobs;
use crate::keys::{self, KeyError};
use crate::listen::{self, Manners};
use crate::network::Network;
use crate::operations::{self, Operations};
use crate::renderer::Renderer;
use crate::{faces, smtp, telemetry};

/// The version of the guide letter, as it stands at the letter's foot and in the records of printing.
pub const LETTER_VERSION: &str = "2026-11A";

const PUBLIC: Manners = Manners { name: "public", patience: Duration::from_secs(30) };
/// A large list is uploaded and checked within this time; boards will need their own.
const STAFF: Manners = Manners { name: "staff", patience: Duration::from_mins(5) };
const OPERATIONS: Manners = Manners { name: "operations", patience: Duration::from_secs(30) };

/// Why the program does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// What a new database is given.
    #[error(transparent)]
    FirstStart(#[from] FirstStartError),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The profile cannot be read.
    #[error("the profile {path} cannot be read: {what}")]
    Profile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The site is not known, or not said.
    #[error("{0}")]
    Site(String),
    /// An address cannot be listened on.
    #[error(
        "cannot listen on {address} ({why}); name another address in [listen], or end the program that has it"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        why: io::Error,
    },
    /// The database was made as a demo.
    #[error("this database was made as a demo: run it with `madoguchi demo`")]
    IsDemo,
    /// The metrics cannot be recorded.
    #[error("metrics: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// The runtime or its signals.
    #[error("the system refuses: {0}")]
    System(#[from] io::Error),
}

/// Opens the database that the configuration names.
pub fn open_database(database: &Database) -> Result<Db, store::Error> {
    match database {
        Database::Sqlite { path } => Db::sqlite(path),
        Database::Postgres { url, schema, certificates } => {
            Db::postgres(url, schema.as_deref(), certificates.as_deref())
        }
    }
}

/// Where the records are that the configuration names, for their backup. `programs` is the folder of PostgreSQL's
/// own, where they are not in `PATH`.
pub fn place(database: &Database, programs: Option<PathBuf>) -> Place {
    match database {
        Database::Sqlite { path } => Place::Sqlite(path.clone()),
        Database::Postgres { url, schema, certificates } => Place::Postgres(Server {
            url: url.clone(),
            schema: schema.clone(),
            certificates: certificates.clone(),
            programs,
        }),
    }
}

/// Reads a profile.
pub fn read_profile(path: &Path) -> Result<Profile, ServeError> {
    let wrong = |what: String| ServeError::Profile { path: path.to_owned(), what };
    let text = fs::read_to_string(path).map_err(|why| wrong(why.to_string()))?;
    toml::from_str(&text).map_err(|error| wrong(error.to_string()))
}

/// The site of this counter: the named one, or the only one.
pub fn site(named: Option<&SiteCode>, rules: &RuleSet) -> Result<SiteCode, ServeError> {
    let known = sites(rules);
    match (named, known.as_slice()) {
        (Some(named), _) if known.contains(named) => Ok(named.clone()),
        (Some(named), _) => Err(ServeError::Site(format!(
            "no rule describes the site {named}; correct `site` in the configuration"
        ))),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(ServeError::Site(
            "the rules describe more than one site; name this counter's as `site`".to_owned(),
        )),
    }
}

/// A database that is ready to be served.
pub struct House {
    /// The database.
    pub db: Db,
    /// Its keys.
    pub keys: Arc<Keys>,
    /// The city.
    pub profile: Profile,
    /// The site of this counter.
    pub site: SiteCode,
}

/// Opens what the configuration names and gives a new database what it needs. Answers the first administrator's
/// password where one was made.
pub fn open(
    config: &Config,
    clock: &dyn Clock,
    chance: &dyn Chance,
) -> Result<(House, Option<OneTime>), ServeError> {
    let profile = read_profile(&config.profile.file)?;
    let db = open_database(&config.database)?;
    if db.read_now(|reader| store::meta::get(reader, "demo"))?.is_some() {
        return Err(ServeError::IsDemo);
    }
    let keys = Arc::new(keys::open(&config.keys.file, &db, chance)?);
    let seeding = Seeding { db: &db, now: clock.now(), chance };
    let rules = seeding.house(&profile)?;
    let site = site(config.site.as_ref(), &rules)?;
    let administrator = seeding.administrator()?;
    Ok((House { db, keys, profile, site }, administrator))
}

/// Three listeners that are bound.
pub struct Listeners {
    /// For citizens.
    pub public: TcpListener,
    /// For staff.
    pub staff: TcpListener,
    /// For operations.
    pub operations: TcpListener,
}

impl Listeners {
    /// Binds all three. Port 0 takes a free one.
    pub async fn bind(
        public: SocketAddr,
        staff: SocketAddr,
        operations: SocketAddr,
    ) -> Result<Self, ServeError> {
        Ok(Self {
            public: bind(public).await?,
            staff: bind(staff).await?,
            operations: bind(operations).await?,
        })
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|why| ServeError::Listen { address, why })
}

/// Everything that is served.
pub struct Service {
    /// The database with its city.
    pub house: House,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The same clock where it is moved by hand.
    pub by_hand: Option<Arc<ManualClock>>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// The renderer.
    pub renderer: Renderer,
    /// The citizens' address.
    pub public: Origin,
    /// The staff's address.
    pub staff: Origin,
    /// How many people may choose a day and a time at once.
    pub booking_at_once: usize,
    /// The sites whose pages may frame the free days.
    pub framed_by: Vec<Origin>,
    /// The server that takes our mail.
    pub mail: Option<Arc<smtp::Server>>,
    /// The header of a proxy in front.
    pub forwarded_for: Option<String>,
    /// From where staff come; `None` lets everybody in, for demos on loopback.
    pub networks: Option<Vec<Network>>,
    /// The folder with papers for an outage.
    pub outage: Option<Outage>,
    /// Whether the database was made as a demo.
    pub demo: bool,
}

impl Service {
    /// The application of this service.
    pub async fn app(&self) -> Result<Arc<App>, store::Error> {
        let settings = Settings {
            public: self.public.clone(),
            staff: self.staff.clone(),
            site: self.house.site.clone(),
            profile: self.house.profile.clone(),
            letter_version: LETTER_VERSION.to_owned(),
            booking_at_once: self.booking_at_once,
            framed_by: self.framed_by.clone(),
            mails: self.mail.is_some(),
            forwarded_for: self.forwarded_for.clone(),
            outage: self.outage.as_ref().map(Outage::told),
        };
        let printer: Arc<dyn Printer> = Arc::new(self.renderer.clone());
        App::new(
            self.house.db.clone(),
            self.clock.clone(),
            self.by_hand.clone(),
            self.chance.clone(),
            self.house.keys.clone(),
            printer,
            settings,
        )
        .await
    }

    /// Serves until the process is told to end, then ends in order: no new requests, open ones answered, jobs
    /// stopped, the database closed. `announce` is called once visitors are let in.
    pub async fn run(self, listeners: Listeners, announce: impl FnOnce()) -> Result<(), ServeError> {
        let app = self.app().await?;
        let metrics = telemetry::recorder()?;
        let (tell, stop) = watch::channel(false);
        let mut jobs = Jobs::new(app.clone(), self.demo, self.mail.clone());
        if let Some(outage) = &self.outage {
            jobs = jobs.with_outage(outage);
        } else {
            tracing::warn!("no folder for an outage is configured ([outage]): no papers are put by");
        }
        let operations = Operations { app: app.clone(), jobs: jobs.clone(), metrics };
        let mut serving = tokio::task::JoinSet::new();
        let public = faces::public(&app);
        let staff = faces::staff(&app, self.networks.as_deref());
        serving.spawn(listen::serve(listeners.public, public, PUBLIC, stop.clone()));
        serving.spawn(listen::serve(listeners.staff, staff, STAFF, stop.clone()));
        serving.spawn(listen::serve(
            listeners.operations,
            operations::router(operations),
            OPERATIONS,
            stop.clone(),
        ));
        let mut running = jobs.start(&stop);
        let warming = self.renderer.clone();
        tokio::spawn(async move { warming.warm().await });
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        announce();
        tracing::info!("open");
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("closing");
        // Nobody listens any more only when everything has ended by itself.
        let _ignored = tell.send(true);
        while serving.join_next().await.is_some() {}
        while running.join_next().await.is_some() {}
        // The last of what was done gets its numbers before the program ends.
        jobs.seal().await;
        tracing::info!("closed");
        Ok(())
    }
}

/// The asynchronous runtime of the program.
pub fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
