//! Exports of sessions of simulated games: raw they have what the records have, and a user's own format works.

use std::path::Path;

use gametelemetry::{ExportOptions, Laps, Value, export, files};
use gametelemetry_export::EXPORTERS;

use crate::support::Place;

#[path = "../../examples/custom_exporter.rs"]
mod custom_exporter;

fn simulate(game: &str) -> Place {
    let place = Place::new();
    let _ = place.run(["simulate", game, "--save", "out", "--for", "20s"]).code(0);
    place
}

/// Every record as JSON, in the order of time: its fields by name.
fn records(session: &Path) -> Vec<serde_json::Value> {
    let mut records = Vec::new();
    for path in files::session_files(session).unwrap() {
        let mut reader = files::open(&path).unwrap();
        let schema = reader.schema().clone();
        while let Some(record) = reader.next_record().unwrap() {
            let view = schema.view(record.data);
            let fields = view.values().map(|(field, value): (_, Value)| {
                (field.name.clone(), serde_json::to_value(&value).unwrap())
            });
            records.push((record.timestamp, fields.collect::<serde_json::Map<_, _>>()));
        }
    }
    records.sort_by_key(|(time, _)| *time);
    records.into_iter().map(|(_, fields)| fields.into()).collect()
}

#[test]
fn a_raw_export_has_every_field_of_every_record() {
    for game in ["acc", "gt7", "dirt", "f1"] {
        let place = simulate(game);
        let session = place.only_session("out");
        let out = place.path().join("raw.jsonl");
        let options = ExportOptions { raw: true, ..ExportOptions::default() };
        let jsonl = gametelemetry_export::exporter("jsonl").unwrap();
        let summary = export(&session, &out, options, &Laps::default(), (jsonl.make)()).unwrap();
        let text = std::fs::read_to_string(&out).unwrap();
        let mut lines: Vec<String> = text.lines().map(|line| without_our_own(line).to_string()).collect();
        let mut expected: Vec<String> = records(&session).iter().map(without_nulls).collect();
        assert_eq!((summary.unrecognized, lines.len()), (0, expected.len()), "{game}");
        // Records of one moment may stand in another order.
        lines.sort_unstable();
        expected.sort_unstable();
        for (line, expected) in lines.iter().zip(&expected) {
            let at = line.bytes().zip(expected.bytes()).take_while(|(one, other)| one == other).count();
            let around =
                |text: &str| text.get(at.saturating_sub(60)..(at + 60).min(text.len())).map(str::to_owned);
            assert_eq!(around(line), around(expected), "{game}");
        }
    }
}

fn without_our_own(line: &str) -> String {
    let mut object: serde_json::Value = serde_json::from_str(line).unwrap();
    let members = object.as_object_mut().unwrap();
    for own in ["time_s", "lap", "source", "kind"] {
        // Where a field has the name ours has another.
        let longer = format!("session_{own}");
        if members.remove(&longer).is_none() {
            members.remove(own);
        }
    }
    without_nulls(&object)
}

/// As text with sorted members; what is unknown left out, so that a short array equals one with an unknown end.
fn without_nulls(value: &serde_json::Value) -> String {
    fn strip(value: &serde_json::Value) -> serde_json::Value {
        match value {
            serde_json::Value::Array(all) => {
                let known = all.iter().map(strip).filter(|it| !it.is_null() && *it != serde_json::json!([]));
                let mut known: Vec<serde_json::Value> = known.collect();
                // An array whose length the record says reads as one value when that is one.
                if known.len() == 1 { known.remove(0) } else { known.into() }
            }
            serde_json::Value::Object(all) => {
                let members = all.iter().map(|(name, value)| (name.clone(), strip(value)));
                members
                    .filter(|(_, it)| !it.is_null() && *it != serde_json::json!([]))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }
            // The digits of a number may differ, not the number: most are 32-bit numbers.
            serde_json::Value::Number(number) => (number.as_f64().unwrap() as f32).to_string().into(),
            other => other.clone(),
        }
    }
    strip(value).to_string()
}

#[test]
fn every_format_exports_every_simulated_game() {
    for game in ["acc", "f1", "gt7", "dirt"] {
        let place = simulate(game);
        let session = place.only_session("out");
        for info in EXPORTERS {
            let out = place.path().join(format!("{}.{}", info.name, info.extension));
            let options = ExportOptions::default();
            let summary = export(&session, &out, options, &Laps::default(), (info.make)()).unwrap();
            assert!((1000..=7000).contains(&summary.rows), "{game} {}: {}", info.name, summary.rows);
        }
    }
}

#[test]
fn the_example_of_a_format_of_ones_own_works() {
    let place = simulate("acc");
    let out = place.path().join("session.dat");
    let rows = custom_exporter::run(&place.only_session("out"), &out).unwrap();
    let text = std::fs::read_to_string(out).unwrap();
    assert!(text.starts_with("# time [s], speed [m/s], throttle [], brake []\n"), "{}", &text[..80]);
    assert_eq!(text.lines().count() as u64, rows + 1);
    let lines = include_str!("../../examples/custom_exporter.rs").lines().count();
    assert!(lines < 60, "an example of {lines} lines is too long");
}
