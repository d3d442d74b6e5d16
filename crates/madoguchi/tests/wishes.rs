//! Waiting for an earlier day as citizens live it: a wish under the number of the booking, a place that becomes free, who is
//! asked first and by which way, and what becomes of it.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::id::{CardId, ReservationId};
use domain::ledger::Field;
use domain::rules::RuleBody;
use domain::service::Service;
use jiff::civil::{Date, date};
use mail_parser::MessageParser;
use store::Lane;
use store::reservation::Reservation;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

mod posting;

use posting::Posting;

/// A Monday.
const TODAY: Date = date(2026, 11, 9);
/// The wished day, a Tuesday.
const WISHED: Date = date(2026, 11, 24);

struct Story {
    house: House,
    cards: Vec<CardId>,
    post: Posting,
}

impl Story {
    /// A house in which each day of the issuance has one place, at nine.
    fn begin(home: TestDb) -> Self {
        let mut house = House::open(home);
        house.city.agree(Field::MailAddress, 7);
        let rules = house.city.rules.rules().iter().cloned().map(|mut rule| {
            match &mut rule.body {
                RuleBody::Places(body) if body.service == Service::Issuance => {
                    (body.places, body.until) = (1, "9:10".parse().unwrap());
                }
                // Nobody may change on the web any more: what is offered is none of their changes.
                RuleBody::Booking(body) => body.web_changes = 1,
                _ => {}
            }
            rule.version += 1;
            rule
        });
        let rules = rules.collect();
        house.city.apply(rules);
        let cards = house.city.notified(4, 'A');
        house.at(TODAY, "10:00");
        let post = Posting::of(&house);
        let story = Self { house, cards, post };
        story.post.runtime.block_on(async { story.house.app.reload_rules().await.unwrap() });
        story
    }

    /// What the program does by itself, and the mails that came of it: subject and text.
    fn works(&self) -> Vec<(String, String)> {
        let before = self.post.sink.mails().len();
        self.post.runtime.block_on(async {
            self.post.jobs.offer().await;
            self.post.jobs.post().await;
        });
        let read = |bytes: &[u8]| {
            let mail = MessageParser::default().parse(bytes).unwrap();
            (mail.subject().unwrap().to_owned(), mail.body_text(0).unwrap().into_owned())
        };
        self.post.sink.mails().iter().skip(before).map(|mail| read(&mail.bytes)).collect()
    }

    fn books(&mut self, card: usize, day: Date) -> ReservationId {
        let slot = self.house.city.slot(day, "9:00");
        self.house.city.book(self.cards[card], slot).unwrap().id
    }

    fn now_is(&self, id: ReservationId) -> Reservation {
        self.house.city.db().read_now(move |reader| store::reservation::find(reader, id)).unwrap().unwrap()
    }

    /// The page of a booking, found by its number.
    fn sees(&self, id: ReservationId, language: &str) -> Browser {
        let number = self.now_is(id).number(&self.house.city.keys).unwrap().to_string();
        let mut browser = self.house.citizen().reading(language);
        browser.open("/reservation").fill("number", &number);
        let button = match language {
            "en" => "Show my booking",
            _ => "予約を見る",
        };
        browser.press(button);
        browser
    }

    /// Gives an address and confirms it.
    fn gives_address(&mut self, id: ReservationId) {
        let (act, confirm, keys) =
            (self.house.city.citizen(), self.house.city.citizen(), self.house.city.keys.clone());
        let address = domain::mail::Address::read("hanako@example.jp").unwrap();
        let (language, nonce) = ("ja".to_owned(), [7; 24]);
        let giving = store::contact::Giving { reservation: id, address, language, nonce, ask: true };
        self.house
            .city
            .db()
            .write_now(Lane::Public, move |tx| {
                store::contact::give(tx, &act, &keys, &giving)?;
                let token = store::contact::find(tx, id)?.unwrap().token(&keys)?;
                store::contact::confirm(tx, &confirm, &keys, token)
            })
            .unwrap();
        self.works();
    }
}

