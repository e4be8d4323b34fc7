//! Packet formats of a user's own making: the game describes its packets in JSON, and lets users write their own.
//!
//! Below `Documents/My Games/WRC/telemetry` the game keeps `readme/channels.json`, which has the type of every value
//! there is, and structures, which list the values of each packet: its own in `readme/udp`, the user's in `udp`. All
//! values are little-endian and follow each other without padding (EA's UDP Telemetry Guide, version 1.3). Reads the
//! texts of those files only; finding them is the caller's.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use gametelemetry::format::{MAX_TEXT, PacketFormat, Transport, Udp};
use gametelemetry::{
    ChannelMapping, Condition, Field, FieldKind, FrameSize, MAX_DATAGRAM, MAX_FIELDS, MAX_KINDS, MessageKind,
    Schema, SchemaError, nearest_word,
};

/// The file that lists the game's packets with their four-character codes.
const PACKETS_FILE: &str = "packets.json";

/// A description that is longer does not grow.
const MOST_DESCRIBED: usize = 1000;

/// The version of the files' own shape that is known.
const SCHEMA_VERSION: u32 = 1;

/// Why the game's files cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WrcError {
    /// A file that is longer than any that the game writes.
    #[error("the file has {got} bytes, at most {most} are allowed: {file}")]
    TooLong {
        /// The file.
        file: String,
        /// Its bytes.
        got: usize,
        /// Bytes allowed.
        most: usize,
    },
    /// A file that is no JSON, or not of the shape that EA documents.
    #[error("line {line}, column {column}: {message}: {file}")]
    Json {
        /// The file.
        file: String,
        /// Line, the first is 1.
        line: usize,
        /// Column, the first is 1.
        column: usize,
        /// What is wrong, and what to write.
        message: String,
    },
    /// The game has changed the shape of its files.
    #[error("the file is of version {got}, this program knows {known}: {file}")]
    Version {
        /// The file.
        file: String,
        /// The version stated.
        got: u32,
        /// The version known.
        known: u32,
    },
    /// No structure has a packet with a channel.
    #[error("no structure has a packet: give the game's readme/udp/wrc.json, or one of those in udp")]
    NoPackets,
    /// What the files describe is larger than a schema may be.
    #[error("what the files describe is too large")]
    TooLarge {
        /// What is too large.
        source: SchemaError,
    },
}

#[derive(Deserialize)]
struct Versions {
    #[serde(default)]
    schema: Option<u32>,
    #[serde(default)]
    data: Option<u32>,
}

#[derive(Deserialize)]
struct ChannelsFile {
    versions: Option<Versions>,
    channels: Vec<Channel>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    units: String,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
struct PacketsFile {
    packets: Vec<PacketCode>,
}

#[derive(Deserialize)]
struct PacketCode {
    id: String,
    #[serde(rename = "fourCC")]
    code: String,
}

#[derive(Deserialize)]
struct StructureFile {
    versions: Option<Versions>,
    id: String,
    #[serde(default)]
    header: Header,
    packets: Vec<Packet>,
}

#[derive(Default, Deserialize)]
struct Header {
    #[serde(default)]
    channels: Vec<String>,
}

#[derive(Deserialize)]
struct Packet {
    id: String,
    #[serde(default)]
    channels: Vec<String>,
}

/// A file's name and text.
#[derive(Clone, Copy)]
struct File<'t> {
    name: &'t str,
    text: &'t str,
}

