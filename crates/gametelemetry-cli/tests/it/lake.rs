//! `publish` and `compact` as a user gives them, on sessions of simulated games.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use parquet::file::reader::SerializedFileReader;
use parquet::record::Field;
use serde_json::{Value, json};

use crate::simulated::{rewritten, simulated};
use crate::support::Place;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

type Row = BTreeMap<String, Field>;

fn rows(table: &Path) -> Vec<Row> {
    let of_file = |path: PathBuf| {
        let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
        let rows = reader.into_iter().map(Result::unwrap);
        rows.map(|row| row.into_columns().into_iter().collect()).collect::<Vec<Row>>()
    };
    files(table).into_iter().flat_map(of_file).collect()
}

/// A cell as `laps --json` has it.
fn as_json(field: Option<&Field>) -> Value {
    match field {
        Some(Field::Str(text)) => json!(text),
        Some(Field::Bool(value)) => json!(value),
        Some(Field::Int(value)) => json!(value),
        Some(Field::Long(value)) => json!(value),
        Some(Field::ListInternal(list)) => list.elements().iter().map(|it| as_json(Some(it))).collect(),
        _ => Value::Null,
    }
}

#[test]
fn the_lake_has_the_laps_of_every_game_whatever_is_published_again_and_merged() {
    let place = Place::new();
    let sessions = ["acc", "f1", "gt7", "forza"].map(|game| simulated(&place, game, &[game, "--for", "6m"]));
    let lake = place.path().join("lake");
    let mut arguments = vec!["publish", "--json"];
    arguments.extend(sessions.iter().map(String::as_str));
    arguments.extend(["lake", "--hz", "10"]);
    let published = place.run(&arguments).code(0).json();
    assert_eq!(published.as_array().unwrap().len(), sessions.len());
    let again = place.run(&arguments).code(0).json();
    assert!(again.as_array().unwrap().iter().all(|it| it["already_published"] == true));

    for _ in 0..2 {
        let rows = rows(&lake.join("laps"));
        let mut count = 0;
        for (session, published) in sessions.iter().zip(published.as_array().unwrap()) {
            let laps = place.run(["laps", session, "--json"]).code(0).json();
            let id = &published["session"];
            let mut of_session: Vec<&Row> =
                rows.iter().filter(|row| as_json(row.get("session")) == *id).collect();
            of_session.sort_by_key(|row| as_json(row.get("lap_index")).as_i64());
            assert_eq!(of_session.len(), laps.as_array().unwrap().len(), "{session}");
            count += of_session.len();
            for (row, lap) in of_session.into_iter().zip(laps.as_array().unwrap()) {
                for (name, value) in lap.as_object().unwrap() {
                    assert_eq!(as_json(row.get(name)), *value, "{session}: {name}");
                }
            }
        }
        assert_eq!(rows.len(), count);
        let _ = place.run(["compact", "lake"]).code(0);
    }
}

#[test]
fn a_session_that_was_cut_is_published_and_replaced_when_it_is_whole() {
    let place = Place::new();
    let session = simulated(&place, "whole", &["acc", "--for", "4m"]);
    let mut left = 6000;
    let cut = rewritten(&session, &place.path().join("cut"), |_, _| {
        left -= 1;
        left > 0
    });
    let lake = place.path().join("lake");
    let publish = |session: &str| place.run(["publish", session, "lake", "--hz", "10"]).code(0);
    let _ = publish(cut.to_str().unwrap()).shows(&["laps", "samples"]);
    let few = rows(&lake.join("laps")).len();
    let _ = publish(&session);
    let _ = publish(&session).shows(&["already published"]);
    let all = rows(&lake.join("laps"));
    assert!(all.len() > few);
    assert!(all.iter().all(|row| row["session_version"] == Field::Int(2)));
    let names: Vec<String> = files(&lake.join("samples"))
        .iter()
        .map(|it| it.file_name().unwrap().to_string_lossy().into())
        .collect();
    assert!(names.iter().all(|name| name.contains(".2.")), "{names:?}");
}

#[test]
fn names_are_left_out_and_mistakes_are_told() {
    let place = Place::new();
    let session = simulated(&place, "s", &["acc", "--for", "3m"]);
    let _ = place.run(["publish", &session, "lake", "--redact"]).code(0);
    let lake = place.path().join("lake");
    for table in ["laps", "samples"] {
        assert!(rows(&lake.join(table)).iter().all(|row| row["driver"] == Field::Null));
    }
    let _ = place.run(["publish", "nothing", "lake"]).code(1).says(&["cannot publish nothing"]);
    let both = place.run(["publish", "nothing", &session, "lake"]).code(1);
    let _ = both.says(&["cannot publish nothing", "1 of 2 sessions"]);
    let _ = place.run(["publish", "lake"]).code(2);
    let _ = place.run(["compact", "lake", "--target-size", "9TB"]).code(2).says(&["1GB at most"]);
    let dry = place.run(["compact", "lake", "--dry-run"]).code(0);
    let _ = dry.shows(&["nothing to merge in 1 partitions"]);
    std::fs::write(lake.join("_lake/version.json"), r#"{"version": 7}"#).unwrap();
    let _ = place.run(["publish", &session, "lake"]).code(1).says(&["the lake has version 7"]);
    for command in ["publish", "compact"] {
        let _ = place.run([command, "--help"]).code(0).shows(&["Example", "lake"]);
    }
}

#[test]
fn a_session_of_a_bucket_is_published_as_the_one_it_was_uploaded_from() {
    let place = Place::new();
    let session = simulated(&place, "s", &["acc", "--for", "4m"]);
    let uploaded = place.run(["upload", &session, "bucket"]).code(0).stdout;
    let bucket = gametelemetry_cloud::CloudUrl::of_folder(&place.path().join("bucket"));
    let name = uploaded.trim().rsplit(['/', '\\']).next().unwrap();
    let url = format!("file:///{}", bucket.join(name).to_string().replace('\\', "/").trim_start_matches('/'));
    let _ = place.run(["publish", &session, "of_folder", "--hz", "10"]).code(0);
    let _ = place.run(["publish", &url, "of_url", "--hz", "10"]).code(0);
    for table in ["laps", "samples"] {
        let rows = |lake: &str| rows(&place.path().join(lake).join(table));
        assert!(!rows("of_url").is_empty());
        assert_eq!(rows("of_folder"), rows("of_url"));
    }
    // It is the same session, wherever it was read.
    let again = place.run(["publish", &url, "of_folder", "--hz", "10"]).code(0);
    let _ = again.shows(&["already published"]);
}
