//! A kind is no longer kept.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::SupplyId;
use store::Lane;

use super::{INDEX, failed, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// Ends it.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: SupplyId = field::id(&id)?;
    let version = show::version(&fields.form(&[show::VERSION])?)?;
    let (act, site) = (app.act(signed.actor()), app.settings.site.clone());
    let done = app.db.write(Lane::Staff, move |tx| store::supply::end(tx, &act, &site, (id, version))).await;
    done.map_err(failed)?;
    Ok(see_other(INDEX))
}
