//! Puts a session into a file: the encoder's bytes, written as soon as a block ends.
//!
//! Stands at the end of the recording pipeline, on the writer's thread. Does not decide when frames come or how
//! many wait; that is the session's runner.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::{
    EncoderOptions, Header, Ledger, RecordSizeError, SchemaError, SealedSegment, SessionEncoder, Timestamp,
    files,
};

/// Stores the frames of one source. [`BinarySessionWriter`] is the one that sessions use unless told otherwise;
/// implement it for another format, or to send frames elsewhere.
///
/// Calls come one at a time and in order: any number of writes, flushes and ledgers, then one finish. They come from the
/// source's writer thread, except that the sampling thread writes by a [`BinarySessionWriter`] when that one is late.
pub trait SessionWriter: Send {
    /// Stores one frame.
    ///
    /// # Errors
    /// When it cannot be stored. The session counts the frame as dropped, and ends the source when the error is
    /// [fatal](WriteError::is_fatal).
    fn write(&mut self, timestamp: Timestamp, data: &[u8]) -> Result<(), WriteError>;

    /// Makes sure that everything written so far has left this process, so that killing it loses nothing of it.
    ///
    /// # Errors
    /// When that fails.
    fn flush(&mut self) -> Result<(), WriteError>;

    /// Stores how good the capture was so far. Does nothing unless overridden.
    ///
    /// # Errors
    /// When it cannot be stored.
    fn ledger(&mut self, ledger: &Ledger) -> Result<(), WriteError> {
        let _ = ledger;
        Ok(())
    }

    /// A second handle to the file, for a thread that syncs it to the disk now and then; none unless overridden.
    ///
    /// # Errors
    /// When the handle cannot be made.
    fn sync_handle(&self) -> io::Result<Option<File>> {
        Ok(None)
    }

    /// Ends the file in order.
    ///
    /// # Errors
    /// When its end cannot be stored.
    fn finish(&mut self, ledger: &Ledger) -> Result<Written, WriteError>;
}

/// What a finished writer stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Number of frames.
    pub records: u64,
    /// Bytes of the frames, with 12 bytes of time and size each.
    pub record_bytes: u64,
    /// Bytes stored.
    pub file_bytes: u64,
}

/// Why frames could not be stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The folder of the file is not there, or may not be written.
    #[error("cannot create the session file, check that the folder exists and may be written: {}", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The disk is full, gone, or failing. What was written before can be read.
    #[error("cannot write to the session file, {} bytes are safe; {}: {}", safe, advice(source), path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Bytes that are in the file.
        safe: u64,
        /// What the operating system said.
        source: io::Error,
    },
    /// A frame of a size that the schema does not allow.
    #[error(transparent)]
    RecordSize(#[from] RecordSizeError),
    /// A schema that does not hold together.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// Whatever a user's own writer has to say.
    #[error("{what}")]
    Other {
        /// What failed, and what to do.
        what: String,
        /// The cause.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

impl WriteError {
    /// Whether no later frame can be stored either.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        !matches!(self, Self::RecordSize(_))
    }
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full: free some space",
        _ => "check the disk",
    }
}

/// Bytes of output that are stored even when no block would end for a while, so that large frames, or blocks of many
/// frames, do not pile up in memory.
const STORE_AT: usize = 256 << 10;

/// How a [`BinarySessionWriter`] works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriterOptions {
    /// When blocks and segments end.
    pub encoder: EncoderOptions,
}

