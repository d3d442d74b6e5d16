//! 保管: rooms, cabinets, shelves and boxes are set up on screen; cards find their box; a box is emptied by one scan.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::consignment::PostBlock;
use domain::id::{CardId, PlaceId};
use domain::number::PlaceLabel;
use domain::permission::Role;
use domain::place::PlaceKind;
use domain::storage::Order;
use store::card::Card;
use store::place::Place;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

fn card(house: &House, id: CardId) -> Card {
    house.city.db().read_now(move |reader| store::card::find(reader, id)).unwrap().unwrap()
}

/// The place of a kind with a name.
fn place(house: &House, kind: PlaceKind, name: &str) -> Place {
    let (site, name) = (house.city.site.clone(), name.to_owned());
    let places = house.city.db().read_now(move |reader| store::place::of_kind(reader, &site, kind)).unwrap();
    places.into_iter().find(|place| place.name == name).unwrap_or_else(|| panic!("no {kind} {name}"))
}

/// Adds places, several when `count` is more than one.
fn adds<'b>(
    person: &'b mut Browser,
    kind: PlaceKind,
    parent: Option<PlaceId>,
    (name, count, capacity): (&str, &str, &str),
) -> &'b mut Browser {
    let parent = parent.map(|parent| parent.to_string()).unwrap_or_default();
    person.open("/storage/places/new").choose("kind", kind.code()).choose("parent", &parent);
    person.fill("name", name).fill("count", count).fill("capacity", capacity).press("加える")
}

/// A room with a cabinet, a shelf, and three boxes of two cards each.
fn furnished(house: &mut House) -> [Place; 3] {
    let mut charge = house.person(Role::PersonInCharge);
    adds(&mut charge, PlaceKind::Room, None, ("第1保管室", "1", "")).sees("保管");
    let room = place(house, PlaceKind::Room, "第1保管室").id;
    adds(&mut charge, PlaceKind::Cabinet, Some(room), ("キャビネット9", "1", "")).sees("保管");
    let cabinet = place(house, PlaceKind::Cabinet, "キャビネット9").id;
    adds(&mut charge, PlaceKind::Shelf, Some(cabinet), ("棚9-1", "1", "")).sees("保管");
    let shelf = place(house, PlaceKind::Shelf, "棚9-1").id;
    adds(&mut charge, PlaceKind::Box, Some(shelf), ("箱9-1-", "3", "2")).sees("保管");
    charge.reads("キャビネット9").reads("箱9-1-3").reads("0／2枚");
    ["箱9-1-1", "箱9-1-2", "箱9-1-3"].map(|name| place(house, PlaceKind::Box, name))
}

fn label(place: &Place) -> String {
    place.label.unwrap().digits()
}

fn scans<'b>(operator: &'b mut Browser, code: &str) -> &'b mut Browser {
    operator.fill("code", code).press("記録する")
}

