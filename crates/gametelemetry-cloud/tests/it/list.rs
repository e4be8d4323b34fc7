//! Which sessions a bucket is said to have.

use gametelemetry::StopToken;
use gametelemetry_cloud::{Listing, RemoteError, list_sessions};

use crate::support::{Place, quick};
use crate::uploaded::{put_manifest, put_objects, upload};

fn list(place: &Place) -> Listing {
    list_sessions(&place.bucket, &quick(), &StopToken::new()).unwrap()
}

fn keys(listing: &Listing) -> Vec<&str> {
    listing.sessions.iter().map(|session| session.name.as_str()).collect()
}

#[test]
fn sessions_of_all_folders_are_listed_in_the_order_of_time() {
    let place = Place::new();
    assert!(keys(&list(&place)).is_empty());
    let folder = place.session("monza", 1);
    for (key, started) in [("late", "2026-11-25T00:00:00Z"), ("rigs/a/early", "2026-11-01T00:00:00Z")] {
        let mut manifest = put_objects(&place.bucket, &folder, key, 1);
        manifest.started = started.parse().unwrap();
        put_manifest(&place.bucket, key, &manifest);
    }
    upload(&place.bucket, &folder, 1);
    // What a lake keeps is no session.
    place.bucket.put("laps/game=acc/track=monza/a.parquet", "x".into()).unwrap();
    place.bucket.put("_lake/0-ba7816bf", "x".into()).unwrap();
    let listing = list(&place);
    assert_eq!(keys(&listing), ["rigs/a/early", "monza", "late"]);
    assert!(listing.unreadable.is_empty() && listing.unfinished.is_empty(), "{listing:?}");
    let session = place.open(&listing.sessions[0].name).unwrap();
    let mut all = Vec::new();
    std::io::Read::read_to_end(&mut session.file("physics.gtel").unwrap(), &mut all).unwrap();
    assert!(all == std::fs::read(folder.join("physics.gtel")).unwrap());
}

#[test]
fn what_cannot_be_used_is_told_beside_the_others() {
    let place = Place::new();
    let folder = place.session("monza", 1);
    upload(&place.bucket, &folder, 1);
    place.bucket.put("broken.session.json", "{".into()).unwrap();
    let _ = put_objects(&place.bucket, &folder, "rigs/half", 1);
    let listing = list(&place);
    assert_eq!(keys(&listing), ["monza"]);
    assert_eq!(listing.unfinished, ["rigs/half"]);
    let [(name, RemoteError::Manifest { .. })] = listing.unreadable.as_slice() else { panic!("{listing:?}") };
    assert_eq!(name, "broken");
}
