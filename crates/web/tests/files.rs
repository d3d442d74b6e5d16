//! Files that are not what they should be, sent over HTTP: a clear sentence, nothing stored, what was typed kept,
//! memory bounded.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a story fails where it stands")]

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Request, StatusCode, header};
use documents::intake::{Encoding, Intake, Limits, Row};
use documents::sample::{Mistakes, Order, consignment};
use documents::table::{Cell, Table};
use http_body_util::BodyExt;
use jiff::civil::date;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};
use tower::ServiceExt;

const HEADER: &str = "一覧番号,交付通知書番号,申請方式,郵便番号,カード有効期限,氏名";
const LINE: &str = "1,ABC-000001,交付時来庁,5640001,2036-10-30,見本 花子";
/// Twelve digits with a right check digit that belong to nobody.
const INDIVIDUAL_NUMBER: &str = "123456789018";

fn good(cards: u32) -> Vec<u8> {
    let (mistakes, encoding) = (Mistakes::default(), Encoding::Utf8);
    let order = Order { cards, seed: 5, made_on: date(2026, 10, 30), first_line: 1, mistakes, encoding };
    consignment(&order).bytes
}

/// The same list as a workbook.
fn workbook(list: &[u8]) -> Vec<u8> {
    let list = Intake::open(list, &Limits::default()).unwrap();
    let cells = |row: Row| row.fields.into_iter().map(Cell::text).collect();
    let rows = list.rows().map(|row| cells(row.unwrap())).collect();
    let table = Table { columns: list.header().to_vec(), rows };
    table.to_xlsx("一覧表", "2026-11-02T00:00:00Z".parse().unwrap()).unwrap()
}

fn sends(operator: &mut Browser, file: &[u8]) {
    operator.open("/consignments/new");
    operator.fill("received_on", "2026-11-02").fill("list_date", "2026-10-30").fill("box", "7");
    operator.attach("file", "一覧表.csv", file).press("内容を確認する");
}

/// Nothing was stored: neither a list, nor a staged one, nor a card, nor a personal field, nor an entry.
fn nothing_is_there(house: &House) {
    let db = house.city.db();
    assert!(db.read_now(|reader| store::consignment::list(reader, None, 10)).unwrap().is_empty());
    for table in ["consignment", "card", "personal"] {
        assert_eq!(house.city.home.rows_of(table), 0, "{table}");
    }
}

