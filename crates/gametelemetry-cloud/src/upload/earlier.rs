//! What is in the bucket of a session when its upload begins, and so what becomes of each object.
//!
//! That an object is there is believed when both say so: the journal, that its hash was checked when it arrived, and the
//! bucket's list, that it was not deleted since. In every other case the bucket is asked for the object itself, or gets
//! it; so whatever became of the journal or the bucket, no manifest names an object that is not there.

use std::collections::BTreeMap;

use super::journal::Noted;
use crate::{Bucket, CloudError, ObjectEntry};

/// What the bucket says of the session's objects.
pub(super) enum Earlier {
    NotAsked,
    /// The length of each object, by key.
    These(BTreeMap<String, u64>),
    /// It does not tell us: some rigs may only write.
    NotTold,
    /// The bucket could not be asked now.
    Unknown,
}

/// What becomes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing: it is there.
    Skip,
    /// It is sent if the bucket, asked for it, does not have it.
    Ask,
    /// It is sent.
    Send,
}

impl Earlier {
    /// Lists what the bucket has of the session `name`.
    pub(super) fn ask(bucket: &Bucket, name: &str) -> Result<Self, CloudError> {
        match bucket.list(name) {
            Ok(listed) => Ok(Self::These(listed.into_iter().map(|it| (it.key, it.bytes)).collect())),
            Err(CloudError::Missing { .. }) => Ok(Self::These(BTreeMap::new())),
            Err(CloudError::Denied { .. }) => Ok(Self::NotTold),
            Err(error) if error.is_transient() => Ok(Self::Unknown),
            Err(error) => Err(error),
        }
    }

    /// What becomes of `object`, of which the journal has `noted` something.
    pub(super) fn step(&self, object: &ObjectEntry, noted: Noted) -> Step {
        match self {
            Self::These(keys) => match (keys.get(&object.key), noted) {
                (Some(bytes), Noted::Stored) if *bytes == object.bytes => Step::Skip,
                (None, Noted::Never) => Step::Send,
                // What was on its way when the list was made may have come since.
                _ => Step::Ask,
            },
            Self::NotTold if noted == Noted::Never => Step::Send,
            Self::NotTold | Self::NotAsked | Self::Unknown => Step::Ask,
        }
    }

    /// Whether an earlier upload may have made the session visible.
    pub(super) fn may_be_visible(&self) -> bool {
        !matches!(self, Self::These(keys) if keys.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_skipped_only_when_journal_and_list_have_it() {
        let object = ObjectEntry {
            key: "a".to_owned(),
            offset: 0,
            bytes: 3,
            sha256: String::new(),
            segments: Vec::new(),
        };
        let these = |keys: &[(&str, u64)]| {
            Earlier::These(keys.iter().map(|(key, it)| ((*key).to_owned(), *it)).collect())
        };
        let check = |earlier: Earlier, expected: [Step; 3]| {
            let steps =
                [Noted::Never, Noted::Sending, Noted::Stored].map(|noted| earlier.step(&object, noted));
            assert_eq!(steps, expected);
        };
        check(these(&[("a", 3)]), [Step::Ask, Step::Ask, Step::Skip]);
        check(these(&[("a", 2)]), [Step::Ask, Step::Ask, Step::Ask]);
        check(these(&[("b", 3)]), [Step::Send, Step::Ask, Step::Ask]);
        check(these(&[]), [Step::Send, Step::Ask, Step::Ask]);
        check(Earlier::NotTold, [Step::Send, Step::Ask, Step::Ask]);
        check(Earlier::Unknown, [Step::Ask; 3]);
    }
}
