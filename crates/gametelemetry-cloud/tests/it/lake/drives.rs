//! Sessions made by hand for the lake: laps of given times, flashbacks, a change of track.

use std::path::{Path, PathBuf};

use gametelemetry::{
    BinarySessionWriter, ChannelMapping, Field, FieldKind, FrameSize, Header, LapProcessor, Laps, Ledger,
    Schema, SessionPass, SessionWriter as _, Timestamp, WriterOptions,
};
use gametelemetry_cloud::lake::{PublishInput, PublishOptions, Published, content_of, publish};
use gametelemetry_cloud::{CloudError, Retry};
use std::sync::Arc;
use std::time::Duration;

use gametelemetry::StopToken;
use gametelemetry_cloud::lake::{LakeError, Objects};

const NUMBERS: [&str; 13] = [
    "session_time",
    "lap_number",
    "lap_distance",
    "track_length",
    "lap_time",
    "last_lap_time",
    "speed",
    "gear",
    "fuel_volume",
    "tyre_wear_fl",
    "tyre_temperature_rr",
    "yaw",
    "in_pit_lane",
];
const TEXTS: [&str; 4] = ["track", "car", "driver", "tyre_compound"];
const TEXT_BYTES: u32 = 32;
const TRACK_M: f64 = 1000.0;
const HZ: f64 = 20.0;

/// A drive.
#[derive(Clone, Debug)]
pub(crate) struct Drive {
    pub(crate) id: String,
    pub(crate) game: &'static str,
    pub(crate) track: &'static str,
    pub(crate) car: &'static str,
    pub(crate) driver: &'static str,
    /// Seconds of each lap.
    pub(crate) laps: Vec<f64>,
    /// In this lap, counted from 0, five seconds are driven again.
    pub(crate) flashback: Option<usize>,
    /// After this many laps the drive goes on elsewhere.
    pub(crate) then: Option<(usize, &'static str)>,
    pub(crate) day: u32,
}

impl Drive {
    pub(crate) fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            game: "demo",
            track: "Spa",
            car: "Porsche 992 GT3 R",
            driver: "Änn",
            laps: vec![20.0, 18.5, 19.25],
            flashback: None,
            then: None,
            day: 23,
        }
    }

    /// Writes the session into the folder `id` below `parent`.
    pub(crate) fn save(&self, parent: &Path) -> PathBuf {
        let folder = parent.join(&self.id);
        std::fs::create_dir_all(&folder).unwrap();
        let started: Timestamp = format!("2026-11-{:02}T12:00:00Z", self.day).parse().unwrap();
        let mut header = Header::new(self.game, "car", schema(), started);
        header.session.clone_from(&self.id);
        header.channels =
            NUMBERS.iter().chain(&TEXTS).map(|name| ChannelMapping::new(name, "car", name)).collect();
        let path = folder.join("car.gtel");
        let _ = std::fs::remove_file(&path);
        let mut writer = BinarySessionWriter::create(&path, &header, WriterOptions::default()).unwrap();
        for (wall, record) in self.records() {
            let time = Timestamp::from_ticks(started.ticks() + (wall * 1e7) as i64);
            writer.write(time, &record).unwrap();
        }
        writer.finish(&Ledger { finished: true, ..Ledger::default() }).unwrap();
        folder
    }

    fn records(&self) -> Vec<(f64, Vec<u8>)> {
        let mut records = Vec::new();
        let (mut wall, mut session_time, mut last, mut track) = (1.0, 3.0, f64::NAN, self.track);
        for (number, seconds) in self.laps.iter().enumerate() {
            if let Some((_, other)) = self.then.filter(|(after, _)| *after == number) {
                track = other;
            }
            let mut again = self.flashback == Some(number);
            let steps = (seconds * HZ) as u32;
            let mut step = 0;
            while step < steps {
                let in_lap = f64::from(step) / HZ;
                let share = in_lap / seconds;
                let speed = TRACK_M / seconds;
                let lap = (number + 1) as f64;
                let wear = 100.0 - lap - share;
                let yaw = (share * std::f64::consts::TAU) - std::f64::consts::PI;
                let values = [
                    session_time,
                    lap,
                    share * TRACK_M,
                    TRACK_M,
                    in_lap,
                    last,
                    speed,
                    3.0,
                    60.0 - lap - share,
                    wear,
                    80.0 + share,
                    yaw,
                    0.0,
                ];
                let mut record: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
                for text in [track, self.car, self.driver, "soft"] {
                    let mut bytes = text.as_bytes().to_vec();
                    bytes.resize(TEXT_BYTES as usize, 0);
                    record.extend(bytes);
                }
                records.push((wall, record));
                (wall, session_time, step) = (wall + 1.0 / HZ, session_time + 1.0 / HZ, step + 1);
                if again && in_lap > 10.0 {
                    again = false;
                    step -= (5.0 * HZ) as u32;
                    session_time -= 5.0;
                }
            }
            last = *seconds;
        }
        records
    }
}

fn schema() -> Schema {
    let size = 8 * NUMBERS.len() as u32 + TEXT_BYTES * TEXTS.len() as u32;
    let mut schema = Schema::new("Car", FrameSize::Fixed(size));
    let field = |name: &str, kind, offset, count| Field {
        name: name.into(),
        kind,
        offset,
        count,
        ..Field::default()
    };
    for (number, name) in NUMBERS.iter().enumerate() {
        schema.fields.push(field(name, FieldKind::F64, 8 * number as u32, 1));
    }
    let texts = 8 * NUMBERS.len() as u32;
    for (number, name) in TEXTS.iter().enumerate() {
        schema.fields.push(field(name, FieldKind::Utf8, texts + TEXT_BYTES * number as u32, TEXT_BYTES));
    }
    schema
}

/// The laps as `gametelemetry laps` has them.
pub(crate) fn laps_of(session: &Path) -> Laps {
    let mut pass = SessionPass::open(session).unwrap();
    let laps = pass.add(LapProcessor::new());
    pass.run().unwrap();
    laps.take().unwrap()
}

/// How the tests publish: few samples, and nothing is tried for long.
pub(crate) fn options() -> PublishOptions {
    let retry = Retry {
        first: Duration::from_micros(1),
        most: Duration::from_micros(1),
        patience: Some(Duration::ZERO),
    };
    PublishOptions { hz: 5.0, redact: false, retry }
}

pub(crate) fn put(
    objects: &Arc<dyn Objects>,
    session: &Path,
    options: &PublishOptions,
) -> Result<Published, LakeError> {
    let open = || SessionPass::open(session);
    let input = PublishInput { content: content_of(session)?, open: &open };
    publish(objects, &input, options, &StopToken::new())
}

/// What the tests take for the end of a process.
pub(crate) fn killed() -> CloudError {
    CloudError::Stopped
}
