//! The few values of iRacing's session information that are shown: track, car, driver, sectors.
//!
//! The session information is nearly YAML: unquoted names may start with any character, contain quotes or line
//! breaks, and be in either of two encodings, so a YAML parser stops at it. This scanner reads line by line, takes
//! what it knows and passes over the rest; it cannot fail. The raw bytes are kept by the importer. Files cut by
//! other tools may have a second document in front; the section names are what counts.

use super::text::decode;

/// No circuit has more timed sectors; a damaged text cannot make the list longer.
const MAX_SECTORS: usize = 256;

/// What the session information says about the drive; each value is `None` where it is absent or empty.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SessionInfo {
    /// The track's name as shown to the driver.
    pub track: Option<String>,
    /// The layout of the track.
    pub track_config: Option<String>,
    /// The length of a lap, in metres; `LapDist` and `LapDistPct` agree with it.
    pub track_length_m: Option<f64>,
    /// The kind of event, as `Race` or `Test`.
    pub event: Option<String>,
    /// The recorded car's name.
    pub car: Option<String>,
    /// The recorded driver's name.
    pub driver: Option<String>,
    /// The name of the setup file.
    pub setup: Option<String>,
    /// The build of the game, as `2025.11.18.02`.
    pub build_version: Option<String>,
    /// Where each timed sector starts, as a share of the lap from 0 to 1; the first is 0.
    pub sector_starts: Vec<f64>,
}

/// One line that is `key: value`.
struct Entry {
    section: String,
    starts_item: bool,
    key: String,
    value: String,
}

impl SessionInfo {
    /// Takes what is known from `raw`, whatever it holds.
    #[must_use]
    pub fn scan(raw: &[u8]) -> Self {
        let entries = entries(raw);
        let find = |section: &str, key: &str| {
            let mut found = entries.iter().filter(|entry| entry.section == section && entry.key == key);
            found.find(|entry| !entry.value.is_empty()).map(|entry| entry.value.clone())
        };
        let (driver, car) = recorded_driver(&entries);
        Self {
            track: find("WeekendInfo", "TrackDisplayName"),
            track_config: find("WeekendInfo", "TrackConfigName"),
            track_length_m: find("WeekendInfo", "TrackLength").and_then(|length| metres(&length)),
            event: find("WeekendInfo", "EventType"),
            car,
            driver,
            setup: find("DriverInfo", "DriverSetupName"),
            build_version: find("WeekendInfo", "BuildVersion"),
            sector_starts: sector_starts(&entries),
        }
    }
}

/// Only sections that are used are kept: camera and radio lists are most of the text.
fn entries(raw: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut section = String::new();
    for line in raw.split(|&byte| byte == b'\n') {
        let line = decode(line);
        let Some((key, value)) = line.split_once(':') else { continue };
        if !key.starts_with([' ', '-', '\t']) {
            key.trim().clone_into(&mut section);
            continue;
        }
        let key = key.trim();
        let item = key.strip_prefix('-');
        if matches!(section.as_str(), "WeekendInfo" | "DriverInfo" | "SplitTimeInfo") {
            entries.push(Entry {
                section: section.clone(),
                starts_item: item.is_some(),
                key: item.unwrap_or(key).trim().to_owned(),
                value: unquoted(value),
            });
        }
    }
    entries
}

/// iRacing quotes some values (`CarNumber: "299"`); a quote on one side only belongs to the value.
fn unquoted(value: &str) -> String {
    let value = value.trim();
    let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    inner.unwrap_or(value).to_owned()
}

/// Name and car of the driver whose `CarIdx` is `DriverCarIdx`.
fn recorded_driver(entries: &[Entry]) -> (Option<String>, Option<String>) {
    let in_section = || entries.iter().filter(|entry| entry.section == "DriverInfo");
    let Some(recorded) = in_section().find(|entry| entry.key == "DriverCarIdx") else { return (None, None) };
    let is_start =
        |entry: &&Entry| entry.starts_item && entry.key == "CarIdx" && entry.value == recorded.value;
    let mut lines = in_section().skip_while(|entry| !is_start(entry));
    let Some(_start) = lines.next() else { return (None, None) };
    let lines: Vec<&Entry> = lines.take_while(|entry| !entry.starts_item).collect();
    let find = |key: &str| {
        let entry = lines.iter().find(|entry| entry.key == key && !entry.value.is_empty());
        entry.map(|entry| entry.value.clone())
    };
    (find("UserName"), find("CarScreenName"))
}

fn sector_starts(entries: &[Entry]) -> Vec<f64> {
    let starts =
        entries.iter().filter(|entry| entry.section == "SplitTimeInfo" && entry.key == "SectorStartPct");
    let shares =
        starts.filter_map(|entry| entry.value.parse().ok()).filter(|share| (0.0..1.0).contains(share));
    shares.take(MAX_SECTORS).collect()
}

/// A length as `5.7938 km`, in metres.
fn metres(length: &str) -> Option<f64> {
    let (number, unit) = length.split_once(' ')?;
    let number: f64 = number.parse().ok()?;
    let scale = match unit.trim() {
        "km" => 1000.0,
        "mi" => 1609.344,
        "m" => 1.0,
        _ => return None,
    };
    (number.is_finite() && number > 0.0).then_some(number * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driver_of(name: &[u8]) -> Option<String> {
        let before =
            b"DriverInfo:\n DriverCarIdx: 7\n Drivers:\n - CarIdx: 1\n   UserName: Other\n - CarIdx: 7\n";
        let text =
            [before, b"   UserName: ".as_slice(), name, b"\n   CarScreenName: Car\n - CarIdx: 8\n"].concat();
        let info = SessionInfo::scan(&text);
        assert_eq!(info.car.as_deref(), Some("Car"));
        info.driver
    }

    #[test]
    fn odd_names_of_real_drivers_are_read() {
        let cases: [(&[u8], &str); 7] = [
            (b"Jos\xe9 M\xfcller", "José Müller"),
            ("José Müller".as_bytes(), "José Müller"),
            (b"-=[ Fast ]=-", "-=[ Fast ]=-"),
            (b"#1 Racer: the 2nd", "#1 Racer: the 2nd"),
            (b"The \"Boss\" Smith", "The \"Boss\" Smith"),
            (b"\"Quoted\"", "Quoted"),
            (b"broken\n line", "broken"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(driver_of(bytes).as_deref(), Some(expected));
        }
        assert_eq!(driver_of(b""), None);
    }

    #[test]
    fn a_document_in_front_is_passed_over() {
        let text = b"---\nTool:\n TrackDisplayName: no\n---\nWeekendInfo:\n TrackDisplayName: \n TrackDisplayName: Spa\n \
            TrackLength: 6.93 km\nSplitTimeInfo:\n Sectors:\n - SectorNum: 0\n   SectorStartPct: 0.000000\n - \
            SectorNum: 1\n   SectorStartPct: 0.5\n - SectorNum: 2\n   SectorStartPct: nan\n...\n\0\0";
        let info = SessionInfo::scan(text);
        assert_eq!(info.track.as_deref(), Some("Spa"));
        assert_eq!(info.track_length_m, Some(6930.0));
        assert_eq!(info.sector_starts, [0.0, 0.5]);
    }

    #[test]
    fn nothing_is_a_session_information_too() {
        for text in [b"".as_slice(), b"\0\0\0", b":::\n:\n -:\n", b"DriverInfo:\n DriverCarIdx: 3\n"] {
            assert_eq!(SessionInfo::scan(text), SessionInfo::default());
        }
    }
}
