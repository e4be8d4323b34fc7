//! What works a session out: laps, enrichment, or whatever a user wants to know.
//!
//! A [`SessionProcessor`] is pushed one [`Moment`] after another and gives its result at the end. Any number of them
//! share one pass over a session ([`SessionPass`]), or run beside a recording ([`crate::GameSession::process`]): the
//! same code, because both read the session's files. Stands after the session, before laps and exporters.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gametelemetry_file::{
    Damage, End, Header, Ledger, ReadError, SessionFile, SessionReader, StoredSession, Timestamp,
    files::SessionFolderError,
};

use crate::grouping::Group;
use crate::moments::{
    ChannelRequest, DerivedChannel, Following, Merged, Moment, StreamEnd, StreamPlan, Whole,
};
use crate::reassembly::Reassembled;

/// Works something out of a session, moment by moment.
///
/// ```
/// use gametelemetry::{ChannelRequest, Moment, SessionFacts, SessionProcessor, Slot};
///
/// /// The highest speed, in m/s.
/// #[derive(Default)]
/// struct TopSpeed(Option<Slot>, f64);
///
/// impl SessionProcessor for TopSpeed {
///     type Output = f64;
///     fn begin(&mut self, channels: &mut ChannelRequest) {
///         self.0 = Some(channels.want("speed"));
///     }
///     fn push(&mut self, moment: &Moment<'_>) {
///         let speed = self.0.and_then(|slot| moment.fresh(slot));
///         self.1 = self.1.max(speed.unwrap_or(0.0));
///     }
///     fn finish(self, _: &SessionFacts) -> f64 {
///         self.1
///     }
/// }
/// ```
///
/// One that looks at packets takes them as they belong together:
///
/// ```
/// use gametelemetry::{ChannelRequest, Group, Moment, SessionFacts, SessionProcessor, SourceFacts};
///
/// /// How many of the game's moments came whole, and how many not.
/// #[derive(Default)]
/// struct WholeMoments(u64, u64);
///
/// impl SessionProcessor for WholeMoments {
///     type Output = (u64, u64);
///     fn begin(&mut self, channels: &mut ChannelRequest) {
///         channels.want_groups();
///     }
///     fn push(&mut self, _: &Moment<'_>) {}
///     fn group(&mut self, source: &SourceFacts, group: &Group) {
///         for message in &group.messages {
///             let _ = source.header.schema.view(&message.bytes).get("header.session_time_s");
///         }
///         *(if group.complete { &mut self.0 } else { &mut self.1 }) += 1;
///     }
///     fn finish(self, _: &SessionFacts) -> (u64, u64) {
///         (self.0, self.1)
///     }
/// }
/// ```
pub trait SessionProcessor: Send + 'static {
    /// What it gives at the end.
    type Output: Send + 'static;

    /// Says which channels it wants. Called once, before the first moment.
    fn begin(&mut self, channels: &mut ChannelRequest);

    /// Takes in the next moment. Times do not go back, unless the recording's own do.
    fn push(&mut self, moment: &Moment<'_>);

    /// Takes in the packets of one moment of the game, if [`ChannelRequest::want_groups`] asked for them, after the
    /// moments of these packets. Groups of a source come in the order in which they are closed: when later ones have
    /// begun, or 100 ms after their first packet, by the recorded times.
    fn group(&mut self, source: &SourceFacts, group: &Group) {
        let _ = (source, group);
    }

    /// Takes in a message that came in several datagrams, if [`ChannelRequest::want_messages`] asked for them, after
    /// the moments of its parts. One of which a part does not come within a second is never given.
    fn message(&mut self, source: &SourceFacts, message: &Reassembled) {
        let _ = (source, message);
    }

    /// Gives the result: the session is over, or the recording ends.
    fn finish(self, facts: &SessionFacts) -> Self::Output;
}

/// Where a processor's result will be.
#[derive(Debug)]
pub struct ProcessorHandle<T>(Arc<Mutex<Option<T>>>);

