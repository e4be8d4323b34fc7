//! Files of a partition become one, row for row, and what was published stays as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use gametelemetry::StopToken;
use gametelemetry_cloud::lake::{CompactOptions, Compacted, LakeError, Objects, compact};

use super::drives::{Drive, options, put};
use super::objects::{Memory, files, live, rows_in, sorted, sorted_whatever_version};

pub(super) fn merge(objects: &dyn Objects, target_bytes: u64, dry_run: bool) -> Result<Compacted, LakeError> {
    let options = CompactOptions { target_bytes, dry_run, retry: options().retry };
    compact(objects, &options, &StopToken::new())
}

/// A lake of `count` sessions of one partition.
fn lake(place: &std::path::Path, count: usize) -> Arc<Memory> {
    let memory = Arc::new(Memory::default());
    let objects: Arc<dyn Objects> = Arc::clone(&memory) as _;
    for number in 0..count {
        let drive =
            Drive { laps: vec![20.0, 18.0 + number as f64 / 7.0, 19.0], ..Drive::new(&format!("s{number}")) };
        put(&objects, &drive.save(place), &options()).unwrap();
    }
    memory
}

#[test]
fn small_files_become_one_with_the_same_rows() {
    let place = tempfile::tempdir().unwrap();
    let memory = lake(place.path(), 4);
    let before = memory.all();
    let planned = merge(memory.as_ref(), 1 << 30, true).unwrap();
    assert_eq!(memory.all(), before, "a dry run changes nothing");
    assert_eq!(planned.merged.len(), 2);
    let done = merge(memory.as_ref(), 1 << 30, false).unwrap();
    let sources = |done: &Compacted| done.merged.iter().map(|it| it.from.clone()).collect::<Vec<_>>();
    assert_eq!(sources(&done), sources(&planned));
    let after = memory.all();
    assert_eq!(files(&after).len(), 2, "{:?}", files(&after));
    assert_eq!(files(&after), live(&after));
    for table in ["laps", "samples"] {
        assert_eq!(sorted(&after, table), sorted(&before, table));
    }
    // Rows of a session stay together and in the order of time.
    let samples = after.iter().find(|(key, _)| key.starts_with("samples/")).unwrap().1;
    let order: Vec<String> =
        rows_in(samples).iter().map(|row| format!("{} {}", row["session"], row["timestamp"])).collect();
    assert!(order.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(merge(memory.as_ref(), 1 << 30, false).unwrap().merged.is_empty(), "nothing is left to do");
    assert_eq!(memory.all(), after);
}

#[test]
fn what_is_large_enough_stays_and_no_pile_is_larger_than_wanted() {
    let place = tempfile::tempdir().unwrap();
    let memory = lake(place.path(), 5);
    let before = memory.all();
    let sizes: Vec<u64> =
        before.iter().filter(|(key, _)| key.starts_with("samples/")).map(|it| it.1.len() as u64).collect();
    let target = sizes.iter().max().unwrap() * 5 / 2;
    let done = merge(memory.as_ref(), target, false).unwrap();
    assert!(done.merged.iter().all(|merged| merged.from_bytes <= target && merged.from.len() >= 2));
    for table in ["laps", "samples"] {
        assert_eq!(sorted(&memory.all(), table), sorted(&before, table));
    }
    let nothing = merge(memory.as_ref(), 1, false).unwrap();
    assert!(nothing.merged.is_empty());
}

#[test]
fn a_session_of_a_merged_file_can_be_published_again_and_replaced() {
    let place = tempfile::tempdir().unwrap();
    let memory = lake(place.path(), 3);
    let objects: Arc<dyn Objects> = Arc::clone(&memory) as _;
    merge(memory.as_ref(), 1 << 30, false).unwrap();
    let merged = memory.all();
    let same = Drive { laps: vec![20.0, 18.0 + 1.0 / 7.0, 19.0], ..Drive::new("s1") };
    assert!(put(&objects, &same.save(place.path()), &options()).unwrap().is_already_there);
    assert_eq!(memory.all(), merged);
    let other = Drive { laps: vec![21.0, 17.0, 16.0, 15.0], ..same };
    put(&objects, &other.save(place.path()), &options()).unwrap();
    let fresh = Arc::new(Memory::default());
    let alone: Arc<dyn Objects> = Arc::clone(&fresh) as _;
    for session in ["s0", "s1", "s2"] {
        put(&alone, &place.path().join(session), &options()).unwrap();
    }
    for round in 0..2 {
        for table in ["laps", "samples"] {
            assert_eq!(
                sorted_whatever_version(&memory.all(), table),
                sorted_whatever_version(&fresh.all(), table),
                "{table}, {round}"
            );
        }
        assert_eq!(files(&memory.all()), live(&memory.all()));
        merge(memory.as_ref(), 1 << 30, false).unwrap();
    }
}

#[test]
fn a_column_that_a_file_lacks_is_null_and_one_too_many_is_refused() {
    use parquet::data_type::{ByteArray, ByteArrayType, Int32Type};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    let place = tempfile::tempdir().unwrap();
    let memory = lake(place.path(), 2);
    let older = |schema: &str, objects: &BTreeMap<String, Bytes>| {
        let key = files(objects).into_iter().find(|key| key.starts_with("laps/")).unwrap();
        let count = rows_in(&objects[&key]).len();
        let mut writer = SerializedFileWriter::new(
            Vec::new(),
            Arc::new(parse_message_type(schema).unwrap()),
            Arc::default(),
        )
        .unwrap();
        let mut group = writer.next_row_group().unwrap();
        let levels = vec![1; count];
        let mut column = group.next_column().unwrap().unwrap();
        let names = vec![ByteArray::from("s0"); count];
        column.typed::<ByteArrayType>().write_batch(&names, Some(&levels), None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let numbers: Vec<i32> = (0..count as i32).collect();
        column.typed::<Int32Type>().write_batch(&numbers, Some(&levels), None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        let mut changed = objects.clone();
        changed.insert(key, writer.into_inner().unwrap().into());
        changed
    };
    let schema = "message laps { optional binary session (STRING); optional int32 lap_index; }";
    let lacking = Memory::of(older(schema, &memory.all()));
    merge(&lacking, 1 << 30, false).unwrap();
    let after = lacking.all();
    let rows = super::objects::rows(&after, "laps");
    assert!(rows.iter().any(|row| row.len() == 2) && rows.iter().any(|row| row.len() > 20));
    assert_eq!(files(&after), live(&after));

    let schema = "message laps { optional binary session (STRING); optional int32 of_the_future; }";
    let strange = Memory::of(older(schema, &memory.all()));
    let before = files(&strange.all());
    let error = merge(&strange, 1 << 30, false).unwrap_err().to_string();
    assert!(error.contains("of_the_future, which is not known"), "{error}");
    assert_eq!(files(&strange.all()), before, "nothing was removed");
}

#[test]
fn files_of_others_are_left_alone_and_what_a_killed_publisher_left_is_told() {
    let place = tempfile::tempdir().unwrap();
    let memory = lake(place.path(), 2);
    let mut objects = memory.all();
    let folder = files(&objects).first().unwrap().rsplit_once('/').unwrap().0.to_owned();
    objects.insert(format!("{folder}/part-0.parquet"), Bytes::from_static(b"of somebody else"));
    objects.insert(format!("{folder}/new.1.000.0000.parquet"), Bytes::from_static(b"half"));
    objects.insert(format!("{folder}/s0.1.007.0000.parquet"), Bytes::from_static(b"left over"));
    let memory = Memory::of(objects);
    let planned = merge(&memory, 1, true).unwrap();
    assert_eq!(planned.removed, [format!("{folder}/s0.1.007.0000.parquet")]);
    let done = merge(&memory, 1, false).unwrap();
    assert_eq!(done.removed, planned.removed);
    assert_eq!(done.unfinished, [format!("{folder}/new.1.000.0000.parquet")]);
    let left: BTreeSet<String> = files(&memory.all());
    assert!(left.contains(&format!("{folder}/part-0.parquet")) && !left.contains(&done.removed[0]));
}
