//! `upload --redact` as a user sees it: the session keeps its names, the bucket has none.

use std::path::Path;

use crate::simulated::simulated;
use crate::support::{Place, count};

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
