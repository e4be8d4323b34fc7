//! Parquet: what the file says of itself, and the same sums in DuckDB and pandas as in the session.

use std::fs::File;

use gametelemetry::ExportOptions;
use parquet::basic::Encoding;
use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::support::{HOSTILE, LONGITUDE_DEG, Physics, folder, go, names_in, packets, python, session};

const READ: &str = r#"
import json, sys, duckdb, pandas
path = sys.argv[1]
frame = pandas.read_parquet(path)
sums = {name: frame[name].sum() for name in ["time_s", "speed", "gear", "lap_time", "latitude", "longitude", "fuel_volume"]}
query = "select " + ", ".join(f'sum("{name}")' for name in sums) + " from read_parquet(?)"
row = duckdb.execute(query, [path]).fetchone()
print(json.dumps({
    "pandas": sums, "duckdb": dict(zip(sums, row)), "rows": len(frame),
    "fuel": int(frame["fuel_volume"].count()), "driver": frame["driver"].iloc[-1],
    "first": frame["timestamp"].iloc[0].isoformat(), "laps": frame["lap"].value_counts().to_dict(),
    "types": {name: str(kind) for name, kind in frame.dtypes.items()},
    "skipped": duckdb.execute("select count(*), min(time_s) from read_parquet(?) where time_s >= 1999", [path]).fetchone(),
}))
"#;

#[test]
fn duckdb_and_pandas_give_the_sums_of_the_session() {
    let place = folder();
    let steps = 250_000;
    let out = place.path().join("all.parquet");
    let summary = go(&session(place.path(), steps), &out, "parquet", ExportOptions::default()).unwrap();
    assert_eq!(summary.rows, steps as u64);
    let Some(read) = python(READ, &[&out]) else { return };
    let mut speed = 0.0;
    let mut sums = [0.0; 5];
    for step in 0..steps {
        let physics = Physics::at(step);
        speed = if physics.speed_kmh.is_nan() { speed } else { f64::from(physics.speed_kmh) / 3.6 };
        let values = [
            f64::from(step) / 100.0,
            speed,
            f64::from(physics.gear - 1),
            f64::from(physics.lap_time_s),
            physics.latitude_deg,
        ];
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }
    let names = ["time_s", "speed", "gear", "lap_time", "latitude", "longitude"];
    let expected = sums.into_iter().chain([LONGITUDE_DEG * f64::from(steps)]);
    for (name, expected) in names.into_iter().zip(expected) {
        for reader in ["pandas", "duckdb"] {
            let got = read[reader][name].as_f64().unwrap();
            assert!(
                (got - expected).abs() <= 1e-9 * expected.abs(),
                "{reader} {name}: {got} is not {expected}"
            );
        }
    }
    assert_eq!(
        read["pandas"]["fuel_volume"].as_f64().unwrap().round(),
        read["duckdb"]["fuel_volume"].as_f64().unwrap().round()
    );
    assert_eq!(read["rows"], steps);
    assert_eq!(read["fuel"], steps - 100, "unknown is null");
    assert_eq!(read["driver"], HOSTILE);
    assert_eq!(read["first"], "2026-11-23T12:00:00+00:00");
    assert_eq!(read["laps"]["2.0"], 2000);
    assert_eq!(read["types"]["timestamp"], "datetime64[us, UTC]");
    assert_eq!(read["skipped"], serde_json::json!([50_100, 1999.0]));
}

