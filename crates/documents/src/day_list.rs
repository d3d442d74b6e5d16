//! The reservations of one day by time (11(5)ウ(オ): リスト(翌日分)), handed to the city before noon of the open day
//! before, and used to pull the cards. Which columns it has, the staff arrange; by hour it is grouped here.

use std::collections::BTreeMap;

use domain::time::{self, Start};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::document::CannotPrint;
use crate::office::stamp;
use crate::plain_list::{is_whole, shares};

/// The list of one service at one site on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayList {
    /// The municipality, as the paper names it.
    pub city: String,
    /// The site, as the paper names it.
    pub site: String,
    /// The service, as the paper names it, such as 個人番号カード交付.
    pub service: String,
    /// The day of the reservations.
    pub day: Date,
    /// The instant up to which the list knows the reservations.
    pub as_of: Timestamp,
    /// When it was printed.
    pub printed_at: Timestamp,
    /// Who printed it.
    pub printed_by: String,
    /// The columns.
    pub columns: Vec<String>,
    /// The reservations in the order in which they are printed. In order of time they stand under their hours.
    pub rows: Vec<Row>,
}

/// One reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its time, by which it is counted.
    pub start: Start,
    /// A text for every column.
    pub texts: Vec<String>,
}

impl DayList {
    /// Refuses a row that has another number of texts than there are columns: it would print in the wrong ones.
    pub(crate) fn data(&self) -> Result<Value, CannotPrint> {
        if !is_whole(&self.columns, self.rows.iter().map(|row| row.texts.as_slice())) {
            return Err(CannotPrint::Data);
        }
        let mut hours: BTreeMap<u16, usize> = BTreeMap::new();
        for row in &self.rows {
            *hours.entry(row.start.minutes() / 60).or_default() += 1;
        }
        let counts: Vec<Value> = hours
            .iter()
            .map(|(hour, count)| json!({ "hour": format!("{hour}時台"), "count": count }))
            .collect();
        let texts: Vec<&[String]> = self.rows.iter().map(|row| row.texts.as_slice()).collect();
        Ok(json!({
            "city": self.city,
            "site": self.site,
            "service": self.service,
            "day": time::era_date(self.day),
            "as_of": stamp(self.as_of),
            "printed": stamp(self.printed_at),
            "printed_by": self.printed_by,
            "total": self.rows.len(),
            "counts": counts,
            "columns": self.columns,
            "shares": shares(&self.columns, &texts),
            "groups": self.groups(),
        }))
    }

    /// The rows under their hours, where they are in order of time; else as they are, under no name.
    fn groups(&self) -> Vec<Value> {
        let by_time = self.rows.is_sorted_by_key(|row| row.start);
        let numbered: Vec<(usize, &Row)> = (1..).zip(&self.rows).collect();
        let hour = |row: &Row| row.start.minutes() / 60;
        numbered
            .chunk_by(|(_, one), (_, other)| !by_time || hour(one) == hour(other))
            .map(|group| {
                let name = group.first().filter(|_| by_time).map(|(_, row)| format!("{}時台", hour(row)));
                let row = |(order, row): &(usize, &Row)| json!({ "order": order, "texts": row.texts });
                let rows: Vec<Value> = group.iter().map(row).collect();
                json!({ "hour": name.unwrap_or_default(), "count": rows.len(), "rows": rows })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn row(start: &str, place: &str) -> Row {
        Row { start: start.parse().unwrap(), texts: vec![start.into(), place.into()] }
    }

    fn list(rows: Vec<Row>) -> DayList {
        DayList {
            city: "吹田市".into(),
            site: "本庁".into(),
            service: "個人番号カード交付".into(),
            day: date(2026, 11, 25),
            as_of: "2026-11-24T00:00:00Z".parse().unwrap(),
            printed_at: "2026-11-24T00:05:00Z".parse().unwrap(),
            printed_by: "見本 操作者".into(),
            columns: vec!["時刻".into(), "保管場所".into()],
            rows,
        }
    }

    #[test]
    fn r5_c5_the_list_goes_by_time_with_totals_by_hour() {
        let data = list(vec![row("9:00", "棚1"), row("9:50", "棚3"), row("10:00", "棚2")]).data().unwrap();
        assert_eq!(
            (data["counts"][0]["hour"].as_str(), data["counts"][0]["count"].as_i64()),
            (Some("9時台"), Some(2))
        );
        assert_eq!(data["groups"][0]["hour"], "9時台");
        assert_eq!(data["groups"][0]["rows"][0]["texts"][0], "9:00");
        assert_eq!(data["groups"][1]["rows"][0]["order"], 3);
        assert_eq!(data["total"], 3);
        assert_eq!(data["day"], "令和8年11月25日(水)");
    }

    #[test]
    fn r4_f_a_list_in_another_order_is_not_torn_apart_by_hours() {
        let data = list(vec![row("10:00", "棚1"), row("9:00", "棚2"), row("10:10", "棚3")]).data().unwrap();
        assert_eq!(data["groups"].as_array().unwrap().len(), 1);
        assert_eq!(
            (data["groups"][0]["hour"].as_str(), data["groups"][0]["rows"][2]["order"].as_i64()),
            (Some(""), Some(3))
        );
        assert_eq!(data["counts"][1]["count"], 2);
    }

    #[test]
    fn r4_i_a_row_that_would_print_in_the_wrong_columns_is_refused() {
        let short = Row { start: "9:00".parse().unwrap(), texts: vec!["9:00".into()] };
        assert_eq!(list(vec![short]).data(), Err(CannotPrint::Data));
    }
}
