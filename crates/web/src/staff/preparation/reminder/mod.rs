//! 受取勧奨: whom the city reminds of a card that waits, what it says of the sending, and what came of it. The letters and the
//! addresses are the city's alone.

pub(super) mod export;
pub(super) mod list;
pub(super) mod make;
pub(super) mod new;
#[cfg(test)]
pub(super) mod samples;
pub(super) mod show;
pub(super) mod told;

use domain::id::ReminderId;
use domain::reminder::{Criteria, State};
use store::reminder::ReminderError;

use crate::kit::PageError;
use crate::staff::field;

/// The rounds.
pub(crate) const LIST: &str = "/reminders";

/// The page of a round.
pub(crate) fn href(id: ReminderId) -> String {
    format!("{LIST}/{id}")
}

/// The name of a round: 第3回.
pub(crate) fn name(number: u32) -> String {
    format!("第{number}回")
}

/// Whom a round is for, in words.
fn criteria_words(criteria: Criteria) -> String {
    let again = match criteria.again {
        Some(days) => format!("、この{days}日に受取勧奨を送っていない"),
        None => String::new(),
    };
    format!("発送から{}日以上たち、予約がなく、手元にあるカード{again}", criteria.posted)
}

/// A problem in a sentence, or an answer that is none of the page's.
fn sentence(error: ReminderError) -> Result<String, PageError> {
    Ok(match error {
        ReminderError::NotFound => return Err(PageError::NotFound),
        ReminderError::Empty => {
            "印を付けたカードは、示したあとで予約が入ったか、ほかの人が先に名簿を作りました。対象を出し直してください。"
                .to_owned()
        }
        ReminderError::TooMany(cards) => format!(
            "1回の名簿は{}枚までです（印を付けたのは{cards}枚）。印を減らしてください。",
            domain::reminder::MOST
        ),
        ReminderError::Over(State::Withdrawn) => {
            "この受取勧奨は、ほかの人が先に取りやめと記録しました。".to_owned()
        }
        ReminderError::Over(_) => "この受取勧奨は、ほかの人が先に送付を記録しました。".to_owned(),
        ReminderError::ImpossibleDate => "送付した日は、名簿を作った日から今日までの日にしてください。".to_owned(),
        ReminderError::Reused(_) => return Err(field::stale()),
        ReminderError::Store(error) => return Err(error.into()),
    })
}
