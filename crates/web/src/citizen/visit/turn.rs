//! Turns in a rush: so many people choose days and times at once, whoever comes then waits in the order of arrival and
//! is let in as others are done.
//!
//! A turn belongs to a proven visit, so it is kept by reloading, by Back and by closing the page, and nobody gets one
//! by asking often. Who was let in stays in, also after a pause, but who shows no page for a moment takes nobody's
//! place: people who leave do not say so. Each node has its own room; the order is the age of the visits, which
//! every node reads in the same way. Nothing here is a fact: a node that starts again asks everybody in anew.
//!
//! **A long queue has two lines.** Who came by a letter's key has proven something, and a key gives few turns. A renewal
//! is begun by anybody, so a machine could fill the queue with turns. Once as many wait as may be inside, newcomers who
//! proved nothing stand in the second line until their browser has done some work for the turn ([`super::effort`]); then
//! they stand where their arrival puts them in the first. Of each four who are let in one is of the second line, so
//! nobody waits for ever for want of a script, and however many turns a machine takes there without working, three of
//! four places go to others. Nobody who was waiting before is moved back.

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

/// After so many of the first line one of the second is let in.
const FIRST_BEFORE_SECOND: usize = 3;

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
    /// Whether one stands in the second line, and leaves it by working for the turn.
    pub is_second: bool,
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
    first: Line,
    /// Who proved nothing and did no work, while the queue is long.
    second: Line,
    /// How many of the first line were let in since the last one of the second, while somebody stood there.
    since_second: usize,
    /// When the last ones of those who waited were let in.
    let_in: VecDeque<Timestamp>,
    /// When who is gone was last looked for.
    swept: Option<Timestamp>,
}

type Line = BTreeMap<VisitId, Timestamp>;

