//! The pages of this part, rendered from samples.
//!
//! With `MADOGUCHI_SAMPLES=FOLDER` they are also written there, complete in themselves, to be looked at.

use std::path::Path;

use askama::Template;
use documents::table::{CannotWrite, Cell, Table};
use domain::check_sheet::{Item, Sheet};
use domain::correction::End;
use domain::day_list::Difference;
use domain::id::{EntryId, Id, IncidentId, OperationId, ReceptionId, ReservationId};
use domain::incident::Kind;
use domain::journal::{Actor, BusinessDay};
use domain::permission::Permission;
use domain::place::PlaceKind;
use domain::reception::{Reason, State as Visit};
use domain::report::{AtClose, DayCounts, Main, Work};
use domain::reservation::Channel;
use domain::service::Service;
use jiff::civil::{Date, date};
use store::report::{Closed, Corrected, DayReport};

use super::booking::beyond::{Offer, Take};
use super::booking::slots::{CONTROL, Offers, Person, Purpose, SlotsPage, visitors};
use super::close::show::{self as close, ClosePage};
use super::duties::{Duty, Standing};
use super::file::CannotWritePage;
use super::incident::list::{self as incident, IncidentsPage};
use super::incident::open::OpenPage;
use super::incident::show::IncidentPage;
use super::list::show::{ListPage, Row};
use super::reception::counter::{self, CounterPage};
use super::reception::show::{Next, ShowPage as ReceptionPage, Tick, steps};
use super::report::day::ReportPage;
use super::report::list::{Line as ReportLine, ReportsPage};
use super::reservation::correct::{self, CorrectPage};
use super::reservation::day::DayPage;
use super::reservation::show::{Acts, Member, ShowPage as ReservationPage};
use super::say::Saying;
use super::scan::{AlarmPage, UnknownPage};
use super::today::{Figures, Hour, TodayPage, Work as Waiting};
use super::{route, story};
use crate::kit::{Form, Language, Texts, asset};
use crate::staff::listing::samples::rows;
use crate::staff::{Layout, Task, layout};

const TODAY: Date = date(2026, 11, 24);

fn layout(title: &str, task: Task) -> Layout {
    let mut person = layout::samples::person();
    person.permissions = Permission::ALL.to_vec();
    Layout::new(title, TODAY, Some(person)).within(task)
}

fn operation(n: u128) -> OperationId {
    OperationId::from_parts(1_795_000_000_000, n)
}

fn reservation_id(n: u128) -> ReservationId {
    ReservationId::from_parts(1_795_000_000_000, 100 + n)
}

fn told() -> Vec<story::Line> {
    let line = |what: &str, who: &str, remark: &str| story::Line {
        at: "11月20日(金) 9:05".to_owned(),
        who: who.to_owned(),
        what: what.to_owned(),
        remark: remark.to_owned(),
    };
    vec![line("11月24日(火) 9:30を予約（Web）", "市民", ""), line("受付", "窓口 花子", "再来")]
}

