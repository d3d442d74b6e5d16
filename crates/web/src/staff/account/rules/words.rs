//! Rules in Japanese words.

use domain::rules::{
    Attempts, Booking, Branch, Closed, Custody, Cut, Emergency, Hours, Places, Reduction, Release, Rule,
    RuleBody, Shares, Site, Weekdays, When, Windows,
};
use domain::service::Service;
use domain::time::era_date;
use jiff::civil::Weekday;

/// What a rule says, for people of the counter.
pub(in super::super) fn sentence(body: &RuleBody) -> String {
    match body {
        RuleBody::Hours(Hours { when, opens, closes, .. }) => {
            format!("{}は{opens}から{closes}まで開きます", days(when))
        }
        RuleBody::Closed(Closed { when, reason, notice, .. }) => {
            format!("{}は休みです（{reason}）{}", days(when), told(*notice))
        }
        RuleBody::Places(Places { when, from, until, places, reason, .. }) => format!(
            "{}の{from}から{until}までは、10分ごとに{places}人まで予約できます{}",
            days(when),
            reason.as_ref().map_or_else(String::new, |reason| format!("（{reason}）"))
        ),
        RuleBody::Reduction(Reduction { when, from, until, cut, reason, notice, .. }) => {
            let to = match cut {
                Cut::To(0) => "予約を取りません".to_owned(),
                Cut::To(most) => format!("10分ごとに{most}人までに減らします"),
                Cut::KeepPercent(percent) => format!("通常の{percent}%に減らします"),
            };
            format!("{}の{from}から{until}までは、{to}（{reason}）{}", days(when), told(*notice))
        }
        RuleBody::Shares(body) => shares(body),
        RuleBody::Booking(booking) => deadlines(booking),
        RuleBody::Attempts(Attempts { per_address, per_number }) => format!(
            "予約キーと予約番号の誤りは、30分に、同じ回線から{per_address}回、同じ番号で{per_number}回まで受け付けます"
        ),
        RuleBody::Custody(Custody { second_count_percent, told_minutes, posted_months, reminded_months }) => {
            format!(
                "棚卸では、差のあった箱と、そのほかの箱の{second_count_percent}%を、2回数えます。カードの事故は、記録してから{told_minutes}分以内に市へ知らせます。カードは、交付通知書の発送から{posted_months}か月と、最後の受取勧奨から{reminded_months}か月の、遅い日まで保管します"
            )
        }
        RuleBody::Site(site) => place(site),
        RuleBody::Windows(Windows { name_ja, name_en, count, .. }) => {
            format!("{name_ja} {count}か所（{name_en}）")
        }
        RuleBody::Branch(branch) => office(branch),
    }
}

fn place(site: &Site) -> String {
    let Site { name_ja, name_en, address_ja, address_en, telephone, .. } = site;
    let (answered_ja, answered_en) = (&site.telephone_hours_ja, &site.telephone_hours_en);
    format!(
        "{name_ja}（{name_en}）、{address_ja}（{address_en}）、電話 {telephone}、{answered_ja}（{answered_en}）"
    )
}

fn office(branch: &Branch) -> String {
    let Branch { name_ja, name_en, hours_ja, hours_en, address_ja, address_en, telephone, .. } = branch;
    let booked = if branch.reservation { "予約が必要です" } else { "予約はいりません" };
    let services: Vec<&str> = branch.services.iter().map(|service| service.label()).collect();
    let address = match (address_ja.as_str(), address_en.as_str()) {
        ("", "") => String::new(),
        (ja, "") => format!("。{ja}"),
        (ja, en) => format!("。{ja}（{en}）"),
    };
    let telephone = telephone.as_ref().map_or_else(String::new, |number| format!("。電話 {number}"));
    format!(
        "{name_ja}（{name_en}） {hours_ja}（{hours_en}）。手続き：{}。{booked}{address}{telephone}",
        services.join("、")
    )
}

/// Whether the public is told.
fn told(notice: Option<Emergency>) -> &'static str {
    if notice.is_some() { "。市民の画面にお知らせを出します" } else { "" }
}

fn shares(body: &Shares) -> String {
    let Shares { when, from, until, web, desk, walk_in, reserve, released, .. } = body;
    let ways = [("Web", web), ("電話と窓口", desk), ("予約なし", walk_in)];
    let ways = ways.iter().filter_map(|(way, most)| most.map(|most| format!("{way}は{most}人まで")));
    let kept = Some(format!("{reserve}人分は窓口だけ")).filter(|_| *reserve > 0);
    let ways: Vec<String> = ways.chain(kept).collect();
    let released = match released {
        None => "残りは開放しません".to_owned(),
        Some(Release { open_days_before: 0, at }) => format!("残りは当日の{at}に全員に開放します"),
        Some(Release { open_days_before, at }) => {
            format!("残りは{open_days_before}開庁日前の{at}に全員に開放します")
        }
    };
    format!("{}の{from}から{until}までは、10分ごとに{}。{released}", days(when), ways.join("、"))
}

