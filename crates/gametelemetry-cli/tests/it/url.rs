//! Sessions at a URL as a user sees them: every reading command, `list` and `download`. The bucket is a folder.

use std::path::Path;

use gametelemetry_cloud::{Bucket, BucketOptions, CloudUrl};
use serde_json::Value;

use crate::simulated::simulated;
use crate::support::{Place, count, find};
use crate::uploaded::{put_objects, upload};

/// The bucket of a place.
fn bucket(place: &Place) -> Bucket {
    let folder = place.path().join("bucket");
    std::fs::create_dir_all(&folder).unwrap();
    Bucket::open(&CloudUrl::of_folder(&folder), &BucketOptions::default()).unwrap()
}

/// The URL of what is called `name` in the bucket.
fn url(place: &Place, name: &str) -> String {
    let path = place.path().join("bucket").join(name);
    let path = path.to_str().unwrap().replace('\\', "/");
    format!("file:///{}", path.trim_start_matches('/'))
}

/// A session of five minutes, its name, and its URL.
fn session(place: &Place) -> (String, String, String) {
    let session = simulated(place, "out", &["acc", "--for", "5m", "--hz", "50"]);
    upload(&bucket(place), Path::new(&session), 4);
    let name = Path::new(&session).file_name().unwrap().to_str().unwrap().to_owned();
    let url = url(place, &name);
    (session, name, url)
}

/// `value` without what says where it comes from.
fn placeless(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            for name in ["path", "file", "sessions"] {
                members.remove(name);
            }
            members.values_mut().for_each(|member| *member = placeless(member.take()));
        }
        Value::Array(list) => list.iter_mut().for_each(|member| *member = placeless(member.take())),
        _ => {}
    }
    value
}

#[test]
fn every_reading_command_tells_the_same_of_a_folder_and_of_its_url() {
    let place = Place::new();
    let (session, name, url) = session(&place);
    let commands: [&[&str]; 5] = [
        &["info", "SESSION", "--json"],
        &["info", "SESSION/physics.gtel", "--json"],
        &["laps", "SESSION", "--json"],
        &["verify", "SESSION", "--json"],
        &["compare", "SESSION:best", "SESSION:3", "--json"],
    ];
    for command in commands {
        let run = |session: &str| {
            let ran = place.run(command.iter().map(|word| word.replace("SESSION", session))).code(0);
            placeless(ran.json())
        };
        assert_eq!(run(&session), run(&url), "{command:?}");
    }
    for arguments in
        [vec!["--limit", "3000"], vec!["--channels", "speed,gear", "--from", "200s", "--to", "205s"]]
    {
        let run = |session: &str| {
            place.run(["cat", session].into_iter().chain(arguments.iter().copied())).code(0).stdout
        };
        let of_path = run(&session);
        assert!(of_path.lines().count() > 200, "{of_path}");
        assert!(of_path == run(&url), "{arguments:?}");
    }
    for more in [vec!["csv"], vec!["parquet", "--hz", "20", "--laps", "2"], vec!["jsonl", "--raw"]] {
        let run = |session: &str, out: &str| {
            let start = ["export", session, "--out", out, "--to"];
            let _ = place.run(start.into_iter().chain(more.iter().copied())).code(0);
            std::fs::read(place.path().join(out)).ok()
        };
        let of_path = run(&session, &format!("{}_path", more[0]));
        assert!(of_path == run(&url, &format!("{}_url", more[0])), "{more:?}");
        assert!(of_path.is_some());
    }
    // What is made of it goes here, under its name.
    let exported = place.run(["export", &url, "--to", "csv"]).code(0);
    assert_eq!(exported.stdout.trim_end(), format!("{name}.csv"));
    let report = place.run(["report", &url, "--compare", &url]).code(0);
    assert_eq!(report.stdout.trim_end(), format!("{name}.html"));
    assert!(place.path().join(format!("{name}.html")).metadata().unwrap().len() > 100_000);
    let replayed = place.run(["replay", &url, "--speed", "1000", "--json"]).code(0).json();
    assert!(count(&replayed, "records") > 15_000, "{replayed}");
}

