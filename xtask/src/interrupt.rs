//! Ctrl-C and a polite kill: passed on to the command that runs, so that it ends, its caller comes
//! back, and whatever was started is stopped by its owner in the ordinary way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::failure::Failure;

static ASKED: AtomicBool = AtomicBool::new(false);
static RUNNING: Mutex<Option<Pid>> = Mutex::new(None);

/// Starts to listen; from here on a signal does not end this process by itself.
pub(crate) fn listen() -> Result<(), Failure> {
    let mut signals =
        Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(Failure::io("cannot listen for signals"))?;
    thread::spawn(move || {
        for _ in signals.forever() {
            // The first time the command may tidy up, the second time it may not.
            let again = ASKED.swap(true, Ordering::SeqCst);
            pass_on(if again { Signal::KILL } else { Signal::INT });
        }
    });
    Ok(())
}

/// Fails once somebody has asked to end.
pub(crate) fn check() -> Result<(), Failure> {
    if ASKED.load(Ordering::SeqCst) { Err(Failure::Interrupted) } else { Ok(()) }
}

/// A command and all it starts, for as long as this value lives: signals go to it.
pub(crate) struct Watch;

impl Watch {
    /// Takes the process group that signals are passed on to.
    pub(crate) fn over(group: Option<Pid>) -> Self {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = group;
        // A signal may have come between the start of the command and this line.
        if ASKED.load(Ordering::SeqCst) {
            pass_on(Signal::INT);
        }
        Self
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn pass_on(signal: Signal) {
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(group) = *running {
        // It may have ended by itself in this moment; then there is nobody left to tell.
        let _ = kill_process_group(group, signal);
    }
}
