//! Contact by mail as a citizen lives it: an address after booking, a link, a button, and what then arrives at a mail
//! server on loopback.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::id::CardId;
use domain::ledger::Field;
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use mail_parser::{Message, MessageParser};
use storykit::{Browser, House};
use testkit::smtp::When;
use testkit::{TestDb, on_both};

mod posting;

use posting::Posting;

/// The day of booking.
const TODAY: Date = date(2026, 11, 9);
/// The day of the visit, as citizens see it.
const FIRST: &str = "11月11日(水)";

struct Story {
    house: House,
    cards: Vec<CardId>,
    post: Posting,
}

impl Story {
    fn begin(home: TestDb) -> Self {
        let mut house = House::open(home);
        house.city.agree(Field::MailAddress, 7);
        let cards = house.city.notified(2, 'A');
        house.at(TODAY, "10:00");
        let post = Posting::of(&house);
        Self { house, cards, post }
    }

    /// What the program does by itself, and the mails that came of it.
    fn post(&self) -> Vec<Mail> {
        let before = self.post.sink.mails().len();
        self.post.runtime.block_on(async {
            self.post.jobs.remind().await;
            self.post.jobs.post().await;
        });
        self.post.sink.mails().into_iter().skip(before).map(|mail| Mail(mail.bytes)).collect()
    }

    /// Books alone, and gives an address.
    fn books_with(&self, address: &str) -> Browser {
        let mut citizen = self.house.citizen();
        citizen.open("/k").fill("number", &self.house.key_of(self.cards[0])).press("次へ進む");
        citizen.follow(FIRST).press("9時00分");
        citizen.choose("who", "principal").press("次へ進む").press("この内容で予約する");
        citizen.sees("予約が終わりました").reads("メールでのお知らせ");
        citizen.follow("メールアドレスを登録する").fill("address", address).press("確認のメールを送る");
        citizen
    }
}

struct Mail(Vec<u8>);

impl Mail {
    fn read(&self) -> Message<'_> {
        MessageParser::default().parse(&self.0).unwrap()
    }

    fn subject(&self) -> String {
        self.read().subject().unwrap().to_owned()
    }

    fn text(&self) -> String {
        self.read().body_text(0).unwrap().into_owned()
    }

    /// The path of the link to the page of the owner.
    fn link(&self) -> String {
        let text = self.text();
        let at = text.find("https://yoyaku.example.jp/m/").unwrap();
        text[at..]
            .split_whitespace()
            .next()
            .unwrap()
            .trim_start_matches("https://yoyaku.example.jp")
            .to_owned()
    }
}

