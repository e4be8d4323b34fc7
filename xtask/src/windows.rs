//! `cargo xtask windows`: builds the workspace for Windows on Linux and runs its tests under Wine.
//!
//! The rustup toolchain has no library for Windows and none can be assumed to be had; Debian's second compiler
//! (`rustc-web`) comes with the library's source, which is built along. Its target is the one for Windows 7, because
//! Debian 12's Wine 8 has no `ProcessPrng`, which programs for the plain target need. Users build for the plain
//! targets, from the same source. On Windows itself none of this is needed: `cargo test` is enough.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};

use anyhow::{Context, Result, bail};

use crate::counts::Counts;
use crate::{Command, run, test, tools};

pub(crate) const COMMAND: Command = Command {
    name: "windows",
    arguments: "[build|test] [ARGUMENTS OF CARGO…]",
    about: "build for Windows on Linux, and run the tests under Wine",
    details:
        "Without a word: test. Installs Debian's rustc-web, mingw and Wine when it may. Everything goes to
target/windows, Wine's own folder to target/wine. `-p CRATE` chooses; else all crates but the derive
(a part of the compiler, so it runs on Linux always) and this one. Warnings are errors here, because nothing
else ever sees the code that is for Windows only. Arguments after `--` go to the tests; without any, tests that
only compute are left to Linux, and it is said which.",
    run: |arguments| run(arguments).map(drop),
};

const TARGET: &str = "x86_64-win7-windows-gnu";

/// Crates with code that runs on Windows.
const PACKAGES: &[&str] = &[
    "gametelemetry-file",
    "gametelemetry",
    "gametelemetry-export",
    "gametelemetry-cloud",
    "gametelemetry-games",
    "gametelemetry-cli",
];

/// Tests that compute for minutes and touch nothing of the system but a file: the same on every system, and several times
/// slower here, where what a second compiler makes of a development build runs under Wine. `cargo test` on Windows runs them.
const LEFT_TO_LINUX: &[&str] = &[
    "channels_told::every_mapping_reads",
    "export::a_raw_export_has_every_field",
    "export::every_format_exports_every_simulated_game",
    "export_command::laps_come_back_from_a_log",
    "keep_last::the_kept_part_of_a_drive",
    "lake::crash::",
    "lake::the_lake_has_the_laps_of_every_game",
    "laps::a_race_begins_from_the_grid",
    "laps::random::",
    "laps_told::",
    "redact::simulated::",
    "simulated_laps::",
    "url::every_reading_command",
    // Each waits many times for a recorder that cannot be told to end under Wine; `packets::` shows the sockets.
    "variants::every_packet_of_gt7",
    "variants::every_format_of_f1",
];

/// Crates whose tests are quick enough without.
const NOT_OPTIMISED: &[&str] = &["gametelemetry-cloud", "gametelemetry-export", "gametelemetry-games"];

/// As many tests at once as on Linux (`.ci/nextest.toml`), and for the same reason: they wait a good part of their time.
const THREADS: &str = "3";

/// Longest time for one cargo call: a program that hangs under Wine would hang the pipeline.
const LIMIT_SECONDS: &str = "1800";

