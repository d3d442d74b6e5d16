//! A transaction waiting to be run: the closure, its result, and the way back to who asked.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::error::Error;
use crate::tx::Tx;

/// What the closure wants done with its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Commit it.
    Keep,
    /// Undo it, and answer what the closure said.
    Undo,
}

/// A transaction that can be run, run again, and answered once.
pub(crate) trait Job: Send {
    /// Runs the closure and keeps its result.
    fn run(&mut self, tx: &mut Tx<'_>) -> Verdict;

    /// Answers: with the kept result, or with the error that came instead.
    fn answer(self: Box<Self>, outcome: Result<(), Error>);
}

pub(crate) struct Closure<F, T, E> {
    run: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Closure<F, T, E> {
    pub(crate) fn new(run: F) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (Self { run, result: None, reply }, answer)
    }
}

impl<F, T, E> Job for Closure<F, T, E>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Verdict {
        // The closure is `Fn` and the transaction is thrown away after a panic, so nothing half-done is seen.
        let result = catch_unwind(AssertUnwindSafe(|| (self.run)(tx)))
            .unwrap_or_else(|_| Err(E::from(Error::Panicked)));
        // A poisoned transaction cannot commit, whatever the closure made of the error.
        let result = match (result, tx.poison()) {
            (Ok(_), Some(error)) => Err(E::from(error.clone())),
            (result, _) => result,
        };
        let verdict = if result.is_ok() { Verdict::Keep } else { Verdict::Undo };
        self.result = Some(result);
        verdict
    }

    fn answer(self: Box<Self>, outcome: Result<(), Error>) {
        let result = match (outcome, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(E::from(Error::Broken("a job was answered before it ran".to_owned()))),
            (Err(error), _) => Err(E::from(error)),
        };
        // Nobody listens when the request was given up; the work stands all the same.
        drop(self.reply.send(result));
    }
}