fn today() -> TodayPage {
    let hours = (9..17).map(|hour| {
        let n = u32::from(hour);
        let figures = Figures {
            places: 24,
            booked: 30 - n,
            came: (30 - n) / 2,
            served: (30 - n) / 3,
            here: 2,
            expected: 30 - n - (30 - n) / 2,
        };
        Hour { hour, figures }
    });
    let work = [("11月20日(金)の締め", true), ("翌開庁日 11月25日(水)の予約リスト", false)].map(
        |(what, overdue)| Waiting {
            what: what.to_owned(),
            how_much: "188件・12:00まで あと2時間48分".to_owned(),
            overdue,
            act: "開く",
            href: "/close/2026-11-20".to_owned(),
            permission: Permission::CloseDay,
        },
    );
    let total = Figures { places: 192, booked: 140, came: 66, served: 42, here: 16, expected: 74 };
    let duty = |until, what: &str, standing, how_much: &str, owner: &str| Duty {
        base: route::duty(TODAY, domain::day_list::Duty::List),
        until,
        what: what.to_owned(),
        standing,
        how_much: how_much.to_owned(),
        owner: owner.to_owned(),
        act: (standing != Standing::Done).then(|| (route::list(TODAY), "リストを確定する")),
        take: (standing != Standing::Done).then(|| operation(20)),
        done: None,
    };
    let duties = vec![
        duty(530, "開庁準備", Standing::Done, "8:41 見本 花子", "見本 花子"),
        duty(720, "11月25日(水)の予約リスト", Standing::Late, "未確定（いまの予約188件）", ""),
        duty(
            720,
            "11月25日(水)の更新の予約リスト",
            Standing::Due,
            "確定済（31件）・市へ未引継ぎ・あと35分",
            "",
        ),
        duty(1050, "11月25日(水)の引き抜き", Standing::Due, "残り188枚（予約188件）", "見本 太郎"),
        duty(1110, "今日の締め", Standing::Later, "窓口は17:30まで", ""),
    ];
    let layout = layout("今日", Task::Today);
    TodayPage::of(layout, TODAY, true, None, (hours.collect(), total), duties, work.to_vec())
}

fn day_list(frozen: bool, transferred: bool, form: Form) -> ListPage {
    let row = |n: u128, difference: Difference, act: Option<(String, &'static str)>, seen: &str| Row {
        reservation: reservation_id(n),
        code: difference.code(),
        what: difference.label(),
        listed: "9:30".to_owned(),
        now: "10:30".to_owned(),
        control: "000 012 117".to_owned(),
        reference: "R8.11.20-12".to_owned(),
        href: route::reservation(reservation_id(n)),
        place: "箱1-2-3".to_owned(),
        act,
        operation: operation(30 + n),
        seen: seen.to_owned(),
    };
    let start = "10:30".parse().unwrap();
    let open = vec![
        row(1, Difference::Added { start }, Some((route::pull(TODAY), "引き抜く")), ""),
        row(2, Difference::Cancelled, Some((route::PUT_AWAY.to_owned(), "箱へ戻す")), ""),
        row(3, Difference::Away { day: date(2026, 11, 30) }, None, ""),
    ];
    ListPage {
        texts: Texts::new(Language::JA),
        layout: layout("11月24日(火)の予約リスト", Task::Reservations),
        form,
        problem: None,
        day: TODAY,
        title: "令和8年11月24日(火)".to_owned(),
        booked: 188,
        frozen: frozen.then(|| ("11月20日(金) 9:05 見本 花子".to_owned(), 188)),
        transferred: transferred.then(|| "11月20日(金) 10:12　受け取った人：市 太郎".to_owned()),
        may_act: true,
        is_over: false,
        open: if transferred { open } else { Vec::new() },
        seen: if transferred {
            vec![row(4, Difference::Time { start }, None, "11月20日(金) 15:02 見本 花子")]
        } else {
            Vec::new()
        },
        freeze_operation: operation(40),
        transfer_operation: operation(41),
        pull_href: Some(route::pull(TODAY)),
        day_href: route::day(TODAY),
        other: vec![(route::list(date(2026, 11, 25)), "11月25日(水)".to_owned())],
        stands: rows(&super::reservation::list::FROZEN, 0).stands,
    }
}

fn closed_today() -> TodayPage {
    let next = Some("令和8年11月24日(火)".to_owned());
    let layout = layout("今日", Task::Today);
    let nothing = (Vec::new(), Figures::default());
    TodayPage::of(layout, date(2026, 11, 23), false, next, nothing, Vec::new(), Vec::new())
}

fn day(count: usize) -> DayPage {
    let table = rows(&super::reservation::list::LISTING, count);
    let closed = (count == 0).then(|| "閉庁日です（祝休日）。".to_owned());
    DayPage::sample(layout("11月24日(火)の予約", Task::Reservations), TODAY, table, closed)
}

