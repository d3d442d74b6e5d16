//! What the people of the story do, over HTTP; each act is told where it is done.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::card::{Finding, Pass};
use domain::group::Group;
use domain::id::{CardId, PlaceId};
use domain::permission::Role;
use domain::place::PlaceKind;
use domain::reception::Reason;
use domain::time::month_day_ja;
use jiff::civil::Date;
use store::card::Filter;
use storykit::{Browser, House};
use testkit::TestDb;

use crate::told::{CITIZEN, CITY, COUNTER, DESK, Line, MISSING, POST, TRAY, Told};

/// The city's person who takes and gives.
const PERSON: &str = "市民課 一郎";

/// How a visit ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    Issued,
    SentAway(Reason),
}

/// The house, and what was done in it.
pub(crate) struct Story {
    pub(crate) house: House,
    pub(crate) told: Told,
    operator: Browser,
    other: Browser,
    consignment: String,
    cards: BTreeMap<Line, (CardId, String)>,
    pub(crate) boxes: Vec<PlaceId>,
    /// A card of another list that lies on the desk.
    stranger: String,
}

impl Story {
    pub(crate) const BOXES: [&str; 3] = ["箱1-1-1", "箱1-1-2", "箱1-1-3"];

    pub(crate) fn begin(home: TestDb) -> Self {
        let mut house = House::open(home);
        let boxes = Self::BOXES.iter().map(|name| house.city.new_box(name)).collect();
        let (operator, other) = (house.operator(), house.operator());
        Self {
            house,
            told: Told::default(),
            operator,
            other,
            consignment: String::new(),
            cards: BTreeMap::new(),
            boxes,
            stranger: String::new(),
        }
    }

    /// The next moment; everybody signs in again.
    pub(crate) fn at(&mut self, day: Date, time: &str) {
        self.house.run_jobs();
        self.house.at(day, time);
        self.operator = self.house.operator();
        self.other = self.house.operator();
    }

    /// Another one goes on.
    pub(crate) fn changes_hands(&mut self) {
        std::mem::swap(&mut self.operator, &mut self.other);
    }

    fn control(&self, line: Line) -> String {
        self.cards[&line].1.clone()
    }

    fn card(&self, line: Line) -> CardId {
        self.cards[&line].0
    }

    fn label(&self, number: usize) -> String {
        let place = self.boxes[number];
        let found = self.house.city.db().read_now(move |reader| store::place::find(reader, place));
        found.unwrap().unwrap().label.unwrap().digits()
    }

    // --- The desk -----------------------------------------------------------------------------------------------

    /// A list comes in; `what` says the method and the expiry date of a line.
    pub(crate) fn takes_list(&mut self, lines: Line, what: impl Fn(Line) -> (&'static str, &'static str)) {
        let mut file = String::from("一覧番号,交付通知書番号,申請方式,郵便番号,カード有効期限\r\n");
        for line in 1..=lines {
            let (method, expiry) = what(line);
            let block = if line % 3 == 0 { "5640041" } else { "5650851" };
            write!(file, "{line},ABC-{line:06},{method},{block},{expiry}\r\n").unwrap();
        }
        let operator = &mut self.operator;
        operator.open("/consignments/new");
        operator.fill("received_on", "2026-11-02").fill("list_date", "2026-10-30").fill("box", "1");
        operator
            .attach("file", "一覧表.csv", file.as_bytes())
            .press("内容を確認する")
            .press_twice("取り込む");
        assert!(operator.path().starts_with("/consignments/"), "{}", operator.text());
        operator.path().clone_into(&mut self.consignment);
        let filter = Filter::default();
        let walked =
            self.house.city.db().read_now(move |reader| filter.walk(reader, None, 500, 500)).unwrap();
        for card in walked.rows {
            self.cards.insert(card.line, (card.id, card.control_number.digits()));
            self.told.comes(card.line);
        }
        assert_eq!(self.cards.len(), 300);
    }

