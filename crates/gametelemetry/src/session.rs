//! The fluent entry point: which sources, where to, and then start and stop.
//!
//! Only wires the parts together: what runs is in `runner`, what is stored in `gametelemetry-file`.

use std::any::TypeId;
use std::hash::{BuildHasher, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gametelemetry_file::{
    BinarySessionWriter, ChannelMapping, EncoderOptions, Header, Ledger, RecordedTransport, SessionWriter,
    Telemetry, Timestamp, WriteError, WriterOptions, files,
};

use crate::callbacks::{Callback, Started};
use crate::clock::Clock;
use crate::keep_last::{Marker, Ring, RingWriter};
use crate::live::LiveProcessors;
use crate::processor::{self, ProcessorHandle, SessionProcessor};
use crate::queue::Queue;
use crate::runner::{AnySource, SampleContext, SourceRunner};
use crate::running::RunningSession;
use crate::store::{Store, StorePlan};
use crate::syncer::Syncer;
use crate::{DerivedChannel, SessionError, SessionPlace, SourceDescription, StopToken, TelemetrySource};

/// Makes the writer of one source: gets what the file should say of itself, and the session's folder.
type WriterFactory = Box<dyn Fn(&Header, &Path) -> Result<Box<dyn SessionWriter>, WriteError> + Send>;

/// A recording about to start.
///
/// ```
/// use gametelemetry::{GameSession, RawFrame, Sample, SourceDescription, SourceError, StopToken, TelemetrySource};
/// # struct Countdown(RawFrame, u8);
/// # impl TelemetrySource for Countdown {
/// #     type Frame = RawFrame;
/// #     fn describe(&self) -> SourceDescription {
/// #         SourceDescription::new("countdown", self.0.schema().as_ref().clone())
/// #     }
/// #     fn next_frame(&mut self, _: &StopToken) -> Result<Option<Sample<'_, RawFrame>>, SourceError> {
/// #         let Some(next) = self.1.checked_sub(1) else { return Ok(None) };
/// #         self.1 = next;
/// #         *self.0.bytes_mut() = vec![next];
/// #         Ok(Some(Sample::new(&self.0)))
/// #     }
/// # }
/// # let folder = tempfile::tempdir()?;
/// # let schema = gametelemetry::Schema::opaque("Count", gametelemetry::FrameSize::Fixed(1));
/// # let countdown = Countdown(RawFrame::new(schema.into()), 3);
/// let session = GameSession::new("demo").source(countdown).save_to(folder.path()).start()?;
/// session.wait();
/// println!("{}", session.stop()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a session does nothing until it is started"]
pub struct GameSession {
    game: String,
    out: PathBuf,
    sources: Vec<Box<dyn AnySource>>,
    callbacks: Vec<Callback>,
    channels: Vec<ChannelMapping>,
    /// How the frames of sources came, by their names.
    transports: Vec<(String, RecordedTransport)>,
    live: LiveProcessors,
    writer: Option<WriterFactory>,
    options: SessionOptions,
    stop: StopToken,
    clock: Option<Clock>,
    keep_last: Option<Duration>,
}

/// What a session does unless told otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionOptions {
    /// The most frames of a source that a killed process may lose, unless the disk hangs at that moment. A user's
    /// own writer is only told to flush in time for that.
    pub flush_frames: u32,
    /// The longest time that a frame waits before it reaches the operating system.
    pub flush_interval: Duration,
    /// How often files are synced to the disk, so that a power cut loses about so much; `None` leaves it to the
    /// operating system.
    pub sync_interval: Option<Duration>,
    /// How often the ledger is stored while recording.
    pub ledger_interval: Duration,
    /// Bytes of frames of a source that may wait for a slow disk before frames are dropped.
    pub queue_bytes: usize,
    /// Bytes, compressed, that a recording holds of which only the last part is kept ([`GameSession::keep_last`]), all
    /// sources together. When they are used up, the oldest frames go although their time has not come.
    pub held_bytes: usize,
}

