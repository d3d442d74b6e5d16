//! The counters that take reservations: a service at a site, by the rules of today.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::rules::Site;
use domain::service::{Service, SiteCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use super::route;
use crate::App;
use crate::availability::Availability;
use crate::kit::PageError;

/// A service at a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counter {
    /// The service.
    pub(super) service: Service,
    /// The site.
    pub(super) site: SiteCode,
}

impl Counter {
    /// A counter by the codes of an address; nothing is at the address if the rules know no such counter.
    pub(super) fn of(app: &App, service: &str, site: Option<&str>) -> Result<Self, PageError> {
        let service: Service = service.parse().map_err(|_| PageError::NotFound)?;
        let (rules, today) = (app.rules(), app.today());
        if rules.booking(service, today).is_none() {
            return Err(PageError::NotFound);
        }
        let site = match site {
            // The pages of a deployment stand also while no rule describes its site.
            None => app.settings.site.clone(),
            Some(code) => {
                let site = code.parse().map_err(|_| PageError::NotFound)?;
                rules.site(&site, today).map(|site| site.code.clone()).ok_or(PageError::NotFound)?
            }
        };
        Ok(Self { service, site })
    }

    /// Its free places.
    pub(super) async fn picture(&self, app: &App) -> Result<Arc<Availability>, PageError> {
        Ok(app.availability_at(self.service, &self.site).await?)
    }

    /// Whether the citizens' pages of this deployment book it; the others are booked elsewhere.
    pub(super) fn is_booked_here(&self, app: &App) -> bool {
        self.site == app.settings.site
    }
}

/// Every counter that has places on the days that are booked now, this one's own first.
pub(super) async fn all(app: &App) -> Result<Vec<(Counter, Site)>, PageError> {
    let (rules, today) = (app.rules(), app.today());
    let mut sites: Vec<Site> = rules.sites(today).into_iter().cloned().collect();
    sites.sort_by_key(|site| site.code != app.settings.site);
    let mut found = Vec::new();
    for site in sites {
        for service in Service::ALL.iter().copied().filter(|service| rules.booking(*service, today).is_some())
        {
            let counter = Counter { service, site: site.code.clone() };
            let has_places = counter.picture(app).await?.days.iter().any(|day| day.places() > 0);
            if has_places || counter.is_booked_here(app) {
                found.push((counter, site.clone()));
            }
        }
    }
    Ok(found)
}

/// A counter with its names.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OneCounter {
    /// The code of the service.
    #[schema(example = "issuance")]
    service: &'static str,
    /// Its name in Japanese.
    #[schema(example = "カードの交付")]
    name: &'static str,
    /// The code of the site.
    #[schema(example = "honcho")]
    site: String,
    /// The name of the site in Japanese.
    site_name_ja: String,
    /// The name of the site in English.
    site_name_en: String,
    /// The address of its days.
    #[schema(example = "https://yoyaku.example.jp/api/v1/sites/honcho/services/issuance/days")]
    days: String,
}

/// The counters that take reservations.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AllCounters {
    /// Each service at each site, those of the citizens' pages at this address first.
    counters: Vec<OneCounter>,
}

/// The counters that take reservations: each service at each site.
#[utoipa::path(
    get,
    path = super::route::COUNTERS,
    operation_id = "counters",
    responses(
        (status = 200, description = "The counters", body = AllCounters),
        (status = 503, description = "Too many requests are under way", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Json<AllCounters>, PageError> {
    let public = &app.settings.public.text;
    let counters = all(&app).await?.into_iter().map(|(counter, site)| OneCounter {
        service: counter.service.code(),
        name: counter.service.label(),
        days: format!("{public}{}", route::days(counter.service, &counter.site)),
        site: counter.site.to_string(),
        site_name_ja: site.name_ja,
        site_name_en: site.name_en,
    });
    Ok(Json(AllCounters { counters: counters.collect() }))
}
