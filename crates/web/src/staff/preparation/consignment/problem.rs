//! What is wrong with a file, in words: where and what, never the value.

use documents::intake::workbook::WorkbookError;
use documents::intake::{Encoding, Format, IntakeError, OtherFormat};
use domain::consignment::{Field, Problem, ProblemKind};

/// How many problems are shown; the rest is a number.
pub(crate) const SHOWN: usize = 200;

/// The problems of a list: the first ones, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Problems {
    first: Vec<Problem>,
    total: usize,
    individual_numbers: bool,
}

impl Problems {
    /// Adds problems. An Individual Number is never pushed out by lesser ones.
    pub(crate) fn add(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.total += 1;
            let alarm = problem.kind == ProblemKind::IndividualNumber;
            self.individual_numbers |= alarm;
            if self.first.len() < SHOWN {
                self.first.push(problem);
            } else if alarm
                && let Some(lesser) =
                    self.first.iter_mut().rev().find(|known| known.kind != ProblemKind::IndividualNumber)
            {
                *lesser = problem;
            }
        }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// How many there are.
    pub(crate) fn total(&self) -> usize {
        self.total
    }

    /// Whether an Individual Number is among them.
    pub(crate) fn has_individual_number(&self) -> bool {
        self.individual_numbers
    }

    /// The first ones as rows, Individual Numbers before everything else.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let mut first = self.first.clone();
        first.sort_by_key(|problem| {
            (problem.kind != ProblemKind::IndividualNumber, problem.line, problem.column)
        });
        first.iter().map(Row::of).collect()
    }
}

/// A problem as a row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The line of the file.
    pub(crate) line: u64,
    /// The column, as a number; empty where there is none.
    pub(crate) column: String,
    /// What is wrong.
    pub(crate) what: String,
}

impl Row {
    /// The row of a problem.
    pub(crate) fn of(problem: &Problem) -> Self {
        let column = problem.column.map(|column| column.to_string()).unwrap_or_default();
        Self { line: problem.line, column, what: words(problem.kind) }
    }
}

fn name(field: Field) -> &'static str {
    match field {
        Field::ListLine => "一覧番号",
        Field::NoticeNumber => "交付通知書番号",
        Field::Method => "申請方式",
        Field::ExpiryDate => "カード有効期限",
        Field::PostalCode => "郵便番号",
    }
}

fn words(kind: ProblemKind) -> String {
    match kind {
        ProblemKind::IndividualNumber => {
            "個人番号と思われる番号があります。ファイル全体を受け付けません。".to_owned()
        }
        ProblemKind::TwelveDigits => {
            "12桁の数字があります。個人番号でないことを確かめてください。".to_owned()
        }
        ProblemKind::MissingColumn(field) => format!("「{}」の列がありません。", name(field)),
        ProblemKind::AmbiguousColumn(field) => format!("「{}」の列が2つあります。", name(field)),
        ProblemKind::WrongWidth { expected, found } => {
            format!("列の数が見出しと違います（見出し{expected}、この行{found}）。")
        }
        ProblemKind::Blank(field) => format!("「{}」が空です。", name(field)),
        ProblemKind::BadListLine => "一覧番号は1以上の整数です。".to_owned(),
        ProblemKind::BadNoticeNumber => "交付通知書番号の形が違います。".to_owned(),
        ProblemKind::UnknownMethod => "申請方式が分かりません。".to_owned(),
        ProblemKind::BadDate => "日付として読めません。".to_owned(),
        ProblemKind::BadPostalCode => "郵便番号は7桁です。".to_owned(),
        ProblemKind::DuplicateListLine { first } => format!("一覧番号が{first}行目と重なっています。"),
        ProblemKind::DuplicateNoticeNumber { first } => {
            format!("交付通知書番号が{first}行目と重なっています。")
        }
    }
}

/// What a file is, in words.
pub(crate) fn format(format: Format) -> &'static str {
    match format {
        Format::Csv(written) => encoding(written),
        Format::Workbook => "Excel（.xlsx）",
    }
}

/// How a text is written, in words.
fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 => "UTF-8",
        Encoding::Utf8Bom => "UTF-8（BOM付き）",
        Encoding::Cp932 => "Shift_JIS（CP932）",
    }
}

