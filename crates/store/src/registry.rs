//! Every statement of the program, for the tests that prepare all of them on both engines.

use crate::statement::Statement;
use crate::tx::Engine;

/// The lists of all modules. A test looks through the sources for a module that is missing here.
pub fn all() -> impl Iterator<Item = &'static Statement> {
    [
        crate::arrangement::STATEMENTS,
        crate::batch::STATEMENTS,
        crate::batch::back::STATEMENTS,
        crate::batch::mail::STATEMENTS,
        crate::by_hand::STATEMENTS,
        crate::cabinet_key::STATEMENTS,
        crate::capacity::STATEMENTS,
        crate::card::STATEMENTS,
        crate::card::list::STATEMENTS,
        crate::consignment::STATEMENTS,
        crate::consignment::desk::STATEMENTS,
        crate::consignment::desk::close::STATEMENTS,
        crate::contact::STATEMENTS,
        crate::correction::STATEMENTS,
        crate::custody::STATEMENTS,
        crate::day_list::STATEMENTS,
        crate::dialect::STATEMENTS,
        crate::disposal::STATEMENTS,
        crate::former::STATEMENTS,
        crate::group::STATEMENTS,
        crate::holder::STATEMENTS,
        crate::incident::STATEMENTS,
        crate::journal::STATEMENTS,
        crate::ledger::STATEMENTS,
        crate::letter::STATEMENTS,
        crate::meta::STATEMENTS,
        crate::notice::STATEMENTS,
        crate::offer::STATEMENTS,
        crate::offer::answer::STATEMENTS,
        crate::offer::bulk::STATEMENTS,
        crate::offer::list::STATEMENTS,
        crate::op::STATEMENTS,
        crate::opening::STATEMENTS,
        crate::opening::draft::STATEMENTS,
        crate::outbox::STATEMENTS,
        crate::outbox::failed::STATEMENTS,
        crate::person::STATEMENTS,
        crate::place::STATEMENTS,
        crate::privacy::STATEMENTS,
        crate::pull::STATEMENTS,
        crate::question::STATEMENTS,
        crate::funnel::STATEMENTS,
        crate::letter_share::STATEMENTS,
        crate::recall::STATEMENTS,
        crate::telling::STATEMENTS,
        crate::reception::STATEMENTS,
        crate::reminder::STATEMENTS,
        crate::afterwards::STATEMENTS,
        crate::tracking::STATEMENTS,
        crate::pickup::STATEMENTS,
        crate::register_check::STATEMENTS,
        crate::renewals::STATEMENTS,
        crate::report::STATEMENTS,
        crate::reservation::STATEMENTS,
        crate::reservation::days::STATEMENTS,
        crate::reservation::shown::STATEMENTS,
        crate::reservation::unplaced::STATEMENTS,
        crate::reservation::party::STATEMENTS,
        crate::rules::STATEMENTS,
        crate::saved::STATEMENTS,
        crate::sealer::STATEMENTS,
        crate::sorting::STATEMENTS,
        crate::stocktaking::STATEMENTS,
        crate::stocktaking::count::STATEMENTS,
        crate::stocktaking::difference::STATEMENTS,
        crate::stuffing::STATEMENTS,
        crate::supply::STATEMENTS,
        crate::takeover::STATEMENTS,
        crate::visit::STATEMENTS,
        crate::wish::STATEMENTS,
        crate::wish::list::STATEMENTS,
        crate::wish::turn::STATEMENTS,
    ]
    .into_iter()
    .chain(crate::report::PARTS)
    .chain(crate::verify::STATEMENTS)
    .flatten()
    .copied()
}

