//! `cargo xtask test`: all tests of the workspace, with nothing skipped for want of a tool.
//!
//! Plain `cargo test --workspace` runs the same tests; those that need `lz4`, Python, Chromium, Node or Java then skip
//! when it is not there.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::counts::Counts;
use crate::{Command, node, python, run, tools};

pub(crate) const COMMAND: Command = Command {
    name: "test",
    arguments: "[ARGUMENTS OF CARGO-NEXTEST…]",
    about: "run all tests, with the tools they need installed first",
    details: "Installs lz4, chromium, Java and Node on Debian when it may, makes a Python environment in target/tools/python
with what the tests import, and installs Azure's emulator in target/tools/azurite. Sets GAMETELEMETRY_TEST_ALL=1,
so that a test whose tool is missing fails, and GAMETELEMETRY_PYTHON, GAMETELEMETRY_CHROMIUM and
GAMETELEMETRY_AZURITE to what it found. GAMETELEMETRY_REAL_DATA, a folder of
recordings of real games, is handed on, or set when ../shared/data stands beside the checkout.
Runs cargo-nextest when it is installed, else cargo test; then the documentation's examples.
With arguments only the tests that they choose are run, without the examples.",
    run: |arguments| run(arguments).map(drop),
};

/// Names the folder with recordings of real games for the tests that read them.
pub(crate) const REAL_DATA: &str = "GAMETELEMETRY_REAL_DATA";
/// Names the Python of the tests.
const PYTHON: &str = "GAMETELEMETRY_PYTHON";
/// Names the main script of Azure's emulator, which `node` runs.
const AZURITE: &str = "GAMETELEMETRY_AZURITE";

/// Runs the tests and says how many there were.
pub(crate) fn run(arguments: &[String]) -> Result<Counts> {
    // Not the end: the tests that need the tools will say so, the others are still worth running.
    tools::debian(&tools::missing_for_tests()).unwrap_or_else(|error| eprintln!("warning: {error:#}"));
    let tools = found_tools();
    let mut counts = tests(arguments, &tools)?;
    if arguments.is_empty() {
        counts += finish(&mut run::cargo(&["test", "--doc", "--workspace", "--all-features"]), &tools)?;
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

/// The tools that tests are told of, by the variables that name them.
fn found_tools() -> Vec<(&'static str, OsString)> {
    let given = std::env::var_os(PYTHON);
    let python = given.or_else(|| match python::ready() {
        Ok(python) => Some(python.into()),
        Err(error) => {
            // Not the end either: most of the tests that need Python need no more than lz4.
            eprintln!("warning: {error:#}");
            python::with_lz4_only().map(Into::into)
        }
    });
    let chromium = tools::chromium().map(OsString::from);
    let given = std::env::var_os(AZURITE);
    let azurite = given.or_else(|| {
        let ready = node::azurite().inspect_err(|error| eprintln!("warning: {error:#}"));
        ready.ok().map(Into::into)
    });
    let tools = [(PYTHON, python), ("GAMETELEMETRY_CHROMIUM", chromium), (AZURITE, azurite)];
    tools.into_iter().filter_map(|(name, tool)| Some((name, tool?))).collect()
}

fn tests(arguments: &[String], tools: &[(&str, OsString)]) -> Result<Counts> {
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
    finish(&mut command, tools)
}

fn finish(command: &mut std::process::Command, tools: &[(&str, OsString)]) -> Result<Counts> {
    command.env("GAMETELEMETRY_TEST_ALL", "1").envs(tools.iter().map(|(name, tool)| (name, tool)));
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