impl Default for SessionOptions {
    /// 10 frames, 250 ms, a sync every second, a ledger every 10 seconds, 8 MiB; 256 MiB held.
    fn default() -> Self {
        Self {
            flush_frames: 10,
            flush_interval: Duration::from_millis(250),
            sync_interval: Some(Duration::from_secs(1)),
            ledger_interval: Duration::from_secs(10),
            queue_bytes: 8 << 20,
            held_bytes: 256 << 20,
        }
    }
}

impl GameSession {
    /// A session of `game`, by its short name (`acc`); recordings go to `sessions/` unless [`GameSession::save_to`]
    /// says otherwise.
    pub fn new(game: impl Into<String>) -> Self {
        Self {
            game: game.into(),
            out: PathBuf::from("sessions"),
            sources: Vec::new(),
            callbacks: Vec::new(),
            channels: Vec::new(),
            transports: Vec::new(),
            live: LiveProcessors::default(),
            writer: None,
            options: SessionOptions::default(),
            stop: StopToken::new(),
            clock: None,
            keep_last: None,
        }
    }

    /// Records `source` too.
    pub fn source<S: TelemetrySource + 'static>(mut self, source: S) -> Self {
        self.sources.push(Box::new(source));
        self
    }

    /// Calls `callback` with each frame `F` of any source, on a thread of its own. One that is too slow misses
    /// frames, which is counted; sampling never waits for it.
    pub fn on_frame<F: Telemetry>(mut self, callback: impl FnMut(&F, Timestamp) + Send + 'static) -> Self {
        self.callbacks.push(Callback::new(None, callback));
        self
    }

    /// Calls `callback` with each frame `F` of the source called `source`.
    pub fn on_frame_of<F: Telemetry>(
        mut self,
        source: &str,
        callback: impl FnMut(&F, Timestamp) + Send + 'static,
    ) -> Self {
        self.callbacks.push(Callback::new(Some(source.to_owned()), callback));
        self
    }

    /// Runs `processor` beside the recording, on a thread of its own; its result is in the handle when the session has
    /// stopped. It follows the session's files, so sampling never waits for it.
    pub fn process<P: SessionProcessor>(mut self, processor: P) -> (Self, ProcessorHandle<P::Output>) {
        let (boxed, handle) = processor::boxed(processor);
        self.live.processors.push(boxed);
        (self, handle)
    }

    /// Adds a channel worked out from others, for processors.
    pub fn derive(mut self, channel: DerivedChannel) -> Self {
        self.live.derived.push(channel);
        self
    }

    /// Stores in each file which channels its source's fields are.
    pub fn channels(mut self, channels: &[ChannelMapping]) -> Self {
        self.channels.extend_from_slice(channels);
        self
    }

    /// Stores in the file of `source` how its frames come, so that they can be played back the same way. Built-in games
    /// need none: what plays them back knows them.
    pub fn came_by(mut self, source: &str, transport: RecordedTransport) -> Self {
        self.transports.push((source.to_owned(), transport));
        self
    }

    /// Makes the session's folder in `folder`.
    pub fn save_to(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out = folder.into();
        self
    }

    /// Stores frames by the writers that `make` gives, instead of in `.gtel` files. It gets what the file should say
    /// of itself, and the session's folder.
    pub fn writer(
        mut self,
        make: impl Fn(&Header, &Path) -> Result<Box<dyn SessionWriter>, WriteError> + Send + 'static,
    ) -> Self {
        self.writer = Some(Box::new(make));
        self
    }

    /// Changes how often things reach the system and the disk.
    pub fn options(mut self, options: SessionOptions) -> Self {
        self.options = options;
        self
    }

    /// Ends the session when `stop` is stopped.
    pub fn stop_token(mut self, stop: &StopToken) -> Self {
        self.stop = stop.clone();
        self
    }

    /// Stamps frames by `clock`; the system's unless set.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Holds the last `time` in memory and writes nothing, until [`RunningSession::mark`] writes what it has then as a
    /// session. What is held is bounded by [`SessionOptions::held_bytes`], and gone when the program is killed.
    ///
    /// ```
    /// # use gametelemetry::{GameSession, RawFrame, Sample, SourceDescription, SourceError, StopToken, TelemetrySource};
    /// # struct Countdown(RawFrame, u8);
    /// # impl TelemetrySource for Countdown {
    /// #     type Frame = RawFrame;
    /// #     fn describe(&self) -> SourceDescription {
    /// #         SourceDescription::new("countdown", self.0.schema().as_ref().clone())
    /// #     }
    /// #     fn next_frame(&mut self, _: &StopToken) -> Result<Option<Sample<'_, RawFrame>>, SourceError> {
    /// #         let Some(next) = self.1.checked_sub(1) else { return Ok(None) };
    /// #         self.1 = next;
    /// #         *self.0.bytes_mut() = vec![next];
    /// #         Ok(Some(Sample::new(&self.0)))
    /// #     }
    /// # }
    /// # let folder = tempfile::tempdir()?;
    /// # let schema = gametelemetry::Schema::opaque("Count", gametelemetry::FrameSize::Fixed(1));
    /// # let countdown = Countdown(RawFrame::new(schema.into()), 3);
    /// # let ten_minutes = std::time::Duration::from_secs(600);
    /// let session = GameSession::new("demo").source(countdown).save_to(folder.path()).keep_last(ten_minutes).start()?;
    /// session.wait();
    /// println!("{}", session.mark()?);
    /// # session.stop()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn keep_last(mut self, time: Duration) -> Self {
        self.keep_last = Some(time);
        self
    }

    /// Starts recording: makes the folder and every file, then the threads.
    ///
    /// # Errors
    /// When there is no source, a callback listens to none of them, or a folder, file or thread cannot be made.
    /// Nothing runs then.
    pub fn start(mut self) -> Result<RunningSession, SessionError> {
        if self.sources.is_empty() {
            return Err(SessionError::NoSource);
        }
        if self.writer.is_some() && !self.live.processors.is_empty() {
            return Err(SessionError::ProcessorsNeedFiles);
        }
        if self.keep_last.is_some() && (self.writer.is_some() || !self.live.processors.is_empty()) {
            return Err(SessionError::HeldInMemory);
        }
        let clock = self.clock.take().unwrap_or_else(Clock::system);
        let plans = self.plan(&clock)?;
        self.check_callbacks(&plans)?;
        let folder = self.make_folder(&clock)?;
        if let Err(error) = self.begin_sources(&plans, &folder) {
            if self.keep_last.is_none() {
                // Only when it is empty, as it is unless a source has put something there.
                let _ = std::fs::remove_dir(&folder);
            }
            return Err(error);
        }
        let ring = self.keep_last.map(|time| Ring::new(time, self.options.held_bytes, held_sources(&plans)));
        let writers = match &ring {
            Some(ring) => RingWriter::all(ring),
            None => plans.iter().map(|plan| self.open_writer(plan, &folder)).collect::<Result<_, _>>()?,
        };
        self.launch(clock, folder, plans, writers, ring)
    }

    /// The session's own folder; the one for all sessions when nothing is written yet.
    fn make_folder(&self, clock: &Clock) -> Result<PathBuf, SessionError> {
        if self.keep_last.is_none() {
            return Ok(files::create_session_folder(&self.out, clock.anchor().started, &self.game)?);
        }
        // Better to find out now than at the first mark.
        std::fs::create_dir_all(&self.out)
            .map_err(|source| files::SessionFolderError::Create { path: self.out.clone(), source })?;
        Ok(self.out.clone())
    }

    /// What each source will be called and what its file will say; checks layouts, makes names unique.
    fn plan(&self, clock: &Clock) -> Result<Vec<SourcePlan>, SessionError> {
        let session = session_id(clock);
        let mut plans: Vec<SourcePlan> = Vec::with_capacity(self.sources.len());
        for source in &self.sources {
            let description = source.describe();
            let taken = |name: &str| plans.iter().any(|plan| plan.header.source == name);
            let name = unique_name(&description.name, taken);
            description
                .schema
                .check()
                .map_err(|source| SessionError::Schema { source_name: name.clone(), source })?;
            let anchor = clock.anchor();
            let mut header = Header::new(&self.game, &name, description.schema.clone(), anchor.started);
            (header.session, header.clock) = (session.clone(), anchor);
            header.requested_hz = description.requested_hz;
            header.channels =
                self.channels.iter().filter(|mapping| mapping.source == description.name).cloned().collect();
            let transport = self.transports.iter().find(|(source, _)| *source == description.name);
            header.transport = transport.map(|(_, transport)| transport.clone());
            let (frame_type, frame_name) = (source.frame_type(), source.frame_name());
            plans.push(SourcePlan { header, description, frame_type, frame_name });
        }
        Ok(plans)
    }

    fn begin_sources(&mut self, plans: &[SourcePlan], folder: &Path) -> Result<(), SessionError> {
        let (folder, sessions, game) = (folder.to_owned(), self.out.clone(), self.game.clone());
        let place = SessionPlace { folder, sessions, game, is_held: self.keep_last.is_some() };
        for (source, plan) in self.sources.iter_mut().zip(plans) {
            let source_name = plan.header.source.clone();
            source.begin(&place).map_err(|source| SessionError::Begin { source_name, source })?;
        }
        Ok(())
    }

    fn check_callbacks(&self, plans: &[SourcePlan]) -> Result<(), SessionError> {
        for callback in &self.callbacks {
            if plans.iter().any(|plan| plan.feeds(callback)) {
                continue;
            }
            let of = callback.source.as_ref().map(|name| format!(" of source {name}")).unwrap_or_default();
            let names: Vec<_> =
                plans.iter().map(|plan| format!("{} ({})", plan.frame_name, plan.header.source)).collect();
            let wanted = format!("{}{of}", callback.frame_name);
            return Err(SessionError::NoSourceFor { wanted, available: names.join(", ") });
        }
        Ok(())
    }

    fn open_writer(&self, plan: &SourcePlan, folder: &Path) -> Result<Box<dyn SessionWriter>, SessionError> {
        let opened = match &self.writer {
            Some(make) => make(&plan.header, folder),
            None => {
                let encoder = EncoderOptions {
                    flush_records: self.options.flush_frames.max(1),
                    ..EncoderOptions::default()
                };
                let name = format!("{}.{}", files::file_name(&plan.header.source), files::EXTENSION);
                BinarySessionWriter::create(&folder.join(name), &plan.header, WriterOptions { encoder })
                    .map(|writer| Box::new(writer) as Box<dyn SessionWriter>)
            }
        };
        opened.map_err(|source| SessionError::Write {
            source_name: plan.header.source.clone(),
            source,
            summary: None,
        })
    }

    fn store_plan(&self) -> StorePlan {
        StorePlan {
            flush_interval: self.options.flush_interval,
            ledger_interval: self.options.ledger_interval,
            sampler_may_write: self.writer.is_none(),
        }
    }

    /// Starts every thread. On failure the ones that run are told to stop and end by themselves.
    fn launch(
        mut self,
        clock: Clock,
        folder: PathBuf,
        plans: Vec<SourcePlan>,
        writers: Vec<Box<dyn SessionWriter>>,
        ring: Option<Arc<Ring>>,
    ) -> Result<RunningSession, SessionError> {
        let stop = self.stop.clone();
        let out = self.out.clone();
        let live = std::mem::take(&mut self.live);
        let flush_interval = self.options.flush_interval;
        let started = launch_all(self, &clock, &plans, writers, ring.as_ref());
        if started.is_err() {
            stop.stop();
        }
        let (runners, callbacks, syncer) = started?;
        let live = live.start(folder.clone(), &clock, flush_interval).inspect_err(|_| stop.stop())?;
        let stores = || runners.iter().map(|runner| Arc::clone(&runner.store)).collect();
        let marker = ring.map(|ring| Marker::new(ring, stores(), out, clock.clone()));
        Ok(RunningSession { folder, clock, stop, runners, callbacks, syncer, live, marker })
    }
}

