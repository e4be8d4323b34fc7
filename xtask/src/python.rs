//! The Python of the tests: a virtual environment below the target folder, with the readers and servers of others.
//!
//! Our files are read back by programs that share no code with ours; the report is used in a browser; uploads go to
//! servers that speak as S3 and Google's storage do, and Spark asks questions of what arrived. Everything is pinned, so
//! that a test never fails because of somebody else's new version.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{run, tools};

/// What the tests import: other people's readers of LZ4, MCAP and Parquet, the driver of a browser, servers that speak
/// as clouds do, and an engine for many machines.
const PACKAGES: &[&str] = &[
    "duckdb==2.0.0",
    "gcp-storage-emulator==2026.7.19",
    "lz4==4.4.5",
    "mcap==1.6.0",
    "moto[s3,server]==5.2.5",
    "pandas==3.1.1",
    "playwright==1.65.2",
    "pyarrow==26.0.1",
    "pyspark==4.3.0",
];

/// Shows that all of them can be used.
const IMPORTS: &str = "import duckdb, gcp_storage_emulator, lz4.frame, mcap.reader, moto.server, pandas, \
                       playwright.sync_api, pyarrow.parquet, pyspark";

/// Made once an environment is whole; holds the list of packages, so that a new list makes a new environment.
const MARK: &str = "packages.txt";

/// The Python of an environment with everything; makes it when it is not there.
///
/// # Errors
///
/// When no Python can make one, or the packages cannot be had.
pub(crate) fn ready() -> Result<PathBuf> {
    let folder = tools::folder()?.join("python");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let list = PACKAGES.join("\n");
    let is_made = std::fs::read_to_string(folder.join(MARK)).is_ok_and(|made| made == list);
    // A target folder that was moved, or a Python that was updated, leaves an environment that does not run.
    if is_made && imports(&python, IMPORTS) {
        return Ok(python);
    }
    make(&folder).context("cannot make a Python environment for the tests")?;
    let mut install =
        run::program(&python, &["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    run::quiet(install.args(PACKAGES)).context("cannot install the Python packages of the tests")?;
    std::fs::write(folder.join(MARK), list).context("cannot write below the target folder")?;
    Ok(python)
}

/// A Python that has at least the `lz4` module: the first on the path, else Debian's own, with `python3-lz4`.
pub(crate) fn with_lz4_only() -> Option<PathBuf> {
    let found = || {
        ["python3", "/usr/bin/python3"]
            .map(PathBuf::from)
            .into_iter()
            .find(|python| imports(python, "import lz4.frame"))
    };
    found().or_else(|| {
        tools::debian(&["python3-lz4"]).unwrap_or_else(|error| eprintln!("warning: {error:#}"));
        found()
    })
}

fn imports(python: &Path, what: &str) -> bool {
    run::succeeds(&python.to_string_lossy(), &["-c", what])
}

/// Makes an empty environment with the first Python that can. Debian's own can only with a package of its own.
fn make(folder: &Path) -> Result<()> {
    let path = folder.to_string_lossy();
    let make_by = |python: &str| run::quiet(&mut run::program(python, &["-m", "venv", "--clear", &path]));
    if ["python3", "/usr/bin/python3", "python"]
        .into_iter()
        .any(|python| can_make(python) && make_by(python).is_ok())
    {
        return Ok(());
    }
    tools::debian(&["python3", "python3-venv"])?;
    make_by("/usr/bin/python3")
}

/// Whether this Python brings `venv` and what fills it; asked first, because a failed attempt looks like an error.
fn can_make(python: &str) -> bool {
    run::succeeds(python, &["-c", "import venv, ensurepip"])
}
