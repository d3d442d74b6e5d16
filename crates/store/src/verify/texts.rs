//! Free texts: none of them holds an Individual Number. What is typed is guarded where it comes in; this looks again at what is
//! stored, wherever it came from.

use domain::guard;

use super::{Findings, Invariant};
use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.texts":
    TEXTS = "SELECT 'remark:' || entry_id AS id, body AS words FROM remark
        UNION ALL SELECT 'person:' || id AS id, login || ' / ' || name AS words FROM person
        UNION ALL SELECT 'place:' || id AS id, name AS words FROM place
        UNION ALL SELECT 'consignment:' || id AS id, box AS words FROM consignment
        UNION ALL SELECT 'opening:' || id AS id, name AS words FROM opening
        UNION ALL SELECT 'batch:' || id AS id, receiver AS words FROM batch
        UNION ALL SELECT 'batch:' || id AS id, giver AS words FROM batch WHERE giver IS NOT NULL
        UNION ALL SELECT 'letters:' || id AS id, receiver AS words FROM letter_batch WHERE receiver IS NOT NULL
        UNION ALL SELECT 'reception:' || id AS id, receiver AS words FROM reception WHERE receiver IS NOT NULL
        UNION ALL SELECT 'letters:' || id AS id, poster AS words FROM letter_batch WHERE poster IS NOT NULL
        UNION ALL SELECT 'reception:' || id AS id, issuer AS words FROM reception WHERE issuer IS NOT NULL
        UNION ALL SELECT 'list:' || day AS id, receiver AS words FROM day_list WHERE receiver IS NOT NULL
        UNION ALL SELECT 'filter:' || id AS id, name || ' / ' || asked AS words FROM saved_filter
        UNION ALL SELECT 'arrangement:' || id AS id, name || ' / ' || agreement AS words FROM list_arrangement
        UNION ALL SELECT 'incident:' || id AS id, told_to AS words FROM incident WHERE told_to IS NOT NULL
        UNION ALL SELECT 'arrival:' || consignment_id AS id, giver AS words FROM arrival
        UNION ALL SELECT 'extra:' || entry_id AS id, receiver AS words FROM extra_card
        UNION ALL SELECT 'desk:' || consignment_id AS id, person AS words FROM consignment_close
            WHERE person IS NOT NULL
        UNION ALL SELECT 'letters:' || letter_batch_id AS id, leaflet || ' / ' || version AS words FROM letter_enclosure
        UNION ALL SELECT 'reminder:' || id AS id, ordered_by AS words FROM reminder
        UNION ALL SELECT 'reminder:' || id AS id, sender AS words FROM reminder WHERE sender IS NOT NULL
        UNION ALL SELECT 'disposal:' || card_id AS id, person AS words FROM disposal
        UNION ALL SELECT 'supply:' || id AS id, name || ' / ' || unit AS words FROM supply
        UNION ALL SELECT 'supply:' || supply_id AS id, remark AS words FROM supply_move
        UNION ALL SELECT 'rule:' || id AS id, agreement AS words FROM rule WHERE agreement IS NOT NULL
        UNION ALL SELECT 'ledger:' || id AS id, decided_by AS words FROM ledger_version WHERE decided_by IS NOT NULL
        UNION ALL SELECT 'access:' || id AS id, asked AS words FROM access
        UNION ALL SELECT 'ledger:' || field AS id, decided_by AS words FROM ledger
        UNION ALL SELECT 'ledger:' || id AS id, necessity || ' / ' || protection AS words FROM ledger_version
        ORDER BY id";
}

pub(super) fn check(reader: &mut Reader<'_>, findings: &mut Findings) -> Result<()> {
    let suspicious = reader.rows(&TEXTS, bind![], |row| {
        let words: String = row.get("words")?;
        let found = guard::worst(&words) == Some(guard::Finding::IndividualNumber);
        Ok(if found { Some(row.get::<String>("id")?) } else { None })
    })?;
    for subject in suspicious.into_iter().flatten() {
        findings.add(Invariant::IndividualNumber, subject, "a text holds one");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::migrate;

    /// Columns whose texts are ids, days, codes or forms of our own, wherever they stand: nobody types them.
    const OURS: &[&str] = &[
        "actor",
        "basis",
        "begun_by",
        "cause",
        "channel",
        "chosen",
        "closed_by",
        "coming",
        "counted_by",
        "data",
        "day",
        "difference",
        "duty",
        "ended",
        "ended_by",
        "field",
        "finding",
        "first_by",
        "first_person",
        "first_seen",
        "frozen_by",
        "holder",
        "id",
        "kind",
        "language",
        "method",
        "move",
        "number",
        "of_list",
        "outcome",
        "over_by",
        "owner",
        "pass",
        "password",
        "pins",
        "place_from",
        "place_to",
        "post_block",
        "progress",
        "proposed_by",
        "reason",
        "removed_by",
        "result",
        "retired_by",
        "role",
        "screen",
        "second_by",
        "second_person",
        "second_seen",
        "service",
        "settled_by",
        "site",
        "sorted_by_rule",
        "sorted_into",
        "source",
        "stage",
        "stage_from",
        "stage_to",
        "standing",
        "stands",
        "state",
        "status",
        "stuffed_by",
        "subject",
        "subjects",
        "taken_out",
        "times",
        "told",
        "valid_from",
        "valid_until",
        "value",
        "visitor",
        "way",
        "weekdays",
        "why",
        "withdrawn_by",
    ];
    /// The same where a column of another table has the name; `rule.body` is a form of ours whose texts are guarded where
    /// they come in.
    const OURS_IN: &[(&str, &str)] = &[
        ("counter", "name"),
        ("letter_batch", "version"),
        ("meta", "name"),
        ("notice_request", "asked"),
        ("rule", "body"),
    ];

    /// Whether a part of the statement reads a column of a table.
    fn is_read(table: &str, column: &str) -> bool {
        TEXTS.sql.split("UNION ALL").any(|part| {
            let (what, rest) = part.split_once(" FROM ").unwrap_or_default();
            let from = rest.split_whitespace().next();
            let words = || what.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            from == Some(table) && words().any(|word| word == column)
        })
    }

    #[test]
    fn r4_b_every_column_that_people_can_write_in_is_looked_at() {
        let db = Connection::open_in_memory().unwrap();
        migrate::sqlite_texts().for_each(|text| db.execute_batch(text).unwrap());
        let mut columns = db
            .prepare(
                "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                WHERE t.type = 'table' AND c.type = 'TEXT' ORDER BY t.name, c.name",
            )
            .unwrap();
        let rows = columns.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
        let rows: Vec<_> = rows.unwrap().collect::<std::result::Result<_, _>>().unwrap();
        assert!(rows.len() > 200, "the tables were read");
        let ours = |table: &str, column: &str| {
            let named = ["_id", "_on", "_day", "_date"].iter().any(|end| column.ends_with(end));
            named || OURS.contains(&column) || OURS_IN.contains(&(table, column))
        };
        let open: Vec<_> =
            rows.iter().filter(|(table, column)| !ours(table, column) && !is_read(table, column)).collect();
        assert!(open.is_empty(), "nobody looks for Individual Numbers in {open:?}");
        // The lists name nothing that is not there, so that no column hides behind an old name.
        for name in OURS {
            assert!(rows.iter().any(|(_, column)| column == name), "{name} is no column");
        }
    }
}
