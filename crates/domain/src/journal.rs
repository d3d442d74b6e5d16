//! The journal: what happened, as typed entries. Reports are computed from it, and the tables must agree
//! with it.
//!
//! An entry holds ids, codes and counts. It never holds a name, a number on a letter or free text: those
//! have places of their own with their own retention.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::card::{Finding, Pass};
use crate::check_sheet::{Collected, Sheet};
use crate::correction::End;
use crate::day_list::Duty;
use crate::id::{
    BatchId, CardId, ConsignmentId, FilterId, IncidentId, LetterBatchId, PersonId, PlaceId, ReceptionId,
    ReservationId, SessionId,
};
use crate::incident::{Kind as IncidentKind, Outcome};
use crate::ledger::{Deletion, Field};
use crate::permission::Role;
use crate::reception::Reason;
use crate::report::AtClose;
use crate::reservation::{Channel, Limit, Pins, Visitor};
use crate::scan::ScanScreen;
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

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// An account was made.
    PersonCreated {
        /// Whose.
        person: PersonId,
    },
    /// A role was granted.
    RoleGranted {
        /// To whom.
        person: PersonId,
        /// Which role.
        role: Role,
        /// At which site; `None` means every site.
        site: Option<SiteCode>,
        /// From which day.
        from: Date,
        /// Until which day, inclusive; `None` means without end.
        until: Option<Date>,
    },
    /// A grant was ended.
    RoleEnded {
        /// Whose.
        person: PersonId,
        /// Which role.
        role: Role,
    },
    /// A password was set.
    PasswordSet {
        /// Whose.
        person: PersonId,
    },
    /// Somebody signed in.
    SignedIn {
        /// Who.
        person: PersonId,
        /// Into which session.
        session: SessionId,
    },
    /// A sign-in was refused.
    SignInRefused {
        /// Whose account was tried.
        person: PersonId,
        /// Whether this failure locked the account.
        locked: bool,
    },
    /// A session ended.
    SignedOut {
        /// Whose.
        person: PersonId,
        /// Which session.
        session: SessionId,
        /// How.
        ending: Ending,
    },
    /// A set of rules came into force.
    RulesApplied {
        /// The epoch that begins with it.
        epoch: i64,
        /// How many rules it has.
        rules: u32,
    },
    /// The city decided on a field of the ledger of personal data (11(4)イ).
    LedgerDecided {
        /// Which field.
        field: String,
        /// Whether it may be held.
        agreed: bool,
        /// The day of the decision.
        on: Date,
        /// On which version of what was written down; none: at the set-up, without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<u32>,
    },
    /// Necessity, protection and retention of a field were written down, for the city to decide.
    LedgerProposed {
        /// Which field.
        field: Field,
        /// The number of the version.
        version: u32,
        /// How many days it shall be kept.
        retention_days: u32,
    },
    /// The city ended a field: what is held of it is deleted.
    LedgerEnded {
        /// Which field.
        field: Field,
    },
    /// Personal data was deleted.
    PersonalDeleted {
        /// Of which field.
        field: Field,
        /// How many values.
        count: u32,
        /// Why.
        why: Deletion,
    },
    /// A place was made.
    PlaceCreated {
        /// Which.
        place: PlaceId,
    },
    /// A consignment was taken: its cards are listed and on the desk.
    ConsignmentTaken {
        /// Which.
        consignment: ConsignmentId,
        /// How many cards.
        cards: u32,
    },
    /// A portion of opening stock of a former contractor is being scanned.
    OpeningBegun {
        /// The consignment that it becomes.
        consignment: ConsignmentId,
    },
    /// A portion was undone as a whole before it was taken; nothing of it is left.
    OpeningDropped {
        /// The consignment that it would have become.
        consignment: ConsignmentId,
        /// How many cards were scanned.
        cards: u32,
    },
    /// A portion of opening stock was taken: its cards are at the stage and in the place where they were found.
    OpeningTaken {
        /// Which.
        consignment: ConsignmentId,
        /// How many cards.
        cards: u32,
    },
    /// A pass of the inspection of one card.
    CardInspected {
        /// Which card.
        card: CardId,
        /// Which pass.
        pass: Pass,
        /// What was found.
        finding: Finding,
    },
    /// A finding was taken back.
    InspectionUndone {
        /// Which card.
        card: CardId,
        /// Which pass.
        pass: Pass,
    },
    /// A counted batch of cards was transferred to the city (引継ぎ).
    BatchSent {
        /// Which.
        batch: BatchId,
        /// How many cards.
        cards: u32,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// The batch came back from the city, set up (交付前設定) and counted.
    BatchReturned {
        /// Which.
        batch: BatchId,
        /// How many cards.
        cards: u32,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// A counted batch of cards that the city mails was transferred to it (引継ぎ, 郵送分).
    MailBatchSent {
        /// Which.
        batch: BatchId,
        /// How many cards.
        cards: u32,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// The city mailed the cards of a batch: their process ends.
    BatchMailed {
        /// Which.
        batch: BatchId,
        /// How many cards.
        cards: u32,
        /// The city's date of posting.
        on: Date,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// 郵便から戻った: a card that the city mailed was not delivered and is with the city again.
    CardCameBack {
        /// Which card.
        card: CardId,
        /// The day on which it came back.
        on: Date,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// The city mailed a card that had come back once more.
    CardMailedAgain {
        /// Which card.
        card: CardId,
        /// The city's date of posting.
        on: Date,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// 引抜き指示: the city wants a card back. Its process ends here; whoever has it next is told by its place.
    CardRecalled {
        /// Which card.
        card: CardId,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// A card that was recalled went to a named person of the city.
    RecalledCardPassed {
        /// Which card.
        card: CardId,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// The back of a card was scanned, or an Individual Number typed, where a code of ours belongs. Nothing of what was
    /// read is here.
    BackScanned {
        /// At which site.
        site: SiteCode,
        /// On which screen.
        screen: ScanScreen,
    },
    /// Somebody saved a filter of a list.
    FilterSaved {
        /// Which.
        filter: FilterId,
    },
    /// A saved filter was shared with everybody at the site.
    FilterShared {
        /// Which.
        filter: FilterId,
    },
    /// A saved filter was removed.
    FilterRemoved {
        /// Which.
        filter: FilterId,
    },
    /// A card was put into a place.
    CardPlaced {
        /// Which card.
        card: CardId,
        /// Where.
        place: PlaceId,
    },
    /// 引き抜き: a card was taken out of its box for a day's reservation.
    CardPulled {
        /// Which card.
        card: CardId,
        /// Out of which place.
        place: PlaceId,
        /// For which day.
        day: BusinessDay,
    },
    /// A part of guide letters was printed.
    LettersPrinted {
        /// Which part.
        letters: LetterBatchId,
        /// How many letters.
        count: u32,
    },
    /// A letter was printed again: the key before it ended.
    LetterReissued {
        /// For which card.
        card: CardId,
        /// The issue of the key that holds now.
        issue: u32,
    },
    /// A part of guide letters was transferred to the city.
    LettersTransferred {
        /// Which part.
        letters: LetterBatchId,
        /// How many letters.
        count: u32,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// The city posted the letters: booking opens from this date.
    LettersPosted {
        /// Which part.
        letters: LetterBatchId,
        /// How many letters.
        count: u32,
        /// The city's date of posting.
        on: Date,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// A place in a slot is held for a citizen.
    PlaceHeld {
        /// Which reservation.
        reservation: ReservationId,
        /// For which card; none: a renewal, whose card is the citizen\'s own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Which slot.
        slot: Slot,
    },
    /// A hold ended without a booking.
    HoldReleased {
        /// Which reservation.
        reservation: ReservationId,
        /// For which card; none: a renewal, whose card is the citizen\'s own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Which slot.
        slot: Slot,
    },
    /// 予約完了.
    Booked {
        /// Which reservation.
        reservation: ReservationId,
        /// For which card; none: a renewal, whose card is the citizen\'s own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Which slot.
        slot: Slot,
        /// By which way.
        channel: Channel,
        /// The first reservation of the family it was booked with; none: alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        party: Option<ReservationId>,
        /// Who comes; none: not asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visitor: Option<Visitor>,
        /// Of a renewal, whether the PINs are known; none: not asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins: Option<Pins>,
    },
    /// Another person comes than was said before.
    VisitorChanged {
        /// Which reservation.
        reservation: ReservationId,
        /// For which card; none: a renewal, whose card is the citizen\'s own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// What was known before.
        from: Option<Visitor>,
        /// What is known now.
        to: Option<Visitor>,
        /// Of a renewal, what was known of the PINs before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins_from: Option<Pins>,
        /// Of a renewal, what is known of them now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins_to: Option<Pins>,
    },
    /// A reservation came into a family's booking, or left it.
    PartyChanged {
        /// Which reservation.
        reservation: ReservationId,
        /// For which card; none: a renewal, whose card is the citizen\'s own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// The first reservation of the booking that it left.
        from: Option<ReservationId>,
        /// The first reservation of the booking that it is in now.
        to: Option<ReservationId>,
    },
    /// A reservation of the former system was taken over; its booking stands beside it.
    ReservationTakenOver {
        /// Which reservation.
        reservation: ReservationId,
        /// For which card.
        card: CardId,
        /// Whether it takes a place beyond those of its slot.
        over: bool,
    },
    /// A person went beyond a rule that binds the staff too, on purpose; the booking or the move stands beside it, and the
    /// reason in the person's own words.
    RuleOverridden {
        /// Which reservation.
        reservation: ReservationId,
        /// For which card; none: a renewal, whose card is the citizen's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// The slot that it takes now.
        slot: Slot,
        /// Which rule.
        limit: Limit,
    },
    /// 変更: the booking moved to another slot, with its number; at no moment it had none.
    Moved {
        /// Which reservation.
        reservation: ReservationId,
        /// For which card; none: a renewal, whose card is the citizen\'s own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Which slot it left.
        from: Slot,
        /// Which slot it takes.
        to: Slot,
        /// By which way it was booked, in whose count it stays.
        channel: Channel,
        /// By which way it was moved.
        by: Channel,
    },
    /// 取消.
    Cancelled {
        /// Which reservation.
        reservation: ReservationId,
        /// For which card; none: a renewal, whose card is the citizen\'s own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Which slot.
        slot: Slot,
        /// By which way.
        channel: Channel,
    },
    /// A visitor arrived and the reservation was matched.
    Arrived {
        /// Which reception.
        reception: ReceptionId,
        /// Which reservation.
        reservation: ReservationId,
        /// Which card; none: a renewal, whose card is the citizen\'s own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Of which day.
        day: BusinessDay,
    },
    /// The papers were checked with a check sheet, every line of it.
    PapersChecked {
        /// Which reception.
        reception: ReceptionId,
        /// Which card.
        card: CardId,
        /// Which sheet; none: before there were sheets.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sheet: Option<Sheet>,
        /// What became of the 通知カード.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice_card: Option<Collected>,
        /// What became of the 住基カード or the older 個人番号カード.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old_card: Option<Collected>,
    },
    /// Papers and card were transferred to the city.
    PassedToCity {
        /// Which reception.
        reception: ReceptionId,
        /// Which card.
        card: CardId,
    },
    /// The city issued the card.
    Issued {
        /// Which reception.
        reception: ReceptionId,
        /// Which reservation.
        reservation: ReservationId,
        /// Which card; none: a renewal, whose card is the citizen\'s own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Of which day.
        day: BusinessDay,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// The visitor was sent away.
    SentAway {
        /// Which reception.
        reception: ReceptionId,
        /// Which reservation.
        reservation: ReservationId,
        /// Which card; none: a renewal, whose card is the citizen\'s own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Of which day.
        day: BusinessDay,
        /// Why.
        reason: Reason,
    },
    /// The visitor left before the end.
    Left {
        /// Which reception.
        reception: ReceptionId,
        /// Which reservation.
        reservation: ReservationId,
        /// Which card; none: a renewal, whose card is the citizen\'s own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Of which day.
        day: BusinessDay,
    },
    /// 不来庁, set by a person at the day's close.
    NotCome {
        /// Which reservation.
        reservation: ReservationId,
        /// Which card; none: a renewal, whose card is the citizen\'s own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Of which day.
        day: BusinessDay,
    },
    /// The list of a day was frozen: as it stands, the city gets it (11(5)ウ(オ)).
    ListFrozen {
        /// Of which day.
        day: BusinessDay,
        /// How many reservations it has.
        lines: u32,
    },
    /// The frozen list was transferred to the city.
    ListTransferred {
        /// Of which day.
        day: BusinessDay,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// A person saw how a reservation is otherwise than on the frozen list (11(6)ウ(ア)).
    DifferenceSeen {
        /// Of which day's list.
        day: BusinessDay,
        /// Which reservation.
        reservation: ReservationId,
        /// Which difference, as its code.
        difference: String,
    },
    /// Somebody took a duty of a day.
    DutyTaken {
        /// Of which day.
        day: BusinessDay,
        /// Which duty.
        duty: Duty,
    },
    /// A person said that a duty of a day is done.
    DutyDone {
        /// Of which day.
        day: BusinessDay,
        /// Which duty.
        duty: Duty,
    },
    /// The day was closed.
    DayClosed {
        /// Which day.
        day: BusinessDay,
        /// How many cards the city counted as issued.
        city_count: u32,
        /// How things stood at that moment; closes of the first version did not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<AtClose>,
    },
    /// 訂正: the end of a visit was recorded wrongly.
    EndCorrected {
        /// Which reservation.
        reservation: ReservationId,
        /// Its reception; made with the correction for who was said not to have come.
        reception: ReceptionId,
        /// Which card; none: a renewal, whose card is the citizen\'s own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Of which day.
        day: BusinessDay,
        /// The end as it was recorded.
        from: End,
        /// The end as it is now.
        to: End,
    },
    /// Something is wrong with a card, and the city was told.
    IncidentOpened {
        /// Which incident.
        incident: IncidentId,
        /// Which card.
        card: CardId,
        /// On which business day.
        day: BusinessDay,
        /// What is wrong.
        what: IncidentKind,
    },
    /// The incident ended.
    IncidentEnded {
        /// Which incident.
        incident: IncidentId,
        /// Which card.
        card: CardId,
        /// Which service and site it was recorded for, and the day on which it ended.
        day: BusinessDay,
        /// How.
        outcome: Outcome,
    },
}

impl Entry {
    /// The word for the kind of entry, as stored in its own column.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PersonCreated { .. } => "person_created",
            Self::RoleGranted { .. } => "role_granted",
            Self::RoleEnded { .. } => "role_ended",
            Self::PasswordSet { .. } => "password_set",
            Self::SignedIn { .. } => "signed_in",
            Self::SignInRefused { .. } => "sign_in_refused",
            Self::SignedOut { .. } => "signed_out",
            Self::RulesApplied { .. } => "rules_applied",
            Self::LedgerDecided { .. } => "ledger_decided",
            Self::LedgerProposed { .. } => "ledger_proposed",
            Self::LedgerEnded { .. } => "ledger_ended",
            Self::PersonalDeleted { .. } => "personal_deleted",
            Self::PlaceCreated { .. } => "place_created",
            Self::ConsignmentTaken { .. } => "consignment_taken",
            Self::OpeningBegun { .. } => "opening_begun",
            Self::OpeningDropped { .. } => "opening_dropped",
            Self::OpeningTaken { .. } => "opening_taken",
            Self::CardInspected { .. } => "card_inspected",
            Self::InspectionUndone { .. } => "inspection_undone",
            Self::BatchSent { .. } => "batch_sent",
            Self::BatchReturned { .. } => "batch_returned",
            Self::MailBatchSent { .. } => "mail_batch_sent",
            Self::BatchMailed { .. } => "batch_mailed",
            Self::CardCameBack { .. } => "card_came_back",
            Self::CardMailedAgain { .. } => "card_mailed_again",
            Self::CardRecalled { .. } => "card_recalled",
            Self::RecalledCardPassed { .. } => "recalled_card_passed",
            Self::BackScanned { .. } => "back_scanned",
            Self::FilterSaved { .. } => "filter_saved",
            Self::FilterShared { .. } => "filter_shared",
            Self::FilterRemoved { .. } => "filter_removed",
            Self::CardPlaced { .. } => "card_placed",
            Self::CardPulled { .. } => "card_pulled",
            Self::LettersPrinted { .. } => "letters_printed",
            Self::LetterReissued { .. } => "letter_reissued",
            Self::LettersTransferred { .. } => "letters_transferred",
            Self::LettersPosted { .. } => "letters_posted",
            Self::PlaceHeld { .. } => "place_held",
            Self::HoldReleased { .. } => "hold_released",
            Self::Booked { .. } => "booked",
            Self::ReservationTakenOver { .. } => "reservation_taken_over",
            Self::VisitorChanged { .. } => "visitor_changed",
            Self::PartyChanged { .. } => "party_changed",
            Self::RuleOverridden { .. } => "rule_overridden",
            Self::Moved { .. } => "moved",
            Self::Cancelled { .. } => "cancelled",
            Self::Arrived { .. } => "arrived",
            Self::PapersChecked { .. } => "papers_checked",
            Self::PassedToCity { .. } => "passed_to_city",
            Self::Issued { .. } => "issued",
            Self::SentAway { .. } => "sent_away",
            Self::Left { .. } => "left",
            Self::NotCome { .. } => "not_come",
            Self::ListFrozen { .. } => "list_frozen",
            Self::ListTransferred { .. } => "list_transferred",
            Self::DifferenceSeen { .. } => "difference_seen",
            Self::DutyTaken { .. } => "duty_taken",
            Self::DutyDone { .. } => "duty_done",
            Self::DayClosed { .. } => "day_closed",
            Self::EndCorrected { .. } => "end_corrected",
            Self::IncidentOpened { .. } => "incident_opened",
            Self::IncidentEnded { .. } => "incident_ended",
        }
    }

    /// The version of the entry's form. A changed form gets a new number, and the old one stays readable.
    pub fn version(&self) -> u16 {
        match self {
            Self::DayClosed { state: Some(_), .. } => 2,
            _ => 1,
        }
    }

    /// What the entry is about.
    pub fn subjects(&self) -> Vec<Subject> {
        use Subject as S;
        match self {
            Self::PersonCreated { person }
            | Self::RoleGranted { person, .. }
            | Self::RoleEnded { person, .. }
            | Self::PasswordSet { person }
            | Self::SignedIn { person, .. }
            | Self::SignInRefused { person, .. }
            | Self::SignedOut { person, .. } => vec![S::Person(*person)],
            Self::RulesApplied { .. }
            | Self::LedgerDecided { .. }
            | Self::LedgerProposed { .. }
            | Self::LedgerEnded { .. }
            | Self::PersonalDeleted { .. }
            | Self::BackScanned { .. }
            | Self::FilterSaved { .. }
            | Self::FilterShared { .. }
            | Self::FilterRemoved { .. } => vec![],
            Self::PlaceCreated { place } => vec![S::Place(*place)],
            Self::ConsignmentTaken { consignment, .. }
            | Self::OpeningBegun { consignment }
            | Self::OpeningDropped { consignment, .. }
            | Self::OpeningTaken { consignment, .. } => vec![S::Consignment(*consignment)],
            Self::CardInspected { card, .. }
            | Self::InspectionUndone { card, .. }
            | Self::LetterReissued { card, .. }
            | Self::CardCameBack { card, .. }
            | Self::CardMailedAgain { card, .. }
            | Self::CardRecalled { card, .. }
            | Self::RecalledCardPassed { card, .. } => vec![S::Card(*card)],
            Self::BatchSent { batch, .. }
            | Self::BatchReturned { batch, .. }
            | Self::MailBatchSent { batch, .. }
            | Self::BatchMailed { batch, .. } => vec![S::Batch(*batch)],
            Self::CardPlaced { card, place } => vec![S::Card(*card), S::Place(*place)],
            Self::CardPulled { card, place, day } => {
                vec![S::Card(*card), S::Place(*place), S::Day(day.clone())]
            }
            Self::LettersPrinted { letters, .. }
            | Self::LettersTransferred { letters, .. }
            | Self::LettersPosted { letters, .. } => vec![S::Letters(*letters)],
            // A hold is no fact of the day's counts, so the day is not its subject.
            Self::PlaceHeld { reservation, card, .. }
            | Self::HoldReleased { reservation, card, .. }
            | Self::VisitorChanged { reservation, card, .. }
            | Self::PartyChanged { reservation, card, .. } => {
                about(vec![S::Reservation(*reservation)], *card)
            }
            Self::ReservationTakenOver { reservation, card, .. } => {
                vec![S::Reservation(*reservation), S::Card(*card)]
            }
            Self::Booked { reservation, card, slot, .. }
            | Self::RuleOverridden { reservation, card, slot, .. }
            | Self::Cancelled { reservation, card, slot, .. } => {
                about(vec![S::Reservation(*reservation), S::Day(slot.business_day())], *card)
            }
            Self::Moved { reservation, card, from, to, .. } => {
                let mut subjects =
                    about(vec![S::Reservation(*reservation), S::Day(from.business_day())], *card);
                if to.business_day() != from.business_day() {
                    subjects.push(S::Day(to.business_day()));
                }
                subjects
            }
            Self::PapersChecked { reception, card, .. } | Self::PassedToCity { reception, card } => {
                vec![S::Reception(*reception), S::Card(*card)]
            }
            Self::Arrived { reception, reservation, card, day }
            | Self::Issued { reception, reservation, card, day, .. }
            | Self::SentAway { reception, reservation, card, day, .. }
            | Self::Left { reception, reservation, card, day }
            | Self::EndCorrected { reception, reservation, card, day, .. } => about(
                vec![S::Reception(*reception), S::Reservation(*reservation), S::Day(day.clone())],
                *card,
            ),
            Self::NotCome { reservation, card, day } => {
                about(vec![S::Reservation(*reservation), S::Day(day.clone())], *card)
            }
            Self::DifferenceSeen { day, reservation, .. } => {
                vec![S::Reservation(*reservation), S::Day(day.clone())]
            }
            Self::ListFrozen { day, .. }
            | Self::ListTransferred { day, .. }
            | Self::DutyTaken { day, .. }
            | Self::DutyDone { day, .. }
            | Self::DayClosed { day, .. } => vec![S::Day(day.clone())],
            // It belongs to no day's visitors, so the day is not its subject.
            Self::IncidentOpened { incident, card, .. } | Self::IncidentEnded { incident, card, .. } => {
                vec![S::Incident(*incident), S::Card(*card)]
            }
        }
    }
}

/// The subjects of an entry about a reservation, with its card where it has one.
fn about(mut subjects: Vec<Subject>, card: Option<CardId>) -> Vec<Subject> {
    subjects.extend(card.map(Subject::Card));
    subjects
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    #[test]
    fn r4_d_an_entry_from_before_families_is_still_read() {
        let (reservation, card) = (ReservationId::from_parts(1, 1), CardId::from_parts(1, 2));
        let old = format!(
            r#"{{"kind":"booked","reservation":"{reservation}","card":"{card}","channel":"web",
            "slot":{{"service":"issuance","site":"honcho","day":"2026-11-24","start":540}}}}"#
        );
        let entry: Entry = serde_json::from_str(&old).unwrap();
        assert!(matches!(entry, Entry::Booked { party: None, visitor: None, .. }));
        // And an entry of somebody alone of whom nothing was asked looks as it always did.
        let written = serde_json::to_string(&entry).unwrap();
        assert!(!written.contains("visitor") && !written.contains("pins") && written.contains("card"));
    }

    #[test]
    fn r7_d_an_entry_of_a_renewal_has_no_card() {
        let text = r#"{"kind":"not_come","reservation":"00000000000000000000000001",
            "day":{"service":"renewal","site":"honcho","day":"2026-11-24"}}"#;
        let entry: Entry = serde_json::from_str(text).unwrap();
        assert!(matches!(entry, Entry::NotCome { card: None, .. }));
        assert_eq!(entry.subjects().len(), 2, "the reservation and the day");
        assert!(!serde_json::to_string(&entry).unwrap().contains("card"));
    }

    #[test]
    fn an_actor_survives_its_text() {
        for actor in
            [Actor::Person(PersonId::from_parts(1, 2)), Actor::Citizen, Actor::System, Actor::Command]
        {
            assert_eq!(actor.to_string().parse(), Ok(actor));
        }
        assert!("person:x".parse::<Actor>().is_err());
    }

    #[test]
    fn g15_a_close_of_the_first_version_is_still_read() {
        let day = r#"{"service":"issuance","site":"honcho","day":"2026-11-24"}"#;
        let old = format!(r#"{{"kind":"day_closed","day":{day},"city_count":3}}"#);
        let read: Entry = serde_json::from_str(&old).unwrap();
        assert!(matches!(read, Entry::DayClosed { city_count: 3, state: None, .. }));
        assert_eq!((read.version(), serde_json::to_string(&read).unwrap()), (1, old));
    }

    #[test]
    fn g15_a_correction_and_a_close_survive_their_text() {
        let day: BusinessDay =
            serde_json::from_str(r#"{"service":"issuance","site":"honcho","day":"2026-11-24"}"#).unwrap();
        let state = AtClose {
            places: [(crate::place::PlaceKind::Box, 12), (crate::place::PlaceKind::Missing, 1)].into(),
            open_incidents: 1,
            ..AtClose::default()
        };
        let corrected = Entry::EndCorrected {
            reservation: ReservationId::from_parts(1, 1),
            reception: ReceptionId::from_parts(1, 2),
            card: Some(CardId::from_parts(1, 3)),
            day: day.clone(),
            from: End::NotCome,
            to: End::SentAway { reason: Reason::Notice },
        };
        for entry in [corrected, Entry::DayClosed { day, city_count: 3, state: Some(state) }] {
            let text = serde_json::to_string(&entry).unwrap();
            assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), entry);
        }
    }
}
