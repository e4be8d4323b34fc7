//! Killed at every request, with the request done or not: the same again gives what it would have given.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use gametelemetry_cloud::lake::Objects;

use super::compact::merge;
use super::drives::{Drive, options, put};
use super::objects::{Memory, files, live, sorted};

type Lake = BTreeMap<String, Bytes>;

/// Runs `work` on `base`, killed at every request there is, and then `again` to its end; `check` gets what is there then.
fn killed_everywhere(
    base: &Lake,
    work: &dyn Fn(&Arc<dyn Objects>) -> bool,
    again: &dyn Fn(&Arc<dyn Objects>) -> bool,
    check: &dyn Fn(&Lake, usize),
) -> usize {
    let mut from = 0;
    loop {
        let mut was_killed = false;
        for is_answer_lost in [false, true] {
            let failing = Arc::new(Memory::failing(base, from, is_answer_lost));
            let objects: Arc<dyn Objects> = Arc::clone(&failing) as _;
            let is_done = work(&objects);
            // The last requests only tidy up, and may be made by an earlier one's answer.
            was_killed |= failing.has_failed();
            assert!(is_done != failing.has_failed(), "request {from}");
            let left = Arc::new(Memory::of(failing.all()));
            let objects: Arc<dyn Objects> = Arc::clone(&left) as _;
            assert!(again(&objects), "request {from}");
            check(&left.all(), from);
        }
        if !was_killed {
            return from;
        }
        from += 1;
    }
}

fn publish(session: &Path) -> impl Fn(&Arc<dyn Objects>) -> bool + '_ {
    move |objects| put(objects, session, &options()).is_ok()
}

/// A lake with `sessions`.
fn lake(sessions: &[&Path]) -> Lake {
    let memory = Arc::new(Memory::default());
    let objects: Arc<dyn Objects> = Arc::clone(&memory) as _;
    sessions.iter().for_each(|session| assert!(publish(session)(&objects)));
    memory.all()
}

fn compacted(lake: Lake) -> Lake {
    let memory = Memory::of(lake);
    merge(&memory, 1 << 30, false).unwrap();
    memory.all()
}

/// That the rows are those of `expected`, and that no file is there that does not count.
fn has_rows_of(expected: &Lake, forget_version: bool) -> impl Fn(&Lake, usize) {
    let sort = if forget_version { super::objects::sorted_whatever_version } else { sorted };
    let tables = ["laps", "samples"].map(|table| (table, sort(expected, table)));
    move |lake, request| {
        for (table, rows) in &tables {
            assert_eq!(&sort(lake, table), rows, "{table} after request {request}");
        }
        assert_eq!(files(lake), live(lake), "after request {request}");
    }
}

fn short(id: &str) -> Drive {
    Drive { laps: vec![12.0, 11.0], ..Drive::new(id) }
}

#[test]
fn a_first_publication() {
    let place = tempfile::tempdir().unwrap();
    let (other, session) = (short("other").save(place.path()), short("s").save(place.path()));
    let base = lake(&[&other]);
    let expected = lake(&[&other, &session]);
    let work = publish(&session);
    let requests = killed_everywhere(&base, &work, &work, &has_rows_of(&expected, false));
    assert!(requests > 12, "{requests}");
}

#[test]
fn a_replacement_also_out_of_a_merged_file_and_from_place_to_place() {
    let place = tempfile::tempdir().unwrap();
    let (other, session) = (short("other").save(place.path()), short("s").save(place.path()));
    let before = lake(&[&other, &session]);
    let drive = Drive { laps: vec![12.0, 11.0, 10.0, 13.0], then: Some((2, "Monza")), ..short("s") };
    let session = drive.save(place.path());
    for base in [before.clone(), compacted(before)] {
        let expected = lake(&[&other, &session]);
        let work = publish(&session);
        killed_everywhere(&base, &work, &work, &has_rows_of(&expected, true));
    }
}

#[test]
fn a_publisher_that_was_killed_and_then_one_with_other_content() {
    let place = tempfile::tempdir().unwrap();
    let folders = [place.path().join("one"), place.path().join("two")];
    let first = Drive { laps: vec![12.0, 11.0, 10.0, 13.0], then: Some((2, "Monza")), ..short("s") };
    let (first, second) = (first.save(&folders[0]), short("s").save(&folders[1]));
    let expected = lake(&[&second]);
    killed_everywhere(&Lake::new(), &publish(&first), &publish(&second), &has_rows_of(&expected, true));
}

#[test]
fn a_compaction() {
    let place = tempfile::tempdir().unwrap();
    let sessions = ["a", "b", "c"].map(|id| short(id).save(place.path()));
    let base = lake(&sessions.each_ref().map(std::path::PathBuf::as_path));
    let work = |objects: &Arc<dyn Objects>| merge(objects.as_ref(), 1 << 30, false).is_ok();
    let check = has_rows_of(&base, false);
    let requests = killed_everywhere(&base, &work, &work, &|lake, request| {
        check(lake, request);
        assert_eq!(files(lake).len(), 2, "after request {request}");
    });
    assert!(requests > 15, "{requests}");
}

#[test]
fn a_compaction_that_was_killed_and_then_a_replacement_and_the_other_way_round() {
    let place = tempfile::tempdir().unwrap();
    let sessions = ["a", "b"].map(|id| short(id).save(place.path()));
    let base = lake(&sessions.each_ref().map(std::path::PathBuf::as_path));
    let changed = Drive { laps: vec![10.0, 9.5, 9.0], ..short("b") }.save(place.path());
    let expected = lake(&[&sessions[0], &changed]);
    let compact = |objects: &Arc<dyn Objects>| merge(objects.as_ref(), 1 << 30, false).is_ok();
    let replace = publish(&changed);
    let both = |objects: &Arc<dyn Objects>| replace(objects) && compact(objects);
    killed_everywhere(&base, &compact, &both, &has_rows_of(&expected, true));
    let both = |objects: &Arc<dyn Objects>| compact(objects) && replace(objects) && compact(objects);
    killed_everywhere(&base, &replace, &both, &has_rows_of(&expected, true));
}
