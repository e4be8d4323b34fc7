//! The two tables of a lake: their columns, and those as a Parquet schema.
//!
//! `docs/lake.md` has the same for people; a test compares. Columns are only ever added, at the end, and every one may be
//! null, so that files of different times are read as one table. Holds no row.

use std::sync::{Arc, LazyLock};

use gametelemetry::{CHANNELS, ChannelKind, DataType};
use gametelemetry_export::{column_encoding, column_type, writer_properties};
use parquet::basic::{Encoding, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use super::lap_columns::LAP_COLUMNS;

/// The newest version of the tables that this library writes and reads: one more whenever a column or a rule is added.
pub const LAKE_VERSION: u32 = 1;

/// A table of a lake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LakeTable {
    /// A row a lap.
    Laps,
    /// Rows at a constant rate.
    Samples,
}

impl LakeTable {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Laps, Self::Samples];

    /// The name, which the keys of its files begin with.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Laps => "laps",
            Self::Samples => "samples",
        }
    }

    /// Its columns, in their order.
    #[must_use]
    pub fn columns(self) -> &'static [LakeColumn] {
        static LAPS: LazyLock<Vec<LakeColumn>> =
            LazyLock::new(|| LAP_COLUMNS.iter().map(|column| column.column).collect());
        static SAMPLES: LazyLock<Vec<LakeColumn>> = LazyLock::new(sample_columns);
        match self {
            Self::Laps => &LAPS,
            Self::Samples => &SAMPLES,
        }
    }

    /// Its schema as the format has it.
    pub(super) fn schema(self) -> Result<TypePtr, ParquetError> {
        let fields: Result<Vec<TypePtr>, _> = self.columns().iter().map(LakeColumn::field).collect();
        Ok(Arc::new(Type::group_type_builder(self.name()).with_fields(fields?).build()?))
    }

    /// How its files are written; `pairs` say whose rows are in one.
    pub(super) fn properties(self, pairs: &[(&str, String)]) -> WriterProperties {
        let version = ("lake_version", LAKE_VERSION.to_string());
        let pairs = pairs.iter().chain([&version]);
        let pairs = pairs.map(|(name, text)| KeyValue::new(format!("gametelemetry.{name}"), text.clone()));
        let program = concat!("gametelemetry ", env!("CARGO_PKG_VERSION"));
        let builder = writer_properties(program, pairs.collect());
        let encode = |builder: WriterPropertiesBuilder, column: &LakeColumn| match column.data {
            LakeType::Timestamp => {
                let path = ColumnPath::new(vec![column.name.to_owned()]);
                builder
                    .set_column_dictionary_enabled(path.clone(), false)
                    .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED)
            }
            LakeType::Double => column_encoding(builder, column.name, DataType::F64, column.kind),
            LakeType::Bool => column_encoding(builder, column.name, DataType::Bool, column.kind),
            _ => builder,
        };
        self.columns().iter().fold(builder, encode).build()
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LakeColumn {
    /// Its name.
    pub name: &'static str,
    /// What its cells are.
    pub data: LakeType,
    /// How its values lie between two rows.
    pub kind: ChannelKind,
}

/// What the cells of a column are. Every cell may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LakeType {
    /// Microseconds since 1970, UTC.
    Timestamp,
    /// A 64-bit number.
    Double,
    /// A 32-bit integer.
    Int,
    /// A 64-bit integer.
    Long,
    /// A truth value.
    Bool,
    /// A text.
    Text,
    /// A list of 64-bit integers, of which each may be null.
    Longs,
}

impl LakeColumn {
    pub(super) const fn new(name: &'static str, data: LakeType) -> Self {
        Self { name, data, kind: ChannelKind::Step }
    }

