//! Rows of several Parquet files into one, column by column and bit for bit, with or without those of some sessions.
//!
//! Works on the format's own values and levels, so that nothing is converted. A column that a file does not have is
//! null in its rows; one that the table does not have is an error, for it would be lost. Knows no partition.

use std::collections::BTreeMap;

use bytes::Bytes;
use parquet::basic::Type as Physical;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor, SchemaDescPtr, SchemaDescriptor};
use ring::digest::{SHA256, digest};

use super::LakeError;
use super::merge_columns::{Column, Values};
use super::parquet_file::{Done, ParquetFile};
use super::sample_rows::GROUP;
use super::store::Store;
use super::table::LakeTable;
use crate::CloudError;

/// A file being made of others.
pub(super) struct Merger {
    schema: SchemaDescPtr,
    file: ParquetFile,
    columns: Vec<Column>,
    rows: usize,
    counts: BTreeMap<String, u64>,
}

/// A file that was made of others.
pub(super) struct Merged {
    pub(super) done: Done,
    /// Rows of each session, by its id.
    pub(super) counts: BTreeMap<String, u64>,
}

impl Merger {
    pub(super) fn new(table: LakeTable) -> Result<Self, LakeError> {
        let schema = SchemaDescPtr::new(SchemaDescriptor::new(table.schema()?));
        let column = |column: &ColumnDescPtr| Column::of(column.physical_type(), column.max_rep_level() > 0);
        let columns = schema.columns().iter().map(column).collect();
        let file = ParquetFile::new(table, &[])?;
        Ok(Self { schema, file, columns, rows: 0, counts: BTreeMap::new() })
    }

    /// Appends the rows of the file `key`, which holds `bytes`, whose session's id `keep` wants.
    pub(super) fn add(
        &mut self,
        key: &str,
        bytes: Bytes,
        keep: &dyn Fn(&str) -> bool,
    ) -> Result<(), LakeError> {
        let reader = open(key, bytes)?;
        let places = self.places(key, &reader)?;
        let damaged = |error: ParquetError| LakeError::File { key: key.to_owned(), why: error.to_string() };
        for number in 0..reader.num_row_groups() {
            let group = reader.get_row_group(number).map_err(damaged)?;
            self.add_group(group.as_ref(), &places, keep).map_err(damaged)?;
            if self.rows >= GROUP {
                self.end_group()?;
            }
        }
        Ok(())
    }

    /// Where each column of the table is in a file.
    fn places(
        &self,
        key: &str,
        reader: &SerializedFileReader<Bytes>,
    ) -> Result<Vec<Option<usize>>, LakeError> {
        let refuse = |why: String| LakeError::File { key: key.to_owned(), why };
        let other = reader.metadata().file_metadata().schema_descr();
        let mut places = vec![None; self.schema.num_columns()];
        for (place, column) in other.columns().iter().enumerate() {
            let ours = self.schema.columns().iter().position(|it| it.path() == column.path());
            let Some((at, own)) = ours.and_then(|at| Some((at, self.schema.columns().get(at)?))) else {
                return Err(refuse(format!(
                    "it has the column {}, which is not known",
                    column.path().string()
                )));
            };
            let levels = |it: &ColumnDescriptor| (it.physical_type(), it.max_def_level(), it.max_rep_level());
            if levels(own) != levels(column) {
                return Err(refuse(format!("its column {} is of another type", column.path().string())));
            }
            if let Some(found) = places.get_mut(at) {
                *found = Some(place);
            }
        }
        Ok(places)
    }

    fn add_group(
        &mut self,
        group: &dyn RowGroupReader,
        places: &[Option<usize>],
        keep: &dyn Fn(&str) -> bool,
    ) -> Result<(), ParquetError> {
        let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let kept = self.kept(group, places, rows, keep)?;
        for (column, place) in self.columns.iter_mut().zip(places) {
            let piece = match place {
                Some(place) => column.read(group.get_column_reader(*place)?, rows)?,
                None => column.unknown(rows),
            };
            column.append(piece, &kept);
        }
        self.rows += kept.iter().filter(|kept| **kept).count();
        Ok(())
    }

