//! People with accounts: sign-in, sessions, and roles granted per site and period (11(4)キ).
//!
//! Passwords are checked outside, in a bounded pool; here stands only the hash.

use domain::id::{PersonId, SessionId};
use domain::journal::{Ending, Entry};
use domain::permission::{Permission, Role};
use domain::service::SiteCode;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::act::Act;
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

statements! { "person":
    INSERT = "INSERT INTO person (id, login, name, password, must_change, failures, ended, version)
        VALUES ($1, $2, $3, $4, $5, 0, 0, 1) ON CONFLICT (login) DO NOTHING";
    BY_LOGIN = "SELECT id, login, name, password, must_change, failures, locked_until, ended, version
        FROM person WHERE login = $1";
    FIND = "SELECT id, login, name, password, must_change, failures, locked_until, ended, version
        FROM person WHERE id = $1";
    LIST = "SELECT id, login, name, password, must_change, failures, locked_until, ended, version
        FROM person ORDER BY login";
    SET_PASSWORD = "UPDATE person SET password = $1, must_change = $2, failures = 0, locked_until = NULL,
        version = version + 1 WHERE id = $3";
    FAILED = "UPDATE person SET failures = $1, locked_until = $2 WHERE id = $3";
    SUCCEEDED = "UPDATE person SET failures = 0, locked_until = NULL WHERE id = $1";
    END = "UPDATE person SET ended = 1, version = version + 1 WHERE id = $1 AND version = $2";
    GRANT = "INSERT INTO role_grant (entry_id, person_id, role, site, from_day, until_day)
        VALUES ($1, $2, $3, $4, $5, $6)";
    GRANTS = "SELECT entry_id, person_id, role, site, from_day, until_day FROM role_grant
        WHERE person_id = $1 AND ended_by IS NULL ORDER BY entry_id";
    ALL_GRANTS = "SELECT entry_id, person_id, role, site, from_day, until_day FROM role_grant
        WHERE ended_by IS NULL ORDER BY entry_id";
    END_GRANT = "UPDATE role_grant SET ended_by = $1 WHERE person_id = $2 AND role = $3 AND ended_by IS NULL";
    OPEN_SESSION = "INSERT INTO session (id, secret, person_id, began, seen, ends) VALUES ($1, $2, $3, $4, $4, $5)";
    SESSION = "SELECT s.id AS id, s.secret AS secret, s.person_id AS person_id, s.seen AS seen, s.ends AS ends,
        p.name AS name, p.must_change AS must_change
        FROM session s JOIN person p ON p.id = s.person_id
        WHERE s.id = $1 AND s.ended IS NULL AND p.ended = 0";
    SEEN = "UPDATE session SET seen = $1 WHERE id = $2 AND ended IS NULL";
    CLOSE = "UPDATE session SET ended = $1 WHERE id = $2 AND ended IS NULL";
    OPEN_OF = "SELECT id FROM session WHERE person_id = $1 AND ended IS NULL ORDER BY id";
    NAMES = "SELECT id, name FROM person ORDER BY id";
    ANY = "SELECT id FROM person ORDER BY id LIMIT 1";
    HOLDERS = "SELECT COUNT(*) AS n FROM role_grant g JOIN person p ON p.id = g.person_id
        WHERE g.role = $1 AND g.ended_by IS NULL AND p.ended = 0";
}

/// Failures in a row after which an account is locked.
pub const FAILURES: u32 = 5;

/// How long it stays locked.
pub const LOCK: SignedDuration = SignedDuration::from_mins(15);

/// How long a session may stand idle.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);

/// A person with an account.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// What they type to sign in.
    pub login: String,
    /// How screens and lists name them.
    pub name: String,
    /// The hash of their password, as a PHC string.
    pub password: String,
    /// Whether they must choose a password before anything else.
    pub must_change: bool,
    /// Failed sign-ins in a row.
    pub failures: u32,
    /// Until when the account is locked.
    pub locked_until: Option<Timestamp>,
    /// Whether the account has ended.
    pub ended: bool,
    /// Rises with every change.
    pub version: u32,
}

/// A role granted to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// To whom.
    pub person: PersonId,
    /// Which role.
    pub role: Role,
    /// At which site; `None` means every site.
    pub site: Option<SiteCode>,
    /// From which day.
    pub from: Date,
    /// Until which day, inclusive.
    pub until: Option<Date>,
}

impl Grant {
    /// Whether the grant holds on a day at a site.
    pub fn holds(&self, day: Date, site: &SiteCode) -> bool {
        self.from <= day
            && self.until.is_none_or(|until| day <= until)
            && self.site.as_ref().is_none_or(|granted| granted == site)
    }
}

/// A session with what its person may do today.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// SHA-256 of the secret in the cookie.
    pub secret: [u8; 32],
    /// Whose.
    pub person: PersonId,
    /// How screens name them.
    pub name: String,
    /// Whether they must choose a password before anything else.
    pub must_change: bool,
    /// When it was last used.
    pub seen: Timestamp,
    /// When it ends at the latest: the end of the day.
    pub ends: Timestamp,
    /// Their grants, whatever the day.
    pub grants: Vec<Grant>,
}

