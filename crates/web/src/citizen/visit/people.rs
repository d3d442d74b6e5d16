//! The people of a booking as the pages show them: what tells a family apart without a name, their times, who comes
//! for each card, and what each must bring.

use domain::reservation::{Pins, Visitor};
use domain::time::{SLOT_MINUTES, Start};

use crate::availability::Day;
use crate::citizen::belongings::{self, Belongings};
use crate::key;
use crate::kit::Texts;

use super::Availability;
use super::times::TimeLine;

/// One of a family: the place in the order, and the end of the 予約キー (of a renewal there is none). Nothing here is
/// personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    n: usize,
    end: String,
}

impl From<(usize, String)> for Name {
    fn from((n, end): (usize, String)) -> Self {
        Self { n, end }
    }
}

impl Name {
    /// 1人目（予約キーの末尾 00528）.
    pub fn text(&self, texts: &Texts) -> String {
        if self.end.is_empty() {
            return self.short(texts);
        }
        texts.with2(key!("person-name"), "n", self.n, "end", &self.end)
    }

    /// The end of the key.
    pub fn end(&self) -> &str {
        &self.end
    }

    /// 1人目.
    pub fn short(&self, texts: &Texts) -> String {
        texts.with(key!("person-short"), "n", self.n)
    }
}

/// For how many people days and times are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// How many.
    pub people: usize,
    /// Whether they are booked, and another time is chosen.
    pub is_booked: bool,
}

impl Group {
    /// Somebody alone who chooses a first time.
    pub const ALONE: Self = Self { people: 1, is_booked: false };
}

/// How many places are free at each start of a day.
pub(crate) fn free(day: &Day) -> Vec<(Start, u32)> {
    day.slots.iter().map(|slot| (slot.start, slot.free())).collect()
}

/// The times of a day for so many people: each start from which all of them find a place, together or one slot after
/// the other.
pub(crate) fn lines(day: &Day, people: usize) -> Vec<TimeLine> {
    let free = free(day);
    let line = |(at, slot): (usize, &crate::availability::Slot)| {
        let starts = domain::capacity::seats(people, &free[at..]);
        let availability = match Availability::of_slot(slot) {
            // Places are free, but not for all of them.
            room if room.is_free() && starts.is_none() => Availability::Full,
            room => room,
        };
        TimeLine { start: slot.start, starts: starts.unwrap_or_default(), availability }
    };
    day.slots.iter().enumerate().map(line).collect()
}

/// The starts as a form sends them: 9:00,9:00,9:10.
pub(crate) fn written(starts: &[Start]) -> String {
    starts.iter().map(Start::to_string).collect::<Vec<_>>().join(",")
}

/// Reads what [`written`] wrote; none if they are no seats of people who come together.
pub(crate) fn read(text: &str) -> Option<Vec<Start>> {
    let starts: Option<Vec<Start>> = text.split(',').map(|start| start.parse().ok()).collect();
    starts.filter(|starts| are_seats(starts))
}

/// The starts in an address, as minutes of the day: 540t540t550. A dash between them would make twelve digits of four
/// people, which the guard of Individual Numbers may refuse.
pub(crate) fn in_address(starts: &[Start]) -> String {
    starts.iter().map(|start| start.minutes().to_string()).collect::<Vec<_>>().join("t")
}

/// Reads what [`in_address`] wrote.
pub(crate) fn from_address(text: &str) -> Option<Vec<Start>> {
    let start = |minutes: &str| minutes.parse::<u16>().ok().and_then(|minutes| Start::new(minutes).ok());
    let starts: Option<Vec<Start>> = text.split('t').map(start).collect();
    starts.filter(|starts| are_seats(starts))
}

/// In order, and without a gap.
fn are_seats(starts: &[Start]) -> bool {
    starts.windows(2).all(|pair| match pair {
        [one, next] => *next == *one || next.minutes() == one.minutes() + SLOT_MINUTES,
        _ => true,
    })
}

