//! A part of letters as PDF. Keys are derived for it and stored nowhere.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use documents::Document;
use documents::letter::{Letter, Letters};
use domain::id::LetterBatchId;

use super::super::paper;
use super::{office, show};
use crate::App;
use crate::kit::PageError;
use crate::staff::desk::Signed;
use crate::staff::field;

/// Prints the letters whose keys still hold.
pub(crate) async fn print(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: LetterBatchId = field::id(&id)?;
    let (part, letters) = show::find(&app, &signed, id, "letters_paper").await?;
    let (keys, public) = (app.keys.clone(), app.settings.public.text.clone());
    let letters = app
        .db
        .read(move |reader| {
            let mut papers = Vec::with_capacity(letters.len());
            // A key that was replaced would only send its reader to a page that knows nothing of it.
            for letter in letters.iter().filter(|letter| letter.holds) {
                let booking_key = letter.key(&keys)?.digits();
                papers.push(Letter {
                    control_number: letter.control_number.digits(),
                    list_line: letter.line,
                    list_date: letter.list_date,
                    reference: paper::reference(reader, &keys, letter.card)?,
                    url: format!("{public}/k#{booking_key}"),
                    booking_key,
                });
            }
            Ok::<_, store::Error>(papers)
        })
        .await?;
    if letters.is_empty() {
        return Err(PageError::Conflict("この案内は再発行されたため、もう使えません。".to_owned()));
    }
    let document = Document::GuideLetters(Box::new(Letters {
        city: office::city(&app),
        site: office::site(&app),
        printed_at: app.now(),
        printed_by: signed.name().to_owned(),
        version: part.version,
        part: 1,
        parts: 1,
        letters,
    }));
    paper::pdf(&app, document, "letters.pdf").await
}
