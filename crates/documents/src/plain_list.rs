//! Any list of the staff on paper: what is shown of it, its columns and rows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::document::CannotPrint;
use crate::office::stamp;

/// Rows on one paper at most: about thirty sheets. Longer lists are for a spreadsheet.
pub const MOST_ROWS: usize = 1_000;

/// A list on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlainList {
    /// The municipality, as the paper names it.
    pub city: String,
    /// The site, as the paper names it.
    pub site: String,
    /// What is listed, such as カード一覧.
    pub title: String,
    /// What the list is narrowed to, one condition each; none: everything.
    pub asked: Vec<String>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with a text for every column.
    pub rows: Vec<Vec<String>>,
    /// When it was printed.
    pub printed_at: Timestamp,
    /// Who printed it.
    pub printed_by: String,
}

/// A column on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its share of the width, from 1.
    pub share: u8,
}

impl PlainList {
    /// Refuses a row that has another number of texts than there are columns: it would print in the wrong ones.
    pub(crate) fn data(&self) -> Result<Value, CannotPrint> {
        let whole = self.rows.iter().all(|row| row.len() == self.columns.len());
        if self.columns.is_empty() || !whole || self.rows.len() > MOST_ROWS {
            return Err(CannotPrint::Data);
        }
        let rows: Vec<Value> = (1..)
            .zip(&self.rows)
            .map(|(order, texts): (usize, _)| json!({ "order": order, "texts": texts }))
            .collect();
        Ok(json!({
            "city": self.city,
            "site": self.site,
            "title": self.title,
            "asked": self.asked.join("　"),
            "columns": self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
            "shares": self.columns.iter().map(|column| column.share).collect::<Vec<_>>(),
            "rows": rows,
            "total": self.rows.len(),
            "printed": stamp(self.printed_at),
            "printed_by": self.printed_by,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(rows: Vec<Vec<String>>) -> PlainList {
        PlainList {
            city: "吹田市".into(),
            site: "本庁".into(),
            title: "カード一覧".into(),
            asked: vec!["進み具合：予約完了".into(), "申請方式：特急".into()],
            columns: vec![
                Column { name: "管理番号".into(), share: 2 },
                Column { name: "場所".into(), share: 3 },
            ],
            rows,
            printed_at: "2026-11-24T00:05:00Z".parse().unwrap(),
            printed_by: "見本 操作者".into(),
        }
    }

    #[test]
    fn r4_i_a_list_says_what_it_was_narrowed_to_and_counts_its_rows() {
        let data = list(vec![vec!["000 000 000".into(), "棚3-6".into()]]).data().unwrap();
        assert_eq!(data["asked"], "進み具合：予約完了　申請方式：特急");
        assert_eq!(data["rows"][0]["order"], 1);
        assert_eq!(data["total"], 1);
    }

    #[test]
    fn r4_i_a_row_that_would_print_in_the_wrong_columns_is_refused() {
        assert_eq!(list(vec![vec!["000 000 000".into()]]).data(), Err(CannotPrint::Data));
        let row = vec![String::new(), String::new()];
        assert_eq!(list(vec![row; MOST_ROWS + 1]).data(), Err(CannotPrint::Data));
    }
}
