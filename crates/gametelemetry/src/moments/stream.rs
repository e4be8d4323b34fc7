//! One source of a session, read on a thread of its own into batches of channel values.
//!
//! The thread is at most a few batches ahead of who takes them, so that memory stays bounded whatever the file's size.
//! Of a file that is still being written it waits for more, and says how far nothing more will come.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use gametelemetry_file::{ChannelReader, Damage, End, Ledger, ReadError, SessionReader, Timestamp};

use super::request::Wanted;
use super::whole::{Assembly, WantedWholes, Whole};
use crate::clock::Clock;

/// Rows of a batch.
const ROWS: usize = 512;
/// Groups and messages of a batch; each may have ten packets.
const WHOLES: usize = 64;
/// Batches that may wait.
const AHEAD: usize = 3;
/// How often a file that is being written is looked at again.
const LOOK: Duration = Duration::from_millis(50);

/// Rows of one source: a time each, and as many values as the source has slots.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) timestamps: Vec<Timestamp>,
    pub(super) values: Vec<f64>,
    /// Texts that have changed: row, slot, text.
    pub(super) texts: Vec<(usize, usize, Arc<str>)>,
    /// What is made of several records, with the number of rows after which it is told.
    pub(super) wholes: VecDeque<(usize, Whole)>,
    /// No record before this time will come any more.
    pub(super) complete_until: Option<Timestamp>,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.timestamps.len() >= ROWS || self.wholes.len() >= WHOLES
    }

    fn is_empty(&self) -> bool {
        self.timestamps.is_empty() && self.wholes.is_empty() && self.complete_until.is_none()
    }
}

/// How the source ended.
#[derive(Debug)]
pub(crate) struct StreamEnd {
    /// Records read.
    pub(crate) records: u64,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    /// `None` when nothing of it was wanted, so that it was not read.
    pub(crate) end: Option<End>,
    pub(crate) damage: Vec<Damage>,
    pub(crate) ledger: Option<Ledger>,
    pub(crate) error: Option<ReadError>,
}

/// A file that is still being written.
#[derive(Clone, Debug)]
pub(crate) struct Following {
    /// Nothing more is written.
    pub(crate) finished: Arc<AtomicBool>,
    pub(crate) clock: Clock,
    /// A frame is in its file so long after its time at the latest, unless the disk hangs.
    pub(crate) latest: Duration,
}

/// What to read of one source.
pub(crate) struct StreamPlan {
    pub(crate) reader: SessionReader,
    /// Records after this time are not read.
    pub(crate) until: Timestamp,
    pub(crate) following: Option<Following>,
}

/// What a stream's thread hands over.
pub(super) enum Message {
    Batch(Batch),
    End(Box<StreamEnd>),
}

/// A source whose thread runs.
pub(super) struct Stream {
    pub(super) messages: Receiver<Message>,
    /// The slot of each value of a row.
    pub(super) slots: Vec<usize>,
}

/// Starts reading what `numbers`, `texts` and `wholes` want of a source.
pub(super) fn start(
    plan: StreamPlan,
    numbers: &[Wanted],
    texts: &[Wanted],
    wholes: WantedWholes,
) -> std::io::Result<Stream> {
    let mut slots: Vec<usize> = numbers.iter().map(|(slot, _)| *slot).collect();
    slots.sort_unstable();
    slots.dedup();
    let place = |slot: usize| slots.binary_search(&slot).unwrap_or(usize::MAX);
    let numbers: Vec<Wanted> =
        numbers.iter().map(|(slot, mapping)| (place(*slot), mapping.clone())).collect();
    let channels = ChannelReader::new(plan.reader.schema(), &numbers, texts);
    let (sender, messages) = sync_channel(AHEAD);
    let width = slots.len();
    let assembly = Assembly::new(plan.reader.schema(), wholes);
    let mut worker = Worker::new(plan, channels, width, sender);
    worker.assembly = assembly;
    std::thread::Builder::new().name("read session".to_owned()).spawn(move || worker.run())?;
    Ok(Stream { messages, slots })
}

struct Worker {
    plan: StreamPlan,
    /// When the session began, until it has: what a recorder that holds what came last knew before counts as of then.
    started: Timestamp,
    channels: ChannelReader,
    assembly: Assembly,
    width: usize,
    sender: SyncSender<Message>,
    batch: Batch,
    row: Vec<f64>,
    last_texts: Vec<(usize, Arc<str>)>,
    records: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

/// Nobody takes batches any more.
struct Gone;

impl Worker {
    fn new(plan: StreamPlan, channels: ChannelReader, width: usize, sender: SyncSender<Message>) -> Self {
        Self {
            started: plan.reader.header().clock.started,
            plan,
            channels,
            assembly: Assembly::default(),
            width,
            sender,
            batch: Batch::default(),
            row: vec![f64::NAN; width],
            last_texts: Vec::new(),
            records: 0,
            first: None,
            last: None,
        }
    }

