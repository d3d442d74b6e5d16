//! Everything printable, and the template that prints it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::batch_list::BatchList;
use crate::bundle_cover::BundleCovers;
use crate::day_counts::DayCounts;
use crate::day_list::DayList;
use crate::label::{PlaceLabels, SleeveLabels};
use crate::letter::Letters;
use crate::plain_list::PlainList;

/// A paper with everything that stands on it.
///
/// It crosses a pipe to the renderer as JSON, so it owns its data and carries no secret beyond what is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "paper", rename_all = "snake_case")]
pub enum Document {
    /// 交付のご案内, a sheet a card.
    GuideLetters(Box<Letters>),
    /// Labels for the sleeves in which cards are kept.
    SleeveLabels(SleeveLabels),
    /// Labels for shelves, boxes and trays.
    PlaceLabels(PlaceLabels),
    /// The reservations of one day for the city and for pulling the cards.
    DayList(DayList),
    /// The annotated list that goes with a batch of cards.
    BatchList(BatchList),
    /// The sheets on the bundles of envelopes.
    BundleCovers(BundleCovers),
    /// The counts of a day.
    DayCounts(DayCounts),
    /// Any list of the staff.
    PlainList(PlainList),
}

/// A typst source of this crate under its fixed virtual file name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// The name under which other templates import it.
    pub name: &'static str,
    /// The source text.
    pub source: &'static str,
}

macro_rules! template {
    ($name:literal) => {
        Template { name: $name, source: include_str!(concat!("../templates/", $name)) }
    };
}

const LETTERS: Template = template!("letters.typ");
const SLEEVE_LABELS: Template = template!("sleeve_labels.typ");
const PLACE_LABELS: Template = template!("place_labels.typ");
const DAY_LIST: Template = template!("day_list.typ");
const BATCH_LIST: Template = template!("batch_list.typ");
const BUNDLE_COVER: Template = template!("bundle_cover.typ");
const DAY_COUNTS: Template = template!("day_counts.typ");
const PLAIN_LIST: Template = template!("plain_list.typ");

/// Every template, with the ones that they import.
pub const TEMPLATES: &[Template] = &[
    template!("office.typ"),
    template!("sheet.typ"),
    LETTERS,
    SLEEVE_LABELS,
    PLACE_LABELS,
    DAY_LIST,
    BATCH_LIST,
    BUNDLE_COVER,
    DAY_COUNTS,
    PLAIN_LIST,
];

/// The virtual file in which a template finds its data.
pub const DATA_FILE: &str = "data.json";

/// The font families that the templates name. BIZ UDGothic lacks rare characters such as 𠮷; Noto has them.
pub const FONT_FAMILIES: &[&str] = &["BIZ UDGothic", "Noto Sans CJK JP"];

/// A document contradicts itself, so printing it would mislead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotPrint {
    /// A number has the wrong count of digits or other characters; the value is not repeated here.
    #[error("{field} of item {item} is not {digits} digits")]
    NotDigits {
        /// Which number.
        field: &'static str,
        /// The item's position, from 1.
        item: usize,
        /// How many digits it must have.
        digits: usize,
    },
    /// The address in the QR code does not end with the key that is printed beside it.
    #[error("the address of item {item} does not carry the key of its letter")]
    KeyNotInAddress {
        /// The letter's position, from 1.
        item: usize,
    },
    /// The labels do not fit an A4 sheet.
    #[error("the label sheet does not fit the paper")]
    SheetDoesNotFit,
    /// There is nothing to print.
    #[error("the document has no items")]
    Empty,
    /// A barcode cannot be made of this text at this size.
    #[error("a barcode cannot be made")]
    Barcode,
    /// The data does not become JSON.
    #[error("the data cannot be written")]
    Data,
}

impl Document {
    /// The template that prints this document.
    pub fn template(&self) -> Template {
        match self {
            Self::GuideLetters(_) => LETTERS,
            Self::SleeveLabels(_) => SLEEVE_LABELS,
            Self::PlaceLabels(_) => PLACE_LABELS,
            Self::DayList(_) => DAY_LIST,
            Self::BatchList(_) => BATCH_LIST,
            Self::BundleCovers(_) => BUNDLE_COVER,
            Self::DayCounts(_) => DAY_COUNTS,
            Self::PlainList(_) => PLAIN_LIST,
        }
    }

    /// What the template reads: every text as it is printed, barcodes as SVG.
    ///
    /// Fails where the document contradicts itself.
    pub fn data(&self) -> Result<Value, CannotPrint> {
        match self {
            Self::GuideLetters(paper) => paper.data(),
            Self::SleeveLabels(paper) => paper.data(),
            Self::PlaceLabels(paper) => paper.data(),
            Self::DayList(paper) => paper.data(),
            Self::BatchList(paper) => paper.data(),
            Self::BundleCovers(paper) => paper.data(),
            Self::DayCounts(paper) => Ok(paper.data()),
            Self::PlainList(paper) => paper.data(),
        }
    }

    /// How many pages the paper must have, where more or fewer would be a fault: a guide letter is one sheet,
    /// or the backs of a run no longer fit their fronts.
    pub fn pages(&self) -> Option<usize> {
        match self {
            Self::GuideLetters(paper) => Some(paper.letters.len() * 2),
            _ => None,
        }
    }

    /// The instant that the paper states as that of its printing.
    pub fn printed_at(&self) -> Timestamp {
        match self {
            Self::GuideLetters(paper) => paper.printed_at,
            Self::SleeveLabels(paper) => paper.printed_at,
            Self::PlaceLabels(paper) => paper.printed_at,
            Self::DayList(paper) => paper.printed_at,
            Self::BatchList(paper) => paper.printed_at,
            Self::BundleCovers(paper) => paper.printed_at,
            Self::DayCounts(paper) => paper.printed_at,
            Self::PlainList(paper) => paper.printed_at,
        }
    }
}

/// A number of exactly so many ASCII digits, or an error that does not repeat it.
pub(crate) fn digits<'a>(
    text: &'a str,
    digits: usize,
    field: &'static str,
    index: usize,
) -> Result<&'a str, CannotPrint> {
    if text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text)
    } else {
        Err(CannotPrint::NotDigits { field, item: index + 1, digits })
    }
}

/// A control number as people read it: three groups of three.
pub(crate) fn in_threes(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
