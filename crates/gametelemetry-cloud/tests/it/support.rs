//! What the tests share: a folder with a bucket, and sessions that are large and cannot be packed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gametelemetry::{
    BinarySessionWriter, FrameSize, Header, Ledger, Schema, SessionReader, SessionWriter as _, StopToken,
    Timestamp, WriterOptions,
};
use gametelemetry_cloud::{Bucket, BucketOptions, CloudUrl, RemoteError, RemoteSession, Retry};

/// A folder with sessions and a bucket.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    pub(crate) bucket: Bucket,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let bucket = folder.path().join("bucket");
        std::fs::create_dir(&bucket).unwrap();
        let bucket = Bucket::open(&CloudUrl::of_folder(&bucket), &BucketOptions::default()).unwrap();
        Self { folder, bucket }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The file of an object.
    pub(crate) fn object(&self, key: &str) -> PathBuf {
        self.folder.path().join("bucket").join(key)
    }

    /// A session of the sources `physics`, of about so many MB, and `events`, with other files beside.
    pub(crate) fn session(&self, name: &str, megabytes: u32) -> PathBuf {
        let folder = self.path(name);
        std::fs::create_dir_all(folder.join("files")).unwrap();
        write(&folder, "physics", megabytes * 1250, 800);
        write(&folder, "events", 500, 100);
        std::fs::write(folder.join("files").join("a b ä.txt"), "odd").unwrap();
        std::fs::write(folder.join("files").join("empty"), "").unwrap();
        folder
    }

    pub(crate) fn open(&self, name: &str) -> Result<RemoteSession, RemoteError> {
        RemoteSession::open(&self.bucket, name, &quick(), &StopToken::new())
    }
}

/// Tries nothing again.
pub(crate) fn quick() -> Retry {
    Retry { patience: Some(Duration::ZERO), ..Retry::default() }
}

/// When the sessions begin.
pub(crate) fn started() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// A source with a frame of noise every 10 ms.
fn write(folder: &Path, source: &str, frames: u32, size: usize) {
    let schema = Schema::opaque("Noise", FrameSize::Fixed(u32::try_from(size).unwrap()));
    let mut header = Header::new("acc", source, schema, started());
    header.session = folder.file_name().unwrap().to_str().unwrap().to_owned();
    let path = folder.join(format!("{source}.gtel"));
    let mut writer = BinarySessionWriter::create(&path, &header, WriterOptions::default()).unwrap();
    let mut noise = 1_u64;
    let mut frame = vec![0; size];
    for number in 0..frames {
        for byte in &mut frame {
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            *byte = noise.to_le_bytes()[0];
        }
        writer.write(started() + Duration::from_millis(10) * number, &frame).unwrap();
    }
    writer.finish(&Ledger { finished: true, ..Ledger::default() }).unwrap();
}

/// Up to `limit` records from here on.
pub(crate) fn records(reader: &mut SessionReader, limit: usize) -> Vec<(Timestamp, Vec<u8>)> {
    let mut records = Vec::new();
    while records.len() < limit
        && let Some(record) = reader.next_record().unwrap()
    {
        records.push((record.timestamp, record.data.to_vec()));
    }
    records
}
