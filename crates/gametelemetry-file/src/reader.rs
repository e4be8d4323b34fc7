//! Reads one session file record by record, however it ends: finished, cut, damaged, or still being written.
//!
//! Memory is bounded by a segment's window. Any `Read + Seek` will do; files are opened by [`crate::files`].

use std::io::{self, Read, Seek, SeekFrom};

use crate::dat::{self, DatHead};
use crate::decoder::{Decoder, Step};
use crate::end::{Damage, End};
use crate::index::{self, TAIL};
use crate::section::{self, MAX_SECTION, Payload, SECTION_HEAD, Tag};
use crate::{FORMAT_VERSION, FrameSize, Header, Index, Ledger, MAX_RECORD_SIZE, Schema, Timestamp, lz4};

/// Bytes asked of the file at once.
const READ: usize = 64 << 10;
/// The most damaged places that are listed; a file that is all damage must not fill the memory.
const MAX_DAMAGE: usize = 10_000;

/// One frame of a recording with its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// When the session got the frame.
    pub timestamp: Timestamp,
    /// The frame's bytes, as the schema describes them.
    pub data: &'a [u8],
}

/// Why a file cannot be read at all. A cut or damaged one can.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The operating system refused.
    #[error("cannot read the session file")]
    Io {
        /// What it said.
        #[from]
        source: io::Error,
    },
    /// A file of no bytes.
    #[error("the file is empty: the recorder was stopped before it wrote anything")]
    Empty,
    /// Something else than a recording.
    #[error("this is no session file: it starts with {start}; expected a .gtel or .dat recording")]
    NotASession {
        /// Its first bytes, in hexadecimal.
        start: String,
    },
    /// A file of a later version of the format.
    #[error("the file has format version {got}, this program reads up to {supported}: update gametelemetry")]
    TooNew {
        /// The file's version.
        got: u32,
        /// The newest version that is read.
        supported: u32,
    },
}

/// Reads the records of one session file.
///
/// ```
/// # use gametelemetry_file::*;
/// # let started: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
/// # let schema = Schema::opaque("Text", FrameSize::Variable { max: 100 });
/// # let mut encoder = SessionEncoder::new(&Header::new("demo", "text", schema, started), EncoderOptions::default())?;
/// # encoder.push(started, b"hello").unwrap();
/// # encoder.finish(&Ledger::default());
/// # let file = std::io::Cursor::new(encoder.output().to_vec());
/// let mut reader = SessionReader::new(file)?;
/// while let Some(record) = reader.next_record()? {
///     println!("{} {} bytes", record.timestamp, record.data.len());
/// }
/// assert_eq!(reader.end(), End::Complete);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SessionReader<R = std::fs::File> {
    file: R,
    decoder: Decoder,
    header: Header,
    has_header: bool,
    index: Option<Index>,
    ledger: Option<Ledger>,
    damage: Vec<Damage>,
    /// A step that came while the header was looked for, still to be given out.
    ahead: Option<Step>,
    /// Records before this time are passed over after a seek.
    skip_before: Timestamp,
    /// Where the first frame starts: 0, or behind the head of a `.dat`.
    start: u64,
}

impl<R: Read + Seek> SessionReader<R> {
    /// Opens the recording in `file`.
    ///
    /// # Errors
    /// When it is no recording, a later version's, or cannot be read. Damage and a missing end are no errors.
    pub fn new(mut file: R) -> Result<Self, ReadError> {
        let length = file.seek(SeekFrom::End(0))?;
        let index = read_index(&mut file, length)?;
        file.seek(SeekFrom::Start(0))?;
        let (start, header) = read_start(&mut file)?;
        file.seek(SeekFrom::Start(start))?;
        let mut reader = Self {
            file,
            decoder: Decoder::new(start, header.schema.size, false),
            header,
            has_header: false,
            index: None,
            ledger: None,
            damage: Vec::new(),
            ahead: None,
            skip_before: Timestamp::MIN,
            start,
        };
        if start == 0 {
            reader.read_header()?;
        }
        if let Some(index) = index {
            reader.ledger = read_ledger(&mut reader.file, &index, length)?;
            reader.file.seek(SeekFrom::Start(reader.decoder.end_of_input()))?;
            reader.index = Some(index);
        }
        Ok(reader)
    }

