//! The journal: what happened, as typed entries. Reports are computed from it, and the tables must agree
//! with it.
//!
//! An entry holds ids, codes and counts. It never holds a name, a number on a letter or free text: those
//! have places of their own with their own retention.

mod about;
mod entry;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::entry::Entry;
use crate::id::{
    BatchId, CardId, ConsignmentId, IncidentId, LetterBatchId, PersonId, PlaceId, ReceptionId, ReminderId,
    ReservationId, StocktakingId,
};
use crate::service::{Service, SiteCode};
use crate::time::Start;

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A person with an account.
    Person(PersonId),
    /// A citizen on the public pages, who has no account.
    Citizen,
    /// The program itself: a job.
    System,
    /// Somebody at the command line of the machine.
    Command,
}

/// The text is no actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed actor")]
pub struct MalformedActor;

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Citizen => f.write_str("citizen"),
            Self::System => f.write_str("system"),
            Self::Command => f.write_str("command"),
        }
    }
}

impl FromStr for Actor {
    type Err = MalformedActor;

    fn from_str(text: &str) -> Result<Self, MalformedActor> {
        match text {
            "citizen" => Ok(Self::Citizen),
            "system" => Ok(Self::System),
            "command" => Ok(Self::Command),
            _ => {
                let id = text.strip_prefix("person:").ok_or(MalformedActor)?;
                id.parse().map(Self::Person).map_err(|_| MalformedActor)
            }
        }
    }
}

/// The slot that a reservation takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slot {
    /// The service.
    pub service: Service,
    /// The site.
    pub site: SiteCode,
    /// The day in Asia/Tokyo.
    pub day: Date,
    /// The start.
    pub start: Start,
}

impl Slot {
    /// The business day of a service at a site, to which counts belong.
    pub fn business_day(&self) -> BusinessDay {
        BusinessDay { service: self.service, site: self.site.clone(), day: self.day }
    }
}

/// One day of one service at one site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BusinessDay {
    /// The service.
    pub service: Service,
    /// The site.
    pub site: SiteCode,
    /// The day in Asia/Tokyo.
    pub day: Date,
}

impl fmt::Display for BusinessDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.service, self.site, self.day)
    }
}

/// A thing that an entry is about; entries are found by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A card.
    Card(CardId),
    /// A consignment.
    Consignment(ConsignmentId),
    /// A batch.
    Batch(BatchId),
    /// A part of letters.
    Letters(LetterBatchId),
    /// A reservation.
    Reservation(ReservationId),
    /// A reception.
    Reception(ReceptionId),
    /// An incident.
    Incident(IncidentId),
    /// A stock-taking.
    Stocktaking(StocktakingId),
    /// A round of reminders.
    Reminder(ReminderId),
    /// A person.
    Person(PersonId),
    /// A place.
    Place(PlaceId),
    /// A day of a service at a site.
    Day(BusinessDay),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card(id) => write!(f, "card:{id}"),
            Self::Consignment(id) => write!(f, "consignment:{id}"),
            Self::Batch(id) => write!(f, "batch:{id}"),
            Self::Letters(id) => write!(f, "letters:{id}"),
            Self::Reservation(id) => write!(f, "reservation:{id}"),
            Self::Reception(id) => write!(f, "reception:{id}"),
            Self::Incident(id) => write!(f, "incident:{id}"),
            Self::Stocktaking(id) => write!(f, "stocktaking:{id}"),
            Self::Reminder(id) => write!(f, "reminder:{id}"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Place(id) => write!(f, "place:{id}"),
            Self::Day(day) => write!(f, "day:{day}"),
        }
    }
}

/// How a person ended a session, or did not get one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The person signed out.
    SignedOut,
    /// The session was idle for too long.
    Idle,
    /// The day ended.
    DayEnd,
    /// The account was changed or ended.
    Revoked,
}

/// Whether the city's act was recorded by a city account or from a paper that the city signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CityRecord {
    /// The person who recorded it is the city's.
    Account,
    /// An operator recorded it from a paper that the city signed.
    Paper,
}
