//! Reads a `.ld` file from its bytes.
//!
//! Between a file and whoever imports it: texts, channels, and samples as numbers. Every place and count in the file is
//! foreign; nothing is believed that the bytes do not bear out, nothing is copied, and a list that leaves the file or
//! bites its tail ends. Knows no session and resamples nothing.

use std::collections::BTreeSet;

use jiff::civil::DateTime;

use super::damage::{LdDamage, LdReadError};
use super::info;
use super::layout::{MARKER, entry, event, header, venue, width};
use super::sample::{SampleType, raw};
use super::text;

/// Channels that are read at most. Real loggers write a few hundred.
const CHANNELS_MOST: usize = 16_384;

/// Units that loggers write where others have the short name.
const UNITS: [&str; 34] = [
    "%", "C", "F", "K", "V", "A", "G", "g", "s", "ms", "min", "h", "m", "mm", "cm", "km", "deg", "rad",
    "rpm", "kPa", "bar", "Pa", "psi", "N", "Nm", "N.m", "l", "kg", "km/h", "kph", "m/s", "m/s/s", "deg/s",
    "rad/s",
];

/// The texts and numbers of the header; a text that is not there is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LdHeader {
    /// The date as the file has it, dd/mm/yyyy.
    pub date: String,
    /// The time of day as the file has it, HH:MM:SS.
    pub time: String,
    /// The driver.
    pub driver: String,
    /// The vehicle.
    pub vehicle: String,
    /// The venue.
    pub venue: String,
    /// The event.
    pub event: String,
    /// The session; of the event, or of the header without one.
    pub session: String,
    /// The short comment.
    pub short_comment: String,
    /// The long comment of the event.
    pub comment: String,
    /// The logger's type.
    pub device_type: String,
    /// The logger's serial number.
    pub device_serial: u32,
    /// The logger's version times 100.
    pub device_version: u16,
    /// The number of channels as the header has it; the list is what counts.
    pub channel_count: u16,
}

impl LdHeader {
    /// Date and time as such, when they are.
    #[must_use]
    pub fn started(&self) -> Option<DateTime> {
        info::parse_started(&self.date, &self.time)
    }
}

/// One channel of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LdChannelData {
    /// The name.
    pub name: String,
    /// The short name.
    pub short_name: String,
    /// The unit. Some loggers have it in the place of the short name; then it is here too.
    pub unit: String,
    /// Samples a second; 0 when the file says so.
    pub hz: u16,
    /// How samples are stored.
    pub sample_type: SampleType,
    /// The number of samples that are there.
    pub samples: u32,
    /// Added to a value before it is multiplied.
    pub shift: i16,
    /// Multiplies a value.
    pub mul: i16,
    /// Divides a raw number.
    pub scale: i16,
    /// Decimal places of a raw number.
    pub decimals: i16,
    data_at: usize,
}

impl LdChannelData {
    /// The time from the first sample to after the last, seconds; 0 without a rate.
    #[must_use]
    pub fn duration_s(&self) -> f64 {
        if self.hz == 0 { 0.0 } else { f64::from(self.samples) / f64::from(self.hz) }
    }

    /// The value that `raw` stands for: (raw / scale / 10^decimals + shift) * mul. A scale of 0 means that raw numbers
    /// are values.
    fn value(&self, raw: f64) -> f64 {
        if self.scale == 0 {
            return raw;
        }
        let value = raw / f64::from(self.scale);
        // Dividing by a power of ten rounds once, multiplying by a negative one twice.
        let power = 10_f64.powi(i32::from(self.decimals.unsigned_abs()));
        let value = if self.decimals < 0 { value * power } else { value / power };
        (value + f64::from(self.shift)) * f64::from(self.mul)
    }
}

/// A `.ld` file in memory.
#[derive(Clone, Debug)]
pub struct LdFile<'a> {
    bytes: &'a [u8],
    /// Texts and numbers of the header.
    pub header: LdHeader,
    /// The channels in the order of the list. Names may come twice.
    pub channels: Vec<LdChannelData>,
    /// What was wrong; empty for a whole file.
    pub damage: Vec<LdDamage>,
}

