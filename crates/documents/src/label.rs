//! Labels: for the sleeve in which a card is kept, and for the places where sleeves stand.
//!
//! A sleeve label has no name and no date: whoever finds one learns nothing about a person.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::code;
use crate::document::{CannotPrint, digits, in_threes};
use crate::letter::CONTROL_DIGITS;
use crate::office::list_line;

/// The digits on a place label.
pub const PLACE_DIGITS: usize = 8;

/// A4 in tenths of a millimetre.
const PAPER: (u32, u32) = (2100, 2970);

/// A sheet of labels on A4. Lengths in tenths of a millimetre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Labels side by side.
    pub columns: u32,
    /// Labels one below the other.
    pub rows: u32,
    /// The width of a label.
    pub width: u32,
    /// The height of a label.
    pub height: u32,
    /// From the left edge of the paper to the first label.
    pub left: u32,
    /// From the upper edge of the paper to the first label.
    pub top: u32,
    /// Between columns.
    pub gap_x: u32,
    /// Between rows.
    pub gap_y: u32,
    /// How far this printer must be moved to the right (negative: left) to hit the labels.
    pub shift_x: i32,
    /// How far this printer must be moved down (negative: up) to hit the labels.
    pub shift_y: i32,
    /// How many labels of the first sheet are gone already.
    pub skip: u32,
}

impl Sheet {
    /// Three columns and eight rows of 70 × 37.1 mm, the sheet with 24 labels that every stationer has.
    pub const A4_24: Self = Self {
        columns: 3,
        rows: 8,
        width: 700,
        height: 371,
        left: 0,
        top: 0,
        gap_x: 0,
        gap_y: 0,
        shift_x: 0,
        shift_y: 0,
        skip: 0,
    };

    fn data(&self) -> Result<Value, CannotPrint> {
        let span = |first: u32, count: u32, size: u32, gap: u32| {
            let sizes = count.checked_mul(size)?;
            let gaps = count.checked_sub(1)?.checked_mul(gap)?;
            first.checked_add(sizes)?.checked_add(gaps)
        };
        let across = span(self.left, self.columns, self.width, self.gap_x);
        let down = span(self.top, self.rows, self.height, self.gap_y);
        // Narrower or lower than this a barcode with its quiet zones and its text have no room.
        let roomy = self.width >= 500 && self.height >= 250;
        match (across, down) {
            (Some(across), Some(down))
                if across <= PAPER.0 && down <= PAPER.1 && roomy && self.skip < self.columns * self.rows => {}
            _ => return Err(CannotPrint::SheetDoesNotFit),
        }
        Ok(json!(self))
    }
}

/// Labels for sleeves, in the order of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SleeveLabels {
    /// When they were printed.
    pub printed_at: Timestamp,
    /// Who printed them.
    pub printed_by: String,
    /// The sheet.
    pub sheet: Sheet,
    /// The labels.
    pub labels: Vec<SleeveLabel>,
}

/// One card's label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SleeveLabel {
    /// 管理番号, nine digits.
    pub control_number: String,
    /// The day of the consignment.
    pub list_date: Date,
    /// The line of カード発行一覧表.
    pub list_line: u32,
    /// The number on the 交付通知書, where the city agreed that it is held.
    pub reference: Option<String>,
}

impl SleeveLabels {
    pub(crate) fn data(&self) -> Result<Value, CannotPrint> {
        let labels: Vec<Value> = self
            .labels
            .iter()
            .enumerate()
            .map(|(index, label)| {
                let control = digits(&label.control_number, CONTROL_DIGITS, "control_number", index)?;
                Ok(json!({
                    "control_number": in_threes(control),
                    "list_line": list_line(label.list_date, label.list_line),
                    "reference": label.reference,
                    "code128": code::code128(control, 375, 11_000)?,
                }))
            })
            .collect::<Result<_, CannotPrint>>()?;
        sheet_data(&self.sheet, labels)
    }
}

/// Labels for shelves, boxes, trays and desks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceLabels {
    /// When they were printed.
    pub printed_at: Timestamp,
    /// Who printed them.
    pub printed_by: String,
    /// The sheet.
    pub sheet: Sheet,
    /// The labels.
    pub labels: Vec<PlaceLabel>,
}

/// One place's label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceLabel {
    /// Eight digits.
    pub number: String,
    /// The place's own name, such as 棚3-6.
    pub name: String,
    /// The names of the places around it, outermost first.
    pub inside: Vec<String>,
}

impl PlaceLabels {
    pub(crate) fn data(&self) -> Result<Value, CannotPrint> {
        let labels: Vec<Value> = self
            .labels
            .iter()
            .enumerate()
            .map(|(index, label)| {
                let number = digits(&label.number, PLACE_DIGITS, "number", index)?;
                Ok(json!({
                    "number": format!("{} {}", &number[..4], &number[4..]),
                    "name": label.name,
                    "inside": label.inside.join(" ＞ "),
                    "code128": code::code128(number, 400, 10_000)?,
                }))
            })
            .collect::<Result<_, CannotPrint>>()?;
        sheet_data(&self.sheet, labels)
    }
}

fn sheet_data(sheet: &Sheet, labels: Vec<Value>) -> Result<Value, CannotPrint> {
    if labels.is_empty() {
        return Err(CannotPrint::Empty);
    }
    Ok(json!({ "sheet": sheet.data()?, "labels": labels }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_must_fit_the_paper() {
        assert!(Sheet::A4_24.data().is_ok());
        for bad in [
            Sheet { columns: 4, ..Sheet::A4_24 },
            Sheet { rows: 9, ..Sheet::A4_24 },
            Sheet { columns: 0, ..Sheet::A4_24 },
            Sheet { skip: 24, ..Sheet::A4_24 },
            Sheet { width: u32::MAX, ..Sheet::A4_24 },
            Sheet { columns: 6, width: 350, ..Sheet::A4_24 },
        ] {
            assert_eq!(bad.data(), Err(CannotPrint::SheetDoesNotFit), "{bad:?}");
        }
    }
}
