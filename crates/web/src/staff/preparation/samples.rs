//! Every page of this part rendered from samples.

use askama::Template;
use domain::batch::{BatchKind, BatchState};
use domain::card::{Finding, Pass, Progress};
use domain::funnel::{Step, Waiting};
use domain::group::Group;
use domain::id::{
    BatchId, CardId, ConsignmentId, EntryId, FilterId, Id, LetterBatchId, OperationId, PlaceId, RecallId,
    ReservationId, SupplyId, TellingId,
};
use domain::place::PlaceKind;
use domain::profile::Profile;
use jiff::civil::date;
use store::batch::mail::Posting;
use store::letter::PartState;
use store::saved::Saved;

use super::card::recall::Face;
use super::consignment::problem;
use super::{batch, card, consignment, custody, letter, progress, recalls, scan, storage, supply};
use crate::kit::{Form, Language, Texts};
use crate::staff::export::TooLongPage;
use crate::staff::layout::samples::person;
use crate::staff::listing::samples::{rows, table};
use crate::staff::{Layout, Task};

/// A profile without rules, for reading lists.
pub(super) fn profile() -> Profile {
    let text = r#"{
        "city": { "name_ja": "吹田市", "name_en": "Suita City" },
        "ledger": { "notice_number": { "decision": "agreed", "by": "市民課", "on": "2024-08-01" } },
        "notice_number": { "layout": "AAA-999999" },
        "consignment": {
            "columns": [
                { "header": "一覧番号", "field": "list_line" },
                { "header": "交付通知書番号", "field": "notice_number" },
                { "header": "申請方式", "field": "method" },
                { "header": "郵便番号", "field": "postal_code" },
                { "header": "カード有効期限", "field": "expiry_date" }
            ],
            "post_blocks": ["564", "565"],
            "short_validity_months": 2
        },
        "rule": []
    }"#;
    serde_json::from_str(text).unwrap()
}

fn layout(title: &str) -> Layout {
    Layout::new(title, date(2026, 11, 24), Some(person())).within(Task::Preparation)
}

/// What the form of a recall can refuse.
const RECALL_FIELDS: [&str; 6] = ["source", "cause", "until", "booked", "person", "paper"];

fn recalls_page(with_lines: bool) -> recalls::list::ListPage {
    let line = recalls::list::Line {
        href: "/cards/x".to_owned(),
        control: "104 230 001".to_owned(),
        reference: "R8.11.20-1".to_owned(),
        cause: "市の引抜き指示",
        source: "市の指示",
        place: "箱1-2-3".to_owned(),
        until: "11月20日(金)".to_owned(),
        late: true,
        booked: Some(("/reservation/x".to_owned(), "11月26日(木) 9:30".to_owned())),
        next: ("市の判断を記録", Some("/cards/x/decide".to_owned())),
    };
    let telling = recalls::list::ToTell {
        id: TellingId::from_parts(1, 1),
        href: "/cards/x".to_owned(),
        control: "104 230 001".to_owned(),
        reservation: (ReservationId::from_parts(1, 1), "11月26日(木) 9:30".to_owned()),
        since: "11月24日(火) 9:20".to_owned(),
        operation: operation(),
    };
    let lines = if with_lines { vec![line] } else { vec![] };
    recalls::list::ListPage {
        layout: layout("交付中止と保留"),
        problem: with_lines.then(|| "この連絡は、ほかの人が先に終えました。".to_owned()),
        to_pass: lines.clone(),
        suspended: lines,
        to_tell: if with_lines { vec![telling] } else { vec![] },
        may_tell: true,
    }
}

fn progress_page(with_cards: bool) -> progress::show::ShowPage {
    let waiting = Waiting { cards: 240, oldest: 12, median: 3, today: 48 };
    let due = progress::show::Due {
        what: "11月24日(火)の予約の引き抜き".to_owned(),
        how_much: "残り3枚（予約188件）".to_owned(),
        href: Some("/pull/2026-11-24".to_owned()),
        late: true,
    };
    progress::show::ShowPage {
        layout: layout("進捗"),
        day: "令和8年11月24日(火)".to_owned(),
        steps: Step::ALL.iter().map(|step| (*step, waiting, 11)).collect(),
        all: 2160,
        open: 1680,
        bottleneck: with_cards.then_some((Step::ToSend, waiting)),
        due: if with_cards { vec![due] } else { vec![] },
        table: rows(&progress::export::LISTING, if with_cards { 2 } else { 0 }),
        days: if with_cards {
            vec![("11月24日(火)".to_owned(), vec![4, 0, 2, 0, 0, 9, 1])]
        } else {
            vec![]
        },
    }
}

