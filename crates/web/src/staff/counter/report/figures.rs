//! Which figures a day has, in which order, and what each means: the same on screen, paper and table.

use documents::day_counts::{Count, Group, Reconciliation};
use domain::reception::Reason;
use domain::report::DayCounts;
use domain::reservation::Channel;

/// A count with its meaning as the remark.
fn count(name: impl Into<String>, count: u32, meaning: &str) -> Count {
    Count { name: name.into(), count: i64::from(count), remark: meaning.to_owned() }
}

/// The figures by subject.
pub(crate) fn groups(counts: &DayCounts) -> Vec<Group> {
    let by = |channel: &Channel| counts.booked.get(channel).copied().unwrap_or(0);
    let mut booked: Vec<Count> = Channel::ALL
        .iter()
        .map(|channel| {
            count(
                format!("予約（{}）", channel.label()),
                by(channel),
                "この日に一度でも予約があった件数（他の日から移った予約を含む）",
            )
        })
        .collect();
    booked.push(count("予約 計", counts.booked_total(), "予約方法ごとの件数の合計"));
    booked.push(count("他の日へ変更", counts.moved, "この日から他の日へ移り、戻っていない予約"));
    booked.push(count("取消", counts.cancelled, "来庁の前に取り消された予約"));
    let came = vec![
        count("来庁 計", counts.came(), "受付をした人。交付・持ち帰り・途中退出・受付中の合計"),
        count("交付", counts.issued, "市が交付し、カード交付完了になった件数"),
        count("途中退出", counts.left, "受付の後、終わる前に帰った人"),
        count("受付中", counts.here, "まだ終わっていない人。締めた日は0"),
    ];
    let by = |reason: &Reason| counts.sent_away.get(reason).copied().unwrap_or(0);
    let mut away: Vec<Count> = Reason::ALL
        .iter()
        .map(|reason| {
            count(format!("持ち帰り（{}）", reason.label()), by(reason), "交付できずに帰った人、理由別")
        })
        .collect();
    away.push(count("持ち帰り 計", counts.sent_away_total(), "理由ごとの件数の合計"));
    let rest = vec![
        count("不来庁", counts.not_come, "締めのときに担当者が不来庁とした予約"),
        count("来庁前", counts.waiting, "まだ来庁も取消もしていない予約。締めた日は0"),
    ];
    let mut groups = vec![
        Group { title: "予約".to_owned(), rows: booked },
        Group { title: "来庁".to_owned(), rows: came },
        Group { title: "持ち帰り".to_owned(), rows: away },
        Group { title: "来庁なし".to_owned(), rows: rest },
    ];
    if let Some(city) = counts.city_issued {
        let rows = vec![count("市が数えた交付", city, "締めのときに市から聞いた件数")];
        groups.push(Group { title: "市の件数".to_owned(), rows });
    }
    groups
}

/// What must agree: every reservation has one end, and the city counted what we did.
pub(crate) fn reconciliations(counts: &DayCounts) -> Vec<Reconciliation> {
    let plain = |name: &str, count: u32| Count::new(name, i64::from(count));
    let mut lines = vec![Reconciliation {
        whole: plain("予約", counts.booked_total()),
        parts: vec![
            plain("交付", counts.issued),
            plain("他の日へ変更", counts.moved),
            plain("取消", counts.cancelled),
            plain("持ち帰り", counts.sent_away_total()),
            plain("途中退出", counts.left),
            plain("不来庁", counts.not_come),
            plain("受付中", counts.here),
            plain("来庁前", counts.waiting),
        ],
    }];
    if let Some(city) = counts.city_issued {
        let parts = vec![plain("このシステムの交付", counts.issued)];
        lines.push(Reconciliation { whole: plain("市が数えた交付", city), parts });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn counts() -> DayCounts {
        let mut counts = DayCounts { issued: 7, cancelled: 2, left: 1, not_come: 3, ..DayCounts::default() };
        counts.booked.insert(Channel::Web, 12);
        counts.booked.insert(Channel::Telephone, 2);
        counts.sent_away.insert(Reason::Notice, 1);
        counts.city_issued = Some(6);
        counts
    }

    #[test]
    fn r6_every_figure_has_its_meaning_and_the_line_reconciles() {
        assert!(groups(&counts()).iter().flat_map(|group| &group.rows).all(|row| !row.remark.is_empty()));
        let lines = reconciliations(&counts());
        assert_eq!(lines[0].difference(), 0);
        assert_eq!(lines[1].difference(), -1);
    }
}
