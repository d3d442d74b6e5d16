//! Migrations: the same numbers for both engines, applied once each, never edited after they landed.
//!
//! What was applied is remembered with a checksum of its text; a database that knows another text, or a
//! number that this program does not know, is refused.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

struct Migration {
    number: i64,
    sqlite: &'static str,
    postgres: &'static str,
}

/// The two texts of a migration, read from the folders of the engines.
macro_rules! migration {
    ($number:literal, $file:literal) => {
        Migration {
            number: $number,
            sqlite: include_str!(concat!("../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../migrations/postgres/", $file)),
        }
    };
}

const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_house.sql"),
    migration!(2, "0002_lists_along_their_index.sql"),
    migration!(3, "0003_day_list.sql"),
    migration!(4, "0004_taking_over.sql"),
    migration!(5, "0005_lists_and_ways.sql"),
    migration!(6, "0006_incidents_and_questions.sql"),
    migration!(7, "0007_families.sql"),
    migration!(8, "0008_beyond_the_places.sql"),
    migration!(9, "0009_ledger.sql"),
    migration!(10, "0010_recalls.sql"),
    migration!(11, "0011_renewals.sql"),
    migration!(12, "0012_changes.sql"),
    migration!(13, "0013_mail.sql"),
    migration!(14, "0014_numbers_looked_up.sql"),
    migration!(15, "0015_failed_mails.sql"),
    migration!(16, "0016_arrangements.sql"),
    migration!(17, "0017_offers.sql"),
    migration!(18, "0018_places.sql"),
    migration!(19, "0019_wishes.sql"),
    migration!(20, "0020_place_keys.sql"),
    migration!(21, "0021_stocktaking.sql"),
    migration!(22, "0022_recalls_of_all_causes.sql"),
    migration!(23, "0023_since_when.sql"),
    migration!(24, "0024_register_checks.sql"),
    migration!(25, "0025_groups.sql"),
    migration!(26, "0026_incidents_told.sql"),
    migration!(27, "0027_desk.sql"),
    migration!(28, "0028_stuffing.sql"),
    migration!(29, "0029_notices.sql"),
    migration!(30, "0030_enclosures.sql"),
    migration!(31, "0031_mailed.sql"),
    migration!(32, "0032_reminders.sql"),
    migration!(33, "0033_disposals.sql"),
    migration!(34, "0034_supplies.sql"),
    migration!(35, "0035_positions.sql"),
];

/// The texts of all migrations for SQLite, in their order, for tests that look at the tables.
#[cfg(test)]
pub(crate) fn sqlite_texts() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.iter().map(|migration| migration.sqlite)
}

const TABLE_SQLITE: &str =
    "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, checksum TEXT NOT NULL) STRICT";
const TABLE_POSTGRES: &str =
    "CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, checksum TEXT NOT NULL)";

fn checksum(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// Which migrations are still to be applied, after a look at what is there.
fn missing(
    applied: &[(i64, String)],
    text: impl Fn(&Migration) -> &'static str,
) -> Result<Vec<&'static Migration>> {
    for (number, known) in applied {
        let Some(migration) = MIGRATIONS.iter().find(|migration| migration.number == *number) else {
            return Err(Error::Unavailable(format!(
                "the database was made by a newer version of this program (migration {number})"
            )));
        };
        if *known != checksum(text(migration)) {
            return Err(Error::Unavailable(format!("migration {number} was applied with another text")));
        }
    }
    Ok(MIGRATIONS
        .iter()
        .filter(|migration| !applied.iter().any(|(number, _)| *number == migration.number))
        .collect())
}

pub(crate) fn sqlite(connection: &mut rusqlite::Connection) -> Result<()> {
    let failed = |error: rusqlite::Error| Error::Unavailable(format!("migration: {error}"));
    // IMMEDIATE, so that two programs that start at once go one after the other.
    let tx =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(failed)?;
    tx.execute_batch(TABLE_SQLITE).map_err(failed)?;
    let applied = applied(&tx).map_err(failed)?;
    for migration in missing(&applied, |migration| migration.sqlite)? {
        tx.execute_batch(migration.sqlite).map_err(failed)?;
        tx.execute(
            "INSERT INTO migration (number, checksum) VALUES ($1, $2)",
            (migration.number, checksum(migration.sqlite)),
        )
        .map_err(failed)?;
    }
    tx.commit().map_err(failed)
}

