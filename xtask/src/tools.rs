//! Getting the programs that the chores need and Rust does not bring.
//!
//! Debian's packages are installed when this user may; everything else goes below the target folder, so that
//! `cargo clean` removes it. What cannot be installed is said in words that tell what to do.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{node, run};

/// What `cargo xtask windows` needs: a compiler whose package has the library's source, a linker, and Wine.
pub(crate) const FOR_WINDOWS: &[&str] =
    &["rustc-web", "cargo-web", "rust-web-src", "gcc-mingw-w64-x86-64", "wine", "wine64"];

/// What the tests call beside Rust and Python, as Debian's packages: somebody else's LZ4, a browser for the report, Java
/// for Spark, and Node for the emulator of Azure. Only those whose program is not here already, from wherever it came.
pub(crate) fn missing_for_tests() -> Vec<&'static str> {
    let mut packages = Vec::new();
    for (package, is_there) in [
        ("lz4", run::succeeds("lz4", &["--version"])),
        ("chromium", chromium().is_some()),
        ("default-jre-headless", run::succeeds("java", &["-version"])),
    ] {
        packages.extend((!is_there).then_some(package));
    }
    if !node::is_there() {
        packages.extend(node::PACKAGES);
    }
    packages
}

/// Installs those of Debian's packages that are missing.
///
/// # Errors
///
/// On another system, without the right to install, or when the installation fails: says what is missing.
pub(crate) fn debian(packages: &[&str]) -> Result<()> {
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !run::succeeds("apt-get", &["--version"]) {
        bail!("not a Debian system; install what these packages have there: {list}");
    }
    let Some(sudo) = privilege() else {
        bail!("neither root nor passwordless sudo; install them yourself: sudo apt-get install {list}");
    };
    // An old list is often good enough, so a failed update is not the end.
    if let Err(error) = run::quiet(&mut apt(sudo, &["update"])) {
        eprintln!("warning: {error:#}");
    }
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(&missing);
    run::quiet(&mut apt(sudo, &install)).with_context(|| format!("cannot install {list}"))
}

/// A Chromium, under the name by which it can be started: the one that `GAMETELEMETRY_CHROMIUM` names, or the first
/// on the path.
pub(crate) fn chromium() -> Option<String> {
    let named = std::env::var("GAMETELEMETRY_CHROMIUM").ok();
    let usual = ["chromium", "chromium-browser", "google-chrome"].map(str::to_owned);
    named.into_iter().chain(usual).find(|program| run::succeeds(program, &["--version"]))
}

/// Where tools of our own are installed: `target/tools`.
pub(crate) fn folder() -> Result<PathBuf> {
    Ok(run::target_folder()?.join("tools"))
}

/// Has `cargo NAME` ready, from the path or from `target/tools`, and returns the `PATH` that finds it.
pub(crate) fn cargo_subcommand(name: &str) -> Result<std::ffi::OsString> {
    let folder = folder()?;
    let path = path_with(&folder.join("bin"))?;
    let found = run::cargo(&[name, "--version"]).env("PATH", &path).output();
    if !found.is_ok_and(|output| output.status.success()) {
        let root = folder.to_string_lossy();
        run::quiet(&mut run::cargo(&["install", "--locked", "--root", &root, &format!("cargo-{name}")]))?;
    }
    Ok(path)
}

/// The `PATH` with one more folder in front.
pub(crate) fn path_with(first: &std::path::Path) -> Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(first.to_path_buf()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).context("a folder on the path has a separator in its name")
}

fn is_installed(package: &str) -> bool {
    let query = Command::new("dpkg-query").args(["-W", "-f=${Status}", package]).output();
    query.is_ok_and(|output| output.stdout == b"install ok installed")
}

/// What to put before `apt-get`: nothing for root, `sudo` for those who need no password; `None` for others.
fn privilege() -> Option<Option<&'static str>> {
    let user = Command::new("id").arg("-u").output().ok()?;
    if user.stdout.trim_ascii() == b"0" {
        return Some(None);
    }
    run::succeeds("sudo", &["-n", "true"]).then_some(Some("sudo"))
}

fn apt(sudo: Option<&str>, arguments: &[&str]) -> Command {
    let mut words: Vec<&str> = sudo.into_iter().collect();
    // `env` and not our own environment: sudo does not hand it on.
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]);
    words.extend(arguments);
    let (first, rest) = words.split_first().map_or(("apt-get", &[][..]), |(first, rest)| (*first, rest));
    run::program(first, rest)
}
