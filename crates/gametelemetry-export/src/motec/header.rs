//! The bytes before the samples: header, event, venue, vehicle, and the list of channels.
//!
//! Below the writer; pure. The constants are those that Assetto Corsa Competizione writes, whose files i2 opens.

use super::channel::{Column, LdChannel};
use super::info::LdInfo;
use super::layout::{MARKER, entry, event, header, vehicle, venue, width};
use super::text;

/// Where the channel `number` has its entry.
pub(crate) fn entry_at(number: usize) -> u64 {
    (entry::FIRST_AT + number * entry::LEN) as u64
}

/// Everything up to the first channel's entry.
pub(crate) fn head(info: &LdInfo, channels: &[LdChannel]) -> Vec<u8> {
    let mut bytes = vec![0; entry::FIRST_AT];
    let out = &mut bytes;
    u32_at(out, 0, MARKER);
    u32_at(out, header::CHANNELS_AT, narrow(entry_at(0)));
    u32_at(out, header::DATA_AT, narrow(entry_at(channels.len())));
    u32_at(out, header::EVENT_AT, narrow(event::AT as u64));
    put_constants(out);
    let count = u16::try_from(channels.len()).unwrap_or(u16::MAX);
    let rates = || channels.iter().map(|channel| channel.hz);
    u16_at(out, header::CHANNEL_COUNT, count);
    u16_at(out, header::HZ_MOST, rates().max().unwrap_or(0));
    u16_at(out, header::HZ_LEAST, rates().min().unwrap_or(0));
    put_texts(out, info);
    u32_at(out, event::AT + event::VENUE_AT, narrow(venue::AT as u64));
    u32_at(out, venue::AT + venue::VEHICLE_AT, narrow(vehicle::AT as u64));
    bytes
}

/// The entry of the channel `number`, whose samples stand at `data_at` and are `column` so far.
pub(crate) fn channel_entry(
    channels: &[LdChannel],
    number: usize,
    name: &str,
    data_at: u64,
    column: &Column,
) -> Vec<u8> {
    let mut bytes = vec![0; entry::LEN];
    let Some(channel) = channels.get(number) else { return bytes };
    let out = &mut bytes;
    u32_at(out, entry::PREVIOUS, number.checked_sub(1).map_or(0, |previous| narrow(entry_at(previous))));
    u32_at(out, entry::NEXT, if number + 1 < channels.len() { narrow(entry_at(number + 1)) } else { 0 });
    u32_at(out, entry::DATA_AT, narrow(data_at));
    u32_at(out, entry::SAMPLES, column.samples);
    // Loggers number their channels from 12001 on; beyond 65535 nobody knows, and i2 is not known to ask.
    u16_at(out, entry::ID, u16::try_from(number).unwrap_or(0).wrapping_add(0x2ee1));
    let kind = channel.storage.sample_type();
    u16_at(out, entry::CLASS, kind.class());
    u16_at(out, entry::WIDTH, kind.width());
    u16_at(out, entry::HZ, channel.hz);
    u16_at(out, entry::SHIFT, 0);
    u16_at(out, entry::MUL, 1);
    u16_at(out, entry::SCALE, 1);
    u16_at(out, entry::DECIMALS, u16::from(channel.storage.decimals()));
    text_at(out, entry::NAME, width::NAME, name);
    text_at(out, entry::SHORT_NAME, width::SHORT_NAME, &channel.short_name);
    text_at(out, entry::UNIT, width::UNIT, &channel.unit);
    let (most, least) = column.extremes();
    put(out, entry::RAW_MOST, &most.to_le_bytes());
    put(out, entry::RAW_LEAST, &least.to_le_bytes());
    bytes
}

fn put_constants(out: &mut [u8]) {
    u16_at(out, header::CONSTANT_1, 2);
    u32_at(out, header::CONSTANT_1 + 2, 1_000_000);
    u32_at(out, header::DEVICE_SERIAL, 8004);
    text_at(out, header::DEVICE_TYPE, width::DEVICE, "ADL");
    u16_at(out, header::DEVICE_VERSION, 420);
    u16_at(out, header::CONSTANT_2, 0xadb0);
    u32_at(out, header::PRO_LOGGING, 0x000c_81a4);
    put(out, header::CONSTANT_3, &[0x63]);
    u32_at(out, event::AT + event::CONSTANT, 0x2c48);
}

fn put_texts(out: &mut [u8], info: &LdInfo) {
    text_at(out, header::DATE, width::DATE, &info.date());
    text_at(out, header::TIME, width::DATE, &info.time());
    for (at, text) in [
        (header::DRIVER, &info.driver),
        (header::VEHICLE, &info.vehicle),
        (header::VENUE, &info.venue),
        (header::SESSION, &info.session),
        (header::SHORT_COMMENT, &info.comment),
        (event::AT, &info.event),
        (event::AT + event::SESSION, &info.session),
        (venue::AT, &info.venue),
        (vehicle::AT, &info.vehicle),
    ] {
        text_at(out, at, width::TEXT, text);
    }
    text_at(out, event::AT + event::COMMENT, width::LONG_COMMENT, &info.comment);
}

/// The writer has made sure that every place is below 4 GiB.
fn narrow(place: u64) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn u16_at(out: &mut [u8], at: usize, value: u16) {
    put(out, at, &value.to_le_bytes());
}

fn u32_at(out: &mut [u8], at: usize, value: u32) {
    put(out, at, &value.to_le_bytes());
}

fn text_at(out: &mut [u8], at: usize, width: usize, value: &str) {
    if let Some(field) = out.get_mut(at..at + width) {
        text::put(field, value);
    }
}

fn put(out: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(field) = out.get_mut(at..at + bytes.len()) {
        field.copy_from_slice(bytes);
    }
}
