//! Mails that wait to be sent: put here in the transaction of their fact, sent by a job afterwards.
//!
//! A row holds ids only. One node sends at a time, by a lease with a fencing number; a row that a node took and did
//! not finish comes up again when its lease is over. So a mail is sent **at least once**, always under the same
//! Message-ID, which is made of the row's id.

use domain::id::{MailId, ReservationId};
use domain::journal::Entry;
use domain::mail::{Kind, Reply, State};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::act::Act;
use crate::error::Result;
use crate::journal::Recorded;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

pub mod failed;

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
    END = "UPDATE outbox SET state = $1, reply = $2, status = $3, ended_at = $4
        WHERE id = $5 AND fence = $6 AND state = 'waiting'";
    LATER = "UPDATE outbox SET due = $1, attempts = $2, reply = $3, status = $4
        WHERE id = $5 AND fence = $6 AND state = 'waiting'";
    OLDEST = "SELECT due FROM outbox WHERE state = 'waiting' ORDER BY due, id LIMIT 1";
    LAST_OF = "SELECT state FROM outbox WHERE booking_id = $1 ORDER BY id DESC LIMIT 1";
    OF_BOOKING = "SELECT o.id AS id, o.kind AS kind, o.state AS state, o.due AS due, o.attempts AS attempts,
        o.reply AS reply, o.status AS status, o.ended_at AS ended_at, o.settled_at AS settled_at, o.issue AS issue,
        j.at AS at FROM outbox o JOIN journal j ON j.id = o.entry_id WHERE o.booking_id = $1
        ORDER BY o.id DESC LIMIT $2";
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
/// nothing. What did not arrive before needs nobody any more once a later mail of the booking did.
pub fn done(tx: &mut Tx<'_>, claimed: &Claimed, state: State, now: Timestamp) -> Result<bool> {
    if !ended(tx, claimed, state, None, now)? {
        return Ok(false);
    }
    if state == State::Sent {
        failed::settle(tx, claimed.mail.booking, now)?;
    }
    Ok(true)
}

fn ended(
    tx: &mut Tx<'_>,
    claimed: &Claimed,
    state: State,
    reply: Option<Reply>,
    now: Timestamp,
) -> Result<bool> {
    let (code, status) = parts(reply);
    Ok(tx.execute(&END, bind![state, code, status, now, claimed.id, claimed.fence])? > 0)
}

fn parts(reply: Option<Reply>) -> (Option<u16>, Option<domain::mail::Status>) {
    (reply.map(|reply| reply.code), reply.and_then(|reply| reply.status))
}

fn reply(row: &Row<'_>) -> Result<Option<Reply>> {
    let (code, status) = (row.get::<Option<u16>>("reply")?, row.get("status")?);
    Ok(code.map(|code| Reply { code, status }))
}

/// The mail is tried again at an instant. `counts`: the attempt was one at this mail; otherwise the server was not
/// there for any mail.
pub fn later(
    tx: &mut Tx<'_>,
    claimed: &Claimed,
    due: Timestamp,
    reply: Option<Reply>,
    counts: bool,
) -> Result<bool> {
    let attempts = if counts { claimed.attempts } else { claimed.attempts.saturating_sub(1) };
    let (code, status) = parts(reply);
    Ok(tx.execute(&LATER, bind![due, attempts, code, status, claimed.id, claimed.fence])? > 0)
}

/// The mail will not arrive: the citizen's page, the staff's list and the journal say it.
pub fn bounce(tx: &mut Tx<'_>, act: &Act, claimed: &Claimed, reply: Option<Reply>) -> Result<bool> {
    if !ended(tx, claimed, State::Bounced, reply, act.at)? {
        return Ok(false);
    }
    let Mail { kind, booking, .. } = claimed.mail;
    let (code, status) = parts(reply);
    tx.record(act, &Entry::MailBounced { reservation: booking, what: kind, reply: code, status })?;
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

/// A mail of a booking, for those who look after it.
#[derive(Debug, Clone)]
pub struct OfBooking {
    /// Its id.
    pub id: MailId,
    /// What it says.
    pub kind: Kind,
    /// How it stands.
    pub state: State,
    /// When its fact happened.
    pub at: Timestamp,
    /// While it waits, when it is tried next.
    pub due: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// What the server answered last; none: nothing, or the mail was taken.
    pub reply: Option<Reply>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Of a mail that did not arrive, whether somebody is still needed for it.
    pub is_open: bool,
    /// To which address of the booking, counted from its first, it went.
    pub issue: u32,
}

/// The last mails of a booking, the latest first.
pub fn of_booking(reader: &mut Reader<'_>, booking: ReservationId, limit: u32) -> Result<Vec<OfBooking>> {
    reader.rows(&OF_BOOKING, bind![booking, limit], |row| {
        let state: State = row.get("state")?;
        let settled: Option<Timestamp> = row.get("settled_at")?;
        Ok(OfBooking {
            id: row.get("id")?,
            kind: row.get("kind")?,
            state,
            at: row.get("at")?,
            due: row.get("due")?,
            attempts: row.get("attempts")?,
            reply: reply(row)?,
            ended_at: row.get("ended_at")?,
            is_open: state == State::Bounced && settled.is_none(),
            issue: row.get("issue")?,
        })
    })
}
