//! Where a renewal is not booked here, or not in one visit: what to do instead, and whom to ask.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::citizen::{Layout, frame};
use crate::key;
use crate::kit::page::Cache;
use crate::kit::{Asked, Page, Texts, respond};

/// Why it is not booked here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOut {
    /// The person is registered in another municipality, which renews.
    Elsewhere,
    /// A proxy without the sealed answer: the city mails a 照会書 first (11(8)ウ(ア) c).
    TwoVisits,
}

impl WayOut {
    fn title(self) -> &'static str {
        match self {
            Self::Elsewhere => key!("elsewhere-title"),
            Self::TwoVisits => key!("two-visits-title"),
        }
    }

    fn lead(self) -> &'static str {
        match self {
            Self::Elsewhere => key!("elsewhere-lead"),
            Self::TwoVisits => key!("two-visits-lead"),
        }
    }

    fn steps(self) -> &'static [&'static str] {
        match self {
            Self::Elsewhere => &[key!("elsewhere-step-ask"), key!("elsewhere-step-moved")],
            Self::TwoVisits => &[
                key!("two-visits-step-first"),
                key!("two-visits-step-letter"),
                key!("two-visits-step-second"),
            ],
        }
    }

    fn after(self) -> &'static str {
        match self {
            Self::Elsewhere => key!("elsewhere-after"),
            Self::TwoVisits => key!("two-visits-after"),
        }
    }
}

/// The page that says what to do instead.
#[derive(Template)]
#[template(path = "citizen/renewal/way_out.html")]
pub struct WayOutPage {
    texts: Texts,
    layout: Layout,
    way: WayOut,
}

impl WayOutPage {
    /// The page for a reason.
    pub fn new(layout: Layout, way: WayOut) -> Self {
        Self { texts: layout.texts(), layout, way }
    }
}

impl Page for WayOutPage {
    const CACHE: Cache = Cache::Revalidate;
}

/// For those who are registered elsewhere.
pub(crate) async fn elsewhere(State(app): State<Arc<App>>, asked: Asked) -> Response {
    respond(&WayOutPage::new(frame::layout(&app, &asked), WayOut::Elsewhere))
}

/// For proxies without the sealed answer.
pub(crate) async fn two_visits(State(app): State<Arc<App>>, asked: Asked) -> Response {
    respond(&WayOutPage::new(frame::layout(&app, &asked), WayOut::TwoVisits))
}
