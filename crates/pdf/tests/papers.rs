//! The papers as a reader and a scanner get them: pages are drawn from the PDF and codes read out of the
//! picture. The tools (poppler-utils, zbar-tools) are needed; without them these tests fail.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "the time of fifty letters is to be read")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Instant;

use documents::Document;
use documents::batch_list::{self, BatchList};
use documents::bundle_cover::{BundleCovers, Cover, Part};
use documents::day_counts::{Count, DayCounts, Group, Reconciliation};
use documents::day_list::{self, DayList};
use documents::label::{PlaceLabel, PlaceLabels, Sheet, SleeveLabel, SleeveLabels};
use documents::letter::{Letter, Letters};
use documents::office::{City, Site, Words};
use documents::plain_list::PlainList;
use jiff::Timestamp;
use jiff::civil::date;
use pdf::protocol::{self, ProtocolError};
use pdf::{Engine, PdfError, Rendered};

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::new(&[PathBuf::from("/usr/share/fonts")]).expect("the fonts are installed"));

fn printed_at() -> Timestamp {
    "2026-11-24T00:12:00Z".parse().unwrap()
}

fn printed_by() -> String {
    "見本 操作者".into()
}

fn site() -> Site {
    Site {
        name: Words::new("吹田市役所 本庁", "Suita City Hall"),
        counter: Words::new("高層棟1階 マイナンバー窓口", "My Number Counter, High-rise Building 1F"),
        address: Words::new("〒564-8550 吹田市泉町1丁目3番40号", "1-3-40 Izumi-cho, Suita 564-8550"),
        access: Words::new(
            "阪急千里線 吹田駅からすぐ。正面玄関を入って右手、1階の奥です。",
            "Next to Suita Station (Hankyu Senri Line). Main entrance, then to the right.",
        ),
        hours: vec![
            Words::new("月曜日〜金曜日 9時〜17時30分", "Monday to Friday 9:00–17:30"),
            Words::new("第2・第4土曜日 9時〜17時", "2nd and 4th Saturday 9:00–17:00"),
            Words::new("祝休日と12月29日〜1月3日は休み", "Closed on holidays and 29 December to 3 January"),
        ],
        telephone: "06-0000-0000".into(),
        telephone_hours: vec![
            Words::new("月〜金 9時〜17時30分", "Mon–Fri 9:00–17:30"),
            Words::new("第2・第4土曜日 9時〜17時", "2nd and 4th Sat 9:00–17:00"),
        ],
    }
}

fn letters(count: u32) -> Document {
    let letters = (1..=count)
        .map(|line| {
            let booking_key = format!("1{:013}", 4_829_301_765_000_u64 + u64::from(line) * 7919);
            Letter {
                control_number: format!("{:09}", 104_230_000 + line),
                list_line: line,
                list_date: date(2026, 11, 20),
                reference: Some(format!("K7M-{line:06}")),
                url: format!("https://yoyaku.city.example.jp/k#{booking_key}"),
                booking_key,
            }
        })
        .collect();
    Document::GuideLetters(Box::new(Letters {
        city: City {
            name: Words::new("吹田市", "Suita City"),
            sender: Words::new("吹田市 市民部 市民課", "Suita City, Residents' Affairs Division"),
        },
        site: site(),
        printed_at: printed_at(),
        printed_by: printed_by(),
        version: "2026-11A".into(),
        part: 1,
        parts: 6,
        letters,
    }))
}

fn sleeve_labels(count: u32, skip: u32) -> Document {
    Document::SleeveLabels(SleeveLabels {
        printed_at: printed_at(),
        printed_by: printed_by(),
        sheet: Sheet { skip, ..Sheet::A4_24 },
        labels: (1..=count)
            .map(|line| SleeveLabel {
                control_number: format!("{:09}", 104_230_000 + line),
                list_date: date(2026, 11, 20),
                list_line: line,
                reference: (line % 2 == 1).then(|| format!("K7M-{line:06}")),
            })
            .collect(),
    })
}

