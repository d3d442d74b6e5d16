//! The counter of a demo city: visitors are received, and the day is closed.

use domain::check_sheet::{Collected, Sheet};
use domain::id::{CardId, PlaceId, ReceptionId, ReservationId};
use domain::journal::{BusinessDay, CityRecord};
use domain::reception::Reason;
use domain::service::Service;
use jiff::civil::Date;
use store::Act;
use store::reception::{self, Checked, Unserved};

use super::city::{City, CityError, moment};

/// Everybody in the demo comes for themselves and hands in a 通知カード.
const SHEET: Checked =
    Checked { sheet: Sheet::Principal, notice_card: Collected::HandedIn, old_card: Collected::None };

/// How a visit goes on after the arrival.
#[derive(Debug, Clone)]
enum End {
    Issued,
    Unserved(Unserved, PlaceId),
}

/// One visitor's way, with the acts that have come so far.
#[derive(Debug, Clone)]
struct Way {
    reservation: ReservationId,
    card: CardId,
    checked: Option<Act>,
    passed: Option<Act>,
    ended: Option<(Act, End)>,
    put_away: Option<Act>,
}

impl City<'_> {
    /// In the morning the list of the next open day is frozen, and goes to the city before noon.
    pub(super) fn list_next(&mut self, day: Date) -> Result<(), CityError> {
        let Some(next) = self.later(day, 1).filter(|_| self.has_come(day, 10 * 60)) else { return Ok(()) };
        let next = BusinessDay { service: Service::Issuance, site: self.site.clone(), day: next };
        let frozen = self.dice.act(moment(day, 9 * 60 + 20, 0), self.staff.operator);
        let transferred = self.dice.act(moment(day, 9 * 60 + 50, 0), self.staff.operator);
        self.write(move |tx| {
            store::day_list::freeze(tx, &frozen, &next)?;
            Ok(store::day_list::transfer(tx, &transferred, &next, "市民課 架空", CityRecord::Paper)?)
        })
    }

    /// Before the doors open the cards of the day are pulled.
    fn pull(&mut self, day: Date) -> Result<(), CityError> {
        let business = BusinessDay { service: Service::Issuance, site: self.site.clone(), day };
        let cards: Vec<CardId> =
            self.visits.get(&day).into_iter().flatten().map(|visit| visit.card).collect();
        let acts = (0..)
            .zip(cards)
            .map(|(n, card)| (self.dice.act(moment(day, 8 * 60 + 10, n * 4), self.staff.operator), card));
        let acts = acts.collect();
        self.each(acts, move |tx, act, card| Ok(store::pull::pull(tx, act, *card, &business)?)).map(drop)
    }

    /// The visitors of the day; who does not come stays expected until the close.
    pub(super) fn receive(&mut self, day: Date) -> Result<(), CityError> {
        if self.has_come(day, 8 * 60 + 40) {
            self.pull(day)?;
        }
        let visits = self.visits.remove(&day).unwrap_or_default();
        let (mut acts, mut waiting, mut again) = (Vec::new(), Vec::new(), Vec::new());
        for visit in visits {
            // Some are early, some late.
            let early_or_late = self.dice.below(14 * 60);
            let arrival =
                |seconds: u32| moment(day, visit.start.minutes().saturating_sub(6), early_or_late + seconds);
            if self.dice.percent(7) || arrival(0) > self.until {
                waiting.push(visit);
                continue;
            }
            let come = |seconds: u32, actor| {
                let at = arrival(seconds);
                (at <= self.until).then(|| self.dice.act(at, actor))
            };
            let (operator, city) = (self.staff.operator, self.staff.city);
            let arrived = self.dice.act(arrival(0), operator);
            let checked = come(240 + self.dice.below(180), operator);
            let mut passed = come(540 + self.dice.below(120), operator);
            let Some(home) = self.homes.get(&visit.card).copied() else { continue };
            let (ended, put_away) = match self.dice.below(100) {
                0..5 => {
                    passed = None;
                    let reason = Reason::ALL[usize::try_from(self.dice.below(5)).unwrap_or(0)];
                    let end = End::Unserved(Unserved::SentAway(reason), home);
                    (come(600, operator).map(|act| (act, end)), come(900, operator))
                }
                5 => {
                    passed = None;
                    let end = End::Unserved(Unserved::Left, home);
                    (come(800, operator).map(|act| (act, end)), come(1000, operator))
                }
                _ => (come(1080 + self.dice.below(480), city).map(|act| (act, End::Issued)), None),
            };
            if put_away.is_some() {
                again.push(visit.card);
            }
            let way =
                Way { reservation: visit.reservation, card: visit.card, checked, passed, ended, put_away };
            acts.push((arrived, way));
        }
        for card in again {
            let days = 1 + self.dice.below(5);
            self.wish(day, days, card);
        }
        self.visits.insert(day, waiting);
        self.each(acts, |tx, act, way| {
            let id: ReceptionId = reception::arrive(tx, act, way.reservation)?;
            if let Some(act) = &way.checked {
                reception::check_papers(tx, act, id, SHEET)?;
            }
            if let Some(act) = &way.passed {
                reception::pass_to_city(tx, act, id, "市民課 架空")?;
            }
            match &way.ended {
                Some((act, End::Issued)) => {
                    reception::issue(tx, act, id, "市民課 架空", CityRecord::Account)?;
                }
                Some((act, End::Unserved(unserved, home))) => {
                    reception::send_away(tx, act, id, unserved, "")?;
                    if let Some(act) = &way.put_away {
                        store::card::put_away(tx, act, way.card, *home)?;
                    }
                }
                None => {}
            }
            Ok(())
        })
        .map(drop)
    }

    /// After the doors close: who did not come, the city's count, the close.
    pub(super) fn close(&mut self, day: Date, minute: u16) -> Result<(), CityError> {
        if !self.has_come(day, minute + 30) {
            return Ok(());
        }
        let mut acts = Vec::new();
        for (n, visit) in (0..).zip(self.visits.remove(&day).unwrap_or_default()) {
            acts.push((
                self.dice.act(moment(day, minute, n * 4), self.staff.person_in_charge),
                (visit.reservation, visit.card),
            ));
            if self.dice.percent(60) {
                let days = 1 + self.dice.below(9);
                self.wish(day, days, visit.card);
            }
        }
        self.each(acts, |tx, act, (reservation, card)| {
            reception::not_come(tx, act, *reservation)?;
            if let Some((home, _)) = store::card::last_stored(tx, *card)? {
                store::card::put_away(tx, act, *card, home)?;
            }
            Ok(())
        })?;
        let act = self.dice.act(moment(day, minute + 20, 0), self.staff.person_in_charge);
        let business = BusinessDay { service: Service::Issuance, site: self.site.clone(), day };
        let next = self.rules.next_open_day(Service::Issuance, &self.site, day);
        self.write(move |tx| {
            let counts = store::report::counts(tx, &business)?;
            Ok(store::report::close(tx, &act, &business, next, counts.issued, "")?)
        })
        .map(drop)
    }
}
