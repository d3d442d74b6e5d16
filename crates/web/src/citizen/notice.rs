//! What to do with notices that are not booked on this site. Each page has a way, never an end.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{Layout, Venue, frame};
use crate::App;
use crate::key;
use crate::kit::page::Cache;
use crate::kit::{Asked, Page, Texts, respond};

/// Which advice is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// The card expires: to be applied for, without a reservation.
    Application,
    /// Nothing came, or it was lost.
    Missing,
}

/// A part of an advice: a heading, a sentence, a list.
pub(crate) struct Part {
    title: &'static str,
    lead: Option<&'static str>,
    items: &'static [&'static str],
    /// Where it goes on: message and address.
    link: Option<(&'static str, &'static str)>,
}

impl Advice {
    fn title(self) -> &'static str {
        match self {
            Self::Application => key!("application-title"),
            Self::Missing => key!("missing-title"),
        }
    }

    fn lead(self) -> &'static str {
        match self {
            Self::Application => key!("application-lead"),
            Self::Missing => key!("missing-lead"),
        }
    }

    fn parts(self) -> &'static [Part] {
        const fn part(
            title: &'static str,
            lead: Option<&'static str>,
            items: &'static [&'static str],
        ) -> Part {
            Part { title, lead, items, link: None }
        }
        match self {
            Self::Application => {
                &const {
                    [
                        part(
                            key!("application-how-title"),
                            None,
                            &[
                                key!("application-how-phone"),
                                key!("application-how-booth"),
                                key!("application-how-post"),
                                key!("application-how-counter"),
                            ],
                        ),
                        part(key!("application-after-title"), Some(key!("application-after")), &[]),
                    ]
                }
            }
            Self::Missing => {
                &const {
                    [
                        part(
                            key!("missing-issuance-title"),
                            None,
                            &[key!("missing-issuance-wait"), key!("missing-issuance-moved")],
                        ),
                        Part {
                            link: Some((key!("missing-renewal-link"), super::route::RENEWAL)),
                            ..part(key!("missing-renewal-title"), Some(key!("missing-renewal")), &[])
                        },
                        part(key!("missing-lost-title"), Some(key!("missing-lost")), &[]),
                        part(key!("missing-card-title"), Some(key!("missing-card")), &[]),
                        part(
                            key!("missing-say-title"),
                            Some(key!("missing-say")),
                            &[key!("missing-say-what"), key!("missing-say-when"), key!("missing-say-not")],
                        ),
                    ]
                }
            }
        }
    }
}

/// A page of advice.
#[derive(Template)]
#[template(path = "citizen/notice/advice.html")]
pub struct AdvicePage {
    texts: Texts,
    layout: Layout,
    advice: Advice,
    place: Venue,
}

impl AdvicePage {
    /// The page for this advice, with the city's telephone and counter.
    pub fn new(layout: Layout, advice: Advice) -> Self {
        let place = layout.office.counter.clone();
        Self { texts: layout.texts(), layout, advice, place }
    }
}

impl Page for AdvicePage {
    const CACHE: Cache = Cache::Revalidate;
}

/// What to do with the notice about the card itself.
pub(crate) async fn application(State(app): State<Arc<App>>, asked: Asked) -> Response {
    respond(&AdvicePage::new(frame::layout(&app, &asked), Advice::Application))
}

/// What to do without a notice.
pub(crate) async fn missing(State(app): State<Arc<App>>, asked: Asked) -> Response {
    respond(&AdvicePage::new(frame::layout(&app, &asked), Advice::Missing))
}
