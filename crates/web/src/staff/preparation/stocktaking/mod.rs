//! 棚卸: the stock-takings of the site, the count of each box by scan, and the reasons of what differs.

pub(super) mod answer;
pub(super) mod count;
pub(super) mod difference;
pub(super) mod export;
pub(super) mod index;
pub(super) mod page;
#[cfg(test)]
pub(super) mod samples;
pub(super) mod scan;
pub(super) mod show;

use domain::id::{PlaceId, StocktakingId};
use store::stocktaking::count::InBox;

use crate::kit::PageError;
use crate::staff::field;

/// The page of the site's stock-takings.
pub(crate) const INDEX: &str = "/stocktakings";

/// The page of a stock-taking.
pub(crate) fn href(id: StocktakingId) -> String {
    format!("{INDEX}/{id}")
}

/// The page of a box in it.
pub(crate) fn box_href(of: InBox) -> String {
    format!("{INDEX}/{}/boxes/{}", of.stocktaking, of.place)
}

/// A box by its address.
fn in_box((stocktaking, place): (String, String)) -> Result<InBox, PageError> {
    let (stocktaking, place): (StocktakingId, PlaceId) = (field::id(&stocktaking)?, field::id(&place)?);
    Ok(InBox { stocktaking, place })
}