impl<T> ProcessorHandle<T> {
    /// Takes the result; `None` before the end, when it was taken already, or when the processor panicked.
    #[must_use]
    pub fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What is known of a session beside its moments.
#[derive(Debug, Default)]
pub struct SessionFacts {
    /// The game's short name.
    pub game: String,
    /// The session's id.
    pub session: String,
    /// When it began.
    pub started: Timestamp,
    /// Minutes east of UTC times 60 where it was recorded, when that is known.
    pub utc_offset_seconds: Option<i32>,
    /// Its sources, in the order of their files.
    pub sources: Vec<SourceFacts>,
    /// Files that cannot be read at all, with the reason.
    pub unreadable: Vec<(PathBuf, ReadError)>,
}

impl SessionFacts {
    /// Whether something of the session could not be read: a damaged place, a missing end, a file.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        let is_damaged = |source: &SourceFacts| {
            let is_cut = source.end.is_some_and(|end| end != End::Complete);
            is_cut || !source.damage.is_empty() || source.error.is_some()
        };
        !self.unreadable.is_empty() || self.sources.iter().any(is_damaged)
    }
}

/// What is known of one source of a session.
#[derive(Debug)]
pub struct SourceFacts {
    /// Its file; `None` when it was not opened by its name.
    pub path: Option<PathBuf>,
    /// What its file says of itself.
    pub header: Header,
    /// Records read.
    pub records: u64,
    /// The time of the first record read.
    pub first: Option<Timestamp>,
    /// The time of the last record read.
    pub last: Option<Timestamp>,
    /// How its file ends; `None` as long as it was not read to its end.
    pub end: Option<End>,
    /// Damaged places of its file, as far as it was read.
    pub damage: Vec<Damage>,
    /// Its last ledger.
    pub ledger: Option<Ledger>,
    /// Why reading ended before the end.
    pub error: Option<ReadError>,
}

impl SourceFacts {
    fn of(reader: &SessionReader) -> Self {
        Self {
            path: None,
            header: reader.header().clone(),
            records: 0,
            first: None,
            last: None,
            end: reader.index().map(|_| End::Complete),
            damage: Vec::new(),
            ledger: reader.ledger().cloned(),
            error: None,
        }
    }

    fn note(&mut self, end: StreamEnd, is_whole: bool) {
        (self.records, self.first, self.last) = (end.records, end.first, end.last);
        self.damage = end.damage;
        self.ledger = end.ledger.or(self.ledger.take());
        self.error = end.error;
        if is_whole && end.end.is_some() {
            self.end = end.end;
        }
    }
}

/// Why a session cannot be gone through.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PassError {
    /// There is no session.
    #[error(transparent)]
    Folder(#[from] SessionFolderError),
    /// None of its files can be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The first of them.
        path: PathBuf,
        /// Why.
        source: ReadError,
    },
    /// The operating system gives no thread.
    #[error("cannot start a thread")]
    Thread(#[from] std::io::Error),
}

/// Before a part of a session, so much is read for what is known when it begins: slow sources tell things seldom.
const LEAD: Duration = Duration::from_secs(10);

/// One way through a session's files, for any number of processors.
///
pub struct SessionPass {
    readers: Vec<SessionReader>,
    facts: SessionFacts,
    processors: Vec<Box<dyn AnyProcessor>>,
    derived: Vec<DerivedChannel>,
    from: Timestamp,
    until: Timestamp,
    following: Option<Following>,
}

