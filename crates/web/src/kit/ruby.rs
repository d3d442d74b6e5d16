//! Readings over kanji (ふりがな), as やさしい日本語 has them: the catalogue writes `確認《かくにん》`, pages show
//! `<ruby>`, and where no markup can stand (attributes, titles, pictures, files) the reading is left out.

/// Opens a reading.
const OPEN: char = '《';
/// Ends a reading.
const CLOSE: char = '》';

/// Elements whose text is no markup.
const PLAIN: [&str; 4] = ["title", "option", "svg", "textarea"];

fn is_kanji(sign: char) -> bool {
    matches!(sign, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '々' | 'ヶ')
}

/// The text without readings.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, _, after)) = next(rest) {
        out.push_str(before);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The page with its readings as markup.
pub(crate) fn marked_up(html: &str) -> String {
    let mut out = String::with_capacity(html.len() * 2);
    let mut within: Option<&str> = None;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        out.push_str(&if within.is_some() { plain(text) } else { with_ruby(text) });
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        let (tag, after) = tag.split_at(end);
        out.push_str(&plain(tag));
        match within {
            Some(element) if tag.strip_prefix("</").is_some_and(|name| name.starts_with(element)) => {
                within = None;
            }
            Some(_) => {}
            None => {
                let name = tag.trim_start_matches('<').split([' ', '>', '\n']).next().unwrap_or_default();
                within = PLAIN.into_iter().find(|plain| *plain == name);
            }
        }
        rest = after;
    }
    out.push_str(&with_ruby(rest));
    out
}

fn with_ruby(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some((before, reading, after)) = next(rest) {
        // What the reading belongs to: the kanji right before it.
        let from =
            before.char_indices().rev().take_while(|(_, sign)| is_kanji(*sign)).last().map(|(at, _)| at);
        let (plain, base) = before.split_at(from.unwrap_or(before.len()));
        out.push_str(plain);
        if base.is_empty() {
            out.extend(["（", reading, "）"]);
        } else {
            out.extend(["<ruby>", base, "<rp>（</rp><rt>", reading, "</rt><rp>）</rp></ruby>"]);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What stands before the next reading, the reading, and what comes after it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(OPEN)?;
    let (reading, after) = rest.split_once(CLOSE)?;
    Some((before, reading, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_stands_over_the_kanji_before_it() {
        assert_eq!(
            marked_up("<p>カードの受《う》け取《と》り</p>"),
            "<p>カードの<ruby>受<rp>（</rp><rt>う</rt><rp>）</rp></ruby>け\
             <ruby>取<rp>（</rp><rt>と</rt><rp>）</rp></ruby>り</p>"
        );
        assert_eq!(marked_up("QR《キューアール》"), "QR（キューアール）");
        assert_eq!(marked_up("何もない<br>"), "何もない<br>");
    }

    #[test]
    fn where_no_markup_can_stand_the_reading_is_left_out() {
        let html = r#"<title>予約《よやく》 | 市</title><a title="日《ひ》">日《ひ》</a><svg><text>時《じ》</text></svg>時《じ》"#;
        let shown = marked_up(html);
        assert!(shown.starts_with(r#"<title>予約 | 市</title><a title="日"><ruby>日"#), "{shown}");
        assert!(shown.contains("<svg><text>時</text></svg><ruby>時"), "{shown}");
        assert_eq!(plain("予約《よやく》の番号《ばんごう》"), "予約の番号");
    }
}
