//! Sessions that are cut, damaged or empty, or whose clock jumps: what can be read is exported, and the rest is said.

use std::fs;
use std::path::{Path, PathBuf};

use gametelemetry::{
    ChannelMapping, ExportError, ExportOptions, ExportSummary, Field, FieldKind, FrameSize, Laps, Schema,
    Timestamp, export,
};
use gametelemetry_export::EXPORTERS;

use crate::support::{at, folder, go, names_in, session, write_source};

fn physics(session: &Path) -> PathBuf {
    session.join("physics.gtel")
}

/// Exports in every format; the rows of each are given to `check`.
fn every_format(session: &Path, place: &Path, check: impl Fn(&str, Result<ExportSummary, ExportError>)) {
    for info in EXPORTERS {
        let out = place.join(format!("{}.{}", info.name, info.extension));
        let options = ExportOptions { overwrite: true, ..ExportOptions::default() };
        check(info.name, export(session, &out, options, &Laps::default(), (info.make)()));
    }
}

#[test]
fn a_session_cut_by_a_crash_is_exported_up_to_there() {
    let place = folder();
    let session = session(place.path(), 20_000);
    let bytes = fs::read(physics(&session)).unwrap();
    fs::write(physics(&session), &bytes[..bytes.len() * 2 / 3]).unwrap();
    every_format(&session, place.path(), |format, result| {
        let summary = result.unwrap();
        assert!(summary.facts.is_damaged(), "{format}");
        assert!((8_000..20_000).contains(&summary.rows), "{format}: {}", summary.rows);
    });
}

#[test]
fn a_damaged_segment_costs_its_rows_only() {
    let place = folder();
    let session = session(place.path(), 60_000);
    let mut bytes = fs::read(physics(&session)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 16].fill(0xa5);
    fs::write(physics(&session), bytes).unwrap();
    let out = place.path().join("a.csv");
    let summary = go(&session, &out, "csv", ExportOptions::default()).unwrap();
    assert!(summary.facts.is_damaged());
    assert!((20_000..60_000).contains(&summary.rows), "{}", summary.rows);
    let raw = ExportOptions { raw: true, ..ExportOptions::default() };
    let raw = go(&session, &place.path().join("a.jsonl"), "jsonl", raw).unwrap();
    assert!(raw.facts.is_damaged());
    assert_eq!(raw.tables[1], ("physics".to_owned(), summary.rows));
}

#[test]
fn a_session_without_frames_gives_files_without_rows() {
    let place = folder();
    let session = session(place.path(), 0);
    every_format(&session, place.path(), |format, result| {
        let summary = result.unwrap();
        assert_eq!(summary.rows, 0, "{format}");
        assert!(!summary.files.is_empty(), "{format}");
    });
    let raw = ExportOptions { raw: true, ..ExportOptions::default() };
    assert_eq!(go(&session, &place.path().join("raw.jsonl"), "jsonl", raw).unwrap().rows, 0);
}

#[test]
fn what_is_no_session_is_said_and_leaves_nothing() {
    let place = folder();
    let empty = place.path().join("empty");
    fs::create_dir(&empty).unwrap();
    for path in [&empty, &place.path().join("none")] {
        every_format(path, place.path(), |format, result| {
            assert!(matches!(result, Err(ExportError::Session(_))), "{format}");
        });
    }
    fs::write(empty.join("a.gtel"), b"no session").unwrap();
    every_format(&empty, place.path(), |format, result| {
        assert!(matches!(result, Err(ExportError::Session(_))), "{format}");
    });
    assert_eq!(names_in(place.path()), ["empty"]);
}

/// A session of one source that tells the speed at `times`, and NaN at every third.
fn speeds(place: &Path, times: impl Iterator<Item = Timestamp>) -> PathBuf {
    let session = place.join("speeds");
    fs::create_dir(&session).unwrap();
    let mut schema = Schema::new("Car", FrameSize::Fixed(8));
    schema.fields = vec![Field { name: "v".into(), kind: FieldKind::F64, count: 1, ..Field::default() }];
    let channels = vec![ChannelMapping::new("speed", "car", "v")];
    let value = |number| if number % 3 == 1 { f64::NAN } else { f64::from(number) };
    let records = times.zip(0..).map(|(time, number)| (time, value(number).to_le_bytes().to_vec()));
    write_source(&session, "car", schema, channels, records);
    session
}

#[test]
fn a_clock_that_jumps_makes_no_rows_without_end() {
    let place = folder();
    let year = 365 * 86_400_000_i64;
    let times = (0..1000).map(|step| at(if step < 500 { step * 10 } else { year + step * 10 }));
    let session = speeds(place.path(), times);
    let at_rate = || ExportOptions { hz: Some(100.0), ..ExportOptions::default() };
    let summary = go(&session, &place.path().join("a.csv"), "csv", at_rate()).unwrap();
    assert!((990..=1010).contains(&summary.rows), "{}", summary.rows);
    let error = go(&session, &place.path().join("a.ld"), "motec", at_rate()).unwrap_err();
    assert!(matches!(error, ExportError::Gap { gap_s } if gap_s > 3e7), "{error}");
    assert!(error.to_string().starts_with("this format cannot hold the recording's gap of 31536000 s"));
}

#[test]
fn a_clock_that_runs_backwards_loses_nothing_without_a_rate() {
    let place = folder();
    let session =
        speeds(place.path(), (0..300).map(|step| at(if step < 150 { step * 10 } else { step * 5 })));
    for info in EXPORTERS {
        let out = place.path().join(format!("{}.{}", info.name, info.extension));
        let summary =
            go(&session, &out, info.name, ExportOptions { overwrite: true, ..ExportOptions::default() });
        let summary = summary.unwrap();
        if summary.hz.is_none() {
            // Of 300 frames 100 are NaN, and tell nothing.
            assert_eq!(summary.rows, 200, "{}", info.name);
        }
    }
}
