//! MoTeC exports of a session: `.ld` read by our reader and by `motec-i2`, and beside it the CSV of the same rows.

use gametelemetry::{ExportOptions, export};
use gametelemetry_export::MotecExporter;
use gametelemetry_export::motec::{LdFile, Ldx};

use crate::support::{Physics, folder, go, laps, names_in, of_channels, packets, session};

const NAMES: [&str; 5] = ["speed", "gear", "lap_time", "latitude", "fuel_volume"];

#[test]
fn a_log_equals_the_csv_sample_by_sample_and_its_beacons_give_the_lap_times() {
    let place = folder();
    let session = session(place.path(), 6000);
    let out = place.path().join("all.ld");
    let summary = go(&session, &out, "motec", of_channels(&NAMES)).unwrap();
    assert_eq!(summary.files, [out.clone(), place.path().join("all.ldx")]);
    assert_eq!((summary.rows, summary.hz), (6000, Some(100.0)));
    assert!(summary.notes[0].contains("hold the value before them"), "{:?}", summary.notes);

    let table = place.path().join("all.csv");
    go(&session, &table, "motec-csv", of_channels(&NAMES)).unwrap();
    let text = std::fs::read_to_string(&table).unwrap();
    let rows: Vec<Vec<f64>> = text.lines().skip(18).map(cells).collect();
    assert_eq!(rows.len(), 6000);

    let bytes = std::fs::read(&out).unwrap();
    let log = LdFile::read(&bytes).unwrap();
    assert_eq!(log.channels.len(), NAMES.len());
    for (number, channel) in log.channels.iter().enumerate() {
        assert_eq!(channel.hz, 100);
        let samples: Vec<f64> = log.samples(channel).collect();
        assert_eq!(samples.len(), rows.len());
        for (step, (sample, row)) in samples.iter().zip(&rows).enumerate() {
            let cell = row[number + 1];
            // An unknown value is an empty cell there; before the first there is nothing to hold here.
            let expected = if cell.is_nan() { 0.0 } else { cell };
            assert!((sample - expected).abs() <= 1e-6 * expected.abs(), "{} {step}", channel.name);
        }
    }
    let speed: Vec<f64> = log.samples(&log.channels[0]).collect();
    assert_eq!(speed[10], f64::from(Physics::at(10).speed_kmh));

    let ldx = Ldx::read(&std::fs::read(place.path().join("all.ldx")).unwrap()).unwrap();
    assert_eq!(ldx.beacons_us, [5_000_000, 25_000_000, 45_000_000]);
    assert_eq!(ldx.lap_times_us(), [20_000_000, 20_000_000]);
    assert_eq!((ldx.fastest_lap, ldx.fastest_time_ms), (Some(2), Some(20_000)));
}

fn cells(line: &str) -> Vec<f64> {
    line.split(',').map(|cell| cell.trim_matches('"').parse().unwrap_or(f64::NAN)).collect()
}

#[test]
fn another_reader_reads_the_log() {
    let place = folder();
    let out = place.path().join("other.ld");
    // That reader takes texts for UTF-8, which a log's are not.
    let mut laps = laps();
    laps.parts[0].car = "GT3".to_owned();
    let (session, options) = (session(place.path(), 500), of_channels(&["speed", "gear"]));
    export(&session, &out, options, &laps, Box::new(MotecExporter::default())).unwrap();
    let mut file = std::io::Cursor::new(std::fs::read(&out).unwrap());
    let mut reader = motec_i2::LDReader::new(&mut file);
    assert_eq!(reader.read_header().unwrap().venue, "Spa");
    let channels = reader.read_channels().unwrap();
    assert_eq!(channels.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Ground Speed", "Gear"]);
    let gears = reader.channel_data(&channels[1]).unwrap();
    let decoded: Vec<f64> = gears.iter().map(|gear| gear.decode_f64(&channels[1])).collect();
    assert_eq!((decoded.len(), decoded[0], decoded[499]), (500, 0.0, 3.0));
}

#[test]
fn chosen_laps_begin_at_the_line() {
    let place = folder();
    let session = session(place.path(), 6000);
    let out = place.path().join("lap.ld");
    let options = ExportOptions { laps: vec![2, 3], hz: Some(60.0), ..of_channels(&["lap_time"]) };
    assert_eq!(go(&session, &out, "motec", options).unwrap().rows, 2400);
    let bytes = std::fs::read(&out).unwrap();
    let log = LdFile::read(&bytes).unwrap();
    let samples: Vec<f64> = log.samples(&log.channels[0]).collect();
    assert_eq!(samples[0], 0.0);
    assert!((samples[600] - 10.0).abs() < 1e-5);
    let ldx = Ldx::read(&std::fs::read(place.path().join("lap.ldx")).unwrap()).unwrap();
    assert_eq!(ldx.beacons_us, [20_000_000, 40_000_000]);
}

#[test]
fn what_a_log_cannot_hold_is_refused_and_leaves_nothing() {
    let place = folder();
    let session = session(place.path(), 6000);
    let refused = |options: ExportOptions, text: &str| {
        let error = go(&session, &place.path().join("a.ld"), "motec", options).unwrap_err();
        let said = match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        };
        assert!(said.contains(text), "{said}");
    };
    refused(
        ExportOptions { laps: vec![1, 3], ..ExportOptions::default() },
        "choose laps that follow each other",
    );
    refused(
        ExportOptions { hz: Some(12.5), ..ExportOptions::default() },
        "a whole number of samples a second",
    );
    refused(ExportOptions { raw: true, ..ExportOptions::default() }, "leave out --raw");
    refused(of_channels(&["driver"]), "there are no channels to write");
    assert_eq!(names_in(place.path()), ["session"]);
}

#[test]
fn the_rate_is_that_of_the_frames_that_tell_the_most() {
    let place = folder();
    let out = place.path().join("packets.ld");
    let summary = go(&packets(place.path(), 200), &out, "motec", ExportOptions::default()).unwrap();
    assert_eq!(summary.hz, Some(60.0));
    // The last one came a little before its time.
    assert_eq!(summary.rows, 199);
}
