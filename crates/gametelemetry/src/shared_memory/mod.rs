//! Named shared memory: opened read-only to sample a game, or created to publish a simulated one.
//!
//! The one module of the project with `unsafe`: mapping memory has no safe form. Each block stands beside its
//! proof. A name is that of the game (`acpmf_physics`): `/dev/shm/acpmf_physics` on Linux, where Proton bridges put
//! it, and `Local\acpmf_physics` on Windows. Knows no game and no frame.

#[cfg(unix)]
mod linux;
#[cfg(windows)]
mod windows;

use std::io;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

#[cfg(unix)]
use linux as system;
#[cfg(windows)]
use windows as system;

/// A region of another process, open for reading.
#[derive(Debug)]
pub struct Region(system::Region);

impl Region {
    /// Opens the region `name`; never creates it.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] while no process has made it, `PermissionDenied` when it is another user's.
    pub fn open(name: &str) -> io::Result<Self> {
        system::Region::open(name).map(Self)
    }

    /// Bytes that can be read; Windows rounds up to whole pages of 4096.
    ///
    /// # Errors
    /// When the operating system does not say.
    pub fn size(&self) -> io::Result<u64> {
        self.0.size()
    }

    /// Copies the bytes from `offset` on into `into`, once, while another process may be writing them.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] when the region has become, or is, too small.
    pub fn copy(&self, offset: usize, into: &mut [u8]) -> io::Result<()> {
        self.0.copy(offset, into)
    }

    /// Whether the name still leads to this region, and not to none or to one that a restarted game made.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.0.is_current()
    }

    /// Where the region is, as the system names it.
    #[must_use]
    pub fn location(name: &str) -> String {
        system::location(name)
    }
}

/// A region that this process publishes, as a game would. Dropping it takes it away.
#[derive(Debug)]
pub struct PublishedRegion(system::PublishedRegion);

impl PublishedRegion {
    /// Makes the region `name` with `size` bytes of 0.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] when a running game (or simulator) publishes it.
    pub fn create(name: &str, size: usize) -> io::Result<Self> {
        system::PublishedRegion::create(name, size).map(Self)
    }

    /// Stores `bytes` from `offset` on, in ascending order, as a game's own writes would become visible. What does
    /// not fit is left out.
    pub fn write(&mut self, offset: usize, bytes: &[u8]) {
        self.0.write(offset, bytes);
    }
}

/// Stores `bytes` from `offset` on into the `length` writable bytes at `base`, a page's start: ascending, by whole
/// words where the address allows, as a game's own stores of numbers are.
///
/// Called only by the two systems' `PublishedRegion`, whose mapping is alive, writable and `length` bytes long.
fn store(base: *mut u8, length: usize, offset: usize, bytes: &[u8]) {
    let bytes = bytes.get(..length.saturating_sub(offset).min(bytes.len())).unwrap_or_default();
    let (head, body) = bytes.split_at(offset.wrapping_neg().rem_euclid(4).min(bytes.len()));
    let (words, tail) = body.as_chunks::<4>();
    let store_bytes = |start: usize, bytes: &[u8]| {
        for (index, &byte) in bytes.iter().enumerate() {
            // SAFETY: `bytes` was cut so that `start + index < length`: inside the mapping, which the caller keeps
            // alive and writable. A byte is always aligned, and an atomic store may race with other processes.
            #[allow(unsafe_code, reason = "writing to memory that other processes read has no safe form")]
            let cell = unsafe { AtomicU8::from_ptr(base.add(start + index)) };
            cell.store(byte, Ordering::Release);
        }
    };
    store_bytes(offset, head);
    let first = offset + head.len();
    for (index, &word) in words.iter().enumerate() {
        // SAFETY: as above for four bytes; a mapping starts at a page and `first` is a multiple of 4, so the
        // address is aligned.
        #[allow(unsafe_code, reason = "writing to memory that other processes read has no safe form")]
        let cell = unsafe { AtomicU32::from_ptr(base.add(first + index * 4).cast()) };
        cell.store(u32::from_ne_bytes(word), Ordering::Release);
    }
    store_bytes(first + words.len() * 4, tail);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(test: &str) -> String {
        format!("gametelemetry_test_{}_{test}", std::process::id())
    }

    #[test]
    fn a_region_is_read_as_it_was_published() {
        let name = name("read");
        assert_eq!(Region::open(&name).unwrap_err().kind(), io::ErrorKind::NotFound);
        let mut published = PublishedRegion::create(&name, 100).unwrap();
        published.write(90, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        let region = Region::open(&name).unwrap();
        assert!(region.size().unwrap() >= 100);
        let mut copy = [0; 12];
        region.copy(88, &mut copy).unwrap();
        assert_eq!(copy, [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert!(region.is_current());
    }

    #[test]
    fn a_copy_behind_the_region_is_an_error_not_a_crash() {
        let name = name("small");
        let _published = PublishedRegion::create(&name, 4096).unwrap();
        let region = Region::open(&name).unwrap();
        let error = region.copy(4000, &mut [0; 200]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        assert!(region.copy(usize::MAX, &mut [0; 200]).is_err());
    }

    #[test]
    fn a_region_taken_away_is_no_longer_current() {
        let name = name("gone");
        let published = PublishedRegion::create(&name, 64).unwrap();
        let region = Region::open(&name).unwrap();
        drop(published);
        // Windows keeps a mapping alive as long as somebody has it open: then the next game gets the same one.
        assert_eq!(region.is_current(), cfg!(windows));
    }
}