fn place_labels() -> Document {
    Document::PlaceLabels(PlaceLabels {
        printed_at: printed_at(),
        printed_by: printed_by(),
        sheet: Sheet::A4_24,
        labels: (1..=5)
            .map(|number| PlaceLabel {
                number: format!("{:08}", 90_000_100 + number),
                name: format!("棚3-{number}"),
                inside: vec!["本庁".into(), "キャビネットA".into()],
            })
            .collect(),
    })
}

fn day_list(count: u16) -> Document {
    let columns =
        ["時刻", "管理番号", "交付通知書番号又は一覧の行", "保管場所", "予約方法", "来庁者", "家族", "備考"];
    let rows = (0..count)
        .map(|index| {
            let start = domain::time::Start::new(540 + index / 4 * 10).unwrap();
            let number = 104_230_000 + u32::from(index);
            let notice = format!("K7M-{index:06}");
            let texts = vec![
                start.to_string(),
                format!("{} {:03} {:03}", number / 1_000_000, number / 1_000 % 1_000, number % 1_000),
                if index % 5 == 0 { format!("R8.11.20-{}", index + 1) } else { notice },
                format!("キャビネットA 棚{}-{}", index % 6 + 1, index % 9 + 1),
                ["Web", "電話", "窓口"][usize::from(index % 7 / 3)].into(),
                ["本人", "本人と法定代理人", "未確認"][usize::from(index % 13 / 6)].into(),
                if index % 13 == 6 { "家族 2/3".into() } else { String::new() },
                if index % 11 == 0 { "車いす。同席あり。𠮷".into() } else { String::new() },
            ];
            day_list::Row { start, texts }
        })
        .collect();
    Document::DayList(DayList {
        city: "吹田市".into(),
        site: "本庁".into(),
        service: "個人番号カード交付".into(),
        day: date(2026, 11, 25),
        as_of: printed_at(),
        printed_at: printed_at(),
        printed_by: printed_by(),
        columns: columns.map(String::from).to_vec(),
        rows,
    })
}

fn batch_list() -> Document {
    let groups = ["交付前設定", "申請時来庁", "残期間2か月以内", "処理注意"];
    Document::BatchList(BatchList {
        city: "吹田市".into(),
        site: "本庁".into(),
        purpose: "市への引継ぎ（交付前設定）".into(),
        number: "20261124001".into(),
        day: date(2026, 11, 24),
        from: "受託者".into(),
        to: "市民課".into(),
        printed_at: printed_at(),
        printed_by: printed_by(),
        entries: (1..=70)
            .map(|line| batch_list::Entry {
                list_date: date(2026, 11, 20),
                list_line: line,
                control_number: format!("{:09}", 104_230_000 + line),
                reference: Some(format!("K7M-{line:06}")),
                group: groups[if line % 17 == 0 { (line / 17) as usize % 4 } else { 0 }].into(),
                remark: if line % 17 == 0 { "別途確認".into() } else { String::new() },
            })
            .collect(),
    })
}

fn bundle_covers() -> Document {
    let cover = |block: &str, grams: Option<u32>, parts: u32, is_special| {
        let count = parts * 20;
        Cover {
            block: block.into(),
            is_special,
            special: if is_special { "できます（100通以上）".into() } else { "あと60通".into() },
            count,
            grams,
            weight: grams.map(|grams| u64::from(grams) * u64::from(count)),
            parts: (1..=parts)
                .map(|n| Part {
                    number: format!("ABC{n:03}"),
                    count: 20,
                    of: if n == 1 { 24 } else { 20 },
                    state: if n == 1 { "引継ぎ前".into() } else { "引継ぎ済".into() },
                })
                .collect(),
        }
    };
    Document::BundleCovers(BundleCovers {
        city: "吹田市".into(),
        site: "本庁".into(),
        printed_at: printed_at(),
        printed_by: printed_by(),
        covers: vec![
            cover("564", Some(28), 9, true),
            cover("565", Some(28), 2, false),
            cover("市外", None, 1, false),
        ],
    })
}

