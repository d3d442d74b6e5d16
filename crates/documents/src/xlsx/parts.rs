//! The XML of a workbook. Elements stand in the order that the format asks for; spreadsheets refuse any other.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::Place;

macro_rules! xml {
    ($($text:literal),+ $(,)?) => {
        concat!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n", $($text),+)
    };
}

/// What each part is.
pub(super) const CONTENT_TYPES: &str = xml!(
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Default Extension="xml" ContentType="application/xml"/>"#,
    r#"<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>"#,
    r#"<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>"#,
    r#"<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>"#,
    r#"<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#,
    "</Types>",
);

/// Where the workbook and its properties are.
pub(super) const ROOT_RELATIONS: &str = xml!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>"#,
    r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>"#,
    "</Relationships>",
);

/// Where the sheet and its formats are.
pub(super) const RELATIONS: &str = xml!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>"#,
    r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>"#,
    "</Relationships>",
);

/// The formats of cells, in the order of [`super::style`]: plain, header, text, day.
pub(super) const STYLES: &str = xml!(
    r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
    r#"<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy/mm/dd"/></numFmts>"#,
    r#"<fonts count="2">"#,
    r#"<font><sz val="11"/><name val="游ゴシック"/><family val="3"/><charset val="128"/></font>"#,
    r#"<font><b/><sz val="11"/><name val="游ゴシック"/><family val="3"/><charset val="128"/></font>"#,
    "</fonts>",
    r#"<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>"#,
    r#"<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"#,
    r#"<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>"#,
    r#"<cellXfs count="5">"#,
    r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>"#,
    r#"<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>"#,
    r#"<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">"#,
    // Numbers and days end before the border, so that they do not touch the text of the next column.
    r#"<alignment horizontal="right" indent="1"/></xf>"#,
    r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">"#,
    r#"<alignment horizontal="right" indent="1"/></xf>"#,
    "</cellXfs>",
    r#"<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>"#,
    "</styleSheet>",
);

/// When the list was made.
pub(super) fn properties(made_at: Timestamp) -> String {
    let at = made_at.strftime("%Y-%m-%dT%H:%M:%SZ");
    format!(
        concat!(
            xml!(
                r#"<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties""#,
                r#" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">"#,
            ),
            r#"<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>"#,
            r#"<dcterms:modified xsi:type="dcterms:W3CDTF">{at}</dcterms:modified></cp:coreProperties>"#,
        ),
        at = at
    )
}

/// The workbook with its one sheet, of which the first row is filtered by and repeated on each page.
pub(super) fn workbook(name: &str, columns: usize, rows: usize) -> String {
    let mut shown = String::new();
    escape(&mut shown, name);
    let mut text = String::from(xml!(
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#,
        r#" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">"#,
        r#"<bookViews><workbookView xWindow="0" yWindow="0" windowWidth="24000" windowHeight="12000"/></bookViews>"#,
    ));
    push(&mut text, format_args!(r#"<sheets><sheet name="{shown}" sheetId="1" r:id="rId1"/></sheets>"#));
    if columns > 0 {
        let quoted = shown.replace('\'', "''");
        let last = Place { column: columns - 1, row: rows };
        push(
            &mut text,
            format_args!(
                concat!(
                    r#"<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">"#,
                    "'{quoted}'!$A$1:${letters}${row}</definedName>",
                    r#"<definedName name="_xlnm.Print_Titles" localSheetId="0">'{quoted}'!$1:$1</definedName>"#,
                    "</definedNames>",
                ),
                quoted = quoted,
                letters = Letters(last.column),
                row = last.row
            ),
        );
    }
    text.push_str("</workbook>");
    text
}

/// The sheet up to its rows: the header frozen, the widths of the columns.
pub(super) fn before_rows(text: &mut String, widths: &[usize]) {
    text.push_str(xml!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
        r#"<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>"#,
        r#"<sheetViews><sheetView tabSelected="1" workbookViewId="0">"#,
        r#"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>"#,
        r#"<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>"#,
        r#"<sheetFormatPr defaultRowHeight="18.75"/>"#,
    ));
    if !widths.is_empty() {
        text.push_str("<cols>");
        for (column, width) in (1..).zip(widths) {
            let column: usize = column;
            push(
                text,
                format_args!(r#"<col min="{column}" max="{column}" width="{width}" customWidth="1"/>"#),
            );
        }
        text.push_str("</cols>");
    }
    text.push_str("<sheetData>");
}

/// The sheet behind its rows: the filter, and A4 in landscape, one page wide. Codes are meant to be text, so
/// the spreadsheet does not warn of them.
pub(super) fn after_rows(text: &mut String, columns: usize, rows: usize) {
    let range = columns.checked_sub(1).map(|column| Place { column, row: rows });
    if let Some(last) = range {
        push(text, format_args!(r#"<autoFilter ref="A1:{last}"/>"#));
    }
    text.push_str(
        r#"<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>"#,
    );
    text.push_str(r#"<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>"#);
    if let Some(last) = range {
        push(
            text,
            format_args!(
                r#"<ignoredErrors><ignoredError sqref="A1:{last}" numberStoredAsText="1"/></ignoredErrors>"#
            ),
        );
    }
    text.push_str("</worksheet>");
}

/// Begins a row.
pub(super) fn open_row(text: &mut String, row: usize) {
    push(text, format_args!(r#"<row r="{row}">"#));
}

/// A cell with a number.
pub(super) fn number(text: &mut String, place: Place, style: u8, number: i64) {
    push(text, format_args!(r#"<c r="{place}" s="{style}"><v>{number}</v></c>"#));
}

/// A cell with a text.
pub(super) fn text(text: &mut String, place: Place, style: Option<u8>, content: &str) {
    match style {
        Some(style) => push(text, format_args!(r#"<c r="{place}" s="{style}" t="inlineStr"><is>"#)),
        None => push(text, format_args!(r#"<c r="{place}" t="inlineStr"><is>"#)),
    }
    let blank = |c: Option<char>| c.is_some_and(char::is_whitespace);
    let kept = blank(content.chars().next()) || blank(content.chars().next_back());
    text.push_str(if kept { r#"<t xml:space="preserve">"# } else { "<t>" });
    escape(text, content);
    text.push_str("</t></is></c>");
}

/// Adds a text as XML, without what XML refuses.
fn escape(out: &mut String, text: &str) {
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => {
                if rest.peek().is_none_or(|(_, next)| *next != '\n') {
                    out.push('\n');
                }
            }
            '\t' | '\n' => out.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            // A spreadsheet reads `_x0041_` as the character of that number, so the mark itself is written so.
            '_' if is_numbered(&text.as_bytes()[at..]) => out.push_str("_x005F_"),
            c => out.push(c),
        }
    }
}

/// Whether a text begins with `_xHHHH_`.
pub(crate) fn is_numbered(text: &[u8]) -> bool {
    matches!(text, [b'_', b'x', a, b, c, d, b'_', ..] if [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit))
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", Letters(self.column), self.row)
    }
}

/// A column, from 0, as a spreadsheet names it: A, B, … Z, AA.
pub(crate) struct Letters(pub(crate) usize);

impl std::fmt::Display for Letters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 >= 26 {
            Letters(self.0 / 26 - 1).fmt(f)?;
        }
        // A rest below 26 is a letter.
        f.write_char(char::from(b'A' + u8::try_from(self.0 % 26).unwrap_or_default()))
    }
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = text.write_fmt(arguments);
}