/// Writes a `.gtel` file.
///
/// Every block reaches the operating system as soon as it ends (every 10 records by default), so a killed process
/// loses at most the records since then. [`SessionWriter::finish`] writes the ledger and the index; dropping an
/// unfinished writer does its best to do the same, with the last ledger it was given, and logs what fails.
///
/// Where the system has advisory locks (not on Windows), the file is locked until it is ended, so that
/// [`recover`](crate::recover) leaves it alone.
pub struct BinarySessionWriter {
    file: File,
    path: PathBuf,
    encoder: SessionEncoder,
    written: u64,
    state: WriterState,
    last_ledger: Ledger,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum WriterState {
    Open,
    Failed,
    Finished,
}

impl BinarySessionWriter {
    /// Creates `path`, which must not exist yet, and writes the header.
    ///
    /// # Errors
    /// When the file exists or cannot be created or written, or the schema does not hold together.
    pub fn create(path: &Path, header: &Header, options: WriterOptions) -> Result<Self, WriteError> {
        let encoder = SessionEncoder::new(header, options.encoder)?;
        let file =
            files::create_new(path).map_err(|source| WriteError::Create { path: path.into(), source })?;
        files::lock(&file);
        let mut writer = Self {
            file,
            path: path.into(),
            encoder,
            written: 0,
            state: WriterState::Open,
            last_ledger: Ledger::default(),
        };
        if let Err(error) = writer.store() {
            // A file without a header is of no use, and would be in the way of another try.
            let _ = files::remove_if_there(path);
            return Err(error);
        }
        Ok(writer)
    }

    /// The file being written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes in the file so far.
    #[must_use]
    pub fn file_bytes(&self) -> u64 {
        self.written
    }

    /// Stores `segment` as it was compressed; it was made for frames of this file's schema.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn append(&mut self, segment: &SealedSegment) -> Result<(), WriteError> {
        self.check_open()?;
        self.encoder.append(segment);
        self.store()
    }

    /// Moves the encoder's output into the file.
    fn store(&mut self) -> Result<(), WriteError> {
        if self.encoder.output().is_empty() {
            return Ok(());
        }
        match self.file.write_all(self.encoder.output()) {
            Ok(()) => {
                self.written += self.encoder.output().len() as u64;
                self.encoder.clear_output();
                Ok(())
            }
            Err(source) => {
                self.state = WriterState::Failed;
                // Half a block is of no use to a reader: cut it off, so that the file ends between two records.
                let _ = self.file.set_len(self.written);
                Err(WriteError::Io { path: self.path.clone(), safe: self.written, source })
            }
        }
    }

    fn check_open(&self) -> Result<(), WriteError> {
        let source = match self.state {
            WriterState::Open => return Ok(()),
            WriterState::Failed => io::Error::other("an earlier write failed"),
            WriterState::Finished => io::Error::other("the file was ended before"),
        };
        Err(WriteError::Io { path: self.path.clone(), safe: self.written, source })
    }
}

impl SessionWriter for BinarySessionWriter {
    fn write(&mut self, timestamp: Timestamp, data: &[u8]) -> Result<(), WriteError> {
        self.check_open()?;
        self.encoder.push(timestamp, data)?;
        if self.encoder.output().len() >= STORE_AT {
            self.encoder.flush();
        }
        if self.encoder.is_flushed() { self.store() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        self.check_open()?;
        self.encoder.flush();
        self.store()
    }

    fn ledger(&mut self, ledger: &Ledger) -> Result<(), WriteError> {
        self.check_open()?;
        self.last_ledger.clone_from(ledger);
        self.encoder.ledger(ledger);
        self.store()
    }

    fn sync_handle(&self) -> io::Result<Option<File>> {
        self.file.try_clone().map(Some)
    }

    fn finish(&mut self, ledger: &Ledger) -> Result<Written, WriteError> {
        self.check_open()?;
        self.encoder.finish(ledger);
        self.store()?;
        self.state = WriterState::Finished;
        files::unlock(&self.file);
        self.file.sync_data().map_err(|source| WriteError::Io {
            path: self.path.clone(),
            safe: self.written,
            source,
        })?;
        Ok(Written {
            records: self.encoder.records(),
            record_bytes: self.encoder.record_bytes(),
            file_bytes: self.written,
        })
    }
}

impl Drop for BinarySessionWriter {
    fn drop(&mut self) {
        if self.state == WriterState::Open {
            let mut ledger = std::mem::take(&mut self.last_ledger);
            // The other counts end where the last ledger was written; this one is known.
            (ledger.recorded, ledger.finished) = (self.encoder.records(), false);
            if let Err(error) = self.finish(&ledger) {
                tracing::warn!(path = %self.path.display(), %error, "session file was not ended in order");
            }
        }
        files::unlock(&self.file);
    }
}
