//! The folder from which a counter works while the system is down, written by the job of the program to a real disk.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::ledger::Field;
use jiff::SignedDuration;
use jiff::civil::date;
use madoguchi::config::Outage;
use madoguchi::jobs::Jobs;
use madoguchi::renderer::{Limits, Program, Renderer};
use storykit::House;
use testkit::{TestDb, on_both};

struct Story {
    house: House,
    jobs: Jobs,
    runtime: tokio::runtime::Runtime,
    disk: tempfile::TempDir,
}

impl Story {
    fn begin(home: TestDb) -> Self {
        let disk = tempfile::tempdir().unwrap();
        let outage = Outage { folder: disk.path().join("papers"), every_minutes: 5 };
        let program =
            Program::render(env!("CARGO_BIN_EXE_madoguchi").into(), &[PathBuf::from("/usr/share/fonts")]);
        let printer = Renderer::new(program, Limits::within(Duration::from_mins(1)));
        let house = House::with_outage(home, Arc::new(printer), outage.told());
        let jobs = Jobs::new(house.app.clone(), false, None).with_outage(&outage);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { house, jobs, runtime, disk }
    }

    fn folder(&self) -> PathBuf {
        self.disk.path().join("papers")
    }

    fn turn(&self) {
        self.runtime.block_on(self.jobs.put_by());
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.unwrap().path();
        (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap())
    };
    fs::read_dir(folder).unwrap().map(file).collect()
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

on_both! {
    fn r4_h_the_counter_finds_today_tomorrow_and_the_boxes_in_a_folder(home: TestDb) {
        let mut story = Story::begin(home);
        story.house.city.agree(Field::MailAddress, 7);
        let cards = story.house.city.notified(3, 'A');
        story.house.at(date(2026, 11, 10), "16:00");
        let (today, tomorrow) = (date(2026, 11, 10), date(2026, 11, 11));
        for (card, day, start) in [(cards[0], today, "16:30"), (cards[1], tomorrow, "9:00")] {
            let slot = story.house.city.slot(day, start);
            story.house.city.book(card, slot).unwrap();
        }
        let mut operator = story.house.operator();

        // Where the disk is away, nothing is made in its place, and the board says so at once.
        story.turn();
        assert!(!story.folder().exists());
        operator.open("/").reads("停止に備える控えのフォルダー").reads("フォルダーがありません");
        operator.open("/outage").reads("一度も書けていません").reads("運用担当へすぐに知らせてください。");

        fs::create_dir(story.folder()).unwrap();
        fs::write(story.folder().join("memo.csv"), "theirs").unwrap();
        fs::write(story.folder().join("reservations-2026-11-09.pdf"), "of another day").unwrap();
        fs::write(story.folder().join("storage.pdf.part"), "of a killed turn").unwrap();
        story.house.advance(SignedDuration::from_mins(2));
        story.turn();
        let first = files(&story.folder());
        let names: Vec<&str> = first.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "index.txt",
                "memo.csv",
                "renewals-2026-11-10.csv",
                "renewals-2026-11-10.pdf",
                "renewals-2026-11-11.csv",
                "renewals-2026-11-11.pdf",
                "reservations-2026-11-10.csv",
                "reservations-2026-11-10.pdf",
                "reservations-2026-11-11.csv",
                "reservations-2026-11-11.pdf",
                "storage.csv",
                "storage.pdf",
            ]
        );
        assert_eq!(first.values().filter(|bytes| bytes.starts_with(b"%PDF-")).count(), 5);
        let (index, of_today) = (text(&first, "index.txt"), text(&first, "reservations-2026-11-10.csv"));
        assert!(index.contains("書いた時刻：令和8年11月10日(火) 16:02"), "{index}");
        assert!(index.contains("カードの交付の予約（次の開庁日）　令和8年11月11日(水)（1件）"), "{index}");
        assert!(of_today.contains("16:30") && of_today.lines().count() == 2, "{of_today}");
        assert_eq!(text(&first, "storage.csv").lines().count(), 1 + cards.len());
        operator.open("/outage").reads("に書きました。");
        assert!(!operator.open("/").text().contains("停止に備える控えのフォルダー"));

        // Not before its time; then a new booking is there, and what is the same was not printed again.
        let slot = story.house.city.slot(tomorrow, "9:10");
        story.house.city.book(cards[2], slot).unwrap();
        story.turn();
        assert_eq!(files(&story.folder()), first);
        story.house.advance(SignedDuration::from_mins(6));
        story.turn();
        let second = files(&story.folder());
        assert_eq!(text(&second, "reservations-2026-11-11.csv").lines().count(), 3);
        assert!(text(&second, "index.txt").contains("16:08"));
        for same in ["reservations-2026-11-10.pdf", "renewals-2026-11-11.pdf"] {
            assert_eq!(second[same], first[same], "{same}");
        }
        assert_ne!(second["storage.pdf"], first["storage.pdf"], "it shows who is booked");

        // The next day what was tomorrow is today, and yesterday's is gone; what is not ours stays.
        story.house.at(tomorrow, "8:40");
        story.turn();
        let third = files(&story.folder());
        assert!(!third.contains_key("reservations-2026-11-10.pdf") && third.contains_key("memo.csv"));
        assert!(text(&third, "index.txt").contains("カードの交付の予約（今日）　令和8年11月11日(水)（2件）"));

        // A disk that goes away is told, with what was written last; and it is told too when nothing comes any more.
        fs::rename(story.folder(), story.disk.path().join("away")).unwrap();
        story.house.advance(SignedDuration::from_mins(7));
        story.turn();
        let mut operator = story.house.operator();
        operator.open("/").reads("フォルダーがありません").reads("最後に書けたのは");
        fs::rename(story.disk.path().join("away"), story.folder()).unwrap();
        story.house.advance(SignedDuration::from_mins(2));
        story.turn();
        assert!(!operator.open("/").text().contains("停止に備える控えのフォルダー"));
        story.house.advance(SignedDuration::from_mins(16));
        operator.open("/").reads("決めた間隔で書き直されていません");
        story.house.verify();
    }

    fn r4_h_sealed_values_never_go_into_the_folder(home: TestDb) {
        let mut story = Story::begin(home);
        story.house.city.agree(Field::NoticeNumber, 90);
        let cards = story.house.city.notified(1, 'A');
        story.house.at(date(2026, 11, 10), "10:00");
        let slot = story.house.city.slot(date(2026, 11, 11), "9:00");
        story.house.city.book(cards[0], slot).unwrap();
        fs::create_dir(story.folder()).unwrap();
        story.turn();
        let mut operator = story.house.operator();
        operator.open("/reservations/2026-11-11").reads("ABC-000001");
        for (name, bytes) in files(&story.folder()) {
            assert!(!String::from_utf8_lossy(&bytes).contains("ABC-"), "{name}");
        }
    }
}
