//! Linux: files in `/dev/shm`.
//!
//! Reading goes through `pread`, not through a mapping: a bridge that truncates or recreates its file would kill a
//! process that has it mapped (SIGBUS), and the call costs half a microsecond a copy
//! (docs/decisions/0003-reading-shared-memory.md has the measurement). Publishing maps the file, so that writes
//! become visible as a game's do.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;
use std::sync::atomic::{Ordering, fence};
use std::time::Duration;

use memmap2::MmapRaw;

/// How long the bytes of a region left behind must stand still before a simulator takes it over.
const ABANDONED_AFTER: Duration = Duration::from_millis(100);

fn path(name: &str) -> PathBuf {
    PathBuf::from("/dev/shm").join(name)
}

pub(super) fn location(name: &str) -> String {
    path(name).display().to_string()
}

#[derive(Debug)]
pub(super) struct Region {
    file: File,
    path: PathBuf,
}

impl Region {
    pub(super) fn open(name: &str) -> io::Result<Self> {
        let path = path(name);
        Ok(Self { file: File::open(&path)?, path })
    }

    pub(super) fn size(&self) -> io::Result<u64> {
        self.file.metadata().map(|metadata| metadata.len())
    }

    pub(super) fn copy(&self, offset: usize, into: &mut [u8]) -> io::Result<()> {
        // Two copies are compared, so the second must not be satisfied by loads of the first: on x86 loads are in
        // order anyway, on ARM the fence makes them so.
        fence(Ordering::Acquire);
        let offset = i64::try_from(offset).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let copied = self.file.read_exact_at(into, offset.unsigned_abs());
        fence(Ordering::Acquire);
        copied
    }

    pub(super) fn is_current(&self) -> bool {
        let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        match (self.file.metadata(), fs::metadata(&self.path)) {
            (Ok(ours), Ok(theirs)) => identity(ours) == identity(theirs),
            _ => false,
        }
    }
}

#[derive(Debug)]
pub(super) struct PublishedRegion {
    /// Holds the lock that tells other simulators that this one lives.
    _file: File,
    map: MmapRaw,
    path: PathBuf,
}

impl PublishedRegion {
    pub(super) fn create(name: &str, size: usize) -> io::Result<Self> {
        let path = path(name);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        if file.try_lock().is_err() || !is_abandoned(&file)? {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        // Fresh zeros: shrinking to nothing first drops what an abandoned file held.
        file.set_len(0)?;
        file.set_len(size as u64)?;
        let map = MmapRaw::map_raw(&file)?;
        Ok(Self { _file: file, map, path })
    }

    pub(super) fn write(&mut self, offset: usize, bytes: &[u8]) {
        super::store(self.map.as_mut_ptr(), self.map.len(), offset, bytes);
    }
}

impl Drop for PublishedRegion {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "shared memory was not taken away");
        }
    }
}

/// Whether nobody writes the file any more: a real game's bridge takes no lock, but its bytes move.
fn is_abandoned(file: &File) -> io::Result<bool> {
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(file.metadata()?.len()).unwrap_or(0).min(1 << 20)];
        let got = file.read_at(&mut bytes, 0)?;
        bytes.truncate(got);
        Ok(bytes)
    };
    let before = read()?;
    if before.iter().all(|&byte| byte == 0) {
        return Ok(true);
    }
    std::thread::sleep(ABANDONED_AFTER);
    Ok(before == read()?)
}
