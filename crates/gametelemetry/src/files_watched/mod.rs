//! Watches folders for finished files, keeps a copy of each, and gives a frame that says so.
//!
//! For games whose replay is a file. One look goes through `scan` (what is there), `settling` (what stands still),
//! `copy` (bytes and their hash) and `versions` (what was taken before, also by earlier sessions); `source` paces it.
//! Folders are looked at again and again; docs/decisions/0008-watching-files.md says why. Knows no game.

mod copy;
mod frame;
mod pattern;
mod scan;
mod settling;
mod source;
mod versions;

pub use frame::{FileEvent, ReplayFile};
pub use source::{Existing, FileWatcherSource};

/// The folder for copies in a session's folder.
const COPIES: &str = "files";
