//! The addresses of what others may read. They are promises: what stands at `/api/v1/` keeps its form.

use domain::service::{Service, SiteCode};

use crate::kit::Language;

/// The page that explains it.
pub const ABOUT: &str = "/api/";
/// The document for machines.
pub const DOCUMENT: &str = "/api/openapi.json";
/// The days of a service at the counter that these pages book.
pub const DAYS: &str = "/api/v1/services/{service}/days";
/// One day of it, with its slots.
pub const DAY: &str = "/api/v1/services/{service}/days/{day}";
/// The counters that take reservations: each service at each site.
pub const COUNTERS: &str = "/api/v1/counters";
/// The days of a service at a site.
pub const DAYS_OF_SITE: &str = "/api/v1/sites/{site}/services/{service}/days";
/// One day of a service at a site, with its slots.
pub const DAY_OF_SITE: &str = "/api/v1/sites/{site}/services/{service}/days/{day}";
/// The page of free days that the city may put into its own.
pub const EMBED: &str = "/embed/{language}/{service}";
/// The same for a site.
pub const EMBED_OF_SITE: &str = "/embed/{language}/{service}/{site}";

/// The address of [`DAYS_OF_SITE`].
pub fn days(service: Service, site: &SiteCode) -> String {
    DAYS_OF_SITE.replace("{service}", service.code()).replace("{site}", site.as_str())
}

/// The address of [`EMBED_OF_SITE`].
pub fn embed(language: Language, service: Service, site: &SiteCode) -> String {
    let page = EMBED_OF_SITE.replace("{language}", language.code()).replace("{service}", service.code());
    page.replace("{site}", site.as_str())
}
