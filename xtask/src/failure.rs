//! Why a task ended early.

use std::fmt;
use std::io;
use std::process::ExitStatus;

/// The first thing that went wrong; everything after it is not tried.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Ctrl-C or a request to end.
    Interrupted,
    /// The words on the command line are not understood.
    Usage(String),
    /// A command ran and said no.
    Command {
        /// The command as it was printed.
        line: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// Something that a step cannot do without is not there.
    Missing(String),
    /// The operating system refused.
    Io {
        /// What was being done.
        what: String,
        /// What it answered.
        source: io::Error,
    },
}

impl Failure {
    /// Wraps an operating system's answer with what was being done.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    /// 130 after Ctrl-C and 2 for a wrong command line, as shells do; 1 otherwise.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Interrupted => 130,
            Self::Usage(_) => 2,
            Self::Command { .. } | Self::Missing(_) | Self::Io { .. } => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted => write!(out, "interrupted"),
            Self::Usage(what) | Self::Missing(what) => write!(out, "{what}"),
            Self::Command { line, status } => write!(out, "`{line}` ended with {status}"),
            Self::Io { what, source } => write!(out, "{what}: {source}"),
        }
    }
}

impl std::error::Error for Failure {}
