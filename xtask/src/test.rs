//! `cargo xtask test`: all tests of the workspace, with nothing skipped for want of a tool.
//!
//! Plain `cargo test --workspace` runs the same tests; those that need `lz4` or Python then skip when it is not there.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::counts::Counts;
use crate::{Command, run, tools};

pub(crate) const COMMAND: Command = Command {
    name: "test",
    arguments: "[ARGUMENTS OF CARGO-NEXTEST…]",
    about: "run all tests, with the tools they need installed first",
    details: "Installs lz4 and python3-lz4 on Debian when it may. Sets GAMETELEMETRY_TEST_ALL=1, so that a test whose
tool is missing fails, and GAMETELEMETRY_PYTHON to a Python that has lz4. GAMETELEMETRY_REAL_DATA, a
folder of recordings of real games, is handed on, or set when ../shared/data stands beside the checkout.
Runs cargo-nextest when it is installed, else cargo test; then the documentation's examples.
With arguments only the tests that they choose are run, without the examples.",
    run: |arguments| run(arguments).map(drop),
};

/// Names the folder with recordings of real games for the tests that read them.
pub(crate) const REAL_DATA: &str = "GAMETELEMETRY_REAL_DATA";

/// Runs the tests and says how many there were.
pub(crate) fn run(arguments: &[String]) -> Result<Counts> {
    if !(run::succeeds("lz4", &["--version"]) && tools::python_with_lz4().is_some()) {
        // Not the end: the tests that need the tools will say so, the others are still worth running.
        tools::debian(tools::FOR_TESTS).unwrap_or_else(|error| eprintln!("warning: {error:#}"));
    }
    let mut counts = tests(arguments)?;
    if arguments.is_empty() {
        counts += finish(&mut run::cargo(&["test", "--doc", "--workspace", "--all-features"]))?;
    }
    counts.require_some("the whole workspace")
}

/// The folder with recordings of real games, if there is one.
pub(crate) fn real_data() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os(REAL_DATA) {
        return Some(given.into());
    }
    run::root().parent().map(|beside| beside.join("shared/data")).filter(|folder| folder.is_dir())
}

fn tests(arguments: &[String]) -> Result<Counts> {
    let nextest = run::cargo(&["nextest", "--version"]).output().is_ok_and(|output| output.status.success());
    let mut command = if nextest {
        run::cargo(&["nextest", "run", "--config-file", ".ci/nextest.toml"])
    } else {
        eprintln!("note: cargo-nextest is not installed; running cargo test");
        run::cargo(&["test", "--tests", "--no-fail-fast"])
    };
    if !arguments.iter().any(|argument| argument.starts_with("-p") || argument.starts_with("--package")) {
        command.arg("--workspace");
    }
    command.arg("--all-features").args(arguments);
    finish(&mut command)
}

fn finish(command: &mut std::process::Command) -> Result<Counts> {
    command.env("GAMETELEMETRY_TEST_ALL", "1");
    if let Some(python) = tools::python_with_lz4() {
        command.env("GAMETELEMETRY_PYTHON", python);
    }
    if let Some(folder) = real_data() {
        command.env(REAL_DATA, folder);
    }
    let (status, output) = run::watch(command)?;
    run::check(status, command)?;
    let counts = Counts::read(&output);
    if counts.failed > 0 {
        bail!("the runner ended well but said that tests failed: {counts}");
    }
    Ok(counts)
}