    /// Codes that are none of this list: each says what it is, and nothing is written down.
    pub(crate) fn scans_what_is_wrong(&mut self) {
        let stranger = self.house.city.listed(1, 'Z')[0];
        let found = self.house.city.db().read_now(move |reader| store::card::find(reader, stranger));
        self.stranger = found.unwrap().unwrap().control_number.digits();
        let stranger = self.stranger.clone();
        self.operator.open(&format!("{}/inspect/print", self.consignment));
        for (code, words) in [
            (stranger.as_str(), "ほかの一覧表のカードです"),
            ("https://example.jp/", "読み取れません。もう一度読み取ってください"),
            ("123456789018", "個人番号です。カードの裏面は読み取らないでください"),
        ] {
            self.operator.fill("code", code).press("記録する").reads(words).reads("0／300");
            assert!(!self.operator.page().source().contains("123456789018"), "the number is nowhere");
        }
    }

    /// A pass over some cards, each by one scan; what is not good is chosen before it.
    pub(crate) fn inspects(&mut self, pass: Pass, lines: &[Line], finding: impl Fn(&Line, Pass) -> Finding) {
        let page = format!("{}/inspect/{pass}", self.consignment);
        self.operator.open(&page);
        for line in lines {
            let control = self.control(*line);
            let found = finding(line, pass);
            self.operator.fill("code", &control).choose("finding", found.code()).press("記録する");
            if pass == Pass::ALL[0] {
                // A new label: its line and the end of the number on the notice, which only the paper shows.
                let (line, end) = (line.to_string(), format!("{line:04}"));
                self.operator.sees("ラベルの突き合わせ").reads(&format!("一覧番号 {line}"));
                self.operator.fill("check", &end).press("確認した");
            }
            assert_eq!(self.operator.status(), 200, "{}", self.operator.text());
            // What is not good in one pass is open until the city has seen it.
            let good = Pass::ALL.iter().all(|pass| finding(line, *pass) == Finding::Good);
            if pass == Pass::Notice && good {
                self.told.is(*line, "検品済");
            }
        }
    }

    /// The city gives what J-LIS sent, and both count it.
    pub(crate) fn counts_with_the_city(&mut self, counted: usize) {
        let control = self.control(1);
        self.operator.open(&format!("{}/inspect/print", self.consignment)).fill("code", &control);
        self.operator.press("記録する").reads("先に、市からの受け取り（箱と枚数）を記録してください");
        self.operator.open(&self.consignment).follow("市からの受け取りを記録").fill("boxes", "1");
        Self::signs(&mut self.operator, counted).press_twice("受け取りを記録する");
        self.operator.reads(&format!("市からの受け取り：1箱 {counted}枚"));
    }

    /// What is on the list and not in the box, and what is in the box and not on the list; then the desk closes.
    pub(crate) fn closes_desk(&mut self, missing: Line) {
        let operator = &mut self.operator;
        operator.open(&self.consignment).follow("不足・余りの確認と完了");
        operator.reads("検品が終わっていないカード（1枚）").press("受け入れを完了する");
        operator.reads("検品が終わっていないカードがあります。").follow("箱にない：記録する");
        operator.fill("remark", "箱を2回確かめた").fill("person", PERSON).fill("told", "8:45");
        operator.press_twice("事故として記録する").sees("受け入れの確認");
        operator.fill("person", PERSON).tick("paper", "yes", true).press("受け入れを完了する");
        operator.reads("市と数えたのは300枚、一覧表から不足を引き余りを足すと299枚です。");
        operator.follow("一覧表にないカードがある：記録する").fill("remark", "ほかの市のカード");
        Self::signs(operator, 1).press_twice("余りを記録する").sees("受け入れの確認");
        operator.fill("person", PERSON).tick("paper", "yes", true).press_twice("受け入れを完了する");
        operator.reads("受け入れ完了").reads("不足1枚・余り1枚");
        self.told.goes(missing, MISSING);
        self.told.marks(missing, "事故の記録あり");
    }

    // --- The city -----------------------------------------------------------------------------------------------

    fn signs(operator: &mut Browser, counted: usize) -> &mut Browser {
        operator.fill("counted", &counted.to_string()).fill("person", PERSON).tick("paper", "yes", true)
    }

    /// A group to the city; answers the page of its batch.
    pub(crate) fn sends(&mut self, group: Group, lines: &[Line]) -> String {
        let operator = &mut self.operator;
        operator.open("/preparation").reads(&format!("{} {}", group.label(), lines.len()));
        operator.open(&format!("/batches/new/{group}"));
        Self::signs(operator, lines.len() + 1).press("市へ引き継ぐ").reads("枚数が合いません。");
        Self::signs(operator, lines.len()).press_twice("市へ引き継ぐ");
        assert!(operator.path().starts_with("/batches/"), "{}", operator.text());
        let batch = operator.path().to_owned();
        self.went(&batch, lines);
        batch
    }