/// The format that `channels.json` and some structures describe.
///
/// Each structure has its name and its text, as `("wrc.json", "{ … }")`. One that is called `packets.json` is the
/// game's list of packets: by its codes packets are told apart where they carry `packet_4cc`; others are told apart
/// by their size, `session_update` first. Packets without a channel are left out, since there is nothing in them.
///
/// # Errors
/// The first thing that is wrong with the files, with its place. What they describe is bounded as every [`Schema`] is.
pub fn described(channels_json: &str, structures: &[(&str, &str)]) -> Result<PacketFormat, WrcError> {
    let file = File { name: "channels.json", text: channels_json };
    let channels: ChannelsFile = file.read()?;
    file.check_version(channels.versions.as_ref())?;
    let is_list = |name: &str| name.rsplit(['/', '\\']).next() == Some(PACKETS_FILE);
    let files = || structures.iter().map(|&(name, text)| File { name, text });
    let codes = match files().find(|file| is_list(file.name)) {
        Some(file) => file.read::<PacketsFile>()?.packets,
        None => Vec::new(),
    };
    let structures: Vec<File<'_>> = files().filter(|file| !is_list(file.name)).collect();
    let known = channels.channels.iter().map(|channel| (channel.id.as_str(), channel)).collect();
    let mut kinds = Vec::new();
    for file in &structures {
        let structure: StructureFile = file.read()?;
        file.check_version(structure.versions.as_ref())?;
        for packet in &structure.packets {
            let fields = file.fields(&known, &structure.header.channels, packet)?;
            let several = structures.len() > 1;
            let name = if several { format!("{}.{}", structure.id, packet.id) } else { packet.id.clone() };
            kinds.extend(kind(name.replace('/', "_"), packet, fields, &codes));
            check_amount(&kinds)?;
        }
    }
    // What cannot be told apart by code or size is taken for what comes most often.
    kinds.sort_by_key(|kind| !kind.name.ends_with("session_update"));
    format(channels.versions.and_then(|versions| versions.data), merge(kinds))
}

fn format(version: Option<u32>, kinds: Vec<MessageKind>) -> Result<PacketFormat, WrcError> {
    if kinds.is_empty() {
        return Err(WrcError::NoPackets);
    }
    let mut schema = Schema::of_kinds(super::DESCRIBED_SCHEMA, kinds);
    schema.version = version.map_or_else(String::new, |version| version.to_string());
    "EA SPORTS WRC, readme/channels.json and the structures in udp".clone_into(&mut schema.reference);
    schema.check().map_err(|source| WrcError::TooLarge { source })?;
    let mut format = PacketFormat::new("wrc", schema);
    "EA SPORTS WRC".clone_into(&mut format.title);
    "in Documents/My Games/WRC/telemetry/config.json, set bEnabled of the packets to true"
        .clone_into(&mut format.enable);
    format.transport = Some(Transport::Udp(Udp { port: super::PORT, multicast: None, ask: None }));
    let has = |name: &str| format.schema.kinds.iter().any(|kind| kind.field(name).is_some());
    format.channels = CHANNELS.iter().filter(|channel| has(&channel.field)).cloned().collect();
    Ok(format)
}

/// Bytes that the texts of all packets together may have; a recording's header has no room for more.
const MAX_WORDS: usize = 8 << 20;

/// Stops before a hostile file fills the memory.
fn check_amount(kinds: &[MessageKind]) -> Result<(), WrcError> {
    let fields: usize = kinds.iter().map(|kind| kind.fields.len()).sum();
    let fields_of_all = kinds.iter().flat_map(|kind| &kind.fields);
    let words =
        fields_of_all.map(|field| field.name.len() + field.unit.len() + field.description.len()).sum();
    let source = if fields > MAX_FIELDS {
        SchemaError::TooManyFields { got: fields, most: MAX_FIELDS }
    } else if kinds.len() > MAX_KINDS {
        SchemaError::TooManyKinds { got: kinds.len(), most: MAX_KINDS }
    } else if words > MAX_WORDS {
        SchemaError::TooLong { got: words, most: MAX_WORDS }
    } else {
        return Ok(());
    };
    Err(WrcError::TooLarge { source })
}

/// Of kinds that nothing tells apart the first stays, and says which others it may be.
fn merge(kinds: Vec<MessageKind>) -> Vec<MessageKind> {
    let mut merged: Vec<MessageKind> = Vec::new();
    for kind in kinds {
        let same = |other: &&mut MessageKind| (&other.when, other.size) == (&kind.when, kind.size);
        match merged.iter_mut().find(same) {
            Some(other) if other.description.len() < MOST_DESCRIBED => {
                other
                    .description
                    .push_str(&format!("May be {} as well, which has the same length. ", kind.name));
            }
            Some(_) => {}
            None => merged.push(kind),
        }
    }
    merged
}