/// 9時00分; of a family over several slots, 9時00分に2人、9時10分に1人.
pub(crate) fn times(texts: Texts, starts: &[Start]) -> String {
    let mut groups: Vec<(Start, usize)> = Vec::new();
    for start in starts {
        match groups.last_mut() {
            Some((last, count)) if last == start => *count += 1,
            _ => groups.push((*start, 1)),
        }
    }
    match groups.as_slice() {
        [(start, _)] => texts.start(*start),
        groups => {
            let part = |(start, count): &(Start, usize)| {
                texts.with2(key!("times-part"), "time", texts.start(*start), "count", *count)
            };
            groups.iter().map(part).collect::<Vec<_>>().join(&texts.get(key!("times-join")))
        }
    }
}

/// The message of who comes, as it is asked.
pub(crate) fn visitor_key(visitor: Visitor) -> &'static str {
    match visitor {
        Visitor::Principal => key!("visitor-principal"),
        Visitor::WithRepresentative => key!("visitor-with-representative"),
        Visitor::Representative => key!("visitor-representative"),
        Visitor::Proxy => key!("visitor-proxy"),
    }
}

/// The message that says more about who comes.
pub(crate) fn visitor_about(visitor: Visitor) -> &'static str {
    match visitor {
        Visitor::Principal => key!("visitor-principal-about"),
        Visitor::WithRepresentative => key!("visitor-with-representative-about"),
        Visitor::Representative => key!("visitor-representative-about"),
        Visitor::Proxy => key!("visitor-proxy-about"),
    }
}

/// Who comes for each, as a part of an address: `principal-proxy`.
pub(crate) fn visitors_in_address(visitors: &[Visitor]) -> String {
    visitors.iter().map(|visitor| visitor.code()).collect::<Vec<_>>().join("-")
}

/// Reads what [`visitors_in_address`] wrote for so many people.
pub(crate) fn visitors_from_address(text: &str, people: usize) -> Option<Vec<Visitor>> {
    let visitors: Option<Vec<Visitor>> = text.split('-').map(|code| code.parse().ok()).collect();
    visitors.filter(|visitors| visitors.len() == people)
}

/// One person of a booking, as its pages list them.
#[derive(Debug, Clone)]
pub struct Person {
    /// What tells them apart; none for somebody alone.
    pub name: Option<Name>,
    /// When they come.
    pub start: Start,
    /// Who comes; none: not asked.
    pub visitor: Option<Visitor>,
    /// Whether the PINs are known; none: it is not about a renewal.
    pub pins: Option<Pins>,
}

impl Person {
    /// The message of who comes.
    pub fn visitor_key(&self) -> &'static str {
        self.visitor.map_or(key!("visitor-unknown"), visitor_key)
    }

    /// The message about the PINs, of a renewal.
    pub fn pins_key(&self) -> Option<&'static str> {
        self.pins.map(|pins| match pins {
            Pins::Known => key!("pins-known"),
            Pins::Forgotten => key!("pins-forgotten"),
        })
    }
}

/// The people of a booking from what is known of each; `names` is empty for somebody alone.
pub(crate) fn people(starts: &[Start], names: &[Name], visitors: &[Option<Visitor>]) -> Vec<Person> {
    let person = |(at, start): (usize, &Start)| Person {
        name: names.get(at).cloned(),
        start: *start,
        visitor: visitors.get(at).copied().flatten(),
        pins: None,
    };
    starts.iter().enumerate().map(person).collect()
}

/// A check list, and for whom it is.
#[derive(Debug, Clone)]
pub struct ListFor {
    /// 1人目、3人目; none if it is for everybody.
    pub whom: Vec<Name>,
    /// What to bring.
    pub belongings: Belongings,
}

impl ListFor {
    /// 1人目、3人目の持ち物.
    pub fn title(&self, texts: &Texts) -> Option<String> {
        if self.whom.is_empty() {
            return None;
        }
        let whom: Vec<String> = self.whom.iter().map(|name| name.short(texts)).collect();
        Some(texts.with(key!("belongings-of"), "whom", whom.join(&texts.get(key!("times-join")))))
    }
}

