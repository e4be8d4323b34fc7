//! [`HttpPollingSource`]: asks a game's own HTTP server at a steady rate, and keeps each answer that is new.

use std::sync::Arc;
use std::time::Duration;

use gametelemetry_file::{KindCounts, MessageCounts, PackedFrame, RawFrame, Schema, Telemetry};

use super::backoff::Backoff;
use super::client::{Answer, Client};
use super::json;
use crate::clock::{self, Pacer};
use crate::{Quality, Sample, SourceDescription, SourceError, StopToken, TelemetrySource};

/// Turns the body of an answer into a frame; gives whether there is one in it.
type Decode<F> = Box<dyn Fn(&[u8], &mut F) -> bool + Send>;

/// Asks one address again and again. Frames `F` are the bodies as they came, or what a function makes of them.
///
/// An answer that equals the one before is not given again. While nobody answers, it asks more and more seldom, up to
/// every five seconds, and at its rate again as soon as the game answers. Of the counts, `kinds` has the answers taken
/// (and as of wrong size those that were too long), `refused` those that were no JSON or not of status 200, and
/// `unknown` those that a function found no frame in.
///
/// ```no_run
/// # use gametelemetry::{Field, FieldKind, FrameSize, HttpPollingSource, PackedFrame, Schema, telemetry};
/// let mut schema = Schema::new("State", FrameSize::Variable { max: 1 << 20 });
/// schema.fields.push(Field {
///     name: "speed_kmh".into(),
///     kind: FieldKind::F64,
///     pointer: Some("/speed".into()),
///     unit: "km/h".into(),
///     ..Field::default()
/// });
/// let raw = HttpPollingSource::new("http://127.0.0.1:8111/state", schema.into()).hz(20.0);
///
/// /// What is wanted of the answer.
/// #[telemetry(size = 4)]
/// struct State {
///     /// Speed.
///     #[field(unit = "km/h")]
///     speed_kmh: f32,
/// }
/// let typed = HttpPollingSource::<State>::typed("http://127.0.0.1:8111/state", |json| {
///     let mut state = State::zeroed();
///     state.set_speed_kmh(json.get("speed")?.as_f64()? as f32);
///     Some(state)
/// });
/// ```
pub struct HttpPollingSource<F = RawFrame> {
    name: String,
    schema: Arc<Schema>,
    url: String,
    pacer: Pacer,
    hz: f64,
    most: u64,
    /// The longest body that a frame can be.
    longest: u64,
    patience: Duration,
    keep_unchanged: bool,
    fail_fast: bool,
    hint: String,
    decode: Decode<F>,
    frame: F,
    client: Option<Client>,
    backoff: Backoff,
    /// The game answered the last time.
    is_there: bool,
    /// The body that was asked for last, and the one that the last frame came from.
    body: Vec<u8>,
    known: Option<Vec<u8>>,
    quality: Quality,
}

impl HttpPollingSource<RawFrame> {
    /// Asks `url` ten times a second; each frame is the body of an answer, a JSON text that `schema` describes by
    /// pointers.
    #[must_use]
    pub fn new(url: &str, schema: Arc<Schema>) -> Self {
        let frame = RawFrame::new(Arc::clone(&schema));
        let decode = |body: &[u8], frame: &mut RawFrame| {
            let bytes = frame.bytes_mut();
            bytes.clear();
            bytes.extend_from_slice(body);
            true
        };
        let longest = u64::from(schema.size.max());
        Self { longest, ..Self::with(url, schema, frame, Box::new(decode)) }
    }
}

impl<F: PackedFrame> HttpPollingSource<F> {
    /// Asks `url` ten times a second; each frame is what `read` makes of the answer, none where it finds none.
    #[must_use]
    pub fn typed(url: &str, read: fn(&serde_json::Value) -> Option<F>) -> Self {
        let decode = move |body: &[u8], frame: &mut F| {
            let found = serde_json::from_slice(body).ok().and_then(|json| read(&json));
            found.map(|found| *frame = found).is_some()
        };
        Self::with(url, Arc::new(F::schema().clone()), F::zeroed(), Box::new(decode))
    }
}

impl<F: Telemetry> HttpPollingSource<F> {
    fn with(url: &str, schema: Arc<Schema>, frame: F, decode: Decode<F>) -> Self {
        Self {
            name: schema.name.to_lowercase(),
            schema,
            url: url.to_owned(),
            pacer: Pacer::new(10.0),
            hz: 10.0,
            most: 1 << 20,
            longest: u64::MAX,
            patience: Duration::from_secs(1),
            keep_unchanged: false,
            fail_fast: false,
            hint: "start the game".to_owned(),
            decode,
            frame,
            client: None,
            backoff: Backoff::new(),
            is_there: false,
            body: Vec::new(),
            known: None,
            quality: Quality { messages: Some(MessageCounts::default()), ..Quality::default() },
        }
    }

    /// Names the source and its file; the schema's name in lower case unless set.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Asks `hz` times a second.
    #[must_use]
    pub fn hz(mut self, hz: f64) -> Self {
        self.pacer = Pacer::new(hz);
        self.hz = hz;
        self
    }