/// The kind that a packet is; `None` when it has no bytes.
fn kind(name: String, packet: &Packet, fields: Vec<Field>, codes: &[PacketCode]) -> Option<MessageKind> {
    let size = fields.last().map(Field::end).filter(|end| *end <= MAX_DATAGRAM.into())?;
    let size = u32::try_from(size).ok()?;
    let code = codes.iter().find(|code| code.id == packet.id).and_then(|code| {
        let bytes: [u8; 4] = code.code.as_bytes().try_into().ok()?;
        Some(u32::from_le_bytes(bytes))
    });
    let place = fields.iter().find(|field| field.name == "packet_4cc" && field.kind == FieldKind::Utf8);
    let when = place.zip(code).map(|(field, code)| Condition {
        offset: field.offset,
        kind: FieldKind::U32,
        big_endian: false,
        values: vec![code.into()],
    });
    let kind = MessageKind::new(name, FrameSize::Fixed(size));
    Some(MessageKind { fields, when: when.into_iter().collect(), ..kind })
}

impl File<'_> {
    fn read<'t, T: Deserialize<'t>>(&'t self) -> Result<T, WrcError> {
        if self.text.len() > MAX_TEXT {
            let (got, most) = (self.text.len(), MAX_TEXT);
            return Err(WrcError::TooLong { file: self.name.to_owned(), got, most });
        }
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(self.text);
        serde_json::from_str(text).map_err(|error| {
            let message = error.to_string();
            // The place is said in front.
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            WrcError::Json { file: self.name.to_owned(), line: error.line(), column: error.column(), message }
        })
    }

    fn check_version(&self, versions: Option<&Versions>) -> Result<(), WrcError> {
        match versions.and_then(|versions| versions.schema) {
            Some(got) if got != SCHEMA_VERSION => {
                Err(WrcError::Version { file: self.name.to_owned(), got, known: SCHEMA_VERSION })
            }
            _ => Ok(()),
        }
    }

    /// A mistake at the place where `word` stands in the file.
    fn mistake(&self, word: &str, message: String) -> WrcError {
        let at = self.text.find(&format!("\"{word}\"")).unwrap_or(0);
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        WrcError::Json { file: self.name.to_owned(), line, column, message }
    }

    /// The fields of a packet: those of the header, then its own.
    fn fields(
        &self,
        channels: &BTreeMap<&str, &Channel>,
        header: &[String],
        packet: &Packet,
    ) -> Result<Vec<Field>, WrcError> {
        let got = header.len() + packet.channels.len();
        if got > MAX_FIELDS {
            return Err(WrcError::TooLarge { source: SchemaError::TooManyFields { got, most: MAX_FIELDS } });
        }
        let mut fields: Vec<Field> = Vec::with_capacity(got);
        let mut seen = HashSet::new();
        let mut words = 0;
        for id in header.iter().chain(&packet.channels) {
            if !seen.insert(id) {
                return Err(self.mistake(id, format!("packet `{}` has channel `{id}` twice", packet.id)));
            }
            words += channels
                .get(id.as_str())
                .map_or(0, |channel| channel.description.len() + channel.units.len());
            if words > MAX_WORDS {
                return Err(WrcError::TooLarge {
                    source: SchemaError::TooLong { got: words, most: MAX_WORDS },
                });
            }
            let offset = fields.last().map_or(0, |field| field.offset + field.kind.size() * field.count);
            fields.push(Field { offset, ..self.field(id, channels)? });
        }
        Ok(fields)
    }

    /// The field that the channel `id` is, at no place yet.
    fn field(&self, id: &str, channels: &BTreeMap<&str, &Channel>) -> Result<Field, WrcError> {
        let Some(channel) = channels.get(id) else {
            let guess = nearest_word(id, channels.keys().copied())
                .map_or_else(String::new, |known| format!(", did you mean `{known}`?"));
            return Err(self.mistake(id, format!("channels.json has no channel `{id}`{guess}")));
        };
        let Some((kind, count)) = kind_of(&channel.kind) else {
            let message =
                format!("channel `{id}` has the type `{}` in channels.json, which is unknown", channel.kind);
            return Err(self.mistake(id, message));
        };
        let (unit, description) = (channel.units.clone(), channel.description.clone());
        // The only text is a packet's code of four letters.
        let personal = kind.is_text().then_some(false);
        Ok(Field { name: id.to_owned(), kind, count, unit, description, personal, ..Field::default() })
    }
}

