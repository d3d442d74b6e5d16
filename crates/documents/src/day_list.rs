//! The reservations of one day by time (11(5)ウ(オ): リスト(翌日分)), handed to the city before noon of the open day
//! before, and used to pull the cards.

use std::collections::BTreeMap;

use domain::time::{self, Start};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::office::{list_line, stamp};
use crate::table::{Cell, Table};

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
    /// The reservations; printed in order of time, and in the given order within one time.
    pub entries: Vec<Entry>,
}

/// One reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its time.
    pub start: Start,
    /// 管理番号 of the card; none where the service has no card in storage.
    pub control_number: Option<String>,
    /// The number on the 交付通知書, where the city agreed that it is held.
    pub reference: Option<String>,
    /// The day of the consignment.
    pub list_date: Option<Date>,
    /// The line of カード発行一覧表.
    pub list_line: Option<u32>,
    /// Where the card is stored.
    pub place: Option<String>,
    /// How it was booked: Web, 電話, 窓口.
    pub channel: String,
    /// Who comes: 本人, 本人と法定代理人, 法定代理人のみ, 任意代理人, 未確認.
    #[serde(default)]
    pub visitor: String,
    /// Which of a family that was booked together, such as 家族 2/3; empty for those alone.
    #[serde(default)]
    pub family: String,
    /// 備考.
    pub remark: String,
}

impl Entry {
    /// What the city knows the card by: the notice's number, else date and line of the list, else nothing.
    fn shared_reference(&self) -> String {
        match (&self.reference, self.list_date, self.list_line) {
            (Some(reference), _, _) => reference.clone(),
            (None, Some(date), Some(line)) => list_line(date, line),
            _ => String::new(),
        }
    }
}

impl DayList {
    /// The entries in order of time.
    fn in_order(&self) -> Vec<&Entry> {
        let mut entries: Vec<&Entry> = self.entries.iter().collect();
        entries.sort_by_key(|entry| entry.start);
        entries
    }

    /// The list as a table for export.
    pub fn table(&self) -> Table {
        let columns = [
            "予約日",
            "時刻",
            "管理番号",
            "交付通知書番号",
            "一覧日付",
            "一覧番号",
            "保管場所",
            "予約方法",
            "来庁者",
            "家族",
            "備考",
        ];
        let rows = self.in_order().into_iter().map(|entry| {
            vec![
                Cell::Day(self.day),
                Cell::text(entry.start.to_string()),
                Cell::text(entry.control_number.clone().unwrap_or_default()),
                Cell::text(entry.reference.clone().unwrap_or_default()),
                entry.list_date.map_or_else(Cell::empty, Cell::Day),
                entry.list_line.map_or_else(Cell::empty, |line| Cell::Number(i64::from(line))),
                Cell::text(entry.place.clone().unwrap_or_default()),
                Cell::text(entry.channel.clone()),
                Cell::text(entry.visitor.clone()),
                Cell::text(entry.family.clone()),
                Cell::text(entry.remark.clone()),
            ]
        });
        Table { columns: columns.map(String::from).to_vec(), rows: rows.collect() }
    }

    pub(crate) fn data(&self) -> Value {
        let mut hours: BTreeMap<u16, Vec<Value>> = BTreeMap::new();
        for (index, entry) in self.in_order().into_iter().enumerate() {
            hours.entry(entry.start.minutes() / 60).or_default().push(json!({
                "order": index + 1,
                "time": entry.start.to_string(),
                "control_number": entry.control_number.as_deref().map(crate::document::in_threes),
                "reference": entry.shared_reference(),
                "place": entry.place,
                "channel": entry.channel,
                "visitor": entry.visitor,
                "family": entry.family,
                "remark": entry.remark,
            }));
        }
        let hours: Vec<Value> = hours
            .into_iter()
            .map(|(hour, rows)| json!({ "hour": format!("{hour}時台"), "count": rows.len(), "rows": rows }))
            .collect();
        json!({
            "city": self.city,
            "site": self.site,
            "service": self.service,
            "day": time::era_date(self.day),
            "as_of": stamp(self.as_of),
            "printed": stamp(self.printed_at),
            "printed_by": self.printed_by,
            "total": self.entries.len(),
            "hours": hours,
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn entry(start: &str, control: &str) -> Entry {
        Entry {
            start: start.parse().unwrap(),
            control_number: Some(control.into()),
            reference: None,
            list_date: Some(date(2026, 11, 20)),
            list_line: Some(3),
            place: Some("棚3-6".into()),
            channel: "Web".into(),
            visitor: "本人".into(),
            family: String::new(),
            remark: String::new(),
        }
    }

    fn list(entries: Vec<Entry>) -> DayList {
        DayList {
            city: "吹田市".into(),
            site: "本庁".into(),
            service: "個人番号カード交付".into(),
            day: date(2026, 11, 25),
            as_of: "2026-11-24T00:00:00Z".parse().unwrap(),
            printed_at: "2026-11-24T00:05:00Z".parse().unwrap(),
            printed_by: "見本 操作者".into(),
            entries,
        }
    }

    #[test]
    fn r5_c5_the_list_goes_by_time_with_totals_by_hour() {
        let data = list(vec![entry("10:00", "1"), entry("9:50", "2"), entry("9:00", "3")]).data();
        assert_eq!(data["hours"][0]["hour"], "9時台");
        assert_eq!(data["hours"][0]["count"], 2);
        assert_eq!(data["hours"][0]["rows"][0]["time"], "9:00");
        assert_eq!(data["hours"][1]["rows"][0]["order"], 3);
        assert_eq!(data["total"], 3);
        assert_eq!(data["hours"][0]["rows"][0]["visitor"], "本人");
        assert_eq!(data["day"], "令和8年11月25日(水)");
    }

    #[test]
    fn r5_c5_where_the_city_refused_the_notice_number_date_and_line_stand_in_its_place() {
        let mut agreed = entry("9:00", "1");
        assert_eq!(agreed.shared_reference(), "R8.11.20-3");
        agreed.reference = Some("A1B-000012".into());
        assert_eq!(agreed.shared_reference(), "A1B-000012");
        assert_eq!(list(vec![agreed]).table().rows[0][3], Cell::text("A1B-000012"));
    }

    #[test]
    fn r4_d_who_comes_and_which_of_a_family_stand_in_columns_of_their_own() {
        let mut second = entry("9:00", "1");
        second.visitor = "本人と法定代理人".into();
        second.family = "家族 2/3".into();
        let table = list(vec![second]).table();
        let at = |name: &str| table.columns.iter().position(|column| column == name).unwrap();
        assert_eq!(table.rows[0][at("来庁者")], Cell::text("本人と法定代理人"));
        assert_eq!(table.rows[0][at("家族")], Cell::text("家族 2/3"));
    }
}
