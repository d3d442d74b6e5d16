//! Holding places for all whom a change of the rules left without one: planned and done in small portions, by whoever
//! began it and by a job, which goes on where the program ended in the middle of it. The same job offers what is free to
//! those who wish for an earlier day.

use domain::journal::Actor;
use domain::rules::RuleSet;
use store::Lane;
use store::offer::OfferError;
use store::offer::bulk::{self, Offering, PORTION, Planned};
use store::reservation::BookingError;
use store::wish::turn;

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

    /// Offers what is free to the wishes for an earlier day that it fits, in the order in which they were left, each in a
    /// transaction of its own. Answers to how many. What somebody else was faster with is planned anew in the next round.
    pub async fn serve_wishes(&self) -> Result<u32, store::Error> {
        let mut offered = 0;
        for (service, site) in self.db.read(turn::counters).await? {
            let mut after = None;
            loop {
                let (rules, now, at) = (self.rules(), self.now(), site.clone());
                let plan = move |reader: &mut store::Reader<'_>| {
                    turn::plan(reader, &rules, (service, &at), after, now)
                };
                let round = self.db.read(plan).await?;
                for planned in round.planned {
                    let give = move |tx: &mut store::Tx<'_>, act: &store::Act, rules: &RuleSet| {
                        turn::give(tx, act, rules, &planned)
                    };
                    match self.write_offer(Lane::Background, Actor::System, give).await {
                        Ok(true) => offered += 1,
                        Err(OfferError::Store(error) | OfferError::Booking(BookingError::Store(error))) => {
                            return Err(error);
                        }
                        // The booking or the place went another way at this moment.
                        Ok(false) | Err(_) => {}
                    }
                }
                if !round.over.is_empty() {
                    let (act, over) = (self.act(Actor::System), round.over);
                    self.db.write(Lane::Background, move |tx| turn::end_over(tx, &act, &over)).await?;
                }
                after = round.next;
                if after.is_none() {
                    break;
                }
            }
        }
        if offered > 0 {
            self.availability_changed();
        }
        Ok(offered)
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
