//! Which files of a partition are of no use any more: left over from what was replaced, merged, or given up.
//!
//! Goes by the name of a file and a state of the partition alone. A file that some publisher may still bring in is never
//! one of them: names are not used twice, and a version or a merge that the state has passed cannot come in any more.

use super::LakeError;
use super::log::State;
use super::names::{FileName, Partition};
use super::store::Store;
use super::table::LakeTable;

/// What a file of a partition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Its rows count.
    Live,
    /// Its rows may come to count: somebody is publishing or merging it, or was killed.
    Coming,
    /// Its rows count elsewhere, or not at all.
    Garbage,
    /// It is none of ours.
    Foreign,
}

/// What the file `key` is where the partition has the state `state`, which was read before the file was found.
pub(super) fn standing(key: &str, state: &State) -> Standing {
    if state.files.contains_key(key) {
        return Standing::Live;
    }
    let has_passed = match FileName::of_key(key) {
        None => return Standing::Foreign,
        Some(FileName::Of { session, version, .. } | FileName::Without { session, version, .. }) => {
            state.sessions.get(&session).is_some_and(|newest| version <= *newest)
        }
        Some(FileName::Merged { merge, .. }) => state
            .merge
            .as_ref()
            .is_some_and(|newest| merge < newest.number || (merge == newest.number && !newest.is_open)),
    };
    if has_passed { Standing::Garbage } else { Standing::Coming }
}

/// What was found in a partition.
#[derive(Debug, Default)]
pub(super) struct Swept {
    /// Files that were removed, or would be.
    pub(super) garbage: Vec<String>,
    /// Files that may come to count.
    pub(super) coming: Vec<String>,
}

/// Removes the garbage of `partition`, whose state is `state`; with `dry_run` it is only looked for.
pub(super) fn sweep(
    store: &Store<'_>,
    partition: &Partition,
    state: &State,
    dry_run: bool,
) -> Result<Swept, LakeError> {
    let mut swept = Swept::default();
    for table in LakeTable::ALL {
        for listed in store.list(&partition.folder(table))? {
            match standing(&listed.key, state) {
                Standing::Live | Standing::Foreign => {}
                Standing::Coming => swept.coming.push(listed.key),
                Standing::Garbage => swept.garbage.push(listed.key),
            }
        }
    }
    for key in swept.garbage.iter().filter(|_| !dry_run) {
        store.delete(key)?;
    }
    Ok(swept)
}

#[cfg(test)]
mod tests {
    use super::super::log::{LiveFile, Merge};
    use super::*;

    #[test]
    fn only_what_cannot_come_in_any_more_is_garbage() {
        let mut state = State::default();
        state.files.insert("laps/p/a.2.000.0000.parquet".to_owned(), LiveFile::default());
        state.sessions.insert("a".to_owned(), 2);
        let at = |number, is_open| Some(Merge { number, by: String::new(), is_open });
        for (merge, key, expected) in [
            (None, "laps/p/a.2.000.0000.parquet", Standing::Live),
            (None, "laps/p/a.2.000.0001.parquet", Standing::Garbage),
            (None, "laps/p/a.1.000.0000.parquet", Standing::Garbage),
            (None, "laps/p/a.1.without.00000000.parquet", Standing::Garbage),
            (None, "laps/p/a.3.000.0000.parquet", Standing::Coming),
            (None, "laps/p/b.1.000.0000.parquet", Standing::Coming),
            (None, "laps/p/merged.4.0000.parquet", Standing::Coming),
            (at(4, true), "laps/p/merged.4.0000.parquet", Standing::Coming),
            (at(4, false), "laps/p/merged.4.0000.parquet", Standing::Garbage),
            (at(5, true), "laps/p/merged.4.0000.parquet", Standing::Garbage),
            (at(3, false), "laps/p/merged.4.0000.parquet", Standing::Coming),
            (None, "laps/p/of_spark.parquet", Standing::Foreign),
        ] {
            state.merge = merge;
            assert_eq!(standing(key, &state), expected, "{key} {:?}", state.merge);
        }
    }
}
