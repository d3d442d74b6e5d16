//! The pages of taking over, rendered from samples.

use askama::Template;
use domain::id::{CardId, ConsignmentId, Id, OperationId, PlaceId};
use jiff::civil::date;

use super::{check, file, index, portion, resend, reservations};
use crate::kit::{Form, Language, Texts};
use crate::staff::layout::samples::person;
use crate::staff::preparation::consignment::problem::Row;
use crate::staff::preparation::consignment::upload::Wrong;
use crate::staff::{Layout, Task};

fn layout(title: &str) -> Layout {
    Layout::new(title, date(2026, 11, 24), Some(person())).within(Task::Settings)
}

fn texts() -> Texts {
    Texts::new(Language::JA)
}

fn operation() -> OperationId {
    OperationId::from_parts(1_795_000_000_000, 2)
}

fn refused(fields: &[&'static str]) -> Form {
    let mut form = Form::fresh();
    for field in fields {
        form.refuse_ja(field, "確かめてください。");
    }
    form
}

/// Every page with its name.
pub(in crate::staff::preparation) fn pages() -> Vec<(&'static str, Result<String, askama::Error>)> {
    let id = ConsignmentId::from_parts(1_795_000_000_000, 1);
    let wrong = || Wrong {
        individual_number: true,
        total: 3,
        rows: vec![Row {
            line: 2,
            column: "1".to_owned(),
            what: "個人番号と思われる番号があります。".to_owned(),
        }],
    };
    let index = index::IndexPage {
        texts: texts(),
        layout: layout("引継ぎ（前事業者から）"),
        form: refused(&["name", "posted_on", "opens"]),
        operation: operation(),
        drafts: vec![index::DraftRow { id, name: "箱1-1".to_owned(), stage: "発送済", lines: 12 }],
        rows: vec![index::Row {
            id,
            name: "引継ぎ1".to_owned(),
            on: "R8.11.2".to_owned(),
            cards: 7_512,
            counts: vec![12, 0, 2_000, 4_000, 1_500, 0, 0],
        }],
        older: Some("/taking-over?before=x".to_owned()),
        resend: 42,
    };
    let portion = portion::PortionPage {
        texts: texts(),
        layout: layout("引継ぎ 箱1-1"),
        form: refused(&["counted"]),
        operation: operation(),
        id,
        name: "箱1-1".to_owned(),
        about: "発送済　交付時来庁　発送日：R8.10.20　読み取る番号で予約できる".to_owned(),
        lines: 12,
        most: 300,
        place: Some((PlaceId::from_parts(1, 1), "箱1-1-1".to_owned())),
        did: Some(portion::Said {
            good: true,
            words: "12枚目に加えました。新しい管理番号".to_owned(),
            control: "104 230 001".to_owned(),
        }),
        rows: vec![portion::Row {
            n: 12,
            control: "104 230 001".to_owned(),
            place: "箱1-1-1".to_owned(),
            former: true,
        }],
        may_print: true,
    };
    let line = |why: &str| reservations::result::Row {
        line: 17,
        when: "R8.11.26 9:30".to_owned(),
        why: why.to_owned(),
        href: Some("/reservation/x".to_owned()),
    };
    vec![
        ("taking-over", index.render()),
        ("taking-over-portion", portion.render()),
        (
            "taking-over-file",
            file::FilePage {
                texts: texts(),
                layout: layout("カードの一覧を取り込む（引継ぎ）"),
                form: refused(&["name", "file"]),
                wrong: Some(wrong()),
                columns: file::columns(),
            }
            .render(),
        ),
        (
            "taking-over-check",
            check::CheckPage {
                texts: texts(),
                layout: layout("引き継ぐ内容の確認"),
                form: refused(&["confirmed"]),
                operation: operation(),
                name: "引継ぎ1".to_owned(),
                total: 7_512,
                file: "Excel（.xlsx）",
                stages: vec![("発送前", 2_000), ("発送済", 5_512)],
                letters: 5_470,
                resend: 42,
                places: vec![("箱1-1-1".to_owned(), 500), ("検品机".to_owned(), 12)],
                questions: 2,
            }
            .render(),
        ),
        (
            "taking-over-gone",
            check::GonePage { layout: layout("確認の時間が過ぎました"), href: "/x" }.render(),
        ),
        (
            "taking-over-resend",
            resend::ResendPage {
                layout: layout("再送する案内"),
                total: 42,
                rows: vec![resend::Row {
                    id: CardId::from_parts(1, 1),
                    operation: operation(),
                    control: "104 230 001".to_owned(),
                    portion: "引継ぎ1".to_owned(),
                    place: "箱1-1-1".to_owned(),
                    posted: "R8.10.20".to_owned(),
                }],
                next: Some(CardId::from_parts(1, 1)),
                may_print: true,
            }
            .render(),
        ),
        (
            "taking-over-reservations",
            reservations::upload::FilePage {
                texts: texts(),
                layout: layout("予約を取り込む（引継ぎ）"),
                form: Form::fresh(),
                wrong: None,
                columns: reservations::upload::columns(),
            }
            .render(),
        ),
        (
            "taking-over-reservations-check",
            reservations::result::CheckPage {
                texts: texts(),
                layout: layout("引き継ぐ予約の確認"),
                form: Form::fresh(),
                operation: operation(),
                total: 412,
                file: "Shift_JIS（CP932）",
                from: "R8.11.24".to_owned(),
                until: "R9.1.20".to_owned(),
                questions: 0,
            }
            .render(),
        ),
        (
            "taking-over-reservations-result",
            reservations::result::ResultPage {
                layout: layout("予約を引き継ぎました"),
                operation: operation(),
                taken: 400,
                over: vec![line("")],
                already: 3,
                refused: 9,
                rows: vec![line("このカードには別の日時の予約があります。市民に確かめてください。")],
            }
            .render(),
        ),
    ]
}
