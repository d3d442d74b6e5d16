//! Personal data: allowed by the city, sealed, and no longer there than was written down.

use std::collections::BTreeSet;

use domain::guard;
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
}

/// Looks at everything that is held.
pub(super) fn check(reader: &mut Reader<'_>, keys: &Keys, findings: &mut Findings) -> Result<()> {
    values(reader, keys, findings)?;
    overdue(reader, findings)?;
    ledger(reader, findings)
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
