//! A city's past, day by day: what a counter does from the box of cards to the close of each day.
//!
//! The days run in order, and within a day the acts do, so the records look as if people had made them. Chance
//! decides with a seed. The work grows with the number of cards and nothing else.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use domain::capacity::Opening;
use domain::id::{CardId, PlaceId, ReservationId};
use domain::place::PlaceKind;
use domain::profile::Profile;
use domain::rules::RuleSet;
use domain::service::{Service, SiteCode};
use domain::time::{Start, day_of, instant_at};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::keys::Keys;
use store::place::{Fitted, Place, PlaceError};
use store::{Act, Db, Lane, Tx, sealer};

use super::cards::{Delivery, IN_A_BOX, deliveries};
use super::dice::Dice;
use super::people::Staff;
use super::renewals::Renewals;

/// Business days before the end of the past at which the first cards come.
pub(super) const LENGTH: u8 = 20;

/// Acts in one transaction: well under 20 ms of writing, and few waits for the disk.
pub(super) const TOGETHER: usize = 40;

/// A city's past could not be made; each is a fault of the program.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// The list of a delivery was refused.
    #[error("a sample list was refused: {0}")]
    List(String),
    /// A consignment.
    #[error(transparent)]
    Take(#[from] store::consignment::TakeError),
    /// A card.
    #[error(transparent)]
    Step(#[from] store::card::StepError),
    /// A batch.
    #[error(transparent)]
    Batch(#[from] store::batch::BatchError),
    /// Letters.
    #[error(transparent)]
    Letter(#[from] store::letter::LetterError),
    /// Supplies.
    #[error(transparent)]
    Supply(#[from] store::supply::SupplyError),
    /// A reservation.
    #[error(transparent)]
    Booking(#[from] store::reservation::BookingError),
    /// A reception.
    #[error(transparent)]
    Reception(#[from] store::reception::ReceptionError),
    /// The list of a day.
    #[error(transparent)]
    DayList(#[from] store::day_list::ListError),
    /// The close of a day.
    #[error(transparent)]
    Close(#[from] store::report::CloseError),
    /// An account.
    #[error(transparent)]
    Person(#[from] store::person::PersonError),
    /// A box.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What past is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) cards: u32,
    pub(super) seed: u64,
    /// Where the past ends; no act is later.
    pub(super) until: Timestamp,
}

/// Somebody who is expected.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub(super) reservation: ReservationId,
    pub(super) card: CardId,
    pub(super) start: Start,
}

/// The city while its past is being made.
pub(super) struct City<'a> {
    pub(super) db: &'a Db,
    pub(super) keys: Arc<Keys>,
    pub(super) rules: Arc<RuleSet>,
    pub(super) profile: &'a Profile,
    pub(super) site: SiteCode,
    pub(super) staff: Staff,
    pub(super) dice: Dice,
    pub(super) until: Timestamp,
    /// Consignments by the day on which they come.
    pub(super) deliveries: BTreeMap<Date, Vec<Delivery>>,
    /// What the cards on their way through the back office wait for, by day.
    pub(super) due: BTreeMap<Date, Vec<super::cards::Due>>,
    /// Cards whose owners will book, by the day on which they do.
    pub(super) wishes: BTreeMap<Date, Vec<CardId>>,
    /// Who is expected, by day.
    pub(super) visits: BTreeMap<Date, Vec<Visit>>,
    /// Places taken of each slot.
    pub(super) used: HashMap<(Date, Start), u16>,
    /// The slots of each day with what they grant, looked up once.
    pub(super) slots: HashMap<Date, Arc<[(Start, u16)]>>,
    /// Days that have nothing left.
    pub(super) full: HashSet<Date>,
    /// The first day of a visit for each notified card.
    pub(super) opens: HashMap<CardId, Date>,
    /// The box of each card.
    pub(super) homes: HashMap<CardId, PlaceId>,
    pub(super) boxes: Vec<PlaceId>,
    pub(super) stored: usize,
    /// First letters of notice numbers that lists used so far.
    pub(super) prefixes: HashSet<String>,
    pub(super) renewals: Renewals,
}

/// The instant before a city's past at which its rules, places and accounts are made.
pub(super) fn dawn(until: Timestamp) -> Timestamp {
    until.saturating_sub(SignedDuration::from_hours(24 * 90)).unwrap_or(until)
}

/// Makes the past of a city that has rules, places and people.
pub(super) fn make(
    db: &Db,
    keys: &Arc<Keys>,
    rules: &Arc<RuleSet>,
    profile: &Profile,
    site: &SiteCode,
    plan: &Plan,
) -> Result<(), CityError> {
    if plan.cards == 0 {
        return Ok(());
    }
    let wanted = site.clone();
    let boxes = db.read_now(move |reader| store::place::of_kind(reader, &wanted, PlaceKind::Box))?;
    let today = day_of(plan.until);
    let mut city = City {
        db,
        keys: keys.clone(),
        rules: rules.clone(),
        profile,
        site: site.clone(),
        staff: Staff::find(db)?,
        dice: Dice::new(plan.seed),
        until: plan.until,
        deliveries: BTreeMap::new(),
        due: BTreeMap::new(),
        wishes: BTreeMap::new(),
        visits: BTreeMap::new(),
        used: HashMap::new(),
        slots: HashMap::new(),
        full: HashSet::new(),
        opens: HashMap::new(),
        homes: HashMap::new(),
        boxes: boxes.iter().map(|place| place.id).collect(),
        stored: 0,
        prefixes: HashSet::new(),
        renewals: Renewals::of(plan.cards, plan.seed),
    };
    city.fits(&boxes, plan.cards)?;
    city.deliveries = deliveries(&city, plan, today);
    let first = city.deliveries.keys().next().copied().unwrap_or(today);
    for day in std::iter::successors(Some(first), |day| day.tomorrow().ok()).take_while(|day| *day <= today) {
        city.live(day)?;
    }
    city.count_supplies()?;
    city.seal()
}

impl City<'_> {
    /// Somebody has just counted the supplies.
    fn count_supplies(&mut self) -> Result<(), CityError> {
        const COUNTED: [u32; 3] = [1_500, 640, 1_200];
        let (site, day) = (self.site.clone(), day_of(self.until));
        let kinds = self.db.read_now(move |reader| store::supply::known(reader, &site, (day, day)))?;
        for (kind, pieces) in kinds.into_iter().zip(COUNTED) {
            let act = self.dice.act(self.until, self.staff.operator);
            let (supply, version) = (kind.id, kind.version);
            let of = store::supply::Record { supply, version, day, pieces, remark: String::new() };
            let site = self.site.clone();
            self.write(move |tx| Ok(store::supply::count(tx, &act, &site, &of)?))?;
        }
        Ok(())
    }

    /// Each box is told for how many cards it has room.
    fn fits(&self, boxes: &[Place], cards: u32) -> Result<(), CityError> {
        let act = self.dice.act(dawn(self.until), self.staff.person_in_charge);
        let boxes = boxes.to_vec();
        // More than they hold in a small city only where so many cards would never fit.
        let room = cards.div_ceil(u32::try_from(boxes.len().max(1)).unwrap_or(u32::MAX)).max(IN_A_BOX);
        self.db.write_now(Lane::Background, move |tx| {
            for place in &boxes {
                let seen = Fitted::from(place);
                let wanted = Fitted { capacity: Some(room), ..seen.clone() };
                store::place::change(tx, &act, place.id, &seen, &wanted)?;
            }
            Ok::<_, PlaceError>(())
        })?;
        Ok(())
    }

    /// One day.
    fn live(&mut self, day: Date) -> Result<(), CityError> {
        if let Opening::Open { until, .. } = self.rules.opening(Service::Issuance, &self.site, day) {
            self.back_office(day)?;
            self.book_by_staff(day)?;
            self.list_next(day)?;
            self.receive(day)?;
            // The last visitors are still being served when the doors close.
            self.close(day, until.minutes() + 45)?;
        }
        self.book_at_home(day)?;
        self.renew(day)
    }

    /// Whether an instant of a day lies in the past that is being made.
    pub(super) fn has_come(&self, day: Date, minute: u16) -> bool {
        instant_at(day, minute) <= self.until
    }

    /// The business day so many business days later.
    pub(super) fn later(&self, day: Date, days: u8) -> Option<Date> {
        self.rules.nth_open_day_after(Service::Issuance, &self.site, day, days)
    }

    /// Runs a transaction.
    pub(super) fn write<T: Send + 'static>(
        &self,
        run: impl Fn(&mut Tx<'_>) -> Result<T, CityError> + Send + 'static,
    ) -> Result<T, CityError> {
        self.db.write_now(Lane::Background, run)
    }

    /// Does the same with each of many, some in one transaction, and answers what came of each.
    pub(super) fn each<I, T>(
        &self,
        items: Vec<(Act, I)>,
        run: impl Fn(&mut Tx<'_>, &Act, &I) -> Result<T, CityError> + Clone + Send + 'static,
    ) -> Result<Vec<T>, CityError>
    where
        I: Clone + Send + 'static,
        T: Send + 'static,
    {
        let mut done = Vec::with_capacity(items.len());
        for part in items.chunks(TOGETHER) {
            let (part, run) = (part.to_vec(), run.clone());
            done.extend(self.write(move |tx| {
                part.iter().map(|(act, item)| run(tx, act, item)).collect::<Result<Vec<T>, _>>()
            })?);
        }
        Ok(done)
    }

    /// Numbers everything that was done.
    fn seal(&self) -> Result<(), CityError> {
        let now = self.until;
        while self.write(move |tx| Ok(sealer::seal(tx, "demo", now)?))?.more() {}
        Ok(())
    }
}

/// The instant so many seconds after a minute of a day.
pub(super) fn moment(day: Date, minute: u16, seconds: u32) -> Timestamp {
    let begin = instant_at(day, minute);
    begin.saturating_add(SignedDuration::from_secs(i64::from(seconds))).unwrap_or(begin)
}
