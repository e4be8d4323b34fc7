//! Many small files of a partition into few large ones, row for row.
//!
//! A merge is announced in the partition's log, its files are put and read back, and one more entry of the log makes
//! them count in place of the small ones, which go then. A merge that was begun later makes an earlier one void, so
//! what a killed one left is known to be of no use. A session that is published meanwhile is left as its publisher wants it.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, Hasher as _};

use gametelemetry::StopToken;

use super::log::{Change, LiveFile, Log, Merge, State};
use super::merge::{self, Merger};
use super::names::{FileName, LOG, Partition, table_of};
use super::store::Store;
use super::sweep::{Swept, sweep};
use super::table::LakeTable;
use super::{LakeError, Objects, lake_version};
use crate::{CloudError, Retry};

/// How a lake is compacted.
#[derive(Clone, Debug)]
pub struct CompactOptions {
    /// Bytes that a merged file has at most, but for what compression does. What has three quarters of it stays as it is.
    pub target_bytes: u64,
    /// It is only looked for what would be done.
    pub dry_run: bool,
    /// How often a request is tried again.
    pub retry: Retry,
}

impl Default for CompactOptions {
    /// 128 MiB, which engines like.
    fn default() -> Self {
        Self { target_bytes: 128 << 20, dry_run: false, retry: Retry::default() }
    }
}

/// What was done with a lake.
#[derive(Clone, Debug, Default)]
pub struct Compacted {
    /// Partitions that were looked at.
    pub partitions: u64,
    /// What was merged, or would be.
    pub merged: Vec<MergedFiles>,
    /// Keys of files that were left over and are removed, or would be.
    pub removed: Vec<String>,
    /// Keys of files that do not count yet: somebody is publishing or merging, or was killed. Publishing the session
    /// again mends that.
    pub unfinished: Vec<String>,
}

/// Files that became one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedFiles {
    /// Their keys.
    pub from: Vec<String>,
    /// Their bytes.
    pub from_bytes: u64,
    /// The key of the one that they became; empty when it was only looked for.
    pub into: String,
    /// Its bytes; 0 when it was only looked for.
    pub bytes: u64,
    /// Its rows.
    pub rows: u64,
}

/// Merges the small files of every partition of the lake that `objects` hold, and removes what was left over.
///
/// # Errors
/// When the lake is a newer one, a file cannot be read, or a request fails in the end. Nothing is lost or doubled
/// then; the next time goes on.
pub fn compact(
    objects: &dyn Objects,
    options: &CompactOptions,
    stop: &StopToken,
) -> Result<Compacted, LakeError> {
    let store = Store::new(objects, &options.retry, stop);
    lake_version::check(&store)?;
    let listed = store.list(LOG)?;
    let partitions: BTreeSet<Partition> =
        listed.iter().filter_map(|it| Partition::of_log_key(&it.key)).collect();
    let mut done = Compacted::default();
    for partition in partitions {
        if stop.is_stopped() {
            return Err(CloudError::Stopped.into());
        }
        let one = One { store: &store, log: Log::new(&store, &partition), partition, options };
        one.compact(&mut done)?;
        done.partitions += 1;
    }
    Ok(done)
}

/// One partition.
struct One<'a> {
    store: &'a Store<'a>,
    log: Log<'a>,
    partition: Partition,
    options: &'a CompactOptions,
}

/// Files that become one.
struct Pile {
    table: LakeTable,
    from: BTreeMap<String, LiveFile>,
}

/// A pile as one file.
struct Made {
    pile: Pile,
    key: String,
    live: LiveFile,
}

