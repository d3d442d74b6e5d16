//! What the data is, for machines (OpenAPI 3.1, made from the types that answer) and for people.

use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::rules::Site;
use domain::service::Service;
use utoipa::OpenApi;
use utoipa::openapi::{Info, OpenApi as Document, Server};

use super::counter::{self, Counter};
use super::{data, route};
use crate::App;
use crate::citizen::{Layout, frame};
use crate::kit::page::Cache;
use crate::kit::{Asked, Bilingual, Language, Page, PageError, Texts, respond};

#[derive(OpenApi)]
#[openapi(paths(counter::list, data::days, data::day, data::days_of_site, data::day_of_site))]
struct Described;

/// The document, for a public address and a city.
pub(super) fn described(public: &str, city: &str) -> Document {
    let mut document = Described::openapi();
    let mut info = Info::new(format!("{city} 予約の空き状況"), "1".to_owned());
    info.description = Some(
        "窓口の予約の空き状況です。一人ひとりの情報は含みません。\n\nFree places of the counter. Nothing here tells \
         anything about anybody."
            .to_owned(),
    );
    document.info = info;
    document.servers = Some(vec![Server::new(public)]);
    document
}

/// Answers the document.
pub(super) async fn document(State(app): State<Arc<App>>) -> Json<Document> {
    Json(described(&app.settings.public.text, &app.settings.profile.city.name_ja))
}

/// A way to the data of a counter.
struct Way {
    service: Service,
    /// The name of the site, where there is more than one.
    site: Option<String>,
    address: String,
    embed: String,
}

/// The page for people.
#[derive(Template)]
#[template(path = "open/about.html")]
pub(super) struct AboutPage {
    texts: Texts,
    layout: Layout,
    counters: String,
    document: String,
    ways: Vec<Way>,
}

impl AboutPage {
    /// The page for the counters that take reservations, at a public address.
    pub(super) fn new(layout: Layout, public: &str, counters: &[(Counter, Site)]) -> Self {
        let language = layout.language();
        let has_sites = counters.iter().any(|(counter, _)| counter.site != counters[0].0.site);
        let way = |(counter, site): &(Counter, Site)| Way {
            service: counter.service,
            site: has_sites.then(|| Bilingual::new(&site.name_ja, &site.name_en).of(language).to_owned()),
            address: format!("{public}{}", route::days(counter.service, &counter.site)),
            embed: format!("{public}{}", route::embed(language, counter.service, &counter.site)),
        };
        Self {
            texts: layout.texts(),
            counters: format!("{public}{}", route::COUNTERS),
            document: format!("{public}{}", route::DOCUMENT),
            ways: counters.iter().map(way).collect(),
            layout,
        }
    }

    /// The part of a page that puts the free days into it.
    fn frame(&self, way: &Way) -> String {
        let title = self.texts.get(super::embed::title(way.service));
        format!(r#"<iframe src="{}" title="{title}" width="100%" height="480"></iframe>"#, way.embed)
    }
}

impl Page for AboutPage {
    const CACHE: Cache = Cache::Revalidate;
}

/// Shows the page.
pub(super) async fn about(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, PageError> {
    let counters = counter::all(&app).await?;
    Ok(respond(&AboutPage::new(frame::layout(&app, &asked), &app.settings.public.text, &counters)))
}

/// The other language of a page that carries its language in its address.
pub(super) fn others(language: Language) -> impl Iterator<Item = Language> {
    Language::ALL.into_iter().filter(move |other| *other != language)
}
