//! CSV, wide and tidy, read back by the `csv` crate and compared with what the session was made of.

use std::collections::BTreeMap;
use std::path::Path;

use gametelemetry::ExportOptions;

use crate::support::{HOSTILE, LONGITUDE_DEG, Physics, folder, go, names_in, of_channels, packets, session};

fn read(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<String>>();
    let names = texts(reader.headers().unwrap());
    (names, reader.records().map(|record| texts(&record.unwrap())).collect())
}

#[test]
fn each_row_is_a_frame_of_the_fastest_source_with_the_newest_of_the_others() {
    let place = folder();
    let out = place.path().join("all.csv");
    let summary = go(&session(place.path(), 6000), &out, "csv", ExportOptions::default()).unwrap();
    assert_eq!((summary.rows, summary.files), (6000, vec![out.clone()]));
    let (names, rows) = read(&out);
    assert_eq!(
        names,
        [
            "time_s",
            "lap",
            "speed [m/s]",
            "gear",
            "fuel_volume [l]",
            "lap_number",
            "lap_time [s]",
            "driver",
            "latitude [deg]",
            "longitude [deg]",
            "heading [rad]"
        ]
    );
    assert_eq!(rows.len(), 6000);
    let mut speed = f64::NAN;
    for (step, row) in rows.iter().enumerate() {
        let physics = Physics::at(step as i32);
        let number = |column: usize| row[column].parse::<f64>().unwrap();
        let near = |column: usize, expected: f64| {
            let got = number(column);
            assert!((got - expected).abs() <= 1e-7 * expected.abs(), "row {step}: {got} is not {expected}");
        };
        assert_eq!(number(0), step as f64 / 100.0);
        // A frame that does not tell the speed leaves the newest one.
        speed = if physics.speed_kmh.is_nan() { speed } else { f64::from(physics.speed_kmh) / 3.6 };
        near(2, speed);
        assert_eq!(number(3), f64::from(physics.gear - 1));
        near(6, f64::from(physics.lap_time_s));
        assert_eq!(number(8), physics.latitude_deg);
        assert_eq!(row[7], format!("'{HOSTILE}"), "a text that looks like a formula must not be one");
        assert_eq!(number(9), LONGITUDE_DEG);
        assert_eq!(row[4].is_empty(), step < 100, "unknown is not zero");
        let lap = [(500, "1"), (2500, "2"), (4500, "3"), (6000, "4")].into_iter().find(|it| step < it.0);
        assert_eq!(row[1], lap.unwrap().1, "row {step}");
    }
}

#[test]
fn chosen_channels_keep_their_order_and_fields_are_channels_by_their_names() {
    let place = folder();
    let session = session(place.path(), 300);
    let out = place.path().join("some.csv");
    go(&session, &out, "csv", of_channels(&["gear", "physics:slip[2]", "speed", "gear"])).unwrap();
    let (names, rows) = read(&out);
    assert_eq!(names, ["time_s", "lap", "gear", "physics:slip[2]", "speed [m/s]"]);
    assert_eq!((rows[250][0].as_str(), rows[250][2].as_str(), rows[250][3].as_str()), ("2.5", "1", "2.5"));
}

#[test]
fn only_the_chosen_laps_have_rows() {
    let place = folder();
    let session = session(place.path(), 6000);
    let out = place.path().join("laps.csv");
    let options = ExportOptions { laps: vec![3, 1], ..of_channels(&["lap_time"]) };
    assert_eq!(go(&session, &out, "csv", options).unwrap().rows, 500 + 2000);
    let mut rows_of = BTreeMap::new();
    for row in read(&out).1 {
        *rows_of.entry(row[1].clone()).or_insert(0) += 1;
    }
    assert_eq!(rows_of, BTreeMap::from([("1".to_owned(), 500), ("3".to_owned(), 2000)]));
}

