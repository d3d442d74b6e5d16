//! 封入の照合: letter, sleeve and 交付通知書 of one card go into one envelope, and a part goes to the city only whole.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use std::sync::Arc;

use documents::Document;
use domain::card::{Cause, Progress};
use domain::consignment::PostBlock;
use domain::id::{CardId, LetterBatchId};
use domain::journal::CityRecord;
use domain::recall::Source;
use domain::sorting::Special;
use store::Lane;
use store::card::Card;
use store::letter::LetterError;
use store::recall::Order;
use store::sorting::Inside;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};
use web::{Printer, Printing};

/// A printer that answers with what stands on the paper.
struct Plain;

impl Printer for Plain {
    fn print(&self, document: Document) -> Printing {
        Box::pin(async move { Ok(serde_json::to_vec(&document.data().unwrap()).unwrap()) })
    }
}

/// A part of letters, with the key on each and the 管理番号 of its sleeve, in list order.
struct Part {
    id: LetterBatchId,
    letters: Vec<(CardId, String, String)>,
}

impl Part {
    fn page(&self) -> String {
        format!("/letters/{}", self.id)
    }
}

/// Cards come back from the city and their letters are made.
fn printed(house: &mut House, count: u32, series: char) -> Part {
    house.city.prepared(count, series);
    let mut operator = house.operator();
    operator.open("/letters").press(&format!("次の{count}通を作る"));
    let id: LetterBatchId = operator.path().rsplit('/').next().unwrap().parse().unwrap();
    Part { id, letters: letters(house, id) }
}

fn letters(house: &House, id: LetterBatchId) -> Vec<(CardId, String, String)> {
    let keys = house.city.keys.clone();
    let read = house.city.db().read_now(move |reader| store::letter::letters(reader, id)).unwrap();
    read.iter()
        .map(|letter| (letter.card, letter.key(&keys).unwrap().digits(), letter.control_number.digits()))
        .collect()
}

fn scans(desk: &mut Browser, code: &str) {
    desk.fill("code", code).press("読み取る");
    assert_eq!(desk.status(), 200, "{}", desk.text());
}

/// Two scans and one Enter.
fn stuffs(desk: &mut Browser, (_, key, control): &(CardId, String, String)) {
    scans(desk, key);
    scans(desk, control);
    desk.reads("案内とカードは同じです").press("同じ：封入を記録する").reads("封入しました");
}

fn card(house: &House, id: CardId) -> Card {
    house.city.db().read_now(move |reader| store::card::find(reader, id)).unwrap().unwrap()
}

fn hands_over(desk: &mut Browser, page: &str, count: &str) {
    desk.open(page).fill("counted", count).fill("person", "市民課 一郎").tick("paper", "yes", true);
    desk.press("市へ引き継ぐ");
}

