use proptest::prelude::*;

use super::*;

fn open(bytes: &[u8]) -> Result<Intake<'_>, IntakeError> {
    Intake::open(bytes, &Limits::default())
}

fn lines(intake: &Intake<'_>) -> Vec<(usize, Vec<String>)> {
    intake.rows().map(|row| row.map(|row| (row.line, row.fields)).unwrap()).collect()
}

#[test]
fn three_encodings_read_alike() {
    let text = "番号,氏名\r\n1,髙﨑　見本\r\n";
    let cp932 = SHIFT_JIS.encode(text).0.into_owned();
    let bom = format!("\u{feff}{text}");
    let cases =
        [(text.as_bytes(), Encoding::Utf8), (bom.as_bytes(), Encoding::Utf8Bom), (&cp932, Encoding::Cp932)];
    for (bytes, encoding) in cases {
        let intake = open(bytes).unwrap();
        assert_eq!(intake.format(), Format::Csv(encoding));
        assert_eq!(intake.header(), ["番号", "氏名"]);
        assert_eq!(intake.column("氏名"), Some(1));
        assert_eq!(lines(&intake), [(2, vec!["1".to_owned(), "髙﨑　見本".to_owned()])]);
    }
}

#[test]
fn lines_are_counted_as_an_editor_counts() {
    let intake = open("\r\na,b\r\n\r\n1,\"x\r\ny\"\r\n,\r\n2,z".as_bytes()).unwrap();
    let found: Vec<usize> = intake.rows().map(|row| row.unwrap().line).collect();
    assert_eq!(found, [4, 7]);
    let unix = open(b"a,b\n1,2\n\n3,4\n\n\n").unwrap();
    assert_eq!(unix.rows().map(|row| row.unwrap().line).collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn bad_bytes_are_reported_with_line_and_column() {
    // 0x81 0x20 is half a character in CP932, and no UTF-8.
    let mut bytes = SHIFT_JIS.encode("番号,氏名\r\n1,見本").0.into_owned();
    bytes.extend_from_slice(&[0x81, 0x20]);
    let expected = Position { line: 2, column: 5 };
    assert_eq!(
        open(&bytes).unwrap_err(),
        IntakeError::Undecodable { as_encoding: Encoding::Cp932, position: expected }
    );
    let mut utf8 = "番号,氏名\n1,見本の氏名の長い列".as_bytes().to_vec();
    utf8.push(0xff);
    let IntakeError::Undecodable { as_encoding, position } = open(&utf8).unwrap_err() else { panic!() };
    assert_eq!((as_encoding, position), (Encoding::Utf8, Position { line: 2, column: 12 }));
    // The first 0x80 is the second byte of a character.
    let control = open(b"a,b\r\n\x83\x80,\x80\r\n").unwrap_err();
    let IntakeError::Undecodable { position, .. } = control else { panic!() };
    assert_eq!(position, Position { line: 2, column: 3 });
}

#[test]
fn a_marked_file_is_never_taken_for_cp932() {
    let mut bytes = "\u{feff}a,b\r\n".as_bytes().to_vec();
    bytes.extend_from_slice(&[0x88, 0x9f]);
    assert!(matches!(
        open(&bytes).unwrap_err(),
        IntakeError::Undecodable {
            as_encoding: Encoding::Utf8Bom,
            position: Position { line: 2, column: 1 }
        }
    ));
}

#[test]
fn limits_are_kept() {
    let limits = Limits { bytes: 100, unpacked_bytes: 0, line_bytes: 20, columns: 3, lines: 4 };
    let refused = |bytes: &[u8]| Intake::open(bytes, &limits).unwrap_err();
    assert_eq!(refused(&[b'a'; 101]), IntakeError::TooLarge { limit: 100 });
    assert_eq!(refused(b"a,b\n1,23456789012345678901\n"), IntakeError::LineTooLong { line: 2, limit: 20 });
    assert_eq!(
        refused(b"a,b\n1,\"2\n3\n4567890123456789\"\n"),
        IntakeError::LineTooLong { line: 2, limit: 20 }
    );
    assert_eq!(refused(b"a\n1\n2\n3\n4\n"), IntakeError::TooManyLines { limit: 4 });
    assert!(Intake::open(b"a\n1\n2\n3\n", &limits).is_ok());
    assert_eq!(refused(b"a,b,c,d\n"), IntakeError::TooManyColumns { line: 1, limit: 3 });
    assert!(Intake::open(b"a,b\r\n1,34567890123456789\r\n", &limits).is_ok());
    assert_eq!(read_bounded(io::repeat(b'a'), &limits).unwrap_err(), IntakeError::TooLarge { limit: 100 });
    assert_eq!(read_bounded(&[b'a'; 100][..], &limits).unwrap().len(), 100);
}

#[test]
fn what_is_not_a_list_is_refused() {
    assert_eq!(open(b"").unwrap_err(), IntakeError::Empty);
    assert_eq!(open("\u{feff}".as_bytes()).unwrap_err(), IntakeError::Empty);
    assert_eq!(open(b"\r\n , \r\n").unwrap_err(), IntakeError::Empty);
    assert_eq!(open(b"PK\x03\x04....").unwrap_err(), WorkbookError::Broken.into());
    assert_eq!(open(b"\xff\xfea\0").unwrap_err(), IntakeError::NotText(OtherFormat::Utf16));
    assert_eq!(open(b"a,b\n1,\0\n").unwrap_err(), IntakeError::Nul(Position { line: 2, column: 3 }));
    assert_eq!(open(b"a,b\n1\n").unwrap_err(), IntakeError::ColumnCount { line: 2, expected: 2, found: 1 });
    assert_eq!(open(b"a,b,a\n").unwrap_err(), IntakeError::SameName { first: 1, second: 3 });
    assert_eq!(open(b"a,b\n1,2\n\"3,4\n5,6\n").unwrap_err(), IntakeError::OpenQuote { line: 3 });
}

#[test]
fn empty_columns_at_the_right_are_left_away() {
    let intake = open(b"a,b,,\n1,2,,\n,,,\n").unwrap();
    assert_eq!(intake.header(), ["a", "b"]);
    assert_eq!(lines(&intake), [(2, vec!["1".to_owned(), "2".to_owned()])]);
}

#[test]
fn a_mark_inside_a_field_is_a_character() {
    let intake = open(b"a,b\n1,5\" disk\n2,\"say \"\"x\"\"\"\n").unwrap();
    let fields: Vec<String> = lines(&intake).into_iter().map(|(_, mut fields)| fields.remove(1)).collect();
    assert_eq!(fields, ["5\" disk", "say \"x\""]);
}

proptest! {
    #[test]
    fn any_bytes_end_in_rows_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(intake) = open(&bytes) {
            for row in intake.rows() {
                prop_assert_eq!(row.unwrap().fields.len(), intake.header().len());
            }
        }
    }

    #[test]
    fn any_rows_come_back(rows in proptest::collection::vec(("[あ-んa-z0-9\",]{1,8}", "[亜-腕 \r\n]{0,8}"), 1..20)) {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        writer.write_record(["a", "b"]).unwrap();
        for (a, b) in &rows {
            writer.write_record([a, b]).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let intake = open(&bytes).unwrap();
        let found: Vec<Vec<String>> = intake.rows().map(|row| row.unwrap().fields).collect();
        let expected: Vec<Vec<String>> =
            rows.iter().map(|(a, b)| vec![a.trim().to_owned(), b.trim().to_owned()]).collect();
        prop_assert_eq!(found, expected);
    }
}
