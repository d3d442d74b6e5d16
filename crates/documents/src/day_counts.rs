//! The counts of a day, with the lines that reconcile them.
//!
//! The counts come from the journal up to a number; this room only adds up what must agree and says where it
//! does not.

use domain::time;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::office::stamp;
use crate::table::{Cell, Table};

/// The counts of one site on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCounts {
    /// The municipality, as the paper names it.
    pub city: String,
    /// The site, as the paper names it.
    pub site: String,
    /// The business day.
    pub day: Date,
    /// The last journal number that was counted; none while the day is open.
    pub through_seq: Option<u64>,
    /// When it was printed; of a closed day when it was closed, so that the paper is always the same.
    pub printed_at: Timestamp,
    /// Who printed it; nobody on the paper of a closed day.
    pub printed_by: String,
    /// The counts by subject.
    pub groups: Vec<Group>,
    /// What must agree.
    pub reconciliations: Vec<Reconciliation>,
}

/// Counts of one subject, such as 交付窓口.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The subject.
    pub title: String,
    /// Its counts.
    pub rows: Vec<Count>,
}

/// A name and its count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// What was counted.
    pub name: String,
    /// How many.
    pub count: i64,
    /// 備考: a definition or a reason.
    pub remark: String,
}

impl Count {
    /// A count without a remark.
    pub fn new(name: impl Into<String>, count: i64) -> Self {
        Self { name: name.into(), count, remark: String::new() }
    }
}

/// A whole that must equal the sum of its parts, such as 予約 = 交付 + 持帰り + 不来庁.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciliation {
    /// The whole.
    pub whole: Count,
    /// The parts.
    pub parts: Vec<Count>,
}

impl Reconciliation {
    /// The whole less the sum of its parts; zero when they agree.
    pub fn difference(&self) -> i64 {
        self.parts.iter().fold(self.whole.count, |rest, part| rest.saturating_sub(part.count))
    }
}

impl DayCounts {
    /// The counts as a table for export.
    pub fn table(&self) -> Table {
        let columns = ["日付", "区分", "項目", "件数", "備考"];
        let rows = self.groups.iter().flat_map(|group| {
            group.rows.iter().map(|row| {
                vec![
                    Cell::Day(self.day),
                    Cell::text(group.title.clone()),
                    Cell::text(row.name.clone()),
                    Cell::Number(row.count),
                    Cell::text(row.remark.clone()),
                ]
            })
        });
        Table { columns: columns.map(String::from).to_vec(), rows: rows.collect() }
    }

    pub(crate) fn data(&self) -> Value {
        let reconciliations: Vec<Value> = self
            .reconciliations
            .iter()
            .map(|line| json!({ "whole": line.whole, "parts": line.parts, "difference": line.difference() }))
            .collect();
        json!({
            "city": self.city,
            "site": self.site,
            "day": time::era_date(self.day),
            "through_seq": self.through_seq,
            "stamped": if self.through_seq.is_some() { "締め" } else { "出力" },
            "printed": stamp(self.printed_at),
            "printed_by": self.printed_by,
            "groups": self.groups,
            "reconciliations": reconciliations,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_that_is_not_the_sum_of_its_parts_shows_the_difference() {
        let mut line = Reconciliation {
            whole: Count::new("予約", 10),
            parts: vec![Count::new("交付", 7), Count::new("持帰り", 1), Count::new("不来庁", 2)],
        };
        assert_eq!(line.difference(), 0);
        line.parts.pop();
        assert_eq!(line.difference(), 2);
    }
}
