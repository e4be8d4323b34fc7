//! No file has a path of somebody's machine or the address of a package server in it.
//!
//! Looks at bytes and not at text: recordings and other binary files give such things away most easily.

use super::repository::Repository;

/// Split in the middle, so that this file has none of them.
const FORBIDDEN: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/tmp/ta", "rget"),
    concat!("index.cra", "tes.io"),
    concat!("static.cra", "tes.io"),
    concat!("deb.deb", "ian.org"),
    concat!("pyp", "i.org"),
    concat!("files.python", "hosted.org"),
    concat!("registry.npm", "js.org"),
];

pub(super) fn problems(repository: &Repository) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, bytes) in repository.files() {
        for word in FORBIDDEN {
            if let Some(line) = line_with(bytes, word.as_bytes()) {
                problems.push(format!("{path}:{line}: has a word that belongs to one machine: {word}"));
            }
        }
    }
    problems
}

/// The number of the first line with the word.
fn line_with(bytes: &[u8], word: &[u8]) -> Option<usize> {
    let place = bytes.windows(word.len()).position(|window| window == word)?;
    Some(1 + bytes.iter().take(place).filter(|byte| **byte == b'\n').count())
}

#[cfg(test)]
mod tests {
    use super::super::repository::tests::repository;
    use super::*;

    #[test]
    fn words_are_found_with_their_line() {
        let text = format!("a\nb {}x\n", FORBIDDEN[0]);
        let found = problems(&repository(&[("docs/a.md", &text), ("docs/b.md", "/works/ network/root")]));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("docs/a.md:2: "), "{found:?}");
    }
}
