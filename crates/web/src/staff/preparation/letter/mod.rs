//! 交付のご案内: parts of at most fifty, printed, transferred to the city, posted by it.

pub(super) mod covers;
pub(super) mod enclosures;
pub(super) mod export;
pub(super) mod list;
pub(super) mod office;
pub(super) mod paper;
pub(super) mod posted;
pub(super) mod print;
pub(super) mod show;
pub(super) mod sorting;
pub(super) mod stuffing;
pub(super) mod take_out;
pub(super) mod transfer;
pub(super) mod versions;

use store::letter::LetterError;

use crate::kit::PageError;

/// What remains of the errors of letters once their form has its sentences.
pub(super) fn failed(error: LetterError) -> PageError {
    match error {
        LetterError::Store(error) => error.into(),
        LetterError::NotStuffed(_) => PageError::Conflict(
            "案内・交付通知書・カードの数が一致していません。封入の照合を終えてください。".to_owned(),
        ),
        LetterError::NotReady => PageError::Conflict("この案内はすでに次の段階に進んでいます。".to_owned()),
        LetterError::NoLetter(_) => PageError::Conflict(
            "このカードには案内を再発行できません。カードの状態を確かめてください。".to_owned(),
        ),
        LetterError::Step(_) | LetterError::Reused(_) => {
            PageError::Conflict("ほかの人が先に同じカードを扱いました。開き直してください。".to_owned())
        }
        other => PageError::internal(other),
    }
}