fn reservation(form: Form, problem: Option<&str>, acts: Acts) -> ReservationPage {
    ReservationPage {
        texts: Texts::new(Language::JA),
        layout: layout("予約 11月24日(火) 9:30", Task::Reservations),
        form,
        problem: problem.map(str::to_owned),
        id: reservation_id(1),
        when: "令和8年11月24日(火) 9:30".to_owned(),
        day_href: route::day(TODAY),
        standing: "来庁前",
        channel: "Web",
        language: "日本語",
        control: "000 012 117".to_owned(),
        card_href: "/cards/1".to_owned(),
        place: "当日トレイ".to_owned(),
        progress: "予約完了",
        reception_href: (!acts.arrive).then(|| "/receptions/1".to_owned()),
        wish: Some(crate::staff::wish::Line {
            text: Some("11月24日(火)から11月27日(金)まで・火・木・午前（11月9日(月) 10:00に受付、先に待っている予約2件）".to_owned()),
            href: "/wishes/1".to_owned(),
        }),
        offer: (!acts.arrive).then(|| crate::staff::account::rules::affected::Offered {
            href: "/offers/1".to_owned(),
            to: "12月1日(火) 9:00".to_owned(),
            state: domain::offer::State::Open,
            until: "11月27日(金) 23:59".to_owned(),
        }),
        not_today: (!acts.arrive).then(|| "11月25日(水)の予約です。受付は予約の日にできます。".to_owned()),
        acts,
        visitor: "本人と法定代理人",
        visitors: visitors(),
        visitor_operation: operation(8),
        add_operation: operation(9),
        shown: "2026-11-24T9:30V1W".to_owned(),
        changes: "2回（うちWeb 1回・上限3回）".to_owned(),
        over: acts.change,
        late: acts.arrive.then(|| "14分".to_owned()),
        family: if acts.change { family() } else { Vec::new() },
        booked: if acts.change { 3 } else { 1 },
        arrive_operation: operation(1),
        move_href: route::move_to(reservation_id(1), None),
        swap_operation: operation(50),
        pull_from: (acts.arrive).then(|| ("箱1-2-3".to_owned(), route::pull(TODAY))),
        cancel_operation: operation(2),
        correct_href: (!acts.arrive).then(|| route::correct(reservation_id(1))),
        mail: problem.is_none().then(crate::staff::mail::samples::mails),
        channels: [Channel::Telephone, Channel::Counter],
        story: told(),
    }
}

fn family() -> Vec<Member> {
    let member = |n: u16| Member {
        href: route::reservation(reservation_id(n.into())),
        control: format!("000 0{n:02} 117"),
        time: "9:30".to_owned(),
        visitor: "本人",
        standing: "来庁前",
        is_this: n == 1,
    };
    (1..=3).map(member).collect()
}

fn person(n: u16, field: Option<&'static str>) -> Person {
    Person {
        word: CONTROL,
        control: format!("000 0{n:02} 117"),
        href: format!("/cards/{n}"),
        field,
        without_href: (n > 1 && field.is_some()).then(|| "/book/1".to_owned()),
    }
}

fn slots_of_family() -> SlotsPage {
    let people = [person(1, Some("visitor")), person(2, Some("visitor-2")), person(3, Some("visitor-3"))];
    let purpose = Purpose {
        title: "予約を取る".to_owned(),
        say: Some(Saying::sample()),
        people: people.into(),
        with: "2,3".to_owned(),
        family_href: Some("/book/1/family".to_owned()),
        all_href: None,
        alone_href: None,
        now: None,
        shown: String::new(),
        may_override: false,
        here: "/book/1".to_owned(),
        asks_language: true,
        offers: None,
    };
    let form = refused("member", "この番号のカードはありません。");
    SlotsPage::sample(layout("予約を取る", Task::Reservations), purpose, TODAY, form, None, None)
}

