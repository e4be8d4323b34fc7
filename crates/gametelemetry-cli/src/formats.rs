//! Reads packet formats from files: the project's own language, and what EA SPORTS WRC writes beside its telemetry.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use gametelemetry::format::{MAX_TEXT, PacketFormat};
use gametelemetry_games::wrc;

/// What EA SPORTS WRC calls its list of values.
const WRC_CHANNELS: &str = "channels.json";

/// The format in `path`: a text in the format language, or the folder (or `channels.json`) of EA SPORTS WRC.
pub(crate) fn load(path: &Path) -> Result<PacketFormat> {
    if path.is_dir() {
        let channels = path.join(WRC_CHANNELS);
        return match channels.is_file() {
            true => load_wrc(&channels),
            false => bail!(
                "there is no packet format in this folder: give a .toml file, or the folder with the channels.json of \
                 EA SPORTS WRC: {}",
                path.display()
            ),
        };
    }
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        return load_wrc(path);
    }
    let text = read(path)?;
    PacketFormat::parse(&text).map_err(|errors| {
        let count = errors.errors.len();
        let mistakes = if count == 1 { "mistake" } else { "mistakes" };
        anyhow!("{count} {mistakes} in {}\n{errors}", path.display())
    })
}

fn load_wrc(channels: &Path) -> Result<PacketFormat> {
    let folder = channels.parent().unwrap_or(Path::new("."));
    let mut structures = Vec::new();
    // The game's own are beside its list, the user's own one folder up.
    for folder in [folder.to_owned(), folder.join("udp"), folder.join("../udp")] {
        for path in json_files(&folder) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_other = name == WRC_CHANNELS || name == "config.json";
            if !is_other && !structures.iter().any(|(known, _)| *known == name) {
                structures.push((name, read(&path)?));
            }
        }
    }
    let texts: Vec<(&str, &str)> =
        structures.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    wrc::described(&read(channels)?, &texts)
        .with_context(|| format!("cannot use the files of EA SPORTS WRC in {}", folder.display()))
}

/// The `.json` files in `folder`, sorted; none when there is no such folder.
fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    files.sort();
    files
}

/// The text of a file that is not too long to be a format.
fn read(path: &Path) -> Result<String> {
    let failed = || format!("cannot read the packet format {}", path.display());
    let length = fs::metadata(path).with_context(failed)?.len();
    if length > MAX_TEXT as u64 {
        bail!("a packet format has at most {MAX_TEXT} bytes, this file has {length}: {}", path.display());
    }
    let bytes = fs::read(path).with_context(failed)?;
    // Windows programs like to put a mark in front.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let line =
                bytes.get(..error.valid_up_to()).unwrap_or_default().split(|&byte| byte == b'\n').count();
            bail!("line {line} is no UTF-8 text; save the file as UTF-8: {}", path.display())
        }
    }
}
