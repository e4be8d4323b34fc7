//! What is in a lake after sessions were published, once, twice, and again with other content.

use std::collections::{BTreeMap, BTreeSet};

use gametelemetry::SessionPass;
use gametelemetry_cloud::lake::{Objects, PublishInput, publish};
use gametelemetry_cloud::{Bucket, BucketOptions, CloudUrl};
use parquet::record::Field;
use std::sync::Arc;

use gametelemetry::StopToken;
use gametelemetry_cloud::lake::LakeError;

use super::drives::{Drive, laps_of, options, put};
use super::objects::{Memory, files, int, live, rows, sorted, sorted_whatever_version, text};

fn memory() -> (Arc<Memory>, Arc<dyn Objects>) {
    let memory = Arc::new(Memory::default());
    (Arc::clone(&memory), memory)
}

#[test]
fn the_rows_of_laps_are_the_laps() {
    let place = tempfile::tempdir().unwrap();
    for drive in [
        Drive::new("plain"),
        Drive { flashback: Some(1), ..Drive::new("flashback") },
        Drive {
            then: Some((2, "鈴鹿")),
            laps: vec![20.0, 18.0, 17.0, 19.0, 16.0],
            ..Drive::new("elsewhere")
        },
    ] {
        let session = drive.save(place.path());
        let laps = laps_of(&session);
        assert!(laps.laps.iter().filter(|lap| lap.valid).count() >= 2, "{laps:?}");
        let (memory, objects) = memory();
        let published = put(&objects, &session, &options()).unwrap();
        assert_eq!(published.laps as usize, laps.laps.len());
        let mut found = rows(&memory.all(), "laps");
        found.sort_by_key(|row| int(row, "lap_index"));
        assert_eq!(found.len(), laps.laps.len());
        for (index, (row, lap)) in found.iter().zip(&laps.laps).enumerate() {
            let json = serde_json::to_value(lap).unwrap();
            assert_eq!(int(row, "lap_index"), Some(index as i64));
            assert_eq!(int(row, "lap"), json["lap"].as_i64());
            assert_eq!(int(row, "part"), Some(lap.part as i64));
            assert_eq!(text(row, "kind"), json["kind"]);
            assert_eq!(text(row, "reason"), json["reason"]);
            assert_eq!(row["valid"], Field::Bool(lap.valid));
            assert_eq!(row["is_best"], Field::Bool(laps.best() == Some(index)));
            for name in ["time_ms", "official_time_ms"] {
                assert_eq!(int(row, name), json[name].as_i64(), "{name}");
            }
            let Field::ListInternal(sectors) = &row["sectors_ms"] else { panic!("{row:?}") };
            let sectors: Vec<Option<i64>> = sectors
                .elements()
                .iter()
                .map(|it| if let Field::Long(value) = it { Some(*value) } else { None })
                .collect();
            let expected = json["sectors_ms"].as_array().unwrap().iter().map(|it| it.as_i64());
            assert_eq!(sectors, expected.collect::<Vec<_>>());
            assert_eq!(int(row, "sector_2_ms"), sectors.get(1).copied().flatten());
            assert_eq!(text(row, "track_name"), laps.parts[lap.part].track);
            assert_eq!(text(row, "driver"), "Änn");
        }
        assert_eq!(files(&memory.all()), live(&memory.all()), "nothing is left over");
    }
}

#[test]
fn a_lap_has_its_figures() {
    let place = tempfile::tempdir().unwrap();
    let (memory, objects) = memory();
    put(&objects, &Drive::new("plain").save(place.path()), &options()).unwrap();
    let rows = rows(&memory.all(), "laps");
    let row = rows.iter().find(|row| int(row, "lap") == Some(2)).unwrap();
    let number = |name: &str| if let Some(Field::Double(value)) = row.get(name) { *value } else { f64::NAN };
    for (name, expected, tolerance) in [
        ("top_speed_m_s", 1000.0 / 18.5, 1e-9),
        ("average_speed_m_s", 1000.0 / 18.5, 1e-9),
        ("fuel_volume_start_l", 58.0, 0.01),
        ("fuel_volume_end_l", 57.0, 0.01),
        ("tyre_wear_start_fl", 98.0, 0.01),
        ("tyre_wear_end_fl", 97.0, 0.01),
        ("tyre_temperature_end_c_rr", 81.0, 0.01),
        ("lap_start_s", 21.0, 0.06),
        ("track_length_m", 1000.0, 1.0),
    ] {
        assert!((number(name) - expected).abs() <= tolerance, "{name} is {}", number(name));
    }
    assert_eq!(text(row, "tyre_compound"), "soft");
    for unknown in
        ["fuel_mass_start_kg", "tyre_wear_start_fr", "air_temperature_c", "tyre_pressure_end_pa_fl"]
    {
        assert!(!row.contains_key(unknown), "{unknown} is not told");
    }
}

