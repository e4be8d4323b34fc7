//! A lake of Parquet: sessions as rows of two tables that engines query at any size, in a bucket or a folder.
//!
//! [`publish`] brings a session in, [`compact`] merges small files. Any number of publishers work at once, with nothing
//! between them but the bucket; `docs/lake.md` says what the tables hold and what a query sees meanwhile. `table` and
//! `lap_columns` are the schema, `figures`, `lap_rows` and `sample_rows` make rows, `versions` and `log` decide what
//! counts, `replace` and `compact` change it, `sweep` removes what is left over. Reads no row for anybody; engines do.

mod compact;
mod content;
mod error;
mod figures;
mod lake_version;
mod lap_columns;
mod lap_rows;
mod log;
mod merge;
mod merge_columns;
mod names;
mod parquet_file;
mod places;
mod publish;
mod put_rows;
mod replace;
mod sample_rows;
mod store;
mod sweep;
mod table;
mod versions;

pub use compact::{CompactOptions, Compacted, MergedFiles, compact};
pub use content::{content_of, content_of_files};
pub use error::LakeError;
pub use publish::{PublishInput, PublishOptions, Published, publish};
pub use store::Objects;
pub use table::{LAKE_VERSION, LakeColumn, LakeTable, LakeType};

/// Laps made by hand, for the tests.
#[cfg(test)]
mod test_laps {
    use std::time::Duration;

    use gametelemetry::{Lap, LapKind, SessionPart, Timestamp};

    /// So many seconds after the tests' session began.
    pub(super) fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ticks(638_000_000_000_000_000 + seconds * 10_000_000)
    }

    /// A flying lap between two seconds.
    pub(super) fn lap(number: u32, start: i64, end: i64) -> Lap {
        Lap {
            lap: number,
            kind: LapKind::Flying,
            valid: true,
            time: Some(Duration::from_secs(end.abs_diff(start))),
            official_time: None,
            sectors: Vec::new(),
            reason: String::new(),
            part: 0,
            start: at(start),
            end: at(end),
            length_m: None,
            taken_back: Vec::new(),
            paused: Vec::new(),
        }
    }

    /// A part on `track` between two seconds.
    pub(super) fn part(track: &str, start: i64, end: i64) -> SessionPart {
        SessionPart { track: track.to_owned(), start: at(start), end: at(end), ..SessionPart::default() }
    }
}
