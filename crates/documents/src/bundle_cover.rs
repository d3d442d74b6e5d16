//! ふた紙: the sheet on a bundle of envelopes of one 郵便区 and weight (11(5)ウ(エ): 郵便区番号ごとの仕分け). It says how
//! many envelopes of which parts of letters lie there, and who handed them to whom.
//!
//! It is no 差出票 of the post office: what a piece costs and how it is posted is the city's, and no price stands here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::document::CannotPrint;
use crate::office::stamp;

/// The sheets of all bundles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleCovers {
    /// The municipality, as the paper names it.
    pub city: String,
    /// The site, as the paper names it.
    pub site: String,
    /// When they were printed.
    pub printed_at: Timestamp,
    /// Who printed them.
    pub printed_by: String,
    /// A sheet a bundle.
    pub covers: Vec<Cover>,
}

/// The sheet of one bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// 郵便区: 564, 市外.
    pub block: String,
    /// Whether the bundle can go as 郵便区内特別郵便物; only then the mark stands on the sheet.
    pub is_special: bool,
    /// What is to be said of 郵便区内特別, also where the bundle cannot.
    pub special: String,
    /// Envelopes.
    pub count: u32,
    /// Grams of one envelope, where one was weighed.
    pub grams: Option<u32>,
    /// Grams of all of them.
    pub weight: Option<u64>,
    /// The parts of letters of which they are.
    pub parts: Vec<Part>,
}

/// A part of letters in a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its number.
    pub number: String,
    /// Its envelopes in this bundle.
    pub count: u32,
    /// Letters of this 郵便区 that the part has.
    pub of: u32,
    /// Whether the city has taken it over.
    pub state: String,
}

impl BundleCovers {
    pub(crate) fn data(&self) -> Result<Value, CannotPrint> {
        if self.covers.is_empty() {
            return Err(CannotPrint::Empty);
        }
        let covers: Vec<Value> = self
            .covers
            .iter()
            .map(|cover| {
                json!({
                    "block": cover.block,
                    "is_special": cover.is_special,
                    "special": cover.special,
                    "count": cover.count,
                    "grams": cover.grams,
                    "weight": cover.weight.map(kilograms),
                    "parts": cover.parts,
                })
            })
            .collect();
        Ok(json!({
            "city": self.city,
            "site": self.site,
            "printed": stamp(self.printed_at),
            "printed_by": self.printed_by,
            "covers": covers,
        }))
    }
}

/// Grams in words: below a kilogram as they are, from there on in kilograms to the gram.
fn kilograms(grams: u64) -> String {
    if grams < 1_000 { format!("{grams}g") } else { format!("{}.{:03}kg", grams / 1_000, grams % 1_000) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_c4_a_weight_is_said_to_the_gram() {
        for (grams, words) in [(56, "56g"), (999, "999g"), (1_000, "1.000kg"), (2_805, "2.805kg")] {
            assert_eq!(kilograms(grams), words);
        }
    }
}
