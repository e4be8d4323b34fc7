//! Reads one session file record by record, however it ends: finished, cut, damaged, or still being written.
//!
//! Memory is bounded by a segment's window. Any `Read + Seek` will do; files are opened by [`crate::files`], and the
//! reader that names no input reads any [`SessionInput`].

use std::io::{self, Read, Seek, SeekFrom};

use crate::decoder::{Decoder, Step};
use crate::end::{Damage, DamageReason, End};
use crate::section::Tag;
use crate::{Header, Index, Ledger, Schema, SessionInput, Timestamp, open};

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
pub struct SessionReader<R = Box<dyn SessionInput>> {
    file: R,
    decoder: Decoder,
    header: Header,
    has_header: bool,
    index: Option<Index>,
    ledger: Option<Ledger>,
    /// Where `ledger` stands; a later one replaces it.
    ledger_offset: u64,
    damage: Vec<Damage>,
    /// The number of the damaged place after which nothing whole was found yet.
    open_damage: Option<usize>,
    /// A step that came while the header was looked for, still to be given out.
    ahead: Option<Step>,
    /// Records before this time are passed over after a seek.
    skip_before: Timestamp,
    /// Where the first frame starts: 0, or behind the head of a `.dat`.
    start: u64,
    /// Whether the file is a `.gtel`, so that it is complete only with an index.
    is_headed: bool,
    /// Whether the file ends inside the head of a `.dat`, so that it has no first frame.
    is_cut: bool,
}

impl SessionReader {
    /// Opens the recording in `input`, wherever its bytes are.
    ///
    /// # Errors
    /// As [`SessionReader::new`].
    pub fn boxed(input: impl SessionInput + 'static) -> Result<Self, ReadError> {
        Self::new(Box::new(input))
    }
}

impl<R: Read + Seek> SessionReader<R> {
    /// Opens the recording in `file`.
    ///
    /// # Errors
    /// When it is no recording, a later version's, or cannot be read. Damage and a missing end are no errors.
    pub fn new(mut file: R) -> Result<Self, ReadError> {
        let length = file.seek(SeekFrom::End(0))?;
        let index = open::read_index(&mut file, length)?;
        file.seek(SeekFrom::Start(0))?;
        let start = open::read_start(&mut file)?;
        let mut reader = Self {
            file,
            decoder: Decoder::new(start.first_frame, start.header.schema.size, start.is_section),
            header: start.header,
            has_header: false,
            index: None,
            ledger: None,
            ledger_offset: 0,
            damage: Vec::new(),
            open_damage: None,
            ahead: None,
            skip_before: Timestamp::MIN,
            start: start.first_frame,
            is_headed: start.is_section,
            is_cut: start.is_cut,
        };
        reader.rewind()?;
        if reader.start == 0 {
            reader.read_header()?;
        }
        if let Some(index) = index {
            reader.ledger = open::read_ledger(&mut reader.file, &index, length)?;
            reader.ledger_offset = index.ledger_offset;
            reader.file.seek(SeekFrom::Start(reader.decoder.input().end()))?;
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
                    if !self.read_more()? {
                        return Ok(None);
                    }
                }
                step => self.note(step)?,
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
        self.start_at(target, time)
    }

    /// Goes back to the first frame of the file, whatever the index says.
    ///
    /// # Errors
    /// When the operating system fails to read.
    pub fn rewind(&mut self) -> Result<(), ReadError> {
        self.start_at(self.start, Timestamp::MIN)
    }

