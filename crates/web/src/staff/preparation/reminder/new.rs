//! Whom a round of reminders would be for: the cards are shown before a list is made, each with its posting and its age.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{CardId, OperationId};
use domain::journal::{CityRecord, Subject};
use domain::reminder::{Criteria, DAYS, MOST, days_between};
use domain::time::{era_date, month_day_ja};
use jiff::civil::Date;
use store::journal::View;
use store::reminder::Target;

use crate::App;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::wording::{control, list_line, short_date};
use crate::staff::{Layout, Task};

/// Days since the posting.
pub(super) const POSTED: &str = "posted";
/// Days since the reminder before; empty: it does not matter.
pub(super) const AGAIN: &str = "again";

/// For whom a round is asked first: what a notice gives as the time in which to come.
const USUAL: u32 = 90;

/// The page.
#[derive(Template)]
#[template(path = "staff/preparation/reminder/new.html")]
pub(crate) struct NewPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    /// The cards, once it was asked for whom.
    pub(crate) found: Option<Found>,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
}

impl Page for NewPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// The cards of the criteria.
pub(crate) struct Found {
    pub(crate) day: String,
    pub(crate) rows: Vec<Row>,
    /// There are more than a round may have; the others are for the next one.
    pub(crate) more: bool,
}

impl Found {
    fn ticked(&self) -> usize {
        self.rows.iter().filter(|row| row.ticked).count()
    }
}

/// A card.
pub(crate) struct Row {
    pub(crate) id: CardId,
    pub(crate) ticked: bool,
    pub(crate) href: String,
    pub(crate) control: String,
    pub(crate) list_line: String,
    pub(crate) block: String,
    pub(crate) posted: String,
    pub(crate) age: i32,
    pub(crate) reminded: String,
    /// Why it is on no list unless a person says so.
    pub(crate) remark: &'static str,
}

/// The card on the page; without a word of a person it is ticked where nothing speaks against it.
fn row(target: &Target, today: Date, ticked: Option<&[CardId]>) -> Row {
    Row {
        id: target.card,
        ticked: ticked.map_or_else(|| target.is_plain(), |these| these.contains(&target.card)),
        href: route::card(target.card),
        control: control(target.control_number),
        list_line: list_line(target.list_date, target.line),
        block: target.post_block.label(),
        posted: short_date(target.posted_on),
        age: days_between(target.posted_on, today),
        reminded: target.reminded_on.map(month_day_ja).unwrap_or_default(),
        remark: match (target.returned, target.came) {
            (true, _) => "返戻（市にあります）",
            (false, true) => "来庁あり・未交付",
            (false, false) => "",
        },
    }
}

/// Whom the round is for, as it was typed.
pub(super) fn criteria(form: &mut Form) -> Option<Criteria> {
    let range = format!("{}から{}までの日数", DAYS.start(), DAYS.end());
    let posted = field::number(form, POSTED, "発送からの日数");
    if posted.is_some_and(|days| !DAYS.contains(&days)) {
        form.refuse_ja(POSTED, format!("発送からは、{range}にしてください。"));
    }
    let again = if form.typed(AGAIN).trim().is_empty() {
        None
    } else {
        let days = field::number(form, AGAIN, "前回の受取勧奨からの日数");
        if days.is_some_and(|days| !DAYS.contains(&days)) {
            form.refuse_ja(AGAIN, format!("前回の受取勧奨からは、{range}にしてください。"));
        }
        days
    };
    if form.is_refused() { None } else { Some(Criteria { posted: posted?, again }) }
}

/// Shows the page.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
    signed: Signed,
) -> Result<Response, PageError> {
    if pairs.is_empty() {
        let usual = USUAL.to_string();
        let form = Fields::of(&[(POSTED, &usual)]).form(&[POSTED, AGAIN])?;
        return page(&app, &signed, form, None, None, None).await;
    }
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut form = Fields::of(&pairs).form(&[POSTED, AGAIN])?;
    let criteria = criteria(&mut form);
    page(&app, &signed, form, criteria, None, None).await
}

/// The page with the cards of the criteria, where they can be read.
pub(super) async fn page(
    app: &App,
    signed: &Signed,
    form: Form,
    criteria: Option<Criteria>,
    ticked: Option<&[CardId]>,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let today = app.today();
    let found = match criteria {
        Some(criteria) => Some(targets(app, signed, criteria, today).await?),
        None => None,
    };
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let found = found.map(|targets| Found {
        day: era_date(today),
        rows: targets.iter().take(most).map(|target| row(target, today, ticked)).collect(),
        more: targets.len() > most,
    });
    let mut layout = signed.layout("受取勧奨の名簿を作る").within(Task::Preparation);
    layout.refused = form.is_refused();
    Ok(respond(&NewPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        found,
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
    }))
}

/// The cards, once it is noted that they are shown. One more than a round may have is read, to know whether there are more.
async fn targets(
    app: &App,
    signed: &Signed,
    criteria: Criteria,
    today: Date,
) -> Result<Vec<Target>, PageError> {
    let site = app.settings.site.clone();
    let targets =
        app.db.read(move |reader| store::reminder::targets(reader, &site, criteria, today, MOST + 1)).await?;
    let view = View {
        screen: "reminder_targets",
        asked: format!("{criteria:?}"),
        subjects: targets.iter().map(|target| Subject::Card(target.card)).collect(),
        found: u32::try_from(targets.len()).unwrap_or(u32::MAX),
    };
    signed.viewed(app, view).await?;
    Ok(targets)
}
