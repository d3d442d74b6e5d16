//! The whole way once, over HTTP on both databases: a list goes in, letters come out of the real renderer, citizens
//! book, tomorrow's list is printed, cards are issued, the day is closed, and the journal agrees.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use documents::intake;
use documents::sample::{Mistakes, Order, consignment};
use domain::card::{Pass, Progress};
use domain::id::CardId;
use domain::permission::Role;
use jiff::civil::{Date, date};
use madoguchi::renderer::{Limits, Program, Renderer};
use store::card::Listed;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

/// The day on which the box comes.
const FIRST: Date = date(2026, 11, 2);
/// The day on which citizens book: letters were posted on the 4th, and booking opens three open days later.
const BOOKING: Date = date(2026, 11, 9);
/// The day before the visits.
const EVE: Date = date(2026, 11, 11);
/// The day of the visits.
const DAY: Date = date(2026, 11, 12);
/// The day of the visits as citizens see it.
const DAY_LINK: &str = "11月12日(木)";

fn renderer() -> Arc<Renderer> {
    let program =
        Program::render(env!("CARGO_BIN_EXE_madoguchi").into(), &[PathBuf::from("/usr/share/fonts")]);
    Arc::new(Renderer::new(program, Limits::within(Duration::from_mins(1))))
}

fn cards(house: &House, progress: Progress) -> Vec<Listed> {
    house.city.db().read_now(move |reader| store::card::list(reader, Some(progress), None, 100)).unwrap()
}

/// What zbarimg reads from a page of a PDF.
fn codes_on(pdf: &[u8], page: usize) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let (file, picture) = (folder.path().join("paper.pdf"), folder.path().join("page"));
    std::fs::write(&file, pdf).unwrap();
    let page = page.to_string();
    run(Command::new("pdftoppm")
        .args(["-r", "150", "-png", "-singlefile", "-f", &page, "-l", &page])
        .arg(&file)
        .arg(&picture));
    let read =
        run(Command::new("zbarimg").args(["-q", "--raw"]).arg(Path::new(&picture).with_extension("png")));
    read.lines().map(str::to_owned).collect()
}

fn text_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paper.pdf");
    std::fs::write(&file, pdf).unwrap();
    run(Command::new("pdftotext").args(["-layout"]).arg(&file).arg("-"))
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?} failed");
    String::from_utf8(output.stdout).unwrap()
}

fn pdf(browser: &mut Browser, path: &str) -> Vec<u8> {
    browser.open(path);
    assert_eq!(browser.status(), 200, "{path}: {}", browser.text());
    assert!(browser.page().bytes.starts_with(b"%PDF-"), "{path}");
    browser.page().bytes.clone()
}

/// A page that asks for the city's person, filled by an operator from a signed paper.
fn signed_by_the_city<'b>(browser: &'b mut Browser, paper: &str) -> &'b mut Browser {
    browser.fill("person", "市川 一郎").tick("paper", paper, true)
}

/// The last digits of the number on the 交付通知書, as the person reads them from the paper.
fn end_of_notice(house: &House, card: CardId) -> String {
    let keys = house.city.keys.clone();
    let open = move |reader: &mut store::Reader<'_>| {
        store::privacy::open(
            reader,
            &keys,
            &domain::journal::Subject::Card(card),
            store::privacy::NOTICE_NUMBER,
        )
    };
    let number = house.city.db().read_now(open).unwrap().unwrap();
    number[number.len() - domain::consignment::CONFIRMING..].to_owned()
}