/// Why a file is refused as a whole.
pub(crate) fn unreadable(error: &IntakeError) -> String {
    match error {
        IntakeError::Empty => "ファイルが空です。".to_owned(),
        IntakeError::TooLarge { limit } => format!("ファイルが大きすぎます（{}MBまで）。", limit >> 20),
        IntakeError::NotText(format) => {
            let what = match format {
                OtherFormat::Zip => "Excel（.xlsx）でない圧縮ファイルです",
                OtherFormat::OldWorkbook => "古い形式（.xls）か、パスワードの付いたExcelです",
                OtherFormat::Pdf => "PDFです",
                OtherFormat::Utf16 => "文字コードがUTF-16（Unicodeテキスト）です",
            };
            format!("{what}。CSVかExcel（.xlsx）で保存し直してください。")
        }
        IntakeError::Workbook(error) => workbook(*error),
        IntakeError::Nul(at) => {
            format!("{}行目の{}文字目に文字でないデータがあります。CSVではないようです。", at.line, at.column)
        }
        IntakeError::Undecodable { as_encoding, position } => format!(
            "{}行目の{}文字目を{}として読めません。文字コードを確かめてください。",
            position.line,
            position.column,
            encoding(*as_encoding)
        ),
        IntakeError::LineTooLong { line, limit } => {
            format!(
                "{line}行目が長すぎます（{}KBまで）。引用符の閉じ忘れがないか確かめてください。",
                limit >> 10
            )
        }
        IntakeError::TooManyLines { limit } => format!("行が多すぎます（{limit}行まで）。"),
        IntakeError::TooManyColumns { line, limit } => {
            format!("{line}行目の列が多すぎます（{limit}列まで）。")
        }
        IntakeError::ColumnCount { line, expected, found } => {
            format!("{line}行目の列の数が見出しと違います（見出し{expected}、この行{found}）。")
        }
        IntakeError::SameName { first, second } => format!("{first}列目と{second}列目の見出しが同じです。"),
        IntakeError::OpenQuote { line } => format!("{line}行目で開いた引用符が閉じていません。"),
        IntakeError::Io(_) => "ファイルを最後まで受け取れませんでした。もう一度選んでください。".to_owned(),
    }
}

/// Why a workbook is refused.
fn workbook(error: WorkbookError) -> String {
    match error {
        WorkbookError::Broken => {
            "Excelのファイルを読めません。Excelで開き、.xlsxで保存し直してください。".to_owned()
        }
        WorkbookError::Encrypted => {
            "パスワードの付いたExcelです。パスワードを外して保存し直してください。".to_owned()
        }
        WorkbookError::Macros => {
            "マクロを含むExcelです。マクロのない.xlsxで保存し直してください。".to_owned()
        }
        WorkbookError::Nested => "別のファイルが埋め込まれています。外して保存し直してください。".to_owned(),
        WorkbookError::TooManyParts { .. } | WorkbookError::Ratio { .. } => {
            "圧縮のしかたが通常のExcelと違います。値だけを新しいブックに貼り付けて保存し直してください。"
                .to_owned()
        }
        WorkbookError::Unpacks { limit } | WorkbookError::TooMuchText { limit } => {
            format!("Excelの中身が大きすぎます（{}MBまで）。", limit >> 20)
        }
        WorkbookError::Formula { cell } => {
            format!("セル{cell}に数式があります。数式でなく値を貼り付けて保存し直してください。")
        }
        WorkbookError::Merged { from, to } => {
            format!("セル{from}から{to}が結合されています。結合を解除して保存し直してください。")
        }
        WorkbookError::SeveralSheets { first, second } => format!(
            "{first}枚目と{second}枚目のシートに入力があります（非表示のシートも数えます）。一覧表のシートだけにしてください。"
        ),
        WorkbookError::ErrorValue { cell } => {
            format!("セル{cell}がエラー値です。値を確かめてください。")
        }
        WorkbookError::Nul { cell } => format!("セル{cell}に文字でないデータがあります。"),
        WorkbookError::IndividualNumber { sheet, cell } => format!(
            "個人番号と思われる番号があります（{sheet}枚目のシートのセル{cell}）。ファイル全体を受け付けず、内容は保存せずに消去しました。番号を除いたファイルを市に求めてください。"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_b_an_individual_number_stands_before_everything_else() {
        let mut problems = Problems::default();
        let bad = |line| Problem { line, column: Some(1), kind: ProblemKind::BadDate };
        problems.add((2..500).map(bad));
        problems.add([Problem { line: 900, column: Some(8), kind: ProblemKind::IndividualNumber }]);
        let rows = problems.rows();
        assert_eq!((rows.len(), problems.total()), (SHOWN, 499));
        assert_eq!((rows[0].line, rows[0].column.as_str()), (900, "8"));
        assert!(problems.has_individual_number());
    }
}
