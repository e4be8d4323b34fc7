//! A session of a bucket as a folder of this machine, each byte proven by its hash.
//!
//! What comes is written into a hidden folder, `.NAME.partial`, and only a session that is whole gets its name. So a
//! download that was interrupted goes on where it was: what is there with the right hash is not asked for again.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use gametelemetry::{StopToken, StoredSession as _, files};

use crate::checksum::{Sha256, sha256_of};
use crate::parallel::in_parallel;
use crate::{CloudError, FileEntry, ObjectEntry, RemoteError, RemoteSession, SessionManifest};

/// Objects that are fetched at once.
const AT_ONCE: usize = 4;
/// The most bytes of one request.
const PART: u64 = 8 << 20;
/// How often an object is fetched whose hash is wrong: what broke on the way may come well the next time.
const ATTEMPTS: usize = 3;
/// Held by who downloads into a partial folder.
const LOCK: &str = ".lock";

/// What [`download`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// The session's folder.
    pub folder: PathBuf,
    /// Bytes of all its files.
    pub bytes: u64,
    /// Bytes that came from the bucket; the others were there from an attempt before.
    pub fetched: u64,
}

/// Downloads `session` into a new folder in `parent`, which has the name that the session's folder had; when that is
/// taken, a number is added. `progress` is told how many bytes are there now and then.
///
/// # Errors
/// When something cannot be read or written, or is not what was uploaded. No folder appears then; the same download
/// goes on later.
pub fn download(
    session: &RemoteSession,
    parent: &Path,
    stop: &StopToken,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Downloaded, RemoteError> {
    let manifest = session.manifest();
    let partial = parent.join(format!(".{}.partial", manifest.name));
    let make = |error| {
        CloudError::local("cannot make a folder for the session, choose another with --out", parent, error)
    };
    fs::create_dir_all(&partial).map_err(make)?;
    let lock = lock(&partial)?;
    let work = Work {
        session,
        partial: &partial,
        stop,
        progress,
        done: AtomicU64::new(0),
        fetched: AtomicU64::new(0),
    };
    work.fetch_all()?;
    remove_others(&partial, manifest).map_err(|error| work.write_error(&partial, error))?;
    let folder = publish(&partial, parent, &folder_name(&manifest.folder), lock)?;
    Ok(Downloaded { folder, bytes: manifest.bytes, fetched: work.fetched.into_inner() })
}

/// Whether a session of a bucket is on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnDisk {
    /// It was not downloaded yet, nor recorded here.
    Missing,
    /// This folder has every file of it, with the same bytes. It may have more.
    Same(PathBuf),
    /// This folder is of the same session, with other content: as one that was recovered, or uploaded without names.
    Different(PathBuf),
}

/// Looks whether `session` is in a folder in `parent`, of those that it would be downloaded into. Files are read to their
/// end where names and lengths are right: only their hashes prove that they are the same.
///
/// # Errors
/// When `stop` was stopped, or the session has a file that this system cannot have.
pub fn downloaded(session: &RemoteSession, parent: &Path, stop: &StopToken) -> Result<OnDisk, RemoteError> {
    let manifest = session.manifest();
    let mut found = OnDisk::Missing;
    for folder in folder_names(parent, &folder_name(&manifest.folder)).take_while(|folder| folder.exists()) {
        if has_files(&folder, &manifest.files, stop)? {
            return Ok(OnDisk::Same(folder));
        }
        if found == OnDisk::Missing && is_of(&folder, &manifest.session) {
            found = OnDisk::Different(folder);
        }
    }
    Ok(found)
}

/// Whether `folder` has `files`, with the same bytes.
fn has_files(folder: &Path, files: &[FileEntry], stop: &StopToken) -> Result<bool, RemoteError> {
    let mut paths = Vec::with_capacity(files.len());
    for file in files {
        paths.push((local_path(folder, &file.name)?, file));
    }
    // What costs nothing first.
    if !paths.iter().all(|(path, file)| path.metadata().is_ok_and(|it| it.len() == file.bytes)) {
        return Ok(false);
    }
    let same = in_parallel(&paths, AT_ONCE, |(path, file)| {
        File::open(path).and_then(|opened| sha256_of(opened, stop)).is_ok_and(|hash| hash == file.sha256)
    });
    if stop.is_stopped() { Err(CloudError::Stopped.into()) } else { Ok(same.into_iter().all(|it| it)) }
}

/// Whether a file in `folder` is of the session with the id `session`.
fn is_of(folder: &Path, session: &str) -> bool {
    let files = folder.to_owned().open_files().unwrap_or_default();
    let mut headers = files.iter().filter_map(|file| Some(file.reader.as_ref().ok()?.header()));
    headers.any(|header| !header.session.is_empty() && header.session == session)
}