    fn start_at(&mut self, offset: u64, time: Timestamp) -> Result<(), ReadError> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.is_headed |= self.decoder.is_headed();
        self.decoder = if self.is_cut {
            Decoder::cut_at(offset)
        } else {
            Decoder::new(offset, self.header.schema.size, self.is_headed)
        };
        self.ahead = None;
        self.skip_before = time;
        Ok(())
    }

    /// Keeps what a step other than a record says.
    fn note(&mut self, step: Step) -> Result<(), ReadError> {
        match step {
            Step::Section { tag, body, offset } => self.note_section(tag, &body, offset)?,
            Step::Damage(damage) => self.note_damage(damage),
            Step::Resumed { offset } => self.note_resumed(offset),
            Step::SegmentStart { .. } | Step::SegmentEnd | Step::Record { .. } | Step::NeedInput => {}
        }
        Ok(())
    }

    fn note_section(&mut self, tag: Tag, body: &[u8], offset: u64) -> Result<(), ReadError> {
        let holds = match tag {
            // One further on belongs to a file that was appended to this one, and cannot change what came before.
            Tag::Header if offset > 0 => true,
            Tag::Header => self.note_header(body)?,
            Tag::Ledger => self.note_ledger(body, offset),
            Tag::Index => Index::parse(body, offset).is_some(),
        };
        if !holds {
            self.note_bad_section(offset, self.decoder.position());
        }
        Ok(())
    }

    /// Keeps the header that a file starts with; `false` when it is of no use.
    fn note_header(&mut self, body: &[u8]) -> Result<bool, ReadError> {
        let Some(header) = open::parse_header(body)? else { return Ok(false) };
        self.decoder.allow(header.schema.size);
        (self.header, self.has_header) = (header, true);
        Ok(true)
    }

    /// Keeps a ledger unless a later one is known; `false` when it is of no use.
    fn note_ledger(&mut self, body: &[u8], offset: u64) -> bool {
        let Ok(ledger) = serde_json::from_slice(body) else { return false };
        if self.ledger.is_none() || offset >= self.ledger_offset {
            (self.ledger, self.ledger_offset) = (Some(ledger), offset);
        }
        true
    }

    fn note_bad_section(&mut self, offset: u64, resumed: u64) {
        self.note_damage(Damage { offset, reason: DamageReason::SectionChecksum, resumed: None });
        self.note_resumed(resumed);
    }

    /// Lists a damaged place, unless it is listed from an earlier pass over the file.
    fn note_damage(&mut self, damage: Damage) {
        if self.damage.len() >= MAX_DAMAGE {
            self.open_damage = None;
            return;
        }
        let same = |known: &Damage| known.offset == damage.offset && known.reason == damage.reason;
        self.open_damage = self.damage.iter().position(same).or_else(|| {
            self.damage.push(damage);
            self.damage.len().checked_sub(1)
        });
    }

    fn note_resumed(&mut self, offset: u64) {
        if let Some(damage) = self.open_damage.take().and_then(|number| self.damage.get_mut(number)) {
            damage.resumed = Some(offset);
        }
    }

    /// Whether more of the file came, or what is there says more now that nothing came.
    fn read_more(&mut self) -> Result<bool, ReadError> {
        let room = self.decoder.input().room(READ);
        let got = loop {
            match self.file.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let got = got?;
        self.decoder.input().pushed(got);
        if got > 0 {
            return Ok(true);
        }
        let step = self.decoder.at_end();
        let more = step.is_some();
        step.map_or(Ok(()), |step| self.note(step))?;
        Ok(more)
    }

    /// Steps to the header; a file whose first section is something else keeps an unknown layout.
    fn read_header(&mut self) -> Result<(), ReadError> {
        while !self.has_header {
            match self.decoder.step() {
                Step::NeedInput => {
                    if !self.read_more()? {
                        break;
                    }
                }
                step @ (Step::Record { .. } | Step::SegmentStart { .. }) => {
                    if let Step::SegmentStart { offset } = step {
                        self.note_missing_header(offset);
                    }
                    self.ahead = Some(step);
                    break;
                }
                step => self.note(step)?,
            }
        }
        Ok(())
    }

    /// A file that starts with a section which is no header any more has lost it to damage.
    fn note_missing_header(&mut self, resumed: u64) {
        if self.is_headed && self.damage.is_empty() {
            self.note_bad_section(0, resumed);
        }
    }
}