fn deadlines(booking: &Booking) -> String {
    let opens = match booking.opens_business_days_after_posting {
        0 => "発送の日から受け付けます".to_owned(),
        days => format!("発送から{days}開庁日後の来庁分から受け付けます"),
    };
    let closes = |open_days: u8| match open_days {
        0 => "来庁日の終わり".to_owned(),
        days => format!("来庁日の{days}開庁日前の終わり"),
    };
    let by_staff = match booking.staff_cutoff_open_days {
        0 => "予約の時間まで".to_owned(),
        days => format!("{}まで", closes(days)),
    };
    let before = |minutes: u16| match minutes {
        0 => "予約の時間まで".to_owned(),
        minutes => format!("予約の時間の{minutes}分前まで"),
    };
    let limit = |what: &str, times: u16| match times {
        0 => String::new(),
        times => format!("。同じ回線から30分に{what}は{times}回までです"),
    };
    let changes = match booking.web_changes {
        0 => String::new(),
        times => format!("。Webで日時を変えられるのは1件の予約につき{times}回までです"),
    };
    let not_come = match booking.not_come_then_telephone {
        0 => String::new(),
        times => format!("。来庁しなかった回数が{times}回になったカードは、電話と窓口だけで予約を受けます"),
    };
    let offers = match booking.offer_open_days {
        0 => "。代わりに案内した日時は当日中まで確保します".to_owned(),
        days => format!("。代わりに案内した日時は{days}開庁日後まで確保します"),
    };
    let wishes = match booking.wish_open_days {
        0 => "。早い日の希望は受け付けません".to_owned(),
        days => format!("。早い日の希望に案内した日時は{days}開庁日後まで確保します"),
    };
    let limits = [
        offers,
        wishes,
        limit("枠の確保", booking.web_holds_per_address),
        limit("予約", booking.web_bookings_per_address),
        changes,
        not_come,
    ]
    .concat();
    format!(
        "{opens}。予約とその日への変更は{}日先までで、Webは{}に締め切り、電話と窓口は{by_staff}受け付けます。\
        Webで別の日時に変えられるのは{}、取り消せるのは{}です。選んだ枠は{}分間確保します{limits}",
        booking.window_days,
        closes(booking.web_cutoff_open_days),
        before(booking.web_move_away_minutes),
        before(booking.web_cancel_minutes),
        booking.hold_minutes
    )
}

/// Which services a rule speaks of; empty means all.
pub(super) fn services(body: &RuleBody) -> &[Service] {
    match body {
        RuleBody::Hours(Hours { services, .. })
        | RuleBody::Closed(Closed { services, .. })
        | RuleBody::Reduction(Reduction { services, .. })
        | RuleBody::Windows(Windows { services, .. })
        | RuleBody::Branch(Branch { services, .. }) => services,
        RuleBody::Places(Places { service, .. })
        | RuleBody::Shares(Shares { service, .. })
        | RuleBody::Booking(Booking { service, .. }) => std::slice::from_ref(service),
        RuleBody::Site(_) | RuleBody::Attempts(_) | RuleBody::Custody(_) => &[],
    }
}

/// On which days.
pub(super) fn days(when: &When) -> String {
    match when {
        When::Always => "毎日".to_owned(),
        When::Weekdays { days } => weekdays(*days),
        When::NthWeekday { weekday, nth } => {
            let nth: Vec<String> = nth.iter().map(|n| format!("第{n}")).collect();
            format!("{}{}曜日", nth.join("・"), letter(*weekday))
        }
        When::Range { from, until, weekdays: None } => {
            format!("{}から{}まで", era_date(*from), era_date(*until))
        }
        When::Range { from, until, weekdays: Some(only) } => {
            format!("{}から{}までの{}", era_date(*from), era_date(*until), weekdays(*only))
        }
        When::Holidays => "祝日・休日".to_owned(),
        When::YearEnd => "12月29日から1月3日まで".to_owned(),
        When::Date { day } => era_date(*day),
    }
}

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

fn letter(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "月",
        Weekday::Tuesday => "火",
        Weekday::Wednesday => "水",
        Weekday::Thursday => "木",
        Weekday::Friday => "金",
        Weekday::Saturday => "土",
        Weekday::Sunday => "日",
    }
}

/// Three and more days in a row are told as a span.
fn weekdays(set: Weekdays) -> String {
    let held: Vec<usize> = (0..WEEK.len()).filter(|at| set.contains(WEEK[*at])).collect();
    match (held.first(), held.last()) {
        (Some(first), Some(last)) if held.len() > 2 && last - first + 1 == held.len() => {
            format!("{}曜日から{}曜日", letter(WEEK[*first]), letter(WEEK[*last]))
        }
        _ => {
            let letters: Vec<&str> = held.iter().map(|at| letter(WEEK[*at])).collect();
            format!("{}曜日", letters.join("・"))
        }
    }
}

/// The days of validity of a version.
pub(super) fn validity(rule: &Rule) -> String {
    match rule.valid_until {
        Some(until) => format!("{}から {}まで", era_date(rule.valid_from), era_date(until)),
        None => format!("{}から", era_date(rule.valid_from)),
    }
}

/// The agreement that a rule rests on.
pub(super) fn source(rule: &Rule) -> String {
    rule.agreement.clone().unwrap_or_else(|| "想定（市と協議）".to_owned())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn r4_e_days_are_told_as_people_say_them() {
        let week = Weekdays::of(WEEK[..5].iter().copied());
        assert_eq!(days(&When::Weekdays { days: week }), "月曜日から金曜日");
        let two = Weekdays::of([Weekday::Monday, Weekday::Thursday]);
        assert_eq!(days(&When::Weekdays { days: two }), "月・木曜日");
        let saturdays = When::NthWeekday { weekday: Weekday::Saturday, nth: vec![2, 4] };
        assert_eq!(days(&saturdays), "第2・第4土曜日");
        assert_eq!(days(&When::Date { day: date(2024, 11, 23) }), "令和6年11月23日(土)");
    }
}
