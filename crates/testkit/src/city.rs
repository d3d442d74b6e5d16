//! A small city below HTTP: rules from the profile, places, keys, cards in any stage.

use std::sync::Arc;

use domain::card::{Finding, Pass};
use domain::consignment::{ApplicationMethod, Line, NoticeNumberLayout, PostBlock};
use domain::id::{CardId, EntryId, Id, PlaceId, ReservationId, RuleId};
use domain::journal::{Actor, BusinessDay, CityRecord, Slot};
use domain::ledger::{Field, Terms};
use domain::place::PlaceKind;
use domain::profile::{Decision, Profile};
use domain::reservation::{Channel, Visitor};
use domain::rules::{Rule, RuleSet};
use domain::service::{Service, SiteCode};
use domain::time::{Start, instant_at};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use store::consignment::{Header, Portion};
use store::keys::Keys;
use store::reservation::{BookingError, Reservation, Wish};
use store::verify::Finding as Verified;
use store::{Act, Db, Lane};

use crate::TestDb;

/// The profile of the city for which the specification was written.
pub const PROFILE: &str = include_str!("../../../profiles/suita.toml");

/// A city for one test.
pub struct City {
    /// The database with its guard.
    pub home: TestDb,
    /// The keys.
    pub keys: Arc<Keys>,
    /// The rules in force.
    pub rules: Arc<RuleSet>,
    /// The site.
    pub site: SiteCode,
    /// The 郵便区 of the cards that come next.
    pub post_block: PostBlock,
    now: Timestamp,
    acts: u64,
}

/// The keys of every city for tests.
pub fn keys() -> Keys {
    let mut chance = [0; 96];
    chance.iter_mut().zip(1_u8..).for_each(|(byte, n)| *byte = n);
    Keys::first(&chance)
}

impl City {
    /// Founds a city; its clock stands at 8:50 of Monday, 2 November 2026.
    pub fn found(home: TestDb) -> Self {
        let profile: Profile = toml::from_str(PROFILE).unwrap();
        let mut city = Self {
            home,
            keys: Arc::new(keys()),
            rules: Arc::new(RuleSet::new(0, Vec::new()).unwrap()),
            site: "honcho".parse().unwrap(),
            post_block: PostBlock::Other,
            now: instant_at(date(2026, 11, 2), 8 * 60 + 50),
            acts: 0,
        };
        let (act, keys) = (city.act(), city.keys.clone());
        city.db()
            .write_now(Lane::Staff, move |tx| {
                assert!(keys.matches_database(tx)?);
                let act = act;
                for kind in PlaceKind::ALL.iter().filter(|kind| **kind != PlaceKind::Box) {
                    let site = "honcho".parse().unwrap();
                    store::place::create(tx, &act, &site, *kind, kind.label(), None)?;
                }
                Ok::<_, store::Error>(())
            })
            .unwrap();
        let rules = profile.rules().unwrap();
        let rules = (1..).zip(rules).map(|(n, rule)| Rule {
            id: RuleId::from_parts(1, n),
            version: 1,
            valid_from: rule.valid_from,
            valid_until: rule.valid_until,
            body: rule.body,
            agreement: rule.agreement,
        });
        city.apply(rules.collect());
        city.decide(profile.ledger.notice_number.decision == Decision::Agreed);
        city
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.home.db
    }

    /// The instant.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Moves the clock by hand.
    pub fn at(&mut self, day: Date, minute: u16) {
        self.now = instant_at(day, minute);
    }

    /// Moves the clock on.
    pub fn advance(&mut self, by: SignedDuration) {
        self.now += by;
    }

    /// An act of an operator.
    pub fn act(&mut self) -> Act {
        self.act_of(Actor::Command)
    }

    /// An act of a citizen.
    pub fn citizen(&mut self) -> Act {
        self.act_of(Actor::Citizen)
    }

    fn act_of(&mut self, actor: Actor) -> Act {
        self.acts += 1;
        let mut seed = [0; 16];
        // Acts of one test differ in the upper half, their ids in the lower.
        seed[4..8].copy_from_slice(&u32::try_from(self.acts).unwrap().to_le_bytes());
        Act::new(self.now, actor, seed)
    }

