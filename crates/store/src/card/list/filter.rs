//! Several conditions on a list of cards at once.
//!
//! One of them leads: the list is walked along its index, beginning with the most selective. The others sieve what was
//! walked. So that no combination makes a long read, a page looks at no more than so many cards, and says where it
//! stopped.

use std::fmt;
use std::str::FromStr;

use domain::card::Progress;
use domain::consignment::ApplicationMethod;
use domain::id::{CardId, ConsignmentId, PlaceId, ReservationId};
use domain::place::PlaceKind;
use domain::service::{Service, SiteCode};
use domain::time::Start;
use jiff::civil::Date;

use super::Listed;
use crate::error::Result;
use crate::place;
use crate::tx::Reader;

/// Reserved for a day, between two starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The service.
    pub service: Service,
    /// The site.
    pub site: SiteCode,
    /// The day in Asia/Tokyo.
    pub day: Date,
    /// The first start, in minutes since midnight.
    pub from: u16,
    /// The last start, in minutes since midnight.
    pub until: u16,
}

/// What is asked of a list of cards; all of it must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// 進み具合.
    pub progress: Option<Progress>,
    /// The consignment.
    pub consignment: Option<ConsignmentId>,
    /// 申請方式.
    pub method: Option<ApplicationMethod>,
    /// Day and time of the reservation.
    pub booked: Option<Booked>,
    /// The kind of place at a site.
    pub kind: Option<(SiteCode, PlaceKind)>,
    /// The place itself.
    pub place: Option<PlaceId>,
    /// The first day of posting.
    pub posted_from: Option<Date>,
    /// The last day of posting.
    pub posted_until: Option<Date>,
}

/// Where a list goes on. It is a place in the order of the leading condition, so it fits that one alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// After a card.
    Card(CardId),
    /// After a line of the consignment's list.
    Line(u32),
    /// After a card among those posted on a day.
    Posted(Date, CardId),
    /// After a reservation among those of a start.
    Start(Start, ReservationId),
}

/// The text is no mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a list")]
pub struct MalformedMark;

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card(id) => write!(f, "{id}"),
            Self::Line(line) => write!(f, "line.{line}"),
            Self::Posted(day, id) => write!(f, "{day}.{id}"),
            Self::Start(start, id) => write!(f, "start.{}.{id}", start.minutes()),
        }
    }
}

impl FromStr for Mark {
    type Err = MalformedMark;

    fn from_str(text: &str) -> Result<Self, MalformedMark> {
        let wrong = |_| MalformedMark;
        let parts: Vec<&str> = text.split('.').collect();
        match parts.as_slice() {
            ["line", line] => line.parse().map(Self::Line).map_err(|_| MalformedMark),
            ["start", start, id] => {
                let start = start.parse().ok().and_then(|minutes| Start::new(minutes).ok());
                Ok(Self::Start(start.ok_or(MalformedMark)?, id.parse().map_err(|_| MalformedMark)?))
            }
            [day, id] => {
                Ok(Self::Posted(day.parse().map_err(wrong)?, id.parse().map_err(|_| MalformedMark)?))
            }
            [id] => id.parse().map(Self::Card).map_err(|_| MalformedMark),
            _ => Err(MalformedMark),
        }
    }
}

/// A page of a filtered list.
#[derive(Debug, Clone)]
pub struct Walked {
    /// The cards.
    pub rows: Vec<Listed>,
    /// Where the list goes on; none at its end.
    pub next: Option<Mark>,
    /// Whether it stopped because it had looked at enough cards, not because the page was full.
    pub stopped: bool,
}

/// The condition along whose index a list is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    Booked,
    Consignment,
    Place,
    Progress,
    Kind,
    Method,
    Posted,
    All,
}

