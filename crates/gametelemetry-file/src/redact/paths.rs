//! Which places of a text name somebody: ends of paths, as the schema writes them.
//!
//! A path matches wherever it ends so, because games repeat parts of a text elsewhere (what changed since the last one).

use std::borrow::Cow;
use std::collections::HashMap;

/// The places of a text that are blanked.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// Values, by their last key; each is the keys before it, innermost first.
    values: HashMap<String, Vec<Vec<String>>>,
    /// Objects whose keys are personal, likewise.
    keys: HashMap<String, Vec<Vec<String>>>,
}

/// Stands for any key.
const ANY: &str = "*";

impl Paths {
    /// Those of `written`, as in [`crate::Schema::personal_keys`], and of JSON `pointers`.
    pub(super) fn new<'a>(written: &'a [String], pointers: impl Iterator<Item = &'a str>) -> Self {
        let mut paths = Self::default();
        for path in written {
            let (list, path) = match path.strip_suffix('/') {
                Some(object) => (&mut paths.keys, object),
                None => (&mut paths.values, path.as_str()),
            };
            add(list, path.split('/').map(str::to_owned));
        }
        for pointer in pointers {
            // A pointer to the whole text has no key; an escaped key is written plainly here.
            let keys = pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~"));
            add(&mut paths.values, keys);
        }
        paths
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.keys.is_empty()
    }

    /// Whether the value at `path`, outermost key first, is personal.
    pub(super) fn has_value(&self, path: &[Cow<'_, str>]) -> bool {
        has(&self.values, path)
    }

    /// Whether the keys of the object at `path` are personal.
    pub(super) fn has_keys(&self, path: &[Cow<'_, str>]) -> bool {
        has(&self.keys, path)
    }

    /// Whether a personal value has `key` as its last key.
    pub(super) fn has_last_key(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// The last keys of all personal values.
    pub(super) fn last_keys(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }
}

fn add(list: &mut HashMap<String, Vec<Vec<String>>>, keys: impl Iterator<Item = String>) {
    let mut keys: Vec<String> = keys.collect();
    let Some(last) = keys.pop() else { return };
    keys.reverse();
    let before = list.entry(last).or_default();
    if !before.contains(&keys) {
        before.push(keys);
    }
}

fn has(list: &HashMap<String, Vec<Vec<String>>>, path: &[Cow<'_, str>]) -> bool {
    let Some((last, before)) = path.split_last() else { return false };
    let fits = |keys: &Vec<String>| {
        keys.len() <= before.len()
            && keys.iter().zip(before.iter().rev()).all(|(wanted, key)| wanted == ANY || wanted == key)
    };
    [last.as_ref(), ANY].iter().filter_map(|last| list.get(*last)).flatten().any(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_matches_wherever_it_ends_so() {
        let written = ["steamid", "team/*/name", "players/"].map(str::to_owned);
        let paths = Paths::new(&written, ["/player/name", "/a~1b/c~0d", ""].into_iter());
        let path = |path: &str| path.split(' ').map(|key| Cow::Owned(key.to_owned())).collect::<Vec<_>>();
        for personal in [
            "steamid",
            "x steamid",
            "team ct name",
            "x team 0 name",
            "player name",
            "x player name",
            "a/b c~d",
        ] {
            assert!(paths.has_value(&path(personal)), "{personal}");
        }
        for harmless in ["name", "weapon name", "team name", "steamid x", "b c~d", "players"] {
            assert!(!paths.has_value(&path(harmless)), "{harmless}");
        }
        assert!(paths.has_keys(&path("x players")) && !paths.has_keys(&path("players 1")));
        assert!(paths.has_last_key("name") && !paths.has_last_key("players"));
    }
}
