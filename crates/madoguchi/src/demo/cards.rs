//! The back office of a demo city: consignments, inspection, transfer to the city and back, boxes and letters.

use std::collections::BTreeMap;

use documents::intake::{Encoding, Intake, Limits};
use documents::sample::{Mistakes, Order, consignment};
use domain::card::{Finding, Pass};
use domain::consignment::{Checker, Line};
use domain::id::{BatchId, CardId, ConsignmentId, LetterBatchId};
use domain::journal::CityRecord;
use domain::service::Service;
use jiff::civil::Date;
use store::consignment::{CHUNK, Header, Portion};
use store::letter::{LetterError, PART};

use super::city::{City, CityError, LENGTH, Plan, moment};
use crate::serve::LETTER_VERSION;

/// Cards of one delivery at most, as boxes come.
const BOX: u32 = 500;

/// Deliveries of the last days, in business days before the end: the work that is under way.
const RECENT: [u8; 4] = [7, 4, 3, 1];

/// Cards that a box of the storage room holds.
pub(super) const IN_A_BOX: u32 = 20;

/// A delivery to come.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    cards: u32,
    box_name: String,
    seed: u64,
}

/// A card of a delivery, as the back office handles it.
type Handled = (CardId, bool);

/// What waits for its day.
#[derive(Debug, Clone)]
pub(super) enum Due {
    /// Cards to be inspected.
    Inspect(Vec<Handled>),
    /// What is ready of a consignment goes to the city.
    Send(ConsignmentId),
    /// A batch comes back.
    Return(BatchId, u32),
    /// Letters are printed for what waits.
    Print,
    /// The city posts a part.
    Post(LetterBatchId),
}

/// Spreads the cards over deliveries, and these over the past.
pub(super) fn deliveries(city: &City<'_>, plan: &Plan, today: Date) -> BTreeMap<Date, Vec<Delivery>> {
    let least = u32::try_from(RECENT.len()).unwrap_or(4) + 6;
    let count = least.max(plan.cards.div_ceil(BOX)).min(plan.cards.max(1));
    let early = count.saturating_sub(u32::try_from(RECENT.len()).unwrap_or(4)).max(1);
    let mut deliveries: BTreeMap<Date, Vec<Delivery>> = BTreeMap::new();
    for number in 0..count {
        // From the first day to half of the past evenly, then the recent ones.
        let before = if number < early {
            let span = u32::from(LENGTH / 2);
            LENGTH - u8::try_from(number * span / early.saturating_sub(1).max(1)).unwrap_or(0).min(LENGTH / 2)
        } else {
            RECENT.get(usize::try_from(number - early).unwrap_or(0)).copied().unwrap_or(1)
        };
        let day =
            city.rules.nth_open_day_before(Service::Issuance, &city.site, today, before).unwrap_or(today);
        let share = |n: u32| u64::from(plan.cards) * u64::from(n) / u64::from(count);
        let cards = u32::try_from(share(number + 1) - share(number)).unwrap_or(0);
        let delivery = Delivery {
            cards,
            box_name: format!("{}", number + 1),
            seed: plan.seed.wrapping_mul(1000).wrapping_add(u64::from(number)),
        };
        deliveries.entry(day).or_default().push(delivery);
    }
    deliveries
}

