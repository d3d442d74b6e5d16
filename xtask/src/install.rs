//! What the system has to bring along, and how it gets there: Debian's packages when we are root and
//! apt-get is there, otherwise the one line to run.

use std::path::{Path, PathBuf};

use crate::call::Call;
use crate::failure::Failure;
use crate::{paths, postgres, python};

/// Something that a package of the system provides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// The server, 15 or later.
    PostgreSql,
    /// The browser of the stories.
    Chromium,
    /// Node.js with npm, for the browser stories.
    Node,
    /// Python that can make a folder of packages, for schemathesis.
    Python,
    /// The Japanese fonts of everything printed.
    Fonts,
    /// pdftotext and pdftoppm: tests read what was printed.
    Poppler,
    /// zbarimg: tests scan what was printed.
    Zbar,
    /// pngquant: the pictures of the manuals are kept small.
    Pngquant,
}

impl Need {
    fn is_met(self) -> bool {
        match self {
            Self::PostgreSql => postgres::programs().is_some(),
            Self::Chromium => chromium().is_some_and(|program| speaks_japanese(&program)),
            // An old Node.js is not a matter of packages: a newer one is fetched by its npm.
            Self::Node => paths::program("node").is_some() && paths::program("npm").is_some(),
            Self::Python => python::is_there(),
            Self::Fonts => has_font("BIZUDGothic") && has_font("NotoSansCJK"),
            Self::Poppler => paths::program("pdftotext").is_some() && paths::program("pdftoppm").is_some(),
            Self::Zbar => paths::program("zbarimg").is_some(),
            Self::Pngquant => paths::program("pngquant").is_some(),
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::PostgreSql => "PostgreSQL 15 or later (initdb and postgres)",
            Self::Chromium => "Chromium with its Japanese words",
            Self::Node => "Node.js with npm",
            Self::Python => "Python 3.10 or later with venv",
            Self::Fonts => "the fonts BIZ UDGothic and Noto Sans CJK",
            Self::Poppler => "pdftotext and pdftoppm",
            Self::Zbar => "zbarimg",
            Self::Pngquant => "pngquant",
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::PostgreSql => &["postgresql"],
            Self::Chromium => &["chromium", "chromium-l10n"],
            // Where Node.js came from elsewhere, it brought its npm; Debian's would collide with it.
            Self::Node if paths::program("node").is_some() => &["npm"],
            Self::Node => &["nodejs", "npm"],
            Self::Python => &["python3", "python3-venv"],
            Self::Fonts => &["fonts-morisawa-bizud-gothic", "fonts-noto-cjk"],
            Self::Poppler => &["poppler-utils"],
            Self::Zbar => &["zbar-tools"],
            Self::Pngquant => &["pngquant"],
        }
    }
}

/// Installs what is missing of these; what is still missing afterwards is returned.
pub(crate) fn install(needs: &[Need]) -> Result<Vec<Need>, Failure> {
    let missing = still_missing(needs);
    if missing.is_empty() {
        return Ok(missing);
    }
    let packages: Vec<_> = missing.iter().flat_map(|need| need.packages()).copied().collect();
    if !(rustix::process::geteuid().is_root() && paths::program("apt-get").is_some()) {
        println!("missing: {}", spell(&missing));
        println!("on Debian this line installs it:");
        println!("    sudo apt-get update && sudo apt-get install -y {}", packages.join(" "));
        return Ok(missing);
    }
    Call::of("apt-get").arg("update").run()?;
    Call::of("apt-get")
        .args(["install", "-y", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .run()?;
    Ok(still_missing(needs))
}

/// As [`install`], for a task that cannot do without: a check that is skipped is not a check.
pub(crate) fn demand(needs: &[Need]) -> Result<(), Failure> {
    let missing = install(needs)?;
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Failure::Missing(format!("cannot go on without {}", spell(&missing))))
    }
}

/// Whether the browser has its own words (the order of a date, the button of a file) in Japanese. Debian keeps them in a
/// package of their own; elsewhere they come with the browser.
fn speaks_japanese(chromium: &Path) -> bool {
    let locales = Path::new("/usr/lib/chromium/locales");
    !(chromium.starts_with("/usr/bin") && locales.is_dir()) || locales.join("ja.pak").is_file()
}

/// The browser that the stories are told in.
pub(crate) fn chromium() -> Option<PathBuf> {
    paths::program("chromium").or_else(|| paths::program("chromium-browser"))
}

fn still_missing(needs: &[Need]) -> Vec<Need> {
    needs.iter().copied().filter(|need| !need.is_met()).collect()
}

fn spell(needs: &[Need]) -> String {
    needs.iter().map(|need| need.what()).collect::<Vec<_>>().join(", ")
}

fn has_font(start: &str) -> bool {
    let own = std::env::var_os("HOME").map(|home| Path::new(&home).join(".local/share/fonts"));
    ["/usr/share/fonts", "/usr/local/share/fonts"]
        .iter()
        .map(PathBuf::from)
        .chain(own)
        .any(|folder| holds_file(&folder, start, 4))
}

/// Whether a file whose name starts so lies at most so many folders deep.
fn holds_file(folder: &Path, start: &str, depth: u32) -> bool {
    let Ok(entries) = folder.read_dir() else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            depth > 0 && holds_file(&path, start, depth - 1)
        } else {
            entry.file_name().to_string_lossy().starts_with(start)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_is_found_by_the_start_of_its_name_and_not_too_deep() {
        let folder = std::env::temp_dir().join(format!("xtask-fonts-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("truetype/bizud")).unwrap();
        std::fs::write(folder.join("truetype/bizud/BIZUDGothic-Regular.ttf"), "").unwrap();
        assert!(holds_file(&folder, "BIZUDGothic", 2));
        assert!(!holds_file(&folder, "BIZUDGothic", 1));
        assert!(!holds_file(&folder, "NotoSansCJK", 4));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn every_need_has_a_package_and_words() {
        let needs = [Need::PostgreSql, Need::Chromium, Need::Node, Need::Fonts, Need::Poppler, Need::Zbar];
        for need in needs.into_iter().chain([Need::Python, Need::Pngquant]) {
            assert!(!need.packages().is_empty() && !need.what().is_empty());
        }
    }
}
