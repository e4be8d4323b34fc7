//! Writes a `.ld` file as samples come.
//!
//! Between the exporter, which has channels at constant rates, and a file. In a `.ld` the samples of a channel stand
//! together, while they come side by side: room for each channel is kept ahead, and a bounded buffer for each is written
//! into its room when it is full. Does not resample, convert units or choose names.

use std::io::{self, Seek, SeekFrom, Write};

use super::channel::{Column, LdChannel, Storage};
use super::header;
use super::info::LdInfo;
use super::layout::width;
use super::text;

/// Bytes that wait for each channel; the memory of a writer is this times the number of channels.
const BUFFER: usize = 16 * 1024;

/// Why a log cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LdWriteError {
    /// Places in a `.ld` are 32 bits wide.
    #[error(
        "the .ld file would be {bytes} bytes and cannot be larger than {most}; choose fewer channels or laps, or a \
         lower rate"
    )]
    TooLarge {
        /// The size that it would have.
        bytes: u64,
        /// The largest size there is.
        most: u64,
    },
    /// A log without a channel cannot be told from a broken one.
    #[error("there are no channels to write; choose at least one")]
    NoChannels,
    /// The header's count is 16 bits wide.
    #[error("{got} channels are more than the {most} of a .ld file; choose fewer")]
    TooManyChannels {
        /// The channels that were given.
        got: usize,
        /// The most there can be.
        most: u16,
    },
    /// A rate is a whole number of Hz.
    #[error("channel {name} has a rate of 0 Hz; give it one of 1 to 65535 Hz")]
    NoRate {
        /// The channel.
        name: String,
    },
    /// There is no channel of that number.
    #[error("there is no channel number {got}, there are {count}; give the position in the list")]
    NoSuchChannel {
        /// The number that was given.
        got: usize,
        /// The number of channels.
        count: usize,
    },
    /// A row has another number of values than there are channels.
    #[error("a row of {got} values does not fit {count} channels; give one value for each")]
    Row {
        /// The values that were given.
        got: usize,
        /// The number of channels.
        count: usize,
    },
    /// More samples came than room was kept for.
    #[error("channel {name} has room for {expected} samples and got one more; announce as many as will come")]
    TooManySamples {
        /// The channel.
        name: String,
        /// The number that was announced.
        expected: u32,
    },
    /// The file cannot be written.
    #[error("cannot write the .ld file; is the disk full?")]
    Io(#[from] io::Error),
}

/// What became of one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LdChannelSummary {
    /// The name as it stands in the file.
    pub name: String,
    /// Samples that were written.
    pub samples: u32,
    /// Those of them that were missing, and hold the value before them (0 before the first).
    pub held: u32,
    /// Those of them that were beyond the range of their storage, and were clipped.
    pub clipped: u32,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LdSummary {
    /// One entry a channel, in their order.
    pub channels: Vec<LdChannelSummary>,
}

struct Chunk {
    storage: Storage,
    name: String,
    room: u32,
    data_at: u64,
    written: u64,
    buffer: Vec<u8>,
    column: Column,
}

/// Writes one `.ld` file. Give it the file itself: it writes in large pieces and at many places.
pub struct LdWriter<W: Write + Seek> {
    out: W,
    channels: Vec<LdChannel>,
    chunks: Vec<Chunk>,
}

impl<W: Write + Seek> LdWriter<W> {
    /// Begins a log at the start of `out`, with room for the samples that `channels` announce.
    ///
    /// # Errors
    ///
    /// When there is no channel or too many, when one has no rate, when the file would be larger than 4 GiB, or when
    /// it cannot be written.
    pub fn create(mut out: W, info: &LdInfo, channels: &[LdChannel]) -> Result<Self, LdWriteError> {
        check(channels)?;
        let chunks = place(channels);
        check_size(&chunks)?;
        out.seek(SeekFrom::Start(0))?;
        out.write_all(&header::head(info, channels))?;
        let mut writer = Self { out, channels: channels.to_vec(), chunks };
        writer.write_entries()?;
        Ok(writer)
    }

