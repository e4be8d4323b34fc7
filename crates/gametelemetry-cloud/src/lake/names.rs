//! The names of a lake: partitions, files, and what the lake keeps for itself. Pure.
//!
//! Everything is made of characters that no store and no engine escapes.

use crate::checksum::hexadecimal;
use std::fmt;

use gametelemetry::Timestamp;
use ring::digest::{SHA256, digest};

use super::table::LakeTable;

/// The folder with what the lake keeps for itself.
pub(super) const OWN: &str = "_lake";
/// The object with the lake's version.
pub(super) const VERSION_KEY: &str = "_lake/version.json";
/// The folder with the state of every partition.
pub(super) const LOG: &str = "_lake/log";
/// What the name of a file begins with that several were merged into.
const MERGED: &str = "merged";

/// `game=…/track=…/car=…/date=…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Partition(String);

impl Partition {
    /// The partition of what was driven in `game` on `track` with `car` in a session that began at `started`.
    pub(super) fn new(game: &str, track: &str, car: &str, started: Timestamp) -> Self {
        let text = started.to_string();
        let date = text.get(..10).unwrap_or("unknown");
        Self(format!("game={}/track={}/car={}/date={date}", slug(game), slug(track), slug(car)))
    }

    /// The partition that a key of the lake's log speaks of.
    pub(super) fn of_log_key(key: &str) -> Option<Self> {
        let (partition, _) = key.strip_prefix(LOG)?.strip_prefix('/')?.rsplit_once('/')?;
        Some(Self(partition.to_owned()))
    }

    pub(super) fn of_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder of its files in `table`.
    pub(super) fn folder(&self, table: LakeTable) -> String {
        format!("{}/{}", table.name(), self.0)
    }

    /// The key of its file `name` in `table`.
    pub(super) fn key(&self, table: LakeTable, name: &FileName) -> String {
        format!("{}/{}/{name}.parquet", table.name(), self.0)
    }
}

/// The table that a file's key begins with.
pub(super) fn table_of(key: &str) -> Option<LakeTable> {
    let (table, _) = key.split_once('/')?;
    LakeTable::ALL.into_iter().find(|it| it.name() == table)
}

/// What the name of a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FileName {
    /// Rows of one session.
    Of {
        /// Its name in keys.
        session: String,
        version: u32,
        part: usize,
        number: usize,
    },
    /// What was left of a merged file when the rows of a session were taken out, for that session's new version.
    Without {
        session: String,
        version: u32,
        /// Which file it was.
        hash: String,
    },
    /// Rows of several sessions.
    Merged {
        /// The entry of the partition's log that began the merge.
        merge: u64,
        number: usize,
    },
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of { session, version, part, number } => {
                write!(f, "{session}.{version}.{part:03}.{number:04}")
            }
            Self::Without { session, version, hash } => write!(f, "{session}.{version}.without.{hash}"),
            Self::Merged { merge, number } => write!(f, "{MERGED}.{merge}.{number:04}"),
        }
    }
}

impl FileName {
    /// The name of the file with the key `key`; `None` for one that this program does not write.
    pub(super) fn of_key(key: &str) -> Option<Self> {
        let name = key.rsplit('/').next()?.strip_suffix(".parquet")?;
        let mut words = name.rsplitn(4, '.');
        let (last, third, second, first) = (words.next()?, words.next()?, words.next()?, words.next());
        match first {
            None if second == MERGED => {
                Some(Self::Merged { merge: third.parse().ok()?, number: last.parse().ok()? })
            }
            None => None,
            Some(session) if third == "without" => Some(Self::Without {
                session: session.to_owned(),
                version: second.parse().ok()?,
                hash: last.to_owned(),
            }),
            Some(session) => Some(Self::Of {
                session: session.to_owned(),
                version: second.parse().ok()?,
                part: third.parse().ok()?,
                number: last.parse().ok()?,
            }),
        }
    }
}

/// `name` as the value of a partition: `a-z`, `0-9`, `_` and `-`, 60 at most.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.trim().chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9' | '-') => slug.push(c),
            _ if slug.ends_with('_') || slug.is_empty() => {}
            _ => slug.push('_'),
        }
        if slug.len() >= 60 {
            break;
        }
    }
    let slug = slug.trim_matches('_');
    if slug.chars().any(|c| c.is_ascii_alphanumeric()) {
        slug.to_owned()
    } else if name.trim().is_empty() {
        "unknown".to_owned()
    } else {
        format!("x-{}", short_hash(name.trim()))
    }
}

/// A session's name in keys: its id where that is plain, else what is plain of it and a hash.
pub(super) fn session_name(id: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !id.is_empty() && id.len() <= 80 && id.chars().all(is_plain) && id != MERGED {
        return id.to_owned();
    }
    let plain: String = id.chars().filter(|c| is_plain(*c)).take(40).collect();
    format!("{plain}-{}", short_hash(id))
}

/// The folder with the versions of a session.
pub(super) fn versions_folder(game: &str, session: &str) -> String {
    format!("{OWN}/sessions/{}/{session}", slug(game))
}

/// Eight hexadecimal digits of a hash.
pub(super) fn short_hash(text: &str) -> String {
    hexadecimal(digest(&SHA256, text.as_bytes()).as_ref()).get(..8).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_values_that_nobody_escapes() {
        for (name, expected) in [
            ("Spa", "spa"),
            ("Porsche 992 GT3 R", "porsche_992_gt3_r"),
            ("  Nürburgring -- GP / 24h ", "n_rburgring_--_gp_24h"),
            ("a=b%2F..", "a_b_2f"),
            ("", "unknown"),
            ("   ", "unknown"),
            ("鈴鹿", "x-07e464da"),
            ("-", "x-3973e022"),
        ] {
            assert_eq!(slug(name), expected, "{name}");
        }
        assert_eq!(slug(&"long ".repeat(40)).len(), 59);
    }

    #[test]
    fn a_sessions_name_is_its_id_or_tells_it_from_others() {
        assert_eq!(session_name("0123abcd"), "0123abcd");
        assert_eq!(session_name("simulated-63"), "simulated-63");
        for odd in ["", "a.b", "merged", "../x", &"a".repeat(81)] {
            let name = session_name(odd);
            assert!(name.contains('-') && !name.contains(['.', '/']) && name.len() <= 50, "{name}");
        }
        assert_ne!(session_name("a.b"), session_name("a/b"));
    }

    #[test]
    fn a_file_name_says_what_is_in_the_file() {
        let session = || "ab-1".to_owned();
        for (name, text) in [
            (FileName::Of { session: session(), version: 2, part: 1, number: 12 }, "ab-1.2.001.0012"),
            (
                FileName::Without { session: session(), version: 3, hash: "00ff00ff".into() },
                "ab-1.3.without.00ff00ff",
            ),
            (FileName::Merged { merge: 7, number: 3 }, "merged.7.0003"),
        ] {
            assert_eq!(name.to_string(), text);
            let key = Partition::new("acc", "Spa", "", Timestamp::default()).key(LakeTable::Laps, &name);
            assert_eq!(FileName::of_key(&key), Some(name), "{key}");
            assert_eq!(table_of(&key), Some(LakeTable::Laps));
        }
        for other in ["laps/x/part-0.parquet", "laps/x/a.b.c.d.e", "laps/x/merged.x.1.parquet"] {
            assert_eq!(FileName::of_key(other), None, "{other}");
        }
    }
}
