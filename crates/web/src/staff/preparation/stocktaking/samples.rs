//! The pages of the stock-taking rendered from samples.

use askama::Template;
use domain::id::{CardId, Id, OperationId, PlaceId, StocktakingId};
use domain::stocktaking::Difference;
use jiff::civil::date;
use store::stocktaking::count::InBox;

use super::super::register::check::{CheckPage, Line as Due, Month as Checks};
use super::super::register::export::LISTING as FOUND;
use super::answer::Answer;
use super::count::{BoxPage, Line, Stage};
use super::export::{DIFFERENCE_LISTING, LISTING};
use super::index::{IndexPage, Line as Listed, Month};
use super::page::Said;
use super::show::ShowPage;
use crate::kit::{Form, Language, Texts};
use crate::staff::layout::samples::person;
use crate::staff::listing::samples::rows;
use crate::staff::{Layout, Task};

fn layout(title: &str) -> Layout {
    Layout::new(title, date(2026, 11, 24), Some(person())).within(Task::Storage)
}

fn operation() -> OperationId {
    OperationId::from_parts(1, 1)
}

fn index(month_state: Month) -> IndexPage {
    IndexPage {
        layout: layout("棚卸"),
        month: "11月".to_owned(),
        month_state,
        checks: Checks { cards: 7_500, done: 3_120, today: 375 },
        lines: [None, Some("10月30日 16:10 業務責任者")]
            .map(|closed| Listed {
                href: "/stocktakings/1".to_owned(),
                day: "令和8年11月24日(火)".to_owned(),
                begun: "11月24日 9:05 従事者".to_owned(),
                closed: closed.map(str::to_owned),
            })
            .into(),
        may_begin: month_state != Month::Open,
        operation: operation(),
    }
}

fn show(done: usize, problem: Option<String>) -> ShowPage {
    ShowPage {
        layout: layout("棚卸 令和8年11月24日(火)"),
        id: StocktakingId::from_parts(1, 1),
        problem,
        words: vec!["開始：11月24日 9:05 従事者".to_owned(), "前回の棚卸：ありません".to_owned()],
        done,
        all: 12,
        open: 3,
        may_count: true,
        may_close: true,
        last: Some(Answer::PlaceFirst.into()),
        ended: Some("箱1-2-3：数え終わりました。次の箱のラベルを読み取ってください".to_owned()),
        boxes: rows(&LISTING, 3),
        differences: rows(&DIFFERENCE_LISTING, 2),
        operation: operation(),
    }
}

fn counted(stage: Stage, answer: Option<Answer>, form: Form) -> BoxPage {
    let differences = if stage == Stage::Differs { vec![line(1), line(2)] } else { Vec::new() };
    BoxPage {
        texts: Texts::new(Language::JA),
        layout: layout("箱1-2-3の棚卸（1回目）"),
        of: InBox { stocktaking: StocktakingId::from_parts(1, 1), place: PlaceId::from_parts(1, 2) },
        me: operation().to_string(),
        stage,
        said: answer
            .map(|answer| Said { answer, card: Some("104 230 001　記録の場所：箱1-2-4".to_owned()) }),
        form,
        problem: None,
        differences,
        may_count: true,
    }
}

fn check(due: bool) -> CheckPage {
    let line = || Due {
        card: CardId::from_parts(1, 1),
        href: "/cards/1".to_owned(),
        control: "104 230 001".to_owned(),
        list: "R8.11.20-1".to_owned(),
        place: "箱1-2-3".to_owned(),
        before: "10月26日(月)".to_owned(),
    };
    CheckPage {
        layout: layout("住民記録との突合"),
        month: Checks { cards: 7_500, done: 3_120, today: if due { 375 } else { 0 } },
        card: due.then(line),
        next: if due { vec![line(), line()] } else { Vec::new() },
        last: due.then(|| (line(), "転出")),
        may_check: true,
        found: rows(&FOUND, if due { 2 } else { 0 }),
        operation: operation(),
        again: operation(),
    }
}

fn line(n: u128) -> Line {
    let difference = if n == 1 { Difference::Missing } else { Difference::Extra };
    Line {
        card: CardId::from_parts(1, n),
        control: "104 230 001".to_owned(),
        difference: difference.label(),
        is_missing: n == 1,
        seen_first: false,
        place: "箱1-2-3".to_owned(),
        reason: None,
        remark: String::new(),
        reasons: difference.reasons().to_vec(),
        operation: operation(),
    }
}

/// The pages, each with the name of its sample.
pub(crate) fn pages() -> Vec<(&'static str, askama::Result<String>)> {
    let mut refused = Form::fresh();
    refused.fill(super::difference::CARD, CardId::from_parts(1, 1).to_string());
    refused.refuse_ja(super::difference::REASON, "差の理由を選んでください。");
    refused.refuse_ja("remark", "備考を入力してください。");
    let mine = |expected| Stage::Mine { seen: 132, expected };
    let fresh = Form::fresh;
    vec![
        ("stocktakings", index(Month::Lacks).render()),
        ("stocktakings-done", index(Month::Done).render()),
        ("register-checks", check(true).render()),
        ("register-checks-done", check(false).render()),
        ("stocktaking", show(7, None).render()),
        ("stocktaking-closes", show(12, Some("まだ終えられません。".to_owned())).render()),
        ("stocktaking-first", counted(mine(Some(150)), Some(Answer::Good), fresh()).render()),
        ("stocktaking-extra", counted(mine(Some(150)), Some(Answer::Extra), fresh()).render()),
        ("stocktaking-double", counted(mine(Some(150)), Some(Answer::Before), fresh()).render()),
        ("stocktaking-second", counted(mine(None), Some(Answer::Blind), fresh()).render()),
        ("stocktaking-fresh", counted(Stage::Fresh, None, fresh()).render()),
        (
            "stocktaking-theirs",
            counted(Stage::Theirs("従事者".to_owned()), Some(Answer::Other), fresh()).render(),
        ),
        ("stocktaking-again", counted(Stage::Again(true), None, fresh()).render()),
        ("stocktaking-differs", counted(Stage::Differs, None, refused).render()),
        ("stocktaking-done", counted(Stage::Done, None, fresh()).render()),
    ]
}
