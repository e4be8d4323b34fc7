//! DuckDB reads both tables: partitions, types and nulls. Files from before a column was there are asked by the command's tests.

use std::path::Path;
use std::sync::Arc;

use gametelemetry_cloud::lake::Objects;
use gametelemetry_cloud::{Bucket, BucketOptions, CloudUrl};

use super::compact::merge;
use super::drives::{Drive, laps_of, options, put};

const READ: &str = r#"
import json, sys, duckdb
lake = sys.argv[1]
def table(name):
    return f"read_parquet('{lake}/{name}/**/*.parquet', hive_partitioning = true, union_by_name = true)"
def ask(query):
    return [[str(value) if value is not None else None for value in row] for row in duckdb.execute(query).fetchall()]
print(json.dumps({
    "types": {name: dict(duckdb.execute(f"select column_name, column_type from (describe select * from {table(name)})").fetchall()) for name in ["laps", "samples"]},
    "partitions": ask(f"select distinct game, track, car, date from {table('laps')} order by all"),
    "laps": ask(f"select session, lap_index, time_ms, sectors_ms, driver from {table('laps')} order by session, lap_index"),
    "samples": ask(f"select count(*), count(speed), count(brake), count(lap_index) from {table('samples')}"),
    "first": ask(f"select min(timestamp at time zone 'UTC') from {table('samples')}"),
    "best": ask(f"select track, car, min(best_known_time_ms) from {table('laps')} where valid and is_whole group by all order by all"),
}))
"#;

fn python(script: &str, argument: &Path) -> Option<serde_json::Value> {
    let Some(python) = std::env::var_os("GAMETELEMETRY_PYTHON") else {
        assert!(std::env::var_os("GAMETELEMETRY_TEST_ALL").is_none(), "GAMETELEMETRY_PYTHON names no Python");
        eprintln!("left out: reading with DuckDB (set GAMETELEMETRY_PYTHON to a Python that has it)");
        return None;
    };
    let output = std::process::Command::new(python).arg("-c").arg(script).arg(argument).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn duckdb_reads_both_tables_before_and_after_compaction() {
    let place = tempfile::tempdir().unwrap();
    let lake = place.path().join("lake");
    let bucket = Bucket::open(&CloudUrl::of_folder(&lake), &BucketOptions::default()).unwrap();
    let objects: Arc<dyn Objects> = Arc::new(bucket.clone());
    let drives = [
        Drive::new("a"),
        Drive { laps: vec![19.0, 17.0, 18.0], ..Drive::new("b") },
        Drive { track: "鈴鹿", game: "acc", driver: "", ..Drive::new("c") },
    ];
    let mut expected = Vec::new();
    for drive in &drives {
        let session = drive.save(place.path());
        put(&objects, &session, &options()).unwrap();
        expected.push((drive.id.clone(), laps_of(&session)));
    }
    let mut seen = None;
    for _ in 0..2 {
        let Some(read) = python(READ, &lake) else { return };
        let types = &read["types"];
        for (table, column, expected) in [
            ("laps", "sectors_ms", "BIGINT[]"),
            ("laps", "time_ms", "BIGINT"),
            ("laps", "valid", "BOOLEAN"),
            ("laps", "started", "TIMESTAMP WITH TIME ZONE"),
            ("laps", "date", "DATE"),
            ("laps", "game", "VARCHAR"),
            ("samples", "timestamp", "TIMESTAMP WITH TIME ZONE"),
            ("samples", "lap_index", "INTEGER"),
            ("samples", "speed", "DOUBLE"),
            ("samples", "brake", "DOUBLE"),
            ("samples", "tyre_compound", "VARCHAR"),
            ("samples", "is_taken_back", "BOOLEAN"),
        ] {
            assert_eq!(types[table][column], expected, "{table}.{column}");
        }
        let laps = read["laps"].as_array().unwrap();
        let mut rows = laps.iter();
        for (id, known) in &expected {
            for (index, lap) in known.laps.iter().enumerate() {
                let row = rows.next().unwrap();
                let json = serde_json::to_value(lap).unwrap();
                assert_eq!(row[0], *id);
                assert_eq!(row[1], index.to_string());
                assert_eq!(
                    row[2].as_str().map(str::to_owned),
                    json["time_ms"].as_i64().map(|it| it.to_string())
                );
                assert_eq!(
                    row[3].as_str().unwrap().replace("None", "null").replace(' ', ""),
                    json["sectors_ms"].to_string()
                );
                assert_eq!(row[4].is_null(), id == "c");
            }
        }
        assert!(rows.next().is_none());
        assert_eq!(read["partitions"].as_array().unwrap().len(), 2, "{}", read["partitions"]);
        assert_eq!(read["partitions"][0][3], "2026-11-23");
        let samples = read["samples"][0].as_array().unwrap();
        let count = |at: usize| samples[at].as_str().unwrap().parse::<u64>().unwrap();
        assert!(count(0) > 500 && count(0) == count(1) && count(2) == 0 && count(3) > 400, "{samples:?}");
        assert_eq!(read["first"][0][0], "2026-11-23 12:00:01");
        assert_eq!(seen.replace(read.clone()).unwrap_or_else(|| read.clone()), read);
        merge(&bucket, 1 << 30, false).unwrap();
    }
}
