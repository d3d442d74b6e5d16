//! Entries keep their text, whatever joins them later.

use super::*;
use crate::correction::End;
use crate::id::Id;
use crate::reception::Reason;
use crate::report::AtClose;

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
    for actor in [Actor::Person(PersonId::from_parts(1, 2)), Actor::Citizen, Actor::System, Actor::Command] {
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