/// What cargo and rustup tell the programs they start, wrong for the second toolchain.
const NOT_HANDED_ON: &[&str] =
    &["CARGO", "CARGO_TARGET_DIR", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH", "RUSTFLAGS"];

/// Builds, or builds and tests; says how many tests ran.
pub(crate) fn run(arguments: &[String]) -> Result<Counts> {
    let (what, rest) = match arguments.split_first() {
        Some((first, rest)) if !first.starts_with('-') => (first.as_str(), rest),
        _ => ("test", arguments),
    };
    let arguments = match what {
        "build" => &["build", "--lib", "--bins"],
        "test" => &["test", "--tests", "--no-fail-fast"][..],
        other => bail!("either build or test: {other}"),
    };
    if cfg!(windows) {
        bail!("this is Windows: cargo test does it");
    }
    tools::debian(tools::FOR_WINDOWS)?;
    let folders = Folders::new()?;
    if what == "build" {
        return run::show(&mut folders.cargo(arguments, rest)?).map(|()| Counts::default());
    }
    folders.make_prefix()?;
    let mut command = folders.cargo(arguments, rest)?;
    // Who chooses tests gets them.
    if !rest.iter().any(|argument| argument == "--") {
        println!("left to Linux, because they only compute: {}", LEFT_TO_LINUX.join(", "));
        command.arg("--").args(LEFT_TO_LINUX.iter().flat_map(|name| ["--skip", name]));
    }
    let (status, output) = run::watch_then(&mut command, || folders.stop_wine())?;
    run::check(status, &command)?;
    Counts::read(&output).require_some("nothing was run under Wine")
}

/// Begins to build what [`run`] will want, with processor time that nobody else wants: tests of Linux wait a good part of
/// theirs. Says nothing; what cannot be built is built, and told, by [`run`] again. It waits for this by cargo's lock.
pub(crate) fn build_ahead() -> Result<Child> {
    let cargo = Folders::new()?.cargo(&["test", "--tests", "--no-run"], &[])?;
    let mut idle = run::program("chrt", &["--idle", "0"]);
    idle.arg(cargo.get_program()).args(cargo.get_args());
    for (name, value) in cargo.get_envs() {
        match value {
            Some(value) => idle.env(name, value),
            None => idle.env_remove(name),
        };
    }
    idle.stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("cannot start chrt")
}

/// Where things are built and where Wine keeps its registry and drives.
struct Folders {
    build: PathBuf,
    prefix: PathBuf,
}

impl Folders {
    fn new() -> Result<Folders> {
        let target = run::target_folder()?;
        Ok(Folders { build: target.join("windows"), prefix: target.join("wine") })
    }

    /// Debian's cargo with everything it needs; `chosen` may name crates.
    fn cargo(&self, arguments: &[&str], chosen: &[String]) -> Result<Process> {
        // At a terminal Ctrl+C must reach cargo; elsewhere the limit must reach everything that cargo started.
        let mode = if std::io::stderr().is_terminal() { "--foreground" } else { "--kill-after=30" };
        let mut command = self.with_wine("timeout", &[mode, LIMIT_SECONDS, "/usr/bin/cargo"]);
        command
            .args(arguments)
            .args(["-Zbuild-std", "--target", TARGET])
            .arg("--target-dir")
            .arg(&self.build);
        command.args(["-Zwarnings", "--config", "build.warnings=\"deny\""]);
        // What needs the speed is left to Linux, and this compiler is half as fast.
        for package in NOT_OPTIMISED {
            command.arg("--config").arg(format!("profile.dev.package.{package}.opt-level=0"));
        }
        for name in NOT_HANDED_ON {
            command.env_remove(name);
        }
        command.env("PATH", tools::path_with(Path::new("/usr/bin"))?);
        // What builds C (zstd) does not know this target's name, and would take the compiler of this machine.
        command.env("CC_x86_64_win7_windows_gnu", "x86_64-w64-mingw32-gcc");
        command.env("AR_x86_64_win7_windows_gnu", "x86_64-w64-mingw32-ar");
        command.env("RUST_TEST_THREADS", THREADS);
        command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_X86_64_WIN7_WINDOWS_GNU_RUNNER", "wine");
        if let Some(folder) = test::real_data() {
            command.env(test::REAL_DATA, seen_from_wine(&folder));
        }
        if !chosen.iter().any(|argument| argument.starts_with("-p")) {
            command.args(PACKAGES.iter().flat_map(|package| ["-p", package]));
        }
        command.args(chosen);
        Ok(command)
    }

    /// Makes Wine's folder once. The first start takes some eight seconds, which would be a test's otherwise.
    fn make_prefix(&self) -> Result<()> {
        if self.prefix.join("system.reg").exists() {
            return Ok(());
        }
        std::fs::create_dir_all(&self.prefix).context("cannot make Wine's folder")?;
        run::quiet(&mut self.with_wine("timeout", &["180", "wineboot", "--init"]))?;
        run::quiet(&mut self.with_wine("timeout", &["60", "wineserver", "--wait"]))
    }

    /// Ends Wine's background programs, which outlive the tests; only those of our own folder.
    fn stop_wine(&self) {
        let _ = self.with_wine("timeout", &["30", "wineserver", "--kill"]).output();
    }

    fn with_wine(&self, program: &str, arguments: &[&str]) -> Process {
        let mut command = run::program(program, arguments);
        command.env("WINEPREFIX", &self.prefix).env("WINEDEBUG", "-all");
        // Neither .NET nor a browser is needed, and without this Wine asks in a window whether to install them.
        command.env("WINEDLLOVERRIDES", "mscoree,mshtml=").env_remove("DISPLAY");
        command
    }
}

/// A Linux path as a program under Wine names it: drive Z is the root.
fn seen_from_wine(path: &Path) -> OsString {
    let mut seen = OsString::from("Z:");
    seen.push(path);
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_on_drive_z_under_wine() {
        assert_eq!(seen_from_wine(Path::new("/srv/data")), "Z:/srv/data");
    }

    fn sources_below(folder: &Path) -> String {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .map(|path| match path.extension() {
                _ if path.is_dir() => sources_below(&path),
                Some(extension) if extension == "rs" => std::fs::read_to_string(path).unwrap(),
                _ => String::new(),
            })
            .collect()
    }

    #[test]
    fn what_is_left_to_linux_exists() {
        let sources = sources_below(&run::root().join("crates"));
        for name in LEFT_TO_LINUX {
            for part in name.split("::").filter(|part| !part.is_empty()) {
                let is_there = ["fn ", "mod "].iter().any(|kind| sources.contains(&format!("{kind}{part}")));
                assert!(is_there, "{name}");
            }
        }
    }

    #[test]
    fn neither_build_nor_test_is_refused_before_anything_is_installed() {
        assert!(run(&["tset".to_owned()]).is_err());
    }
}
