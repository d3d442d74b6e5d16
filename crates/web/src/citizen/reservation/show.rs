//! A reservation that was found.

use askama::Template;
use domain::id::VisitId;
use jiff::civil::Date;

use crate::citizen::belongings::Belongings;
use crate::citizen::visit::Appointment;
use crate::citizen::visit::done::number_code;
use crate::citizen::{Layout, route};
use crate::key;
use crate::kit::qr::TooLong;
use crate::kit::{Page, Texts};

/// Whether the citizen can cancel here.
#[derive(Debug, Clone)]
pub enum Cancel {
    /// Until the end of a day.
    Until {
        /// That day.
        day: Date,
        /// The page that asks once more.
        href: String,
    },
    /// The time for it is over.
    ByTelephone,
}

/// A sentence above the reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Banner {
    /// The citizen went back from cancelling, or it could not be done.
    NotCancelled,
}

impl Banner {
    fn key(self) -> &'static str {
        match self {
            Self::NotCancelled => key!("banner-not-cancelled"),
        }
    }
}

/// The page of a reservation.
#[derive(Template)]
#[template(path = "citizen/reservation/show.html")]
pub struct ShowPage {
    texts: Texts,
    layout: Layout,
    banner: Option<Banner>,
    number: String,
    code: String,
    appointment: Appointment,
    belongings: Belongings,
    cancel: Cancel,
    calendar_href: String,
}

impl ShowPage {
    /// `cancel_until` is the last day on which the citizen can cancel here, `None` when it is over.
    pub fn new(
        layout: Layout,
        visit: VisitId,
        number: &str,
        appointment: Appointment,
        belongings: Belongings,
        cancel_until: Option<Date>,
        banner: Option<Banner>,
    ) -> Result<Self, TooLong> {
        let cancel =
            cancel_until.map_or(Cancel::ByTelephone, |day| Cancel::Until { day, href: route::cancel(visit) });
        Ok(Self {
            texts: layout.texts(),
            layout,
            banner,
            number: number.to_owned(),
            code: number_code(number)?,
            appointment,
            belongings,
            cancel,
            calendar_href: route::calendar(visit),
        })
    }
}

impl Page for ShowPage {}
