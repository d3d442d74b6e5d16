use proptest::prelude::*;

use super::*;

const HEADER: [&str; 8] =
    ["一覧番号", "交付通知書番号", "氏名", "生年月日", "郵便番号", "住所", "申請方式", "カード有効期限"];

fn mapping(keep_notice: bool) -> ColumnMapping {
    let column = |header: &str, field| Column { header: header.to_owned(), field };
    ColumnMapping {
        columns: vec![
            column("一覧番号", Field::ListLine),
            column("交付通知書番号", Field::NoticeNumber),
            column("申請方式", Field::Method),
            column("郵便番号", Field::PostalCode),
            column("カード有効期限", Field::ExpiryDate),
        ],
        notice_layout: keep_notice.then(|| NoticeNumberLayout::try_from("AAA-999999".to_owned()).unwrap()),
        post_blocks: ["564", "565"].map(|code| PostBlockCode::try_from(code.to_owned()).unwrap()).to_vec(),
        kinds: Vec::new(),
        short_validity_months: 2,
        list_date: date(2026, 11, 24),
    }
}

const GOOD: [&str; 8] = [
    "１",
    "ａｂｃ１２３４５６",
    "見本　一郎",
    "1980-10-10",
    "〒564-8550",
    "泉町1丁目3番40号",
    "交付時来庁方式",
    "令和16年10月10日",
];

fn with(at: usize, text: &str) -> Vec<&str> {
    let mut cells = GOOD.to_vec();
    cells[at] = text;
    cells
}

fn kinds(result: Result<Option<Line>, Vec<Problem>>) -> Vec<(Option<usize>, ProblemKind)> {
    result.unwrap_err().into_iter().map(|problem| (problem.column, problem.kind)).collect()
}

/// A number with a fitting check digit, made here so that none stands in the source.
fn individual_number(seed: u64) -> String {
    let digits = format!("{:011}", seed % 100_000_000_000);
    let values: [u8; 11] = digits.bytes().map(|b| b - b'0').collect::<Vec<_>>().try_into().unwrap();
    format!("{digits}{}", guard::check_digit(&values))
}

#[test]
fn r5_c1_a_line_is_reduced_to_codes() {
    let mapping = mapping(true);
    let mut checker = Checker::new(&mapping, 1, &HEADER).unwrap();
    let line = checker.row(2, &GOOD).unwrap().unwrap();
    assert_eq!(line.line, 1);
    assert_eq!(line.notice.as_ref().unwrap().as_str(), "ABC-123456");
    assert_eq!(line.method, ApplicationMethod::AtIssue);
    assert_eq!(line.post_block.code(), "564");
    assert_eq!(line.short_validity, Some(false));
    assert!(!format!("{line:?}").contains("123456"));
}

#[test]
fn r4_b_a_refused_notice_number_is_dropped() {
    let mapping = mapping(false);
    let mut checker = Checker::new(&mapping, 1, &HEADER).unwrap();
    assert_eq!(checker.row(2, &with(1, "何か")).unwrap().unwrap().notice, None);
}

#[test]
fn r5_c2_short_validity_is_about_two_months() {
    let mapping = mapping(true);
    for (expiry, short) in [
        ("2027-01-24", Some(true)),
        ("2027/1/25", Some(false)),
        ("20270124", Some(true)),
        ("R9.1.24", Some(true)),
        ("2026年11月1日", Some(true)),
        ("", None),
    ] {
        let mut checker = Checker::new(&mapping, 1, &HEADER).unwrap();
        assert_eq!(checker.row(2, &with(7, expiry)).unwrap().unwrap().short_validity, short, "{expiry}");
    }
}

#[test]
fn r5_c4_post_blocks() {
    let mapping = mapping(true);
    for (postal, block) in [("5650801", "565"), ("５３０－０００１", "other"), ("", "unknown")] {
        let mut checker = Checker::new(&mapping, 1, &HEADER).unwrap();
        let found = checker.row(2, &with(4, postal)).unwrap().unwrap().post_block;
        assert_eq!(found.code(), block);
        assert_eq!(PostBlock::try_from(found.code()), Ok(found));
    }
}

