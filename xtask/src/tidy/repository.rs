//! The files of the repository in memory: what the checks look at.
//!
//! Everything below the root but what `.gitignore` names. Does not ask git, so that an unpacked archive can be checked.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

/// Every file by its path from the root, with `/` between the parts.
#[derive(Debug, Default)]
pub(super) struct Repository {
    files: BTreeMap<String, Vec<u8>>,
}

impl Repository {
    pub(super) fn load(root: &Path) -> Result<Repository> {
        let ignore = std::fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
        let ignored: Vec<&str> = ignore.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let mut repository = Repository::default();
        repository.walk(root, "", &ignored).context("cannot read the repository")?;
        Ok(repository)
    }

    /// Path and bytes of every file, sorted by path.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Path and text of every Rust file, sorted by path.
    pub(super) fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(|(path, _)| path.ends_with(".rs")).filter_map(|(path, bytes)| {
            // Not UTF-8 is for the compiler to refuse.
            Some((path, std::str::from_utf8(bytes).ok()?))
        })
    }

    /// The text of a file, if it is there.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// Whether there is a file or a folder whose path is this, or ends with it.
    pub(super) fn has(&self, tail: &str) -> bool {
        let tail = format!("/{}", tail.trim_matches('/'));
        self.files.keys().any(|path| {
            let path = format!("/{path}");
            path.ends_with(&tail) || path.contains(&format!("{tail}/"))
        })
    }

    /// Names directly below a folder that are folders themselves.
    pub(super) fn folders(&self, parent: &str) -> Vec<&str> {
        let below = self.files.keys().filter_map(|path| path.strip_prefix(parent)?.strip_prefix('/'));
        let mut names: Vec<&str> = below.filter_map(|path| Some(path.split_once('/')?.0)).collect();
        names.dedup();
        names
    }

    fn walk(&mut self, folder: &Path, prefix: &str, ignored: &[&str]) -> Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if path == ".git" || is_ignored(&path, ignored) {
                continue;
            }
            if kind.is_dir() {
                self.walk(&entry.path(), &format!("{path}/"), ignored)?;
            } else if kind.is_file() {
                let bytes = std::fs::read(entry.path()).with_context(|| format!("cannot read {path}"))?;
                self.files.insert(path, bytes);
            }
        }
        Ok(())
    }
}

/// The two forms of `.gitignore` that the project uses: `/path/from/the/root` and `name-anywhere`.
fn is_ignored(path: &str, ignored: &[&str]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    ignored.iter().map(|line| line.trim_end_matches('/')).any(|line| match line.strip_prefix('/') {
        Some(from_root) => path == from_root,
        None => name == line,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A repository of these files, for the tests of the checks.
    pub(in crate::tidy) fn repository(files: &[(&str, &str)]) -> Repository {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        Repository { files: files.collect() }
    }

    #[test]
    fn ignored_paths_are_left_out() {
        let ignored = ["/target", "/fuzz/corpus/", "wip"];
        for (path, expected) in [
            ("target", true),
            ("docs/target", false),
            ("fuzz/corpus", true),
            ("corpus", false),
            ("crates/a/wip", true),
            ("wiper", false),
        ] {
            assert_eq!(is_ignored(path, &ignored), expected, "{path}");
        }
    }

    #[test]
    fn files_and_folders_are_found_by_the_end_of_their_path() {
        let repository = repository(&[("crates/a/src/clock.rs", "")]);
        for (tail, expected) in
            [("clock.rs", true), ("src/", true), ("crates/a", true), ("lock.rs", false), ("crates/b", false)]
        {
            assert_eq!(repository.has(tail), expected, "{tail}");
        }
    }

    #[test]
    fn folders_are_listed_once() {
        let repository = repository(&[
            ("src/acc/a.rs", ""),
            ("src/acc/b.rs", ""),
            ("src/f1/a.rs", ""),
            ("src/lib.rs", ""),
        ]);
        assert_eq!(repository.folders("src"), ["acc", "f1"]);
    }
}
