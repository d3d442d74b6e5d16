//! How the server and its rendering child talk over stdin and stdout.
//!
//! A request is a frame: four bytes of length (big endian) and that many bytes of JSON, a
//! [`documents::Document`]. An answer is a frame with an [`Answer`] and, where it is a PDF, exactly as many
//! bytes behind it as the answer says. One request at a time; the end of the input ends the child.
//!
//! The framing knows no typst: the parent uses [`frame`], [`frame_length`] and [`Answer`] with whatever
//! input and output it has.

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use documents::Document;
use serde::{Deserialize, Serialize};

use crate::{Engine, Rendered};

/// The longest request or answer header, in bytes. 50 letters take about 200 KiB.
pub const LONGEST_FRAME: usize = 64 << 20;

/// The longest PDF, in bytes.
pub const LONGEST_PDF: u64 = 256 << 20;

/// What stands before the bytes of a PDF, or in their place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// A PDF follows.
    Pdf {
        /// Its length in bytes.
        bytes: u64,
        /// Its pages.
        pages: usize,
        /// See [`Rendered::warnings`].
        warnings: Vec<String>,
    },
    /// No PDF, for this reason. The child goes on.
    Failed {
        /// The error's text, for the log.
        reason: String,
    },
    /// The renderer panicked. The child ends after this answer and is to be replaced.
    Panicked,
}

/// Why a message cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ProtocolError {
    /// The pipe failed or ended in the middle of a message.
    #[error("the pipe fails")]
    Pipe(#[from] io::Error),
    /// A message is longer than allowed.
    #[error("a message is too long")]
    TooLong,
    /// A message is not what it should be.
    #[error("a message is malformed")]
    Malformed(#[from] serde_json::Error),
    /// The renderer panicked and must be replaced.
    #[error("the renderer panicked")]
    Panicked,
}

/// A message as a frame, ready to be written.
pub fn frame(message: &impl Serialize) -> Result<Vec<u8>, ProtocolError> {
    let mut bytes = vec![0; 4];
    serde_json::to_writer(&mut bytes, message)?;
    let length = bytes.len() - 4;
    match u32::try_from(length) {
        Ok(prefix) if length <= LONGEST_FRAME => bytes[..4].copy_from_slice(&prefix.to_be_bytes()),
        _ => return Err(ProtocolError::TooLong),
    }
    Ok(bytes)
}

/// The length of the JSON that follows these four bytes.
pub fn frame_length(prefix: [u8; 4]) -> Result<usize, ProtocolError> {
    let length = usize::try_from(u32::from_be_bytes(prefix)).map_err(|_| ProtocolError::TooLong)?;
    if length > LONGEST_FRAME { Err(ProtocolError::TooLong) } else { Ok(length) }
}

/// Asks a child for a document and waits: the parent's side over blocking pipes.
///
/// `Ok(Err(reason))` is a document that cannot be rendered by a child that is well.
pub fn ask(
    document: &Document,
    mut to_child: impl Write,
    mut from_child: impl Read,
) -> Result<Result<Rendered, String>, ProtocolError> {
    to_child.write_all(&frame(document)?)?;
    to_child.flush()?;
    let header = read_frame(&mut from_child)?.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
    match serde_json::from_slice(&header)? {
        Answer::Pdf { bytes, pages, warnings } => {
            if bytes > LONGEST_PDF {
                return Err(ProtocolError::TooLong);
            }
            let length = usize::try_from(bytes).map_err(|_| ProtocolError::TooLong)?;
            let mut pdf = vec![0; length];
            from_child.read_exact(&mut pdf)?;
            Ok(Ok(Rendered { pdf, pages, warnings }))
        }
        Answer::Failed { reason } => Ok(Err(reason)),
        Answer::Panicked => Err(ProtocolError::Panicked),
    }
}

/// The child's loop: answers requests until the input ends.
///
/// Ends with an error where a request cannot be understood, since what follows it cannot be either, and after
/// a panic.
pub fn serve(engine: &Engine, mut input: impl Read, mut output: impl Write) -> Result<(), ProtocolError> {
    while let Some(request) = read_frame(&mut input)? {
        let document: Document = serde_json::from_slice(&request)?;
        drop(request);
        let Ok(result) = catch_unwind(AssertUnwindSafe(|| engine.render(&document))) else {
            output.write_all(&frame(&Answer::Panicked)?)?;
            output.flush()?;
            return Err(ProtocolError::Panicked);
        };
        match result {
            Ok(Rendered { pdf, pages, warnings }) => {
                output.write_all(&frame(&Answer::Pdf { bytes: pdf.len() as u64, pages, warnings })?)?;
                output.write_all(&pdf)?;
            }
            Err(error) => output.write_all(&frame(&Answer::Failed { reason: error.to_string() })?)?,
        }
        output.flush()?;
    }
    Ok(())
}

/// Reads a frame; nothing where the input ended before it.
fn read_frame(input: &mut impl Read) -> Result<Option<Vec<u8>>, ProtocolError> {
    let mut prefix = [0; 4];
    let mut read = 0;
    while read < prefix.len() {
        match input.read(&mut prefix[read..]) {
            Ok(0) if read == 0 => return Ok(None),
            Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            Ok(count) => read += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    let length = frame_length(prefix)?;
    let mut bytes = Vec::new();
    // A length that lies must not reserve its memory before the bytes are there.
    input.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_bounded_and_whole() {
        let bytes = frame(&Answer::Panicked).unwrap();
        assert_eq!(frame_length(bytes[..4].try_into().unwrap()).unwrap(), bytes.len() - 4);
        assert!(frame_length([0xff; 4]).is_err());
        assert!(read_frame(&mut &bytes[..]).unwrap().is_some());
        assert!(read_frame(&mut &[][..]).unwrap().is_none());
        assert!(matches!(read_frame(&mut &bytes[..3]), Err(ProtocolError::Pipe(_))));
        assert!(matches!(read_frame(&mut &bytes[..bytes.len() - 1]), Err(ProtocolError::Pipe(_))));
        assert!(matches!(read_frame(&mut &[0x7f, 0xff, 0xff, 0xff][..]), Err(ProtocolError::TooLong)));
    }
}
