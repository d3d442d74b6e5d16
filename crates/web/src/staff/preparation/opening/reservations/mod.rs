//! Reservations of a former contractor: their file is checked, each line takes a place, and what does not fit is
//! listed with its reason.

pub(crate) mod result;
pub(crate) mod take;
pub(crate) mod upload;

use documents::intake::Format;
use domain::opening::Booked;
use store::takeover::{Outcome, Refused};

/// A file that was checked and may be taken, and what its lines became.
#[derive(Debug)]
pub(super) struct Checked {
    /// Its lines.
    pub(super) lines: Vec<Booked>,
    /// What it was.
    pub(super) format: Format,
    /// How many cells have twelve digits that are to be asked back.
    pub(super) questions: usize,
    /// What its lines came to. Held locked while they are taken, so that a second press waits for the first.
    pub(super) done: tokio::sync::Mutex<Option<Vec<Outcome>>>,
}

/// Why a line was not taken, and what to do.
fn reason(refused: Refused) -> String {
    match refused {
        Refused::UnknownCard => {
            "このカードは引き継がれていません。番号を確かめ、カードを先に引き継いでください。".to_owned()
        }
        Refused::NotBookable(stage) => format!(
            "カードが予約できる状態にありません（{}）。",
            domain::card::Progress::of(stage, false).label()
        ),
        Refused::BookedElsewhere => {
            "このカードには別の日時の予約があります。市民に確かめてください。".to_owned()
        }
        Refused::Past => "過ぎた日時です。".to_owned(),
        Refused::NoSlot => "この日時は受け付けていません。市民に連絡して日時を変えてください。".to_owned(),
        Refused::DayClosed => "この日は締めが済んでいます。".to_owned(),
        Refused::Full => {
            "定員を超えます。定員超過を認めて取り込み直すか、市民に連絡して日時を変えてください。".to_owned()
        }
        Refused::NumberTaken => "旧予約番号が、別の予約のものとして引き継がれています。".to_owned(),
    }
}