/// The list goes in and every card is inspected. Answers the cards that the city will set up.
fn list_and_inspection(house: &mut House, operator: &mut Browser) -> usize {
    let order = Order {
        cards: 14,
        seed: 11,
        made_on: FIRST,
        first_line: 1,
        mistakes: Mistakes::default(),
        encoding: intake::Encoding::Cp932,
    };
    let file = consignment(&order);
    operator.open("/preparation").follow("一覧表を取り込む");
    operator.fill("received_on", "2026-11-02").fill("list_date", "2026-10-30").fill("box", "1");
    operator.attach("file", "一覧表.csv", &file.bytes).press("内容を確認する");
    operator.sees("取り込む内容の確認").reads("14枚");
    // Names and addresses were in the file and are nowhere now.
    assert!(!operator.page().source().contains("見本"), "a name is shown");
    operator.press_twice("取り込む");
    let page = operator.path().to_owned();
    assert!(page.starts_with("/consignments/"), "{page}: {}", operator.text());
    // The same file changes nothing.
    operator.open("/consignments/new");
    operator.fill("received_on", "2026-11-02").fill("list_date", "2026-10-30").fill("box", "1");
    operator.attach("file", "一覧表.csv", &file.bytes).press("内容を確認する");
    assert_eq!(operator.status(), 422);
    let listed = cards(house, Progress::Listed);
    assert_eq!(listed.len(), 14);
    let labels = pdf(operator, &format!("{page}/labels.pdf"));
    let printed = codes_on(&labels, 1);
    assert!(listed.iter().all(|card| printed.contains(&card.control_number.digits())), "{printed:?}");
    operator.open(&page).follow("市からの受け取りを記録").fill("boxes", "1").fill("counted", "14");
    signed_by_the_city(operator, "yes").press("受け取りを記録する");
    for pass in Pass::ALL {
        for card in &listed {
            operator.open(&format!("{page}/inspect/{pass}"));
            operator.fill("code", &card.control_number.digits()).press("記録する");
            if *pass == Pass::ALL[0] {
                // The first scan of a new label: the end of the notice's number, from the paper.
                operator
                    .sees("ラベルの突き合わせ")
                    .fill("check", &end_of_notice(house, card.id))
                    .press("確認した");
            }
        }
    }
    assert_eq!(cards(house, Progress::Inspected).len(), 14);
    let stored = listed.iter().filter(|card| card.method.is_stored()).count();
    // A wrong count is refused, and nothing typed is lost.
    operator.open(&format!("{page}/send")).fill("counted", "3");
    signed_by_the_city(operator, "yes").press("市へ引き継ぐ");
    assert_eq!(operator.status(), 422);
    assert_eq!(operator.page().value("person").as_deref(), Some("市川 一郎"));
    operator.fill("counted", &stored.to_string());
    signed_by_the_city(operator, "yes").press("市へ引き継ぐ");
    let batch = operator.path().to_owned();
    assert!(batch.starts_with("/batches/"), "{batch}");
    assert!(text_of(&pdf(operator, &format!("{batch}/list.pdf"))).contains("交付前設定"));
    house.at(date(2026, 11, 4), "9:00");
    operator.open("/sign-in");
    *operator = house.operator();
    operator.open(&batch).fill("counted", &stored.to_string());
    signed_by_the_city(operator, "yes").press("返却を記録する");
    assert_eq!(cards(house, Progress::Prepared).len(), stored);
    stored
}

