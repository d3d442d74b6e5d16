//! Workbooks that are not what they should be, sent over HTTP: each is refused with the sentence that says what to do,
//! nothing is stored, and what was typed stays.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use std::io::{Cursor, Read as _, Write as _};

use documents::table::{Cell, Table};
use jiff::civil::date;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const HEADER: [&str; 6] = ["一覧番号", "交付通知書番号", "申請方式", "郵便番号", "カード有効期限", "氏名"];

/// A list of so many cards as a workbook; the expiry date of the first is what it is given.
fn list(cards: u32, expiry: &Cell) -> Vec<u8> {
    let row = |n: u32| {
        let expiry = if n == 1 { expiry.clone() } else { Cell::Day(date(2036, 10, 30)) };
        let notice = format!("ABC-{n:06}");
        let texts = [notice.as_str(), "交付時来庁", "5640001"].map(Cell::text);
        let mut cells = vec![Cell::Number(i64::from(n))];
        cells.extend(texts);
        cells.extend([expiry, Cell::text("見本 花子")]);
        cells
    };
    let table = Table { columns: HEADER.map(str::to_owned).to_vec(), rows: (1..=cards).map(row).collect() };
    table.to_xlsx("一覧表", "2026-11-02T00:00:00Z".parse().unwrap()).unwrap()
}

/// The same workbook with another text in the part of its sheet.
fn changed(book: &[u8], change: impl Fn(String) -> String) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(book)).unwrap();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let (name, mut text) = (part.name().unwrap().into_owned(), String::new());
        part.read_to_string(&mut text).unwrap();
        let text = if name.contains("worksheets/") { change(text) } else { text };
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn sends(operator: &mut Browser, file: &[u8]) {
    operator.open("/consignments/new");
    operator.fill("received_on", "2026-11-02").fill("list_date", "2026-10-30").fill("box", "7");
    operator.attach("file", "一覧表.xlsx", file).press("内容を確認する");
}

/// The end of the rows, before which a cell of the second line is put in place of what is there.
fn with_formula(text: &str) -> String {
    let first = text.find("<c r=\"A2\"").unwrap();
    let end = first + text[first..].find("</c>").unwrap() + "</c>".len();
    format!("{}<c r=\"A2\"><f>0+1</f><v>1</v></c>{}", &text[..first], &text[end..])
}

on_both! {
    fn r5_c1_a_workbook_that_is_a_trap_is_refused_with_what_to_do(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        let entries = house.city.home.rows_of("journal");
        let good = list(3, &Cell::Day(date(2036, 10, 30)));
        let bomb = changed(&good, |text| {
            let blank = " ".repeat(50 << 20);
            text.replacen("<sheetData>", &format!("{blank}<sheetData>"), 1)
        });
        assert!(bomb.len() < 1 << 20, "a bomb is small: {}", bomb.len());
        for (file, sentence) in [
            (bomb, "値だけを新しいブックに貼り付けて保存し直してください。"),
            (changed(&good, |text| with_formula(&text)), "セルA2に数式があります。数式でなく値を貼り付けて"),
            (
                changed(&good, |text| {
                    let merged = "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"B2:B3\"/></mergeCells>";
                    text.replacen("</sheetData>", merged, 1)
                }),
                "セルB2からB3が結合されています。結合を解除して",
            ),
            // The day of a spreadsheet without its format is a number, and is not guessed.
            (list(3, &Cell::Number(49_978)), "日付として読めません。"),
        ] {
            sends(&mut operator, &file);
            assert_eq!(operator.status(), 422, "{sentence}: {}", operator.text());
            operator.reads(sentence);
            assert_eq!(operator.page().value("box").as_deref(), Some("7"), "{sentence}");
            assert!(!operator.page().source().contains("見本"), "a name is shown: {sentence}");
        }
        for table in ["consignment", "card", "personal"] {
            assert_eq!(house.city.home.rows_of(table), 0, "{table}");
        }
        assert_eq!(house.city.home.rows_of("journal"), entries);
        // The same list as it should be is taken, with the dates that a spreadsheet keeps as numbers.
        sends(&mut operator, &good);
        operator.sees("取り込む内容の確認").press("取り込む");
        assert_eq!(house.city.home.rows_of("card"), 3);
        house.verify();
    }
}
