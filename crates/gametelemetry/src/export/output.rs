//! The files of an export: each is written beside its name, and gets the name only when all are whole.
//!
//! The one place of the exports that touches files. A full disk or a crash leaves at most a `.partial` file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gametelemetry_file::files::file_name;

use super::ExportError;

/// Bytes that wait for one system call.
const BUFFER: usize = 256 * 1024;

/// The files of one export; a handle, so that an exporter may keep it and create a file when it is needed.
#[derive(Clone, Debug)]
pub struct OutputFiles(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    path: PathBuf,
    overwrite: bool,
    files: Vec<Pending>,
    /// A folder that was made for them.
    made: Option<PathBuf>,
    failed: Failed,
}

#[derive(Debug)]
struct Pending {
    temporary: PathBuf,
    name: PathBuf,
}

/// The first error of a file that could not be told any more: it was dropped.
type Failed = Arc<Mutex<Option<io::Error>>>;

impl OutputFiles {
    /// For an export to `path`; existing files are replaced only if `overwrite`.
    pub(super) fn new(path: &Path, overwrite: bool) -> Self {
        let (path, failed) = (path.into(), Failed::default());
        Self(Arc::new(Mutex::new(State { path, overwrite, files: Vec::new(), made: None, failed })))
    }

    /// Creates the file that the user named.
    ///
    /// # Errors
    /// When it exists and may not be replaced, or cannot be created.
    pub fn create(&self) -> io::Result<OutputFile> {
        let mut state = self.state();
        let path = state.path.clone();
        state.create_at(path)
    }

    /// Creates a file with the name that the user gave and another `extension`.
    ///
    /// # Errors
    /// As [`OutputFiles::create`].
    pub fn create_beside(&self, extension: &str) -> io::Result<OutputFile> {
        let mut state = self.state();
        let path = state.path.with_extension(extension);
        state.create_at(path)
    }

    /// Creates the file `name` in the folder that the user named; what no file system allows in it is replaced.
    ///
    /// # Errors
    /// As [`OutputFiles::create`].
    pub fn create_within(&self, name: &str) -> io::Result<OutputFile> {
        let mut state = self.state();
        let folder = state.path.clone();
        if !folder.is_dir() {
            fs::create_dir(&folder)?;
            state.made = Some(folder.clone());
        }
        let name = file_name(name);
        let mut path = folder.join(&name);
        for number in 2_u32.. {
            // Two tables may have names that are one on a disk that does not tell letters apart.
            if !state.files.iter().any(|file| is_same_name(&file.name, &path)) {
                break;
            }
            path = folder.join(format!("{number}-{name}"));
        }
        state.create_at(path)
    }

    /// The name that the user gave.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.state().path.clone()
    }

    /// Gives every file its name; the names. Files must have been dropped before.
    pub(super) fn commit(self) -> Result<Vec<PathBuf>, ExportError> {
        self.state().commit()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn create_at(&mut self, name: PathBuf) -> io::Result<OutputFile> {
        if !self.overwrite && fs::symlink_metadata(&name).is_ok() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, Exists(name)));
        }
        let (temporary, file) = create_temporary(&name)?;
        self.files.push(Pending { temporary, name });
        let out = BufWriter::with_capacity(BUFFER, file);
        Ok(OutputFile { out, failed: Arc::clone(&self.failed) })
    }

    fn commit(&mut self) -> Result<Vec<PathBuf>, ExportError> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(source) = failed {
            return Err(ExportError::Write { path: self.path.clone(), source });
        }
        for file in &self.files {
            // What a disk promised and cannot keep shows here, before anything has its name.
            let synced = OpenOptions::new().write(true).open(&file.temporary).and_then(|it| it.sync_all());
            synced.map_err(|source| ExportError::Write { path: file.name.clone(), source })?;
        }
        let mut names = Vec::with_capacity(self.files.len());
        while let Some(file) = self.files.first() {
            let named = if self.overwrite {
                fs::rename(&file.temporary, &file.name)
            } else {
                rename_new(&file.temporary, &file.name)
            };
            named.map_err(|source| write_error(&file.name, source))?;
            names.push(self.files.remove(0).name);
        }
        self.made = None;
        Ok(names)
    }
}

impl Drop for State {
    /// What has not got its name is removed.
    fn drop(&mut self) {
        for file in &self.files {
            let _ = fs::remove_file(&file.temporary);
        }
        if let Some(folder) = &self.made {
            // Only when it is empty: nothing of somebody else's.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// A file that is being written; buffered. Flushed when it is dropped, and an error then fails the export.
#[derive(Debug)]
pub struct OutputFile {
    out: BufWriter<File>,
    failed: Failed,
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Seek for OutputFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.out.seek(to)
    }

    fn stream_position(&mut self) -> io::Result<u64> {
        self.out.stream_position()
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        if let Err(error) = self.out.flush() {
            let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = failed.get_or_insert(error);
        }
    }
}

/// A file with that name is there.
#[derive(Debug, thiserror::Error)]
#[error("the file exists already: {}", .0.display())]
struct Exists(PathBuf);

/// `source` as what happened to the export at `path`.
pub(super) fn write_error(path: &Path, source: io::Error) -> ExportError {
    let exists = source.get_ref().and_then(|inner| inner.downcast_ref::<Exists>());
    match exists {
        Some(Exists(path)) => ExportError::Exists { path: path.clone() },
        None if source.kind() == io::ErrorKind::AlreadyExists => ExportError::Exists { path: path.into() },
        None => ExportError::Write { path: path.into(), source },
    }
}

/// Creates a file beside `name` that does not exist yet.
fn create_temporary(name: &Path) -> io::Result<(PathBuf, File)> {
    let file = name.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    for number in 0_u32.. {
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(file);
        hidden.push(format!(".{}-{number}.partial", std::process::id()));
        let temporary = name.with_file_name(hidden);
        match File::create_new(&temporary) {
            Ok(file) => return Ok((temporary, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Renames `from` to `to`, which must not exist.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // FAT and some network drives have no links.
        Err(_) if fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to),
    }
}

fn is_same_name(one: &Path, other: &Path) -> bool {
    one.to_string_lossy().to_lowercase() == other.to_string_lossy().to_lowercase()
}
