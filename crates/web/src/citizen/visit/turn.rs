//! Turns in a rush: so many people choose days and times at once, whoever comes then waits in the order of arrival and
//! is let in as others are done.
//!
//! A turn belongs to a proven visit, so it is kept by reloading, by Back and by closing the page, and nobody gets one
//! by asking often. Who was let in stays in, also after a pause, but who shows no page for a moment takes nobody's
//! place: people who leave do not say so. Each node has its own room; the order is the age of the visits, which
//! every node reads in the same way. Nothing here is a fact: a node that starts again asks everybody in anew.

use std::collections::{BTreeMap, HashMap, VecDeque};

use domain::id::VisitId;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

/// Who has shown a page within this time is counted: as long as people look at a page.
const BUSY: SignedDuration = SignedDuration::from_secs(30);

/// Who was let in stays in so long after their last page: as long as a visit lives.
const STAYS: SignedDuration = store::visit::LIFE;

/// Who waits and does not come back for so long has gone away; the page comes back by itself every
/// [`AGAIN_SECONDS`].
const AWAY: SignedDuration = SignedDuration::from_secs(60);

/// After how many seconds the page of the waiting comes back.
pub(crate) const AGAIN_SECONDS: u32 = 10;

/// From how many people let in the pace is told.
const PACE: usize = 50;

/// What a visit may do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Choose a day and a time.
    In {
        /// Whether it had to wait.
        waited: bool,
    },
    /// Wait.
    Wait(Ahead),
}

/// Who is to be let in before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    /// How many people.
    pub people: usize,
    /// In about how many minutes it is one's turn, as people were let in lately; none as long as too few were.
    pub minutes: Option<u32>,
}

/// The room of this node.
#[derive(Debug)]
pub(crate) struct Turns {
    /// How many may be busy at once.
    most: usize,
    room: Mutex<Room>,
}

#[derive(Debug, Default)]
struct Room {
    /// Who was let in, and when they last showed a page.
    inside: HashMap<VisitId, Timestamp>,
    /// How many of them are busy: as last counted, and let in since.
    busy: usize,
    /// Who waits, in the order of their visits, and when they last came back.
    waiting: BTreeMap<VisitId, Timestamp>,
    /// When the last ones of those who waited were let in.
    let_in: VecDeque<Timestamp>,
    /// When who is gone was last looked for.
    swept: Option<Timestamp>,
}

impl Turns {
    /// A room for so many people at once.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, room: Mutex::default() }
    }

    /// Whether it is the turn of a visit that was just proven.
    pub(crate) fn ask(&self, visit: VisitId, now: Timestamp) -> Turn {
        let mut room = self.room.lock();
        if let Some(seen) = room.inside.get_mut(&visit) {
            *seen = now;
            return Turn::In { waited: false };
        }
        room.sweep(now);
        let free = self.most.saturating_sub(room.busy);
        let ahead = room.waiting.range(..visit).count();
        if ahead < free {
            let waited = room.waiting.remove(&visit).is_some();
            room.inside.insert(visit, now);
            room.busy += 1;
            if waited {
                room.count_let_in(now);
            }
            return Turn::In { waited };
        }
        room.waiting.insert(visit, now);
        metrics::counter!("citizens_told_to_wait").increment(1);
        Turn::Wait(Ahead { people: ahead, minutes: room.minutes(ahead + 1 - free, now) })
    }

    /// A visit has what it came for: somebody else may come in.
    pub(crate) fn leave(&self, visit: VisitId) {
        let mut room = self.room.lock();
        if room.inside.remove(&visit).is_some() {
            room.busy = room.busy.saturating_sub(1);
        }
    }

    /// How many are inside, and how many wait.
    #[cfg(test)]
    fn count(&self) -> (usize, usize) {
        let room = self.room.lock();
        (room.inside.len(), room.waiting.len())
    }
}

impl Room {
    /// Forgets who has gone away; at most once a second, because it looks at everybody. A clock that was moved back
    /// makes nobody wait longer: who was seen in the future is gone too.
    fn sweep(&mut self, now: Timestamp) {
        let age = |seen: Timestamp| now.duration_since(seen);
        if self
            .swept
            .is_some_and(|swept| (SignedDuration::ZERO..SignedDuration::from_secs(1)).contains(&age(swept)))
        {
            return;
        }
        self.swept = Some(now);
        let here = |seen: &Timestamp, most| (SignedDuration::ZERO..=most).contains(&age(*seen));
        self.inside.retain(|_, seen| here(seen, STAYS));
        self.busy = self.inside.values().filter(|seen| here(seen, BUSY)).count();
        self.waiting.retain(|_, seen| here(seen, AWAY));
    }

