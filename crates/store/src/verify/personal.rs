//! Personal data: allowed by the city, sealed, and no longer there than was written down.

use std::collections::BTreeSet;

use domain::guard;
use domain::mail::Kind;
use jiff::civil::Date;

use super::{Findings, Invariant, PAGE};
use crate::error::Result;
use crate::keys::Keys;
use crate::tx::Reader;
use crate::{bind, privacy, statements};

statements! { "verify.personal":
    PERSONAL = "SELECT subject, field, sealed, lookup, key_version FROM personal
        WHERE subject > $1 OR (subject = $1 AND field > $2) ORDER BY subject, field LIMIT $3";
    OVERDUE = "SELECT subject, field, delete_on FROM personal WHERE delete_on < $1 ORDER BY subject, field";
    NEWEST = "SELECT day FROM journal ORDER BY id DESC LIMIT 1";
    LEDGER = "SELECT v.field AS field, v.n AS n, v.retention_days AS days, l.agreed AS agreed,
        l.retention_days AS kept FROM ledger_version v LEFT JOIN ledger l ON l.field = v.field
        WHERE v.state = 'approved' ORDER BY v.field";
    OUTBOX = "SELECT o.id AS id, o.kind AS kind, j.kind AS fact FROM outbox o LEFT JOIN journal j ON j.id = o.entry_id
        WHERE o.id > $1 ORDER BY o.id LIMIT $2";
    WITHOUT_ADDRESS = "SELECT c.reservation_id AS id FROM contact c WHERE c.state <> 'gone' AND NOT EXISTS (SELECT 1
        FROM personal p WHERE p.subject = 'reservation:' || c.reservation_id AND p.field = 'mail_address')
        ORDER BY c.reservation_id";
    WITHOUT_CONTACT = "SELECT p.subject AS subject FROM personal p WHERE p.field = 'mail_address' AND NOT EXISTS
        (SELECT 1 FROM contact c WHERE p.subject = 'reservation:' || c.reservation_id AND c.state <> 'gone')
        ORDER BY p.subject";
}

/// Looks at everything that is held.
pub(super) fn check(reader: &mut Reader<'_>, keys: &Keys, findings: &mut Findings) -> Result<()> {
    values(reader, keys, findings)?;
    overdue(reader, findings)?;
    ledger(reader, findings)?;
    contacts(reader, findings)?;
    outbox(reader, findings)
}

/// Every value: allowed, sealed, found under the present keys.
fn values(reader: &mut Reader<'_>, keys: &Keys, findings: &mut Findings) -> Result<()> {
    let agreed: BTreeSet<String> =
        privacy::decisions(reader)?.into_iter().filter(|decision| decision.agreed).map(|d| d.field).collect();
    let mut after = (String::new(), String::new());
    loop {
        let page = reader.rows(&PERSONAL, bind![after.0, after.1, PAGE], |row| {
            Ok((
                row.get::<String>("subject")?,
                row.get::<String>("field")?,
                row.get::<Vec<u8>>("sealed")?,
                row.get::<Option<[u8; 32]>>("lookup")?,
                row.get::<u32>("key_version")?,
            ))
        })?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.0.clone(), last.1.clone());
        for (subject, field, sealed, lookup, version) in page {
            if !agreed.contains(&field) {
                findings.add(
                    Invariant::Personal,
                    &subject,
                    format!("{field} is held and the city did not agree"),
                );
            }
            let set = keys.version(version)?;
            match Keys::open(set, &subject, &field, &sealed) {
                Err(_) => findings.add(Invariant::Personal, &subject, format!("{field} does not open")),
                Ok(value) => {
                    if lookup.is_some_and(|lookup| lookup != Keys::blind(set, &field, &value)) {
                        findings.add(
                            Invariant::Personal,
                            &subject,
                            format!("{field} is found under another value"),
                        );
                    }
                    if guard::worst(&value) == Some(guard::Finding::IndividualNumber) {
                        findings.add(Invariant::IndividualNumber, &subject, format!("{field} holds one"));
                    }
                }
            }
        }
    }
}

/// What is past its last day. The newest entry says the least that the clock can show; the job has a day to come round.
fn overdue(reader: &mut Reader<'_>, findings: &mut Findings) -> Result<()> {
    let newest: Option<Date> = reader.row(&NEWEST, bind![], |row| row.get("day"))?;
    let Some(yesterday) = newest.and_then(|day| day.yesterday().ok()) else { return Ok(()) };
    let late = reader.rows(&OVERDUE, bind![yesterday], |row| {
        let (subject, field): (String, String) = (row.get("subject")?, row.get("field")?);
        Ok((subject, field, row.get::<Date>("delete_on")?))
    })?;
    for (subject, field, day) in late {
        findings.add(Invariant::Personal, subject, format!("{field} was to be deleted after {day}"));
    }
    Ok(())
}

/// What was approved is what holds.
fn ledger(reader: &mut Reader<'_>, findings: &mut Findings) -> Result<()> {
    let differing = reader.rows(&LEDGER, bind![], |row| {
        let (agreed, kept): (Option<bool>, Option<u32>) = (row.get("agreed")?, row.get("kept")?);
        let holds = agreed == Some(true) && kept == Some(row.get("days")?);
        Ok((row.get::<String>("field")?, row.get::<u32>("n")?, holds))
    })?;
    for (field, n, _) in differing.into_iter().filter(|(_, _, holds)| !holds) {
        let what = format!("version {n} was approved, and something else holds");
        findings.add(Invariant::Personal, format!("ledger:{field}"), what);
    }
    Ok(())
}

/// An address is held where somebody is to be told, and nowhere else.
fn contacts(reader: &mut Reader<'_>, findings: &mut Findings) -> Result<()> {
    let without: Vec<String> = reader.rows(&WITHOUT_ADDRESS, bind![], |row| row.get("id"))?;
    for id in without {
        findings.add(Invariant::Personal, format!("contact:{id}"), "its address is not held");
    }
    let without: Vec<String> = reader.rows(&WITHOUT_CONTACT, bind![], |row| row.get("subject"))?;
    for subject in without {
        findings.add(Invariant::Personal, subject, "a mail address is held and nobody is to be told");
    }
    Ok(())
}

/// Every mail tells a fact of its kind.
fn outbox(reader: &mut Reader<'_>, findings: &mut Findings) -> Result<()> {
    let mut after = String::new();
    loop {
        let page = reader.rows(&OUTBOX, bind![after, PAGE], |row| {
            let fact: Option<String> = row.get("fact")?;
            Ok((row.get::<String>("id")?, row.get::<Kind>("kind")?, fact.unwrap_or_default()))
        })?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.0);
        for (id, kind, fact) in page {
            let fits = match kind {
                Kind::Confirm => fact == "mail_given",
                Kind::Booked => fact == "mail_confirmed",
                Kind::Cancelled => fact == "cancelled",
                Kind::Offered => fact == "places_offered",
                Kind::Reminder => fact == "reminders_due",
                Kind::Changed => {
                    matches!(
                        fact.as_str(),
                        "moved" | "party_changed" | "booked" | "visitor_changed" | "cancelled"
                    )
                }
            };
            if !fits {
                findings.add(
                    Invariant::Fold,
                    format!("mail:{id}"),
                    format!("a mail {kind} tells of {fact:?}"),
                );
            }
        }
    }
}
