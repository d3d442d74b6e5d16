//! A day's report in all its forms, and a printer that prints what the template would get.

use documents::Document;
use documents::intake::{Intake, Limits};
use jiff::civil::Date;
use storykit::Browser;
use web::{Printer, Printing};

/// A printer whose paper is the data that the template gets.
pub(crate) struct Plain;

impl Printer for Plain {
    fn print(&self, document: Document) -> Printing {
        Box::pin(async move { Ok(serde_json::to_vec(&document.data().unwrap()).unwrap()) })
    }
}

/// A figure: its subject, its name, its count.
pub(crate) type Figure = (String, String, i64);

/// The files of a day's report: paper, workbook, both tables.
pub(crate) fn files(browser: &mut Browser, day: Date) -> Vec<Vec<u8>> {
    let forms = [".pdf", ".xlsx", ".csv?encoding=utf8", ".csv?encoding=cp932"];
    let files = forms.map(|form| {
        browser.open(&format!("/reports/{day}{form}"));
        assert_eq!(browser.status(), 200, "{form}: {}", browser.text());
        browser.page().bytes.clone()
    });
    files.to_vec()
}

/// The figures of a table, and the lines of corrections apart: `訂正` names each of them.
pub(crate) fn of_table(bytes: &[u8]) -> (Vec<Figure>, Vec<String>) {
    let read = Intake::open(bytes, &Limits::default()).unwrap();
    let mut figures = Vec::new();
    let mut corrections = Vec::new();
    for row in read.rows() {
        let [_, group, name, count, ..] = &row.unwrap().fields[..] else { panic!("a row of five columns") };
        if group == "訂正" && name != "訂正 計" {
            corrections.push(name.clone());
            continue;
        }
        figures.push((group.clone(), name.clone(), count.parse().unwrap()));
    }
    (figures, corrections)
}

/// The figures of the page of a day's report.
pub(crate) fn of_page(browser: &mut Browser, day: Date) -> Vec<Figure> {
    browser.open(&format!("/reports/{day}"));
    let mut figures = Vec::new();
    for section in browser.page().tree.named(&["section"]) {
        let Some(group) = section.named(&["h2"]).first().map(|heading| heading.text()) else { continue };
        for row in section.named(&["tr"]) {
            let name = row.named(&["summary"]).first().map(|summary| summary.text());
            let count = row.named(&["td"]).last().map(|cell| cell.text());
            if let Some((name, count)) = name.zip(count)
                && (group != "訂正" || name == "訂正 計")
            {
                figures.push((group.clone(), name, count.parse().unwrap()));
            }
        }
    }
    figures
}
