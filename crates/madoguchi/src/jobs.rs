//! What is done beside the requests: sealing, expiry, offering, forgetting, deleting, discarding, checking; mails are sent in
//! [`mailing`](crate::mailing), papers for an outage put by in [`outage`](crate::outage).
//!
//! Every job catches its errors, says them in the log and counts them; none ends the program. Each may run on every
//! node, because the store lets only one of them have effect.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use domain::journal::Actor;
use jiff::SignedDuration;
use store::Lane;
use store::reservation::BookingError;
use store::sealer::{self, Sealed};
use tokio::sync::watch;
use tokio::task::JoinSet;
use web::App;

use crate::config::Outage;
use crate::listen::stopped;
use crate::outage::OutageFolder;
use crate::smtp::Server;

const SEAL: Duration = Duration::from_millis(200);
const EXPIRE: Duration = Duration::from_secs(10);
const POST: Duration = Duration::from_secs(5);
const FORGET: Duration = Duration::from_mins(1);
const CHECK: Duration = Duration::from_hours(1);

/// After how long a consignment that was staged and never taken is discarded.
const LEFT_BEHIND: SignedDuration = SignedDuration::from_hours(1);

/// Holds that are freed in one transaction.
const HOLDS: u32 = 100;
/// Offers that are ended in one transaction.
const OFFERS: u32 = 50;
/// Operations that are forgotten in one transaction.
const OPERATIONS: u32 = 500;

/// Personal values that are deleted in one transaction.
const DELETED: u32 = 200;

/// The jobs of this node.
#[derive(Clone)]
pub struct Jobs {
    pub(crate) app: Arc<App>,
    /// Under which name this node seals and sends.
    pub(crate) holder: String,
    /// The server that takes our mail; none: nothing is sent.
    pub(crate) mail: Option<Arc<Server>>,
    /// The folder with papers for an outage; none: nothing is put by.
    pub(crate) outage: Option<Arc<OutageFolder>>,
}

/// What a job came to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JobError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Booking(#[from] BookingError),
}

impl Jobs {
    /// The jobs of a node. In a demo, whose clock may stand still, the lease of a former run would never end, so
    /// all runs seal under one name.
    pub fn new(app: Arc<App>, demo: bool, mail: Option<Arc<Server>>) -> Self {
        let mut bits = [0; 8];
        app.chance.fill(&mut bits);
        let holder = if demo { "demo".to_owned() } else { format!("node-{:016x}", u64::from_be_bytes(bits)) };
        Self { app, holder, mail, outage: None }
    }

    /// The same jobs, which also keep the papers for an outage fresh in a folder.
    #[must_use]
    pub fn with_outage(self, outage: &Outage) -> Self {
        Self { outage: Some(Arc::new(OutageFolder::of(outage))), ..self }
    }

    /// Starts every job; they end when told to stop.
    pub fn start(&self, stop: &watch::Receiver<bool>) -> JoinSet<()> {
        let mut running = JoinSet::new();
        self.every(&mut running, SEAL, stop, |jobs| Box::pin(jobs.seal()));
        self.every(&mut running, EXPIRE, stop, |jobs| Box::pin(jobs.expire()));
        self.every(&mut running, EXPIRE, stop, |jobs| Box::pin(jobs.offer()));
        self.every(&mut running, FORGET, stop, |jobs| Box::pin(jobs.forget()));
        self.every(&mut running, FORGET, stop, |jobs| Box::pin(jobs.discard()));
        self.every(&mut running, FORGET, stop, |jobs| Box::pin(jobs.delete()));
        self.every(&mut running, FORGET, stop, |jobs| Box::pin(jobs.remind()));
        self.every(&mut running, POST, stop, |jobs| Box::pin(jobs.post()));
        self.every(&mut running, EXPIRE, stop, |jobs| Box::pin(jobs.put_by()));
        self.every(&mut running, CHECK, stop, |jobs| Box::pin(jobs.check()));
        running
    }

