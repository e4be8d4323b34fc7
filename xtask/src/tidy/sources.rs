//! Every Rust file says first what it is for, and is short enough to be read.

use super::repository::Repository;

/// Files near 300 lines are the aim; beyond this one is two.
const MAX_LINES: usize = 500;

/// Files that may be longer, each with the reason: flat tables read better in one piece.
const LONG_FILES: &[(&str, &str)] = &[(
    "crates/gametelemetry-games/tests/it/acc.rs",
    "most of it is a flat table of offsets, one line a field",
)];

pub(super) fn problems(repository: &Repository) -> Vec<String> {
    problems_with(repository, LONG_FILES)
}

fn problems_with(repository: &Repository, long_files: &[(&str, &str)]) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in repository.rust() {
        if !text.starts_with("//!") {
            problems.push(format!("{path}:1: does not open with `//!`: say what the file is for"));
        }
        let lines = text.lines().count();
        let may_be_long = long_files.iter().any(|(long, _)| *long == path);
        if lines > MAX_LINES && !may_be_long {
            problems.push(format!("{path}: {lines} lines, more than {MAX_LINES}: split it"));
        }
        if lines <= MAX_LINES && may_be_long {
            problems.push(format!("{path}: {lines} lines: take it off the list of long files"));
        }
    }
    let gone = long_files.iter().filter(|(path, _)| repository.text(path).is_none());
    problems.extend(gone.map(|(path, _)| format!("{path}: in the list of long files, but does not exist")));
    problems
}

#[cfg(test)]
mod tests {
    use super::super::repository::tests::repository;
    use super::*;

    #[track_caller]
    fn check(text: &str, long_files: &[(&str, &str)], expected: &[&str]) {
        let found = problems_with(&repository(&[("src/a.rs", text)]), long_files);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn file_docs_are_required() {
        check("//! What.\n", &[], &[]);
        check("/// What.\nfn f() {}\n", &[], &["does not open"]);
        check("", &[], &["does not open"]);
    }

    #[test]
    fn long_files_are_found_unless_listed() {
        let long = "//!\n".repeat(MAX_LINES + 1);
        check(&long, &[], &["501 lines"]);
        check(&long, &[("src/a.rs", "a table")], &[]);
    }

    #[test]
    fn list_of_long_files_does_not_go_stale() {
        check("//!\n", &[("src/a.rs", "a table")], &["take it off"]);
        check("//!\n", &[("src/b.rs", "a table")], &["does not exist"]);
    }
}
