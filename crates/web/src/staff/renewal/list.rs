//! The list of a day for the city, who did not come, and the close.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::journal::BusinessDay;
use domain::service::Service;
use jiff::civil::Date;
use store::Lane;
use store::op::{Operation, once};
use store::reception::ReceptionError;

use super::{business, day, route, rows};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::counter::close::done::{Closing, try_close};
use crate::staff::counter::close::show::CITY_COUNT;
use crate::staff::counter::file::Form as Wanted;
use crate::staff::counter::list::Lists;
use crate::staff::desk::Signed;
use crate::staff::{export, field};

/// The lists of the renewal.
pub(in crate::staff) struct Renewals;

impl Lists for Renewals {
    const SERVICE: Service = Service::Renewal;

    fn address(day: Date) -> String {
        route::day(day)
    }

    async fn page(
        app: &App,
        signed: &Signed,
        day: &BusinessDay,
        form: Form,
        problem: Option<String>,
    ) -> Result<Response, PageError> {
        day::page(app, signed, day, form, problem).await
    }
}

/// The frozen list as a file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(address): Path<String>,
    Query(query): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (of, wanted) = Wanted::split(&address);
    let of = business(&app, field::day_in(of)?);
    let asked = of.clone();
    let lines = app.db.read(move |reader| {
        let frozen = store::day_list::find(reader, &asked)?;
        let lines = store::renewals::listed(reader, &asked)?;
        Ok::<_, store::Error>(frozen.map(|frozen| (frozen.at, lines)))
    });
    let Some((at, stored)) = lines.await? else { return Err(PageError::NotFound) };
    let lines = rows::lines(of.day, &stored);
    rows::export(&app, &signed, (&of, at), lines, &rows::FROZEN, (wanted, query)).await
}

/// Sets for everybody who is still expected that they did not come.
pub(crate) async fn none_came(
    State(app): State<Arc<App>>,
    Path(of): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let of = business(&app, field::day_in(&of)?);
    let form = fields.form(&[field::OPERATION])?;
    let operation = Operation::new(field::operation(&form)?, &format!("none came {of}"));
    let (act, day) = (app.act(signed.actor()), of.clone());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| store::reception::none_came(tx, &act, &day).map(drop))
    });
    match done.await {
        Err(ReceptionError::AnotherDay(_)) => {
            let problem = "この日はまだ来ていません。".to_owned();
            day::page(&app, &signed, &of, form, Some(problem)).await
        }
        Err(ReceptionError::Reused(_)) => Err(field::stale()),
        Err(ReceptionError::Store(error)) => Err(error.into()),
        // Done; or somebody was received or cancelled at this moment: the page shows who is left.
        Ok(()) | Err(_) => Ok(see_other(&route::day(of.day))),
    }
}

/// Closes the day, compared with the city's count.
pub(crate) async fn close(
    State(app): State<Arc<App>>,
    Path(of): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let of = business(&app, field::day_in(&of)?);
    let mut form = fields.form(&[field::OPERATION, CITY_COUNT, field::REMARK])?;
    match try_close(&app, &signed, &of, None, "市の更新件数", &mut form).await? {
        Closing::Done => Ok(see_other(&route::day(of.day))),
        Closing::Open(problem) => day::page(&app, &signed, &of, form, problem).await,
    }
}
