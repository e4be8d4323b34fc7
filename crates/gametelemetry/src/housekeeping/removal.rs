//! Takes a session away so that half of one never looks like a session.
//!
//! First the folder gets a hidden name, `.NAME.deleting`, in one step; then its files go, one by one, and the folder.
//! Whatever ends the program in between leaves a hidden folder, which the next housekeeping removes. Only files that
//! are ours are ever deleted, one level deep.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use gametelemetry_file::Timestamp;

use super::folder::{Hold, look};
use super::own::Contents;

/// What stands behind the name of a session that is being deleted.
const DELETING: &str = ".deleting";

/// Why a session is still there, or not wholly gone.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoveError {
    /// It is no session, or was taken away by somebody else.
    #[error("there is no session any more at {}", path.display())]
    NoSession {
        /// Where it should have been.
        path: PathBuf,
    },
    /// It must not go.
    #[error("the session stays, it is held ({hold}): {}", path.display())]
    Held {
        /// Its folder.
        path: PathBuf,
        /// Why.
        hold: Hold,
    },
    /// The operating system refuses.
    #[error("cannot delete, check who may write there and which program has it open: {}", path.display())]
    Io {
        /// What cannot be deleted.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// A session that is being taken away, step by step. Dropped before its end it is what a crash would have left.
#[derive(Debug)]
#[must_use = "nothing is deleted until the steps are taken"]
pub struct Removal {
    session: PathBuf,
    hidden: PathBuf,
    /// The files that are left, last first; `None` before the folder is hidden.
    files: Option<Vec<PathBuf>>,
}

impl Removal {
    /// Looks once more whether the session at `path` may go. Changes nothing yet.
    ///
    /// # Errors
    /// When it is no session any more, or must not go.
    pub fn begin(path: &Path, now: Timestamp) -> Result<Self, RemoveError> {
        let no_session = || RemoveError::NoSession { path: path.into() };
        let found = look(path, now).ok_or_else(no_session)?;
        if let Some(hold) = found.hold {
            return Err(RemoveError::Held { path: path.into(), hold });
        }
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().ok_or_else(no_session)?);
        name.push(DELETING);
        Ok(Self { session: path.into(), hidden: path.with_file_name(name), files: None })
    }

    /// Takes the next step: hides the folder, deletes a file, or deletes the empty folder. Gives whether there is
    /// another one.
    ///
    /// # Errors
    /// When the step fails, or the session turns out to be held when it is hidden; then it has its name again.
    pub fn step(&mut self) -> Result<bool, RemoveError> {
        let Some(files) = &mut self.files else {
            self.files = Some(self.hide()?);
            return Ok(true);
        };
        match files.pop() {
            Some(file) => delete(&file, fs::remove_file).map(|()| true),
            None => delete(&self.hidden, fs::remove_dir).map(|()| false),
        }
    }

    /// Takes all steps that are left.
    ///
    /// # Errors
    /// When one fails.
    pub fn finish(mut self) -> Result<(), RemoveError> {
        while self.step()? {}
        Ok(())
    }

    /// Hides the folder; the files in it. Under its new name nobody else finds it, so what is seen then stays so.
    fn hide(&self) -> Result<Vec<PathBuf>, RemoveError> {
        let failed = |source| RemoveError::Io { path: self.session.clone(), source };
        // What an earlier crash left of a session of the same name would be in the way.
        remove_leftover(&self.hidden)?;
        match fs::rename(&self.session, &self.hidden) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(RemoveError::NoSession { path: self.session.clone() });
            }
            renamed => renamed.map_err(failed)?,
        }
        let contents = contents_of(&self.hidden)?;
        if let Some(name) = contents.foreign.first() {
            let hold = Hold::Foreign { name: name.clone() };
            fs::rename(&self.hidden, &self.session).map_err(failed)?;
            return Err(RemoveError::Held { path: self.session.clone(), hold });
        }
        sync_folder_of(&self.hidden);
        Ok(contents.into_own())
    }
}

/// Deletes the session at `path`, after another look whether it may go.
///
/// # Errors
/// When it is no session any more, must not go, or cannot be deleted.
pub fn remove_session(path: &Path, now: Timestamp) -> Result<(), RemoveError> {
    Removal::begin(path, now)?.finish()
}

/// Deletes what crashes left of sessions in `folder` that were being deleted; how many. A folder that is not there has
/// none, and one with other files in it was never one.
///
/// # Errors
/// When the folder cannot be read, or something in it cannot be deleted.
pub fn remove_leftovers(folder: &Path) -> Result<usize, RemoveError> {
    let failed = |source| RemoveError::Io { path: folder.into(), source };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries.map_err(failed)?,
    };
    let mut removed = 0;
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_hidden =
            name.strip_suffix(DELETING).is_some_and(|name| name.len() > 1 && name.starts_with('.'));
        if is_hidden && remove_leftover(&path)? {
            removed += 1;
        }
    }
    Ok(removed)
}

/// Deletes the hidden folder `path` if it is there and nothing but ours is in it; whether it did.
fn remove_leftover(path: &Path) -> Result<bool, RemoveError> {
    if !fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir()) {
        return Ok(false);
    }
    let contents = contents_of(path)?;
    if !contents.foreign.is_empty() {
        return Ok(false);
    }
    for file in contents.into_own() {
        delete(&file, fs::remove_file)?;
    }
    delete(path, fs::remove_dir).map(|()| true)
}

/// What is in the hidden folder `path`; nothing when another housekeeping has finished it meanwhile.
fn contents_of(path: &Path) -> Result<Contents, RemoveError> {
    match Contents::of(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Contents::default()),
        contents => contents.map_err(|source| RemoveError::Io { path: path.into(), source }),
    }
}

/// Deletes `path`; when another housekeeping was faster that is as good.
fn delete(path: &Path, by: impl Fn(PathBuf) -> io::Result<()>) -> Result<(), RemoveError> {
    match by(path.to_owned()) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(RemoveError::Io { path: path.into(), source })
        }
        _ => Ok(()),
    }
}

/// Makes sure that the new name reaches the disk before a file goes, so that a power cut leaves no half of a session
/// under its old name. Windows has no such call, and orders these changes itself.
fn sync_folder_of(path: &Path) {
    if let Some(parent) = path.parent().filter(|_| cfg!(unix)) {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        // A file system that cannot do it has done what it can.
        let _ = fs::File::open(parent).and_then(|folder| folder.sync_all());
    }
}
