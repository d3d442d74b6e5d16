//! Mails that wait to be sent: put here in the transaction of their fact, sent by a job afterwards.
//!
//! A row holds ids only. One node sends at a time, by a lease with a fencing number; a row that a node took and did
//! not finish comes up again when its lease is over. So a mail is sent **at least once**, always under the same
//! Message-ID, which is made of the row's id.

use domain::id::{MailId, ReservationId};
use domain::journal::Entry;
use domain::mail::{Kind, State};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::act::Act;
use crate::error::Result;
use crate::journal::Recorded;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

statements! { "outbox":
    ENQUEUE = "INSERT INTO outbox (id, kind, booking_id, reservation_id, language, issue, day, entry_id, state, due,
        attempts, fence) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9, 0, 0)";
    FIRST = "INSERT INTO mailer (id, holder, fence, until) VALUES (1, $1, 1, $2) ON CONFLICT (id) DO NOTHING";
    TAKE = "UPDATE mailer SET fence = CASE WHEN holder = $1 THEN fence ELSE fence + 1 END, holder = $1, until = $2
        WHERE id = 1 AND (holder = $1 OR until < $3)";
    FENCE = "SELECT fence FROM mailer WHERE id = 1 AND holder = $1";
    DUE = "SELECT id, kind, booking_id, reservation_id, language, issue, day, attempts FROM outbox
        WHERE state = 'waiting' AND due <= $1 ORDER BY due, id LIMIT 1";
    CLAIM = "UPDATE outbox SET attempts = attempts + 1, fence = $1, due = $2 WHERE id = $3 AND state = 'waiting'";
    END = "UPDATE outbox SET state = $1, reply = $2, ended_at = $3 WHERE id = $4 AND fence = $5 AND state = 'waiting'";
    LATER = "UPDATE outbox SET due = $1, attempts = $2, reply = $3
        WHERE id = $4 AND fence = $5 AND state = 'waiting'";
    OLDEST = "SELECT due FROM outbox WHERE state = 'waiting' ORDER BY due, id LIMIT 1";
    LAST_OF = "SELECT state FROM outbox WHERE booking_id = $1 ORDER BY id DESC LIMIT 1";
}

/// How long a node may take for one mail before another one takes it.
pub const LEASE: SignedDuration = SignedDuration::from_mins(3);

/// A mail that is to be sent.
#[derive(Debug, Clone)]
pub struct Mail {
    /// What it says.
    pub kind: Kind,
    /// The booking whose contact gets it.
    pub booking: ReservationId,
    /// The reservation that it is about.
    pub reservation: ReservationId,
    /// In which language, as a code.
    pub language: String,
    /// The issue of the contact that gets it: another address since gets nothing of it.
    pub issue: u32,
    /// The day of the visit.
    pub day: Date,
}

/// A mail that this node is to send now.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its id, from which its Message-ID is made.
    pub id: MailId,
    /// The mail.
    pub mail: Mail,
    /// Which attempt it is, from 1.
    pub attempts: u32,
    fence: i64,
}

fn mail(row: &Row<'_>) -> Result<Mail> {
    Ok(Mail {
        kind: row.get("kind")?,
        booking: row.get("booking_id")?,
        reservation: row.get("reservation_id")?,
        language: row.get("language")?,
        issue: row.get("issue")?,
        day: row.get("day")?,
    })
}

/// Puts a mail into the outbox, in the transaction of its fact.
pub(crate) fn enqueue(tx: &mut Tx<'_>, act: &Act, recorded: &Recorded, mail: &Mail) -> Result<()> {
    let id: MailId = tx.id(act);
    let Mail { kind, booking, reservation, language, issue, day } = mail;
    tx.execute_one(
        &ENQUEUE,
        bind![id, kind, booking, reservation, language, issue, day, recorded.entry(), act.at],
    )
}

/// Takes the next mail that is due, if this node may send.
pub fn claim(tx: &mut Tx<'_>, holder: &str, now: Timestamp) -> Result<Option<Claimed>> {
    let until = now.saturating_add(LEASE).unwrap_or(now);
    tx.execute(&FIRST, bind![holder, until])?;
    if tx.execute(&TAKE, bind![holder, until, now])? == 0 {
        return Ok(None);
    }
    let fence: i64 = tx.one(&FENCE, bind![holder], |row| row.get("fence"))?;
    let found = tx.row(&DUE, bind![now], |row| {
        Ok((row.get::<MailId>("id")?, mail(row)?, row.get::<u32>("attempts")? + 1))
    })?;
    let Some((id, mail, attempts)) = found else { return Ok(None) };
    tx.execute_one(&CLAIM, bind![fence, until, id])?;
    Ok(Some(Claimed { id, mail, attempts, fence }))
}

/// The mail was taken by a server, or there was nothing to send any more. Whoever lost the lease meanwhile changes
/// nothing.
pub fn done(tx: &mut Tx<'_>, claimed: &Claimed, state: State, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&END, bind![state, None::<u16>, now, claimed.id, claimed.fence])? > 0)
}

/// The mail is tried again at an instant. `counts`: the attempt was one at this mail; otherwise the server was not
/// there for any mail.
pub fn later(
    tx: &mut Tx<'_>,
    claimed: &Claimed,
    due: Timestamp,
    reply: Option<u16>,
    counts: bool,
) -> Result<bool> {
    let attempts = if counts { claimed.attempts } else { claimed.attempts.saturating_sub(1) };
    Ok(tx.execute(&LATER, bind![due, attempts, reply, claimed.id, claimed.fence])? > 0)
}

/// The mail will not arrive: the citizen's page and the journal say it.
pub fn bounce(tx: &mut Tx<'_>, act: &Act, claimed: &Claimed, reply: Option<u16>) -> Result<bool> {
    if tx.execute(&END, bind![State::Bounced, reply, act.at, claimed.id, claimed.fence])? == 0 {
        return Ok(false);
    }
    let Mail { kind, booking, .. } = claimed.mail;
    tx.record(act, &Entry::MailBounced { reservation: booking, what: kind, reply })?;
    Ok(true)
}

/// Since when the oldest mail is due: how far the job is behind.
pub fn oldest_due(reader: &mut Reader<'_>) -> Result<Option<Timestamp>> {
    reader.row(&OLDEST, bind![], |row| row.get("due"))
}

/// Whether the last mail of a booking did not arrive.
pub fn last_bounced(reader: &mut Reader<'_>, booking: ReservationId) -> Result<bool> {
    let last: Option<State> = reader.row(&LAST_OF, bind![booking], |row| row.get("state"))?;
    Ok(last == Some(State::Bounced))
}
