//! The day at the counter over HTTP: the scan box, a visitor's way, who went without the card, the close, the counts.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use documents::intake::{Intake, Limits};
use domain::id::CardId;
use domain::permission::Role;
use domain::place::PlaceKind;
use jiff::civil::{Date, date};
use store::Lane;
use storykit::House;
use testkit::{TestDb, on_both};

const DAY: Date = date(2026, 11, 11);
const PATH: &str = "/reservations/2026-11-11";

/// Five cards whose letters were posted, four of them booked for one day in the order of the clock.
fn house(home: TestDb) -> (House, Vec<CardId>) {
    let mut house = House::open(home);
    let cards = house.city.notified(5, 'A');
    house.at(date(2026, 11, 9), "10:00");
    for (card, start) in cards.iter().zip(["9:00", "9:10", "9:20", "9:30"]) {
        let slot = house.city.slot(DAY, start);
        house.city.book(*card, slot).unwrap();
    }
    house.at(DAY, "9:05");
    (house, cards)
}

fn control(house: &House, card: CardId) -> String {
    let found = house.city.db().read_now(move |reader| store::card::find(reader, card)).unwrap();
    found.unwrap().control_number.digits()
}

/// The number as the screens show it.
fn shown(digits: &str) -> String {
    format!("{} {} {}", &digits[..3], &digits[3..6], &digits[6..])
}