#[test]
fn at_a_constant_rate_each_channel_is_interpolated_as_it_allows() {
    let place = folder();
    let session = session(place.path(), 6000);
    let out = place.path().join("rate.csv");
    let names = ["latitude", "gear", "lap_time", "heading", "fuel_volume", "driver"];
    let options = ExportOptions { hz: Some(70.0), ..of_channels(&names) };
    let summary = go(&session, &out, "csv", options).unwrap();
    assert_eq!(summary.rows, (59.99_f64 * 70.0) as u64 + 1);
    for (number, row) in read(&out).1.iter().enumerate() {
        let time = number as f64 / 70.0;
        let value = |column: usize| row[column].parse::<f64>().unwrap();
        assert!((value(0) - time).abs() < 1e-6);
        let step = (time * 100.0 + 1e-6) as i32;
        let (before, after) = (Physics::at(step), Physics::at(step + 1));
        assert!((value(2) - (50.0 + time * 1e-5)).abs() < 1e-12, "latitude at {time}");
        assert_eq!(value(3), f64::from(before.gear - 1), "gear at {time}");
        if after.lap_time_s > before.lap_time_s {
            assert!((value(4) - (time - 5.0).rem_euclid(20.0)).abs() < 1e-4, "lap time at {time}");
        } else if (time * 100.0 - f64::from(step)).abs() > 1e-6 {
            assert_eq!(value(4), f64::from(before.lap_time_s), "across the line at {time}");
        }
        let turn = (value(5) - (time / 2.0 - std::f64::consts::PI)).rem_euclid(std::f64::consts::TAU);
        assert!(turn.min(std::f64::consts::TAU - turn) < 1e-5, "heading at {time}");
        if time > 1.0 && time < 59.9 {
            assert!((value(6) - (50.0 - time / 10.0)).abs() < 1e-4, "fuel at {time}");
        }
        assert!(row[7].starts_with("'=cmd"));
    }
}

#[test]
fn of_several_kinds_of_packets_the_one_that_tells_the_most_sets_the_pace() {
    let place = folder();
    let out = place.path().join("packets.csv");
    assert_eq!(go(&packets(place.path(), 60), &out, "csv", ExportOptions::default()).unwrap().rows, 60);
    let (names, rows) = read(&out);
    assert_eq!(names, ["time_s", "lap", "lap_number", "position_x [m]", "position_y [m]"]);
    assert_eq!(rows[0][2..], ["", "0", "-1"]);
    assert_eq!(rows[25][2..], ["2", "25", "-1"]);
}

#[test]
fn tidy_rows_have_one_value_each() {
    let place = folder();
    let out = place.path().join("tidy.csv");
    go(&session(place.path(), 200), &out, "csv-tidy", of_channels(&["speed", "driver", "fuel_volume"]))
        .unwrap();
    let (names, rows) = read(&out);
    assert_eq!(names, ["time_s", "lap", "source", "channel", "value", "unit"]);
    // The speed and the driver in each row, the fuel only when it is known; two frames tell no speed.
    assert_eq!(rows.len(), 198 + 198 + 99);
    assert_eq!(rows[0][..4], ["0", "1", "physics", "speed"]);
    assert_eq!(rows[1], ["0", "1", "graphics", "driver", &format!("'{HOSTILE}"), ""]);
    assert_eq!(rows.last().unwrap()[2..], ["graphics", "fuel_volume", "49.81", "l"]);
}

#[test]
fn a_raw_export_is_a_folder_with_every_field() {
    let place = folder();
    let out = place.path().join("raw");
    let options = || ExportOptions { raw: true, ..ExportOptions::default() };
    let summary = go(&session(place.path(), 200), &out, "csv", options()).unwrap();
    assert_eq!(names_in(&out), ["graphics.csv", "physics.csv"]);
    assert_eq!(summary.rows, 220);
    let (names, rows) = read(&out.join("graphics.csv"));
    assert_eq!(
        names,
        [
            "time_s",
            "session_lap",
            "laps",
            "lap",
            "valid",
            "grid[0]",
            "grid[1]",
            "longitude [deg]",
            "driver",
            "fuel [l]",
            "id"
        ]
    );
    assert_eq!(rows.len(), 20);
    let driver = format!("'{HOSTILE}");
    assert_eq!(
        rows[1],
        ["0.1", "1", "0", "7", "true", "3", "4", "6.5", driver.as_str(), "-1", "18446744073709551615"]
    );
    let (names, rows) = read(&out.join("physics.csv"));
    assert_eq!(
        names[2..],
        [
            "speed [km/h]",
            "heading [rad]",
            "lap_time [s]",
            "gear",
            "latitude [deg]",
            "slip[0]",
            "slip[1]",
            "slip[2]",
            "slip[3]"
        ]
    );
    assert_eq!((rows.len(), rows[96][2].as_str(), rows[96][9].as_str()), (200, "", "0.96"));

    let out = place.path().join("raw packets");
    let summary = go(&packets(place.path(), 60), &out, "csv", options()).unwrap();
    assert_eq!(names_in(&out), ["packets.laps.csv", "packets.motion.csv"]);
    assert_eq!((summary.rows, summary.unrecognized), (66, 6));
}
