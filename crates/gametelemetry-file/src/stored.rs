//! What a session is read from: files with names, wherever their bytes are.
//!
//! Stands between whoever keeps sessions and whoever reads them. A folder of the disk is one such place
//! ([`crate::files`] opens it), a bucket in a cloud is another; readers and processors do not see the difference.
//! Opens nothing itself.

use std::io::{Read, Seek};
use std::path::PathBuf;

use crate::files::SessionFolderError;
use crate::{ReadError, SessionReader};

/// What the bytes of a session file are read from: a file, or what stands for one.
pub trait SessionInput: Read + Seek + Send {}

impl<T: Read + Seek + Send> SessionInput for T {}

/// A session that can be opened as often as need be: the path of its folder or of one of its files, or one that is
/// elsewhere.
pub trait StoredSession {
    /// Opens the session's files, sorted by name. One that cannot be read never hides the others.
    ///
    /// # Errors
    /// When there is no session.
    fn open_files(&self) -> Result<Vec<SessionFile>, SessionFolderError>;
}

impl<T: StoredSession + ?Sized> StoredSession for &T {
    fn open_files(&self) -> Result<Vec<SessionFile>, SessionFolderError> {
        T::open_files(self)
    }
}

/// One file of a session.
pub struct SessionFile {
    /// Its path, or its address where it is not on the disk.
    pub path: PathBuf,
    /// Its length in bytes; 0 when that is not known.
    pub bytes: u64,
    /// Its reader, or why it cannot be read at all.
    pub reader: Result<SessionReader, ReadError>,
}

impl std::fmt::Debug for SessionFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionFile")
            .field("path", &self.path)
            .field("bytes", &self.bytes)
            .field("error", &self.reader.as_ref().err())
            .finish()
    }
}
