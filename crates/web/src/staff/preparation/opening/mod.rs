//! Taking over from a former contractor: opening stock by file and by scan, its letters, its reservations.
//!
//! Nothing of a file is kept but what its lines become; numbers of the former system are hashed as soon as they are
//! read.

pub(super) mod begin;
pub(super) mod check;
pub(super) mod file;
pub(super) mod finish;
pub(super) mod held;
pub(super) mod index;
pub(super) mod labels;
pub(super) mod portion;
pub(super) mod problem;
pub(super) mod resend;
pub(super) mod reservations;
pub(super) mod scan;

#[cfg(test)]
pub(super) mod samples;

use documents::intake::{Format, Intake, IntakeError, Limits};
use domain::opening::{Checker, Field, Problem};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use problem::Problems;

/// A file that was read whole.
struct Reading<T> {
    lines: Vec<T>,
    format: Format,
    /// How many cells have twelve digits that are to be asked back.
    questions: usize,
    hash: [u8; 32],
}

/// Why a file cannot be taken.
enum Refusal {
    /// It is no file of ours.
    File(IntakeError),
    /// Its lines are wrong.
    Lines(Problems),
}

impl From<IntakeError> for Refusal {
    fn from(error: IntakeError) -> Self {
        Self::File(error)
    }
}

/// How one line is checked.
type Check<T> = fn(&mut Checker, u64, &[&str]) -> Result<Option<T>, Vec<Problem>>;

/// Checks a file from its first to its last cell.
fn read<T>(
    file: &[u8],
    columns: &[(Field, bool)],
    today: Date,
    check: Check<T>,
) -> Result<Reading<T>, Refusal> {
    let intake = Intake::open(file, &Limits::default())?;
    let header: Vec<&str> = intake.header().iter().map(String::as_str).collect();
    let mut problems = Problems::default();
    let mut checker = match Checker::new(columns, today, &header) {
        Ok(checker) => Some(checker),
        Err(wrong) => {
            problems.add(wrong);
            None
        }
    };
    let mut lines = Vec::new();
    for row in intake.whole_rows() {
        let row = row?;
        let cells: Vec<&str> = row.fields.iter().map(String::as_str).collect();
        let line = row.line as u64;
        // What stands beyond the header is guarded here, and everything where there is no header to check by.
        let (named, beyond) = match &checker {
            Some(_) => cells.split_at(cells.len().min(header.len())),
            None => (&[][..], &cells[..]),
        };
        problems.guard(line, named.len(), beyond);
        match checker.as_mut().map(|checker| check(checker, line, named)) {
            Some(Ok(kept)) => lines.extend(kept),
            Some(Err(wrong)) => problems.add(wrong),
            None => {}
        }
    }
    if !problems.is_empty() {
        return Err(Refusal::Lines(problems));
    }
    if lines.is_empty() {
        return Err(IntakeError::Empty.into());
    }
    let questions = checker.map_or(0, |checker| checker.questions());
    Ok(Reading { lines, format: intake.format(), questions, hash: Sha256::digest(file).into() })
}