/// What to bring, by who comes: one list if it is the same for all.
pub(crate) fn belongings(people: &[Person]) -> Vec<ListFor> {
    type Case = (Option<Visitor>, Option<Pins>);
    let mut lists: Vec<(Case, Vec<Name>)> = Vec::new();
    for person in people {
        let (name, case) = (person.name.iter().cloned(), (person.visitor, person.pins));
        match lists.iter_mut().find(|(known, _)| *known == case) {
            Some((_, whom)) => whom.extend(name),
            None => lists.push((case, name.collect())),
        }
    }
    let several = lists.len() > 1;
    let list = |((visitor, pins), whom): (Case, Vec<Name>)| ListFor {
        whom: if several { whom } else { Vec::new() },
        belongings: match pins {
            Some(pins) => belongings::of_renewal(visitor, pins),
            None => belongings::of(visitor),
        },
    };
    lists.into_iter().map(list).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::Language;

    fn starts(texts: &[&str]) -> Vec<Start> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn r4_d_times_of_a_family_are_told_with_their_people() {
        let ja = Texts::new(Language::JA);
        assert_eq!(times(ja, &starts(&["9:00"])), "9時00分");
        assert_eq!(times(ja, &starts(&["9:00", "9:00", "9:00"])), "9時00分");
        assert_eq!(times(ja, &starts(&["9:00", "9:00", "9:10"])), "9時00分に2人、9時10分に1人");
        let en = Texts::new(Language::EN);
        assert_eq!(times(en, &starts(&["9:00", "9:10", "9:10"])), "9:00 (1 person), 9:10 (2 people)");
    }

    #[test]
    fn r4_d_seats_survive_forms_and_addresses_and_gaps_are_refused() {
        let seats = starts(&["9:00", "9:00", "9:10"]);
        assert_eq!(read(&written(&seats)), Some(seats.clone()));
        assert_eq!(from_address(&in_address(&seats)), Some(seats));
        for wrong in ["", "9:00,9:20", "9:10,9:00", "9:00,", "9:05", "x"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(from_address("540t560"), None);
        // Four times are twelve digits, and some of them would be an Individual Number.
        for start in (540..1_050).step_by(10) {
            let seats = [0, 0, 0, 10].map(|later| Start::new(start + later).unwrap());
            assert_eq!(domain::guard::worst(&in_address(&seats)), None, "{start}");
            assert_eq!(domain::guard::worst(&written(&seats)), None, "{start}");
        }
    }

    #[test]
    fn r4_d_one_list_where_all_bring_the_same() {
        let names: Vec<Name> = (1..).zip(["00528", "00536"].map(str::to_owned)).map(Name::from).collect();
        let seats = starts(&["9:00", "9:00"]);
        let same = people(&seats, &names, &[Some(Visitor::Principal); 2]);
        assert_eq!(belongings(&same).len(), 1);
        let other = people(&seats, &names, &[Some(Visitor::Principal), Some(Visitor::Proxy)]);
        let lists = belongings(&other);
        let titles: Vec<_> = lists.iter().filter_map(|list| list.title(&Texts::new(Language::JA))).collect();
        assert_eq!(titles, ["1人目の持ち物", "2人目の持ち物"]);
        assert_ne!(lists[0].belongings, lists[1].belongings);
    }

    #[test]
    fn r4_d_who_comes_is_read_for_as_many_as_there_are() {
        let both = [Visitor::WithRepresentative, Visitor::Proxy];
        let text = visitors_in_address(&both);
        assert_eq!(text, "with_representative-proxy");
        assert_eq!(visitors_from_address(&text, 2), Some(both.to_vec()));
        assert_eq!(visitors_from_address(&text, 3), None);
        assert_eq!(visitors_from_address("me", 1), None);
    }
}