/// What a session's folder that was called `name` is called on this machine.
fn folder_name(name: &str) -> String {
    if is_single(name) && !name.starts_with('.') { name.to_owned() } else { files::file_name(name) }
}

/// `name`, `name_2`, `name_3` … in `parent`.
fn folder_names(parent: &Path, name: &str) -> impl Iterator<Item = PathBuf> {
    (1_u32..).map(move |number| match number {
        1 => parent.join(name),
        number => parent.join(format!("{name}_{number}")),
    })
}

/// One download.
struct Work<'a> {
    session: &'a RemoteSession,
    partial: &'a Path,
    stop: &'a StopToken,
    progress: &'a (dyn Fn(u64) + Sync),
    /// Bytes that are there.
    done: AtomicU64,
    fetched: AtomicU64,
}

/// An object of a file, and the path that it is written to.
struct Piece<'a> {
    object: &'a ObjectEntry,
    path: PathBuf,
    /// Whether the file was there before, so that the object may be too.
    was_there: bool,
}

impl Work<'_> {
    /// Makes every file whole and proves it.
    fn fetch_all(&self) -> Result<(), RemoteError> {
        let files = &self.session.manifest().files;
        let mut pieces = Vec::new();
        for file in files {
            let path = local_path(self.partial, &file.name)?;
            let was_there = make_file(&path, file.bytes).map_err(|error| self.write_error(&path, error))?;
            pieces.extend(file.objects.iter().map(|object| Piece { object, path: path.clone(), was_there }));
        }
        // One failure is enough; what is under way is let go.
        let has_failed = AtomicBool::new(false);
        let fetched = in_parallel(&pieces, AT_ONCE, |piece| {
            if has_failed.load(Ordering::Relaxed) {
                return Ok(());
            }
            self.fetch(piece, &has_failed).inspect_err(|_| has_failed.store(true, Ordering::Relaxed))
        });
        first_error(fetched)?;
        first_error(in_parallel(files, AT_ONCE, |file| self.prove(file)))
    }

    /// Makes sure that an object is in its place.
    fn fetch(&self, piece: &Piece<'_>, has_failed: &AtomicBool) -> Result<(), RemoteError> {
        let Piece { object, path, was_there } = piece;
        let failed = |error| self.write_error(path, error);
        let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(failed)?;
        if *was_there && self.is_there(&mut file, object).map_err(failed)? {
            self.advance(object.bytes);
            return Ok(());
        }
        for _ in 0..ATTEMPTS {
            let hash = self.copy(object, &mut file, path, has_failed)?;
            if hash == object.sha256 {
                return Ok(());
            }
            self.done.fetch_sub(object.bytes, Ordering::Relaxed);
            tracing::warn!(key = object.key, "the object is damaged, fetching it again");
        }
        Err(CloudError::Damaged { key: object.key.clone() }.into())
    }

    /// Whether the object's bytes are in `file` already.
    fn is_there(&self, file: &mut File, object: &ObjectEntry) -> io::Result<bool> {
        file.seek(SeekFrom::Start(object.offset))?;
        Ok(sha256_of(file.take(object.bytes), self.stop)? == object.sha256)
    }

    /// Copies the object to its place; gives the hash of what came.
    fn copy(
        &self,
        object: &ObjectEntry,
        file: &mut File,
        path: &Path,
        has_failed: &AtomicBool,
    ) -> Result<String, RemoteError> {
        let shared = &self.session.shared;
        let key = shared.key(&object.key);
        let mut hash = Sha256::new();
        let mut start = 0;
        file.seek(SeekFrom::Start(object.offset)).map_err(|error| self.write_error(path, error))?;
        while start < object.bytes {
            if self.stop.is_stopped() || has_failed.load(Ordering::Relaxed) {
                return Err(CloudError::Stopped.into());
            }
            let end = object.bytes.min(start + PART);
            let bytes = shared.retry.run(self.stop, || shared.bucket.get_range(&key, start..end))?;
            hash.update(&bytes);
            file.write_all(&bytes).map_err(|error| self.write_error(path, error))?;
            shared.count(1, bytes.len() as u64);
            self.fetched.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            self.advance(end - start);
            start = end;
        }
        Ok(hash.finish())
    }

    /// Proves that a file is what was uploaded, and that it is on the disk.
    fn prove(&self, file: &FileEntry) -> Result<(), RemoteError> {
        let path = local_path(self.partial, &file.name)?;
        let failed = |error| self.write_error(&path, error);
        let opened = OpenOptions::new().read(true).write(true).open(&path).map_err(failed)?;
        opened.sync_all().map_err(failed)?;
        if sha256_of(opened, self.stop).map_err(failed)? == file.sha256 {
            Ok(())
        } else {
            Err(RemoteError::Damaged { file: file.name.clone() })
        }
    }

    fn advance(&self, bytes: u64) {
        (self.progress)(self.done.fetch_add(bytes, Ordering::Relaxed) + bytes);
    }

    /// Why something could not be written; that it was stopped is not the disk's fault.
    fn write_error(&self, path: &Path, error: io::Error) -> RemoteError {
        if self.stop.is_stopped() {
            return CloudError::Stopped.into();
        }
        CloudError::local("cannot write what is downloaded, choose another folder with --out", path, error)
            .into()
    }
}

