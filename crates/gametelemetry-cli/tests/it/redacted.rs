//! `upload --redact` as a user sees it: the session keeps its names, the bucket has none.

use std::path::Path;

use crate::simulated::simulated;
use crate::support::{Place, count, wait_until};

/// What the simulated driver is called.
const NAMES: [&str; 3] = ["Zoë", "Ångström", "ZÅD"];

#[test]
fn a_redacted_upload_names_nobody_and_the_session_keeps_its_names() {
    let place = Place::new();
    let session = simulated(&place, "out", &["acc", "--for", "2m", "--hz", "50"]);
    let bucket = place.path().join("bucket");
    let bucket = bucket.to_str().unwrap();
    let uploaded = place.run(["upload", session.as_str(), bucket, "--redact"]).code(0).stdout;
    let url = uploaded.trim();
    assert!(url.ends_with("-redacted"), "{url}");

    let told = |what: &str| place.run(["cat", what, "--source", "static"]).code(0).stdout;
    assert!(NAMES.iter().all(|name| told(&session).contains(name)));
    let redacted = told(url);
    assert!(!NAMES.iter().any(|name| redacted.contains(name)), "{redacted}");
    assert!(redacted.contains("audi_r8_lms_evo_ii"));
    // Laps are the same, driven by nobody.
    let laps = |what: &str| place.run(["laps", what, "--json"]).code(0).stdout;
    assert_eq!(laps(&session), laps(url));
    let listed = place.run(["list", bucket, "--json"]).code(0).json();
    assert_eq!(listed["sessions"][0]["is_redacted"], true, "{listed}");
    // Nothing is left of the copy, and nothing is sent again.
    let beside: Vec<_> = std::fs::read_dir(Path::new(&session).parent().unwrap()).unwrap().collect();
    assert_eq!(beside.len(), 1);
    let again = place.run(["upload", session.as_str(), bucket, "--redact", "--json"]).code(0).json();
    assert_eq!(count(&again[0], "sent_objects"), 0);

    // The names are nowhere else, so the session is not uploaded as far as deleting goes.
    let sessions = Path::new(&session).parent().unwrap().to_str().unwrap();
    let prune = || place.run(["prune", sessions, "--max-count", "0", "--only-uploaded", "--yes"]).code(0);
    prune();
    assert!(Path::new(&session).is_dir());
    place.run(["upload", session.as_str(), bucket]).code(0);
    prune();
    assert!(!Path::new(&session).exists());
}

#[test]
fn a_recording_that_is_uploaded_without_names_names_nobody() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let recorder =
        place.start(["record", "acc", "--out", "out", "--upload", "bucket", "--redact", "--for", "2s"]);
    let _ = recorder.wait().recorded().says(&["uploaded"]);
    let session = place.only_session("out");
    let listed = place.run(["list", "bucket", "--json"]).code(0).json();
    assert_eq!(listed["sessions"][0]["is_redacted"], true, "{listed}");
    let url = listed["sessions"][0]["url"].as_str().unwrap().to_owned();
    let told = |what: &str| place.run(["cat", what, "--source", "static"]).code(0).stdout;
    assert!(NAMES.iter().all(|name| told(session.to_str().unwrap()).contains(name)));
    let redacted = told(&url);
    assert!(!redacted.is_empty() && !NAMES.iter().any(|name| redacted.contains(name)), "{redacted}");
    // Not in any byte of what left, either.
    for (key, bytes) in crate::clouds::sessions::contents(&place.path().join("bucket")) {
        for name in NAMES {
            let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
            assert!(!has(name.as_bytes()) && !has(&utf16), "{key} has {name}");
        }
    }
}

#[test]
fn a_session_is_brought_to_two_places_at_once_without_names() {
    let place = Place::new();
    let session = simulated(&place, "out", &["acc", "--for", "2m", "--hz", "50"]);
    let buckets = ["one", "two", "three"];
    let uploads = buckets.map(|bucket| place.start(["upload", session.as_str(), bucket, "--redact"]));
    for (bucket, upload) in buckets.iter().zip(uploads) {
        let url = upload.wait().code(0).stdout;
        let _ = place.run(["verify", url.trim()]).code(0);
        let info = place.run(["info", url.trim(), "--json"]).code(0).json();
        assert_eq!(info["sources"].as_array().unwrap().len(), 3, "{bucket}: {info}");
    }
    wait_until("that no copy is left", || place.sessions("out").len() == 1);
}

#[test]
fn a_session_and_its_copy_without_names_are_both_downloaded() {
    let place = Place::new();
    let session = simulated(&place, "out", &["acc", "--for", "1m", "--hz", "50"]);
    for more in [&[][..], &["--redact"]] {
        let _ = place.run([&["upload", session.as_str(), "bucket"], more].concat()).code(0);
    }
    let all = || place.run(["download", "bucket", "--all", "--out", "got", "--json"]).code(0);
    assert_eq!(all().json().as_array().unwrap().len(), 2);
    assert_eq!(all().json().as_array().unwrap().len(), 0);
    // Uploaded anew, it comes beside what is there.
    std::fs::write(Path::new(&session).join("notes.txt"), "the rear is loose").unwrap();
    let _ = place.run(["upload", session.as_str(), "bucket"]).code(0);
    let rows = all().says(&["has other content", "a folder of its own"]).json();
    assert_eq!(rows.as_array().unwrap().len(), 1, "{rows}");
    assert!(Path::new(&place.path().join(rows[0]["folder"].as_str().unwrap())).join("notes.txt").exists());
    assert_eq!(place.sessions("got").len(), 3);
    assert_eq!(all().json().as_array().unwrap().len(), 0);
}
