//! How the bytes of a format come: over UDP, over TCP, or in shared memory.
//!
//! Only what the user wrote; sources are made of it elsewhere.

use std::net::IpAddr;
use std::time::Duration;

use crate::{Boundary, Framing, MAX_RECORD_SIZE};

use super::error::Mistakes;
use super::table::{Table, Text, Value, items, text_of};

/// How the bytes of a format come.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Transport {
    /// Each datagram is a message.
    Udp(Udp),
    /// A stream is cut into messages.
    Tcp(Tcp),
    /// The game keeps a frame in a named region.
    SharedMemory(SharedMemory),
}

/// A port to which datagrams come.
#[derive(Clone, Debug, PartialEq)]
pub struct Udp {
    /// The port, unless the user says another.
    pub port: u16,
    /// The group that the game sends to, when it sends to one.
    pub multicast: Option<IpAddr>,
    /// What a game is sent that only sends to who asks.
    pub ask: Option<Ask>,
}

/// What a game is sent so that it sends.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Where the game runs, unless the user says another place.
    pub host: String,
    /// The port that the game listens on.
    pub port: u16,
    /// What it is sent once, in this order, at the start.
    pub greeting: Vec<Vec<u8>>,
    /// What it is sent again and again, and how often.
    pub heartbeat: Option<(Vec<u8>, Duration)>,
}

/// A server to connect to.
#[derive(Clone, Debug, PartialEq)]
pub struct Tcp {
    /// Where it listens, as `127.0.0.1:50000`, unless the user says another place.
    pub connect: String,
    /// How messages follow each other.
    pub framing: Framing,
    /// What it is sent after connecting, in this order.
    pub greeting: Vec<Vec<u8>>,
}

/// A named region of memory.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedMemory {
    /// The name that the game gives it, without `Local\`.
    pub map: String,
    /// How often to look, in Hz; twice the game's rate misses nothing.
    pub hz: f64,
}

/// Reads the table `transport`, which names exactly one.
pub(super) fn read(table: &Table<'_>) -> Option<Transport> {
    let udp = table.table("udp").and_then(|table| read_udp(&table)).map(Transport::Udp);
    let tcp = table.table("tcp").and_then(|table| read_tcp(&table)).map(Transport::Tcp);
    let memory = table.table("shared_memory").and_then(|table| read_memory(&table));
    let memory = memory.map(Transport::SharedMemory);
    table.finish();
    let named = ["udp", "tcp", "shared_memory"].into_iter().filter(|key| table.has(key)).count();
    if named != 1 {
        table.mistakes.add(&table.span, "`transport` has exactly one of udp, tcp and shared_memory");
    }
    udp.or(tcp).or(memory)
}

fn read_udp(table: &Table<'_>) -> Option<Udp> {
    let port = read_port(table, "port");
    let multicast = table.text("multicast").and_then(|text| {
        let group = text.text.parse().ok().filter(IpAddr::is_multicast);
        if group.is_none() {
            let message = format!("`{}` is no multicast group: write an address as 224.0.0.150", text.text);
            table.mistakes.add(&text.span, message);
        }
        group
    });
    let asks = table.table("ask");
    let ask = asks.as_ref().and_then(read_ask);
    table.finish();
    Some(Udp { port: port?, multicast, ask })
}

fn read_port(table: &Table<'_>, key: &'static str) -> Option<u16> {
    table.required(key, "20777");
    table.integer(key, 1..=65_535).and_then(|port| u16::try_from(port).ok())
}

fn read_ask(table: &Table<'_>) -> Option<Ask> {
    let host = table.text("host").map_or_else(|| "127.0.0.1".to_owned(), |text| text.text.to_owned());
    let port = read_port(table, "port");
    let greeting = read_messages(table, "greeting");
    let message = table.get("message").and_then(|value| read_message(value, "`message`", table.mistakes));
    let every = table.number("every_s");
    if every.is_some_and(|every| !(0.01..=86_400.0).contains(&every)) {
        table
            .mistakes
            .add(&table.span, "`every_s` is the seconds from one message to the next, from 0.01 to 86400");
    }
    if message.is_some() != every.is_some() {
        table.mistakes.add(&table.span, "`message` is sent every `every_s` seconds: write both");
    }
    table.finish();
    let every = every.and_then(|every| Duration::try_from_secs_f64(every).ok());
    Some(Ask { host, port: port?, greeting, heartbeat: message.zip(every) })
}

fn read_messages(table: &Table<'_>, key: &'static str) -> Vec<Vec<u8>> {
    let Some(value) = table.get(key) else { return Vec::new() };
    let what = format!("each of `{key}`");
    items(value).filter_map(|item| read_message(item, &what, table.mistakes)).collect()
}

