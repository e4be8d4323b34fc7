//! A lake of hundreds of sessions, published by two machines' worth of publishers at once, and asked by DuckDB and Spark.
//!
//! `engines/ask.py` asks, before and after the lake is compacted, and compares every answer with `laps` and `export`.

mod drives;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use gametelemetry::clock;
use serde_json::{Value, json};

use crate::support::{Place, has, left_out};
use drives::Drive;

/// Rows of samples a second.
const HZ: u32 = 5;

#[test]
fn two_publishers_at_once_lose_and_double_nothing_and_engines_answer_as_laps_does() {
    let Some(python) = python_with_engines() else { return };
    let place = Place::new();
    let drives = drives::all();
    assert!(drives.len() >= 500);
    let paths = timed("drive the sessions", || drives::save_all(&drives, place.path()));
    let facts = timed("laps of each session", || facts(&place, &drives, &paths));
    let lake = place.path().join("lake");
    timed("two publishers at once, 100 of whose sessions are the same", || {
        publish_by_two(&place, &paths, &lake)
    });
    let facts_file = place.path().join("facts.json");
    std::fs::write(&facts_file, facts.to_string()).unwrap();
    let mut ask = Command::new(python);
    // Without leaving compiled modules beside the sources.
    ask.arg("-B").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/engines/ask.py"));
    // Not by `Running`, whose patience is for a command of ours; the script gives up by itself where an engine hangs.
    let asked = ask.arg(facts_file).arg(&lake).arg(env!("CARGO_BIN_EXE_gametelemetry")).output().unwrap();
    println!("{}", String::from_utf8_lossy(&asked.stdout));
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
}

/// A Python that has both engines, and Java for one of them.
fn python_with_engines() -> Option<std::ffi::OsString> {
    let python = std::env::var_os("GAMETELEMETRY_PYTHON").unwrap_or_else(|| "python3".into());
    let imports = Command::new(&python).args(["-c", "import duckdb, pyspark"]).output();
    if !imports.is_ok_and(|output| output.status.success()) {
        left_out("the Python packages duckdb and pyspark");
        return None;
    }
    // Spark starts its workers by shell scripts.
    if cfg!(windows) {
        left_out("a Spark whose workers start on Windows");
        return None;
    }
    has("java").then_some(python)
}

/// What each session is, with its laps as the command tells them.
fn facts(place: &Place, drives: &[Drive], paths: &[PathBuf]) -> Value {
    let laps = on_every_processor(paths.len(), |number| {
        let laps = place.run(["laps".as_ref(), paths[number].as_os_str(), "--json".as_ref()]).code(0).json();
        assert!(!laps.as_array().unwrap().is_empty(), "{:?}", drives[number]);
        laps
    });
    let session = |((drive, path), laps): ((&Drive, &PathBuf), Value)| {
        let [track, car, driver] = &drive.names;
        json!({
            "id": drive.id, "path": path, "game": drive.game, "started": drive.started.to_string(),
            "seconds": drive.seconds, "track": track, "car": car, "driver": driver, "laps": laps,
        })
    };
    let sessions: Vec<Value> = drives.iter().zip(paths).zip(laps).map(session).collect();
    json!({ "hz": HZ, "sessions": sessions })
}

/// Publishes by two processes at once, each of which has more than half of the sessions.
fn publish_by_two(place: &Place, paths: &[PathBuf], lake: &Path) {
    let half = paths.len() / 2;
    let hz = HZ.to_string();
    // Both begin with the same sessions, and come to others that both have at different times.
    let (own, shared, other) =
        (&paths[..half - half / 5], &paths[half - half / 5..half + half / 5], &paths[half + half / 5..]);
    let first: Vec<&PathBuf> = shared[..half / 5].iter().chain(own).chain(&shared[half / 5..]).collect();
    let second: Vec<&PathBuf> = shared.iter().chain(other).collect();
    let publish = |sessions: Vec<&PathBuf>| {
        let arguments =
            ["publish".as_ref()].into_iter().chain(sessions.into_iter().map(|path| path.as_os_str()));
        let options = [lake.as_os_str(), "--hz".as_ref(), hz.as_ref(), "--json".as_ref()];
        let mut publish = place.command(arguments.chain(options));
        publish.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let publishers = [first, second].map(publish);
    let published = publishers.map(|publisher| {
        let ended = publisher.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        serde_json::from_slice::<Value>(&ended.stdout).unwrap()
    });
    let of_each: Vec<&Value> = published.iter().flat_map(|told| told.as_array().unwrap()).collect();
    assert_eq!(of_each.len(), paths.len() + shared.len());
    assert!(of_each.iter().all(|told| told["version"] == 1), "{published:#?}");
    let again = of_each.iter().filter(|told| told["already_published"] == true).count();
    println!("           {again} of the 100 that both had were there already");
}

/// Calls `job` with every number below `count`, on as many threads as there are processors.
fn on_every_processor<T: Send>(count: usize, job: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return done;
            }
            done.push((number, job(number)));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = clock::monotonic();
    let result = work();
    println!("{:7.2} s  {what}", start.elapsed().as_secs_f64());
    result
}
