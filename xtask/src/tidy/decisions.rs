//! The notes in `docs/decisions` are numbered from 0001 without a hole, and the index, when there is one, has them all.

use super::repository::Repository;

const FOLDER: &str = "docs/decisions/";
const INDEX: &str = "README.md";

pub(super) fn problems(repository: &Repository) -> Vec<String> {
    let names: Vec<&str> = repository.files().filter_map(|(path, _)| path.strip_prefix(FOLDER)).collect();
    let index = repository.text(&format!("{FOLDER}{INDEX}"));
    let mut problems = Vec::new();
    // Sorted by name, so a number that is not the next one is a hole or a double.
    for (expected, name) in (1_u32..).zip(names.into_iter().filter(|name| *name != INDEX)) {
        match number(name) {
            None => problems.push(format!("{FOLDER}{name}: is not named like 0001-what-was-decided.md")),
            Some(found) if found != expected => {
                problems.push(format!("{FOLDER}{name}: number {found:04} where {expected:04} comes next"));
            }
            Some(_) => {}
        }
        if index.is_some_and(|text| !text.contains(name)) {
            problems.push(format!("{FOLDER}{INDEX}: does not have {name}"));
        }
    }
    problems
}

/// The four digits in front of `-name.md`.
fn number(name: &str) -> Option<u32> {
    let (digits, title) = name.strip_suffix(".md")?.split_once('-')?;
    let is_title = title.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    (digits.len() == 4 && is_title && !title.is_empty()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::super::repository::tests::repository;
    use super::*;

    #[track_caller]
    fn check(names: &[&str], expected: usize) {
        let paths: Vec<String> = names.iter().map(|name| format!("{FOLDER}{name}")).collect();
        let files: Vec<(&str, &str)> =
            paths.iter().map(|path| (path.as_str(), "[0001](0001-a.md)")).collect();
        let found = problems(&repository(&files));
        assert_eq!(found.len(), expected, "{names:?}: {found:?}");
    }

    #[test]
    fn numbers_have_no_hole_and_no_double() {
        check(&["0001-a.md", "0002-two-words.md"], 0);
        check(&["0001-a.md", "0003-b.md"], 1);
        check(&["0001-a.md", "0001-b.md"], 1);
        check(&["0001-A.md"], 1);
        check(&["notes.txt"], 1);
        check(&[], 0);
    }

    #[test]
    fn index_has_them_all() {
        check(&["0001-a.md", "README.md"], 0);
        check(&["0001-a.md", "0002-b.md", "README.md"], 1);
    }
}
