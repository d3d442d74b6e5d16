//! How a kind is used and ordered is changed.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::SupplyId;
use store::Lane;

use super::{INDEX, setting, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

async fn page(app: &App, signed: &Signed, id: SupplyId, form: Option<Form>) -> Result<Response, PageError> {
    let (supply, _) = show::find(app, id).await?;
    let form = form.unwrap_or_else(|| {
        let mut form = Form::fresh();
        setting::fill(&mut form, &supply.setting);
        form
    });
    let title = format!("{}の使う数・納期", supply.setting.name);
    Ok(setting::page(app, signed, title, Some((id, supply.version)), form))
}

/// Shows how it is now.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, None).await
}

/// Changes it.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: SupplyId = field::id(&id)?;
    let mut form = fields.form(&setting::FIELDS)?;
    let version = show::version(&form)?;
    let Some(wanted) = setting::read(&mut form) else { return page(&app, &signed, id, Some(form)).await };
    let (act, site) = (app.act(signed.actor()), app.settings.site.clone());
    let done = app
        .db
        .write(Lane::Staff, move |tx| store::supply::change(tx, &act, &site, (id, version), &wanted))
        .await;
    match done {
        Ok(()) => Ok(see_other(&format!("{INDEX}/{id}"))),
        Err(error) => {
            setting::refuse(&mut form, error)?;
            page(&app, &signed, id, Some(form)).await
        }
    }
}
