//! Lists the languages of the citizens' pages: every folder of `messages` is one, with all its files, so that a
//! further language is a folder and nothing else.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=messages");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("messages");
    let mut codes = names(&root)?;
    // Code names the first two: Japanese, which stands in where a language cannot be told, and English.
    codes.sort_by_key(|code| (code != "ja", code != "en", code.clone()));
    let mut list = format!("pub(super) static SOURCES: [(&str, &[&str]); {}] = [\n", codes.len());
    for code in &codes {
        writeln!(list, "    ({code:?}, &[")?;
        for file in names(&root.join(code))? {
            // Relative to the checkout: a target folder outlives one that is moved.
            let path = format!("/messages/{code}/{file}");
            writeln!(list, "        include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?})),")?;
        }
        list.push_str("    ]),\n");
    }
    list.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("languages.rs"), list)?;
    Ok(())
}

/// The names in a folder, in order.
fn names(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names
            .push(entry?.file_name().into_string().map_err(|name| format!("{} is no name", name.display()))?);
    }
    names.sort();
    Ok(names)
}
