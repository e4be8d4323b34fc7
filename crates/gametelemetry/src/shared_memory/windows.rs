//! Windows: named file mappings in the session's `Local\` name space.
//!
//! A mapping lives as long as any process has it open, and a view cannot shrink, so reading it cannot fault.

use std::io;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering, fence};

use windows_sys::Win32::Foundation::{
    CloseHandle, ERROR_ALREADY_EXISTS, GetLastError, HANDLE, INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::System::Memory::{
    CreateFileMappingW, FILE_MAP_ALL_ACCESS, FILE_MAP_READ, MEMORY_BASIC_INFORMATION,
    MEMORY_MAPPED_VIEW_ADDRESS, MapViewOfFile, OpenFileMappingW, PAGE_READWRITE, UnmapViewOfFile,
    VirtualQuery,
};

fn wide(name: &str) -> Vec<u16> {
    location(name).encode_utf16().chain([0]).collect()
}

pub(super) fn location(name: &str) -> String {
    format!("Local\\{name}")
}

/// A view of a mapping, with the handle that keeps it.
struct View {
    handle: HANDLE,
    address: MEMORY_MAPPED_VIEW_ADDRESS,
    size: usize,
}

// SAFETY: a handle and a view belong to the process, not to a thread; nothing here is tied to the one that made it.
#[allow(unsafe_code, reason = "raw handles are not Send by themselves")]
unsafe impl Send for View {}

impl View {
    /// Maps all of `handle`, which this view then owns.
    fn new(handle: HANDLE, access: u32) -> io::Result<Self> {
        // SAFETY: `handle` is an open mapping of ours; offset 0 and length 0 mean all of it.
        #[allow(unsafe_code, reason = "the system call has no safe form")]
        let address = unsafe { MapViewOfFile(handle, access, 0, 0, 0) };
        if address.Value.is_null() {
            let error = io::Error::last_os_error();
            // SAFETY: `handle` is open and nobody else has it.
            #[allow(unsafe_code, reason = "the system call has no safe form")]
            let _ = unsafe { CloseHandle(handle) };
            return Err(error);
        }
        let mut view = Self { handle, address, size: 0 };
        view.size = view.query_size()?;
        Ok(view)
    }

    fn query_size(&self) -> io::Result<usize> {
        let mut information = MEMORY_BASIC_INFORMATION::default();
        // SAFETY: the address is that of our view, and the buffer is as large as the length says.
        #[allow(unsafe_code, reason = "the system call has no safe form")]
        let got = unsafe {
            VirtualQuery(self.address.Value, &raw mut information, size_of::<MEMORY_BASIC_INFORMATION>())
        };
        if got == 0 { Err(io::Error::last_os_error()) } else { Ok(information.RegionSize) }
    }

    /// Address of byte `offset`, if `length` bytes from there are inside the view.
    fn at(&self, offset: usize, length: usize) -> io::Result<*mut u8> {
        match offset.checked_add(length) {
            // A view is contiguous, so an address inside it cannot wrap.
            Some(end) if end <= self.size => Ok(self.address.Value.cast::<u8>().wrapping_add(offset)),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl std::fmt::Debug for View {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("View").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Drop for View {
    fn drop(&mut self) {
        // SAFETY: view and handle are ours, open, and not used after this.
        #[allow(unsafe_code, reason = "the system calls have no safe form")]
        unsafe {
            UnmapViewOfFile(self.address);
            CloseHandle(self.handle);
        }
    }
}

#[derive(Debug)]
pub(super) struct Region {
    view: View,
}

impl Region {
    pub(super) fn open(name: &str) -> io::Result<Self> {
        // SAFETY: the name is a string ended by 0 that lives through the call.
        #[allow(unsafe_code, reason = "the system call has no safe form")]
        let handle = unsafe { OpenFileMappingW(FILE_MAP_READ, 0, wide(name).as_ptr()) };
        if handle.is_null() {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { view: View::new(handle, FILE_MAP_READ)? })
    }

    #[expect(clippy::unnecessary_wraps, reason = "the other system can fail here")]
    pub(super) fn size(&self) -> io::Result<u64> {
        Ok(self.view.size as u64)
    }

    /// Copies by atomic words where the address allows, by atomic bytes at the ends.
    pub(super) fn copy(&self, offset: usize, into: &mut [u8]) -> io::Result<()> {
        let start = self.view.at(offset, into.len())?;
        fence(Ordering::Acquire);
        let (words, rest) = into.as_chunks_mut::<4>();
        let aligned = start.addr().is_multiple_of(4);
        let word_bytes = words.len() * 4;
        for (index, word) in words.iter_mut().enumerate() {
            *word = if aligned { load_word(start, index) } else { load_bytes(start, index) };
        }
        for (index, byte) in rest.iter_mut().enumerate() {
            *byte = load_byte(start, word_bytes + index);
        }
        fence(Ordering::Acquire);
        Ok(())
    }

    #[expect(clippy::unused_self, reason = "the other system must look")]
    pub(super) fn is_current(&self) -> bool {
        true
    }
}

/// Word number `index` from `start`; `start` is 4-aligned and the word is inside the view.
fn load_word(start: *mut u8, index: usize) -> [u8; 4] {
    // SAFETY: `View::at` proved that all bytes of the copy are inside the mapped view, `start` is 4-aligned, and an
    // atomic load may race with the game's writes. The view is read-only; a load does not write.
    #[allow(unsafe_code, reason = "reading memory that another process writes has no safe form")]
    let cell = unsafe { AtomicU32::from_ptr(start.add(index * 4).cast()) };
    cell.load(Ordering::Relaxed).to_le_bytes()
}

fn load_bytes(start: *mut u8, index: usize) -> [u8; 4] {
    [0, 1, 2, 3].map(|byte| load_byte(start, index * 4 + byte))
}

fn load_byte(start: *mut u8, index: usize) -> u8 {
    // SAFETY: as in `load_word`; a byte is always aligned.
    #[allow(unsafe_code, reason = "reading memory that another process writes has no safe form")]
    let cell = unsafe { AtomicU8::from_ptr(start.add(index)) };
    cell.load(Ordering::Relaxed)
}

#[derive(Debug)]
pub(super) struct PublishedRegion {
    view: View,
    size: usize,
}

impl PublishedRegion {
    pub(super) fn create(name: &str, size: usize) -> io::Result<Self> {
        let length = u32::try_from(size).map_err(|_| io::ErrorKind::InvalidInput)?;
        // SAFETY: no file, no security attributes, and a name ended by 0 that lives through the call.
        #[allow(unsafe_code, reason = "the system call has no safe form")]
        let (handle, error) = unsafe {
            let name = wide(name);
            let handle = CreateFileMappingW(
                INVALID_HANDLE_VALUE,
                std::ptr::null(),
                PAGE_READWRITE,
                0,
                length,
                name.as_ptr(),
            );
            (handle, GetLastError())
        };
        if handle.is_null() {
            return Err(io::Error::last_os_error());
        }
        if error == ERROR_ALREADY_EXISTS {
            // SAFETY: the handle is ours and not used after this.
            #[allow(unsafe_code, reason = "the system call has no safe form")]
            let _ = unsafe { CloseHandle(handle) };
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        Ok(Self { view: View::new(handle, FILE_MAP_ALL_ACCESS)?, size })
    }

    pub(super) fn write(&mut self, offset: usize, bytes: &[u8]) {
        super::store(self.view.address.Value.cast(), self.size.min(self.view.size), offset, bytes);
    }
}
