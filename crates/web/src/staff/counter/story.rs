//! What happened to a reservation or a reception, oldest first, in the journal's words.

use domain::journal::Subject;
use domain::time::{day_of, month_day_ja};
use store::Reader;

use crate::staff::account::words::{Names, sentence};
use crate::staff::wording;

/// One thing that happened.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// The day and the time.
    pub(crate) at: String,
    /// Who.
    pub(crate) who: String,
    /// What.
    pub(crate) what: String,
    /// The person's own words.
    pub(crate) remark: String,
}

/// Reads the story of a thing.
pub(crate) fn of(reader: &mut Reader<'_>, subject: &Subject) -> Result<Vec<Line>, store::Error> {
    let written = store::journal::of(reader, subject)?;
    let names = Names::gather(reader, &written)?;
    let line = |written: store::journal::Written| Line {
        at: format!("{} {}", month_day_ja(day_of(written.at)), wording::time(written.at)),
        who: names.actor(written.actor),
        what: sentence(&written.entry, &names),
        remark: written.remark.unwrap_or_default(),
    };
    Ok(written.into_iter().map(line).collect())
}