on_both! {
    fn r5_c1_a_file_that_is_no_list_is_told_in_one_sentence(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        let entries = house.city.home.rows_of("journal");
        let of = |lines: &[&str]| lines.join("\r\n").into_bytes();
        let utf16: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain(HEADER.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let mut garbled = of(&[HEADER, LINE]);
        garbled.extend([0xFF, 0x81, b'\r', b'\n']);
        let mut with_nul = of(&[HEADER, LINE]);
        with_nul[HEADER.len() + 5] = 0;
        let long = "あ".repeat(1_000_000);
        let quoted = format!("1,\"{long}");
        let too_many = format!("{HEADER}\r\n{}", "\r\n".repeat(100_001));
        let wide = vec!["x"; 300].join(",");
        for (file, sentence) in [
            (Vec::new(), "ファイルが空です。"),
            (b"\r\n\r\n".to_vec(), "ファイルが空です。"),
            (of(&[HEADER]), "ファイルが空です。"),
            (utf16, "文字コードがUTF-16（Unicodeテキスト）です。CSVかExcel（.xlsx）で保存し直してください。"),
            (b"PK\x03\x04 a workbook".to_vec(), "Excelのファイルを読めません。"),
            (vec![0xd0, 0xcf, 0x11, 0xe0], "パスワードの付いたExcelです。"),
            (b"%PDF-1.7".to_vec(), "PDFです。CSVかExcel（.xlsx）で保存し直してください。"),
            (garbled, "文字コードを確かめてください。"),
            (with_nul, "文字でないデータがあります。CSVではないようです。"),
            (of(&["名前,住所", "見本 花子,吹田市"]), "「一覧番号」の列がありません。"),
            (of(&[HEADER, "1,ABC-000001"]), "列の数が見出しと違います"),
            (of(&[HEADER, &long]), "2行目が長すぎます（64KBまで）。"),
            (of(&[&long]), "1行目が長すぎます（64KBまで）。"),
            (of(&[HEADER, &quoted]), "2行目が長すぎます（64KBまで）。"),
            (of(&[&wide]), "1行目の列が多すぎます（200列まで）。"),
            (too_many.into_bytes(), "行が多すぎます（100000行まで）。"),
            (vec![b'a'; (20 << 20) + 1], "ファイルが大きすぎます（20MBまで）。"),
        ] {
            sends(&mut operator, &file);
            assert_eq!(operator.status(), 422, "{sentence}");
            operator.sees("一覧表を取り込む").reads(sentence);
            // What was typed is still there.
            assert!(operator.page().source().contains("value=\"2026-10-30\""), "{sentence}");
            assert!(!operator.page().source().contains("見本"), "a name is shown: {sentence}");
        }
        nothing_is_there(&house);
        assert_eq!(house.city.home.rows_of("journal"), entries);
        // A good file after all of them.
        sends(&mut operator, &good(12));
        operator.sees("取り込む内容の確認").press("取り込む");
        assert_eq!(house.city.home.rows_of("card"), 12);
    }

    fn r5_c1_a_workbook_is_taken_like_a_csv(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        sends(&mut operator, &workbook(&good(12)));
        operator.sees("取り込む内容の確認").reads("Excel（.xlsx）").press("取り込む");
        assert_eq!(house.city.home.rows_of("card"), 12);
        house.verify();
    }

    fn r4_b_an_individual_number_in_any_column_refuses_the_file_and_is_never_repeated(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        let wide: String =
            INDIVIDUAL_NUMBER.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
        for line in [
            // In a column that is mapped, in one that is not, with spaces, in wide digits, and in the heading.
            format!("{HEADER}\r\n1,{INDIVIDUAL_NUMBER},交付時来庁,5640001,2036-10-30,見本"),
            format!("{HEADER}\r\n1,ABC-000001,交付時来庁,5640001,2036-10-30,見本 {INDIVIDUAL_NUMBER}"),
            format!("{HEADER}\r\n1,ABC-000001,交付時来庁,5640001,2036-10-30,1234 5678 9018"),
            format!("{HEADER}\r\n1,ABC-000001,交付時来庁,5640001,2036-10-30,{wide}"),
            format!("{HEADER},{INDIVIDUAL_NUMBER}\r\n{LINE},"),
        ] {
            for file in [line.as_bytes().to_vec(), workbook(line.as_bytes())] {
                sends(&mut operator, &file);
                assert_eq!(operator.status(), 422, "{line}");
                operator.reads("個人番号と思われる番号があります。ファイル全体を受け付けません。");
                let source = operator.page().source();
                for shown in [INDIVIDUAL_NUMBER, "1234 5678 9018", wide.as_str(), "9018"] {
                    assert!(!source.contains(shown), "{shown} is shown");
                }
            }
        }
        nothing_is_there(&house);
        // Nor in the name of the file.
        operator.open("/consignments/new");
        operator.fill("received_on", "2026-11-02").fill("list_date", "2026-10-30").fill("box", "7");
        let name = format!("{INDIVIDUAL_NUMBER}.csv");
        operator.attach("file", &name, &good(3)).press("内容を確認する");
        operator.reads("ファイルの名前に個人番号と思われる番号があります。");
        assert!(!operator.page().source().contains("9018"));
        nothing_is_there(&house);
    }

    fn r5_c1_a_hundred_megabytes_are_refused_in_bounded_memory(home: TestDb) {
        let mut house = House::open(home);
        let operator = house.operator();
        let cookie: Vec<String> =
            operator.cookies().iter().map(|(name, value, _)| format!("{name}={value}")).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let before = peak();
        let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
        let request = Request::post("/consignments/new")
            .header(header::COOKIE, cookie.join("; "))
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(Body::new(Flood { head: Some(head), chunks: 100 << 4 }))
            .unwrap();
        let router = web::staff::router(house.app.clone());
        let (status, page) = runtime.block_on(async {
            let (head, body) = router.oneshot(request).await.unwrap().into_parts();
            (head.status, body.collect().await.unwrap().to_bytes())
        });
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(String::from_utf8_lossy(&page).contains("大きすぎます"));
        let grown = peak() - before;
        assert!(grown < 64, "100 MB took {grown} MiB");
        nothing_is_there(&house);
    }
}

/// The most memory that this process ever had, in MiB; each test is a process of its own.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() / 1024
}

/// A body that is made while it is read.
struct Flood {
    head: Option<&'static str>,
    /// How many chunks of 64 KiB are to come.
    chunks: u32,
}

impl HttpBody for Flood {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        if let Some(head) = self.head.take() {
            return Poll::Ready(Some(Ok(http_body::Frame::data(Bytes::from_static(head.as_bytes())))));
        }
        let left = self.chunks.checked_sub(1);
        self.chunks = left.unwrap_or(0);
        Poll::Ready(left.map(|_| Ok(http_body::Frame::data(Bytes::from(vec![b'x'; 64 << 10])))))
    }
}