impl<'a> LdFile<'a> {
    /// Reads header and channels of the file that `bytes` is. Memory grows with the number of channels, of which there
    /// are at most 16,384; samples stay where they are.
    ///
    /// # Errors
    ///
    /// When the bytes do not begin as a `.ld` file does, or end before its channels. What is wrong later is
    /// [`damage`](Self::damage).
    pub fn read(bytes: &'a [u8]) -> Result<Self, LdReadError> {
        if u32_at(bytes, 0) != Some(MARKER) {
            let begins_with = bytes.get(..8).unwrap_or(bytes).escape_ascii().to_string();
            return Err(LdReadError::NotLd { begins_with });
        }
        if bytes.len() < header::LEN {
            return Err(LdReadError::Truncated { needed: header::LEN, got: bytes.len() });
        }
        let mut file = Self { bytes, header: read_header(bytes), channels: Vec::new(), damage: Vec::new() };
        file.read_channels();
        Ok(file)
    }

    /// The samples of `channel`, which is one of [`channels`](Self::channels), in the channel's unit. Foreign floats may
    /// be not finite.
    pub fn samples(&self, channel: &LdChannelData) -> impl ExactSizeIterator<Item = f64> + use<'a> {
        let width = usize::from(channel.sample_type.width());
        let length = width.saturating_mul(channel.samples.try_into().unwrap_or(0));
        let data = self.bytes.get(channel.data_at..).and_then(|data| data.get(..length)).unwrap_or_default();
        let channel = channel.clone();
        data.chunks_exact(width.max(1)).map(move |sample| channel.value(raw(channel.sample_type, sample)))
    }

    /// The time from the first sample to after the last of the longest channel, seconds.
    #[must_use]
    pub fn duration_s(&self) -> f64 {
        self.channels.iter().map(LdChannelData::duration_s).fold(0.0, f64::max)
    }

    fn read_channels(&mut self) {
        let mut seen = BTreeSet::new();
        // Samples of two channels are never the same bytes, so that all of them together fit into the file. Without
        // this a small file could claim its own size once for each channel.
        let mut left = self.bytes.len();
        let mut place = u32_at(self.bytes, header::CHANNELS_AT).unwrap_or(0);
        while place != 0 {
            if !seen.insert(place) {
                return self.damage.push(LdDamage::ListLoops { place });
            }
            if self.channels.len() >= CHANNELS_MOST {
                return self.damage.push(LdDamage::TooManyChannels { most: CHANNELS_MOST });
            }
            let at = usize::try_from(place).unwrap_or(usize::MAX);
            let Some(found) = self.bytes.get(at..).filter(|found| found.len() >= entry::LEAST) else {
                return self.damage.push(LdDamage::ListLeavesFile { place });
            };
            self.read_channel(found, &mut left);
            place = u32_at(found, entry::NEXT).unwrap_or(0);
        }
    }

    fn read_channel(&mut self, found: &[u8], left: &mut usize) {
        let mut channel = parse_entry(found);
        let expected = u32_at(found, entry::SAMPLES).unwrap_or(0);
        // Some loggers end the list with an entry that is no channel.
        if channel.name.is_empty() && expected == 0 {
            return;
        }
        let width = usize::from(channel.sample_type.width());
        let there = self.bytes.len().saturating_sub(channel.data_at).min(*left);
        let fitting = there.checked_div(width).unwrap_or(0);
        channel.samples = expected.min(u32::try_from(fitting).unwrap_or(u32::MAX));
        *left = left.saturating_sub(width.saturating_mul(channel.samples.try_into().unwrap_or(usize::MAX)));
        if let SampleType::Unknown { class, width } = channel.sample_type {
            self.damage.push(LdDamage::UnknownType { channel: channel.name.clone(), class, width });
        } else if channel.samples < expected {
            let (name, got) = (channel.name.clone(), channel.samples);
            self.damage.push(LdDamage::SamplesMissing { channel: name, expected, got });
        }
        self.channels.push(channel);
    }
}