    fn run(&mut self) {
        // What nobody wants anything of is not read at all; a file that grows is followed for its end.
        let is_read = self.channels.reads_something() || self.assembly.is_wanted();
        let error = match if is_read { self.read_all() } else { Ok(None) } {
            Ok(error) => error,
            Err(Gone) => return,
        };
        let reader = &self.plan.reader;
        let end = StreamEnd {
            records: self.records,
            first: self.first,
            last: self.last,
            end: is_read.then(|| reader.end()),
            damage: reader.damage().to_vec(),
            ledger: reader.ledger().cloned(),
            error,
        };
        let _ = self.sender.send(Message::End(Box::new(end)));
    }

    fn read_all(&mut self) -> Result<Option<ReadError>, Gone> {
        loop {
            // Asked before reading: what is written until then is read, whatever is said meanwhile.
            let is_final = self.plan.following.as_ref().is_none_or(|it| it.finished.load(Ordering::Acquire));
            let now = self.plan.following.as_ref().map(|it| it.clock.now());
            match self.read_what_is_there() {
                Ok(Ok(())) => {}
                Ok(Err(Gone)) => return Err(Gone),
                Err(error) => {
                    self.send()?;
                    return Ok(Some(error));
                }
            }
            let rows = self.batch.timestamps.len();
            if is_final {
                self.assembly.finish(rows, &mut self.batch.wholes);
                self.send()?;
                return Ok(None);
            }
            if let (Some(following), Some(now)) = (&self.plan.following, now) {
                let latest = i64::try_from(following.latest.as_nanos() / 100).unwrap_or(i64::MAX);
                let complete_until = Timestamp::from_ticks(now.ticks().saturating_sub(latest));
                self.batch.complete_until = Some(complete_until);
                self.assembly.tick(complete_until, rows, &mut self.batch.wholes);
            }
            self.send()?;
            std::thread::sleep(LOOK);
        }
    }

    fn read_what_is_there(&mut self) -> Result<Result<(), Gone>, ReadError> {
        while let Some(record) = self.plan.reader.next_record()? {
            // What is older than its session was told before and holds at its start (`GameSession::keep_last`).
            if record.timestamp >= self.started {
                // Only what stands before that is from before the session: a machine's clock may go back later.
                self.started = Timestamp::MIN;
            }
            let timestamp = record.timestamp.max(self.started);
            if timestamp > self.plan.until {
                break;
            }
            self.records += 1;
            self.first = self.first.or(Some(timestamp));
            self.last = Some(timestamp);
            let (row, last, batch) = (self.batch.timestamps.len(), &mut self.last_texts, &mut self.batch);
            let note = |slot, text: String| note_text(slot, text, row, last, batch);
            if self.channels.read(record.data, &mut self.row, note) {
                self.batch.timestamps.push(timestamp);
                self.batch.values.extend_from_slice(&self.row);
            }
            let rows = self.batch.timestamps.len();
            self.assembly.push(timestamp, record.data, rows, &mut self.batch.wholes);
            if self.batch.is_full() && self.send().is_err() {
                return Ok(Err(Gone));
            }
        }
        Ok(Ok(()))
    }

    fn send(&mut self) -> Result<(), Gone> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let next = Batch {
            timestamps: Vec::with_capacity(ROWS),
            values: Vec::with_capacity(ROWS * self.width),
            ..Batch::default()
        };
        let batch = std::mem::replace(&mut self.batch, next);
        self.sender.send(Message::Batch(batch)).map_err(|_| Gone)
    }
}

/// Keeps `text` when it is another one than before.
fn note_text(slot: usize, text: String, row: usize, last: &mut Vec<(usize, Arc<str>)>, batch: &mut Batch) {
    match last.iter_mut().find(|(known, _)| *known == slot) {
        Some((_, known)) if **known == *text => return,
        Some((_, known)) => *known = text.into(),
        None => last.push((slot, text.into())),
    }
    if let Some((_, text)) = last.iter().find(|(known, _)| *known == slot) {
        batch.texts.push((row, slot, Arc::clone(text)));
    }
}
