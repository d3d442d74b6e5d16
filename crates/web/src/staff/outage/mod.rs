//! When the system is down: what goes into the folder from which the counter works meanwhile, and how that folder stands.

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

/// Registers the screens of this part.
pub(crate) fn routes(desk: Desk) -> Desk {
    desk.get(PAGE, Access::May(Permission::SeeToday), show::show)
}

/// What is wrong with the folder, in one sentence for the board.
pub(crate) fn how_bad(fault: Fault) -> String {
    let why = fault.why.map_or("決めた間隔で書き直されていません", Why::label);
    match fault.written_at {
        Some(at) => format!("{why}。最後に書けたのは{}", wording::moment(at)),
        None => format!("{why}。プログラムの開始から一度も書けていません"),
    }
}
