//! The accounts of a demo: one for each role, with passwords that are made anew at each start.

use domain::journal::Actor;
use domain::permission::Role;
use domain::rules::RuleSet;
use jiff::civil::{Date, date};
use serde::Serialize;
use store::Lane;
use store::person::PersonError;
use web::password::hash_now;

use crate::first_start::{FirstStartError, NewPerson, Seeding, create, password, salt};

/// Login, name and role of everybody.
pub(super) const EVERYBODY: [(&str, &str, Role); 6] = [
    ("uketsuke", "見本 受子", Role::Operator),
    ("sekinin", "見本 責任", Role::PersonInCharge),
    ("shi", "市民課 架空", Role::CityStaff),
    ("shikanri", "市民課 仮名", Role::CityAdministrator),
    ("kansa", "例示 監査", Role::Auditor),
    ("system", "試験 管理", Role::SystemAdministrator),
];

/// Somebody who may sign in.
#[derive(Debug, Clone, Serialize)]
pub struct DemoPerson {
    /// The role, as a code.
    pub role: Role,
    /// The login.
    pub login: &'static str,
    /// The password of this start.
    pub password: String,
}

/// Makes the accounts that are missing and gives everybody a new password.
pub(super) fn settle(seeding: &Seeding<'_>, rules: &RuleSet) -> Result<Vec<DemoPerson>, FirstStartError> {
    // Roles hold as long as rules do, so that a story may set its clock anywhere among them.
    let from: Date = rules.rules().iter().map(|rule| rule.valid_from).min().unwrap_or(date(2024, 4, 1));
    let passwords: Vec<String> =
        EVERYBODY.iter().map(|_| format!("demo-{}", password(seeding.chance))).collect();
    let salts: Vec<[u8; 16]> = EVERYBODY.iter().map(|_| salt(seeding.chance)).collect();
    // Hashing is slow on purpose, so all are hashed at once.
    let hashes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = passwords
            .iter()
            .zip(&salts)
            .map(|(password, salt)| scope.spawn(move || hash_now(password, salt)))
            .collect();
        threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut people = Vec::new();
    for ((hash, password), (login, name, role)) in hashes.into_iter().zip(passwords).zip(EVERYBODY) {
        let hash = match hash {
            Ok(hash) => hash?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        let act = seeding.act();
        seeding.db.write_now(Lane::Background, move |tx| match store::person::by_login(tx, login)? {
            Some(known) => Ok(store::person::set_password(tx, &act, known.id, &hash, false, None)?),
            None => create(tx, &act, &NewPerson { login, name, role, from }, &hash, false).map(drop),
        })?;
        people.push(DemoPerson { role, login, password });
    }
    Ok(people)
}

/// Who acts in a demo city's past.
#[derive(Debug, Clone, Copy)]
pub(super) struct Staff {
    pub(super) operator: Actor,
    pub(super) person_in_charge: Actor,
    pub(super) city: Actor,
}

impl Staff {
    pub(super) fn find(db: &store::Db) -> Result<Self, PersonError> {
        let find = |login: &'static str| {
            let person = db.read_now(move |reader| store::person::by_login(reader, login))?;
            person.map(|person| Actor::Person(person.id)).ok_or(PersonError::NotFound)
        };
        Ok(Self { operator: find("uketsuke")?, person_in_charge: find("sekinin")?, city: find("shi")? })
    }
}
