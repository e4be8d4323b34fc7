//! A bound on what a folder of sessions takes of the disk while something is recorded into it.
//!
//! Deciding is pure; `watch` does it every few seconds. Laps are not looked at: that would cost the machine the time
//! that the game needs. Who wants to keep a session puts a file of their own into its folder.

use std::path::PathBuf;

use super::folder::{Hold, SessionOnDisk};
use crate::bytes;

/// The policy: at most so many bytes of sessions in a folder, at least so many free bytes on its disk.
///
/// Above the quota the oldest sessions go, one at a time, until it holds: never one that is being recorded or uploaded
/// or has files of the user, and with `only_uploaded` only those that are wholly in a bucket. When none may go, and
/// when the disk has too little space, the recording ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The folder with the sessions.
    pub folder: PathBuf,
    /// The most bytes that all sessions may have together, that being recorded with them; `None` for no bound.
    pub max_bytes: Option<u64>,
    /// The fewest bytes that the disk may have free; 0 for no bound. Nothing is deleted for it.
    pub min_free_bytes: u64,
    /// Whether only sessions may go that are wholly uploaded.
    pub only_uploaded: bool,
}

/// What is to be done now.
#[derive(Clone, Debug, PartialEq)]
pub enum QuotaDecision<'a> {
    /// Nothing.
    Fine,
    /// This session is to go; then it is to be asked again.
    Remove(&'a SessionOnDisk),
    /// The recording is to end.
    End(QuotaEnd),
}

/// Why a recording is to end, or must not begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuotaEnd {
    /// The quota is exceeded, and no session may go.
    #[error(
        "the quota is full: the sessions have {}, it allows {}, and no other one may go{}; make room with \
         `gametelemetry prune`, or raise --quota: {}",
        bytes(*found), bytes(*allowed), why_none_goes(*not_uploaded, *held), folder.display()
    )]
    Full {
        /// Bytes of all sessions.
        found: u64,
        /// Bytes that they may have.
        allowed: u64,
        /// Sessions that stay only because they are not uploaded.
        not_uploaded: usize,
        /// Other sessions that had to stay, beside that being recorded.
        held: usize,
        /// The folder with the sessions.
        folder: PathBuf,
    },
    /// The disk is nearly full.
    #[error(
        "the disk is nearly full: it has {} free, and {} are to stay free; make room, or lower --min-free: {}",
        bytes(*found), bytes(*needed), folder.display()
    )]
    LowDisk {
        /// Free bytes.
        found: u64,
        /// Bytes that are to stay free.
        needed: u64,
        /// The folder with the sessions.
        folder: PathBuf,
    },
}

impl Quota {
    /// Decides about `sessions`, the oldest first, of which those that `is_spared` stay: that being recorded, and
    /// those that could not be deleted. `free_bytes` is `None` when the disk does not say.
    pub fn decide<'a>(
        &self,
        sessions: &'a [SessionOnDisk],
        free_bytes: Option<u64>,
        is_spared: impl Fn(&SessionOnDisk) -> bool,
    ) -> QuotaDecision<'a> {
        let found: u64 = sessions.iter().map(|session| session.bytes).sum();
        if let Some(allowed) = self.max_bytes.filter(|allowed| found > *allowed) {
            let may_go = |it: &&SessionOnDisk| it.hold.is_none() && !is_spared(it);
            let is_safe = |it: &&SessionOnDisk| it.is_uploaded || !self.only_uploaded;
            if let Some(oldest) = sessions.iter().filter(may_go).find(is_safe) {
                return QuotaDecision::Remove(oldest);
            }
            let not_uploaded = sessions.iter().filter(may_go).count();
            let is_held = |it: &&SessionOnDisk| !may_go(it) && it.hold != Some(Hold::Recording);
            let held = sessions.iter().filter(is_held).count();
            let folder = self.folder.clone();
            return QuotaDecision::End(QuotaEnd::Full { found, allowed, not_uploaded, held, folder });
        }
        match free_bytes {
            Some(found) if found < self.min_free_bytes => QuotaDecision::End(QuotaEnd::LowDisk {
                found,
                needed: self.min_free_bytes,
                folder: self.folder.clone(),
            }),
            _ => QuotaDecision::Fine,
        }
    }
}