    fn field(&self) -> Result<TypePtr, ParquetError> {
        let (physical, logical) = match self.data {
            LakeType::Timestamp => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
            LakeType::Double => column_type(DataType::F64),
            LakeType::Int => (Physical::INT32, None),
            LakeType::Long | LakeType::Longs => column_type(DataType::Int),
            LakeType::Bool => column_type(DataType::Bool),
            LakeType::Text => column_type(DataType::Text),
        };
        if self.data == LakeType::Longs {
            let element = primitive("element", physical, logical)?;
            let list = Type::group_type_builder("list").with_repetition(Repetition::REPEATED);
            let list = Arc::new(list.with_fields(vec![element]).build()?);
            let outer = Type::group_type_builder(self.name).with_repetition(Repetition::OPTIONAL);
            let outer = outer.with_logical_type(Some(LogicalType::List)).with_fields(vec![list]);
            return Ok(Arc::new(outer.build()?));
        }
        primitive(self.name, physical, logical)
    }
}

fn primitive(name: &str, physical: Physical, logical: Option<LogicalType>) -> Result<TypePtr, ParquetError> {
    let builder = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
    Ok(Arc::new(builder.with_logical_type(logical).build()?))
}

/// The columns that `samples` has before the channels.
pub(super) const OWN_SAMPLE_COLUMNS: [LakeColumn; 16] = {
    use LakeType::{Bool, Double, Int, Text, Timestamp};
    [
        LakeColumn::new("timestamp", Timestamp),
        LakeColumn { kind: ChannelKind::Continuous, ..LakeColumn::new("time_s", Double) },
        LakeColumn::new("session", Text),
        LakeColumn::new("session_version", Int),
        LakeColumn::new("part", Int),
        LakeColumn::new("lap_index", Int),
        LakeColumn::new("lap", Int),
        LakeColumn { kind: ChannelKind::Continuous, ..LakeColumn::new("lap_elapsed_s", Double) },
        LakeColumn { kind: ChannelKind::Continuous, ..LakeColumn::new("lap_share", Double) },
        LakeColumn::new("lap_kind", Text),
        LakeColumn::new("is_taken_back", Bool),
        LakeColumn::new("driver", Text),
        LakeColumn::new("track_name", Text),
        LakeColumn::new("track_layout", Text),
        LakeColumn::new("car_name", Text),
        LakeColumn::new("session_type", Text),
    ]
};

/// Channels that are a column of our own in `samples`: what was driven where and by whom is told once a part.
const TOLD_BY_PART: [&str; 5] = ["track", "track_layout", "car", "driver", "session_type"];

fn sample_columns() -> Vec<LakeColumn> {
    let of_channel = |channel: &gametelemetry::Channel| {
        let data = if channel.kind == ChannelKind::Text { LakeType::Text } else { LakeType::Double };
        LakeColumn { name: channel.name, data, kind: channel.kind }
    };
    let channels = CHANNELS.iter().filter(|channel| !TOLD_BY_PART.contains(&channel.name));
    OWN_SAMPLE_COLUMNS.into_iter().chain(channels.map(of_channel)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names in the first cells of the tables of a page, each with its type where the page has one.
    fn documented(page: &str, from: &str) -> Vec<String> {
        let section = page.split_once(from).unwrap().1;
        let section = section.split("\n## ").next().unwrap();
        let rows = section.lines().filter(|line| line.starts_with("| `"));
        let mut names = Vec::new();
        for row in rows {
            let cell = row.split('|').nth(1).unwrap();
            let words: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
            for word in &words {
                // `tyre_wear_end_fl`, `_fr` is short for two names.
                let stem = words[0].strip_suffix("_fl").unwrap_or_default();
                names.push(if word.starts_with('_') { format!("{stem}{word}") } else { (*word).to_owned() });
            }
        }
        names
    }

    #[test]
    fn the_page_lists_every_column_in_its_order() {
        let page = include_str!("../../../../docs/lake.md");
        for table in LakeTable::ALL {
            let names: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
            assert_eq!(documented(page, &format!("## Table `{}`", table.name())), names, "{}", table.name());
            let partitions = ["game", "track", "car", "date"];
            assert!(partitions.iter().all(|name| !names.contains(name)), "a partition is no column");
            let mut unique = names.clone();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!(unique.len(), names.len());
            assert_eq!(table.schema().unwrap().get_fields().len(), names.len());
        }
    }
}
