//! What is wrong with a file of a former contractor, in words: where and what, never the value.

use domain::guard::{self, Finding};
use domain::opening::{Field, LONGEST_FORMER, Problem, ProblemKind, SHORTEST_OPENING};

use crate::staff::preparation::consignment::problem::{Row, SHOWN};
use crate::staff::preparation::consignment::upload::Wrong;

/// The problems of a file: the first ones, and how many there are.
#[derive(Debug, Default)]
pub(super) struct Problems {
    first: Vec<Problem>,
    total: usize,
    individual_numbers: bool,
}

impl Problems {
    /// Adds problems. An Individual Number is never pushed out by lesser ones.
    pub(super) fn add(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.total += 1;
            let alarm = problem.kind == ProblemKind::IndividualNumber;
            self.individual_numbers |= alarm;
            if self.first.len() < SHOWN {
                self.first.push(problem);
            } else if alarm
                && let Some(lesser) =
                    self.first.iter_mut().rev().find(|known| known.kind != ProblemKind::IndividualNumber)
            {
                *lesser = problem;
            }
        }
    }

    /// Guards cells that no column names, behind `before` that are named.
    pub(super) fn guard(&mut self, line: u64, before: usize, cells: &[&str]) {
        let found = |cell: &str| guard::worst(cell) == Some(Finding::IndividualNumber);
        let found = (before + 1..).zip(cells).filter(|(_, cell)| found(cell)).map(|(column, _)| Problem {
            line,
            column: Some(column),
            kind: ProblemKind::IndividualNumber,
        });
        self.add(found.collect::<Vec<_>>());
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The problems for the page, Individual Numbers before everything else.
    pub(super) fn wrong(mut self) -> Wrong {
        self.first.sort_by_key(|problem| {
            (problem.kind != ProblemKind::IndividualNumber, problem.line, problem.column)
        });
        Wrong {
            individual_number: self.individual_numbers,
            total: self.total,
            rows: self.first.iter().map(row).collect(),
        }
    }
}

fn row(problem: &Problem) -> Row {
    let column = problem.column.map(|column| column.to_string()).unwrap_or_default();
    Row { line: problem.line, column, what: words(problem.kind) }
}

fn words(kind: ProblemKind) -> String {
    match kind {
        ProblemKind::IndividualNumber => {
            "個人番号と思われる番号があります。ファイル全体を受け付けません。".to_owned()
        }
        ProblemKind::MissingColumn(field) => format!("「{}」の列がありません。", field.label()),
        ProblemKind::AmbiguousColumn(field) => format!("「{}」の列が2つあります。", field.label()),
        ProblemKind::WrongWidth => "列の数が見出しと違います。".to_owned(),
        ProblemKind::Blank(field) => format!("「{}」が空です。", field.label()),
        ProblemKind::Unreadable(field) => unreadable(field),
        ProblemKind::Duplicate { first } => format!("番号が{first}行目と重なっています。"),
        ProblemKind::TooShort => format!(
            "番号が{SHORTEST_OPENING}文字より短く、推測されるため引き継げません。空にして、案内を再送してください。"
        ),
        ProblemKind::WithoutPosting => "発送済のカードには発送日を入れてください。".to_owned(),
        ProblemKind::NotPosted(field) => {
            format!("発送前のカードに「{}」があります。状態を確かめてください。", field.label())
        }
        ProblemKind::Future(field) => format!("「{}」が今日より後の日付です。", field.label()),
        ProblemKind::NoLetter => "この申請方式のカードは市が郵送するもので、案内を送りません。".to_owned(),
        ProblemKind::UnknownPlace => {
            "保管場所が分かりません。ラベルの8桁か、登録した名前にしてください（同じ名前が2つあるときはラベル）。"
                .to_owned()
        }
        ProblemKind::NotOnDesk => "未検品・検品済のカードの保管場所は「検品机」にしてください。".to_owned(),
        ProblemKind::Taken => "この番号のカードは、すでに引き継がれています。".to_owned(),
    }
}

fn unreadable(field: Field) -> String {
    match field {
        Field::Label | Field::Letter | Field::Reservation | Field::Card => {
            format!("「{}」は英字と数字で{LONGEST_FORMER}文字までです。", field.label())
        }
        Field::Stage => "「状態」は未検品・検品済・発送前・発送済のどれかです。".to_owned(),
        Field::PostedOn | Field::ListDate | Field::Day => {
            format!("「{}」を日付として読めません。", field.label())
        }
        Field::ListLine => "「一覧番号」は1以上の整数です。".to_owned(),
        Field::Method => "申請方式が分かりません。".to_owned(),
        Field::PostBlock => "「郵便区」は郵便番号の上3桁か「その他」です。".to_owned(),
        Field::ShortValidity => "「有効期限が近い」は「はい」か「いいえ」です。".to_owned(),
        Field::Time => "「時刻」を9:00の形にしてください。10分ごとです。".to_owned(),
        Field::Channel => "「受付方法」はWeb・電話・窓口のどれかです。".to_owned(),
        Field::Place => "保管場所が分かりません。".to_owned(),
    }
}