/// The first failure; those that only were stopped because of it come last.
fn first_error(results: Vec<Result<(), RemoteError>>) -> Result<(), RemoteError> {
    let mut errors: Vec<RemoteError> = results.into_iter().filter_map(Result::err).collect();
    errors.sort_by_key(|error| matches!(error, RemoteError::Cloud(CloudError::Stopped)));
    errors.into_iter().next().map_or(Ok(()), Err)
}

/// Makes a file of so many bytes, with the folders above it; gives whether it was there already.
fn make_file(path: &Path, bytes: u64) -> io::Result<bool> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let was_there = path.exists();
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    file.set_len(bytes)?;
    Ok(was_there)
}

/// Where the file `name` of a session goes below `root`, and nowhere else.
fn local_path(root: &Path, name: &str) -> Result<PathBuf, RemoteError> {
    let mut path = root.to_owned();
    for part in name.split('/') {
        if !is_single(part) {
            return Err(RemoteError::FileName { name: name.to_owned() });
        }
        path.push(part);
    }
    Ok(path)
}

/// Whether `name` is one step down from a folder on this system.
fn is_single(name: &str) -> bool {
    let mut components = Path::new(name).components();
    let is_normal = matches!(components.next(), Some(Component::Normal(part)) if part == name);
    let is_plain =
        !name.contains(|c: char| c.is_control() || "<>:\"|?*\\".contains(c)) && !name.ends_with(['.', ' ']);
    is_normal && components.next().is_none() && (is_plain || !cfg!(windows))
}

/// Makes sure that nobody else downloads into `partial`.
fn lock(partial: &Path) -> Result<File, RemoteError> {
    let path = partial.join(LOCK);
    let open = || OpenOptions::new().write(true).create(true).truncate(false).open(&path);
    let file = open().map_err(|error| CloudError::local("cannot write into the folder", &path, error))?;
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => Err(RemoteError::Busy { path: partial.to_owned() }),
        // A file system without locks is no obstacle.
        _ => Ok(file),
    }
}

/// Removes what an earlier state of the session left in `partial`.
fn remove_others(partial: &Path, manifest: &SessionManifest) -> io::Result<()> {
    let mut wanted: BTreeSet<PathBuf> = BTreeSet::from([partial.join(LOCK)]);
    for file in &manifest.files {
        let path = partial.join(&file.name);
        wanted.extend(path.ancestors().take_while(|it| *it != partial).map(Path::to_owned));
    }
    let mut folders = vec![partial.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (path, is_folder) = (entry.path(), entry.file_type()?.is_dir());
            match (wanted.contains(&path), is_folder) {
                (true, true) => folders.push(path),
                (true, false) => {}
                (false, true) => fs::remove_dir_all(path)?,
                (false, false) => fs::remove_file(path)?,
            }
        }
    }
    Ok(())
}

/// Gives the whole session its name; the folder.
fn publish(partial: &Path, parent: &Path, name: &str, lock: File) -> Result<PathBuf, RemoteError> {
    let failed = |error| CloudError::local("cannot give the session its name", partial, error);
    if cfg!(windows) {
        // Windows moves no folder with an open file.
        drop(lock);
    }
    for folder in folder_names(parent, name) {
        if folder.symlink_metadata().is_ok() {
            continue;
        }
        match fs::rename(partial, &folder) {
            // Somebody was faster.
            Err(_) if folder.symlink_metadata().is_ok() => {}
            Err(error) => return Err(failed(error).into()),
            Ok(()) => {
                // What is left of the lock disturbs nobody, should it not go.
                let _ = fs::remove_file(folder.join(LOCK));
                let _ = File::open(parent).and_then(|parent| parent.sync_all());
                return Ok(folder);
            }
        }
    }
    Err(failed(io::ErrorKind::AlreadyExists.into()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_below_its_folder_or_nowhere() {
        let path = |name: &str| local_path(Path::new("session"), name).ok();
        assert_eq!(path("physics.gtel"), Some(Path::new("session").join("physics.gtel")));
        assert_eq!(path("files/ä b.rpy"), Some(Path::new("session").join("files").join("ä b.rpy")));
        for name in ["", "..", "../x", "a/../../x", "/x", "a//b", ".", "a/.", "a/"] {
            assert_eq!(path(name), None, "{name}");
        }
        assert_eq!(path("C:\\x").is_some(), !cfg!(windows));
    }
}
