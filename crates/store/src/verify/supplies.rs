//! Supplies: a stock is the last count with what was delivered since.

use domain::id::SupplyId;

use super::{Findings, Invariant};
use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.supplies":
    STOCKS = "SELECT k.id AS id, k.stock AS stock, c.pieces AS counted,
        CAST(COALESCE((SELECT SUM(m.pieces) FROM supply_move m WHERE m.supply_id = k.id AND m.move = 'delivered'
            AND m.version > c.version), 0) AS BIGINT) AS delivered,
        (SELECT COUNT(*) FROM supply_move m WHERE m.supply_id = k.id AND (m.version > k.version
            OR (m.move = 'counted' AND m.version > COALESCE(c.version, 0)))) AS later
        FROM supply k LEFT JOIN supply_move c ON c.supply_id = k.id AND c.entry_id = k.counted_by AND c.move = 'counted'
        ORDER BY k.id";
}

pub(super) fn check(reader: &mut Reader<'_>, findings: &mut Findings) -> Result<()> {
    let rows = reader.rows(&STOCKS, bind![], |row| {
        let stock: (Option<u32>, Option<u32>, u32) =
            (row.get("stock")?, row.get("counted")?, row.get("delivered")?);
        Ok((row.get::<SupplyId>("id")?, stock, row.get::<u32>("later")?))
    })?;
    for (id, (stock, counted, delivered), later) in rows {
        if stock != counted.map(|counted| counted + delivered) || later > 0 {
            let what = "its stock is not the last count with what was delivered since";
            findings.add(Invariant::Count, format!("supply:{id}"), what);
        }
    }
    Ok(())
}