impl Filter {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn lead(&self) -> Lead {
        let at_work = self.progress.is_some_and(|p| !matches!(p, Progress::Issued | Progress::Ended));
        let near =
            self.kind.as_ref().is_some_and(|(_, kind)| !matches!(kind, PlaceKind::Citizen | PlaceKind::Post));
        let rare = self.method.is_some_and(|method| method != ApplicationMethod::AtIssue);
        // From the fewest cards to the most: what is at work is little, what was issued over the years is much.
        let order = [
            (self.booked.is_some(), Lead::Booked),
            (self.consignment.is_some(), Lead::Consignment),
            (self.place.is_some(), Lead::Place),
            (at_work, Lead::Progress),
            (near, Lead::Kind),
            (rare, Lead::Method),
            (self.posted_from.is_some() || self.posted_until.is_some(), Lead::Posted),
            (self.progress.is_some(), Lead::Progress),
            (self.kind.is_some(), Lead::Kind),
            (self.method.is_some(), Lead::Method),
        ];
        order.into_iter().find(|(asked, _)| *asked).map_or(Lead::All, |(_, lead)| lead)
    }

    /// Whether more than the leading condition is asked.
    fn is_sieved(&self) -> bool {
        let asked = [
            self.progress.is_some(),
            self.consignment.is_some(),
            self.method.is_some(),
            self.booked.is_some(),
            self.kind.is_some(),
            self.place.is_some(),
            self.posted_from.is_some() || self.posted_until.is_some(),
        ];
        asked.into_iter().filter(|asked| *asked).count() > 1
    }

