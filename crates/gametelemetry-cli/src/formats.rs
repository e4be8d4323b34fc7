//! Reads packet formats from files: the project's own language, and what EA SPORTS WRC writes beside its telemetry.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use gametelemetry::format::{MAX_TEXT, PacketFormat, Transport};
use gametelemetry_games::wrc;

/// What EA SPORTS WRC calls its list of values.
const WRC_CHANNELS: &str = "channels.json";
/// The folder in its `telemetry` folder in which that list is.
const WRC_README: &str = "readme";
/// What it calls what the player set.
const WRC_CONFIG: &str = "config.json";

/// The format in `path`: a text in the format language, or the `telemetry` folder of EA SPORTS WRC (or one of those in
/// it, or its `channels.json` or `config.json`).
pub(crate) fn load(path: &Path) -> Result<PacketFormat> {
    let is_config = path.file_name().is_some_and(|name| name.eq_ignore_ascii_case(WRC_CONFIG));
    let folder = if is_config { path.parent().unwrap_or(Path::new("")) } else { path };
    if is_config || path.is_dir() {
        let places = [folder.join(WRC_CHANNELS), folder.join(WRC_README).join(WRC_CHANNELS)];
        return match places.iter().find(|channels| channels.is_file()) {
            Some(channels) => load_wrc(channels),
            None => bail!(
                "there is no packet format in this folder: give a .toml file, or the telemetry folder of EA SPORTS WRC, \
                 with readme/channels.json in it: {}",
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
            let is_other = name == WRC_CHANNELS || name == WRC_CONFIG;
            if !is_other && !structures.iter().any(|(known, _)| *known == name) {
                structures.push((name, read(&path)?));
            }
        }
    }
    let texts: Vec<(&str, &str)> =
        structures.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let failed = || format!("cannot use the files of EA SPORTS WRC in {}", folder.display());
    let mut format = wrc::described(&read(channels)?, &texts).with_context(failed)?;
    if let (Some(port), Some(Transport::Udp(udp))) = (wrc_port(folder)?, &mut format.transport) {
        udp.port = port;
    }
    Ok(format)
}

/// The port that the player set, in the `telemetry` folder around `readme`; `None` when nothing is set there.
fn wrc_port(readme: &Path) -> Result<Option<u16>> {
    let beside = |folder: PathBuf| Some(folder.join(WRC_CONFIG)).filter(|config| config.is_file());
    let Some(config) = beside(readme.join("..")).or_else(|| beside(readme.to_owned())) else {
        return Ok(None);
    };
    wrc::configured_port(&read(&config)?).with_context(|| format!("cannot use {}", config.display()))
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