impl SessionPass {
    /// Opens `session`: the path of its folder or of one of its files, or one that is kept elsewhere.
    ///
    /// # Errors
    /// When there is no session, or none of its files can be read. One unreadable file of several is listed in
    /// [`SessionFacts::unreadable`].
    pub fn open(session: &(impl StoredSession + ?Sized)) -> Result<Self, PassError> {
        let (mut readers, mut paths, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
        for SessionFile { path, reader, .. } in session.open_files()? {
            match reader {
                Ok(reader) => {
                    readers.push(reader);
                    paths.push(path);
                }
                Err(error) => unreadable.push((path, error)),
            }
        }
        if readers.is_empty()
            && let Some((path, source)) = unreadable.pop()
        {
            return Err(PassError::Unreadable { path, source });
        }
        let mut pass = Self::of_readers(readers);
        pass.facts.unreadable = unreadable;
        for (source, path) in pass.facts.sources.iter_mut().zip(paths) {
            source.path = Some(path);
        }
        Ok(pass)
    }

    /// A pass over files that are open.
    #[must_use]
    pub fn of_readers(readers: Vec<SessionReader>) -> Self {
        let sources: Vec<SourceFacts> = readers.iter().map(SourceFacts::of).collect();
        let header = sources.first().map(|source| &source.header);
        let facts = SessionFacts {
            game: header.map(|header| header.game.clone()).unwrap_or_default(),
            session: header.map(|header| header.session.clone()).unwrap_or_default(),
            started: sources.iter().map(|source| source.header.clock.started).min().unwrap_or_default(),
            utc_offset_seconds: header.and_then(|header| header.clock.utc_offset_seconds),
            sources,
            unreadable: Vec::new(),
        };
        Self {
            readers,
            facts,
            processors: Vec::new(),
            derived: Vec::new(),
            from: Timestamp::MIN,
            until: Timestamp::MAX,
            following: None,
        }
    }

    /// What is known of the session before it is gone through.
    #[must_use]
    pub fn facts(&self) -> &SessionFacts {
        &self.facts
    }

    /// What is known of the session, of which no record is read.
    #[must_use]
    pub fn into_facts(self) -> SessionFacts {
        self.facts
    }

    /// The names of the channels that the session can tell, sorted; those added by [`SessionPass::derive`] too.
    #[must_use]
    pub fn available_channels(&self) -> Vec<String> {
        let names: Vec<DerivedChannel> = self.derived.iter().map(DerivedChannel::without_function).collect();
        let headers = self.facts.sources.iter().map(|source| &source.header);
        ChannelRequest::new(headers, names).available().map(str::to_owned).collect()
    }

    /// Adds a channel worked out from others. A game's own channel of that name goes before it.
    pub fn derive(&mut self, channel: DerivedChannel) {
        self.derived.push(channel);
    }

    /// The channels that were added by [`SessionPass::derive`], for another pass over the session.
    #[must_use]
    pub fn into_derived(self) -> Vec<DerivedChannel> {
        self.derived
    }

    /// Adds a processor; its result is in the handle after [`SessionPass::run`].
    pub fn add<P: SessionProcessor>(&mut self, processor: P) -> ProcessorHandle<P::Output> {
        let (boxed, handle) = boxed(processor);
        self.processors.push(boxed);
        handle
    }

    /// Goes only through the moments from `from` to `until`, both included.
    #[must_use]
    pub fn between(mut self, from: Timestamp, until: Timestamp) -> Self {
        (self.from, self.until) = (from, until);
        self
    }

    /// Goes through the session and gives what is known of it then; results are in the processors' handles.
    ///
    /// # Errors
    /// When the operating system gives no thread. A source that cannot be read to its end is told in the facts.
    pub fn run(mut self) -> Result<SessionFacts, PassError> {
        let headers = self.facts.sources.iter().map(|source| &source.header);
        let mut request = ChannelRequest::new(headers, std::mem::take(&mut self.derived));
        for processor in &mut self.processors {
            processor.begin(&mut request);
        }
        let readers = std::mem::take(&mut self.readers);
        let mut plans = Vec::with_capacity(readers.len());
        for (mut reader, facts) in readers.into_iter().zip(&mut self.facts.sources) {
            if self.from > Timestamp::MIN {
                seek_before(&mut reader, self.from).unwrap_or_else(|error| facts.error = Some(error));
            }
            let plan = StreamPlan { reader, until: self.until, following: self.following.clone() };
            plans.push((facts.header.clone(), plan));
        }
        let mut merged = Merged::start(plans, request)?;
        while let Some(moment) = merged.next_moment() {
            if moment.timestamp() >= self.from {
                self.processors.iter_mut().for_each(|processor| processor.push(&moment));
            }
            self.hand_over(&mut merged);
        }
        self.hand_over(&mut merged);
        let is_whole = self.until == Timestamp::MAX;
        for (source, end) in self.facts.sources.iter_mut().zip(merged.into_ends()) {
            if let Some(end) = end {
                source.note(end, is_whole);
            }
        }
        for processor in &mut self.processors {
            processor.finish(&self.facts);
        }
        Ok(self.facts)
    }

    /// Gives the processors what is made of several records.
    fn hand_over(&mut self, merged: &mut Merged) {
        while let Some((source, whole)) = merged.next_whole() {
            let Some(facts) = self.facts.sources.get(source) else { continue };
            if whole.timestamp() >= self.from {
                self.processors.iter_mut().for_each(|processor| processor.whole(facts, &whole));
            }
        }
    }

    /// The open files, and what is known of them.
    pub(crate) fn into_parts(self) -> (Vec<SessionReader>, SessionFacts) {
        (self.readers, self.facts)
    }

    /// Takes over what [`crate::GameSession::process`] collected, for files that are still being written.
    pub(crate) fn live(
        mut self,
        processors: Vec<Box<dyn AnyProcessor>>,
        derived: Vec<DerivedChannel>,
        following: Following,
    ) -> Self {
        (self.processors, self.derived, self.following) = (processors, derived, Some(following));
        self
    }
}

impl std::fmt::Debug for SessionPass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionPass")
            .field("facts", &self.facts)
            .field("processors", &self.processors.len())
            .finish_non_exhaustive()
    }
}

