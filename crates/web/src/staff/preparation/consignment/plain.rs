//! A list without a file: date, box, how many, first and last line, one method.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::consignment::{AddedKind, ApplicationMethod, Line, PostBlock};

use super::held::Checked;
use super::upload::taken_before;
use super::{BOX, LIST_DATE, RECEIVED_ON, header};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::{Layout, Task};

const COUNT: &str = "count";
const FIRST: &str = "first_line";
const LAST: &str = "last_line";
const METHOD: &str = "method";

/// Cards of one list at most: a box of J-LIS holds far fewer.
const MOST: u32 = 10_000;

/// The form of a list without a file.
#[derive(Template)]
#[template(path = "staff/preparation/consignment/plain.html")]
pub(crate) struct PlainPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    /// The application kinds that settings add.
    pub(crate) kinds: Vec<AddedKind>,
}

impl PlainPage {
    /// Every method, and whether it is chosen.
    fn methods(&self) -> Vec<(ApplicationMethod, bool)> {
        let chosen = self.form.typed(METHOD);
        let known = ApplicationMethod::known(&self.kinds);
        known.map(|(method, _)| (method, method.code() == chosen)).collect()
    }
}

impl Page for PlainPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

fn page(app: &App, signed: &Signed, form: Form) -> Response {
    let mut layout = signed.layout("ファイルなしで取り込む").within(Task::Preparation);
    layout.refused = form.is_refused();
    let kinds = app.settings.profile.consignment.kinds.clone();
    respond(&PlainPage { texts: Texts::new(Language::JA), layout, form, kinds })
}

/// Asks for the list.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Response {
    let mut form = Form::fresh();
    form.fill(RECEIVED_ON, app.today().to_string());
    form.fill(METHOD, ApplicationMethod::AtIssue.code());
    page(&app, &signed, form)
}

/// Checks it, and holds it for the page that shows what would be taken.
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[RECEIVED_ON, LIST_DATE, BOX, COUNT, FIRST, LAST, METHOD])?;
    let header = header(&app, &mut form);
    let lines = lines(&mut form, &app.settings.profile.consignment.kinds);
    let (Some(header), Some(lines), false) = (header, lines, form.is_refused()) else {
        return Ok(page(&app, &signed, form));
    };
    if let Some(sentence) = taken_before(&app, &header).await? {
        form.refuse_ja(BOX, sentence);
        return Ok(page(&app, &signed, form));
    }
    let list = Checked {
        by: signed.session().person,
        header,
        lines,
        questions: Vec::new(),
        format: None,
        taken: tokio::sync::Mutex::new(None),
    };
    let operation = app.operation();
    app.uploads.hold(operation, app.now(), list);
    Ok(see_other(&format!("/consignments/checked/{operation}")))
}

/// The lines from the first to the last, if they are as many as were counted.
fn lines(form: &mut Form, kinds: &[AddedKind]) -> Option<Vec<Line>> {
    let count = field::number(form, COUNT, "枚数");
    let first = field::number(form, FIRST, "最初の一覧番号");
    let last = field::number(form, LAST, "最後の一覧番号");
    let method = form.typed(METHOD).parse::<ApplicationMethod>().ok();
    let method = method.and_then(|method| method.way(kinds).map(|way| (method, way)));
    if method.is_none() {
        form.refuse_ja(METHOD, "申請方式を選んでください。");
    }
    let (count, first, last, (method, way)) = (count?, first?, last?, method?);
    if count > MOST {
        form.refuse_ja(COUNT, format!("一度に{MOST}枚までです。"));
    } else if last < first {
        form.refuse_ja(LAST, "最後の一覧番号は最初の一覧番号以上にしてください。");
    } else if last - first + 1 != count {
        let there = last - first + 1;
        form.refuse_ja(COUNT, format!("枚数が合いません。{first}から{last}までは{there}枚です。"));
    }
    if form.is_refused() {
        return None;
    }
    let line =
        |line| Line { line, notice: None, method, way, post_block: PostBlock::Unknown, short_validity: None };
    Some((first..=last).map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(count: &str, first: &str, last: &str) -> Form {
        let pairs = [(COUNT, count), (FIRST, first), (LAST, last), (METHOD, "at_issue")];
        Fields::of(&pairs).form(&[COUNT, FIRST, LAST, METHOD]).unwrap()
    }

    #[test]
    fn r5_c1_a_list_without_a_file_must_count_up() {
        let read = lines(&mut form("40", "１", "40"), &[]).unwrap();
        assert_eq!((read.len(), read[0].line, read[39].line), (40, 1, 40));
        for (count, first, last, field) in
            [("39", "1", "40", COUNT), ("40", "40", "1", LAST), ("20000", "1", "20000", COUNT)]
        {
            let mut form = form(count, first, last);
            assert_eq!(lines(&mut form, &[]), None);
            assert_eq!(form.faults()[0].field, field);
        }
    }
}
