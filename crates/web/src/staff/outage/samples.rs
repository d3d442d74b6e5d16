//! The screens about outages rendered from samples.

use askama::Template;
use domain::id::{Id, OperationId, PersonId};
use domain::outage::OnPaper;
use domain::reception::Reason;
use domain::service::Service;
use jiff::civil::{Date, date};

use super::enter::{EnterPage, Row};
use super::show::{Folder, OutagePage};
use crate::kit::{Fields, Form, Language, Texts};
use crate::staff::layout::samples;
use crate::staff::{Layout, Task};

const TODAY: Date = date(2026, 11, 24);

fn page(folder: Option<Folder>) -> OutagePage {
    let layout = Layout::new("停止への備え", TODAY, Some(samples::person())).within(Task::Today);
    OutagePage { layout, may_enter: folder.is_some(), folder }
}

fn folder(written: Option<&str>, fault: Option<&str>) -> Folder {
    Folder {
        path: "/mnt/second-disk/madoguchi-outage".to_owned(),
        minutes: 5,
        written: written.map(str::to_owned),
        fault: fault.map(str::to_owned),
    }
}

fn enter(what: OnPaper, problem: Option<&str>, done: Option<&'static str>, mut form: Form) -> EnterPage {
    if problem.is_none() && done.is_none() {
        form.refuse_ja("code", "ラベルの管理番号か、予約番号を読み取ってください。");
    }
    let row = |what: OnPaper, checked_by: &str| Row {
        happened: "9:07".to_owned(),
        what: what.label(),
        name: "000 012 117".to_owned(),
        href: "/reservation/x".to_owned(),
        checked_by: checked_by.to_owned(),
        entered: "11月24日(火) 11:45 窓口 花子".to_owned(),
    };
    EnterPage {
        texts: Texts::new(Language::JA),
        layout: Layout::new("停止中の記録", TODAY, Some(samples::person())).within(Task::Today),
        form,
        problem: problem.map(str::to_owned),
        done,
        what,
        kinds: OnPaper::ALL.iter().map(|what| (*what, format!("/outage/entries?what={what}"))).collect(),
        people: vec![(PersonId::from_parts(1, 1), "窓口 花子".to_owned())],
        reasons: Reason::of(Service::Issuance).collect(),
        from_paper: true,
        rows: vec![row(OnPaper::HandedOver, "窓口 花子"), row(OnPaper::SentAway, "")],
        operation: OperationId::from_parts(1, 1),
    }
}

fn form(what: OnPaper) -> Form {
    let code = what.code();
    let pairs =
        [("what", code), ("day", "2026-11-24"), ("from", "9:00"), ("until", "11:30"), ("time", "9:07")];
    Fields::of(&pairs).form(&["what", "day", "from", "until", "time"]).unwrap()
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
        (
            "outage-handed-over",
            enter(OnPaper::HandedOver, None, Some("記録しました。"), form(OnPaper::HandedOver)).render(),
        ),
        ("outage-sent-away", enter(OnPaper::SentAway, None, None, form(OnPaper::SentAway)).render()),
        (
            "outage-put-back",
            enter(OnPaper::PutBack, Some("記録していません。"), None, form(OnPaper::PutBack)).render(),
        ),
        (
            "outage-not-come",
            enter(OnPaper::NotCome, None, Some("記録しました。"), form(OnPaper::NotCome)).render(),
        ),
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
