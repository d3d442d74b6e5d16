//! The renderer with the real child, and with children that misbehave. The fonts are needed.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail loudly")]

use std::path::PathBuf;
use std::time::Duration;

use documents::Document;
use documents::label::{PlaceLabel, PlaceLabels, Sheet};
use madoguchi::renderer::{Limits, Program, Renderer};
use web::Printer as _;

fn labels() -> Document {
    Document::PlaceLabels(PlaceLabels {
        printed_at: "2026-11-24T00:12:00Z".parse().unwrap(),
        printed_by: "見本 操作者".into(),
        sheet: Sheet::A4_24,
        labels: (1..=24)
            .map(|n| PlaceLabel {
                number: domain::number::PlaceLabel::from_base(n).unwrap().digits(),
                name: format!("箱1-1-{n}"),
                inside: vec!["保管室".into(), "キャビネット1".into(), "棚1-1".into()],
            })
            .collect(),
    })
}

fn real() -> Program {
    Program::render(env!("CARGO_BIN_EXE_madoguchi").into(), &[PathBuf::from("/usr/share/fonts")])
}

fn program(path: &str, words: &[&str]) -> Program {
    Program { path: path.into(), words: words.iter().map(Into::into).collect() }
}

fn lives(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn a_sheet_of_labels_comes_back_from_the_child() {
    let renderer = Renderer::new(real(), Limits::within(Duration::from_mins(1)));
    renderer.warm().await;
    let warm = renderer.resting_child().await.unwrap();
    let pdf = renderer.print(labels()).await.unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    assert_eq!(renderer.print(labels()).await.unwrap(), pdf);
    assert_eq!(renderer.resting_child().await, Some(warm));
    // A paper that contradicts itself is refused by a child that is well.
    let empty = Document::PlaceLabels(PlaceLabels {
        printed_at: "2026-11-24T00:12:00Z".parse().unwrap(),
        printed_by: String::new(),
        sheet: Sheet::A4_24,
        labels: Vec::new(),
    });
    let refused = renderer.print(empty).await.unwrap_err();
    assert!(refused.to_string().contains("no items"), "{refused}");
    assert_eq!(renderer.resting_child().await, Some(warm));
    drop(renderer);
}

#[tokio::test]
async fn a_child_is_replaced_after_its_share_of_papers_or_when_it_grew() {
    let limits = Limits::within(Duration::from_mins(1));
    for limits in [Limits { jobs: 1, ..limits }, Limits { memory_kib: 1, ..limits }] {
        let renderer = Renderer::new(real(), limits);
        renderer.warm().await;
        let first = renderer.resting_child().await.unwrap();
        renderer.print(labels()).await.unwrap();
        assert_ne!(renderer.resting_child().await, Some(first));
        assert!(!lives(first));
        renderer.print(labels()).await.unwrap();
    }
}

#[tokio::test]
async fn a_child_that_was_killed_while_it_rested_costs_nobody_a_paper() {
    let renderer = Renderer::new(real(), Limits::within(Duration::from_mins(1)));
    renderer.warm().await;
    let pid = renderer.resting_child().await.unwrap();
    assert!(std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
    assert!(renderer.print(labels()).await.is_ok());
}

#[tokio::test]
async fn a_child_that_hangs_is_killed() {
    let limits = Limits::within(Duration::from_millis(200));
    let renderer = Renderer::new(program("sleep", &["600"]), limits);
    renderer.warm().await;
    let pid = renderer.resting_child().await.unwrap();
    assert!(lives(pid));
    let refused = renderer.print(labels()).await.unwrap_err();
    assert!(refused.to_string().contains("took longer"), "{refused}");
    assert!(!lives(pid));
    assert_eq!(renderer.resting_child().await, None);
}

#[tokio::test]
async fn a_paper_that_nobody_waits_for_any_more_takes_its_child_with_it() {
    let renderer = Renderer::new(program("sleep", &["600"]), Limits::within(Duration::from_mins(1)));
    renderer.warm().await;
    let pid = renderer.resting_child().await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(100), renderer.print(labels())).await.is_err());
    for _ in 0..100 {
        if !lives(pid) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the child still lives");
}

#[tokio::test]
async fn a_child_that_is_no_renderer_is_an_error() {
    for child in
        [program("true", &[]), program("echo", &["nonsense that is long enough"]), program("/nowhere", &[])]
    {
        let renderer = Renderer::new(child, Limits::within(Duration::from_secs(10)));
        assert!(renderer.print(labels()).await.is_err());
    }
}
