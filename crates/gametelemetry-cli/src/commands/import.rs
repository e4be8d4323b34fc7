//! `import`: turns a game's own file into a session; what kind of file it is, its first bytes say.

use std::fs::File;
use std::hash::Hasher as _;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use gametelemetry::Timestamp;
use twox_hash::XxHash64;

use super::{Outcome, import_dat, import_ibt, import_ld};
use crate::args::Import;
use crate::output;

/// First bytes of a `.dat` with a head, and of one without (an LZ4 frame).
const DAT_STARTS: [&[u8]; 2] = [b"GDT\0", &[0x04, 0x22, 0x4d, 0x18]];
/// First bytes of our own files.
const GTEL_START: &[u8] = &[0x50, 0x2a, 0x4d, 0x18];

pub(crate) fn run(args: &Import) -> Result<Outcome> {
    let imported =
        import(&args.file, &args.out).with_context(|| format!("cannot import {}", args.file.display()))?;
    for notice in &imported.notices {
        output::say(format_args!("note: {notice}"));
    }
    let mut out = output::stdout();
    writeln!(out, "{}", imported.folder.display())?;
    out.flush()?;
    Ok(Outcome::lost_if(imported.lost_data))
}

/// What an import made.
pub(crate) struct Imported {
    pub(crate) folder: PathBuf,
    /// What the user should know.
    pub(crate) notices: Vec<String>,
    /// Something of the file could not be kept.
    pub(crate) lost_data: bool,
}

/// Names the session of an imported file: the same file gives the same name, another one that began in the same second,
/// as everybody's of one race, another.
pub(crate) fn session_id(kind: &str, path: &Path, started: Timestamp) -> Result<String> {
    let (mut file, mut hash, mut piece) = (File::open(path)?, XxHash64::with_seed(0), vec![0; 1 << 16]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(format!("{kind}-{}-{:016x}", started.ticks(), hash.finish())),
            read => hash.write(piece.get(..read).unwrap_or_default()),
        }
    }
}

fn import(path: &Path, out: &Path) -> Result<Imported> {
    if path.is_dir() {
        bail!("this is a folder, name a file in it");
    }
    let mut file = File::open(path).context("cannot open the file, check the path")?;
    let mut start = Vec::new();
    (&mut file).take(8).read_to_end(&mut start)?;
    if start.is_empty() {
        bail!("the file is empty");
    }
    if start.starts_with(GTEL_START) {
        bail!("this is a session file already; read it with `gametelemetry info` or `cat`");
    }
    if DAT_STARTS.iter().any(|magic| start.starts_with(magic)) {
        return import_dat::import(path, out);
    }
    if import_ld::looks_like(&start) {
        return import_ld::import(path, out);
    }
    let has_extension = |wanted| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(wanted));
    // Everything but .ibt is known by its first bytes; a .dat that is not is damaged at its start.
    if has_extension("dat") {
        bail!("this .dat starts neither with GDT nor with an LZ4 frame: its beginning is missing or damaged");
    }
    if !has_extension("ibt") && !import_ibt::looks_like(&start) {
        bail!(
            "this kind of file is not known; .ibt of iRacing, .ld of MoTeC and .dat of the .NET implementation are imported"
        );
    }
    import_ibt::import(path, out)
}