fn pull_line(start: Option<domain::time::Start>) -> storage::pull::Line {
    storage::pull::Line {
        card: card_id(1),
        control: "104 230 001".to_owned(),
        reference: "R8.11.20-1".to_owned(),
        start,
    }
}

fn outer() -> storage::fitting::Outer {
    storage::fitting::Outer { id: PlaceId::from_parts(1, 3), name: "棚1-2".to_owned(), chosen: true }
}

fn texts() -> Texts {
    Texts::new(Language::JA)
}

fn refused(fields: &[&'static str]) -> Form {
    let mut form = Form::fresh();
    for field in fields {
        form.refuse_ja(field, "確かめてください。");
    }
    form
}

fn consignment_id() -> ConsignmentId {
    ConsignmentId::from_parts(1_795_000_000_000, 1)
}

fn operation() -> OperationId {
    OperationId::from_parts(1_795_000_000_000, 2)
}

fn card_id(n: u128) -> CardId {
    CardId::from_parts(1_795_000_000_000, n)
}

fn scans() -> Vec<scan::Row> {
    let row = |n, word: &str, good| scan::Row {
        card: Some(card_id(n)),
        name: format!("104 230 00{n}（R8.11.20-{n}）"),
        word: word.to_owned(),
        good,
        undoable: good,
    };
    vec![row(1, "良好", true), row(2, "不一致・不良：別に置いてください", false), row(3, "良好", true)]
}

/// A kind of supplies that is to be ordered.
fn supply_page(form: Form) -> supply::show::ShowPage {
    use domain::supply::{Forecast, Known, RunsOut, Setting, Warning};
    let [_, setting, _] = Setting::first();
    let known = Known { counted: Some(1_000), letters_since: 820, letters_lately: 400, first: None };
    supply::show::ShowPage {
        texts: texts(),
        layout: layout("送付用封筒"),
        form,
        operation: operation(),
        supply: store::supply::Supply {
            id: SupplyId::from_parts(1, 1),
            version: 3,
            setting,
            known,
            counted_at: Some("2026-11-20T00:30:00Z".parse().unwrap()),
        },
        forecast: Forecast {
            stock: Some(180),
            window: None,
            tenths_a_day: Some(205),
            runs_out: RunsOut::Later,
            order_by: None,
            warning: Warning::Order,
        },
        rows: vec![supply::show::Row {
            day: "令和8年11月24日(火)".to_owned(),
            what: "数えた",
            pieces: 1_000,
            difference: "-12".to_owned(),
            remark: "破れた封筒を捨てた".to_owned(),
            person: "見本 操作者".to_owned(),
            at: "11月24日(火) 9:20".to_owned(),
        }],
        may_record: true,
        may_keep: true,
    }
}

/// The envelopes of a part on their piles.
fn piles() -> Vec<domain::sorting::Pile> {
    let portion = |block: &str, letters, ready| domain::sorting::Portion {
        part: LetterBatchId::from_parts(1, 1),
        is_transferred: false,
        block: domain::consignment::PostBlock::try_from(block.to_owned()).unwrap(),
        grams: Some(28),
        letters,
        ready,
    };
    domain::sorting::piles(vec![portion("564", 20, 5), portion("565", 29, 7)])
}

/// The scan screen of the envelopes of a part; with a number, one whose notice is looked at.
fn stuffing(notice: Option<&str>) -> letter::stuffing::StuffingPage {
    letter::stuffing::StuffingPage {
        layout: layout("封入の照合 ABC123"),
        id: LetterBatchId::from_parts(1, 1),
        name: "ABC123".to_owned(),
        is_open: true,
        counts: domain::stuffing::Counts { printed: 50, letters: 49, by_city: 0, notices: 12, cards: 12 },
        piles: piles(),
        half: letter::stuffing::Half::default(),
        envelope: notice.map(|notice| letter::stuffing::Shown {
            card: card_id(1),
            control: "104 230 001".to_owned(),
            line: "R8.11.20-1".to_owned(),
            notice: Some(notice.to_owned()),
            block: "565".to_owned(),
            piles: vec![
                (1, "564".to_owned(), "564".to_owned(), false),
                (2, "565".to_owned(), "565".to_owned(), true),
            ],
        }),
        recent: String::new(),
        rows: scans(),
    }
}

/// The list of cards with a filter set.
fn cards(form: Form) -> card::list::ListPage {
    let choice = |code: &str, words: &str| vec![(code.to_owned(), words.to_owned(), true)];
    let kept = |n: u128, name: &str, shared| card::list::Kept {
        saved: Saved {
            id: FilterId::from_parts(1, n),
            name: name.to_owned(),
            asked: format!("progress=booked&n={n}&"),
            shared,
            own: !shared,
        },
        current: n == 1,
        may_share: !shared,
        may_remove: true,
        operation: operation(),
    };
    let progress = |progress: Progress, current| card::list::Progressed {
        href: format!("/cards?progress={progress}"),
        label: progress.label(),
        count: "500以上".to_owned(),
        current,
    };
    card::list::ListPage {
        texts: texts(),
        layout: layout("カード一覧"),
        progresses: Progress::ALL.iter().map(|one| progress(*one, *one == Progress::Booked)).collect(),
        chips: vec![
            card::filter::Chip {
                words: "進み具合：予約完了".to_owned(), without: "/cards?x".to_owned()
            },
            card::filter::Chip {
                words: "予約：11月24日(火) 9:00から10:00まで".to_owned(),
                without: "/cards?y".to_owned(),
            },
        ],
        choices: card::list::Fields {
            progresses: choice("booked", "予約完了"),
            consignments: choice("x", "R8.11.20 箱3"),
            methods: choice("at_issue", "交付時来庁"),
            kinds: choice("box", "箱"),
        },
        saved: vec![kept(1, "明日の午前", false), kept(2, "郵送から戻ったカード", true)],
        query: "progress=booked&".to_owned(),
        total: Some("72枚".to_owned()),
        table: rows(&card::export::LISTING, 4),
        next: Some("/cards?after=x".to_owned()),
        stopped: true,
        first: false,
        naming: card::list::Naming { form: Form::fresh(), operation: operation() },
        form,
    }
}

#[expect(clippy::too_many_lines, reason = "a list of samples")]
fn pages() -> Vec<(&'static str, String)> {
    let id = consignment_id();
    let row = |line| problem::Row {
        line, column: "2".to_owned(), what: "日付として読めません。".to_owned()
    };
    let wrong =
        consignment::upload::Wrong { individual_number: true, total: 431, rows: (2..202).map(row).collect() };
    let preparation = consignment::list::ListPage {
        layout: layout("準備"),
        older: Some("/preparation?before=x".to_owned()),
        first: false,
        table: table(
            &consignment::export::LISTING,
            vec![consignment::list::Row { id, next: consignment::list::Next::Send(380), is_open: true }],
        ),
        out: vec![consignment::list::Out {
            href: "/batches/x".to_owned(),
            name: "ABC123".to_owned(),
            kind: "交付前設定",
            there: 120,
            sent: "11月20日(金) 13:30".to_owned(),
            receiver: "市民課 架空".to_owned(),
        }],
        letters_waiting: 73,
        parts_open: 2,
        groups: [(Group::Mismatch, 2), (Group::AtApplication, 23), (Group::AtIssue, 380)]
            .map(|(group, cards)| consignment::list::Waiting { group, cards })
            .to_vec(),
        holders: vec![
            ("受託者", "7,412枚".to_owned()),
            ("市", "143枚（引継ぎ中：交付前設定 120、不一致・不良 3）".to_owned()),
        ],
        may: consignment::list::May { inspect: true, transfer: true },
    };
    let missing = |told_to: Option<&str>, state: &'static str| consignment::close::Missing {
        card: "/cards/x".to_owned(),
        control: "104 230 001".to_owned(),
        line: 12,
        reason: "箱と机の下を探しました".to_owned(),
        by: "受託者 架空".to_owned(),
        told_to: told_to.map(str::to_owned),
        incident: "/incidents/x".to_owned(),
        state,
    };
    let close_page = |form: Form, closed: Option<String>| consignment::close::ClosePage {
        texts: texts(),
        layout: layout("受け入れの確認"),
        form,
        id,
        list: "R8.11.20 箱3".to_owned(),
        arrival: Some("1箱　412枚　渡した人：市民課 架空　11月24日(火) 9:20".to_owned()),
        counted: Some(412),
        cards: 412,
        never_came: 1,
        extra_cards: 2,
        explained: 413,
        passes: vec![("数量・券面", 411, 410)],
        ended: 1,
        open_cards: 2,
        open: vec![consignment::close::Row {
            card: "/cards/x".to_owned(),
            control: "104 230 001".to_owned(),
            line: 12,
            done: "1／3".to_owned(),
            incident: "/cards/x/incident".to_owned(),
        }],
        missing: vec![
            missing(Some("市民課 架空"), "箱にありませんでした"),
            missing(None, "あとで見つかりました"),
        ],
        extra: vec![consignment::close::Extra {
            cards: 2,
            reason: "ほかの市のカード".to_owned(),
            by: "受託者 架空".to_owned(),
            receiver: "市民課 架空".to_owned(),
            at: "11月24日(火) 9:40".to_owned(),
            withdraw: "/consignments/x/extra/y".to_owned(),
        }],
        differs: true,
        closed,
        by_paper: true,
        operation: operation(),
    };
    let check = |form: Form| consignment::check::CheckPage {
        texts: texts(),
        layout: layout("取り込む内容の確認"),
        form,
        operation: operation(),
        received_on: "令和8年11月24日(火)".to_owned(),
        list_date: "令和8年11月20日(金)".to_owned(),
        box_name: "3".to_owned(),
        file: "Shift_JIS（CP932）",
        lines: "1から412まで".to_owned(),
        total: 412,
        methods: vec![("交付時来庁", 380), ("申請時来庁", 32)],
        mailed: 32,
        short: 4,
        with_notice: 412,
        questions: vec![row(17)],
        more_questions: 0,
    };
    let show = consignment::show::ShowPage {
        layout: layout("R8.11.20 箱3"),
        id,
        received_on: "令和8年11月24日(火)".to_owned(),
        list_date: "令和8年11月20日(金)".to_owned(),
        box_name: "3".to_owned(),
        is_opening: false,
        cards: 412,
        progress: vec![("一覧表取込済", 12), ("検品済", 400)],
        passes: Pass::ALL
            .iter()
            .map(|pass| consignment::show::PassRow { pass: *pass, done: 400, other: 2, open: true })
            .collect(),
        arrival: Some("1箱　412枚　渡した人：市民課 架空　11月24日(火) 9:20".to_owned()),
        closed: None,
        ready: 380,
        may: consignment::show::May { inspect: true, send: true, print: true },
        aside: vec![consignment::show::Aside {
            id: card_id(1),
            control: "104 230 001".to_owned(),
            line: 1,
            pass: "数量・券面",
            finding: "不一致・不良",
        }],
        table: table(&card::export::LISTING, vec!["良 良 良".to_owned()]),
        next: Some(100),
        stands: rows(&consignment::lines::LISTING, 0).stands,
    };
    let inspect = consignment::inspect::InspectPage {
        layout: layout("検品：数量・券面"),
        id,
        list: "R8.11.20 箱3".to_owned(),
        pass: Pass::Print,
        done: 123,
        cards: 412,
        aside: 2,
        recent: String::new(),
        rows: scans(),
    };
    let batch_page =
        |kind: BatchKind, form: Form, returned: Option<(String, String)>| batch::show::ShowPage {
            texts: texts(),
            layout: layout("引継ぎ ABC123"),
            form,
            id: BatchId::from_parts(1, 1),
            name: "ABC123".to_owned(),
            cards: 120,
            sent: "11月20日(金) 13:30".to_owned(),
            receiver: "市民課 架空".to_owned(),
            kind,
            state: if returned.is_some() { BatchState::Returned } else { BatchState::Sent },
            still_out: 118,
            parts: vec![("市にあります", 118), ("返却済", 2)],
            returned,
            mailed: None,
            may_put: true,
            by_paper: true,
            operation: operation(),
            table: rows(&batch::export::CARDS, 1),
        };
    let letters = |state: PartState, form: Form| letter::show::ShowPage {
        texts: texts(),
        layout: layout("交付のご案内 ABC123"),
        form,
        id: LetterBatchId::from_parts(1, 1),
        name: "ABC123".to_owned(),
        state,
        counts: domain::stuffing::Counts { printed: 51, letters: 50, by_city: 1, notices: 50, cards: 50 },
        piles: piles(),
        inside: store::sorting::Inside {
            enclosures: vec![store::sorting::Enclosure {
                leaflet: "コンビニ交付のご案内".to_owned(),
                version: "第2版".to_owned(),
            }],
            grams: Some(28),
        },
        version: "2026-11A".to_owned(),
        printed: "11月24日(火) 9:20".to_owned(),
        transferred: None,
        posted: None,
        may_print: true,
        by_paper: true,
        operation: operation(),
        is_printable: true,
        table: rows(&letter::export::LETTERS, 1),
    };
    let card_page = |form: Form, posting: Option<Posting>| card::show::ShowPage {
        texts: texts(),
        form,
        by_paper: true,
        layout: layout("カード 104 230 001"),
        id: card_id(1),
        control: "104 230 001".to_owned(),
        place: PlaceId::from_parts(1, 1),
        place_name: "箱1-2-3".to_owned(),
        notice: Some("A1B-000012".to_owned()),
        say: Some(crate::staff::counter::say::Saying::sample()),
        list_line: "R8.11.20-1".to_owned(),
        consignment: id,
        method: "交付時来庁",
        short_validity: true,
        posted: Some("令和8年11月24日(火)".to_owned()),
        notice_now: Some("再送の依頼 11月20日(金)：市へ引き継いだ".to_owned()),
        storage: Some("令和9年2月16日(火)、入院・施設入所のため令和9年4月30日(金)まで延長".to_owned()),
        disposed: Some("令和9年5月6日(木)（市民課 架空）".to_owned()),
        reminders: vec![("/reminders/x".to_owned(), "第2回　令和8年11月16日(月) 送付".to_owned())],
        way: card::show::way(Progress::Notified),
        ended: posting.map(|_| "このカードは交付窓口では渡さずに終了しました（市が郵送）。".to_owned()),
        recall: Some("市の引抜き指示（市の指示）：保留、期限は11月30日(月)".to_owned()),
        suspended: posting.is_none(),
        checked: Some("11月10日(火) なし".to_owned()),
        findings: vec![("数量・券面", "良好")],
        sorted: Some("処理注意（手で仕分け）".to_owned()),
        sorted_into: Some(Group::Attention),
        tracking: posting.map(|_| "123-45-67890-3".to_owned()),
        holder: "受託者　11月20日(金) 13:30から".to_owned(),
        reservation: Some(("/reservation/x".to_owned(), "11月26日(木) 9:30".to_owned())),
        ended_reservations: vec![("/reservation/y".to_owned(), "11月18日(水) 10:00 不来庁".to_owned())],
        incident: Some("破損・汚損"),
        acts: card::show::Acts {
            inspect: None,
            send: false,
            group: Some(Group::Attention),
            sort: vec![Group::Mismatch, Group::Attention],
            posting,
            put: posting.is_none(),
            reprint: true,
            notice: Some("/cards/x/notice".to_owned()),
            book: posting.is_none().then(|| "/book/x".to_owned()),
            walk_in: true,
            incident: Some("/cards/x/incident".to_owned()),
            recall: Some("/cards/x/recall".to_owned()),
            withdraw: Some("/cards/x/withdraw".to_owned()),
            decide: Some("/cards/x/decide".to_owned()),
            pickup: posting.map(|_| "/cards/x/pickup".to_owned()),
            tracking: posting.map(|_| "/cards/x/tracking".to_owned()),
            pass: posting.is_none(),
        },
        operation: operation(),
        walk_in_operation: operation(),
        story: vec![card::story::Line {
            at: "11月24日(火) 9:20".to_owned(),
            who: "窓口 花子".to_owned(),
            what: "一覧表を取り込んだ".to_owned(),
            moved: "→ 検品机".to_owned(),
            remark: String::new(),
        }],
    };
    let recall_page =
        |face: card::recall::Face, form: Form, problem: Option<String>| card::recall::RecallPage {
            texts: texts(),
            layout: layout(face.title()),
            face,
            elsewhere: None,
            form,
            by_paper: true,
            id: card_id(1),
            control: "104 230 001".to_owned(),
            place: "箱1-2-3".to_owned(),
            reservation: Some("11月26日(木) 9:30".to_owned()),
            fits: problem.is_none(),
            problem,
            operation: operation(),
        };
    let decide_page = |form: Form, problem: Option<String>| card::decide::DecidePage {
        texts: texts(),
        layout: layout("保留のカードの市の判断"),
        form,
        problem,
        by_paper: true,
        id: card_id(1),
        recall: Some(RecallId::from_parts(1, 1)),
        control: "104 230 001".to_owned(),
        cause: "申請の取下げ（本人から電話で）".to_owned(),
        place: "箱1-2-3".to_owned(),
        reservation: Some("11月26日(木) 9:30".to_owned()),
        operation: operation(),
    };
    let mut pages = vec![
        ("preparation", preparation.render()),
        (
            "upload-refused",
            consignment::upload::UploadPage {
                texts: texts(),
                layout: layout("一覧表を取り込む"),
                form: refused(&["received_on", "box", "file"]),
                wrong: Some(wrong),
            }
            .render(),
        ),
        (
            "plain",
            consignment::plain::PlainPage {
                texts: texts(),
                layout: layout("ファイルなしで取り込む"),
                form: refused(&["count", "method"]),
                kinds: Vec::new(),
            }
            .render(),
        ),
        ("check", check(Form::fresh()).render()),
        ("check-refused", check(refused(&["confirmed"])).render()),
        ("gone", consignment::check::GonePage { layout: layout("確認の時間が過ぎました") }.render()),
        ("consignment", show.render()),
        ("inspect", inspect.render()),
        (
            "send",
            batch::send::SendPage {
                texts: texts(),
                layout: layout("市へ引継ぎ"),
                form: refused(&["counted", "paper"]),
                id,
                list: "R8.11.20 箱3".to_owned(),
                ready: 380,
                by_paper: true,
                operation: operation(),
            }
            .render(),
        ),
        (
            "batches",
            batch::list::ListPage {
                layout: layout("市への引継ぎ"), table: rows(&batch::export::BATCHES, 1)
            }
            .render(),
        ),
        ("batch", batch_page(BatchKind::Setup, refused(&["counted"]), None).render()),
        ("batch-of-mail", batch_page(BatchKind::Mail, Form::fresh(), None).render()),
        (
            "batch-returned",
            batch_page(
                BatchKind::Setup,
                Form::fresh(),
                Some(("11月24日(火) 10:00".to_owned(), "市民課 架空".to_owned())),
            )
            .render(),
        ),
        (
            "storage",
            storage::list::ListPage {
                layout: layout("保管"),
                may_print: true,
                may_set_up: true,
                month: super::stocktaking::index::Month::Lacks,
                blocks: vec![storage::picture::Block {
                    id: Some(PlaceId::from_parts(1, 2)),
                    name: "キャビネット1".to_owned(),
                    room: Some((PlaceId::from_parts(1, 9), "保管室".to_owned())),
                    shelves: vec![
                        storage::picture::Shelf {
                            id: Some(PlaceId::from_parts(1, 3)),
                            name: "棚1-2".to_owned(),
                            boxes: [(20, Some(100)), (100, Some(100)), (0, None)]
                                .map(|(cards, capacity)| storage::picture::Cell {
                                    id: PlaceId::from_parts(1, 1),
                                    name: "箱1-2-3".to_owned(),
                                    cards,
                                    capacity,
                                })
                                .into(),
                        },
                        storage::picture::Shelf { id: None, name: "棚なし".to_owned(), boxes: vec![] },
                    ],
                }],
                boxes: rows(&storage::export::LISTING, 2),
                others: rows(&storage::export::LISTING, 0),
                total: 120,
            }
            .render(),
        ),
        (
            "place",
            storage::place::PlacePage {
                layout: layout("箱1-2-3"),
                id: PlaceId::from_parts(1, 1),
                kind: "箱",
                inside: "保管室 ＞ キャビネット1".to_owned(),
                label: Some("00000018".to_owned()),
                may_print: true,
                may_put: true,
                may_change: true,
                filled: Some((20, Some(100))),
                key: Some(storage::key::Key {
                    held: Some(("窓口 花子".to_owned(), "11月24日(火) 9:05".to_owned())),
                    seen: "01JCZ000000000000000000000".to_owned(),
                    may_take: true,
                    may_return: true,
                }),
                blocks: vec![],
                table: rows(&card::export::LISTING, 1),
                next: Some(card_id(1)),
            }
            .render(),
        ),
        (
            "pull",
            storage::pull::PullPage {
                layout: layout("11月25日(水)の引き抜き"),
                day: date(2026, 11, 25),
                title: "令和8年11月25日(水)".to_owned(),
                wanted: 188,
                done: 120,
                stands: rows(&storage::pull_export::LISTING, 0).stands,
                heads: rows(&storage::pull_export::LISTING, 0).heads,
                boxes: vec![storage::pull::InBox {
                    name: "箱1-2-3".to_owned(),
                    table: table(
                        &storage::pull_export::LISTING,
                        vec![storage::pull::CardLine { card: card_id(1), control: "104 230 001".to_owned() }],
                    ),
                }],
                astray: vec![pull_line(None)],
                missing: vec![pull_line(Some("9:40".parse().unwrap()))],
                recalled: [false, true]
                    .map(|is_out| storage::pull::Recalled {
                        line: pull_line(None),
                        place: "箱1-2-3".to_owned(),
                        is_out,
                    })
                    .into(),
                may_tell: true,
                recent: String::new(),
                rows: scans(),
                other: vec![("/pull/2026-11-24".to_owned(), "11月24日(火)".to_owned())],
            }
            .render(),
        ),
        (
            "put",
            storage::put::PutPage {
                layout: layout("カードを箱に入れる"),
                place: Some(storage::put::Chosen {
                    id: PlaceId::from_parts(1, 1),
                    name: "箱1-2-3".to_owned(),
                    cards: 100,
                    capacity: Some(100),
                    next: Some("箱1-2-4".to_owned()),
                }),
                waiting: None,
                recent: String::new(),
                rows: scans(),
            }
            .render(),
        ),
        (
            "put-card-first",
            storage::put::PutPage {
                layout: layout("カードを箱に入れる"),
                place: None,
                waiting: Some(storage::put::Waiting {
                    card: card_id(1),
                    control: "104 230 001".to_owned(),
                    place: Some(("箱1-2-3".to_owned(), "一つ前の管理番号のカードがある箱".to_owned())),
                }),
                recent: String::new(),
                rows: scans(),
            }
            .render(),
        ),
        (
            "set-up",
            storage::set_up::SetUpPage {
                texts: texts(),
                layout: layout("保管場所を加える"),
                form: refused(&["kind", "parent", "name", "count", "first", "capacity"]),
                operation: operation(),
                outers: vec![outer()],
            }
            .render(),
        ),
        (
            "place-change",
            storage::change::ChangePage {
                texts: texts(),
                layout: layout("箱1-2-3の変更"),
                form: refused(&["parent", "name", "capacity"]),
                id: PlaceId::from_parts(1, 1),
                name: "箱1-2-3".to_owned(),
                kind: PlaceKind::Box,
                outers: vec![outer()],
            }
            .render(),
        ),
        (
            "place-empty",
            storage::empty::EmptyPage {
                texts: texts(),
                layout: layout("箱1-2-3のカードをまとめて移す"),
                form: refused(&["code"]),
                operation: operation(),
                id: PlaceId::from_parts(1, 1),
                name: "箱1-2-3".to_owned(),
                cards: 42,
            }
            .render(),
        ),
        (
            "letters",
            letter::list::ListPage {
                texts: texts(),
                layout: layout("交付のご案内"),
                form: Form::fresh(),
                waiting: 73,
                may_print: true,
                operation: operation(),
                table: rows(&letter::export::PARTS, 1),
            }
            .render(),
        ),
        ("part-printed", letters(PartState::Printed, refused(&["counted", "person"])).render()),
        ("part-transferred", letters(PartState::Transferred, Form::fresh()).render()),
        ("stuffing", stuffing(None).render()),
        ("stuffing-notice", stuffing(Some("A1B-000012")).render()),
        (
            "take-out",
            letter::take_out::TakeOutPage {
                texts: texts(),
                layout: layout("案内を束から抜き出す"),
                form: refused(&["code", "why", "then"]),
                operation: operation(),
                id: LetterBatchId::from_parts(1, 1),
                name: "ABC123".to_owned(),
            }
            .render(),
        ),
        ("cards", cards(Form::fresh()).render()),
        ("cards-refused", cards(refused(&["day", "posted_until"])).render()),
        ("card", card_page(Form::fresh(), None).render()),
        ("card-recall", recall_page(Face::City, Form::fresh(), None).render()),
        ("card-recall-refused", recall_page(Face::City, refused(&RECALL_FIELDS), None).render()),
        (
            "card-recall-too-late",
            recall_page(Face::City, Form::fresh(), Some("先に記録しました。".to_owned())).render(),
        ),
        ("card-withdraw", recall_page(Face::Applicant, Form::fresh(), None).render()),
        (
            "card-withdraw-refused",
            recall_page(Face::Applicant, refused(&["source", "booked"]), None).render(),
        ),
        ("card-decide", decide_page(Form::fresh(), None).render()),
        ("card-decide-refused", decide_page(refused(&["decision", "person", "paper"]), None).render()),
        (
            "sorting",
            letter::sorting::SortingPage {
                layout: layout("郵便区ごとの仕分け"),
                ready: 120,
                letters: 150,
                minimum: 100,
                table: rows(&letter::sorting::LISTING, 3),
            }
            .render(),
        ),
        (
            "enclosures",
            letter::enclosures::EnclosuresPage {
                texts: texts(),
                layout: layout("同封物と重さ"),
                form: refused(&["leaflet_1", "version_1", "grams"]),
                operation: operation(),
                id: LetterBatchId::from_parts(1, 1),
                name: "ABC123".to_owned(),
                is_of_before: true,
                lines: vec![(1, "leaflet_1", "version_1"), (2, "leaflet_2", "version_2")],
            }
            .render(),
        ),
        (
            "supplies",
            supply::list::ListPage {
                layout: layout("用品の在庫"),
                table: rows(&supply::list::LISTING, 3),
                to_order: vec!["送付用封筒".to_owned(), "目隠しシール".to_owned()],
                window: Some("令和8年10月26日(月)から令和8年11月24日(火)までの20開庁日".to_owned()),
                may_keep: true,
            }
            .render(),
        ),
        ("supply", supply_page(refused(&["counted", "remark", "pieces"])).render()),
        (
            "supply-setting",
            supply::setting::SettingPage {
                texts: texts(),
                layout: layout("送付用封筒の使う数・納期"),
                form: refused(&["name", "basis", "delivery_days"]),
                operation: operation(),
                of: Some((SupplyId::from_parts(1, 1), 3)),
            }
            .render(),
        ),
        (
            "letter-versions",
            letter::versions::VersionsPage {
                layout: layout("案内の版とWebの予約"),
                table: rows(&letter::versions::LISTING, 2),
            }
            .render(),
        ),
        (
            "custody",
            custody::show::ShowPage {
                layout: layout("受渡記録　R8.11.20 箱3"),
                id: consignment_id(),
                listed: 3,
                holders: vec![("受託者", 2), ("市", 1)],
                broken: 0,
                table: rows(&custody::export::LISTING, 3),
            }
            .render(),
        ),
        (
            "custody-broken",
            custody::show::ShowPage {
                layout: layout("受渡記録　R8.11.20 箱3"),
                id: consignment_id(),
                listed: 3,
                holders: vec![("受託者", 2)],
                broken: 1,
                table: rows(&custody::export::LISTING, 2),
            }
            .render(),
        ),
        ("progress", progress_page(true).render()),
        ("progress-none", progress_page(false).render()),
        ("recalls", recalls_page(true).render()),
        ("recalls-none", recalls_page(false).render()),
        ("card-came-back", card_page(refused(&["on", "person"]), Some(Posting::CameBack)).render()),
        (
            "batch-group",
            batch::group::GroupPage {
                texts: texts(),
                layout: layout("市へ引継ぎ（処理注意）"),
                form: refused(&["counted", "paper"]),
                group: Group::Attention,
                rows: vec![batch::group::Row {
                    id: card_id(1),
                    list_line: "R8.11.20-1".to_owned(),
                    control: "104 230 001".to_owned(),
                    method: "交付時来庁",
                    by_hand: true,
                }],
                by_paper: true,
                operation: operation(),
            }
            .render(),
        ),
        (
            "batch-some",
            batch::some::SomePage {
                texts: texts(),
                layout: layout("引継ぎ ABC123：一部の返却・引き取り"),
                form: refused(&["card", "counted", "paper"]),
                id: BatchId::from_parts(1, 1),
                kind: BatchKind::Attention,
                rows: vec![batch::some::Row {
                    id: card_id(1),
                    ticked: true,
                    list_line: "R8.11.20-1".to_owned(),
                    control: "104 230 001".to_owned(),
                    remarks: "処理注意あり".to_owned(),
                }],
                by_paper: true,
                operation: operation(),
            }
            .render(),
        ),
        (
            "consignment-arrival",
            consignment::arrival::ArrivalPage {
                texts: texts(),
                layout: layout("市からの受け取り"),
                form: refused(&["boxes", "counted", "paper"]),
                id,
                list: "R8.11.20 箱3".to_owned(),
                cards: 412,
                before: Some("1箱　411枚".to_owned()),
                by_paper: true,
                operation: operation(),
            }
            .render(),
        ),
        (
            "consignment-withdraw",
            consignment::withdraw::WithdrawPage {
                texts: texts(),
                layout: layout("余りの記録の取消"),
                form: refused(&["remark"]),
                id,
                entry: EntryId::from_parts(1, 1),
                cards: 2,
                receiver: "市民課 架空".to_owned(),
                reason: "ほかの市のカード".to_owned(),
                operation: operation(),
            }
            .render(),
        ),
        (
            "consignment-pair",
            consignment::pair::PairPage {
                texts: texts(),
                layout: layout("ラベルの突き合わせ"),
                form: refused(&["check"]),
                id,
                card: card_id(1),
                control: "104 230 001".to_owned(),
                line: 12,
                notice: Some("A1B-00＊＊＊＊".to_owned()),
                pass: Pass::Print,
                finding: Finding::Good,
                recent: String::new(),
            }
            .render(),
        ),
        (
            "consignment-extra",
            consignment::extra::ExtraPage {
                texts: texts(),
                layout: layout("一覧表にないカード"),
                form: refused(&["counted", "remark", "paper"]),
                id,
                list: "R8.11.20 箱3".to_owned(),
                by_paper: true,
                operation: operation(),
            }
            .render(),
        ),
        ("consignment-close", close_page(refused(&["close", "person"]), None).render()),
        ("consignment-closed", close_page(Form::fresh(), Some("11月24日(火) 10:00".to_owned())).render()),
        ("too-long", TooLongPage { layout: layout("PDFにできる件数を超えています"), most: 1000 }.render()),
    ];
    pages.extend(super::opening::samples::pages());
    pages.extend(super::stocktaking::samples::pages());
    pages.extend(super::notice::samples::pages());
    pages.extend(super::reminder::samples::pages());
    pages.extend(super::disposal::samples::pages());
    pages.into_iter().map(|(name, html)| (name, html.unwrap())).collect()
}

#[test]
fn every_page_is_whole() {
    for (name, html) in pages() {
        assert_eq!(html.matches("<h1>").count(), 1, "{name}");
        let mut ids: Vec<&str> =
            html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "an id stands twice on {name}");
        for target in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.contains(&target), "{name} links to #{target}, which is not there");
        }
        let filled = html.matches("class=\"button\" type=\"submit\"").count();
        assert!(filled <= 1, "{name} has {filled} filled buttons");
        if let Ok(folder) = std::env::var("MADOGUCHI_SAMPLES") {
            let style = crate::kit::asset::content("style.css").unwrap();
            let html = html.replace("</head>", &format!("<style>{style}</style></head>"));
            std::fs::write(std::path::Path::new(&folder).join(format!("preparation-{name}.html")), html)
                .unwrap();
        }
    }
}