/// The one engine that understands a statement, where it is not both.
pub fn only_for(statement: &Statement) -> Option<Engine> {
    crate::dialect::only_for(statement.name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Durability, migrate};

    /// Full scans that are meant: the check of all invariants looks at everything, and some tables stay small.
    const SCANS: &[(&str, &str)] = &[
        ("capacity.", "the epoch is one row"),
        ("dialect.", "the epoch is one row"),
        (
            "holder.OUT",
            "walks the index of the cards that the city has with a batch, and they alone are in it",
        ),
        ("former.", "the first of all that open, one row"),
        ("verify.", "the check of all invariants reads whole tables, in pages"),
        ("wish.list.ALL", "walks the index of the wishes that wait, as the list does"),
        ("wish.turn.COUNTERS", "walks the index of the wishes that wait, and they alone are in it"),
    ];

    /// Tables that grow with the years.
    const LARGE: &[&str] = &[
        "access",
        "access_subject",
        "attempt",
        "batch_card",
        "card",
        "card_step",
        "contact",
        "day_list_line",
        "day_list_seen",
        "disposal",
        "former_key",
        "former_reservation",
        "inspection",
        "journal",
        "journal_subject",
        "letter",
        "op",
        "opening_line",
        "outbox",
        "pairing",
        "personal",
        "reception",
        "register_check",
        "remark",
        "reminder_card",
        "reservation",
        "session",
        "slot_usage",
        "stocktaking_box",
        "storage_extension",
        "stocktaking_card",
        "supply_move",
        "visit",
        "visit_member",
        "wish",
    ];

    fn sqlite() -> (tempfile::TempDir, rusqlite::Connection) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plan.db");
        let mut connection = crate::engine::sqlite::open(&file, Durability::Full).unwrap();
        migrate::sqlite(&mut connection).unwrap();
        (folder, connection)
    }

    #[test]
    fn every_module_with_statements_is_in_the_registry() {
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut declared = BTreeSet::new();
        let mut folders = vec![source];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.file_name().is_some_and(|name| name != "statement.rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let name =
                        text.split("\nstatements! { \"").nth(1).and_then(|rest| rest.split('"').next());
                    declared.extend(name.map(str::to_owned));
                }
            }
        }
        let registered: BTreeSet<String> =
            all().map(|statement| statement.name.rsplit_once('.').unwrap().0.to_owned()).collect();
        assert_eq!(declared, registered);
    }

    #[test]
    fn names_are_unique() {
        let mut names = BTreeSet::new();
        assert!(all().all(|statement| names.insert(statement.name)));
    }

    #[test]
    fn placeholders_ascend_in_order_of_first_use() {
        for statement in all() {
            let mut highest = 0;
            for part in statement.sql.split('$').skip(1) {
                let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
                let number: u32 = digits.parse().expect(statement.name);
                assert!(number <= highest + 1, "{}: ${number} comes too early", statement.name);
                highest = highest.max(number);
            }
        }
    }

    #[test]
    fn no_statement_asks_the_database_for_the_time() {
        for statement in all() {
            let sql = statement.sql.to_lowercase();
            for word in ["now()", "current_timestamp", "current_date", "random()", "nextval", "advisory"] {
                assert!(!sql.contains(word), "{} uses {word}", statement.name);
            }
        }
    }

    #[test]
    fn sqlite_prepares_every_statement_and_scans_no_large_table() {
        let (_folder, connection) = sqlite();
        for statement in all().filter(|statement| only_for(statement) != Some(Engine::Postgres)) {
            let prepared = connection.prepare(statement.sql);
            assert!(prepared.is_ok(), "{}: {:?}", statement.name, prepared.err());
            let excused = SCANS.iter().any(|(prefix, _)| statement.name.starts_with(prefix));
            let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sql)).unwrap();
            let nulls = vec![rusqlite::types::Null; plan.parameter_count()];
            let steps = plan.query_map(rusqlite::params_from_iter(nulls), |row| row.get(3)).unwrap();
            let steps: Vec<String> = steps.collect::<rusqlite::Result<_>>().unwrap();
            for step in steps {
                let scanned =
                    step.strip_prefix("SCAN ").map(|rest| rest.split(' ').next().unwrap().to_owned());
                let Some(alias) = scanned else { continue };
                let table = table_of(statement.sql, &alias);
                assert!(excused || !LARGE.contains(&table.as_str()), "{}: {step}", statement.name);
            }
        }
    }

    /// The table behind an alias: `FROM card c` makes `c` the table `card`.
    fn table_of(sql: &str, alias: &str) -> String {
        let words: Vec<&str> =
            sql.split(|sign: char| sign.is_whitespace() || sign == '(' || sign == ')').collect();
        let before =
            words.windows(2).find(|pair| pair[1].trim_end_matches(',') == alias && LARGE.contains(&pair[0]));
        before.map_or(alias, |pair| pair[0]).to_owned()
    }

    #[test]
    fn postgres_prepares_every_statement() {
        let url =
            std::env::var("MADOGUCHI_TEST_POSTGRES").expect("a PostgreSQL server; run cargo xtask test");
        let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
        let schema = format!("prepare_{}", std::process::id());
        client.batch_execute(&format!("CREATE SCHEMA {schema}; SET search_path = {schema}")).unwrap();
        migrate::postgres(&mut client).unwrap();
        for statement in all().filter(|statement| only_for(statement) != Some(Engine::Sqlite)) {
            let prepared = client.prepare(statement.sql);
            assert!(prepared.is_ok(), "{}: {:?}", statement.name, prepared.err());
        }
        client.batch_execute(&format!("DROP SCHEMA {schema} CASCADE")).unwrap();
    }
}