on_both! {
    fn r5_c5_a_day_at_the_counter_from_the_scan_to_the_counts(home: TestDb) {
        let (mut house, cards) = house(home);
        let mut operator = house.operator();
        let [first, second, third, fourth] = [0, 1, 2, 3].map(|n| control(&house, cards[n]));

        // The board knows the day.
        operator.open("/").sees("今日 令和8年11月11日(水)").reads("来庁前");
        operator.open(PATH).reads(&shown(&first)).reads("ABC-000001");

        // The first is issued; the button that is pressed twice receives once.
        operator.open("/counter").reads("これから来る人（4人）");
        operator.post("/scan", &[("scan", &first)]).sees("予約 令和8年11月11日(水) 9:00");
        operator.press_twice("受け付ける").sees(&format!("受付 {}", shown(&first)));
        let reception = operator.path().to_owned();
        // A line that was not looked at, and a card of which nothing is said, are asked back; the ticks stay.
        operator.tick("item", "notice", true).press("書類を確認した");
        operator.reads("確かめていない項目が3つあります。").reads("どれかを選んでください。");
        assert_eq!(operator.status(), 422);
        operator.checks_papers().reads("本人のチェックシート・通知カード：回収した");
        operator.press("書類とカードを市へ引き継いだ").reads("市の担当者の氏名を入力してください。");
        operator.fill("person", "市民課 一郎").press("書類とカードを市へ引き継いだ");
        operator.press("交付済にする").reads("市の署名のある書面を確かめて、印を付けてください。");
        assert_eq!(operator.status(), 422);
        operator.tick("paper", "1", true).press("交付済にする").reads("カード交付完了です。");

        // The second is sent away, with a reason; scanned again while here, the reception opens.
        operator.post("/scan", &[("scan", &second)]).press("受け付ける");
        operator.post("/scan", &[("scan", &second)]).sees(&format!("受付 {}", shown(&second)));
        operator.choose("reason", "other").press("持ち帰りにする").reads("理由が「その他」のときは備考を入力してください。");
        operator.choose("reason", "identity_papers").press("持ち帰りにする").reads("カードを元の箱へ戻してください。");

        // The third leaves after the city's staff found nothing to record yet.
        operator.post("/scan", &[("scan", &third)]).press("受け付ける");
        let mut city = house.person(Role::CityStaff);
        city.open(operator.path()).reads("次の操作は窓口の従事者が行います。");
        operator.press("途中退出にする").reads("途中退出");

        // The city's own account records without a paper, and an operator does not close a day.
        city.open(&reception).reads("カード交付完了です。");
        operator.open("/close/2026-11-11");
        assert_eq!(operator.status(), 403);

        // The close: the fourth did not come, two cards go back, the city counts.
        house.at(DAY, "17:40");
        let mut in_charge = house.person(Role::PersonInCharge);
        in_charge.open("/close/2026-11-11").reads("来庁していない人（1人）").reads("箱の外にあるカード（2枚）");
        in_charge.press("選んだ人を不来庁にする").reads("不来庁にする人を選んでください。");
        let absent = in_charge.page().value("absent").unwrap();
        in_charge.tick("absent", &absent, true).press("選んだ人を不来庁にする").reads("箱の外にあるカード（2枚）");
        let place = house.city.new_box("箱A-1");
        for card in [cards[1], cards[2]] {
            let act = house.city.act();
            house.city.db().write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, card, place)).unwrap();
        }
        in_charge.open("/close/2026-11-11").fill("city_count", "２").press("この日を締める");
        in_charge.reads("市の件数2件と、このシステムの件数1件が違います。");
        in_charge.fill("city_count", "1").press("この日を締める").reads("市の交付件数は1件です。");
        in_charge.open("/reports/2026-11-11").reads("予約 4 ＝ 交付 1 ＋ 他の日へ変更 0 ＋ 取消 0 ＋ 持ち帰り 1 ＋ 途中退出 1 ＋ 不来庁 1");
        in_charge.open("/reports/2026-11-11.csv?encoding=cp932");
        assert_eq!(in_charge.status(), 200);
        // What spreadsheets get is a workbook that can be read.
        for list in ["/reports/2026-11-11.xlsx", "/reservations/2026-11-11.xlsx"] {
            in_charge.open(list);
            assert_eq!(in_charge.status(), 200, "{list}");
            let file = in_charge.page().bytes.clone();
            let rows = Intake::open(&file, &Limits::default()).unwrap().rows().count();
            assert!(rows >= 4, "{list}: {rows}");
        }
        in_charge.open("/reports").reads("締め済");
        let _ = fourth;
        house.run_jobs();
        house.verify();
    }

    fn r4_d_an_operator_cancels_for_a_citizen_who_telephones(home: TestDb) {
        let (mut house, cards) = house(home);
        let mut operator = house.operator();
        let card = control(&house, cards[3]);
        operator.post("/scan", &[("scan", &card)]).press("予約を取り消す").reads("申し出の方法を選んでください。");
        operator.choose("channel", "telephone").press("予約を取り消す").reads("取消").reads("（電話）");
        operator.open(PATH).reads("予約 3");
        // Who has no reservation any more is a card.
        operator.post("/scan", &[("scan", &card)]);
        assert!(operator.path().starts_with("/cards/"), "{}", operator.path());
        // Another day's visitor is not received today.
        house.at(date(2026, 11, 10), "9:00");
        operator = house.operator();
        let number = control(&house, cards[0]);
        operator.post("/scan", &[("scan", &number)]);
        assert!(operator.path().starts_with("/cards/"), "{}", operator.path());
        house.verify();
    }

    fn r1_c2_who_telephones_is_booked_and_moved_without_a_mouse(home: TestDb) {
        let (mut house, cards) = house(home);
        let mut operator = house.operator();
        // Found by the key; the sentence to read out is there, and the first day with a free place.
        operator.post("/scan", &[("scan", &house.key_of(cards[4]))]);
        operator.reads("カードをお渡しできます。ご都合のよい日時をお伺いします。").follow("予約を取る");
        operator.sees("予約を取る").reads("令和8年11月11日(水)").reads("空き");
        assert!(!operator.text().contains("9:00 空き"), "what has begun is not offered");
        let page = operator.path().to_owned();
        operator.open(&format!("{page}?day=2026-11-13")).reads("令和8年11月13日(金)");
        operator.choose("channel", "telephone").press_twice("13:00").sees("予約 令和8年11月13日(金) 13:00");
        operator.reads("電話").follow("日時を変更する").sees("予約の変更").reads("今の予約");
        operator.reads("11月13日(金) 13:00にご予約をいただいています。");
        let page = operator.path().to_owned();
        operator.open(&format!("{page}?day=2026-11-11")).press("16:00");
        operator.sees("予約 令和8年11月11日(水) 16:00").reads("11月13日(金) 13:00の").reads("に変更しました");
        // The list of the day has it now.
        operator.open(PATH).reads("予約 5").reads("16:00");
        // A past day and a time that has begun are refused in words.
        let forged = [("operation", "01KAXR58WJ0000000000000000"), ("day", "2026-11-10"), ("start", "9:00"), ("channel", "counter")];
        operator.post(&page, &forged).reads("過ぎた日には変更できません。");
        // Who was received stays.
        operator.open(PATH).follow(&shown(&control(&house, cards[1]))).press("受け付ける");
        let booked = house.city.db().read_now({
            let card = cards[1];
            move |reader| store::reservation::live_of(reader, card)
        });
        let id = booked.unwrap().unwrap().id;
        operator.open(&format!("/reservation/{id}/move?day=2026-11-13")).press("9:00");
        operator.reads("受付が始まっているため変更できません。");
        assert_eq!(operator.status(), 409);
        house.run_jobs();
        house.verify();
    }

    fn r4_d_a_family_that_telephones_is_booked_moved_and_cancelled_on_one_screen(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(5, 'A');
        let unready = house.city.prepared(1, 'B')[0];
        house.at(date(2026, 11, 9), "10:00");
        let mut operator = house.operator();
        operator.post("/scan", &[("scan", &house.key_of(cards[0]))]).follow("予約を取る");
        let sentences = [
            ("31234567890123".to_owned(), "この番号のカードはありません。"),
            (control(&house, unready), "この方は一緒に予約できません。「お渡しの準備ができています。"),
            (control(&house, cards[0]), "この方は、もう入っています。"),
        ];
        for (typed, words) in sentences {
            operator.fill("member", &typed).press("追加する").reads(words);
            assert!(!operator.page().source().contains(&typed) || typed == control(&house, cards[0]));
        }
        operator.fill("member", "1234 5678 9018").press("追加する").sees("個人番号の読み取りを止めました");
        operator.post("/scan", &[("scan", &house.key_of(cards[0]))]).follow("予約を取る");
        operator.fill("member", &house.key_of(cards[1])).press("追加する").reads("2人目").reads(&shown(&control(&house, cards[1])));
        assert!(!operator.path().contains(&house.key_of(cards[1]).replace('-', "")), "a secret in an address");
        operator.fill("member", &control(&house, cards[2])).press("追加する").reads("3人目");
        operator.choose("visitor", "principal").choose("visitor-2", "with_representative").press_twice("13:00");
        operator.reads("ご家族の予約").reads("本人と法定代理人").reads("未確認").reads(&shown(&control(&house, cards[2])));
        let first = operator.path().to_owned();
        // The list of the day says who comes, and who belongs together.
        let day = "/reservations/2026-11-09";
        operator.open(day).reads("家族 1/3").reads("家族 3/3").reads("本人と法定代理人");
        operator.open(&format!("{day}.csv"));
        assert!(operator.page().source().contains("来庁者"));
        // Who comes is changed; another one is added beside them; all are moved in one step.
        operator.open(&first).choose("visitor", "proxy").press("来庁者を変更する").reads("「本人」から「任意代理人」に変更しました");
        operator.fill("member", &control(&house, cards[3])).press("電話で追加する").reads("家族の予約");
        operator.follow("日時を変更する").reads("ご家族4人をまとめて変更します。");
        let page = operator.path().to_owned();
        operator.open(&format!("{page}?day=2026-11-13")).press_twice("9:00").reads("令和8年11月13日(金) 9:00");
        operator.open("/reservations/2026-11-13").reads("家族 4/4");
        // One alone goes to another day, and is told apart.
        operator.open(&first).follow("日時を変更する").follow("この方だけ変更する").reads("この方だけ変更します。");
        let alone = operator.path().to_owned();
        operator.open(&format!("{alone}&day=2026-11-16")).reads("この方だけ変更します。").press("10:00").reads("家族の予約から分けました");
        operator.open("/reservations/2026-11-13").reads("家族 3/3");
        // One is cancelled, then the rest.
        let rest = house.city.db().read_now({ let card = cards[1]; move |reader| store::reservation::live_of(reader, card) });
        let rest = format!("/reservation/{}", rest.unwrap().unwrap().id);
        operator.open(&rest).choose("channel", "telephone").press("この方だけ取り消す").reads("取消");
        operator.follow(&shown(&control(&house, cards[2]))).choose("channel", "telephone").press("ご家族2人の予約をすべて取り消す");
        operator.open("/reservations/2026-11-13").reads("この日の予約はありません。");
        house.run_jobs();
        house.verify();
    }

    fn r4_b_the_scan_box_understands_every_code_and_refuses_the_back_of_a_card(home: TestDb) {
        let (mut house, cards) = house(home);
        let mut operator = house.operator();
        let booked = house.city.db().read_now({
            let card = cards[0];
            move |reader| store::reservation::live_of(reader, card)
        });
        let number = booked.unwrap().unwrap().number(&house.city.keys).unwrap();
        operator.post("/scan", &[("scan", &number.to_string())]).sees("予約 令和8年11月11日(水) 9:00");
        operator.post("/scan", &[("scan", &house.key_of(cards[4]))]);
        assert!(operator.path().starts_with("/cards/"), "{}", operator.path());
        operator.post("/scan", &[("scan", "abc 000002")]).sees("予約 令和8年11月11日(水) 9:10");
        let place = house.city.new_box("箱A-1");
        let label = house.city.db().read_now(move |reader| store::place::find(reader, place)).unwrap().unwrap();
        assert_eq!(label.kind, PlaceKind::Box);
        operator.post("/scan", &[("scan", &label.label.unwrap().digits())]);
        assert_eq!(operator.path(), format!("/places/{place}"));
        for (wrong, status) in [("", 422), ("12345", 422), ("ZZZ-999999", 404)] {
            operator.post("/scan", &[("scan", wrong)]).sees("読み取れませんでした");
            assert_eq!(operator.status(), status, "{wrong}");
        }
        operator.post("/scan", &[("scan", "１２３４ ５６７８ ９０１８")]).sees("個人番号の読み取りを止めました");
        assert!(!operator.page().source().contains("9018"));
        house.verify();
    }
}