on_both! {
    fn r4_d_a_wish_waits_for_an_earlier_day_and_what_becomes_free_goes_from_one_to_the_next(home: TestDb) {
        let mut story = Story::begin(home);
        let (one, two) = (story.books(0, date(2026, 12, 8)), story.books(1, date(2026, 12, 9)));
        let there = story.books(2, WISHED);
        story.gives_address(one);
        // What is wrong is said at its field, and what was chosen stays so.
        let mut first = story.sees(one, "ja");
        first.reads("いまの予約はそのままです。").follow("早い日の空きを待つ").sees("早い日の空きを待つ");
        first.reads("空きが出たら、メールでお知らせします。").reads("1開庁日後の終わりまで");
        first.choose("from", "2026-11-24").choose("until", "2026-11-20").press("早い日の空きを待つ");
        first.reads("「いつまで」は、「いつから」と同じ日か、後の日を選んでください。");
        assert_eq!(first.status(), 422);
        first.choose("until", "2026-11-24").tick("weekday", "tue", false).choose("times", "morning");
        first.press("早い日の空きを待つ").reads("選んだ期間に、その曜日の受付日がありません。");
        for day in ["mon", "wed", "thu", "fri", "sat"] {
            first.tick("weekday", day, false);
        }
        first.press("早い日の空きを待つ").reads("曜日をひとつ以上選んでください。");
        first.tick("weekday", "tue", true).press_twice("早い日の空きを待つ");
        first.sees("あなたの予約").reads("ご希望を受け付けました。").reads("11月24日(火)から11月24日(火)まで");
        story.house.advance(jiff::SignedDuration::from_secs(60));
        let mut second = story.sees(two, "en");
        second.follow("Wait for an earlier day").sees("Waiting for an earlier day");
        second.choose("from", "2026-11-24").choose("until", "2026-11-24").press("Wait for an earlier day");
        second.reads("We have noted what you asked for.").follow("See or change what you asked for");
        second.reads("One person asked before you at the same counter.").reads("Any day of the week");
        // Nothing is free; then somebody cancels, and whoever asked first is offered the place, by mail.
        assert!(story.works().is_empty());
        story.house.city.cancel(there).unwrap();
        let mails = story.works();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].0.starts_with("早い日に空きが出ました"), "{}", mails[0].0);
        assert!(mails[0].1.contains("令和8年11月24日(火) 9時00分"), "{}", mails[0].1);
        assert!(mails[0].1.contains("お返事の期限：11月10日(火) 23時59分"), "{}", mails[0].1);
        story.sees(one, "ja").reads("早い日に空きが出ました").reads("お返事がないときは、今の予約のままです。");
        // The staff see who waits, in the order of the turns, and to whom something is offered until when.
        let mut desk = story.house.operator();
        desk.open("/reservations").follow("早い日の空き待ち").sees("早い日の空き待ち：2件");
        desk.reads("1 12月8日(火) 9:00 1 11月24日(火)から11月24日(火)まで・火・午前").reads("11月10日(火) 23:59");
        desk.reads("2 12月9日(水) 9:00 1 11月24日(火)から11月24日(火)まで・どの曜日でも・いつでも");
        desk.open("/lists/wishes/wishes.csv?encoding=utf8");
        assert_eq!(desk.page().source().lines().count(), 3);
        desk.open("/wishes").follow("12月9日(水) 9:00").sees("早い日の希望").follow("空き待ちの一覧");
        assert!(!story.sees(two, "en").text().contains("There is a place on an earlier day"));
        // The day is theirs to its end; after it the place goes on to the next, who sees it under the number.
        story.house.at(date(2026, 11, 10), "23:58");
        assert!(story.works().is_empty());
        story.sees(one, "ja").reads("早い日に空きが出ました");
        story.house.at(date(2026, 11, 11), "0:00");
        assert!(story.works().is_empty());
        assert!(!story.sees(one, "ja").text().contains("早い日に空きが出ました"));
        let mut second = story.sees(two, "en");
        second.reads("There is a place on an earlier day").follow("See the offer and answer");
        second.press_twice("Take this time").reads("Your booking has been changed to the time we kept for you.");
        let (kept, moved) = (story.now_is(one), story.now_is(two));
        assert_eq!((kept.slot.day, moved.slot.day, moved.web_changes), (date(2026, 12, 8), WISHED, 0));
        assert!(!second.text().contains("You are waiting for a place on an earlier day"));
        story.house.verify();
        // The first still waits for other days, thinks better of it, and stops waiting.
        story.sees(one, "ja").follow("希望を見る・変える").reads("同じ窓口で先に待っている方：0人").press("待つのをやめる");
        assert!(story.sees(one, "ja").text().contains("もっと早い日に来たいときは"));
        let mut auditor = story.house.person(domain::permission::Role::Auditor);
        auditor.open("/journal").reads("早い日の希望が終わりました（変更済み）").reads("早い日の希望が終わりました（取りやめ）");
        let mut operator = story.house.operator();
        operator.open(&format!("/reservation/{one}"));
        operator.reads("早い日の希望を受け付けました（11月24日(火)から11月24日(火)まで・火・午前）");
        story.house.run_jobs();
        story.house.verify();
    }

    fn r4_d_what_is_declined_goes_to_the_next_and_a_wish_ends_with_its_booking(home: TestDb) {
        let mut story = Story::begin(home);
        let (one, two) = (story.books(0, date(2026, 12, 8)), story.books(1, date(2026, 12, 9)));
        let there = story.books(2, WISHED);
        for id in [one, two] {
            let mut citizen = story.sees(id, "ja");
            citizen.follow("早い日の空きを待つ").choose("from", "2026-11-24").choose("until", "2026-11-24");
            citizen.press("早い日の空きを待つ").reads("ご希望を受け付けました。");
            story.house.advance(jiff::SignedDuration::from_secs(60));
        }
        story.house.city.cancel(there).unwrap();
        story.works();
        // A page that was open while the offer was made still stands.
        let mut citizen = story.sees(one, "ja");
        citizen.follow("内容を見て返事をする").sees("早い日に空きが出ました").press("ご案内の日時を断る（予約はそのまま）");
        citizen.reads("ご案内の日時をお断りになりました。いまの予約はそのままです。").reads("空きを待っています");
        story.works();
        let mut other = story.sees(two, "ja");
        other.reads("早い日に空きが出ました");
        // Whoever cancels gives back both places, and waits no more.
        other.follow("予約を取り消す").press("予約を取り消す");
        assert_eq!(story.now_is(two).state, domain::reservation::State::Cancelled);
        story.works();
        // To the first that day is not offered again; another day is.
        assert!(!story.sees(one, "ja").text().contains("早い日に空きが出ました"));
        let mut citizen = story.sees(one, "ja");
        citizen.follow("希望を見る・変える").choose("from", "2026-11-25").choose("until", "2026-11-25").press("希望を変える");
        story.works();
        story.sees(one, "ja").reads("早い日に空きが出ました").reads("11月25日(水)");
        story.house.run_jobs();
        story.house.verify();
    }

    fn r4_d_the_staff_leave_a_wish_and_take_it_back_for_whoever_telephones(home: TestDb) {
        let mut story = Story::begin(home);
        let one = story.books(0, date(2026, 12, 8));
        let there = story.books(2, WISHED);
        let mut operator = story.house.operator();
        operator.open(&format!("/reservation/{one}")).follow("早い日の空きを待つ").sees("早い日の希望").reads("ありません");
        operator.choose("from", "2026-11-24").choose("until", "2026-11-20").press("早い日の空きを待つ");
        operator.reads("「いつまで」は、「いつから」と同じ日か、後の日を選んでください。");
        operator.choose("until", "2026-11-24").choose("times", "morning").press_twice("早い日の空きを待つ");
        operator.reads("11月24日(火)から11月24日(火)まで・どの曜日でも・午前（11月9日(月) 10:00に受付、先に待っている予約0件）");
        operator.open(&format!("/reservation/{one}")).reads("どの曜日でも・午前").reads("早い日の希望を受け付けました");
        story.sees(one, "ja").reads("次のご希望で、早い日の空きを待っています。");
        operator.open("/offers").reads("早い日の希望で空きを待っている予約：1件");
        // What becomes free is offered like anything else, and the answer is written down where others are.
        story.house.city.cancel(there).unwrap();
        story.works();
        operator.open(&format!("/reservation/{one}")).reads("代わりの日時を案内しています").follow("返事を記録する");
        operator.reads("早い日の希望").reads("なし（予約番号で開くページに出ます）");
        operator.open("/offers").reads("返事待ち 1");
        // Taken back, the place is free again.
        operator.open(&format!("/wishes/{one}")).press("待つのをやめる（予約はそのまま）").reads("ありません");
        operator.open("/offers").reads("取下げ 1").reads("待っている予約：0件");
        story.house.city.book(story.cards[3], story.house.city.slot(WISHED, "9:00")).unwrap();
        // Whoever may not book sees it and changes nothing.
        let mut auditor = story.house.person(domain::permission::Role::Auditor);
        auditor.open(&format!("/wishes/{one}")).sees("早い日の希望");
        assert!(!auditor.text().contains("早い日の空きを待つ"));
        auditor.open("/journal").reads("早い日の希望が終わりました（取りやめ）");
        auditor.open("/access").reads("早い日の希望");
        story.house.run_jobs();
        story.house.verify();
    }
}
