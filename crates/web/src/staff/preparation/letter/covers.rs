//! ふた紙: the sheet that lies on each bundle of envelopes of one 郵便区 and weight when it goes to the city.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use documents::Document;
use documents::bundle_cover::{BundleCovers, Cover, Part};
use domain::journal::Subject;
use domain::sorting::{Pile, Special};
use store::journal::View;

use super::super::paper;
use super::sorting;
use crate::App;
use crate::kit::PageError;
use crate::staff::desk::Signed;
use crate::staff::wording::short;

/// A bundle: the envelopes of a pile that are ready.
fn cover(pile: &Pile, minimum: u32) -> Cover {
    let parts = pile.portions.iter().filter(|portion| portion.ready > 0);
    Cover {
        block: pile.block.label(),
        is_special: pile.special(minimum) == Special::Reached,
        special: sorting::special(pile, minimum),
        count: pile.ready(),
        grams: pile.grams,
        weight: pile.weight(),
        parts: parts
            .map(|portion| Part {
                number: short(portion.part),
                count: portion.ready,
                of: portion.letters,
                state: if portion.is_transferred { "引継ぎ済" } else { "引継ぎ前" }.to_owned(),
            })
            .collect(),
    }
}

/// Prints a sheet for each bundle.
pub(crate) async fn print(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let piles: Vec<Pile> = sorting::read(&app).await?.into_iter().filter(|pile| pile.ready() > 0).collect();
    if piles.is_empty() {
        return Err(PageError::Conflict("封入済の封筒がないため、ふた紙はありません。".to_owned()));
    }
    let mut parts: Vec<_> =
        piles.iter().flat_map(|pile| &pile.portions).map(|portion| portion.part).collect();
    parts.sort_unstable();
    parts.dedup();
    let view = View {
        screen: "covers_paper",
        asked: String::new(),
        subjects: parts.into_iter().map(Subject::Letters).collect(),
        found: u32::try_from(piles.len()).unwrap_or(u32::MAX),
    };
    signed.viewed(&app, view).await?;
    let minimum = app.settings.profile.consignment.post_minimum;
    let document = Document::BundleCovers(BundleCovers {
        city: paper::city(&app),
        site: paper::site(&app),
        printed_at: app.now(),
        printed_by: signed.name().to_owned(),
        covers: piles.iter().map(|pile| cover(pile, minimum)).collect(),
    });
    paper::pdf(&app, document, "bundle-covers.pdf").await
}
