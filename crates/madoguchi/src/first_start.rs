//! What a new database is given at its first start: rules, the city's decision, places, and one administrator.
//!
//! Every step looks first whether it was done, so a start that broke off is finished by the next one.

use domain::id::{Id as _, PlaceId, RuleId};
use domain::journal::Actor;
use domain::permission::Role;
use domain::place::PlaceKind;
use domain::profile::{Decision, Profile, ProfileError, ProfileRule};
use domain::rules::{Rule, RuleBody, RuleSet};
use domain::service::SiteCode;
use domain::time::day_of;
use jiff::Timestamp;
use jiff::civil::Date;
use store::person::{Grant, PersonError};
use store::{Act, Db, Lane, Tx, privacy};
use web::kit::clock::{Chance, new_id};
use web::password::{HashError, hash_now};

/// The administrator's login.
pub const ADMINISTRATOR: &str = "kanri";

/// The places that every site has once.
const ONCE: [(PlaceKind, &str); 7] = [
    (PlaceKind::Desk, "検品机"),
    (PlaceKind::Tray, "当日トレイ"),
    (PlaceKind::Counter, "窓口"),
    (PlaceKind::City, "市（市民課）"),
    (PlaceKind::Post, "郵便"),
    (PlaceKind::Citizen, "市民"),
    (PlaceKind::Missing, "所在不明"),
];

/// Cabinets in the room, shelves in a cabinet, boxes on a shelf.
const STORAGE: (u32, u32, u32) = (3, 4, 8);

/// A new database was not given what it needs.
#[derive(Debug, thiserror::Error)]
pub enum FirstStartError {
    /// The profile is wrong.
    #[error("the profile cannot be used: {0}")]
    Profile(#[from] ProfileError),
    /// No account could be made.
    #[error(transparent)]
    Person(#[from] PersonError),
    /// No password could be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Who seeds, when, and with which chance.
pub struct Seeding<'a> {
    /// The database.
    pub db: &'a Db,
    /// The instant.
    pub now: Timestamp,
    /// Where ids and passwords come from.
    pub chance: &'a dyn Chance,
}

/// Somebody's first password, shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTime {
    /// The login.
    pub login: String,
    /// The password; it must be changed at the first sign-in.
    pub password: String,
}

impl Seeding<'_> {
    /// Describes an act at the command line.
    pub fn act(&self) -> Act {
        let mut seed = [0; 16];
        self.chance.fill(&mut seed);
        Act::new(self.now, Actor::Command, seed)
    }

    /// Gives the database rules, decision and places, as far as they are missing, and answers its rules.
    pub fn house(&self, profile: &Profile) -> Result<RuleSet, FirstStartError> {
        let mut rules = self.db.read_now(store::rules::load)?;
        if rules.rules().is_empty() {
            let (act, first) = (self.act(), rules_of(profile.rules()?, self.now, self.chance));
            self.db.write_now(Lane::Background, move |tx| store::rules::apply(tx, &act, &first))?;
            rules = self.db.read_now(store::rules::load)?;
            tracing::info!(rules = rules.rules().len(), "seeded the rules from the profile");
        }
        self.decide(profile)?;
        for site in sites(&rules) {
            self.places(&site)?;
            self.supplies(&site)?;
        }
        Ok(rules)
    }

    fn decide(&self, profile: &Profile) -> Result<(), store::Error> {
        let entry = &profile.ledger.notice_number;
        let decision = privacy::Decision {
            field: privacy::NOTICE_NUMBER.to_owned(),
            agreed: entry.decision == Decision::Agreed,
            decided_by: entry.by.clone(),
            decided_on: entry.on,
            retention_days: None,
        };
        let act = self.act();
        self.db.write_now(Lane::Background, move |tx| {
            // What the city decided since is not overwritten by the profile.
            match privacy::decided(tx, privacy::NOTICE_NUMBER)? {
                Some(_) => Ok(()),
                None => privacy::decide(tx, &act, &decision),
            }
        })
    }

    fn supplies(&self, site: &SiteCode) -> Result<(), store::Error> {
        let (act, site) = (self.act(), site.clone());
        let begun = self.db.write_now(Lane::Background, move |tx| store::supply::begin(tx, &act, &site));
        begun.map_err(|error| match error {
            store::supply::SupplyError::Store(error) => error,
            // A site without kinds has none of their names either.
            other => store::Error::Broken(other.to_string()),
        })
    }

