//! When the system is down: what goes into the folder from which the counter works meanwhile, and how that folder stands.

pub(crate) mod enter;
mod papers;
#[cfg(test)]
mod samples;
pub(crate) mod show;

use domain::permission::Permission;

pub use papers::{OutagePaper, papers};

use super::desk::{Access, Desk};
use super::wording;
use crate::outage::{Fault, Why};

/// The page about outages.
pub(crate) const PAGE: &str = "/outage";

/// What was done on paper meanwhile.
pub(crate) const ENTRIES: &str = "/outage/entries";

/// Registers the screens of this part.
pub(crate) fn routes(desk: Desk) -> Desk {
    let may = Access::May;
    desk.get(PAGE, may(Permission::SeeToday), show::show)
        .get(ENTRIES, may(Permission::ReceiveVisitors), enter::show)
        .post(ENTRIES, may(Permission::ReceiveVisitors), enter::take)
}

/// What is wrong with the folder, in one sentence for the board.
pub(crate) fn how_bad(fault: Fault) -> String {
    let why = fault.why.map_or("決めた間隔で書き直されていません", Why::label);
    match fault.written_at {
        Some(at) => format!("{why}。最後に書けたのは{}", wording::moment(at)),
        None => format!("{why}。プログラムの開始から一度も書けていません"),
    }
}
