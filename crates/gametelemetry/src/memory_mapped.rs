//! Samples a game that publishes structs in named shared memory.
//!
//! Waits for the game, attaches read-only, looks at a steady rate, takes consistent snapshots, passes over frames
//! that the game has not changed, and attaches again after the game restarted. Knows no game: names, layout and
//! counter come from the struct and the builder.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gametelemetry_file::{Field, PackedFrame, RawFrame, Schema, Telemetry, Value};

use crate::clock::{self, Pacer};
use crate::guard::{Guard, Snapshot};
use crate::shared_memory::Region;
use crate::{Quality, Sample, SourceDescription, SourceError, StopToken, TelemetrySource};

/// How often a game that is not there is looked for.
const LOOK_FOR_GAME: Duration = Duration::from_millis(250);
/// After so long without a new frame the region may be a dead one, left over from a game that restarted.
const STALE_AFTER: Duration = Duration::from_secs(1);
/// The shortest silence that can be called a gap: schedulers alone cause shorter ones.
const SHORTEST_GAP: Duration = Duration::from_millis(100);

/// Samples frames `T` from named shared memory.
///
/// ```no_run
/// # use gametelemetry::{MemoryMappedFileSource, PackedFrame, telemetry};
/// /// What the game publishes.
/// #[telemetry(size = 8, counter = packet_id)]
/// struct Page {
///     /// Advances with each frame.
///     packet_id: i32,
///     /// Speed of the car.
///     #[field(unit = "km/h")]
///     speed_kmh: f32,
/// }
/// let source = MemoryMappedFileSource::<Page>::new("my_game_physics").hz(100.0);
/// ```
pub struct MemoryMappedFileSource<T> {
    options: Options<T>,
    schema: Schema,
    /// Makes a frame of its bytes; gives whether they are one.
    fill: fn(&mut T, &[u8]) -> bool,
    regions: Option<Vec<Region>>,
    pacer: Pacer,
    frame: T,
    copies: [Vec<u8>; 2],
    /// The counter of the frame given last.
    last_counter: Option<u64>,
    /// Whether a frame was given since the region was attached.
    has_frame: bool,
    /// When the frame changed last, or the region was looked up last.
    fresh: Instant,
    checked: bool,
    /// The frame given last was copied again, because the game wrote during the first copy.
    met_the_game: bool,
    quality: Quality,
}

struct Options<T> {
    name: String,
    pages: Vec<Page>,
    prefix: String,
    hz: f64,
    guard: Guard,
    /// The field that is the game's own frame number.
    counter: Option<Field>,
    keep_unchanged: bool,
    fail_fast: bool,
    hint: String,
    check: Option<fn(&T) -> Option<String>>,
}

/// One region, and the part of the frame that it fills.
struct Page {
    region: String,
    offset: usize,
    size: usize,
}

impl<T: PackedFrame> MemoryMappedFileSource<T> {
    /// Samples the region `region`, of the name that the game gives it (without `Local\`), 100 times a second.
    #[must_use]
    pub fn new(region: &str) -> Self {
        Self::of_pages(&[(region, size_of::<T>())])
    }

    /// Samples several regions as one frame: `T` is their bytes, one after the other, each with its name and size.
    /// The frame is new when the counter of the schema (in whichever region) is.
    #[must_use]
    pub fn of_pages(pages: &[(&str, usize)]) -> Self {
        let fill = |frame: &mut T, bytes: &[u8]| match T::view(bytes) {
            Ok(seen) => {
                *frame = *seen;
                true
            }
            Err(_) => false,
        };
        Self::build(T::schema().clone(), pages, size_of::<T>(), T::zeroed(), fill)
    }
}

impl MemoryMappedFileSource<RawFrame> {
    /// Samples several regions as one frame of a layout that is known only at run time; otherwise as
    /// [`MemoryMappedFileSource::of_pages`]. The frame has as many bytes as the pages together.
    #[must_use]
    pub fn of_schema(schema: Schema, pages: &[(&str, usize)]) -> Self {
        let size = pages.iter().map(|&(_, size)| size).sum();
        let frame = RawFrame::new(Arc::new(schema.clone()));
        let fill = |frame: &mut RawFrame, bytes: &[u8]| {
            let filled = frame.bytes_mut();
            filled.clear();
            filled.extend_from_slice(bytes);
            true
        };
        Self::build(schema, pages, size, frame, fill)
    }
}