on_both! {
    fn r5_c7_places_are_set_up_on_screen_and_changed(home: TestDb) {
        let mut house = House::open(home);
        let [first, _, third] = furnished(&mut house);
        let mut charge = house.person(Role::PersonInCharge);
        let mut other = house.person(Role::PersonInCharge);
        // A name is there once; what was typed stays.
        adds(&mut charge, PlaceKind::Box, first.parent, ("箱9-1-", "2", "2"));
        charge.reads("「箱9-1-1」はすでにあります");
        assert_eq!(charge.status(), 422);
        charge.fill("first", "4").press("加える").sees("保管").reads("箱9-1-5");
        // Nothing stands the wrong way round, and two clicks make one.
        adds(&mut charge, PlaceKind::Cabinet, first.parent, ("キャビネット10", "1", "")).reads("そこには置けません");
        let room = place(&house, PlaceKind::Room, "第1保管室").id;
        charge.choose("parent", &room.to_string()).press_twice("加える");
        let mut opened = house.person(Role::PersonInCharge);
        opened.open("/storage").reads("棚も箱もありません");
        let cabinet = place(&house, PlaceKind::Cabinet, "キャビネット10").id;
        // Another name and more room, and it stands elsewhere now; the second person sees the first one's change first.
        let change = format!("/places/{}/change", third.id);
        other.open(&change);
        charge.open(&change).fill("name", "大箱").fill("capacity", "３００").choose("parent", &cabinet.to_string());
        charge.press("変更する").sees("大箱").reads("0／300枚").reads("キャビネット10");
        other.fill("capacity", "9").press("変更する").reads("ほかの人が先に変更しました");
        other.press("変更する").sees("箱9-1-3").reads("0／9枚");
        // It is no act for everybody.
        let mut operator = house.operator();
        operator.open("/storage/places/new");
        assert_eq!(operator.status(), 403);
        operator.open(&change);
        assert_eq!(operator.status(), 403);
        // What is there from the start is not changed here.
        let tray = place(&house, PlaceKind::Tray, PlaceKind::Tray.label()).id;
        charge.open(&format!("/places/{tray}/change"));
        assert_eq!(charge.status(), 404);
        house.verify();
    }

    fn r5_c7_a_card_is_told_its_box_and_the_full_box_the_next_one(home: TestDb) {
        let mut house = House::open(home);
        let boxes = furnished(&mut house);
        let cards = house.city.notified(5, 'A');
        let controls: Vec<String> =
            cards.iter().map(|id| card(&house, *id).control_number.digits()).collect();
        let mut operator = house.operator();
        // The card first: it is told its box, and lies there once the label was scanned.
        scans(operator.open("/storage/put"), &controls[0]).reads("箱9-1-1").reads("続けて、入れる箱のラベル");
        scans(&mut operator, &label(&boxes[0])).reads("入れました").reads("1／2枚");
        scans(&mut operator, &controls[1]).reads("この箱はいっぱいです").reads("次は「箱9-1-2」のラベル");
        scans(&mut operator, &label(&boxes[1])).reads("箱を選びました");
        scans(&mut operator, &controls[2]).reads("1／2枚");
        // Beside the card before it, from a fresh page.
        scans(operator.open("/storage/put"), &controls[3]).reads("箱9-1-2").reads("一つ前の管理番号のカードがある箱");
        scans(&mut operator, &label(&boxes[1])).reads("入れました");
        scans(operator.open("/storage/put"), &controls[4]).reads("箱9-1-3").reads("次の空きのある箱");
        // The hands decide: a full box takes it too, and says so.
        scans(&mut operator, &label(&boxes[1])).reads("入れました").reads("3／2枚").reads("いっぱいです");
        let lies: Vec<PlaceId> = cards.iter().map(|id| card(&house, *id).place).collect();
        assert_eq!(lies, [0, 0, 1, 1, 1].map(|n: usize| boxes[n].id));
        operator.open("/storage").reads("3／2枚 満");
        house.verify();
    }

    fn r5_c7_boxes_are_kept_apart_by_postal_block_where_the_city_wants_it(home: TestDb) {
        let mut house = House::in_order(home, Order::PostBlock);
        let boxes = furnished(&mut house);
        let mut of = |block: &str, count, series| {
            house.city.post_block = PostBlock::try_from(block.to_owned()).unwrap();
            house.city.notified(count, series)
        };
        let (north, south, more) = (of("565", 1, 'A'), of("564", 3, 'B'), of("565", 2, 'C'));
        let number = |house: &House, id: CardId| card(house, id).control_number.digits();
        let mut operator = house.operator();
        let mut put = |house: &House, id: CardId, named: &Place, why: &str| {
            scans(operator.open("/storage/put"), &number(house, id)).reads(&named.name).reads(why);
            scans(&mut operator, &label(named)).reads("入れました");
        };
        put(&house, north[0], &boxes[0], "郵便区565のカードを入れ始める箱");
        // The next number is of the other block: beside it there is room, and it goes elsewhere all the same.
        put(&house, south[0], &boxes[1], "郵便区564のカードを入れ始める箱");
        put(&house, more[0], &boxes[0], "郵便区565の一つ前の管理番号のカードがある箱");
        put(&house, south[1], &boxes[1], "郵便区564の一つ前の管理番号のカードがある箱");
        put(&house, south[2], &boxes[2], "次の空きのある箱");
        // Nothing else has room: the hands are told that cards will lie mixed.
        put(&house, more[1], &boxes[2], "ほかの郵便区のカードも入っています");
        house.verify();
    }

    fn r5_c7_a_whole_box_moves_by_one_scan(home: TestDb) {
        let mut house = House::open(home);
        let boxes = furnished(&mut house);
        let cards = house.city.notified(3, 'A');
        let mut operator = house.operator();
        scans(operator.open("/storage/put"), &label(&boxes[0]));
        for id in &cards {
            let control = card(&house, *id).control_number.digits();
            scans(&mut operator, &control).reads("入れました");
        }
        operator.open(&format!("/places/{}", boxes[0].id)).follow("別の箱へまとめて移す").reads("3枚");
        // What is no other box moves nothing, and says so.
        let own = card(&house, cards[0]).control_number.digits();
        for (code, sentence) in [
            (label(&boxes[0]), "同じ箱です"),
            (own, "移す先の箱のラベルを読み取ってください"),
            (PlaceLabel::from_base(999_999).unwrap().digits(), "カードを入れる箱ではありません"),
        ] {
            operator.fill("code", &code).press("すべて移す").reads(sentence);
            assert_eq!(operator.status(), 422);
        }
        assert!(cards.iter().all(|id| card(&house, *id).place == boxes[0].id));
        operator.fill("code", &label(&boxes[2])).press_twice("すべて移す").sees("箱9-1-3").reads("3／2枚");
        assert!(cards.iter().all(|id| card(&house, *id).place == boxes[2].id));
        // Each card tells it in its own story, and the journal once.
        operator.open(&format!("/cards/{}", cards[1])).reads("箱のカードをまとめて移した 箱9-1-1 → 箱9-1-3");
        operator.open(&format!("/places/{}/empty", boxes[0].id)).fill("code", &label(&boxes[1]));
        operator.press("すべて移す").reads("この箱にカードはありません");
        house.verify();
    }

    fn r5_c7_cards_stand_in_the_numbered_slots_of_a_box(home: TestDb) {
        let mut house = House::open(home);
        let [first, ..] = furnished(&mut house);
        let mut charge = house.person(Role::PersonInCharge);
        // A shelf has no slots; what was typed stays.
        charge.open("/storage/places/new").choose("kind", "shelf").choose("parent", &first.parent.unwrap().to_string());
        charge.fill("name", "箱9-1-4").tick("numbered", "yes", true).press("加える");
        charge.reads("種類が箱のときだけ付けられます");
        assert_eq!(charge.status(), 422);
        charge.choose("kind", "box").press("加える").sees("保管");
        let numbered = place(&house, PlaceKind::Box, "箱9-1-4");
        let cards = house.city.notified(4, 'A');
        let controls: Vec<String> = cards.iter().map(|id| card(&house, *id).control_number.digits()).collect();
        let mut operator = house.operator();
        scans(operator.open("/storage/put"), &label(&numbered));
        for (n, control) in controls.iter().take(3).enumerate() {
            scans(&mut operator, control).reads(&format!("位置 {} に入れました", n + 1));
        }
        // The same card again stands where it stands.
        scans(&mut operator, &controls[1]).reads("読み取り済み").reads("位置：2");
        operator.open(&format!("/cards/{}", cards[2])).reads("箱9-1-4-3");
        operator.open(&format!("/places/{}", numbered.id)).reads("箱9-1-4-1").reads("箱9-1-4-2");
        // A slot that gets free is the next one that is given.
        scans(operator.open("/storage/put"), &label(&first));
        scans(&mut operator, &controls[0]).reads("入れました");
        assert!(!operator.text().contains("位置"));
        operator.open(&format!("/cards/{}", cards[0])).reads("箱9-1-4-1 → 箱9-1-1");
        scans(operator.open("/storage/put"), &label(&numbered));
        scans(&mut operator, &controls[3]).reads("位置 1 に入れました");
        // All of them at once, in the order in which they stand.
        charge.open("/storage/places/new").choose("parent", &first.parent.unwrap().to_string());
        charge.fill("name", "箱9-1-5").fill("capacity", "50").tick("numbered", "yes", true).press("加える").sees("保管");
        let other = place(&house, PlaceKind::Box, "箱9-1-5");
        operator.open(&format!("/places/{}/empty", numbered.id)).fill("code", &label(&other)).press("すべて移す");
        operator.sees("箱9-1-5").reads("箱9-1-5-3");
        // The card that came last stood in the first slot.
        let stand = cards.iter().map(|id| card(&house, *id).position).collect::<Vec<_>>();
        assert_eq!(stand, [None, Some(2), Some(3), Some(1)]);
        house.verify();
    }

    fn r5_c7_the_key_of_a_cabinet_is_with_one_person_until_it_is_back(home: TestDb) {
        let mut house = House::open(home);
        furnished(&mut house);
        let page = format!("/places/{}", place(&house, PlaceKind::Cabinet, "キャビネット9").id);
        let (mut operator, mut charge) = (house.operator(), house.person(Role::PersonInCharge));
        operator.open("/");
        assert!(!operator.text().contains("キャビネット9の鍵"));
        let mut late = house.operator();
        late.open(&page).reads("鍵は所定の場所にあります");
        operator.open(&page).press_twice("鍵を受け取った").reads("持っている人：従事者");
        operator.open("/").reads("キャビネット9の鍵 従事者が持っています");
        // From hand to hand, and nobody takes it by a page that has grown old.
        let mut old = charge.another_tab();
        old.open(&page);
        let takes = old.form_of("鍵を引き継いで受け取った");
        charge.open(&page).press("鍵を引き継いで受け取った").reads("持っている人：業務責任者");
        let mut stale = operator.another_tab();
        stale.open(&page);
        charge.press_twice("鍵を所定の場所に返した").reads("鍵は所定の場所にあります");
        stale.press("鍵を引き継いで受け取った");
        assert_eq!(stale.status(), 409);
        stale.reads("ほかの人が先に受け取ったか、返しました");
        operator.open(&page).press("鍵を受け取った").reads("持っている人：従事者");
        // After the last visitor it is red, and the close says so.
        house.at(house.app.today(), "19:00");
        // Whoever stood idle signs in again.
        let (mut charge, mut late) = (house.person(Role::PersonInCharge), house.operator());
        let day = house.app.today();
        charge.open(&format!("/close/{day}")).reads("「キャビネット9」の鍵が返っていません（従事者が持っています）");
        charge.open("/").reads("要対応 キャビネット9の鍵");
        // Who keeps the places notes that it was found on its hook; whoever does not, cannot for somebody else.
        charge.submit(&takes).reads("持っている人：業務責任者");
        late.open(&page);
        assert!(!late.text().contains("鍵を所定の場所に返した"));
        charge.open(&page).press("鍵を所定の場所に返した").open("/");
        assert!(!charge.text().contains("キャビネット9の鍵"));
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/journal").reads("「キャビネット9」の鍵を業務責任者が受け取りました（従事者から）");
        house.verify();
    }
}
