//! One Parquet file of a lake, written into memory: an object is put whole or not at all.

use bytes::Bytes;
use gametelemetry_export::GroupWriter;
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedFileWriter;

use super::table::LakeTable;

/// A file that is being written.
pub(super) struct ParquetFile {
    writer: SerializedFileWriter<Vec<u8>>,
    rows: u64,
}

/// A file that is whole.
pub(super) struct Done {
    pub(super) bytes: Bytes,
    pub(super) rows: u64,
}

impl ParquetFile {
    /// A file of `table`; `pairs` is what it says of itself.
    pub(super) fn new(table: LakeTable, pairs: &[(&str, String)]) -> Result<Self, ParquetError> {
        let properties = table.properties(pairs).into();
        Ok(Self { writer: SerializedFileWriter::new(Vec::new(), table.schema()?, properties)?, rows: 0 })
    }

    /// Appends a row group of `rows` rows, whose columns `write` writes.
    pub(super) fn group(
        &mut self,
        rows: usize,
        write: impl FnOnce(&mut GroupWriter<'_, Vec<u8>>) -> Result<(), ParquetError>,
    ) -> Result<(), ParquetError> {
        let mut group = GroupWriter::new(self.writer.next_row_group()?);
        write(&mut group)?;
        group.close()?;
        self.rows += rows as u64;
        Ok(())
    }

    /// Bytes that were written until now.
    pub(super) fn len(&self) -> usize {
        self.writer.bytes_written()
    }

    /// Ends the file.
    pub(super) fn finish(self) -> Result<Done, ParquetError> {
        Ok(Done { bytes: self.writer.into_inner()?.into(), rows: self.rows })
    }
}