fn plain_list() -> Document {
    Document::PlainList(PlainList {
        city: "吹田市".into(),
        site: "本庁".into(),
        title: "カード一覧".into(),
        asked: vec!["進み具合：予約完了".into(), "場所：箱".into()],
        columns: vec!["管理番号".into(), "一覧".into(), "場所".into()],
        rows: (1..=10)
            .map(|line| {
                vec![format!("104 230 {line:03}"), format!("R8.11.20-{line}"), "𠮷の棚 *x* #panic(1)".into()]
            })
            .collect(),
        printed_at: printed_at(),
        printed_by: printed_by(),
    })
}

fn day_counts() -> Document {
    Document::DayCounts(DayCounts {
        city: "吹田市".into(),
        site: "本庁".into(),
        day: date(2026, 11, 24),
        through_seq: Some(18_234),
        printed_at: printed_at(),
        printed_by: printed_by(),
        groups: vec![
            Group {
                title: "予約".into(),
                rows: vec![Count::new("新しい予約（Web）", 141), Count::new("取消", 12)],
            },
            Group {
                title: "交付窓口".into(),
                rows: vec![
                    Count::new("当日の予約", 188),
                    Count::new("交付", 171),
                    Count { remark: "書類の不備".into(), ..Count::new("持帰り", 6) },
                    Count::new("不来庁", 10),
                ],
            },
        ],
        reconciliations: vec![
            Reconciliation {
                whole: Count::new("当日の予約", 188),
                parts: vec![Count::new("交付", 171), Count::new("持帰り", 6), Count::new("不来庁", 10)],
            },
            Reconciliation {
                whole: Count::new("引き抜いた枚数", 188),
                parts: vec![Count::new("交付", 171), Count::new("保管に戻した枚数", 17)],
            },
        ],
    })
}

fn render(document: &Document, pages: usize) -> Rendered {
    let rendered = ENGINE.render(document).unwrap();
    // For a look at the pages by eye.
    if let Ok(keep) = std::env::var("PAPERS_KEEP") {
        let name = document.template().name.replace(".typ", &format!("-{pages}.pdf"));
        std::fs::write(Path::new(&keep).join(name), &rendered.pdf).unwrap();
    }
    assert_eq!(rendered.warnings, Vec::<String>::new());
    assert_eq!(rendered.pages, pages);
    rendered
}

/// Draws the pages with pdftoppm; `pages` holds the pictures in order.
struct Drawn {
    _folder: tempfile::TempDir,
    pages: Vec<PathBuf>,
    pdf: PathBuf,
}

fn draw(rendered: &Rendered, dpi: u32) -> Drawn {
    let folder = tempfile::tempdir().unwrap();
    let pdf = folder.path().join("paper.pdf");
    std::fs::write(&pdf, &rendered.pdf).unwrap();
    run("pdftoppm", &["-r", &dpi.to_string(), "-png", path(&pdf), path(&folder.path().join("page"))]);
    let mut pages: Vec<PathBuf> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "png"))
        .collect();
    pages.sort();
    assert_eq!(pages.len(), rendered.pages);
    Drawn { _folder: folder, pages, pdf }
}

/// Reads every code of one kind out of a picture, sorted.
fn scan(picture: &Path, kind: &str) -> Vec<String> {
    let enable = format!("-S{kind}.enable");
    let text = run("zbarimg", &["-q", "--raw", "-Sdisable", &enable, path(picture)]);
    let mut codes: Vec<String> = text.lines().map(str::to_owned).collect();
    codes.sort();
    codes
}

