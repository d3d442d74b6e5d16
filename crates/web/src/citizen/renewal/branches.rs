//! The branch offices (出張所) that renew certificates too, as the rules of today have them (11(8)ウ(ア) b).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::service::Service;

use crate::App;
use crate::citizen::{Layout, frame};
use crate::key;
use crate::kit::page::Cache;
use crate::kit::{Asked, Bilingual, Page, Texts, respond};

/// One office.
#[derive(Debug, Clone)]
pub struct Office {
    /// Its name.
    pub name: Bilingual,
    /// Its address; empty: not written down.
    pub address: Bilingual,
    /// Its days and hours.
    pub hours: Bilingual,
    /// Its own telephone number.
    pub telephone: Option<String>,
    /// Whether a reservation is needed.
    pub reservation: bool,
    /// What it does.
    pub services: Vec<Service>,
}

impl Office {
    fn what(&self) -> impl Iterator<Item = &'static str> {
        self.services.iter().filter_map(|service| match service {
            Service::Issuance => Some(key!("what-issuance")),
            Service::Renewal => Some(key!("what-renewal")),
            Service::Application => Some(key!("what-application")),
            Service::LinkageSupport | Service::Enquiry => None,
        })
    }
}

/// The page of the offices.
#[derive(Template)]
#[template(path = "citizen/renewal/branches.html")]
pub struct BranchesPage {
    texts: Texts,
    layout: Layout,
    offices: Vec<Office>,
}

impl BranchesPage {
    /// The page of these offices.
    pub fn new(layout: Layout, offices: Vec<Office>) -> Self {
        Self { texts: layout.texts(), layout, offices }
    }
}

impl Page for BranchesPage {
    const CACHE: Cache = Cache::Revalidate;
}

/// Shows the offices.
pub(crate) async fn show(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let rules = app.rules();
    let offices = rules.branches(Service::Renewal, app.today()).into_iter().map(|branch| Office {
        name: Bilingual::new(&branch.name_ja, &branch.name_en),
        address: Bilingual::new(&branch.address_ja, &branch.address_en),
        hours: Bilingual::new(&branch.hours_ja, &branch.hours_en),
        telephone: branch.telephone.clone(),
        reservation: branch.reservation,
        services: branch.services.clone(),
    });
    respond(&BranchesPage::new(frame::layout(&app, &asked), offices.collect()))
}
