//! The frame around every citizens' page, and the page of errors.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::rules::Emergency;
use jiff::civil::Date;

use super::visit::effort::Task;
use super::visit::turn::{AGAIN_SECONDS, Ahead};
use crate::key;
use crate::kit::error::{Face, PageError};
use crate::kit::request::Asked;
use crate::kit::{Bilingual, Form, Language, Page, Texts, asset, respond};

/// What every page says about the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// The name of the city.
    pub city: Bilingual,
    /// The telephone number as people write it: `06-0000-0000`.
    pub telephone: String,
    /// When the telephone is answered.
    pub telephone_hours: Bilingual,
    /// The counter for those who come without a reservation or with a question.
    pub counter: Venue,
}

/// Where one has to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Venue {
    /// Building, floor and name of the counter.
    pub name: Bilingual,
    /// The address.
    pub address: Bilingual,
}

/// The frame of a citizens' page.
#[derive(Debug, Clone)]
pub struct Layout {
    texts: Texts,
    /// The path of this page, to which a change of language returns.
    pub here: String,
    /// The city.
    pub office: Arc<Office>,
    /// Whether the page shows a refused form: the title then begins with エラー.
    pub refused: bool,
    /// The instant shown where the clock is moved by hand (databases made as a demo).
    pub clock_by_hand: Option<String>,
    /// Counters that are closed in an emergency, told on every page.
    pub closures: Vec<Closure>,
}

/// A counter that is closed in an emergency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// Why.
    pub why: Emergency,
    /// The services of these pages that are closed.
    pub of: ClosedCounter,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// From which minute until which on each of the days; none: all day.
    pub hours: Option<(u16, u16)>,
}

/// Which of the counters that citizens book here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosedCounter {
    /// Both.
    All,
    /// That of the issuance.
    Issuance,
    /// That of the renewal.
    Renewal,
}

impl Closure {
    /// The sentence.
    pub fn text(&self, texts: Texts) -> String {
        let days = if self.from == self.until {
            texts.date(self.from)
        } else {
            texts.with2(key!("closure-days"), "first", texts.date(self.from), "last", texts.date(self.until))
        };
        let days = match self.hours {
            None => days,
            Some((from, until)) => {
                let (from, until) = (texts.minute(from), texts.minute(until));
                texts.fill(key!("closure-hours"), &[("days", &days), ("from", &from), ("until", &until)])
            }
        };
        let counter = texts.get(match self.of {
            ClosedCounter::All => key!("closure-all"),
            ClosedCounter::Issuance => key!("closure-issuance"),
            ClosedCounter::Renewal => key!("closure-renewal"),
        });
        let sentence = match self.why {
            Emergency::System => key!("closure-system"),
            Emergency::Weather => key!("closure-weather"),
            Emergency::Other => key!("closure-other"),
        };
        texts.with2(sentence, "days", days, "counter", counter.into_owned())
    }
}

impl Layout {
    /// The frame for the answer to a request.
    pub fn new(asked: &Asked, office: Arc<Office>) -> Self {
        Self {
            texts: asked.texts(),
            here: asked.here.clone(),
            office,
            refused: false,
            clock_by_hand: None,
            closures: Vec::new(),
        }
    }

    /// The same frame for a page at another address (after a POST).
    #[must_use]
    pub fn at(self, here: impl Into<String>) -> Self {
        Self { here: here.into(), ..self }
    }

    /// The same frame for a page with this form.
    #[must_use]
    pub fn with_form(self, form: &Form) -> Self {
        Self { refused: form.is_refused(), ..self }
    }

    /// The texts in the reader's language.
    pub fn texts(&self) -> Texts {
        self.texts
    }

    /// The reader's language.
    pub fn language(&self) -> Language {
        self.texts.language()
    }

    /// Every language, for the links.
    pub fn languages(&self) -> [Language; Language::COUNT] {
        Language::ALL
    }

    /// Whether the page is in this language.
    pub fn is_in(&self, language: &Language) -> bool {
        self.language() == *language
    }

    /// The name of the city.
    pub fn city(&self) -> &str {
        self.office.city.of(self.language())
    }

    /// When the telephone is answered.
    pub fn hours(&self) -> &str {
        self.office.telephone_hours.of(self.language())
    }

