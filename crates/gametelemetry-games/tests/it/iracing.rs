//! iRacing's `.ibt`: real files with known facts, built files on any machine, and files broken in every way.
//!
//! Real files lie in the folder that `GAMETELEMETRY_REAL_DATA` names; their facts were read from the bytes with
//! independent code. Without it those tests say so and check nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "clippy.toml allows these in test functions; the helpers of an integration test are tests too"
)]

use std::path::PathBuf;

use gametelemetry::{Field, Schema, Timestamp, Value};
use gametelemetry_games::iracing::{
    CHANNELS, IbtBuilder, IbtError, IbtHead, IbtNotice, MAX_HEAD_LEN, PROLOGUE_LEN, SOURCE, SessionInfo,
};

/// What an importer does: read the prologue, ask for the head's length, read the head, and no more.
fn parse(file: &[u8]) -> Result<IbtHead, IbtError> {
    let needed = IbtHead::required_len(&file[..file.len().min(PROLOGUE_LEN)])?;
    assert!(needed <= u64::from(MAX_HEAD_LEN));
    let head_len = usize::try_from(needed).unwrap().min(file.len());
    IbtHead::parse(&file[..head_len], file.len() as u64)
}

fn rows<'a>(head: &IbtHead, file: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    file[usize::try_from(head.data_offset()).unwrap()..].chunks_exact(head.row_len() as usize)
}

fn field<'a>(schema: &'a Schema, name: &str) -> &'a Field {
    schema.field(name).unwrap_or_else(|| panic!("no variable {name}"))
}

fn column(head: &IbtHead, file: &[u8], name: &str) -> Vec<f64> {
    let field = field(head.schema(), name);
    rows(head, file).map(|row| field.read(row).as_f64().unwrap()).collect()
}

/// The bytes of a real file, or `None` with a word about it when there are none here.
fn real_file(path: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("GAMETELEMETRY_REAL_DATA") else {
        eprintln!("left out: {path} (set GAMETELEMETRY_REAL_DATA to the folder of real captures)");
        return None;
    };
    Some(std::fs::read(PathBuf::from(folder).join(path)).expect(path))
}

/// A real file and what is known of it.
struct RealFile {
    path: &'static str,
    variables: usize,
    row_len: u32,
    data_offset: u64,
    rows: u64,
    session_info_len: usize,
    started: &'static str,
    last_row_at: &'static str,
    ticks: (i64, i64),
    session_time_s: (f64, f64),
    /// First and last value of a variable, and the greatest.
    values: &'static [(&'static str, f64, f64, f64)],
    info: [&'static str; 6],
    track_length_m: f64,
    sectors: usize,
    channels_absent: &'static [&'static str],
}

const REAL_FILES: [RealFile; 2] = [
    RealFile {
        path: "ibt/racedirector_telemetry.ibt",
        variables: 285,
        row_len: 1099,
        data_offset: 72_530,
        rows: 2683,
        session_info_len: 31_346,
        started: "2025-11-20T23:37:52Z",
        last_row_at: "2025-11-20T23:38:36.7166666Z",
        ticks: (141_903, 144_586),
        session_time_s: (2252.3000, 2297.0167),
        values: &[
            ("Speed", 0.0, 0.0, 54.302),
            ("LapBestLapTime", 130.8341, 130.8341, 130.8341),
            ("LapLastLapTime", 131.6439, 131.6439, 131.6439),
            ("Lap", 0.0, 8.0, 8.0),
            ("FuelLevel", 75.0, 74.9976, 75.0),
        ],
        info: [
            "Sebring International Raceway",
            "International",
            "Race",
            "Mercedes AMG GT4",
            "endurance.sto",
            "2025.11.18.02",
        ],
        track_length_m: 5793.8,
        sectors: 7,
        // Replays are not written to files.
        channels_absent: &["replay"],
    },
    RealFile {
        path: "ibt/teamjorge_valid_test_file.ibt",
        variables: 276,
        row_len: 1072,
        data_offset: 53_764,
        rows: 390,
        session_info_len: 13_876,
        started: "2024-06-24T19:45:36Z",
        last_row_at: "2024-06-24T19:45:42.4833333Z",
        ticks: (56_320, 56_709),
        session_time_s: (932.0000, 938.4833),
        values: &[
            ("Speed", 0.0475, 0.0, 1.9447),
            ("LapBestLapTime", 68.6711, 68.6711, 68.6711),
            ("LapLastLapTime", -1.0, -1.0, -1.0),
            ("Lap", 9.0, 9.0, 9.0),
        ],
        info: [
            "Red Bull Ring",
            "Grand Prix",
            "Test",
            "Mercedes-AMG W13 E Performance",
            "ARA_23S1_W13_RBR_R_2.sto",
            "2024.06.10.01",
        ],
        track_length_m: 4280.0,
        sectors: 3,
        channels_absent: &["abs_level", "brake_pressure_", "replay", "suspension_travel_", "tc_level"],
    },
];

