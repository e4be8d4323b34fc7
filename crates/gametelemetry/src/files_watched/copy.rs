//! Copies one file that stands still, and hashes what it copies.
//!
//! The copy is made under a temporary name and gets its own only when it is whole. The file is opened for reading
//! only, never locked, and looked at again afterwards: one that changed meanwhile is not taken.

use std::fs::{self, File};
use std::hash::Hasher as _;
use std::io::{self, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};

use twox_hash::XxHash64;

use super::scan::Stamp;
use crate::SourceError;

/// Bytes copied at once.
const PIECE: usize = 256 << 10;
/// What a copy is called until it is whole.
const TEMPORARY: &str = "unfinished.part";

/// The most watchers that one session has room for.
const MAX_WATCHERS: u32 = 100;

/// What became of an attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// The whole file was read; the XXH64 of its content.
    Whole(u64),
    /// Somebody has it open for writing, or it changed or vanished meanwhile.
    NotYet,
}

/// The place for copies of one session.
#[derive(Debug)]
pub(super) struct Copies {
    folder: PathBuf,
    temporary: PathBuf,
}

impl Copies {
    /// Copies go to `folder`, which is made with the first.
    pub(super) fn new(folder: PathBuf) -> Self {
        let temporary = folder.join(TEMPORARY);
        Self { folder, temporary }
    }

    /// Copies the version `stamp` of `path` to a temporary name, as long as `keep_going` says so.
    ///
    /// # Errors
    /// Only when the copy cannot be written.
    pub(super) fn copy(
        &mut self,
        path: &Path,
        stamp: Stamp,
        keep_going: impl FnMut() -> bool,
    ) -> Result<Attempt, SourceError> {
        // Before anything is made: a file that is locked is asked for again and again.
        let Ok(file) = open_when_finished(path) else { return Ok(Attempt::NotYet) };
        let mut copy = self.create()?;
        let failed = |source| cannot_copy(&self.temporary, source);
        let write = |piece: &[u8]| copy.write_all(piece).map_err(failed);
        let attempt = read_through(file, path, stamp, keep_going, write);
        let finished = attempt.and_then(|attempt| {
            if attempt != Attempt::NotYet {
                // Nice to have: not every file system keeps the time that it is told.
                let _ = copy.set_modified(stamp.modified.into());
                copy.sync_all().map_err(failed)?;
            }
            Ok(attempt)
        });
        drop(copy);
        if !matches!(finished, Ok(Attempt::Whole(_))) {
            self.discard();
        }
        finished
    }

    /// Makes the folder, and a file of a temporary name that is nobody else's: a session may have several watchers.
    fn create(&mut self) -> Result<File, SourceError> {
        for number in 1_u32..=MAX_WATCHERS {
            fs::create_dir_all(&self.folder).map_err(|source| cannot_copy(&self.folder, source))?;
            self.temporary = self.folder.join(numbered(Path::new(TEMPORARY), number));
            match File::create_new(&self.temporary) {
                // Taken by another watcher, or the folder was removed by it a moment ago, because it was empty.
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => {}
                made => return made.map_err(|source| cannot_copy(&self.temporary, source)),
            }
        }
        Err(cannot_copy(&self.folder, io::ErrorKind::AlreadyExists.into()))
    }

    /// Removes the copy that has only a temporary name, and the folder if there is no other.
    pub(super) fn discard(&self) {
        let _ = fs::remove_file(&self.temporary);
        let _ = fs::remove_dir(&self.folder);
    }

    /// Gives the copy the name `within`, or one with a number when that is taken; the path from the session's folder
    /// on, with `/`.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub(super) fn keep(&self, within: &Path) -> Result<String, SourceError> {
        let within = plain(within);
        for number in 1_u32.. {
            let name = numbered(&within, number);
            let path = self.folder.join(&name);
            let failed = |source| cannot_copy(&path, source);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(failed)?;
            }
            if rename_to_new(&self.temporary, &path).map_err(failed)? {
                let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
                return Ok(format!("{}/{}", super::COPIES, parts.join("/")));
            }
        }
        Err(cannot_copy(&self.folder, io::ErrorKind::AlreadyExists.into()))
    }
}

/// Renames `from` to `to`, unless that is there; gives whether it did.
fn rename_to_new(from: &Path, to: &Path) -> io::Result<bool> {
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        // FAT and some network drives have no links. Nobody else makes files here, save another watcher.
        Err(_) if to.symlink_metadata().is_ok() => Ok(false),
        Err(_) => fs::rename(from, to).map(|()| true),
    }
}

/// Reads the version `stamp` of `path`, for its hash only.
pub(super) fn hash(path: &Path, stamp: Stamp, keep_going: impl FnMut() -> bool) -> Attempt {
    let Ok(file) = open_when_finished(path) else { return Attempt::NotYet };
    read_through(file, path, stamp, keep_going, |_| Ok(())).unwrap_or(Attempt::NotYet)
}

