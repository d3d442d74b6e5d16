//! 仕分け: inspected cards in groups, each group to the city and back, and who has which card at every moment.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::card::{Cause, Finding, Pass, Stage};
use domain::consignment::ApplicationMethod;
use domain::group::Group;
use domain::id::CardId;
use domain::permission::Role;
use domain::place::PlaceKind;
use store::Lane;
use store::card::{Card, Filter};
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

/// A list with every kind of card.
const LIST: &str = "一覧番号,交付通知書番号,申請方式,郵便番号,カード有効期限\r\n\
    1,ABC-000001,交付時来庁方式,5640001,2036-10-30\r\n\
    2,ABC-000002,交付時来庁方式,5640001,2036-10-30\r\n\
    3,ABC-000003,交付時来庁方式,5640001,2036-10-30\r\n\
    4,ABC-000004,交付時来庁方式,5640001,2036-10-30\r\n\
    5,ABC-000005,交付時来庁方式,5640001,2026-12-20\r\n\
    6,ABC-000006,申請時来庁方式,5640001,2036-10-30\r\n\
    7,ABC-000007,勤務地等経由申請方式,5640001,2036-10-30\r\n\
    8,ABC-000008,居所地経由申請方式,5640001,2036-10-30\r\n\
    9,ABC-000009,特急発行,5640001,2036-10-30\r\n\
    10,ABC-000010,交付時来庁方式,5640001,2036-10-30\r\n";

fn taken(house: &House, operator: &mut Browser) -> Vec<CardId> {
    operator.open("/consignments/new");
    operator.fill("received_on", "2026-11-02").fill("list_date", "2026-10-30").fill("box", "7");
    operator.attach("file", "一覧表.csv", LIST.as_bytes()).press("内容を確認する").press("取り込む");
    assert_eq!(operator.status(), 200, "{}", operator.text());
    let filter = Filter::default();
    let walked = house.city.db().read_now(move |reader| filter.walk(reader, None, 100, 100)).unwrap();
    walked.rows.into_iter().map(|card| card.id).collect()
}

fn inspects(house: &mut House, card: CardId, pass: Pass, finding: Finding) {
    let act = house.city.act();
    let inspect = move |tx: &mut store::Tx<'_>| store::card::inspect(tx, &act, card, pass, finding);
    house.city.db().write_now(Lane::Staff, inspect).unwrap();
}

fn card(house: &House, id: CardId) -> Card {
    house.city.db().read_now(move |reader| store::card::find(reader, id)).unwrap().unwrap()
}

/// All cards inspected: the second does not agree, the third belongs to one who holds a card, the fourth needs care.
fn inspected(house: &mut House, cards: &[CardId]) {
    for (n, id) in cards.iter().enumerate() {
        for pass in Pass::ALL {
            let finding = match (n, pass) {
                (1, Pass::Print) => Finding::Mismatch,
                (2, Pass::Register) => Finding::AlreadyHolds,
                (3, Pass::Register) => Finding::Attention,
                _ => Finding::Good,
            };
            inspects(house, *id, *pass, finding);
        }
    }
}

/// The group's cards to the city; answers the address of the batch.
fn sends(operator: &mut Browser, group: Group, counted: &str) -> String {
    operator.open(&format!("/batches/new/{group}"));
    operator.fill("counted", counted).fill("person", "市民課 一郎").tick("paper", "yes", true);
    operator.press("市へ引き継ぐ");
    assert!(operator.path().starts_with("/batches/"), "{}", operator.text());
    operator.path().to_owned()
}

