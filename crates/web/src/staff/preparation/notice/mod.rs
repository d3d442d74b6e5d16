//! 交付通知書の再送と返戻: a citizen asks for the notice again, the request is followed until the city posted it; and what
//! the city tells of notices that came back. The addresses are the city's alone, and nothing here asks for one.

pub(super) mod ask;
pub(super) mod came_back;
pub(super) mod card;
pub(super) mod end;
pub(super) mod list;
#[cfg(test)]
pub(super) mod samples;

use domain::notice::State;
use domain::time::day_of;
use jiff::civil::Date;
use store::notice::{NoticeError, Request};

use crate::kit::PageError;
use crate::staff::field;

/// The list of what is open.
pub(crate) const LIST: &str = "/notices";

/// A problem in a sentence, or an answer that is none of the page's.
fn sentence(error: NoticeError) -> Result<String, PageError> {
    Ok(match error {
        NoticeError::NotFound => return Err(PageError::NotFound),
        NoticeError::NotNotified => {
            "このカードの交付通知書は、いま再送も返戻も記録できません。カードの状態を確かめてください。"
                .to_owned()
        }
        NoticeError::Open => {
            "ほかの人が先に記録していて、まだ終わっていません。下の記録を確かめてください。".to_owned()
        }
        NoticeError::Over(ended) => {
            format!("この依頼は、ほかの人が先に「{}」で終えました。", ended.label())
        }
        NoticeError::ImpossibleDate => {
            "戻った日は、交付通知書を発送した日から今日までの日にしてください。".to_owned()
        }
        NoticeError::Reused(_) => return Err(field::stale()),
        NoticeError::Store(error) => return Err(error.into()),
    })
}

/// How long ago a day was, in days.
fn age(since: Date, today: Date) -> String {
    match since.until(today).map_or(0, |span| span.get_days()) {
        days if days <= 0 => "今日".to_owned(),
        days => format!("{days}日"),
    }
}

/// How many days a request has been waiting.
fn waits(request: &Request, today: Date) -> String {
    age(day_of(request.at), today)
}

/// What is to be done of a request, in words.
fn next(request: &Request) -> &'static str {
    match (request.is_alive, request.state) {
        (false, _) => "カードの状態を確かめ、依頼を終える",
        (true, State::Asked) => "案内を作り直す",
        (true, State::Prepared) => "同封する書類をそろえ、市へ引き継ぐ",
        (true, State::WithCity) => "市の発送日を記録する",
    }
}