#[test]
fn what_a_url_cannot_do_is_refused_with_what_can_be_done() {
    let place = Place::new();
    let (_, name, whole) = session(&place);
    let _ = place.run(["recover", &whole]).code(1).says(&["gametelemetry download", &name]);
    let _ = place.run(["cat", &whole, "--follow"]).code(1).says(&["--follow"]);
    let typo = url(&place, &name.replace("acc", "acd"));
    for command in ["info", "laps", "verify", "cat", "report", "download"] {
        let _ = place.run([command, &typo]).code(1).says(&["there is no session", "did you mean", &name]);
    }
    let _ =
        place.run(["compare", &format!("{typo}:1"), &format!("{whole}:1")]).code(1).says(&["did you mean"]);
    let _ =
        place.run(["info", &format!("{whole}/physic.gtel")]).code(1).says(&["did you mean physics.gtel?"]);
    let _ =
        place.run(["download", &format!("{whole}/physics.gtel")]).code(1).says(&["one file of a session"]);
    let _ =
        place.run(["info", "s3://laps"]).code(1).says(&["this is a bucket", "gametelemetry list s3://laps"]);
    let _ = place.run(["info", "ftp://laps/monza"]).code(2).says(&["ftp is not known"]);
    let _ = place.run(["info", &format!("{}/x", url(&place, "nowhere"))]).code(1).says(&["bucket"]);
}

#[test]
fn damage_in_a_bucket_is_told_as_damage_on_the_disk() {
    let place = Place::new();
    let (_, name, url) = session(&place);
    let folder = place.path().join("bucket").join(&name).join("physics.gtel");
    let mut objects: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    objects.sort();
    let object = &objects[objects.len() / 2];
    let mut bytes = std::fs::read(object).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(object, bytes).unwrap();
    let _ = place.run(["verify", &url]).code(3).shows(&["not whole"]);
    let _ = place.run(["laps", &url]).code(3).says(&["damaged in 1 place"]);
    // What is asked of the hashes is refused.
    let _ = place.run(["download", &url]).code(1).says(&["damaged", "physics.gtel/"]);
    assert!(!place.path().join("sessions").join(&name).exists());
    // An object that is gone ends what can be read of its source.
    std::fs::remove_file(object).unwrap();
    let _ = place.run(["laps", &url]).code(3).says(&["could not be read to its end", "no such object"]);
}

#[test]
fn sessions_are_listed_and_downloaded() {
    let place = Place::new();
    let (session, name, url) = session(&place);
    let root = self::url(&place, "");
    let half = put_objects(&bucket(&place), Path::new(&session), "half", 4);
    assert_eq!(half.name, "half");
    bucket(&place).put("rig/odd.session.json", "{}".into()).unwrap();
    let _ =
        place.run(["list", &root]).code(3).shows(&[&name, "acc", "half: is still being uploaded", "rig/odd"]);
    let listed = place.run(["list", "bucket", "--json"]).code(3).json();
    assert_eq!(find(&listed["sessions"], "name", &name)["game"], "acc");
    assert_eq!(listed["unfinished"][0], "half");
    assert_eq!(find(&listed["unreadable"], "name", "rig/odd")["name"], "rig/odd");
    let _ = place.run(["info", &self::url(&place, "half")]).code(1).says(&["is still being uploaded"]);

    let downloaded = place.run(["download", &url, "--out", "got"]).code(0);
    assert_eq!(place.path().join(downloaded.stdout.trim_end()), place.path().join("got").join(&name));
    let _ = place.run(["verify", downloaded.stdout.trim_end()]).code(0);
    // What is there is not fetched again, unless it is asked for by its name.
    let rows =
        place.run(["download", &root, "--all", "--out", "got", "--json"]).code(3).says(&["half", "rig/odd"]);
    assert_eq!(rows.json(), serde_json::json!([]));
    let rows = place.run(["download", &url, "--out", "got", "--json"]).code(0).json();
    assert!(rows[0]["folder"].as_str().unwrap().ends_with(&format!("{name}_2")), "{rows}");
    assert_eq!(count(&rows[0], "bytes"), count(&rows[0], "fetched"));
    let rows = place.run(["download", &root, "--all", "--out", "other", "--json"]).code(3).json();
    assert_eq!(rows.as_array().unwrap().len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_gets_no_session_and_the_error_says_so() {
    let place = Place::new();
    let (_, name, url) = session(&place);
    let Some(disk) = crate::simulated::SmallDisk::mount(place.path().join("small")) else { return };
    let _ = place.run(["download", &url, "--out", "small"]).code(1).says(&["the disk is full"]);
    assert_eq!(disk.names(), [format!(".{name}.partial")]);
    let _ = place.run(["download", &url, "--out", "large"]).code(0);
}
