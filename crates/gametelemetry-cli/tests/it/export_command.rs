//! `export` as a user sees it: every format and option, where files go, what is refused; and the way round by `.ld`.

use std::path::{Path, PathBuf};

use gametelemetry_export::EXPORTERS;
use gametelemetry_export::motec::LdFile;
use serde_json::Value;

use crate::simulated::{rewritten, simulated};
use crate::support::{Place, Ran};

fn session(place: &Place) -> String {
    simulated(place, "out", &["acc", "--for", "5m", "--hz", "50"])
}

fn export(place: &Place, session: &str, to: &str, more: &[&str]) -> Ran {
    place.run(["export", session, "--to", to].iter().chain(more))
}

/// What it said to have written, each a file with something in it.
fn written(place: &Place, ran: &Ran) -> Vec<PathBuf> {
    let files: Vec<PathBuf> = ran.stdout.lines().map(|line| place.path().join(line)).collect();
    for file in &files {
        assert!(file.metadata().unwrap().len() > 0, "{}", file.display());
    }
    files
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_format_takes_channels_laps_a_rate_and_a_formula() {
    let place = Place::new();
    let session = session(&place);
    for info in EXPORTERS {
        let out = format!("chosen.{}", info.extension);
        let formula = "double [m/s] = speed * 2";
        let options = [
            "--channels",
            "speed,gear",
            "--laps",
            "2,3",
            "--hz",
            "20",
            "--math",
            formula,
            "--out",
            &out,
            "--force",
        ];
        let ran = export(&place, &session, info.name, &options).code(0);
        let files = written(&place, &ran);
        assert_eq!(files[0], place.path().join(&out));
        // Two laps of 86.6 s; in the tidy layout a row a value.
        let rows: u64 = ran.stderr.trim().strip_suffix(" rows").unwrap().parse().unwrap();
        assert!(
            (3460..3470).contains(&rows) || (3 * 3460..3 * 3470).contains(&rows),
            "{}: {rows}",
            info.name
        );
        if matches!(info.name, "csv" | "motec-csv" | "jsonl" | "csv-tidy") {
            // MoTeC's names begin with capitals.
            let text = std::fs::read_to_string(&files[0]).unwrap().to_lowercase();
            assert!(text.contains("double") && !text.contains("throttle"), "{}", info.name);
        }
    }
    let table = std::fs::read_to_string(place.path().join("chosen.jsonl")).unwrap();
    for line in table.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        assert!(row["lap"] == 2 || row["lap"] == 3, "{line}");
        let (speed, double) = (row["speed"].as_f64().unwrap(), row["double"].as_f64().unwrap());
        assert!((double - 2.0 * speed).abs() < 1e-4, "{line}");
    }
}

#[test]
fn every_format_goes_beside_the_session_unless_told() {
    let place = Place::new();
    let session = simulated(&place, "out", &["acc", "--for", "10s"]);
    let folder = Path::new(&session);
    let name = folder.file_name().unwrap().to_str().unwrap();
    for info in EXPORTERS {
        // Several formats are a .csv; the second would not overwrite the first.
        let ran = export(&place, &session, info.name, &["--force"]).code(0);
        assert_eq!(written(&place, &ran)[0], folder.join(format!("{name}.{}", info.extension)));
        // One file of the session, too.
        let physics = folder.join("physics.gtel");
        let ran = export(&place, physics.to_str().unwrap(), info.name, &["--force", "--hz", "10"]).code(0);
        assert_eq!(written(&place, &ran)[0], folder.join(format!("physics.{}", info.extension)));
    }
    assert!(names(folder).iter().all(|name| !name.contains("partial")), "{:?}", names(folder));
    // What lies beside the recording is no part of it.
    let _ = place.run(["verify", &session]).code(0);
}