impl Turns {
    /// A room for so many people at once.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, room: Mutex::default() }
    }

    /// Whether it is the turn of a visit whose cookie was just read. `has_standing`: it came by a key, or worked for its
    /// turn.
    pub(crate) fn ask(&self, visit: VisitId, has_standing: bool, now: Timestamp) -> Turn {
        let mut room = self.room.lock();
        if let Some(seen) = room.inside.get_mut(&visit) {
            *seen = now;
            return Turn::In { waited: false };
        }
        room.sweep(now);
        let waited = room.waits(visit);
        let is_second = !has_standing
            && !room.first.contains_key(&visit)
            && (room.second.contains_key(&visit) || room.count_waiting() >= self.most);
        if !is_second {
            room.second.remove(&visit);
        }
        let free = self.most.saturating_sub(room.busy);
        let people = room.ahead(visit, is_second);
        if people < free {
            room.let_in(visit, is_second, waited, now);
            return Turn::In { waited };
        }
        let line = if is_second { &mut room.second } else { &mut room.first };
        line.insert(visit, now);
        metrics::counter!("citizens_told_to_wait").increment(1);
        Turn::Wait(Ahead { people, minutes: room.minutes(people + 1 - free, now), is_second })
    }

    /// Whether so many wait that turns must not be had for nothing.
    pub(crate) fn is_long(&self) -> bool {
        self.room.lock().count_waiting() >= self.most
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
        (room.inside.len(), room.count_waiting())
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
        self.first.retain(|_, seen| here(seen, AWAY));
        self.second.retain(|_, seen| here(seen, AWAY));
        if self.second.is_empty() {
            self.since_second = 0;
        }
    }

    fn waits(&self, visit: VisitId) -> bool {
        self.first.contains_key(&visit) || self.second.contains_key(&visit)
    }

    fn count_waiting(&self) -> usize {
        self.first.len() + self.second.len()
    }

    /// How many are let in before a visit: those before it in its line, and those whom the other line sends between.
    fn ahead(&self, visit: VisitId, is_second: bool) -> usize {
        let line = if is_second { &self.second } else { &self.first };
        let before = line.range(..visit).count();
        let between = if is_second {
            let due = FIRST_BEFORE_SECOND.saturating_sub(self.since_second);
            self.first.len().min(due + before * FIRST_BEFORE_SECOND)
        } else {
            self.second.len().min((before + self.since_second) / FIRST_BEFORE_SECOND)
        };
        before + between
    }

    fn let_in(&mut self, visit: VisitId, is_second: bool, waited: bool, now: Timestamp) {
        self.first.remove(&visit);
        self.second.remove(&visit);
        self.since_second = match (is_second, self.second.is_empty()) {
            (false, false) => (self.since_second + 1).min(FIRST_BEFORE_SECOND),
            _ => 0,
        };
        self.inside.insert(visit, now);
        self.busy += 1;
        if waited {
            self.count_let_in(now);
        }
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
            assert_eq!(turns.ask(visit(number), true, START), Turn::In { waited: false });
        }
        // The order is the age of the visits, not the order of asking.
        assert_eq!(waits(turns.ask(visit(5), true, START)), 0);
        assert_eq!(waits(turns.ask(visit(4), true, START)), 0);
        assert_eq!(waits(turns.ask(visit(5), true, START)), 1);
        assert_eq!(turns.ask(visit(1), true, second(5)), Turn::In { waited: false });
        turns.leave(visit(1));
        assert_eq!(waits(turns.ask(visit(5), true, second(6))), 1, "the place is kept for who came before");
        assert_eq!(turns.ask(visit(4), true, second(7)), Turn::In { waited: true });
        assert_eq!(waits(turns.ask(visit(5), true, second(8))), 0);
        assert_eq!(turns.count(), (2, 1));
    }

    #[test]
    fn r4_c_who_goes_away_keeps_nobody_waiting() {
        let turns = Turns::new(1);
        assert_eq!(turns.ask(visit(1), true, START), Turn::In { waited: false });
        assert_eq!(waits(turns.ask(visit(2), true, START)), 0);
        assert_eq!(waits(turns.ask(visit(3), true, START)), 1);
        // The second does not come back, and the first shows no page any more.
        assert_eq!(turns.ask(visit(1), true, second(25)), Turn::In { waited: false });
        assert_eq!(waits(turns.ask(visit(3), true, second(50))), 1);
        assert_eq!(turns.ask(visit(3), true, second(61)), Turn::In { waited: true });
        // The first had a pause, and goes on.
        assert_eq!(turns.ask(visit(1), true, second(120)), Turn::In { waited: false });
        // A clock that was moved back keeps nobody out for ever.
        assert_eq!(turns.ask(visit(4), true, START), Turn::In { waited: false });
    }

    #[test]
    fn r4_c_the_wait_is_told_from_the_pace() {
        let turns = Turns::new(1);
        let mut now = START;
        let Turn::In { .. } = turns.ask(visit(0), true, now) else { panic!() };
        for number in 1..=PACE as u64 {
            assert!(matches!(turns.ask(visit(number), true, now), Turn::Wait(Ahead { minutes: None, .. })));
            now += SignedDuration::from_secs(6);
            turns.leave(visit(number - 1));
            assert_eq!(turns.ask(visit(number), true, now), Turn::In { waited: true });
        }
        for number in 100..119 {
            turns.ask(visit(number), true, now);
        }
        let Turn::Wait(ahead) = turns.ask(visit(119), true, now) else { panic!() };
        assert_eq!(ahead, Ahead { people: 19, minutes: Some(2), is_second: false });
    }

    #[test]
    fn r4_c_in_a_long_queue_three_of_four_are_let_in_who_proved_or_worked() {
        let turns = Turns::new(1);
        assert_eq!(turns.ask(visit(0), false, START), Turn::In { waited: false });
        // A short queue asks nothing of anybody.
        let Turn::Wait(ahead) = turns.ask(visit(1), false, START) else { panic!() };
        assert_eq!((ahead.people, ahead.is_second), (0, false));
        assert!(turns.is_long());
        // A machine takes turns and does no work; then people come by their keys.
        for number in 10..20 {
            let Turn::Wait(ahead) = turns.ask(visit(number), false, START) else { panic!() };
            assert!(ahead.is_second);
        }
        for number in 20..26 {
            let Turn::Wait(ahead) = turns.ask(visit(number), true, START) else { panic!() };
            assert!(!ahead.is_second);
        }
        // Who works stands where the arrival says, before those who came later.
        let Turn::Wait(ahead) = turns.ask(visit(19), true, START) else { panic!() };
        assert_eq!((ahead.people, ahead.is_second), (1, false));
        // Who waited before the queue was long keeps the place, without work.
        assert_eq!(waits(turns.ask(visit(1), false, START)), 0);
        let mut order = Vec::new();
        let mut inside = visit(0);
        let everybody = || (1..26).filter(|number| *number == 1 || *number >= 10);
        for _ in 0..17 {
            turns.leave(inside);
            // Everybody asks again, the last ones first: the place is kept for whose turn it is.
            let mut people: Vec<u64> = everybody().filter(|number| !order.contains(number)).collect();
            people.reverse();
            let stands = |number: u64| number >= 19;
            let next = people.into_iter().find(|number| {
                matches!(turns.ask(visit(*number), stands(*number), START), Turn::In { waited: true })
            });
            let next = next.expect("somebody is next");
            inside = visit(next);
            order.push(next);
        }
        assert_eq!(order, [1, 19, 20, 10, 21, 22, 23, 11, 24, 25, 12, 13, 14, 15, 16, 17, 18]);
    }

    #[test]
    fn r4_c_what_is_told_is_how_many_are_let_in_before() {
        let turns = Turns::new(1);
        assert_eq!(turns.ask(visit(0), true, START), Turn::In { waited: false });
        for number in 1..=8 {
            turns.ask(visit(number), true, START);
        }
        for number in 9..=12 {
            turns.ask(visit(number), false, START);
        }
        let told = |number| waits(turns.ask(visit(number), number < 9, START));
        assert_eq!((1..=8).map(told).collect::<Vec<_>>(), [0, 1, 2, 4, 5, 6, 8, 9]);
        assert_eq!((9..=12).map(told).collect::<Vec<_>>(), [3, 7, 10, 11]);
    }
}
