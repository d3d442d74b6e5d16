//! The consignment desk: the city's transfer, labels paired before their first scan, three passes by several people,
//! a missing card and an extra one, and the close.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::card::{Pass, Stage};
use domain::id::CardId;
use domain::permission::Role;
use domain::place::PlaceKind;
use jiff::ToSpan;
use store::card::{Card, Filter};
use store::question::Question;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

const LIST: &str = "一覧番号,交付通知書番号,申請方式,郵便番号,カード有効期限\r\n\
    1,ABC-000011,交付時来庁方式,5640001,2036-10-30\r\n\
    2,ABC-000012,交付時来庁方式,5640001,2036-10-30\r\n\
    3,ABC-000013,交付時来庁方式,5640001,2036-10-30\r\n";
/// The last digits of the notice of each line.
const ENDS: [&str; 3] = ["0011", "0012", "0013"];

/// The list is taken; answers its page and its cards.
fn taken(house: &House, operator: &mut Browser) -> (String, Vec<Card>) {
    operator.open("/consignments/new");
    operator.fill("received_on", "2026-11-02").fill("list_date", "2026-10-30").fill("box", "7");
    operator.attach("file", "一覧表.csv", LIST.as_bytes()).press("内容を確認する").press("取り込む");
    let page = operator.path().to_owned();
    let filter = Filter::default();
    let walked = house.city.db().read_now(move |reader| filter.walk(reader, None, 100, 100)).unwrap();
    (page, walked.rows.into_iter().map(|listed| card(house, listed.id)).collect())
}

fn card(house: &House, id: CardId) -> Card {
    house.city.db().read_now(move |reader| store::card::find(reader, id)).unwrap().unwrap()
}

fn arrives(operator: &mut Browser, page: &str, counted: &str) {
    operator.open(page).follow("市からの受け取りを記録").fill("boxes", "1").fill("counted", counted);
    operator.fill("person", "市民課 一郎").tick("paper", "yes", true).press_twice("受け取りを記録する");
}

fn scans<'b>(operator: &'b mut Browser, page: &str, pass: Pass, code: &str) -> &'b mut Browser {
    operator.open(&format!("{page}/inspect/{pass}")).fill("code", code).press("記録する")
}

fn alarms(house: &House) -> usize {
    let (now, kind) = (house.app.now(), Some("back_scanned".to_owned()));
    let asked = Question { actor: None, record: None, kind, from: now - 24.hours(), until: now + 1.minute() };
    let told =
        move |reader: &mut store::Reader<'_>| store::question::entries(reader, &asked, &asked.start(), 10);
    house.city.db().read_now(told).unwrap().len()
}

