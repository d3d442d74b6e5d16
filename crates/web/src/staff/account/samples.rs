//! Every page of this part rendered from samples.
//!
//! With `MADOGUCHI_SAMPLES=FOLDER` the pages are also written there, complete in themselves, to be looked at.

use std::path::Path;
use std::sync::Arc;

use askama::Template;
use domain::capacity::Used;
use domain::card::{Finding, Pass};
use domain::id::{AccessId, CardId, EntryId, Id, LedgerId, OperationId, PersonId, PlaceId, SessionId};
use domain::journal::{Actor, CityRecord, Ending, Entry, Slot};
use domain::ledger::{Field, State as Standing, Terms};
use domain::number::ControlNumber;
use domain::offer::State as Answer;
use domain::permission::{Permission, Role};
use domain::proposal::Proposal;
use domain::rules::{Change, RuleSet, What};
use domain::service::Service;
use domain::time::Start;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use store::journal::{Viewed, Written};
use store::ledger::Version;
use store::person::{Grant, Person as Account};
use store::privacy::Decision;
use store::question::Told;

use super::access::AccessPage;
use super::asked;
use super::asked::Asked;
use super::journal::{Around, JournalPage};
use super::ledger::list::{Known as KnownField, ListPage};
use super::ledger::show::{FieldPage, Operations as FieldOperations, Reading};
use super::password::PasswordPage;
use super::people::list::PeoplePage;
use super::people::new::{NewPage, OneTimePage};
use super::people::show::{Known, Operations, PersonPage};
use super::people::{Choice, EVERY_SITE};
use super::rules::affected::{Affected, Offered};
use super::rules::edit::{EditPage, KindsPage};
use super::rules::fields::Kind;
use super::rules::month::{Edit, MonthPage, Taken};
use super::rules::offer::{Known as KnownOffer, OfferPage};
use super::rules::offers::{LISTING as OFFERS, Line, OffersPage};
use super::rules::over::{LISTING, May, OverPage};
use super::rules::propose::{Other, ProposePage, Told as ToldProposal};
use super::rules::slots::SlotsPage;
use super::rules::{RulesPage, SlotsOf};
use super::settings::SettingsPage;
use super::sign_in::SignInPage;
use super::words::Names;
use crate::kit::{Fields, Form, asset};
use crate::staff::layout::{Layout, Person, Task};
use crate::staff::listing::Arranged;

const TODAY: Date = date(2026, 11, 24);

/// The rules of the profile.
pub(super) fn rules() -> Arc<RuleSet> {
    testkit::City::found(testkit::TestDb::sqlite()).rules.clone()
}

fn now() -> Timestamp {
    "2026-11-24T00:12:34Z".parse().unwrap()
}

fn person(number: u128) -> PersonId {
    PersonId::from_parts(1_795_000_000_000, number)
}

fn operation(number: u128) -> OperationId {
    OperationId::from_parts(1_795_000_000_000, number)
}

fn layout(title: &str) -> Layout {
    let reader = Person {
        name: "市 太郎".to_owned(),
        role: "市管理者".to_owned(),
        place: "本庁".to_owned(),
        permissions: Role::CityAdministrator.permissions().to_vec(),
    };
    Layout::new(title, TODAY, Some(reader)).within(Task::Settings)
}

fn account(number: u128, login: &str, name: &str) -> Account {
    Account {
        id: person(number),
        login: login.to_owned(),
        name: name.to_owned(),
        password: String::new(),
        must_change: false,
        failures: 0,
        locked_until: None,
        ended: false,
        version: 3,
    }
}

fn grant(number: u128, role: Role, until: Option<Date>) -> Grant {
    Grant {
        person: person(number),
        role,
        site: Some("honcho".parse().unwrap()),
        from: date(2026, 4, 1),
        until,
    }
}

fn people() -> Vec<(Account, Vec<Grant>)> {
    let end = Some(date(2027, 10, 31));
    let locked = Account {
        locked_until: Some("2026-11-24T00:20:00Z".parse().unwrap()),
        ..account(2, "midori", "窓口 みどり")
    };
    let ended = Account { ended: true, ..account(3, "moto", "元 従事者") };
    vec![
        (
            account(1, "hanako", "窓口 花子"),
            vec![grant(1, Role::Operator, end), grant(1, Role::PersonInCharge, Some(date(2026, 9, 30)))],
        ),
        (locked, vec![grant(2, Role::Operator, None)]),
        (ended, Vec::new()),
    ]
}

