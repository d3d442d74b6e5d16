//! Taking over from a former contractor over HTTP: by file and by scanner, what its letters open, its reservations.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::id::{CardId, PlaceId};
use domain::opening::FormerNumber;
use domain::permission::Role;
use jiff::civil::{Date, date};
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

const TODAY: Date = date(2026, 11, 9);
const HEADER: &str =
    "旧ラベル,案内の番号,状態,発送日,保管場所,一覧表の日付,一覧番号,申請方式,郵便区,有効期限が近い";

fn house(home: TestDb) -> (House, PlaceId) {
    let mut house = House::open(home);
    let bin = house.city.new_box("箱1-1-1");
    house.at(TODAY, "10:00");
    (house, bin)
}

/// Cards with the numbers K000001 and on; the last has none, and its letter must be sent again.
fn stock(cards: u32) -> String {
    let line = |n: u32| {
        let letter = if n == cards { String::new() } else { format!("K-{n:06}") };
        format!("S{n},{letter},発送済,2026-10-20,箱1-1-1,R8.10.1,{n},交付時来庁,564,いいえ\r\n")
    };
    format!("{HEADER}\r\n{}", (1..=cards).map(line).collect::<String>())
}

fn sends(person: &mut Browser, file: &str) {
    person.open("/taking-over/file").fill("name", "引継ぎ1");
    person.attach("file", "在庫.csv", file.as_bytes()).press("内容を確認する");
}

fn takes_over(house: &mut House, cards: u32) -> Browser {
    let mut person = house.person(Role::PersonInCharge);
    sends(&mut person, &stock(cards));
    person.sees("引き継ぐ内容の確認").press("引き継ぐ");
    person
}

fn card_of(house: &House, text: &str) -> Option<CardId> {
    let (keys, number) = (house.city.keys.clone(), FormerNumber::read(text).unwrap());
    house.city.db().read_now(move |reader| store::former::card(reader, &keys, &number)).unwrap()
}

fn proves(citizen: &mut Browser, key: &str) {
    citizen.open("/k").fill("number", key).press("次へ進む");
}

