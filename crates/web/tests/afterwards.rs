//! What was done on paper while the system was down, entered afterwards.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::card::Stage;
use domain::id::{CardId, PlaceId};
use domain::journal::{Entry, Subject};
use domain::permission::Role;
use domain::place::PlaceKind;
use domain::reception::State;
use domain::reservation::State as Booking;
use domain::time::instant_at;
use jiff::civil::{Date, date};
use store::card::Card;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

const DAY: Date = date(2026, 11, 11);
const ENTRIES: &str = "/outage/entries?day=2026-11-11&from=9:00&until=11:30";

struct Story {
    house: House,
    cards: Vec<CardId>,
    person: Browser,
    place: PlaceId,
    label: String,
}

impl Story {
    /// Five cards in a box, four of them booked for a day whose morning the system was down.
    fn begin(home: TestDb) -> Self {
        let mut house = House::open(home);
        let cards = house.city.notified(5, 'A');
        let place = house.city.new_box("箱1-1-9");
        house.at(date(2026, 11, 9), "10:00");
        for (card, start) in cards.iter().zip(["9:00", "9:10", "9:20", "9:30"]) {
            let slot = house.city.slot(DAY, start);
            house.city.book(*card, slot).unwrap();
        }
        house.at(DAY, "11:40");
        let label =
            house.city.db().read_now(move |reader| store::place::find(reader, place)).unwrap().unwrap();
        let label = label.label.unwrap().digits();
        let person = house.person(Role::PersonInCharge);
        Self { house, cards, person, place, label }
    }

    fn card(&self, n: usize) -> Card {
        let id = self.cards[n];
        self.house.city.db().read_now(move |reader| store::card::find(reader, id)).unwrap().unwrap()
    }

    fn control(&self, n: usize) -> String {
        self.card(n).control_number.digits()
    }

    /// Opens the form of a kind and fills what every kind has.
    fn line(&mut self, what: &str, n: usize, time: &str) -> &mut Browser {
        let control = self.control(n);
        self.person.open(&format!("{ENTRIES}&what={what}")).fill("code", &control).fill("time", time)
    }

    /// Fills what the paper says of a card that was handed over.
    fn handed_over(&mut self, n: usize, time: &str) -> &mut Browser {
        let me = self.me();
        let line = self.line("handed_over", n, time);
        line.choose("sheet", "principal").choose("checked_by", &me).choose("notice_card", "handed_in");
        line.choose("old_card", "none").fill("person", "市民課 一郎").tick("paper", "1", true)
    }

    /// Somebody who works here.
    fn me(&self) -> String {
        self.house.city.db().read_now(store::person::names).unwrap()[0].0.to_string()
    }

    fn visit(&self, n: usize) -> Option<store::reception::Reception> {
        let id = self.cards[n];
        self.house
            .city
            .db()
            .read_now(move |reader| {
                let mut ended = store::reservation::ended_of(reader, id, 5)?;
                ended.extend(store::reservation::live_of(reader, id)?);
                let Some(booked) = ended.first() else { return Ok(None) };
                store::reception::of_reservation(reader, booked.id)
            })
            .unwrap()
    }

    fn entries(&self, n: usize) -> Vec<Entry> {
        let subject = Subject::Card(self.cards[n]);
        let written =
            self.house.city.db().read_now(move |reader| store::journal::of(reader, &subject)).unwrap();
        written.into_iter().map(|written| written.entry).collect()
    }
}