fn why_none_goes(not_uploaded: usize, held: usize) -> String {
    let parts =
        [(not_uploaded, "not uploaded yet"), (held, "in use, with files of yours, or not to be deleted")];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::super::laps::SessionLaps;
    use super::*;
    use gametelemetry_file::Timestamp;

    /// Sessions of 10 bytes, the oldest first; `r` is being recorded, `f` has a file of the user, upper case is
    /// uploaded.
    fn sessions(names: &str) -> Vec<SessionOnDisk> {
        let session = |name: char| SessionOnDisk {
            path: name.to_string().into(),
            name: name.to_string(),
            bytes: 10,
            started: Timestamp::default(),
            game: String::new(),
            is_uploaded: name.is_uppercase(),
            hold: match name {
                'r' => Some(Hold::Recording),
                'f' => Some(Hold::Foreign { name: "notes.txt".into() }),
                _ => None,
            },
            laps: SessionLaps::NotRead,
        };
        names.chars().map(session).collect()
    }

    fn quota(max_bytes: Option<u64>, only_uploaded: bool) -> Quota {
        Quota { folder: "s".into(), max_bytes, min_free_bytes: 1000, only_uploaded }
    }

    #[test]
    fn the_oldest_that_may_go_goes_and_else_the_recording_ends() {
        let cases = [
            ("", Some(0), false, None, "fine"),
            ("abr", Some(30), false, None, "fine"),
            ("abr", None, false, None, "fine"),
            ("abr", Some(29), false, None, "a"),
            ("rfab", Some(0), false, None, "a"),
            ("abr", Some(29), true, None, "full: 2 not uploaded, 0 held"),
            ("aBr", Some(29), true, None, "B"),
            ("AxBr", Some(29), true, None, "A"),
            ("fr", Some(19), false, None, "full: 0 not uploaded, 1 held"),
            ("r", Some(9), false, None, "full: 0 not uploaded, 0 held"),
            // What could not be deleted is passed over.
            ("!ar", Some(29), false, None, "a"),
            ("!r", Some(19), false, None, "full: 0 not uploaded, 1 held"),
            // A disk that is nearly full costs no session; a quota that can be kept comes first.
            ("abr", Some(30), false, Some(999), "low: 999"),
            ("abr", Some(30), false, Some(1000), "fine"),
            ("abr", Some(29), false, Some(0), "a"),
            ("abr", None, false, Some(0), "low: 0"),
        ];
        for (names, max_bytes, only_uploaded, free, expected) in cases {
            let sessions = sessions(names);
            let quota = quota(max_bytes, only_uploaded);
            let decided = match quota.decide(&sessions, free, |session| session.name == "!") {
                QuotaDecision::Fine => "fine".to_owned(),
                QuotaDecision::Remove(session) => session.name.clone(),
                QuotaDecision::End(QuotaEnd::Full { not_uploaded, held, .. }) => {
                    format!("full: {not_uploaded} not uploaded, {held} held")
                }
                QuotaDecision::End(QuotaEnd::LowDisk { found, .. }) => format!("low: {found}"),
            };
            assert_eq!(decided, expected, "{names} {max_bytes:?} {only_uploaded} {free:?}");
        }
    }

    #[test]
    fn without_a_bound_for_the_disk_any_space_will_do() {
        let quota = Quota { min_free_bytes: 0, ..quota(None, false) };
        assert_eq!(quota.decide(&[], Some(0), |_| false), QuotaDecision::Fine);
    }

    #[test]
    fn the_end_says_what_to_do() {
        let list = sessions("abfr");
        let QuotaDecision::End(end) = quota(Some(5), true).decide(&list, None, |_| false) else { panic!() };
        let said = end.to_string();
        for part in ["have 40 B", "allows 5 B", "2 not uploaded yet", "1 in use", "prune", "--quota", ": s"] {
            assert!(said.contains(part), "no {part:?} in {said}");
        }
    }
}
