//! Every path that ARCHITECTURE.md names exists.
//!
//! Looks at words in backticks and at the first word of each line of its plain code blocks (the code map). A name may
//! leave out the front of its path. Placeholders are followed as far as they are plain: `games/src/<game>/` needs
//! `games/src`.

use super::repository::Repository;

/// Pages that are held to it.
const PAGES: &[&str] = &["ARCHITECTURE.md"];

/// Ends of names that are files of ours.
const ENDS: &[&str] = &[".rs", ".md", ".toml", ".py", ".sh", ".json", ".yml"];

pub(super) fn problems(repository: &Repository) -> Vec<String> {
    let pages = PAGES.iter().filter_map(|page| Some((*page, repository.text(page)?)));
    let named =
        pages.flat_map(|(page, text)| paths(text).into_iter().map(move |(line, path)| (page, line, path)));
    named
        .filter(|(_, _, path)| !exists(repository, path))
        .map(|(page, line, path)| format!("{page}:{line}: names something that does not exist: {path}"))
        .collect()
}

/// Line number and path of everything on the page that looks like a path.
fn paths(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut fence: Option<&str> = None;
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(language.trim()) };
            continue;
        }
        match fence {
            Some("" | "text") => found.extend(first_word(line).map(|word| (number, word))),
            Some(_) => {}
            None => found.extend(line.split('`').skip(1).step_by(2).map(|word| (number, word))),
        }
    }
    found.retain(|(_, word)| is_path(word));
    found
}

/// The first word of a line, behind the lines of a drawn tree.
fn first_word(line: &str) -> Option<&str> {
    line.split_whitespace()
        .map(|word| word.trim_matches(|c: char| "│├└─|`+".contains(c)))
        .find(|word| !word.is_empty())
}

fn is_path(word: &str) -> bool {
    const TOPS: &[&str] = &["crates", "docs", "xtask", "corpus", "fuzz", "examples", ".ci", ".cargo"];
    // An absolute path is a place on a user's machine, and a backslash a name of Windows.
    let is_plain = !word.contains([' ', '\\', ':']) && !word.starts_with('/');
    let top = word.split('/').next().unwrap_or(word);
    let is_ours = ENDS.iter().any(|end| word.ends_with(end)) || (word.contains('/') && TOPS.contains(&top));
    is_plain && (is_ours || (word.ends_with('/') && !["target", "sessions"].contains(&top)))
}

fn exists(repository: &Repository, path: &str) -> bool {
    let plain = path.split(['<', '*', '{', '…']).next().unwrap_or(path);
    let plain = if plain == path { path } else { plain.rsplit_once('/').map_or("", |(folder, _)| folder) };
    plain.trim_matches('/').is_empty() || repository.has(plain)
}

#[cfg(test)]
mod tests {
    use super::super::repository::tests::repository;
    use super::*;

    #[track_caller]
    fn check(page: &str, expected: &[&str]) {
        let files =
            [("ARCHITECTURE.md", page), ("crates/gametelemetry/src/clock.rs", ""), ("docs/format.md", "")];
        let found = problems(&repository(&files));
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.ends_with(expected), "{found}");
        }
    }

    #[test]
    fn no_page_is_no_problem() {
        assert!(problems(&repository(&[])).is_empty());
    }

    #[test]
    fn paths_in_backticks_must_exist() {
        check("see `docs/format.md`, `clock.rs` and `crates/gametelemetry`", &[]);
        check("see `docs/formats.md` and `lock.rs`", &["docs/formats.md", "lock.rs"]);
        check("`crates/other`\n", &["crates/other"]);
    }

    #[test]
    fn what_is_no_path_of_ours_is_passed_over() {
        check(
            "`km/h` `Local\\acpmf_physics` `/dev/shm/acpmf_physics` `lz4 -dc x.rs` `target/` `SessionWriter::push`",
            &[],
        );
    }

    #[test]
    fn first_words_of_the_code_map_must_exist() {
        check(
            "```text\ncrates/gametelemetry/\n├── clock.rs   the only clock, unlike gone.rs\n└── gone.rs  x\n```",
            &["gone.rs"],
        );
        check("```rust\nmod gone.rs\n```", &[]);
    }

    #[test]
    fn placeholders_are_followed_as_far_as_they_are_plain() {
        check("`crates/gametelemetry/src/<name>/mod.rs` `docs/*.md` `crates/*/src/`", &[]);
        check("`crates/gone/<name>.rs`", &["crates/gone/<name>.rs"]);
    }
}