/// What is known of a recording by the game's descriptions that says nothing of persons itself: its text names none.
pub(super) fn known_schema() -> Schema {
    let code = Field { name: "packet_4cc".to_owned(), kind: FieldKind::Utf8, count: 4, ..Field::default() };
    let mut schema = Schema::of_kinds(super::DESCRIBED_SCHEMA, Vec::new());
    schema.fields.push(code);
    schema
}

/// What EA calls the types, in the guide's chapter Channel Types.
fn kind_of(name: &str) -> Option<(FieldKind, u32)> {
    let kind = match name {
        "boolean" => FieldKind::Bool8,
        "uint8" => FieldKind::U8,
        "int8" => FieldKind::I8,
        "uint16" => FieldKind::U16,
        "int16" => FieldKind::I16,
        "uint32" => FieldKind::U32,
        "int32" => FieldKind::I32,
        "uint64" => FieldKind::U64,
        "int64" => FieldKind::I64,
        "float32" => FieldKind::F32,
        "float64" => FieldKind::F64,
        "fourcc" => return Some((FieldKind::Utf8, 4)),
        _ => return None,
    };
    Some((kind, 1))
}

const fn of(channel: &'static str, id: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, "packets", id)
}

/// EA's channels that are ours too. `bl` is the rear left wheel.
const CHANNELS: &[ChannelMapping] = &[
    of("speed", "vehicle_speed"),
    of("throttle", "vehicle_throttle"),
    of("brake", "vehicle_brake"),
    of("clutch", "vehicle_clutch"),
    of("handbrake", "vehicle_handbrake"),
    of("steer_ratio", "vehicle_steering"),
    // 0 is neutral, 10 is reverse.
    of("gear", "vehicle_gear_index").instead(10.0, -1.0),
    of("engine_rpm", "vehicle_engine_rpm_current"),
    of("engine_rpm_max", "vehicle_engine_rpm_max"),
    of("lap_time", "stage_current_time"),
    of("split_time", "stage_previous_split_time"),
    // The official time, penalties not included; 0 until the stage is finished.
    of("last_lap_time", "stage_result_time").missing(0.0),
    of("track_length", "stage_length"),
    of("point_to_point", "stage_length").scale(0.0).offset(1.0),
    // By the game's own numbers, which its readme/ids.json names.
    of("track", "route_id"),
    of("car", "vehicle_id"),
    of("lap_distance", "stage_current_distance"),
    of("lap_position", "stage_progress"),
    of("position_x", "vehicle_position_x"),
    of("position_y", "vehicle_position_y"),
    of("position_z", "vehicle_position_z"),
    of("velocity_x", "vehicle_velocity_x"),
    of("velocity_y", "vehicle_velocity_y"),
    of("velocity_z", "vehicle_velocity_z"),
    of("brake_temperature_fl", "vehicle_brake_temperature_fl"),
    of("brake_temperature_fr", "vehicle_brake_temperature_fr"),
    of("brake_temperature_rl", "vehicle_brake_temperature_bl"),
    of("brake_temperature_rr", "vehicle_brake_temperature_br"),
    of("wheel_rim_speed_fl", "vehicle_cp_forward_speed_fl"),
    of("wheel_rim_speed_fr", "vehicle_cp_forward_speed_fr"),
    of("wheel_rim_speed_rl", "vehicle_cp_forward_speed_bl"),
    of("wheel_rim_speed_rr", "vehicle_cp_forward_speed_br"),
];