fn slots(form: Form, problem: Option<&str>) -> SlotsPage {
    let moves = problem.is_some();
    let purpose = Purpose {
        title: if moves { "予約の変更" } else { "予約を取る" }.to_owned(),
        say: Some(Saying::sample()),
        people: vec![person(1, (!moves).then_some("visitor"))],
        with: String::new(),
        family_href: (!moves).then(|| "/book/1/family".to_owned()),
        all_href: None,
        alone_href: moves.then(|| "/reservation/1/move?alone=1".to_owned()),
        now: moves.then(|| "令和8年11月24日(火) 9:30".to_owned()),
        shown: "2026-11-24T9:30V1W".to_owned(),
        may_override: moves,
        here: "/book/1".to_owned(),
        asks_language: !moves,
        offers: None,
    };
    SlotsPage::sample(layout("予約を取る", Task::Reservations), purpose, TODAY, form, problem, None)
}

/// Places that are chosen to be offered, for a card or for a renewal.
fn slots_offered(is_renewal: bool) -> SlotsPage {
    let renewal = Person { word: "更新の予約", control: "000001".to_owned(), ..person(1, None) };
    let purpose = Purpose {
        title: "ほかの日時を提示する".to_owned(),
        say: (!is_renewal).then(Saying::sample),
        people: vec![if is_renewal { renewal } else { person(1, None) }],
        with: String::new(),
        family_href: None,
        all_href: None,
        alone_href: None,
        now: Some("令和8年11月24日(火) 9:30".to_owned()),
        shown: "2026-11-24T9:30V1W".to_owned(),
        may_override: false,
        here: "/reservation/1/offer".to_owned(),
        asks_language: false,
        offers: Some(Offers {
            now: is_renewal.then(|| "12月1日(火) 9:10（返事待ち、11月27日(金) 23:59まで）".to_owned()),
        }),
    };
    let form = if is_renewal {
        Form::fresh()
    } else {
        refused("until", "返事の期限は、今日から11月30日(月)までの日にしてください。")
    };
    SlotsPage::sample(layout("ほかの日時を提示する", Task::Reservations), purpose, TODAY, form, None, None)
}

/// A full slot: offered with a reason, or with the word whom to ask.
fn slots_beyond(may: bool) -> SlotsPage {
    let purpose = Purpose {
        title: "予約を取る".to_owned(),
        say: Some(Saying::sample()),
        people: vec![person(1, Some("visitor"))],
        with: String::new(),
        family_href: Some("/book/1/family".to_owned()),
        all_href: None,
        alone_href: None,
        now: None,
        shown: String::new(),
        may_override: may,
        here: "/book/1".to_owned(),
        asks_language: true,
        offers: None,
    };
    let take = may.then(|| Take {
        starts: "9:30".to_owned(),
        limit: domain::reservation::Limit::Places,
        button: "定員を超えて 11月24日(火) 9:30 を取る".to_owned(),
    });
    let offer = Offer {
        sentence: "11月24日(火) 9:30は満員です。別の時間をご案内してください。理由を付けて予約を取れます。"
            .to_owned(),
        take,
    };
    let form = if may {
        refused("reason", "理由を入力してください。記録簿に残ります。")
    } else {
        Form::fresh()
    };
    SlotsPage::sample(layout("予約を取る", Task::Reservations), purpose, TODAY, form, None, Some(offer))
}

fn reception(state: Visit, next: Next, form: Form, problem: Option<&str>) -> ReceptionPage {
    ReceptionPage {
        texts: Texts::new(Language::JA),
        layout: layout("受付 000 012 117", Task::Counter),
        form,
        problem: problem.map(str::to_owned),
        id: ReceptionId::from_parts(1_795_000_000_000, 7),
        control: "000 012 117".to_owned(),
        card_href: "/cards/1".to_owned(),
        place: "窓口".to_owned(),
        when: "11月24日(火) 9:30".to_owned(),
        reservation_href: route::reservation(reservation_id(1)),
        arrived: "9:44".to_owned(),
        late: "14分遅れ".to_owned(),
        language: "英語",
        visitor: "本人と法定代理人（家族の予約）".to_owned(),
        receiver: if next == Next::Papers { String::new() } else { "市民課 一郎".to_owned() },
        issuer: "市民課 二郎".to_owned(),
        steps: steps(state),
        standing: state.label(),
        reason: if state == Visit::SentAway { Reason::Notice.label() } else { "" },
        next,
        sheet: Sheet::Proxy,
        lines: Sheet::Proxy
            .items()
            .iter()
            .map(|item| Tick { item: *item, ticked: *item == Item::Notice })
            .collect(),
        may_end: state.is_open(),
        may_put_away: true,
        home: Some("箱A-12".to_owned()),
        operation: operation(3),
        away_operation: operation(4),
        left_operation: operation(5),
        reasons: Reason::ALL.to_vec(),
        story: told(),
    }
}

