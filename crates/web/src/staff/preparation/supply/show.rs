//! A kind: what is left of it and why, and the forms of a count and of a delivery.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OperationId, SupplyId};
use domain::permission::Permission;
use domain::supply::{Forecast, Move, RunsOut, Warning};
use domain::time::era_date;
use store::supply::{Moved, Supply, SupplyError};

use super::{foreseen, list};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::wording::moment;
use crate::staff::{Layout, Task};

/// The version of the kind that the form was made for.
pub(super) const VERSION: &str = "version";
/// How many were delivered.
pub(super) const PIECES: &str = "pieces";
/// On which day.
pub(super) const DELIVERED_ON: &str = "delivered_on";
/// What is to be said of a delivery.
pub(super) const NOTE: &str = "note";

/// Deliveries and counts on the page.
const SHOWN: u32 = 60;

/// A delivery or a count in words.
pub(crate) struct Row {
    pub(crate) day: String,
    pub(crate) what: &'static str,
    pub(crate) pieces: u32,
    /// The difference from the records; empty for a delivery and for the first count.
    pub(crate) difference: String,
    pub(crate) remark: String,
    pub(crate) person: String,
    pub(crate) at: String,
}

/// A kind.
#[derive(Template)]
#[template(path = "staff/preparation/supply/show.html")]
pub(crate) struct ShowPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) operation: OperationId,
    pub(crate) supply: Supply,
    pub(crate) forecast: Forecast,
    pub(crate) rows: Vec<Row>,
    pub(crate) may_record: bool,
    pub(crate) may_keep: bool,
}

impl ShowPage {
    fn counted_at(&self) -> String {
        self.supply.counted_at.map(moment).unwrap_or_default()
    }

    /// What was used since the last count.
    fn used(&self) -> u64 {
        self.supply.setting.used_by(self.supply.known.letters_since)
    }

    fn use_words(&self) -> String {
        list::use_words(&self.supply.setting)
    }

    fn a_day(&self) -> String {
        match (self.forecast.tenths_a_day, list::window_words(&self.forecast)) {
            (Some(tenths), Some(days)) => {
                format!("{}{}（{days}の平均）", list::tenths(tenths), self.supply.setting.unit)
            }
            _ => "案内を作った開庁日がまだありません".to_owned(),
        }
    }

    fn runs_out(&self) -> String {
        match self.forecast.runs_out {
            RunsOut::On(day) => era_date(day),
            RunsOut::Later => "250開庁日より先です".to_owned(),
            RunsOut::NoUse => "使った記録がないため、見込みはありません".to_owned(),
            RunsOut::NotCounted => "数えると出ます".to_owned(),
        }
    }

    fn order_by(&self) -> String {
        let days = self.supply.setting.delivery_days;
        self.forecast
            .order_by
            .map_or_else(String::new, |day| format!("{}（納期{days}開庁日）", era_date(day)))
    }

    fn warning(&self) -> Option<&'static str> {
        match self.forecast.warning {
            Warning::Empty => Some("記録では在庫がありません。数えて記録し、発注してください。"),
            Warning::Order => Some("発注の期限が来ています。発注してください。"),
            Warning::None => None,
        }
    }
}

impl Page for ShowPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

fn row(moved: Moved, names: &Names) -> Row {
    let difference = moved.expected.map(|expected| i64::from(moved.pieces) - expected);
    Row {
        day: era_date(moved.day),
        what: moved.what.label(),
        pieces: moved.pieces,
        difference: match (moved.what, difference) {
            (Move::Counted, Some(0)) => "一致".to_owned(),
            (Move::Counted, Some(difference)) => format!("{difference:+}"),
            _ => String::new(),
        },
        remark: moved.remark,
        person: names.actor(moved.actor),
        at: moment(moved.at),
    }
}

/// A kind of the site by its id.
pub(super) async fn find(app: &App, id: SupplyId) -> Result<(Supply, Forecast), PageError> {
    let (rules, site, today) = (app.rules(), app.settings.site.clone(), app.today());
    let all = app.db.read(move |reader| foreseen(reader, &rules, &site, today)).await?;
    all.into_iter().find(|(supply, _)| supply.id == id).ok_or(PageError::NotFound)
}

/// Shows a kind.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh()).await
}

/// The page with its forms as they stand.
pub(super) async fn page(
    app: &App,
    signed: &Signed,
    id: SupplyId,
    mut form: Form,
) -> Result<Response, PageError> {
    let (supply, forecast) = find(app, id).await?;
    let (names, moves) = app
        .db
        .read(move |reader| {
            Ok::<_, store::Error>((Names::people(reader)?, store::supply::moves(reader, id, SHOWN)?))
        })
        .await?;
    if form.typed(DELIVERED_ON).is_empty() && form.fault(DELIVERED_ON).is_none() {
        form.fill(DELIVERED_ON, app.today().to_string());
    }
    let mut layout = signed.layout(supply.setting.name.clone()).within(Task::Preparation);
    layout.refused = form.is_refused();
    Ok(respond(&ShowPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        operation: app.operation(),
        supply,
        forecast,
        rows: moves.into_iter().map(|moved| row(moved, &names)).collect(),
        may_record: signed.may(Permission::PrintLetters),
        may_keep: signed.may(Permission::KeepPlaces),
    }))
}

/// The version that the form was made for.
pub(super) fn version(form: &Form) -> Result<u32, PageError> {
    form.typed(VERSION).parse().map_err(|_| PageError::BadRequest)
}

/// Puts the reason at its field, or answers that it is none of the form's.
pub(super) fn refuse(
    form: &mut Form,
    field: &'static str,
    unit: &str,
    error: SupplyError,
) -> Result<(), PageError> {
    match error {
        SupplyError::Stale => form.refuse_ja(
            field,
            "ほかの人が先に記録しました。この画面のいまの在庫と記録を確かめて、必要ならもう一度記録してください。",
        ),
        SupplyError::NotCounted => form.refuse_ja(field, "先に、いまある数を数えて記録してください。"),
        SupplyError::ImpossibleDate => form.refuse_ja(DELIVERED_ON, "納品日は今日までの日を選んでください。"),
        SupplyError::Differs { expected, counted } => {
            let difference = i64::from(counted) - expected;
            form.refuse_ja(
                field::REMARK,
                format!(
                    "記録では{expected}{unit}、数えたのは{counted}{unit}で、差は{difference:+}{unit}です。数え直しても同じときは、違う理由を入力してください。"
                ),
            );
        }
        other => return Err(super::failed(other)),
    }
    Ok(())
}
