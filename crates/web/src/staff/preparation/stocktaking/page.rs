//! What the last scan of a box came to, on the screen.

use store::Reader;

use super::answer::{Answer, Last};
use crate::staff::wording::control;

/// What the last scan came to, and which card it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) answer: Answer,
    /// The card, where there was one; of one that belongs elsewhere also where that is.
    pub(crate) card: Option<String>,
}

/// Reads what is said of a scan.
pub(super) fn said(reader: &mut Reader<'_>, last: Last) -> Result<Said, store::Error> {
    let card = match last.card {
        Some(card) => store::card::find(reader, card)?,
        None => None,
    };
    let card = card.map(|card| {
        let number = control(card.control_number);
        match last.answer {
            Answer::Extra => format!("{number}　記録の場所：{}", card.place_name),
            _ => number,
        }
    });
    Ok(Said { answer: last.answer, card })
}