    /// Puts other rules in force.
    pub fn apply(&mut self, rules: Vec<Rule>) {
        let act = self.act();
        self.db().write_now(Lane::Staff, move |tx| store::rules::apply(tx, &act, &rules)).unwrap();
        self.rules = Arc::new(self.db().read_now(store::rules::load).unwrap());
    }

    /// Records the city's decision on the notice number.
    pub fn decide(&mut self, agreed: bool) {
        let act = self.act();
        self.db()
            .write_now(Lane::Staff, move |tx| {
                let decision = store::privacy::Decision {
                    field: store::privacy::NOTICE_NUMBER.to_owned(),
                    agreed,
                    decided_by: "市民課".to_owned(),
                    decided_on: date(2026, 9, 1),
                    retention_days: None,
                };
                store::privacy::decide(tx, &act, &decision)
            })
            .unwrap();
    }

    /// A slot of the issuance.
    pub fn slot(&self, day: Date, start: &str) -> Slot {
        Slot {
            service: Service::Issuance,
            site: self.site.clone(),
            day,
            start: start.parse::<Start>().unwrap(),
        }
    }

    /// The issuance of a day.
    pub fn day(&self, day: Date) -> BusinessDay {
        BusinessDay { service: Service::Issuance, site: self.site.clone(), day }
    }

    /// Lines of a list with notice numbers of their own.
    pub fn lines(&self, count: u32, series: char) -> Vec<Line> {
        let layout: NoticeNumberLayout = "AAA-999999".to_owned().try_into().unwrap();
        (1..=count)
            .map(|line| Line {
                line,
                notice: Some(layout.read(&format!("{series}BC-{line:06}")).unwrap()),
                method: ApplicationMethod::AtIssue,
                way: domain::consignment::Way::Stored,
                post_block: self.post_block,
                short_validity: Some(false),
            })
            .collect()
    }