on_both! {
    fn g22_1_a_citizen_books_with_the_number_on_a_former_letter(home: TestDb) {
        let (mut house, _) = house(home);
        let mut person = house.person(Role::PersonInCharge);
        person.open("/settings").follow("引継ぎ（前事業者から）").sees("引継ぎ（前事業者から）");
        sends(&mut person, &stock(4));
        person.sees("引き継ぐ内容の確認").reads("案内の番号で予約できる 3枚").reads("案内を再送する 1枚");
        person.press_twice("引き継ぐ").reads("前事業者から引き継いだ組：引継ぎ1").reads("4枚");
        person.open("/taking-over").reads("再送する案内（1通）").reads("引継ぎ1");
        let card = card_of(&house, "S1").unwrap();
        // Staff find the card by either number, however it is typed.
        for typed in ["S1", "ｋー０００００１"] {
            person.post("/scan", &[("scan", typed)]);
            assert_eq!(person.path(), format!("/cards/{card}"), "{typed}");
        }
        let mut citizen = house.citizen();
        citizen.open("/k").reads("前の窓口から届いたご案内");
        proves(&mut citizen, "ｋ 000001");
        citizen.sees("日にちを選んでください").follow("11月11日(水)");
        citizen.press("9時00分").choose("who", "principal").press("次へ進む").press("この内容で予約する").sees("予約が終わりました");
        // A label on a sleeve is no key.
        let mut citizen = house.citizen();
        proves(&mut citizen, "S1");
        assert_eq!(citizen.status(), 422);
        house.run_jobs();
        house.verify();
    }

    fn g22_1_every_failure_of_a_former_number_is_the_same_and_limited(home: TestDb) {
        let (mut house, _) = house(home);
        // Without a former system the shape is told, and nothing is counted.
        let mut citizen = house.citizen();
        proves(&mut citizen, "K000009");
        citizen.reads("数字だけで入力してください");
        takes_over(&mut house, 3);
        let mut seen = Vec::new();
        for typed in ["K000009", "123456789", "00000000000001", "ABCDEFGH"] {
            let mut citizen = house.citizen();
            citizen.open("/k");
            let before = house.statements();
            citizen.fill("number", typed).press("次へ進む");
            let statements = house.statements() - before;
            assert_eq!(citizen.status(), 422);
            citizen.reads("この予約キーでは予約できません");
            seen.push((citizen.page().source().replace(typed, ""), statements));
        }
        assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
        // However it is spelt, it is one number.
        for typed in ["K000007", "k-000007", "Ｋ０００００７", "K 000 007", "k_000007"].iter().cycle().take(10) {
            let mut citizen = house.citizen();
            proves(&mut citizen, typed);
            assert_eq!(citizen.status(), 422);
        }
        let mut citizen = house.citizen();
        proves(&mut citizen, "K000007");
        assert_eq!(citizen.status(), 429);
        // An Individual Number is refused in its own words.
        let mut citizen = house.citizen();
        proves(&mut citizen, "1234_5678/9018");
        citizen.reads("個人番号");
    }

    fn g22_1_a_letter_of_ours_ends_the_former_one_and_the_list_of_letters_to_be_sent(home: TestDb) {
        let (mut house, _) = house(home);
        let mut person = takes_over(&mut house, 2);
        person.open("/taking-over/resend").sees("再送する案内").reads("1通");
        person.press_twice("案内を再発行する").reads("1通");
        let sent = card_of(&house, "S2").unwrap();
        person.open("/taking-over/resend").reads("再送する案内はありません");
        let mut citizen = house.citizen();
        proves(&mut citizen, &house.key_of(sent));
        citizen.sees("日にちを選んでください");
        let card = card_of(&house, "S1").unwrap();
        person.open(&format!("/cards/{card}")).press("案内を再発行する");
        let mut citizen = house.citizen();
        proves(&mut citizen, "K-000001");
        assert_eq!(citizen.status(), 422);
        proves(&mut citizen, &house.key_of(card));
        citizen.sees("日にちを選んでください");
        house.run_jobs();
        house.verify();
    }

    fn g22_1_a_file_with_errors_is_refused_whole_with_line_and_column(home: TestDb) {
        let (mut house, _) = house(home);
        let mut person = house.person(Role::PersonInCharge);
        let good = "S1,K-000001,発送済,2026-10-20,箱1-1-1,,,交付時来庁,,";
        for (line, sentence) in [
            ("S2,,発送済,,箱1-1-1,,,交付時来庁,,", "発送済のカードには発送日を入れてください。"),
            ("S2,,発送前,,箱9,,,交付時来庁,,", "保管場所が分かりません。"),
            ("S2,,検品済,,箱1-1-1,,,交付時来庁,,", "「検品机」にしてください。"),
            ("s-1,,発送前,,箱1-1-1,,,交付時来庁,,", "番号が2行目と重なっています。"),
            ("S2,K12,発送済,2026-10-20,箱1-1-1,,,交付時来庁,,", "推測されるため引き継げません"),
            ("S2,,どこか,,箱1-1-1,,,交付時来庁,,", "「状態」は未検品・検品済・発送前・発送済のどれかです。"),
            ("1234-5678-9018,,発送前,,箱1-1-1,,,交付時来庁,,", "個人番号と思われる番号が含まれています。"),
        ] {
            sends(&mut person, &format!("{HEADER}\r\n{good}\r\n{line}\r\n"));
            assert_eq!(person.status(), 422, "{line}");
            person.reads("何も保存していません").reads(sentence).reads("3");
            assert!(!person.text().contains("9018"));
        }
        assert_eq!((house.city.home.rows_of("consignment"), house.city.home.rows_of("card")), (0, 0));
        // Twelve digits that are no Individual Number are asked back.
        sends(&mut person, &format!("{HEADER}\r\n123456789012,,発送前,,箱1-1-1,,,交付時来庁,,\r\n"));
        person.press("引き継ぐ").reads("印を付けてください。");
        person.tick("confirmed", "yes", true).press("引き継ぐ").reads("1枚");
        // What was taken is not taken again, neither as the file nor as a line of another.
        sends(&mut person, &format!("{HEADER}\r\n123456789012,,発送前,,箱1-1-1,,,交付時来庁,,\r\n"));
        person.reads("このファイルはすでに取り込まれています。");
        sends(&mut person, &format!("{HEADER}\r\nS7,,発送前,,箱1-1-1,,,交付時来庁,,\r\n123456789012,,発送前,,箱1-1-1,,,交付時来庁,,\r\n"));
        assert_eq!(person.status(), 422);
        house.run_jobs();
        house.verify();
    }

    fn g22_1_a_portion_is_scanned_with_a_scanner_by_two_people(home: TestDb) {
        let (mut house, bin) = house(home);
        let label = house.city.db().read_now(move |reader| store::place::find(reader, bin)).unwrap().unwrap();
        let label = label.label.unwrap().digits();
        let (mut one, mut two) = (house.person(Role::PersonInCharge), house.person(Role::PersonInCharge));
        one.open("/taking-over").fill("name", "箱1").press("組を作って読み取りを始める");
        one.reads("発送日を選んでください。");
        one.fill("posted_on", "2026-10-20").tick("opens", "yes", true).press("組を作って読み取りを始める");
        one.sees("引継ぎ 箱1");
        let portion = one.path().to_owned();
        one.fill("code", "K-000001").press("加える").reads("先に場所を選んでください");
        one.fill("code", &label).press("加える").reads("場所を選びました").reads("場所：箱1-1-1");
        one.fill("code", "K-000001").press("加える").reads("1枚目に加えました");
        one.fill("code", "k000001").press("加える").reads("1枚目に加えてあります");
        one.fill("code", "K1").press("加える").reads("短い番号は推測されるため");
        one.fill("code", "1234 5678 9018").press("加える").reads("個人番号です");
        two.open("/taking-over").reads("読み取り中の組").follow("続きを読み取る");
        two.fill("code", &label).press("加える");
        two.press_twice("番号のないカードを1枚加える").reads("2枚目に加えました");
        one.open(&portion).fill("counted", "3").press("この組を確定する").reads("枚数が合いません");
        one.fill("counted", "2").press_twice("この組を確定する").reads("前事業者から引き継いだ組：箱1");
        // Who scans on finds it taken; nothing is half.
        two.post(&portion, &[("code", "K000005"), ("place", &bin.to_string())]);
        assert_eq!(two.status(), 409);
        assert!(card_of(&house, "K000001").is_some());
        two.open("/taking-over").fill("name", "箱2").fill("posted_on", "2026-10-20");
        two.press("組を作って読み取りを始める").fill("code", &label).press("加える");
        two.fill("code", "K000001").press("加える").reads("ほかのカードのものです");
        two.fill("code", "K000002").press("加える").press("この組を取りやめる").sees("引継ぎ（前事業者から）");
        assert_eq!(card_of(&house, "K000002"), None);
        // An operator has no business here.
        let mut operator = house.operator();
        operator.open("/taking-over");
        assert_eq!(operator.status(), 403);
        house.run_jobs();
        house.verify();
    }

    fn g22_1_reservations_are_imported_once_into_a_full_slot_only_by_word(home: TestDb) {
        let (mut house, _) = house(home);
        let mut person = takes_over(&mut house, 8);
        let header = "カードの番号,予約日,時刻,受付方法,旧予約番号";
        let line = |n: u32, time: &str| format!("K-{n:06},2026-11-11,{time},Web,Y-10000{n}\r\n");
        let mut file: String = (1..=5).map(|n| line(n, "9:00")).collect();
        file = format!("{header}\r\n{file}{}{}K-000007,2026-11-08,9:00,,\r\nK-000006,2026-11-15,9:00,,\r\n", line(9, "9:10"), line(1, "9:20").replace("Y-100001", ""));
        let sends = |person: &mut Browser, over: bool| {
            person.open("/taking-over/reservations").attach("file", "予約.csv", file.as_bytes());
            person.press("内容を確認する").sees("引き継ぐ予約の確認").tick("over", "yes", over);
            person.press_twice("予約を引き継ぐ").sees("予約を引き継ぎました");
        };
        sends(&mut person, false);
        person.reads("4件").reads("引き継ぎ済みだった予約 0件").reads("取り込めなかった行 5件").reads("定員を超えます");
        person.reads("過ぎた日時です").reads("別の日時の予約があります").reads("このカードは引き継がれていません");
        person.follow("一覧をCSVで保存");
        let csv = person.page().source();
        assert!(csv.contains("取り込めなかった理由") && !csv.contains("K-00000"), "{csv}");
        sends(&mut person, true);
        person.reads("1件").reads("引き継ぎ済みだった予約 4件").reads("定員超過で入れた予約（1件）");
        // The citizen sees the booking with the former number, and with the number on the letter.
        let mut citizen = house.citizen();
        citizen.open("/reservation").reads("前の窓口で受け取った予約番号");
        citizen.fill("number", "ｙ１００００１").press("予約を見る").reads("11月11日");
        assert_eq!(citizen.status(), 200);
        proves(&mut citizen, "K000005");
        citizen.reads("11月11日");
        let mut citizen = house.citizen();
        citizen.open("/reservation").fill("number", "Y-999999").press("予約を見る");
        citizen.reads("この予約番号の予約が見つかりません");
        house.run_jobs();
        house.verify();
    }
}