    fn every(
        &self,
        running: &mut JoinSet<()>,
        pause: Duration,
        stop: &watch::Receiver<bool>,
        work: for<'j> fn(&'j Self) -> Pin<Box<dyn Future<Output = ()> + Send + 'j>>,
    ) {
        let (jobs, mut stop) = (self.clone(), stop.clone());
        running.spawn(async move {
            let mut tick = tokio::time::interval(pause);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    biased;
                    () = stopped(&mut stop) => return,
                    _ = tick.tick() => work(&jobs).await,
                }
            }
        });
    }

    /// Runs every job but the hourly check once: for tests, and after a clock was moved by hand.
    pub async fn run_once(&self) {
        self.expire().await;
        self.offer().await;
        self.forget().await;
        self.delete().await;
        self.discard().await;
        self.learn().await;
        self.remind().await;
        self.post().await;
        self.put_by().await;
        self.seal().await;
    }

    /// Numbers what waits for its number.
    pub async fn seal(&self) {
        report("seal", self.try_seal().await);
    }

    async fn try_seal(&self) -> Result<(), JobError> {
        // Looking first keeps an idle house from writing five times a second.
        let waiting = self.app.db.read(sealer::oldest_waiting).await?;
        let behind = waiting.map_or(SignedDuration::ZERO, |oldest| self.app.now().duration_since(oldest));
        metrics::gauge!("sealer_lag_seconds").set(behind.as_secs_f64().max(0.0));
        if waiting.is_none() {
            return Ok(());
        }
        loop {
            let (holder, now) = (self.holder.clone(), self.app.now());
            let sealed =
                self.app.db.write(Lane::Background, move |tx| sealer::seal(tx, &holder, now)).await?;
            if let Sealed::Done { entries, views } = sealed {
                metrics::counter!("sealed_entries").increment(u64::from(entries));
                metrics::counter!("sealed_views").increment(u64::from(views));
            }
            if !sealed.more() {
                return Ok(());
            }
        }
    }

    /// Frees holds that ran out.
    pub async fn expire(&self) {
        report("expire", self.try_expire().await);
    }

    async fn try_expire(&self) -> Result<(), JobError> {
        loop {
            let act = self.app.act(Actor::System);
            let rules = self.app.rules();
            let freed = self
                .app
                .db
                .write(Lane::Background, move |tx| store::reservation::expire(tx, &act, &rules, HOLDS))
                .await;
            let freed = match freed {
                Err(BookingError::StaleRules) => {
                    self.app.reload_rules().await?;
                    continue;
                }
                freed => freed?,
            };
            if freed > 0 {
                metrics::counter!("holds_expired").increment(u64::from(freed));
                self.app.availability_changed();
            }
            if freed < HOLDS {
                return Ok(());
            }
        }
    }

    /// Frees the places of offers that nobody answered in time, goes on with holding places for those whom a change of the
    /// rules left without one, where the program ended in the middle of it, and offers what is free to those who wish for
    /// an earlier day.
    pub async fn offer(&self) {
        report("offer", self.try_offer().await);
    }

    async fn try_offer(&self) -> Result<(), JobError> {
        loop {
            let act = self.app.act(Actor::System);
            let expire = move |tx: &mut store::Tx<'_>| store::offer::expire(tx, &act, OFFERS);
            let expired = self.app.db.write(Lane::Background, expire).await?;
            if expired > 0 {
                metrics::counter!("offers_expired").increment(u64::from(expired));
                self.app.availability_changed();
            }
            if expired < OFFERS {
                break;
            }
        }
        self.app.hold_places().await?;
        let wishes = self.app.serve_wishes().await?;
        metrics::counter!("wishes_offered").increment(u64::from(wishes));
        Ok(())
    }

    /// Deletes visits and attempts that are over, and operations that nobody repeats any more.
    pub async fn forget(&self) {
        report("forget", self.try_forget().await);
    }

    async fn try_forget(&self) -> Result<(), JobError> {
        let now = self.app.now();
        self.app.db.write(Lane::Background, move |tx| store::visit::forget(tx, now)).await?;
        // In portions, so that nobody waits for them.
        let forget = move |tx: &mut store::Tx<'_>| store::op::forget(tx, now, OPERATIONS);
        while self.app.db.write(Lane::Background, forget).await? == u64::from(OPERATIONS) {}
        Ok(())
    }

    /// Deletes personal data that the city ended, or whose last day is over.
    pub async fn delete(&self) {
        report("delete", self.try_delete().await);
    }

    async fn try_delete(&self) -> Result<(), JobError> {
        let now = self.app.now();
        while self.app.db.read(move |reader| store::privacy::has_to_sweep(reader, now)).await? {
            let act = self.app.act(Actor::System);
            let deleted = self
                .app
                .db
                .write(Lane::Background, move |tx| store::privacy::sweep(tx, &act, DELETED))
                .await?;
            metrics::counter!("personal_deleted").increment(u64::from(deleted));
            if deleted == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Learns whether numbers of a former system are taken: another node may have taken them over.
    pub async fn learn(&self) {
        report("learn", self.app.learn_former().await.map_err(JobError::Store));
    }

    /// Discards what a crash left staged.
    pub async fn discard(&self) {
        report("discard", self.try_discard().await);
    }

    async fn try_discard(&self) -> Result<(), JobError> {
        let now = self.app.now();
        let before = now.saturating_sub(LEFT_BEHIND).unwrap_or(now);
        let discard = move |tx: &mut store::Tx<'_>| store::consignment::discard_left_behind(tx, before);
        while self.app.db.write(Lane::Background, discard).await? {
            tracing::info!("a portion of a consignment that was never taken was discarded");
        }
        Ok(())
    }

    /// Looks for broken invariants; each is an error in the log.
    pub async fn check(&self) {
        report("check", self.try_check().await);
    }

    async fn try_check(&self) -> Result<(), JobError> {
        let keys = self.app.keys.clone();
        let findings = self.app.db.read(move |reader| store::verify::verify(reader, &keys)).await?;
        metrics::gauge!("invariants_broken")
            .set(f64::from(u32::try_from(findings.len()).unwrap_or(u32::MAX)));
        for finding in &findings {
            tracing::error!(invariant = ?finding.invariant, subject = %finding.subject, what = %finding.what, "an invariant is broken");
        }
        Ok(())
    }
}

pub(crate) fn report(job: &'static str, result: Result<(), JobError>) {
    if let Err(error) = result {
        metrics::counter!("job_failures", "job" => job).increment(1);
        tracing::error!(job, %error, "a job failed; it is tried again in its next round");
    }
}