fn counter(count: u16) -> CounterPage {
    let lines = |standing: &'static str, arrived: &str, since: &str| -> Vec<counter::Line> {
        let line = |n: u16| counter::Line {
            time: (540 + n * 10).try_into().unwrap(),
            control: format!("000 0{n:02} 117"),
            href: route::reservation(reservation_id(n.into())),
            standing,
            place: "当日トレイ".to_owned(),
            language: "",
            visitor: "本人と法定代理人 家族 1/3".to_owned(),
            arrived: arrived.to_owned(),
            since: since.to_owned(),
            late: if arrived.is_empty() || n.is_multiple_of(2) {
                String::new()
            } else {
                "12分遅れ".to_owned()
            },
        };
        (0..count).map(line).collect()
    };
    let (here, expected) = (lines("書類確認済", "9:02", "12分経過"), lines("来庁前", "", "4分過ぎ"));
    let pickup = |n: u16| counter::PickedUp {
        at: "11月24日(火) 10:05".to_owned(),
        control: format!("104 230 00{n}"),
        href: "/cards/x/pickup".to_owned(),
        state: domain::pickup::State::WithCity.label(),
        visitor: "本人",
    };
    let pickups = (0..count.min(2)).map(pickup).collect();
    let done = lines("交付済", "8:55", "");
    CounterPage::of(layout("窓口", Task::Counter), TODAY, here, expected, done, pickups)
}

fn close(form: Form, ready: bool, closed: bool) -> ClosePage {
    let absent = close::Absent {
        id: reservation_id(1),
        time: "9:30".parse().unwrap(),
        control: "000 012 117".to_owned(),
        place: "当日トレイ".to_owned(),
        href: route::reservation(reservation_id(1)),
        checked: true,
    };
    let here = close::Here {
        control: "000 013 115".to_owned(),
        standing: "受付済",
        href: "/receptions/1".to_owned(),
    };
    let out = close::Out {
        control: "000 014 113".to_owned(),
        place: "当日トレイ",
        href: "/cards/1".to_owned(),
        incident_href: "/cards/1/incident?close=2026-11-24".to_owned(),
    };
    ClosePage {
        texts: Texts::new(Language::JA),
        layout: layout("11月24日(火)の締め", Task::Reports),
        form,
        problem: None,
        day: TODAY,
        title: "令和8年11月24日(火)".to_owned(),
        closed: closed.then(|| "11月24日(火) 17:50に締めました。市の交付件数は171件です。".to_owned()),
        is_future: false,
        issued: 171,
        absent: if ready { Vec::new() } else { vec![absent] },
        here: if ready { Vec::new() } else { vec![here] },
        out: if ready { Vec::new() } else { vec![out] },
        incidents: u32::from(ready),
        keys: vec![("キャビネット1".to_owned(), "窓口 花子".to_owned(), "/places/x".to_owned())],
        is_over: true,
        may_put_away: true,
        report_href: Some(route::report(TODAY)),
        absent_operation: operation(6),
        all_operation: operation(8),
        close_operation: operation(7),
    }
}

fn counts() -> DayCounts {
    let mut counts = DayCounts { issued: 171, cancelled: 4, left: 1, not_come: 9, ..DayCounts::default() };
    counts.booked.insert(Channel::Web, 180);
    counts.booked.insert(Channel::Telephone, 8);
    counts.sent_away.insert(Reason::IdentityPapers, 3);
    counts.city_issued = Some(170);
    counts
}