    /// The words of the batch are those of its page.
    fn went(&mut self, batch: &str, lines: &[Line]) {
        let id = batch.rsplit('/').next().unwrap().parse().unwrap();
        let found = self.house.city.db().read_now(move |reader| store::batch::find(reader, id));
        let kind = found.unwrap().unwrap().kind;
        for line in lines {
            self.told.with(*line, &format!("{}（{PERSON}）", kind.label()));
        }
    }

    /// What is set up by the city, of this list.
    pub(crate) fn sends_for_setting_up(&mut self, lines: &[Line]) -> String {
        let operator = &mut self.operator;
        operator.open(&format!("{}/send", self.consignment));
        Self::signs(operator, lines.len()).press_twice("市へ引き継ぐ");
        assert!(operator.path().starts_with("/batches/"), "{}", operator.text());
        let batch = operator.path().to_owned();
        self.went(&batch, lines);
        batch
    }

    /// Some cards of a batch come back, counted by both.
    pub(crate) fn returned(&mut self, batch: &str, lines: &[Line]) {
        self.some(batch, lines, "returned");
        for line in lines {
            self.told.goes(*line, DESK);
            self.told.is(*line, "検品済");
        }
    }

    /// The city keeps some cards of a batch.
    pub(crate) fn kept(&mut self, batch: &str, lines: &[Line], what: &str, cause: &str) {
        self.some(batch, lines, what);
        for line in lines {
            self.told.is(*line, &format!("交付せず終了：{cause}"));
        }
    }

    fn some(&mut self, batch: &str, lines: &[Line], what: &str) {
        self.operator.open(&format!("{batch}/some"));
        for line in lines {
            let card = self.card(*line).to_string();
            self.operator.tick("card", &card, true);
        }
        self.operator.choose("what", what);
        Self::signs(&mut self.operator, lines.len()).press_twice("記録する");
        assert_eq!(self.operator.status(), 200, "{}", self.operator.text());
    }

    /// All of a batch come back, set up.
    pub(crate) fn set_up(&mut self, batch: &str, lines: &[Line]) {
        self.operator.open(batch);
        Self::signs(&mut self.operator, lines.len()).press_twice("返却を記録する");
        for line in lines {
            self.told.goes(*line, DESK);
            self.told.is(*line, "交付前設定済");
        }
    }

    /// The city mails a batch.
    pub(crate) fn mailed(&mut self, batch: &str, lines: &[Line], on: Date) {
        self.operator.open(batch).fill("posted_on", &on.to_string()).fill("person", PERSON);
        self.operator.tick("paper", "yes", true).press_twice("発送を記録する").reads("市の発送");
        for line in lines {
            self.told.goes(*line, POST);
            self.told.is(*line, "交付せず終了：市が郵送");
        }
    }

    /// The post brings a card back to the city.
    pub(crate) fn comes_back(&mut self, line: Line, on: Date) {
        let page = format!("/cards/{}", self.card(line));
        self.operator.open(&page).fill("on", &on.to_string()).fill("person", PERSON);
        self.operator
            .tick("paper", "yes", true)
            .press_twice("戻ったことを記録する")
            .reads("郵便から戻り、市にあります。");
        self.told.goes(line, CITY);
    }

    /// The city mails it once more.
    pub(crate) fn mailed_again(&mut self, line: Line, on: Date) {
        let page = format!("/cards/{}", self.card(line));
        self.operator.open(&page).fill("on", &on.to_string()).fill("person", PERSON);
        self.operator.tick("paper", "yes", true).press_twice("発送を記録する").reads("再び郵送しました");
        self.told.goes(line, POST);
    }

    // --- Boxes and letters --------------------------------------------------------------------------------------

    /// Cards go into a box by scan.
    pub(crate) fn puts(&mut self, number: usize, lines: &[Line]) {
        let label = self.label(number);
        self.operator.open("/storage/put").fill("code", &label).press("記録する");
        for line in lines {
            let control = self.control(*line);
            self.operator.fill("code", &control).press("記録する").reads("入れました");
            self.told.goes(*line, Self::BOXES[number]);
        }
    }

