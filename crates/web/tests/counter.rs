//! The day at the counter over HTTP: the scan box, a visitor's way, who went without the card, the close, the counts.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use documents::intake::{Intake, Limits};
use domain::card::{Finding, Pass};
use domain::id::CardId;
use domain::permission::Role;
use domain::place::PlaceKind;
use jiff::civil::{Date, date};
use store::Lane;
use store::reservation::Reservation;
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

fn live(house: &House, card: CardId) -> Reservation {
    let found = house.city.db().read_now(move |reader| store::reservation::live_of(reader, card));
    found.unwrap().unwrap()
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
        operator.choose("channel", "telephone").press_twice("予約を取り消す").reads("取消").reads("（電話）");
        operator.open(PATH).reads("予約 3");
        // Who has no reservation any more is a card.
        operator.post("/scan", &[("scan", &card)]);
        assert!(operator.path().starts_with("/cards/"), "{}", operator.path());
        // What ended stands on the card's page, with its way back.
        let ended = operator.reads("終わった予約").page().links().into_iter().find(|words| words.ends_with("取消"));
        operator.follow(&ended.unwrap()).reads("予約を取り消しました（電話）");
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
            (control(&house, unready), "この方は一緒に予約できません。「お渡しの準備ができ、これからご案内を作ります。"),
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

    fn r1_c2_a_full_slot_is_taken_with_a_reason_by_who_may_and_by_nobody_else(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(7, 'A');
        house.at(date(2026, 11, 9), "10:00");
        for card in &cards[..4] {
            let slot = house.city.slot(DAY, "14:00");
            house.city.book(*card, slot).unwrap();
        }
        // An operator sees that it is full. Who presses it while somebody else takes the last place is told whom to ask.
        let mut operator = house.operator();
        operator.post("/scan", &[("scan", &house.key_of(cards[4]))]).follow("予約を取る");
        let page = format!("{}?day=2026-11-11", operator.path());
        operator.open(&page).reads("14:00 満員");
        assert!(!operator.page().buttons().iter().any(|button| button.contains("満員")), "pressed in vain");
        let mut pressed = operator.form_of("13:50");
        pressed.set("start", "14:00");
        operator.submit(&pressed).reads("11月11日(水) 14:00は満員です。").reads("業務責任者に相談してください。");
        assert_eq!((operator.status(), operator.page().value("reason")), (409, None));
        pressed.action.push_str("/beyond");
        pressed.pairs.push(("reason".to_owned(), "急ぎのため".to_owned()));
        operator.submit(&pressed);
        assert_eq!(operator.status(), 403);
        // The person in charge is asked for a reason; what was chosen stays, and nothing of a number does.
        let mut in_charge = house.person(Role::PersonInCharge);
        in_charge.open(&page).choose("visitor", "proxy").press("14:00").reads("満員です。").reads("理由を付けて予約を取れます。");
        assert_eq!(in_charge.status(), 409);
        in_charge.press("定員を超えて").reads("理由を入力してください。");
        assert_eq!(in_charge.status(), 422);
        in_charge.fill("reason", "番号は１２３４ ５６７８ ９０１８").press("定員を超えて");
        assert_eq!(in_charge.status(), 422);
        assert!(!in_charge.page().source().contains("９０１８"));
        in_charge.fill("reason", "市の依頼による").press_twice("定員を超えて").sees("予約 令和8年11月11日(水) 14:00");
        in_charge.reads("定員超過").reads("市の依頼による").reads("任意代理人").reads("理由を付けて取りました");
        let first = in_charge.path().to_owned();
        // The list of the day, its file and the grid of times say it.
        in_charge.open(PATH).reads("予約 5").reads("定員超過 1").reads("電話 定員超過");
        in_charge.open(&format!("{PATH}.csv?encoding=utf8"));
        assert!(in_charge.page().source().contains("定員超過"));
        operator.post("/scan", &[("scan", &house.key_of(cards[5]))]).follow("予約を取る");
        operator.open(&format!("{}?day=2026-11-11", operator.path())).reads("14:00 超過1");
        operator.press("15:00").sees("予約 令和8年11月11日(水) 15:00");
        // Moving goes beyond in the same way; and moving away takes the flag along.
        let second = operator.path().to_owned();
        in_charge.open(&format!("{second}/move?day=2026-11-11")).press("14:00").fill("reason", "同席を希望").press("定員を超えて");
        in_charge.sees("予約 令和8年11月11日(水) 14:00").reads("定員超過").reads("同席を希望");
        in_charge.open(&format!("{first}/move?day=2026-11-11")).press("16:00").sees("予約 令和8年11月11日(水) 16:00");
        assert!(!in_charge.page().source().contains("<strong class=\"tag\">定員超過"), "{}", in_charge.text());
        // Behind the window, and nowhere where nobody works.
        in_charge.open(&format!("{first}/move?day=2027-02-03")).reads("9:00 期間外").press("9:00").reads("予約できる期間の外です。");
        in_charge.press("期限を超えて").reads("理由を入力してください。").reads("予約できる期間の外です。");
        in_charge.fill("reason", "長期の入院").press("期限を超えて").sees("予約 令和9年2月3日(水) 9:00").reads("長期の入院");
        let mut pressed = { operator.open(&format!("{second}/move?day=2026-11-12")); operator.form_of("9:00") };
        pressed.set("day", "2026-11-15");
        operator.submit(&pressed).reads("枠がありません（閉庁、受付時間の外）。");
        in_charge.open("/reports/2026-11-11").reads("予約 6");
        house.run_jobs();
        house.verify();
    }

    fn r1_c2_two_operators_on_one_reservation_see_both_texts_and_overwrite_nothing(home: TestDb) {
        let (mut house, cards) = house(home);
        house.at(date(2026, 11, 9), "10:00");
        let (mut one, mut two) = (house.operator(), house.operator());
        let booked = live(&house, cards[0]);
        let page = format!("/reservation/{}", booked.id);
        // Both look at the times; the second who presses sees what was there and what is there now, and then goes on.
        let other_day = format!("{page}/move?day=2026-11-13");
        let (other, third) = (format!("{page}/move?day=2026-11-16"), other_day.clone());
        two.open(&other);
        one.open(&third).press("13:00").sees("予約 令和8年11月13日(金) 13:00");
        two.press_twice("10:00").sees("予約の変更").reads("何も変更していません。");
        two.reads("開いたとき：11月11日(水) 9:00").reads("いま：11月13日(金) 13:00").reads("選んだもの：11月16日(月) 10:00");
        assert_eq!((two.status(), live(&house, cards[0]).slot.day), (409, date(2026, 11, 13)));
        two.press("10:00").sees("予約 令和8年11月16日(月) 10:00");
        // Who comes: the same.
        one.open(&page).choose("visitor", "proxy");
        two.open(&page).choose("visitor", "principal").press_twice("来庁者を変更する").reads("「未確認」から「本人」");
        one.press("来庁者を変更する").reads("選んだもの：来庁者：任意代理人").reads("・来庁者：未確認").reads("・来庁者：本人");
        assert_eq!(live(&house, cards[0]).visitor, Some(domain::reservation::Visitor::Principal));
        // Cancelling what was moved, adding to it, and swapping it for today: all of them look first.
        one.open(&page).choose("channel", "telephone");
        let mut adds = one.form_of("電話で追加する");
        adds.set("member", &control(&house, cards[4]));
        two.open(&other_day).press("9:00");
        one.press("予約を取り消す").reads("何も変更していません。");
        one.submit(&adds).reads("何も変更していません。");
        assert_eq!(live(&house, cards[0]).state, domain::reservation::State::Booked);
        // The citizen cancels while the operator looks at times.
        one.open(&other_day);
        house.city.cancel(booked.id).unwrap();
        one.press("10:00").sees("予約 令和8年11月13日(金) 9:00").reads("「取消」の予約は変更できません。");
        assert_eq!(one.status(), 409);
        // Two operators book one card: the second is told that it is not what was pressed.
        for operator in [&mut one, &mut two] {
            operator.post("/scan", &[("scan", &house.key_of(cards[0]))]).follow("予約を取る");
            let page = operator.path().to_owned();
            operator.open(&format!("{page}?day=2026-11-12"));
        }
        one.press_twice("9:00").sees("予約 令和8年11月12日(木) 9:00");
        two.press("11:00").sees("予約 令和8年11月12日(木) 9:00").reads("選んだ11月12日(木) 11:00では予約していません。");
        assert_eq!(two.status(), 409);
        house.run_jobs();
        house.verify();
    }

    fn r1_c2_the_clock_passes_between_two_pages_of_the_staff(home: TestDb) {
        let (mut house, cards) = house(home);
        house.at(DAY, "9:59");
        // The slot begins while the citizen thinks; the person in charge may take it all the same.
        let mut operator = house.operator();
        operator.post("/scan", &[("scan", &house.key_of(cards[4]))]).follow("予約を取る");
        let page = operator.path().to_owned();
        let mut in_charge = house.person(Role::PersonInCharge);
        in_charge.open(&page).choose("visitor", "proxy");
        house.at(DAY, "10:00");
        operator.press("10:00").sees("予約を取る").reads("もう始まっています。").reads("業務責任者に相談");
        assert_eq!(operator.status(), 409);
        in_charge.press("10:00").reads("もう始まっています。").fill("reason", "電話がつながった時刻").press("期限を超えて");
        in_charge.sees("予約 令和8年11月11日(水) 10:00").reads("任意代理人").reads("開始の後");
        // Midnight: the session ended with the day, the page says so, and nothing was done.
        house.at(DAY, "23:58");
        let mut late = house.operator();
        let booked = live(&house, cards[3]);
        late.open(&format!("/reservation/{}/move?day=2026-11-12", booked.id));
        house.at(date(2026, 11, 12), "0:01");
        late.press("9:00").sees("サインイン").reads("最後に押した操作は行われていません。");
        assert_eq!(live(&house, cards[3]).slot.day, DAY);
        // The day after, the reservation says what it waits for, and the card what is said.
        house.at(date(2026, 11, 12), "9:00");
        let mut operator = house.operator();
        operator.post("/scan", &[("scan", &control(&house, cards[3]))]).reads("11月11日(水) 9:30のご予約の日を過ぎています。");
        operator.open(&format!("/reservation/{}", booked.id)).reads("その日の締めで不来庁にします。");
        let own = format!("/reservation/{}/move", booked.id);
        let forged = [("operation", "01KAXR58WJ0000000000000001"), ("day", "2026-11-12"), ("start", "10:00"), ("channel", "counter"), ("shown", "2026-11-11T9:30V2W")];
        operator.post(&own, &forged).reads("予約の日を過ぎているため変更できません。");
        house.run_jobs();
        house.verify();
    }

    fn r6_c2_who_comes_late_is_shown_late_and_received(home: TestDb) {
        let (mut house, cards) = house(home);
        let mut operator = house.operator();
        let [first, second] = [0, 1].map(|n| control(&house, cards[n]));
        // 9:09 is within the slot of 9:00; 9:26 is sixteen minutes after that of 9:10.
        house.at(DAY, "9:09");
        operator.post("/scan", &[("scan", &first)]);
        assert!(!operator.text().contains("過ぎています"));
        operator.press("受け付ける").reads("来庁");
        assert!(!operator.text().contains("遅れ"));
        house.at(DAY, "9:26");
        operator.post("/scan", &[("scan", &second)]).reads("予約の時刻を16分過ぎています。").press("受け付ける");
        operator.sees(&format!("受付 {}", shown(&second))).reads("9:26（16分遅れ）");
        operator.open("/counter").reads("16分遅れ").reads("受付中（2人）");
        house.run_jobs();
        house.verify();
    }

    fn r1_c2_the_page_of_a_card_says_its_sentence_wherever_it_stands(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.listed(2, 'C');
        let (listed, odd) = (cards[0], cards[1]);
        // Letters are printed for every card that waits for one, so that those of the posted one come first.
        let posted = house.city.notified(1, 'F')[0];
        let (inspected, prepared) = (house.city.inspected(1, 'D')[0], house.city.prepared(1, 'E')[0]);
        let act = house.city.act();
        let found = move |tx: &mut store::Tx<'_>| store::card::inspect(tx, &act, odd, Pass::Register, Finding::Attention);
        house.city.db().write_now(Lane::Staff, found).unwrap();
        house.at(date(2026, 11, 2), "9:00");
        let mut operator = house.operator();
        for (card, words) in [
            (listed, "カードは届いていて、内容を確かめています。発送の日はまだ決まっていません。"),
            (inspected, "これから市でお渡しの準備をします。"),
            (prepared, "窓口には、発送した日から3開庁日たつとお越しいただけます。"),
            (posted, "窓口には、11月6日(金)からお越しいただけます。"),
            (odd, "「お調べすることがありますので、市の担当からご案内します。」"),
        ] {
            operator.open(&format!("/cards/{card}")).reads(words).reads("次にすること");
            let offered = operator.text().contains("予約を取る」を押します");
            assert_eq!(offered, card == posted, "{words}");
        }
        // What is read out to the citizen of the odd one says nothing of what was found.
        let source = operator.page().source();
        let said = source.split("class=\"say\"").nth(1).unwrap().split("</div>").next().unwrap();
        assert!(!said.contains(Finding::Attention.label()), "{said}");
    }

    fn r1_c2_quick_ways_to_a_day_and_what_is_said_of_a_card_that_is_held_back(home: TestDb) {
        let (mut house, cards) = house(home);
        let mut operator = house.operator();
        operator.post("/scan", &[("scan", &house.key_of(cards[4]))]).reads("次にすること").follow("予約を取る");
        // The coming open days at a glance, the first free time, and the first in the afternoon.
        operator.reads("11月12日(木) 空き").reads("11月17日(火) 空き").follow("午後のいちばん早い空き");
        let source = operator.page().source();
        let focus = source.split("autofocus").next().unwrap().rsplit("value=\"").next().unwrap();
        assert!(focus.starts_with("12:00"), "{focus}");
        operator.follow("いちばん早い空き").reads("令和8年11月11日(水)");
        operator.follow("11月16日(月) 空き").reads("令和8年11月16日(月)");
        // Somebody finds that a card is missing: one sentence, no reason in it, and nothing to be booked.
        operator.open(&format!("/cards/{}/incident", cards[4])).choose("what", "damaged").fill("remark", "角が折れている");
        operator.fill("person", "市 一郎").fill("told", "9:00").press("事故として記録する");
        for found in [house.key_of(cards[4]), control(&house, cards[4]), "abc 000005".to_owned()] {
            operator.post("/scan", &[("scan", &found)]).reads("お調べすることがありますので、市の担当からご案内します。");
            operator.reads("理由は伝えず、市の担当へつなぎます。");
            assert!(!operator.text().contains("予約を取る") && !operator.text().contains("予約なしで受け付ける"));
        }
        // One of a family who is held back is told in the same words.
        let other = house.city.notified(1, 'B')[0];
        house.at(DAY, "9:06");
        let mut operator = house.operator();
        operator.post("/scan", &[("scan", &house.key_of(other))]).reads("窓口には、11月14日(土)からお越しいただけます。");
        operator.follow("予約を取る").reads("令和8年11月14日(土)").follow("11月12日(木)").reads("9:00 期間外");
        operator.fill("member", &control(&house, cards[4])).press("追加する").reads("お調べすることがありますので、市の担当からご案内します。");
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