on_both! {
    fn r5_c4_an_envelope_is_a_letter_a_sleeve_and_a_notice_of_one_card(home: TestDb) {
        let mut house = House::open(home);
        let part = printed(&mut house, 3, 'A');
        let [one, two, three] = [&part.letters[0], &part.letters[1], &part.letters[2]];
        let mut desk = house.operator();
        // A part whose envelopes were not checked does not go to the city.
        desk.open(&part.page()).reads("3つの数が一致すると、市へ引き継げます");
        assert!(!desk.page().source().contains("市の担当者の氏名"), "it can be transferred unchecked");
        desk.follow("封入の照合").reads("0／3").reads("案内 3・交付通知書 0・カード 0");
        // A wrong pair is one sentence, and nothing is recorded.
        let before = house.city.home.rows_of("journal");
        scans(&mut desk, &one.1);
        desk.reads("続けて、スリーブのラベルを読み取ってください");
        scans(&mut desk, &two.2);
        desk.reads("案内とカードが違います").reads("0／3");
        assert!(desk.page().source().contains("data-sound=\"bad\""));
        assert_eq!(house.city.home.rows_of("journal"), before, "a wrong pair is recorded");
        // The sleeve first, then its letter; the number of the notice is large on the screen.
        scans(&mut desk, &one.2);
        desk.reads("続けて、案内のQRコードを読み取ってください");
        scans(&mut desk, &format!("https://yoyaku.example.jp/k#{}", one.1));
        let notice = desk.page().texts_of_class("tally").into_iter().find(|text| text.contains("交付通知書の番号"));
        let notice: String = notice.unwrap().chars().take_while(|c| !c.is_whitespace()).collect();
        assert!(notice.contains('-'), "{notice}");
        // What is scanned before it is confirmed is no answer.
        desk.fill("code", &two.2).press("同じ：封入を記録する").reads("先に、交付通知書の番号を確かめてください");
        // Another number than the one that is held: not this envelope.
        desk.fill("code", "ZZZ-999999").press("同じ：封入を記録する").reads("交付通知書の番号が違います").reads("0／3");
        scans(&mut desk, &one.1);
        scans(&mut desk, &one.2);
        desk.press("番号が違う").reads("交付通知書の番号が違います").reads("0／3");
        // The number typed is as good as one look.
        scans(&mut desk, &one.1);
        scans(&mut desk, &one.2);
        desk.fill("code", &notice).press("同じ：封入を記録する").reads("封入しました").reads("1／3");
        // Once is once; another person goes on with the rest.
        let mut other = house.operator();
        other.open(&format!("{}/stuffing", part.page())).reads("1／3");
        scans(&mut other, &one.1);
        other.reads("読み取り済み（変更なし）");
        stuffs(&mut other, two);
        other.reads("2／3").press("最後の封入を取り消す").reads("1／3");
        stuffs(&mut other, two);
        stuffs(&mut other, three);
        other.reads("案内・交付通知書・カードの数が一致しました");
        hands_over(&mut other, &part.page(), "3");
        other.reads("市へ引継ぎ済");
        // What the city has is no longer stuffed.
        desk.open(&format!("{}/stuffing", part.page())).reads("封入の照合は終わっています");
        house.verify();
    }

    fn r5_c4_what_is_not_of_this_part_is_not_put_into_an_envelope(home: TestDb) {
        let mut house = House::open(home);
        let part = printed(&mut house, 2, 'A');
        let others = printed(&mut house, 1, 'B');
        let mut desk = house.operator();
        desk.open(&format!("{}/stuffing", part.page()));
        scans(&mut desk, &others.letters[0].1);
        desk.reads("この束の案内・カードではありません");
        scans(&mut desk, "99999999999999");
        desk.reads("読み取れません");
        scans(&mut desk, "12345678");
        desk.reads("読み取れません");
        // The city recalls a card after its letter was printed, and one after its envelope was checked.
        stuffs(&mut desk, &part.letters[0]);
        for (id, ..) in &part.letters {
            let city = Some(("市 一郎".to_owned(), CityRecord::Paper));
            let order =
                Order { card: *id, cause: Cause::Recalled, source: Source::City, city, until: None, booked: None };
            let (act, rules) = (house.city.act(), house.city.rules.clone());
            house.city.db().write_now(Lane::Staff, move |tx| store::recall::record(tx, &act, &rules, &order)).unwrap();
        }
        scans(&mut desk, &part.letters[1].1);
        desk.reads("交付中止・保留のカードです").reads("案内 2・交付通知書 1・カード 0");
        // The letters are taken out, their keys end, and nobody makes new ones for such cards.
        for (_, _, control) in &part.letters {
            desk.open(&format!("{}/take-out", part.page())).press("抜き出す").reads("抜き出す理由を選んでください");
            desk.fill("code", control).choose("why", "card_held").choose("then", "again").press("抜き出す");
            assert_eq!(desk.status(), 422);
            desk.choose("then", "end").press("抜き出す").reads("抜き出し：交付中止・保留のカード");
        }
        desk.reads("0通");
        assert!(!desk.page().source().contains("市の担当者の氏名"), "an empty part goes to nobody");
        let (act, id) = (house.city.act(), part.id);
        let sent = house.city.db().write_now(Lane::Staff, move |tx| {
            store::letter::transfer(tx, &act, id, 0, "市 一郎", CityRecord::Paper)
        });
        assert!(matches!(sent, Err(LetterError::NotStuffed(_))), "{sent:?}");
        house.verify();
    }

    fn r5_c4_a_letter_that_is_taken_out_is_made_again_and_the_rest_goes(home: TestDb) {
        let mut house = House::open(home);
        let part = printed(&mut house, 3, 'A');
        let mut desk = house.operator();
        desk.open(&format!("{}/take-out", part.page()));
        desk.fill("code", "123").choose("why", "damaged").choose("then", "again").press("抜き出す");
        desk.reads("9桁の数字");
        desk.fill("code", &part.letters[0].2).press_twice("抜き出す").reads("1通");
        let again: LetterBatchId = desk.path().rsplit('/').next().unwrap().parse().unwrap();
        assert_ne!(again, part.id);
        desk.open(&format!("{}/take-out", part.page()));
        desk.fill("code", &part.letters[1].2).choose("why", "no_notice").choose("then", "end").press("抜き出す");
        // The old keys open nothing any more, neither here nor for the citizen.
        for (_, key, _) in &part.letters[..2] {
            desk.open(&format!("{}/stuffing", part.page()));
            scans(&mut desk, key);
            desk.reads("いま使える案内ではありません");
        }
        scans(&mut desk, &part.letters[1].2);
        desk.reads("束から抜き出した案内です");
        // The new one is stuffed in its own part; the rest of the old part goes without the two.
        let new = &letters(&house, again)[0];
        assert_ne!(new.1, part.letters[0].1);
        desk.open(&format!("/letters/{again}/stuffing"));
        stuffs(&mut desk, new);
        desk.open(&format!("{}/stuffing", part.page()));
        stuffs(&mut desk, &part.letters[2]);
        hands_over(&mut desk, &part.page(), "3");
        desk.reads("記録では1通、数えたのは3通です").fill("counted", "1").press("市へ引き継ぐ");
        desk.fill("posted_on", "2026-11-02").fill("person", "市民課 一郎").tick("paper", "yes", true);
        desk.press("発送を記録する").reads("市の発送日");
        let progress = |house: &House, n: usize| card(house, part.letters[n].0).progress;
        assert_eq!(progress(&house, 2), Progress::Notified);
        assert_eq!(progress(&house, 1), Progress::Prepared, "its letter never left");
        assert_eq!(progress(&house, 0), Progress::Prepared, "its new letter is still here");
        // A letter without a notice is made from the card's page once the notice is there.
        let missing = part.letters[1].0;
        desk.open(&format!("/cards/{missing}")).press("案内を再発行").reads("1通");
        house.verify();
    }

    fn r5_c4_a_letter_made_again_from_the_card_leaves_its_part(home: TestDb) {
        let mut house = House::open(home);
        let part = printed(&mut house, 2, 'A');
        let mut desk = house.operator();
        desk.open(&format!("/cards/{}", part.letters[0].0)).press("案内を再発行");
        desk.open(&format!("{}/stuffing", part.page())).reads("0／1");
        stuffs(&mut desk, &part.letters[1]);
        hands_over(&mut desk, &part.page(), "1");
        desk.reads("市へ引継ぎ済");
        desk.fill("posted_on", "2026-11-02").fill("person", "市民課 一郎").tick("paper", "yes", true).press("発送を記録する");
        // Once its notice was posted, the city makes a new one itself: the letter goes to it alone, and the card stays where it is.
        desk.open(&format!("/cards/{}", part.letters[1].0)).press("案内を再発行する");
        desk.reads("再送の案内が1通あります").reads("案内 1・交付通知書 1・カード 1");
        let page = desk.path().to_owned();
        hands_over(&mut desk, &page, "1");
        desk.reads("市へ引継ぎ済");
        house.verify();
    }

    fn r5_c4_the_envelope_goes_on_the_pile_of_its_block_and_a_key_sets_it_right(home: TestDb) {
        let mut house = House::open(home);
        let part = printed(&mut house, 1, 'A');
        let mut desk = house.operator();
        desk.open(&format!("{}/stuffing", part.page()));
        scans(&mut desk, &part.letters[0].1);
        scans(&mut desk, &part.letters[0].2);
        desk.fill("code", "２").press("同じ：封入を記録する").reads("郵便区を直しました");
        let block = |house: &House| card(house, part.letters[0].0).post_block;
        assert_eq!(block(&house), PostBlock::try_from("565".to_owned()).unwrap());
        // A key that is no pile changes nothing.
        desk.fill("code", "9").press("同じ：封入を記録する").reads("読み取れません");
        desk.press("3：市外").reads("郵便区を直しました");
        assert_eq!(block(&house), PostBlock::Other);
        desk.press("同じ：封入を記録する").reads("郵便区：市外").reads("1／1");
        house.verify();
    }

    fn r5_c4_what_is_to_be_posted_is_counted_by_block_and_weight_against_the_minimum(home: TestDb) {
        let mut house = House::with_printer(home, Arc::new(Plain));
        let parts = [printed(&mut house, 2, 'A'), printed(&mut house, 2, 'B')];
        let mut desk = house.operator();
        desk.open("/letters/sorting/covers.pdf");
        assert_eq!(desk.status(), 409, "nothing is ready yet");
        // Leaflets with their versions, and the weight; a version alone or a weight that cannot be is asked back.
        desk.open(&parts[0].page()).reads("まだ記録していません").follow("同封物と重さを記録する");
        desk.fill("version_1", "第2版").fill("grams", "9999").press("記録する");
        assert_eq!(desk.status(), 422);
        desk.reads("同封物の名前を入力してください").reads("4000gまで");
        assert_eq!(desk.page().value("version_1").as_deref(), Some("第2版"));
        desk.fill("leaflet_1", "コンビニ交付のチラシ").fill("grams", "２８").press_twice("記録する");
        desk.reads("コンビニ交付のチラシ 第2版").reads("28g");
        // The next part begins with what lay in the last one.
        desk.open(&parts[1].page()).follow("同封物と重さを記録する").reads("前の束の内容が入っています");
        assert_eq!(desk.page().value("leaflet_1").as_deref(), Some("コンビニ交付のチラシ"));
        desk.press("記録する").reads("28g");
        // One envelope for 564, one for 565 in each part: pieces of both parts lie on one pile.
        for part in &parts {
            desk.open(&format!("{}/stuffing", part.page()));
            for (letter, pile) in part.letters.iter().zip(["1", "2"]) {
                scans(&mut desk, &letter.1);
                scans(&mut desk, &letter.2);
                desk.fill("code", pile).press("同じ：封入を記録する").press("同じ：封入を記録する").reads("封入しました");
            }
        }
        desk.open("/letters").follow("郵便区ごとの仕分け").reads("4／4").reads("あと98通");
        desk.open("/lists/sorting/sorting.csv?encoding=utf8");
        let text = desk.page().source();
        assert!(text.contains("郵便区内特別") && text.lines().count() == 3, "{text}");
        assert!(text.contains("56"), "two envelopes of 28 g: {text}");
        desk.open("/letters/sorting").follow("ふた紙を印刷（PDF）");
        let covers: serde_json::Value = serde_json::from_slice(&desk.page().bytes).unwrap();
        let covers = covers["covers"].as_array().unwrap();
        let said = |n: usize, of: &str| covers[n][of].clone();
        assert_eq!(covers.len(), 2, "a sheet a bundle: {covers:?}");
        assert_eq!((said(0, "block"), said(1, "block")), ("564".into(), "565".into()));
        assert_eq!((said(0, "count"), said(0, "weight")), (2.into(), "56g".into()));
        assert_eq!((said(0, "is_special"), said(0, "special")), (false.into(), "あと98通".into()));
        assert_eq!(said(0, "parts").as_array().unwrap().len(), 2, "an envelope of each part");
        // An envelope whose card the city recalls is not on its pile until the letter is taken out.
        let stopped = parts[1].letters[0].0;
        let city = Some(("市 一郎".to_owned(), CityRecord::Paper));
        let order =
            Order { card: stopped, cause: Cause::Recalled, source: Source::City, city, until: None, booked: None };
        let (act, rules) = (house.city.act(), house.city.rules.clone());
        house.city.db().write_now(Lane::Staff, move |tx| store::recall::record(tx, &act, &rules, &order)).unwrap();
        desk.open("/letters/sorting").reads("3／4").reads("あと99通").reads("あと98通");
        // What the city has keeps its leaflets, and what it posted is no longer to be posted.
        hands_over(&mut desk, &parts[0].page(), "2");
        desk.open(&format!("{}/enclosures", parts[0].page()));
        assert_eq!(desk.status(), 409, "what the city has is not stuffed any more");
        desk.open(&parts[0].page());
        desk.fill("posted_on", "2026-11-02").fill("person", "市民課 一郎").tick("paper", "yes", true);
        desk.press("発送を記録する").reads("市の発送日").reads("コンビニ交付のチラシ 第2版");
        desk.open("/letters/sorting").reads("1／2").reads("あと100通").reads("あと99通");
        house.verify();
    }

    fn r5_c4_a_letter_that_the_city_puts_into_its_envelope_lies_on_no_pile(home: TestDb) {
        let mut house = House::open(home);
        let notified = house.city.notified(1, 'N')[0];
        let mut desk = house.operator();
        desk.open(&format!("/cards/{notified}")).press("案内を再発行する").reads("再送の案内が1通あります");
        assert!(!desk.page().source().contains("郵便区ごとの数"), "it has no pile");
        desk.open("/letters/sorting").reads("発送を待つ案内はありません");
        house.verify();
    }

    fn r5_c4_a_pile_that_reaches_the_minimum_is_marked(home: TestDb) {
        let mut house = House::open(home);
        let part = printed(&mut house, 50, 'A');
        let (act, id) = (house.city.act(), part.id);
        let own = PostBlock::try_from("564".to_owned()).unwrap();
        let cards: Vec<CardId> = part.letters.iter().map(|letter| letter.0).collect();
        let inside = Inside { enclosures: Vec::new(), grams: Some(28) };
        house.city.db().write_now(Lane::Staff, move |tx| {
            for card in &cards {
                store::stuffing::set_block(tx, &act, *card, own)?;
            }
            store::sorting::enclose(tx, &act, id, &inside)?;
            store::stuffing::stuff_all(tx, &act, id)
        }).unwrap();
        let site = house.city.site.clone();
        let piles = house.city.db().read_now(move |reader| store::sorting::unposted(reader, &site)).unwrap();
        let [pile] = piles.as_slice() else { panic!("one pile: {piles:?}") };
        assert_eq!((pile.ready(), pile.weight()), (50, Some(1_400)));
        assert_eq!((pile.special(50), pile.special(51)), (Special::Reached, Special::Missing(1)));
        house.operator().open("/letters/sorting").reads("50／50").reads("あと50通");
        house.verify();
    }
}
