//! The bounded queue in front of the writers: staff before public before background, with ageing.
//!
//! Each lane has its own bound, so that a rush on the public pages cannot fill the staff's lane.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::job::Job;
use crate::error::Error;

/// Who is waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Operators and city staff.
    Staff,
    /// Citizens.
    Public,
    /// Jobs of the program.
    Background,
}

const LANES: [Lane; 3] = [Lane::Staff, Lane::Public, Lane::Background];

impl Lane {
    fn index(self) -> usize {
        match self {
            Self::Staff => 0,
            Self::Public => 1,
            Self::Background => 2,
        }
    }

    /// How much earlier than it came a job of the staff's lane counts, in effect: the ageing.
    fn handicap(self) -> Duration {
        match self {
            Self::Staff => Duration::ZERO,
            Self::Public => Duration::from_millis(50),
            Self::Background => Duration::from_millis(500),
        }
    }

    fn bound(self) -> usize {
        match self {
            Self::Staff | Self::Public => 1024,
            Self::Background => 256,
        }
    }

    /// How long a job may wait before it is answered `Busy` unrun.
    fn patience(self) -> Duration {
        match self {
            Self::Staff => Duration::from_secs(10),
            Self::Public => Duration::from_secs(3),
            Self::Background => Duration::from_mins(1),
        }
    }

    /// The word in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Public => "public",
            Self::Background => "background",
        }
    }
}

pub(crate) struct Waiting {
    pub(crate) job: Box<dyn Job>,
    lane: Lane,
    since: Instant,
}

impl Waiting {
    /// Answers the job `Busy` when it waited too long, or gives it on.
    pub(crate) fn in_time(self) -> Option<Box<dyn Job>> {
        let waited = self.since.elapsed();
        metrics::histogram!("store_wait_seconds", "lane" => self.lane.name()).record(waited.as_secs_f64());
        if waited > self.lane.patience() {
            self.job.answer(Err(Error::Busy));
            return None;
        }
        Some(self.job)
    }
}

#[derive(Default)]
struct Lanes {
    waiting: [VecDeque<Waiting>; 3],
    closed: bool,
}

impl Lanes {
    fn next(&mut self) -> Option<Waiting> {
        let first = LANES
            .into_iter()
            .filter_map(|lane| {
                self.waiting[lane.index()].front().map(|job| (job.since + lane.handicap(), lane))
            })
            .min_by_key(|(due, _)| *due)?;
        self.waiting[first.1.index()].pop_front()
    }
}

/// The queue that callers fill and writers empty.
#[derive(Default)]
pub(crate) struct Queue {
    lanes: Mutex<Lanes>,
    arrived: Condvar,
}

impl Queue {
    /// Puts a job in; a full or closed lane answers it at once.
    pub(crate) fn push(&self, lane: Lane, job: Box<dyn Job>) {
        let mut lanes = self.lanes.lock();
        let refusal = if lanes.closed {
            Some(Error::Unavailable("the program is stopping".to_owned()))
        } else if lanes.waiting[lane.index()].len() >= lane.bound() {
            Some(Error::Busy)
        } else {
            None
        };
        if let Some(error) = refusal {
            drop(lanes);
            job.answer(Err(error));
            return;
        }
        let queue = &mut lanes.waiting[lane.index()];
        queue.push_back(Waiting { job, lane, since: Instant::now() });
        metrics::gauge!("store_queue", "lane" => lane.name())
            .set(u32::try_from(queue.len()).unwrap_or(u32::MAX));
        drop(lanes);
        self.arrived.notify_one();
    }

    /// Waits for the next job; `None` once the queue is closed and empty.
    pub(crate) fn wait(&self) -> Option<Waiting> {
        let mut lanes = self.lanes.lock();
        loop {
            if let Some(job) = lanes.next() {
                return Some(job);
            }
            if lanes.closed {
                return None;
            }
            self.arrived.wait(&mut lanes);
        }
    }

    /// Takes the next job if one waits.
    pub(crate) fn try_next(&self) -> Option<Waiting> {
        self.lanes.lock().next()
    }

    /// Lets the writers end once all that waits is done.
    pub(crate) fn close(&self) {
        self.lanes.lock().closed = true;
        self.arrived.notify_all();
    }
}
