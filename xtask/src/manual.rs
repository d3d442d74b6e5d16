//! `cargo xtask manual`: the pictures of the manuals, brought from where the browser stories put them.
//!
//! The stories take the pictures of what they do (`e2e/shots/manual`), the manuals name them; only what a manual names
//! is kept. The tests below hold manuals, pictures and screens together.

use std::collections::BTreeSet;
use std::path::Path;

use crate::call::Call;
use crate::failure::Failure;
use crate::install::{self, Need};
use crate::paths::Paths;

/// Brings each picture that a manual names, in as few colours as a screen has.
pub(crate) fn manual(paths: &Paths) -> Result<(), Failure> {
    install::demand(&[Need::Pngquant])?;
    let folder = paths.root.join("docs/manual");
    let taken = paths.stories().join("shots/manual");
    for name in named(&texts(&folder)) {
        let (from, to) = (taken.join(&name), folder.join("img").join(&name));
        if !from.is_file() {
            let words = format!("no {}: run `cargo xtask test --only browser` before", from.display());
            return Err(Failure::Missing(words));
        }
        Call::of("pngquant").args(["--force", "--strip", "--output"]).arg(&to).arg(&from).run()?;
    }
    Ok(())
}

/// The manuals, each with its name.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut texts: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter_map(|path| {
            Some((path.file_name()?.to_str()?.to_owned(), std::fs::read_to_string(&path).ok()?))
        })
        .collect();
    texts.sort();
    texts
}

/// The pictures that the manuals name.
fn named(texts: &[(String, String)]) -> BTreeSet<String> {
    let after = |text: &str| text.split("](img/").skip(1).map(str::to_owned).collect::<Vec<_>>();
    texts
        .iter()
        .flat_map(|(_, text)| after(text))
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// The largest picture in bytes: a manual opens at once, and the history keeps every picture for ever.
    const LARGEST: u64 = 150_000;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    fn manuals() -> Vec<(String, String)> {
        texts(&root().join("docs/manual"))
    }

    #[test]
    fn every_picture_of_a_manual_is_there_and_every_picture_is_in_a_manual() {
        let folder = root().join("docs/manual/img");
        let there: BTreeSet<String> = folder
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert!(there.len() >= 12, "a manual shows its screens");
        assert_eq!(there, named(&manuals()));
        let sizes = there.iter().map(|name| (name, folder.join(name).metadata().unwrap().len()));
        let large: Vec<_> = sizes.filter(|(_, length)| *length > LARGEST).collect();
        assert!(large.is_empty(), "{large:?}");
    }

    /// What a manual says in 「」 is said so by a screen. What the screen fills in is ○ in the manual, or left out at the
    /// end, as in 「リストを確定する（○件）」.
    #[test]
    fn every_word_in_brackets_stands_on_a_screen() {
        let mut screens = String::new();
        for folder in
            ["crates/web/templates", "crates/web/src/staff", "crates/domain/src", "crates/web/messages/ja"]
        {
            gather(&root().join(folder), &mut screens);
        }
        let lines: Vec<&str> = screens.lines().collect();
        let stands = |quoted: &str| {
            let parts: Vec<&str> = quoted.split(['○', '…']).collect();
            lines.iter().any(|line| {
                let mut rest = *line;
                parts.iter().all(|part| match rest.split_once(part) {
                    Some((_, after)) => {
                        rest = after;
                        true
                    }
                    None => false,
                })
            })
        };
        let mut unknown = Vec::new();
        let mut quotations = 0;
        for (name, text) in manuals() {
            for quoted in text.split('「').skip(1).filter_map(|rest| Some(rest.split_once('」')?.0)) {
                quotations += 1;
                // A quotation may go on in the next line of the manual.
                let quoted: String = quoted.split('\n').map(str::trim).collect();
                if !stands(&quoted) {
                    unknown.push(format!("{name}: {quoted}"));
                }
            }
        }
        assert!(quotations > 100, "the manuals quote their screens");
        assert!(unknown.is_empty(), "on no screen: {unknown:#?}");
    }

    fn gather(folder: &Path, into: &mut String) {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, into);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                into.push_str(&text);
                into.push('\n');
            }
        }
    }
}
