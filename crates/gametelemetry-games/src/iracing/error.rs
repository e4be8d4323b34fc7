//! What can be wrong with an `.ibt` file: errors end the import, notices are told and the import goes on.
//!
//! Texts name no path; whoever opened the file adds it.

use std::fmt;

use gametelemetry::SchemaError;

/// Why bytes cannot be read as an `.ibt` file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IbtError {
    /// The file ends before its rows begin.
    #[error("the file ends inside its {part}: {needed} bytes are needed, {got} are there; copy it once more")]
    Truncated {
        /// Which part is cut.
        part: &'static str,
        /// Bytes from the start of the file to the end of that part.
        needed: u64,
        /// Bytes that are there.
        got: u64,
    },
    /// Something else altogether.
    #[error(
        "this is not an .ibt file: it begins with \"{begins_with}\", not with a format version of 1 to {most}; \
         choose a file from the telemetry folder of iRacing"
    )]
    NotIbt {
        /// The first bytes, escaped as in a Rust byte string.
        begins_with: String,
        /// The largest version that is taken for one.
        most: i32,
    },
    /// The first part of a genuine file is gone; without it no row can be read.
    #[error(
        "the beginning of this .ibt file is missing: it starts inside the variable descriptions (before \
         {variable}), so its header says {variables} variables and rows of {row_len} bytes; copy the whole file \
         once more"
    )]
    BeginningMissing {
        /// The first variable whose description is whole.
        variable: String,
        /// The number of variables, read from where a header should be.
        variables: i32,
        /// The bytes of a row, read from where a header should be.
        row_len: i32,
    },
    /// The game's shared memory written to a file.
    #[error(
        "this is a dump of the live memory map, not a .ibt: it has {buffers} row buffers and no disk header; \
         choose a file from the telemetry folder of iRacing, or record the running game"
    )]
    LiveMemoryMap {
        /// How many row buffers the header states; an `.ibt` has 1.
        buffers: i32,
    },
    /// A number of the header that cannot be.
    #[error(
        "the header's {name} is {got}, only {least} to {most} is possible; the file is damaged, copy it once more"
    )]
    HeaderValue {
        /// The number's name in `irsdk_defines.h`.
        name: &'static str,
        /// The number found.
        got: i64,
        /// The smallest that is possible.
        least: i64,
        /// The largest that is possible.
        most: i64,
    },
    /// A variable that does not lie inside a row.
    #[error(
        "variable {variable} takes bytes {start} to {end} of a row, but a row has {row_len} bytes; the file is \
         damaged, copy it once more"
    )]
    VariableOutside {
        /// The variable's name.
        variable: String,
        /// Where it starts.
        start: i64,
        /// Where it ends.
        end: i64,
        /// Bytes of a row.
        row_len: u32,
    },
    /// A variable with no elements, or fewer than none.
    #[error(
        "variable {variable} has {count} elements, at least 1 is needed; the file is damaged, copy it once more"
    )]
    VariableCount {
        /// The variable's name.
        variable: String,
        /// The count found.
        count: i32,
    },
    /// The described layout is one that no session file can hold.
    #[error("the variables of this .ibt file make no layout that can be recorded")]
    Schema {
        /// What is wrong with the layout.
        #[from]
        source: SchemaError,
    },
}

/// Something odd in a file that can be read all the same; shown to the user and kept with the session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IbtNotice {
    /// The stated number of rows is not what the file's size holds; usual after a crash of the game.
    RecordCount {
        /// Rows the disk header states.
        stated: i32,
        /// Whole rows that are in the file.
        found: u64,
    },
    /// The file ends within a row.
    CutRow {
        /// Bytes of that last row that are there.
        got: u32,
        /// Bytes of a whole row.
        row_len: u32,
    },
    /// The wall-clock time of the recording is not known.
    StartUnknown {
        /// The start date found, in seconds since 1970 UTC.
        start_date: i64,
    },
    /// There is no variable `SessionTime`, so rows have no time of their own.
    NoSessionTime,
    /// A kind of variable that this version does not know; its bytes are kept as they are.
    UnknownKind {
        /// The variable's name.
        variable: String,
        /// The number of the kind.
        kind: i32,
        /// How many bytes were taken to be its own: those up to the next variable.
        bytes: u32,
    },
    /// A name that another variable has, or that is empty; the variable is kept under a new one.
    Renamed {
        /// The name in the file.
        variable: String,
        /// The name in the schema.
        kept_as: String,
    },
}

impl fmt::Display for IbtNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RecordCount { stated, found } => {
                write!(f, "the header says {stated} rows, the file has {found}; those in the file are taken")
            }
            Self::CutRow { got, row_len } => {
                write!(f, "the last row is cut: {got} of its {row_len} bytes are there, they are left out")
            }
            Self::StartUnknown { start_date } => {
                write!(f, "the header's start date ({start_date} s since 1970) is not plausible")
            }
            Self::NoSessionTime => {
                write!(f, "there is no variable SessionTime; rows are placed by the tick rate")
            }
            Self::UnknownKind { variable, kind, bytes } => {
                write!(
                    f,
                    "variable {variable} is of the unknown kind {kind}; its {bytes} bytes are kept unread"
                )
            }
            Self::Renamed { variable, kept_as } => {
                write!(f, "the variable name \"{variable}\" is empty or not unique; kept as {kept_as}")
            }
        }
    }
}