impl<T: Telemetry> MemoryMappedFileSource<T> {
    fn build(
        schema: Schema,
        pages: &[(&str, usize)],
        size: usize,
        frame: T,
        fill: fn(&mut T, &[u8]) -> bool,
    ) -> Self {
        let mut offset = 0;
        let pages: Vec<Page> = pages
            .iter()
            .map(|&(region, size)| {
                let page = Page { region: region.to_owned(), offset, size };
                offset += size;
                page
            })
            .collect();
        let counter = schema.counter.as_deref().and_then(|name| schema.field(name)).cloned();
        Self {
            options: Options {
                name: schema.name.to_lowercase(),
                pages,
                prefix: String::new(),
                hz: 100.0,
                guard: Guard::default(),
                counter,
                keep_unchanged: false,
                fail_fast: false,
                hint: "start the game".to_owned(),
                check: None,
            },
            schema,
            fill,
            regions: None,
            pacer: Pacer::new(100.0),
            frame,
            copies: [vec![0; size], vec![0; size]],
            last_counter: None,
            has_frame: false,
            fresh: clock::monotonic(),
            checked: false,
            met_the_game: false,
            quality: Quality::default(),
        }
    }

    /// Names the source and its file; the struct's name in lower case unless set.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.options.name);
        self
    }

    /// Looks `hz` times a second. Twice the game's own rate misses nothing.
    #[must_use]
    pub fn hz(mut self, hz: f64) -> Self {
        self.pacer = Pacer::new(hz);
        self.options.hz = hz;
        self
    }

    /// How a snapshot is made sure of.
    #[must_use]
    pub fn guard(mut self, guard: Guard) -> Self {
        self.options.guard = guard;
        self
    }

    /// Gives every look, also when the game has not published a new frame.
    #[must_use]
    pub fn keep_unchanged(mut self, keep: bool) -> Self {
        self.options.keep_unchanged = keep;
        self
    }

    /// Fails when the game is not there, instead of waiting for it.
    #[must_use]
    pub fn fail_fast(mut self, fail_fast: bool) -> Self {
        self.options.fail_fast = fail_fast;
        self
    }

    /// What the user must do for the game to publish, for the message of [`fail_fast`](Self::fail_fast).
    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.options.hint);
        self
    }

    /// Puts `prefix` before each region's name; for bridges that do so, and for tests.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.options.prefix);
        self
    }

    /// Looks at the first frame after attaching; what `check` has to say becomes a notice in the ledger. For a
    /// game that states the version of its layout.
    #[must_use]
    pub fn check(mut self, check: fn(&T) -> Option<String>) -> Self {
        self.options.check = Some(check);
        self
    }

    /// Attaches to all regions, or gives `None` while one is missing.
    fn attach(&mut self) -> Result<Option<Vec<Region>>, SourceError> {
        let mut regions = Vec::with_capacity(self.options.pages.len());
        for page in &self.options.pages {
            let name = format!("{}{}", self.options.prefix, page.region);
            let what = || Region::location(&name);
            let region = match Region::open(&name) {
                Ok(region) => region,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(source) if source.kind() == io::ErrorKind::PermissionDenied => {
                    return Err(SourceError::NotAllowed { what: what(), source });
                }
                Err(source) => return Err(SourceError::Io { what: what(), source }),
            };
            let got = region.size().map_err(|source| SourceError::Io { what: what(), source })?;
            let expected = page.size as u64;
            match got {
                // A bridge makes its file first and sizes it then.
                0 => return Ok(None),
                _ if got < expected => {
                    let frame = self.schema.name.clone();
                    return Err(SourceError::TooSmall { what: what(), frame, expected, got });
                }
                _ => regions.push(region),
            }
        }
        Ok(Some(regions))
    }

    /// Waits for the game. Gives `false` when stopped.
    fn wait_for_game(&mut self, stop: &StopToken) -> Result<bool, SourceError> {
        while self.regions.is_none() {
            if stop.is_stopped() {
                return Ok(false);
            }
            self.regions = self.attach()?;
            if self.regions.is_none() {
                if self.options.fail_fast {
                    return Err(self.not_running());
                }
                stop.wait_for(LOOK_FOR_GAME);
            }
        }
        Ok(true)
    }

    fn not_running(&self) -> SourceError {
        let first = self.options.pages.first().map_or("", |page| page.region.as_str());
        SourceError::NotRunning {
            what: format!("shared memory {}", Region::location(&format!("{}{first}", self.options.prefix))),
            hint: self.options.hint.clone(),
        }
    }

    /// One look: whether there is a new frame in `self.frame`.
    fn look(&mut self) -> io::Result<Option<Snapshot>> {
        let Some(regions) = &self.regions else { return Ok(None) };
        self.quality.looks += 1;
        let [first, second] = &mut self.copies;
        let pages = &self.options.pages;
        let copy = |into: &mut [u8]| {
            pages.iter().zip(regions).try_for_each(|(page, region)| {
                let part = into.get_mut(page.offset..page.offset + page.size).unwrap_or_default();
                region.copy(0, part)
            })
        };
        // The first copy tells whether there is news: reading the counter alone before would be one more call.
        let last = self.has_frame.then_some((&self.frame, self.last_counter));
        let is_old = |copy: &[u8]| self.options.is_known(copy, last);
        let Some(snapshot) = self.options.guard.snapshot(first, second, copy, is_old)? else {
            return Ok(None);
        };
        self.quality.torn += u64::from(snapshot.retried > 0);
        self.quality.retried += u64::from(snapshot.retried);
        Ok(Some(snapshot))
    }

    /// Takes the snapshot as the frame, unless it says nothing new.
    fn accept(&mut self) -> bool {
        let [copy, _] = &self.copies;
        // A bridge's region is all zeros until its game starts.
        let empty = copy.iter().all(|&byte| byte == 0);
        let last = self.has_frame.then_some((&self.frame, self.last_counter));
        let unchanged = self.options.is_known(copy, last);
        if empty || unchanged || !(self.fill)(&mut self.frame, copy) {
            return false;
        }
        if !self.has_frame {
            self.quality.attached += 1;
        }
        self.last_counter = self.options.counter.as_ref().and_then(|counter| counter_in(copy, counter));
        (self.has_frame, self.fresh) = (true, clock::monotonic());
        self.run_check();
        true
    }

    fn run_check(&mut self) {
        if std::mem::replace(&mut self.checked, true) {
            return;
        }
        if let Some(notice) = self.options.check.and_then(|check| check(&self.frame)) {
            tracing::warn!(source = %self.options.name, "{notice}");
            self.quality.notices.push(notice);
        }
    }

    /// A look that met the game writing took the frame after it, so the next look finds nothing new. At the game's own
    /// rate that would go on, and lose every other frame: the looks move away from the game's writes.
    fn leave_the_game_s_step(&mut self) {
        if std::mem::take(&mut self.met_the_game) {
            self.pacer.shift(self.pacer.interval() / 4);
        }
    }

    /// After a long silence: lets go of a region that is no longer the game's.
    fn let_go_if_stale(&mut self) {
        if self.fresh.elapsed() < STALE_AFTER {
            return;
        }
        self.fresh = clock::monotonic();
        if !self.regions.iter().flatten().all(Region::is_current) {
            self.let_go();
        }
    }

    fn let_go(&mut self) {
        tracing::info!(source = %self.options.name, "the game is gone, waiting for it");
        (self.regions, self.has_frame, self.checked, self.last_counter) = (None, false, false, None);
    }
}