/// Cards go into a box; letters are printed, read back, transferred and posted. Answers cards and their keys as the
/// QR codes on the letters say.
fn storage_and_letters(house: &mut House, operator: &mut Browser) -> Vec<(CardId, String)> {
    let bin = house.city.new_box("箱1-1-1");
    let label = house
        .city
        .db()
        .read_now(move |reader| store::place::find(reader, bin))
        .unwrap()
        .unwrap()
        .label
        .unwrap();
    let prepared = cards(house, Progress::Prepared);
    operator.open("/storage/put").fill("code", &label.digits()).press("記録する");
    for card in &prepared {
        operator.fill("code", &card.control_number.digits()).press("記録する");
    }
    operator.open("/letters").press(&format!("次の{}通を作る", prepared.len()));
    let part = operator.path().to_owned();
    let letters = pdf(operator, &format!("{part}/letters.pdf"));
    let keys: Vec<(CardId, String)> = prepared
        .iter()
        .enumerate()
        .map(|(n, card)| {
            // Each letter is one sheet, Japanese in front.
            let codes = codes_on(&letters, 2 * n + 1);
            let address = codes.iter().find(|code| code.starts_with("https://")).unwrap();
            assert!(codes.contains(&card.control_number.digits()), "{codes:?}");
            (card.id, address.strip_prefix("https://yoyaku.example.jp/k#").unwrap().to_owned())
        })
        .collect();
    // Before it is posted, nothing can be booked.
    let mut citizen = house.citizen();
    citizen.open("/k").fill("number", &keys[0].1).press("次へ進む");
    assert!(!citizen.text().contains("日にちを選んでください"), "booked before it was posted");
    // Each letter with its sleeve, and the number of its notice seen to be the same.
    operator.open(&format!("{part}/stuffing"));
    for (card, (_, key)) in prepared.iter().zip(&keys) {
        operator.fill("code", &format!("https://yoyaku.example.jp/k#{key}")).press("読み取る");
        operator.fill("code", &card.control_number.digits()).press("読み取る");
        operator.press("同じ：封入を記録する");
    }
    operator.reads("案内・交付通知書・カードの数が一致しました");
    operator.open(&part).fill("counted", &prepared.len().to_string());
    signed_by_the_city(operator, "yes").press("市へ引き継ぐ");
    operator.open(&part).fill("posted_on", "2026-11-04");
    signed_by_the_city(operator, "yes").press("発送を記録する");
    assert_eq!(cards(house, Progress::Notified).len(), prepared.len());
    keys
}

fn books(citizen: &mut Browser, key: &str, words: &[&str; 7], time: &str) -> String {
    let [next, days, day, times, check, book, done] = words;
    citizen.open("/k").fill("number", key).press(next).sees(days).follow(day).sees(times);
    citizen.press(time).choose("who", "principal").press(next).sees(check).press(book).sees(done);
    citizen.page().texts_of_class("done-number")[0].clone()
}

const JAPANESE: [&str; 7] = [
    "次へ進む",
    "日にちを選んでください",
    DAY_LINK,
    "時間を選んでください",
    "予約の内容を確かめてください",
    "この内容で予約する",
    "予約が終わりました",
];

fn card_number(house: &House, card: CardId) -> String {
    house
        .city
        .db()
        .read_now(move |reader| store::card::find(reader, card))
        .unwrap()
        .unwrap()
        .control_number
        .digits()
}

