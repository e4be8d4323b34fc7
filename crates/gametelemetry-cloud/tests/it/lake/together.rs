//! Many publishers and a compaction at once: no row is lost, none is there twice in the end, none is ever missing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use gametelemetry_cloud::lake::{LakeError, Objects};
use gametelemetry_cloud::{Bucket, BucketOptions, CloudUrl};

use super::compact::merge;
use super::drives::{Drive, laps_of, options, put};
use super::objects::{Memory, files, int, live, rows, sorted_whatever_version, text};

/// Sessions of two tracks.
fn sessions(place: &std::path::Path, count: usize) -> Vec<PathBuf> {
    let drive = |number: usize| Drive {
        track: if number.is_multiple_of(3) { "Monza" } else { "Spa" },
        laps: vec![10.0, 9.0 + number as f64 / 13.0, 8.0],
        ..Drive::new(&format!("s{number:02}"))
    };
    (0..count).map(|number| drive(number).save(place)).collect()
}

type Key = (String, Option<i64>, Option<i64>);

fn keys(memory: &Memory) -> Vec<Key> {
    let row = |row: super::objects::Row| (text(&row, "session"), int(&row, "part"), int(&row, "lap_index"));
    let mut keys: Vec<Key> = rows(&memory.all(), "laps").into_iter().map(row).collect();
    keys.sort();
    keys
}

#[test]
fn eight_publishers_of_overlapping_sets_beside_a_compaction() {
    let place = tempfile::tempdir().unwrap();
    let sessions = sessions(place.path(), 12);
    let memory = Arc::new(Memory::default());
    let objects: Arc<dyn Objects> = Arc::clone(&memory) as _;
    let (is_over, published) = (AtomicBool::new(false), Mutex::new(BTreeSet::<String>::new()));
    std::thread::scope(|scope| {
        let publishers: Vec<_> = (0..8)
            .map(|publisher| {
                let (objects, sessions, published) = (&objects, &sessions, &published);
                scope.spawn(move || {
                    for step in 0..sessions.len() {
                        let session = &sessions[(step + publisher * 3) % sessions.len()];
                        put(objects, session, &options()).unwrap();
                        published
                            .lock()
                            .unwrap()
                            .insert(session.file_name().unwrap().to_str().unwrap().to_owned());
                    }
                })
            })
            .collect();
        let compactions = [(); 2].map(|()| {
            scope.spawn(|| {
                let mut merged = 0;
                while !is_over.load(Ordering::Relaxed) {
                    merged += merge(memory.as_ref(), 1 << 30, false).unwrap().merged.len();
                }
                merged
            })
        });
        let reader = scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let there = published.lock().unwrap().clone();
                let seen: BTreeSet<String> = keys(&memory).into_iter().map(|key| key.0).collect();
                assert!(there.is_subset(&seen), "missing: {:?}", there.difference(&seen));
            }
        });
        publishers.into_iter().for_each(|publisher| publisher.join().unwrap());
        is_over.store(true, Ordering::Relaxed);
        reader.join().unwrap();
        assert!(compactions.into_iter().map(|it| it.join().unwrap()).sum::<usize>() > 0);
    });
    merge(memory.as_ref(), 1 << 30, false).unwrap();
    let mut expected: Vec<Key> = Vec::new();
    for session in &sessions {
        let name = session.file_name().unwrap().to_str().unwrap();
        let laps = laps_of(session);
        expected.extend((0..laps.laps.len()).map(|lap| (name.to_owned(), Some(0), Some(lap as i64))));
    }
    assert_eq!(keys(&memory), expected);
    assert_eq!(files(&memory.all()), live(&memory.all()));
    assert_eq!(files(&memory.all()).len(), 4, "two tables of two tracks");
}

#[test]
fn publishers_of_different_content_of_one_session_leave_one_of_them_whole() {
    let place = tempfile::tempdir().unwrap();
    let contents: Vec<PathBuf> = (0..4)
        .map(|number| {
            let drive = Drive {
                laps: vec![10.0, 9.0 + f64::from(number), 8.0],
                then: (number % 2 == 1).then_some((1, "Monza")),
                ..Drive::new("s")
            };
            drive.save(&place.path().join(number.to_string()))
        })
        .collect();
    let alone: Vec<BTreeMap<String, bytes::Bytes>> = contents
        .iter()
        .map(|session| {
            let memory = Arc::new(Memory::default());
            let objects: Arc<dyn Objects> = Arc::clone(&memory) as _;
            put(&objects, session, &options()).unwrap();
            memory.all()
        })
        .collect();
    for _ in 0..5 {
        let memory = Arc::new(Memory::default());
        let objects: Arc<dyn Objects> = Arc::clone(&memory) as _;
        std::thread::scope(|scope| {
            for session in &contents {
                let objects = &objects;
                scope.spawn(move || match put(objects, session, &options()) {
                    Ok(_) | Err(LakeError::Superseded { .. }) => {}
                    Err(error) => panic!("{error}"),
                });
            }
            scope.spawn(|| (0..5).for_each(|_| drop(merge(memory.as_ref(), 1 << 30, false).unwrap())));
        });
        let all = memory.all();
        assert_eq!(files(&all), live(&all));
        let found = ["laps", "samples"].map(|table| sorted_whatever_version(&all, table));
        let is_one = |lake| ["laps", "samples"].map(|table| sorted_whatever_version(lake, table)) == found;
        assert!(alone.iter().any(is_one), "the rows are of one of them");
    }
}

#[test]
fn publishers_into_a_folder() {
    let place = tempfile::tempdir().unwrap();
    let sessions = sessions(place.path(), 4);
    let url = CloudUrl::of_folder(&place.path().join("lake"));
    std::thread::scope(|scope| {
        for publisher in 0..4 {
            let (url, sessions) = (&url, &sessions);
            scope.spawn(move || {
                // A process has a bucket of its own.
                let bucket = Bucket::open(url, &BucketOptions::default()).unwrap();
                let bucket: Arc<dyn Objects> = Arc::new(bucket);
                for step in 0..sessions.len() {
                    put(&bucket, &sessions[(step + publisher) % sessions.len()], &options()).unwrap();
                }
                if publisher == 0 {
                    merge(bucket.as_ref(), 1 << 30, false).unwrap();
                }
            });
        }
    });
    let bucket = Bucket::open(&url, &BucketOptions::default()).unwrap();
    merge(&bucket, 1 << 30, false).unwrap();
    let listed = Objects::list(&bucket, "").unwrap();
    let all = Memory::of(listed.iter().map(|it| (it.key.clone(), bucket.get(&it.key).unwrap())).collect());
    let expected: usize = sessions.iter().map(|session| laps_of(session).laps.len()).sum();
    let mut found = keys(&all);
    assert_eq!(found.len(), expected);
    found.dedup();
    assert_eq!(found.len(), expected);
    assert_eq!(files(&all.all()), live(&all.all()));
}
