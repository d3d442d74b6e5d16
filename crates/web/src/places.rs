//! Writes that take or free places: run again with fresh rules when the rules changed under them.
//!
//! The store refuses places that were computed from an older set of rules; what is to be done then is the same for
//! everybody who takes one.

use domain::journal::Actor;
use domain::rules::RuleSet;
use store::reservation::BookingError;
use store::{Act, Lane, Tx};

use crate::App;

/// How often it is tried when the rules keep changing.
const TRIES: u32 = 3;

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
        let mut tries = 1;
        loop {
            let (act, rules, write) = (self.act(actor), self.rules(), write.clone());
            match self.db.write(lane, move |tx| write(tx, &act, &rules)).await {
                Err(BookingError::StaleRules) if tries < TRIES => {
                    tries += 1;
                    self.reload_rules().await?;
                }
                other => return other,
            }
        }
    }
}