    fn count_let_in(&mut self, now: Timestamp) {
        self.let_in.push_back(now);
        if self.let_in.len() > PACE {
            self.let_in.pop_front();
        }
    }

    /// In how many minutes so many will have been let in, at least one.
    fn minutes(&self, people: usize, now: Timestamp) -> Option<u32> {
        let first = *self.let_in.front().filter(|_| self.let_in.len() >= PACE)?;
        let took = now.duration_since(first).as_secs_f64();
        #[expect(
            clippy::cast_precision_loss,
            reason = "people in a queue are far fewer than a float can count"
        )]
        let minutes = took / PACE as f64 * people as f64 / 60.0;
        // A pace of days is no answer for anybody.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 600")]
        (minutes <= 600.0).then(|| (minutes.ceil() as u32).max(1))
    }
}

#[cfg(test)]
mod tests {
    use domain::id::Id;

    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn visit(number: u64) -> VisitId {
        VisitId::from_parts(number, 1)
    }

    fn second(seconds: i64) -> Timestamp {
        START + SignedDuration::from_secs(seconds)
    }

    fn waits(turn: Turn) -> usize {
        match turn {
            Turn::Wait(ahead) => ahead.people,
            Turn::In { .. } => panic!("inside"),
        }
    }

    #[test]
    fn r4_c_who_comes_first_is_let_in_first_and_stays_inside() {
        let turns = Turns::new(2);
        for number in [1, 2] {
            assert_eq!(turns.ask(visit(number), START), Turn::In { waited: false });
        }
        // The order is the age of the visits, not the order of asking.
        assert_eq!(waits(turns.ask(visit(5), START)), 0);
        assert_eq!(waits(turns.ask(visit(4), START)), 0);
        assert_eq!(waits(turns.ask(visit(5), START)), 1);
        assert_eq!(turns.ask(visit(1), second(5)), Turn::In { waited: false });
        turns.leave(visit(1));
        assert_eq!(waits(turns.ask(visit(5), second(6))), 1, "the place is kept for who came before");
        assert_eq!(turns.ask(visit(4), second(7)), Turn::In { waited: true });
        assert_eq!(waits(turns.ask(visit(5), second(8))), 0);
        assert_eq!(turns.count(), (2, 1));
    }

    #[test]
    fn r4_c_who_goes_away_keeps_nobody_waiting() {
        let turns = Turns::new(1);
        assert_eq!(turns.ask(visit(1), START), Turn::In { waited: false });
        assert_eq!(waits(turns.ask(visit(2), START)), 0);
        assert_eq!(waits(turns.ask(visit(3), START)), 1);
        // The second does not come back, and the first shows no page any more.
        assert_eq!(turns.ask(visit(1), second(25)), Turn::In { waited: false });
        assert_eq!(waits(turns.ask(visit(3), second(50))), 1);
        assert_eq!(turns.ask(visit(3), second(61)), Turn::In { waited: true });
        // The first had a pause, and goes on.
        assert_eq!(turns.ask(visit(1), second(120)), Turn::In { waited: false });
        // A clock that was moved back keeps nobody out for ever.
        assert_eq!(turns.ask(visit(4), START), Turn::In { waited: false });
    }

    #[test]
    fn r4_c_the_wait_is_told_from_the_pace() {
        let turns = Turns::new(1);
        let mut now = START;
        let Turn::In { .. } = turns.ask(visit(0), now) else { panic!() };
        for number in 1..=PACE as u64 {
            assert!(matches!(turns.ask(visit(number), now), Turn::Wait(Ahead { minutes: None, .. })));
            now += SignedDuration::from_secs(6);
            turns.leave(visit(number - 1));
            assert_eq!(turns.ask(visit(number), now), Turn::In { waited: true });
        }
        for number in 100..119 {
            turns.ask(visit(number), now);
        }
        let Turn::Wait(ahead) = turns.ask(visit(119), now) else { panic!() };
        assert_eq!(ahead, Ahead { people: 19, minutes: Some(2) });
    }
}
