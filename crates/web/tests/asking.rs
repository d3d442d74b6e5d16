//! The journal and the register of views, asked by person, record, action and time, and taken away as tables.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use documents::intake::{Intake, Limits};
use domain::id::CardId;
use domain::permission::Role;
use jiff::civil::{Date, date};
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

const DAY: Date = date(2026, 11, 11);

fn control(house: &House, id: CardId) -> String {
    let found = house.city.db().read_now(move |reader| store::card::find(reader, id)).unwrap();
    found.unwrap().control_number.digits()
}

/// The rows of the table that is shown.
fn rows(browser: &Browser) -> Vec<String> {
    let bodies = browser.page().tree.named(&["tbody"]);
    bodies.iter().flat_map(|body| body.named(&["tr"])).map(storykit::document::Element::text).collect()
}

/// The lines of a file.
fn lines(bytes: &[u8]) -> Vec<Vec<String>> {
    let read = Intake::open(bytes, &Limits::default()).unwrap();
    read.rows().map(|row| row.unwrap().fields).collect()
}

on_both! {
    fn r4_g_the_journal_is_asked_by_person_record_action_and_time(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(3, 'A');
        house.at(date(2026, 11, 9), "10:00");
        for (card, start) in cards.iter().zip(["9:00", "9:10", "9:20"]) {
            let slot = house.city.slot(DAY, start);
            house.city.book(*card, slot).unwrap();
        }
        // One operator receives two, another one; one of them early in the morning.
        house.at(DAY, "8:40");
        let mut early = house.operator();
        early.post("/scan", &[("scan", &control(&house, cards[0]))]).press("受け付ける");
        house.at(DAY, "10:20");
        let mut late = house.operator();
        for card in &cards[1..] {
            late.post("/scan", &[("scan", &control(&house, *card))]).press("受け付ける");
        }
        // And somebody scans the back of a card.
        late.post("/scan", &[("scan", "1234 5678 9018")]).sees("個人番号の読み取りを止めました");
        house.run_jobs();
        house.at(DAY, "11:00");
        let mut auditor = house.person(Role::Auditor);
        // By action.
        auditor.open("/journal").choose("kind", "arrived").fill("from", "2026-11-11").fill("to", "2026-11-11");
        auditor.press("調べる");
        assert_eq!(rows(&auditor).len(), 3, "{}", auditor.text());
        // By person beside it, as the page lists them: the second operator.
        let people = auditor.page().tree.named(&["option"]);
        let second = people.iter().filter(|option| option.text() == "従事者").nth(1).map(|option| option.attribute("value").unwrap().to_owned());
        auditor.choose("person", &second.unwrap()).press("調べる");
        let one = rows(&auditor).len();
        assert!(one == 1 || one == 2, "{}", auditor.text());
        // By time: to the minute.
        auditor.open("/journal").choose("kind", "arrived").fill("from", "2026-11-11").fill("from_time", "9:00");
        auditor.fill("to", "2026-11-11").fill("to_time", "10:30").press("調べる");
        assert_eq!(rows(&auditor).len(), 2, "{}", auditor.text());
        // By record, scanned: the number is not in the address, and everything of the card is in the answer.
        let number = control(&house, cards[0]);
        auditor.open("/journal").fill("record", &number).press("調べる");
        assert!(auditor.path().contains("about=card:") && !auditor.path().contains(&number), "{}", auditor.path());
        for word in ["来庁を受け付けました", "予約しました", "検品"] {
            assert!(rows(&auditor).iter().any(|row| row.contains(word)), "{word}: {}", auditor.text());
        }
        assert!(rows(&auditor).iter().all(|row| !row.contains(&control(&house, cards[1]))));
        // Outside the hours.
        auditor.open("/journal?outside=1&from=2026-11-11&to=2026-11-11&kind=arrived");
        assert_eq!(rows(&auditor).len(), 1, "{}", auditor.text());
        // The alarm tells who and where, and nothing of what it was.
        auditor.open("/journal?kind=back_scanned");
        assert_eq!(rows(&auditor).len(), 1);
        auditor.reads("個人番号の読み取りを止め、読み取った内容を消去しました（読み取りの欄）").reads("従事者");
        assert!(!auditor.page().source().contains("9018"));
        // What is no question is a sentence at its field; what was typed of a number is not shown again.
        auditor.open("/journal").fill("record", "999999999").fill("from", "2026-11-12").fill("to", "2026-11-11");
        auditor.press("調べる").reads("この番号の記録はありません。").reads("おわりの日は、はじめの日以降にしてください。");
        assert_eq!(auditor.status(), 422);
        assert!(!auditor.page().source().contains("999999999"));
        // As a file, the same answer whole.
        auditor.open("/journal?kind=arrived&from=2026-11-11&to=2026-11-11");
        for form in ["CSV（UTF-8）", "CSV（CP932）", "Excel"] {
            auditor.open("/journal?kind=arrived&from=2026-11-11&to=2026-11-11").follow(form);
            let told = lines(&auditor.page().bytes);
            assert_eq!(told.len(), 3, "{form}");
            assert!(told.iter().all(|line| line[4] == "来庁の受付" && line[3] == "従事者"), "{told:?}");
        }
        house.run_jobs();
        house.verify();
    }

    fn r4_g_who_looked_at_a_card_is_asked_and_taken_away(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(2, 'A');
        house.at(DAY, "10:00");
        let (mut one, mut other) = (house.operator(), house.operator());
        let page = format!("/cards/{}", cards[0]);
        one.open(&page);
        other.open(&page);
        other.open(&format!("/cards/{}", cards[1]));
        other.open("/lists/cards/cards.csv?progress=notified");
        house.run_jobs();
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/access").fill("record", &control(&house, cards[0])).press("調べる");
        // Two looked at its page, and one took a list away on which it stands.
        assert_eq!(rows(&auditor).len(), 3, "{}", auditor.text());
        auditor.reads("カードの一覧の書き出し");
        let path = auditor.path().to_owned();
        auditor.follow("CSV（UTF-8）");
        assert!(auditor.page().bytes.starts_with("\u{feff}".as_bytes()));
        assert!(lines(&auditor.page().bytes).len() >= 3, "{path}");
        // What left the program, of everybody: files are among it.
        auditor.open("/access?output=1").reads("カードの一覧の書き出し");
        assert!(rows(&auditor).iter().all(|row| row.contains("書き出し") || row.contains("CSV")), "{}", auditor.text());
        // Looking into the registers is itself in the register.
        auditor.open("/access?from=2026-11-11&to=2026-11-11").reads("閲覧記録");
        house.run_jobs();
        house.verify();
    }
}
