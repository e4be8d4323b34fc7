//! A session put into a bucket as an upload leaves it: objects of whole segments, and the manifest.

use std::path::{Path, PathBuf};

use gametelemetry::{Header, StoredSession as _, Timestamp};
use gametelemetry_cloud::{
    Bucket, FileEntry, MANIFEST_SUFFIX, MANIFEST_VERSION, ObjectEntry, SegmentEntry, SessionManifest,
};

/// Puts the session in `folder` into `bucket` under its own name, each object with so many `segments`.
pub(crate) fn upload(bucket: &Bucket, folder: &Path, segments: usize) -> SessionManifest {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let manifest = put_objects(bucket, folder, name, segments);
    put_manifest(bucket, name, &manifest);
    manifest
}

/// Makes the session visible.
pub(crate) fn put_manifest(bucket: &Bucket, key: &str, manifest: &SessionManifest) {
    bucket.put(&format!("{key}{MANIFEST_SUFFIX}"), serde_json::to_vec(manifest).unwrap().into()).unwrap();
}

/// Puts the objects of the session in `folder` below `key`; its manifest, which is not there yet.
pub(crate) fn put_objects(bucket: &Bucket, folder: &Path, key: &str, segments: usize) -> SessionManifest {
    let (above, name) = key.rsplit_once('/').map_or(("", key), |(above, name)| (above, name));
    let header = header(folder);
    let mut files = Vec::new();
    for path in all_files(folder) {
        let file = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
        let bytes = std::fs::read(&path).unwrap();
        let index = gametelemetry::files::open(&path).ok().and_then(|reader| reader.index().cloned());
        let entries = index.map(|index| index.entries).unwrap_or_default();
        let starts = entries.chunks(segments).skip(1).map(|group| usize::try_from(group[0].offset).unwrap());
        let mut cuts: Vec<usize> = std::iter::once(0).chain(starts).chain([bytes.len()]).collect();
        cuts.dedup();
        let mut objects = Vec::new();
        for cut in cuts.windows(2) {
            let (offset, object) = (cut[0] as u64, &bytes[cut[0]..cut[1]]);
            let sha256 = sha256(object);
            let is_in = |start: u64| (cut[0] as u64..cut[1] as u64).contains(&start);
            let segments = entries.iter().filter(|entry| is_in(entry.offset)).map(|entry| {
                let range = usize::try_from(entry.offset).unwrap()..;
                let segment = &bytes[range][..usize::try_from(entry.length).unwrap()];
                SegmentEntry { offset: entry.offset, bytes: entry.length, sha256: self::sha256(segment) }
            });
            let key = format!("{name}/{}/{offset}-{}", plain(&file), &sha256[..16]);
            let stored = if above.is_empty() { key.clone() } else { format!("{above}/{key}") };
            bucket.put(&stored, object.to_vec().into()).unwrap();
            let (bytes, segments) = (object.len() as u64, segments.collect());
            objects.push(ObjectEntry { key, offset, bytes, sha256, segments });
        }
        files.push(FileEntry { name: file, bytes: bytes.len() as u64, sha256: sha256(&bytes), objects });
    }
    SessionManifest {
        version: MANIFEST_VERSION,
        name: name.to_owned(),
        folder: folder.file_name().unwrap().to_str().unwrap().to_owned(),
        session: header.as_ref().map(|header| header.session.clone()).unwrap_or_default(),
        game: header.as_ref().map(|header| header.game.clone()).unwrap_or_default(),
        started: header.map(|header| header.clock.started).unwrap_or_default(),
        seconds: 1.0,
        frames: 1,
        bytes: files.iter().map(|file| file.bytes).sum(),
        is_redacted: false,
        uploaded: Timestamp::default(),
        writer: "test".to_owned(),
        files,
    }
}

/// The header of a session's first file.
fn header(folder: &Path) -> Option<Header> {
    let files = folder.to_owned().open_files().ok()?;
    files.iter().find_map(|file| Some(file.reader.as_ref().ok()?.header().clone()))
}

/// Every file below `folder`, sorted.
pub(crate) fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(all_files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// The SHA-256 of `bytes` in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `name` with what no key has replaced.
fn plain(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    name.chars().map(|c| if is_plain(c) { c } else { '=' }).collect()
}
