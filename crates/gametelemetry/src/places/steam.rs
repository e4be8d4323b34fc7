//! Where Steam is, and where its libraries are.
//!
//! Every library has `steamapps/common` with the games, and under Linux `steamapps/compatdata` with a made-up Windows
//! for each game that runs under Proton. Which libraries there are stands in `libraryfolders.vdf`.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::vdf::parse_vdf;

/// The largest `libraryfolders.vdf` that is read; real ones have some kilobytes.
const MAX_FILE: u64 = 4 << 20;
/// The most entries of a folder that are looked at.
const MAX_ENTRIES: usize = 1000;

/// The libraries of the Steam in `root`: the root itself, and those that its list names and that are there.
pub(super) fn libraries(root: &Path) -> Vec<PathBuf> {
    let mut libraries = vec![root.to_owned()];
    for list in ["steamapps/libraryfolders.vdf", "config/libraryfolders.vdf"] {
        libraries.extend(listed(&root.join(list)));
    }
    libraries.retain(|library| library.join("steamapps").is_dir());
    libraries
}

/// The paths in a list of libraries; none when it cannot be read.
fn listed(list: &Path) -> Vec<PathBuf> {
    let mut bytes = Vec::new();
    let read = File::open(list).and_then(|file| file.take(MAX_FILE).read_to_end(&mut bytes));
    if read.is_err() {
        return Vec::new();
    }
    let parsed = match parse_vdf(&String::from_utf8_lossy(&bytes)) {
        Ok(parsed) => parsed,
        Err(error) => {
            tracing::warn!(path = %list.display(), %error, "Steam's list of libraries is not understood");
            return Vec::new();
        }
    };
    let libraries = parsed.get("libraryfolders").map(super::VdfValue::keys).unwrap_or_default();
    // Until 2021 the value was the path itself, beside other texts with names that are no numbers.
    let path = |(key, value): &(String, super::VdfValue)| {
        key.parse::<u32>().ok()?;
        value.get("path").and_then(super::VdfValue::text).or(value.text()).map(PathBuf::from)
    };
    libraries.iter().filter_map(path).filter(|path| path.is_absolute()).collect()
}

/// Whether the game `app` is installed in `library`.
pub(super) fn has_app(library: &Path, app: u32) -> bool {
    library.join(format!("steamapps/appmanifest_{app}.acf")).is_file()
}

/// The made-up drive C of every game of `library` that ran under Proton, with the game's number.
pub(super) fn proton_drives(library: &Path) -> Vec<(u32, PathBuf)> {
    let drive = |folder: PathBuf| {
        let app = folder.file_name()?.to_str()?.parse().ok()?;
        let drive = folder.join("pfx/drive_c");
        drive.is_dir().then_some((app, drive))
    };
    folders_in(&library.join("steamapps/compatdata")).into_iter().filter_map(drive).collect()
}

/// The folders in `path`, sorted; none when it is not there.
pub(super) fn folders_in(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten().take(MAX_ENTRIES);
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}