    /// The telephone number for a `tel:` link.
    pub fn telephone_link(&self) -> String {
        self.office.telephone.chars().filter(|sign| sign.is_ascii_digit() || *sign == '+').collect()
    }

    /// The address of a file of ours.
    pub fn asset(&self, name: &str) -> String {
        asset::href(name)
    }
}

#[derive(Template)]
#[template(path = "citizen/error.html")]
struct ErrorPage {
    texts: Texts,
    layout: Layout,
    title: &'static str,
    next: &'static str,
    again: bool,
    incident: String,
}

impl Page for ErrorPage {}

/// The citizens' face, for errors. It asks for the frame each time, because rules change.
pub struct Citizens<F> {
    /// Makes the frame for the answer to a request.
    pub layout: F,
}

impl<F: Fn(&Asked) -> Layout + Send + Sync> Face for Citizens<F> {
    fn error(&self, asked: &Asked, error: &PageError, _answer: &Response) -> Response {
        let layout = (self.layout)(asked);
        match error {
            PageError::Wait(ahead, task) => waiting(layout, *ahead, *task),
            error => respond(&error_page(layout, asked, error)),
        }
    }
}

/// The page of those whose turn has not come. It comes back by itself, without a script.
#[derive(Template)]
#[template(path = "citizen/visit/wait.html")]
struct WaitPage {
    texts: Texts,
    layout: Layout,
    ahead: Ahead,
    task: Option<Task>,
    seconds: u32,
}

impl Page for WaitPage {}

fn waiting(layout: Layout, ahead: Ahead, task: Option<Task>) -> Response {
    let page = WaitPage { texts: layout.texts(), layout, ahead, task, seconds: AGAIN_SECONDS };
    let mut response = respond(&page);
    response.headers_mut().insert(header::REFRESH, HeaderValue::from(AGAIN_SECONDS));
    response
}

fn error_page(layout: Layout, asked: &Asked, error: &PageError) -> ErrorPage {
    let (title, next, again) = match error {
        PageError::NotFound => (key!("fault-not-found-title"), key!("fault-not-found-next"), false),
        PageError::Forbidden => (key!("fault-forbidden-title"), key!("fault-forbidden-next"), false),
        PageError::Conflict(_) => (key!("fault-conflict-title"), key!("fault-conflict-next"), true),
        PageError::TooMany(_) => (key!("fault-too-many-title"), key!("fault-too-many-next"), true),
        PageError::Full | PageError::Wait(..) => (key!("fault-full-title"), key!("fault-full-next"), true),
        PageError::BadRequest | PageError::TooLarge => {
            (key!("fault-bad-request-title"), key!("fault-bad-request-next"), false)
        }
        PageError::IndividualNumber => {
            (key!("fault-individual-number-title"), key!("fault-individual-number-next"), false)
        }
        PageError::VisitEnded => (key!("fault-visit-ended-title"), key!("fault-visit-ended-next"), false),
        PageError::Internal(_) => (key!("fault-internal-title"), key!("fault-internal-next"), true),
    };
    ErrorPage { texts: layout.texts(), layout, title, next, again, incident: asked.incident.to_string() }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    pub(crate) fn venue() -> Venue {
        Venue {
            name: Bilingual::new(
                "吹田市役所 高層棟1階 マイナンバー窓口",
                "Suita City Hall, high-rise building, 1F, My Number counter",
            ),
            address: Bilingual::new("吹田市泉町1丁目3番40号", "1-3-40 Izumicho, Suita"),
        }
    }

    pub(crate) fn office() -> Arc<Office> {
        Arc::new(Office {
            city: Bilingual::new("吹田市", "Suita City"),
            telephone: "06-0000-0000".to_owned(),
            telephone_hours: Bilingual::new(
                "月曜日から金曜日と第2・第4土曜日の9時00分から17時30分まで",
                "Monday to Friday and 2nd and 4th Saturdays, 9:00 to 17:30",
            ),
            counter: venue(),
        })
    }

    pub(crate) fn wait(asked: &Asked, ahead: Ahead, task: Option<Task>) -> String {
        let layout = Layout::new(asked, office());
        let page = WaitPage { texts: layout.texts(), layout, ahead, task, seconds: AGAIN_SECONDS };
        page.render().unwrap()
    }

    pub(crate) fn error(asked: &Asked, error: &PageError) -> String {
        error_page(Layout::new(asked, office()), asked, error).render().unwrap()
    }
}
