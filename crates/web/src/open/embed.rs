//! The free days as a page that the city puts into a page of its own, in a frame.
//!
//! In a frame of another site no cookie of ours is sent, so the language stands in the address; every link leads out
//! of the frame. Which sites may frame it, the deployment says; the header that lets them is this page's alone.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::rules::Site;
use domain::service::Service;
use jiff::civil::Date;

use super::counter::Counter;
use super::{document, route};
use crate::App;
use crate::availability;
use crate::citizen::visit::Availability;
use crate::key;
use crate::kit::page::Cache;
use crate::kit::security::{Origin, content_security_policy};
use crate::kit::{Bilingual, Language, Page, PageError, Texts, asset, respond};

/// How many days are shown: those with free places, the next ones first.
const DAYS: usize = 10;

/// One day with free places.
pub(super) struct Line {
    day: Date,
    availability: Availability,
}

/// The page.
#[derive(Template)]
#[template(path = "open/embed.html")]
pub(super) struct EmbedPage {
    texts: Texts,
    city: String,
    service: Service,
    as_of: u16,
    lines: Vec<Line>,
    last: Option<Date>,
    others: Vec<(Language, String)>,
    elsewhere: Option<Elsewhere>,
}

/// A counter that these pages do not book.
pub(super) struct Elsewhere {
    site: String,
    telephone: String,
}

impl EmbedPage {
    /// The page of a service from its picture.
    pub(super) fn new(
        language: Language,
        city: &Bilingual,
        counter: &Counter,
        elsewhere: Option<&Site>,
        picture: &availability::Availability,
    ) -> Self {
        let service = counter.service;
        let free =
            picture.days.iter().map(|day| Line { day: day.day, availability: Availability::of_day(day) });
        let other = |other| (other, route::embed(other, service, &counter.site));
        Self {
            texts: Texts::new(language),
            city: city.of(language).to_owned(),
            service,
            as_of: domain::time::minute_of(picture.as_of),
            lines: free.filter(|line| line.availability.is_free()).take(DAYS).collect(),
            last: picture.days.last().map(|day| day.day),
            others: document::others(language).map(other).collect(),
            elsewhere: elsewhere.map(|site| Elsewhere {
                site: Bilingual::new(&site.name_ja, &site.name_en).of(language).to_owned(),
                telephone: site.telephone.clone(),
            }),
        }
    }

    fn title(&self) -> &'static str {
        title(self.service)
    }

    fn style() -> String {
        asset::href("style.css")
    }
}

impl Page for EmbedPage {
    const CACHE: Cache = Cache::Revalidate;
}

/// The message with the heading for a service.
pub(super) fn title(service: Service) -> &'static str {
    match service {
        Service::Renewal => key!("embed-title-renewal"),
        _ => key!("embed-title-issuance"),
    }
}

/// Shows the free days of a service at this counter.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path((language, service)): Path<(String, String)>,
) -> Result<Response, PageError> {
    page(&app, &language, &Counter::of(&app, &service, None)?).await
}

/// Shows the free days of a service at a site.
pub(super) async fn show_of_site(
    State(app): State<Arc<App>>,
    Path((language, service, site)): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    page(&app, &language, &Counter::of(&app, &service, Some(&site))?).await
}

async fn page(app: &App, language: &str, counter: &Counter) -> Result<Response, PageError> {
    let language = Language::from_code(language).ok_or(PageError::NotFound)?;
    let (picture, rules) = (counter.picture(app).await?, app.rules());
    let elsewhere = rules.site(&counter.site, app.today()).filter(|_| !counter.is_booked_here(app));
    let city = &app.settings.profile.city;
    let city = Bilingual::new(&city.name_ja, &city.name_en);
    let mut answer = respond(&EmbedPage::new(language, &city, counter, elsewhere, &picture));
    let policy = framed_by(&app.settings.framed_by)?;
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

/// The policy of a page that these sites may frame.
fn framed_by(sites: &[Origin]) -> Result<HeaderValue, PageError> {
    let sites: Vec<&str> = sites.iter().map(|site| site.text.as_str()).collect();
    let ancestors = if sites.is_empty() { "'none'".to_owned() } else { sites.join(" ") };
    HeaderValue::from_str(&content_security_policy(&ancestors)).map_err(PageError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_c_only_the_sites_of_the_deployment_may_frame_the_page() {
        let policy = |sites: &[&str]| {
            let sites: Vec<Origin> = sites.iter().map(|site| Origin::new(site)).collect();
            framed_by(&sites).unwrap().to_str().unwrap().to_owned()
        };
        assert!(policy(&[]).contains("frame-ancestors 'none'"));
        let two = policy(&["https://www.city.example.jp", "https://kosodate.example.jp/"]);
        assert!(
            two.contains("frame-ancestors https://www.city.example.jp https://kosodate.example.jp;"),
            "{two}"
        );
    }
}
