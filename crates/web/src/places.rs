//! Writes that take or free places: run again with fresh rules when the rules changed under them.
//!
//! The store refuses places that were computed from an older set of rules; what is to be done then is the same for
//! everybody who takes one.

use domain::journal::Actor;
use domain::rules::RuleSet;
use store::offer::OfferError;
use store::recall::RecallError;
use store::reservation::BookingError;
use store::wish::WishError;
use store::{Act, Lane, Tx};

use crate::App;

/// How often it is tried when the rules keep changing.
const TRIES: u32 = 3;

/// An error that may say that the rules changed.
pub(crate) trait MayBeStale: From<store::Error> {
    /// Whether it says so.
    fn is_stale(&self) -> bool;
}

impl MayBeStale for BookingError {
    fn is_stale(&self) -> bool {
        *self == Self::StaleRules
    }
}

impl MayBeStale for OfferError {
    fn is_stale(&self) -> bool {
        *self == Self::Booking(BookingError::StaleRules)
    }
}

impl MayBeStale for RecallError {
    fn is_stale(&self) -> bool {
        *self == Self::StaleRules
    }
}

impl MayBeStale for WishError {
    fn is_stale(&self) -> bool {
        *self == Self::Booking(BookingError::StaleRules)
    }
}

impl App {
    /// Runs a write with the rules of this node, and again with fresh ones if they are no longer in force.
    pub(crate) async fn write_with_rules<T, F>(
        &self,
        lane: Lane,
        actor: Actor,
        write: F,
    ) -> Result<T, BookingError>
    where
        F: Fn(&mut Tx<'_>, &Act, &RuleSet) -> Result<T, BookingError> + Clone + Send + 'static,
        T: Send + 'static,
    {
        self.with_rules(lane, actor, write).await
    }

    /// [`Self::write_with_rules`] for offers.
    pub(crate) async fn write_offer<T, F>(&self, lane: Lane, actor: Actor, write: F) -> Result<T, OfferError>
    where
        F: Fn(&mut Tx<'_>, &Act, &RuleSet) -> Result<T, OfferError> + Clone + Send + 'static,
        T: Send + 'static,
    {
        self.with_rules(lane, actor, write).await
    }

    /// [`Self::write_with_rules`] for wishes.
    pub(crate) async fn write_wish<T, F>(&self, lane: Lane, actor: Actor, write: F) -> Result<T, WishError>
    where
        F: Fn(&mut Tx<'_>, &Act, &RuleSet) -> Result<T, WishError> + Clone + Send + 'static,
        T: Send + 'static,
    {
        self.with_rules(lane, actor, write).await
    }

    /// [`Self::write_with_rules`] for recalls.
    pub(crate) async fn write_recall<T, F>(&self, actor: Actor, write: F) -> Result<T, RecallError>
    where
        F: Fn(&mut Tx<'_>, &Act, &RuleSet) -> Result<T, RecallError> + Clone + Send + 'static,
        T: Send + 'static,
    {
        self.with_rules(Lane::Staff, actor, write).await
    }

    async fn with_rules<T, E, F>(&self, lane: Lane, actor: Actor, write: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>, &Act, &RuleSet) -> Result<T, E> + Clone + Send + 'static,
        T: Send + 'static,
        E: MayBeStale + Send + 'static,
    {
        let mut tries = 1;
        loop {
            let (act, rules, write) = (self.act(actor), self.rules(), write.clone());
            match self.db.write(lane, move |tx| write(tx, &act, &rules)).await {
                Err(error) if error.is_stale() && tries < TRIES => {
                    tries += 1;
                    self.reload_rules().await?;
                }
                other => return other,
            }
        }
    }
}