impl Session {
    /// The roles that hold on a day at a site.
    pub fn roles(&self, day: Date, site: &SiteCode) -> Vec<Role> {
        let mut roles: Vec<Role> =
            self.grants.iter().filter(|grant| grant.holds(day, site)).map(|grant| grant.role).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// Whether the person may do something on a day at a site.
    pub fn may(&self, permission: Permission, day: Date, site: &SiteCode) -> bool {
        self.grants.iter().any(|grant| grant.holds(day, site) && grant.role.may(permission))
    }

    /// Whether the session is over by now.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.ends || now.duration_since(self.seen) > IDLE
    }
}

/// Why an account was not made or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PersonError {
    /// The login is taken.
    #[error("the login is taken")]
    LoginTaken,
    /// There is no such person, or they were changed by somebody else.
    #[error("no such person")]
    NotFound,
    /// The person who acts does not decide on this role, on this account, or on their own.
    #[error("not theirs to decide")]
    NotTheirs,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn person(row: &Row<'_>) -> Result<Person> {
    Ok(Person {
        id: row.get("id")?,
        login: row.get("login")?,
        name: row.get("name")?,
        password: row.get("password")?,
        must_change: row.get("must_change")?,
        failures: row.get("failures")?,
        locked_until: row.get("locked_until")?,
        ended: row.get("ended")?,
        version: row.get("version")?,
    })
}

fn grant(row: &Row<'_>) -> Result<Grant> {
    Ok(Grant {
        person: row.get("person_id")?,
        role: row.get("role")?,
        site: row.get("site")?,
        from: row.get("from_day")?,
        until: row.get("until_day")?,
    })
}

/// Whether there is any account yet.
pub fn any(reader: &mut Reader<'_>) -> Result<bool> {
    Ok(reader.row(&ANY, bind![], |row| row.get::<PersonId>("id"))?.is_some())
}

/// Makes an account. `password` is a PHC string.
pub fn create(
    tx: &mut Tx<'_>,
    act: &Act,
    login: &str,
    name: &str,
    password: &str,
    must_change: bool,
) -> Result<PersonId, PersonError> {
    let id: PersonId = tx.id(act);
    if tx.execute(&INSERT, bind![id, login, name, password, must_change])? == 0 {
        return Err(PersonError::LoginTaken);
    }
    tx.record(act, &Entry::PersonCreated { person: id })?;
    Ok(id)
}

/// A person by login.
pub fn by_login(reader: &mut Reader<'_>, login: &str) -> Result<Option<Person>> {
    reader.row(&BY_LOGIN, bind![login], person)
}

/// A person by id.
pub fn find(reader: &mut Reader<'_>, id: PersonId) -> Result<Option<Person>> {
    reader.row(&FIND, bind![id], person)
}

/// Everybody, by login, with their grants.
pub fn list(reader: &mut Reader<'_>) -> Result<Vec<(Person, Vec<Grant>)>> {
    let people = reader.rows(&LIST, bind![], person)?;
    let grants = reader.rows(&ALL_GRANTS, bind![], grant)?;
    Ok(people
        .into_iter()
        .map(|person| {
            let own = grants.iter().filter(|grant| grant.person == person.id).cloned().collect();
            (person, own)
        })
        .collect())
}

/// The grants of a person that were not ended, whatever their days.
pub fn grants(reader: &mut Reader<'_>, id: PersonId) -> Result<Vec<Grant>> {
    reader.rows(&GRANTS, bind![id], grant)
}

/// Everybody's name, also of those whose account has ended; for screens that tell who did something.
pub fn names(reader: &mut Reader<'_>) -> Result<Vec<(PersonId, String)>> {
    reader.rows(&NAMES, bind![], |row| Ok((row.get("id")?, row.get("name")?)))
}

/// Refuses who may not decide on a role: nobody decides on their own account, and each role grants those of
/// [`Role::grants`]. `roles` are those that the person who acts has here today.
pub fn may_decide(
    reader: &mut Reader<'_>,
    by: PersonId,
    roles: &[Role],
    on: PersonId,
    role: Role,
) -> Result<(), PersonError> {
    if by == on {
        return Err(PersonError::NotTheirs);
    }
    if roles.iter().any(|own| own.grants().contains(&role)) {
        return Ok(());
    }
    let begins = roles.iter().any(|own| own.begins_with() == Some(role));
    if begins && reader.one(&HOLDERS, bind![role], |row| row.get::<u32>("n"))? == 0 {
        return Ok(());
    }
    Err(PersonError::NotTheirs)
}

/// Refuses who may not keep somebody's account: a new password or an end of it decides on every role that the account
/// has.
pub fn may_keep(
    reader: &mut Reader<'_>,
    by: PersonId,
    roles: &[Role],
    on: PersonId,
) -> Result<(), PersonError> {
    if by == on {
        return Err(PersonError::NotTheirs);
    }
    let keeps = |grant: &Grant| roles.iter().any(|own| own.grants().contains(&grant.role));
    if grants(reader, on)?.iter().all(keeps) { Ok(()) } else { Err(PersonError::NotTheirs) }
}

