//! Which sessions there are below a URL: those with a manifest, in its folders too.
//!
//! Goes from folder to folder and never into a session, so that it costs requests by the number of sessions and not by
//! that of their objects. Passes over what belongs to a lake of Parquet.

use std::collections::BTreeSet;

use gametelemetry::{StopToken, Timestamp};
use serde::Serialize;

use crate::checksum::is_sha256;
use crate::parallel::in_parallel;
use crate::remote::read_manifest;
use crate::{Bucket, CloudError, Folder, MANIFEST_SUFFIX, RemoteError, Retry, SessionManifest};

/// Requests at once.
const AT_ONCE: usize = 8;
/// How far down sessions are looked for: `team/rig/year/month`.
const DEEPEST: usize = 4;

/// What was found below a URL.
#[derive(Debug, Default)]
pub struct Listing {
    /// The sessions, sorted by when they began.
    pub sessions: Vec<ListedSession>,
    /// Manifests that cannot be used: their sessions' names below the URL, and why.
    pub unreadable: Vec<(String, RemoteError)>,
    /// What looks like a session whose upload is not done, as keys below the URL.
    pub unfinished: Vec<String>,
}

/// A session that was found: what the bucket says of it, without where its bytes are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ListedSession {
    /// Its name below the URL, with the folders before it; [`RemoteSession::open`] takes it.
    ///
    /// [`RemoteSession::open`]: crate::RemoteSession::open
    pub name: String,
    /// The name of the folder that was uploaded.
    pub folder: String,
    /// The session's id.
    pub session: String,
    /// The game's short name.
    pub game: String,
    /// When it began.
    pub started: Timestamp,
    /// Seconds from the first to the last frame.
    pub seconds: f64,
    /// Frames of all sources.
    pub frames: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Number of files.
    pub files: usize,
    /// Whether names of people were taken out before it was uploaded.
    pub is_redacted: bool,
    /// When it was uploaded, by the uploader's clock.
    pub uploaded: Timestamp,
    /// The program that uploaded it, with its version.
    pub writer: String,
}

impl ListedSession {
    fn new(name: &str, manifest: SessionManifest) -> Self {
        Self {
            name: name.to_owned(),
            folder: manifest.folder,
            session: manifest.session,
            game: manifest.game,
            started: manifest.started,
            seconds: manifest.seconds,
            frames: manifest.frames,
            bytes: manifest.bytes,
            files: manifest.files.len(),
            is_redacted: manifest.is_redacted,
            uploaded: manifest.uploaded,
            writer: manifest.writer,
        }
    }
}

/// Finds all sessions of `bucket`. What fails is tried again by `retry` until `stop` is stopped.
///
/// # Errors
/// When the bucket cannot be listed. A manifest that cannot be used is told in the listing.
pub fn list_sessions(bucket: &Bucket, retry: &Retry, stop: &StopToken) -> Result<Listing, CloudError> {
    let found = walk(bucket, retry, stop)?;
    let read = in_parallel(&found.manifests, AT_ONCE, |(name, bytes)| {
        // Only the gist is kept: where the bytes of thousands of sessions are would fill the memory.
        read_manifest(bucket, name, *bytes, retry, stop).map(|manifest| ListedSession::new(name, manifest))
    });
    let mut listing = Listing { unfinished: found.unfinished(), ..Listing::default() };
    for ((name, _), read) in found.manifests.into_iter().zip(read) {
        match read {
            Ok(session) => listing.sessions.push(session),
            Err(Some(RemoteError::Cloud(CloudError::Stopped))) => return Err(CloudError::Stopped),
            Err(Some(error)) => listing.unreadable.push((name, error)),
            // It was deleted after it was listed.
            Err(None) => {}
        }
    }
    listing.sessions.sort_by(|one, other| (one.started, &one.name).cmp(&(other.started, &other.name)));
    Ok(listing)
}

/// What the folders of a bucket hold.
#[derive(Default)]
struct Found {
    /// Names of sessions with the length of their manifests.
    manifests: Vec<(String, u64)>,
    /// Folders that have parts of files, and no manifest beside them.
    with_parts: BTreeSet<String>,
}

impl Found {
    /// The folders whose files are incomplete: the one above those of the parts.
    fn unfinished(&self) -> Vec<String> {
        let sessions: BTreeSet<&str> =
            self.with_parts.iter().filter_map(|folder| Some(folder.rsplit_once('/')?.0)).collect();
        // A session's own folders may have files too.
        let is_below = |one: &str, other: &str| one.strip_prefix(other).is_some_and(|it| it.starts_with('/'));
        let is_first = |session: &&str| !sessions.iter().any(|other| is_below(session, other));
        sessions.iter().copied().filter(is_first).map(str::to_owned).collect()
    }

    /// Takes in what is in `folder`; gives the folders to look into.
    fn take(&mut self, folder: &str, found: Folder) -> Vec<String> {
        let mut names = BTreeSet::new();
        for object in found.objects {
            if let Some(name) = object.key.strip_suffix(MANIFEST_SUFFIX) {
                names.insert(name.to_owned());
                self.manifests.push((name.to_owned(), object.bytes));
            } else if is_part(&object.key) {
                self.with_parts.insert(folder.to_owned());
            }
        }
        let is_wanted = |folder: &String| !names.contains(folder) && !is_of_a_lake(folder);
        found
            .folders
            .into_iter()
            .map(|folder| folder.trim_end_matches('/').to_owned())
            .filter(is_wanted)
            .collect()
    }
}

/// Looks into every folder that may have sessions.
fn walk(bucket: &Bucket, retry: &Retry, stop: &StopToken) -> Result<Found, CloudError> {
    let mut found = Found::default();
    let mut folders = vec![String::new()];
    // One more than sessions are deep: a session that is not whole is known by the parts of its files.
    for _ in 0..=DEEPEST + 1 {
        let contents =
            in_parallel(&folders, AT_ONCE, |folder| retry.run(stop, || bucket.list_folder(folder)));
        let mut next = Vec::new();
        for (folder, content) in folders.iter().zip(contents) {
            next.extend(found.take(folder, content?));
        }
        folders = next;
    }
    Ok(found)
}

/// Whether `key` is that of a part of a file: its place, and its hash.
fn is_part(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or_default();
    name.split_once('-').is_some_and(|(offset, hash)| {
        let is_hash =
            is_sha256(hash) || (hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        !offset.is_empty() && offset.bytes().all(|byte| byte.is_ascii_digit()) && is_hash
    })
}

/// Whether `folder` is one of a lake of Parquet: a partition, or what the lake keeps for itself.
fn is_of_a_lake(folder: &str) -> bool {
    let name = folder.rsplit('/').next().unwrap_or_default();
    name.starts_with('_') || name.contains('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_that_is_not_done_is_known_by_its_parts() {
        let mut found = Found::default();
        for folder in ["rig1/monza/physics.gtel", "rig1/monza/files/a", "spa/static.gtel"] {
            found.with_parts.insert(folder.to_owned());
        }
        assert_eq!(found.unfinished(), ["rig1/monza", "spa"]);
        assert!(is_part("spa/static.gtel/0-ba7816bf") && is_part("0-BA7816BF"));
        assert!(!is_part("spa/report.html") && !is_part("2026-11-23_120000_acc") && !is_part("1-x"));
        assert!(is_of_a_lake("_lake") && is_of_a_lake("laps/game=acc") && !is_of_a_lake("laps"));
    }
}
