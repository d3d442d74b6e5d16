//! The free places of the coming days for the web, as the public pages show them: one picture per node, service and site,
//! at most a second old.
//!
//! It is only what people see; the transaction that takes a place always checks again.

use std::collections::HashMap;
use std::sync::Arc;

use domain::capacity::{Grant, Used};
use domain::journal;
use domain::reservation::Channel;
use domain::service::{Service, SiteCode};
use domain::time::{Start, day_of};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use crate::app::App;

const AGE: SignedDuration = SignedDuration::from_secs(1);

/// One slot, for one way of booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When it begins.
    pub start: Start,
    /// How many places it grants; no more than the way of booking may have by now.
    pub places: u32,
    /// How many of these are taken, or kept for others.
    pub taken: u32,
}

impl Slot {
    /// What a way of booking sees of a slot now.
    pub fn of(start: Start, grant: &Grant, used: Used, channel: Channel, now: Timestamp) -> Self {
        let open = grant.open(channel, now);
        let places = u32::from(open.own.min(open.whole));
        Self { start, places, taken: places.saturating_sub(grant.free(channel, now, used)) }
    }

    /// How many are free. A slot that was lowered below what is taken has none.
    pub fn free(&self) -> u32 {
        self.places.saturating_sub(self.taken)
    }
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day in Asia/Tokyo.
    pub day: Date,
    /// Its slots in order; none on days that are closed.
    pub slots: Vec<Slot>,
}

impl Day {
    /// How many places are free.
    pub fn free(&self) -> u32 {
        self.slots.iter().map(Slot::free).sum()
    }

    /// How many places there are.
    pub fn places(&self) -> u32 {
        self.slots.iter().map(|slot| slot.places).sum()
    }
}

/// The days that the web books now.
#[derive(Debug, Clone)]
pub struct Availability {
    /// When the picture was taken.
    pub as_of: Timestamp,
    /// The epoch of the rules it was computed from.
    pub epoch: i64,
    /// The days from the first to the last bookable one, closed ones too.
    pub days: Vec<Day>,
}

impl Availability {
    /// The first day with a free place.
    pub fn first_free(&self) -> Option<&Day> {
        self.days.iter().find(|day| day.free() > 0)
    }

    /// A day, if it can be booked.
    pub fn day(&self, day: Date) -> Option<&Day> {
        self.days.iter().find(|known| known.day == day)
    }
}

/// The pictures of this node.
#[derive(Debug, Default)]
pub struct Availabilities {
    known: Mutex<HashMap<(Service, SiteCode), Arc<Availability>>>,
    refreshing: tokio::sync::Mutex<()>,
}

impl App {
    /// The picture for a service at this counter, at most a second old.
    pub async fn availability(&self, service: Service) -> Result<Arc<Availability>, store::Error> {
        self.availability_at(service, &self.settings.site).await
    }

    /// The picture for a service at a site, at most a second old.
    pub async fn availability_at(
        &self,
        service: Service,
        site: &SiteCode,
    ) -> Result<Arc<Availability>, store::Error> {
        let counter = (service, site.clone());
        if let Some(known) = self.fresh(&counter) {
            return Ok(known);
        }
        // One request looks, the others wait for it.
        let _looking = self.availabilities.refreshing.lock().await;
        if let Some(known) = self.fresh(&counter) {
            return Ok(known);
        }
        let fresh = Arc::new(self.look(service, site).await?);
        self.availabilities.known.lock().insert(counter, fresh.clone());
        Ok(fresh)
    }

    /// Forgets the pictures: after a place was taken or freed on this node, so that its own citizen sees it.
    pub fn availability_changed(&self) {
        self.availabilities.known.lock().clear();
    }

    /// Counts one place more or less in the picture: cheaper than [`App::availability_changed`] where the slot is
    /// known, because nobody has to look again.
    pub fn availability_shifted(&self, slot: &journal::Slot, taken: bool) {
        let mut known = self.availabilities.known.lock();
        let Some(picture) = known.get_mut(&(slot.service, slot.site.clone())) else { return };
        // Readers keep the picture they have; the next ones see the changed copy.
        let days = &mut Arc::make_mut(picture).days;
        let shown = days
            .iter_mut()
            .find(|day| day.day == slot.day)
            .and_then(|day| day.slots.iter_mut().find(|shown| shown.start == slot.start));
        if let Some(shown) = shown {
            shown.taken = if taken { shown.taken.saturating_add(1) } else { shown.taken.saturating_sub(1) };
        }
    }

    fn fresh(&self, counter: &(Service, SiteCode)) -> Option<Arc<Availability>> {
        let (now, epoch) = (self.now(), self.rules().epoch());
        let known = self.availabilities.known.lock().get(counter).cloned()?;
        // A clock that was moved back makes the picture one from the future, which is as bad as an old one.
        let age = now.duration_since(known.as_of);
        let same_day = day_of(now) == day_of(known.as_of);
        (same_day && age >= SignedDuration::ZERO && age <= AGE && known.epoch == epoch).then_some(known)
    }

    /// Looks without the picture; what the picture is made from.
    pub async fn look(&self, service: Service, site: &SiteCode) -> Result<Availability, store::Error> {
        let now = self.now();
        let current = self.db.read(store::capacity::epoch).await?;
        let rules = if current == self.rules().epoch() { self.rules() } else { self.reload_rules().await? };
        let Some(window) = rules.bookable_days(service, site, now, None) else {
            return Ok(Availability { as_of: now, epoch: rules.epoch(), days: Vec::new() });
        };
        let asked = site.clone();
        let used = self
            .db
            .read(move |reader| store::capacity::used(reader, service, &asked, window.first, window.last))
            .await?;
        let used: HashMap<(Date, Start), Used> =
            used.into_iter().map(|(day, start, used)| ((day, start), used)).collect();
        let mut days = Vec::new();
        let mut next = Some(window.first);
        while let Some(day) = next.filter(|day| *day <= window.last) {
            let slots = rules
                .slots(service, site, day)
                .into_iter()
                .map(|(start, grant)| {
                    let used = used.get(&(day, start)).copied().unwrap_or_default();
                    Slot::of(start, &grant, used, Channel::Web, now)
                })
                .collect();
            days.push(Day { day, slots });
            next = day.tomorrow().ok();
        }
        Ok(Availability { as_of: now, epoch: rules.epoch(), days })
    }
}
