//! A part of a workbook as events of XML, each within a bound.

use std::io::{self, BufReader, Read};

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::super::IntakeError;
use super::WorkbookError;

/// The longest element or text, in bytes. A cell holds 32,767 characters.
const LONGEST_EVENT: u64 = 1 << 20;

/// A part that is read event by event.
pub(super) struct Xml<R: Read> {
    reader: Reader<BufReader<Metered<R>>>,
    buffer: Vec<u8>,
}

impl<R: Read> Xml<R> {
    /// A part that unpacks to `size` bytes and not one more.
    pub(super) fn new(part: R, size: u64) -> Self {
        let mut reader = Reader::from_reader(BufReader::new(Metered { part, size, event: LONGEST_EVENT }));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new() }
    }

    /// The next event; elements without content come as a start and an end.
    pub(super) fn next(&mut self) -> Result<Event<'_>, IntakeError> {
        self.buffer.clear();
        self.reader.get_mut().get_mut().event = LONGEST_EVENT;
        match self.reader.read_event_into(&mut self.buffer) {
            // A workbook has no use for entities of its own.
            Ok(Event::DocType(_)) | Err(_) => Err(WorkbookError::Broken.into()),
            Ok(event) => Ok(event),
        }
    }
}

/// The value of an attribute, whatever its namespace.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, IntakeError> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| WorkbookError::Broken)?;
        if attribute.key.local_name().as_ref() == name {
            let value = attribute.normalized_value(XmlVersion::Explicit1_0);
            return Ok(Some(value.map_err(|_| WorkbookError::Broken)?.into_owned()));
        }
    }
    Ok(None)
}

/// Adds a reference such as `&lt;` or `&#x3042;` as what it stands for.
pub(super) fn add_reference(text: &mut String, reference: &BytesRef<'_>) -> Result<(), IntakeError> {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => text.push(c),
        Ok(None) => text.push_str(resolve_predefined_entity(reference).ok_or(WorkbookError::Broken)?),
        Err(_) => return Err(WorkbookError::Broken.into()),
    }
    Ok(())
}

/// Bytes that end in an error where the archive's directory lied, or where one event goes on and on.
struct Metered<R> {
    part: R,
    /// What is left of the part.
    size: u64,
    /// What is left for the event at hand.
    event: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(buffer)?;
        let rest = |left: u64| left.checked_sub(read as u64).ok_or(io::ErrorKind::InvalidData);
        self.size = rest(self.size)?;
        self.event = rest(self.event)?;
        Ok(read)
    }
}