#[test]
fn r5_c1_every_problem_is_told_with_its_place() {
    let mapping = mapping(true);
    for (at, text, kind) in [
        (0, "", ProblemKind::Blank(Field::ListLine)),
        (0, "0", ProblemKind::BadListLine),
        (0, "一", ProblemKind::BadListLine),
        (0, "99999999999", ProblemKind::BadListLine),
        (1, " ", ProblemKind::Blank(Field::NoticeNumber)),
        (1, "ABC-12345", ProblemKind::BadNoticeNumber),
        (4, "564-855", ProblemKind::BadPostalCode),
        (6, "〓", ProblemKind::UnknownMethod),
        (7, "2034-02-30", ProblemKind::BadDate),
        (7, "1026-02-03", ProblemKind::BadDate),
    ] {
        let mut checker = Checker::new(&mapping, 1, &HEADER).unwrap();
        assert_eq!(kinds(checker.row(2, &with(at, text))), [(Some(at + 1), kind)], "{text}");
    }
    let mut checker = Checker::new(&mapping, 1, &HEADER).unwrap();
    assert_eq!(
        kinds(checker.row(2, &GOOD[..7])),
        [(None, ProblemKind::WrongWidth { expected: 8, found: 7 })]
    );
    assert_eq!(checker.row(3, &["", " ", "\u{3000}"]), Ok(None));
}

#[test]
fn r5_c1_doubles_in_a_file_name_the_first() {
    let mapping = mapping(true);
    let mut checker = Checker::new(&mapping, 1, &HEADER).unwrap();
    checker.row(2, &GOOD).unwrap();
    let second = kinds(checker.row(3, &GOOD));
    assert_eq!(
        second,
        [
            (Some(1), ProblemKind::DuplicateListLine { first: 2 }),
            (Some(2), ProblemKind::DuplicateNoticeNumber { first: 2 }),
        ]
    );
}

#[test]
fn r5_c1_a_header_is_checked() {
    let mapping = mapping(true);
    let problems = Checker::new(&mapping, 1, &["一覧番号", "申請方式", "申請 方式"]).unwrap_err();
    let kinds: Vec<_> = problems.iter().map(|problem| problem.kind).collect();
    assert_eq!(
        kinds,
        [
            ProblemKind::MissingColumn(Field::NoticeNumber),
            ProblemKind::AmbiguousColumn(Field::Method),
            ProblemKind::MissingColumn(Field::PostalCode),
            ProblemKind::MissingColumn(Field::ExpiryDate),
        ]
    );
    // A file without a header: its first line is taken for one, and guarded too.
    let number = individual_number(42);
    let problems = Checker::new(&mapping, 1, &["1", &number]).unwrap_err();
    assert_eq!(problems[0], Problem { line: 1, column: Some(2), kind: ProblemKind::IndividualNumber });
}

#[test]
fn r4_b_twelve_digits_that_are_no_number_are_asked_back() {
    let mut number = individual_number(42);
    let last = number.pop().unwrap();
    number.push(if last == '9' { '8' } else { '9' });
    let mapping = mapping(true);
    let mut checker = Checker::new(&mapping, 1, &HEADER).unwrap();
    assert!(checker.row(2, &with(5, &number)).is_ok());
    assert_eq!(checker.questions(), [Problem { line: 2, column: Some(6), kind: ProblemKind::TwelveDigits }]);
    assert!(checker.questions()[0].kind.is_question());
}

proptest! {
    #[test]
    fn r4_b_an_individual_number_in_any_column_refuses_the_file(seed: u64, at in 0..8_usize, spaced: bool) {
        let mut number = individual_number(seed);
        if spaced {
            number.insert(8, ' ');
            number.insert(4, ' ');
        }
        let mapping = mapping(true);
        let mut checker = Checker::new(&mapping, 1, &HEADER).unwrap();
        let found = kinds(checker.row(2, &with(at, &number)));
        prop_assert_eq!(found[0], (Some(at + 1), ProblemKind::IndividualNumber));
    }

    #[test]
    fn no_line_breaks_the_checker(cells in proptest::collection::vec("\\PC{0,12}", 8)) {
        let mapping = mapping(true);
        let mut checker = Checker::new(&mapping, 1, &HEADER).unwrap();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let _ = checker.row(2, &cells);
    }
}