fn check(real: &RealFile, file: &[u8]) {
    let head = parse(file).unwrap();
    assert_eq!(head.notices(), [], "{}", real.path);
    let variables = head.schema().fields.iter().filter(|field| field.bits.is_none());
    assert_eq!(variables.count(), real.variables);
    assert_eq!((head.row_len(), head.data_offset()), (real.row_len, real.data_offset));
    assert_eq!((head.row_count(), head.cut_row_len()), (real.rows, 0));
    assert_eq!(rows(&head, file).count() as u64, real.rows);
    assert_eq!(head.session_info().len(), real.session_info_len);
    assert!(head.session_info().starts_with(b"---\nWeekendInfo:"));
    check_times(real, &head, file);
    for &(name, first, last, greatest) in real.values {
        let values = column(&head, file, name);
        let got = [values[0], values[values.len() - 1], values.iter().copied().fold(f64::MIN, f64::max)];
        for (got, expected) in got.into_iter().zip([first, last, greatest]) {
            assert!((got - expected).abs() < 1e-3, "{name} of {}: {got}, not {expected}", real.path);
        }
    }
    check_info(real, head.info());
    check_channels(real, head.schema());
}

fn check_times(real: &RealFile, head: &IbtHead, file: &[u8]) {
    let (first, last) = (rows(head, file).next().unwrap(), rows(head, file).last().unwrap());
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    assert_eq!(head.started(), Some(at(real.started)));
    assert_eq!(head.timestamp_of(first), head.started());
    let late_s = head.timestamp_of(last).unwrap().seconds_since(at(real.last_row_at));
    assert!(late_s.abs() < 1e-6, "{late_s}");
    assert_eq!((head.tick_of(first), head.tick_of(last)), (Some(real.ticks.0), Some(real.ticks.1)));
    for (row, expected_s) in [(first, real.session_time_s.0), (last, real.session_time_s.1)] {
        assert!((head.session_time_s_of(row).unwrap() - expected_s).abs() < 1e-4);
    }
}

fn check_info(real: &RealFile, info: &SessionInfo) {
    let values = [&info.track, &info.track_config, &info.event, &info.car, &info.setup, &info.build_version];
    assert_eq!(values.map(|value| value.as_deref().unwrap_or_default()), real.info);
    assert_eq!((info.track_length_m, info.sector_starts.len()), (Some(real.track_length_m), real.sectors));
    assert!(info.driver.is_some());
}

/// Every channel's variable is there under its name, but for those that this car lacks.
fn check_channels(real: &RealFile, schema: &Schema) {
    for mapping in CHANNELS.iter().filter(|mapping| mapping.source == SOURCE) {
        let absent = real.channels_absent.iter().any(|absent| mapping.channel.starts_with(absent));
        assert_eq!(schema.field(&mapping.field).is_none(), absent, "{} of {}", mapping.channel, real.path);
    }
}

#[test]
fn real_files_have_what_is_known_of_them() {
    for real in &REAL_FILES {
        if let Some(file) = real_file(real.path) {
            check(real, &file);
        }
    }
}

#[test]
fn a_real_file_without_its_beginning_is_called_so() {
    let Some(file) = real_file("ibt/teamjorge_invalid_test_file.ibt") else { return };
    assert_eq!(
        parse(&file).unwrap_err().to_string(),
        "the beginning of this .ibt file is missing: it starts inside the variable descriptions (before ManualBoost), \
         so its header says 0 variables and rows of 0 bytes; copy the whole file once more"
    );
}

#[test]
fn a_real_dump_of_the_live_map_is_called_so() {
    let Some(file) = real_file("iracing_shm/irsdksharp_session_shm.bin") else { return };
    let error = parse(&file).unwrap_err();
    assert_eq!(error, IbtError::LiveMemoryMap { buffers: 3 });
    assert!(error.to_string().starts_with("this is a dump of the live memory map, not a .ibt"));
}

