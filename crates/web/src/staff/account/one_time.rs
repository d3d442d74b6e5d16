//! One-time passwords: shown once on the screen of who made them, and never stored.
//!
//! They are derived from the operation that made them, so that a second press of the same button shows the same
//! password, and nobody else can have it shown.

use domain::id::{OperationId, PersonId};
use store::keys::Keys;

use crate::App;
use crate::kit::PageError;

/// Signs that nobody mistakes for another when they are read aloud or copied by hand.
const SIGNS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The same without digits. Each group begins with one, so that a password never looks like a row of twelve
/// digits, which every form of ours refuses.
const LETTERS: &[u8] = SIGNS.split_at(10).1;

/// The password of an operation: three groups of four signs, some 57 bits.
pub(super) fn of(app: &App, operation: OperationId) -> Result<String, PageError> {
    let (_, set) = app.keys.newest()?;
    Ok(spelled(&Keys::one_time(set, operation)))
}

fn spelled(bits: &[u8; 32]) -> String {
    let groups: Vec<String> = bits[..12].chunks(4).map(group).collect();
    groups.join("-")
}

fn group(bits: &[u8]) -> String {
    let sign = |(at, bits): (usize, &u8)| {
        let signs = if at == 0 { LETTERS } else { SIGNS };
        char::from(signs[usize::from(*bits) % signs.len()])
    };
    bits.iter().enumerate().map(sign).collect()
}

/// Hashes a password for the database.
pub(super) async fn hash(app: &App, password: &str) -> Result<String, PageError> {
    let mut salt = [0; 16];
    app.chance.fill(&mut salt);
    app.passwords.hash(password.to_owned(), salt).await.map_err(PageError::internal)
}

/// Whether the password still opens the account: not after the person chose their own, or got another one.
pub(super) async fn holds(app: &App, id: PersonId, password: &str) -> Result<bool, PageError> {
    let person = app.db.read(move |reader| store::person::find(reader, id)).await?;
    let Some(person) = person.filter(|person| person.must_change && !person.ended) else { return Ok(false) };
    Ok(app.passwords.verify(password.to_owned(), Some(person.password)).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::SHORTEST;

    #[test]
    fn r4_b_a_one_time_password_is_no_row_of_digits() {
        for seed in 0..=255 {
            let password = spelled(&[seed; 32]);
            assert!(password.chars().count() >= SHORTEST, "{password}");
            assert_eq!(domain::guard::worst(&password), None, "{password}");
        }
    }
}
