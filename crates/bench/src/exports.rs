//! Large files: a list of 200,000 rows as workbook and as CSV, with the memory they take, and a consignment's list of
//! 10,000 lines that comes in while somebody else writes.
//!
//! Each file is written in a process of its own. The memory that writing adds is its peak above what the process had
//! when it began to write; rows are made one at a time for the workbook, and stand in a table for the CSV, as the
//! program does it.

use std::io::Cursor;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use documents::intake::Encoding as Written;
use documents::sample::{Mistakes, Order, consignment};
use documents::table::{Cell, Codes, Encoding, Table as List};
use documents::xlsx::{Sheet, Workbook};
use domain::permission::Role;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use store::{Db, Lane};
use storykit::House;

use crate::city::Engine;
use crate::pace::percentile;
use crate::table::{Goal, Table};

/// The variable with the order.
const ORDER: &str = "MADOGUCHI_BENCH_EXPORT";
/// Rows of a list.
const ROWS: u32 = 200_000;
/// Columns of a list.
const COLUMNS: u32 = 12;
/// Lines of a consignment's list.
const LINES: u32 = 10_000;
/// How long the other writer is asked alone.
const ALONE: Duration = Duration::from_secs(2);
/// Between two writes of the other one.
const PAUSE: Duration = Duration::from_millis(2);

/// Which file a process writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Form {
    Xlsx,
    Csv,
}

/// What writing took.
#[derive(Debug, Serialize, Deserialize)]
struct Took {
    seconds: f64,
    mebibytes: f64,
    bytes: usize,
}

/// The order of this process, if it was started to write a file.
pub(crate) fn asked() -> Option<Form> {
    let order = std::env::var(ORDER).ok()?;
    Some(serde_json::from_str(&order).expect("an order of ours"))
}

/// Writes the file, and says what it took.
pub(crate) fn write(form: Form) {
    let columns: Vec<String> = (1..=COLUMNS).map(|n| format!("列{n}")).collect();
    let (before, began, bytes) = match form {
        Form::Xlsx => {
            let (before, began) = (resident(), Instant::now());
            let made_at = "2026-11-24T00:00:00Z".parse().expect("an instant");
            let sheet = Sheet { name: "一覧", columns: &columns, made_at };
            let mut workbook = Workbook::new(Cursor::new(Vec::new()), &sheet).expect("a workbook");
            (0..ROWS).try_for_each(|n| workbook.row(&row(n))).expect("rows");
            (before, began, workbook.finish().expect("a workbook").into_inner().len())
        }
        Form::Csv => {
            let list = List { columns, rows: (0..ROWS).map(row).collect() };
            let (before, began) = (resident(), Instant::now());
            (before, began, list.to_csv(Encoding::Utf8Bom, Codes::Protected).bytes.len())
        }
    };
    let seconds = began.elapsed().as_secs_f64();
    let took = Took { seconds, mebibytes: memory("VmHWM:") - before, bytes };
    println!("{}", serde_json::to_string(&took).expect("a line"));
}

/// A row as lists have it: codes, words, days, numbers.
fn row(n: u32) -> Vec<Cell> {
    let day = date(2026, 1, 1).saturating_add((i64::from(n) % 700).days());
    vec![
        Cell::text(format!("{:09}", n * 10)),
        Cell::text(format!("R8.11.20-{n}")),
        Cell::Number(i64::from(n)),
        Cell::text("交付時来庁"),
        Cell::text("交付通知書発送"),
        Cell::text(format!("箱{}-{}", n % 40, n % 7)),
        Cell::Day(day),
        Cell::text("本庁"),
        Cell::text(format!("{}:{:02}", 9 + n % 8, n % 6 * 10)),
        Cell::text("予約完了"),
        Cell::empty(),
        Cell::text(format!("ABC-{:06}", n % 999_983)),
    ]
}

/// The memory that this process has now, in MiB.
fn resident() -> f64 {
    memory("VmRSS:")
}

fn memory(what: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("/proc");
    let line = status.lines().find_map(|line| line.strip_prefix(what)).expect("the memory");
    line.trim().trim_end_matches("kB").trim().parse::<f64>().expect("a number") / 1024.0
}