fn names() -> Names {
    let mut names = Names::default();
    names.people.insert(person(1), "窓口 花子".to_owned());
    names.places.insert(PlaceId::from_parts(1, 1), "棚1-箱3".to_owned());
    names.sites.insert("honcho".parse().unwrap(), "本庁".to_owned());
    names
}

fn roles() -> Vec<Choice> {
    super::people::roles(&[Role::CityAdministrator])
}

fn sites() -> Vec<Choice> {
    vec![
        Choice { value: "honcho".to_owned(), words: "本庁".to_owned() },
        Choice { value: EVERY_SITE.to_owned(), words: "すべての履行場所".to_owned() },
    ]
}

fn grant_form() -> Form {
    let mut form = Form::fresh();
    form.fill("site", "honcho");
    form.fill("from", TODAY.to_string());
    form
}

fn known(own: bool) -> Known {
    let (person, grants) = people().remove(0);
    Known {
        person,
        grants,
        names: names(),
        today: TODAY,
        now: now(),
        own,
        reader: vec![Role::CityAdministrator],
    }
}

fn operations() -> Operations {
    Operations {
        grant: operation(1),
        reset: operation(2),
        end: operation(3),
        roles: (0..).zip(Role::ALL).map(|(at, _)| operation(10 + at)).collect(),
    }
}

fn entries() -> Vec<Told> {
    let card = CardId::from_parts(1, 1);
    let said = [
        Entry::SignedIn { person: person(1), session: SessionId::from_parts(1, 1) },
        Entry::CardInspected { card, pass: Pass::Print, finding: Finding::Good },
        Entry::CardPlaced { card, place: PlaceId::from_parts(1, 1) },
        Entry::PlaceChanged {
            place: PlaceId::from_parts(1, 1),
            name: "箱1-2-3".to_owned(),
            capacity: Some(100),
            parent: None,
        },
        Entry::KeyTaken { place: PlaceId::from_parts(1, 1), person: person(1), before: Some(person(2)) },
        Entry::KeyReturned { place: PlaceId::from_parts(1, 1), person: person(1) },
        Entry::BoxEmptied { from: PlaceId::from_parts(1, 2), to: PlaceId::from_parts(1, 1), cards: 42 },
        Entry::BatchSent {
            batch: domain::id::BatchId::from_parts(1, 1),
            cards: 48,
            recorded: CityRecord::Paper,
        },
        Entry::SignedOut { person: person(1), session: SessionId::from_parts(1, 1), ending: Ending::Idle },
    ];
    (1..)
        .zip(said)
        .map(|(at, entry)| Written {
            id: EntryId::from_parts(1, u128::try_from(at).unwrap()),
            seq: Some(at).filter(|at| *at < 5),
            at: now(),
            day: TODAY,
            actor: if at == 5 { Actor::System } else { Actor::Person(person(1)) },
            entry,
            remark: Some("箱の角に傷".to_owned()).filter(|_| at == 2),
        })
        .map(|written| {
            let number = ControlNumber::from_base(1_234).unwrap();
            let card = matches!(written.id, id if id <= EntryId::from_parts(1, 3)).then_some((card, number));
            Told { written, card }
        })
        .collect()
}

fn views() -> Vec<Viewed> {
    let of = |number: u128, screen: &str, subjects: &str, found| Viewed {
        id: AccessId::from_parts(1, number),
        seq: None,
        at: now(),
        actor: Actor::Person(person(1)),
        screen: screen.to_owned(),
        asked: "day=2026-11-24".to_owned(),
        subjects: subjects.to_owned(),
        found,
    };
    vec![of(1, "journal", "", 100), of(2, "people", "person:A person:B person:C person:D", 4)]
}

