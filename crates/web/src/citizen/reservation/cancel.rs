//! Cancelling: asked once more, then done.

use askama::Template;
use domain::id::{OperationId, VisitId};
use domain::time::Start;
use jiff::civil::Date;

use crate::citizen::visit::Appointment;
use crate::citizen::{Layout, route};
use crate::kit::{Page, Texts};

/// The page that asks once more.
#[derive(Template)]
#[template(path = "citizen/reservation/cancel.html")]
pub struct CancelPage {
    texts: Texts,
    layout: Layout,
    appointment: Appointment,
    operation: OperationId,
    back_href: String,
    cancel_href: String,
}

impl CancelPage {
    /// The question for a reservation.
    pub fn new(layout: Layout, visit: VisitId, appointment: Appointment, operation: OperationId) -> Self {
        Self {
            texts: layout.texts(),
            layout,
            appointment,
            operation,
            back_href: route::show(visit),
            cancel_href: route::cancel(visit),
        }
    }
}

impl Page for CancelPage {}

/// The page after it was cancelled.
#[derive(Template)]
#[template(path = "citizen/reservation/cancelled.html")]
pub struct CancelledPage {
    texts: Texts,
    layout: Layout,
    day: Date,
    start: Start,
}

impl CancelledPage {
    /// Says what was cancelled.
    pub fn new(layout: Layout, day: Date, start: Start) -> Self {
        Self { texts: layout.texts(), layout, day, start }
    }
}

impl Page for CancelledPage {}