    /// What the file says of itself. Of a file without a header: that the layout is not known.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Whether the file had a header that could be read.
    #[must_use]
    pub fn has_header(&self) -> bool {
        self.has_header
    }

    /// The layout of the frames.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.header.schema
    }

    /// The index of a finished file.
    #[must_use]
    pub fn index(&self) -> Option<&Index> {
        self.index.as_ref()
    }

    /// The newest ledger known: the last one of a finished file, else the last one read so far.
    #[must_use]
    pub fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }

    /// Damaged places met so far.
    #[must_use]
    pub fn damage(&self) -> &[Damage] {
        &self.damage
    }

    /// How the file ends, as far as it was read; meaningful once [`SessionReader::next_record`] gave `None`.
    #[must_use]
    pub fn end(&self) -> End {
        self.decoder.end()
    }

    /// Verifies the checksum of each segment's whole contents too, not only of its blocks.
    pub fn check_content(&mut self) {
        self.decoder.check_content();
    }

    /// The next record, or `None` at the end of what is there. A file that has grown since gives more when asked
    /// again, so a recording can be followed while it is written.
    ///
    /// # Errors
    /// Only when the operating system fails to read; damage is passed over and listed.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        loop {
            let step = match self.ahead.take() {
                Some(step) => step,
                None => self.decoder.step(),
            };
            match step {
                Step::Record { timestamp, start, end } => {
                    if timestamp >= self.skip_before {
                        self.skip_before = Timestamp::MIN;
                        return Ok(Some(Record { timestamp, data: self.decoder.data(start, end) }));
                    }
                }
                Step::NeedInput => {
                    if self.read_more()? == 0 {
                        return Ok(None);
                    }
                }
                step => self.note(step),
            }
        }
    }

    /// Goes to the first record at `time` or later. With an index one segment is read; without, all before it.
    ///
    /// # Errors
    /// When the operating system fails to read.
    pub fn seek(&mut self, time: Timestamp) -> Result<(), ReadError> {
        let target = match &self.index {
            Some(index) => match index.find(time).and_then(|number| index.entries.get(number)) {
                Some(entry) => entry.offset,
                None => index.entries.last().map_or(self.start, |entry| entry.offset),
            },
            None => self.start,
        };
        self.file.seek(SeekFrom::Start(target))?;
        self.decoder = Decoder::new(target, self.header.schema.size, self.has_header);
        self.ahead = None;
        self.skip_before = time;
        Ok(())
    }

    /// Keeps what a step other than a record says.
    fn note(&mut self, step: Step) {
        match step {
            Step::Section { tag: Tag::Ledger, body, offset } => match serde_json::from_slice(&body) {
                Ok(ledger) => self.ledger = Some(ledger),
                Err(_) => self.note_damage(section_damage(offset)),
            },
            Step::Damage(damage) => self.note_damage(damage),
            Step::Resumed { offset } => {
                if let Some(last) = self.damage.last_mut() {
                    last.resumed.get_or_insert(offset);
                }
            }
            Step::Section { .. } | Step::SegmentStart | Step::SegmentEnd => {}
            Step::Record { .. } | Step::NeedInput => {}
        }
    }

    fn note_damage(&mut self, damage: Damage) {
        if self.damage.len() < MAX_DAMAGE {
            self.damage.push(damage);
        }
    }

    fn read_more(&mut self) -> Result<usize, ReadError> {
        let room = self.decoder.room(READ);
        let got = loop {
            match self.file.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.decoder.pushed(READ, got.as_ref().map_or(0, |&got| got));
        Ok(got?)
    }

    /// Steps to the header; a file whose first section is something else keeps an unknown layout.
    fn read_header(&mut self) -> Result<(), ReadError> {
        loop {
            match self.decoder.step() {
                Step::Section { tag: Tag::Header, body, offset } => match parse_header(&body) {
                    Some(header) if header.format > FORMAT_VERSION => {
                        return Err(ReadError::TooNew { got: header.format, supported: FORMAT_VERSION });
                    }
                    Some(header) => {
                        self.decoder.allow(header.schema.size);
                        (self.header, self.has_header) = (header, true);
                        return Ok(());
                    }
                    None => self.note_damage(section_damage(offset)),
                },
                Step::NeedInput => {
                    if self.read_more()? == 0 {
                        return Ok(());
                    }
                }
                step @ (Step::Record { .. } | Step::SegmentStart) => {
                    self.ahead = Some(step);
                    return Ok(());
                }
                step => self.note(step),
            }
        }
    }
}

