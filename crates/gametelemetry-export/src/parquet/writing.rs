//! The thread that encodes and compresses row groups, while the next one is collected.
//!
//! One a file. At most one group waits or is written besides the one that is collected, so memory stays bounded.

use std::io;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use gametelemetry::{OutputFile, Values};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedFileWriter;

use super::column::{self, GroupWriter};

/// The rows of one group.
#[derive(Default)]
pub(super) struct Group {
    pub(super) times: Vec<i64>,
    pub(super) seconds: Vec<f64>,
    pub(super) laps: Vec<Option<i32>>,
    pub(super) columns: Vec<Values>,
}

impl Group {
    fn write(&self, file: &mut SerializedFileWriter<OutputFile>) -> Result<(), ParquetError> {
        let mut writer = GroupWriter::new(file.next_row_group()?);
        writer.times(&self.times)?;
        writer.seconds(&self.seconds)?;
        writer.laps(&self.laps)?;
        for values in &self.columns {
            writer.values(values)?;
        }
        writer.close()
    }

    fn clear(&mut self) {
        self.times.clear();
        self.seconds.clear();
        self.laps.clear();
        self.columns.iter_mut().for_each(column::clear);
    }
}

/// A file that is written by a thread of its own.
pub(super) struct WritingThread {
    /// A group to be written; `None` ends the file.
    groups: Option<SyncSender<Option<Group>>>,
    /// Groups that were written, to be filled again.
    used: Receiver<Group>,
    thread: Option<JoinHandle<Result<(), ParquetError>>>,
}

impl WritingThread {
    pub(super) fn start(file: SerializedFileWriter<OutputFile>) -> io::Result<Self> {
        let (groups, to_write) = sync_channel(0);
        let (give_back, used) = channel();
        let work = move || run(file, &to_write, &give_back);
        let thread = std::thread::Builder::new().name("write parquet".to_owned()).spawn(work)?;
        Ok(Self { groups: Some(groups), used, thread: Some(thread) })
    }

    /// Hands over `group`; gives an empty one.
    pub(super) fn write(&mut self, group: Group) -> Result<Group, ParquetError> {
        let is_taken = self.groups.as_ref().is_some_and(|groups| groups.send(Some(group)).is_ok());
        if !is_taken {
            self.join()?;
        }
        Ok(self.used.try_recv().unwrap_or_default())
    }

    /// Ends the file.
    pub(super) fn finish(mut self) -> Result<(), ParquetError> {
        // When nobody takes it any more, joining says why.
        let _ = self.groups.as_ref().map(|groups| groups.send(None));
        self.join()
    }

    fn join(&mut self) -> Result<(), ParquetError> {
        self.groups = None;
        let broken = || ParquetError::General("the thread that writes broke off".to_owned());
        self.thread.take().map_or(Ok(()), |thread| thread.join().unwrap_or_else(|_| Err(broken())))
    }
}

impl Drop for WritingThread {
    /// Waits, so that the file is closed when its name is removed.
    fn drop(&mut self) {
        let _ = self.join();
    }
}

fn run(
    mut file: SerializedFileWriter<OutputFile>,
    groups: &Receiver<Option<Group>>,
    give_back: &Sender<Group>,
) -> Result<(), ParquetError> {
    while let Ok(group) = groups.recv() {
        let Some(mut group) = group else { return file.close().map(drop) };
        group.write(&mut file)?;
        group.clear();
        let _ = give_back.send(group);
    }
    Ok(())
}