fn corrected(n: u128) -> Corrected {
    Corrected::told(
        EntryId::from_parts(1_795_000_000_000, n),
        "2026-11-24T08:10:00Z".parse().unwrap(),
        Actor::System,
        BusinessDay { service: Service::Issuance, site: "honcho".parse().unwrap(), day: date(2026, 11, 20) },
        reservation_id(n),
        (End::NotCome, End::SentAway { reason: Reason::Notice }),
    )
}

fn report(closed: bool) -> DayReport {
    let places = [(PlaceKind::Box, 7_412), (PlaceKind::City, 48), (PlaceKind::Missing, 1)];
    let state = AtClose { places: places.into(), open_incidents: 1, ..AtClose::default() };
    let work = Work { received: 480, consignments: 1, letters_printed: 250, moved: 4, ..Work::default() };
    let close = Closed {
        through_seq: 4711,
        city_count: 170,
        at: "2026-11-24T08:50:00Z".parse().unwrap(),
        actor: Actor::System,
        state: Some(state.clone()),
    };
    DayReport {
        counts: if closed { counts() } else { DayCounts::default() },
        work,
        state: Some(state),
        closed: closed.then_some(close),
        corrections: vec![corrected(1)],
        later: if closed { vec![corrected(2)] } else { Vec::new() },
    }
}

fn before() -> Vec<(Date, Main)> {
    let main =
        |n: u32| Main { booked: 150 + n, came: 140 + n, issued: 130 + n / 2, sent_away: n % 5, not_come: n };
    (0..13).map(|n| (date(2026, 11, 2 + i8::try_from(n).unwrap()), main(n * 7 % 40))).collect()
}

fn incident(number: u128, kind: Kind) -> incident::Line {
    incident::Line {
        id: IncidentId::from_parts(1_795_000_000_000, number),
        at: "11月24日(火) 16:40".to_owned(),
        kind: kind.label(),
        control: "000 014 113".to_owned(),
        href: "/cards/1".to_owned(),
        place: if kind == Kind::Missing { "所在不明" } else { "当日トレイ" }.to_owned(),
        told: "市民課 一郎 11月24日(火) 16:35".to_owned(),
        remark: "引き抜きのあと見当たらない。トレイと棚を2回探した".to_owned(),
        is_untold: false,
        page: "/incidents/1".to_owned(),
        outcomes: incident::may_end(kind),
        operation: operation(20 + number),
    }
}

fn incidents(form: Form, some: bool) -> IncidentsPage {
    IncidentsPage {
        texts: Texts::new(Language::JA),
        layout: layout("事故の記録", Task::Storage),
        form,
        problem: None,
        open: if some { vec![incident(1, Kind::Missing), incident(2, Kind::Damaged)] } else { Vec::new() },
        ended: rows(&super::incident::export::LISTING, 1),
        may_end: true,
    }
}

fn open_incident(form: Form) -> OpenPage {
    OpenPage {
        texts: Texts::new(Language::JA),
        layout: layout("事故の記録", Task::Storage),
        form,
        problem: None,
        id: domain::id::CardId::from_parts(1, 1),
        control: "000 014 113".to_owned(),
        card_href: "/cards/1".to_owned(),
        place: "当日トレイ".to_owned(),
        kinds: Kind::ALL,
        within: 60,
        operation: operation(30),
    }
}

fn incident_page(form: Form, told: bool) -> IncidentPage {
    IncidentPage {
        texts: Texts::new(Language::JA),
        layout: layout("事故 000 014 113", Task::Storage),
        form,
        problem: None,
        id: IncidentId::from_parts(1, 1),
        kind: Kind::Missing.label(),
        control: "000 014 113".to_owned(),
        card_href: "/cards/1".to_owned(),
        place: "所在不明".to_owned(),
        remark: "箱1-2-3とその前後の箱".to_owned(),
        told: told.then(|| "市民課 一郎 11月24日(火) 16:35".to_owned()),
        until: ("11月24日(火) 17:35".to_owned(), true),
        ended: None,
        may_tell: true,
        last: Some("11月24日(火) 9:05　従事者　箱1-2-3 → 当日トレイ".to_owned()),
        search: rows(&super::incident::search::LISTING, 4),
        operation: operation(32),
    }
}

