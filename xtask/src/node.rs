//! The Node.js of the tests: Microsoft's own emulator of Azure Blob Storage, below the target folder.
//!
//! Pinned, as the Python packages are. Node and npm themselves come from the machine, or from Debian. Only tests of the
//! clouds need it; who has no Node loses those.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{run, tools};

/// The emulator, by its name in npm's registry.
const AZURITE: &str = "azurite@3.35.0";

/// What Node runs to serve blobs alone, below the folder in which the package is installed.
const MAIN: &str = "node_modules/azurite/dist/src/blob/main.js";

/// Made once the package is whole; holds its version, so that a new one is installed over the old.
const MARK: &str = "packages.txt";

/// npm under Windows is a script, which only its whole name starts.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Debian's packages with Node and npm.
pub(crate) const PACKAGES: &[&str] = &["nodejs", "npm"];

/// The emulator's main script, to be run by `node`; installs it when it is not there.
///
/// # Errors
///
/// Without Node or npm, or when the package cannot be had.
pub(crate) fn azurite() -> Result<PathBuf> {
    let folder = tools::folder()?.join("azurite");
    let main = folder.join(MAIN);
    let is_made = std::fs::read_to_string(folder.join(MARK)).is_ok_and(|made| made == AZURITE);
    if is_made && runs(&main) {
        return Ok(main);
    }
    if !is_there() {
        tools::debian(PACKAGES)?;
    }
    install(&folder).context("cannot install the emulator of Azure for the tests")?;
    if !runs(&main) {
        bail!("the emulator of Azure was installed but does not run: {}", main.display());
    }
    std::fs::write(folder.join(MARK), AZURITE).context("cannot write below the target folder")?;
    Ok(main)
}

/// Whether Node and npm can be started.
pub(crate) fn is_there() -> bool {
    ["node", NPM].iter().all(|program| run::succeeds(program, &["--version"]))
}

fn runs(main: &Path) -> bool {
    run::succeeds("node", &[&main.to_string_lossy(), "--version"])
}

fn install(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let path = folder.to_string_lossy();
    // Scripts of packages are not run: none of them is needed to serve blobs from memory.
    let arguments = [
        "install",
        "--prefix",
        &path,
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--silent",
        AZURITE,
    ];
    run::quiet(&mut run::program(NPM, &arguments))
}