impl One<'_> {
    fn compact(&self, done: &mut Compacted) -> Result<(), LakeError> {
        let (_, state) = self.log.newest()?;
        let piles = self.piles(&state);
        let is_open = state.merge.as_ref().is_some_and(|merge| merge.is_open);
        if self.options.dry_run {
            done.merged.extend(piles.iter().map(Pile::planned));
            done.note(sweep(self.store, &self.partition, &state, true)?);
            return Ok(());
        }
        let state = if piles.is_empty() && !is_open { state } else { self.merge(done)? };
        done.note(sweep(self.store, &self.partition, &state, false)?);
        Ok(())
    }

    /// Merges what there is; gives the state then.
    fn merge(&self, done: &mut Compacted) -> Result<State, LakeError> {
        let by = token();
        let (number, state) = self.begin(&by)?;
        let mut made = Vec::new();
        for (place, pile) in self.piles(&state).into_iter().enumerate() {
            made.extend(self.make(number, place, pile)?);
        }
        let state = self.commit(number, &by, &made)?;
        let counts = |made: &&Made| state.files.contains_key(&made.key);
        done.merged.extend(made.iter().filter(counts).map(Made::report));
        Ok(state)
    }

    /// Announces a merge, which makes any other void. Gives its number, and the state that it goes by.
    fn begin(&self, by: &str) -> Result<(u64, State), LakeError> {
        self.log.change(|number, state| {
            let ours = state.merge.as_ref().filter(|merge| merge.by == by);
            if let Some(merge) = ours {
                return Ok(Change::Is((merge.number, state.clone())));
            }
            let merge = Merge { number, by: by.to_owned(), is_open: true };
            Ok(Change::To(Box::new(State { merge: Some(merge), ..state.clone() })))
        })
    }

    /// Makes the files that are there and whose inputs still count, count; ends the merge.
    fn commit(&self, number: u64, by: &str, made: &[Made]) -> Result<State, LakeError> {
        self.log.change(|_, state| {
            let ours = state.merge.as_ref().filter(|merge| merge.by == by && merge.is_open);
            if ours.is_none() {
                // Done, or another merge has begun since.
                return Ok(Change::Is(state.clone()));
            }
            let mut next = state.clone();
            for made in made {
                let is_same = |(key, file): (&String, &LiveFile)| state.files.get(key) == Some(file);
                if made.pile.from.iter().all(is_same) {
                    made.pile.from.keys().for_each(|key| drop(next.files.remove(key)));
                    next.files.insert(made.key.clone(), made.live.clone());
                }
            }
            next.merge = Some(Merge { number, by: by.to_owned(), is_open: false });
            Ok(Change::To(Box::new(next)))
        })
    }

    /// Writes the file that `pile` becomes; nothing where one of its files went meanwhile.
    fn make(&self, merge: u64, number: usize, pile: Pile) -> Result<Option<Made>, LakeError> {
        let mut merger = Merger::new(pile.table)?;
        for key in pile.from.keys() {
            match self.store.get(key) {
                Ok(bytes) => merger.add(key, bytes, &|_| true)?,
                Err(CloudError::Missing { .. }) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        let merged = merger.finish()?;
        let expected: u64 = pile.from.values().map(|file| file.rows).sum();
        let key = self.partition.key(pile.table, &FileName::Merged { merge, number });
        if merged.done.rows != expected {
            let why = format!("its files have {} rows instead of {expected}", merged.done.rows);
            return Err(LakeError::File { key, why });
        }
        merge::put_and_check(self.store, &key, pile.table, &merged)?;
        let sessions = pile.from.values().flat_map(|file| file.sessions.clone()).collect();
        let live = LiveFile { bytes: merged.done.bytes.len() as u64, rows: expected, sessions };
        Ok(Some(Made { pile, key, live }))
    }

    /// What is to be merged: neighbours in the order of keys, until they have the wanted size together.
    fn piles(&self, state: &State) -> Vec<Pile> {
        let target = self.options.target_bytes;
        let mut piles = Vec::new();
        for table in LakeTable::ALL {
            let of_table = state.files.iter().filter(|(key, _)| table_of(key) == Some(table));
            let small = of_table.filter(|(_, file)| file.bytes < target / 4 * 3);
            let mut pile = Pile { table, from: BTreeMap::new() };
            for (key, file) in small {
                if pile.bytes() + file.bytes > target {
                    piles.push(std::mem::replace(&mut pile, Pile { table, from: BTreeMap::new() }));
                }
                pile.from.insert(key.clone(), file.clone());
            }
            piles.push(pile);
        }
        piles.retain(|pile| pile.from.len() > 1);
        piles
    }
}

impl Pile {
    fn bytes(&self) -> u64 {
        self.from.values().map(|file| file.bytes).sum()
    }

    fn planned(&self) -> MergedFiles {
        MergedFiles {
            from: self.from.keys().cloned().collect(),
            from_bytes: self.bytes(),
            into: String::new(),
            bytes: 0,
            rows: self.from.values().map(|file| file.rows).sum(),
        }
    }
}

impl Made {
    fn report(&self) -> MergedFiles {
        MergedFiles { into: self.key.clone(), bytes: self.live.bytes, ..self.pile.planned() }
    }
}

impl Compacted {
    fn note(&mut self, swept: Swept) {
        self.removed.extend(swept.garbage);
        self.unfinished.extend(swept.coming);
    }
}

/// What no other merge has.
fn token() -> String {
    let random = || std::hash::RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}
