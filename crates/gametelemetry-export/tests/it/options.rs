//! What the options may say and what not, and the files of an export.

use std::error::Error;
use std::fs;

use gametelemetry::{DerivedChannel, ExportError, ExportOptions};
use gametelemetry_export::EXPORTERS;

use crate::support::{folder, go, names_in, of_channels, session};

#[test]
fn every_format_exports_every_way_it_can() {
    let place = folder();
    let session = session(place.path(), 700);
    for info in EXPORTERS {
        let needs_rate = (info.make)().needs().constant_rate;
        let ways = [
            ("all", ExportOptions::default()),
            ("laps", ExportOptions { laps: vec![2], ..ExportOptions::default() }),
            ("rate", ExportOptions { hz: Some(25.0), ..ExportOptions::default() }),
            ("raw", ExportOptions { raw: true, ..ExportOptions::default() }),
            ("some", of_channels(&["speed"])),
        ];
        for (way, options) in ways {
            let out = place.path().join(format!("{}-{way}.{}", info.name, info.extension));
            let raw = options.raw;
            match go(&session, &out, info.name, options) {
                Ok(summary) => {
                    let expected = match way {
                        "laps" => 200,
                        "rate" => 175,
                        "raw" => 770,
                        // Frames that do not tell the only channel tell nothing.
                        "some" if !needs_rate => 693,
                        _ => 700,
                    };
                    assert_eq!(summary.rows, expected, "{} {way}", info.name);
                    assert_eq!(out.is_dir(), raw && info.raw_is_folder, "{} {way}", info.name);
                    assert!(summary.files.iter().all(|file| fs::metadata(file).unwrap().len() > 0));
                }
                Err(error) => assert!(needs_rate && raw, "{} {way}: {error}", info.name),
            }
        }
    }
}

#[test]
fn options_that_do_not_go_say_what_to_do() {
    let place = folder();
    let session = session(place.path(), 100);
    let refused = |options: ExportOptions, text: &str| {
        let error = go(&session, &place.path().join("out"), "csv", options).unwrap_err();
        assert_eq!(error.to_string(), text);
    };
    refused(of_channels(&["sped"]), "the session has no channel sped; did you mean speed?");
    refused(
        of_channels(&["brake_temperature_fl"]),
        "the session has no channel brake_temperature_fl; leave --channels out to export all that it has",
    );
    refused(
        of_channels(&["physics:slop[1]"]),
        "the session has no channel physics:slop[1]; did you mean physics:slip?",
    );
    refused(
        of_channels(&["graphics:driver"]),
        "graphics:driver is a text, which only the raw export has: export with --raw, or leave it out",
    );
    let with = |change: fn(&mut ExportOptions)| {
        let mut options = ExportOptions::default();
        change(&mut options);
        options
    };
    refused(with(|it| it.laps = vec![7]), "the session has no lap 7; it has laps 1, 2, 3, 4");
    refused(with(|it| it.hz = Some(f64::NAN)), "the rate must be from 0.001 to 10000 Hz, not NaN");
    refused(
        with(|it| (it.raw, it.hz) = (true, Some(10.0))),
        "a raw export has every record as it came: leave out either --raw or --hz",
    );
    refused(
        with(|it| (it.raw, it.channels) = (true, vec!["speed".to_owned()])),
        "a raw export has every field: leave out either --raw or --channels",
    );
    assert_eq!(names_in(place.path()), ["session"]);
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_told() {
    let place = folder();
    let session = session(place.path(), 100);
    let out = place.path().join("a.csv");
    fs::write(&out, "precious").unwrap();
    let error = go(&session, &out, "csv", ExportOptions::default()).unwrap_err();
    assert!(matches!(&error, ExportError::Exists { path } if *path == out), "{error:?}");
    assert_eq!(fs::read_to_string(&out).unwrap(), "precious");
    go(&session, &out, "csv", ExportOptions { overwrite: true, ..ExportOptions::default() }).unwrap();
    assert!(fs::read_to_string(&out).unwrap().starts_with("time_s"));
    assert_eq!(names_in(place.path()), ["a.csv", "session"]);

    // The second file of two stands in the way: the first must not appear either.
    fs::write(place.path().join("log.ldx"), "precious").unwrap();
    let error = go(&session, &place.path().join("log.ld"), "motec", ExportOptions::default()).unwrap_err();
    assert!(matches!(error, ExportError::Exists { .. }));
    assert_eq!(names_in(place.path()), ["a.csv", "log.ldx", "session"]);
}

#[test]
fn a_place_that_is_not_there_is_said() {
    let place = folder();
    let session = session(place.path(), 10);
    let out = place.path().join("none").join("a.csv");
    let error = go(&session, &out, "csv", ExportOptions::default()).unwrap_err();
    assert!(error.to_string().contains("this folder does not exist"), "{error}");
    assert!(error.source().is_some());
}

#[test]
fn a_channel_of_ones_own_is_exported_like_any_other() {
    let place = folder();
    let session = session(place.path(), 200);
    let out = place.path().join("own.csv");
    let derived = || DerivedChannel::new("speed_kmh", "km/h", ["speed"], |inputs, _| inputs[0] * 3.6);
    let options = ExportOptions { derived: vec![derived()], ..of_channels(&["speed_kmh"]) };
    go(&session, &out, "csv", options).unwrap();
    let text = fs::read_to_string(&out).unwrap();
    assert!(text.starts_with("time_s,lap,speed_kmh [km/h]\n0,1,150"), "{}", &text[..60]);
    assert_eq!(text.lines().count(), 1 + 200 - 2, "frames that do not tell the speed tell nothing");
    let options = ExportOptions { derived: vec![derived()], hz: Some(100.0), ..ExportOptions::default() };
    let summary = go(&session, &place.path().join("own.ld"), "motec", options).unwrap();
    assert_eq!(summary.rows, 200);
}
