//! Makes a cut or damaged session file whole: keeps every whole record, ends the last segment, writes the index.
//!
//! The repaired file is written beside the old one and takes its place only when it is on the disk. Of a file with
//! damage inside, the old bytes are kept under another name, because a better program may save more one day.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::writer::SessionWriter as _;
use crate::{
    BinarySessionWriter, Damage, EncoderOptions, End, Ledger, ReadError, SessionReader, WriteError,
    WriterOptions, files, verify,
};

/// What [`recover`] did.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovered {
    /// How the file ended before.
    pub end: End,
    /// Damaged places there were.
    pub damage: Vec<Damage>,
    /// Whole records in the repaired file.
    pub records: u64,
    /// Whether the file was whole already and was left alone.
    pub untouched: bool,
    /// Where the old bytes are kept, if something inside the file was damaged or the file was a `.dat`, which is a
    /// `.gtel` in all but its name now.
    pub kept: Option<PathBuf>,
}

/// Why a file could not be repaired. The file is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecoverError {
    /// It cannot be read at all.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Somebody is still writing it, or repairing it.
    #[error("the session file is still in use, end the recording first: {}", path.display())]
    InUse {
        /// The session file.
        path: PathBuf,
    },
    /// The repaired file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The repaired file cannot be put in the place of the old one.
    #[error("cannot write the repaired file beside the old one, check that the folder may be written: {}", path.display())]
    Replace {
        /// The session file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// Repairs the session file `path`; one that is whole already is left alone. `progress` is told the records kept so
/// far now and then.
///
/// # Errors
/// When the file cannot be read or the repaired one cannot be written; the file is then as it was.
pub fn recover(path: &Path, mut progress: impl FnMut(u64)) -> Result<Recovered, RecoverError> {
    let file = File::open(path).map_err(ReadError::from)?;
    let lock = file.try_clone().map_err(ReadError::from)?;
    if !files::lock(&lock) {
        return Err(RecoverError::InUse { path: path.into() });
    }
    let mut reader = SessionReader::new(file)?;
    let verdict = verify(&mut reader, &mut progress)?;
    let mut recovered = Recovered {
        end: verdict.end,
        records: verdict.records,
        // A `.dat` has no header of ours, and no index to be missed.
        untouched: verdict.is_whole() && (verdict.indexed.is_some() || !reader.has_header()),
        damage: verdict.damage,
        kept: None,
    };
    if recovered.untouched {
        return Ok(recovered);
    }
    let failed = |source| RecoverError::Replace { path: path.into(), source };
    let mut repaired = path.as_os_str().to_owned();
    repaired.push(".recovering");
    let repaired = PathBuf::from(repaired);
    // One that an interrupted repair left behind holds nothing that the session file does not.
    files::remove_if_there(&repaired).map_err(failed)?;
    let is_converted = !reader.has_header();
    let written = rewrite(reader, &repaired, &recovered, verdict.ledger, &mut progress);
    if let Err(error) = written {
        let _ = files::remove_if_there(&repaired);
        return Err(error);
    }
    if is_converted || !recovered.damage.is_empty() {
        recovered.kept = Some(files::keep_aside(path, ".damaged").map_err(failed)?);
    }
    // Windows replaces only a file that nobody has open.
    drop(lock);
    files::replace(path, &repaired).map_err(failed)?;
    Ok(recovered)
}

/// Writes every whole record of `reader` to a new file `repaired`.
fn rewrite(
    mut reader: SessionReader<File>,
    repaired: &Path,
    found: &Recovered,
    ledger: Option<Ledger>,
    progress: &mut impl FnMut(u64),
) -> Result<(), RecoverError> {
    // Nothing is captured here, so a block need not end every few records: full blocks are smaller.
    let encoder = EncoderOptions { flush_records: u32::MAX, ..EncoderOptions::default() };
    let header = reader.header().clone();
    let mut writer = BinarySessionWriter::create(repaired, &header, WriterOptions { encoder })?;
    reader.rewind()?;
    let mut records = 0_u64;
    while let Some(record) = reader.next_record()? {
        writer.write(record.timestamp, record.data)?;
        records += 1;
        if records.is_multiple_of(4096) {
            progress(records);
        }
    }
    let mut ledger = ledger.unwrap_or_default();
    // The ledger's other counts end where it was written; this one is known exactly.
    (ledger.recorded, ledger.finished) = (records, false);
    ledger.notices.push(format!("recovered: the file was {}", found.end));
    ledger.notices.extend(found.damage.iter().map(|damage| format!("recovered: {damage}")));
    ledger.notices.truncate(crate::MAX_LISTED);
    writer.finish(&ledger)?;
    Ok(())
}
