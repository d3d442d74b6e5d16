//! Every kind of entry there is, with what it holds. How it is stored and found stands in [`about`](super::about).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{BusinessDay, CityRecord, Ending, Slot};
use crate::arrangement::StaffList;
use crate::card::{Cause, Finding, Pass};
use crate::check_sheet::{Collected, Sheet};
use crate::consignment::PostBlock;
use crate::correction::End;
use crate::day_list::Duty;
use crate::disposal;
use crate::group::Group;
use crate::id::{
    ArrangementId, BatchId, CardId, ConsignmentId, EntryId, FilterId, IncidentId, LetterBatchId,
    NoticeRequestId, OfferId, OfferingId, PersonId, PickupId, PlaceId, RecallId, ReceptionId, ReminderId,
    ReservationId, RuleId, SessionId, StocktakingId, SupplyId, TellingId, WishId,
};
use crate::incident::{Cause as IncidentCause, Kind as IncidentKind, Outcome};
use crate::ledger::{Deletion, Field};
use crate::mail;
use crate::notice;
use crate::offer::{self, Proposed};
use crate::outage::OnPaper;
use crate::permission::Role;
use crate::pickup::NotHanded;
use crate::recall;
use crate::reception::Reason;
use crate::register_check::Finding as Looked;
use crate::report::AtClose;
use crate::reservation::{Channel, Limit, Pins, Visitor};
use crate::rules::{Agreed, Deed};
use crate::scan::ScanScreen;
use crate::service::SiteCode;
use crate::stocktaking::{Count, Difference, Reason as Why};
use crate::stuffing::TakenOut;
use crate::tracking::TrackingNumber;
use crate::wish::{self, Wish};

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
    /// One rule was changed on the screen; why, in the person's own words, stands beside it.
    RuleChanged {
        /// Which rule.
        rule: RuleId,
        /// The epoch that begins with it.
        epoch: i64,
        /// What became of it.
        deed: Deed,
        /// How the city's agreement was recorded.
        agreed: Agreed,
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
    /// A citizen gave a mail address for a booking; its owner is asked by mail.
    MailGiven {
        /// The first reservation of the booking.
        reservation: ReservationId,
    },
    /// The owner of the address confirmed it.
    MailConfirmed {
        /// The first reservation of the booking.
        reservation: ReservationId,
    },
    /// The address was removed.
    MailRemoved {
        /// The first reservation of the booking.
        reservation: ReservationId,
    },
    /// The reminders of a day went into the outbox.
    RemindersDue {
        /// The day of the visits.
        day: Date,
        /// How many.
        count: u32,
    },
    /// A mail did not arrive.
    MailBounced {
        /// The first reservation of the booking.
        reservation: ReservationId,
        /// What it said.
        what: mail::Kind,
        /// The other side's code; none: it never answered for good.
        reply: Option<u16>,
        /// The status with which it said why; none: it said none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<mail::Status>,
    },
    /// A person had a mail that did not arrive sent once more.
    MailTriedAgain {
        /// The first reservation of the booking.
        reservation: ReservationId,
        /// What it says.
        what: mail::Kind,
    },
    /// A place was made.
    PlaceCreated {
        /// Which.
        place: PlaceId,
    },
    /// A place got another name, another capacity, or stands elsewhere now.
    PlaceChanged {
        /// Which.
        place: PlaceId,
        /// Its name from now on.
        name: String,
        /// For how many cards it has room; none: nobody said.
        capacity: Option<u32>,
        /// In which place it stands.
        parent: Option<PlaceId>,
    },
    /// Somebody took the key of a room or a cabinet, from its hook or from whoever held it.
    KeyTaken {
        /// Of which place.
        place: PlaceId,
        /// Who holds it from now on.
        person: PersonId,
        /// Who held it before; none: it hung where it belongs.
        before: Option<PersonId>,
    },
    /// The key of a room or a cabinet hangs where it belongs again.
    KeyReturned {
        /// Of which place.
        place: PlaceId,
        /// Who had held it.
        person: PersonId,
    },
    /// All cards of a box were moved to another at once.
    BoxEmptied {
        /// From which.
        from: PlaceId,
        /// Into which.
        to: PlaceId,
        /// How many.
        cards: u32,
    },
    /// A consignment was taken: its cards are listed and on the desk.
    ConsignmentTaken {
        /// Which.
        consignment: ConsignmentId,
        /// How many cards.
        cards: u32,
    },
    /// The city gave what it received from J-LIS, counted by both: the desk of the consignment begins.
    ConsignmentArrived {
        /// Which.
        consignment: ConsignmentId,
        /// How many boxes.
        boxes: u32,
        /// How many cards both counted.
        cards: u32,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// A new label was paired with its card: list line and notice were confirmed.
    CardPaired {
        /// Which card.
        card: CardId,
    },
    /// Cards were in the box that are not on its list; they went back to the city. Why stands in the remark.
    ExtraCards {
        /// Of which consignment.
        consignment: ConsignmentId,
        /// How many.
        cards: u32,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// What was written down of extra cards was an error. Why stands in the remark.
    ExtraCardsWithdrawn {
        /// Of which consignment.
        consignment: ConsignmentId,
        /// The entry that was one.
        of: EntryId,
        /// How many cards it told of.
        cards: u32,
    },
    /// The desk of a consignment closed: expected and scanned agree, or each difference is explained.
    ConsignmentClosed {
        /// Which.
        consignment: ConsignmentId,
        /// Cards of the list that are missing.
        missing: u32,
        /// Cards that were on no list.
        extra: u32,
        /// How the city's word was recorded, where there are differences.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recorded: Option<CityRecord>,
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
    /// 仕分け: a person put an inspected card into a group, or back into the group of the rule.
    CardSorted {
        /// Which card.
        card: CardId,
        /// The group.
        group: Group,
    },
    /// The counted cards of a group were transferred to the city.
    GroupSent {
        /// The batch.
        batch: BatchId,
        /// Which group.
        group: Group,
        /// How many cards.
        cards: u32,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// Some cards of a batch came back from the city, or the cards of a group that it cleared.
    CardsReturned {
        /// The batch.
        batch: BatchId,
        /// Which group.
        group: Group,
        /// How many cards.
        cards: u32,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// The city kept cards of a batch: their process ends.
    CardsKept {
        /// The batch.
        batch: BatchId,
        /// Why.
        cause: Cause,
        /// How many cards.
        cards: u32,
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
    /// 交付中止・保留: a card is not to be handed out, or not before the city decides.
    CardStopped {
        /// Which recall.
        recall: RecallId,
        /// Which card.
        card: CardId,
        /// Why.
        cause: Cause,
        /// Who said so.
        source: recall::Source,
        /// How the city's word was recorded; none: it was not the city's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recorded: Option<CityRecord>,
        /// Whether its process ended, it waits for the city's decision, or the city has it already.
        state: recall::State,
        /// The day by which the city wants it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
        /// The reservation that it had.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reservation: Option<ReservationId>,
    },
    /// The city decided of a card that waited for it.
    SuspensionDecided {
        /// Which recall.
        recall: RecallId,
        /// Which card.
        card: CardId,
        /// What became of it.
        state: recall::State,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// 市民へ連絡: a reservation was cancelled with a recall, and somebody has to tell its citizen.
    TellingAsked {
        /// Which.
        telling: TellingId,
        /// Of which card.
        card: CardId,
        /// Which reservation.
        reservation: ReservationId,
    },
    /// 市民へ連絡 is done.
    TellingDone {
        /// Which.
        telling: TellingId,
        /// Of which card.
        card: CardId,
        /// Which reservation.
        reservation: ReservationId,
        /// How it ended.
        told: recall::Told,
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
    /// An arrangement of a list's columns was saved as the city agreed to it.
    ListArranged {
        /// Of which list.
        list: StaffList,
        /// Which arrangement.
        arrangement: ArrangementId,
        /// Which version of it.
        version: u32,
        /// How the city's agreement was recorded.
        agreed: Agreed,
    },
    /// An arrangement was ended.
    ArrangementEnded {
        /// Of which list.
        list: StaffList,
        /// Which arrangement.
        arrangement: ArrangementId,
    },
    /// It was set how a list stands for everybody who chose nothing else.
    ListStandsSo {
        /// Which list.
        list: StaffList,
        /// By which arrangement; `None`: as it stood before anybody arranged it.
        arrangement: Option<ArrangementId>,
    },
    /// A person chose how a list stands for them.
    ListChosen {
        /// Which list.
        list: StaffList,
        /// By which arrangement; `None`: as it stands for everybody.
        arrangement: Option<ArrangementId>,
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
    /// Letter, sleeve and 交付通知書 of one card were checked and put into one envelope.
    LetterStuffed {
        /// Of which part.
        letters: LetterBatchId,
        /// Of which card.
        card: CardId,
    },
    /// An envelope was opened again: its check no longer counts.
    StuffingUndone {
        /// Of which part.
        letters: LetterBatchId,
        /// Of which card.
        card: CardId,
    },
    /// A letter was taken out of its part; its key ended.
    LetterTakenOut {
        /// Of which part.
        letters: LetterBatchId,
        /// Of which card.
        card: CardId,
        /// Why.
        why: TakenOut,
        /// Whether a new letter was made in its place.
        again: bool,
    },
    /// The 郵便区 of a card was set right by its 交付通知書.
    PostBlockSet {
        /// Of which card.
        card: CardId,
        /// What it is now.
        block: PostBlock,
    },
    /// What lies in the envelopes of a part was said, and what one of them weighs.
    EnclosuresSet {
        /// Of which part.
        letters: LetterBatchId,
        /// How many leaflets beside letter and notice.
        kinds: u32,
        /// Grams of one envelope, if one was weighed.
        grams: Option<u32>,
    },
    /// A kind of supplies is kept from now on.
    SupplyAdded {
        /// Which kind.
        supply: SupplyId,
        /// Its name.
        name: String,
    },
    /// How a kind of supplies is used or ordered was changed.
    SupplyChanged {
        /// Which kind.
        supply: SupplyId,
        /// Its name from now on.
        name: String,
    },
    /// A kind of supplies is no longer kept.
    SupplyEnded {
        /// Which kind.
        supply: SupplyId,
        /// Its name.
        name: String,
    },
    /// Supplies were delivered.
    SupplyDelivered {
        /// Which kind.
        supply: SupplyId,
        /// Its name.
        name: String,
        /// How many.
        pieces: u32,
        /// On which day.
        on: Date,
    },
    /// Supplies were counted.
    SupplyCounted {
        /// Which kind.
        supply: SupplyId,
        /// Its name.
        name: String,
        /// How many were counted.
        pieces: u32,
        /// How many there should have been by the records; none: the first count.
        expected: Option<i64>,
    },
    /// 再送依頼: a citizen asked for the 交付通知書 again.
    NoticeAsked {
        /// Which request.
        request: NoticeRequestId,
        /// Of which card.
        card: CardId,
        /// How.
        asked: notice::Asked,
    },
    /// A request for a 交付通知書 ended without a posting.
    NoticeRequestEnded {
        /// Which request.
        request: NoticeRequestId,
        /// Of which card.
        card: CardId,
        /// Why.
        why: notice::Ended,
    },
    /// 返戻: a 交付通知書 came back to the city.
    NoticeCameBack {
        /// Of which card.
        card: CardId,
        /// The day on which it came back.
        on: Date,
        /// Why, as the city tells it.
        reason: notice::Undelivered,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// 受取勧奨: the list of a round of reminders was made, as the city's person ordered it.
    ReminderListed {
        /// Which round.
        reminder: ReminderId,
        /// Its number at the site.
        number: u32,
        /// How many cards are on its list.
        count: u32,
        /// Posted at least so many days ago.
        posted: u32,
        /// Not reminded of in so many days before; none: it did not matter.
        again: Option<u32>,
        /// How the city's order was recorded.
        recorded: CityRecord,
    },
    /// The city sent the reminders of a round.
    ReminderSent {
        /// Which round.
        reminder: ReminderId,
        /// On which day.
        on: Date,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// The city does not send the reminders of a round.
    ReminderWithdrawn {
        /// Which round.
        reminder: ReminderId,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// 保管の延長: a card is kept for longer than its last day.
    StorageExtended {
        /// Which card.
        card: CardId,
        /// Why.
        reason: disposal::Reason,
        /// Until which day.
        until: Date,
    },
    /// A card is no longer kept for longer.
    StorageExtensionEnded {
        /// Which card.
        card: CardId,
    },
    /// 廃棄: the city destroyed a card that it had by its instruction.
    CardDisposed {
        /// Which card.
        card: CardId,
        /// On which day.
        on: Date,
        /// How it was recorded.
        recorded: CityRecord,
    },
    /// A place in a slot is held for a citizen.
    PlaceHeld {
        /// Which reservation.
        reservation: ReservationId,
        /// For which card; none: a renewal, whose card is the citizen's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Which slot.
        slot: Slot,
    },
    /// A hold ended without a booking.
    HoldReleased {
        /// Which reservation.
        reservation: ReservationId,
        /// For which card; none: a renewal, whose card is the citizen's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Which slot.
        slot: Slot,
    },
    /// 予約完了.
    Booked {
        /// Which reservation.
        reservation: ReservationId,
        /// For which card; none: a renewal, whose card is the citizen's own.
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
        /// For which card; none: a renewal, whose card is the citizen's own.
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
        /// For which card; none: a renewal, whose card is the citizen's own.
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
        /// For which card; none: a renewal, whose card is the citizen's own.
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
        /// Whether a closure, a change of the rules or an offer moved it, and no wish of the citizen's own: it is none of
        /// the changes that they may make on the web.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        forced: bool,
    },
    /// 取消.
    Cancelled {
        /// Which reservation.
        reservation: ReservationId,
        /// For which card; none: a renewal, whose card is the citizen's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Which slot.
        slot: Slot,
        /// By which way.
        channel: Channel,
    },
    /// Somebody began to hold places for all those whom a change of the rules left without one.
    OfferingBegun {
        /// Which.
        offering: OfferingId,
        /// Until when the offers stand.
        until: Timestamp,
    },
    /// A place was held for each of them, or there was none.
    OfferingEnded {
        /// Which.
        offering: OfferingId,
        /// For how many bookings places were held.
        offered: u32,
        /// For how many there was no place.
        without: u32,
    },
    /// Other places were held for a booking and offered to its citizen.
    PlacesOffered {
        /// Which offer.
        offer: OfferId,
        /// Where each of the booking is, and what is held for it.
        places: Vec<Proposed>,
        /// Why.
        reason: offer::Reason,
        /// Until when they are held.
        until: Timestamp,
        /// With which others; none: alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offering: Option<OfferingId>,
    },
    /// There was no other place for a booking: a person has to find one with the citizen.
    NoPlaceFound {
        /// Which offer could not be made.
        offer: OfferId,
        /// Of whom.
        reservations: Vec<ReservationId>,
        /// Why one was sought.
        reason: offer::Reason,
        /// With which others; none: alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offering: Option<OfferingId>,
    },
    /// The citizen agreed to an offer, and the booking moved. Who wrote it down is the entry's actor.
    OfferAccepted {
        /// Which offer.
        offer: OfferId,
        /// Of whom.
        reservations: Vec<ReservationId>,
        /// By which way the citizen said it.
        by: Channel,
    },
    /// The citizen did not want an offer: the places are free again, and the booking is as it was.
    OfferDeclined {
        /// Which offer.
        offer: OfferId,
        /// Of whom.
        reservations: Vec<ReservationId>,
        /// By which way the citizen said it.
        by: Channel,
    },
    /// Nobody answered an offer in time: the places are free again, and the booking is as it was.
    OfferExpired {
        /// Which offer.
        offer: OfferId,
        /// Of whom.
        reservations: Vec<ReservationId>,
    },
    /// An offer ended without an answer, for a reason of its own.
    OfferWithdrawn {
        /// Which offer.
        offer: OfferId,
        /// Of whom.
        reservations: Vec<ReservationId>,
        /// Why.
        why: offer::Withdrawal,
    },
    /// A citizen would rather come on an earlier day. Who wrote it down is the entry's actor.
    WishLeft {
        /// Which wish.
        wish: WishId,
        /// Of which booking: the first of its reservations.
        reservation: ReservationId,
        /// What is wished.
        wanted: Wish,
    },
    /// A wish waits no more.
    WishEnded {
        /// Which wish.
        wish: WishId,
        /// Of which booking: the first of its reservations.
        reservation: ReservationId,
        /// How it ended.
        state: wish::State,
    },
    /// A visitor arrived and the reservation was matched.
    Arrived {
        /// Which reception.
        reception: ReceptionId,
        /// Which reservation.
        reservation: ReservationId,
        /// Which card; none: a renewal, whose card is the citizen's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Of which day.
        day: BusinessDay,
    },
    /// The papers were checked with a check sheet, every line of it.
    PapersChecked {
        /// Which reception.
        reception: ReceptionId,
        /// Of which reservation; none: before it was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reservation: Option<ReservationId>,
        /// Which card; none: that of a renewal, which is not ours.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Which sheet; none: before there were sheets.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sheet: Option<Sheet>,
        /// What became of the 通知カード.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice_card: Option<Collected>,
        /// What became of the 住基カード or the older 個人番号カード.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old_card: Option<Collected>,
        /// Of a renewal: whether the PINs are known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pins: Option<Pins>,
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
        /// Which card; none: a renewal, whose card is the citizen's own.
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
        /// Which card; none: a renewal, whose card is the citizen's own.
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
        /// Which card; none: a renewal, whose card is the citizen's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Of which day.
        day: BusinessDay,
    },
    /// 不来庁, set by a person at the day's close.
    NotCome {
        /// Which reservation.
        reservation: ReservationId,
        /// Which card; none: a renewal, whose card is the citizen's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Of which day.
        day: BusinessDay,
    },
    /// Something that was done on paper while the system was down was entered afterwards; the usual entries follow.
    EnteredAfterwards {
        /// What was done.
        what: OnPaper,
        /// For which reservation; none: a card that was put away, for which nobody was expected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reservation: Option<ReservationId>,
        /// Which card; none: a renewal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<CardId>,
        /// Of which day.
        day: BusinessDay,
        /// When it happened.
        happened_at: Timestamp,
        /// Who checked the papers, where papers were checked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checked_by: Option<PersonId>,
    },
    /// The city told under which number the post has a card that it mailed.
    TrackingTold {
        /// Which card.
        card: CardId,
        /// The number; none: the city does not know it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<TrackingNumber>,
        /// How the city's word was recorded.
        recorded: CityRecord,
    },
    /// A citizen came for a card that the post had brought back; form and copies are with the city.
    PickupBegun {
        /// Which.
        pickup: PickupId,
        /// For which card.
        card: CardId,
        /// Who came.
        visitor: Visitor,
        /// Copies of identity papers.
        copies: u32,
    },
    /// The city gave out a card that its citizen came for.
    PickupCardCame {
        /// For whom.
        pickup: PickupId,
        /// Which card.
        card: CardId,
    },
    /// A card that had come back was handed over against a signature.
    PickupHanded {
        /// To whom.
        pickup: PickupId,
        /// Which card.
        card: CardId,
    },
    /// A card that had come back was not handed over; it is with the city.
    PickupEnded {
        /// To whom.
        pickup: PickupId,
        /// Which card.
        card: CardId,
        /// Why.
        why: NotHanded,
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
        /// Which card; none: a renewal, whose card is the citizen's own.
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
        /// Why it came to it; none: it was found by its scan, and nobody said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<IncidentCause>,
    },
    /// The city was told of an incident that was opened before.
    IncidentTold {
        /// Which incident.
        incident: IncidentId,
        /// Which card.
        card: CardId,
    },
    /// A stored card was looked up in the resident register.
    RegisterChecked {
        /// Which.
        card: CardId,
        /// What was found.
        finding: Looked,
    },
    /// A stock-taking of a site began.
    StocktakingBegun {
        /// Which.
        stocktaking: StocktakingId,
        /// Of which site.
        site: SiteCode,
        /// How many hundredths of the boxes are counted a second time although they agree.
        sample: u32,
    },
    /// The count of a box began: what is expected in it is fixed from here on.
    BoxFrozen {
        /// In which stock-taking.
        stocktaking: StocktakingId,
        /// Which box.
        place: PlaceId,
        /// How many cards are expected.
        cards: u32,
    },
    /// Somebody counts a box: for the second time, or instead of whoever began.
    BoxCountTaken {
        /// In which stock-taking.
        stocktaking: StocktakingId,
        /// Which box.
        place: PlaceId,
        /// Which count.
        count: Count,
        /// Who counts from here on.
        person: PersonId,
    },
    /// A card was scanned in a box that is counted, or found in it when its differences stood.
    CardCounted {
        /// In which stock-taking.
        stocktaking: StocktakingId,
        /// In which box.
        place: PlaceId,
        /// Which card.
        card: CardId,
        /// In which count; none: it was found after both.
        count: Option<Count>,
        /// When it was scanned, where the network was away and it was sent later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scanned: Option<Timestamp>,
    },
    /// A count of a box ended.
    BoxCounted {
        /// In which stock-taking.
        stocktaking: StocktakingId,
        /// Which box.
        place: PlaceId,
        /// Which count.
        count: Count,
        /// How many cards were scanned.
        seen: u32,
        /// How many were expected and not scanned, and did not leave by a step of their own.
        missing: u32,
        /// How many were scanned that belong elsewhere.
        extra: u32,
    },
    /// A difference has its reason.
    DifferenceExplained {
        /// In which stock-taking.
        stocktaking: StocktakingId,
        /// In which box.
        place: PlaceId,
        /// Which card.
        card: CardId,
        /// What differs.
        difference: Difference,
        /// Why.
        reason: Why,
    },
    /// A stock-taking was closed: every box is counted and every difference has its reason.
    StocktakingClosed {
        /// Which.
        stocktaking: StocktakingId,
        /// How many boxes were counted.
        boxes: u32,
        /// How many cards were expected.
        cards: u32,
        /// How many were missing.
        missing: u32,
        /// How many belonged elsewhere.
        extra: u32,
    },
}
