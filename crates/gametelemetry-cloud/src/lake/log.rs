//! The state of a partition: which files are in it, and which version of which session.
//!
//! Every change is a new object with the next number, `_lake/log/PARTITION/NUMBER.json`, which only one of several
//! publishers can make (`put_new`): so nothing waits for a lock, no clock has to be right, and who was late looks again.
//! The object with the highest number is the state; older ones are removed. What a change needs that is not in the
//! state, as files of a killed publisher, is decided by the names of files, see `sweep`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::LakeError;
use super::names::{LOG, Partition};
use super::store::Store;

/// Entries that are kept behind the newest one, for whoever is reading them just now.
const KEPT: u64 = 8;
/// So often somebody else may be faster before we give up.
const ATTEMPTS: u32 = 10_000;

/// What is in a partition.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    /// The files whose rows count, by their keys.
    #[serde(default)]
    pub(super) files: BTreeMap<String, LiveFile>,
    /// The newest version of each session that was ever here, also of one that has no rows here any more. A version
    /// that is not newer cannot come in any more.
    #[serde(default)]
    pub(super) sessions: BTreeMap<String, u32>,
    /// The newest merge.
    #[serde(default)]
    pub(super) merge: Option<Merge>,
}

/// A file whose rows count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LiveFile {
    pub(super) bytes: u64,
    pub(super) rows: u64,
    /// The sessions that have rows in it, each with its version.
    pub(super) sessions: BTreeMap<String, u32>,
}

/// A merge of files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Merge {
    /// The entry that began it.
    pub(super) number: u64,
    /// Whose it is.
    pub(super) by: String,
    /// It may still come to its end.
    pub(super) is_open: bool,
}

/// What somebody wants to do with a state.
pub(super) enum Change<T> {
    /// Make it the next state.
    To(Box<State>),
    /// Nothing, it is as wanted.
    Is(T),
}

/// The log of one partition.
#[derive(Clone, Debug)]
pub(super) struct Log<'a> {
    store: Store<'a>,
    folder: String,
}

impl<'a> Log<'a> {
    pub(super) fn new(store: &Store<'a>, partition: &Partition) -> Self {
        Self { store: store.clone(), folder: format!("{LOG}/{}", partition.as_str()) }
    }

    /// The newest state with its number; an empty one with 0 where nothing was published yet.
    pub(super) fn newest(&self) -> Result<(u64, State), LakeError> {
        for _ in 0..ATTEMPTS {
            let Some(newest) = self.numbers()?.last().copied() else { return Ok((0, State::default())) };
            // It may have been removed since, because there are newer ones.
            if let Some(state) = self.store.get_json(&self.key(newest))? {
                return Ok((newest, state));
            }
        }
        Err(LakeError::Contended { key: self.folder.clone() })
    }

    /// Asks `change` with the newest state until that is as wanted. It gets the number that the next state will have.
    ///
    /// A change whose put was answered may still not count, when others were so far ahead that its number was free
    /// again: so the state is always read once more.
    pub(super) fn change<T>(
        &self,
        mut change: impl FnMut(u64, &State) -> Result<Change<T>, LakeError>,
    ) -> Result<T, LakeError> {
        for _ in 0..ATTEMPTS {
            let (newest, state) = self.newest()?;
            match change(newest + 1, &state)? {
                Change::Is(value) => return Ok(value),
                Change::To(next) => {
                    if self.store.put_new_json(&self.key(newest + 1), &next)? {
                        self.forget(newest + 1)?;
                    }
                }
            }
        }
        Err(LakeError::Contended { key: self.folder.clone() })
    }

    /// Removes what nobody reads any more.
    fn forget(&self, newest: u64) -> Result<(), LakeError> {
        let Some(old) = newest.checked_sub(KEPT).filter(|old| *old > 0) else { return Ok(()) };
        Ok(self.store.delete(&self.key(old))?)
    }

    fn numbers(&self) -> Result<Vec<u64>, LakeError> {
        let listed = self.store.list(&self.folder)?;
        let number = |key: &str| key.rsplit('/').next()?.strip_suffix(".json")?.parse().ok();
        let mut numbers: Vec<u64> = listed.iter().filter_map(|it| number(&it.key)).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn key(&self, number: u64) -> String {
        format!("{}/{number:08}.json", self.folder)
    }
}