#[test]
fn raw_has_the_games_own_fields() {
    let place = Place::new();
    let session = simulated(&place, "out", &["acc", "--for", "10s"]);
    let name = Path::new(&session).file_name().unwrap().to_str().unwrap().to_owned();
    let ran = export(&place, &session, "csv", &["--raw"]).code(0);
    let mut files = written(&place, &ran);
    files.sort();
    let folder = Path::new(&session).join(format!("{name}_csv"));
    assert_eq!(files, ["graphics", "physics", "static"].map(|source| folder.join(format!("{source}.csv"))));
    let head = std::fs::read_to_string(folder.join("physics.csv")).unwrap();
    assert!(head.lines().next().unwrap().contains("speed_kmh"), "{}", &head[..200]);
    for info in EXPORTERS.iter().filter(|info| !info.name.starts_with("motec")) {
        let out = format!("raw {}", info.name);
        let ran = export(&place, &session, info.name, &["--raw", "--out", &out]).code(0);
        assert!(!written(&place, &ran).is_empty());
    }
    for info in EXPORTERS.iter().filter(|info| info.name.starts_with("motec")) {
        let ran = export(&place, &session, info.name, &["--raw", "--out", "log"]).code(1);
        let _ = ran.says(&["leave out --raw"]);
    }
    let shooter = simulated(&place, "shooter", &["cs2", "--for", "20s"]);
    let _ = export(&place, &shooter, "csv", &[]).code(1).says(&["no channels", "--raw"]);
    let ran = export(&place, &shooter, "jsonl", &["--raw", "--out", "shooter.jsonl"]).code(0);
    assert!(!written(&place, &ran).is_empty());
}

#[test]
fn what_was_written_is_told_as_json() {
    let place = Place::new();
    let session = simulated(&place, "out", &["acc", "--for", "10s"]);
    let told = export(&place, &session, "motec", &["--out", "a.ld", "--hz", "25", "--json"]).code(0).json();
    assert_eq!(told["files"], serde_json::json!(["a.ld", "a.ldx"]));
    assert_eq!((told["rows"].as_u64(), told["hz"].as_f64()), (Some(250), Some(25.0)));
    assert!(told["notes"].is_array());
}

#[test]
fn what_cannot_be_exported_is_refused_and_leaves_nothing() {
    let place = Place::new();
    let session = simulated(&place, "out", &["acc", "--for", "10s"]);
    for (to, more, code, said) in [
        ("cvs", &[][..], 1, &["there is no format cvs, did you mean csv?", "parquet", "motec-csv"][..]),
        ("csv", &["--channels", "sped"], 1, &["no channel sped", "did you mean speed?"]),
        ("csv", &["--laps", "7"], 1, &["the session has no lap 7; it has lap 1"]),
        ("csv", &["--laps", "two"], 2, &["invalid value 'two'"]),
        ("csv", &["--hz", "0"], 2, &["`0` is no rate"]),
        ("csv", &["--math", "a = sped * 2"], 1, &["--math \"a\"", "no channel \"sped\""]),
        ("csv", &["--math", "a = speed *"], 1, &["--math \"a = speed *\"", "a value is missing"]),
        ("csv", &["--math", "speed * 2"], 1, &["--math \"speed * 2\""]),
        ("csv", &["--raw", "--hz", "10"], 2, &["cannot be used with"]),
        ("csv", &["--out", "no/such/folder.csv"], 1, &["this folder does not exist", "folder.csv"]),
        ("motec", &["--hz", "12.5"], 1, &["whole number of samples", "choose another --hz"]),
    ] {
        let ran = export(&place, &session, to, more).code(code).says(said);
        assert_eq!(ran.stdout, "", "{to} {more:?}");
    }
    let _ = export(&place, "nowhere", "csv", &[]).code(1).says(&["cannot open the session", "nowhere"]);
    assert_eq!(names(Path::new(&session)), ["graphics.gtel", "physics.gtel", "static.gtel"]);
    assert_eq!(names(place.path()), ["out"]);
}

#[test]
fn a_file_that_is_there_is_written_over_only_when_told() {
    let place = Place::new();
    let session = simulated(&place, "out", &["acc", "--for", "10s"]);
    for existing in ["a.ld", "a.ldx"] {
        std::fs::write(place.path().join(existing), "precious").unwrap();
        let ran = export(&place, &session, "motec", &["--out", "a.ld"]).code(1);
        let _ = ran.says(&["exists already", "--force", existing]);
        assert_eq!(std::fs::read(place.path().join(existing)).unwrap(), b"precious");
        assert_eq!(names(place.path()), [existing, "out"]);
        std::fs::remove_file(place.path().join(existing)).unwrap();
    }
    std::fs::write(place.path().join("a.ld"), "precious").unwrap();
    let _ = export(&place, &session, "motec", &["--out", "a.ld", "--force"]).code(0);
    assert!(LdFile::read(&std::fs::read(place.path().join("a.ld")).unwrap()).is_ok());
}