fn text(drawn: &Drawn) -> String {
    run("pdftotext", &["-layout", path(&drawn.pdf), "-"])
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed (poppler-utils, zbar-tools): {error}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn r5_c4_letters_carry_qr_and_control_number_that_scanners_read() {
    let document = letters(2);
    let Document::GuideLetters(expected) = &document else { unreachable!() };
    let rendered = render(&document, 4);
    let drawn = draw(&rendered, 150);
    for (index, letter) in expected.letters.iter().enumerate() {
        let (front, back) = (&drawn.pages[index * 2], &drawn.pages[index * 2 + 1]);
        assert_eq!(scan(front, "qrcode"), [letter.url.as_str()]);
        assert_eq!(scan(back, "qrcode"), [letter.url.as_str()]);
        assert_eq!(scan(front, "code128"), [letter.control_number.as_str()]);
    }
    let text = text(&drawn);
    assert!(text.contains("個人番号カード交付のご案内"), "{text}");
    assert!(text.contains("https://yoyaku.city.example.jp/k"));
    assert!(!text.contains("見本 操作者"), "the letter goes to citizens, without the operator's name");
}

#[test]
fn r5_c4_every_letter_is_one_sheet_and_fifty_are_quick() {
    let document = letters(50);
    LazyLock::force(&ENGINE);
    let begun = Instant::now();
    let rendered = render(&document, 100);
    println!("50 letters: {:?}, {} KiB", begun.elapsed(), rendered.pdf.len() / 1024);
    // On the slowest machine that runs the tests, unoptimised and with others at work.
    assert!(begun.elapsed().as_secs() < 60);
}

#[test]
fn r5_c4_a_letter_that_does_not_fit_its_sheet_is_not_printed() {
    let Document::GuideLetters(mut paper) = letters(1) else { unreachable!() };
    paper.site.access.ja = "長い道順です。".repeat(100);
    let error = ENGINE.render(&Document::GuideLetters(paper)).unwrap_err();
    assert!(matches!(error, PdfError::Pages { expected: 2, found: 3 }), "{error}");
}

#[test]
fn sleeve_labels_are_read_by_scanners() {
    let rendered = render(&sleeve_labels(30, 3), 2);
    let drawn = draw(&rendered, 200);
    let mut codes = scan(&drawn.pages[0], "code128");
    assert_eq!(codes.len(), 21);
    codes.extend(scan(&drawn.pages[1], "code128"));
    let expected: Vec<String> = (1..=30).map(|line| format!("{:09}", 104_230_000 + line)).collect();
    assert_eq!(codes, expected);
}

#[test]
fn place_labels_are_read_by_scanners() {
    let drawn = draw(&render(&place_labels(), 1), 200);
    let expected: Vec<String> = (1..=5).map(|number| format!("{:08}", 90_000_100 + number)).collect();
    assert_eq!(scan(&drawn.pages[0], "code128"), expected);
}

#[test]
fn r5_c5_the_day_list_repeats_its_head_and_says_who_and_when() {
    let rendered = render(&day_list(60), 2);
    let drawn = draw(&rendered, 100);
    let text = text(&drawn);
    assert!(text.contains("令和8年11月25日(水)"), "{text}");
    assert!(text.contains("令和8年11月24日(火) 9時12分"));
    assert!(text.contains("見本 操作者"));
    assert!(text.contains("取扱注意"));
    assert_eq!(text.matches("管理番号").count(), 2, "the head of the table stands on both pages");
    assert!(text.contains("1 / 2ページ") && text.contains("2 / 2ページ"), "{text}");
}

#[test]
fn r5_c5_a_day_without_reservations_says_so() {
    let drawn = draw(&render(&day_list(0), 1), 60);
    assert!(text(&drawn).contains("この日の予約はありません。"));
}

#[test]
fn r5_c2_the_batch_list_is_counted_and_signed() {
    let drawn = draw(&render(&batch_list(), 2), 200);
    assert_eq!(scan(&drawn.pages[0], "code128"), ["20261124001"]);
    assert!(text(&drawn).contains("合計 70枚"));
}

#[test]
fn r5_c4_each_bundle_has_a_sheet_and_the_mark_only_where_the_minimum_is_reached() {
    let drawn = draw(&render(&bundle_covers(), 3), 100);
    let text = text(&drawn);
    let pages: Vec<&str> = text.split('\u{c}').collect();
    for words in
        ["564", "180通", "28g", "5.040kg", "できます（100通以上）", "（24通のうち）", "引継者", "受領者"]
    {
        assert!(pages[0].contains(words), "{words}: {}", pages[0]);
    }
    // The mark and the word beside the count; where the minimum is not reached the word alone.
    assert_eq!(
        pages.iter().map(|page| page.matches("郵便区内特別").count()).collect::<Vec<_>>()[..3],
        [2, 1, 1]
    );
    assert!(pages[1].contains("1.120kg") && pages[2].contains("記録なし"), "{text}");
}

#[test]
fn the_day_counts_show_what_does_not_agree() {
    let drawn = draw(&render(&day_counts(), 1), 100);
    let text = text(&drawn);
    assert!(text.contains("不一致（差 1）"), "{text}");
    assert_eq!(text.matches("一致").count(), 2);
}

#[test]
fn r4_i_any_list_prints_with_its_filter_and_its_total() {
    let drawn = draw(&render(&plain_list(), 1), 60);
    let text = text(&drawn);
    for words in ["進み具合：予約完了", "R8.11.20-10", "合計 10件", "#panic(1)"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    for document in [letters(1), day_list(5), sleeve_labels(1, 0)] {
        assert_eq!(ENGINE.render(&document).unwrap(), ENGINE.render(&document).unwrap());
    }
}

#[test]
fn a_character_that_no_font_has_is_reported() {
    let Document::DayList(mut list) = day_list(1) else { unreachable!() };
    list.rows[0].texts[7] = "\u{1f9ff}".into();
    let rendered = ENGINE.render(&Document::DayList(list)).unwrap();
    assert_eq!(rendered.warnings, ["no font has '\\u{1f9ff}'".replace("\\u{1f9ff}", "🧿")]);
}

#[test]
fn text_cannot_become_markup() {
    let Document::DayList(mut list) = day_list(1) else { unreachable!() };
    list.rows[0].texts[7] = "*x* #panic(1) $y$ <z> \\ @a".into();
    let drawn = draw(&render(&Document::DayList(list), 1), 60);
    assert!(run("pdftotext", &[path(&drawn.pdf), "-"]).contains("#panic(1)"));
}

#[test]
fn a_missing_font_is_told_by_name() {
    let empty = tempfile::tempdir().unwrap();
    let error = Engine::new(&[empty.path().to_owned()]).err().unwrap();
    assert!(matches!(error, PdfError::MissingFont { family: "BIZ UDGothic", bold: false, .. }), "{error}");
    assert!(error.to_string().contains("BIZ UDGothic"));
}

#[test]
fn a_child_answers_over_pipes_and_ends_with_its_input() {
    let (from_parent, mut to_child) = std::io::pipe().unwrap();
    let (mut from_child, to_parent) = std::io::pipe().unwrap();
    let child = std::thread::spawn(move || protocol::serve(&ENGINE, from_parent, to_parent));
    let rendered = protocol::ask(&day_list(3), &mut to_child, &mut from_child).unwrap().unwrap();
    assert_eq!(rendered, ENGINE.render(&day_list(3)).unwrap());
    // A document that contradicts itself does not end the child.
    let refused = protocol::ask(&letters(0), &mut to_child, &mut from_child).unwrap();
    assert_eq!(refused.unwrap_err(), "the document has no items");
    assert!(protocol::ask(&letters(1), &mut to_child, &mut from_child).unwrap().is_ok());
    drop(to_child);
    assert!(child.join().unwrap().is_ok());
}

#[test]
fn a_child_that_is_not_understood_ends() {
    let garbage = [&[0, 0, 0, 2][..], b"{}"].concat();
    let ended = protocol::serve(&ENGINE, &garbage[..], Vec::new());
    assert!(matches!(ended, Err(ProtocolError::Malformed(_))));
}