/// A field of the ledger with a version of each of these states, the newest first.
fn ledger(field: Field, agreed: Option<bool>, states: &[Standing]) -> KnownField {
    let decision = agreed.map(|agreed| Decision {
        field: field.code().to_owned(),
        agreed,
        decided_by: "市民課".to_owned(),
        decided_on: date(2024, 8, 1),
        retention_days: (!states.is_empty()).then_some(7),
    });
    let version = |(n, state): (u32, &Standing)| {
        let decided = !matches!(state, Standing::Proposed | Standing::Withdrawn);
        Version {
            id: LedgerId::from_parts(1, u128::from(n)),
            field,
            n,
            state: *state,
            terms: Terms {
                necessity: "市・受託者・市民が同じカードを指すため。納品日と行番号では、市民が電話で読み上げられない。".to_owned(),
                protection: "暗号化して一つの表だけに保存する。表示した人は閲覧記録に残る。".to_owned(),
                retention_days: 7,
            },
            proposed_by: person(1),
            proposer: "窓口 花子".to_owned(),
            proposed_at: now(),
            decider: decided.then(|| "市 太郎".to_owned()),
            decided_at: decided.then(now),
            ended_at: matches!(state, Standing::Ended | Standing::Withdrawn).then(now),
        }
    };
    let versions = (1..=u32::try_from(states.len()).unwrap()).rev().zip(states).map(version).collect();
    KnownField { field, decision, versions }
}

/// The pages of slots: a month by the hour and by the slot, and a day; with some taken, and one slot over.
fn slot_pages(rules: &RuleSet) -> Vec<(&'static str, askama::Result<String>)> {
    let of = || SlotsOf::of(rules, TODAY, Service::Issuance, "honcho".parse().unwrap()).unwrap();
    let start = |n: u16| Start::new(9 * 60 + n * 10).unwrap();
    let mut taken: Taken = (0..24).map(|n| ((TODAY, start(n)), u32::from(n % 5))).collect();
    taken.insert((TODAY, start(30)), 7);
    let month = |by_slot, edits: bool| {
        let mut form = Form::fresh();
        form.fill("month", "2026-11");
        let edit = edits.then(|| Edit { rule: Id::from_parts(9, 9), today: TODAY });
        let first = (date(2026, 11, 1), by_slot);
        MonthPage::new(layout("枠の月間表"), form, of(), rules, first, &taken, edit).render()
    };
    let used: Vec<(Start, Used)> = (0..24)
        .map(|n| (start(n), Used { web: u32::from(n % 3), desk: u32::from(n % 2), walk_in: 0 }))
        .chain([(start(30), Used { web: 5, desk: 2, walk_in: 0 })])
        .collect();
    let day =
        |day, edits| SlotsPage::new(layout("1日の枠"), of(), rules, (day, now()), &used, edits).render();
    vec![
        ("month", month(false, true)),
        ("month-table", month(true, true)),
        ("month-read", month(false, false)),
        ("slots", day(TODAY, true)),
        ("slots-closed", day(date(2026, 11, 23), false)),
    ]
}

/// A reservation without a place of its own.
fn affected(n: u128) -> Affected {
    Affected {
        reservation: domain::id::ReservationId::from_parts(1, n),
        slot: Slot {
            service: Service::Issuance,
            site: "honcho".parse().unwrap(),
            day: TODAY,
            start: Start::new(540).unwrap(),
        },
        href: "/reservation/1".to_owned(),
        when: "11月24日(火) 9:00".to_owned(),
        service: "カードの交付",
        control: "000 012 117".to_owned(),
        name: "000 012 117".to_owned(),
        notice: "ABC-000012".to_owned(),
        language: "英語",
        state: if n == 2 { "手続き中" } else { domain::reservation::State::Booked.label() },
        has_mail: n == 1,
        offer: (n == 1).then(|| Offered::of(&offer(1), now())),
    }
}