    /// Which rows of a group are kept; counts them.
    fn kept(
        &mut self,
        group: &dyn RowGroupReader,
        places: &[Option<usize>],
        rows: usize,
        keep: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<bool>, ParquetError> {
        let mut kept = Vec::with_capacity(rows);
        let place = self.schema.columns().iter().position(|column| column.name() == "session");
        let place = place.and_then(|place| places.get(place).copied().flatten());
        let place =
            place.ok_or_else(|| ParquetError::General("it does not say whose rows it has".to_owned()))?;
        for (session, count) in runs_of_sessions(group, place, rows)? {
            let is_kept = keep(&session);
            kept.resize(kept.len() + count, is_kept);
            if is_kept {
                *self.counts.entry(session).or_default() += count as u64;
            }
        }
        Ok(kept)
    }

    fn end_group(&mut self) -> Result<(), LakeError> {
        if self.rows == 0 {
            return Ok(());
        }
        let columns = &self.columns;
        self.file.group(self.rows, |group| {
            for column in columns {
                column.write(group)?;
            }
            Ok(())
        })?;
        self.rows = 0;
        self.columns.iter_mut().for_each(Column::clear);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Merged, LakeError> {
        self.end_group()?;
        Ok(Merged { done: self.file.finish()?, counts: self.counts })
    }
}

/// Puts a merged file at `key`, reads it back, and makes sure that every row is in it.
pub(super) fn put_and_check(
    store: &Store<'_>,
    key: &str,
    table: LakeTable,
    merged: &Merged,
) -> Result<(), LakeError> {
    store.put(key, &merged.done.bytes)?;
    let back = store.get(key)?;
    if digest(&SHA256, &back).as_ref() != digest(&SHA256, &merged.done.bytes).as_ref() {
        return Err(CloudError::Damaged { key: key.to_owned() }.into());
    }
    let found = counts_in(key, back)?;
    if found == merged.counts {
        return Ok(());
    }
    let why = format!("it has {found:?} rows of {} instead of {:?}", table.name(), merged.counts);
    Err(LakeError::File { key: key.to_owned(), why })
}

/// Rows of each session in a file.
fn counts_in(key: &str, bytes: Bytes) -> Result<BTreeMap<String, u64>, LakeError> {
    let damaged = |error: ParquetError| LakeError::File { key: key.to_owned(), why: error.to_string() };
    let reader = open(key, bytes)?;
    let columns = reader.metadata().file_metadata().schema_descr();
    let place = columns.columns().iter().position(|column| column.name() == "session");
    let mut counts = BTreeMap::new();
    for number in 0..reader.num_row_groups() {
        let group = reader.get_row_group(number).map_err(damaged)?;
        let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let runs = runs_of_sessions(group.as_ref(), place.unwrap_or(usize::MAX), rows).map_err(damaged)?;
        for (session, count) in runs {
            *counts.entry(session).or_default() += count as u64;
        }
    }
    Ok(counts)
}

fn open(key: &str, bytes: Bytes) -> Result<SerializedFileReader<Bytes>, LakeError> {
    let damaged = |error: ParquetError| LakeError::File { key: key.to_owned(), why: error.to_string() };
    SerializedFileReader::new(bytes).map_err(damaged)
}

/// The session of each row, as runs of rows with the same.
fn runs_of_sessions(
    group: &dyn RowGroupReader,
    place: usize,
    rows: usize,
) -> Result<Vec<(String, usize)>, ParquetError> {
    let column = Column::of(Physical::BYTE_ARRAY, false).read(group.get_column_reader(place)?, rows)?;
    let Values::Text(texts) = column.values else { return Ok(Vec::new()) };
    let (mut texts, mut runs) = (texts.into_iter(), Vec::<(ByteArray, usize)>::new());
    for level in column.definitions {
        let text = if level > 0 { texts.next().unwrap_or_default() } else { ByteArray::from("") };
        match runs.last_mut() {
            Some((last, count)) if *last == text => *count += 1,
            _ => runs.push((text, 1)),
        }
    }
    let named = |(text, count): (ByteArray, usize)| Ok((text.as_utf8()?.to_owned(), count));
    runs.into_iter().map(named).collect()
}
