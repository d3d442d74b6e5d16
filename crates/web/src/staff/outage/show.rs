//! The page about outages: whether the folder from which the counter works meanwhile is fresh.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use domain::permission::Permission;

use super::how_bad;
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::{Layout, Task, wording};

/// How the folder stands, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folder {
    pub(crate) path: String,
    pub(crate) minutes: i64,
    pub(crate) written: Option<String>,
    pub(crate) fault: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/outage/show.html")]
pub(crate) struct OutagePage {
    pub(crate) layout: Layout,
    pub(crate) folder: Option<Folder>,
    pub(crate) may_enter: bool,
}

impl Page for OutagePage {}

/// Shows the page.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let folder = folder(&app);
    let may_enter = signed.may(Permission::ReceiveVisitors);
    Ok(respond(&OutagePage {
        layout: signed.layout("停止への備え").within(Task::Today), folder, may_enter
    }))
}

pub(super) fn folder(app: &App) -> Option<Folder> {
    let folder = app.settings.outage.as_ref()?;
    Some(Folder {
        path: folder.path.clone(),
        minutes: folder.every.as_mins(),
        written: app.outage_written_at().map(wording::moment),
        fault: app.outage_fault().map(how_bad),
    })
}