/// An offer of a place in each of so many slots.
fn offer(people: u16) -> store::offer::Offer {
    let slot = |day, n: u16| Slot {
        service: Service::Issuance,
        site: "honcho".parse().unwrap(),
        day,
        start: Start::new(540 + n * 10).unwrap(),
    };
    let place = |n: u16| store::offer::Place {
        reservation: domain::id::ReservationId::from_parts(1, u128::from(n)),
        holding: store::offer::Holding::Held,
        channel: domain::reservation::Channel::Web,
        from: slot(TODAY, n),
        to: slot(date(2026, 12, 1), n),
    };
    let places: Vec<_> = (0..people).map(place).collect();
    store::offer::Offer {
        id: domain::id::OfferId::from_parts(1, 1),
        booking: domain::id::ReservationId::from_parts(1, 0),
        offering: None,
        reason: domain::offer::Reason::Closure,
        state: if people == 0 { Answer::NoPlace } else { Answer::Open },
        until: "2026-11-27T14:59:00Z".parse().unwrap(),
        made_at: now(),
        ended_at: (people == 0).then(now),
        places,
    }
}

/// The lists of what was offered, and offers that are open, answered and could not be made.
fn offer_pages() -> Vec<(&'static str, askama::Result<String>)> {
    let line = |people: u16| {
        let offer = offer(people);
        Line {
            booking: affected(u128::from(people)),
            from: "11月24日(火) 9:00".to_owned(),
            offer: Offered::of(&offer, now()),
            reason: offer.reason.label(),
            until: "11月27日(金) 23:59".to_owned(),
            at: affected(1).slot,
        }
    };
    let list = |chosen| {
        let (arranged, lines) = (Arranged::of(&OFFERS, None, |_| true), (0..3).map(line).collect::<Vec<_>>());
        OffersPage::new(layout("代わりの日時の案内"), (&arranged, &lines), chosen, 2).render()
    };
    let one = |people, state, form, problem: Option<&str>, may| {
        let known = KnownOffer { offer: offer(people), booking: affected(1), state };
        let (layout, problem) = (layout("代わりの日時の案内"), problem.map(str::to_owned));
        OfferPage::new(layout, form, problem, known, may, [operation(1), operation(2)]).render()
    };
    let mut unanswered = Form::fresh();
    unanswered.refuse_ja("channel", "申し出の方法を選んでください。");
    unanswered.refuse_ja("remark", "理由を入力してください。記録簿に残ります。");
    let late = Some("この案内は、先に「同意・変更済み」になりました。何も変えていません。");
    vec![
        ("offers", list(None)),
        ("offers-open", list(Some(Answer::Open))),
        ("offers-none", list(Some(Answer::Accepted))),
        ("offer", one(1, Answer::Open, Form::fresh(), None, (true, true))),
        ("offer-family", one(3, Answer::Open, unanswered, None, (true, true))),
        ("offer-ended", one(1, Answer::Accepted, Form::fresh(), late, (true, true))),
        ("offer-none", one(0, Answer::NoPlace, Form::fresh(), None, (true, false))),
    ]
}

