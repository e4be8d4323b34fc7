//! Reads a manifest and makes sure that it holds together, before anybody goes by its numbers.
//!
//! A bucket is written by many and may be shared, so a manifest is as foreign as any file: what passes here names each
//! byte of each file exactly once, and no place outside the session. Speaks with no server and looks at no object.

use crate::checksum::is_sha256;
use crate::{FileEntry, MANIFEST_VERSION, ObjectEntry, SessionManifest};

/// The largest manifest that is read, in bytes; one of a session of a day has about a megabyte.
pub(crate) const MAX_MANIFEST: u64 = 64 << 20;

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// It is no manifest at all.
    #[error("it is no manifest of a session")]
    Json(#[from] serde_json::Error),
    /// A later version of the program wrote it.
    #[error("it has version {got}, this program reads up to {supported}: update gametelemetry")]
    TooNew {
        /// The manifest's version.
        got: u32,
        /// The newest version that is read.
        supported: u32,
    },
    /// Its parts contradict each other.
    #[error("it does not hold together: {what}")]
    Broken {
        /// What does not.
        what: String,
    },
    /// It is larger than any manifest.
    #[error("it has {bytes} bytes, which no manifest has")]
    TooLarge {
        /// Its length.
        bytes: u64,
    },
}

impl SessionManifest {
    /// Reads the manifest in `bytes` and checks it.
    ///
    /// # Errors
    /// When it is no manifest, of a later version, or does not hold together: objects with gaps or overlaps, sums that
    /// are wrong, names that lead elsewhere.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        #[derive(serde::Deserialize)]
        struct Version {
            version: u32,
        }
        // A later version may have changed everything but the member that says so.
        let Version { version: got } = serde_json::from_slice(bytes)?;
        if got > MANIFEST_VERSION {
            return Err(ManifestError::TooNew { got, supported: MANIFEST_VERSION });
        }
        let manifest: Self = serde_json::from_slice(bytes)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Makes sure that it holds together.
    ///
    /// # Errors
    /// [`ManifestError::Broken`] when it does not.
    pub fn check(&self) -> Result<(), ManifestError> {
        let broken = |what: String| Err(ManifestError::Broken { what });
        if !is_key(&self.name) || self.name.contains('/') {
            return broken(format!("{:?} is no name of a session", self.name));
        }
        let mut names: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        names.sort_unstable();
        if let Some([twice, _]) = names.array_windows().find(|[one, other]| one == other) {
            return broken(format!("{twice:?} is there twice"));
        }
        let mut bytes = Some(0_u64);
        for file in &self.files {
            check_file(file)?;
            bytes = bytes.and_then(|bytes| bytes.checked_add(file.bytes));
        }
        match bytes {
            Some(bytes) if bytes == self.bytes => Ok(()),
            _ => broken(format!("the files do not have {} bytes together", self.bytes)),
        }
    }
}

fn check_file(file: &FileEntry) -> Result<(), ManifestError> {
    let broken = |what: &str| Err(ManifestError::Broken { what: format!("{:?} {what}", file.name) });
    if !is_file_name(&file.name) {
        return broken("is no name of a file");
    }
    if !is_sha256(&file.sha256) {
        return broken("has no hash");
    }
    let mut end = 0;
    for object in &file.objects {
        if object.offset != end {
            return broken(&format!("has a gap or an overlap at {end}"));
        }
        end = match object.offset.checked_add(object.bytes) {
            Some(end) if object.bytes > 0 && end <= file.bytes => end,
            _ => return broken("has an object that does not fit into it"),
        };
        if !is_key(&object.key) || !is_sha256(&object.sha256) {
            return broken("has an object without a proper key or hash");
        }
        if !has_its_segments(object) {
            return broken("has a segment outside its object");
        }
    }
    if end == file.bytes { Ok(()) } else { broken(&format!("ends at {end} and not at {}", file.bytes)) }
}

/// Whether the segments of `object` are in it, one behind the other.
fn has_its_segments(object: &ObjectEntry) -> bool {
    let mut end = object.offset;
    object.segments.iter().all(|segment| {
        let follows = segment.offset >= end;
        end = segment.offset.saturating_add(segment.bytes);
        follows && is_sha256(&segment.sha256)
    }) && end <= object.offset.saturating_add(object.bytes)
}