/// The documented axes hold on a real drive: left is positive, `LapDist` and `LapDistPct` agree with the length.
#[test]
fn signs_and_lengths_are_those_the_channels_state() {
    let Some(file) = real_file("ibt/racedirector_telemetry.ibt") else { return };
    let head = parse(&file).unwrap();
    let column = |channel: &str| -> Vec<f64> {
        let mapping = CHANNELS.iter().find(|mapping| mapping.channel == channel).unwrap();
        rows(&head, &file).map(|row| mapping.read(&head.schema().view(row)).unwrap_or(f64::NAN)).collect()
    };
    let (yaw_rate, g_lat, g_lon, brake) =
        (column("yaw_rate"), column("g_lat"), column("g_lon"), column("brake"));
    let (speed, distance, position) = (column("speed"), column("lap_distance"), column("lap_position"));
    let length_m = head.info().track_length_m.unwrap();
    let (mut turning, mut agreeing) = (0, 0);
    for row in (0..yaw_rate.len()).filter(|&row| speed[row] > 20.0) {
        // Between two turns the car still leans one way while its nose goes the other, hence not every row.
        turning += u32::from(yaw_rate[row].abs() > 0.2);
        agreeing += u32::from(yaw_rate[row].abs() > 0.2 && yaw_rate[row] * g_lat[row] > 0.0);
        assert!(brake[row] < 0.5 || g_lon[row] < 0.0, "row {row}");
        assert!((position[row] * length_m - distance[row]).abs() < 0.1, "row {row}");
    }
    assert!(turning > 500 && agreeing * 100 > turning * 95, "{agreeing} of {turning}");
    assert!(column("latitude")[0].is_nan(), "the car is not in the world yet: unknown, not 0");
    assert!((column("clutch")[1200]).abs() < 1e-9, "a clutch left alone is not pressed");
}

/// A car that is put back into its stall leaves the world for a row, in which lap and distance are 0.
#[test]
fn a_tow_is_told_from_a_lap() {
    let Some(file) = real_file("ibt/racedirector_telemetry.ibt") else { return };
    let head = parse(&file).unwrap();
    let channels = head.channels();
    let column = |channel: &str| -> Vec<Option<f64>> {
        let mapping = channels.iter().find(|mapping| mapping.channel == channel).unwrap();
        rows(&head, &file).map(|row| mapping.read(&head.schema().view(row))).collect()
    };
    let (on_track, lap) = (column("on_track"), column("lap_number"));
    let rows_with = |column: &[Option<f64>], value: f64| -> Vec<usize> {
        (0..column.len()).filter(|&row| column[row] == Some(value)).collect()
    };
    assert_eq!(rows_with(&on_track, 0.0), [0, 2405]);
    assert_eq!(rows_with(&lap, 0.0), [0, 2405], "those rows are all that makes a ghost lap");
    for (channel, value) in [("safety_car", 0.0), ("red_flag", 0.0), ("session_id", 1.0)] {
        assert!(column(channel).iter().all(|told| *told == Some(value)), "{channel}");
    }
    assert!(column("laps_total").iter().all(Option::is_none), "a race over time has no number of laps");
    // Seven sectors; the car leaves the pits in the first.
    let (sector, share) = (column("sector"), column("lap_position"));
    let starts = &head.info().sector_starts;
    for (sector, share) in sector.iter().zip(share) {
        let share = share.unwrap();
        let reached = starts.iter().filter(|start| share >= **start).count();
        assert_eq!(sector.unwrap() + 1.0, f64::from(u32::try_from(reached).unwrap()), "{share}");
    }
    assert!(sector.iter().any(|sector| *sector > Some(0.0)));
}

#[test]
fn a_built_file_reads_back() {
    let file = IbtBuilder::sample().finish().unwrap();
    let head = parse(&file).unwrap();
    assert_eq!(head.notices(), []);
    assert_eq!(
        (head.row_count(), head.header().tick_rate_hz, head.sub_header().record_count),
        (600, 60, 600)
    );
    assert_eq!(head.started().unwrap().to_string(), "2026-11-23T12:00:00Z");
    let last = rows(&head, &file).last().unwrap();
    assert_eq!(head.tick_of(last), Some(5699));
    assert_eq!(head.schema().counter.as_deref(), Some("SessionTick"));
    assert_eq!(head.schema().version, "2025.11.18.02");
    assert_eq!(field(head.schema(), "WaterTemp").unit, "°C");
    assert_eq!(field(head.schema(), "CarCode").read(last), Value::Text("Café".to_owned()));
    assert_eq!(field(head.schema(), "SessionFlags").read(last), Value::UInt(0x1004_0000));
    let laps = column(&head, &file, "Lap");
    assert_eq!((laps[0], laps[299], laps[300]), (1.0, 1.0, 2.0));
    assert!(head.session_info().ends_with(b"...\n\0\0\0\0\0\0\0\0"));
    assert!(head.session_info_trimmed().ends_with(b"...\n"));
}

