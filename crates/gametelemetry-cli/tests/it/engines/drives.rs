//! Hundreds of simulated sessions: several games, tracks, cars, drivers and days, written at full speed.
//!
//! The simulators drive one car on one track. Who is at the wheel of what and where is put into the packets that tell it,
//! as another game session would.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gametelemetry::{
    BinarySessionWriter, Field, FieldKind, FrameView, Header, Ledger, Schema, SessionWriter as _, Timestamp,
    WriterOptions,
};
use gametelemetry_games::{Game, Simulator, Transport, find};

/// Steps of a simulated game a second: enough for lap times to the millisecond, which packets tell.
const STEPS_A_SECOND: u32 = 10;

/// A game, and how much of it is driven.
struct Plan {
    game: &'static str,
    sessions: usize,
    /// Seconds of most sessions: the first lap, and one that is driven whole.
    short_s: u32,
    /// Seconds of every eighth.
    long_s: u32,
    tracks: &'static [&'static str],
    cars: &'static [&'static str],
    drivers: &'static [&'static str],
    /// What the simulated game tells of the driver before that.
    first_name: &'static str,
    /// Fields that tell the track, the car and the driver; empty for what the game does not tell.
    fields: [&'static str; 3],
}

// Most are of the game whose simulator is the quickest.
const PLANS: [Plan; 5] = [
    Plan {
        game: "acc",
        sessions: 454,
        short_s: 200,
        long_s: 460,
        tracks: &["Spa", "Nürburgring", "monza"],
        cars: &["porsche_992_gt3_r", "amr_v8_vantage_gt3", "bmw_m4_gt3"],
        drivers: &["Lovelace", "Jackson", "Benz", "Meiffret", "Châtelet"],
        first_name: "Zoë ",
        fields: ["track", "car_model", "player_surname"],
    },
    Plan {
        game: "forza",
        sessions: 24,
        short_s: 200,
        long_s: 460,
        tracks: &["110", "871"],
        cars: &["3061", "2352"],
        drivers: &[""],
        first_name: "",
        fields: ["motorsport/track_ordinal", "car_ordinal", ""],
    },
    Plan {
        game: "dirt",
        sessions: 12,
        short_s: 200,
        long_s: 300,
        tracks: &[""],
        cars: &[""],
        drivers: &[""],
        first_name: "",
        fields: ["", "", ""],
    },
    Plan {
        game: "gt7",
        sessions: 6,
        short_s: 200,
        long_s: 460,
        tracks: &[""],
        cars: &["3391", "1905"],
        drivers: &[""],
        first_name: "",
        fields: ["", "car_id", ""],
    },
    Plan {
        game: "f1",
        sessions: 4,
        short_s: 200,
        long_s: 460,
        tracks: &["11"],
        cars: &["2"],
        drivers: &["Ada", "Émilie"],
        first_name: "",
        fields: ["session.track_id", "participants.team_id", "participants.name"],
    },
];

/// A session to be driven.
#[derive(Clone, Debug)]
pub(super) struct Drive {
    pub(super) game: &'static str,
    pub(super) id: String,
    pub(super) started: Timestamp,
    pub(super) seconds: u32,
    seed: u64,
    /// What is put into the packets: the field, and its value.
    told: Vec<(&'static str, &'static str)>,
    /// Track, car and driver as the game tells them; empty when it does not.
    pub(super) names: [String; 3],
}

/// Every session, in the order in which they began, games by turns.
pub(super) fn all() -> Vec<Drive> {
    let mut drives: Vec<(usize, Drive)> = Vec::new();
    for plan in &PLANS {
        for number in 0..plan.sessions {
            // Games by turns, whatever the number of their sessions is.
            drives.push((number * 1000 / plan.sessions, plan.drive(number)));
        }
    }
    drives.sort_by_key(|(place, _)| *place);
    let begin: Timestamp = "2026-11-20T05:00:00Z".parse().unwrap();
    let number_them = |(number, (_, drive)): (usize, (usize, Drive))| {
        let (day, of_day) = (number as u64 % 4, number as u64 / 4);
        let started = begin + Duration::from_secs(day * 86_400 + of_day * 500);
        Drive { id: format!("drive-{number:03}"), started, seed: number as u64, ..drive }
    };
    drives.into_iter().enumerate().map(number_them).collect()
}

impl Plan {
    fn drive(&self, number: usize) -> Drive {
        let track = self.tracks[number % self.tracks.len()];
        let car = self.cars[number / self.tracks.len() % self.cars.len()];
        let driver = self.drivers[number / 3 % self.drivers.len()];
        let told = self.fields.into_iter().zip([track, car, driver]);
        let driver_name = format!("{}{}", self.first_name, self.name(2, driver));
        Drive {
            game: self.game,
            id: String::new(),
            started: Timestamp::default(),
            seconds: if number.is_multiple_of(8) { self.long_s } else { self.short_s },
            seed: 0,
            told: told.filter(|(field, _)| !field.is_empty()).collect(),
            names: [self.name(0, track), self.name(1, car), driver_name],
        }
    }

    /// What a value is called: numbers may have labels.
    fn name(&self, which: usize, value: &'static str) -> String {
        let schemas = find(self.game).unwrap().schemas();
        let mut fields = schemas.iter().flat_map(|(_, schema)| fields_of(schema));
        let field = fields.find(|field| field.name == self.fields[which]);
        let number = value.parse::<i64>().ok();
        let label = field.and_then(|field| field.labels.iter().find(|label| Some(label.0) == number));
        label.map_or_else(|| value.to_owned(), |label| label.1.clone())
    }
}

