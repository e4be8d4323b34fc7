//! Sessions made by hand for the exports, and what every test of an export needs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gametelemetry::{
    BinarySessionWriter, ChannelMapping, ExportError, ExportOptions, ExportSummary, Field, FieldKind,
    FrameSize, Header, Lap, LapKind, Laps, Ledger, MessageKind, Schema, SessionPart, SessionWriter,
    Timestamp, WriterOptions, export,
};

/// What no reader of a text may stumble over.
pub(crate) const HOSTILE: &str = "=cmd|' /C calc'!A0,\"quoted\";\nnew line\tÜber 日本 🏁";

/// When the sessions begin.
pub(crate) fn at(milliseconds: i64) -> Timestamp {
    let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    Timestamp::from_ticks(start.ticks() + milliseconds * 10_000)
}

/// A folder that is removed in the end.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn field(name: &str, kind: FieldKind, offset: u32, count: u32, unit: &str) -> Field {
    Field { name: name.into(), kind, offset, count, unit: unit.into(), ..Field::default() }
}

/// One frame of `physics`, as the session has it at `step`, which is 10 ms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Physics {
    pub(crate) speed_kmh: f32,
    pub(crate) gear: i32,
    pub(crate) heading_rad: f32,
    pub(crate) lap_time_s: f32,
    pub(crate) latitude_deg: f64,
    pub(crate) slip: [f32; 4],
}

impl Physics {
    pub(crate) fn at(step: i32) -> Self {
        let time = step as f32 / 100.0;
        Self {
            // Every now and then the game does not know it.
            speed_kmh: if step % 97 == 96 { f32::NAN } else { 150.0 + 50.0 * (time / 3.0).sin() },
            gear: 1 + (step / 130) % 7,
            heading_rad: (time / 2.0).rem_euclid(std::f32::consts::TAU) - std::f32::consts::PI,
            lap_time_s: (time - 5.0).rem_euclid(20.0),
            latitude_deg: 50.0 + f64::from(step) * 1e-7,
            slip: [0.1, 0.2, time, -time],
        }
    }

