//! The ledger of personal data: what the city decided on each field (11(4)イ).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::time::era_date;
use store::privacy::{Decision, NOTICE_NUMBER};

use super::{frame, words};
use crate::App;
use crate::kit::{Form, Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

/// A field with its decision.
struct Line {
    field: String,
    decision: &'static str,
    by: String,
    on: String,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/account/ledger.html")]
pub(super) struct LedgerPage {
    layout: Layout,
    lines: Vec<Line>,
}

impl LedgerPage {
    /// The decisions; the field that everything is found by is shown also while it is undecided.
    pub(super) fn new(layout: Layout, decisions: &[Decision]) -> Self {
        let mut lines: Vec<Line> = decisions
            .iter()
            .map(|decision| Line {
                field: words::field_words(&decision.field).to_owned(),
                decision: if decision.agreed { "保持する" } else { "保持しない" },
                by: decision.decided_by.clone(),
                on: era_date(decision.decided_on),
            })
            .collect();
        if decisions.iter().all(|decision| decision.field != NOTICE_NUMBER) {
            lines.push(Line {
                field: words::field_words(NOTICE_NUMBER).to_owned(),
                decision: "未決定（保持しない）",
                by: "－".to_owned(),
                on: "－".to_owned(),
            });
        }
        Self { layout, lines }
    }
}

impl Page for LedgerPage {}

/// Shows the decisions.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let decisions = app.db.read(store::privacy::decisions).await?;
    Ok(respond(&LedgerPage::new(frame(&signed, "個人情報の台帳", &Form::fresh()), &decisions)))
}
