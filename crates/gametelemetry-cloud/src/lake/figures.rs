//! What each lap came to: speeds, fuel, tyres and weather, at its start and at its end.
//!
//! A processor of the pass that also makes the samples. Knows laps already; reads what is known at each of their frames.

use gametelemetry::{ChannelRequest, Moment, SessionFacts, SessionProcessor, Slot, Timestamp};

use super::places::Places;

/// What is told of a lap by its first and its last frame.
pub(super) const AT_ENDS: [&str; 18] = [
    "fuel_volume",
    "fuel_mass",
    "fuel_level",
    "tyre_wear_fl",
    "tyre_wear_fr",
    "tyre_wear_rl",
    "tyre_wear_rr",
    "tyre_temperature_fl",
    "tyre_temperature_fr",
    "tyre_temperature_rl",
    "tyre_temperature_rr",
    "tyre_pressure_fl",
    "tyre_pressure_fr",
    "tyre_pressure_rl",
    "tyre_pressure_rr",
    "air_temperature",
    "track_temperature",
    "wind_speed",
];

/// The place in [`AT_ENDS`] of the fuel in litres; mass and share follow.
pub(super) const FUEL: usize = 0;
/// The place of the wear front left; the other wheels follow.
pub(super) const WEAR: usize = 3;
/// The place of the temperature front left.
pub(super) const TEMPERATURE: usize = 7;
/// The place of the pressure front left.
pub(super) const PRESSURE: usize = 11;
/// The place of the air's temperature; the track's and the wind follow.
pub(super) const WEATHER: usize = 15;

/// A speed that was told longer ago does not count into the average, s.
const LONGEST_STEP_S: f64 = 1.0;

/// What one lap came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) top_speed_m_s: Option<f64>,
    pub(super) average_speed_m_s: Option<f64>,
    /// Of each of [`AT_ENDS`] the value at the start.
    pub(super) start: [Option<f64>; AT_ENDS.len()],
    /// And at the end.
    pub(super) end: [Option<f64>; AT_ENDS.len()],
    pub(super) compound: Option<String>,
}

/// Collects the figures of every lap.
pub(super) struct FiguresProcessor {
    places: Places,
    slots: Vec<Slot>,
    speed: Option<Slot>,
    compound: Option<Slot>,
    laps: Vec<Building>,
}

#[derive(Clone, Debug, Default)]
struct Building {
    figures: Figures,
    last: Option<(Timestamp, f64)>,
    metres: f64,
    seconds: f64,
}

impl FiguresProcessor {
    pub(super) fn new(places: Places) -> Self {
        let laps = vec![Building::default(); places.laps()];
        Self { places, slots: Vec::new(), speed: None, compound: None, laps }
    }
}

impl SessionProcessor for FiguresProcessor {
    type Output = Vec<Figures>;

    fn begin(&mut self, channels: &mut ChannelRequest) {
        self.slots = AT_ENDS.iter().map(|name| channels.want(name)).collect();
        self.speed = Some(channels.want("speed"));
        self.compound = Some(channels.want("tyre_compound"));
    }

    fn push(&mut self, moment: &Moment<'_>) {
        let time = moment.timestamp();
        let Some(lap) = self.places.at(time).lap.and_then(|lap| self.laps.get_mut(lap)) else { return };
        for ((slot, start), end) in self.slots.iter().zip(&mut lap.figures.start).zip(&mut lap.figures.end) {
            *end = moment.get(*slot);
            *start = start.or(*end);
        }
        if let Some(speed) = self.speed.and_then(|slot| moment.fresh(slot)) {
            lap.take_speed(time, speed);
        }
        let compound = self.compound.and_then(|slot| moment.text(slot)).filter(|text| !text.is_empty());
        if compound != lap.figures.compound.as_deref() {
            lap.figures.compound = compound.map(str::to_owned);
        }
    }

    fn finish(self, _: &SessionFacts) -> Vec<Figures> {
        self.laps.into_iter().map(Building::finish).collect()
    }
}

impl Building {
    fn take_speed(&mut self, time: Timestamp, speed: f64) {
        if let Some((from, before)) = self.last {
            let seconds = time.seconds_since(from);
            if (0.0..=LONGEST_STEP_S).contains(&seconds) {
                self.metres += (before + speed) / 2.0 * seconds;
                self.seconds += seconds;
            }
        }
        self.last = Some((time, speed));
        let top = &mut self.figures.top_speed_m_s;
        *top = Some(top.map_or(speed, |top| top.max(speed)));
    }

    fn finish(mut self) -> Figures {
        self.figures.average_speed_m_s = (self.seconds > 0.0).then(|| self.metres / self.seconds);
        self.figures
    }
}
