//! The first scan of a new label: it is paired with its card before anything is written down. List line and notice are
//! looked at, and the last digits of the notice number are typed from the paper, so that nobody confirms unseen.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::card::{Finding, Pass};
use domain::consignment::CONFIRMING;
use domain::id::{CardId, ConsignmentId};
use domain::journal::Subject;
use domain::scan::ScanScreen;
use serde::Deserialize;
use store::Lane;
use store::card::Card;
use store::journal::View;

use super::inspect::{Desk, back, inspect};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::preparation::paper::reference;
use crate::staff::preparation::scan::{Outcome, RECENT, Recent, Scan};
use crate::staff::wording::control;
use crate::staff::{Layout, Task};

/// What was typed from the paper.
const CHECK: &str = "check";
const PASS: &str = "pass";
const FINDING: &str = "finding";

/// A label that is to be paired.
#[derive(Template)]
#[template(path = "staff/preparation/consignment/pair.html")]
pub(crate) struct PairPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) id: ConsignmentId,
    pub(crate) card: CardId,
    pub(crate) control: String,
    pub(crate) line: u32,
    /// The number on the notice without its end, where the city agreed that it is held.
    pub(crate) notice: Option<String>,
    pub(crate) pass: Pass,
    pub(crate) finding: Finding,
    pub(crate) recent: String,
}

impl Page for PairPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// The scan that led here, in the address.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    pass: Pass,
    finding: Finding,
    #[serde(default)]
    recent: String,
}

/// Shows what is to be confirmed.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path((id, card)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, (field::id(&id)?, field::id(&card)?), &asked, Form::fresh()).await
}

async fn find(app: &App, id: ConsignmentId, card: CardId) -> Result<(Card, Option<String>), PageError> {
    let keys = app.keys.clone();
    let found = app
        .db
        .read(move |reader| {
            let found = store::card::find(reader, card)?.filter(|found| found.consignment == id);
            Ok::<_, store::Error>((found, reference(reader, &keys, card)?))
        })
        .await?;
    Ok((found.0.ok_or(PageError::NotFound)?, found.1))
}

async fn page(
    app: &App,
    signed: &Signed,
    (id, card): (ConsignmentId, CardId),
    asked: &Asked,
    form: Form,
) -> Result<Response, PageError> {
    let (found, notice) = find(app, id, card).await?;
    let view =
        View { screen: "pairing", asked: card.to_string(), subjects: vec![Subject::Card(card)], found: 1 };
    signed.viewed(app, view).await?;
    let mut layout = signed.layout("ラベルの突き合わせ").within(Task::Preparation);
    layout.refused = form.is_refused();
    Ok(respond(&PairPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        id,
        card,
        control: control(found.control_number),
        line: found.line,
        notice: notice.map(|number| without_end(&number)),
        pass: asked.pass,
        finding: asked.finding,
        recent: Recent::read(&asked.recent).text(),
    }))
}

/// A number whose last digits are hidden: they are read from the paper.
fn without_end(number: &str) -> String {
    let shown = number.chars().count().saturating_sub(CONFIRMING);
    number.chars().take(shown).chain(std::iter::repeat_n('＊', CONFIRMING)).collect()
}

/// Pairs the label, and writes down the scan that led here.
pub(crate) async fn pair(
    State(app): State<Arc<App>>,
    Path((id, card)): Path<(String, String)>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let (id, card): (ConsignmentId, CardId) = (field::id(&id)?, field::id(&card)?);
    let mut form = fields.form(&[CHECK, PASS, FINDING, RECENT])?;
    let pass: Pass = form.typed(PASS).parse().map_err(|_| PageError::BadRequest)?;
    let finding: Finding = form.typed(FINDING).parse().map_err(|_| PageError::BadRequest)?;
    let recent = form.typed(RECENT).to_owned();
    if form.fault(CHECK).is_some() {
        // The back of the card was scanned.
        signed.back_scanned(&app, ScanScreen::Inspection).await?;
        let scan = Scan { card: None, outcome: Outcome::IndividualNumber };
        return Ok(back(id, pass, &Recent::read(&recent).with(scan)));
    }
    let (found, _) = find(&app, id, card).await?;
    let number = found.control_number;
    let (act, keys, typed) = (app.act(signed.actor()), app.keys.clone(), form.typed(CHECK).to_owned());
    let is_paired = app
        .db
        .write(Lane::Staff, move |tx| store::consignment::desk::pair(tx, &act, &keys, &found, &typed))
        .await?;
    let asked = Asked { pass, finding, recent };
    if !is_paired {
        form.refuse_ja(
            CHECK,
            "一致しません。ラベルのカード、一覧表の行、交付通知書がそろっているか確かめて、もう一度入力してください。",
        );
        return page(&app, &signed, (id, card), &asked, form).await;
    }
    let recent = Recent::read(&asked.recent);
    match inspect(&app, &signed, (id, pass), number, finding).await? {
        Desk::Scan(scan) => Ok(back(id, pass, &recent.with(scan))),
        Desk::Pair(_) => Ok(see_other(&format!("/consignments/{id}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_c1_what_is_to_be_typed_is_not_shown() {
        assert_eq!(without_end("ABC-000012"), "ABC-00＊＊＊＊");
        assert_eq!(without_end("12"), "＊＊＊＊");
    }
}