#[test]
fn odd_names_do_not_stop_the_scan_of_the_session_information() {
    let file = IbtBuilder::sample().rows(1).finish().unwrap();
    let info = parse(&file).unwrap().info().clone();
    assert_eq!(info.track.as_deref(), Some("Sample Oval"));
    assert_eq!(info.driver.as_deref(), Some("José Müller – 2nd"));
    assert_eq!(info.car.as_deref(), Some("Sample GT"));
    assert_eq!(info.setup.as_deref(), Some("- fast, \"safe\"? #1.sto"));
    assert_eq!((info.track_length_m, info.sector_starts), (Some(5000.0), vec![0.0, 0.4, 0.75]));
}

#[test]
fn samples_in_time_are_six_and_the_last_is_the_row_s_own() {
    let file = IbtBuilder::sample().rows(20).finish().unwrap();
    let head = parse(&file).unwrap();
    let fast = field(head.schema(), "SteeringWheelTorque_ST");
    let slow = field(head.schema(), "SteeringWheelTorque");
    assert_eq!((fast.count, fast.samples_per_frame, slow.samples_per_frame), (6, 6, 0));
    for row in rows(&head, &file) {
        assert_eq!(fast.read_element(row, 5), slow.read(row));
        assert_ne!(fast.read_element(row, 0), slow.read(row));
    }
}

#[test]
fn channels_turn_the_game_s_words_into_ours() {
    let file = IbtBuilder::sample().finish().unwrap();
    let head = parse(&file).unwrap();
    let row = rows(&head, &file).next().unwrap();
    let read = |channel: &str| {
        let mapping = CHANNELS.iter().find(|mapping| mapping.channel == channel).unwrap();
        mapping.read(&head.schema().view(row))
    };
    let cases = [
        ("clutch", Some(0.0)),
        ("tyre_wear_fl", Some(0.75)),
        ("tyre_pressure_fl", Some(175_500.0)),
        ("last_lap_time", None),
        ("g_vert", Some(1.0)),
        ("brake_pressure_fl", None),
        ("lap_number", Some(1.0)),
        ("session_time", Some(85.0)),
    ];
    for (channel, expected) in cases {
        let close = match (read(channel), expected) {
            (Some(got), Some(expected)) => (got - expected).abs() < 1e-6,
            (got, expected) => got == expected,
        };
        assert!(close, "{channel}: {:?}, not {expected:?}", read(channel));
    }
}

/// Every cut either says that the head is cut, or gives the whole rows and counts the rest.
#[test]
fn every_truncation_is_an_error_or_whole_rows() {
    let file = IbtBuilder::sample().rows(4).finish().unwrap();
    let whole = parse(&file).unwrap();
    for len in 0..file.len() {
        let missing = (file.len() - len) as u64;
        match parse(&file[..len]) {
            Err(error) => {
                assert!(matches!(error, IbtError::Truncated { .. }), "{len}: {error}");
                assert!((len as u64) < whole.data_offset(), "{len}: {error}");
            }
            Ok(head) => {
                let data_len = head.row_count() * u64::from(head.row_len()) + u64::from(head.cut_row_len());
                assert_eq!(head.data_offset() + data_len + missing, file.len() as u64);
                let cut = head.notices().iter().any(|notice| matches!(notice, IbtNotice::CutRow { .. }));
                assert_eq!(cut, head.cut_row_len() > 0);
            }
        }
    }
}

/// A small generator of the same numbers on every machine (Knuth's MMIX constants).
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

#[test]
fn flipped_bits_never_panic_and_never_make_much_of_little() {
    let good = IbtBuilder::sample().rows(2).finish().unwrap();
    let (mut random, mut read, mut refused) = (Lcg(42), 0, 0);
    for round in 0..6000 {
        let mut file = good.clone();
        // Half of the rounds hit the first 144 bytes, where every number steers the reader.
        let reach = if round % 2 == 0 { PROLOGUE_LEN } else { file.len() };
        for _ in 0..=random.below(4) {
            file[random.below(reach)] ^= 1 << random.below(8);
        }
        match parse(&file) {
            Ok(head) => {
                read += 1;
                assert!(head.schema().fields.len() * 144 <= file.len());
                assert!(head.session_info().len() <= file.len());
                head.schema().check().unwrap();
                for row in rows(&head, &file).take(3) {
                    let _ = (head.timestamp_of(row), head.tick_of(row), head.session_time_s_of(row));
                    assert!(head.schema().view(row).values().all(|(_, value)| value != Value::Missing));
                    assert!(
                        CHANNELS.iter().filter_map(|channel| channel.read(&head.schema().view(row))).count()
                            > 0
                    );
                }
            }
            Err(error) => {
                refused += 1;
                assert!(!error.to_string().is_empty());
            }
        }
    }
    assert!(read > 1000 && refused > 1000, "{read} read, {refused} refused");
}
