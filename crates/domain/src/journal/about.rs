//! The word and the version under which an entry is stored, and what it is about.

use super::{Entry, Subject};
use crate::id::CardId;

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
            Self::RuleChanged { .. } => "rule_changed",
            Self::LedgerDecided { .. } => "ledger_decided",
            Self::LedgerProposed { .. } => "ledger_proposed",
            Self::LedgerEnded { .. } => "ledger_ended",
            Self::PersonalDeleted { .. } => "personal_deleted",
            Self::MailGiven { .. } => "mail_given",
            Self::MailConfirmed { .. } => "mail_confirmed",
            Self::MailRemoved { .. } => "mail_removed",
            Self::RemindersDue { .. } => "reminders_due",
            Self::MailBounced { .. } => "mail_bounced",
            Self::MailTriedAgain { .. } => "mail_tried_again",
            Self::PlaceCreated { .. } => "place_created",
            Self::PlaceChanged { .. } => "place_changed",
            Self::BoxEmptied { .. } => "box_emptied",
            Self::KeyTaken { .. } => "key_taken",
            Self::KeyReturned { .. } => "key_returned",
            Self::ConsignmentTaken { .. } => "consignment_taken",
            Self::ConsignmentArrived { .. } => "consignment_arrived",
            Self::CardPaired { .. } => "card_paired",
            Self::ExtraCards { .. } => "extra_cards",
            Self::ExtraCardsWithdrawn { .. } => "extra_cards_withdrawn",
            Self::ConsignmentClosed { .. } => "consignment_closed",
            Self::OpeningBegun { .. } => "opening_begun",
            Self::OpeningDropped { .. } => "opening_dropped",
            Self::OpeningTaken { .. } => "opening_taken",
            Self::CardInspected { .. } => "card_inspected",
            Self::InspectionUndone { .. } => "inspection_undone",
            Self::BatchSent { .. } => "batch_sent",
            Self::BatchReturned { .. } => "batch_returned",
            Self::MailBatchSent { .. } => "mail_batch_sent",
            Self::BatchMailed { .. } => "batch_mailed",
            Self::CardSorted { .. } => "card_sorted",
            Self::GroupSent { .. } => "group_sent",
            Self::CardsReturned { .. } => "cards_returned",
            Self::CardsKept { .. } => "cards_kept",
            Self::CardCameBack { .. } => "card_came_back",
            Self::CardMailedAgain { .. } => "card_mailed_again",
            Self::CardRecalled { .. } => "card_recalled",
            Self::RecalledCardPassed { .. } => "recalled_card_passed",
            Self::CardStopped { .. } => "card_stopped",
            Self::SuspensionDecided { .. } => "suspension_decided",
            Self::TellingAsked { .. } => "telling_asked",
            Self::TellingDone { .. } => "telling_done",
            Self::BackScanned { .. } => "back_scanned",
            Self::FilterSaved { .. } => "filter_saved",
            Self::FilterShared { .. } => "filter_shared",
            Self::FilterRemoved { .. } => "filter_removed",
            Self::ListArranged { .. } => "list_arranged",
            Self::ArrangementEnded { .. } => "arrangement_ended",
            Self::ListStandsSo { .. } => "list_stands_so",
            Self::ListChosen { .. } => "list_chosen",
            Self::CardPlaced { .. } => "card_placed",
            Self::CardPulled { .. } => "card_pulled",
            Self::LettersPrinted { .. } => "letters_printed",
            Self::LetterReissued { .. } => "letter_reissued",
            Self::LettersTransferred { .. } => "letters_transferred",
            Self::LettersPosted { .. } => "letters_posted",
            Self::LetterStuffed { .. } => "letter_stuffed",
            Self::StuffingUndone { .. } => "stuffing_undone",
            Self::LetterTakenOut { .. } => "letter_taken_out",
            Self::PostBlockSet { .. } => "post_block_set",
            Self::EnclosuresSet { .. } => "enclosures_set",
            Self::SupplyAdded { .. } => "supply_added",
            Self::SupplyChanged { .. } => "supply_changed",
            Self::SupplyEnded { .. } => "supply_ended",
            Self::SupplyDelivered { .. } => "supply_delivered",
            Self::SupplyCounted { .. } => "supply_counted",
            Self::NoticeAsked { .. } => "notice_asked",
            Self::NoticeRequestEnded { .. } => "notice_request_ended",
            Self::NoticeCameBack { .. } => "notice_came_back",
            Self::ReminderListed { .. } => "reminder_listed",
            Self::ReminderSent { .. } => "reminder_sent",
            Self::ReminderWithdrawn { .. } => "reminder_withdrawn",
            Self::StorageExtended { .. } => "storage_extended",
            Self::StorageExtensionEnded { .. } => "storage_extension_ended",
            Self::CardDisposed { .. } => "card_disposed",
            Self::PlaceHeld { .. } => "place_held",
            Self::HoldReleased { .. } => "hold_released",
            Self::Booked { .. } => "booked",
            Self::ReservationTakenOver { .. } => "reservation_taken_over",
            Self::VisitorChanged { .. } => "visitor_changed",
            Self::PartyChanged { .. } => "party_changed",
            Self::RuleOverridden { .. } => "rule_overridden",
            Self::Moved { .. } => "moved",
            Self::Cancelled { .. } => "cancelled",
            Self::OfferingBegun { .. } => "offering_begun",
            Self::OfferingEnded { .. } => "offering_ended",
            Self::PlacesOffered { .. } => "places_offered",
            Self::NoPlaceFound { .. } => "no_place_found",
            Self::OfferAccepted { .. } => "offer_accepted",
            Self::OfferDeclined { .. } => "offer_declined",
            Self::OfferExpired { .. } => "offer_expired",
            Self::OfferWithdrawn { .. } => "offer_withdrawn",
            Self::WishLeft { .. } => "wish_left",
            Self::WishEnded { .. } => "wish_ended",
            Self::Arrived { .. } => "arrived",
            Self::PapersChecked { .. } => "papers_checked",
            Self::PassedToCity { .. } => "passed_to_city",
            Self::Issued { .. } => "issued",
            Self::SentAway { .. } => "sent_away",
            Self::Left { .. } => "left",
            Self::NotCome { .. } => "not_come",
            Self::EnteredAfterwards { .. } => "entered_afterwards",
            Self::TrackingTold { .. } => "tracking_told",
            Self::PickupBegun { .. } => "pickup_begun",
            Self::PickupCardCame { .. } => "pickup_card_came",
            Self::PickupHanded { .. } => "pickup_handed",
            Self::PickupEnded { .. } => "pickup_ended",
            Self::ListFrozen { .. } => "list_frozen",
            Self::ListTransferred { .. } => "list_transferred",
            Self::DifferenceSeen { .. } => "difference_seen",
            Self::DutyTaken { .. } => "duty_taken",
            Self::DutyDone { .. } => "duty_done",
            Self::DayClosed { .. } => "day_closed",
            Self::EndCorrected { .. } => "end_corrected",
            Self::IncidentOpened { .. } => "incident_opened",
            Self::IncidentEnded { .. } => "incident_ended",
            Self::IncidentTold { .. } => "incident_told",
            Self::RegisterChecked { .. } => "register_checked",
            Self::StocktakingBegun { .. } => "stocktaking_begun",
            Self::BoxFrozen { .. } => "box_frozen",
            Self::BoxCountTaken { .. } => "box_count_taken",
            Self::CardCounted { .. } => "card_counted",
            Self::BoxCounted { .. } => "box_counted",
            Self::DifferenceExplained { .. } => "difference_explained",
            Self::StocktakingClosed { .. } => "stocktaking_closed",
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
            | Self::RuleChanged { .. }
            | Self::LedgerDecided { .. }
            | Self::LedgerProposed { .. }
            | Self::LedgerEnded { .. }
            | Self::PersonalDeleted { .. }
            | Self::RemindersDue { .. }
            | Self::OfferingBegun { .. }
            | Self::OfferingEnded { .. }
            | Self::BackScanned { .. }
            | Self::FilterSaved { .. }
            | Self::FilterShared { .. }
            | Self::SupplyAdded { .. }
            | Self::SupplyChanged { .. }
            | Self::SupplyEnded { .. }
            | Self::SupplyDelivered { .. }
            | Self::SupplyCounted { .. }
            | Self::FilterRemoved { .. }
            | Self::ListArranged { .. }
            | Self::ArrangementEnded { .. }
            | Self::ListStandsSo { .. }
            | Self::ListChosen { .. } => vec![],
            Self::MailGiven { reservation }
            | Self::MailConfirmed { reservation }
            | Self::MailRemoved { reservation }
            | Self::MailBounced { reservation, .. }
            | Self::MailTriedAgain { reservation, .. }
            | Self::WishLeft { reservation, .. }
            | Self::WishEnded { reservation, .. } => vec![S::Reservation(*reservation)],
            Self::PlaceCreated { place } | Self::PlaceChanged { place, .. } => vec![S::Place(*place)],
            Self::KeyTaken { place, person, .. } | Self::KeyReturned { place, person } => {
                vec![S::Place(*place), S::Person(*person)]
            }
            Self::BoxEmptied { from, to, .. } => vec![S::Place(*from), S::Place(*to)],
            Self::ConsignmentTaken { consignment, .. }
            | Self::ConsignmentArrived { consignment, .. }
            | Self::ExtraCards { consignment, .. }
            | Self::ExtraCardsWithdrawn { consignment, .. }
            | Self::ConsignmentClosed { consignment, .. }
            | Self::OpeningBegun { consignment }
            | Self::OpeningDropped { consignment, .. }
            | Self::OpeningTaken { consignment, .. } => vec![S::Consignment(*consignment)],
            Self::CardInspected { card, .. }
            | Self::CardPaired { card }
            | Self::InspectionUndone { card, .. }
            | Self::CardSorted { card, .. }
            | Self::LetterReissued { card, .. }
            | Self::NoticeAsked { card, .. }
            | Self::NoticeRequestEnded { card, .. }
            | Self::NoticeCameBack { card, .. }
            | Self::StorageExtended { card, .. }
            | Self::StorageExtensionEnded { card }
            | Self::CardDisposed { card, .. }
            | Self::LetterStuffed { card, .. }
            | Self::StuffingUndone { card, .. }
            | Self::PostBlockSet { card, .. }
            | Self::CardCameBack { card, .. }
            | Self::CardMailedAgain { card, .. }
            | Self::CardRecalled { card, .. }
            | Self::RecalledCardPassed { card, .. }
            | Self::RegisterChecked { card, .. }
            // So many of them that a stock-taking finds them by its own rows.
            | Self::CardCounted { card, .. }
            | Self::TrackingTold { card, .. }
            | Self::PickupBegun { card, .. }
            | Self::PickupCardCame { card, .. }
            | Self::PickupHanded { card, .. }
            | Self::PickupEnded { card, .. }
            | Self::SuspensionDecided { card, .. } => vec![S::Card(*card)],
            Self::CardStopped { card, reservation, .. } => {
                std::iter::once(S::Card(*card)).chain(reservation.map(S::Reservation)).collect()
            }
            Self::TellingAsked { card, reservation, .. } | Self::TellingDone { card, reservation, .. } => {
                vec![S::Card(*card), S::Reservation(*reservation)]
            }
            Self::BatchSent { batch, .. }
            | Self::BatchReturned { batch, .. }
            | Self::MailBatchSent { batch, .. }
            | Self::GroupSent { batch, .. }
            | Self::CardsReturned { batch, .. }
            | Self::CardsKept { batch, .. }
            | Self::BatchMailed { batch, .. } => vec![S::Batch(*batch)],
            Self::CardPlaced { card, place } => vec![S::Card(*card), S::Place(*place)],
            Self::CardPulled { card, place, day } => {
                vec![S::Card(*card), S::Place(*place), S::Day(day.clone())]
            }
            Self::LetterTakenOut { letters, card, .. } => vec![S::Letters(*letters), S::Card(*card)],
            Self::LettersPrinted { letters, .. }
            | Self::EnclosuresSet { letters, .. }
            | Self::LettersTransferred { letters, .. }
            | Self::LettersPosted { letters, .. } => vec![S::Letters(*letters)],
            // Its cards are found by the rows of its list.
            Self::ReminderListed { reminder, .. }
            | Self::ReminderSent { reminder, .. }
            | Self::ReminderWithdrawn { reminder, .. } => vec![S::Reminder(*reminder)],
            // A hold is no fact of the day's counts, so the day is not its subject.
            Self::PlaceHeld { reservation, card, .. }
            | Self::HoldReleased { reservation, card, .. }
            | Self::VisitorChanged { reservation, card, .. }
            | Self::PartyChanged { reservation, card, .. } => {
                about(vec![S::Reservation(*reservation)], *card)
            }
            // Held for somebody, it is no fact of a day's counts either.
            Self::PlacesOffered { places, .. } => {
                places.iter().map(|place| S::Reservation(place.reservation)).collect()
            }
            Self::NoPlaceFound { reservations, .. }
            | Self::OfferAccepted { reservations, .. }
            | Self::OfferDeclined { reservations, .. }
            | Self::OfferExpired { reservations, .. }
            | Self::OfferWithdrawn { reservations, .. } => {
                reservations.iter().map(|reservation| S::Reservation(*reservation)).collect()
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
            Self::PapersChecked { reception, reservation, card, .. } => {
                let mut subjects = vec![S::Reception(*reception)];
                subjects.extend(reservation.map(S::Reservation));
                about(subjects, *card)
            }
            Self::PassedToCity { reception, card } => vec![S::Reception(*reception), S::Card(*card)],
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
            Self::EnteredAfterwards { reservation, card, day, .. } => {
                let mut subjects = about(vec![S::Day(day.clone())], *card);
                subjects.extend(reservation.map(S::Reservation));
                subjects
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
            Self::IncidentOpened { incident, card, .. }
            | Self::IncidentTold { incident, card }
            | Self::IncidentEnded { incident, card, .. } => {
                vec![S::Incident(*incident), S::Card(*card)]
            }
            Self::StocktakingBegun { stocktaking, .. } | Self::StocktakingClosed { stocktaking, .. } => {
                vec![S::Stocktaking(*stocktaking)]
            }
            Self::BoxFrozen { stocktaking, place, .. }
            | Self::BoxCountTaken { stocktaking, place, .. }
            | Self::BoxCounted { stocktaking, place, .. } => {
                vec![S::Stocktaking(*stocktaking), S::Place(*place)]
            }
            Self::DifferenceExplained { stocktaking, card, .. } => {
                vec![S::Stocktaking(*stocktaking), S::Card(*card)]
            }
        }
    }
}

/// The subjects of an entry about a reservation, with its card where it has one.
fn about(mut subjects: Vec<Subject>, card: Option<CardId>) -> Vec<Subject> {
    subjects.extend(card.map(Subject::Card));
    subjects
}