/// A message: its text, or `hex: 01 00 00 00`.
fn read_message(value: &Value<'_>, what: &str, mistakes: &Mistakes) -> Option<Vec<u8>> {
    let Text { text, span } = text_of(value, what, mistakes)?;
    let Some(digits) = text.strip_prefix("hex:") else { return Some(text.as_bytes().to_vec()) };
    let digits: Vec<u32> =
        digits.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16).unwrap_or(16)).collect();
    let pairs = digits.chunks(2);
    let byte = |pair: &[u32]| match pair {
        [high @ 0..16, low @ 0..16] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = pairs.map(byte).collect();
    if bytes.is_none() {
        mistakes.add(&span, "bytes are two hexadecimal digits each, as \"hex: 01 0a ff\"");
    }
    bytes
}

/// A message as it is written in the text.
pub(super) fn message_text(message: &[u8]) -> String {
    match std::str::from_utf8(message) {
        Ok(text) if !text.starts_with("hex:") && !text.contains(is_unreadable) => text.to_owned(),
        _ => message.iter().fold("hex:".to_owned(), |text, byte| format!("{text} {byte:02x}")),
    }
}

fn is_unreadable(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

fn read_tcp(table: &Table<'_>) -> Option<Tcp> {
    table.required("connect", "\"127.0.0.1:50000\"");
    table.required("frame", "{ length = \"u32\" }");
    let connect = table.text("connect").filter(|text| {
        let port = text.text.rsplit_once(':').filter(|(host, _)| !host.is_empty());
        let fits = port.is_some_and(|(_, port)| port.parse::<u16>().is_ok_and(|port| port > 0));
        if !fits {
            let message = format!("`{}` is no place to connect to: write HOST:PORT", text.text);
            table.mistakes.add(&text.span, message);
        }
        fits
    });
    let framing = table.table("frame").and_then(|table| read_framing(&table));
    let greeting = read_messages(table, "greeting");
    table.finish();
    Some(Tcp { connect: connect?.text.to_owned(), framing: framing?, greeting })
}

fn read_framing(table: &Table<'_>) -> Option<Framing> {
    let (length, delimiter) = (table.text("length"), table.get("delimiter"));
    let big_endian = super::field::read_endian(table).unwrap_or_default();
    let includes_itself = table.flag("includes_itself").unwrap_or_default();
    let offset = table.count("offset", 0, 65_535).unwrap_or_default();
    let max_message = table.count("max_message", 1, MAX_RECORD_SIZE).unwrap_or(Framing::MAX_MESSAGE);
    table.finish();
    let boundary = match (length, delimiter) {
        (Some(length), None) => {
            let bytes = read_length(&length, table.mistakes)?;
            Boundary::Length { bytes, big_endian, includes_itself, offset }
        }
        (None, Some(value)) => Boundary::Delimiter(read_delimiter(value, table.mistakes)?),
        _ => {
            let message =
                "`frame` says where messages end: write either length = \"u32\" or delimiter = \"\\n\"";
            table.mistakes.add(&table.span, message);
            return None;
        }
    };
    Some(Framing { boundary, max_message })
}

/// The bytes of the number before a message.
fn read_length(length: &Text<'_>, mistakes: &Mistakes) -> Option<u8> {
    match length.text {
        "u8" => Some(1),
        "u16" => Some(2),
        "u32" => Some(4),
        other => {
            let message = format!("a length is \"u8\", \"u16\" or \"u32\", not \"{other}\"");
            mistakes.add(&length.span, message);
            None
        }
    }
}

fn read_delimiter(value: &Value<'_>, mistakes: &Mistakes) -> Option<Vec<u8>> {
    let delimiter = read_message(value, "`delimiter`", mistakes)?;
    let fits = (1..=64).contains(&delimiter.len());
    if !fits {
        mistakes.add(&value.span(), "a delimiter has 1 to 64 bytes, as \"\\n\"");
    }
    fits.then_some(delimiter)
}

fn read_memory(table: &Table<'_>) -> Option<SharedMemory> {
    table.required("map", "\"acpmf_physics\"");
    let map = table.text("map").filter(|text| {
        let fits = !text.text.is_empty() && !text.text.contains(['/', '\\']);
        if !fits {
            table.mistakes.add(&text.span, "write the region's name without `Local\\`");
        }
        fits
    });
    let hz = table.number("hz").unwrap_or(100.0);
    if !(0.01..=10_000.0).contains(&hz) {
        table.mistakes.add(&table.span, "`hz` is how often to look, from 0.01 to 10000");
    }
    table.finish();
    Some(SharedMemory { map: map?.text.to_owned(), hz })
}
