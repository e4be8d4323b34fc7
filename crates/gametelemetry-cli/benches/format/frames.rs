//! The frames that are written and read: simulated ACC pages, and rows of an iRacing file.
//!
//! Real rows when `GAMETELEMETRY_REAL_DATA` names the folder with recordings, else made-up ones; the names say which.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gametelemetry::{FrameSize, Header, PackedFrame, Schema, Telemetry, Timestamp};
use gametelemetry_games::acc::{Physics, simulator::Simulator};
use gametelemetry_games::iracing::{IbtBuilder, IbtHead};

use crate::common::Outcome;

/// Frames of one size, and how they come.
pub(crate) struct Frames {
    pub(crate) name: String,
    pub(crate) interval: Duration,
    bytes: Vec<u8>,
    size: usize,
}

impl Frames {
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() / self.size
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.chunks_exact(self.size)
    }

    /// Every frame with its time.
    pub(crate) fn timed(&self) -> impl Iterator<Item = (Timestamp, &[u8])> {
        let mut time = started();
        self.iter().map(move |frame| {
            time = time + self.interval;
            (time, frame)
        })
    }

    /// Every frame as the file stores it: time, size, data.
    pub(crate) fn records(&self) -> Vec<u8> {
        let mut records = Vec::with_capacity(self.bytes.len() + self.len() * 12);
        for (time, frame) in self.timed() {
            records.extend_from_slice(&time.ticks().to_le_bytes());
            records.extend_from_slice(&u32::try_from(frame.len()).unwrap_or(u32::MAX).to_le_bytes());
            records.extend_from_slice(frame);
        }
        records
    }

    /// Bytes of a record.
    pub(crate) fn record_size(&self) -> usize {
        self.size + 12
    }

    /// What a file of these frames says of itself.
    pub(crate) fn header(&self) -> Header {
        let size = FrameSize::Fixed(u32::try_from(self.size).unwrap_or(u32::MAX));
        Header::new("bench", "frames", Schema::opaque("Frame", size), started())
    }
}

/// When every recording of a benchmark starts.
fn started() -> Timestamp {
    Timestamp::from_unix_nanoseconds(1_795_435_200_000_000_000)
}

/// What a file of simulated ACC physics says of itself.
pub(crate) fn physics_header() -> Header {
    Header::new("acc", "physics", Physics::schema().clone(), started())
}

/// `count` physics pages, looked at `hz` times a second while the car is on a lap.
pub(crate) fn acc_physics(count: usize, hz: f64) -> Frames {
    let name = format!("ACC physics at {hz} Hz");
    acc(name, count, hz, |game| Telemetry::as_bytes(game.physics()).to_vec())
}

/// `count` graphics pages, one a picture.
pub(crate) fn acc_graphics(count: usize) -> Frames {
    let hz = 50.0;
    acc(format!("ACC graphics at {hz} Hz"), count, hz, |game| Telemetry::as_bytes(game.graphics()).to_vec())
}

fn acc(name: String, count: usize, hz: f64, page: impl Fn(&Simulator) -> Vec<u8>) -> Frames {
    let mut game = Simulator::new(1);
    // The first minute is the way out of the pits.
    (0..6_000).for_each(|_| game.step(0.01));
    let mut bytes = Vec::new();
    for _ in 0..count {
        game.step(1.0 / hz);
        bytes.extend_from_slice(&page(&game));
    }
    let size = (bytes.len() / count.max(1)).max(1);
    Frames { name, interval: Duration::from_secs_f64(1.0 / hz), bytes, size }
}

/// Rows of a real `.ibt` when there is one, else of a made-up one.
pub(crate) fn ibt_rows(most: usize) -> Outcome<Frames> {
    let real = std::env::var_os("GAMETELEMETRY_REAL_DATA").map(PathBuf::from);
    let real = real.map(|folder| folder.join("ibt/racedirector_telemetry.ibt")).filter(|path| path.exists());
    let (name, file) = match &real {
        Some(path) => ("real .ibt rows", std::fs::read(path as &Path)?),
        None => ("made-up .ibt rows", IbtBuilder::sample().rows(2683).finish()?),
    };
    let head = IbtHead::parse(&file, file.len() as u64)?;
    let size = head.row_len() as usize;
    let rows = file.get(usize::try_from(head.data_offset())?..).unwrap_or_default();
    let whole = (rows.len() / size).min(most) * size;
    Ok(Frames {
        name: name.to_owned(),
        interval: Duration::from_secs(1) / 60,
        bytes: rows.get(..whole).unwrap_or_default().to_vec(),
        size,
    })
}
