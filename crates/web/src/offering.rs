//! Holding places for all whom a change of the rules left without one: planned and done in small portions, by whoever
//! began it and by a job, which goes on where the program ended in the middle of it.

use store::Lane;
use store::offer::OfferError;
use store::offer::bulk::{self, Offering, PORTION, Planned};
use store::reservation::BookingError;

use crate::App;

/// How often a plan of which nothing could be done is made again, because somebody else was faster with every place.
const TRIES: u32 = 5;

impl App {
    /// Does all the work that is waiting; answers when none is left.
    pub async fn hold_places(&self) -> Result<(), store::Error> {
        while let Some(work) = self.db.read(bulk::running).await? {
            self.hold_places_of(&work).await?;
            let (act, id) = (self.act(work.actor), work.id);
            self.db.write(Lane::Background, move |tx| bulk::end(tx, &act, id)).await?;
            self.availability_changed();
        }
        Ok(())
    }

    async fn hold_places_of(&self, work: &Offering) -> Result<(), store::Error> {
        let mut in_vain = 0;
        while in_vain < TRIES {
            let (rules, now, of) = (self.reload_rules().await?, self.now(), work.clone());
            let planned = self.db.read(move |reader| bulk::plan(reader, &rules, &of, now)).await?;
            if planned.is_empty() {
                break;
            }
            let mut done = 0;
            for portion in planned.chunks(PORTION) {
                done += self.hold_portion(work, portion).await?;
            }
            in_vain = if done == 0 { in_vain + 1 } else { 0 };
        }
        Ok(())
    }

    /// Does one portion, in one transaction. What changed meanwhile is planned anew.
    async fn hold_portion(&self, work: &Offering, portion: &[Planned]) -> Result<u32, store::Error> {
        let (act, rules, of, planned) = (self.act(work.actor), self.rules(), work.clone(), portion.to_vec());
        let done =
            self.db.write(Lane::Background, move |tx| bulk::portion(tx, &act, &rules, &of, &planned)).await;
        match done {
            Ok(done) => Ok(done),
            Err(OfferError::Store(error) | OfferError::Booking(BookingError::Store(error))) => Err(error),
            // The rules or a booking changed at this moment; nothing of the portion was done.
            Err(_) => Ok(0),
        }
    }
}
