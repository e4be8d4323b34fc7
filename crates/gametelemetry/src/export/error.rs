//! Why a session cannot be exported.

use std::io;
use std::path::PathBuf;

use crate::processor::PassError;

/// Why a session cannot be exported. No file stays under its final name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The session cannot be read.
    #[error(transparent)]
    Session(#[from] PassError),
    /// A channel that the session does not have.
    #[error("the session has no channel {name}{}", meant(nearest.as_ref()))]
    NoSuchChannel {
        /// The channel.
        name: String,
        /// The one that was probably meant.
        nearest: Option<String>,
    },
    /// A field that is a text: channels by a field's name are numbers.
    #[error("{name} is a text, which only the raw export has: export with --raw, or leave it out")]
    TextField {
        /// The field.
        name: String,
    },
    /// Nothing to export.
    #[error("the session has no channels, export its fields as they are with --raw")]
    NoChannels,
    /// A lap that the session does not have.
    #[error("the session has no lap {lap}; it has {}", known_laps(known))]
    NoSuchLap {
        /// The lap.
        lap: u32,
        /// The laps that it has.
        known: Vec<u32>,
    },
    /// Two options that exclude each other, or one that the format cannot do.
    #[error("{reason}")]
    Options {
        /// What does not go, and what to do.
        reason: &'static str,
    },
    /// A rate that is none.
    #[error("the rate must be from 0.001 to 10000 Hz, not {hz}")]
    Rate {
        /// The rate.
        hz: f64,
    },
    /// The laps that were chosen do not follow each other, in a format without gaps.
    #[error("this format cannot hold a gap: choose laps that follow each other, or export them one by one")]
    LapsApart,
    /// The recording itself has a long gap, in a format without gaps.
    #[error("this format cannot hold the recording's gap of {gap_s:.0} s: choose laps before or after it")]
    Gap {
        /// How long it is, s.
        gap_s: f64,
    },
    /// A file of that name is there already.
    #[error("the file exists already, choose another name or say that it may be replaced: {}", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be written.
    #[error("cannot export, {}: {}", hint(source), path.display())]
    Write {
        /// The export.
        path: PathBuf,
        /// What the operating system or the format said.
        source: io::Error,
    },
    /// It went through no session at all: a thread of the export panicked.
    #[error("the export broke off; nothing was written")]
    Broken,
}

fn meant(nearest: Option<&String>) -> String {
    nearest.map_or_else(
        || "; leave --channels out to export all that it has".to_owned(),
        |nearest| format!("; did you mean {nearest}?"),
    )
}

fn known_laps(known: &[u32]) -> String {
    match known {
        [] => "no laps".to_owned(),
        [only] => format!("lap {only}"),
        known if known.len() > 12 => {
            format!("laps {} to {}", known.iter().min().unwrap_or(&0), known.iter().max().unwrap_or(&0))
        }
        known => {
            let names: Vec<String> = known.iter().map(u32::to_string).collect();
            format!("laps {}", names.join(", "))
        }
    }
}

fn hint(error: &io::Error) -> &'static str {
    match kind(error) {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full: free some space, or choose another place"
        }
        io::ErrorKind::PermissionDenied => "this place may not be written: choose another",
        io::ErrorKind::NotFound => "this folder does not exist: make it, or choose another",
        _ => "the format or the disk refuses it",
    }
}

/// The kind of the error below it all: a format's library wraps what the disk said.
fn kind(error: &io::Error) -> io::ErrorKind {
    let mut kind = error.kind();
    let mut below: Option<&(dyn std::error::Error + 'static)> = error.get_ref().map(|inner| inner as _);
    while let Some(error) = below {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            kind = error.kind();
            below = error.get_ref().map(|inner| inner as _);
        } else {
            below = error.source();
        }
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_what_to_do() {
        let channel = |nearest: Option<&str>| ExportError::NoSuchChannel {
            name: "sped".to_owned(),
            nearest: nearest.map(str::to_owned),
        };
        assert_eq!(
            channel(Some("speed")).to_string(),
            "the session has no channel sped; did you mean speed?"
        );
        assert!(channel(None).to_string().ends_with("; leave --channels out to export all that it has"));
        for (known, text) in [
            (vec![], "the session has no lap 9; it has no laps"),
            (vec![1], "the session has no lap 9; it has lap 1"),
            (vec![1, 2, 3], "the session has no lap 9; it has laps 1, 2, 3"),
            ((1..40).collect(), "the session has no lap 9; it has laps 1 to 39"),
        ] {
            assert_eq!(ExportError::NoSuchLap { lap: 9, known }.to_string(), text);
        }
        let full = ExportError::Write { path: "a.csv".into(), source: io::ErrorKind::StorageFull.into() };
        assert_eq!(
            full.to_string(),
            "cannot export, the disk is full: free some space, or choose another place: a.csv"
        );
    }
}
