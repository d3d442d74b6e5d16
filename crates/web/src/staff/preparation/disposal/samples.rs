//! The pages of 保管期限 and 廃棄 rendered from samples.

use askama::Template;
use domain::disposal::{Months, Standing};
use domain::id::{CardId, Id, OperationId};
use jiff::civil::date;

use super::deadlines::{DeadlinesPage, Pick};
use super::export::{DEADLINE_CELLS, DISPOSED};
use super::extend::ExtendPage;
use super::months_words;
use super::pass::PassPage;
use super::record::{RecordPage, Row};
use super::show::{Line, ShowPage};
use crate::kit::{Form, Language, Texts};
use crate::staff::layout::samples::person;
use crate::staff::listing::samples::{rows, table};
use crate::staff::{Layout, Task};

const MONTHS: Months = Months { posted: 12, reminded: 3 };

fn layout(title: &str) -> Layout {
    Layout::new(title, date(2027, 12, 2), Some(person())).within(Task::Storage)
}

fn refused(names: &[&'static str]) -> Form {
    let mut form = Form::fresh();
    for name in names {
        form.refuse_ja(name, "入力してください。");
    }
    form
}

fn deadlines(cards: u128, form: Form, problem: Option<&str>) -> DeadlinesPage {
    let pick = |n: u128| Pick {
        id: (n != 2).then(|| CardId::from_parts(1, n)),
        ticked: n == 1,
        control: "104 230 001".to_owned(),
    };
    DeadlinesPage {
        texts: Texts::new(Language::JA),
        layout: layout("保管期限"),
        form,
        problem: problem.map(ToOwned::to_owned),
        today: "令和9年12月2日(木)".to_owned(),
        rule: months_words(MONTHS),
        counts: [(Standing::Past, 2), (Standing::Soon, 0), (Standing::Extended, 1)],
        table: table(&DEADLINE_CELLS, (1..=cards).map(pick).collect()),
        may_order: true,
        by_paper: true,
        operation: OperationId::from_parts(1, 1),
    }
}

fn show(with_cards: bool) -> ShowPage {
    let line = |place: &str, next| Line {
        href: "/cards/x".to_owned(),
        control: "104 230 001".to_owned(),
        reference: "R8.10.30-12".to_owned(),
        since: "12月2日(木)".to_owned(),
        place: place.to_owned(),
        next,
    };
    let lines = vec![
        line("A棚 箱3", ("箱から出して読み取る", Some("/pull/2027-12-02".to_owned()))),
        line("検品机", ("市へ渡す", None)),
        line("市", ("市の廃棄を待つ", None)),
    ];
    ShowPage {
        layout: layout("カードの廃棄"),
        ordered: with_cards.then_some((2, 1)),
        lines: if with_cards { lines } else { vec![] },
        on_desk: usize::from(with_cards),
        with_city: usize::from(with_cards),
        may_record: true,
        table: rows(&DISPOSED, if with_cards { 2 } else { 0 }),
    }
}

fn pass(cards: usize, form: Form) -> PassPage {
    PassPage {
        texts: Texts::new(Language::JA),
        layout: layout("廃棄するカードを市へ渡す"),
        form,
        problem: None,
        cards: vec![("104 230 001".to_owned(), "R8.10.30-12".to_owned()); cards],
        by_paper: true,
        operation: OperationId::from_parts(1, 1),
    }
}

fn record(cards: usize, form: Form) -> RecordPage {
    let row = |n: usize| Row {
        id: CardId::from_parts(1, 1),
        ticked: n == 0,
        control: "104 230 001".to_owned(),
        list_line: "R8.10.30-12".to_owned(),
    };
    RecordPage {
        texts: Texts::new(Language::JA),
        layout: layout("市の廃棄を記録"),
        form,
        problem: None,
        cards: (0..cards).map(row).collect(),
        by_paper: true,
        operation: OperationId::from_parts(1, 1),
    }
}

fn extend(extended: bool, form: Form) -> ExtendPage {
    ExtendPage {
        texts: Texts::new(Language::JA),
        layout: layout("保管期限 104 230 001"),
        form,
        problem: None,
        id: CardId::from_parts(1, 1),
        control: "104 230 001".to_owned(),
        rule: months_words(MONTHS),
        posted: Some("令和8年11月2日(月)".to_owned()),
        reminded: extended.then(|| "令和9年9月1日(水)".to_owned()),
        last_day: extended.then(|| "令和9年12月1日(水)".to_owned()),
        extended: extended
            .then(|| "入院・施設入所　令和10年1月31日(月)まで（記録した人：窓口 花子）".to_owned()),
        may_extend: true,
        operation: OperationId::from_parts(1, 1),
        ending: OperationId::from_parts(1, 2),
    }
}

/// The pages, each with the name of its sample.
pub(crate) fn pages() -> Vec<(&'static str, askama::Result<String>)> {
    let order = ["card", "counted", "person", "paper"];
    vec![
        ("deadlines", deadlines(3, Form::fresh(), None).render()),
        ("deadlines-none", deadlines(0, Form::fresh(), None).render()),
        ("deadlines-refused", deadlines(3, refused(&order), None).render()),
        ("deadlines-problem", deadlines(3, Form::fresh(), Some("もう一度押してください。")).render()),
        ("disposals", show(true).render()),
        ("disposals-none", show(false).render()),
        ("disposal-pass", pass(2, Form::fresh()).render()),
        ("disposal-pass-none", pass(0, Form::fresh()).render()),
        ("disposal-pass-refused", pass(2, refused(&order[1..])).render()),
        ("disposal-record", record(2, Form::fresh()).render()),
        ("disposal-record-none", record(0, Form::fresh()).render()),
        ("disposal-record-refused", record(2, refused(&["card", "on", "person", "paper"])).render()),
        ("storage", extend(true, Form::fresh()).render()),
        ("storage-none", extend(false, Form::fresh()).render()),
        ("storage-refused", extend(true, refused(&["reason", "until"])).render()),
    ]
}