/// The form of every kind, empty and refused, and proposals: with days and people, stale, of the city and of an
/// agreement afterwards.
fn change_pages(rules: &RuleSet) -> Vec<(&'static str, askama::Result<String>)> {
    let edit = |kind: Kind, fill: &[(&'static str, &str)]| {
        let mut form = Form::fresh();
        form.fill("rule", operation(7).to_string());
        form.fill("deed", "say");
        for (name, value) in fill {
            form.fill(name, *value);
        }
        if fill.iter().any(|(_, value)| *value == "x") {
            form.refuse_ja("from", "始まる時刻を、例のように入力してください（9:00）。");
            form.refuse_ja("day", "日を選んでください。");
            form.refuse_ja("why", "変える理由を入力してください。");
        }
        EditPage::new(layout("枠の削減の規則を加える"), form, kind, rules, TODAY).render()
    };
    let over = |form, many: u128, keeps| {
        let lines = (0..many).map(affected).collect();
        let arranged = Arranged::of(&LISTING, None, |_| true);
        let may = May { see: true, keep: keeps, hold: keeps };
        let chosen = vec![domain::id::ReservationId::from_parts(1, 1)];
        OverPage::new(
            layout("定員に収まらない予約"),
            form,
            (&arranged, lines),
            (may, chosen),
            [operation(1), operation(2)],
        )
        .render()
    };
    let mut nothing = Form::fresh();
    nothing.refuse_ja("kept", "受け入れる予約を選んでください。");
    nothing.refuse_ja("remark", "理由を入力してください。記録簿に残ります。");
    let reduction = r#"{"type":"reduction","when":{"on":"date","day":"2026-11-24"},"from":"9:00","until":"12:00",
        "cut":{"keep_percent":50},"reason":"駐車場使用不可"}"#;
    let new = Change {
        rule: domain::id::RuleId::from_parts(9, 9),
        what: What::Say { body: serde_json::from_str(reduction).unwrap(), from: TODAY, until: None },
        agreement: None,
    };
    let known = rules.rules().iter().find(|rule| Kind::of(&rule.body) == Kind::Closed).unwrap();
    let agree = Change { rule: known.id, what: What::Agree { version: known.version }, agreement: None };
    let propose = |change: &Change, kind, record, many: u128, stale| {
        let after = RuleSet::new(1, change.applied(rules.rules(), 2).unwrap()).unwrap();
        let mut form = Form::fresh();
        form.fill("why", "駐車場の工事（市から連絡）");
        form.fill("agreed", if stale { "later" } else { "now" });
        let changed = store::rules::Changed {
            written: entries().remove(1).written,
            epoch: 4,
            before: vec![known.clone()],
            after: vec![known.clone()],
        };
        let told = ToldProposal {
            change: change.clone(),
            kind,
            epoch: 3,
            proposal: Proposal::between(rules, &after, TODAY, date(2026, 12, 24), &[]),
            affected: (0..many).map(affected).collect(),
            others: if stale { vec![Other::of(&changed, &names())] } else { Vec::new() },
            stale,
        };
        ProposePage::new(layout("規則の変更案"), form, told, rules, (TODAY, record), operation(8)).render()
    };
    vec![
        ("over", over(Form::fresh(), 3, true)),
        ("over-refused", over(nothing, 2, true)),
        ("over-none", over(Form::fresh(), 0, false)),
        ("rule-kinds", KindsPage::new(layout("規則を加える")).render()),
        ("rule-hours", edit(Kind::Hours, &[("on", "nth_weekday"), ("nth2", "yes"), ("nth_weekday", "sat")])),
        (
            "rule-closed",
            edit(Kind::Closed, &[("on", "range"), ("first", "2026-11-25"), ("notice", "weather")]),
        ),
        ("rule-places", edit(Kind::Places, &[("on", "weekdays"), ("mon", "yes"), ("places", "4")])),
        ("rule-reduction", edit(Kind::Reduction, &[("on", "date"), ("cut", "percent"), ("from", "x")])),
        ("rule-shares", edit(Kind::Shares, &[("on", "always"), ("web", "3"), ("release", "at")])),
        ("rule-change", edit(Kind::Closed, &[("rule", &known.id.to_string()), ("on", "holidays")])),
        ("rule-end", edit(Kind::Closed, &[("rule", &known.id.to_string()), ("deed", "end")])),
        ("proposal", propose(&new, Kind::Reduction, CityRecord::Paper, 3, false)),
        ("proposal-stale", propose(&new, Kind::Reduction, CityRecord::Paper, 0, true)),
        ("proposal-city", propose(&new, Kind::Reduction, CityRecord::Account, 0, false)),
        ("proposal-agree", propose(&agree, Kind::Closed, CityRecord::Paper, 0, false)),
    ]
}

