//! [`LapProcessor`]: the session processor that gives the laps.
//!
//! Reads samples out of moments and hands them to the splitter; decides nothing itself.

use super::model::{Lap, Laps};
use super::sample::Slots;
use super::splitter::Splitter;
use crate::moments::{ChannelRequest, Moment};
use crate::processor::{SessionFacts, SessionProcessor};

/// How many moments apart the names of track, car and driver are looked at.
const NAMES_EVERY: u32 = 64;

type Callback = Box<dyn FnMut(&Lap) + Send>;

/// Splits a session into laps, by its channels only: any game that tells a lap counter, a place on the track, a lap timer
/// or at least the time of the last lap has laps.
///
/// How a crossing of the line is found, and what a lap is called, is said in `docs/laps.md`.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use gametelemetry::{LapProcessor, SessionPass};
///
/// let mut pass = SessionPass::open(std::path::Path::new("sessions/2026-11-23_120000_acc"))?;
/// let laps = pass.add(LapProcessor::new());
/// pass.run()?;
/// for lap in laps.take().unwrap_or_default().laps {
///     println!("{} {:?} {:?}", lap.lap, lap.kind, lap.best_known_time());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct LapProcessor {
    slots: Option<Slots>,
    splitter: Splitter,
    until_names: u32,
    on_lap: Option<Callback>,
}

impl LapProcessor {
    /// A processor for one session.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls `callback` with every lap when it is final: when the game told its time and no flashback can lead back into
    /// it, at the latest at the end of the next lap. A lap that a saved game takes back later is superseded in the
    /// result only.
    #[must_use]
    pub fn on_lap(mut self, callback: impl FnMut(&Lap) + Send + 'static) -> Self {
        self.on_lap = Some(Box::new(callback));
        self
    }

    fn hand_out(&mut self) {
        let told = self.splitter.told();
        if let Some(on_lap) = &mut self.on_lap {
            told.iter().for_each(on_lap);
        }
    }
}

impl SessionProcessor for LapProcessor {
    type Output = Laps;

    fn begin(&mut self, channels: &mut ChannelRequest) {
        self.slots = Some(Slots::want(channels));
    }

    fn push(&mut self, moment: &Moment<'_>) {
        let Some(slots) = &self.slots else { return };
        self.splitter.push(&slots.read(moment));
        match self.until_names.checked_sub(1) {
            Some(left) => self.until_names = left,
            None => {
                self.until_names = NAMES_EVERY;
                self.splitter.texts(slots.texts.map(|slot| moment.text(slot)));
            }
        }
        if self.splitter.has_told() {
            self.hand_out();
        }
    }

    fn finish(mut self, _: &SessionFacts) -> Laps {
        self.splitter.finish();
        self.hand_out();
        self.splitter.into_laps()
    }
}

impl std::fmt::Debug for LapProcessor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LapProcessor").field("laps", &self.splitter.laps.len()).finish_non_exhaustive()
    }
}