    fn places(&self, site: &SiteCode) -> Result<(), store::Error> {
        let (act, site) = (self.act(), site.clone());
        self.db.write_now(Lane::Background, move |tx| {
            for (kind, name) in ONCE {
                if store::place::of_kind(tx, &site, kind)?.is_empty() {
                    store::place::create(tx, &act, &site, kind, name, None)?;
                }
            }
            if store::place::of_kind(tx, &site, PlaceKind::Room)?.is_empty() {
                storage(tx, &act, &site)
            } else {
                Ok(())
            }
        })
    }

    /// Makes the administrator of a database that has nobody yet.
    pub fn administrator(&self) -> Result<Option<OneTime>, FirstStartError> {
        if self.db.read_now(store::person::any)? {
            return Ok(None);
        }
        let password = password(self.chance);
        let hash = hash_now(&password, &salt(self.chance))?;
        let (act, from) = (self.act(), day_of(self.now));
        self.db.write_now(Lane::Background, move |tx| {
            let new = NewPerson {
                login: ADMINISTRATOR,
                name: "システム管理者",
                role: Role::SystemAdministrator,
                from,
            };
            create(tx, &act, &new, &hash, true).map(drop)
        })?;
        Ok(Some(OneTime { login: ADMINISTRATOR.to_owned(), password }))
    }
}

impl Seeding<'_> {
    /// Gives somebody a new one-time password from the machine, for whom nobody with an account can help: the only
    /// administrator who forgot theirs. Their sessions end, and the journal says that it was done at the machine.
    pub fn new_password(&self, login: &str) -> Result<OneTime, FirstStartError> {
        let password = password(self.chance);
        let hash = hash_now(&password, &salt(self.chance))?;
        let (act, wanted) = (self.act(), login.to_owned());
        self.db.write_now(Lane::Staff, move |tx| {
            let person = store::person::by_login(tx, &wanted)?.filter(|person| !person.ended);
            let Some(person) = person else { return Err(PersonError::NotFound) };
            Ok(store::person::set_password(tx, &act, person.id, &hash, true, None)?)
        })?;
        Ok(OneTime { login: login.to_owned(), password })
    }
}

/// An account to be made, with its first role at every site.
#[derive(Debug, Clone, Copy)]
pub struct NewPerson {
    /// What they type to sign in.
    pub login: &'static str,
    /// How screens name them.
    pub name: &'static str,
    /// Their role.
    pub role: Role,
    /// From which day it holds.
    pub from: Date,
}

/// Makes an account with its role.
pub fn create(
    tx: &mut Tx<'_>,
    act: &Act,
    new: &NewPerson,
    hash: &str,
    must_change: bool,
) -> Result<domain::id::PersonId, PersonError> {
    let person = store::person::create(tx, act, new.login, new.name, hash, must_change)?;
    let grant = Grant { person, role: new.role, site: None, from: new.from, until: None };
    store::person::grant_role(tx, act, &grant)?;
    Ok(person)
}

/// Rules with their ids, in their first version.
pub fn rules_of(rules: Vec<ProfileRule>, now: Timestamp, chance: &dyn Chance) -> Vec<Rule> {
    rules
        .into_iter()
        .map(|rule| Rule {
            id: new_id(now, chance, RuleId::from_parts),
            version: 1,
            valid_from: rule.valid_from,
            valid_until: rule.valid_until,
            body: rule.body,
            agreement: rule.agreement,
        })
        .collect()
}

/// Every site that a rule describes, whenever it is valid.
pub fn sites(rules: &RuleSet) -> Vec<SiteCode> {
    let mut sites: Vec<SiteCode> = rules
        .rules()
        .iter()
        .filter_map(|rule| if let RuleBody::Site(site) = &rule.body { Some(site.code.clone()) } else { None })
        .collect();
    sites.sort();
    sites.dedup();
    sites
}