/// Grants a role.
pub fn grant_role(tx: &mut Tx<'_>, act: &Act, granted: &Grant) -> Result<()> {
    let entry = Entry::RoleGranted {
        person: granted.person,
        role: granted.role,
        site: granted.site.clone(),
        from: granted.from,
        until: granted.until,
    };
    let recorded = tx.record(act, &entry)?;
    tx.execute_one(
        &GRANT,
        bind![recorded.entry(), granted.person, granted.role, granted.site, granted.from, granted.until],
    )
}

/// Ends a role of a person.
pub fn end_role(tx: &mut Tx<'_>, act: &Act, id: PersonId, role: Role) -> Result<(), PersonError> {
    let recorded = tx.record(act, &Entry::RoleEnded { person: id, role })?;
    if tx.execute(&END_GRANT, bind![recorded.entry(), id, role])? == 0 {
        return Err(PersonError::NotFound);
    }
    Ok(())
}

/// Sets a password (a PHC string) and ends every session of the person but one.
pub fn set_password(
    tx: &mut Tx<'_>,
    act: &Act,
    id: PersonId,
    password: &str,
    must_change: bool,
    but: Option<SessionId>,
) -> Result<()> {
    tx.record(act, &Entry::PasswordSet { person: id })?;
    tx.execute_one(&SET_PASSWORD, bind![password, must_change, id])?;
    close_all(tx, act, id, but)
}

/// Ends an account and all of its sessions.
pub fn end(tx: &mut Tx<'_>, act: &Act, id: PersonId, version: u32) -> Result<(), PersonError> {
    if tx.execute(&END, bind![id, version])? == 0 {
        return Err(PersonError::NotFound);
    }
    for role in Role::ALL {
        let held = tx.rows(&GRANTS, bind![id], grant)?.iter().any(|grant| grant.role == *role);
        if held {
            end_role(tx, act, id, *role)?;
        }
    }
    Ok(close_all(tx, act, id, None)?)
}

fn close_all(tx: &mut Tx<'_>, act: &Act, id: PersonId, but: Option<SessionId>) -> Result<()> {
    let open: Vec<SessionId> = tx.rows(&OPEN_OF, bind![id], |row| row.get("id"))?;
    for session in open.into_iter().filter(|session| Some(*session) != but) {
        close(tx, act, id, session, Ending::Revoked)?;
    }
    Ok(())
}

/// Writes down a failed sign-in; the fifth in a row locks the account. Answers whether it is locked now.
pub fn sign_in_failed(tx: &mut Tx<'_>, act: &Act, id: PersonId) -> Result<bool> {
    let Some(person) = find(tx, id)? else { return Ok(false) };
    let failures = person.failures + 1;
    let locked = failures >= FAILURES;
    tx.record(act, &Entry::SignInRefused { person: id, locked })?;
    let until = if locked { Some(act.at.saturating_add(LOCK).unwrap_or(act.at)) } else { None };
    // A lock that ran out begins the count anew.
    let failures = if locked { 0 } else { failures };
    tx.execute_one(&FAILED, bind![failures, until.or(person.locked_until), id])?;
    Ok(locked)
}

/// Opens a session that ends with the day at the latest. `secret` is SHA-256 of what the cookie holds.
pub fn sign_in(
    tx: &mut Tx<'_>,
    act: &Act,
    id: PersonId,
    secret: &[u8; 32],
    ends: Timestamp,
) -> Result<SessionId> {
    let session: SessionId = tx.id(act);
    tx.record(act, &Entry::SignedIn { person: id, session })?;
    tx.execute_one(&SUCCEEDED, bind![id])?;
    tx.execute_one(&OPEN_SESSION, bind![session, secret, id, act.at, ends])?;
    Ok(session)
}

/// A session that has not been ended, with its person's grants. Whether it is over, the caller asks it.
pub fn session(reader: &mut Reader<'_>, id: SessionId) -> Result<Option<Session>> {
    let found = reader.row(&SESSION, bind![id], |row| {
        Ok(Session {
            id: row.get("id")?,
            secret: row.get("secret")?,
            person: row.get("person_id")?,
            name: row.get("name")?,
            must_change: row.get("must_change")?,
            seen: row.get("seen")?,
            ends: row.get("ends")?,
            grants: Vec::new(),
        })
    })?;
    let Some(mut found) = found else { return Ok(None) };
    found.grants = reader.rows(&GRANTS, bind![found.person], grant)?;
    Ok(Some(found))
}

/// Notes that a session was used. Called at most once a minute, so it is no part of the journal.
pub fn seen(tx: &mut Tx<'_>, id: SessionId, now: Timestamp) -> Result<()> {
    tx.execute(&SEEN, bind![now, id]).map(drop)
}

/// Ends a session. Ending it twice is the same as once.
pub fn close(tx: &mut Tx<'_>, act: &Act, person: PersonId, session: SessionId, ending: Ending) -> Result<()> {
    if tx.execute(&CLOSE, bind![act.at, session])? == 1 {
        tx.record(act, &Entry::SignedOut { person, session, ending })?;
    }
    Ok(())
}