on_both! {
    fn r5_c2_each_inspected_card_is_sorted_and_goes_to_the_city_with_its_group(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        let cards = taken(&house, &mut operator);
        assert_eq!(cards.len(), 10);
        operator.open("/preparation");
        assert!(!operator.text().contains("仕分けが済み"), "nothing is sorted before it is inspected");
        // Two passes are not enough, whatever they found.
        inspects(&mut house, cards[1], Pass::Print, Finding::Mismatch);
        inspects(&mut house, cards[1], Pass::Notice, Finding::Good);
        assert_eq!(card(&house, cards[1]).sorted_into, None);
        inspected(&mut house, &cards);
        let groups: Vec<Group> = cards.iter().map(|id| card(&house, *id).sorted_into.unwrap()).collect();
        assert_eq!(groups, [
            Group::AtIssue, Group::Mismatch, Group::AlreadyHolds, Group::Attention, Group::ShortValidity,
            Group::AtApplication, Group::AtApplication, Group::ViaResidence, Group::Express, Group::AtIssue,
        ]);
        operator.open("/preparation").reads("不一致・不良 1").reads("申請時来庁 2").reads("交付時来庁 2");
        operator.reads("受託者 10枚").reads("市 0枚");
        // By hand: a person knows more; what was found is not taken away.
        operator.open(&format!("/cards/{}", cards[9])).reads("仕分け 交付時来庁");
        operator.choose("group", "short_validity").press("仕分けを変える");
        operator.reads("有効期限が短い（手で仕分け）").reads("「有効期限が短い」に仕分けしました");
        operator.choose("group", "at_issue").press("仕分けを変える").reads("仕分け 交付時来庁");
        operator.choose("group", "attention").press("仕分けを変える").reads("処理注意（手で仕分け）");
        operator.open(&format!("/cards/{}", cards[1]));
        assert!(!operator.page().source().contains("value=\"at_issue\""));
        operator.post(&format!("/cards/{}/sort", cards[1]), &[
            ("operation", "01JCZ000000000000000000001"), ("group", "at_issue"),
        ]);
        assert_eq!(operator.status(), 409);
        operator.reads("「不一致・不良」のカードは、市が確かめるまでほかの行き先に仕分けできません。");
        // What goes along is named; the count is both's.
        operator.open("/preparation").follow_beside("処理注意", "市へ引継ぎ").sees("市へ引継ぎ（処理注意）");
        operator.reads("カードと交付通知書").reads("手で仕分け").reads("2枚");
        operator.fill("counted", "1").fill("person", "市民課 一郎").tick("paper", "yes", true).press("市へ引き継ぐ");
        operator.reads("枚数が合いません。記録では2枚、数えたのは1枚です。");
        let attention = sends(&mut operator, Group::Attention, "2");
        operator.reads("渡したもの：カードと交付通知書").reads("処理注意あり").reads("市にあります");
        let holds = sends(&mut operator, Group::AlreadyHolds, "1");
        operator.reads("渡したもの：カードのみ");
        // Who has it, for what, since when, taken over by whom.
        operator.open(&format!("/cards/{}", cards[3]));
        operator.reads("持っている人 市（処理注意のため、受け取った人：市民課 一郎）");
        operator.open("/preparation").reads("市 3枚（引継ぎ中：既にカードを所持 1、処理注意 2）").reads("受託者 7枚");
        // The list in J-LIS's order, with remarks and no reason, as a file too.
        operator.open(&format!("/lists{attention}/cards.csv"));
        assert_eq!(operator.status(), 200);
        assert!(operator.page().source().contains("処理注意あり"), "{}", operator.page().source());
        // And the whole of J-LIS's list, each line with its remarks, in two statements whatever its length.
        let consignment = card(&house, cards[0]).consignment;
        operator.open(&format!("/consignments/{consignment}")).reads("一覧表の備考");
        operator.open(&format!("/lists/consignments/{consignment}/lines.csv?encoding=utf8"));
        let lines: Vec<String> = operator.page().source().lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), cards.len() + 1, "{lines:?}");
        let of = |at: usize| lines.iter().find(|line| line.contains(&card(&house, cards[at]).control_number.digits()));
        assert!(of(3).is_some_and(|line| line.contains("処理注意あり") && line.contains("市")), "{lines:?}");
        assert!(of(2).is_some_and(|line| line.contains("既にカードを所持")), "{lines:?}");
        // An inspection cannot be taken back once the card is with the city.
        operator.post(&format!("/consignments/{}/inspect/register/undo", card(&house, cards[3]).consignment), &[
            ("card", &cards[3].to_string()), ("recent", ""),
        ]);
        assert_eq!(card(&house, cards[3]).sorted_into, Some(Group::Attention));
        // Kept: its process ends there with its cause.
        operator.open(&holds).follow("一部の返却・市の引き取り");
        operator.fill("counted", "1").fill("person", "市民課 二郎").tick("paper", "yes", true);
        operator.press("記録する").reads("返った、または市が引き取ったカードに印を付けてください。");
        assert_eq!(operator.page().value("person").as_deref(), Some("市民課 二郎"));
        operator.tick_all("card").choose("what", "already_holds").fill("counted", "2").tick("paper", "yes", true);
        operator.press("記録する").reads("枚数が合いません。印を付けたのは1枚、数えたのは2枚です。");
        operator.fill("counted", "1").tick("paper", "yes", true).press_twice("記録する");
        operator.reads("市が引き取り、返却なし");
        let kept = card(&house, cards[2]);
        assert_eq!((kept.stage, kept.cause, kept.place_kind), (Stage::Ended, Some(Cause::AlreadyHolds), PlaceKind::City));
        operator.open(&format!("/cards/{}", cards[2])).reads("引き取り：既にカードを所持、受け取った人：市民課 一郎");
        operator.reads("市が引き取り、交付を終わりにした").reads("既にカードを所持");
        house.city.seal();
        house.verify();
    }

    fn r5_c3_what_the_city_clears_comes_back_counted_and_goes_on(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        let cards = taken(&house, &mut operator);
        inspected(&mut house, &cards);
        for id in &cards[..2] {
            operator.open(&format!("/cards/{id}")).choose("group", "mismatch").press("仕分けを変える");
        }
        let batch = sends(&mut operator, Group::Mismatch, "2");
        // One comes back first.
        let mut city = house.person(Role::CityStaff);
        city.open(&batch).follow("一部の返却・市の引き取り").tick("card", &cards[1].to_string(), true);
        city.fill("counted", "1").fill("person", "市民課 二郎").press("記録する");
        city.reads("市にあります 1枚 返却済 1枚");
        let back = card(&house, cards[1]);
        assert_eq!((back.stage, back.place_kind), (Stage::Inspected, PlaceKind::Desk), "it is cleared");
        assert_eq!(back.sorted_into, Some(Group::AtIssue), "and goes on as it was applied for");
        operator.open(&format!("/cards/{}", cards[1])).reads("市が確かめて返却した（検品済）");
        operator.reads("市の担当者：市民課 二郎").reads("持っている人 受託者");
        // The same card cannot come back twice.
        operator.post(&format!("{batch}/some"), &[
            ("operation", "01JCZ000000000000000000002"), ("card", &cards[1].to_string()), ("what", "returned"),
            ("counted", "1"), ("person", "市民課 二郎"), ("paper", "yes"),
        ]);
        assert_eq!(operator.status(), 409);
        // The rest.
        operator.open(&batch).reads("市にある1枚がすべて返ったときに記録します。");
        operator.fill("counted", "1").fill("person", "市民課 二郎").tick("paper", "yes", true).press("返却を記録する");
        operator.reads("返した人：市民課 二郎");
        // A short validity is no question twice.
        let short = sends(&mut operator, Group::ShortValidity, "1");
        operator.open(&short).fill("counted", "1").fill("person", "市民課 二郎").tick("paper", "yes", true);
        operator.press("返却を記録する");
        assert_eq!(card(&house, cards[4]).sorted_into, Some(Group::AtIssue));
        // All four go to 交付前設定 with their list; some come back, the last is kept.
        let consignment = card(&house, cards[0]).consignment;
        operator.open(&format!("/consignments/{consignment}/send")).fill("counted", "4");
        operator.fill("person", "市民課 一郎").tick("paper", "yes", true).press("市へ引き継ぐ");
        let setup = operator.path().to_owned();
        operator.follow("一部の返却・市の引き取り");
        for id in [cards[0], cards[1], cards[4]] {
            operator.tick("card", &id.to_string(), true);
        }
        operator.fill("counted", "3").fill("person", "市民課 一郎").tick("paper", "yes", true).press("記録する");
        assert_eq!(card(&house, cards[0]).stage, Stage::Prepared);
        operator.open(&format!("{setup}/some")).tick_all("card").choose("what", "withdrawn").fill("counted", "1");
        operator.fill("person", "市民課 一郎").tick("paper", "yes", true).press("記録する");
        operator.reads("交付前設定済").reads("市が引き取り 1枚");
        let kept = card(&house, cards[9]);
        assert_eq!((kept.stage, kept.cause, kept.place_kind), (Stage::Ended, Some(Cause::Withdrawn), PlaceKind::City));
        // What the city mails is not given back; 特急 may go either way.
        let mail = sends(&mut operator, Group::AtApplication, "2");
        operator.post(&format!("{mail}/some"), &[
            ("operation", "01JCZ000000000000000000003"), ("card", &cards[5].to_string()), ("what", "returned"),
            ("counted", "1"), ("person", "市民課 二郎"), ("paper", "yes"),
        ]);
        assert_eq!(operator.status(), 409);
        let express = sends(&mut operator, Group::Express, "1");
        operator.open(&express).fill("posted_on", "2026-11-02").fill("person", "市民課 二郎").tick("paper", "yes", true);
        operator.press("発送を記録する").reads("市の発送");
        assert_eq!(card(&house, cards[8]).cause, Some(Cause::MailedByCity));
        assert_eq!(card(&house, cards[8]).method, ApplicationMethod::Express);
        house.city.seal();
        house.verify();
    }
}