/// Reads `file`, the version `stamp` of `path`, and hands on its bytes.
///
/// # Errors
/// Only those of `take`: a file that cannot be read now may be readable later.
fn read_through(
    mut file: File,
    path: &Path,
    stamp: Stamp,
    mut keep_going: impl FnMut() -> bool,
    mut take: impl FnMut(&[u8]) -> Result<(), SourceError>,
) -> Result<Attempt, SourceError> {
    let (mut hasher, mut piece, mut read) = (XxHash64::with_seed(0), vec![0; PIECE], 0_u64);
    loop {
        let size = match file.read(&mut piece) {
            Ok(0) => break,
            Ok(size) => size,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Ok(Attempt::NotYet),
        };
        read += size as u64;
        // More than it had: it grows.
        if read > stamp.size || !keep_going() {
            return Ok(Attempt::NotYet);
        }
        let piece = piece.get(..size).unwrap_or_default();
        hasher.write(piece);
        take(piece)?;
    }
    let is_same = read == stamp.size && Stamp::of_path(path) == Some(stamp);
    Ok(if is_same { Attempt::Whole(hasher.finish()) } else { Attempt::NotYet })
}

/// Opens `path` for reading, unless somebody has it open for writing, as far as the system can tell.
#[cfg(windows)]
fn open_when_finished(path: &Path) -> io::Result<File> {
    use std::fs::OpenOptions;
    use std::os::windows::fs::OpenOptionsExt as _;

    /// `FILE_SHARE_READ` and `FILE_SHARE_DELETE`.
    const NOBODY_WRITES: u32 = 1 | 4;
    // Fails while there is a writer. Closed at once: for as long as it is open no writer could come.
    drop(OpenOptions::new().read(true).share_mode(NOBODY_WRITES).open(path)?);
    File::open(path)
}

#[cfg(not(windows))]
fn open_when_finished(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// The parts of `within` that are names: nothing that leads out of a folder.
fn plain(within: &Path) -> PathBuf {
    within.components().filter(|part| matches!(part, Component::Normal(_))).collect()
}

/// `path`, with `_2` and so on before its extension.
fn numbered(path: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("_{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

fn cannot_copy(path: &Path, source: io::Error) -> SourceError {
    let advice = match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full: free some space, or choose another folder with --out"
        }
        io::ErrorKind::PermissionDenied => "this user may not write there: choose another folder with --out",
        _ => "check the disk",
    };
    let what = format!("cannot copy a file into the session, {advice}: {}", path.display());
    SourceError::Other { what, source: Some(Box::new(source)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_gets_its_name_when_it_is_whole_and_never_another_s() {
        let folder = tempfile::tempdir().unwrap();
        let original = folder.path().join("original.rec");
        fs::write(&original, b"content").unwrap();
        let stamp = Stamp::of_path(&original).unwrap();
        let mut copies = Copies::new(folder.path().join(super::super::COPIES));
        for expected in ["files/in/match.rec", "files/in/match_2.rec", "files/in/match_3.rec"] {
            assert_eq!(
                copies.copy(&original, stamp, || true).unwrap(),
                Attempt::Whole(XxHash64::oneshot(0, b"content"))
            );
            assert_eq!(copies.keep(Path::new("../in/match.rec")).unwrap(), expected);
            assert_eq!(fs::read(folder.path().join(expected)).unwrap(), b"content");
            assert_eq!(Stamp::of_path(&folder.path().join(expected)), Some(stamp));
        }
        assert!(!copies.temporary.exists());
    }

    #[test]
    fn a_file_that_changed_or_vanished_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let original = folder.path().join("original.rec");
        fs::write(&original, vec![1; 3 * PIECE]).unwrap();
        let stamp = Stamp::of_path(&original).unwrap();
        let mut copies = Copies::new(folder.path().join("files"));
        let grown = Stamp { size: stamp.size - 1, ..stamp };
        assert_eq!(copies.copy(&original, grown, || true).unwrap(), Attempt::NotYet);
        assert_eq!(copies.copy(&original, stamp, || false).unwrap(), Attempt::NotYet);
        let gone = folder.path().join("gone.rec");
        assert_eq!(copies.copy(&gone, stamp, || true).unwrap(), Attempt::NotYet);
        let mut pieces = 0;
        let shrinks = || {
            pieces += 1;
            if pieces == 1 {
                fs::write(&original, b"short").unwrap();
            }
            true
        };
        assert_eq!(copies.copy(&original, stamp, shrinks).unwrap(), Attempt::NotYet);
        assert!(!folder.path().join("files").exists(), "nothing is left behind");
    }

    #[test]
    fn two_watchers_of_one_session_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let originals = ["a.rec", "b.rec"].map(|name| folder.path().join(name));
        let mut copies = [0, 1].map(|_| Copies::new(folder.path().join("files")));
        for (original, copies) in originals.iter().zip(&mut copies) {
            fs::write(original, original.to_string_lossy().as_bytes()).unwrap();
            copies.copy(original, Stamp::of_path(original).unwrap(), || true).unwrap();
        }
        let kept = copies.map(|copies| copies.keep(Path::new("match.rec")).unwrap());
        assert_eq!(kept, ["files/match.rec", "files/match_2.rec"]);
        for (original, kept) in originals.iter().zip(kept) {
            assert_eq!(fs::read(folder.path().join(kept)).unwrap(), original.to_string_lossy().as_bytes());
        }
    }

    #[test]
    fn numbers_stand_before_the_extension() {
        let numbered = |path: &str| numbered(Path::new(path), 2).to_string_lossy().into_owned();
        assert_eq!(numbered("match.replay"), "match_2.replay");
        assert_eq!(numbered("AgeIV_Replay_1"), "AgeIV_Replay_1_2");
    }
}