    /// Appends a sample of the channel at position `channel`; a value that is not finite is missing, and holds the one
    /// before.
    ///
    /// # Errors
    ///
    /// When there is no such channel, when more samples come than were announced, or when the file cannot be written.
    pub fn push(&mut self, channel: usize, value: f64) -> Result<(), LdWriteError> {
        let count = self.chunks.len();
        let chunk =
            self.chunks.get_mut(channel).ok_or(LdWriteError::NoSuchChannel { got: channel, count })?;
        if chunk.column.samples >= chunk.room {
            return Err(LdWriteError::TooManySamples { name: chunk.name.clone(), expected: chunk.room });
        }
        let raw = chunk.column.next(chunk.storage, value);
        chunk.storage.put(raw, &mut chunk.buffer);
        if chunk.buffer.len() >= BUFFER { flush(&mut self.out, chunk) } else { Ok(()) }
    }

    /// Appends a sample of every channel; for channels that all have one rate.
    ///
    /// # Errors
    ///
    /// When the row has not one value for each channel, and as [`push`](Self::push).
    pub fn push_row(&mut self, row: &[f64]) -> Result<(), LdWriteError> {
        if row.len() != self.chunks.len() {
            return Err(LdWriteError::Row { got: row.len(), count: self.chunks.len() });
        }
        row.iter().enumerate().try_for_each(|(channel, value)| self.push(channel, *value))
    }

    /// Writes what still waits and what the channels turned out to be; gives `out` back. A channel that got fewer
    /// samples than announced is that much shorter.
    ///
    /// # Errors
    ///
    /// When the file cannot be written; it is then no log.
    pub fn finish(mut self) -> Result<(W, LdSummary), LdWriteError> {
        for chunk in &mut self.chunks {
            flush(&mut self.out, chunk)?;
        }
        self.write_entries()?;
        self.out.flush()?;
        let channels = self.chunks.into_iter().map(summary).collect();
        Ok((self.out, LdSummary { channels }))
    }

    fn write_entries(&mut self) -> Result<(), LdWriteError> {
        self.out.seek(SeekFrom::Start(header::entry_at(0)))?;
        for (number, chunk) in self.chunks.iter().enumerate() {
            let entry =
                header::channel_entry(&self.channels, number, &chunk.name, chunk.data_at, &chunk.column);
            self.out.write_all(&entry)?;
        }
        Ok(())
    }
}

fn check(channels: &[LdChannel]) -> Result<(), LdWriteError> {
    if channels.is_empty() {
        return Err(LdWriteError::NoChannels);
    }
    if u16::try_from(channels.len()).is_err() {
        return Err(LdWriteError::TooManyChannels { got: channels.len(), most: u16::MAX });
    }
    match channels.iter().find(|channel| channel.hz == 0) {
        Some(channel) => Err(LdWriteError::NoRate { name: channel.name.clone() }),
        None => Ok(()),
    }
}

/// Gives each channel its room, one after the other.
fn place(channels: &[LdChannel]) -> Vec<Chunk> {
    let names = text::unique_names(channels.iter().map(|channel| channel.name.as_str()), width::NAME);
    let mut data_at = header::entry_at(channels.len());
    let mut chunks = Vec::with_capacity(channels.len());
    for (channel, name) in channels.iter().zip(names) {
        chunks.push(Chunk {
            storage: channel.storage,
            name,
            room: channel.samples,
            data_at,
            written: 0,
            buffer: Vec::new(),
            column: Column::default(),
        });
        data_at += u64::from(channel.samples) * u64::from(channel.storage.sample_type().width());
    }
    chunks
}

fn check_size(chunks: &[Chunk]) -> Result<(), LdWriteError> {
    let end = |chunk: &Chunk| {
        chunk.data_at + u64::from(chunk.room) * u64::from(chunk.storage.sample_type().width())
    };
    let bytes = chunks.last().map_or(0, end);
    let most = u64::from(u32::MAX);
    if bytes > most { Err(LdWriteError::TooLarge { bytes, most }) } else { Ok(()) }
}

fn flush<W: Write + Seek>(out: &mut W, chunk: &mut Chunk) -> Result<(), LdWriteError> {
    if chunk.buffer.is_empty() {
        return Ok(());
    }
    out.seek(SeekFrom::Start(chunk.data_at + chunk.written))?;
    out.write_all(&chunk.buffer)?;
    chunk.written += chunk.buffer.len() as u64;
    chunk.buffer.clear();
    Ok(())
}

fn summary(chunk: Chunk) -> LdChannelSummary {
    let Column { samples, held, clipped, .. } = chunk.column;
    LdChannelSummary { name: chunk.name, samples, held, clipped }
}
