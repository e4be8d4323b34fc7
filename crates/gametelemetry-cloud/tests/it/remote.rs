//! Reading a session in a bucket: the same as reading its folder, and no more of it than is needed.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::time::Duration;

use gametelemetry::{SessionPass, StoredSession as _};
use gametelemetry_cloud::{ManifestError, RemoteError, SessionManifest};

use crate::support::{Place, records, started};
use crate::uploaded::{put_manifest, put_objects, upload};

#[test]
fn every_record_is_that_of_the_folder_from_wherever_it_is_read() {
    let place = Place::new();
    let folder = place.session("monza", 4);
    for segments in [1, 3, 1000] {
        upload(&place.bucket, &folder, segments);
        let remote = place.open("monza").unwrap();
        let files = remote.open_files().unwrap();
        let local = folder.open_files().unwrap();
        assert_eq!(files.len(), 2);
        for (remote, local) in files.into_iter().zip(local) {
            assert_eq!((remote.path.file_name(), remote.bytes), (local.path.file_name(), local.bytes));
            let (mut remote, mut local) = (remote.reader.unwrap(), local.reader.unwrap());
            assert_eq!((remote.header(), remote.index()), (local.header(), local.index()));
            for second in [0, 49, 3, 12, 12, 1000] {
                let time = started() + Duration::from_secs(second);
                remote.seek(time).unwrap();
                local.seek(time).unwrap();
                assert_eq!(records(&mut remote, 7), records(&mut local, 7), "{second} s");
            }
            remote.seek(started()).unwrap();
            local.seek(started()).unwrap();
            assert_eq!(records(&mut remote, usize::MAX), records(&mut local, usize::MAX));
            assert_eq!(remote.end(), local.end());
        }
    }
}

#[test]
fn every_byte_is_that_of_the_file_from_wherever_it_is_read() {
    let place = Place::new();
    let folder = place.session("monza", 1);
    upload(&place.bucket, &folder, 2);
    let session = place.open("monza").unwrap();
    for name in ["physics.gtel", "files/a b ä.txt", "files/empty"] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let mut file = session.file(name).unwrap();
        assert_eq!(file.seek(SeekFrom::End(0)).unwrap(), bytes.len() as u64);
        for place in (0..bytes.len()).rev().step_by(77_777) {
            let mut got = vec![0; 50_000.min(bytes.len() - place)];
            file.seek(SeekFrom::Start(place as u64)).unwrap();
            file.read_exact(&mut got).unwrap();
            assert!(got == bytes[place..place + got.len()], "{name} at {place}");
        }
        let mut all = Vec::new();
        session.file(name).unwrap().read_to_end(&mut all).unwrap();
        assert!(all == bytes, "{name}");
        file.seek(SeekFrom::Start(u64::MAX)).unwrap();
        assert_eq!(file.read(&mut [0]).unwrap(), 0);
        assert!(file.seek(SeekFrom::Current(1)).is_err());
    }
    assert!(session.file("nothing").is_none());
}

#[test]
fn what_a_session_holds_is_told_by_a_few_small_ranges() {
    let place = Place::new();
    let bytes = upload(&place.bucket, &place.session("monza", 10), 8).bytes;
    assert!(bytes > 9_000_000, "{bytes}");
    let session = place.open("monza").unwrap();
    assert!(SessionPass::open(&session).unwrap().facts().sources.iter().all(|source| source.end.is_some()));
    let traffic = session.traffic();
    assert!(traffic.bytes * 20 < bytes && traffic.requests <= 6, "{traffic:?} of {bytes}");
}

#[test]
fn a_moment_costs_one_segment() {
    let place = Place::new();
    let manifest = upload(&place.bucket, &place.session("monza", 10), 8);
    let segments = manifest.files.iter().flat_map(|file| &file.objects).flat_map(|object| &object.segments);
    let largest = segments.map(|segment| segment.bytes).max().unwrap();
    let session = place.open("monza").unwrap();
    let mut reader = session.file("physics.gtel").map(gametelemetry::SessionReader::boxed).unwrap().unwrap();
    let before = session.traffic();
    reader.seek(started() + Duration::from_secs(55)).unwrap();
    assert_eq!(records(&mut reader, 10).len(), 10);
    let after = session.traffic();
    assert_eq!(after.requests - before.requests, 1);
    assert!(after.bytes - before.bytes <= largest + (64 << 10), "{after:?}, a segment has {largest}");
}

