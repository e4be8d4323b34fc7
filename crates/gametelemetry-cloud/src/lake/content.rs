//! What a session holds, as a hash: the same content is published once.

use std::fs::File;
use std::io;
use std::path::Path;

use gametelemetry::{StopToken, files};

use super::LakeError;
use crate::checksum::{sha256, sha256_of};

/// Hash of the session files of the session at `path`, a folder or one of its files.
///
/// # Errors
/// When there is no session, or one of its files cannot be read.
pub fn content_of(path: &Path) -> Result<String, LakeError> {
    let unreadable = |error: io::Error| LakeError::Session(error.into());
    let paths = files::session_files(path).map_err(|error| LakeError::Session(error.into()))?;
    let mut hashes = Vec::with_capacity(paths.len());
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let hash = File::open(&path).and_then(|file| sha256_of(file, &StopToken::new()));
        hashes.push((name, hash.map_err(unreadable)?));
    }
    Ok(content_of_files(hashes.iter().map(|(name, hash)| (name.as_str(), hash.as_str()))))
}

/// The same of files of which the names and the hexadecimal SHA-256 are known, as a manifest has them: the session files
/// alone, in any order.
#[must_use]
pub fn content_of_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut lines: Vec<String> = files.into_iter().map(|(name, hash)| format!("{hash} {name}\n")).collect();
    lines.sort();
    sha256(lines.concat().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_does_not_hang_on_the_order_nor_on_what_lies_beside() {
        let one = content_of_files([("a.gtel", "00"), ("b.gtel", "11")]);
        assert_eq!(one, content_of_files([("b.gtel", "11"), ("a.gtel", "00")]));
        assert_ne!(one, content_of_files([("b.gtel", "00"), ("a.gtel", "11")]));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.gtel"), "laps").unwrap();
        let content = content_of(folder.path()).unwrap();
        std::fs::write(folder.path().join("a.csv"), "else").unwrap();
        assert_eq!(content_of(folder.path()).unwrap(), content);
        let hash = "e0f7f1cfb1d1b54a8f5bd3bc1a3ee8bf0b8d5a7b5ab6ff2dc7b4d5f7f3a0a1b2";
        assert_ne!(content_of_files([("a.gtel", hash)]), content);
        std::fs::write(folder.path().join("a.gtel"), "laps!").unwrap();
        assert_ne!(content_of(folder.path()).unwrap(), content);
    }
}