/// Whether `key` can be the key of an object.
fn is_key(key: &str) -> bool {
    let is_part = |part: &str| !matches!(part, "" | "." | "..");
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._=-/".contains(&byte);
    key.len() <= 1024 && key.bytes().all(is_allowed) && key.split('/').all(is_part)
}

/// Whether `name` is that of a file below a folder, and leads nowhere else.
fn is_file_name(name: &str) -> bool {
    let is_part = |part: &str| !matches!(part, "" | "." | "..") && part.len() <= 255;
    name.len() <= 4096 && !name.contains('\0') && name.split('/').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SegmentEntry;

    const HASH: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn object(offset: u64, bytes: u64) -> ObjectEntry {
        let key = format!("monza/physics.gtel/{offset}-ba78");
        ObjectEntry { key, offset, bytes, sha256: HASH.to_owned(), segments: Vec::new() }
    }

    fn manifest() -> SessionManifest {
        let file = FileEntry {
            name: "physics.gtel".to_owned(),
            bytes: 30,
            sha256: HASH.to_owned(),
            objects: vec![object(0, 10), object(10, 20)],
        };
        let empty =
            FileEntry { name: "files/a b.txt".to_owned(), bytes: 0, objects: Vec::new(), ..file.clone() };
        let started = "2026-11-23T12:00:00Z".parse().unwrap();
        SessionManifest {
            version: 1,
            name: "monza".to_owned(),
            folder: "monza".to_owned(),
            session: "1".to_owned(),
            game: "acc".to_owned(),
            started,
            seconds: 1.0,
            frames: 1,
            bytes: 30,
            is_redacted: false,
            uploaded: started,
            writer: "test".to_owned(),
            files: vec![empty, file],
        }
    }

    #[test]
    fn a_manifest_round_trips() {
        let bytes = serde_json::to_vec(&manifest()).unwrap();
        assert_eq!(SessionManifest::parse(&bytes).unwrap(), manifest());
    }

    #[test]
    fn what_does_not_hold_together_is_refused_with_the_reason() {
        type Change = fn(&mut SessionManifest);
        let changes: [(&str, Change); 16] = [
            ("is no name of a session", |it| it.name = "../monza".into()),
            ("is no name of a session", |it| it.name = "a/b".into()),
            ("is there twice", |it| it.files[0] = it.files[1].clone()),
            ("together", |it| it.bytes = 31),
            ("together", |it| {
                (it.files[0].objects, it.files[0].bytes) = (vec![object(0, u64::MAX)], u64::MAX)
            }),
            ("is no name of a file", |it| it.files[1].name = "../x".into()),
            ("is no name of a file", |it| it.files[1].name = "/etc/x".into()),
            ("is no name of a file", |it| it.files[1].name = String::new()),
            ("has no hash", |it| it.files[1].sha256 = "x".into()),
            ("has a gap or an overlap at 10", |it| it.files[1].objects[1].offset = 11),
            ("has a gap or an overlap at 10", |it| it.files[1].objects[1].offset = 9),
            ("does not fit", |it| it.files[1].objects[1].bytes = u64::MAX),
            ("does not fit", |it| it.files[1].objects[1].bytes = 0),
            ("ends at 10 and not at 30", |it| it.files[1].objects.truncate(1)),
            ("without a proper key", |it| it.files[1].objects[0].key = "monza/../../x".into()),
            ("outside its object", |it| {
                let (offset, sha256) = (25, HASH.to_owned());
                it.files[1].objects[1].segments = vec![SegmentEntry { offset, bytes: 6, sha256 }];
            }),
        ];
        for (says, change) in changes {
            let mut manifest = manifest();
            change(&mut manifest);
            let error =
                SessionManifest::parse(&serde_json::to_vec(&manifest).unwrap()).unwrap_err().to_string();
            assert!(error.contains(says), "{says}: {error}");
        }
    }

    #[test]
    fn a_later_version_and_other_json_are_told_apart() {
        let error = |text: &str| SessionManifest::parse(text.as_bytes()).unwrap_err();
        assert!(matches!(error("{\"version\": 2, \"all\": \"new\"}"), ManifestError::TooNew { got: 2, .. }));
        assert!(matches!(error("{\"version\": 1}"), ManifestError::Json(_)));
        assert!(matches!(error("[]"), ManifestError::Json(_)));
    }
}
