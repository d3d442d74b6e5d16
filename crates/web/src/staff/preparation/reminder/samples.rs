//! The pages of 受取勧奨 rendered from samples.

use askama::Template;
use domain::card::Stage;
use domain::consignment::PostBlock;
use domain::id::{CardId, Id, OperationId, ReminderId};
use domain::number::ControlNumber;
use domain::reminder::{Criteria, Since, State};
use jiff::civil::date;
use store::reminder::{Reminded, Reminder};

use super::export::{CARDS, ROUNDS};
use super::list::ListPage;
use super::new::{Found, NewPage, Row};
use super::show::{ShowPage, count};
use super::{criteria_words, name};
use crate::kit::{Fields, Form, Language, Texts};
use crate::staff::layout::samples::person;
use crate::staff::listing::samples::rows;
use crate::staff::{Layout, Task};

fn layout(title: &str) -> Layout {
    Layout::new(title, date(2026, 11, 24), Some(person())).within(Task::Preparation)
}

fn round(state: State) -> Reminder {
    Reminder {
        id: ReminderId::from_parts(1, 1),
        number: 2,
        site: "honcho".parse().unwrap(),
        made_on: date(2026, 11, 16),
        at: "2026-11-16T01:20:00Z".parse().unwrap(),
        criteria: Criteria { posted: 90, again: Some(180) },
        cards: 4,
        ordered_by: "市民課 架空".to_owned(),
        state,
        sent: (state == State::Sent).then(|| (date(2026, 11, 18), "市民課 架空".to_owned())),
    }
}

fn card(n: u32, stage: Stage, since: Since) -> Reminded {
    Reminded {
        card: CardId::from_parts(1, u128::from(n)),
        control_number: ControlNumber::from_base(n).unwrap(),
        line: n,
        list_date: date(2026, 5, 20),
        posted_on: date(2026, 6, 1).saturating_sub(jiff::Span::new().days(i64::from(n) * 100)),
        post_block: PostBlock::Other,
        place_name: "A棚 箱3".to_owned(),
        stage,
        since,
    }
}

fn cards() -> Vec<Reminded> {
    let since = |is_booked, was_booked, came| Since { is_booked, was_booked, came };
    vec![
        card(1, Stage::Issued, since(false, true, true)),
        card(2, Stage::Notified, since(true, true, false)),
        card(3, Stage::Notified, Since::default()),
        card(4, Stage::Notified, since(false, true, false)),
    ]
}

fn list(with_rounds: bool) -> ListPage {
    ListPage {
        layout: layout("受取勧奨"),
        may_make: true,
        table: rows(&ROUNDS, if with_rounds { 2 } else { 0 }),
    }
}

fn new(form: Form, found: bool, problem: Option<&str>) -> NewPage {
    let row = |n: u32, remark| Row {
        id: CardId::from_parts(1, u128::from(n)),
        ticked: n == 1,
        href: "/cards/x".to_owned(),
        control: "104 230 001".to_owned(),
        list_line: "R8.5.20-12".to_owned(),
        block: "564".to_owned(),
        posted: "R8.6.1".to_owned(),
        age: 176,
        reminded: "5月18日(月)".to_owned(),
        remark,
    };
    NewPage {
        texts: Texts::new(Language::JA),
        layout: layout("受取勧奨の名簿を作る"),
        form,
        problem: problem.map(ToOwned::to_owned),
        found: found.then(|| Found {
            day: "令和8年11月24日(火)".to_owned(),
            rows: vec![row(1, ""), row(2, "返戻（市にあります）")],
            more: true,
        }),
        by_paper: true,
        operation: OperationId::from_parts(1, 1),
    }
}

fn show(state: State, form: Form) -> ShowPage {
    let (round, cards) = (round(state), cards());
    let (counts, ages) = count(&round, &cards);
    ShowPage {
        texts: Texts::new(Language::JA),
        layout: layout("受取勧奨 第2回"),
        form,
        problem: None,
        id: round.id,
        name: name(round.number),
        state,
        made: "11月16日(月) 10:20".to_owned(),
        criteria: criteria_words(round.criteria),
        ordered_by: round.ordered_by.clone(),
        sent: round.sent.as_ref().map(|(_, person)| format!("令和8年11月18日(水)（{person}）")),
        left_out: (state == State::Listed).then_some(3),
        counts,
        ages,
        table: rows(&CARDS, 4),
        may_record: true,
        by_paper: true,
        operation: OperationId::from_parts(1, 2),
    }
}

/// The pages, each with the name of its sample.
pub(crate) fn pages() -> Vec<(&'static str, askama::Result<String>)> {
    let asked = || Fields::of(&[("posted", "90"), ("again", "180")]).form(&["posted", "again"]).unwrap();
    let refused = |names: &[&'static str]| {
        let mut form = asked();
        for name in names {
            form.refuse_ja(name, "入力してください。");
        }
        form
    };
    vec![
        ("reminders", list(true).render()),
        ("reminders-none", list(false).render()),
        ("reminder-new", new(Form::fresh(), false, None).render()),
        ("reminder-new-refused", new(refused(&["posted", "again"]), false, None).render()),
        ("reminder-targets", new(asked(), true, None).render()),
        ("reminder-targets-refused", new(refused(&["card", "person", "paper"]), true, None).render()),
        ("reminder-targets-gone", new(asked(), true, Some("対象を出し直してください。")).render()),
        ("reminder", show(State::Listed, Form::fresh()).render()),
        ("reminder-refused", show(State::Listed, refused(&["what", "on", "person", "paper"])).render()),
        ("reminder-sent", show(State::Sent, Form::fresh()).render()),
    ]
}
