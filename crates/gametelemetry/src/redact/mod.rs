//! Copies of recordings that name nobody: what a session gives away with `--redact`.
//!
//! Reads a session file record by record, blanks what the schema's marks call personal, and writes a whole file beside it;
//! everything else stays as it was. A recording that does not say what of it is personal is refused, unless the program
//! knows its game. Uploads nothing, and changes no recording.

mod channel;
mod header;
mod marks;
mod session;

use std::io::{Read, Seek};
use std::path::Path;

use crate::{
    BinarySessionWriter, Blanked, Damage, EncoderOptions, End, Header, Ledger, ReadError, Redactor,
    ReplayFile, Schema, SessionReader, SessionWriter, WriteError, WriterOptions, Written,
};

pub use channel::is_personal_channel;
pub use session::{RedactedFile, RedactedSession, SessionContents, contents, redact_session};

/// What is known of a game beside what a recording says itself; [`Redaction::new`] knows nothing.
///
/// ```
/// # use gametelemetry::redact::Redaction;
/// # fn schema_of(game: &str, name: &str) -> Option<gametelemetry::Schema> { None }
/// let redaction = Redaction::new().known(schema_of);
/// ```
#[derive(Default)]
pub struct Redaction<'k> {
    known: Option<Box<Known<'k>>>,
}

/// Gives the schema of a game and a type of frames, by their names.
type Known<'k> = dyn Fn(&str, &str) -> Option<Schema> + Sync + 'k;

impl<'k> Redaction<'k> {
    /// Goes by the marks of the recording alone.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes by the marks of `known` too: the schema that the game (its short name) has today by this name, in which every
    /// text that is not marked names nobody. For recordings that were made before there were marks.
    #[must_use]
    pub fn known(self, known: impl Fn(&str, &str) -> Option<Schema> + Sync + 'k) -> Self {
        Self { known: Some(Box::new(known)) }
    }

    /// What a redacted copy of a file with `header` says of itself; its schema has every mark by which it is blanked.
    ///
    /// # Errors
    /// [`RedactError::Unjudged`] when nobody knows which of its texts name somebody.
    pub fn header(&self, header: &Header) -> Result<Header, RedactError> {
        let known = self.known.as_ref().and_then(|known| known(&header.game, &header.schema.name));
        let files = ReplayFile::schema();
        let known = known.or_else(|| (header.schema.name == files.name).then(|| files.as_ref().clone()));
        let schema = marks::marked(header, known.as_ref())?;
        Ok(header::cleaned(header, schema))
    }
}

/// What [`redact`] wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct Redacted {
    /// Records in the copy: every whole one of the file.
    pub records: u64,
    /// Records of which values were blanked.
    pub blanked: u64,
    /// Records that were not understood and are blank as a whole, but for what all records of the source have.
    pub not_understood: u64,
    /// How the file that was copied ended.
    pub end: End,
    /// Damaged places that it had.
    pub damage: Vec<Damage>,
    /// What was stored.
    pub written: Written,
}

impl Redacted {
    /// Whether the file that was copied was finished and undamaged, so that the copy has all that it promised.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.end == End::Complete && self.damage.is_empty()
    }
}

/// Why there is no redacted copy. The recording is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedactError {
    /// Nobody has said which fields name somebody.
    #[error(
        "this recording does not say which of its fields are names of persons, as {field} of {game}/{source_name} may be: \
         record or import it again, mark the fields in the packet format (personal = true or false), or send it without --redact"
    )]
    Unjudged {
        /// The game.
        game: String,
        /// The source.
        source_name: String,
        /// The first field that may hold a name.
        field: String,
    },
    /// The recording cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is no session.
    #[error(transparent)]
    Session(#[from] crate::files::SessionFolderError),
    /// The copy cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Something of the session's folder cannot be opened, or the copy's folder not be made.
    #[error("cannot open it, check that it is there and may be used: {}", path.display())]
    Open {
        /// The file or folder.
        path: std::path::PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// Writes a redacted copy of `reader`'s whole file to `out`, which does not exist yet. `progress` is told the records
/// copied so far now and then.
///
/// A cut or damaged file is no error: the copy is whole, has every whole record, and says in its ledger what was wrong.
///
/// # Errors
/// When nobody knows what of it is personal, it cannot be read, or the copy cannot be written; there is no copy then.
pub fn redact<R: Read + Seek>(
    reader: &mut SessionReader<R>,
    out: &Path,
    redaction: &Redaction<'_>,
    progress: impl FnMut(u64),
) -> Result<Redacted, RedactError> {
    let header = redaction.header(reader.header())?;
    // Nothing is captured here, so a block need not end every few records: full blocks are smaller.
    let encoder = EncoderOptions { flush_records: u32::MAX, ..EncoderOptions::default() };
    let mut writer = BinarySessionWriter::create(out, &header, WriterOptions { encoder })?;
    let redacted = redact_into(reader, &mut writer, &header, progress);
    drop(writer);
    redacted.inspect_err(|_| {
        // Half a copy is of no use, and would be in the way of another try.
        if let Err(error) = std::fs::remove_file(out) {
            tracing::warn!(path = %out.display(), %error, "half a redacted copy was left behind");
        }
    })
}

/// Hands every whole record of `reader`, redacted, to `writer`, and ends it. `header` is what [`Redaction::header`] made
/// of the reader's.
///
/// # Errors
/// When the recording cannot be read or the writer fails.
pub fn redact_into<R: Read + Seek>(
    reader: &mut SessionReader<R>,
    writer: &mut impl SessionWriter,
    header: &Header,
    mut progress: impl FnMut(u64),
) -> Result<Redacted, RedactError> {
    let mut redactor = Redactor::new(&header.schema);
    let (mut records, mut blanked, mut not_understood) = (0_u64, 0, 0);
    let mut copy = Vec::new();
    reader.rewind()?;
    while let Some(record) = reader.next_record()? {
        copy.clear();
        copy.extend_from_slice(record.data);
        match redactor.blank(&mut copy) {
            Blanked::Nothing => {}
            Blanked::Values => blanked += 1,
            Blanked::Whole => not_understood += 1,
        }
        writer.write(record.timestamp, &copy)?;
        records += 1;
        if records.is_multiple_of(4096) {
            progress(records);
        }
    }
    let (end, damage) = (reader.end(), reader.damage().to_vec());
    let ledger = ledger_of(reader.ledger(), records, end, &damage, not_understood);
    let written = writer.finish(&ledger)?;
    Ok(Redacted { records, blanked, not_understood, end, damage, written })
}

/// The ledger of the copy: that of the file, and what became of it.
fn ledger_of(
    ledger: Option<&Ledger>,
    records: u64,
    end: End,
    damage: &[Damage],
    not_understood: u64,
) -> Ledger {
    let mut ledger = ledger.cloned().unwrap_or_default();
    ledger.notices = ledger.notices.iter().map(|notice| header::without_path(notice)).collect();
    if not_understood > 0 {
        ledger
            .notices
            .push(format!("redacted: {not_understood} records were not understood and are blank as a whole"));
    }
    if end != End::Complete || !damage.is_empty() {
        // The other counts end where the ledger was written; this one is known exactly.
        (ledger.recorded, ledger.finished) = (records, false);
        ledger.notices.push(format!("redacted: the file was {end}"));
        ledger.notices.extend(damage.iter().map(|damage| format!("redacted: {damage}")));
        ledger.notices.truncate(crate::MAX_LISTED);
    }
    ledger
}
