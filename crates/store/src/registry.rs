//! Every statement of the program, for the tests that prepare all of them on both engines.

use crate::statement::Statement;

/// The lists of all modules. A test looks through the sources for a module that is missing here.
pub(crate) fn all() -> impl Iterator<Item = &'static Statement> {
    [
        crate::batch::STATEMENTS,
        crate::capacity::STATEMENTS,
        crate::card::STATEMENTS,
        crate::consignment::STATEMENTS,
        crate::dialect::STATEMENTS,
        crate::journal::STATEMENTS,
        crate::letter::STATEMENTS,
        crate::meta::STATEMENTS,
        crate::op::STATEMENTS,
        crate::person::STATEMENTS,
        crate::place::STATEMENTS,
        crate::privacy::STATEMENTS,
        crate::reception::STATEMENTS,
        crate::report::STATEMENTS,
        crate::reservation::STATEMENTS,
        crate::rules::STATEMENTS,
        crate::sealer::STATEMENTS,
        crate::verify::STATEMENTS,
        crate::visit::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
