//! What a rule can say.

use serde::{Deserialize, Serialize};

use super::When;
use super::limits::{Reduction, Shares};
use super::when::{TimeOfDay, WhenFault};
use crate::codes;
use crate::service::{Service, SiteCode};
use crate::time::SLOT_MINUTES;

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RuleBody {
    /// Opening hours.
    Hours(Hours),
    /// A closure.
    Closed(Closed),
    /// Places that can be reserved.
    Places(Places),
    /// Fewer places, for a reason.
    Reduction(Reduction),
    /// Shares of the places by the way of booking.
    Shares(Shares),
    /// Deadlines of reservations.
    Booking(Booking),
    /// How many mistakes at numbers are borne.
    Attempts(Attempts),
    /// How cards that are kept are watched over.
    Custody(Custody),
    /// A site.
    Site(Site),
    /// Windows at a site.
    Windows(Windows),
    /// An office of the city that citizens may go to instead.
    Branch(Branch),
}

/// Opening hours (7章).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// For which services; empty: all.
    #[serde(default)]
    pub services: Vec<Service>,
    /// At which site.
    pub site: SiteCode,
    /// On which days.
    pub when: When,
    /// From when on.
    pub opens: TimeOfDay,
    /// Until when; the last slot ends by then.
    pub closes: TimeOfDay,
}

/// A closure of whole days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// For which services; empty: all.
    #[serde(default)]
    pub services: Vec<Service>,
    /// At which site; none: at all.
    #[serde(default)]
    pub site: Option<SiteCode>,
    /// On which days.
    pub when: When,
    /// Why, as shown to the public.
    pub reason: String,
    /// What stands over every public page until the last of the days is over; none: nothing. Only for one day or a range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Emergency>,
}

codes! {
    /// Why a counter is closed that nobody expected to be, as the notice on the public pages says it in each language.
    pub enum Emergency {
        /// 国のシステムの障害.
        System = "system",
        /// 台風・大雪などの悪天候, or a disaster.
        Weather = "weather",
        /// Something else.
        Other = "other",
    }
}

/// How many people may be reserved for each ten-minute start (11(4)オ).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Places {
    /// For which service.
    pub service: Service,
    /// At which site.
    pub site: SiteCode,
    /// On which days.
    pub when: When,
    /// For slots that begin at or after this time, a multiple of ten minutes,
    pub from: TimeOfDay,
    /// and end by this time, a multiple of ten minutes.
    pub until: TimeOfDay,
    /// Places of each slot.
    pub places: u16,
    /// Why, if the rule is an exception (駐車場の使用不可など).
    #[serde(default)]
    pub reason: Option<String>,
}

/// Deadlines of a service's reservations. The defaults that a profile gives are to be agreed with the city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Booking {
    /// For which service.
    pub service: Service,
    /// How many open days after the posting of the letter the first visit may be.
    pub opens_business_days_after_posting: u8,
    /// How many days ahead reservations are taken, by whatever way.
    pub window_days: u16,
    /// The web closes for a day at the end of the nth open day before it; 0: at the end of the day itself. It is the
    /// deadline of booking for the day and of moving to it.
    pub web_cutoff_open_days: u8,
    /// Moving away is possible on the web until so many minutes before the slot begins; 0: until it begins.
    #[serde(default)]
    pub web_move_away_minutes: u16,
    /// Cancelling is possible on the web until so many minutes before the slot begins; 0: until it begins.
    #[serde(default)]
    pub web_cancel_minutes: u16,
    /// The staff's own deadline of booking for a day and of moving to it, counted as the web's; 0: until the slot begins.
    #[serde(default)]
    pub staff_cutoff_open_days: u8,
    /// How many minutes a place is held while the citizen checks.
    pub hold_minutes: u16,
    /// How many times one address may hold a place on the web within half an hour where nobody proves a number; 0: no
    /// limit.
    #[serde(default)]
    pub web_holds_per_address: u16,
    /// How many bookings one address may make on the web within half an hour where nobody proves a number; 0: no
    /// limit.
    #[serde(default)]
    pub web_bookings_per_address: u16,
    /// How many times the citizen moves one reservation on the web; then by telephone; 0: no limit.
    #[serde(default)]
    pub web_changes: u16,
    /// Until the end of which open day other places that are offered to a booking are held, counted from today; 0: until
    /// the end of today.
    #[serde(default = "offer_open_days")]
    pub offer_open_days: u8,
    /// Until the end of which open day places that became free are held for a wish for an earlier day, counted from today;
    /// 0: no wishes are taken.
    #[serde(default = "wish_open_days")]
    pub wish_open_days: u8,
    /// After how many times of not coming a card is booked by telephone and at the counter only; 0: never.
    #[serde(default)]
    pub not_come_then_telephone: u16,
}