fn correct(form: Form) -> CorrectPage {
    CorrectPage {
        texts: Texts::new(Language::JA),
        layout: layout("結果の訂正", Task::Reports),
        form,
        problem: None,
        id: reservation_id(1),
        when: "令和8年11月24日(火) 9:30".to_owned(),
        reservation_href: route::reservation(reservation_id(1)),
        card: Some(("000 012 117".to_owned(), "箱A".to_owned())),
        now: End::NotCome.words(Service::Issuance),
        from: correct::code(End::NotCome),
        choices: correct::choices(Service::Issuance, End::NotCome),
        reasons: Reason::ALL.to_vec(),
        from_paper: true,
        closed: true,
        operation: operation(31),
    }
}

fn refused(field: &'static str, sentence: &str) -> Form {
    let mut form = Form::fresh();
    form.fill(field, "打ったもの");
    form.refuse_ja(field, sentence);
    form
}

/// The first of two incidents, whose form was refused.
fn ended_refused() -> Form {
    let mut form = refused("remark", "どこで見つけたかを入力してください。");
    form.fill("incident", IncidentId::from_parts(1_795_000_000_000, 1).to_string());
    form
}

fn pages() -> Vec<(&'static str, String)> {
    let fresh = Form::fresh;
    let table = Table { columns: vec!["保管場所".to_owned()], rows: vec![vec![Cell::text("𠮷")]] };
    let cannot = [CannotWrite { row: 1, column: 1, character: '𠮷' }];
    let unknown = "5桁の番号は使っていません。".to_owned();
    let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    let line = |issued| ReportLine {
        day: "令和8年11月24日(火)".to_owned(),
        href: route::report(TODAY),
        issued,
        close_href: issued.is_none().then(|| route::close(TODAY)),
    };
    let both = Acts { arrive: true, change: true, visitor: true, add: true, swap: false };
    let from_paper = Next::Issue { from_paper: true };
    vec![
        ("today", today().render()),
        ("today-closed", closed_today().render()),
        ("list-open", day_list(false, false, fresh()).render()),
        ("list-frozen", day_list(true, false, refused("person", "入力してください。")).render()),
        ("list-transferred", day_list(true, true, fresh()).render()),
        (
            "scan-unknown",
            UnknownPage::new(layout("読み取れませんでした", Task::Counter), unknown, status).render(),
        ),
        ("scan-alarm", AlarmPage::new(layout("個人番号の読み取りを止めました", Task::Counter)).render()),
        ("reservations", day(40).render()),
        ("reservations-none", day(0).render()),
        (
            "reservations-cannot-write",
            CannotWritePage::new(
                layout("CP932では書けない文字", Task::Reservations),
                &table.columns,
                &cannot,
            )
            .render(),
        ),
        ("reservation", reservation(fresh(), None, both).render()),
        ("reservation-refused", reservation(refused("channel", "選んでください。"), None, both).render()),
        ("reservation-later", reservation(fresh(), Some("取り消せません。"), Acts::default()).render()),
        ("book", slots(fresh(), None).render()),
        ("offer", slots_offered(false).render()),
        ("offer-renewal", slots_offered(true).render()),
        ("book-family", slots_of_family().render()),
        ("book-beyond", slots_beyond(true).render()),
        ("book-full", slots_beyond(false).render()),
        ("book-refused", slots(refused("channel", "申し出の方法を選んでください。"), None).render()),
        (
            "move-full",
            slots(fresh(), Some("この時間は、たった今埋まりました。別の時間を選んでください。")).render(),
        ),
        ("counter", counter(6).render()),
        ("counter-empty", counter(0).render()),
        ("reception-arrived", reception(Visit::Arrived, Next::Papers, fresh(), None).render()),
        (
            "reception-away-refused",
            reception(Visit::Arrived, Next::Papers, refused("reason", "理由を選んでください。"), None)
                .render(),
        ),
        (
            "reception-checked",
            reception(Visit::Checked, Next::ToCity, refused("person", "入力してください。"), None).render(),
        ),
        (
            "reception-with-city",
            reception(Visit::WithCity, from_paper, refused("paper", "印を付けてください。"), None).render(),
        ),
        (
            "reception-others",
            reception(Visit::WithCity, Next::Others, fresh(), Some("先に進めました。")).render(),
        ),
        ("reception-issued", reception(Visit::Issued, Next::Issued, fresh(), None).render()),
        ("reception-put-away", reception(Visit::SentAway, Next::PutAway, fresh(), None).render()),
        ("reception-over", reception(Visit::Left, Next::Over, fresh(), None).render()),
        ("close-open", close(refused("absent", "選んでください。"), false, false).render()),
        ("close-ready", close(refused("city_count", "件数が違います。"), true, false).render()),
        ("close-closed", close(fresh(), true, true).render()),
        (
            "report",
            ReportPage::of(
                layout("報告", Task::Reports),
                domain::service::Service::Issuance,
                TODAY,
                &report(true),
                &before(),
            )
            .render(),
        ),
        (
            "report-open",
            ReportPage::of(
                layout("報告", Task::Reports),
                domain::service::Service::Issuance,
                TODAY,
                &report(false),
                &[],
            )
            .render(),
        ),
        ("incident", incident_page(refused("told", "時刻を入力してください。"), false).render()),
        ("incident-told", incident_page(fresh(), true).render()),
        ("incidents", incidents(ended_refused(), true).render()),
        ("incidents-none", incidents(fresh(), false).render()),
        ("incident-open", open_incident(fresh()).render()),
        ("incident-refused", open_incident(refused("told", "時刻を入力してください。")).render()),
        ("correct", correct(fresh()).render()),
        ("correct-refused", correct(refused("reason", "持ち帰りの理由を選んでください。")).render()),
        (
            "reports",
            ReportsPage {
                layout: layout("報告", Task::Reports),
                today: TODAY,
                lines: vec![line(None), line(Some(170))],
            }
            .render(),
        ),
    ]
    .into_iter()
    .chain(super::pickup::samples::pages())
    .map(|(name, html)| (name, html.unwrap()))
    .collect()
}

