//! Why a session did not start, or did not end well.
//!
//! Stands beside the builder in `session`, which gives these errors, and `running`, which gives those of the end.

use gametelemetry_file::{SchemaError, WriteError, files};

use crate::{CtrlCError, SourceError, Summary};

/// Why a session did not start, or did not end well.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// Nothing to record.
    #[error("the session has no source, add one with `source`")]
    NoSource,
    /// A callback that would never be called.
    #[error(
        "a callback wants frames {wanted}, but the sources give {available}: add a source, or change the callback"
    )]
    NoSourceFor {
        /// The callback's frame type, and its source if it names one.
        wanted: String,
        /// Frame types and names of the sources there are.
        available: String,
    },
    /// The session's folder cannot be made.
    #[error(transparent)]
    Folder(#[from] files::SessionFolderError),
    /// A source's layout does not hold together.
    #[error("the layout of source {source_name} is wrong")]
    Schema {
        /// The source's name.
        source_name: String,
        /// What is wrong.
        source: SchemaError,
    },
    /// Processors read the session's files, and a user's own writer makes none that they know.
    #[error(
        "processors follow the session's own files: leave out `writer`, or process the recording afterwards"
    )]
    ProcessorsNeedFiles,
    /// What is held in memory goes to the session's own files when it is marked, and to nothing else.
    #[error(
        "a recording of which only the last part is kept has no files yet: leave out `process` and `writer`, or \
         process what was marked afterwards"
    )]
    HeldInMemory,
    /// A source cannot begin: its port is taken, its folder cannot be read.
    #[error("source {source_name} cannot start")]
    Begin {
        /// The source's name.
        source_name: String,
        /// What is missing or taken.
        source: SourceError,
    },
    /// A file cannot be created, or frames cannot be stored.
    #[error("source {source_name} was not stored to its end")]
    Write {
        /// The source's name.
        source_name: String,
        /// What failed.
        source: WriteError,
        /// What was recorded all the same; none when the session never started.
        summary: Option<Box<Summary>>,
    },
    /// A source cannot go on. What it gave before is stored.
    #[error("source {source_name} ended early")]
    Source {
        /// The source's name.
        source_name: String,
        /// What failed.
        source: SourceError,
        /// What was recorded all the same.
        summary: Box<Summary>,
    },
    /// A thread of the session panicked; that is a mistake in the program. What was flushed before is stored.
    #[error("a thread of source {source_name} panicked, please report it")]
    Panicked {
        /// The source's name.
        source_name: String,
        /// What was recorded all the same.
        summary: Box<Summary>,
    },
    /// The operating system gives no thread.
    #[error("cannot start a thread")]
    Thread {
        /// What it said.
        #[from]
        source: std::io::Error,
    },
    /// Ctrl+C cannot be handled.
    #[error(transparent)]
    CtrlC(#[from] CtrlCError),
}

impl SessionError {
    /// What was recorded all the same, if the session had started.
    #[must_use]
    pub fn summary(&self) -> Option<&Summary> {
        match self {
            Self::Write { summary, .. } => summary.as_deref(),
            Self::Source { summary, .. } | Self::Panicked { summary, .. } => Some(summary),
            _ => None,
        }
    }
}