on_both! {
    fn r4_h_what_was_done_on_paper_is_entered_line_by_line(home: TestDb) {
        let mut story = Story::begin(home);
        // The board leads there.
        story.person.open("/").follow("停止への備えと停止中の記録").sees("停止への備え");
        story.person.follow("停止中の記録を入力する").sees("停止中の記録");

        // Handed over: the card came out of its box, the papers were checked, the city issued it, at 9:07.
        story.handed_over(0, "9:07").press("「交付した」と記録する").reads("記録しました。");
        let visit = story.visit(0).unwrap();
        assert_eq!((visit.state, visit.arrived_at), (State::Issued, instant_at(DAY, 9 * 60 + 7)));
        assert_eq!((story.card(0).stage, story.card(0).place_kind), (Stage::Issued, PlaceKind::Citizen));
        let kinds: Vec<&str> = story.entries(0).iter().map(Entry::kind).collect();
        let told = ["entered_afterwards", "card_pulled", "arrived", "papers_checked", "passed_to_city", "issued"];
        assert_eq!(kinds[kinds.len() - told.len()..], told);
        assert!(story.entries(0).iter().any(|entry| matches!(
            entry,
            Entry::EnteredAfterwards { happened_at, checked_by: Some(_), .. } if *happened_at == instant_at(DAY, 9 * 60 + 7)
        )));

        // The same line again does no harm, by the button and by the paper.
        let before = story.entries(0).len();
        story.handed_over(0, "9:07").press_twice("「交付した」と記録する").reads("すでに記録されています。");
        assert_eq!(story.entries(0).len(), before);

        // Sent away, put back, and one who did not come; the same day says so.
        story.line("sent_away", 1, "9:15").choose("reason", "notice").press("「持ち帰りになった」と記録する");
        story.person.reads("記録しました。");
        assert_eq!(story.visit(1).unwrap().state, State::SentAway);
        let label = story.label.clone();
        story.line("put_back", 4, "10:05").fill("box", &label).press("「カードを箱へ戻した」と記録する");
        story.person.reads("記録しました。");
        assert_eq!(story.card(4).place, story.place);
        story.line("not_come", 2, "11:00").press("「来なかった」と記録する").reads("記録しました。");
        story.person.reads("この日について入力したもの（4件）").reads("9:07").reads("11:00");
        let of_day = story.house.city.db().read_now(|reader| {
            store::reservation::standings(reader, domain::service::Service::Issuance, &"honcho".parse().unwrap(), DAY)
        });
        assert!(of_day.unwrap().iter().any(|line| line.state == Booking::NotCome));
        story.house.verify();
        story.house.city.seal();
        story.house.verify();
    }

    fn r4_h_what_contradicts_the_records_is_told_and_nothing_of_it_is_recorded(home: TestDb) {
        let mut story = Story::begin(home);
        let count = |story: &Story, n: usize| story.entries(n).len();

        // Times: outside of the outage, the future, the wrong way round; nothing typed is lost.
        story.handed_over(0, "8:59").press("「交付した」と記録する").reads("停止していた時間（9:00〜11:30）の中");
        assert_eq!(story.person.status(), 422);
        story.person.reads("市の署名のある書面").fill("until", "12:00").fill("time", "11:55");
        story.person.press("「交付した」と記録する").reads("まだ来ていない時刻です。");
        story.person.fill("until", "8:00").press("「交付した」と記録する").reads("止まった時刻より前です。");
        story.person.fill("day", "2026-11-12").fill("until", "12:00").press("「交付した」と記録する");
        story.person.reads("今日より後の日です。");
        // Nobody checked, no number, a number of nothing, and the back of a card.
        story.line("handed_over", 0, "9:07").press("「交付した」と記録する").reads("書類を確認した人を選んでください。");
        story.person.open(&format!("{ENTRIES}&what=not_come")).fill("time", "9:05");
        story.person.press("「来なかった」と記録する").reads("ラベルの管理番号か、予約番号を読み取ってください。");
        story.person.fill("code", "999").press("「来なかった」と記録する").reads("この番号のカードや予約はありません。");

        // Somebody did it in the program already, in another way.
        let before = count(&story, 0);
        story.line("not_come", 0, "9:30").press("「来なかった」と記録する").reads("記録しました。");
        story.handed_over(0, "9:07").press("「交付した」と記録する").reads("記録していません。").reads("不来庁");
        assert_eq!(story.person.status(), 409);
        assert_eq!(count(&story, 0), before + 2);

        // A card without a reservation of that day, and one of another day.
        story.handed_over(4, "9:07").press("「交付した」と記録する").reads("その日の予約がありません。");
        // A card that the city wants back must not have been handed out.
        let before = count(&story, 1);
        let id = story.cards[1];
        story.person.open(&format!("/cards/{id}/recall"));
        story.person.fill("person", "市民課 一郎").tick("paper", "yes", true);
        story.person.choose("booked", "suspend").press("交付の中止を記録する");
        let recalled = count(&story, 1);
        assert!(recalled > before, "{}", story.person.text());
        story.handed_over(1, "9:17").press("「交付した」と記録する");
        story.person.reads("渡してはいけないカードでした。").reads("市の担当へ知らせて");
        assert_eq!(count(&story, 1), recalled);
        // A box that is none, and a card that is with its citizen.
        story.line("put_back", 2, "10:05").fill("box", "123").press("「カードを箱へ戻した」と記録する");
        story.person.reads("箱のラベルを読み取ってください。");
        story.handed_over(3, "9:35").press("「交付した」と記録する").reads("記録しました。");
        let label = story.label.clone();
        story.line("put_back", 3, "10:05").fill("box", &label).press("「カードを箱へ戻した」と記録する");
        story.person.reads("手続きの終わったカードです。");
        story.house.verify();
    }

    fn r4_h_who_may_not_record_the_issue_may_not_enter_it_afterwards(home: TestDb) {
        let mut story = Story::begin(home);
        let mut auditor = story.house.person(Role::Auditor);
        auditor.open(ENTRIES);
        assert_eq!(auditor.status(), 403);
        story.house.verify();
    }
}