impl City<'_> {
    /// The back office's day.
    pub(super) fn back_office(&mut self, day: Date) -> Result<(), CityError> {
        // In the order of the clock, as far as one act needs another.
        let (mut inspections, mut returns) = (Vec::new(), Vec::new());
        for due in self.due.remove(&day).unwrap_or_default() {
            match due {
                Due::Send(consignment) => self.send(day, consignment)?,
                Due::Print => self.print(day)?,
                Due::Post(part) => self.post(day, part)?,
                Due::Inspect(cards) => inspections.push(cards),
                Due::Return(batch, cards) => returns.push((batch, cards)),
            }
        }
        for delivery in self.deliveries.remove(&day).unwrap_or_default() {
            self.take(day, &delivery)?;
        }
        for cards in inspections {
            self.inspect(day, cards)?;
        }
        for (batch, cards) in returns {
            self.take_back(day, batch, cards)?;
        }
        Ok(())
    }

    fn schedule(&mut self, day: Date, days: u8, due: Due) {
        if let Some(day) = self.later(day, days) {
            self.due.entry(day).or_default().push(due);
        }
    }

    /// 9:05: a box comes with its list.
    fn take(&mut self, day: Date, delivery: &Delivery) -> Result<(), CityError> {
        if delivery.cards == 0 || !self.has_come(day, 9 * 60 + 15) {
            return Ok(());
        }
        let lines = self.read(day, delivery)?;
        let header = Header {
            site: self.site.clone(),
            received_on: day,
            list_date: day,
            box_name: delivery.box_name.clone(),
            file_hash: None,
        };
        let act = self.dice.act(moment(day, 9 * 60 + 5, 0), self.staff.operator);
        let staged = header.clone();
        let id = self.write(move |tx| Ok(store::consignment::stage(tx, &act, &staged)?))?;
        let cards: Vec<Handled> =
            lines.iter().map(|line| (act.id::<CardId>(line.line), line.method.is_stored())).collect();
        let lines: Vec<(Line, [u8; 24])> = lines.into_iter().map(|line| (line, self.dice.nonce())).collect();
        let agreed = self.profile.column_mapping(day).notice_layout.is_some();
        for part in lines.chunks(CHUNK) {
            let portion =
                Portion { consignment: id, site: self.site.clone(), entry: act.id(1), lines: part.to_vec() };
            let keys = self.keys.clone();
            self.write(move |tx| Ok(store::consignment::stage_lines(tx, &act, &keys, &portion, agreed)?))?;
        }
        let expected = u32::try_from(cards.len()).unwrap_or(u32::MAX);
        self.write(move |tx| {
            let compared = store::consignment::compare(tx, id)?;
            Ok(store::consignment::take(tx, &act, id, &header, expected, compared)?)
        })?;
        // Two days of inspection; what is ready goes to the city on the day after.
        let (first, second) = cards.split_at(cards.len() * 3 / 5);
        self.schedule(day, 1, Due::Inspect(first.to_vec()));
        self.schedule(day, 2, Due::Inspect(second.to_vec()));
        self.schedule(day, 2, Due::Send(id));
        self.schedule(day, 3, Due::Send(id));
        Ok(())
    }

    /// The list, through the same intake and checker as a real one.
    fn read(&mut self, day: Date, delivery: &Delivery) -> Result<Vec<Line>, CityError> {
        let mapping = self.profile.column_mapping(day);
        for again in 0..100 {
            let order = Order {
                cards: delivery.cards,
                seed: delivery.seed.wrapping_add(again << 40),
                made_on: day,
                first_line: 1,
                mistakes: Mistakes::default(),
                encoding: Encoding::Cp932,
            };
            let file = consignment(&order).bytes;
            let intake = Intake::open(&file, &Limits::default())
                .map_err(|error| CityError::List(error.to_string()))?;
            let refused = |problems| CityError::List(format!("{problems:?}"));
            let header: Vec<&str> = intake.header().iter().map(String::as_str).collect();
            let mut checker = Checker::new(&mapping, 1, &header).map_err(refused)?;
            let mut lines = Vec::new();
            for row in intake.rows() {
                let row = row.map_err(|error| CityError::List(error.to_string()))?;
                let fields: Vec<&str> = row.fields.iter().map(String::as_str).collect();
                lines.extend(checker.row(row.line as u64, &fields).map_err(refused)?);
            }
            // Two lists whose notice numbers begin alike would share numbers.
            let prefix = lines
                .first()
                .and_then(|line| line.notice.as_ref())
                .map(|notice| notice.as_str().chars().take(3).collect::<String>());
            if prefix.is_none_or(|prefix| self.prefixes.insert(prefix)) {
                return Ok(lines);
            }
        }
        Err(CityError::List("no notice numbers are left".to_owned()))
    }

    /// From 9:30: three passes over each card; a few are set aside for the city.
    fn inspect(&mut self, day: Date, cards: Vec<Handled>) -> Result<(), CityError> {
        let mut acts = Vec::new();
        for (pass, minute) in Pass::ALL.iter().zip([9 * 60 + 30, 10 * 60 + 30, 11 * 60 + 10]) {
            if !self.has_come(day, minute + 30) {
                break;
            }
            // However many there are, a pass takes half an hour.
            let pause = 1800 / u32::try_from(cards.len()).unwrap_or(u32::MAX).max(1);
            for (n, (card, _)) in (0..).zip(&cards) {
                let finding = match (pass, self.dice.below(200)) {
                    (Pass::Print | Pass::Register, 0) | (Pass::Register, 1) => Finding::Mismatch,
                    (Pass::Register, 2) => Finding::Attention,
                    (Pass::Register, 3) => Finding::AlreadyHolds,
                    _ => Finding::Good,
                };
                let act = self.dice.act(moment(day, minute, n * pause), self.staff.operator);
                acts.push((act, (*card, *pass, finding)));
            }
        }
        self.each(acts, |tx, act, (card, pass, finding)| {
            Ok(store::card::inspect(tx, act, *card, *pass, *finding)?)
        })
        .map(drop)
    }

    /// 9:10: what was ready in the evening goes to the city for 交付前設定.
    fn send(&mut self, day: Date, consignment: ConsignmentId) -> Result<(), CityError> {
        let minute = 9 * 60 + 10;
        if !self.has_come(day, minute + 10) {
            return Ok(());
        }
        let ready = self.db.read_now(move |reader| store::batch::ready(reader, consignment))?;
        let count = u32::try_from(ready.len()).unwrap_or(u32::MAX);
        if count == 0 {
            return Ok(());
        }
        let act = self.dice.act(moment(day, minute, self.dice.below(600)), self.staff.operator);
        let site = self.site.clone();
        let batch = self.write(move |tx| {
            let recorded = CityRecord::Paper;
            Ok(store::batch::send(tx, &act, &site, consignment, count, "市民課 架空", recorded)?)
        })?;
        self.schedule(day, 3, Due::Return(batch, count));
        Ok(())
    }

    /// 10:00: a batch comes back, and its cards go into boxes.
    fn take_back(&mut self, day: Date, batch: BatchId, count: u32) -> Result<(), CityError> {
        if !self.has_come(day, 11 * 60 + 30) {
            return Ok(());
        }
        let act = self.dice.act(moment(day, 10 * 60, self.dice.below(600)), self.staff.city);
        self.write(move |tx| {
            Ok(store::batch::take_back(tx, &act, batch, count, "市民課 架空", CityRecord::Account)?)
        })?;
        let cards = self.db.read_now(move |reader| store::batch::cards(reader, batch))?;
        let pause = 3000 / count.max(1);
        let mut acts = Vec::new();
        for (n, card) in (0..).zip(cards) {
            let home = self.boxes[(self.stored / IN_A_BOX as usize) % self.boxes.len()];
            self.stored += 1;
            self.homes.insert(card.id, home);
            let at = moment(day, 10 * 60 + 20, n * pause);
            acts.push((self.dice.act(at, self.staff.operator), (card.id, home)));
        }
        self.each(acts, |tx, act, (card, home)| Ok(store::card::put_away(tx, act, *card, *home)?))?;
        self.schedule(day, 1, Due::Print);
        Ok(())
    }

    /// 9:20 parts are printed, at 16:00 they go to the city, which posts them on the next day.
    fn print(&mut self, day: Date) -> Result<(), CityError> {
        for n in 0.. {
            if !self.has_come(day, 9 * 60 + 40) {
                return Ok(());
            }
            let act = self.dice.act(moment(day, 9 * 60 + 20, n), self.staff.operator);
            let (site, keys) = (self.site.clone(), self.keys.clone());
            let printed =
                self.write(move |tx| match store::letter::print(tx, &act, &keys, &site, LETTER_VERSION) {
                    Ok(part) => {
                        Ok(Some((part, store::letter::find(tx, part)?.map_or(PART, |part| part.letters))))
                    }
                    Err(LetterError::Empty) => Ok(None),
                    Err(error) => Err(error.into()),
                })?;
            let Some((part, letters)) = printed else { return Ok(()) };
            if self.has_come(day, 16 * 60 + 10) {
                let stuff = self.dice.act(moment(day, 14 * 60, n), self.staff.operator);
                let act = self.dice.act(moment(day, 16 * 60, n), self.staff.operator);
                self.write(move |tx| {
                    store::stuffing::stuff_all(tx, &stuff, part)?;
                    let recorded = CityRecord::Paper;
                    Ok(store::letter::transfer(tx, &act, part, letters, "市民課 仮名", recorded)?)
                })?;
                self.schedule(day, 1, Due::Post(part));
            }
        }
        Ok(())
    }

    /// 10:00: the city posts; from here on citizens may book.
    fn post(&mut self, day: Date, part: LetterBatchId) -> Result<(), CityError> {
        if !self.has_come(day, 10 * 60) {
            return Ok(());
        }
        let act = self.dice.act(moment(day, 10 * 60, 0), self.staff.city);
        self.write(move |tx| {
            Ok(store::letter::post(tx, &act, part, day, "市民課 架空", CityRecord::Account)?)
        })?;
        let letters = self.db.read_now(move |reader| store::letter::letters(reader, part))?;
        let Some(opens) = self.rules.opens_from(Service::Issuance, &self.site, day) else { return Ok(()) };
        for letter in letters {
            self.opens.insert(letter.card, opens);
            // A letter arrives on the next day; one in eight is not answered.
            if self.dice.percent(88) {
                let days = 1 + self.dice.below(10).min(self.dice.below(10));
                self.wish(day, days, letter.card);
            }
        }
        Ok(())
    }
}