/// The page with its style inside, to be opened from a folder.
fn alone(html: &str) -> String {
    let link = format!("<link rel=\"stylesheet\" href=\"{}\">", asset::href("style.css"));
    html.replace(&link, &format!("<style>{}</style>", asset::content("style.css").unwrap()))
}

#[test]
fn every_page_of_the_counter_is_whole() {
    let folder = std::env::var("MADOGUCHI_SAMPLES").ok();
    for (name, html) in pages() {
        assert_eq!(html.matches("<h1>").count(), 1, "{name}: not one heading");
        let main = html.split("<main").nth(1).unwrap();
        let filled = main.matches("class=\"button\"").count();
        assert!(filled <= 1, "{name}: {filled} filled buttons");
        for mark in ["{{", "{%", "{ $"] {
            assert!(!html.contains(mark), "{name}: {mark} is left");
        }
        assert!(!html.contains(" style=\"") && !html.contains(" onclick"), "{name}: inline code");
        assert!(!html.contains("://"), "{name}: names another host");
        let mut ids: Vec<&str> =
            html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        for target in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.contains(&target), "{name}: #{target} leads nowhere");
        }
        let labels = html.split(" for=\"").skip(1).filter_map(|rest| rest.split('"').next());
        for label in labels.collect::<Vec<_>>() {
            assert!(ids.contains(&label), "{name}: the label of {label} has no field");
        }
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: an id stands twice");
        if let Some(folder) = &folder {
            std::fs::write(Path::new(folder).join(format!("counter-{name}.html")), alone(&html)).unwrap();
        }
    }
}
