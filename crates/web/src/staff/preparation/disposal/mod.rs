//! 保管期限と廃棄: cards that nobody collected in time, what puts that off, the city's instruction, and the city's word that it
//! destroyed them. Nothing is recalled by the clock: until the city instructs it a card is booked and handed out as ever.

pub(super) mod deadlines;
pub(super) mod export;
pub(super) mod extend;
pub(super) mod order;
pub(super) mod pass;
pub(super) mod record;
#[cfg(test)]
pub(super) mod samples;
pub(super) mod show;

use domain::disposal::Months;
use domain::id::CardId;
use domain::rules::RuleSet;
use jiff::civil::Date;
use store::disposal::DisposalError;

use crate::kit::PageError;
use crate::staff::field;

/// The cards whose last day is over or near.
pub(crate) const DEADLINES: &str = "/deadlines";
/// The cards that are to be destroyed, and those that the city destroyed.
pub(crate) const DISPOSALS: &str = "/disposals";

/// The page on which a card is kept for longer.
pub(crate) fn storage(card: CardId) -> String {
    format!("/cards/{card}/storage")
}

/// For how long cards are kept by the rules of a day.
pub(crate) fn months(rules: &RuleSet, day: Date) -> Months {
    let custody = rules.custody(day);
    Months { posted: custody.posted_months, reminded: custody.reminded_months }
}

/// How long cards are kept, in words.
fn months_words(months: Months) -> String {
    format!(
        "交付通知書の最初の発送から{}か月、かつ最後の受取勧奨から{}か月（どちらか遅い日まで）。受取勧奨を送っていないカードに期限はありません。",
        months.posted, months.reminded
    )
}

/// A problem in a sentence, or an answer that is none of the page's.
fn sentence(error: DisposalError) -> Result<String, PageError> {
    Ok(match error {
        DisposalError::NotFound => return Err(PageError::NotFound),
        DisposalError::NotKept => {
            "このカードは、いま保管を延ばせません（発送前、保留、または終了したカードです）。".to_owned()
        }
        DisposalError::Early => "いつまで保管するかは、今日からあとの日を選んでください。".to_owned(),
        DisposalError::Empty => "対象のカードはありません。画面を開き直してください。".to_owned(),
        DisposalError::CountDiffers { expected, counted } => {
            format!("枚数が合いません。記録では{expected}枚、数えたのは{counted}枚です。数え直してください。")
        }
        DisposalError::ImpossibleDate => {
            "廃棄した日は、市の指示の日から今日までの日にしてください。".to_owned()
        }
        DisposalError::Changed => {
            "ほかの人が先に記録しました。何も変更していません。画面を開き直してください。".to_owned()
        }
        DisposalError::Recall(error) => return super::card::recall::sentence(error),
        DisposalError::Reused(_) => return Err(field::stale()),
        DisposalError::Store(error) => return Err(error.into()),
    })
}
