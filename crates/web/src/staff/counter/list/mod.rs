//! The list of an open day: frozen, transferred to the city before noon of the open day before, and from then on
//! compared with what is booked (11(5)ウ(オ), 11(6)ウ(ア)); and the duties of the day, which have an hour.

pub(crate) mod act;
pub(crate) mod duty;
pub(crate) mod show;

use axum::response::Response;
use domain::journal::BusinessDay;
use domain::service::Service;
use jiff::civil::Date;

use crate::App;
use crate::kit::{Form, PageError};
use crate::staff::desk::Signed;

/// The screens of a service that has lists: the acts are the same for all, the page to which they lead back is its own.
pub(in crate::staff) trait Lists: Send + Sync + 'static {
    /// The service.
    const SERVICE: Service;

    /// The address of the list of a day.
    fn address(day: Date) -> String;

    /// The page of a list with a form as it stands, and with what went wrong.
    fn page(
        app: &App,
        signed: &Signed,
        day: &BusinessDay,
        form: Form,
        problem: Option<String>,
    ) -> impl Future<Output = Result<Response, PageError>> + Send;
}

/// The lists of the issuance.
pub(in crate::staff) struct Issuances;

impl Lists for Issuances {
    const SERVICE: Service = super::SERVICE;

    fn address(day: Date) -> String {
        super::route::list(day)
    }

    async fn page(
        app: &App,
        signed: &Signed,
        day: &BusinessDay,
        form: Form,
        problem: Option<String>,
    ) -> Result<Response, PageError> {
        show::page(app, signed, day, form, problem).await
    }
}
