use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const TODAY: Date = date(2026, 11, 2);

fn stock(cells: &[&str]) -> Result<Option<Stock>, Vec<Problem>> {
    let header: Vec<&str> = STOCK.iter().map(|(field, _)| field.label()).collect();
    Checker::new(&STOCK, TODAY, &header).unwrap().stock(2, cells)
}

fn kinds(cells: &[&str]) -> Vec<(Option<usize>, ProblemKind)> {
    stock(cells).unwrap_err().iter().map(|problem| (problem.column, problem.kind)).collect()
}

#[test]
fn g22_1_a_number_of_a_former_system_has_one_spelling() {
    for text in ["ab-12 34", "ＡＢ－１２３４", "AB1234", " ab_12/34 ", "AB・12ー34"] {
        assert_eq!(FormerNumber::read(text).unwrap().as_str(), "AB1234", "{text}");
    }
    for (text, why) in [
        ("", FormerError::Empty),
        (" - ", FormerError::Empty),
        ("あ12", FormerError::Characters),
        ("A234567890123456789012345", FormerError::TooLong),
        ("1234-5678-9018", FormerError::IndividualNumber),
        ("１２３４５６７８９０１８", FormerError::IndividualNumber),
        ("1234_5678:9018", FormerError::IndividualNumber),
    ] {
        assert_eq!(FormerNumber::read(text), Err(why), "{text}");
    }
    assert_eq!(format!("{:?}", FormerNumber::read("AB1234")), "Ok(FormerNumber(hidden))");
}

#[test]
fn g22_1_a_line_of_the_stock_is_read_whole() {
    let read = stock(&[
        "X-1",
        "K0001234",
        "発送済",
        "R8.10.20",
        "箱1-1",
        "2026/10/1",
        "12",
        "交付時来庁",
        "564",
        "はい",
    ]);
    let read = read.unwrap().unwrap();
    assert_eq!((read.stage, read.posted_on), (Stage::Notified, Some(date(2026, 10, 20))));
    assert_eq!((read.list_date, read.list_line), (Some(date(2026, 10, 1)), Some(12)));
    assert_eq!((read.place, read.short_validity), (PlaceName::Name("箱1-1".to_owned()), Some(true)));
    assert_eq!((read.post_block.code().as_str(), read.letter.is_some()), ("564", true));
    let plain = stock(&["", "", "発送前", "", "箱1-1", "", "", "交付時来庁", "", ""]).unwrap().unwrap();
    assert_eq!((plain.label, plain.list_line, plain.post_block), (None, None, PostBlock::Unknown));
    assert_eq!(stock(&["", "", "", "", "", "", "", "", "", ""]), Ok(None));
}

#[test]
fn g22_1_every_problem_of_a_line_has_its_column() {
    use ProblemKind as K;
    assert_eq!(
        kinds(&["あ", "K12", "発送済", "", "", "2026-13-01", "0", "窓口", "56", "たぶん"]),
        [
            (Some(1), K::Unreadable(Field::Label)),
            (Some(5), K::Blank(Field::Place)),
            (Some(6), K::Unreadable(Field::ListDate)),
            (Some(7), K::Unreadable(Field::ListLine)),
            (Some(8), K::Unreadable(Field::Method)),
            (Some(9), K::Unreadable(Field::PostBlock)),
            (Some(10), K::Unreadable(Field::ShortValidity)),
            (Some(4), K::WithoutPosting),
            (Some(2), K::TooShort),
        ]
    );
    assert_eq!(
        kinds(&["", "K0001234", "発送前", "2026-11-03", "箱", "", "", "交付時来庁", "", ""]),
        [
            (Some(4), K::NotPosted(Field::PostedOn)),
            (Some(2), K::NotPosted(Field::Letter)),
            (Some(4), K::Future(Field::PostedOn)),
        ]
    );
    assert_eq!(
        kinds(&["123456789018", "", "発送前", "", "箱", "", "", "交付時来庁", "", ""])[0],
        (Some(1), K::IndividualNumber)
    );
    assert_eq!(kinds(&["1"]), [(None, K::WrongWidth)]);
}

#[test]
fn g22_1_a_number_stands_once_in_a_file_in_whichever_column() {
    let header: Vec<&str> = STOCK.iter().map(|(field, _)| field.label()).collect();
    let mut checker = Checker::new(&STOCK, TODAY, &header).unwrap();
    let line = |label, letter| [label, letter, "発送済", "2026-10-20", "箱", "", "", "交付時来庁", "", ""];
    // The label on the sleeve may be the number on the letter.
    assert!(checker.stock(2, &line("K0001234", "k000-1234")).unwrap().is_some());
    let twice = checker.stock(3, &line("K0001234", "K0009999")).unwrap_err();
    assert_eq!(twice[0], Problem { line: 3, column: Some(1), kind: ProblemKind::Duplicate { first: 2 } });
    assert!(checker.stock(4, &line("123456789012", "")).unwrap().is_some());
    assert_eq!(checker.questions(), 1);
    let missing = Checker::new(&STOCK, TODAY, &["旧ラベル", "状態", "状態"]).unwrap_err();
    assert_eq!(missing.len(), 3);
}

#[test]
fn g22_1_a_reservation_is_read_as_spreadsheets_write_it() {
    let header: Vec<&str> = RESERVATIONS.iter().map(|(field, _)| field.label()).collect();
    let mut checker = Checker::new(&RESERVATIONS, TODAY, &header).unwrap();
    for (time, expected) in
        [("9:00", "9:00"), ("09:10:00", "9:10"), ("１０時２０分", "10:20"), ("13:00", "13:00")]
    {
        let read = checker.booked(2, &["K0001234", "2026/11/24", time, "", ""]).unwrap().unwrap();
        assert_eq!((read.start, read.channel), (expected.parse().unwrap(), Channel::Telephone), "{time}");
    }
    let web = checker.booked(3, &["K0001234", "R8.11.24", "9:00", "ＷＥＢ", "Y-123456"]).unwrap().unwrap();
    assert_eq!((web.channel, web.number.is_some()), (Channel::Web, true));
    let wrong = checker.booked(4, &["", "いつか", "9時", "手紙", "Y123456"]).unwrap_err();
    assert_eq!(wrong.len(), 5);
}

proptest! {
    #[test]
    fn a_read_number_reads_as_itself(text in "[0-9A-Za-z]{1,11}[- ー_]?[0-9０-９]{1,6}") {
        if let Ok(number) = FormerNumber::read(&text) {
            prop_assert_eq!(FormerNumber::read(number.as_str()), Ok(number.clone()));
        }
    }
}