fn read_header(bytes: &[u8]) -> LdHeader {
    let text = |at| text_at(bytes, at, width::TEXT);
    // Without an event the pointers below are 0, and the header's own texts stand.
    let event_at = usize::try_from(u32_at(bytes, header::EVENT_AT).unwrap_or(0)).unwrap_or(0);
    let of_event = |at: usize, width| match event_at {
        0 => String::new(),
        _ => text_at(bytes, event_at.saturating_add(at), width),
    };
    let session = of_event(event::SESSION, width::TEXT);
    LdHeader {
        date: text_at(bytes, header::DATE, width::DATE),
        time: text_at(bytes, header::TIME, width::DATE),
        driver: text(header::DRIVER),
        vehicle: text(header::VEHICLE),
        venue: or(text(header::VENUE), || venue_name(bytes, event_at)),
        event: of_event(0, width::TEXT),
        session: or(session, || text(header::SESSION)),
        short_comment: text(header::SHORT_COMMENT),
        comment: of_event(event::COMMENT, width::LONG_COMMENT),
        device_type: text_at(bytes, header::DEVICE_TYPE, width::DEVICE),
        device_serial: u32_at(bytes, header::DEVICE_SERIAL).unwrap_or(0),
        device_version: u16_at(bytes, header::DEVICE_VERSION).unwrap_or(0),
        channel_count: u16_at(bytes, header::CHANNEL_COUNT).unwrap_or(0),
    }
}

/// The name in the venue that the event at `event_at` points to; some loggers have it there alone.
fn venue_name(bytes: &[u8], event_at: usize) -> String {
    let at = match event_at {
        0 => 0,
        _ => u32_at(bytes, event_at.saturating_add(event::VENUE_AT)).unwrap_or(0),
    };
    match usize::try_from(at) {
        Ok(at) if at > 0 && at.saturating_add(venue::VEHICLE_AT) <= bytes.len() => {
            text_at(bytes, at, width::TEXT)
        }
        _ => String::new(),
    }
}

fn or(text: String, other: impl FnOnce() -> String) -> String {
    if text.is_empty() { other() } else { text }
}

fn parse_entry(found: &[u8]) -> LdChannelData {
    let number = |at| u16_at(found, at).unwrap_or(0);
    let signed = |at| number(at).cast_signed();
    let short_name = text_at(found, entry::SHORT_NAME, width::SHORT_NAME);
    let unit = text_at(found, entry::UNIT, width::UNIT);
    LdChannelData {
        name: text_at(found, entry::NAME, width::NAME),
        unit: if unit.is_empty() && UNITS.contains(&short_name.as_str()) { short_name.clone() } else { unit },
        short_name,
        hz: number(entry::HZ),
        sample_type: SampleType::of(number(entry::CLASS), number(entry::WIDTH)),
        samples: 0,
        shift: signed(entry::SHIFT),
        mul: signed(entry::MUL),
        scale: signed(entry::SCALE),
        decimals: signed(entry::DECIMALS),
        data_at: u32_at(found, entry::DATA_AT).and_then(|at| at.try_into().ok()).unwrap_or(usize::MAX),
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

fn text_at(bytes: &[u8], at: usize, width: usize) -> String {
    let field = bytes.get(at..).unwrap_or_default();
    text::get(field.get(..width).unwrap_or(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_is_found_where_some_loggers_put_it() {
        for (short_name, unit, expected) in
            [("Gnd Spd", "km/h", "km/h"), ("kPa", "", "kPa"), ("Gear", "", ""), ("%", "", "%")]
        {
            let mut entry_bytes = vec![0; entry::LEN];
            text::put(&mut entry_bytes[entry::SHORT_NAME..entry::UNIT], short_name);
            text::put(&mut entry_bytes[entry::UNIT..entry::RAW_MOST], unit);
            assert_eq!(parse_entry(&entry_bytes).unit, expected);
        }
    }

    #[test]
    fn raw_numbers_become_values_by_the_formula() {
        let mut bytes = vec![0; entry::LEN];
        for (at, value) in [(entry::SHIFT, 2), (entry::MUL, 6), (entry::SCALE, 10), (entry::DECIMALS, -1_i16)]
        {
            bytes[at..at + 2].copy_from_slice(&value.to_le_bytes());
        }
        let channel = parse_entry(&bytes);
        assert_eq!(channel.value(75.0), (75.0 / 10.0 * 10.0 + 2.0) * 6.0);
        assert_eq!(LdChannelData { scale: 0, ..channel }.value(75.0), 75.0);
    }
}
