//! The staff pages: operators and city. Text on these pages is Japanese and stands in the templates.
//!
//! A noun has its folder, an act its file: form, handler, page. Every route is registered on a [`desk::Desk`] with
//! who may use it.

pub mod account;
pub(crate) mod agreement;
pub mod counter;
pub mod desk;
pub(crate) mod export;
pub(crate) mod field;
pub mod layout;
pub(crate) mod listing;
pub(crate) mod mail;
pub mod outage;
pub mod preparation;
pub(crate) mod renewal;
pub(crate) mod vacancy;
pub(crate) mod wish;
pub(crate) mod wording;

use std::sync::Arc;

use axum::Router;
use desk::{Desk, Registered};

pub use layout::{Layout, Person, Task};

use crate::App;
use crate::kit::surround::{Surroundings, surround};

/// Every route of the staff's face with who may use it.
fn desk(app: &Arc<App>) -> Desk {
    let desk = account::routes(Desk::new(app.clone()));
    let desk = preparation::routes(desk);
    let desk = wish::routes(mail::routes(vacancy::routes(renewal::routes(counter::routes(desk)))));
    listing::routes(outage::routes(desk))
}

/// The staff listener: never public, and every page behind a permission.
pub fn router(app: Arc<App>) -> Router {
    let (routes, _) = desk(&app).finish();
    let with = Surroundings {
        clock: app.clock.clone(),
        chance: app.chance.clone(),
        origin: Arc::new(app.settings.staff.clone()),
        face: Arc::new(layout::Staff),
        from_anywhere: &[],
    };
    surround(routes, with)
}

/// The table of routes; for the test that walks it.
pub fn registered(app: &Arc<App>) -> Vec<Registered> {
    desk(app).finish().1
}