fn section_damage(offset: u64) -> Damage {
    Damage { offset, reason: crate::DamageReason::SectionChecksum, resumed: None }
}

/// A header whose schema holds together.
pub(crate) fn parse_header(body: &[u8]) -> Option<Header> {
    #[derive(serde::Deserialize)]
    struct Version {
        format: u32,
    }
    match serde_json::from_slice::<Header>(body) {
        Ok(header) => header.schema.check().is_ok().then_some(header),
        // A later format may have changed everything but this member.
        Err(_) => {
            let version: Version = serde_json::from_slice(body).ok()?;
            let mut header = unknown_header("", "");
            header.format = version.format;
            (version.format > FORMAT_VERSION).then_some(header)
        }
    }
}

fn unknown_header(game: &str, source: &str) -> Header {
    let schema = Schema::opaque("Unknown", FrameSize::Variable { max: MAX_RECORD_SIZE });
    let mut header = Header::new(game, source, schema, Timestamp::default());
    (header.host, header.writer) = (String::new(), String::new());
    header
}

/// Tells what kind of file this is: where its first frame starts, and what is known of its layout so far.
fn read_start(file: &mut impl Read) -> Result<(u64, Header), ReadError> {
    let mut start = Vec::new();
    file.take(DatHead::MAX as u64).read_to_end(&mut start)?;
    let Some(magic) = start.first_chunk::<4>() else {
        return Err(if start.is_empty() { ReadError::Empty } else { not_a_session(&start) });
    };
    match u32::from_le_bytes(*magic) {
        lz4::MAGIC | section::SKIPPABLE_MAGIC => Ok((0, unknown_header("unknown", "unknown"))),
        _ if *magic == dat::MAGIC => {
            let head = DatHead::parse(&start).ok_or_else(|| not_a_session(&start))?;
            Ok((head.length as u64, dat_header(&head)))
        }
        // A damaged first byte must not lose the rest: our own tag, or any segment, still tells.
        _ if start.windows(4).any(|window| window == b"GTHD" || window == lz4::MAGIC.to_le_bytes()) => {
            Ok((0, unknown_header("unknown", "unknown")))
        }
        _ => Err(not_a_session(&start)),
    }
}

fn not_a_session(start: &[u8]) -> ReadError {
    let bytes: Vec<_> = start.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    ReadError::NotASession { start: bytes.join(" ") }
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

/// The index of a finished file of `length` bytes; `None` when the file has none that holds together.
fn read_index(file: &mut (impl Read + Seek), length: u64) -> Result<Option<Index>, ReadError> {
    if length < index::SMALLEST {
        return Ok(None);
    }
    let mut tail = [0; TAIL];
    file.seek(SeekFrom::Start(length - TAIL as u64))?;
    file.read_exact(&mut tail)?;
    let Some(offset) = index::offset_from_tail(&tail).filter(|&offset| offset < length) else {
        return Ok(None);
    };
    let Some(body) = read_section(file, offset, length, Tag::Index)? else { return Ok(None) };
    Ok(Index::parse(&body).filter(|index| index.entries.last().is_none_or(|last| last.offset < length)))
}

fn read_ledger(
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
    let available = file_length.saturating_sub(offset).saturating_sub(SECTION_HEAD as u64);
    let mut head = [0; SECTION_HEAD];
    file.seek(SeekFrom::Start(offset))?;
    if file.read_exact(&mut head).is_err() {
        return Ok(None);
    }
    let [_, _, _, _, size @ ..] = head;
    let size = u32::from_le_bytes(size);
    if !head.starts_with(&section::SKIPPABLE_MAGIC.to_le_bytes())
        || size > MAX_SECTION
        || u64::from(size) > available
    {
        return Ok(None);
    }
    let mut payload = vec![0; size as usize];
    file.read_exact(&mut payload)?;
    Ok(match section::parse(&payload) {
        Payload::Section(found, body) if found == tag => Some(body.to_vec()),
        _ => None,
    })
}