/// Which migrations an embedded database says were applied to it.
fn applied(connection: &rusqlite::Connection) -> rusqlite::Result<Vec<(i64, String)>> {
    let mut statement = connection.prepare("SELECT number, checksum FROM migration ORDER BY number")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Whether an embedded database is older than this program; changes nothing. One that is newer is an error.
pub(crate) fn sqlite_waits(connection: &rusqlite::Connection) -> Result<bool> {
    let failed = |error: rusqlite::Error| Error::Unavailable(format!("migration: {error}"));
    let applied = applied(connection).map_err(failed)?;
    Ok(!missing(&applied, |migration| migration.sqlite)?.is_empty())
}

fn failed(error: postgres::Error) -> Error {
    Error::Unavailable(format!("migration: {}", crate::engine::postgres::text(&error)))
}

/// Asserts what durability and order rest on; changes nothing.
pub(crate) fn postgres_serves(client: &mut postgres::Client) -> Result<()> {
    for (setting, wanted) in [("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on")] {
        let row = client.query_one("SELECT current_setting($1)", &[&setting]).map_err(failed)?;
        let found: String = row.try_get(0).map_err(failed)?;
        if found != wanted {
            return Err(Error::Unavailable(format!(
                "the server's setting {setting} is {found}; it must be {wanted}"
            )));
        }
    }
    let row = client
        .query_one("SELECT CAST(datcollate AS TEXT) FROM pg_database WHERE datname = current_database()", &[])
        .map_err(failed)?;
    let collation: String = row.try_get(0).map_err(failed)?;
    if !matches!(collation.as_str(), "C" | "POSIX" | "C.UTF-8" | "C.utf8") {
        return Err(Error::Unavailable(format!("the database's collation is {collation}; it must be C")));
    }
    Ok(())
}

pub(crate) fn postgres(client: &mut postgres::Client) -> Result<()> {
    postgres_serves(client)?;
    let mut tx = client.transaction().map_err(failed)?;
    tx.batch_execute(TABLE_POSTGRES).map_err(failed)?;
    // Two programs that start at once go one after the other.
    tx.batch_execute("LOCK TABLE migration IN EXCLUSIVE MODE").map_err(failed)?;
    let applied = tx
        .query("SELECT number, checksum FROM migration ORDER BY number", &[])
        .map_err(failed)?
        .into_iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<std::result::Result<Vec<(i64, String)>, postgres::Error>>()
        .map_err(failed)?;
    for migration in missing(&applied, |migration| migration.postgres)? {
        tx.batch_execute(migration.postgres).map_err(failed)?;
        tx.execute(
            "INSERT INTO migration (number, checksum) VALUES ($1, $2)",
            &[&migration.number, &checksum(migration.postgres)],
        )
        .map_err(failed)?;
    }
    tx.commit().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Migrations that landed are never edited; this list only grows.
    const LANDED: &[(i64, &str, &str)] = &[
        (
            1,
            "3529227d5970163583c757053d0852950bae4ceb6f1530f0007dc9b297e293a0",
            "bc7875754730437d941e5d13d3c59c7dd103d10951f40476272ebe211c3ed97e",
        ),
        (
            2,
            "217ea3a744ce7d8139d55614b7350d2786a8ab71f97fd9a62775cc27b3e41980",
            "217ea3a744ce7d8139d55614b7350d2786a8ab71f97fd9a62775cc27b3e41980",
        ),
        (
            3,
            "7de55f355546609f0beb5af2a1dc938544b0cb21c45f90cb6154b96debf357a1",
            "e2f282664b1e54ca39bcd330d1780909420e7e2d047f25157dfd6cbed74d2693",
        ),
        (
            4,
            "dc5aca3fe59bfcec71a8d2cca86ccec47dbcfe2ea60104ccf358e3a41b7197d4",
            "ae2a710c6b255f0f3bd43ecc5502014b89a6b50e4d9845f1bdbe8e21dcb4d926",
        ),
        (
            5,
            "c77d52ee708f5730574685cd500c6326ba08e35f5f46ad73ce0f5f581960640b",
            "db0211c69e10fa291f47f4e3f4b64036d0a9f0b9aa29155c40c4fec52ca0053a",
        ),
        (
            6,
            "1f955e61e34ee5bc51a5d2c1d30d2d5538e4ac9c3cf4309673d79fd27d3263c1",
            "22ad67cf038e4d0d30c952abef75f8572100719fcff3dd3ac04c576d9595cb7c",
        ),
        (
            7,
            "b8c65ee3822dd90631c1f6ac70ac2fb09f0ae952c768f420b585d538e01d339d",
            "2961dcd1f9ecfa11361781ea1d96d1c62c9c4989b35b100da93e028fe0e458cd",
        ),
        (
            8,
            "fab2186b82744914f9f94c384169a59504acea263199276fc3e884bfa665cafa",
            "95f735437a3fd6f04a6571254894c4938df661b9a32b38ff95e96bceaebca41a",
        ),
        (
            9,
            "d7e2638e1ff2d998c48c2737557eea7c8ff40db40087faa5d12952335b39ec4e",
            "cfbb37bff8dbe050bf48a6488a447b19a24825014752fb83d7435c71ac38b1b3",
        ),
        (
            10,
            "9e478eec03311714ad67b6cb96d50991aae29facb8ce6b144b94e5203f5b3f81",
            "9e478eec03311714ad67b6cb96d50991aae29facb8ce6b144b94e5203f5b3f81",
        ),
        (
            11,
            "a8de4ba8b7184c6540ff7f995754fe1297dcfeec1a28a429eb75b661d9128ae8",
            "c4b2a7ce2be93db40e1472c5a55ed540362ffd588315c19662741d60ef4f471c",
        ),
        (
            12,
            "4877989d1e12e3ec37c1a4a3bbfcc6c1cf50d70eea0ebc0d22c9cd276f9a601d",
            "b616b09bfe64cb6d7055854a4cd04049149acb41d266a5d9bc34c282c0f22271",
        ),
        (
            13,
            "2bd450d232361f0d6b22215d369ea94244a564654024cd4d9c61c754b0f184cf",
            "db2eed473894d955b6f48c7ce40c5e8990629cbb5f8ab0c73a4dbe2b8fff5f08",
        ),
        (
            14,
            "5b65014a019a8247ebedb9ce5ddd043457bc19017480825e5c7bc7c1c09f68ec",
            "5b65014a019a8247ebedb9ce5ddd043457bc19017480825e5c7bc7c1c09f68ec",
        ),
        (
            15,
            "7fca81d3bf4e58717fd2e54d4f464453efacd3d3499afc4fa516d10cc628da2b",
            "e0447cf04db53546d583042dff97d80163d543941a080cb93e063f6d39cec324",
        ),
        (
            16,
            "ad0521972cde82c6b54beaaa7f9521face520e812e223cc796e8aaab30793953",
            "d17c4a23c4ce7a1eea2d34845eafaf4959893507646a49df81887465e7ab133f",
        ),
        (
            17,
            "a84490f3e03aa67a51a42559bfeaaff9cbf4db5f9bf143a84a0c40e573d70696",
            "a0fb9c617d52e43a404fccad1545ccf3629c4a5e672d292e383c05d5263e3b65",
        ),
        (
            18,
            "cd11379400c59e3f9d3bc3702be9ff101883aa46311628d57d3f93c4ba21dcad",
            "64b705cf5bf85e3781f778f89bde67f30e6f91e7d487058465a559524f6151a8",
        ),
        (
            19,
            "a441138a545d4e80bc56f998014a3bd267888bf3993377c9715321f932d3832c",
            "5a4b50ced23e3b21bf98264497b43dbfb50b5cda724f70015e74b96dd6911f98",
        ),
        (
            20,
            "cd8490aef3f9cf69d993db9389744c98cf56068278e401cd793e82106e3741ff",
            "33f64494668fef840163f578272d0d775e7c00f796421383bd7f94e61ca6d9f0",
        ),
        (
            21,
            "70ba27148b5c2a9bc334315454e434437f29855d6abfb6b8d3ec0dc073e6d6ae",
            "39112911e15169d6c8379dc6c9d58fed1c3e491ba74ec35d7524b084c6edcf67",
        ),
        (
            22,
            "ee5f90921b48f7de8badc9fd0c5b1ebaeca9084fd46e07759ee805766b382c6d",
            "d77fc58a49c621093baa7f9f74d24cd60704c2c1594dc684bfae9b79b399d2b5",
        ),
        (
            23,
            "c3ceb3de1c8b200ed6ac80e3e2128b46f9437022c7de7a6d6e64cb65e8bd8121",
            "a049990039be72933e561e65ac2f3731fb0c1972d20e02b2e84da50344074a7b",
        ),
        (
            24,
            "b50d9db3af58bcfca76220c4b4bb945c09d985ab9932eb811e39135f3195d414",
            "665c386f8013b15ae5029978ef4b501547317549f494f7a4bd1aa0f9aa425c38",
        ),
        (
            25,
            "9669cc39cf7fe83833bc4654a2c461e427c4b10508ffcf8aca4fa50a75756b44",
            "def991c4496ad898b717fee4cc34c849cd756cc60d8ccb7cdc0cd51f884594f5",
        ),
        (
            26,
            "5cb01aba036065e390c550926503fe41127599edfe0d0d6bb045d17b957a9805",
            "fd7084abd161ced4080371749e4b7df2dd7f632ddbdaf165773ea876fe07c34c",
        ),
        (
            27,
            "849eb0159f31e19d070b6a9dbc1d3caf79f17542207f82e9435e2408c25a6e56",
            "b64470996f1927e01ad97bc26e93cccc1a713f62723b25e1bd9a6b396ca4cbd7",
        ),
        (
            28,
            "b4905771a87dbbadd9d2f6e96a0124bcfac338f1ea9812106e4dfc15e7e76c67",
            "b4905771a87dbbadd9d2f6e96a0124bcfac338f1ea9812106e4dfc15e7e76c67",
        ),
        (
            29,
            "6e91a3f0e76cec22fb2ec0fd806adc9e6ab0aa608fdee4fa37e6eed649003ab3",
            "a6e891c43cc17ebd2a9016b64ad18c1e69495e60c19a3b8411247c7cb6d40e77",
        ),
        (
            30,
            "42c6172fcb60e54780b11fe4693525871f644636f4b12f5e876932fbe77962a3",
            "b402ff50da6350334d364dae346d6596df39bb1c3275eb6b6de819033ab3101b",
        ),
        (
            31,
            "73ef5578c5258040c5a26b924f041ee3e1406106f6343346c7f79064d7f39e88",
            "c83a54c8221fdfcd40c9a25f006e8b306b057ab3dbf11f41febf8d0ad9d3991e",
        ),
        (
            32,
            "40cb94dfe3fbf7c23453901ddcdd626cc363c81fc7476425f215d9c1d183da89",
            "8bcef4a75357dad42516ee162c270a85582fd5a6213512db94af99e30b670232",
        ),
        (
            33,
            "47d23e9c79b1d3e7595c4efbb55f29376923c65850df7cffe45319448fc06369",
            "e4e0b1b3fb68069860cbb688a1bf35d043f41dd031c3058f2483d7f286d74ace",
        ),
        (
            34,
            "a90f5876b5d92d0a3532d6d0c282847cb2b8cc4e4558add5682cef1ee84e9102",
            "dc85a25d7b56899ae0de62c33fecceee724aed72becf492ad7a9157fe109fb84",
        ),
        (
            35,
            "21abed9300755ad8266804480963dc7b558f68c0c39868fc214e13955f939e49",
            "994011a840347f8e7cc30f4dad4d3ed09951705f55efed71667c3db99c8f31d2",
        ),
    ];

    #[test]
    fn landed_migrations_keep_their_text() {
        for (number, sqlite, postgres) in LANDED {
            let migration = MIGRATIONS.iter().find(|migration| migration.number == *number).unwrap();
            assert_eq!(checksum(migration.sqlite), *sqlite, "SQLite, migration {number}");
            assert_eq!(checksum(migration.postgres), *postgres, "PostgreSQL, migration {number}");
        }
        assert_eq!(LANDED.len(), MIGRATIONS.len(), "a migration is listed here when it lands");
    }
}
