//! The job that sends what waits in the outbox, and the one that remembers tomorrow's visitors.
//!
//! A mail is written at the moment of sending, from the records as they are then. Neither an address nor a text is ever
//! in the log.

use std::time::{Duration, SystemTime};

use domain::journal::Actor;
use domain::mail::{REMINDED_FROM, Reply, State};
use domain::service::{Service, SiteCode};
use domain::time::{day_of, instant_at, minute_of};
use jiff::SignedDuration;
use store::Lane;
use store::contact::{self, Reminding};
use store::outbox::{self, Claimed};
use web::citizen::mail::letter;

use crate::jobs::{JobError, Jobs, report};
use crate::smtp::{Letter, Outcome, Server};

/// After how many minutes a mail is tried again that the other side put off; after the last it is given up.
const PAUSES: [i64; 7] = [1, 5, 15, 60, 180, 360, 720];

/// After how many minutes is tried again when there was no server for any mail.
const NO_SERVER: i64 = 2;

/// Reminders that are made in one transaction.
const REMINDERS: u32 = 200;

impl Jobs {
    /// Sends what is due.
    pub async fn post(&self) {
        report("post", self.try_post().await.map_err(JobError::Store));
    }

    async fn try_post(&self) -> Result<(), store::Error> {
        let Some(server) = &self.mail else { return Ok(()) };
        loop {
            // Looking first keeps an idle house from writing.
            let (due, now) = (self.app.db.read(outbox::oldest_due).await?, self.app.now());
            let behind = due.map_or(SignedDuration::ZERO, |due| now.duration_since(due));
            metrics::gauge!("mail_lag_seconds").set(behind.as_secs_f64().max(0.0));
            if due.is_none_or(|due| due > now) {
                return Ok(());
            }
            let holder = self.holder.clone();
            let claim = move |tx: &mut store::Tx<'_>| outbox::claim(tx, &holder, now);
            let Some(claimed) = self.app.db.write(Lane::Background, claim).await? else { return Ok(()) };
            if !self.send(server, &claimed).await? {
                return Ok(());
            }
        }
    }

    /// Sends one mail and writes down what became of it. Answers whether there is a server for the next one.
    async fn send(&self, server: &Server, claimed: &Claimed) -> Result<bool, store::Error> {
        let written = match letter::write(&self.app, &claimed.mail).await {
            Ok(Some(written)) => written,
            Ok(None) => {
                self.end(claimed, State::Dropped).await?;
                return Ok(true);
            }
            // The others behind it are not held up, and one that can never be written ends.
            Err(error) => {
                tracing::error!(%error, "a mail could not be written");
                self.again(claimed, None).await?;
                return Ok(true);
            }
        };
        // Nobody sends mails before 1970.
        let since = u64::try_from(self.app.now().as_millisecond()).unwrap_or_default();
        let letter = Letter {
            id: claimed.id.to_string(),
            date: SystemTime::UNIX_EPOCH + Duration::from_millis(since),
            language: written.language,
            subject: written.subject,
            text: written.text,
            html: written.html,
            calendar: written.calendar,
            stop: written.stop,
        };
        let delivered = match server.write(&written.to, &letter) {
            Ok(bytes) => server.deliver(&written.to, &bytes).await,
            Err(error) => Err(error),
        };
        let outcome = match delivered {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::error!(%error, "a mail is given up");
                self.bounce(claimed, None).await?;
                return Ok(true);
            }
        };
        match outcome {
            Outcome::Sent => {
                self.end(claimed, State::Sent).await?;
                metrics::counter!("mails_sent").increment(1);
            }
            Outcome::NoServer(reply) => {
                let code = reply.map(|reply| reply.code);
                tracing::error!(code, "the mail server does not take our mail; it is tried again");
                self.later(claimed, NO_SERVER, reply, false).await?;
                return Ok(false);
            }
            Outcome::Later(reply) => self.again(claimed, reply).await?,
            Outcome::Refused(reply) => self.bounce(claimed, Some(reply)).await?,
        }
        Ok(true)
    }

    /// An attempt failed: there is another one after a pause, or it was the last.
    async fn again(&self, claimed: &Claimed, reply: Option<Reply>) -> Result<(), store::Error> {
        let attempts = usize::try_from(claimed.attempts).unwrap_or(usize::MAX);
        match PAUSES.get(attempts.saturating_sub(1)) {
            Some(&minutes) => self.later(claimed, minutes, reply, true).await,
            None => self.bounce(claimed, reply).await,
        }
    }

    async fn end(&self, claimed: &Claimed, state: State) -> Result<(), store::Error> {
        let (claimed, now) = (claimed.clone(), self.app.now());
        self.app.db.write(Lane::Background, move |tx| outbox::done(tx, &claimed, state, now)).await?;
        Ok(())
    }

    async fn later(
        &self,
        claimed: &Claimed,
        minutes: i64,
        reply: Option<Reply>,
        counts: bool,
    ) -> Result<(), store::Error> {
        let (claimed, now) = (claimed.clone(), self.app.now());
        let due = now.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(now);
        let later = move |tx: &mut store::Tx<'_>| outbox::later(tx, &claimed, due, reply, counts);
        self.app.db.write(Lane::Background, later).await?;
        Ok(())
    }

    async fn bounce(&self, claimed: &Claimed, reply: Option<Reply>) -> Result<(), store::Error> {
        let (claimed, act) = (claimed.clone(), self.app.act(Actor::System));
        let bounce = move |tx: &mut store::Tx<'_>| outbox::bounce(tx, &act, &claimed, reply);
        self.app.db.write(Lane::Background, bounce).await?;
        metrics::counter!("mails_bounced").increment(1);
        Ok(())
    }

    /// Puts the reminders of tomorrow into the outbox, from noon on.
    pub async fn remind(&self) {
        report("remind", self.try_remind().await.map_err(JobError::Store));
    }

    async fn try_remind(&self) -> Result<(), store::Error> {
        let now = self.app.now();
        let today = day_of(now);
        let Ok(day) = today.tomorrow() else { return Ok(()) };
        if self.mail.is_none() || minute_of(now) < REMINDED_FROM {
            return Ok(());
        }
        let rules = self.app.rules();
        let sites: Vec<SiteCode> = rules.sites(day).into_iter().map(|site| site.code.clone()).collect();
        for site in &sites {
            for &service in Service::ALL {
                // Who confirmed today was told today.
                let before = instant_at(today, 0);
                self.remind_of(Reminding { service, site: site.clone(), day, before }).await?;
            }
        }
        Ok(())
    }

    async fn remind_of(&self, reminding: Reminding) -> Result<(), store::Error> {
        loop {
            let asked = reminding.clone();
            let look = move |reader: &mut store::Reader<'_>| contact::has_to_remind(reader, &asked);
            if !self.app.db.read(look).await? {
                return Ok(());
            }
            let (act, asked) = (self.app.act(Actor::System), reminding.clone());
            let remind = move |tx: &mut store::Tx<'_>| contact::remind(tx, &act, &asked, REMINDERS);
            self.app.db.write(Lane::Background, remind).await?;
        }
    }
}