    /// Whether a card meets every condition. The day of reservation always leads, so it is met already.
    fn holds(&self, card: &Listed) -> bool {
        let posted = |from: Option<Date>, until: Option<Date>| match card.posted_on {
            Some(day) => from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until),
            None => from.is_none() && until.is_none(),
        };
        self.progress.is_none_or(|progress| progress == card.progress)
            && self.consignment.is_none_or(|consignment| consignment == card.consignment)
            && self.method.is_none_or(|method| method == card.method)
            && self.place.is_none_or(|place| place == card.place)
            && self.kind.as_ref().is_none_or(|(_, kind)| *kind == card.place_kind)
            && posted(self.posted_from, self.posted_until)
    }

    /// Where the list goes on after a card of it.
    pub fn mark(&self, card: &Listed) -> Mark {
        match (self.lead(), card.booked, card.posted_on) {
            (Lead::Booked, Some((id, _, start)), _) => Mark::Start(start, id),
            (Lead::Consignment, ..) => Mark::Line(card.line),
            (Lead::Posted, _, Some(day)) => Mark::Posted(day, card.id),
            _ => Mark::Card(card.id),
        }
    }

    /// Whether a mark belongs to this filter's order.
    pub fn takes(&self, mark: &Mark) -> bool {
        matches!(
            (self.lead(), mark),
            (Lead::Booked, Mark::Start(..))
                | (Lead::Consignment, Mark::Line(_))
                | (Lead::Posted, Mark::Posted(..))
                | (Lead::Place | Lead::Progress | Lead::Kind | Lead::Method | Lead::All, Mark::Card(_))
        )
    }

    /// A page of the list: at most `limit` cards after a mark (`None` for the first page; one of another order is as
    /// none). Where several conditions are asked, it looks at `look` cards and no more.
    pub fn walk(
        &self,
        reader: &mut Reader<'_>,
        after: Option<&Mark>,
        limit: u32,
        look: u32,
    ) -> Result<Walked> {
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        if !self.is_sieved() {
            let mut rows = self.rows(reader, after, limit.saturating_add(1))?;
            let more = rows.len() > wanted;
            rows.truncate(wanted);
            let next = rows.last().filter(|_| more).map(|card| self.mark(card));
            return Ok(Walked { rows, next, stopped: false });
        }
        let looked = self.rows(reader, after, look)?;
        let stopped = looked.len() >= usize::try_from(look).unwrap_or(usize::MAX);
        let last = looked.last().filter(|_| stopped).map(|card| self.mark(card));
        let mut rows: Vec<Listed> = looked.into_iter().filter(|card| self.holds(card)).collect();
        if rows.len() > wanted {
            rows.truncate(wanted);
            let next = rows.last().map(|card| self.mark(card));
            return Ok(Walked { rows, next, stopped: false });
        }
        Ok(Walked { rows, next: last, stopped })
    }

    /// Cards in the order of the leading condition, not sieved yet.
    fn rows(&self, reader: &mut Reader<'_>, after: Option<&Mark>, limit: u32) -> Result<Vec<Listed>> {
        let card = match after {
            Some(Mark::Card(id)) => Some(*id),
            _ => None,
        };
        match (
            self.lead(),
            &self.booked,
            self.consignment,
            self.place,
            self.progress,
            &self.kind,
            self.method,
        ) {
            (Lead::Booked, Some(booked), ..) => {
                let Booked { service, site, day, from, until } = booked;
                let (start, id) = match after {
                    Some(Mark::Start(start, id)) => (start.minutes(), id.to_string()),
                    _ => (*from, String::new()),
                };
                super::booked(reader, (*service, site, *day), (start, &id), *until, limit)
            }
            (Lead::Consignment, _, Some(consignment), ..) => {
                let line = if let Some(Mark::Line(line)) = after { *line } else { 0 };
                super::of_consignment(reader, consignment, line, limit)
            }
            (Lead::Place, _, _, Some(place), ..) => super::in_place(reader, place, card, limit),
            (Lead::Progress, _, _, _, Some(progress), ..) => super::list(reader, Some(progress), card, limit),
            (Lead::Kind, _, _, _, _, Some((site, kind)), _) => {
                // Most kinds are one place of a site, and then its index has the order.
                match place::of_kind(reader, site, *kind)?.as_slice() {
                    [one] => super::in_place(reader, one.id, card, limit),
                    _ => super::in_kind(reader, (site, *kind), card, limit),
                }
            }
            (Lead::Method, .., Some(method)) => super::of_method(reader, method, card, limit),
            (Lead::Posted, ..) => {
                let (day, id) = match after {
                    Some(Mark::Posted(day, id)) => (day.to_string(), id.to_string()),
                    _ => (self.posted_from.map(|day| day.to_string()).unwrap_or_default(), String::new()),
                };
                // The greatest text of a day sorts before `~`.
                let until = self.posted_until.map_or_else(|| "~".to_owned(), |day| day.to_string());
                super::posted(reader, (&day, &id), &until, limit)
            }
            _ => super::list(reader, None, card, limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::id::Id;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn r4_f_a_place_in_a_list_survives_its_text() {
        let (card, reservation) = (CardId::from_parts(1, 2), ReservationId::from_parts(3, 4));
        for mark in [
            Mark::Card(card),
            Mark::Line(12),
            Mark::Posted(date(2026, 11, 2), card),
            Mark::Start(Start::new(540).unwrap(), reservation),
        ] {
            assert_eq!(mark.to_string().parse(), Ok(mark));
        }
        for wrong in ["", "x", "line.-1", "start.541.x", "2026-11-02", "2026-11-02.x", "a.b.c.d"] {
            assert!(wrong.parse::<Mark>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn r4_f_the_most_selective_condition_leads() {
        let site: SiteCode = "honcho".parse().unwrap();
        let issued = Filter { progress: Some(Progress::Issued), ..Filter::default() };
        assert_eq!(issued.lead(), Lead::Progress);
        let rare = Filter { method: Some(ApplicationMethod::Express), ..issued.clone() };
        assert_eq!(rare.lead(), Lead::Method);
        let desk = Filter { kind: Some((site.clone(), PlaceKind::Desk)), ..rare.clone() };
        assert_eq!(desk.lead(), Lead::Kind);
        let work = Filter { progress: Some(Progress::Booked), ..desk };
        assert_eq!(work.lead(), Lead::Progress);
        assert!(work.is_sieved() && !issued.is_sieved() && !Filter::default().is_sieved());
        assert!(issued.takes(&Mark::Card(CardId::from_parts(1, 2))) && !issued.takes(&Mark::Line(1)));
    }
}
