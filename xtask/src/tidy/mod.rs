//! `cargo xtask tidy`: the rules of the house that no compiler knows.
//!
//! Each check is a plain function from the files of the repository, held in memory, to a list of problems; a new one is
//! a new file and a line in [`CHECKS`]. Runs as a test too, so `cargo test --workspace` finds what it finds.
//! Does not mend anything.

mod code;
mod crates;
mod decisions;
mod games;
mod map;
mod repository;
mod sources;
mod unsafety;
mod words;

use anyhow::{Result, bail};

use self::repository::Repository;
use crate::{Command, run};

pub(crate) const COMMAND: Command = Command {
    name: "tidy",
    arguments: "",
    about: "check the rules that no compiler knows: layers, file docs, unsafe, maps, lists",
    details: "The line of crates, `//!` atop every file, no file over 500 lines, `unsafe` in one module only, every path that
ARCHITECTURE.md names, every game in the list of games, decisions numbered without a hole, and no file with
a path of somebody's machine.",
    run: |_| tidy(),
};

/// Every check that needs nothing but files.
const CHECKS: &[fn(&Repository) -> Vec<String>] = &[
    sources::problems,
    unsafety::problems,
    map::problems,
    games::problems,
    decisions::problems,
    words::problems,
];

fn tidy() -> Result<()> {
    let problems = problems()?;
    for problem in &problems {
        println!("{problem}");
    }
    if !problems.is_empty() {
        bail!("tidy found {} problems", problems.len());
    }
    println!("tidy");
    Ok(())
}

/// Everything that is wrong, sorted by file.
fn problems() -> Result<Vec<String>> {
    let repository = Repository::load(&run::root())?;
    let mut problems: Vec<String> = CHECKS.iter().flat_map(|check| check(&repository)).collect();
    problems.extend(crates::problems(&run::metadata(&run::root().join("Cargo.toml"))?));
    problems.sort();
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repository_is_tidy() {
        let problems = problems().unwrap();
        assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
    }
}