on_both! {
    fn r5_c1_the_desk_begins_with_the_transfer_and_pairs_each_label_before_its_first_scan(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        let (page, cards) = taken(&house, &mut operator);
        let controls: Vec<String> = cards.iter().map(|card| card.control_number.digits()).collect();
        // Nothing is scanned before the city's transfer.
        scans(&mut operator, &page, Pass::Print, &controls[0]).reads("先に、市からの受け取り（箱と枚数）を記録してください");
        operator.open(&format!("{page}/arrival")).fill("boxes", "").fill("counted", "3").press("受け取りを記録する");
        operator.reads("箱の数を1以上の数字で入力してください。").reads("市の担当者の氏名を入力してください。");
        assert_eq!(operator.page().value("counted").as_deref(), Some("3"));
        arrives(&mut operator, &page, "3");
        operator.open(&page).reads("市からの受け取り：1箱 3枚 渡した人：市民課 一郎");
        assert_eq!(house.city.home.rows_of("arrival"), 1, "a double press counts once");
        operator.post(&format!("{page}/arrival"), &[
            ("operation", "01JCZ000000000000000000001"), ("boxes", "1"), ("counted", "4"),
            ("person", "市民課 二郎"), ("paper", "yes"),
        ]);
        assert_eq!(operator.status(), 409);
        // A new label: line and notice, whose end is on the paper alone.
        scans(&mut operator, &page, Pass::Print, &controls[1]).sees("ラベルの突き合わせ");
        operator.reads("一覧番号 2").reads("ABC-00＊＊＊＊");
        assert!(!operator.page().source().contains("0012"), "what is to be typed is not on the page");
        operator.fill("check", "0011").press("確認した");
        operator.reads("一致しません。ラベルのカード、一覧表の行、交付通知書がそろっているか");
        assert_eq!(operator.status(), 422);
        assert_eq!(house.city.home.rows_of("pairing"), 0);
        operator.fill("check", "００１２").press("確認した").reads("良好").reads("1／3");
        // The label is known from now on.
        scans(&mut operator, &page, Pass::Register, &controls[1]).reads("良好");
        // A scan of the notice confirms as well, and what was chosen before the scan is kept.
        operator.open(&format!("{page}/inspect/print")).fill("code", &controls[0]);
        operator.choose("finding", "attention").press("記録する").sees("ラベルの突き合わせ");
        operator.fill("check", "abc-000011").press("確認した").reads("処理注意：別に置いてください");
        // The back of a card is refused with its own alarm, in each pass and where a label is paired.
        let back = "123456789018";
        for pass in Pass::ALL {
            scans(&mut operator, &page, *pass, back).reads("個人番号です。カードの裏面は読み取らないでください");
            assert!(!operator.page().source().contains("9018") && !operator.path().contains("9018"), "{pass}");
        }
        scans(&mut operator, &page, Pass::Notice, &controls[2]).sees("ラベルの突き合わせ");
        operator.fill("check", back).press("確認した").reads("個人番号です。カードの裏面は読み取らないでください");
        assert!(!operator.page().source().contains("9018") && !operator.path().contains("9018"));
        assert_eq!(alarms(&house), 4);
        // Another person goes on where the first stopped.
        let mut second = house.person(Role::Operator);
        scans(&mut second, &page, Pass::Notice, &controls[1]).reads("検品済");
        assert_eq!(card(&house, cards[1].id).stage, Stage::Inspected);
        house.city.seal();
        house.verify();
    }

    fn r5_c1_the_desk_closes_only_when_each_difference_has_a_reason_and_two_names(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        let (page, cards) = taken(&house, &mut operator);
        // The list has three; both counted three, of which one is on no list, and the third of the list is not there.
        arrives(&mut operator, &page, "3");
        for (n, listed) in cards[..2].iter().enumerate() {
            for pass in Pass::ALL {
                scans(&mut operator, &page, *pass, &listed.control_number.digits());
                if *pass == Pass::Print {
                    operator.fill("check", ENDS[n]).press("確認した");
                }
                operator.reads(if *pass == Pass::Notice { "検品済" } else { "良好" });
            }
        }
        operator.open(&page).follow("不足・余りの確認と完了").reads("数量・券面 3 2").reads("箱にない：記録する");
        operator.press("受け入れを完了する").reads("検品が終わっていないカードがあります。");
        assert_eq!(operator.status(), 422);
        // A label without its card puts nothing into a box.
        operator.open("/storage/put").fill("code", &cards[2].control_number.digits()).press("記録する");
        // The missing card: its reason and the city's name, and the search for it begins.
        operator.open(&format!("{page}/close")).follow("箱にない：記録する");
        operator.fill("remark", "一覧番号3が箱にない").tick("later", "yes", true).press("事故として記録する");
        operator.sees("受け入れの確認").reads("まだ知らせていません：記録する");
        assert_eq!(card(&house, cards[2].id).place_kind, PlaceKind::Missing, "{}", operator.text());
        operator.open(&format!("{page}/close")).reads("箱にありませんでした 一覧番号3が箱にない").reads("数量・券面 2 2");
        // Of its place nothing is known, and every page says so.
        operator.open("/preparation").reads("所在不明 1枚");
        operator.open(&format!("/cards/{}", cards[2].id)).reads("所在不明");
        operator.open(&format!("{page}/close"));
        operator.fill("person", "市民課 一郎").tick("paper", "yes", true).press("受け入れを完了する");
        operator.reads("市と数えたのは3枚、一覧表から不足を引き余りを足すと2枚です。");
        // The extra card: it goes back at once.
        operator.follow("一覧表にないカードがある：記録する").fill("counted", "1").press("余りを記録する");
        operator.reads("余りの理由、または分かっていることを入力してください。");
        operator.fill("remark", "ほかの市のカード").fill("person", "市民課 一郎").tick("paper", "yes", true);
        operator.press("余りを記録する").reads("ほかの市のカード").reads("＋1");
        // Too many were written down: it is taken back with its reason.
        operator.follow("一覧表にないカードがある：記録する").fill("counted", "10").fill("remark", "数え違い");
        operator.fill("person", "市民課 一郎").tick("paper", "yes", true).press("余りを記録する").reads("＋11");
        operator.follow_beside("数え違い", "取り消す").press("余りの記録を取り消す").reads("取り消す理由を入力してください。");
        operator.fill("remark", "10枚は誤り").press_twice("余りの記録を取り消す").sees("受け入れの確認").reads("＋1");
        // Both count again, and see that they counted well at first.
        for (before, counted) in [("1箱 3枚", "4"), ("1箱 4枚", "3")] {
            operator.follow("市と数え直したとき").reads(before).fill("counted", counted).fill("boxes", "1");
            operator.fill("person", "市民課 一郎").tick("paper", "yes", true).press("数え直しを記録する");
            operator.reads(&format!("市からの受け取り：1箱 {counted}枚")).open(&format!("{page}/close"));
        }
        // The city was not told yet of the missing card.
        operator.fill("person", "市民課 二郎").tick("paper", "yes", true).press("受け入れを完了する");
        operator.reads("市へまだ知らせていない不足があります。").follow("まだ知らせていません：記録する");
        operator.fill("person", "市民課 一郎").fill("told", "8:45").press("市へ知らせたことを記録する");
        operator.open(&format!("{page}/close"));
        // Nobody of the city, no close.
        operator.press("受け入れを完了する").reads("市の担当者の氏名を入力してください。");
        operator.fill("person", "市民課 二郎").tick("paper", "yes", true).press_twice("受け入れを完了する");
        operator.reads("受け入れ完了");
        assert_eq!(house.city.home.rows_of("consignment_close"), 1);
        operator.open(&format!("{page}/close")).reads("不足1枚・余り1枚").reads("市の担当者：市民課 二郎");
        assert!(!operator.page().buttons().contains(&"受け入れを完了する".to_owned()));
        operator.post(&format!("{page}/extra"), &[
            ("operation", "01JCZ000000000000000000002"), ("counted", "1"), ("remark", "後から"),
            ("person", "市民課 二郎"), ("paper", "yes"),
        ]);
        assert_eq!(operator.status(), 409, "what is closed takes no more");
        // The card turns up: it is paired and scanned, the search is over, and the difference stays to be seen.
        scans(&mut operator, &page, Pass::Print, &cards[2].control_number.digits()).sees("ラベルの突き合わせ");
        operator.fill("check", ENDS[2]).press("確認した").reads("良好");
        assert_eq!(card(&house, cards[2].id).place_kind, PlaceKind::Desk);
        operator.open(&format!("{page}/close")).reads("あとで見つかりました").reads("不足1枚・余り1枚");
        house.city.seal();
        house.verify();
    }
}
