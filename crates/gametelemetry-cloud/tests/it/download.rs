//! Downloading: byte for byte, on from where it was, and nothing at all under its name before it is whole.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use gametelemetry::StopToken;
use gametelemetry_cloud::{CloudError, Downloaded, OnDisk, RemoteError, download, downloaded};

use crate::support::Place;
use crate::uploaded::{all_files, put_manifest, put_objects, sha256, upload};

fn get(place: &Place, name: &str) -> Result<Downloaded, RemoteError> {
    download(&place.open(name)?, &place.path("out"), &StopToken::new(), &|_| {})
}

/// The names in the folder that is downloaded into, without hidden ones.
fn visible(place: &Place) -> Vec<String> {
    let entries = std::fs::read_dir(place.path("out")).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

#[track_caller]
fn assert_same(one: &Path, other: &Path) {
    let relative = |folder: &Path| -> Vec<PathBuf> {
        all_files(folder).iter().map(|path| path.strip_prefix(folder).unwrap().to_owned()).collect()
    };
    assert_eq!(relative(one), relative(other));
    for name in relative(one) {
        let read = |folder: &Path| std::fs::read(folder.join(&name)).unwrap();
        assert!(read(one) == read(other), "{}", name.display());
    }
}

/// Changes one byte of an object.
fn damage(place: &Place, key: &str) {
    let path = place.object(key);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_session_comes_byte_for_byte_and_never_over_another() {
    let place = Place::new();
    let folder = place.session("monza", 3);
    let manifest = upload(&place.bucket, &folder, 1);
    let session = place.open("monza").unwrap();
    let most = AtomicU64::new(0);
    let progress = |bytes| {
        most.fetch_max(bytes, Ordering::Relaxed);
    };
    let here = || downloaded(&session, &place.path("out"), &StopToken::new()).unwrap();
    assert_eq!(here(), OnDisk::Missing);
    let first = download(&session, &place.path("out"), &StopToken::new(), &progress).unwrap();
    assert_eq!(
        (first.bytes, first.fetched, most.into_inner()),
        (manifest.bytes, manifest.bytes, manifest.bytes)
    );
    assert_eq!(first.folder, place.path("out").join("monza"));
    assert_same(&folder, &first.folder);
    assert_eq!(here(), OnDisk::Same(first.folder.clone()));
    // What a user lays beside it does not make it another one; other bytes of the same length do.
    std::fs::write(first.folder.join("notes.txt"), "fast").unwrap();
    assert_eq!(here(), OnDisk::Same(first.folder.clone()));
    std::fs::remove_file(first.folder.join("notes.txt")).unwrap();
    std::fs::write(first.folder.join("files").join("a b ä.txt"), "ood").unwrap();
    assert_eq!(here(), OnDisk::Different(first.folder.clone()));
    std::fs::write(first.folder.join("files").join("a b ä.txt"), "odd").unwrap();
    let again = get(&place, "monza").unwrap();
    assert_eq!(visible(&place), ["monza", "monza_2"]);
    assert_same(&folder, &again.folder);
}

#[test]
fn a_download_that_was_interrupted_goes_on_where_it_was() {
    let place = Place::new();
    let folder = place.session("monza", 5);
    let manifest = upload(&place.bucket, &folder, 1);
    let objects = &manifest.files.iter().find(|file| file.name == "physics.gtel").unwrap().objects;
    let gone = objects.last().unwrap();
    let kept = std::fs::read(place.object(&gone.key)).unwrap();
    place.bucket.delete(&gone.key).unwrap();
    let error = get(&place, "monza").unwrap_err();
    assert!(matches!(&error, RemoteError::Cloud(CloudError::Missing { key }) if *key == gone.key), "{error}");
    assert!(visible(&place).is_empty());
    // What an earlier state of the session left, and what was damaged on the disk meanwhile.
    let partial = place.path("out").join(".monza.partial");
    std::fs::create_dir(partial.join("old")).unwrap();
    std::fs::write(partial.join("old/x"), "x").unwrap();
    let mut bytes = std::fs::read(partial.join("physics.gtel")).unwrap();
    bytes[10] ^= 1;
    std::fs::write(partial.join("physics.gtel"), bytes).unwrap();
    place.bucket.put(&gone.key, kept.into()).unwrap();
    let done = get(&place, "monza").unwrap();
    assert_same(&folder, &done.folder);
    assert!(
        done.fetched >= gone.bytes + objects[0].bytes && done.fetched < manifest.bytes / 2 + gone.bytes,
        "{done:?}"
    );
    assert!(!partial.exists());
}

#[test]
fn stopping_leaves_no_session() {
    let place = Place::new();
    upload(&place.bucket, &place.session("monza", 3), 1);
    let session = place.open("monza").unwrap();
    let stop = StopToken::new();
    let result = download(&session, &place.path("out"), &stop, &|_| stop.stop());
    assert!(matches!(result, Err(RemoteError::Cloud(CloudError::Stopped))), "{result:?}");
    assert!(visible(&place).is_empty());
    assert!(get(&place, "monza").unwrap().fetched < session.manifest().bytes);
}

#[test]
fn what_is_not_what_was_uploaded_is_said_and_does_not_appear() {
    let place = Place::new();
    let folder = place.session("monza", 1);
    let mut manifest = upload(&place.bucket, &folder, 1);
    let key = manifest.files[0].objects[0].key.clone();
    damage(&place, &key);
    let error = get(&place, "monza").unwrap_err();
    assert!(
        matches!(&error, RemoteError::Cloud(CloudError::Damaged { key: said }) if *said == key),
        "{error}"
    );
    assert!(visible(&place).is_empty());
    damage(&place, &key);
    // All parts are right, their sum is not.
    manifest.files[0].sha256 = sha256(b"something else");
    put_manifest(&place.bucket, "monza", &manifest);
    let error = get(&place, "monza").unwrap_err();
    assert!(matches!(&error, RemoteError::Damaged { file } if *file == manifest.files[0].name), "{error}");
    assert!(visible(&place).is_empty());
}

#[test]
fn odd_names_stay_and_none_leads_out_of_the_folder() {
    let place = Place::new();
    let folder = place.session("monza", 1);
    for (number, (called, becomes)) in [
        ("my laps (2)", "my laps (2)"),
        ("../out", "..-out"),
        (".hidden", ".hidden"),
        ("", "unnamed"),
        ("..", "unnamed"),
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("s{number}");
        let mut manifest = put_objects(&place.bucket, &folder, &key, 1);
        manifest.folder = called.to_owned();
        put_manifest(&place.bucket, &key, &manifest);
        let done = get(&place, &key).unwrap();
        assert_eq!(done.folder.parent().unwrap(), place.path("out"));
        let name = done.folder.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with(becomes), "{called}: {name}");
        assert_same(&folder, &done.folder);
    }
}

#[test]
fn two_programs_do_not_download_the_same_at_once() {
    let place = Place::new();
    upload(&place.bucket, &place.session("monza", 1), 1);
    let session = place.open("monza").unwrap();
    let other = AtomicU64::new(0);
    let done = download(&session, &place.path("out"), &StopToken::new(), &|_| {
        if matches!(get(&place, "monza"), Err(RemoteError::Busy { .. })) {
            other.fetch_add(1, Ordering::Relaxed);
        }
    });
    assert!(done.is_ok() && other.into_inner() > 0);
    assert_eq!(visible(&place), ["monza"]);
}
