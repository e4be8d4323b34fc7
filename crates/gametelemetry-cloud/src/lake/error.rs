//! Why a session cannot be published, or a lake not be compacted.

use parquet::errors::ParquetError;

use crate::CloudError;

/// Why something was not done with a lake.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LakeError {
    /// The bucket.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// A newer program has written to the lake.
    #[error("the lake has version {found}, this program knows versions up to {known}: use a newer one")]
    Newer {
        /// The lake's version.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// Something that the lake keeps for itself cannot be understood.
    #[error("the lake's object cannot be read ({why}): {key}")]
    Unreadable {
        /// Its key.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// A file of a table is not as this program writes them.
    #[error("the file cannot be used ({why}), so that nothing was changed: {key}")]
    File {
        /// Its key.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// Rows cannot be encoded.
    #[error("cannot write Parquet")]
    Parquet(#[from] ParquetError),
    /// The session cannot be read.
    #[error("cannot read the session")]
    Session(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The rate of the samples.
    #[error("{hz} Hz is no rate for samples: choose one from 0.001 to 10000")]
    Rate {
        /// The rate.
        hz: f64,
    },
    /// Others change the same place all the time.
    #[error("others change it all the time, try again later: {key}")]
    Contended {
        /// The place.
        key: String,
    },
    /// Another publisher has published other content of the same session meanwhile.
    #[error(
        "another publisher has published another version of the session meanwhile, which stays: {session}"
    )]
    Superseded {
        /// The session.
        session: String,
    },
}
