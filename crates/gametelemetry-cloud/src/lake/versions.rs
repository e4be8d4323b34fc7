//! The versions of a session: what was published of it, and what is being published.
//!
//! `_lake/sessions/GAME/SESSION/NUMBER.json` is a version; who publishes other content than the newest one has makes the next
//! number (`put_new`), and the highest one is what the lake ends up with. It names every place that the version has rows in
//! before there is a row, so that whoever comes after a killed publisher knows where to look.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::LakeError;
use super::names::{Partition, versions_folder};
use super::store::Store;

/// So often somebody else may be faster before we give up.
const ATTEMPTS: u32 = 1000;

/// One version of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Version {
    /// What it was made of, and how.
    pub(super) made_of: MadeOf,
    /// The session's id.
    pub(super) session: String,
    /// The partitions with its rows.
    pub(super) partitions: BTreeSet<String>,
    /// All its rows are there, and those of the versions before are gone.
    pub(super) is_published: bool,
}

/// What the rows of a session follow from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct MadeOf {
    /// Hash of the session's files.
    pub(super) content: String,
    /// Rate of the samples, Hz.
    pub(super) hz: f64,
    /// Names of people were left out.
    pub(super) is_redacted: bool,
    /// Version of the tables.
    pub(super) lake_version: u32,
}

/// The versions of one session.
pub(super) struct Versions<'a> {
    store: Store<'a>,
    folder: String,
}

impl<'a> Versions<'a> {
    /// Of the session that has the name `session` in keys.
    pub(super) fn new(store: &Store<'a>, game: &str, session: &str) -> Self {
        Self { store: store.clone(), folder: versions_folder(game, session) }
    }

    /// The newest version with its number, if there is one.
    pub(super) fn newest(&self) -> Result<Option<(u32, Version)>, LakeError> {
        for _ in 0..ATTEMPTS {
            let Some(newest) = self.numbers()?.last().copied() else { return Ok(None) };
            if let Some(version) = self.store.get_json(&self.key(newest))? {
                return Ok(Some((newest, version)));
            }
        }
        Err(LakeError::Contended { key: self.folder.clone() })
    }

    /// The number of the version that is as `wanted`: the newest one where it is, else a new one.
    pub(super) fn claim(&self, wanted: &Version) -> Result<u32, LakeError> {
        for _ in 0..ATTEMPTS {
            let number = match self.newest()? {
                Some((number, newest)) if newest.is_like(wanted) => return Ok(number),
                Some((number, _)) => number + 1,
                None => 1,
            };
            // Whether it is ours and counts is seen when it is read again.
            let _ = self.store.put_new_json(&self.key(number), wanted)?;
        }
        Err(LakeError::Contended { key: self.folder.clone() })
    }

    /// The partitions in which versions before `number` have or had rows.
    pub(super) fn partitions_before(&self, number: u32) -> Result<BTreeSet<Partition>, LakeError> {
        let mut partitions = BTreeSet::new();
        for old in self.numbers()?.into_iter().filter(|old| *old < number) {
            let version: Option<Version> = self.store.get_json(&self.key(old))?;
            let named = version.into_iter().flat_map(|version| version.partitions);
            partitions.extend(named.map(|partition| Partition::of_text(&partition)));
        }
        Ok(partitions)
    }

    /// Notes that the version `number` is there, whole and alone.
    pub(super) fn finish(&self, number: u32, version: &Version) -> Result<(), LakeError> {
        self.store.put_json(&self.key(number), &Version { is_published: true, ..version.clone() })?;
        for old in self.numbers()?.into_iter().filter(|old| *old < number) {
            self.store.delete(&self.key(old))?;
        }
        Ok(())
    }

    fn numbers(&self) -> Result<Vec<u32>, LakeError> {
        let listed = self.store.list(&self.folder)?;
        let number = |key: &str| key.rsplit('/').next()?.strip_suffix(".json")?.parse().ok();
        let mut numbers: Vec<u32> = listed.iter().filter_map(|it| number(&it.key)).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn key(&self, number: u32) -> String {
        format!("{}/{number:06}.json", self.folder)
    }
}

impl Version {
    fn is_like(&self, other: &Self) -> bool {
        (&self.made_of, &self.session, &self.partitions)
            == (&other.made_of, &other.session, &other.partitions)
    }
}
