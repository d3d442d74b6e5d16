//! The addresses of what others may read. They are promises: what stands at `/api/v1/` keeps its form.

use domain::service::Service;

use crate::kit::Language;

/// The page that explains it.
pub const ABOUT: &str = "/api/";
/// The document for machines.
pub const DOCUMENT: &str = "/api/openapi.json";
/// The days of a service.
pub const DAYS: &str = "/api/v1/services/{service}/days";
/// One day of a service, with its slots.
pub const DAY: &str = "/api/v1/services/{service}/days/{day}";
/// The page of free days that the city may put into its own.
pub const EMBED: &str = "/embed/{language}/{service}";

/// The address of [`DAYS`].
pub fn days(service: Service) -> String {
    DAYS.replace("{service}", service.code())
}

/// The address of [`EMBED`].
pub fn embed(language: Language, service: Service) -> String {
    EMBED.replace("{language}", language.code()).replace("{service}", service.code())
}