/// Frames after which the writer of a recording that is held in memory is woken before its time.
const HELD_FLUSH: u32 = 1000;

type Launched = (Vec<SourceRunner>, Vec<Started>, Option<Syncer>);

fn launch_all(
    session: GameSession,
    clock: &Clock,
    plans: &[SourcePlan],
    writers: Vec<Box<dyn SessionWriter>>,
    ring: Option<&Arc<Ring>>,
) -> Result<Launched, SessionError> {
    let store_plan = session.store_plan();
    let GameSession { sources, callbacks, mut options, stop, .. } = session;
    if ring.is_some() {
        // Nothing that is held survives a crash, so the writer need not be woken for every few frames.
        options.flush_frames = options.flush_frames.max(HELD_FLUSH);
    }
    let listeners: Vec<Vec<usize>> = plans.iter().map(|plan| plan.listeners(&callbacks)).collect();
    let handles = writers.iter().filter_map(|writer| writer.sync_handle().transpose());
    let handles = handles.collect::<Result<Vec<_>, _>>()?;
    let callbacks = callbacks.into_iter().map(Callback::start).collect::<Result<Vec<_>, _>>()?;
    let mut runners = Vec::with_capacity(plans.len());
    let parts = sources.into_iter().zip(plans).zip(writers).zip(listeners).enumerate();
    for (number, (((source, plan), writer), listeners)) in parts {
        let listening: Vec<&Started> = listeners.iter().filter_map(|&number| callbacks.get(number)).collect();
        let queue = plan.queue(&options);
        let held = ring.map(|ring| ring.part(number));
        let store =
            Arc::new(Store::new(queue, writer, store_plan, clock.clone(), stop.clone()).holding(held));
        let context = SampleContext {
            stop: stop.clone(),
            clock: clock.clone(),
            store: Arc::clone(&store),
            gap_after: plan.description.gap_after,
        };
        let sampler = source.sampler(context, &listening);
        let name = plan.header.source.clone();
        let sampling = std::thread::Builder::new().name(name.clone()).spawn(sampler)?;
        let writing = {
            let store = Arc::clone(&store);
            std::thread::Builder::new().name(format!("{name} writer")).spawn(move || store.write_all())?
        };
        runners.push(SourceRunner { name, store, sampling, writing });
    }
    let syncer = match options.sync_interval {
        Some(interval) if !handles.is_empty() => Some(Syncer::start(handles, interval)?),
        _ => None,
    };
    Ok((runners, callbacks, syncer))
}