/// Times of the laps driven from line to line, as the game gave them.
fn times(place: &Place, session: &str) -> Vec<u64> {
    let laps = place.run(["laps", session, "--json"]).code(0).json();
    laps.as_array().unwrap().iter().filter_map(|lap| lap["official_time_ms"].as_u64()).collect()
}

#[test]
fn laps_come_back_from_a_log() {
    for (game, options, laps) in
        [("acc", &["--for", "5m"][..], 2), ("gt7", &["--for", "5m"], 3), ("f1", &["--for", "3m10s"], 2)]
    {
        let place = Place::new();
        let session = simulated(&place, "out", &[&[game], options].concat());
        let _ = export(&place, &session, "motec", &["--hz", "100", "--out", "log.ld"]).code(0);
        let imported = place.run(["import", "log.ld", "--out", "back"]).code(0);
        let (before, after) = (times(&place, &session), times(&place, imported.stdout.trim()));
        assert_eq!((before.len(), after.len()), (laps, laps), "{game}: {before:?} {after:?}");
        for (before, after) in before.iter().zip(&after) {
            assert!(before.abs_diff(*after) <= 10, "{game}: {before} {after}");
        }
    }
}

#[test]
fn a_log_equals_the_csv_of_the_same_laps_sample_by_sample() {
    let place = Place::new();
    let session = session(&place);
    let chosen =
        ["--channels", "speed,steer_ratio,gear,engine_rpm,g_lat,lap_time,position_x", "--laps", "2,3"];
    let run = |to: &str, out: &str| {
        let _ = export(&place, &session, to, &[&chosen[..], &["--out", out]].concat()).code(0);
    };
    run("motec", "log.ld");
    run("motec-csv", "log.csv");
    let text = std::fs::read_to_string(place.path().join("log.csv")).unwrap();
    let cell = |cell: &str| cell.trim_matches('"').parse::<f64>();
    let rows = text.lines().map(|line| line.split(',').map(cell).collect::<Result<Vec<_>, _>>());
    // What is not a row of numbers is the head.
    let rows: Vec<Vec<f64>> = rows.filter_map(Result::ok).filter(|row| row.len() == 8).collect();
    let bytes = std::fs::read(place.path().join("log.ld")).unwrap();
    let log = LdFile::read(&bytes).unwrap();
    assert!(log.channels.len() == 7 && rows.len() > 8000, "{} rows", rows.len());
    for (number, channel) in log.channels.iter().enumerate() {
        let samples: Vec<f64> = log.samples(channel).collect();
        assert_eq!(samples.len(), rows.len(), "{}", channel.name);
        for (sample, row) in samples.iter().zip(&rows) {
            let expected = row[number + 1];
            assert!((sample - expected).abs() <= 1e-6 * expected.abs().max(1e-3), "{}", channel.name);
        }
    }
}

#[test]
fn a_session_of_zero_frames_is_exported_as_nothing() {
    let place = Place::new();
    let whole = simulated(&place, "out", &["acc", "--for", "2s"]);
    let empty = rewritten(&whole, &place.path().join("empty"), |_, _| false);
    for info in EXPORTERS {
        let out = format!("empty.{}", info.extension);
        let ran = export(&place, empty.to_str().unwrap(), info.name, &["--out", &out, "--force"]);
        let _ = ran.code(0).says(&["0 rows"]);
    }
    let ran = export(&place, empty.to_str().unwrap(), "csv", &["--raw", "--out", "none"]).code(0);
    assert_eq!(ran.says(&["no file was written"]).stdout, "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_nothing_stays() {
    let place = Place::new();
    let session = session(&place);
    let Some(disk) = crate::simulated::SmallDisk::mount(place.path().join("disk")) else { return };
    for info in EXPORTERS {
        let out = disk.file(&format!("export.{}", info.extension));
        let ran = export(&place, &session, info.name, &["--out", &out]).code(1);
        let ran = ran.says(&["the disk is full: free some space", "disk/export"]);
        assert_eq!((ran.stdout.as_str(), disk.names()), ("", Vec::new()), "{}", info.name);
    }
}

#[test]
fn the_examples_are_short() {
    for (name, text) in [
        ("custom_exporter", include_str!("../../examples/custom_exporter.rs")),
        ("custom_processor", include_str!("../../../gametelemetry/examples/custom_processor.rs")),
        ("math_channel", include_str!("../../../gametelemetry/examples/math_channel.rs")),
    ] {
        let lines = text.lines().count();
        assert!(lines < 60, "the example {name} has {lines} lines");
    }
}
