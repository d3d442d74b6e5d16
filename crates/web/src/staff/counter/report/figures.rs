//! Which figures a day has, in which order, and what each means: the same on screen, paper and table.

use documents::day_counts::{Count, Group, Reconciliation};
use domain::place::PlaceKind;
use domain::reception::Reason;
use domain::report::{AtClose, DayCounts, Main, Work};
use domain::reservation::Channel;
use domain::service::Service;
use domain::time::month_day_ja;
use store::report::{Corrected, DayReport};

use crate::staff::wording;

/// A count with its meaning as the remark.
fn count(name: impl Into<String>, count: u32, meaning: &str) -> Count {
    Count { name: name.into(), count: i64::from(count), remark: meaning.to_owned() }
}

/// Every figure of a service's report by subject.
pub(crate) fn groups(service: Service, report: &DayReport) -> Vec<Group> {
    let mut groups = visitors(service, &report.counts);
    // Consignments, letters and the places of cards are matters of the issuance.
    if service == Service::Renewal {
        groups.push(reserved(&report.work));
    } else {
        groups.push(work(&report.work));
        groups.extend(report.state.as_ref().map(state));
    }
    groups.push(corrections(&report.corrections));
    groups
}

/// The day's visitors.
fn visitors(service: Service, counts: &DayCounts) -> Vec<Group> {
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
    let both = if service == Service::Renewal {
        (
            count("来庁 計", counts.came(), "受付をした人。更新・持ち帰り・途中退出・受付中の合計"),
            count("更新", counts.issued, "市が電子証明書を更新した件数"),
        )
    } else {
        (
            count("来庁 計", counts.came(), "受付をした人。交付・持ち帰り・途中退出・受付中の合計"),
            count("交付", counts.issued, "市が交付し、カード交付完了になった件数"),
        )
    };
    let without = match service {
        Service::Renewal => "更新できずに帰った人、理由別",
        _ => "交付できずに帰った人、理由別",
    };
    let came = vec![
        both.0,
        both.1,
        count("途中退出", counts.left, "受付の後、終わる前に帰った人"),
        count("受付中", counts.here, "まだ終わっていない人。締めた日は0"),
    ];
    let by = |reason: Reason| counts.sent_away.get(&reason).copied().unwrap_or(0);
    let mut away: Vec<Count> = Reason::of(service)
        .map(|reason| count(format!("持ち帰り（{}）", reason.label()), by(reason), without))
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
        let rows = vec![count(format!("市が数えた{}", done(service)), city, "締めのときに市から聞いた件数")];
        groups.push(Group { title: "市の件数".to_owned(), rows });
    }
    groups
}

/// What was done besides.
fn work(work: &Work) -> Group {
    let mut rows = vec![
        count("受け入れた納品", work.consignments, "取り込んだカード発行一覧表の件数"),
        count("受け入れたカード", work.received, "取り込んだカード発行一覧表の枚数の合計"),
        count("検品済になったカード", work.inspected, "数量・券面、住民記録、交付通知書の3つがそろった枚数"),
        count("市へ引き継いだカード", work.sent, "交付前設定などのため、まとめて市へ引き継いだ枚数"),
        count("市から戻ったカード", work.returned, "市から数えて受け取った枚数"),
        count("交付のご案内の印刷", work.letters_printed, "印刷した通数（再発行を含む）"),
        count("交付通知書の発送", work.letters_posted, "市が発送したと記録した通数"),
    ];
    rows.extend(bookings(work));
    rows.push(count("事故の記録", work.incidents_opened, "市へ知らせて事故として記録した件数"));
    rows.push(count("うち所在不明", work.missing, "事故のうち、カードが見つからないもの"));
    rows.push(count("終わった事故", work.incidents_ended, "発見または市との協議で終わった件数"));
    Group { title: "前の締めからこの日の締めまでの仕事".to_owned(), rows }
}

/// The work of a service that handles no cards of ours.
fn reserved(work: &Work) -> Group {
    Group { title: "前の締めからこの日の締めまでの仕事".to_owned(), rows: bookings(work) }
}

/// Reservations made, moved and cancelled.
fn bookings(work: &Work) -> Vec<Count> {
    let by = |channel: &Channel| work.booked.get(channel).copied().unwrap_or(0);
    let made = Channel::ALL.iter().map(|channel| {
        count(
            format!("予約の受付（{}）", channel.label()),
            by(channel),
            "新しく取られた予約の件数。どの日の予約かは問わない",
        )
    });
    let mut rows: Vec<Count> = made.collect();
    rows.push(count("予約の受付 計", work.booked_total(), "予約方法ごとの件数の合計"));
    rows.push(count("予約の変更", work.moved, "日時が変わった回数。どの日の予約かは問わない"));
    rows.push(count("予約の取消", work.cancelled, "取り消された予約の件数。どの日の予約かは問わない"));
    rows
}

/// How things stood at the close.
fn state(state: &AtClose) -> Group {
    let kinds = PlaceKind::ALL.iter().filter(|kind| **kind != PlaceKind::Citizen);
    let mut rows: Vec<Count> = kinds
        .filter_map(|kind| {
            let n = state.places.get(kind).copied();
            // Boxes and the places that must be empty or told are always named, the others where something is.
            let named =
                matches!(kind, PlaceKind::Box | PlaceKind::Tray | PlaceKind::Counter | PlaceKind::Missing);
            let n = if named { Some(n.unwrap_or(0)) } else { n };
            n.map(|n| count(format!("カード（{}）", kind.label()), n, "締めの時点でこの場所にあったカード"))
        })
        .collect();
    let all = state.places.values().sum();
    rows.push(count("カード 計", all, "市民の手元を除く、すべての場所のカード"));
    rows.push(count("終わっていない事故", state.open_incidents, "市へ知らせてあり、まだ終わっていない事故"));
    Group { title: "締めの時点".to_owned(), rows }
}

