use std::io::{Cursor, Write as _};

use jiff::civil::date;
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::{Format, Intake};
use super::*;
use crate::table::{Cell, Table};
use crate::xlsx::{Sheet, Workbook};

const INDIVIDUAL_NUMBER: &str = "123456789018";

fn open(bytes: &[u8]) -> Result<Intake<'_>, IntakeError> {
    Intake::open(bytes, &Limits::default())
}

fn refused(bytes: &[u8]) -> IntakeError {
    open(bytes).map(|_| ()).unwrap_err()
}

fn rows(intake: &Intake<'_>) -> Vec<(usize, Vec<String>)> {
    intake.whole_rows().map(|row| row.map(|row| (row.line, row.fields)).unwrap()).collect()
}

fn at(row: usize, column: usize) -> CellAt {
    CellAt { row, column }
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook as spreadsheets write it: sheets with the given content, shared strings, days by format 14.
struct Book {
    sheets: Vec<(&'static str, String)>,
    strings: String,
    more: Vec<(&'static str, Vec<u8>)>,
}

impl Book {
    fn of(sheet: &str) -> Self {
        Self { sheets: vec![("visible", sheet.to_owned())], strings: String::new(), more: Vec::new() }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut sheets = Vec::new();
        let mut relations = vec![
            r#"<Relationship Id="s" Type="x/styles" Target="/xl/styles.xml"/>"#.to_owned(),
            r#"<Relationship Id="t" Type="x/sharedStrings" Target="sharedStrings.xml"/>"#.to_owned(),
        ];
        let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
        for (number, (state, sheet)) in (1..).zip(&self.sheets) {
            sheets.push(format!(
                r#"<sheet name="n{number}" sheetId="{number}" state="{state}" r:id="r{number}"/>"#
            ));
            relations.push(format!(
                r#"<Relationship Id="r{number}" Type="x/worksheet" Target="worksheets/sheet{number}.xml"/>"#
            ));
            let sheet = format!("<worksheet>{sheet}</worksheet>");
            parts.push((format!("xl/worksheets/sheet{number}.xml"), sheet.into_bytes()));
        }
        let mut part = |name: &str, text: String| parts.push((name.to_owned(), text.into_bytes()));
        part("xl/workbook.xml", format!("<x:workbook><x:sheets>{}</x:sheets></x:workbook>", sheets.concat()));
        part("xl/_rels/workbook.xml.rels", format!("<Relationships>{}</Relationships>", relations.concat()));
        let root = r#"<Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.xml"/>"#;
        part("_rels/.rels", format!("<Relationships>{root}</Relationships>"));
        part("xl/sharedStrings.xml", format!("<sst>{}</sst>", self.strings));
        let formats = r#"<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>"#;
        part(
            "xl/styles.xml",
            format!(r"<styleSheet><cellStyleXfs><xf/></cellStyleXfs>{formats}</styleSheet>"),
        );
        let mut all: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (&**name, &**bytes)).collect();
        all.extend(self.more.iter().map(|(name, bytes)| (*name, &**bytes)));
        archive(&all)
    }
}

fn sheet(rows: &str) -> String {
    format!("<sheetData>{rows}</sheetData>")
}

const HEADER: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>番号</t></is></c><c r="B1" t="inlineStr"><is><t>日</t></is></c></row>"#;

#[test]
fn r5_c1_a_workbook_of_ours_is_taken() {
    let table = Table {
        columns: ["一覧番号", "番号", "日", "備考"].map(String::from).to_vec(),
        rows: vec![
            vec![
                Cell::Number(5_640_001),
                Cell::text("A1B-000012"),
                Cell::Day(date(2026, 11, 24)),
                Cell::text("=1,\"+\"\n2"),
            ],
            vec![],
            vec![Cell::empty(), Cell::text(" 0012 ")],
        ],
    };
    let bytes = table.to_xlsx("一覧", "2026-11-24T00:05:00Z".parse().unwrap()).unwrap();
    let intake = open(&bytes).unwrap();
    assert_eq!(intake.format(), Format::Workbook);
    assert_eq!(intake.header(), ["一覧番号", "番号", "日", "備考"]);
    let row = |cells: [&str; 4]| cells.map(String::from).to_vec();
    assert_eq!(
        rows(&intake),
        [(2, row(["5640001", "A1B-000012", "2026-11-24", "=1,\"+\"\n2"])), (4, row(["", "0012", "", ""]))]
    );
}

#[test]
fn r5_c1_a_workbook_of_a_spreadsheet_is_taken() {
    let mut book = Book::of(&sheet(
        r#"<row r="2" spans="1:3"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>
           <row r="3"><c r="A3"><v>5640001.0</v></c><c r="B3" s="1"><v>46350</v></c><c r="D3" s="1"/></row>
           <row r="5"><c r="B5" t="str"><v>a&amp;&#x3042;</v></c><c t="b"><v>1</v></c></row>
           <row><c t="d"><v>2026-11-24</v></c></row>"#,
    ));
    book.strings = "<si><t>番号</t><rPh sb=\"0\" eb=\"2\"><t>バンゴウ</t></rPh></si><si><r><t>_x65E5_</t></r><r><t xml:space=\"preserve\"> 付</t></r></si>".into();
    let bytes = book.bytes();
    let intake = open(&bytes).unwrap();
    assert_eq!(intake.header(), ["番号", "日 付"]);
    let row = |cells: [&str; 3]| cells.map(String::from).to_vec();
    let expected = [
        (3, row(["5640001", "2026-11-24", ""])),
        (5, row(["", "a&あ", "TRUE"])),
        (6, row(["2026-11-24", "", ""])),
    ];
    assert_eq!(rows(&intake), expected);
    let cut: Vec<usize> = intake.rows().map(|row| row.unwrap().fields.len()).collect();
    assert_eq!(cut, [2, 2, 2]);
}

#[test]
fn r5_c1_what_a_table_cannot_say_is_refused_with_its_cell() {
    let refused =
        |rows: &str, after: &str| refused(&Book::of(&(sheet(&format!("{HEADER}{rows}")) + after)).bytes());
    let formula = WorkbookError::Formula { cell: at(2, 28) };
    for f in ["<f>1+1</f>", "<f/>", r#"<f t="shared" si="99999999999"/>"#] {
        assert_eq!(refused(&format!(r#"<row r="2"><c r="AB2">{f}<v>2</v></c></row>"#), ""), formula.into());
    }
    assert_eq!(formula.to_string(), "a formula in cell AB2");
    let merged = r#"<mergeCells count="1"><mergeCell ref="A2:B3"/></mergeCells>"#;
    assert_eq!(refused("", merged), WorkbookError::Merged { from: at(2, 1), to: at(3, 2) }.into());
    let error = r#"<row r="2"><c r="B2" t="e"><v>#N/A</v></c></row>"#;
    assert_eq!(refused(error, ""), WorkbookError::ErrorValue { cell: at(2, 2) }.into());
    let nul = r#"<row r="2"><c r="B2" t="str"><v>a_x0000_</v></c></row>"#;
    assert_eq!(refused(nul, ""), WorkbookError::Nul { cell: at(2, 2) }.into());
    // The same place twice, or a cell in another row, could say one thing here and another elsewhere.
    for rows in [
        r#"<row r="1"><c r="C1"><v>1</v></c></row>"#,
        r#"<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>"#,
        r#"<row r="2"><c r="A3"><v>1</v></c></row>"#,
        r#"<row r="2"><c r="A2" t="s"><v>7</v></c></row>"#,
        r#"<row r="2"><c r="A2"><v>x</v></c></row>"#,
        r#"<row r="2"><c r="XFE2"><v>1</v></c></row>"#,
        r#"<row r="99999999999999999999999"></row>"#,
        r#"<row r="2"><c r="A2"><v>1</v></row></c>"#,
    ] {
        assert_eq!(refused(rows, ""), WorkbookError::Broken.into(), "{rows}");
    }
}

#[test]
fn r5_c1_one_sheet_holds_something() {
    let mut book = Book::of(&sheet(""));
    assert_eq!(refused(&book.bytes()), IntakeError::Empty);
    book.sheets.push(("visible", sheet(HEADER)));
    assert_eq!(open(&book.bytes()).unwrap().header(), ["番号", "日"]);
    book.sheets.push(("visible", sheet("")));
    book.sheets.push(("veryHidden", sheet(r#"<row r="9"><c r="Z9"><v>1</v></c></row>"#)));
    assert_eq!(refused(&book.bytes()), WorkbookError::SeveralSheets { first: 2, second: 4 }.into());
}

#[test]
fn r4_b_an_individual_number_is_seen_wherever_it_stands() {
    let number = |cell: &str| {
        format!(r#"<row r="2"><c r="A2"><v>1</v></c><c r="{cell}"><v>{INDIVIDUAL_NUMBER}</v></c></row>"#)
    };
    // In a hidden column beyond the header it reaches whoever asks for whole rows.
    let hidden = format!(
        r#"<cols><col min="4" max="4" hidden="1"/></cols>{}"#,
        sheet(&format!("{HEADER}{}", number("D2")))
    );
    let bytes = Book::of(&hidden).bytes();
    assert_eq!(rows(&open(&bytes).unwrap())[0].1, ["1", "", "", INDIVIDUAL_NUMBER]);
    // Where the workbook is refused anyway, it is what is told.
    let mut book = Book::of(&sheet(HEADER));
    book.sheets.push(("hidden", sheet(&number("C2"))));
    assert_eq!(refused(&book.bytes()), WorkbookError::IndividualNumber { sheet: 2, cell: at(2, 3) }.into());
    let formula = format!(r#"{HEADER}<row r="2"><c r="A2"><f>1</f><v>{INDIVIDUAL_NUMBER}</v></c></row>"#);
    assert_eq!(
        refused(&Book::of(&sheet(&formula)).bytes()),
        WorkbookError::IndividualNumber { sheet: 1, cell: at(2, 1) }.into()
    );
    let far =
        format!(r#"{HEADER}<row r="1000000"><c r="XFD1000000" t="str"><v>1234-5678-9018</v></c></row>"#);
    let refused = refused(&Book::of(&sheet(&far)).bytes());
    assert_eq!(refused, WorkbookError::IndividualNumber { sheet: 1, cell: at(1_000_000, 16_384) }.into());
}

#[test]
fn r5_c1_limits_are_kept() {
    let limits = Limits { bytes: 4_000, unpacked_bytes: 100_000, line_bytes: 100, columns: 3, lines: 5 };
    let refused = |rows: &str, strings: &str| {
        let mut book = Book::of(&sheet(&format!("{HEADER}{rows}")));
        book.strings = strings.to_owned();
        Intake::open(&book.bytes(), &limits).map(|_| ()).unwrap_err()
    };
    let row = |row: usize, text: &str| format!(r#"<row r="{row}"><c t="str"><v>{text}</v></c></row>"#);
    assert_eq!(refused(&row(6, "x"), ""), IntakeError::TooManyLines { limit: 5 });
    let wide = r#"<row r="2"><c r="D2"><v>1</v></c></row>"#;
    assert_eq!(refused(wide, ""), IntakeError::TooManyColumns { line: 2, limit: 3 });
    let long = "あ".repeat(34);
    assert_eq!(refused(&row(3, &long), ""), IntakeError::LineTooLong { line: 3, limit: 100 });
    // One long text that many cells share is bounded by the row.
    let shared = r#"<row r="2"><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>"#;
    let strings = format!("<si><t>{}</t></si>", "x".repeat(60));
    assert_eq!(refused(shared, &strings), IntakeError::LineTooLong { line: 2, limit: 100 });
    assert_eq!(refused("", &strings.repeat(200)), WorkbookError::TooMuchText { limit: 8_000 }.into());
    assert_eq!(refused(&" ".repeat(100_000), ""), WorkbookError::Unpacks { limit: 100_000 }.into());
}

#[test]
fn r5_c1_archives_that_are_no_workbook_are_refused() {
    let mut book = Book::of(&sheet(HEADER));
    let bytes = book.bytes();
    assert_eq!(refused(&bytes[..bytes.len() / 2]), WorkbookError::Broken.into());
    assert_eq!(refused(b"PK\x03\x04"), WorkbookError::Broken.into());
    let other = IntakeError::NotText(OtherFormat::Zip);
    assert_eq!(refused(&archive(&[("a.txt", b"a")])), other);
    let root = r#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="word/document.xml"/></Relationships>"#;
    let document = archive(&[("_rels/.rels", root.as_bytes()), ("word/document.xml", b"<document/>")]);
    assert_eq!(refused(&document), other);
    for (part, bytes, error) in [
        ("xl/vbaProject.bin", &b"x"[..], WorkbookError::Macros),
        ("xl/macrosheets/sheet1.xml", b"x", WorkbookError::Macros),
        ("xl/embeddings/a.docx", b"x", WorkbookError::Nested),
        ("xl/media/image1.png", b"PK\x03\x04x", WorkbookError::Nested),
        ("XL/WORKBOOK.XML", b"x", WorkbookError::Broken),
    ] {
        book.more = vec![(part, bytes.to_vec())];
        assert_eq!(refused(&book.bytes()), error.into(), "{part}");
    }
    let many: Vec<String> = (0..1_001).map(|part| part.to_string()).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (&**name, &b""[..])).collect();
    assert_eq!(refused(&archive(&many)), WorkbookError::TooManyParts { limit: 1_000 }.into());
    let mut encrypted = bytes.clone();
    for mark in [&b"PK\x01\x02"[..], b"PK\x03\x04"] {
        let header = encrypted.windows(4).position(|bytes| bytes == mark).unwrap();
        encrypted[header + if mark == b"PK\x01\x02" { 8 } else { 6 }] |= 1;
    }
    assert_eq!(refused(&encrypted), WorkbookError::Encrypted.into());
    let entity = Book::of("<!DOCTYPE x [<!ENTITY a \"aaaa\">]>");
    assert_eq!(refused(&entity.bytes()), WorkbookError::Broken.into());
}

fn grown(run: impl FnOnce()) -> u64 {
    let memory = |name: &str| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let before = memory("VmHWM");
    run();
    memory("VmHWM") - before
}

#[test]
fn r5_c1_a_bomb_is_refused_in_little_memory() {
    // 150 MB of zeros in about 150 kB.
    let bomb = |name: &str| {
        let mut zip = ZipWriter::new(Cursor::new(Book::of(&sheet(HEADER)).bytes()));
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        let zeros = vec![0_u8; 1 << 20];
        (0..150).for_each(|_| zip.write_all(&zeros).unwrap());
        zip.finish().unwrap().into_inner()
    };
    let mut bytes = bomb("xl/sharedStrings.xml");
    assert!(bytes.len() < 400_000);
    assert!(grown(|| assert_eq!(refused(&bytes), WorkbookError::Ratio { limit: 100 }.into())) < 8 << 10);
    // The same with a directory that says one kilobyte: what unpacks beyond it is not read.
    let directory = bytes.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    bytes[directory + 24..directory + 28].copy_from_slice(&1_024_u32.to_le_bytes());
    let lying = || {
        let mut package = Package::open(&bytes, &Limits::default()).unwrap();
        let strings = package.xml("xl/sharedStrings.xml").unwrap();
        assert_eq!(Strings::read(strings, &Limits::default()).unwrap_err(), WorkbookError::Broken.into());
    };
    assert!(grown(lying) < 8 << 10);
}

/// Run alone, with the figures shown: `cargo nextest run -p documents --run-ignored only --no-capture large`.
#[test]
#[ignore = "a measurement"]
#[expect(clippy::print_stderr, reason = "it is run to be read")]
fn r5_c1_a_large_workbook_is_read_in_bounded_memory() {
    let row = |row: i64| {
        let mut cells = vec![Cell::Number(row), Cell::Day(date(2026, 11, 24))];
        cells.extend((0..6).map(|column| Cell::text(format!("{:09} {column}", row * 7_919 % 1_000_003))));
        cells
    };
    let columns: Vec<String> = (1..=8).map(|column| format!("列{column}")).collect();
    let sheet = Sheet { name: "一覧", columns: &columns, made_at: jiff::Timestamp::UNIX_EPOCH };
    let mut book = Workbook::new(Cursor::new(Vec::new()), &sheet).unwrap();
    (0..99_999).for_each(|number| book.row(&row(number)).unwrap());
    let bytes = book.finish().unwrap().into_inner();
    let started = std::time::Instant::now();
    let mut rows = 0;
    let grown = grown(|| rows = open(&bytes).unwrap().rows().count());
    eprintln!("99,999 x 8: {:?}, {} bytes, memory grown by {grown} KiB", started.elapsed(), bytes.len());
    assert_eq!(rows, 99_999);
}

proptest! {
    #[test]
    fn r5_c1_any_texts_come_back(
        texts in proptest::collection::vec("[あ-んa-z0-9\",_x=+<&' \n]{1,12}", 1..20),
    ) {
        let rows: Vec<Vec<Cell>> = texts.iter().map(|text| vec![Cell::text("x"), Cell::text(text.clone())]).collect();
        let table = Table { columns: vec!["甲".into(), "乙".into()], rows };
        let bytes = table.to_xlsx("一覧", jiff::Timestamp::UNIX_EPOCH).unwrap();
        let intake = open(&bytes).unwrap();
        let found: Vec<String> = intake.rows().map(|row| row.unwrap().fields.remove(1)).collect();
        let expected: Vec<String> = texts.iter().map(|text| text.trim().to_owned()).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn r5_c1_a_spoiled_workbook_ends_in_rows_or_an_error(
        places in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8),
        rows in "[<>/cvrfist=\"A-C1-3 ]{0,60}",
    ) {
        let mut bytes = Book::of(&sheet(&format!("{HEADER}{rows}"))).bytes();
        if let Ok(intake) = open(&bytes) {
            intake.rows().for_each(|row| assert!(row.is_ok()));
        }
        for (place, byte) in places {
            let length = bytes.len();
            bytes[place.index(length)] = byte;
        }
        if let Ok(intake) = open(&bytes) {
            intake.rows().for_each(|row| assert!(row.is_ok()));
        }
    }
}