    /// Letters in parts of 50 are made, given to the city and posted by it.
    pub(crate) fn posts_letters(&mut self, lines: &[Line], on: Date) {
        for chunk in lines.chunks(50) {
            let part = chunk.len();
            self.operator.open("/letters").press_twice(&format!("次の{part}通を作る"));
            let page = self.operator.path().to_owned();
            self.operator.open(&format!("{page}/stuffing"));
            for line in chunk {
                let (key, control) = (self.house.key_of(self.card(*line)), self.control(*line));
                self.operator.fill("code", &key).press("読み取る");
                self.operator.fill("code", &control).press("読み取る").press("同じ：封入を記録する");
            }
            let operator = &mut self.operator;
            operator.reads("案内・交付通知書・カードの数が一致しました").open(&page);
            Self::signs(operator, part).press_twice("市へ引き継ぐ");
            operator.open(&page).fill("posted_on", &on.to_string()).fill("person", PERSON);
            operator.tick("paper", "yes", true).press_twice("発送を記録する").reads("市の発送日");
        }
        for line in lines {
            self.told.is(*line, "交付通知書発送");
        }
    }

    // --- Citizens -----------------------------------------------------------------------------------------------

    /// Each books the first time of a day on the web.
    pub(crate) fn books(&mut self, lines: &[Line], day: Date) {
        for line in lines {
            let mut citizen = self.house.citizen();
            citizen.open("/k").fill("number", &self.house.key_of(self.card(*line))).press("次へ進む");
            citizen.follow(&month_day_ja(day));
            press_first(&mut citizen, "時");
            citizen.choose("who", "principal").press("次へ進む").press_twice("この内容で予約する");
            citizen.sees("予約が終わりました");
            self.told.is(*line, "予約完了");
        }
    }

    // --- Trouble ------------------------------------------------------------------------------------------------

    /// The applicant withdraws by telephone; what becomes of the reservation is asked, where there is one.
    pub(crate) fn withdraws(&mut self, line: Line, booked: Option<&str>) {
        let page = format!("/cards/{}/withdraw", self.card(line));
        self.operator.open(&page).choose("source", "telephone");
        if let Some(booked) = booked {
            self.operator.choose("booked", booked);
        }
        self.operator.press_twice("取下げを記録する");
        assert_eq!(self.operator.status(), 200, "{}", self.operator.text());
    }

    /// The city wants a card back by the evening; its reservation is cancelled.
    pub(crate) fn recalls(&mut self, line: Line) {
        let page = format!("/cards/{}/recall", self.card(line));
        self.operator
            .open(&page)
            .choose("source", "city")
            .choose("cause", "recalled")
            .choose("booked", "cancel");
        self.operator.fill("until", "2026-11-10").fill("person", PERSON).tick("paper", "yes", true);
        self.operator.press_twice("交付の中止を記録する");
        assert_eq!(self.operator.status(), 200, "{}", self.operator.text());
        self.operator.open("/").reads("市へ渡す交付中止のカード");
    }

    /// A card that is not to be handed out comes out of its box.
    pub(crate) fn pulls_recalled(&mut self, day: Date, line: Line) {
        let control = self.control(line);
        self.operator.open(&format!("/pull/{day}")).fill("code", &control).press("記録する");
        self.operator.reads("交付中止のカードです");
        self.told.goes(line, DESK);
    }

    /// And goes to the city.
    pub(crate) fn passes(&mut self, line: Line) {
        let page = format!("/cards/{}", self.card(line));
        self.operator.open(&page).fill("person", PERSON).tick("paper", "yes", true).press_twice("市へ渡した");
        self.operator.reads("引き抜いたカードを市へ渡しました");
        self.told.goes(line, CITY);
    }

    /// The city decides that a suspended card is handed out.
    pub(crate) fn decides_to_hand_out(&mut self, line: Line) {
        let page = format!("/cards/{}/decide", self.card(line));
        self.operator
            .open(&page)
            .choose("decision", "lift")
            .fill("person", PERSON)
            .tick("paper", "yes", true);
        self.operator.press_twice("市の判断を記録する").reads("保留解除");
    }

    // --- The day ------------------------------------------------------------------------------------------------

