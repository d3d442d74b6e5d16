use std::io::Cursor;
use std::time::Instant;

use calamine::{Data, DataType as _, HeaderRow, Reader, Xlsx};
use proptest::prelude::*;

use super::*;
use crate::table::Table;

fn made_at() -> Timestamp {
    "2026-11-24T00:05:00Z".parse().unwrap()
}

fn open(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    book.with_header_row(HeaderRow::Row(0));
    book
}

fn part_of(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    io::read_to_string(zip.by_name(name).unwrap()).unwrap()
}

fn one(cell: Cell) -> Table {
    Table { columns: vec!["列".into()], rows: vec![vec![cell]] }
}

/// The second row's cell, as another reader sees it.
fn back(cell: Cell) -> Data {
    let mut book = open(one(cell).to_xlsx("一覧", made_at()).unwrap());
    let range = book.worksheet_range("一覧").unwrap();
    range.get_value((1, 0)).cloned().unwrap_or_default()
}

#[test]
fn r4_i_every_cell_comes_back_as_what_it_is() {
    let texts = [
        "0123",
        "3-6",
        "123456789012",
        "=1+1",
        "+81",
        "-1",
        "@SUM(A1)",
        "9:00",
        "a<b>&\"c\"",
        " 空 ",
        "1\n2",
    ];
    let mut rows: Vec<Vec<Cell>> = texts.iter().map(|text| vec![Cell::text(*text)]).collect();
    rows.push(vec![Cell::Number(-3), Cell::Day(date(2026, 11, 24)), Cell::empty(), Cell::Number(i64::MAX)]);
    rows.push(vec![
        Cell::Number(999_999_999_999_999),
        Cell::Day(date(1900, 3, 1)),
        Cell::Day(date(1899, 1, 1)),
    ]);
    let table = Table { columns: ["名", "日", "空", "数"].map(String::from).to_vec(), rows };
    let bytes = table.to_xlsx("予約 2026-11-24", made_at()).unwrap();
    let mut book = open(bytes.clone());
    assert_eq!(book.sheet_names(), ["予約 2026-11-24"]);
    let range = book.worksheet_range("予約 2026-11-24").unwrap();
    let header = range.headers().unwrap();
    assert_eq!(header, ["名", "日", "空", "数"]);
    for (row, text) in (1..).zip(texts) {
        assert_eq!(range.get_value((row, 0)), Some(&Data::String(text.into())));
    }
    let value = |row, column| range.get_value((row, column)).unwrap();
    let number = |row, column| value(row, column).get_float().unwrap();
    let day = |row, column| match value(row, column) {
        Data::DateTime(day) => day.to_ymd_hms_milli(),
        other => panic!("{other}"),
    };
    assert!((number(12, 0) + 3.0).abs() < 0.1);
    assert_eq!(day(12, 1), (2026, 11, 24, 0, 0, 0, 0));
    assert_eq!(value(12, 2), &Data::Empty);
    assert_eq!(value(12, 3), &Data::String(i64::MAX.to_string()));
    assert!((number(13, 0) - 999_999_999_999_999.0).abs() < 0.1);
    assert_eq!(day(13, 1), (1900, 3, 1, 0, 0, 0, 0));
    assert_eq!(value(13, 2), &Data::String("1899-01-01".into()));
    assert!(book.worksheet_formula("予約 2026-11-24").unwrap().is_empty());
    assert!(!part_of(&bytes, "xl/worksheets/sheet1.xml").contains("<f"));
    let mut cells = book.worksheet_cells_reader("予約 2026-11-24").unwrap();
    while let Some(cell) = cells.next_cell_with_formula().unwrap() {
        assert_eq!(cell.formula, None);
    }
}

