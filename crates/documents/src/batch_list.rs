//! The annotated list that goes with a counted batch of cards to the city or back (11(5)ウ(イ): the list shows
//! which cards are 申請時来庁 and which need care).
//!
//! Why a card needs care is the city's knowledge: the remark says that it does, never the reason.

use domain::time;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::code;
use crate::document::{CannotPrint, in_threes};
use crate::office::{list_line, stamp};
use crate::table::{Cell, Table};

/// A batch on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchList {
    /// The municipality, as the paper names it.
    pub city: String,
    /// The site, as the paper names it.
    pub site: String,
    /// What the batch is for, such as 交付前設定.
    pub purpose: String,
    /// The number by which the batch is scanned and signed.
    pub number: String,
    /// The business day of the transfer.
    pub day: Date,
    /// Who gives.
    pub from: String,
    /// Who takes.
    pub to: String,
    /// When it was printed.
    pub printed_at: Timestamp,
    /// Who printed it.
    pub printed_by: String,
    /// The cards, in the order in which they lie.
    pub entries: Vec<Entry>,
}

/// One card of the batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The day of the consignment.
    pub list_date: Date,
    /// The line of カード発行一覧表.
    pub list_line: u32,
    /// 管理番号.
    pub control_number: String,
    /// The number on the 交付通知書, where the city agreed that it is held.
    pub reference: Option<String>,
    /// The group into which the card was sorted, such as 申請時来庁.
    pub group: String,
    /// 備考.
    pub remark: String,
}

impl BatchList {
    /// The list as a table for export.
    pub fn table(&self) -> Table {
        let columns = ["順番", "一覧日付", "一覧番号", "管理番号", "交付通知書番号", "区分", "備考"];
        let rows = (1_i64..).zip(&self.entries).map(|(order, entry)| {
            vec![
                Cell::Number(order),
                Cell::Day(entry.list_date),
                Cell::Number(i64::from(entry.list_line)),
                Cell::text(entry.control_number.clone()),
                Cell::text(entry.reference.clone().unwrap_or_default()),
                Cell::text(entry.group.clone()),
                Cell::text(entry.remark.clone()),
            ]
        });
        Table { columns: columns.map(String::from).to_vec(), rows: rows.collect() }
    }

    pub(crate) fn data(&self) -> Result<Value, CannotPrint> {
        let mut groups: Vec<(&str, usize)> = Vec::new();
        for entry in &self.entries {
            match groups.iter_mut().find(|(name, _)| *name == entry.group) {
                Some((_, count)) => *count += 1,
                None => groups.push((&entry.group, 1)),
            }
        }
        let rows: Vec<Value> = self
            .entries
            .iter()
            .enumerate()
            .map(|(index, entry)| {
                json!({
                    "order": index + 1,
                    "list_line": list_line(entry.list_date, entry.list_line),
                    "control_number": in_threes(&entry.control_number),
                    "reference": entry.reference,
                    "group": entry.group,
                    "remark": entry.remark,
                })
            })
            .collect();
        // A batch number of other than digits is still printed, only without bars.
        let scannable = self.number.len() >= 2 && self.number.bytes().all(|byte| byte.is_ascii_digit());
        let code128 = if scannable { Some(code::code128(&self.number, 330, 8_000)?) } else { None };
        Ok(json!({
            "city": self.city,
            "site": self.site,
            "purpose": self.purpose,
            "number": self.number,
            "code128": code128,
            "day": time::era_date(self.day),
            "from": self.from,
            "to": self.to,
            "printed": stamp(self.printed_at),
            "printed_by": self.printed_by,
            "total": self.entries.len(),
            "groups": groups.iter().map(|(name, count)| json!({ "name": name, "count": count })).collect::<Vec<_>>(),
            "rows": rows,
        }))
    }
}