#[test]
fn all_of_a_session_costs_few_requests_and_a_second_time_none() {
    let place = Place::new();
    let manifest = upload(&place.bucket, &place.session("monza", 10), 1000);
    let session = place.open("monza").unwrap();
    for _ in 0..2 {
        for file in session.open_files().unwrap() {
            let mut reader = file.reader.unwrap();
            assert!(records(&mut reader, usize::MAX).len() >= 500);
        }
        let traffic = session.traffic();
        assert!(traffic.requests <= 16 && traffic.bytes <= manifest.bytes, "{traffic:?}");
    }
}

#[test]
fn one_file_of_a_session_is_a_session_too() {
    let place = Place::new();
    upload(&place.bucket, &place.session("monza", 1), 1);
    let session = place.open("monza").unwrap();
    let files = session.clone().only("events.gtel").unwrap().open_files().unwrap();
    assert_eq!(files.len(), 1);
    assert!(files[0].path.ends_with("monza/events.gtel"));
    let error = session.only("event.gtel").unwrap_err().to_string();
    assert!(error.contains("did you mean events.gtel?"), "{error}");
}

#[test]
fn a_session_further_down_is_read_from_above() {
    let place = Place::new();
    let folder = place.session("monza", 1);
    let manifest = put_objects(&place.bucket, &folder, "rigs/left/monza", 1);
    put_manifest(&place.bucket, "rigs/left/monza", &manifest);
    let session = place.open("rigs/left/monza").unwrap();
    assert!(session.open_files().unwrap().iter().all(|file| file.reader.is_ok()));
    assert!(session.url().to_string().ends_with("rigs/left/monza"));
}

#[test]
fn what_is_not_there_or_not_whole_does_not_exist_and_the_error_says_so() {
    let place = Place::new();
    let folder = place.session("monza_acc", 1);
    let error = |name: &str| place.open(name).unwrap_err();
    assert!(matches!(error("monza_acc"), RemoteError::NoSession { .. }));
    let manifest = put_objects(&place.bucket, &folder, "monza_acc", 1);
    assert!(matches!(error("monza_acc"), RemoteError::Unfinished { .. }));
    put_manifest(&place.bucket, "monza_acc", &manifest);
    let text = error("monza_ac").to_string();
    assert!(text.starts_with("there is no session monza_ac, did you mean monza_acc?"), "{text}");
    assert!(text.contains("gametelemetry list "), "{text}");
}

#[test]
fn a_manifest_that_is_of_no_use_is_refused_with_the_reason() {
    let place = Place::new();
    let manifest = upload(&place.bucket, &place.session("monza", 1), 1);
    let source = |bytes: Vec<u8>| {
        place.bucket.put("monza.session.json", bytes.into()).unwrap();
        match place.open("monza") {
            Err(RemoteError::Manifest { source, .. }) => source,
            other => panic!("{other:?}"),
        }
    };
    assert!(matches!(source(b"{}".to_vec()), ManifestError::Json(_)));
    assert!(matches!(source(b"{\"version\":7}".to_vec()), ManifestError::TooNew { got: 7, .. }));
    let other = SessionManifest { name: "spa".to_owned(), ..manifest.clone() };
    assert!(matches!(source(serde_json::to_vec(&other).unwrap()), ManifestError::Broken { .. }));
    // No number of a manifest makes room for what is not there.
    let mut huge = manifest;
    let file = huge.files.last_mut().unwrap();
    huge.bytes = huge.bytes - file.bytes + (1 << 60);
    file.bytes = 1 << 60;
    file.objects.truncate(1);
    file.objects[0].bytes = 1 << 60;
    put_manifest(&place.bucket, "monza", &huge);
    let session = place.open("monza").unwrap();
    assert!(session.open_files().unwrap().iter().any(|file| file.reader.is_err()));
}

#[test]
fn an_object_that_is_gone_ends_reading_with_its_name() {
    let place = Place::new();
    let manifest = upload(&place.bucket, &place.session("monza", 3), 1);
    let physics = manifest.files.iter().find(|file| file.name == "physics.gtel").unwrap();
    let gone = &physics.objects[1];
    place.bucket.delete(&gone.key).unwrap();
    let session = place.open("monza").unwrap();
    let mut reader = session.file("physics.gtel").map(gametelemetry::SessionReader::boxed).unwrap().unwrap();
    let mut read = 0;
    let error = loop {
        match reader.next_record() {
            Ok(Some(_)) => read += 1,
            Ok(None) => panic!("it ended"),
            Err(error) => break with_causes(&error),
        }
    };
    assert!(read > 500 && error.contains(&gone.key), "{read} {error}");
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