#[test]
fn samples_tell_their_lap_and_what_was_taken_back() {
    let place = tempfile::tempdir().unwrap();
    let session = Drive { flashback: Some(1), ..Drive::new("flashback") }.save(place.path());
    let laps = laps_of(&session);
    let lap = laps.laps.iter().position(|lap| !lap.taken_back.is_empty()).unwrap();
    let (memory, objects) = memory();
    put(&objects, &session, &options()).unwrap();
    let samples = rows(&memory.all(), "samples");
    let is_back = |row: &super::objects::Row| row["is_taken_back"] == Field::Bool(true);
    let back: Vec<_> = samples.iter().filter(|row| is_back(row)).collect();
    assert!((23..=27).contains(&back.len()), "five seconds at 5 Hz: {}", back.len());
    assert!(back.iter().all(|row| !row.contains_key("lap_index") && !row.contains_key("lap")));
    // What counts of a lap is its length at the rate of the samples, with each place on the track once.
    for (index, lap) in laps.laps.iter().enumerate().filter(|(_, lap)| lap.is_whole()) {
        let of_lap: Vec<_> =
            samples.iter().filter(|row| int(row, "lap_index") == Some(index as i64)).collect();
        let expected = lap.time.unwrap().as_secs_f64() * 5.0;
        assert!((of_lap.len() as f64 - expected).abs() <= 2.0, "{} rows, not {expected}", of_lap.len());
        let elapsed = |row: &super::objects::Row| {
            if let Field::Double(value) = row["lap_elapsed_s"] { value } else { f64::NAN }
        };
        assert!(of_lap.windows(2).all(|pair| elapsed(pair[0]) < elapsed(pair[1])), "lap {index}");
        assert!(of_lap.iter().all(|row| int(row, "lap") == Some(lap.lap.into())));
        let share = |row: &super::objects::Row| {
            if let Some(Field::Double(value)) = row.get("lap_share") { *value } else { f64::NAN }
        };
        assert!(of_lap.iter().all(|row| (0.0..=1.0).contains(&share(row))), "lap {index}");
        assert!(of_lap.windows(2).all(|pair| share(pair[0]) < share(pair[1])), "lap {index}");
    }
    assert!(lap > 0);
    let times: Vec<i64> = samples
        .iter()
        .map(|row| if let Field::TimestampMicros(time) = row["timestamp"] { time } else { 0 })
        .collect();
    assert!(times.windows(2).all(|pair| pair[0] + 200_000 == pair[1]), "a constant rate");
}

#[test]
fn what_is_not_told_is_null_and_the_schema_is_always_the_same() {
    let place = tempfile::tempdir().unwrap();
    let (memory, objects) = memory();
    put(&objects, &Drive::new("plain").save(place.path()), &options()).unwrap();
    let samples = rows(&memory.all(), "samples");
    let told: BTreeSet<&str> = samples.iter().flat_map(|row| row.keys().map(String::as_str)).collect();
    for name in ["speed", "gear", "yaw", "yaw_rate", "g_lat", "fuel_volume", "tyre_compound"] {
        assert!(told.contains(name), "{name}");
    }
    for name in ["brake", "tyre_wear_fr", "latitude", "race_position", "air_temperature"] {
        assert!(!told.contains(name), "{name}");
    }
    let table = gametelemetry_cloud::lake::LakeTable::Samples;
    assert!(
        table.columns().len() > 150
            && told.iter().all(|name| table.columns().iter().any(|it| it.name == *name))
    );
}

#[test]
fn each_part_goes_into_its_own_partition() {
    let place = tempfile::tempdir().unwrap();
    let drive =
        Drive { then: Some((2, "鈴鹿")), laps: vec![20.0, 18.0, 17.0, 19.0], day: 7, ..Drive::new("two") };
    let (memory, objects) = memory();
    put(&objects, &drive.save(place.path()), &options()).unwrap();
    let folders: BTreeSet<String> =
        files(&memory.all()).iter().map(|key| key.rsplit_once('/').unwrap().0.to_owned()).collect();
    let partition = |table: &str, track: &str| {
        format!("{table}/game=demo/track={track}/car=porsche_992_gt3_r/date=2026-11-07")
    };
    let expected = [
        partition("laps", "spa"),
        partition("laps", "x-07e464da"),
        partition("samples", "spa"),
        partition("samples", "x-07e464da"),
    ];
    assert_eq!(folders, BTreeSet::from(expected));
}