/// Name and HTML of every page.
fn pages() -> Vec<(&'static str, String)> {
    let rules = rules();
    let nobody = || Layout::new("サインイン", TODAY, None);
    let mut refused = Fields::of(&[("login", "hanako")]).form(&["login", "password"]).unwrap();
    refused.refuse_ja("login", "サインインできません。ログイン名とパスワードを確かめてください。");
    let mut short = Form::fresh();
    short.refuse_ja("new", "新しいパスワードは12文字以上にしてください。");
    let mut wrong = grant_form();
    wrong.refuse_ja("role", "役割を選んでください。");
    wrong.refuse_ja("until", "終了日は開始日以降にしてください。");
    let mut unconfirmed = grant_form();
    unconfirmed.refuse_ja("confirm", "終了してよいことを確かめて、チェックを入れてください。");
    let mut no_day = Form::fresh();
    no_day.fill("day", "あした");
    no_day.refuse_ja("day", "日付を、例のように入力してください（2026-11-24）。");
    let day = |day: Date| {
        let mut form = Form::fresh();
        form.fill("day", day.to_string());
        RulesPage::new(layout("規則"), form, &rules, (TODAY, Some(day)), true).render()
    };
    let notice = Field::NoticeNumber;
    let ledger_page = |known: KnownField, form, reader, proposes, decides| {
        let reading = Reading { person: person(reader), proposes, decides };
        let operations = FieldOperations { propose: operation(1), decide: operation(2), end: operation(3) };
        let title = format!("台帳：{}", known.field.label());
        FieldPage::new(layout(&title), form, &known, reading, operations).render()
    };
    let mut unwritten = Form::fresh();
    unwritten.refuse_ja("necessity", "必要性を入力してください。");
    unwritten.refuse_ja("days", "保存期間の日数を数字で入力してください。");
    let mut unsure = Form::fresh();
    unsure.refuse_ja("confirm", "削除してよいことを確かめて、チェックを入れてください。");
    let waiting = [Standing::Proposed, Standing::Approved];
    let past = [Standing::Ended, Standing::Replaced, Standing::Refused, Standing::Withdrawn];
    let around = |path, next: bool| {
        let read = asked::Read {
            question: store::question::Question {
                actor: None,
                record: None,
                kind: None,
                from: now(),
                until: now(),
            },
            outside: false,
            output: false,
            after: store::question::Cursor { at: now(), id: String::new() },
            days: (Some(TODAY), TODAY),
        };
        let asked = Asked::default();
        let record = next.then(|| "カード 000 012 117".to_owned());
        let form = asked.form(&read);
        Around::new(path, &asked, &read, form, &names(), record, next.then(|| "1-01X".to_owned()))
    };
    let one_time = |password: Option<&str>| {
        let password = password.map(str::to_owned);
        OneTimePage::new(
            layout("仮パスワード"),
            person(1),
            "hanako".to_owned(),
            "窓口 花子".to_owned(),
            password,
        )
        .render()
    };
    let person_page =
        |form, own| PersonPage::new(layout("窓口 花子"), form, &known(own), operations(), sites()).render();
    let password =
        |form, must| PasswordPage::new(layout("パスワードの変更"), form, operation(1), must).render();
    let journal = |around, told: &[Told], may_see| {
        JournalPage::new(layout("記録簿"), around, told, &names(), may_see).render()
    };
    let all_columns = Arranged::of(&super::people::export::LISTING, None, |_| true);
    let mut all: Vec<(&'static str, askama::Result<String>)> = vec![
        ("sign-in", SignInPage::new(nobody(), Form::fresh(), false).render()),
        ("sign-in-ended", SignInPage::new(nobody(), Form::fresh(), true).render()),
        ("sign-in-refused", SignInPage::new(nobody(), refused, false).render()),
        ("password", password(Form::fresh(), false)),
        ("password-must", password(short, true)),
        ("settings", SettingsPage::new(layout("設定"), |_| true).render()),
        ("settings-rules-only", SettingsPage::new(layout("設定"), |p| p == Permission::SeeRules).render()),
        ("people", PeoplePage::new(layout("アカウント"), &all_columns, &people(), &names(), now()).render()),
        (
            "person-new",
            NewPage::new(layout("アカウントの作成"), grant_form(), operation(1), roles(), sites()).render(),
        ),
        (
            "person-new-refused",
            NewPage::new(layout("アカウントの作成"), wrong, operation(1), roles(), sites()).render(),
        ),
        ("one-time", one_time(Some("k7mw-n39q-xh2p"))),
        ("one-time-over", one_time(None)),
        ("person", person_page(grant_form(), false)),
        ("person-own", person_page(grant_form(), true)),
        ("person-unconfirmed", person_page(unconfirmed, false)),
        ("rules", RulesPage::new(layout("規則"), Form::fresh(), &rules, (TODAY, None), false).render()),
        ("rules-day", day(date(2026, 11, 28))),
        ("rules-holiday", day(date(2026, 11, 23))),
        ("rules-no-day", RulesPage::new(layout("規則"), no_day, &rules, (TODAY, None), true).render()),
        ("ledger", ListPage::new(layout("個人情報の台帳"), &[ledger(notice, Some(true), &[])]).render()),
        (
            "ledger-proposed",
            ListPage::new(layout("個人情報の台帳"), &[ledger(notice, None, &[Standing::Proposed])]).render(),
        ),
        ("ledger-new", ledger_page(ledger(notice, None, &[]), Form::fresh(), 1, true, false)),
        ("ledger-refused", ledger_page(ledger(notice, None, &[]), unwritten, 1, true, false)),
        ("ledger-own", ledger_page(ledger(notice, Some(true), &waiting), Form::fresh(), 1, true, true)),
        ("ledger-to-decide", ledger_page(ledger(notice, Some(true), &waiting), Form::fresh(), 2, true, true)),
        ("ledger-set-up", ledger_page(ledger(notice, Some(true), &[]), Form::fresh(), 2, false, true)),
        ("ledger-end", ledger_page(ledger(notice, Some(true), &[]), unsure, 2, false, true)),
        ("ledger-past", ledger_page(ledger(notice, Some(false), &past), Form::fresh(), 3, false, false)),
        ("journal", journal(around("/journal", true), &entries(), true)),
        ("journal-empty", journal(around("/journal", false), &[], false)),
        ("access", AccessPage::new(layout("閲覧記録"), around("/access", true), &views(), &names()).render()),
    ];
    all.extend(slot_pages(&rules));
    all.extend(change_pages(&rules));
    all.extend(offer_pages());
    all.extend(crate::staff::wish::samples::pages());
    all.into_iter().map(|(name, page)| (name, page.unwrap())).collect()
}