fn storage(tx: &mut Tx<'_>, act: &Act, site: &SiteCode) -> Result<(), store::Error> {
    let place = |tx: &mut Tx<'_>, kind, name: String, parent: Option<PlaceId>| {
        store::place::create(tx, act, site, kind, &name, parent)
    };
    let room = place(tx, PlaceKind::Room, "保管室".to_owned(), None)?;
    let (cabinets, shelves, boxes) = STORAGE;
    for cabinet in 1..=cabinets {
        let in_room = place(tx, PlaceKind::Cabinet, format!("キャビネット{cabinet}"), Some(room))?;
        for shelf in 1..=shelves {
            let in_cabinet = place(tx, PlaceKind::Shelf, format!("棚{cabinet}-{shelf}"), Some(in_room))?;
            for number in 1..=boxes {
                place(tx, PlaceKind::Box, format!("箱{cabinet}-{shelf}-{number}"), Some(in_cabinet))?;
            }
        }
    }
    Ok(())
}

/// A password that can be read out and typed: four groups of four, 75 bits.
pub fn password(chance: &dyn Chance) -> String {
    // Without letters and digits that look alike; 27 signs.
    const SIGNS: &[u8; 27] = b"abcdefghjkmnpqrstuvwxyz2345";
    let mut text = String::new();
    let mut bits = [0; 1];
    while text.len() < 19 {
        if text.len() % 5 == 4 {
            text.push('-');
            continue;
        }
        chance.fill(&mut bits);
        // Values above the last whole round of signs would make the first ones likelier.
        if let Some(sign) = SIGNS.get(usize::from(bits[0]) % 32) {
            text.push(char::from(*sign));
        }
    }
    text
}

/// A salt for one password.
pub fn salt(chance: &dyn Chance) -> [u8; 16] {
    let mut salt = [0; 16];
    chance.fill(&mut salt);
    salt
}

#[cfg(test)]
mod tests {
    use web::kit::clock::SeededChance;

    use super::*;

    fn profile() -> Profile {
        toml::from_str(include_str!("../../../profiles/suita.toml")).unwrap()
    }

    #[test]
    fn r4_g_a_first_start_makes_one_administrator_and_a_second_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::sqlite(&folder.path().join("db")).unwrap();
        let chance = SeededChance::new(1);
        let seeding = Seeding { db: &db, now: "2026-11-24T00:00:00Z".parse().unwrap(), chance: &chance };
        let rules = seeding.house(&profile()).unwrap();
        let once = seeding.administrator().unwrap().unwrap();
        assert!(once.password.len() >= web::password::SHORTEST);
        let epoch = rules.epoch();
        assert_eq!(seeding.house(&profile()).unwrap().epoch(), epoch);
        assert_eq!(seeding.administrator().unwrap(), None);
        let site = sites(&rules).pop().unwrap();
        let people = db.read_now(store::person::list).unwrap();
        assert_eq!(people.len(), 1);
        assert!(people[0].0.must_change);
        let boxes = db.read_now(move |reader| store::place::of_kind(reader, &site, PlaceKind::Box)).unwrap();
        assert_eq!(boxes.len(), 96);
        assert!(boxes.iter().all(|place| place.label.is_some()));
    }

    #[test]
    fn r4_g_who_is_locked_out_gets_a_new_password_at_the_machine() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::sqlite(&folder.path().join("db")).unwrap();
        let chance = SeededChance::new(1);
        let seeding = Seeding { db: &db, now: "2026-11-24T00:00:00Z".parse().unwrap(), chance: &chance };
        seeding.administrator().unwrap();
        let find = || db.read_now(|reader| store::person::by_login(reader, ADMINISTRATOR)).unwrap().unwrap();
        let before = find();
        let given = seeding.new_password(ADMINISTRATOR).unwrap();
        let after = find();
        assert!(after.must_change && before.password != after.password);
        let pool = web::password::Passwords::new(1);
        let opens = pool.verify(given.password, Some(after.password));
        assert!(crate::serve::runtime().unwrap().block_on(opens));
        let nobody = seeding.new_password("nobody").unwrap_err();
        assert!(matches!(nobody, FirstStartError::Person(PersonError::NotFound)));
    }

    #[test]
    fn passwords_are_read_aloud_in_fours() {
        let text = password(&SeededChance::new(3));
        assert_eq!(text.len(), 19);
        assert!(text.split('-').all(|group| group.len() == 4));
        assert_ne!(text, password(&SeededChance::new(4)));
    }
}