fn in_a_process(form: Form) -> Took {
    let order = serde_json::to_string(&form).expect("an order");
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program).env(ORDER, order).output().expect("a second process");
    assert!(output.status.success(), "{form:?} was not written");
    serde_json::from_slice(&output.stdout).expect("a line")
}

/// Measures the files once, and the import on one database.
pub(crate) fn measure(table: &mut Table, engine: Engine, rounds: usize) {
    let rounds = rounds.min(3);
    if engine == Engine::Sqlite {
        for (form, word, goal) in [(Form::Xlsx, "xlsx", 8.0), (Form::Csv, "CSV", 2.0)] {
            let took: Vec<Took> = (0..rounds).map(|_| in_a_process(form)).collect();
            let of = |figure: &dyn Fn(&Took) -> f64| took.iter().map(figure).collect::<Vec<f64>>();
            let what = format!("200,000 × 12 as {word}");
            table.add(what.clone(), "s", &of(&|took| took.seconds), Goal::Below(goal));
            table.add(format!("{what}: memory added"), "MiB", &of(&|took| took.mebibytes), Goal::Below(64.0));
            table.add(format!("{what}: bytes"), "B", &of(&|took| took.bytes as f64), Goal::None);
        }
    }
    let name = engine.name();
    let (mut seconds, mut worst, mut beyond) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let import = import(engine, round);
        seconds.push(import.seconds);
        worst.push(import.worst);
        beyond.push(import.worst - import.own);
    }
    table.add(
        format!("{name}: a list of 10,000 lines, read, checked and taken"),
        "s",
        &seconds,
        Goal::Below(3.0),
    );
    table.add(format!("{name}: another writer's longest wait meanwhile"), "ms", &worst, Goal::None);
    table.add(format!("{name}: that wait beyond the writer's own p99"), "ms", &beyond, Goal::Below(20.0));
}

struct Import {
    seconds: f64,
    /// The longest wait of another writer meanwhile, in milliseconds.
    worst: f64,
    /// What the other writer waits alone, p99, in milliseconds.
    own: f64,
}

/// One list through the screens, as a person gives it, beside somebody who writes.
fn import(engine: Engine, round: usize) -> Import {
    const MADE: Date = date(2026, 10, 30);
    let mut house = House::open(engine.home());
    let (mistakes, encoding) = (Mistakes::default(), Written::Cp932);
    let seed = 100 + round as u64;
    let order = Order { cards: LINES, seed, made_on: MADE, first_line: 1, mistakes, encoding };
    let file = consignment(&order).bytes;
    let mut person = house.person(Role::PersonInCharge);
    let db = house.city.db().clone();
    let now = house.city.now();
    let mut alone = Writer::start(&db, now).during(|| std::thread::sleep(ALONE));
    let own = percentile(&mut alone, 99);
    person.open("/consignments/new");
    person.fill("received_on", "2026-11-02").fill("list_date", "2026-10-30").fill("box", "7");
    person.attach("file", "list.csv", &file);
    let mut seconds = 0.0;
    let mut meanwhile = Writer::start(&db, now).during(|| {
        let began = Instant::now();
        person.press("内容を確認する").sees("取り込む内容の確認").press("取り込む");
        seconds = began.elapsed().as_secs_f64();
        assert_eq!(person.status(), 200, "{}", person.text());
    });
    Import { seconds, worst: percentile(&mut meanwhile, 100), own }
}

/// Somebody who makes a small write again and again.
struct Writer {
    ends: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<Vec<Duration>>,
}

impl Writer {
    fn start(db: &Db, now: jiff::Timestamp) -> Self {
        let (ends, db) = (Arc::new(AtomicBool::new(false)), db.clone());
        let ended = ends.clone();
        let thread = std::thread::spawn(move || {
            let mut waits = Vec::new();
            while !ended.load(Ordering::Relaxed) {
                let began = Instant::now();
                let written =
                    db.write_now(Lane::Staff, move |tx| store::visit::attempt_failed(tx, &[7; 32], now));
                written.expect("a write");
                waits.push(began.elapsed());
                std::thread::sleep(PAUSE);
            }
            waits
        });
        Self { ends, thread }
    }

    /// How long each write waited while something else was done.
    fn during(self, work: impl FnOnce()) -> Vec<Duration> {
        work();
        self.ends.store(true, Ordering::Relaxed);
        self.thread.join().expect("the other writer")
    }
}
