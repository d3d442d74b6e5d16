//! The slots of one day, each with what is taken by which way, and why it has so many places.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::capacity::{Grant, Used};
use domain::reservation::Channel;
use domain::rules::RuleSet;
use domain::time::{Start, era_date};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use super::day::{self, Answer};
use super::{SlotsOf, frame};
use crate::App;
use crate::kit::{Form, Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::layout::Layout;

/// A slot.
struct Line {
    start: Start,
    /// The part of the page's address: s0900.
    anchor: String,
    places: u16,
    used: Used,
    /// How many are free on the web, and by telephone.
    free: [u32; 2],
    /// How many are taken beyond the places.
    beyond: u32,
    /// Why, told at the first of the slots with the same reason: how many they are, and in words.
    why: Option<(usize, Vec<String>)>,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/account/rules/slots.html")]
pub(in super::super) struct SlotsPage {
    layout: Layout,
    of: SlotsOf,
    day: Date,
    title: String,
    answer: Answer,
    lines: Vec<Line>,
    previous: Option<String>,
    next: Option<String>,
    edits: bool,
}

impl SlotsPage {
    /// The slots of a day at an instant.
    pub(in super::super) fn new(
        layout: Layout,
        of: SlotsOf,
        rules: &RuleSet,
        (day, now): (Date, Timestamp),
        used: &[(Start, Used)],
        edits: bool,
    ) -> Self {
        let slots = rules.slots(of.service, &of.site, day);
        let mut lines = Vec::with_capacity(slots.len());
        for run in slots.chunk_by(|one, other| one.1 == other.1) {
            for (n, (start, grant)) in run.iter().enumerate() {
                let why = (n == 0).then(|| (run.len(), day::reasons(rules, grant, day)));
                let used = used.iter().find(|(at, _)| at == start).map(|(_, used)| *used).unwrap_or_default();
                lines.push(line(*start, grant, used, now, why));
            }
        }
        Self {
            layout,
            day,
            title: era_date(day),
            answer: day::answer(rules, of.service, &of.site, &of.site_name, day),
            lines,
            previous: day.yesterday().ok().map(|day| of.day_href(day)),
            next: day.tomorrow().ok().map(|day| of.day_href(day)),
            edits,
            of,
        }
    }
}

impl Page for SlotsPage {}

fn line(start: Start, grant: &Grant, used: Used, now: Timestamp, why: Option<(usize, Vec<String>)>) -> Line {
    let minutes = start.minutes();
    Line {
        start,
        anchor: format!("s{}{:02}", minutes / 60, minutes % 60),
        places: grant.places,
        used,
        free: [Channel::Web, Channel::Telephone].map(|channel| grant.free(channel, now, used)),
        beyond: used.total().saturating_sub(u32::from(grant.places)),
        why,
    }
}

/// What the address asks beside the day.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct AskedOf {
    service: Option<String>,
    site: Option<String>,
}

/// Shows the slots of the day.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(day): Path<String>,
    Query(asked): Query<AskedOf>,
) -> Result<Response, PageError> {
    let day = field::day_in(&day)?;
    let rules = app.reload_rules().await?;
    let of = SlotsOf::asked(&app, &rules, day, asked.service.as_deref(), asked.site.as_deref())?;
    let (service, site) = (of.service, of.site.clone());
    let used = app.db.read(move |reader| store::capacity::used(reader, service, &site, day, day)).await?;
    let used: Vec<(Start, Used)> = used.into_iter().map(|(_, start, used)| (start, used)).collect();
    let layout = frame(&signed, "1日の枠", &Form::fresh());
    let edits = super::may_edit(&signed) && day >= app.today();
    Ok(respond(&SlotsPage::new(layout, of, &rules, (day, app.now()), &used, edits)))
}