/// The fields of every kind.
fn fields_of(schema: &Schema) -> Vec<&Field> {
    schema.fields.iter().chain(schema.kinds.iter().flat_map(|kind| &kind.fields)).collect()
}

impl Drive {
    /// Drives it, and writes its session into the folder `path`.
    pub(super) fn save(&self, path: &Path) {
        std::fs::create_dir(path).unwrap();
        let game = find(self.game).unwrap();
        let mut simulator = game.simulator(self.seed).unwrap();
        let mut files = self.files(game, path);
        for step in 1..=self.seconds * STEPS_A_SECOND {
            simulator.heartbeat(game.heartbeat());
            simulator.step(1.0 / f64::from(STEPS_A_SECOND));
            let at = self.started + Duration::from_secs(1) * step / STEPS_A_SECOND;
            for page in simulator.pages() {
                let file = files.values_mut().find(|file| file.region == page.region).unwrap();
                file.write(self, at, page.bytes.to_vec());
            }
            for (source, bytes) in newest(game, &mut *simulator) {
                files.get_mut(source).unwrap().write(self, at, bytes);
            }
        }
        for file in files.into_values() {
            file.finish();
        }
    }

    fn files(&self, game: &dyn Game, path: &Path) -> BTreeMap<&'static str, SourceFile> {
        let info = game.info();
        let mut files = BTreeMap::new();
        for (source, schema) in game.schemas() {
            let Some(of_source) = info.sources.iter().find(|it| it.name == source && it.by_default) else {
                continue;
            };
            let mut header = Header::new(info.id, source, schema.clone(), self.started);
            header.session.clone_from(&self.id);
            header.channels =
                info.channels.iter().filter(|mapping| mapping.source == source).cloned().collect();
            let region = match of_source.transport {
                Transport::SharedMemory { regions } => regions[0],
                _ => "",
            };
            let to = path.join(format!("{source}.gtel"));
            let writer = BinarySessionWriter::create(&to, &header, WriterOptions::default()).unwrap();
            files.insert(source, SourceFile { schema, region, writer, last: Vec::new() });
        }
        files
    }
}

/// The newest packet of each kind that the last step sent, in their order: games send more often than they are stepped.
fn newest(game: &dyn Game, simulator: &mut dyn Simulator) -> Vec<(&'static str, Vec<u8>)> {
    let mut newest: Vec<(&'static str, Vec<u8>)> = Vec::new();
    for mut datagram in simulator.datagrams() {
        if game.unpack(datagram.source, &mut datagram.bytes) {
            // F1 sends sixteen kinds, of different lengths; the others one.
            newest.retain(|(_, bytes)| bytes.len() != datagram.bytes.len());
            newest.push((datagram.source, datagram.bytes));
        }
    }
    newest
}

/// One file of a session.
struct SourceFile {
    schema: &'static Schema,
    region: &'static str,
    writer: BinarySessionWriter,
    last: Vec<u8>,
}

impl SourceFile {
    /// Writes a frame, unless nothing in it has changed.
    fn write(&mut self, drive: &Drive, at: Timestamp, mut frame: Vec<u8>) {
        for (begin, bytes) in told(&self.schema.view(&frame), drive) {
            frame[begin..begin + bytes.len()].copy_from_slice(&bytes);
        }
        if frame != self.last {
            self.writer.write(at, &frame).unwrap();
            self.last = frame;
        }
    }

    fn finish(mut self) {
        let ledger = Ledger { finished: true, ..Ledger::default() };
        self.writer.finish(&ledger).unwrap();
    }
}

/// What of a drive this frame tells: the bytes of each value, and where they stand.
fn told(view: &FrameView<'_>, drive: &Drive) -> Vec<(usize, Vec<u8>)> {
    let player = view.get("header.player_car_index").as_f64().unwrap_or(0.0) as usize;
    let of_frame = drive.told.iter().filter_map(|(name, value)| Some((view.field(name)?, *value)));
    of_frame
        .map(|(field, value)| {
            // Where every car has one, that of the player's.
            let stride = field.strides.first().copied().unwrap_or(0) as usize;
            (field.offset as usize + player * stride, bytes_of(field, value))
        })
        .collect()
}

fn bytes_of(field: &Field, value: &str) -> Vec<u8> {
    let number = || value.parse::<i32>().unwrap();
    match field.kind {
        FieldKind::U8 | FieldKind::I8 => number().to_le_bytes()[..1].to_vec(),
        FieldKind::U16 | FieldKind::I16 => number().to_le_bytes()[..2].to_vec(),
        FieldKind::U32 | FieldKind::I32 => number().to_le_bytes().to_vec(),
        FieldKind::Utf8 => value.bytes().chain([0]).collect(),
        FieldKind::Utf16 => value.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect(),
        kind => panic!("{} is {kind:?}", field.name),
    }
}

/// Where the session of each drive is, below `folder`; they are driven on every processor at once.
pub(super) fn save_all(drives: &[Drive], folder: &Path) -> Vec<PathBuf> {
    let paths: Vec<PathBuf> = drives.iter().map(|drive| folder.join(&drive.id)).collect();
    super::on_every_processor(drives.len(), |number| drives[number].save(&paths[number]));
    paths
}