/// How many mistakes at 予約キー and 予約番号 are borne within half an hour, before the pages wait (11(4)ウ).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempts {
    /// Of one address; a household, an office or a provider of mobile lines shares one.
    pub per_address: u16,
    /// At one number.
    pub per_number: u16,
}

impl Attempts {
    /// Fewer would lock out whoever slips twice.
    pub const LEAST: u16 = 3;
    /// More from one address would let a machine try numbers.
    pub const MOST_OF_ADDRESS: u16 = 1_000;
    /// More at one number is no slip any more.
    pub const MOST_OF_NUMBER: u16 = 100;
}

impl Default for Attempts {
    /// Where no rule says otherwise.
    fn default() -> Self {
        Self { per_address: 30, per_number: 10 }
    }
}

/// How cards that are kept are watched over (11(5)ウ(キ), 11(6)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Custody {
    /// How many hundredths of the boxes a stock-taking counts a second time although they agree.
    pub second_count_percent: u8,
    /// Within how many minutes the city is told of an incident, from the moment when it was written down.
    #[serde(default = "told_minutes")]
    pub told_minutes: u16,
    /// For how many months a card is kept from the first posting of its notice.
    #[serde(default = "posted_months")]
    pub posted_months: u8,
    /// For how many months it is kept from the last reminder; the later of both counts.
    #[serde(default = "reminded_months")]
    pub reminded_months: u8,
}

impl Default for Custody {
    /// Where no rule says otherwise; an assumption, to be agreed with the city.
    fn default() -> Self {
        Self {
            second_count_percent: 10,
            told_minutes: told_minutes(),
            posted_months: posted_months(),
            reminded_months: reminded_months(),
        }
    }
}

/// One hour: long enough to look through the boxes beside, short enough that the city hears of it on the same morning; an
/// assumption, to be agreed with the city.
fn told_minutes() -> u16 {
    60
}

/// Twelve months, as other cities keep cards; an assumption, to be agreed with the city.
fn posted_months() -> u8 {
    12
}

/// Three months, as other cities keep cards after a reminder; an assumption, to be agreed with the city.
fn reminded_months() -> u8 {
    3
}

/// Three open days: as long as a notice by post takes to be read and answered; an assumption, to be agreed with the city.
fn offer_open_days() -> u8 {
    3
}

/// One open day: who wishes for an earlier day looks again on the next, and the place does not stay empty for long; an
/// assumption, to be agreed with the city.
fn wish_open_days() -> u8 {
    1
}

/// A site (履行場所).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Its code.
    pub code: SiteCode,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
    /// Its address in Japanese.
    pub address_ja: String,
    /// Its address in English.
    pub address_en: String,
    /// The telephone number that citizens call.
    pub telephone: String,
    /// When the telephone is answered, in Japanese.
    pub telephone_hours_ja: String,
    /// When the telephone is answered, in English.
    pub telephone_hours_en: String,
}

/// Windows (窓口) of one kind at a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Windows {
    /// At which site.
    pub site: SiteCode,
    /// For which services; empty: all.
    #[serde(default)]
    pub services: Vec<Service>,
    /// What stands over them, in Japanese.
    pub name_ja: String,
    /// What stands over them, in English.
    pub name_en: String,
    /// How many there are.
    pub count: u16,
}

/// An office that citizens may be sent to (出張所, 11(8)ウ). The program takes no reservations for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
    /// Its address in Japanese; empty: not written down.
    #[serde(default)]
    pub address_ja: String,
    /// Its address in English; empty: not written down.
    #[serde(default)]
    pub address_en: String,
    /// Its days and hours, in Japanese.
    pub hours_ja: String,
    /// Its days and hours, in English.
    pub hours_en: String,
    /// Its telephone number; none: the city's.
    #[serde(default)]
    pub telephone: Option<String>,
    /// Whether a reservation is needed there.
    pub reservation: bool,
    /// Which services it offers.
    pub services: Vec<Service>,
}

