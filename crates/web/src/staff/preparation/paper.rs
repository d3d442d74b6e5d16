//! Answers that are a PDF, and what stands on every paper of this part.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use documents::Document;
use domain::id::CardId;
use domain::journal::Subject;
use domain::permission::Permission;
use store::Reader;
use store::keys::Keys;
use store::privacy::NOTICE_NUMBER;

use crate::App;
use crate::kit::PageError;
use crate::kit::page::Cache;
use crate::staff::desk::Signed;

/// Prints a document and answers with it. `name` is ASCII without quotes.
pub(super) async fn pdf(app: &App, document: Document, name: &str) -> Result<Response, PageError> {
    let bytes = app.printer.print(document).await.map_err(PageError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
        (header::CACHE_CONTROL, Cache::Never.header().to_str().unwrap_or("no-store").to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// The number on the 交付通知書 of a card, where the city agreed that it is held.
pub(super) fn reference(
    reader: &mut Reader<'_>,
    keys: &Keys,
    card: CardId,
) -> Result<Option<String>, store::Error> {
    store::privacy::open(reader, keys, &Subject::Card(card), NOTICE_NUMBER)
}

/// The city's name on papers.
pub(super) fn city(app: &App) -> String {
    app.settings.profile.city.name_ja.clone()
}

/// The site's name on papers.
pub(super) fn site(app: &App) -> String {
    let (rules, site) = (app.rules(), &app.settings.site);
    rules.site(site, app.today()).map_or_else(|| site.to_string(), |site| site.name_ja.clone())
}

/// Whether the person may print labels and letters.
pub(super) fn may_print(signed: &Signed) -> bool {
    signed.may(Permission::PrintLetters)
}