on_both! {
    fn r4_c_who_wants_it_is_told_by_mail_from_the_booking_to_the_day_before(home: TestDb) {
        let mut story = Story::begin(home);
        let mut citizen = story.books_with("hanako@example.jp");
        citizen.reads("確認のメールを送りました").reads("h…@example.jp");
        let asked = story.post();
        assert_eq!(asked.len(), 1);
        assert!(asked[0].subject().starts_with("メールアドレスの確認"), "{}", asked[0].subject());
        assert!(!asked[0].text().contains("11月11日"), "a stranger learns nothing of the booking");
        // Opening the link changes nothing, as often as programs do it; the button does, on any device.
        let mut telephone = story.house.citizen();
        for _ in 0..2 {
            telephone.open(&asked[0].link()).sees("メールアドレスを確認してください");
        }
        assert!(story.post().is_empty());
        telephone.press("お知らせを受け取る").sees("お知らせを受け取る設定です");
        let booked = story.post();
        assert_eq!(booked.len(), 1);
        let mail = booked[0].read();
        assert!(booked[0].text().contains("令和8年11月11日(水) 9時00分"), "{}", booked[0].text());
        assert!(mail.body_html(0).unwrap().contains("<html lang=\"ja\">"));
        assert_eq!(mail.header_raw("Auto-Submitted").unwrap().trim(), "auto-generated");
        assert!(mail.attachment(0).unwrap().text_contents().unwrap().contains("DTSTART:20261111T000000Z"));
        // A change by the staff or the citizen is told as it is at the moment of sending.
        let id = story.house.city.db().read_now({
            let card = story.cards[0];
            move |reader| store::reservation::live_of(reader, card)
        });
        let id = id.unwrap().unwrap().id;
        let to = story.house.city.slot(date(2026, 11, 12), "9:20");
        story.house.city.move_to(id, to).unwrap();
        let changed = story.post();
        assert!(changed[0].text().contains("11月12日(木) 9時20分"), "{}", changed[0].text());
        // The day before, from noon on, and once.
        story.house.at(date(2026, 11, 11), "11:59");
        assert!(story.post().is_empty());
        story.house.at(date(2026, 11, 11), "12:00");
        let reminder = story.post();
        assert!(reminder[0].subject().starts_with("明日はご予約の日です"));
        assert!(story.post().is_empty());
        // Nobody waits for ever: seven days after the visit the address is gone.
        story.house.at(date(2026, 11, 20), "9:00");
        story.house.run_jobs();
        let held = story.house.city.db().read_now(move |reader| store::contact::find(reader, id));
        assert_eq!(held.unwrap().unwrap().standing, store::contact::Standing::Gone);
        story.house.verify();
    }

    fn r4_c_a_reminder_that_came_late_does_not_speak_of_tomorrow(home: TestDb) {
        let mut story = Story::begin(home);
        story.books_with("hanako@example.jp");
        let asked = story.post();
        story.house.citizen().open(&asked[0].link()).press("お知らせを受け取る");
        assert_eq!(story.post().len(), 1);
        // The server puts the reminder off until the day itself has come.
        story.house.at(date(2026, 11, 10), "12:00");
        story.post.sink.answers(When::Recipient, "451 4.7.1 greylisted");
        assert!(story.post().is_empty());
        story.house.at(date(2026, 11, 11), "0:10");
        assert!(story.post().is_empty());
        story.house.verify();
    }

    fn r4_c_mails_speak_the_language_of_who_gave_the_address(home: TestDb) {
        let mut story = Story::begin(home);
        for (n, language, subject, said) in [
            (0, "en", "Your reservation (", "Wednesday, 11 November 2026"),
            (1, "ja-x-easy", "あなたの予約（", "窓口に来る日は、予約番号がいります。"),
        ] {
            let slot = story.house.city.slot(date(2026, 11, 11), "9:10");
            let id = story.house.city.book(story.cards[n], slot).unwrap().id;
            let (act, keys) = (story.house.city.citizen(), story.house.city.keys.clone());
            let address = domain::mail::Address::read("hanako@example.jp").unwrap();
            let nonce = [u8::try_from(n).unwrap(); 24];
            let giving = store::contact::Giving { reservation: id, address, language: language.to_owned(), nonce, ask: true };
            let give = move |tx: &mut store::Tx<'_>| store::contact::give(tx, &act, &keys, &giving);
            story.house.city.db().write_now(store::Lane::Public, give).unwrap();
            let asked = story.post();
            let mut owner = story.house.citizen();
            owner.open(&asked[0].link()).press("お知らせを受け取る");
            let booked = story.post();
            assert!(booked[0].subject().starts_with(subject), "{}", booked[0].subject());
            assert!(booked[0].text().contains(said), "{}", booked[0].text());
            let html = booked[0].read().body_html(0).unwrap().into_owned();
            assert_eq!(html.contains("<ruby>"), language == "ja-x-easy");
            assert!(!html.contains('《') && !booked[0].text().contains('《'));
            assert_eq!(booked[0].read().header_raw("Content-Language").unwrap().trim(), language);
        }
    }

    fn r4_c_an_address_is_asked_for_only_where_the_city_agreed(home: TestDb) {
        let mut house = House::open(home);
        let card = house.city.notified(1, 'A')[0];
        house.at(TODAY, "10:00");
        let mut citizen = house.citizen();
        citizen.open("/k").fill("number", &house.key_of(card)).press("次へ進む");
        citizen.follow(FIRST).press("9時00分");
        citizen.choose("who", "principal").press("次へ進む").press("この内容で予約する");
        citizen.sees("予約が終わりました");
        assert!(!citizen.text().contains("メールでのお知らせ"));
        let path = citizen.path().replace("/done", "/mail");
        assert_eq!(citizen.open(&path).status(), 404);
    }

    fn r4_c_the_owner_or_the_citizen_takes_an_address_away(home: TestDb) {
        let mut story = Story::begin(home);
        let mut citizen = story.books_with("hanako@example.jp");
        let link = story.post()[0].link();
        let mut owner = story.house.citizen();
        owner.open(&link).press("お知らせをやめて、アドレスを削除する").sees("このアドレスは登録されていません");
        owner.open(&link).sees("このアドレスは登録されていません");
        // The citizen gives another one, and takes that away too.
        citizen.follow("アドレスを変える・やめる");
        citizen.fill("address", "taro@example.jp").press("確認のメールを送る").reads("t…@example.jp");
        citizen.follow("アドレスを変える・やめる").press("アドレスを削除する").reads("メールアドレスを削除しました");
        citizen.reads("メールアドレスを登録する");
        // What waited for an address that is gone goes nowhere.
        assert!(story.post().is_empty());
        story.house.run_jobs();
        story.house.verify();
    }

    fn r4_c_what_is_no_address_is_said_at_the_field_and_nobody_is_flooded(home: TestDb) {
        let story = Story::begin(home);
        let mut citizen = story.books_with("hanako");
        citizen.reads("「@」をひとつ入れてください");
        assert_eq!(citizen.status(), 422);
        for _ in 0..3 {
            citizen.fill("address", "ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ").press("確認のメールを送る");
            citizen.reads("h…@example.jp").follow("アドレスを変える・やめる");
        }
        // An address that was asked often enough is asked no more, and whoever gives it sees no difference.
        citizen.fill("address", "hanako@example.jp").press("確認のメールを送る");
        citizen.reads("確認のメールを送りました").reads("h…@example.jp").reads("30分に3通まで");
        let asked = story.post();
        assert_eq!(asked.len(), 1, "only the newest link is sent");
        story.house.citizen().open(&asked[0].link()).press("お知らせを受け取る").sees("お知らせを受け取る設定です");
        assert!(citizen.open("/m/01KB2Y0V7M0000000000000000").status() == 404);
        assert!(citizen.open("/m/x").status() == 404);
    }

    fn r4_c_a_mail_that_is_put_off_comes_again_and_one_that_is_refused_is_seen(home: TestDb) {
        let mut story = Story::begin(home);
        let mut citizen = story.books_with("hanako@example.jp");
        story.post.sink.answers(When::Greeting, "421 not now");
        story.post.sink.answers(When::Recipient, "451 greylisted");
        assert!(story.post().is_empty(), "no server");
        assert!(story.post().is_empty(), "nothing is due");
        story.house.advance(SignedDuration::from_mins(3));
        assert!(story.post().is_empty(), "put off");
        story.house.advance(SignedDuration::from_mins(2));
        let first = story.post();
        assert_eq!(first.len(), 1);
        citizen.follow("アドレスを変える・やめる").fill("address", "nobody@example.jp");
        citizen.press("確認のメールを送る");
        story.post.sink.answers(When::Recipient, "550 unknown");
        assert!(story.post().is_empty());
        citizen.follow("アドレスを変える・やめる").reads("メールを送れませんでした");
        assert!(story.post().is_empty(), "it is given up");
        story.house.run_jobs();
        story.house.verify();
    }

    fn r4_c_who_gives_an_address_learns_nothing_of_where_else_it_was_given(home: TestDb) {
        let mut story = Story::begin(home);
        let mut citizen = story.books_with("hanako@example.jp");
        for _ in 0..2 {
            citizen.follow("アドレスを変える・やめる").fill("address", "hanako@example.jp");
            citizen.press("確認のメールを送る");
        }
        story.post();
        story.house.advance(SignedDuration::from_mins(20));
        // Another booking, another network, the same address: it looks as ever, and no mail goes there for now.
        let mut other = story.house.citizen().at_address("192.0.2.77");
        other.open("/k").fill("number", &story.house.key_of(story.cards[1])).press("次へ進む");
        other.follow(FIRST).press("9時10分");
        other.choose("who", "principal").press("次へ進む").press("この内容で予約する");
        other.follow("メールアドレスを登録する").fill("address", "HANAKO@example.jp");
        other.press("確認のメールを送る").reads("確認のメールを送りました").reads("H…@example.jp");
        assert_eq!((other.status(), story.post().len()), (200, 0));
        // Half an hour after the first it does.
        story.house.advance(SignedDuration::from_mins(11));
        other.follow("アドレスを変える・やめる").fill("address", "hanako@example.jp");
        other.press("確認のメールを送る").reads("h…@example.jp");
        assert_eq!(story.post().len(), 1);
        story.house.run_jobs();
        story.house.verify();
    }

    fn r4_c_a_double_click_asks_once_and_counts_once(home: TestDb) {
        let mut story = Story::begin(home);
        let mut citizen = story.books_with("hanako@example.jp");
        assert_eq!(story.post().len(), 1);
        // Two presses are one of the three: the third one is still asked.
        for _ in 0..2 {
            citizen.follow("アドレスを変える・やめる").fill("address", "hanako@example.jp");
            citizen.press_twice("確認のメールを送る").reads("h…@example.jp");
            assert_eq!(story.post().len(), 1);
        }
        story.house.run_jobs();
        story.house.verify();
    }

    fn r4_c_a_mail_program_stops_the_mails_with_one_press_and_cancels_nothing(home: TestDb) {
        let mut story = Story::begin(home);
        let mut citizen = story.books_with("hanako@example.jp");
        let link = story.post()[0].link();
        story.house.citizen().open(&link).press("お知らせを受け取る");
        let booked = story.post();
        let mail = booked[0].read();
        let stop = mail.header_raw("List-Unsubscribe").unwrap().trim().to_owned();
        assert_eq!(stop, format!("<https://yoyaku.example.jp{link}>"));
        assert_eq!(mail.header_raw("List-Unsubscribe-Post").unwrap().trim(), "List-Unsubscribe=One-Click");
        // A program of the mail provider sends it: no cookie, no page of ours, and of another site as far as it says.
        for site in [None, Some("cross-site")] {
            let mut program = story.house.citizen().fetching(site);
            program.post(&link, &[("something", "else")]);
            assert_eq!(program.status(), 400);
            // What the pages' buttons do is theirs alone.
            program.post(&format!("{link}/remove"), &[]);
            assert_eq!(program.status(), 403);
            program.post("/m/01KB2Y0V7M0000000000000000", &[("List-Unsubscribe", "One-Click")]);
            assert_eq!(program.status(), 204, "as for a token that somebody has");
        }
        story.house.citizen().open(&link).sees("お知らせを受け取る設定です");
        let mut program = story.house.citizen().fetching(None);
        for _ in 0..2 {
            program.post(&link, &[("List-Unsubscribe", "One-Click")]);
            assert_eq!(program.status(), 204);
        }
        story.house.citizen().open(&link).sees("このアドレスは登録されていません");
        citizen.reload().reads("メールアドレスを登録する").reads("11月11日");
        story.house.run_jobs();
        story.house.verify();
    }

    fn r4_c_staff_see_what_did_not_arrive_and_send_it_again_or_stop(home: TestDb) {
        let mut story = Story::begin(home);
        let mut operator = story.house.operator();
        operator.open("/");
        assert!(!operator.text().contains("届かなかったメール"));
        story.books_with("hanako@example.jp");
        let link = story.post()[0].link();
        story.house.citizen().open(&link).press("お知らせを受け取る");
        story.post.sink.answers(When::Recipient, "552 5.2.2 <hanako@example.jp> over quota");
        assert!(story.post().is_empty());
        // From the board in one act to the list, and from there to the reservation.
        operator.open("/").reads("届かなかったメール 1件");
        operator.follow("メールを確かめる").sees("届かなかったメール").reads("11月11日(水) 9:00").reads("予約の内容");
        operator.reads("宛先の受信箱がいっぱいで、受け取れませんでした（応答 552 5.2.2）");
        operator.follow("11月11日(水) 9:00").reads("メールでのお知らせ").reads("登録あり（本人が確認済）");
        operator.reads("アドレスの確認 送信済").reads("予約の内容 不達");
        assert!(!operator.page().source().contains("example.jp"), "the address is the mail server's matter");
        // Sent again from there, once however often it is pressed; the journal says who.
        operator.press_twice("もう一度送る").reads("予約の内容 送信待ち");
        operator.reads("届かなかったメール（予約の内容）をもう一度送ることにしました 従事者");
        assert_eq!(story.post().len(), 1);
        operator.reload().reads("予約の内容 送信済");
        operator.open("/mails").reads("届かなかったメールはありません");
        // The next one fails for good, and the mails are stopped from the list; the booking stays.
        let id = story.house.city.db().read_now({
            let card = story.cards[0];
            move |reader| store::reservation::live_of(reader, card)
        });
        let id = id.unwrap().unwrap().id;
        let to = story.house.city.slot(date(2026, 11, 12), "9:20");
        story.house.city.move_to(id, to).unwrap();
        story.post.sink.answers(When::Recipient, "550 5.1.1 unknown");
        assert!(story.post().is_empty());
        operator.open("/mails").reads("宛先のアドレスがありません（入力の誤りと考えられます）（応答 550 5.1.1）");
        for (file, kind) in [("csv?encoding=utf8", "text/csv"), ("xlsx?", "spreadsheet")] {
            let mut files = operator.another_tab();
            files.open(&format!("/lists/mails/mails.{file}"));
            assert_eq!(files.status(), 200, "{file}");
            let found = files.page().headers["content-type"].to_str().unwrap();
            assert!(found.contains(kind), "{file}");
        }
        let mut late = operator.another_tab();
        late.open("/mails");
        operator.press("お知らせを止める").reads("届かなかったメールはありません");
        late.press("もう一度送る").reads("このメールの宛先は、もう登録されていません。");
        assert_eq!(late.status(), 409);
        operator.open(&format!("/reservation/{id}")).reads("削除済").reads("来庁前");
        operator.reads("予約のメールアドレスを削除しました 従事者");
        // An auditor sees the list and can do nothing.
        let mut auditor = story.house.person(domain::permission::Role::Auditor);
        auditor.open("/mails").sees("届かなかったメール");
        assert_eq!(auditor.status(), 200);
        story.house.run_jobs();
        story.house.verify();
    }

    fn r4_c_many_mails_that_failed_for_one_reason_are_sent_again_together(home: TestDb) {
        let mut story = Story::begin(home);
        for n in 0..2 {
            let mut citizen = story.house.citizen();
            citizen.open("/k").fill("number", &story.house.key_of(story.cards[n])).press("次へ進む");
            citizen.follow(FIRST).press(["9時00分", "9時10分"][n]);
            citizen.choose("who", "principal").press("次へ進む").press("この内容で予約する");
            citizen.follow("メールアドレスを登録する").fill("address", &format!("number{n}@example.jp"));
            citizen.press("確認のメールを送る");
            story.post.sink.answers(When::Recipient, "554 5.7.1 relaying denied");
        }
        assert!(story.post().is_empty());
        let mut operator = story.house.operator();
        operator.open("/mails").reads("決まりにより受け取りませんでした（応答 554 5.7.1）");
        let mut late = operator.another_tab();
        late.open("/mails");
        operator.press_twice("この画面の2件をもう一度送る").reads("2件をもう一度送ります。");
        assert_eq!(story.post().len(), 2);
        // Who was too late sends nothing twice.
        late.press("この画面の2件をもう一度送る").reads("ほかの人が先に送り直したか、お知らせを止めました。");
        assert!(story.post().is_empty());
        story.house.run_jobs();
        story.house.verify();
    }
}
