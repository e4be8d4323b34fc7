//! The one place of this crate that opens files and folders.
//!
//! A session is a folder with one file a source; this module names, creates and lists them. What stands in a file
//! belongs to the reader and the writer.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::{ReadError, SessionFile, SessionReader, StoredSession, Timestamp};

/// The extension of session files.
pub const EXTENSION: &str = "gtel";
/// The extension of the .NET implementation's files.
pub const DAT_EXTENSION: &str = "dat";

/// Creates `path` for writing and reading; an existing file is never touched.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// Locks `file` until it is closed; `false` when somebody else holds the lock.
///
/// On Windows a lock would also keep readers away, so there is none. A file system without locks is no obstacle
/// either: the lock only keeps a repair from a file that is still being written.
pub(crate) fn lock(file: &File) -> bool {
    cfg!(windows) || !matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

/// Gives up the lock at once, although a second handle, as for syncing, may keep the file open for a while.
pub(crate) fn unlock(file: &File) {
    if !cfg!(windows) {
        // One that was never locked, or cannot be, needs no unlocking.
        let _ = file.unlock();
    }
}

/// Opens one session file.
///
/// # Errors
/// When it cannot be opened or is no recording.
pub fn open(path: &Path) -> Result<SessionReader, ReadError> {
    SessionReader::boxed(File::open(path)?)
}

impl StoredSession for Path {
    fn open_files(&self) -> Result<Vec<SessionFile>, SessionFolderError> {
        let open = |path: PathBuf| {
            let bytes = fs::metadata(&path).map(|metadata| metadata.len()).unwrap_or_default();
            SessionFile { reader: open(&path), bytes, path }
        };
        Ok(session_files(self)?.into_iter().map(open).collect())
    }
}

impl StoredSession for PathBuf {
    fn open_files(&self) -> Result<Vec<SessionFile>, SessionFolderError> {
        self.as_path().open_files()
    }
}

/// Why there is no session at a path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionFolderError {
    /// Nothing is there, or it may not be read.
    #[error("cannot open the session, check the path: {}", path.display())]
    Open {
        /// The path.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A folder without any session file.
    #[error("there is no .gtel file in this folder, name a session's own folder: {}", path.display())]
    NoFiles {
        /// The folder.
        path: PathBuf,
    },
    /// A folder for a new session could not be made.
    #[error("cannot make a folder for the session, choose another with --out: {}", path.display())]
    Create {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// Makes a new folder `2026-11-23_120000_game` in `parent`, and `parent` itself if need be. When the name is taken,
/// as by a session that started in the same second, a number is added: `2026-11-23_120000_game_2`.
///
/// # Errors
/// When the folder cannot be made.
pub fn create_session_folder(
    parent: &Path,
    started: Timestamp,
    game: &str,
) -> Result<PathBuf, SessionFolderError> {
    let failed = |path: &Path, source| SessionFolderError::Create { path: path.into(), source };
    fs::create_dir_all(parent).map_err(|source| failed(parent, source))?;
    let name = format!("{}_{}", started.folder_name(), file_name(game));
    let mut path = parent.join(&name);
    let mut number = 1_u64;
    loop {
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                number += 1;
                path = parent.join(format!("{name}_{number}"));
            }
            Err(source) => return Err(failed(&path, source)),
        }
    }
}

/// `name` with what no file system allows replaced by `-`.
#[must_use]
pub fn file_name(name: &str) -> String {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = name.chars().map(|c| if allowed(c) { c } else { '-' }).collect();
    if name.trim_matches('.').is_empty() { "unnamed".to_owned() } else { name }
}

/// The session files of `path`: the file itself, or every `.gtel` (else every `.dat`) of the folder, sorted.
///
/// # Errors
/// When nothing is there, or a folder has no session file.
pub fn session_files(path: &Path) -> Result<Vec<PathBuf>, SessionFolderError> {
    let failed = |source| SessionFolderError::Open { path: path.into(), source };
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![path.into()]);
    }
    let entries: io::Result<Vec<_>> =
        fs::read_dir(path).map_err(failed)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut entries = entries.map_err(failed)?;
    entries.sort();
    for extension in [EXTENSION, DAT_EXTENSION] {
        let has_extension = |file: &&PathBuf| file.extension().is_some_and(|found| found == extension);
        let files: Vec<PathBuf> = entries.iter().filter(has_extension).cloned().collect();
        if !files.is_empty() {
            return Ok(files);
        }
    }
    Err(SessionFolderError::NoFiles { path: path.into() })
}

/// Replaces `path` by `replacement` in one step, after the replacement has reached the disk.
pub(crate) fn replace(path: &Path, replacement: &Path) -> io::Result<()> {
    // Windows syncs only what is open for writing.
    OpenOptions::new().write(true).open(replacement)?.sync_all()?;
    fs::rename(replacement, path)
}

/// Removes `path`; one that is not there is no error.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Gives `path` a second name, `path` + `suffix`, that does not exist yet; the new name.
pub(crate) fn keep_aside(path: &Path, suffix: &str) -> io::Result<PathBuf> {
    for number in 1_u32.. {
        let number = if number == 1 { String::new() } else { format!(".{number}") };
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        name.push(number);
        let aside = PathBuf::from(name);
        let kept = match fs::hard_link(path, &aside) {
            // FAT and some network drives have no links.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => copy_new(path, &aside),
            other => other,
        };
        match kept {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other.map(|()| aside),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Copies `path` to `copy`, which does not exist yet; what cannot be copied whole is removed again.
fn copy_new(path: &Path, copy: &Path) -> io::Result<()> {
    let mut file = create_new(copy)?;
    let copied =
        File::open(path).and_then(|mut old| io::copy(&mut old, &mut file)).and_then(|_| file.sync_all());
    if copied.is_err() {
        let _ = fs::remove_file(copy);
    }
    copied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sessions_of_the_same_second_get_two_folders() {
        let parent = tempfile::tempdir().unwrap();
        let started = "2026-11-23T12:00:00.9Z".parse().unwrap();
        let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        let create = || name(create_session_folder(parent.path(), started, "acc").unwrap());
        assert_eq!(create(), "2026-11-23_120000_acc");
        assert_eq!(create(), "2026-11-23_120000_acc_2");
    }

    #[test]
    fn a_file_is_kept_aside_under_a_new_name_and_copied_where_it_cannot_be_linked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("physics.gtel");
        fs::write(&path, b"old").unwrap();
        assert_eq!(keep_aside(&path, ".damaged").unwrap(), folder.path().join("physics.gtel.damaged"));
        assert_eq!(keep_aside(&path, ".damaged").unwrap(), folder.path().join("physics.gtel.damaged.2"));
        let copy = folder.path().join("copy");
        copy_new(&path, &copy).unwrap();
        assert_eq!(fs::read(&copy).unwrap(), b"old");
        assert_eq!(copy_new(&path, &copy).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }

    #[test]
    fn odd_names_become_file_names() {
        assert_eq!(file_name("session info/1"), "session-info-1");
        assert_eq!(file_name("Nürburgring"), "Nürburgring");
        assert_eq!(file_name(".."), "unnamed");
    }
}