    /// The cards of a day come out of their boxes.
    pub(crate) fn pulls(&mut self, day: Date, lines: &[Line]) {
        self.operator.open(&format!("/pull/{day}"));
        for line in lines {
            let control = self.control(*line);
            self.operator.fill("code", &control).press("記録する").reads("引き抜きました");
            self.told.goes(*line, TRAY);
        }
    }

    /// Nobody finds a card: the city is told.
    pub(crate) fn is_not_found(&mut self, line: Line) {
        let page = format!("/cards/{}/incident", self.card(line));
        self.operator.open(&page).choose("what", "missing").fill("remark", "箱と棚を2回確かめた");
        self.operator.fill("person", PERSON).fill("told", "13:00").press_twice("事故として記録する");
        assert!(self.operator.status() < 400, "{}", self.operator.text());
        self.told.goes(line, MISSING);
        self.told.marks(line, "事故の記録あり");
    }

    /// Somebody comes.
    pub(crate) fn visits(&mut self, line: Line, end: End) {
        let control = self.control(line);
        let operator = &mut self.operator;
        operator.post("/scan", &[("scan", &control)]).press_twice("受け付ける");
        assert!(operator.path().starts_with("/receptions/"), "{}", operator.text());
        match end {
            End::Issued => {
                operator.checks_papers().fill("person", PERSON).press("書類とカードを市へ引き継いだ");
                operator.fill("person", PERSON).tick("paper", "1", true).press_twice("交付済にする");
                operator.reads("カード交付完了です。");
                for place in [COUNTER, CITY, CITIZEN] {
                    self.told.goes(line, place);
                }
                self.told.is(line, "カード交付完了");
            }
            End::SentAway(reason) => {
                operator
                    .choose("reason", reason.code())
                    .fill("remark", "次の来庁をご案内")
                    .press("持ち帰りにする");
                self.told.is(line, "交付通知書発送");
                // What is not there is not brought to the counter either.
                if self.told.place(line) != MISSING {
                    self.told.goes(line, COUNTER);
                    self.told.goes(line, TRAY);
                }
            }
        }
        assert!(self.operator.status() < 400, "{}", self.operator.text());
    }

    /// Who has not come is set so.
    pub(crate) fn nobody_else_comes(&mut self, day: Date, count: usize) {
        let mut charge = self.house.person(Role::PersonInCharge);
        charge.open(&format!("/close/{day}"));
        charge.press_twice(&format!("残りの{count}人をすべて不来庁にする"));
        charge.reads("箱の外にあるカード（2枚）");
        assert!(!charge.page().buttons().contains(&"この日を締める".to_owned()));
        self.told.is(crate::ABSENT, "交付通知書発送");
    }

    /// The day is closed against the city's count.
    pub(crate) fn closes(&mut self, day: Date, issued: u32) {
        let mut charge = self.house.person(Role::PersonInCharge);
        charge.open(&format!("/close/{day}")).fill("city_count", &issued.to_string()).press("この日を締める");
        charge.reads(&format!("市の交付件数は{issued}件です。"));
    }

    // --- The count ----------------------------------------------------------------------------------------------

    pub(crate) fn begins_count(&mut self) -> String {
        self.operator.open("/stocktakings").press_twice("棚卸を始める");
        self.operator.path().split('?').next().unwrap().to_owned()
    }

    /// All boxes are counted; those that differ and those of the sample a second time, by another person. Of each it
    /// is said what really lies there.
    pub(crate) fn counts(&mut self, page: &str, found: &[Vec<Line>]) {
        for (number, lines) in found.iter().enumerate() {
            let label = self.label(number);
            let codes: Vec<String> = lines.iter().map(|line| self.control(*line)).collect();
            for person in [&mut self.operator, &mut self.other] {
                scans(person.open(page), &label);
                for code in &codes {
                    scans(person, code);
                }
                if !scans(person, &label).text().contains("もう一度数えます") {
                    break;
                }
            }
        }
    }

    /// What lies on the desk is one card of another list, and agrees at once; so does the empty tray. Either may be of the
    /// sample, and is then counted again.
    pub(crate) fn counts_desk_and_tray(&mut self, page: &str) {
        for (kind, lying) in [(PlaceKind::Desk, Some(self.stranger.clone())), (PlaceKind::Tray, None)] {
            let place = format!("{page}/boxes/{}", self.place_of(kind));
            for person in [&mut self.operator, &mut self.other] {
                let begin =
                    if person.open(&place).page().buttons().iter().any(|button| button == "数え始める") {
                        "数え始める"
                    } else {
                        "2回目を数え始める"
                    };
                person.press(begin);
                if let Some(code) = &lying {
                    scans(person, code);
                }
                if !person.press("この箱を数え終えた").text().contains("もう一度数えます") {
                    break;
                }
            }
        }
    }