#[test]
fn every_page_is_whole() {
    let folder = std::env::var_os("MADOGUCHI_SAMPLES");
    for (name, html) in pages() {
        for mark in ["{{", "{%", "⟦", "TODO"] {
            assert!(!html.contains(mark), "{name}: {mark} is left");
        }
        assert!(!html.contains(" style=\"") && !html.contains(" onclick"), "{name}: inline code");
        assert!(!html.contains("://"), "{name}: names another host");
        assert_eq!(html.matches("<h1>").count(), 1, "{name}: one heading");
        let filled = html.matches("class=\"button\"").count();
        assert!(filled <= 1, "{name}: {filled} filled buttons");
        assert_ids_are_single(name, &html);
        if let Some(folder) = &folder {
            let link = |name| format!("<link rel=\"stylesheet\" href=\"{}\">", asset::href(name));
            let style = |name| format!("<style>{}</style>", asset::content(name).unwrap());
            let file = Path::new(folder).join(format!("account-{name}.html"));
            let html = html.replace(&link("style.css"), &style("style.css"));
            std::fs::write(file, html.replace(&link("rules.css"), &style("rules.css"))).unwrap();
        }
    }
}

fn assert_ids_are_single(name: &str, html: &str) {
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all, "{name}: an id stands twice");
    let targets = html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next());
    let labels = html.split("<label for=\"").skip(1).filter_map(|rest| rest.split('"').next());
    for target in targets.chain(labels) {
        assert!(ids.contains(&target), "{name}: #{target} leads nowhere");
    }
}

#[test]
fn r4_g_a_password_is_never_shown_again() {
    let mut form = Fields::of(&[("password", "a secret of mine")]).form(&["login", "password"]).unwrap();
    form.refuse_ja("login", "x");
    let html = SignInPage::new(Layout::new("サインイン", TODAY, None), form, false).render().unwrap();
    assert!(!html.contains("a secret of mine") && html.contains("<title>エラー："));
}

#[test]
fn r4_g_who_must_choose_a_password_sees_no_tasks() {
    let page =
        |must| PasswordPage::new(layout("パスワードの変更"), Form::fresh(), operation(1), must).render();
    assert!(page(false).unwrap().contains("class=\"tasks\""));
    assert!(!page(true).unwrap().contains("class=\"tasks\""));
}