#[test]
fn groups_pages_encodings_and_metadata_are_as_promised() {
    let place = folder();
    let out = place.path().join("all.parquet");
    go(&session(place.path(), 250_000), &out, "parquet", ExportOptions::default()).unwrap();
    let reader = SerializedFileReader::new(File::open(&out).unwrap()).unwrap();
    let metadata = reader.metadata();
    let rows: Vec<i64> = metadata.row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(rows.iter().sum::<i64>(), 250_000);
    assert!(rows[..2].iter().all(|rows| (100_000..103_000).contains(rows)), "{rows:?}");
    for column in metadata.row_group(0).columns() {
        let name = column.column_path().string();
        let encodings: Vec<Encoding> = column.encodings().collect();
        let expected = match name.as_str() {
            "timestamp" => Encoding::DELTA_BINARY_PACKED,
            "lap" | "gear" | "lap_number" | "driver" => Encoding::RLE_DICTIONARY,
            _ => Encoding::BYTE_STREAM_SPLIT,
        };
        assert!(encodings.contains(&expected), "{name}: {encodings:?}");
        assert!(column.compression().to_string().starts_with("ZSTD"), "{name}");
        assert!(column.statistics().is_some(), "{name}");
        assert!(column.column_index_offset().is_some() && column.offset_index_offset().is_some(), "{name}");
    }
    let pairs = metadata.file_metadata().key_value_metadata().unwrap();
    let value = |key: &str| pairs.iter().find(|pair| pair.key == key).unwrap().value.clone().unwrap();
    assert_eq!(value("gametelemetry.track"), "Spa");
    assert_eq!(value("gametelemetry.car"), HOSTILE);
    assert_eq!(value("gametelemetry.game"), "demo");
    assert_eq!(value("gametelemetry.session"), "test");
    assert!(value("gametelemetry.program").starts_with("gametelemetry "));
    let document: serde_json::Value = serde_json::from_str(&value("gametelemetry")).unwrap();
    let speed = document["columns"].as_array().unwrap().iter().find(|it| it["name"] == "speed").unwrap();
    assert_eq!(speed["unit"], "m/s");
    assert_eq!(speed["fields"][0]["field"], "speed");
    assert!((speed["fields"][0]["scale"].as_f64().unwrap() - 1.0 / 3.6).abs() < 1e-12);
    assert_eq!(document["sources"][1]["version"], "1.2");
    assert_eq!(document["laps"][1]["time_ms"], 20_000);
}

const READ_RAW: &str = r#"
import json, sys, os, duckdb
folder = sys.argv[1]
print(json.dumps({
    "types": dict(duckdb.execute("select column_name, column_type from (describe select * from read_parquet(?))", [os.path.join(folder, "graphics.parquet")]).fetchall()),
    "last": [str(value) for value in duckdb.execute("select id, driver, valid, \"grid[1]\", laps from read_parquet(?) order by time_s desc limit 1", [os.path.join(folder, "graphics.parquet")]).fetchone()],
    "slip": duckdb.execute("select round(sum(\"slip[2]\"), 3), count(speed) from read_parquet(?)", [os.path.join(folder, "physics.parquet")]).fetchone(),
}))
"#;

#[test]
fn a_raw_export_keeps_the_fields_types() {
    let place = folder();
    let out = place.path().join("raw");
    let options = || ExportOptions { raw: true, ..ExportOptions::default() };
    go(&session(place.path(), 1000), &out, "parquet", options()).unwrap();
    assert_eq!(names_in(&out), ["graphics.parquet", "physics.parquet"]);
    if let Some(read) = python(READ_RAW, &[&out]) {
        let kind = |name: &str| read["types"][name].as_str().unwrap().to_owned();
        assert_eq!(
            [kind("id"), kind("laps"), kind("valid"), kind("fuel"), kind("driver")],
            ["UBIGINT", "BIGINT", "BOOLEAN", "FLOAT", "VARCHAR"]
        );
        assert_eq!(read["last"], serde_json::json!([u64::MAX.to_string(), HOSTILE, "True", "4", "4"]));
        assert_eq!(read["slip"], serde_json::json!([4995.0, 990]));
    }
    let out = place.path().join("raw packets");
    go(&packets(place.path(), 5), &out, "parquet", options()).unwrap();
    assert_eq!(names_in(&out), ["packets.laps.parquet", "packets.motion.parquet"]);
}
