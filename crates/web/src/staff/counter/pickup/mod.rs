//! 返戻カードの窓口での受け取り: a citizen comes for a card that the city had mailed and the post brought back. The form and
//! the copies go to the city, the city gives the card out, and it is handed over against a signature (11(2)).

mod act;
pub(super) mod begin;
pub(super) mod came;
pub(super) mod end;
pub(super) mod hand;
#[cfg(test)]
pub(super) mod samples;
pub(crate) mod show;

use domain::id::CardId;
use store::pickup::PickupError;

use crate::kit::PageError;
use crate::staff::field;

/// The page of a card's pick-up.
pub(crate) fn href(card: CardId) -> String {
    format!("/cards/{card}/pickup")
}

/// A problem in a sentence, or an answer that is none of the page's.
fn sentence(error: PickupError) -> Result<String, PageError> {
    Ok(match error {
        PickupError::NotFound => return Err(PageError::NotFound),
        PickupError::NotBack => {
            "このカードは、郵便から戻って市にあるカードではないか、保留のカードです。市の担当に確かめてください。"
                .to_owned()
        }
        PickupError::Open => "ほかの人が先に受け付けていて、まだ終わっていません。下の記録を確かめてください。".to_owned(),
        PickupError::Further(state) => {
            format!("ほかの人が先に記録しました。いまは「{}」です。下の記録を確かめてください。", state.label())
        }
        PickupError::Elsewhere(place) => {
            format!("カードの記録は「{}」にあります。カードの経過と事故の記録を確かめてください。", place.label())
        }
        PickupError::Reused(_) => return Err(field::stale()),
        PickupError::Store(error) => return Err(error.into()),
    })
}