/// Goes to what is read before `from`: everything of a source that tells little, for it may tell something once.
fn seek_before(reader: &mut SessionReader, from: Timestamp) -> Result<(), ReadError> {
    /// A source of so few records is read from its beginning.
    const FEW: u64 = 2000;
    if reader.index().is_none_or(|index| index.records() <= FEW) {
        return Ok(());
    }
    let lead = i64::try_from(LEAD.as_nanos() / 100).unwrap_or(i64::MAX);
    reader.seek(Timestamp::from_ticks(from.ticks().saturating_sub(lead)))
}

/// A processor whose type only its handle knows.
pub(crate) trait AnyProcessor: Send {
    fn begin(&mut self, channels: &mut ChannelRequest);
    fn push(&mut self, moment: &Moment<'_>);
    fn whole(&mut self, source: &SourceFacts, whole: &Whole);
    fn finish(&mut self, facts: &SessionFacts);
}

struct Held<P: SessionProcessor> {
    processor: Option<P>,
    result: Arc<Mutex<Option<P::Output>>>,
}

/// A processor as a pass holds it, and the handle to its result.
pub(crate) fn boxed<P: SessionProcessor>(
    processor: P,
) -> (Box<dyn AnyProcessor>, ProcessorHandle<P::Output>) {
    let result = Arc::new(Mutex::new(None));
    let held = Held { processor: Some(processor), result: Arc::clone(&result) };
    (Box::new(held), ProcessorHandle(result))
}

impl<P: SessionProcessor> AnyProcessor for Held<P> {
    fn begin(&mut self, channels: &mut ChannelRequest) {
        if let Some(processor) = &mut self.processor {
            processor.begin(channels);
        }
    }

    fn push(&mut self, moment: &Moment<'_>) {
        if let Some(processor) = &mut self.processor {
            processor.push(moment);
        }
    }

    fn whole(&mut self, source: &SourceFacts, whole: &Whole) {
        match (&mut self.processor, whole) {
            (Some(processor), Whole::Group(group)) => processor.group(source, group),
            (Some(processor), Whole::Message(message)) => processor.message(source, message),
            (None, _) => {}
        }
    }

    fn finish(&mut self, facts: &SessionFacts) {
        if let Some(processor) = self.processor.take() {
            let output = processor.finish(facts);
            *self.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(output);
        }
    }
}
