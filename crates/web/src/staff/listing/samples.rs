//! The screens of arrangements rendered from samples, and tables for the samples of the screens of lists.

use askama::Template;
use documents::table::Cell;
use domain::arrangement::{Arrangement, StaffList};
use domain::id::{Id, OperationId};
use jiff::civil::date;
use store::arrangement::InUse;

use super::arranged::Arranged;
use super::column::{Listing, Look};
use super::edit::{Beside, EditPage, Other, choices};
use super::show::{Line as Shown, ShowPage, media, order};
use super::table::{Line, Table};
use crate::kit::{Form, Language, Texts};
use crate::staff::Layout;
use crate::staff::layout::samples::person;

fn cells(listing: &Listing, n: i64) -> Vec<Cell> {
    let cell = |look: Look, name: &str| match look {
        Look::Words | Look::Code => Cell::text(format!("{name} {n}")),
        Look::Control => Cell::text(format!("10423{n:04}")),
        Look::Count => Cell::Number(n),
        Look::Time => Cell::text("9:10"),
        Look::Weekday => Cell::Day(date(2026, 11, 24)),
        Look::Tag => Cell::text(if n == 1 { name } else { "" }),
    };
    listing.columns.iter().map(|column| cell(column.look, column.name)).collect()
}

/// A table of a list as it stands before anybody arranges it, with what its page adds to each row.
pub(crate) fn table<T>(listing: &'static Listing, more: Vec<T>) -> Table<T> {
    let arranged = Arranged::of(listing, None, |_| true);
    let line = |(n, more)| Line { href: format!("/sample/{n}"), cells: cells(listing, n), more };
    Table::new(&arranged, (1..).zip(more).map(line).collect())
}

/// The same with rows to which the page adds nothing.
pub(crate) fn rows(listing: &'static Listing, count: usize) -> Table {
    table(listing, vec![(); count])
}

fn listing(list: StaffList) -> &'static Listing {
    super::all().find(|listing| listing.list == list).unwrap()
}

fn operation() -> OperationId {
    OperationId::from_parts(1_795_000_000_000, 2)
}

fn layout(listing: &Listing, what: &str) -> Layout {
    Layout::new(format!("{}：{what}", listing.list.label()), date(2026, 11, 24), Some(person()))
        .within(listing.task)
}

fn arrangement() -> Arrangement {
    "time:spf place:spf control:spf shelf:s remark:pf order=-place".parse().unwrap()
}

fn show(arranges: bool) -> ShowPage {
    let listing = listing(StaffList::Reservations);
    let line = |id: &str, name: &str, is_used, gone: &str| Shown {
        id: id.to_owned(),
        version: 2,
        name: name.to_owned(),
        media: media(listing, &arrangement()),
        order: order(listing, &arrangement()),
        agreement: if id.is_empty() {
            ""
        } else {
            "市民課 架空（市、令和8年11月20日(金) 13:30）"
        }
        .to_owned(),
        saved: "第2版　11月20日(金) 13:40 責任 太郎".to_owned(),
        gone: gone.to_owned(),
        is_used,
        for_all: is_used,
        operation: operation(),
    };
    ShowPage {
        layout: layout(listing, "列と並び"),
        listing,
        used: ("市へ渡す様式".to_owned(), true),
        lines: vec![
            line("", "標準", false, ""),
            line("01JCZ0000000000000000000A1", "市へ渡す様式", true, ""),
            line("01JCZ0000000000000000000A2", "前の様式", false, "shelf"),
        ],
        arranges,
        operation: operation(),
    }
}

fn edit(list: StaffList, form: Form, stale: bool) -> EditPage {
    let listing = listing(list);
    let other = Other {
        saved: "11月24日(火) 9:05 責任 花子".to_owned(),
        name: "市へ渡す様式".to_owned(),
        media: media(listing, &arrangement()),
        order: order(listing, &arrangement()),
    };
    EditPage {
        texts: Texts::new(Language::JA),
        layout: Layout { refused: form.is_refused(), ..layout(listing, "レイアウトを変える") },
        form,
        listing,
        choices: choices(listing, &arrangement()),
        gone: if stale { "shelf".to_owned() } else { String::new() },
        beside: Beside { focus: Some(("up", "control")), other: stale.then_some(other) },
        by_account: stale,
        operation: operation(),
    }
}

#[test]
fn r4_f_the_screens_of_arrangements_are_whole() {
    let mut wrong = Form::fresh();
    for field in ["columns", "sort", "name", "agreed", "person", "agreed_on", "agreed_at"] {
        wrong.refuse_ja(field, "確かめてください。");
    }
    let pages = [
        ("show", show(true).render()),
        ("show-only", show(false).render()),
        ("edit", edit(StaffList::Reservations, Form::fresh(), false).render()),
        ("edit-refused", edit(StaffList::Reservations, wrong, false).render()),
        ("edit-stale", edit(StaffList::Cards, Form::fresh(), true).render()),
    ];
    for (name, html) in pages {
        let html = html.unwrap();
        let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let unique: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{name}: an id stands twice");
        assert_eq!(html.matches("<form").count(), html.matches("</form>").count(), "{name}");
        if name == "edit-refused" {
            for field in ["columns", "sort", "name", "agreed"] {
                assert!(html.contains(&format!("id=\"{field}-fault\"")), "{field}");
                assert!(html.contains(&format!("href=\"#{field}\"")), "{field}");
            }
        }
        assert_eq!(html.contains("レイアウトを作る"), name == "show", "{name}");
    }
    // The first button of the form does nothing, so that Enter in a field moves no column.
    let html = edit(StaffList::Reservations, Form::fresh(), false).render().unwrap();
    let first = html.split("name=\"up\"").nth(1).unwrap();
    assert!(first.split('>').next().unwrap().contains("disabled"));
    assert_eq!(html.matches(" autofocus").count(), 1);
}

#[test]
fn r4_f_a_table_leads_to_its_rows_whatever_columns_it_has() {
    let listing = listing(StaffList::Reservations);
    let used = |stands: &str| InUse {
        id: domain::id::ArrangementId::from_parts(1, 1),
        name: "様式".to_owned(),
        arrangement: stands.parse().unwrap(),
        own: true,
    };
    for (stands, leads) in [("time:s control:s", 1), ("time:s place:s control:p", 0)] {
        let arranged = Arranged::of(listing, Some(&used(stands)), |_| true);
        let table = Table::new(&arranged, vec![Line::new("/reservation/x", cells(listing, 1))]);
        let led: Vec<usize> = (0..)
            .zip(&table.rows[0].cells)
            .filter(|(_, cell)| !cell.href.is_empty())
            .map(|(at, _)| at)
            .collect();
        assert_eq!(led, [leads], "{stands}");
    }
}
