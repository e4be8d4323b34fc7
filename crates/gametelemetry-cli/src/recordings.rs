//! Opens the files of a session for the commands that read; one unreadable file never hides the others.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gametelemetry::{ReadError, SessionReader, files};

use crate::words;

/// One file of a session.
pub(crate) struct SourceFile {
    pub(crate) path: PathBuf,
    /// The reader, or why the file cannot be read at all.
    pub(crate) reader: Result<SessionReader, ReadError>,
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

/// Opens every file of the session at `path`.
pub(crate) fn open(path: &Path) -> Result<Vec<SourceFile>> {
    let files = files::session_files(path)?;
    Ok(files.into_iter().map(|path| SourceFile { reader: files::open(&path), path }).collect())
}

/// The readable files of the session at `path`, only `source` if one is named; the others are told of.
pub(crate) fn open_readable(path: &Path, source: Option<&str>) -> Result<Readable> {
    let all = open(path)?;
    let names: Vec<String> = all.iter().map(SourceFile::name).collect();
    if let Some(wanted) = source
        && !names.iter().any(|name| name == wanted)
    {
        let guess = words::did_you_mean(wanted, names.iter().map(String::as_str));
        anyhow::bail!("the session has no source {wanted}, it has {}{guess}", names.join(", "));
    }
    let mut readable = Readable { sources: Vec::new(), unreadable: 0 };
    let mut last_error = None;
    for (file, name) in all.into_iter().zip(names) {
        if source.is_some_and(|wanted| wanted != name) {
            continue;
        }
        match file.reader {
            Ok(reader) => readable.sources.push((name, reader)),
            Err(error) => {
                let error = anyhow::Error::new(error).context(format!("cannot read {}", file.path.display()));
                crate::output::error(&error);
                readable.unreadable += 1;
                last_error = Some(error);
            }
        }
    }
    match last_error {
        Some(error) if readable.sources.is_empty() => Err(error).context("no file of the session can be read"),
        _ => Ok(readable),
    }
}

/// What could be opened.
pub(crate) struct Readable {
    pub(crate) sources: Vec<(String, SessionReader)>,
    /// Files that could not be read at all.
    pub(crate) unreadable: usize,
}