/// What is wrong with a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// Its validity ends before it begins.
    #[error("validity ends before it begins")]
    NeverValid,
    /// The same version stands there twice.
    #[error("the version stands there twice")]
    DuplicateVersion,
    /// Its days are wrong.
    #[error(transparent)]
    When(#[from] WhenFault),
    /// It ends at or before its beginning within the day.
    #[error("hours end before they begin")]
    HoursBackwards,
    /// Places begin or end between two slots.
    #[error("hours of places are not multiples of ten minutes")]
    BetweenSlots,
    /// A reduction keeps everything, or shares limit nothing.
    #[error("a reduction that keeps everything, or shares that limit nothing")]
    WrongShare,
    /// A notice to the public that would never end.
    #[error("a notice of a closure needs a last day")]
    EndlessNotice,
    /// A notice to the public that a counter is closed which has places.
    #[error("a notice of a closure where places are left")]
    NoticeOfSome,
    /// A service is named twice.
    #[error("a service is named twice")]
    ServiceTwice,
    /// A text that people need is empty.
    #[error("an empty text")]
    EmptyText,
    /// A number of mistakes that would lock out everybody, or nobody.
    #[error("a number of attempts out of its bounds")]
    Attempts,
    /// A share beyond all of it.
    #[error("a share beyond one hundred")]
    BeyondAll,
    /// A number that must be at least one is zero.
    #[error("zero where at least one is needed")]
    Zero,
}

impl RuleBody {
    /// The site that the rule speaks of, if it speaks of one.
    pub fn site(&self) -> Option<&SiteCode> {
        match self {
            Self::Hours(body) => Some(&body.site),
            Self::Closed(body) => body.site.as_ref(),
            Self::Places(body) => Some(&body.site),
            Self::Reduction(body) => body.site.as_ref(),
            Self::Shares(body) => Some(&body.site),
            Self::Booking(_) | Self::Attempts(_) | Self::Custody(_) | Self::Branch(_) => None,
            Self::Site(body) => Some(&body.code),
            Self::Windows(body) => Some(&body.site),
        }
    }

    /// Refuses what could never hold or contradicts itself.
    pub fn check(&self) -> Result<(), RuleFault> {
        match self {
            Self::Hours(body) => {
                body.when.check()?;
                once(&body.services)?;
                if body.opens < body.closes { Ok(()) } else { Err(RuleFault::HoursBackwards) }
            }
            Self::Closed(body) => {
                body.when.check()?;
                once(&body.services)?;
                filled(&[&body.reason])?;
                if body.notice.is_some() && body.when.span().is_none() {
                    Err(RuleFault::EndlessNotice)
                } else {
                    Ok(())
                }
            }
            Self::Places(body) => {
                body.when.check()?;
                slots_between(body.from, body.until)
            }
            Self::Reduction(body) => body.check(),
            Self::Shares(body) => body.check(),
            Self::Booking(body) => {
                if body.window_days == 0 || body.hold_minutes == 0 {
                    Err(RuleFault::Zero)
                } else {
                    Ok(())
                }
            }
            Self::Attempts(body) => {
                let address = Attempts::LEAST..=Attempts::MOST_OF_ADDRESS;
                let number = Attempts::LEAST..=Attempts::MOST_OF_NUMBER;
                if address.contains(&body.per_address) && number.contains(&body.per_number) {
                    Ok(())
                } else {
                    Err(RuleFault::Attempts)
                }
            }
            Self::Custody(body) if body.second_count_percent > 100 => Err(RuleFault::BeyondAll),
            Self::Custody(_) => Ok(()),
            Self::Site(body) => filled(&[
                &body.name_ja,
                &body.name_en,
                &body.address_ja,
                &body.address_en,
                &body.telephone,
                &body.telephone_hours_ja,
                &body.telephone_hours_en,
            ]),
            Self::Windows(body) => {
                once(&body.services)?;
                filled(&[&body.name_ja, &body.name_en])?;
                if body.count == 0 { Err(RuleFault::Zero) } else { Ok(()) }
            }
            Self::Branch(body) => {
                once(&body.services)?;
                if body.services.is_empty() {
                    return Err(RuleFault::Zero);
                }
                filled(&[&body.name_ja, &body.name_en, &body.hours_ja, &body.hours_en])
            }
        }
    }
}

/// Refuses a time of day that ends before it begins, or that cuts a slot.
pub(super) fn slots_between(from: TimeOfDay, until: TimeOfDay) -> Result<(), RuleFault> {
    if from >= until {
        return Err(RuleFault::HoursBackwards);
    }
    let fits = |time: TimeOfDay| time.minutes().is_multiple_of(SLOT_MINUTES);
    if fits(from) && fits(until) { Ok(()) } else { Err(RuleFault::BetweenSlots) }
}

pub(super) fn once(services: &[Service]) -> Result<(), RuleFault> {
    let twice = services.iter().enumerate().any(|(at, service)| services[..at].contains(service));
    if twice { Err(RuleFault::ServiceTwice) } else { Ok(()) }
}

pub(super) fn filled(texts: &[&String]) -> Result<(), RuleFault> {
    if texts.iter().any(|text| text.trim().is_empty()) { Err(RuleFault::EmptyText) } else { Ok(()) }
}
