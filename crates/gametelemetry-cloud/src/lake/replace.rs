//! A version of a session into a partition, in place of the versions before.
//!
//! Rows of an older version may be in a file with rows of other sessions: that file is written anew without them.

use std::collections::BTreeMap;

use super::LakeError;
use super::log::{Change, LiveFile, Log, State};
use super::merge::{self, Merger};
use super::names::{FileName, Partition, short_hash, table_of};
use super::store::Store;
use super::sweep::sweep;
use crate::CloudError;

/// A version that is brought in.
pub(super) struct Replacing<'a> {
    pub(super) store: &'a Store<'a>,
    /// The session's name in keys.
    pub(super) name: &'a str,
    /// Its id, as rows have it.
    pub(super) id: &'a str,
    pub(super) version: u32,
}

/// What became of files with rows of other sessions too: by the file's key the one without the session's.
type Without = BTreeMap<String, Option<(String, LiveFile)>>;

impl Replacing<'_> {
    /// Makes the files `own`, which are there already, count in `partition`, and no others of the session. Where a newer
    /// version came in meanwhile, that stays. In the end nothing of the session is left that does not count.
    pub(super) fn bring_in(
        &self,
        partition: &Partition,
        own: &BTreeMap<String, LiveFile>,
    ) -> Result<(), LakeError> {
        let mut without = Without::new();
        let state = Log::new(self.store, partition).change(|_, state| {
            if state.sessions.get(self.name).is_some_and(|known| *known >= self.version) {
                return Ok(Change::Is(state.clone()));
            }
            self.rewrite(partition, state, &mut without)?;
            Ok(Change::To(Box::new(self.next(state, own, &without))))
        })?;
        sweep(self.store, partition, &state, false).map(drop)
    }

    fn next(&self, state: &State, own: &BTreeMap<String, LiveFile>, without: &Without) -> State {
        let mut next = state.clone();
        for key in state.files.iter().filter(|(_, file)| self.is_in(file)).map(|(key, _)| key) {
            next.files.remove(key);
            if let Some(Some((key, file))) = without.get(key) {
                next.files.insert(key.clone(), file.clone());
            }
        }
        next.files.extend(own.clone());
        next.sessions.insert(self.name.to_owned(), self.version);
        next
    }

    fn is_in(&self, file: &LiveFile) -> bool {
        file.sessions.contains_key(self.name)
    }

    /// Writes each file of `state` that has rows of this and of other sessions without this one's.
    fn rewrite(&self, partition: &Partition, state: &State, without: &mut Without) -> Result<(), LakeError> {
        for (key, file) in state.files.iter().filter(|(_, file)| self.is_in(file) && file.sessions.len() > 1)
        {
            if !without.contains_key(key) {
                let written = self.write_without(partition, key, file)?;
                without.insert(key.clone(), written);
            }
        }
        Ok(())
    }

    fn is_live(&self, partition: &Partition, key: &str) -> Result<bool, LakeError> {
        Ok(Log::new(self.store, partition).newest()?.1.files.contains_key(key))
    }

    fn write_without(
        &self,
        partition: &Partition,
        key: &str,
        file: &LiveFile,
    ) -> Result<Option<(String, LiveFile)>, LakeError> {
        let Some(table) = table_of(key) else { return Ok(None) };
        let bytes = match self.store.get(key) {
            Ok(bytes) => bytes,
            // Merged or replaced meanwhile: the state that is looked at is not the newest any more.
            Err(CloudError::Missing { .. }) if !self.is_live(partition, key)? => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut merger = Merger::new(table)?;
        merger.add(key, bytes, &|session| session != self.id)?;
        let merged = merger.finish()?;
        if merged.done.rows == 0 {
            return Ok(None);
        }
        let name =
            FileName::Without { session: self.name.to_owned(), version: self.version, hash: short_hash(key) };
        let new = partition.key(table, &name);
        merge::put_and_check(self.store, &new, table, &merged)?;
        let mut sessions = file.sessions.clone();
        sessions.remove(self.name);
        let live = LiveFile { bytes: merged.done.bytes.len() as u64, rows: merged.done.rows, sessions };
        Ok(Some((new, live)))
    }
}