#[test]
fn r4_i_codes_are_texts_also_to_somebody_who_edits_them() {
    let sheet = |text: &str| {
        part_of(&one(Cell::text(text)).to_xlsx("一覧", made_at()).unwrap(), "xl/worksheets/sheet1.xml")
    };
    for text in ["0123", "2026-11-24", "=1+1", "＝1", "9:00"] {
        assert!(sheet(text).contains(r#"<c r="A2" s="2" t="inlineStr">"#), "{text}");
    }
    assert!(sheet("棚3-6").contains(r#"<c r="A2" t="inlineStr">"#));
    let bytes = one(Cell::Day(date(2026, 11, 24))).to_xlsx("一覧", made_at()).unwrap();
    assert!(part_of(&bytes, "xl/worksheets/sheet1.xml").contains(r#"<c r="A2" s="3"><v>46350</v></c>"#));
    assert!(part_of(&bytes, "xl/styles.xml").contains(r#"numFmtId="164" formatCode="yyyy/mm/dd""#));
}

#[test]
fn r4_i_a_sheet_is_ready_to_be_read_and_printed() {
    let table = Table {
        columns: vec!["管理番号".into(), "備考".into()],
        rows: vec![vec![Cell::text("1"), Cell::text("あ".repeat(200))], vec![]],
    };
    let bytes = table.to_xlsx("子's", made_at()).unwrap();
    let sheet = part_of(&bytes, "xl/worksheets/sheet1.xml");
    for part in [
        r#"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>"#,
        r#"<col min="1" max="1" width="12" customWidth="1"/><col min="2" max="2" width="60" customWidth="1"/>"#,
        r#"<c r="A1" s="1" t="inlineStr">"#,
        r#"<autoFilter ref="A1:B3"/>"#,
        r#"paperSize="9" fitToHeight="0" orientation="landscape""#,
    ] {
        assert!(sheet.contains(part), "{part}");
    }
    let book = part_of(&bytes, "xl/workbook.xml");
    assert!(
        book.contains(
            r#"<definedName name="_xlnm.Print_Titles" localSheetId="0">'子''s'!$1:$1</definedName>"#
        )
    );
    assert!(book.contains("'子''s'!$A$1:$B$3</definedName>"));
    assert!(part_of(&bytes, "docProps/core.xml").contains(">2026-11-24T00:05:00Z</dcterms:created>"));
    assert_eq!(bytes, table.to_xlsx("子's", made_at()).unwrap());
    assert_eq!(Letters(0).to_string() + &Letters(27).to_string() + &Letters(16_383).to_string(), "AABXFD");
}

#[test]
fn r4_i_names_of_sheets_are_made_safe() {
    assert_eq!(sheet_name("予約 2026/11/24 [本庁]:*?\\"), "予約 2026_11_24 _本庁_____");
    assert_eq!(sheet_name(&"あ".repeat(40)), "あ".repeat(31));
    assert_eq!(sheet_name(&"𠮷".repeat(40)), "𠮷".repeat(15));
    assert_eq!(sheet_name("'一覧'"), "一覧");
    assert_eq!(sheet_name("History"), "History_");
    assert_eq!((sheet_name(""), sheet_name(" ' ")), ("Sheet1".into(), "Sheet1".into()));
}

#[test]
fn r4_i_what_a_sheet_cannot_hold_is_an_error_with_its_place() {
    let long = one(Cell::text("あ".repeat(LONGEST_TEXT + 1))).to_xlsx("一覧", made_at());
    assert!(matches!(long, Err(WriteError::TextTooLong { row: 1, column: 1 })));
    assert_eq!(back(Cell::text("あ".repeat(LONGEST_TEXT))), Data::String("あ".repeat(LONGEST_TEXT)));
    let wide = Table { columns: vec![], rows: vec![vec![Cell::Number(1); MOST_COLUMNS + 1]] };
    assert!(matches!(wide.to_xlsx("一覧", made_at()), Err(WriteError::TooManyColumns { row: 1 })));
    let empty = Table { columns: vec![], rows: vec![] }.to_xlsx("一覧", made_at()).unwrap();
    assert!(open(empty).worksheet_range("一覧").unwrap().is_empty());
}

/// What a text becomes in a sheet.
fn expected(text: &str) -> String {
    let plain = text.replace("\r\n", "\n").replace('\r', "\n");
    let refused =
        |c: char| matches!(c, '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}') && !matches!(c, '\t' | '\n');
    plain.chars().map(|c| if refused(c) { '\u{fffd}' } else { c }).collect()
}

#[test]
fn r4_i_what_xml_refuses_is_shown_as_replaced() {
    assert_eq!(
        back(Cell::text("a\0b\u{1b}c\u{ffff}d\te\r\nf")),
        Data::String("a\u{fffd}b\u{fffd}c\u{fffd}d\te\nf".into())
    );
    for text in ["_x0041_", "_x005F_x0041_", "_x_x0041_", "_x00G1_", "__x0041__"] {
        assert_eq!(back(Cell::text(text)), Data::String(text.into()));
    }
}

proptest! {
    #[test]
    fn r4_i_any_text_comes_back_from_another_reader(text in prop_oneof![any::<String>(), "[_x0-9A-F<&;'\" \t\r\n]{1,20}"]) {
        let found = match back(Cell::text(text.clone())) {
            Data::String(found) => found,
            Data::Empty => String::new(),
            other => panic!("{other}"),
        };
        prop_assert_eq!(found, expected(&text));
    }
}

fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Run alone, with the figures shown: `cargo nextest run -p documents --run-ignored only --no-capture large`.
#[test]
#[ignore = "a measurement"]
#[expect(clippy::print_stderr, reason = "it is run to be read")]
fn r4_i_a_large_list_is_written_in_constant_memory() {
    let columns: Vec<String> = (1..=12).map(|column| format!("列{column}")).collect();
    let folder = std::env::temp_dir().join(format!("madoguchi-xlsx-{}", std::process::id()));
    let file = std::fs::File::options().read(true).write(true).create_new(true).open(&folder).unwrap();
    std::fs::remove_file(&folder).unwrap();
    let (before, started) = (memory("VmRSS"), Instant::now());
    let sheet = Sheet { name: "一覧", columns: &columns, made_at: made_at() };
    let mut book = Workbook::new(file, &sheet).unwrap();
    for row in 0..200_000_i64 {
        let mut cells =
            vec![Cell::Day(date(2026, 11, 24)), Cell::Number(row), Cell::text(format!("A1B-{row:06}"))];
        cells.extend((0..9).map(|column| Cell::text(format!("{:09} 窓口{column}", row * 7_919 % 1_000_003))));
        book.row(&cells).unwrap();
    }
    let size = book.finish().unwrap().metadata().unwrap().len();
    let (took, grown) = (started.elapsed(), memory("VmHWM").saturating_sub(before));
    eprintln!("200,000 x 12: {took:?}, {size} bytes, memory grown by {grown} KiB");
    assert!(took.as_secs() < 8 && grown < 64 << 10);
}
