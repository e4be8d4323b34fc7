//! Laps as rows: the file of `laps` of one part of a session.
//!
//! All laps of a part are one row group; a session has few.

use gametelemetry::{LapKind, Laps, Timestamp};
use gametelemetry_export::GroupWriter;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;

use super::figures::Figures;
use super::lap_columns::{Cell, LAP_COLUMNS, LapView};
use super::parquet_file::{Done, ParquetFile};
use super::table::{LakeTable, LakeType};

/// What the rows of a session have in common.
pub(super) struct LapRows<'a> {
    pub(super) session: &'a str,
    pub(super) version: i32,
    pub(super) started: Timestamp,
    pub(super) laps: &'a Laps,
    pub(super) figures: &'a [Figures],
    pub(super) redact: bool,
}

impl LapRows<'_> {
    /// The file with the laps of part number `part`; `None` when it has no lap.
    pub(super) fn file(&self, part: usize) -> Result<Option<Done>, ParquetError> {
        let rows = self.rows(part);
        if rows.is_empty() {
            return Ok(None);
        }
        let pairs = [("session", self.session.to_owned())];
        let mut file = ParquetFile::new(LakeTable::Laps, &pairs)?;
        file.group(rows.len(), |group| write(&rows, group))?;
        file.finish().map(Some)
    }

    /// The cells of each lap of the part.
    fn rows(&self, part: usize) -> Vec<Vec<Cell>> {
        let Some(of_part) = self.laps.parts.get(part) else { return Vec::new() };
        let none = Figures::default();
        let best = self.laps.best();
        let stints = stints(self.laps, part);
        let all = self.laps.laps.iter().enumerate().filter(|(_, lap)| lap.part == part);
        all.zip(stints)
            .map(|((index, lap), stint)| {
                let view = LapView {
                    session: self.session,
                    version: self.version,
                    started: self.started,
                    index,
                    lap,
                    part: of_part,
                    figures: self.figures.get(index).unwrap_or(&none),
                    stint,
                    is_best: best == Some(index),
                    redact: self.redact,
                };
                LAP_COLUMNS.iter().map(|column| column.cell(&view)).collect()
            })
            .collect()
    }
}

/// The stint of each lap of a part: a lap that ended in the pits or went through them ends one.
fn stints(laps: &Laps, part: usize) -> Vec<i32> {
    let mut stint = 1;
    let of_part = laps.laps.iter().filter(|lap| lap.part == part);
    let number = |lap: &gametelemetry::Lap| {
        let own = stint;
        stint += i32::from(matches!(lap.kind, LapKind::In | LapKind::OutIn | LapKind::Pit));
        own
    };
    of_part.map(number).collect()
}

fn write(rows: &[Vec<Cell>], group: &mut GroupWriter<'_, Vec<u8>>) -> Result<(), ParquetError> {
    for (at, column) in LAP_COLUMNS.iter().enumerate() {
        let cells: Vec<&Cell> = rows.iter().filter_map(|row| row.get(at)).collect();
        match column.column.data {
            LakeType::Timestamp | LakeType::Long => {
                group.known::<Int64Type, _>(&cells, |cell| match cell {
                    Cell::Timestamp(value) | Cell::Long(value) => *value,
                    _ => None,
                })?
            }
            LakeType::Double => group.known::<DoubleType, _>(&cells, |cell| match cell {
                Cell::Double(value) => value.filter(|value| !value.is_nan()),
                _ => None,
            })?,
            LakeType::Int => group.known::<Int32Type, _>(&cells, |cell| match cell {
                Cell::Int(value) => *value,
                _ => None,
            })?,
            LakeType::Bool => group.known::<BoolType, _>(&cells, |cell| match cell {
                Cell::Bool(value) => *value,
                _ => None,
            })?,
            LakeType::Text => group.known::<ByteArrayType, _>(&cells, |cell| match cell {
                Cell::Text(text) => text.as_deref().map(ByteArray::from),
                _ => None,
            })?,
            LakeType::Longs => write_lists(&cells, group)?,
        }
    }
    Ok(())
}

/// Definition levels of a list: 1 an empty list, 2 a null in it, 3 a value; 0 would be no list.
fn write_lists(cells: &[&Cell], group: &mut GroupWriter<'_, Vec<u8>>) -> Result<(), ParquetError> {
    let (mut values, mut definitions, mut repetitions) = (Vec::new(), Vec::new(), Vec::new());
    for cell in cells {
        let list = if let Cell::Longs(list) = cell { list.as_slice() } else { &[] };
        if list.is_empty() {
            definitions.push(1);
            repetitions.push(0);
        }
        for (at, value) in list.iter().enumerate() {
            values.extend(*value);
            definitions.push(if value.is_some() { 3 } else { 2 });
            repetitions.push(i16::from(at > 0));
        }
    }
    group.column::<Int64Type>(&values, Some(&definitions), Some(&repetitions))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::test_laps::{lap, part};

    #[test]
    fn a_stop_ends_a_stint_and_each_part_counts_its_own() {
        use LapKind::{Flying, In, Out, OutIn, Pit};
        let kinds = [Out, Flying, In, Out, Pit, Flying, OutIn, Out];
        let mut laps: Vec<_> = kinds
            .iter()
            .enumerate()
            .map(|(at, kind)| {
                let at = i64::try_from(at).unwrap();
                let mut lap = lap(1, at * 10, at * 10 + 10);
                lap.kind = *kind;
                lap
            })
            .collect();
        laps.last_mut().unwrap().part = 1;
        let laps = Laps { laps, parts: vec![part("a", 0, 70), part("b", 70, 80)] };
        assert_eq!(stints(&laps, 0), [1, 1, 1, 2, 2, 3, 3]);
        assert_eq!(stints(&laps, 1), [1]);
    }

    #[test]
    fn every_column_gives_a_cell_of_its_type() {
        let laps = Laps { laps: vec![lap(1, 0, 10)], parts: vec![part("a", 0, 10)] };
        let rows = LapRows {
            session: "s",
            version: 1,
            started: Timestamp::default(),
            laps: &laps,
            figures: &[],
            redact: false,
        };
        for (cell, column) in rows.rows(0)[0].iter().zip(LAP_COLUMNS) {
            let data = match cell {
                Cell::Timestamp(_) => LakeType::Timestamp,
                Cell::Double(_) => LakeType::Double,
                Cell::Int(_) => LakeType::Int,
                Cell::Long(_) => LakeType::Long,
                Cell::Bool(_) => LakeType::Bool,
                Cell::Text(_) => LakeType::Text,
                Cell::Longs(_) => LakeType::Longs,
            };
            assert_eq!(data, column.column.data, "{}", column.column.name);
        }
        assert!(rows.file(1).unwrap().is_none());
    }
}
