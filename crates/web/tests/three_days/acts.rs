//! What citizens, operators and the city do in the story, over HTTP; each act is told where it is done.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::CardId;
use domain::permission::Role;
use domain::place::PlaceKind;
use domain::reception::Reason;
use domain::reservation::Channel;
use domain::service::Service;
use domain::time::month_day_ja;
use jiff::civil::Date;
use store::Lane;
use store::reservation::{OfDay, Reservation};
use storykit::{Browser, House};
use testkit::TestDb;

use crate::paper::Plain;
use crate::told::{End, Told};

/// The city's person who takes papers and lists.
const CITY: &str = "市民課 一郎";

/// The house, what was done in it, and what lies where.
pub(crate) struct Story {
    pub(crate) house: House,
    pub(crate) told: Told,
    /// Who sits at the terminal.
    pub(crate) operator: Browser,
    pub(crate) charge: Browser,
    /// Cards without a reservation so far.
    fresh: Vec<CardId>,
    controls: BTreeMap<CardId, String>,
    boxes: Vec<String>,
    /// Cards that were pulled and are with nobody yet.
    out: BTreeSet<CardId>,
}

impl Story {
    /// Cards whose letters were posted, in three boxes.
    pub(crate) fn begin(home: TestDb, cards: u32) -> Self {
        let mut house = House::with_printer(home, std::sync::Arc::new(Plain));
        let mut fresh = house.city.notified(cards, 'A');
        let names = ["箱1-1-1", "箱1-1-2", "箱1-2-10"];
        let mut boxes = Vec::new();
        for (name, part) in names.into_iter().zip(fresh.chunks(fresh.len().div_ceil(3))) {
            let (place, part) = (house.city.new_box(name), part.to_vec());
            let acts: Vec<_> = part.iter().map(|_| house.city.act()).collect();
            let put = house.city.db().write_now(Lane::Staff, move |tx| {
                for (card, act) in part.iter().zip(&acts) {
                    store::card::put_away(tx, act, *card, place)?;
                }
                Ok::<_, store::card::StepError>(())
            });
            put.unwrap();
            let found = house.city.db().read_now(move |reader| store::place::find(reader, place));
            boxes.push(found.unwrap().unwrap().label.unwrap().digits());
        }
        fresh.reverse();
        let (operator, charge) = (house.operator(), house.person(Role::PersonInCharge));
        let mut story = Self {
            house,
            told: Told::default(),
            operator,
            charge,
            fresh,
            controls: BTreeMap::new(),
            boxes,
            out: BTreeSet::new(),
        };
        story.told.cards.all = cards;
        story
    }

    /// The next moment; everybody signs in again.
    pub(crate) fn at(&mut self, day: Date, time: &str) {
        self.house.run_jobs();
        self.house.at(day, time);
        self.operator = self.house.operator();
        self.charge = self.house.person(Role::PersonInCharge);
    }

    /// Cards that nobody has booked for.
    pub(crate) fn fresh(&mut self, count: usize) -> Vec<CardId> {
        self.fresh.split_off(self.fresh.len() - count)
    }

    pub(crate) fn control(&mut self, card: CardId) -> String {
        let house = &self.house;
        let known = self.controls.entry(card).or_insert_with(|| {
            let found = house.city.db().read_now(move |reader| store::card::find(reader, card));
            found.unwrap().unwrap().control_number.digits()
        });
        known.clone()
    }

    fn live(&self, card: CardId) -> Reservation {
        let found = self.house.city.db().read_now(move |reader| store::reservation::live_of(reader, card));
        found.unwrap().unwrap()
    }

