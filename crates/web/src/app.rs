//! What the handlers of every face share: the database, clock, chance, keys, rules and the printer.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use documents::Document;
use domain::id::OperationId;
use domain::journal::Actor;
use domain::profile::Profile;
use domain::rules::RuleSet;
use domain::service::SiteCode;
use jiff::Timestamp;
use jiff::civil::Date;
use parking_lot::RwLock;
use store::keys::Keys;
use store::{Act, Acts, Db};

use crate::availability::Availabilities;
use crate::citizen::visit::proof::Proofs;
use crate::citizen::visit::turn::Turns;
use crate::kit::PageError;
use crate::kit::clock::{Chance, Clock, ManualClock, new_operation};
use crate::kit::security::Origin;
use crate::outage::{Folder, Standing};
use crate::password::Passwords;
use crate::staff::preparation::{Former, Uploads};

/// Why a paper was not printed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("printing failed: {0}")]
pub struct PrintError(pub String);

/// A PDF that is being made.
pub type Printing = Pin<Box<dyn Future<Output = Result<Vec<u8>, PrintError>> + Send>>;

/// Turns documents into PDF. The program's own is a child process; this room never links typst.
pub trait Printer: Send + Sync {
    /// Renders a document.
    fn print(&self, document: Document) -> Printing;
}

/// What the deployment says.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The citizens' address, as it stands in letters and QR codes.
    pub public: Origin,
    /// The staff's address.
    pub staff: Origin,
    /// The site of this counter.
    pub site: SiteCode,
    /// The city's profile: names, layout of notice numbers, columns of consignment files.
    pub profile: Profile,
    /// The version of the guide letter, which tells later how many booked on the web.
    pub letter_version: String,
    /// How many people may choose a day and a time at once on this node; who comes then waits for their turn.
    pub booking_at_once: usize,
    /// The sites whose pages may frame the free days.
    pub framed_by: Vec<Origin>,
    /// Whether mail can be sent: without a server for it no address is asked for.
    pub mails: bool,
    /// The header in which a proxy in front names the citizen's address; none: the connection's own.
    pub forwarded_for: Option<String>,
    /// The folder with papers for an outage; none: nobody set one up.
    pub outage: Option<Folder>,
}

/// What handlers share.
pub struct App {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The same clock, where it is moved by hand: only in databases made as a demo.
    pub by_hand: Option<Arc<ManualClock>>,
    /// The source of random values.
    pub chance: Arc<dyn Chance>,
    /// The keys.
    pub keys: Arc<Keys>,
    /// The printer.
    pub printer: Arc<dyn Printer>,
    /// The pool in which passwords are checked.
    pub passwords: Passwords,
    /// What the deployment says.
    pub settings: Settings,
    /// How the folder with papers for an outage stands.
    pub(crate) outage: Standing,
    /// The free places of the coming days, at most a second old.
    pub availabilities: Availabilities,
    /// Lists of cards that were checked and may be taken.
    pub(crate) uploads: Uploads,
    /// Files of a former contractor that were checked and may be taken.
    pub(crate) former: Former,
    /// The visits that were proven here.
    pub(crate) proofs: Proofs,
    /// Who chooses a day and a time here now, and who waits for that.
    pub(crate) turns: Turns,
    acts: Acts,
    rules: RwLock<Arc<RuleSet>>,
}

impl App {
    /// Wires an application; loads the rules.
    pub async fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        by_hand: Option<Arc<ManualClock>>,
        chance: Arc<dyn Chance>,
        keys: Arc<Keys>,
        printer: Arc<dyn Printer>,
        settings: Settings,
    ) -> Result<Arc<Self>, store::Error> {
        let rules = db.read(store::rules::load).await?;
        let booking_at_once = settings.booking_at_once;
        let outage = Standing::since(clock.now());
        let app = Arc::new(Self {
            db,
            clock,
            by_hand,
            chance,
            keys,
            printer,
            passwords: Passwords::new(2),
            settings,
            outage,
            availabilities: Availabilities::default(),
            uploads: Uploads::default(),
            former: Former::default(),
            proofs: Proofs::default(),
            turns: Turns::new(booking_at_once),
            acts: Acts::default(),
            rules: RwLock::new(Arc::new(rules)),
        });
        app.learn_former().await?;
        Ok(app)
    }

    /// Looks up whether numbers of a former system are taken on the citizens' pages: at the start, after something was
    /// taken over here, and by a job, because another node may have taken it over.
    pub async fn learn_former(&self) -> Result<(), store::Error> {
        let look = |reader: &mut store::Reader<'_>| {
            let opens = store::former::opens_any(reader)?;
            Ok::<_, store::Error>((opens, store::former::reserved_any(reader)?))
        };
        let (opens, reserved) = self.db.read(look).await?;
        self.former.opens.store(opens, Ordering::Relaxed);
        self.former.reserved.store(reserved, Ordering::Relaxed);
        Ok(())
    }

    /// Whether letters of a former system open bookings.
    pub(crate) fn former_opens(&self) -> bool {
        self.former.opens.load(Ordering::Relaxed)
    }

    /// Whether reservations are known by numbers of a former system.
    pub(crate) fn former_reserved(&self) -> bool {
        self.former.reserved.load(Ordering::Relaxed)
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The business day.
    pub fn today(&self) -> Date {
        domain::time::day_of(self.now())
    }

    /// The rules as this node knows them. The store refuses places that were computed from an older set.
    pub fn rules(&self) -> Arc<RuleSet> {
        self.rules.read().clone()
    }

    /// Loads the rules again, after the store said that they have changed.
    pub async fn reload_rules(&self) -> Result<Arc<RuleSet>, store::Error> {
        let fresh = Arc::new(self.db.read(store::rules::load).await?);
        *self.rules.write() = fresh.clone();
        Ok(fresh)
    }

    /// Describes an act of this moment.
    pub fn act(&self, actor: Actor) -> Act {
        let mut seed = [0; 16];
        self.chance.fill(&mut seed);
        self.acts.next(self.now(), actor, seed)
    }

    /// An operation id for a form that is being shown.
    pub fn operation(&self) -> OperationId {
        new_operation(self.now(), self.chance.as_ref())
    }

    /// The instant for the banner, where the clock is moved by hand.
    pub fn clock_by_hand(&self) -> Option<String> {
        self.by_hand.as_ref().map(|_| {
            let now = self.now();
            let minute = domain::time::minute_of(now);
            format!(
                "{} {}:{:02}",
                domain::time::era_date(domain::time::day_of(now)),
                minute / 60,
                minute % 60
            )
        })
    }
}

impl From<store::Error> for PageError {
    /// A full queue is told as such, so that people come again; everything else is a failure of ours.
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Busy => Self::Full,
            other => Self::internal(other),
        }
    }
}