/// One source, named and described.
struct SourcePlan {
    header: Header,
    description: SourceDescription,
    frame_type: TypeId,
    frame_name: &'static str,
}

impl SourcePlan {
    fn feeds(&self, callback: &Callback) -> bool {
        self.frame_type == callback.frame_type
            && callback.source.as_ref().is_none_or(|name| *name == self.header.source)
    }

    fn listeners(&self, callbacks: &[Callback]) -> Vec<usize> {
        let numbered = callbacks.iter().enumerate();
        numbered.filter(|(_, callback)| self.feeds(callback)).map(|(number, _)| number).collect()
    }

    fn queue(&self, options: &SessionOptions) -> Queue {
        let ledger = Ledger { requested_hz: self.description.requested_hz, ..Ledger::default() };
        Queue::new(options.queue_bytes, options.flush_frames, ledger)
    }
}

/// What a ring must know of each source.
fn held_sources(plans: &[SourcePlan]) -> Vec<(Header, Option<Duration>)> {
    plans.iter().map(|plan| (plan.header.clone(), plan.description.gap_after)).collect()
}

fn unique_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    (2_u32..).map(|number| format!("{name}_{number}")).find(|name| !taken(name)).unwrap_or_default()
}

/// 128 bits that no other session has: the clock, and the randomness that the standard library seeds its maps with.
pub(crate) fn session_id(clock: &Clock) -> String {
    let random = || {
        let mut hasher = std::hash::RandomState::new().build_hasher();
        hasher.write_i64(clock.now().ticks());
        hasher.write_u32(std::process::id());
        hasher.finish()
    };
    format!("{:016x}{:016x}", random(), random())
}
