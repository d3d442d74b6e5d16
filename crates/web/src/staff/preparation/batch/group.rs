//! The cards of a group to the city, of every consignment together: which wait, what goes along, count and receiver.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::batch::BatchKind;
use domain::group::Group;
use domain::id::{CardId, OperationId};
use domain::journal::{CityRecord, Subject};
use store::Lane;
use store::batch::BatchError;
use store::group::Waiting;
use store::journal::View;
use store::op::{Operation, once};

use super::send::failed;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, COUNTED, OPERATION, PAPER, PERSON};
use crate::staff::wording::{control, list_line};
use crate::staff::{Layout, Task};

/// The form of a transfer of a group.
#[derive(Template)]
#[template(path = "staff/preparation/batch/group.html")]
pub(crate) struct GroupPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) group: Group,
    pub(crate) rows: Vec<Row>,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
}

/// A card that waits.
pub(crate) struct Row {
    pub(crate) id: CardId,
    pub(crate) list_line: String,
    pub(crate) control: String,
    pub(crate) method: &'static str,
    pub(crate) by_hand: bool,
}

impl GroupPage {
    /// What the city does with them.
    fn next(&self) -> &'static str {
        next(self.group)
    }
}

impl Page for GroupPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// What the city does with the cards of a group.
pub(in crate::staff::preparation) fn next(group: Group) -> &'static str {
    match BatchKind::of(group) {
        BatchKind::Setup => "市が交付前設定をして返します。",
        BatchKind::Mail | BatchKind::ViaResidence => "市が暗証番号を設定して郵送します。",
        BatchKind::Express => "市が郵送するか、交付前設定をして返します。",
        BatchKind::Mismatch | BatchKind::AlreadyHolds | BatchKind::Attention | BatchKind::ShortValidity => {
            "市が確かめて、返すか引き取るかを決めます。返ったカードは次の仕分けに進みます。"
        }
    }
}

/// Asks for count and receiver.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(group): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&group)?, Form::fresh()).await
}

async fn page(app: &App, signed: &Signed, group: Group, form: Form) -> Result<Response, PageError> {
    let site = app.settings.site.clone();
    let waiting = app.db.read(move |reader| store::group::waiting(reader, &site, group)).await?;
    let view = View {
        screen: "group",
        asked: group.to_string(),
        subjects: waiting.iter().map(|card| Subject::Card(card.id)).collect(),
        found: u32::try_from(waiting.len()).unwrap_or(u32::MAX),
    };
    signed.viewed(app, view).await?;
    let title = format!("市へ引継ぎ（{}）", BatchKind::of(group).label());
    let mut layout = signed.layout(title).within(Task::Preparation);
    layout.refused = form.is_refused();
    Ok(respond(&GroupPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        group,
        rows: waiting.into_iter().map(row).collect(),
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
    }))
}

fn row(card: Waiting) -> Row {
    Row {
        id: card.id,
        list_line: list_line(card.list_date, card.line),
        control: control(card.control_number),
        method: card.method.label_ja(),
        by_hand: card.by_hand,
    }
}

/// Transfers.
pub(crate) async fn send(
    State(app): State<Arc<App>>,
    Path(group): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let group: Group = field::id(&group)?;
    let mut form = fields.form(&[OPERATION, COUNTED, PERSON, PAPER])?;
    let operation = field::operation(&form)?;
    let counted = field::number(&mut form, COUNTED, "数えた枚数");
    let city = field::city(&mut form, &signed);
    let (Some(counted), Some((person, record))) = (counted, city) else {
        return page(&app, &signed, group, form).await;
    };
    let operation = Operation::new(operation, &format!("send {group} {counted} {person}"));
    let (act, site) = (app.act(signed.actor()), app.settings.site.clone());
    let sent = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| {
                store::batch::group::send(tx, &act, &site, group, counted, &person, record)
            })
        })
        .await;
    match sent {
        Ok(batch) => Ok(see_other(&format!("/batches/{batch}"))),
        Err(BatchError::CountDiffers { expected, counted }) => {
            field::refuse_count(&mut form, expected, counted, "枚");
            page(&app, &signed, group, form).await
        }
        Err(BatchError::Empty) => {
            form.refuse_ja(
                COUNTED,
                "引き継げるカードがありません。検品が3つとも済んだカードだけを引き継げます。",
            );
            page(&app, &signed, group, form).await
        }
        Err(error) => Err(failed(error)),
    }
}
