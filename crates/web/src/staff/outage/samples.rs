//! The screens about outages rendered from samples.

use askama::Template;
use jiff::civil::{Date, date};

use super::show::{Folder, OutagePage};
use crate::staff::layout::samples;
use crate::staff::{Layout, Task};

const TODAY: Date = date(2026, 11, 24);

fn page(folder: Option<Folder>) -> OutagePage {
    let layout = Layout::new("停止への備え", TODAY, Some(samples::person())).within(Task::Today);
    OutagePage { layout, folder }
}

fn folder(written: Option<&str>, fault: Option<&str>) -> Folder {
    Folder {
        path: "/mnt/second-disk/madoguchi-outage".to_owned(),
        minutes: 5,
        written: written.map(str::to_owned),
        fault: fault.map(str::to_owned),
    }
}

#[test]
fn r4_h_every_screen_of_outages_is_whole() {
    let folders = std::env::var("MADOGUCHI_SAMPLES").ok();
    let fault = "ディスクに空きがありません。最後に書けたのは11月24日(火) 9:05";
    let pages = [
        ("outage", page(Some(folder(Some("11月24日(火) 9:05"), None))).render()),
        ("outage-first", page(Some(folder(None, None))).render()),
        ("outage-fault", page(Some(folder(Some("11月24日(火) 9:05"), Some(fault)))).render()),
        ("outage-none", page(None).render()),
    ];
    for (name, html) in pages {
        let html = html.unwrap();
        assert_eq!(html.matches("<h1>").count(), 1, "{name}: not one heading");
        for mark in ["⟦", "{{", "{%", " style=\"", " onclick", "@"] {
            assert!(!html.contains(mark), "{name}: {mark}");
        }
        if let Some(folder) = &folders {
            std::fs::write(std::path::Path::new(folder).join(format!("{name}.html")), html).unwrap();
        }
    }
}
