//! The folder with papers that a counter works from while the system is down (R4.h).
//!
//! The binary writes it ([`crate::staff::outage::papers`] says what goes in); here stands how it went, so that the board
//! and health tell it. It is of this node: each node that is to write has a folder of its own, named by its
//! configuration, and no agreement with the others. Nothing here is a record.

use std::io;

use jiff::{SignedDuration, Timestamp};
use parking_lot::RwLock;

use crate::App;

/// After how many turns that did not come a folder is told as old, though nothing failed that is known.
const MISSED: i32 = 3;

/// What the deployment says of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Where it is, as it is told to people.
    pub path: String,
    /// How often it is written.
    pub every: SignedDuration,
}

/// Why it was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is not there: the disk or the share is away, or its name is wrong.
    NotThere,
    /// The program may not write there.
    Refused,
    /// The disk is full.
    Full,
    /// It did not answer in time, as a share does whose server is away.
    Silent,
    /// A paper could not be made, or the records could not be read.
    NotMade,
    /// Something else.
    Other,
}

impl Why {
    /// What the system's answer means.
    pub fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NotThere,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Refused,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            io::ErrorKind::TimedOut => Self::Silent,
            _ => Self::Other,
        }
    }

    /// The words on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotThere => "フォルダーがありません（ディスクや共有につながっていません）",
            Self::Refused => "フォルダーに書く権限がありません",
            Self::Full => "ディスクに空きがありません",
            Self::Silent => "フォルダーが時間内に応答しません",
            Self::NotMade => "リストを作れませんでした",
            Self::Other => "フォルダーに書けませんでした",
        }
    }

    /// The words for those who look after the machine.
    pub fn technical(self) -> &'static str {
        match self {
            Self::NotThere => "it is not there",
            Self::Refused => "the program may not write there",
            Self::Full => "the disk is full",
            Self::Silent => "it does not answer in time",
            Self::NotMade => "the papers could not be made",
            Self::Other => "it cannot be written",
        }
    }
}

/// Something is wrong with the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// When it was written last; none: not since the program began.
    pub written_at: Option<Timestamp>,
    /// Why it is not written; none: nothing failed, but nothing was written either.
    pub why: Option<Why>,
}

/// How the folder stands.
#[derive(Debug)]
pub(crate) struct Standing(RwLock<Known>);

#[derive(Debug, Clone, Copy)]
struct Known {
    since: Timestamp,
    written_at: Option<Timestamp>,
    failed: Option<Why>,
}

impl Standing {
    /// Nothing is known before the first turn.
    pub(crate) fn since(now: Timestamp) -> Self {
        Self(RwLock::new(Known { since: now, written_at: None, failed: None }))
    }
}

impl App {
    /// The folder was written whole.
    pub fn outage_written(&self, at: Timestamp) {
        let mut known = self.outage.0.write();
        (known.written_at, known.failed) = (Some(at), None);
    }

    /// The folder was not written, or not whole.
    pub fn outage_failed(&self, why: Why) {
        self.outage.0.write().failed = Some(why);
    }

    /// When the folder was written last since the program began.
    pub fn outage_written_at(&self) -> Option<Timestamp> {
        self.outage.0.read().written_at
    }

    /// What is wrong with the folder; none where it is well, or where none is set up.
    pub fn outage_fault(&self) -> Option<Fault> {
        let folder = self.settings.outage.as_ref()?;
        let known = *self.outage.0.read();
        let age = self.now().duration_since(known.written_at.unwrap_or(known.since));
        let is_old = age > folder.every * MISSED;
        (known.failed.is_some() || is_old)
            .then_some(Fault { written_at: known.written_at, why: known.failed })
    }
}