    fn place_of(&self, kind: PlaceKind) -> PlaceId {
        let site = self.house.city.site.clone();
        self.house.city.db().read_now(move |reader| store::place::the(reader, &site, kind)).unwrap()
    }

    /// The reason of a difference in a box; the program looks whether its records bear it out.
    pub(crate) fn explains(&mut self, page: &str, place: PlaceId, line: Line, reason: &str) {
        let button = format!("理由を記録する（{}）", shown(&self.control(line)));
        let page = format!("{page}/boxes/{place}");
        self.operator.open(&page).choose("reason", reason).press_twice(&button);
        assert_eq!(self.operator.status(), 200, "{}", self.operator.text());
    }

    /// What was counted twice and is not there becomes an incident, in one act with its reason.
    pub(crate) fn is_gone(&mut self, page: &str, place: PlaceId, line: Line) {
        let page = format!("{page}/boxes/{place}");
        let words = format!("見つからない：事故として記録する（{}）", shown(&self.control(line)));
        self.operator.open(&page).follow(&words).fill("remark", "箱と前後の箱を2回確かめた");
        self.operator.fill("person", PERSON).fill("told", "9:00").press_twice("事故として記録する");
        assert_eq!(self.operator.status(), 200, "{}", self.operator.text());
        self.told.goes(line, MISSING);
        self.told.marks(line, "事故の記録あり");
    }

    /// The person in charge ends the stock-taking.
    pub(crate) fn ends_count(&mut self, page: &str, sum: &str) {
        let mut charge = self.house.person(Role::PersonInCharge);
        charge.open(page).press_twice("棚卸を終える").reads("終了：11月13日").reads(sum);
    }

    // --- The report ---------------------------------------------------------------------------------------------

    /// The custody report says what the story did, on the page and card by card in the file.
    #[track_caller]
    pub(crate) fn report_agrees(&mut self) {
        let mut auditor = self.house.person(Role::Auditor);
        let id = self.consignment.rsplit('/').next().unwrap();
        auditor.open(&format!("{}/custody", self.consignment));
        auditor.reads("一覧表の300枚すべての所在が分かっています。").reads("合計 300");
        for (holder, count) in self.told.holders() {
            auditor.reads(&format!("{holder} {count}"));
        }
        auditor.open(&format!("/lists/custody/{id}/cards.csv?encoding=utf8"));
        assert_eq!(auditor.status(), 200);
        self.told.agrees(&auditor.page().bytes);
    }

    /// A card that somebody moves in the database is told by the report, and found by `verify`.
    pub(crate) fn fault_is_seen(&mut self, line: Line) {
        let card = self.card(line);
        let place = |place: PlaceId| format!("UPDATE card SET place_id = '{place}' WHERE id = '{card}'");
        self.house.city.home.by_hand(&place(self.boxes[2]));
        let mut auditor = self.house.person(Role::Auditor);
        auditor
            .open(&format!("{}/custody", self.consignment))
            .reads("記録が途切れているカードが1枚あります。");
        assert!(!self.house.city.verify().is_empty(), "verify finds it at once");
        self.house.city.home.by_hand(&place(self.boxes[0]));
        self.report_agrees();
    }
}

fn scans<'b>(person: &'b mut Browser, code: &str) -> &'b mut Browser {
    let begins = !person.page().buttons().iter().any(|button| button == "記録する");
    person.fill("code", code).press(if begins { "数え始める" } else { "記録する" })
}

/// A 管理番号 as screens show it.
fn shown(number: &str) -> String {
    format!("{} {} {}", &number[..3], &number[3..6], &number[6..])
}

/// Presses the first button with these words in it.
#[track_caller]
fn press_first(browser: &mut Browser, words: &str) {
    let buttons = browser.page().buttons();
    let first = buttons.iter().find(|button| button.contains(words));
    let first = first.unwrap_or_else(|| panic!("no button with {words} but {buttons:?}: {}", browser.text()));
    browser.press(first);
}