    /// Takes a consignment of so many cards and answers them in list order.
    pub fn listed(&mut self, count: u32, series: char) -> Vec<CardId> {
        let (act, keys, site) = (self.act(), self.keys.clone(), self.site.clone());
        let lines = self.lines(count, series);
        let header = Header {
            site: site.clone(),
            received_on: date(2026, 11, 2),
            list_date: date(2026, 10, 30),
            box_name: format!("箱{series}"),
            file_hash: None,
        };
        let db = self.db().clone();
        let staged = header.clone();
        let id = db.write_now(Lane::Staff, move |tx| store::consignment::stage(tx, &act, &staged)).unwrap();
        for part in lines.chunks(store::consignment::CHUNK) {
            let lines = part
                .iter()
                .cloned()
                .map(|line| (line, [u8::try_from(act.at.as_millisecond() % 251).unwrap(); 24]));
            let portion = Portion {
                consignment: id,
                site: site.clone(),
                entry: act.id::<EntryId>(1),
                lines: lines.collect(),
            };
            let keys = keys.clone();
            db.write_now(Lane::Staff, move |tx| {
                store::consignment::stage_lines(tx, &act, &keys, &portion, true)
            })
            .unwrap();
        }
        let take = move |tx: &mut store::Tx<'_>| {
            let compared = store::consignment::compare(tx, id)?;
            store::consignment::take(tx, &act, id, &header, count, compared)
        };
        db.write_now(Lane::Staff, take).unwrap();
        db.read_now(move |reader| store::card::of_consignment(reader, id, 0, count))
            .unwrap()
            .into_iter()
            .map(|card| card.id)
            .collect()
    }

    /// Cards that are inspected.
    pub fn inspected(&mut self, count: u32, series: char) -> Vec<CardId> {
        let cards = self.listed(count, series);
        let acts: Vec<Act> = (0..cards.len() * 3).map(|_| self.act()).collect();
        let these = cards.clone();
        self.db()
            .write_now(Lane::Staff, move |tx| {
                for (n, card) in these.iter().enumerate() {
                    for (pass, act) in Pass::ALL.iter().zip(&acts[n * 3..]) {
                        store::card::inspect(tx, act, *card, *pass, Finding::Good)?;
                    }
                }
                Ok::<_, store::card::StepError>(())
            })
            .unwrap();
        cards
    }

    /// Cards that the city set up and gave back.
    pub fn prepared(&mut self, count: u32, series: char) -> Vec<CardId> {
        let cards = self.inspected(count, series);
        let (send, back, site, first) = (self.act(), self.act(), self.site.clone(), cards[0]);
        self.db()
            .write_now(Lane::Staff, move |tx| {
                let consignment = store::card::find(tx, first)?.unwrap().consignment;
                let batch =
                    store::batch::send(tx, &send, &site, consignment, count, "市 一郎", CityRecord::Paper)?;
                store::batch::take_back(tx, &back, batch, count, "市 一郎", CityRecord::Paper)
            })
            .unwrap();
        cards
    }

    /// Cards whose letters the city has posted today: they can be booked.
    pub fn notified(&mut self, count: u32, series: char) -> Vec<CardId> {
        let cards = self.prepared(count, series);
        for _ in 0..count.div_ceil(store::letter::PART) {
            let (print, stuff, transfer, post) = (self.act(), self.act(), self.act(), self.act());
            let (keys, site, today) = (self.keys.clone(), self.site.clone(), domain::time::day_of(self.now));
            self.db()
                .write_now(Lane::Staff, move |tx| {
                    let part = store::letter::print(tx, &print, &keys, &site, "v1")?;
                    let letters = store::letter::find(tx, part)?.unwrap().letters;
                    store::stuffing::stuff_all(tx, &stuff, part)?;
                    store::letter::transfer(tx, &transfer, part, letters, "市 一郎", CityRecord::Paper)?;
                    store::letter::post(tx, &post, part, today, "市 一郎", CityRecord::Paper)
                })
                .unwrap();
        }
        cards
    }

    /// A box with a label.
    pub fn new_box(&mut self, name: &'static str) -> PlaceId {
        let (act, site) = (self.act(), self.site.clone());
        self.db()
            .write_now(Lane::Staff, move |tx| {
                store::place::create(tx, &act, &site, PlaceKind::Box, name, None)
            })
            .unwrap()
    }

    /// A box whose slots are numbered.
    pub fn new_numbered_box(&mut self, name: &'static str) -> PlaceId {
        let (act, site) = (self.act(), self.site.clone());
        let fitted = [store::place::Fitted { name: name.to_owned(), capacity: None, parent: None }];
        let set_up = move |tx: &mut store::Tx<'_>| {
            store::place::set_up(tx, &act, &site, PlaceKind::Box, true, &fitted)
        };
        self.db().write_now(Lane::Staff, set_up).unwrap()[0]
    }

    /// What a citizen wants.
    pub fn wish(&self, card: CardId, slot: Slot) -> Wish {
        Wish { card, slot, channel: Channel::Web, language: "ja".to_owned() }
    }

    /// Holds a place.
    pub fn hold(&mut self, card: CardId, slot: Slot) -> Result<Reservation, BookingError> {
        let (act, keys, rules, wish) =
            (self.citizen(), self.keys.clone(), self.rules.clone(), self.wish(card, slot));
        self.db()
            .write_now(Lane::Public, move |tx| store::reservation::hold(tx, &act, &keys, &rules, &wish, 10))
    }

    /// Confirms a hold.
    pub fn confirm(&mut self, id: ReservationId) -> Result<Reservation, BookingError> {
        let act = self.citizen();
        self.db().write_now(Lane::Public, move |tx| store::reservation::confirm(tx, &act, id))
    }

    /// Holds and confirms.
    pub fn book(&mut self, card: CardId, slot: Slot) -> Result<Reservation, BookingError> {
        let held = self.hold(card, slot)?;
        self.confirm(held.id)
    }

    /// Lets two people of the city agree that a field may be held for so many days.
    pub fn agree(&mut self, field: Field, retention_days: u32) {
        let act = self.act();
        let people = self.db().write_now(Lane::Staff, move |tx| {
            let one = store::person::create(tx, &act, "proposes", "提案", "no password", false)?;
            let other = store::person::create(tx, &act, "decides", "決定", "no password", false)?;
            Ok::<_, store::person::PersonError>((one, other))
        });
        let (one, other) = people.unwrap();
        let (propose, decide) = (self.act_of(Actor::Person(one)), self.act_of(Actor::Person(other)));
        let terms =
            Terms { necessity: "要る".to_owned(), protection: "封印する".to_owned(), retention_days };
        self.db()
            .write_now(Lane::Staff, move |tx| {
                let version = store::ledger::propose(tx, &propose, field, &terms)?;
                store::ledger::decide(tx, &decide, version, true)
            })
            .unwrap();
    }

    /// Moves as a citizen does.
    pub fn move_to(&mut self, id: ReservationId, to: Slot) -> Result<Reservation, BookingError> {
        let (act, rules) = (self.citizen(), self.rules.clone());
        self.db().write_now(Lane::Public, move |tx| {
            store::reservation::move_to(tx, &act, &rules, id, &to, Channel::Web)
        })
    }

    /// Holds places of a day for several cards together.
    pub fn hold_all(
        &mut self,
        cards: &[CardId],
        day: Date,
        starts: &[&str],
    ) -> Result<Vec<Reservation>, BookingError> {
        let (act, keys, rules) = (self.citizen(), self.keys.clone(), self.rules.clone());
        let wishes: Vec<Wish> =
            cards.iter().zip(starts).map(|(card, start)| self.wish(*card, self.slot(day, start))).collect();
        self.db().write_now(Lane::Public, move |tx| {
            store::reservation::party::hold(tx, &act, &keys, &rules, &wishes, 10)
        })
    }

    /// Holds and confirms for several cards together.
    pub fn book_all(
        &mut self,
        cards: &[CardId],
        day: Date,
        starts: &[&str],
    ) -> Result<Vec<Reservation>, BookingError> {
        let held = self.hold_all(cards, day, starts)?;
        let act = self.citizen();
        let holds: Vec<_> = held.iter().map(|held| (held.id, Some(Visitor::Principal))).collect();
        self.db().write_now(Lane::Public, move |tx| store::reservation::party::confirm(tx, &act, &holds))
    }

    /// Moves a whole booking as a citizen does.
    pub fn move_all(&mut self, id: ReservationId, day: Date, starts: &[&str]) -> Result<(), BookingError> {
        let (act, rules) = (self.citizen(), self.rules.clone());
        let starts: Vec<Start> = starts.iter().map(|start| start.parse().unwrap()).collect();
        self.db().write_now(Lane::Public, move |tx| {
            store::reservation::party::move_all(tx, &act, &rules, id, day, &starts, Channel::Web)
        })
    }

    /// Adds a card to a booking.
    pub fn add(&mut self, id: ReservationId, card: CardId) -> Result<Reservation, BookingError> {
        let (act, keys, rules) = (self.citizen(), self.keys.clone(), self.rules.clone());
        let addition = store::reservation::party::Addition {
            card,
            channel: Channel::Web,
            language: "ja".to_owned(),
            visitor: None,
        };
        self.db().write_now(Lane::Public, move |tx| {
            store::reservation::party::add(tx, &act, &keys, &rules, id, &addition)
        })
    }

    /// Cancels.
    pub fn cancel(&mut self, id: ReservationId) -> Result<Reservation, BookingError> {
        let (act, rules) = (self.citizen(), self.rules.clone());
        self.db()
            .write_now(Lane::Public, move |tx| store::reservation::cancel(tx, &act, &rules, id, Channel::Web))
    }

    /// Numbers everything that is not numbered yet.
    pub fn seal(&mut self) {
        let now = self.now;
        while self
            .db()
            .write_now(Lane::Background, move |tx| store::sealer::seal(tx, "test", now))
            .unwrap()
            .more()
        {}
    }

    /// A reservation as it is now.
    pub fn now_is(&self, id: ReservationId) -> Reservation {
        self.db().read_now(move |reader| store::reservation::find(reader, id)).unwrap().unwrap()
    }

    /// How many places of a slot are taken.
    pub fn taken(&self, slot: &Slot) -> u32 {
        let (slot, rules) = (slot.clone(), self.rules.clone());
        self.db().read_now(move |reader| store::capacity::room(reader, &rules, &slot)).unwrap().taken
    }

    /// `verify` finds nothing.
    pub fn is_clean(&mut self) {
        self.seal();
        assert_eq!(self.verify(), []);
    }

    /// What `verify` finds.
    pub fn verify(&self) -> Vec<Verified> {
        let keys = self.keys.clone();
        self.db().read_now(move |reader| store::verify::verify(reader, &keys)).unwrap()
    }
}
