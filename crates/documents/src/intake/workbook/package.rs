//! The archive around a workbook: what it may hold, and how far it may unpack.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use quick_xml::events::Event;
use zip::{CompressionMethod, ZipArchive};

use super::super::{IntakeError, Limits};
use super::WorkbookError;
use super::xml::{Xml, attribute};

/// The most parts of a workbook.
const MOST_PARTS: usize = 1_000;

/// How many times its size a part may unpack to.
const RATIO: u64 = 100;

/// Parts up to here may unpack from next to nothing: XML of blank cells does.
const SMALL: u64 = 1 << 20;

/// Endings of what must not stand within a workbook.
const ARCHIVES: [&str; 12] =
    [".zip", ".xlsx", ".xlsm", ".xlsb", ".xls", ".docx", ".docm", ".doc", ".pptx", ".7z", ".gz", ".rar"];

/// An archive whose parts are known to be bounded.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// The place of each part by its name in small letters.
    parts: HashMap<String, usize>,
}

/// What a part points to.
pub(super) struct Relation {
    /// By which name it is pointed to.
    pub(super) id: String,
    /// The part it points to.
    pub(super) target: String,
    kind: String,
}

impl Relation {
    /// Whether it is of a kind, by the last word of its address.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind.rsplit('/').next() == Some(kind)
    }
}

impl<'a> Package<'a> {
    /// Looks at everything that can be told without unpacking, and at the first bytes of each part.
    pub(super) fn open(file: &'a [u8], limits: &Limits) -> Result<Self, IntakeError> {
        let broken = |_| WorkbookError::Broken;
        // The directory is held in memory, so its entries are counted first.
        if file.windows(4).filter(|bytes| bytes == b"PK\x01\x02").count() > MOST_PARTS {
            return Err(WorkbookError::TooManyParts { limit: MOST_PARTS }.into());
        }
        let mut archive = ZipArchive::new(Cursor::new(file)).map_err(broken)?;
        if archive.has_duplicate_names() || archive.has_overlapping_files().map_err(broken)? {
            return Err(WorkbookError::Broken.into());
        }
        let mut parts = HashMap::new();
        let mut unpacked = 0_u64;
        for index in 0..archive.len() {
            let entry = archive.by_index_data(index).map_err(broken)?;
            if entry.encrypted() {
                return Err(WorkbookError::Encrypted.into());
            }
            let name = entry.name().map_err(broken)?.replace('\\', "/").to_lowercase();
            if name.contains("vbaproject") || name.contains("macrosheets/") {
                return Err(WorkbookError::Macros.into());
            }
            if ARCHIVES.iter().any(|ending| name.ends_with(ending)) {
                return Err(WorkbookError::Nested.into());
            }
            if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
                return Err(WorkbookError::Broken.into());
            }
            unpacked = unpacked.saturating_add(entry.size());
            if unpacked > limits.unpacked_bytes as u64 {
                return Err(WorkbookError::Unpacks { limit: limits.unpacked_bytes }.into());
            }
            if entry.size() > SMALL && entry.size() / RATIO > entry.compressed_size() {
                return Err(WorkbookError::Ratio { limit: RATIO }.into());
            }
            if parts.insert(name, index).is_some() {
                return Err(WorkbookError::Broken.into());
            }
        }
        for index in 0..archive.len() {
            let mut first = [0; 4];
            let mut entry = archive.by_index(index).map_err(broken)?;
            // A part of less than four bytes leaves zeros.
            if entry.read(&mut first).is_err() {
                return Err(WorkbookError::Broken.into());
            }
            if first == *b"PK\x03\x04" || first == [0xd0, 0xcf, 0x11, 0xe0] {
                return Err(WorkbookError::Nested.into());
            }
        }
        Ok(Self { archive, parts })
    }

    /// Whether there is a part of this name.
    pub(super) fn has(&self, part: &str) -> bool {
        self.parts.contains_key(&part.to_lowercase())
    }

    /// A part as XML.
    pub(super) fn xml(&mut self, part: &str) -> Result<Xml<impl Read>, IntakeError> {
        let index = *self.parts.get(&part.to_lowercase()).ok_or(WorkbookError::Broken)?;
        let entry = self.archive.by_index(index).map_err(|_| WorkbookError::Broken)?;
        let size = entry.size();
        Ok(Xml::new(entry, size))
    }

    /// What a part points to; the archive as a whole has no name.
    pub(super) fn relations(&mut self, part: &str) -> Result<Vec<Relation>, IntakeError> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = resolve(folder, &format!("_rels/{file}.rels"));
        let mut relations = Vec::new();
        if !self.has(&name) {
            return Ok(relations);
        }
        let mut xml = self.xml(&name)?;
        loop {
            match xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                    let of = |name| attribute(&element, name).map(Option::unwrap_or_default);
                    if of("TargetMode")? == "External" {
                        continue;
                    }
                    let target = resolve(folder, &of("Target")?);
                    relations.push(Relation { id: of("Id")?, target, kind: of("Type")? });
                }
                Event::Eof => return Ok(relations),
                _ => {}
            }
        }
    }
}

/// The name of a part from how a part in `folder` points to it.
fn resolve(folder: &str, target: &str) -> String {
    let from = if target.starts_with('/') { "" } else { folder };
    let mut steps: Vec<&str> = Vec::new();
    for step in from.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}
