//! Opens the files of a session for the commands that read; one unreadable file never hides the others.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::Result;
use gametelemetry::{ReadError, SessionFile, SessionReader, StoredSession};

use crate::words;

/// One file of a session.
pub(crate) struct SourceFile {
    pub(crate) path: PathBuf,
    /// Its length.
    pub(crate) bytes: u64,
    /// The reader, or why the file cannot be read at all.
    pub(crate) reader: Result<SessionReader, ReadError>,
    /// A recorder has it open, as far as can be told: then its missing end is no damage. Never on Windows, which has
    /// no locks that leave readers alone.
    pub(crate) is_being_written: bool,
}

impl SourceFile {
    /// The source's name: what the file says, else the file's own name.
    pub(crate) fn name(&self) -> String {
        match &self.reader {
            Ok(reader) if reader.has_header() => reader.header().source.clone(),
            _ => file_stem(&self.path),
        }
    }
}

pub(crate) fn file_stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Why a file cannot be read, in one line.
pub(crate) fn with_causes(error: ReadError) -> String {
    crate::output::causes(&error)
}

/// Opens every file of `session`.
pub(crate) fn open(session: &(impl StoredSession + ?Sized)) -> Result<Vec<SourceFile>> {
    let opened = |SessionFile { path, bytes, reader }| {
        let is_being_written = is_being_written(&path);
        SourceFile { path, bytes, reader, is_being_written }
    };
    Ok(session.open_files()?.into_iter().map(opened).collect())
}

/// Whether somebody holds the lock that a recorder takes.
pub(crate) fn is_being_written(path: &Path) -> bool {
    cfg!(unix)
        && File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// The readable files of `session`, only `source` if one is named; the others are told of.
pub(crate) fn open_readable(
    session: &(impl StoredSession + ?Sized),
    source: Option<&str>,
) -> Result<Readable> {
    let all = open(session)?;
    let names: Vec<String> = all.iter().map(SourceFile::name).collect();
    if let Some(wanted) = source
        && !names.iter().any(|name| name == wanted)
    {
        let guess = words::did_you_mean(wanted, names.iter().map(String::as_str));
        anyhow::bail!("the session has no source {wanted}{guess} (it has {})", names.join(", "));
    }
    let (mut sources, mut errors) = (Vec::new(), Vec::new());
    for (file, name) in all.into_iter().zip(names) {
        if source.is_some_and(|wanted| wanted != name) {
            continue;
        }
        match file.reader {
            Ok(reader) => {
                sources.push(Opened { name, reader, is_being_written: file.is_being_written });
            }
            Err(error) => {
                errors
                    .push(anyhow::Error::new(error).context(format!("cannot read {}", file.path.display())));
            }
        }
    }
    // The last one is returned when nothing else is; an error is told once.
    let returned = if sources.is_empty() { errors.pop() } else { None };
    errors.iter().for_each(crate::output::error);
    match returned {
        Some(error) => Err(error),
        None => Ok(Readable { sources, unreadable: errors.len() }),
    }
}

/// What could be opened.
pub(crate) struct Readable {
    pub(crate) sources: Vec<Opened>,
    /// Files that could not be read at all.
    pub(crate) unreadable: usize,
}

/// One file that can be read.
pub(crate) struct Opened {
    pub(crate) name: String,
    pub(crate) reader: SessionReader,
    pub(crate) is_being_written: bool,
}
