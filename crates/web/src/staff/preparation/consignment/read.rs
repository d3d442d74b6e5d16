//! Reading カード発行一覧表: the whole file is checked, every cell guarded, and only what may be kept comes out.

use documents::intake::{Format, Intake, IntakeError, Limits};
use domain::consignment::{Checker, ColumnMapping, Line, Problem, ProblemKind};
use domain::guard::{self, Finding};
use sha2::{Digest, Sha256};

use super::problem::Problems;

/// A file that can be taken.
#[derive(Debug)]
pub(super) struct Reading {
    /// What is kept of its lines, in the order of the list.
    pub(super) lines: Vec<Line>,
    /// What it is.
    pub(super) format: Format,
    /// Twelve digits that are to be asked back.
    pub(super) questions: Vec<Problem>,
    /// SHA-256 of the file.
    pub(super) hash: [u8; 32],
}

/// Why a file cannot be taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is no list of ours.
    File(IntakeError),
    /// Its lines are wrong.
    Lines(Problems),
}

impl From<IntakeError> for Refusal {
    fn from(error: IntakeError) -> Self {
        Self::File(error)
    }
}

/// Checks a file from its first to its last cell.
pub(super) fn read(file: &[u8], mapping: &ColumnMapping) -> Result<Reading, Refusal> {
    let intake = Intake::open(file, &Limits::default())?;
    let header: Vec<&str> = intake.header().iter().map(String::as_str).collect();
    let mut problems = Problems::default();
    let mut checker = match Checker::new(mapping, 1, &header) {
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
        // The checker guards what stands below the header. What stands beyond it is guarded here, and everything
        // where there is no header to check by.
        let (named, beyond) = match &checker {
            Some(_) => cells.split_at(cells.len().min(header.len())),
            None => (&[][..], &cells[..]),
        };
        problems.add(individual_numbers(line, named.len(), beyond));
        match checker.as_mut().map(|checker| checker.row(line, named)) {
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
    lines.sort_by_key(|line| line.line);
    let questions = checker.map(|checker| checker.questions().to_vec()).unwrap_or_default();
    Ok(Reading { lines, format: intake.format(), questions, hash: Sha256::digest(file).into() })
}

fn individual_numbers(line: u64, before: usize, cells: &[&str]) -> Vec<Problem> {
    let found = |cell: &str| guard::worst(cell) == Some(Finding::IndividualNumber);
    (before + 1..)
        .zip(cells)
        .filter(|(_, cell)| found(cell))
        .map(|(column, _)| Problem { line, column: Some(column), kind: ProblemKind::IndividualNumber })
        .collect()
}

#[cfg(test)]
mod tests {
    use documents::intake::{Encoding, Row};
    use documents::sample::{Mistakes, Order, consignment};
    use documents::table::{Cell, Table};
    use jiff::civil::date;

    use super::*;

    fn mapping() -> ColumnMapping {
        crate::staff::preparation::samples::profile().column_mapping(date(2026, 11, 20))
    }

    fn file(encoding: Encoding) -> Vec<u8> {
        let order = Order {
            cards: 30,
            seed: 7,
            made_on: date(2026, 11, 20),
            first_line: 1,
            mistakes: Mistakes::default(),
            encoding,
        };
        consignment(&order).bytes
    }

    #[test]
    fn r5_c1_a_list_is_read_in_every_encoding() {
        for encoding in [Encoding::Utf8, Encoding::Utf8Bom, Encoding::Cp932] {
            let reading = read(&file(encoding), &mapping()).unwrap();
            assert_eq!((reading.lines.len(), reading.format), (30, Format::Csv(encoding)));
        }
    }

    /// The same list as a workbook.
    fn workbook(list: &[u8]) -> Vec<u8> {
        let list = Intake::open(list, &Limits::default()).unwrap();
        let cells = |row: Row| row.fields.into_iter().map(Cell::text).collect();
        let rows = list.whole_rows().map(|row| cells(row.unwrap())).collect();
        let table = Table { columns: list.header().to_vec(), rows };
        table.to_xlsx("一覧表", "2026-11-20T00:00:00Z".parse().unwrap()).unwrap()
    }

    #[test]
    fn r5_c1_a_workbook_is_read_as_the_same_list() {
        let csv = file(Encoding::Utf8);
        let (of_csv, of_workbook) =
            (read(&csv, &mapping()).unwrap(), read(&workbook(&csv), &mapping()).unwrap());
        assert_eq!(of_workbook.format, Format::Workbook);
        assert_eq!(of_workbook.lines, of_csv.lines);
    }

    #[test]
    fn r4_b_an_individual_number_refuses_the_file_in_any_column() {
        let text = "一覧番号,交付通知書番号,申請方式,郵便番号,カード有効期限,備考,\r\n";
        for (cells, column) in [
            ("1,123456789018,交付時来庁,5640001,2036-11-20,,", 2),
            ("1,ABC-000001,交付時来庁,5640001,2036-11-20,１２３４－５６７８－９０１８,", 6),
            ("1,ABC-000001,交付時来庁,5640001,2036-11-20,,123456789018", 7),
        ] {
            let csv = format!("{text}{cells}\r\n").into_bytes();
            for file in [workbook(&csv), csv] {
                let Err(Refusal::Lines(problems)) = read(&file, &mapping()) else { panic!("{column}") };
                assert!(problems.has_individual_number());
                assert_eq!(
                    (problems.rows()[0].line, problems.rows()[0].column.as_str()),
                    (2, &*column.to_string())
                );
            }
        }
        let Err(Refusal::Lines(problems)) = read("a,b\r\n1,123456789018\r\n".as_bytes(), &mapping()) else {
            panic!("a list without our columns")
        };
        assert!(problems.has_individual_number());
    }
}
