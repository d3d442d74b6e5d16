//! Any list of the staff on paper: what is shown of it, its columns and rows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::document::CannotPrint;
use crate::office::stamp;
use crate::table::width;

/// Rows on one paper at most: about thirty sheets. Longer lists are for a spreadsheet.
pub const MOST_ROWS: usize = 1_000;
/// The widest share of a column, in half-width characters; longer texts take more lines.
const LONGEST: usize = 32;
/// The white on both sides of a column, likewise.
const BETWEEN: usize = 2;
/// What the columns have together on an upright sheet, between the order and the tick, likewise.
const SHEET: usize = 97;
/// Up to here a column holds what people read at once and is not broken: numbers, days, codes.
const NARROW: usize = 12;

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
    pub columns: Vec<String>,
    /// The rows, each with a text for every column.
    pub rows: Vec<Vec<String>>,
    /// When it was printed.
    pub printed_at: Timestamp,
    /// Who printed it.
    pub printed_by: String,
}

impl PlainList {
    /// Refuses a row that has another number of texts than there are columns: it would print in the wrong ones.
    pub(crate) fn data(&self) -> Result<Value, CannotPrint> {
        if !is_whole(&self.columns, self.rows.iter().map(Vec::as_slice)) || self.rows.len() > MOST_ROWS {
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
            "columns": self.columns,
            "shares": self.shares(),
            "rows": rows,
            "total": self.rows.len(),
            "printed": stamp(self.printed_at),
            "printed_by": self.printed_by,
        }))
    }
}

impl PlainList {
    /// How the columns share the width, each with its white: a list can have many that are narrow. Numbers stay whole, and
    /// sentences take what is left, in more lines where it is little.
    fn shares(&self) -> Vec<usize> {
        let rows: Vec<_> = self.rows.iter().map(Vec::as_slice).collect();
        let wanted: Vec<usize> =
            shares(&self.columns, &rows).into_iter().map(|share| share + BETWEEN).collect();
        let is_narrow = |share: &usize| *share <= NARROW + BETWEEN;
        let narrow: usize = wanted.iter().copied().filter(is_narrow).sum();
        let (wide, room) = (wanted.iter().sum::<usize>() - narrow, SHEET.saturating_sub(narrow));
        let give_way =
            |share: usize| if is_narrow(&share) { share } else { (share * room / wide).max(NARROW) };
        wanted.into_iter().map(give_way).collect()
    }
}

/// Whether there are columns, and each row has a text for each of them.
pub(crate) fn is_whole<'a>(columns: &[String], mut rows: impl Iterator<Item = &'a [String]>) -> bool {
    !columns.is_empty() && rows.all(|row| row.len() == columns.len())
}

/// How columns share the width of the paper: as their longest texts do. A name may take two lines.
pub(crate) fn shares(columns: &[String], rows: &[&[String]]) -> Vec<usize> {
    let share = |(at, name): (usize, &String)| {
        let texts = rows.iter().filter_map(|row| row.get(at)).map(|text| width(text));
        texts.fold(width(name).div_ceil(2), usize::max).clamp(4, LONGEST)
    };
    columns.iter().enumerate().map(share).collect()
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
            columns: vec!["管理番号".into(), "場所".into()],
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
    fn r4_i_where_a_sheet_is_narrow_sentences_take_more_lines_and_numbers_stay_whole() {
        let mut full = list(vec![
            ["000 000 000", "令和8年11月24日の午前に、別の場所で見つかった"].map(str::to_owned).to_vec(),
        ]);
        assert_eq!(full.shares(), [13, 84]);
        full.columns.extend(["理由", "備考", "記録した人"].map(str::to_owned));
        full.rows[0].extend(
            ["入れ違い（記録の場所へ戻した）", "前後の仕切りも確かめた", "見本 操作者"].map(str::to_owned),
        );
        let shares = full.shares();
        assert_eq!((shares[0], shares[4]), (13, 13), "{shares:?}");
        assert!(shares.iter().sum::<usize>() <= SHEET, "{shares:?}");
        assert!(shares[1] > shares[2] && shares[2] > shares[3], "{shares:?}");
    }

    #[test]
    fn r4_i_a_row_that_would_print_in_the_wrong_columns_is_refused() {
        assert_eq!(list(vec![vec!["000 000 000".into()]]).data(), Err(CannotPrint::Data));
        let row = vec![String::new(), String::new()];
        assert_eq!(list(vec![row; MOST_ROWS + 1]).data(), Err(CannotPrint::Data));
    }
}
