//! The fonts that the templates name, loaded once.
//!
//! Only files that hold a wanted face are kept: a machine's font folders hold hundreds of megabytes.

use std::fs;
use std::path::{Path, PathBuf};

use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontStyle, FontWeight};
use typst::utils::LazyHash;

use crate::PdfError;

/// How deep folders are searched; a link that leads back cannot keep the search from ending.
const DEPTH: usize = 6;

/// The fonts, and the book by which typst chooses among them.
pub(crate) struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
}

/// A family in a weight that the templates use.
struct Wanted {
    family: &'static str,
    weight: FontWeight,
    found: Option<Font>,
}

impl Fonts {
    /// Loads regular and bold of each family from the folders.
    pub(crate) fn load(folders: &[PathBuf], families: &'static [&'static str]) -> Result<Self, PdfError> {
        let mut wanted: Vec<Wanted> = families
            .iter()
            .flat_map(|family| {
                [FontWeight::REGULAR, FontWeight::BOLD].map(|weight| Wanted { family, weight, found: None })
            })
            .collect();
        let mut files = Vec::new();
        for folder in folders {
            collect(folder, DEPTH, &mut files);
        }
        // The likely files first; the others are opened only while a face is missing.
        files.sort_by_key(|path| (!is_likely(path, families), path.clone()));
        for path in files {
            if wanted.iter().all(|face| face.found.is_some()) {
                break;
            }
            // A file that vanished or may not be read is as good as absent: a missing face is told below.
            let Ok(bytes) = fs::read(&path) else { continue };
            for font in Font::iter(Bytes::new(bytes)) {
                take(&mut wanted, font);
            }
        }
        let mut book = FontBook::new();
        let mut fonts = Vec::with_capacity(wanted.len());
        for face in wanted {
            let Some(font) = face.found else {
                return Err(PdfError::MissingFont {
                    family: face.family,
                    bold: face.weight == FontWeight::BOLD,
                    folders: folders.to_vec(),
                });
            };
            book.push(font.info().clone());
            fonts.push(font);
        }
        Ok(Self { book: LazyHash::new(book), fonts })
    }
}

fn take(wanted: &mut [Wanted], font: Font) {
    let (family, variant) = {
        let info = font.info();
        (info.family.clone(), info.variant)
    };
    let fits = |face: &&mut Wanted| {
        face.found.is_none()
            && family.as_str().eq_ignore_ascii_case(face.family)
            && variant.weight == face.weight
            && variant.style == FontStyle::Normal
    };
    if let Some(face) = wanted.iter_mut().find(fits) {
        face.found = Some(font);
    }
}

/// Whether a file's name begins like one of the families: `NotoSansCJK-Regular.ttc`, `BIZUDGothic-Bold.ttf`.
fn is_likely(path: &Path, families: &[&str]) -> bool {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name = stem.split('-').next().unwrap_or_default().to_owned();
    let weight = stem.contains("regular") || stem.contains("bold");
    weight
        && name.len() >= 4
        && families.iter().any(|family| family.replace(' ', "").to_lowercase().starts_with(&name))
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    // A folder that is configured but absent holds no fonts; what is missing is told by its family.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_font = path.extension().is_some_and(|extension| {
            ["ttf", "otf", "ttc", "otc"].iter().any(|known| extension.eq_ignore_ascii_case(known))
        });
        if is_font {
            files.push(path);
        } else if depth > 0 && path.is_dir() {
            collect(&path, depth - 1, files);
        }
    }
}