#[test]
fn the_same_again_changes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let session = Drive::new("same").save(place.path());
    let (memory, objects) = memory();
    let first = put(&objects, &session, &options()).unwrap();
    assert!(!first.is_already_there && first.version == 1);
    let before = memory.all();
    let again = put(&objects, &session, &options()).unwrap();
    assert!(again.is_already_there && again.files.is_empty() && again.version == 1);
    assert_eq!(memory.all(), before);
    // A file beside the session is not of the session.
    std::fs::write(session.join("notes.txt"), "fast").unwrap();
    assert!(put(&objects, &session, &options()).unwrap().is_already_there);
}

#[test]
fn other_content_and_other_options_replace_the_rows() {
    let place = tempfile::tempdir().unwrap();
    let (memory, objects) = memory();
    let other = Drive::new("other").save(place.path());
    put(&objects, &other, &options()).unwrap();
    let short = Drive { laps: vec![20.0, 18.0], ..Drive::new("s") };
    put(&objects, &short.save(place.path()), &options()).unwrap();
    // Longer, elsewhere, with names left out, and back again.
    let longer = Drive { laps: vec![20.0, 18.0, 17.0, 16.0], ..short.clone() };
    let elsewhere = Drive { track: "Monza", ..longer.clone() };
    let redacted = gametelemetry_cloud::lake::PublishOptions { redact: true, hz: 2.0, ..options() };
    for (version, (drive, options)) in
        [(longer, options()), (elsewhere, options()), (short.clone(), redacted), (short, options())]
            .into_iter()
            .enumerate()
    {
        let session = drive.save(place.path());
        let published = put(&objects, &session, &options).unwrap();
        assert_eq!(published.version as usize, version + 2);
        let (fresh, alone) = self::memory();
        put(&alone, &other, &self::options()).unwrap();
        put(&alone, &session, &options).unwrap();
        for table in ["laps", "samples"] {
            assert_eq!(
                sorted_whatever_version(&memory.all(), table),
                sorted_whatever_version(&fresh.all(), table)
            );
        }
        assert_eq!(files(&memory.all()), live(&memory.all()));
        let of_session = rows(&memory.all(), "laps").into_iter().filter(|row| text(row, "session") == "s");
        assert!(of_session.into_iter().all(|row| row.contains_key("driver") != options.redact));
    }
}

#[test]
fn a_newer_lake_and_an_impossible_rate_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let session = Drive::new("s").save(place.path());
    let objects: Arc<dyn Objects> =
        Arc::new(Memory::of(BTreeMap::from([("_lake/version.json".to_owned(), "{\"version\": 99}".into())])));
    let error = put(&objects, &session, &options()).unwrap_err();
    assert!(error.to_string().starts_with("the lake has version 99, this program knows"), "{error}");
    let options = gametelemetry_cloud::lake::PublishOptions { hz: 0.0, ..options() };
    assert!(matches!(put(&objects, &session, &options), Err(LakeError::Rate { .. })));
}

#[test]
fn a_session_without_an_id_or_laps_is_published_too() {
    let place = tempfile::tempdir().unwrap();
    let (memory, objects) = memory();
    let drive = Drive { laps: vec![3.0], track: "", car: "", driver: "", ..Drive::new("") };
    let session = drive.save(&place.path().join("nameless"));
    let published = put(&objects, &session, &options()).unwrap();
    assert!(published.session.starts_with("x-") && published.samples > 5, "{published:?}");
    assert!(files(&memory.all()).iter().all(|key| key.contains("/track=unknown/car=unknown/")));
}

#[test]
fn a_folder_is_a_lake_with_the_same_objects() {
    let place = tempfile::tempdir().unwrap();
    let session = Drive::new("s").save(place.path());
    let folder = place.path().join("lake");
    let bucket = Bucket::open(&CloudUrl::of_folder(&folder), &BucketOptions::default()).unwrap();
    let bucket: Arc<dyn Objects> = Arc::new(bucket);
    put(&bucket, &session, &options()).unwrap();
    assert!(put(&bucket, &session, &options()).unwrap().is_already_there);
    let (memory, objects) = memory();
    put(&objects, &session, &options()).unwrap();
    for (key, bytes) in memory.all() {
        assert_eq!(std::fs::read(folder.join(&key)).unwrap(), bytes, "{key}");
    }
    assert_eq!(sorted(&memory.all(), "laps").len(), laps_of(&session).laps.len());
}

#[test]
fn a_session_that_cannot_be_opened_is_an_error() {
    let (_, objects) = memory();
    let open = || SessionPass::open(std::path::Path::new("no/such/session"));
    let input = PublishInput { content: String::new(), open: &open };
    let error = publish(&objects, &input, &options(), &StopToken::new()).unwrap_err();
    assert!(matches!(error, LakeError::Session(_)), "{error}");
}
