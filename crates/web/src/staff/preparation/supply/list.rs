//! Every kind with its stock, its use and its forecast, on screen and as files.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::permission::Permission;
use domain::supply::{Forecast, RunsOut, Setting, WINDOW, Warning};
use domain::time::{day_of, era_date};
use store::supply::Supply;

use super::{INDEX, foreseen};
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::listing::{Arranged, Column, Line, Listing, Look, Table, column};
use crate::staff::{Layout, Task};

const COLUMNS: &[Column] = &[
    column("name", "用品").look(Look::Code).links(),
    column("state", "状態").look(Look::Tag),
    column("stock", "在庫").look(Look::Count),
    column("counted", "最後に数えた日").look(Look::Code),
    column("a_day", "1開庁日に使う数").look(Look::Count),
    column("runs_out", "なくなる見込み").look(Look::Code),
    column("order_by", "発注の期限").look(Look::Code),
    column("use", "使う数").off_screen(),
    column("delivery", "納期（開庁日）").look(Look::Count).off_screen(),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Supplies,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::TransferBatches,
    href: INDEX,
    address: "/layouts/supplies",
    task: Task::Preparation,
};

/// The page.
#[derive(Template)]
#[template(path = "staff/preparation/supply/list.html")]
pub(crate) struct ListPage {
    pub(crate) layout: Layout,
    pub(crate) table: Table,
    /// Names of what is to be ordered.
    pub(crate) to_order: Vec<String>,
    /// The days of the mean in words; none: there are none yet.
    pub(crate) window: Option<String>,
    pub(crate) may_keep: bool,
}

impl Page for ListPage {}

/// How a kind is used, in words.
pub(super) fn use_words(of: &Setting) -> String {
    let Setting { unit, basis, pieces, letters, .. } = of;
    if *letters == 1 {
        format!("{}、1通に{pieces}{unit}", basis.label())
    } else {
        format!("{}、{letters}通に{pieces}{unit}", basis.label())
    }
}

/// The state of a kind in a word.
pub(super) fn state(forecast: &Forecast) -> &'static str {
    match (forecast.warning, forecast.runs_out) {
        (Warning::Empty, _) => "在庫なし",
        (Warning::Order, _) => "要発注",
        (Warning::None, RunsOut::NotCounted) => "未計数",
        (Warning::None, _) => "",
    }
}

/// Tenths as people write them.
pub(super) fn tenths(number: u64) -> String {
    if number.is_multiple_of(10) {
        (number / 10).to_string()
    } else {
        format!("{}.{}", number / 10, number % 10)
    }
}

/// The days of the mean in words.
pub(super) fn window_words(forecast: &Forecast) -> Option<String> {
    let window = forecast.window?;
    Some(format!("{}から{}までの{}開庁日", era_date(window.from), era_date(window.to), window.days))
}

/// A kind as a row: a cell for every column.
fn cells((supply, forecast): &(Supply, Forecast)) -> Vec<Cell> {
    vec![
        Cell::text(supply.setting.name.as_str()),
        Cell::text(state(forecast)),
        forecast.stock.map_or_else(Cell::empty, Cell::Number),
        supply.counted_at.map_or_else(Cell::empty, |at| Cell::Day(day_of(at))),
        Cell::text(forecast.tenths_a_day.map(tenths).unwrap_or_default()),
        match forecast.runs_out {
            RunsOut::On(day) => Cell::Day(day),
            RunsOut::Later => Cell::text("250開庁日より先"),
            RunsOut::NoUse => Cell::text("使用なし"),
            RunsOut::NotCounted => Cell::empty(),
        },
        forecast.order_by.map_or_else(Cell::empty, Cell::Day),
        Cell::text(use_words(&supply.setting)),
        Cell::Number(i64::from(supply.setting.delivery_days)),
    ]
}

async fn read(app: &App) -> Result<Vec<(Supply, Forecast)>, PageError> {
    let (rules, site, today) = (app.rules(), app.settings.site.clone(), app.today());
    Ok(app.db.read(move |reader| foreseen(reader, &rules, &site, today)).await?)
}

/// Shows the page.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let supplies = read(&app).await?;
    let arranged = Arranged::read(&app, &signed, &LISTING).await?;
    let to_order = supplies.iter().filter(|(_, forecast)| forecast.warning > Warning::None);
    let line = |of: &(Supply, Forecast)| Line::new(format!("{INDEX}/{}", of.0.id), cells(of));
    Ok(respond(&ListPage {
        layout: signed.layout("用品の在庫").within(Task::Preparation),
        to_order: to_order.map(|(supply, _)| supply.setting.name.clone()).collect(),
        window: supplies.first().and_then(|(_, forecast)| window_words(forecast)),
        table: Table::new(&arranged, supplies.iter().map(line).collect()),
        may_keep: signed.may(Permission::KeepPlaces),
    }))
}

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "supplies")?;
    let supplies = read(&app).await?;
    let window = supplies.first().and_then(|(_, forecast)| window_words(forecast));
    let list = List {
        title: "用品の在庫".to_owned(),
        name: "supplies",
        task: Task::Preparation,
        screen: "supplies_file",
        asked: file,
        words: vec![match window {
            Some(days) => format!("使う数は{days}の平均"),
            None => format!("使う数は直近{WINDOW}開庁日の平均（まだありません）"),
        }],
        subjects: Vec::new(),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(supplies.iter().map(cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
