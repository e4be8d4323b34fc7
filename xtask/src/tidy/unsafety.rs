//! `unsafe` is in one module only: the one that reads memory which another process writes.
//!
//! The lints say the same, but a lint can be switched off where it stands; here is who notices.

use super::code::{code_only, has_word};
use super::repository::Repository;

/// The one crate that must not forbid it, and the one module, as a file or as a folder.
const CRATE: &str = "gametelemetry";
const MODULE: &[&str] =
    &["crates/gametelemetry/src/shared_memory.rs", "crates/gametelemetry/src/shared_memory/"];

pub(super) fn problems(repository: &Repository) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in repository.rust().filter(|(path, _)| !MODULE.iter().any(|m| path.starts_with(m))) {
        let code = code_only(text);
        for (number, line) in (1..).zip(code.lines()) {
            if has_word(line, "unsafe") {
                problems.push(format!("{path}:{number}: `unsafe` outside of shared_memory"));
            }
        }
        if lifts_the_lint(&code) {
            problems.push(format!("{path}: allows unsafe_code outside of shared_memory"));
        }
    }
    problems.extend(lint_problems(repository));
    problems
}

/// Whether an `allow(…)` or an `expect(…)` names the lint.
fn lifts_the_lint(code: &str) -> bool {
    ["allow(", "expect(", "warn("].iter().any(|attribute| {
        code.split(attribute)
            .skip(1)
            .any(|rest| has_word(rest.split(')').next().unwrap_or(rest), "unsafe_code"))
    })
}

/// Every crate takes the workspace's lints; one denies what the others forbid.
fn lint_problems(repository: &Repository) -> Vec<String> {
    let Some(workspace) = repository.text("Cargo.toml") else { return Vec::new() };
    let mut problems = Vec::new();
    if !has_setting(workspace, "workspace.lints.rust", "unsafe_code = \"forbid\"") {
        problems.push("Cargo.toml: [workspace.lints.rust] does not forbid unsafe_code".to_owned());
    }
    let manifests =
        repository.folders("crates").into_iter().map(|name| (name, format!("crates/{name}/Cargo.toml")));
    for (name, path) in manifests.chain([("xtask", "xtask/Cargo.toml".to_owned())]) {
        let text = repository.text(&path).unwrap_or_default();
        let ok = has_setting(text, "lints", "workspace = true")
            || (name == CRATE && has_setting(text, "lints.rust", "unsafe_code = \"deny\""));
        if !ok {
            problems.push(format!("{path}: does not take the workspace's lints"));
        }
    }
    problems
}

/// Whether a section of a TOML file has this line.
fn has_setting(toml: &str, section: &str, setting: &str) -> bool {
    let heading = format!("[{section}]");
    let lines = toml.lines().map(str::trim).skip_while(|line| *line != heading).skip(1);
    lines.take_while(|line| !line.starts_with('[')).any(|line| line == setting)
}

#[cfg(test)]
mod tests {
    use super::super::repository::tests::repository;
    use super::*;

    #[track_caller]
    fn check(path: &str, text: &str, expected: usize) {
        let found = problems(&repository(&[(path, text)]));
        assert_eq!(found.len(), expected, "{path}: {text}: {found:?}");
    }

    #[test]
    fn unsafe_is_found_outside_of_its_module() {
        let block = "fn f() { unsafe { g() } }";
        check("crates/gametelemetry/src/shared_memory.rs", block, 0);
        check("crates/gametelemetry/src/shared_memory/windows.rs", block, 0);
        check("crates/gametelemetry/src/shared_memory_x.rs", block, 1);
        check("crates/gametelemetry/src/source.rs", block, 1);
        check("crates/gametelemetry-file/src/shared_memory.rs", block, 1);
        check("crates/gametelemetry/src/source.rs", "// unsafe is elsewhere", 0);
    }

    #[test]
    fn lifted_lint_is_found_outside_of_its_module() {
        check("crates/gametelemetry/src/lib.rs", "#![allow(clippy::x, unsafe_code)]", 1);
        check("crates/gametelemetry/src/lib.rs", "#[expect(unsafe_code, reason = \"y\")]", 1);
        check("crates/gametelemetry/src/lib.rs", "#![deny(unsafe_code)]", 0);
        check("crates/gametelemetry/src/shared_memory/mod.rs", "#![allow(unsafe_code)]", 0);
    }

    #[test]
    fn manifest_without_the_lints_is_found() {
        let workspace = ("Cargo.toml", "[workspace.lints.rust]\nunsafe_code = \"forbid\"\n");
        let xtask = ("xtask/Cargo.toml", "[lints]\nworkspace = true\n");
        let deny = "[lints.rust]\nunsafe_code = \"deny\"\n";
        let count = |path, text| problems(&repository(&[workspace, xtask, (path, text)])).len();
        assert_eq!(count("crates/a/Cargo.toml", "[lints]\nworkspace = true\n"), 0);
        assert_eq!(count("crates/a/Cargo.toml", "[package]\n"), 1);
        assert_eq!(count("crates/a/Cargo.toml", deny), 1);
        assert_eq!(count("crates/gametelemetry/Cargo.toml", deny), 0);
    }
}