    /// Takes bodies of at most `bytes`; 1 MiB unless set, and never more than a frame of the schema may have. A
    /// longer one is not kept.
    #[must_use]
    pub fn max_body(mut self, bytes: u32) -> Self {
        self.most = u64::from(bytes);
        self
    }

    /// Gives up on an answer after `patience`; a second unless set. A stop has to wait for so long at most.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Gives every answer, also one that equals the one before.
    #[must_use]
    pub fn keep_unchanged(mut self, keep: bool) -> Self {
        self.keep_unchanged = keep;
        self
    }

    /// Fails when nobody answers the first request, instead of waiting for the game.
    #[must_use]
    pub fn fail_fast(mut self, fail_fast: bool) -> Self {
        self.fail_fast = fail_fast;
        self
    }

    /// What the user must do for the game to answer, for the message of [`fail_fast`](Self::fail_fast).
    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }

    /// Waits for the time of the next request. Gives `false` when stopped.
    fn wait(&mut self, stop: &StopToken) -> bool {
        if !self.is_there && self.client.is_some() {
            return !stop.wait_for(self.backoff.wait());
        }
        let deadline = self.pacer.next_deadline();
        if stop.wait_until(deadline) {
            return false;
        }
        self.quality.lateness.record(clock::monotonic().saturating_duration_since(deadline));
        true
    }

    /// Asks once. Gives whether there is a new frame in `self.frame`.
    fn look(&mut self) -> Result<bool, SourceError> {
        let client = self
            .client
            .get_or_insert_with(|| Client::new(&self.url, self.most.min(self.longest), self.patience));
        let most = client.most();
        let answer = client.ask(&mut self.body);
        if let Answer::None(error) = answer {
            self.is_gone(&error)?;
            return Ok(false);
        }
        self.has_come();
        self.quality.looks += 1;
        let is_new = match answer {
            Answer::Body => self.accept(),
            Answer::Status(status) => self.refuse(format!("the game answered with status {status}")),
            Answer::TooLong => {
                self.count().wrong_size += 1;
                self.notice(format!("an answer was longer than {most} bytes and was not kept"));
                false
            }
            Answer::None(_) => false,
        };
        self.quality.unchanged += u64::from(!is_new);
        Ok(is_new)
    }

    /// Takes the body as the frame, unless it says nothing new.
    fn accept(&mut self) -> bool {
        if !self.keep_unchanged && self.known.as_deref() == Some(self.body.as_slice()) {
            self.count().received += 1;
            return false;
        }
        if !json::is_json(&self.body) {
            return self.refuse("an answer was no JSON and was not kept".to_owned());
        }
        self.count().received += 1;
        let has_frame = (self.decode)(&self.body, &mut self.frame);
        if !has_frame {
            self.messages().unknown += 1;
        }
        // Swapped, not copied: the next answer fills the older of the two buffers.
        let known = self.known.get_or_insert_default();
        std::mem::swap(known, &mut self.body);
        has_frame
    }

    fn refuse(&mut self, notice: String) -> bool {
        self.messages().refused += 1;
        self.notice(notice);
        false
    }

    fn has_come(&mut self) {
        self.backoff.reset();
        if !std::mem::replace(&mut self.is_there, true) {
            self.quality.attached += 1;
            self.pacer.restart();
            tracing::info!(source = %self.name, "the game answers");
        }
    }

    fn is_gone(&mut self, error: &str) -> Result<(), SourceError> {
        if self.fail_fast && self.quality.attached == 0 {
            return Err(SourceError::NotRunning { what: self.url.clone(), hint: self.hint.clone() });
        }
        if std::mem::replace(&mut self.is_there, false) {
            tracing::info!(source = %self.name, error, "the game does not answer, waiting for it");
        }
        Ok(())
    }

    fn messages(&mut self) -> &mut MessageCounts {
        self.quality.messages.get_or_insert_default()
    }

    fn count(&mut self) -> &mut KindCounts {
        let name = self.schema.name.clone();
        self.messages().kinds.entry(name).or_default()
    }

    fn notice(&mut self, notice: String) {
        if !self.quality.notices.contains(&notice) {
            tracing::warn!(source = %self.name, "{notice}");
            self.quality.notices.push(notice);
        }
    }
}

impl<F: Telemetry> TelemetrySource for HttpPollingSource<F> {
    type Frame = F;

    fn describe(&self) -> SourceDescription {
        SourceDescription {
            requested_hz: Some(self.hz),
            ..SourceDescription::new(&self.name, self.schema.as_ref().clone())
        }
    }

    fn next_frame(&mut self, stop: &StopToken) -> Result<Option<Sample<'_, F>>, SourceError> {
        while self.wait(stop) {
            if self.look()? {
                return Ok(Some(Sample::new(&self.frame)));
            }
        }
        Ok(None)
    }

    fn quality(&self) -> Option<&Quality> {
        Some(&self.quality)
    }
}
