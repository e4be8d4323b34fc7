//! What is read before the first record: which kind of file it is, its header, its index and its last ledger.
//!
//! Stands before the reader's decoder. Everything here comes from a file that may be cut, damaged or hostile, so
//! what does not hold together is `None`; the records can be read without it.

use std::io::{Read, Seek, SeekFrom};

use crate::dat::{self, DatHead};
use crate::index::{self, TAIL};
use crate::section::{self, MAX_SECTION, Payload, SECTION_HEAD, SKIPPABLE_MAGIC, SKIPPABLE_MASK, Tag};
use crate::{
    FORMAT_VERSION, FrameSize, Header, Index, Ledger, MAX_RECORD_SIZE, ReadError, Schema, Timestamp, lz4,
};

/// How a file starts.
pub(crate) struct Start {
    /// What is known of the file so far: for a `.gtel` nothing, for a `.dat` with a head what stands there.
    pub(crate) header: Header,
    /// Where the first frame stands.
    pub(crate) first_frame: u64,
    /// Whether the first frame is a section, as in every `.gtel`.
    pub(crate) is_section: bool,
    /// Whether the file ends inside the head of a `.dat`.
    pub(crate) is_cut: bool,
}

impl Start {
    fn new(header: Header, first_frame: u64) -> Self {
        Self { header, first_frame, is_section: false, is_cut: false }
    }
}

/// Tells what kind of file this is.
pub(crate) fn read_start(file: &mut impl Read) -> Result<Start, ReadError> {
    let mut start = Vec::new();
    file.take(DatHead::MAX as u64).read_to_end(&mut start)?;
    let unknown = Start::new(unknown_header("unknown", "unknown"), 0);
    let Some(magic) = start.first_chunk::<4>() else {
        return match start.as_slice() {
            [] => Err(ReadError::Empty),
            cut if is_cut_magic(cut) => Ok(unknown),
            _ => Err(not_a_session(&start)),
        };
    };
    match u32::from_le_bytes(*magic) {
        lz4::MAGIC => Ok(unknown),
        word if word & SKIPPABLE_MASK == SKIPPABLE_MAGIC => Ok(Start { is_section: true, ..unknown }),
        _ if *magic == dat::MAGIC => Ok(match DatHead::parse(&start) {
            Some(head) => Start::new(dat_header(&head), head.length as u64),
            None => Start { is_cut: true, ..unknown },
        }),
        // A damaged first byte must not lose the rest: our own tag, or any segment, still tells.
        _ if contains(&start, *b"GTHD") => Ok(Start { is_section: true, ..unknown }),
        _ if contains(&start, lz4::MAGIC.to_le_bytes()) => Ok(unknown),
        _ => Err(not_a_session(&start)),
    }
}

fn contains(bytes: &[u8], word: [u8; 4]) -> bool {
    bytes.windows(4).any(|window| window == word)
}

/// Whether `start`, of fewer than four bytes, is all that is left of a recording.
fn is_cut_magic(start: &[u8]) -> bool {
    [lz4::MAGIC.to_le_bytes(), SKIPPABLE_MAGIC.to_le_bytes(), dat::MAGIC]
        .iter()
        .any(|magic| magic.starts_with(start))
}

fn not_a_session(start: &[u8]) -> ReadError {
    let bytes: Vec<_> = start.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    ReadError::NotASession { start: bytes.join(" ") }
}

fn unknown_header(game: &str, source: &str) -> Header {
    let schema = Schema::opaque("Unknown", FrameSize::Variable { max: MAX_RECORD_SIZE });
    let mut header = Header::new(game, source, schema, Timestamp::default());
    (header.host, header.writer) = (String::new(), String::new());
    header
}

fn dat_header(head: &DatHead) -> Header {
    let size = match u32::try_from(head.struct_size) {
        Ok(size @ 1..=MAX_RECORD_SIZE) => FrameSize::Fixed(size),
        _ => FrameSize::Variable { max: MAX_RECORD_SIZE },
    };
    let mut header = unknown_header(&head.game.to_lowercase(), &head.type_name);
    header.schema = Schema::opaque(head.type_name.clone(), size);
    let (major, minor, patch) = head.data_version;
    header.schema.version = format!("{major}.{minor}.{patch}");
    header
}

/// The body of a header section as a header whose schema holds together.
///
/// # Errors
/// When it is of a later format, which may have changed everything but the member that says so.
pub(crate) fn parse_header(body: &[u8]) -> Result<Option<Header>, ReadError> {
    #[derive(serde::Deserialize)]
    struct Version {
        format: u32,
    }
    match serde_json::from_slice::<Version>(body) {
        Ok(Version { format: got }) if got > FORMAT_VERSION => {
            Err(ReadError::TooNew { got, supported: FORMAT_VERSION })
        }
        Ok(_) => Ok(serde_json::from_slice::<Header>(body).ok().filter(|header| header.check().is_ok())),
        Err(_) => Ok(None),
    }
}

/// The index of a finished file of `length` bytes; `None` when the file has none that holds together.
pub(crate) fn read_index(file: &mut (impl Read + Seek), length: u64) -> Result<Option<Index>, ReadError> {
    if length < index::SMALLEST {
        return Ok(None);
    }
    let mut tail = [0; TAIL];
    file.seek(SeekFrom::Start(length - TAIL as u64))?;
    file.read_exact(&mut tail)?;
    let Some(offset) = index::offset_from_tail(&tail).filter(|&offset| offset < length) else {
        return Ok(None);
    };
    let body = read_section(file, offset, length, Tag::Index)?;
    Ok(body.and_then(|body| Index::parse(&body, offset)))
}

/// The ledger that `index` names.
pub(crate) fn read_ledger(
    file: &mut (impl Read + Seek),
    index: &Index,
    length: u64,
) -> Result<Option<Ledger>, ReadError> {
    if index.ledger_offset == 0 {
        return Ok(None);
    }
    let body = read_section(file, index.ledger_offset, length, Tag::Ledger)?;
    Ok(body.and_then(|body| serde_json::from_slice(&body).ok()))
}

/// The body of the section of `tag` at `offset`, if one stands there.
fn read_section(
    file: &mut (impl Read + Seek),
    offset: u64,
    file_length: u64,
    tag: Tag,
) -> Result<Option<Vec<u8>>, ReadError> {
    let Some(available) =
        file_length.checked_sub(offset).and_then(|rest| rest.checked_sub(SECTION_HEAD as u64))
    else {
        return Ok(None);
    };
    let mut head = [0; SECTION_HEAD];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut head)?;
    let [_, _, _, _, size @ ..] = head;
    let size = u32::from_le_bytes(size);
    let is_section = head.starts_with(&SKIPPABLE_MAGIC.to_le_bytes());
    if !is_section || size > MAX_SECTION || u64::from(size) > available {
        return Ok(None);
    }
    let mut payload = vec![0; size as usize];
    file.read_exact(&mut payload)?;
    Ok(match section::parse(&payload) {
        Payload::Section(found, body) if found == tag => Some(body.to_vec()),
        _ => None,
    })
}