on_both! {
    fn r4_0_the_whole_way_once(home: TestDb) {
        let mut house = House::with_printer(home, renderer());
        let mut operator = house.operator();
        let stored = list_and_inspection(&mut house, &mut operator);
        let keys = storage_and_letters(&mut house, &mut operator);
        assert_eq!(keys.len(), stored);

        // Citizens book: four in Japanese, one of whom cancels and books again.
        house.at(BOOKING, "20:00");
        let mut numbers = Vec::new();
        for (n, (_, key)) in keys[..4].iter().enumerate() {
            let mut citizen = house.citizen();
            numbers.push(books(&mut citizen, key, &JAPANESE, ["9時00分", "9時00分", "9時10分", "10時00分"][n]));
        }
        let mut citizen = house.citizen();
        citizen.open("/reservation").fill("number", &numbers[3]).press("予約を見る");
        citizen.follow("予約を取り消す").press("予約を取り消す").sees("予約を取り消しました");
        let again = books(&mut house.citizen(), &keys[3].1, &JAPANESE, "9時20分");
        assert_ne!(again, numbers[3]);

        // The eve: the list for the city, before noon.
        house.at(EVE, "9:30");
        let mut operator = house.operator();
        operator.open("/").follow("予約");
        let list = format!("/reservations/{DAY}");
        operator.open(&list).reads("9:00");
        let text = text_of(&pdf(&mut operator, &format!("{list}.pdf")));
        assert!(text.contains("令和8年11月12日(木)") && text.contains("取扱注意"), "{text}");
        operator.open(&format!("{list}.csv?encoding=utf8"));
        assert!(operator.page().bytes.starts_with("\u{feff}".as_bytes()));
        operator.open(&format!("{list}.csv?encoding=cp932"));
        assert_eq!(operator.status(), 200);

        // The day: two are issued, one is sent away, one does not come.
        house.at(DAY, "8:50");
        let mut operator = house.operator();
        let mut city = house.person(Role::CityStaff);
        // The cards come out of their boxes.
        operator.open(&format!("/pull/{DAY}"));
        for (card, _) in &keys[..4] {
            operator.fill("code", &card_number(&house, *card)).press("記録する");
        }
        for (n, (card, _)) in keys[..3].iter().enumerate() {
            // A scan of the sleeve's label finds the reservation of today.
            let scanned = card_number(&house, *card);
            operator.post("/scan", &[("scan", &scanned)]);
            operator.press("受け付ける");
            let reception = operator.path().to_owned();
            assert!(reception.starts_with("/receptions/"), "{reception}");
            if n == 2 {
                operator.choose("reason", "identity_papers").fill("remark", "健康保険証のみ").press("持ち帰りにする");
                continue;
            }
            operator.checks_papers().fill("person", "市川 一郎").press("書類とカードを市へ引き継いだ");
            // The city records its act with its own account.
            city.open(&reception).fill("person", "市川 一郎").press("交付済にする");
            assert_eq!(city.status(), 200);
        }
        // An Individual Number under the scanner: an alarm, and the value is nowhere.
        operator.post("/scan", &[("scan", "123456789018")]);
        assert!(!operator.page().source().contains("123456789018"));
        house.verify();

        // The close: only by the person in charge, only when everything is done.
        house.at(DAY, "17:40");
        let close = format!("/close/{DAY}");
        // The morning's session has ended; a new one may not close the day either.
        operator.open(&close).sees("サインイン");
        let mut operator = house.operator();
        operator.open(&close);
        assert_eq!(operator.status(), 403);
        let mut charge = house.person(Role::PersonInCharge);
        charge.open(&close).reads("来庁していない人（1人）");
        assert!(!charge.page().buttons().contains(&"この日を締める".to_owned()));
        let waiting = house.city.db().read_now({
            let site = house.city.site.clone();
            move |reader| store::reservation::of_day(reader, domain::service::Service::Issuance, &site, DAY)
        });
        let absent = waiting.unwrap().into_iter().find(|line| line.card == keys[3].0).unwrap().id;
        charge.open(&close).tick("absent", &absent.to_string(), true).press("選んだ人を不来庁にする");
        // The cards of who was sent away and of who did not come are still on the tray.
        charge.open(&close).reads("箱の外にあるカード（2枚）");
        assert!(!charge.page().buttons().contains(&"この日を締める".to_owned()));
        let mut operator = house.operator();
        let bin = house.city.db().read_now({
            let site = house.city.site.clone();
            move |reader| store::place::of_kind(reader, &site, domain::place::PlaceKind::Box)
        });
        let label = bin.unwrap()[0].label.unwrap().digits();
        operator.open("/storage/put").fill("code", &label).press("記録する");
        for (card, _) in &keys[2..4] {
            operator.fill("code", &card_number(&house, *card)).press("記録する");
        }
        // A count that is not the city's needs a reason.
        charge.open(&close).fill("city_count", "3").press("この日を締める");
        assert_eq!(charge.status(), 422);
        charge.open(&close).fill("city_count", "2").press_twice("この日を締める");
        let report = format!("/reports/{DAY}");
        charge.open(&report);
        let counts = house.city.db().read_now({
            let day = house.city.day(DAY);
            move |reader| store::report::counts(reader, &day)
        });
        let counts = counts.unwrap();
        assert_eq!(counts.booked_total(), 5);
        assert_eq!((counts.issued, counts.sent_away_total(), counts.not_come, counts.cancelled), (2, 1, 1, 1));
        assert!(counts.reconciles() && counts.is_complete());
        assert_eq!(counts.city_issued, Some(2));
        let first = pdf(&mut charge, &format!("{report}.pdf"));
        assert!(!first.is_empty());
        assert_eq!(cards(&house, Progress::Issued).len(), 2);
        house.run_jobs();
        house.verify();
    }
}
