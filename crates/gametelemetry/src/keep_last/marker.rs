//! Makes a session of what is held: takes references to it, and writes them on the thread that asked.
//!
//! Whoever samples or compresses meanwhile waits for none of it but the copying of references.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gametelemetry_file::{
    BinarySessionWriter, Ledger, SessionWriter, Timestamp, WriteError, WriterOptions, Written, files,
};

use super::part::Snapshot;
use super::ring::Ring;
use crate::clock::Clock;
use crate::session::session_id;
use crate::store::Store;
use crate::summary::{SourceSummary, Summary, bytes};

/// Writes what a session holds, whenever it is asked to. Clones mark the same session, from any thread.
///
/// It outlives the session: what was held at its end can still be marked, and stays in memory as long as the marker.
#[derive(Clone)]
pub struct Marker(Arc<Inner>);

struct Inner {
    ring: Arc<Ring>,
    /// In the order of the ring's parts.
    stores: Vec<Arc<Store>>,
    out: PathBuf,
    clock: Clock,
    /// One mark at a time.
    marking: Mutex<()>,
}

/// What a session holds at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The moment from which on it holds what came.
    pub from: Timestamp,
    /// Time of the newest frame.
    pub until: Timestamp,
    /// Bytes of memory that it takes, compressed; without the segments that are still open, at most 1 MiB a source.
    pub bytes: usize,
    /// Memory was short, so that less is held than was asked for.
    pub is_short: bool,
}

impl Held {
    /// Time between the first and the newest frame.
    #[must_use]
    pub fn span(&self) -> Duration {
        self.until.duration_since(self.from).unwrap_or_default()
    }
}

/// Why a mark wrote no session. Recording goes on in each case, and what is held is still held.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarkError {
    /// The session writes its files as it goes.
    #[error("the session stores all that it records, there is nothing to mark: start it with `keep_last`")]
    NotHeld,
    /// No source has given a frame.
    #[error("nothing has come from the game yet, so there is nothing to keep; mark again when it runs")]
    Nothing,
    /// No folder for the session can be made.
    #[error(transparent)]
    Folder(#[from] files::SessionFolderError),
    /// A file of the session cannot be written; those that were are gone again.
    #[error("source {source_name} was not written, mark again when that is mended")]
    Write {
        /// The source's name.
        source_name: String,
        /// What failed.
        source: WriteError,
    },
}

impl Marker {
    pub(crate) fn new(ring: Arc<Ring>, stores: Vec<Arc<Store>>, out: PathBuf, clock: Clock) -> Self {
        Self(Arc::new(Inner { ring, stores, out, clock, marking: Mutex::new(()) }))
    }

    /// Writes what is held as a session of its own, and gives what is in it.
    ///
    /// The session has a folder and an id as any other, begins at the first moment that is held, and its ledger tells of
    /// this part of the recording alone.
    ///
    /// # Errors
    /// When nothing has come yet, or the session cannot be written.
    pub fn mark(&self) -> Result<Summary, MarkError> {
        let _one_at_a_time = self.0.marking.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = self.take();
        let started = taken.iter().filter_map(|(it, _)| it.first()).min().ok_or(MarkError::Nothing)?;
        let game = taken.first().map(|(it, _)| it.header.game.clone()).unwrap_or_default();
        let folder = files::create_session_folder(&self.0.out, started, &game)?;
        let id = session_id(&self.0.clock);
        let mut sources = Vec::with_capacity(taken.len());
        for (snapshot, ledger) in &taken {
            let name = snapshot.header.source.clone();
            let mut ledger = ledger.clone();
            if snapshot.is_short {
                ledger.notices.push(self.short_of_memory());
            }
            match write(snapshot, &folder, (&id, started), &ledger) {
                Ok(written) => sources.push(SourceSummary { name, ledger, written: Some(written) }),
                Err(source) => {
                    discard(&folder, taken.iter().map(|(it, _)| it));
                    return Err(MarkError::Write { source_name: name, source });
                }
            }
        }
        Ok(Summary { folder, sources })
    }

    /// What is held now; none when nothing has come yet.
    #[must_use]
    pub fn held(&self) -> Option<Held> {
        self.0.ring.held()
    }

    /// How much is to be held.
    #[must_use]
    pub fn keep(&self) -> Duration {
        self.0.ring.keep()
    }

    /// What is held of each source, with what its ledger has to say of that.
    fn take(&self) -> Vec<(Snapshot, Ledger)> {
        let stores = || self.0.stores.iter();
        // First what still waits anywhere: the newest frame of all decides where each source begins.
        stores().for_each(|store| store.catch_up(|_| ()));
        let start = self.0.ring.start();
        let take = |(number, store): (usize, &Arc<Store>)| {
            store.catch_up(|now| {
                let snapshot = self.0.ring.snapshot(number, start)?;
                let ledger = snapshot.ledger(now);
                Some((snapshot, ledger))
            })
        };
        stores().enumerate().filter_map(take).collect()
    }

    fn short_of_memory(&self) -> String {
        let limit = bytes(self.0.ring.limit() as u64);
        format!(
            "memory was short: the beginning of the {:?} is missing, because {limit} are full",
            self.keep()
        )
    }
}

impl std::fmt::Debug for Marker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Marker").field("out", &self.0.out).finish_non_exhaustive()
    }
}

/// Writes one file of the session `id` that began at `started`.
fn write(
    snapshot: &Snapshot,
    folder: &Path,
    (id, started): (&str, Timestamp),
    ledger: &Ledger,
) -> Result<Written, WriteError> {
    let mut header = snapshot.header.clone();
    id.clone_into(&mut header.session);
    header.clock.started = started;
    let mut writer =
        BinarySessionWriter::create(&path(folder, &header.source), &header, WriterOptions::default())?;
    for said in &snapshot.older {
        writer.write(said.timestamp, &said.data)?;
    }
    for segment in &snapshot.segments {
        writer.append(&segment.sealed)?;
    }
    writer.finish(ledger)
}

/// Takes away a session of which a file could not be written: half of one helps nobody, and the whole is still held.
fn discard<'a>(folder: &Path, snapshots: impl Iterator<Item = &'a Snapshot>) {
    for snapshot in snapshots {
        let _ = std::fs::remove_file(path(folder, &snapshot.header.source));
    }
    // Only when it is empty, as it is unless somebody has put something there.
    if let Err(error) = std::fs::remove_dir(folder) {
        tracing::warn!(folder = %folder.display(), %error, "cannot remove a session that was not written");
    }
}

fn path(folder: &Path, source: &str) -> PathBuf {
    folder.join(format!("{}.{}", files::file_name(source), files::EXTENSION))
}
