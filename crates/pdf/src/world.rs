//! All that a template can see: the templates under fixed names, `data.json`, the fonts. No clock.

use std::path::PathBuf;

use documents::document::{DATA_FILE, TEMPLATES};
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};

use crate::PdfError;
use crate::fonts::Fonts;

/// What stays the same from one document to the next.
pub(crate) struct House {
    library: LazyHash<Library>,
    fonts: Fonts,
    sources: Vec<Source>,
    data_id: FileId,
}

/// The world of one document.
pub(crate) struct Room<'a> {
    house: &'a House,
    main: FileId,
    data: Bytes,
}

impl House {
    pub(crate) fn new(fonts: Fonts) -> Result<Self, PdfError> {
        let sources = TEMPLATES
            .iter()
            .map(|template| Ok(Source::new(file_id(template.name)?, template.source.to_owned())))
            .collect::<Result<_, PdfError>>()?;
        let data_id = file_id(DATA_FILE)?;
        Ok(Self { library: LazyHash::new(Library::default()), fonts, sources, data_id })
    }

    pub(crate) fn room(&self, template: &str, data: Vec<u8>) -> Result<Room<'_>, PdfError> {
        Ok(Room { house: self, main: file_id(template)?, data: Bytes::new(data) })
    }
}

/// The id of a virtual file. Ids are interned for good, so only fixed names come here.
fn file_id(name: &str) -> Result<FileId, PdfError> {
    let path = VirtualPath::new(name).map_err(|_| PdfError::Template(vec![format!("bad name {name}")]))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

impl World for Room<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.house.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.house.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let source = self.house.sources.iter().find(|source| source.id() == id);
        source.cloned().ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.house.data_id { Ok(self.data.clone()) } else { Err(not_found(id)) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.house.fonts.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(PathBuf::from(id.vpath().get_without_slash()))
}