    fn bytes(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for value in [self.speed_kmh, self.heading_rad, self.lap_time_s] {
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend(self.gear.to_le_bytes());
        bytes.extend(self.latitude_deg.to_le_bytes());
        self.slip.iter().for_each(|slip| bytes.extend(slip.to_le_bytes()));
        bytes
    }
}

/// The longitude never changes.
pub(crate) const LONGITUDE_DEG: f64 = 6.5;

fn physics_schema() -> Schema {
    let mut schema = Schema::new("Physics", FrameSize::Fixed(40));
    schema.version = "1.2".to_owned();
    schema.fields = vec![
        field("speed", FieldKind::F32, 0, 1, "km/h"),
        field("heading", FieldKind::F32, 4, 1, "rad"),
        field("lap_time", FieldKind::F32, 8, 1, "s"),
        field("gear", FieldKind::I32, 12, 1, ""),
        field("latitude", FieldKind::F64, 16, 1, "deg"),
        field("slip", FieldKind::F32, 24, 4, ""),
    ];
    schema
}

fn physics_channels() -> Vec<ChannelMapping> {
    vec![
        ChannelMapping::new("speed", "physics", "speed").scale(1.0 / 3.6),
        ChannelMapping::new("heading", "physics", "heading"),
        ChannelMapping::new("lap_time", "physics", "lap_time"),
        ChannelMapping::new("gear", "physics", "gear").offset(-1.0),
        ChannelMapping::new("latitude", "physics", "latitude"),
    ]
}

fn graphics_schema() -> Schema {
    let mut schema = Schema::new("Graphics", FrameSize::Fixed(208));
    schema.fields = vec![
        field("laps", FieldKind::I32, 0, 1, ""),
        field("lap", FieldKind::U8, 4, 1, ""),
        field("valid", FieldKind::Bool8, 5, 1, ""),
        Field { shape: vec![2], ..field("grid", FieldKind::U8, 6, 2, "") },
        field("longitude", FieldKind::F64, 8, 1, "deg"),
        field("driver", FieldKind::Utf8, 16, 128, ""),
        field("fuel", FieldKind::F32, 144, 1, "l"),
        field("id", FieldKind::U64, 148, 1, ""),
    ];
    schema
}

fn graphics_channels() -> Vec<ChannelMapping> {
    vec![
        ChannelMapping::new("lap_number", "graphics", "laps"),
        ChannelMapping::new("longitude", "graphics", "longitude"),
        ChannelMapping::new("driver", "graphics", "driver"),
        ChannelMapping::new("fuel_volume", "graphics", "fuel").missing(-1.0),
    ]
}

fn graphics_bytes(step: i32) -> Vec<u8> {
    let mut bytes = vec![0; 208];
    bytes[..4].copy_from_slice(&(step / 200).to_le_bytes());
    bytes[4] = 7;
    bytes[5] = u8::from(step % 2 == 0);
    bytes[6..8].copy_from_slice(&[3, 4]);
    bytes[8..16].copy_from_slice(&LONGITUDE_DEG.to_le_bytes());
    bytes[16..16 + HOSTILE.len()].copy_from_slice(HOSTILE.as_bytes());
    let fuel = if step < 100 { -1.0_f32 } else { 50.0 - step as f32 / 1000.0 };
    bytes[144..148].copy_from_slice(&fuel.to_le_bytes());
    bytes[148..156].copy_from_slice(&u64::MAX.to_le_bytes());
    bytes
}

/// Writes one source.
pub(crate) fn write_source(
    session: &Path,
    name: &str,
    schema: Schema,
    channels: Vec<ChannelMapping>,
    records: impl Iterator<Item = (Timestamp, Vec<u8>)>,
) {
    let mut header = Header::new("demo", name, schema, at(0));
    header.session = "test".to_owned();
    header.channels = channels;
    header.requested_hz =
        [("physics", 100.0), ("graphics", 10.0)].into_iter().find(|it| it.0 == name).map(|it| it.1);
    let path = session.join(format!("{name}.gtel"));
    let options = WriterOptions::default();
    let mut writer = BinarySessionWriter::create(&path, &header, options).unwrap();
    for (time, record) in records {
        writer.write(time, &record).unwrap();
    }
    writer.finish(&Ledger::default()).unwrap();
}

/// A session of `steps` steps of 10 ms: `physics` at each of them, `graphics` at every tenth.
pub(crate) fn session(parent: &Path, steps: i32) -> PathBuf {
    let session = parent.join("session");
    std::fs::create_dir(&session).unwrap();
    let physics = (0..steps).map(|step| (at(i64::from(step) * 10), Physics::at(step).bytes()));
    write_source(&session, "physics", physics_schema(), physics_channels(), physics);
    let graphics = (0..steps).step_by(10).map(|step| (at(i64::from(step) * 10), graphics_bytes(step)));
    write_source(&session, "graphics", graphics_schema(), graphics_channels(), graphics);
    session
}

/// A session with one port: 60 packets a second of `motion`, `laps` right behind every tenth, and rubbish.
pub(crate) fn packets(parent: &Path, count: u8) -> PathBuf {
    let session = parent.join("packets");
    std::fs::create_dir(&session).unwrap();
    let kind = |name: &str, id, size, fields| {
        let mut kind = MessageKind::new(name, FrameSize::Fixed(size)).when(0, FieldKind::U8, &[id]);
        kind.fields = fields;
        kind
    };
    let motion = kind(
        "motion",
        1,
        3,
        vec![field("x", FieldKind::I8, 1, 1, "m"), field("y", FieldKind::I8, 2, 1, "m")],
    );
    let laps = kind("laps", 2, 2, vec![field("lap", FieldKind::U8, 1, 1, "")]);
    let channels = vec![
        ChannelMapping::new("position_x", "packets", "motion/x"),
        ChannelMapping::new("position_y", "packets", "motion/y"),
        ChannelMapping::new("lap_number", "packets", "laps/lap"),
    ];
    let records = (0..count).flat_map(|number| {
        let time = |after| at(i64::from(number) * 1000 / 60 + after);
        let mut records = vec![(time(0), vec![1, number, 255])];
        if number % 10 == 0 {
            records.push((time(1), vec![2, number / 10]));
            records.push((time(2), b"rubbish".to_vec()));
        }
        records
    });
    write_source(&session, "packets", Schema::of_kinds("Packets", vec![motion, laps]), channels, records);
    session
}

/// The laps of the session: the line is crossed at 5, 25 and 45 s.
pub(crate) fn laps() -> Laps {
    let lap = |lap, kind, start, end, time: Option<u64>| Lap {
        lap,
        kind,
        valid: time.is_some(),
        time: time.map(Duration::from_millis),
        official_time: None,
        sectors: Vec::new(),
        reason: String::new(),
        part: 0,
        start: at(start),
        end: at(end),
        length_m: None,
        taken_back: Vec::new(),
        paused: Vec::new(),
    };
    let part = SessionPart {
        session_type: "practice".to_owned(),
        track: "Spa".to_owned(),
        car: HOSTILE.to_owned(),
        driver: "Ann".to_owned(),
        start: at(0),
        end: at(60_000),
        ..SessionPart::default()
    };
    let laps = vec![
        lap(1, LapKind::Out, 0, 5_000, None),
        lap(2, LapKind::Flying, 5_000, 25_000, Some(20_000)),
        lap(3, LapKind::Flying, 25_000, 45_000, Some(20_000)),
        lap(4, LapKind::Partial, 45_000, 59_990, None),
    ];
    Laps { laps, parts: vec![part] }
}

/// Exports `session` to `out` in `format`.
pub(crate) fn go(
    session: &Path,
    out: &Path,
    format: &str,
    options: ExportOptions,
) -> Result<ExportSummary, ExportError> {
    let info = gametelemetry_export::exporter(format).unwrap();
    export(session, out, options, &laps(), (info.make)())
}

/// Options that name channels.
pub(crate) fn of_channels(names: &[&str]) -> ExportOptions {
    ExportOptions {
        channels: names.iter().map(|name| (*name).to_owned()).collect(),
        ..ExportOptions::default()
    }
}

/// The names of what is in `folder`, sorted.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What a Python script prints as JSON, given `arguments`; `None` when no Python with the libraries is named.
pub(crate) fn python(script: &str, arguments: &[&Path]) -> Option<serde_json::Value> {
    let Some(python) = std::env::var_os("GAMETELEMETRY_PYTHON") else {
        assert!(std::env::var_os("GAMETELEMETRY_TEST_ALL").is_none(), "GAMETELEMETRY_PYTHON names no Python");
        eprintln!(
            "left out: reading with Python (set GAMETELEMETRY_PYTHON to one that has pandas, duckdb, mcap)"
        );
        return None;
    };
    let output = std::process::Command::new(python).arg("-c").arg(script).args(arguments).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