    /// Who is booked for a day, by time.
    pub(crate) fn expected(&self, day: Date) -> Vec<OfDay> {
        let site = self.house.city.site.clone();
        let read = move |reader: &mut store::Reader<'_>| {
            store::reservation::of_day(reader, Service::Issuance, &site, day)
        };
        let mut lines = self.house.city.db().read_now(read).unwrap();
        lines.retain(|line| line.state == domain::reservation::State::Booked && line.reception.is_none());
        lines
    }

    // --- Citizens -----------------------------------------------------------------------------------------------

    /// A family, or one alone, books the first time of a day.
    pub(crate) fn web_books(&mut self, cards: &[CardId], day: Date) {
        let mut citizen = self.house.citizen();
        citizen.open("/k").fill("number", &self.house.key_of(cards[0])).press("次へ進む");
        if cards.len() > 1 {
            citizen.follow("ご家族の分も一緒に予約する");
            for card in &cards[1..] {
                citizen.fill("number", &self.house.key_of(*card)).press("この方を追加する");
            }
            citizen.follow("人の日にちを選ぶ");
        }
        citizen.follow(&month_day_ja(day));
        press_first(&mut citizen, "時");
        for field in ["who", "who-2", "who-3", "who-4"].into_iter().take(cards.len()) {
            citizen.choose(field, if field == "who-2" { "with_representative" } else { "principal" });
        }
        citizen.press("次へ進む").press_twice("この内容で予約する").sees("予約が終わりました");
        for _ in cards {
            self.told.books(day, Channel::Web);
        }
    }

    /// A citizen opens the reservation with its number.
    fn citizen_of(&self, card: CardId) -> Browser {
        let number = self.live(card).number(&self.house.city.keys).unwrap().to_string();
        let mut citizen = self.house.citizen();
        citizen.open("/reservation").fill("number", &number).press("予約を見る").sees("あなたの予約");
        citizen
    }

    /// A whole booking goes to another day.
    pub(crate) fn web_moves(&mut self, cards: &[CardId], to: Date) {
        let before: Vec<Reservation> = cards.iter().map(|card| self.live(*card)).collect();
        let mut citizen = self.citizen_of(cards[0]);
        citizen.follow("日時を変える").follow(&month_day_ja(to));
        press_first(&mut citizen, "時");
        citizen.press_twice("この日時に変える").reads("予約の日時を変えました");
        for reservation in before {
            self.told.moves(&reservation, to);
        }
    }

    /// Somebody alone cancels.
    pub(crate) fn web_cancels(&mut self, card: CardId) {
        let day = self.live(card).slot.day;
        let mut citizen = self.citizen_of(card);
        citizen.follow("予約を取り消す").press_twice("予約を取り消す").sees("予約を取り消しました");
        self.told.ends(day, End::Cancelled);
    }

    /// One of a family is taken out, and another one comes in.
    pub(crate) fn web_exchanges(&mut self, family: &[CardId], newcomer: CardId) {
        let day = self.live(family[0]).slot.day;
        let mut citizen = self.citizen_of(family[0]);
        citizen
            .follow("この方だけ取り消す")
            .press_twice("この方だけ取り消す")
            .reads("おひとりの予約を取り消しました");
        self.told.ends(day, End::Cancelled);
        // The number of who was taken out still opens the booking of the others.
        citizen
            .follow("ご家族の分を追加する")
            .fill("number", &self.house.key_of(newcomer))
            .choose("who", "principal");
        citizen.press_twice("この方を追加する").reads("ご家族の予約を追加しました");
        self.told.books(day, Channel::Web);
    }

    // --- Telephone and counter ----------------------------------------------------------------------------------

    /// An operator books for who telephones or stands at the counter.
    pub(crate) fn staff_books(&mut self, card: CardId, day: Date, channel: Channel) {
        let key = self.house.key_of(card);
        let operator = &mut self.operator;
        operator.post("/scan", &[("scan", &key)]).follow("予約を取る");
        let page = operator.path().to_owned();
        operator.open(&format!("{page}?day={day}")).choose("channel", channel.code());
        press_first(operator, "空き");
        assert!(operator.path().starts_with("/reservation/"), "{}", operator.text());
        self.told.books(day, channel);
    }

    /// An operator moves one reservation.
    pub(crate) fn staff_moves(&mut self, card: CardId, to: Date) {
        let before = self.live(card);
        let operator = &mut self.operator;
        operator.open(&format!("/reservation/{}/move?day={to}", before.id));
        press_first(operator, "空き");
        operator.reads("に変更しました");
        self.told.moves(&before, to);
    }

    /// An operator cancels for who telephones.
    pub(crate) fn staff_cancels(&mut self, card: CardId) {
        let before = self.live(card);
        let operator = &mut self.operator;
        operator.open(&format!("/reservation/{}", before.id)).choose("channel", "telephone");
        operator.press_twice("予約を取り消す").reads("（電話）");
        self.told.ends(before.slot.day, End::Cancelled);
    }

    // --- The list and the pull ----------------------------------------------------------------------------------

    /// The list of a day is frozen and transferred to the city.
    pub(crate) fn freezes(&mut self, day: Date) {
        let booked = self.told.live(day);
        let operator = &mut self.operator;
        operator.open(&format!("/list/{day}"));
        operator.press_twice(&format!("リストを確定する（{booked}件）")).reads("違いはありません");
        operator.fill("person", CITY).press_twice("市へ引き継いだ").reads(&format!("受け取った人：{CITY}"));
        operator.open(&format!("/list/{day}.csv?encoding=utf8"));
        let lines = operator.page().source().matches(&day.to_string()).count();
        assert_eq!(u32::try_from(lines).unwrap(), booked, "the list has a line for each reservation");
    }

    /// Every difference is looked at; there must be so many.
    pub(crate) fn sees_differences(&mut self, day: Date, count: usize) {
        let operator = &mut self.operator;
        operator.open("/").reads(&format!("{count}件を確かめていません"));
        operator.open(&format!("/list/{day}")).reads(&format!("確かめていない違い（{count}件）"));
        for left in (0..count).rev() {
            operator.press("確かめた").reads(&format!("確かめていない違い（{left}件）"));
        }
    }

    /// The cards of a day come out of their boxes, in one pass, but for one that nobody finds.
    pub(crate) fn pulls(&mut self, day: Date, missing: Option<CardId>) {
        let expected = self.expected(day);
        self.operator.open(&format!("/pull/{day}"));
        for line in &expected {
            if Some(line.card) != missing && !self.out.contains(&line.card) {
                let control = self.control(line.card);
                self.operator.fill("code", &control).press("記録する").reads("引き抜きました");
                self.out.insert(line.card);
            }
        }
        match missing {
            None => drop(self.operator.open(&format!("/pull/{day}")).reads("すべて引き抜きました。")),
            Some(card) => {
                let all = expected.len();
                self.operator.open(&format!("/pull/{day}")).reads(&format!("{}／{all}枚", all - 1));
                self.reports(card, "missing");
            }
        }
    }

    /// A card is missing or damaged: the city is told.
    pub(crate) fn reports(&mut self, card: CardId, what: &str) {
        let operator = &mut self.operator;
        operator
            .open(&format!("/cards/{card}/incident"))
            .choose("what", what)
            .fill("remark", "箱と棚を2回確かめた");
        operator.fill("person", CITY).fill("told", "10:00").press_twice("事故として記録する");
        assert!(operator.status() < 400, "{}", operator.text());
        self.told.work.incidents += 1;
        self.told.cards.incidents += 1;
        if what == "missing" {
            self.told.work.missing += 1;
            self.told.cards.missing += 1;
            self.out.remove(&card);
        }
    }

    // --- The counter --------------------------------------------------------------------------------------------

    /// A visitor with a reservation of today comes, and it ends so.
    pub(crate) fn comes(&mut self, card: CardId, day: Date, end: End) {
        let control = self.control(card);
        self.operator.post("/scan", &[("scan", &control)]).press_twice("受け付ける");
        self.goes_on(card, day, end);
    }

    fn goes_on(&mut self, card: CardId, day: Date, end: End) {
        let operator = &mut self.operator;
        assert!(operator.path().starts_with("/receptions/"), "{}", operator.text());
        match end {
            End::Issued => {
                operator.checks_papers().fill("person", CITY).press("書類とカードを市へ引き継いだ");
                operator.fill("person", CITY).tick("paper", "1", true).press_twice("交付済にする");
                operator.reads("カード交付完了です。");
                self.out.remove(&card);
            }
            End::SentAway(reason) => {
                operator
                    .choose("reason", reason.code())
                    .fill("remark", "次の来庁をご案内")
                    .press("持ち帰りにする");
            }
            End::Left => drop(operator.press("途中退出にする")),
            End::Cancelled | End::NotCome => panic!("who comes does not end so"),
        }
        assert!(operator.status() < 400, "{}", operator.text());
        self.told.ends(day, end);
    }

    /// A visitor without a reservation comes; the card is fetched at once.
    pub(crate) fn walks_in(&mut self, card: CardId, day: Date) {
        let control = self.control(card);
        self.operator.post("/scan", &[("scan", &control)]).press_twice("予約なしで受け付ける");
        self.told.books(day, Channel::WalkIn);
        self.fetched_and_issued(card, day);
    }

    /// A visitor comes whose reservation is of a later day.
    pub(crate) fn comes_early(&mut self, card: CardId, day: Date) {
        let before = self.live(card);
        self.operator
            .open(&format!("/reservation/{}", before.id))
            .press_twice("今日の空いている枠に変更する");
        self.told.moves(&before, day);
        self.fetched_and_issued(card, day);
    }

    fn fetched_and_issued(&mut self, card: CardId, day: Date) {
        let control = self.control(card);
        self.operator
            .open(&format!("/pull/{day}"))
            .fill("code", &control)
            .press("記録する")
            .reads("引き抜きました");
        self.out.insert(card);
        self.comes(card, day, End::Issued);
    }

    // --- The evening --------------------------------------------------------------------------------------------

    /// Who did not come is set so, cards go back, the day is closed. `more` is what the city counted beyond the
    /// program.
    pub(crate) fn closes(&mut self, day: Date, next: Date, more: u32) {
        let absent = self.expected(day);
        let page = format!("/close/{day}");
        self.charge.open(&page);
        if !absent.is_empty() {
            self.charge.press_twice(&format!("残りの{}人をすべて不来庁にする", absent.len()));
        }
        for line in &absent {
            self.told.ends(day, End::NotCome);
            assert_ne!(line.place_kind, PlaceKind::Citizen);
        }
        let tomorrow: BTreeSet<CardId> = self.expected(next).iter().map(|line| line.card).collect();
        let back: Vec<CardId> = self.out.difference(&tomorrow).copied().collect();
        if !back.is_empty() {
            self.charge.open(&page).reads(&format!("箱の外にあるカード（{}枚）", back.len()));
            assert!(!self.charge.page().buttons().contains(&"この日を締める".to_owned()));
            let label = self.boxes[0].clone();
            self.puts_away(&label, &back);
        }
        self.told.cards.tray = u32::try_from(self.out.len()).unwrap();
        let count = self.told.issued(day) + more;
        self.charge.open(&page).fill("city_count", &count.to_string()).press("この日を締める");
        if more > 0 {
            self.charge.reads("数え直し、違いが残るときは備考に理由を入力してください。");
            self.charge.fill("remark", "市は前日の1件を今日に数えた").press_twice("この日を締める");
        }
        self.charge.reads(&format!("市の交付件数は{count}件です。"));
    }

    /// Cards go into a box by scan.
    pub(crate) fn puts_away(&mut self, label: &str, cards: &[CardId]) {
        self.operator.open("/storage/put").fill("code", label).press("記録する");
        for card in cards {
            let control = self.control(*card);
            self.operator.fill("code", &control).press("記録する").reads("入れました");
            self.out.remove(card);
        }
    }

    /// A card that was missing is found and put into a box.
    pub(crate) fn finds(&mut self, card: CardId) {
        let label = self.boxes[2].clone();
        self.puts_away(&label, &[card]);
        self.told.work.ended += 1;
        self.told.cards.incidents -= 1;
        self.told.cards.missing -= 1;
    }

    /// A result of a closed day is corrected.
    pub(crate) fn corrects_to_left(&mut self, reservation: domain::id::ReservationId) {
        self.charge.open(&format!("/reservation/{reservation}/correct")).choose("to", "left");
        self.charge.fill("remark", "受付票が後から見つかった").press_twice("訂正する").reads("途中退出");
        self.told.work.corrections += 1;
    }
}

/// Presses the first button with these words in it.
#[track_caller]
fn press_first(browser: &mut Browser, words: &str) {
    let buttons = browser.page().buttons();
    let first = buttons.iter().find(|button| button.contains(words));
    let first = first.unwrap_or_else(|| panic!("no button with {words} but {buttons:?}: {}", browser.text()));
    browser.press(first);
}

/// Why visitors are sent away, in turn.
pub(crate) fn reason(n: usize) -> Reason {
    let reasons: Vec<Reason> = Reason::of(Service::Issuance).collect();
    reasons[n % reasons.len()]
}
