//! The pages of 再送と返戻 rendered from samples.

use askama::Template;
use domain::id::{CardId, Id, LetterBatchId, NoticeRequestId, OperationId};
use domain::notice::State;
use jiff::civil::date;

use super::card::{CardPage, May, Open};
use super::list::{Back, Line, ListPage};
use crate::kit::{Form, Language, Texts};
use crate::staff::layout::samples::person;
use crate::staff::{Layout, Task};

fn layout(title: &str) -> Layout {
    Layout::new(title, date(2026, 11, 24), Some(person())).within(Task::Preparation)
}

fn list(with_lines: bool) -> ListPage {
    let request = Line {
        href: "/cards/x/notice".to_owned(),
        control: "104 230 001".to_owned(),
        asked: "11月20日(金) 13:30（電話）".to_owned(),
        age: "4日".to_owned(),
        state: State::WithCity.label(),
        with: "市民課 架空".to_owned(),
        next: "市の発送日を記録する",
    };
    let back = Back {
        href: "/cards/x/notice".to_owned(),
        control: "104 230 002".to_owned(),
        on: "11月19日(木)".to_owned(),
        age: "5日".to_owned(),
        reason: domain::notice::Undelivered::Unknown.label(),
    };
    ListPage {
        layout: layout("交付通知書の再送と返戻"),
        requests: if with_lines { vec![request] } else { vec![] },
        returned: if with_lines { vec![back] } else { vec![] },
    }
}

fn page(open: Option<State>, form: Form) -> CardPage {
    let is_refused = form.is_refused();
    CardPage {
        texts: Texts::new(Language::JA),
        layout: layout("交付通知書 104 230 001"),
        form,
        problem: is_refused.then(|| "ほかの人が先に記録しました。".to_owned()),
        by_paper: true,
        id: CardId::from_parts(1, 1),
        control: "104 230 001".to_owned(),
        posted: Some("令和8年11月4日(水)".to_owned()),
        open: open.map(|state| Open {
            id: NoticeRequestId::from_parts(1, 1),
            asked: "11月20日(金) 13:30（電話）".to_owned(),
            age: "4日".to_owned(),
            state,
            part: (state > State::Asked).then(|| LetterBatchId::from_parts(1, 1)),
            transferred: (state == State::WithCity).then(|| "11月21日 9:10（市民課 架空）".to_owned()),
            next: "案内を作り直す",
            is_alive: true,
        }),
        returned: open.is_some().then(|| "11月19日(木)　あて所に尋ねあたらず".to_owned()),
        before: vec![(
            "再送の依頼　11月6日 10:00（窓口）".to_owned(),
            "本人が見つけた：11月7日 9:00".to_owned(),
        )],
        fits: true,
        may: May { ask: true, end: true, print: true, city: true },
        operation: OperationId::from_parts(1, 1),
    }
}

/// The pages, each with the name of its sample.
pub(crate) fn pages() -> Vec<(&'static str, askama::Result<String>)> {
    let mut refused = Form::fresh();
    for field in ["on", "reason", "person", "paper"] {
        refused.refuse_ja(field, "入力してください。");
    }
    let mut no_reason = Form::fresh();
    no_reason.refuse_ja("why", "依頼を終える理由を選んでください。");
    vec![
        ("notices", list(true).render()),
        ("notices-none", list(false).render()),
        ("notice", page(None, Form::fresh()).render()),
        ("notice-came-back", page(None, refused).render()),
        ("notice-asked", page(Some(State::Asked), no_reason).render()),
        ("notice-with-city", page(Some(State::WithCity), Form::fresh()).render()),
    ]
}
