//! JSON Lines, parsed line by line.

use gametelemetry::ExportOptions;
use serde_json::{Value, json};

use crate::support::{HOSTILE, folder, go, of_channels, packets, session};

fn read(path: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn lines_have_types_and_nulls() {
    let place = folder();
    let out = place.path().join("a.jsonl");
    go(&session(place.path(), 200), &out, "jsonl", of_channels(&["gear", "fuel_volume", "driver"])).unwrap();
    let lines = read(&out);
    assert_eq!(lines.len(), 200);
    assert_eq!(lines[0], json!({ "time_s": 0, "lap": 1, "gear": 0, "fuel_volume": null, "driver": HOSTILE }));
    assert_eq!(lines[199]["fuel_volume"], 49.81);
}

#[test]
fn a_raw_export_has_arrays_and_labels_in_one_file() {
    let place = folder();
    let out = place.path().join("raw.jsonl");
    let options = || ExportOptions { raw: true, ..ExportOptions::default() };
    go(&session(place.path(), 20), &out, "jsonl", options()).unwrap();
    let lines = read(&out);
    assert_eq!(lines.len(), 22);
    let graphics = lines.iter().find(|line| line["source"] == "graphics").unwrap();
    assert_eq!(
        *graphics,
        json!({
            "time_s": 0, "session_lap": 1, "source": "graphics", "kind": null, "laps": 0, "lap": 7,
            "valid": true, "grid": [3, 4], "longitude": 6.5, "driver": HOSTILE, "fuel": -1, "id": u64::MAX,
        })
    );
    let physics = lines.iter().rfind(|line| line["source"] == "physics").unwrap();
    assert_eq!(physics["slip"], json!([0.1, 0.2, 0.19, -0.19]));

    let out = place.path().join("packets.jsonl");
    go(&packets(place.path(), 20), &out, "jsonl", options()).unwrap();
    let laps: Vec<Value> = read(&out).into_iter().filter(|line| line["kind"] == "laps").collect();
    assert_eq!(laps.len(), 2);
    assert_eq!(laps[1]["lap"], 1);
}