/// 訂正 of days that were closed before.
fn corrections(corrections: &[Corrected]) -> Group {
    let mut rows: Vec<Count> = corrections.iter().map(line).collect();
    // One correction is a line; a day has less of them than any count holds.
    let all = u32::try_from(corrections.len()).unwrap_or(u32::MAX);
    rows.push(count("訂正 計", all, "締めた日の結果を、前の締めの後に訂正した件数"));
    Group { title: "訂正".to_owned(), rows }
}

/// A correction in words: the day, the end of the reservation's id, before and after.
pub(crate) fn line(corrected: &Corrected) -> Count {
    let day = month_day_ja(corrected.day.day);
    let service = corrected.day.service;
    let (from, to) = (corrected.from.words(service), corrected.to.words(service));
    Count {
        name: format!("{day}の予約（{}）：{from} → {to}", wording::short(corrected.reservation)),
        count: 1,
        remark: format!("{}に訂正", wording::moment(corrected.at)),
    }
}

/// What the counter of a service does, in a word.
fn done(service: Service) -> &'static str {
    if service == Service::Renewal { "更新" } else { "交付" }
}

/// What must agree: every reservation has one end, and the city counted what we did.
pub(crate) fn reconciliations(service: Service, counts: &DayCounts) -> Vec<Reconciliation> {
    let done = done(service);
    let plain = |name: &str, count: u32| Count::new(name, i64::from(count));
    let mut lines = vec![Reconciliation {
        whole: plain("予約", counts.booked_total()),
        parts: vec![
            plain(done, counts.issued),
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
        let parts = vec![plain(&format!("このシステムの{done}"), counts.issued)];
        lines.push(Reconciliation { whole: plain(&format!("市が数えた{done}"), city), parts });
    }
    lines
}

/// A main figure over the last days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trend {
    pub(crate) name: &'static str,
    /// The day's own.
    pub(crate) last: u32,
    /// The figures, oldest first, for people who cannot see the bars.
    pub(crate) words: String,
    pub(crate) bars: Vec<Bar>,
}

/// One day's bar in a picture that is [`HEIGHT`] high.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) x: usize,
    pub(crate) y: u32,
    pub(crate) height: u32,
    /// Whether it is the day of the report.
    pub(crate) is_last: bool,
}

/// The height of the bars' picture.
pub(crate) const HEIGHT: u32 = 24;
/// From one bar to the next.
const STEP: usize = 8;

/// The main figures over days, oldest first; the last is the day of the report.
pub(crate) fn trends(service: Service, days: &[(String, Main)]) -> Vec<Trend> {
    type Figure = (&'static str, fn(&Main) -> u32);
    let figures: [Figure; 5] = [
        ("予約", |main| main.booked),
        ("来庁", |main| main.came),
        (done(service), |main| main.issued),
        ("持ち帰り", |main| main.sent_away),
        ("不来庁", |main| main.not_come),
    ];
    let trend = |(name, of): Figure| {
        let most = days.iter().map(|(_, main)| of(main)).max().unwrap_or(0).max(1);
        let bars = days.iter().enumerate().map(|(n, (_, main))| {
            // The picture is 24 high, so nothing here comes near a bound.
            let height = of(main).saturating_mul(HEIGHT) / most;
            Bar { x: n * STEP, y: HEIGHT - height, height, is_last: n + 1 == days.len() }
        });
        let words: Vec<String> = days.iter().map(|(day, main)| format!("{day} {}", of(main))).collect();
        let last = days.last().map_or(0, |(_, main)| of(main));
        Trend { name, last, words: words.join("、"), bars: bars.collect() }
    };
    figures.into_iter().map(trend).collect()
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

    fn report() -> DayReport {
        let state = Some(AtClose { places: [(PlaceKind::Box, 40)].into(), ..AtClose::default() });
        let (corrections, later) = (Vec::new(), Vec::new());
        DayReport { counts: counts(), work: Work::default(), state, closed: None, corrections, later }
    }

    #[test]
    fn g15_every_figure_has_its_meaning_and_the_line_reconciles() {
        let groups = groups(Service::Issuance, &report());
        assert!(groups.iter().flat_map(|group| &group.rows).all(|row| !row.remark.is_empty()));
        let lines = reconciliations(Service::Issuance, &counts());
        assert_eq!(lines[0].difference(), 0);
        assert_eq!(lines[1].difference(), -1);
        let names: Vec<&str> =
            groups.iter().flat_map(|group| &group.rows).map(|row| row.name.as_str()).collect();
        for place in ["カード（箱）", "カード（当日トレイ）", "カード（所在不明）", "カード 計", "訂正 計"]
        {
            assert!(names.contains(&place), "{place}");
        }
    }

    #[test]
    fn g15_bars_stand_on_the_line_and_the_highest_fills_the_picture() {
        let of = |booked| Main { booked, ..Main::default() };
        let trends = trends(Service::Issuance, &[("a".to_owned(), of(3)), ("b".to_owned(), of(12))]);
        let heights: Vec<(u32, u32)> = trends[0].bars.iter().map(|bar| (bar.y, bar.height)).collect();
        assert_eq!(heights, [(18, 6), (0, HEIGHT)]);
        assert_eq!((trends[0].words.as_str(), trends[0].last), ("a 3、b 12", 12));
        assert!(trends[4].bars.iter().all(|bar| bar.height == 0));
    }
}
