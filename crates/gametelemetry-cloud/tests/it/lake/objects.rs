//! Buckets in memory that fail when they are told to, and what of a lake is in one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use gametelemetry::Timestamp;
use gametelemetry_cloud::lake::Objects;
use gametelemetry_cloud::{CloudError, Listed};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::drives::killed;

/// A bucket in memory.
#[derive(Default)]
pub(crate) struct Memory {
    objects: Mutex<BTreeMap<String, Bytes>>,
    /// From this request on all fail.
    fail_from: Option<usize>,
    /// The first that fails is done all the same.
    is_answer_lost: bool,
    requests: AtomicUsize,
}

impl Memory {
    pub(crate) fn of(objects: BTreeMap<String, Bytes>) -> Self {
        Self { objects: Mutex::new(objects), ..Self::default() }
    }

    /// A copy whose requests fail from number `from` on.
    pub(crate) fn failing(objects: &BTreeMap<String, Bytes>, from: usize, is_answer_lost: bool) -> Self {
        Self { fail_from: Some(from), is_answer_lost, ..Self::of(objects.clone()) }
    }

    pub(crate) fn all(&self) -> BTreeMap<String, Bytes> {
        self.objects.lock().unwrap().clone()
    }

    /// Whether some request was made to fail.
    pub(crate) fn has_failed(&self) -> bool {
        self.fail_from.is_some_and(|from| self.requests.load(Ordering::Relaxed) > from)
    }

    fn ask<T>(
        &self,
        request: impl FnOnce(&mut BTreeMap<String, Bytes>) -> Result<T, CloudError>,
    ) -> Result<T, CloudError> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let fails = self.fail_from.is_some_and(|from| number >= from);
        if fails && (number > self.fail_from.unwrap() || !self.is_answer_lost) {
            return Err(killed());
        }
        let answer = request(&mut self.objects.lock().unwrap());
        if fails { Err(killed()) } else { answer }
    }
}

impl Objects for Memory {
    fn put(&self, key: &str, bytes: Bytes) -> Result<(), CloudError> {
        self.ask(|objects| {
            objects.insert(key.to_owned(), bytes);
            Ok(())
        })
    }

    fn put_new(&self, key: &str, bytes: Bytes) -> Result<(), CloudError> {
        self.ask(|objects| {
            if objects.contains_key(key) {
                return Err(CloudError::Exists { key: key.to_owned() });
            }
            objects.insert(key.to_owned(), bytes);
            Ok(())
        })
    }

    fn get(&self, key: &str) -> Result<Bytes, CloudError> {
        self.ask(|objects| objects.get(key).cloned().ok_or(CloudError::Missing { key: key.to_owned() }))
    }

    fn list(&self, folder: &str) -> Result<Vec<Listed>, CloudError> {
        let below = format!("{folder}/");
        self.ask(|objects| {
            let listed = |(key, bytes): (&String, &Bytes)| Listed {
                key: key.clone(),
                bytes: bytes.len() as u64,
                modified: Timestamp::default(),
            };
            Ok(objects.iter().filter(|(key, _)| key.starts_with(&below)).map(listed).collect())
        })
    }

    fn delete(&self, key: &str) -> Result<(), CloudError> {
        self.ask(|objects| {
            objects.remove(key);
            Ok(())
        })
    }
}

/// A row: its columns with a value.
pub(crate) type Row = BTreeMap<String, Field>;

/// Every row of `table` in the files of `objects`, as an engine sees them.
pub(crate) fn rows(objects: &BTreeMap<String, Bytes>, table: &str) -> Vec<Row> {
    let files = objects.iter().filter(|(key, _)| key.starts_with(&format!("{table}/")));
    files.flat_map(|(_, bytes)| rows_in(bytes)).collect()
}

pub(crate) fn rows_in(bytes: &Bytes) -> Vec<Row> {
    let reader = SerializedFileReader::new(bytes.clone()).unwrap();
    let row = |row: parquet::record::Row| {
        let known = row.get_column_iter().filter(|(_, field)| **field != Field::Null);
        known.map(|(name, field)| (name.clone(), field.clone())).collect()
    };
    reader.get_row_iter(None).unwrap().map(|it| row(it.unwrap())).collect()
}

/// The same rows in an order that does not hang on the files, as texts.
pub(crate) fn sorted(objects: &BTreeMap<String, Bytes>, table: &str) -> Vec<String> {
    let mut rows: Vec<String> = rows(objects, table).iter().map(|row| format!("{row:?}")).collect();
    rows.sort();
    rows
}

/// The same without the sessions' versions.
pub(crate) fn sorted_whatever_version(objects: &BTreeMap<String, Bytes>, table: &str) -> Vec<String> {
    let mut all = rows(objects, table);
    for row in &mut all {
        row.remove("session_version");
    }
    let mut rows: Vec<String> = all.iter().map(|row| format!("{row:?}")).collect();
    rows.sort();
    rows
}

pub(crate) fn text(row: &Row, name: &str) -> String {
    match row.get(name) {
        Some(Field::Str(text)) => text.clone(),
        None => String::new(),
        other => panic!("{name} is {other:?}"),
    }
}

pub(crate) fn int(row: &Row, name: &str) -> Option<i64> {
    match row.get(name)? {
        Field::Int(value) => Some((*value).into()),
        Field::Long(value) => Some(*value),
        other => panic!("{name} is {other:?}"),
    }
}

/// Keys of data files.
pub(crate) fn files(objects: &BTreeMap<String, Bytes>) -> BTreeSet<String> {
    objects.keys().filter(|key| !key.starts_with("_lake/")).cloned().collect()
}

/// Keys of the files that the newest states of all partitions name.
pub(crate) fn live(objects: &BTreeMap<String, Bytes>) -> BTreeSet<String> {
    let mut newest: BTreeMap<&str, &Bytes> = BTreeMap::new();
    for (key, bytes) in objects.iter().filter(|(key, _)| key.starts_with("_lake/log/")) {
        // Numbers have leading zeros, so the last one of a folder is the newest.
        newest.insert(key.rsplit_once('/').unwrap().0, bytes);
    }
    let named = |bytes: &&Bytes| {
        let state: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        state["files"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    newest.values().flat_map(named).collect()
}