impl<T: Telemetry> Options<T> {
    /// Whether the frame in `copy` is the `last` one given, and such are not kept: by the counter, or by its bytes
    /// where there is none.
    fn is_known(&self, copy: &[u8], last: Option<(&T, Option<u64>)>) -> bool {
        let Some((frame, last_counter)) = last.filter(|_| !self.keep_unchanged) else { return false };
        match &self.counter {
            Some(counter) => counter_in(copy, counter) == last_counter,
            None => Telemetry::as_bytes(frame) == copy,
        }
    }
}

/// The game's own frame number in `frame`; `None` when the field is no whole number.
fn counter_in(frame: &[u8], counter: &Field) -> Option<u64> {
    match counter.read_element(frame, 0) {
        Value::UInt(value) => Some(value),
        Value::Int(value) => Some(value.cast_unsigned()),
        _ => None,
    }
}

impl<T: Telemetry> TelemetrySource for MemoryMappedFileSource<T> {
    type Frame = T;

    fn describe(&self) -> SourceDescription {
        let steady = self.options.counter.is_some();
        SourceDescription {
            name: self.options.name.clone(),
            schema: self.schema.clone(),
            requested_hz: Some(self.options.hz),
            gap_after: steady.then(|| SHORTEST_GAP.max(self.pacer.interval() * 3)),
        }
    }

    fn next_frame(&mut self, stop: &StopToken) -> Result<Option<Sample<'_, T>>, SourceError> {
        loop {
            if self.regions.is_none() {
                if !self.wait_for_game(stop)? {
                    return Ok(None);
                }
                self.pacer.restart();
                self.fresh = clock::monotonic();
            }
            let deadline = self.pacer.next_deadline();
            if stop.wait_until(deadline) {
                return Ok(None);
            }
            self.quality.lateness.record(clock::monotonic().saturating_duration_since(deadline));
            match self.look() {
                Ok(Some(snapshot)) if self.accept() => {
                    self.met_the_game = snapshot.retried > 0;
                    return Ok(Some(Sample {
                        frame: &self.frame,
                        taken: Some(snapshot.taken),
                        counter: self.last_counter,
                        suspect: snapshot.suspect,
                        rewind: false,
                        rush: false,
                    }));
                }
                Ok(_) => {
                    self.quality.unchanged += 1;
                    self.leave_the_game_s_step();
                    self.let_go_if_stale();
                }
                // The region was cut: its bridge restarts, or the game ended.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    self.quality.unchanged += 1;
                    self.let_go();
                }
                Err(source) => {
                    let what = self.options.name.clone();
                    return Err(SourceError::Io { what, source });
                }
            }
        }
    }

    fn quality(&self) -> Option<&Quality> {
        Some(&self.quality)
    }
}
