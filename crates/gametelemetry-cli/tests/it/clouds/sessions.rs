//! What a session's folder holds, and whether what came back from a cloud is the same.

use std::collections::BTreeMap;
use std::path::Path;

/// Every file of a folder by its name below, with its bytes; without the journals of uploads.
pub(crate) fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(inner) = folders.pop() {
        for entry in std::fs::read_dir(&inner).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".upload-")) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                let _ = files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Checks that two folders hold the same, byte for byte.
#[track_caller]
pub(crate) fn assert_same(expected: &BTreeMap<String, Vec<u8>>, got: &BTreeMap<String, Vec<u8>>) {
    let names = |files: &BTreeMap<String, Vec<u8>>| -> Vec<String> { files.keys().cloned().collect() };
    assert_eq!(names(expected), names(got));
    for (name, bytes) in expected {
        let same = bytes.iter().zip(&got[name]).take_while(|(left, right)| left == right).count();
        assert!(
            bytes == &got[name],
            "{name}: {} and {} bytes, equal up to {same}",
            bytes.len(),
            got[name].len()
        );
    }
}
