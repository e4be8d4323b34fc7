//! What one moment tells about laps: the channels that the splitting of a session reads, by name instead of by slot.
//!
//! Stands between [`crate::Moment`] and the splitter, which never sees a game's frames. Decides nothing.

use gametelemetry_file::Timestamp;

use crate::moments::{ChannelRequest, Moment, Slot};

/// What a moment tells. Readings are there only when this moment tells them; states hold until told otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sample {
    pub(super) timestamp: Timestamp,
    pub(super) session_time: Option<f64>,
    pub(super) timer: Option<f64>,
    pub(super) counter: Option<f64>,
    pub(super) number: Option<f64>,
    pub(super) lap_distance: Option<f64>,
    pub(super) lap_position: Option<f64>,
    pub(super) distance: Option<f64>,
    pub(super) speed: Option<f64>,
    pub(super) last_lap: Option<f64>,
    pub(super) sector: Option<f64>,
    pub(super) sector_times: [Option<f64>; 3],
    pub(super) split: Option<f64>,
    pub(super) lap_valid: Option<f64>,
    /// In the pit lane or the pit stall; `None` when the game says neither.
    pub(super) pit: Option<bool>,
    pub(super) is_paused: bool,
    pub(super) is_replay: bool,
    pub(super) is_safety_car: bool,
    pub(super) is_red_flag: bool,
    pub(super) session_id: Option<f64>,
    pub(super) session_number: Option<f64>,
    pub(super) laps_total: Option<f64>,
    pub(super) track_length: Option<f64>,
    pub(super) point_to_point: Option<bool>,
}

/// The slots of the channels that laps need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots {
    session_time: Slot,
    timer: Slot,
    lap_number: Slot,
    laps_completed: Slot,
    lap_distance: Slot,
    lap_position: Slot,
    distance: Slot,
    speed: Slot,
    last_lap: Slot,
    sector: Slot,
    sector_times: [Slot; 3],
    split: Slot,
    lap_valid: Slot,
    in_pit: Slot,
    in_pit_lane: Slot,
    paused: Slot,
    replay: Slot,
    safety_car: Slot,
    red_flag: Slot,
    session_id: Slot,
    session_number: Slot,
    laps_total: Slot,
    track_length: Slot,
    point_to_point: Slot,
    pub(super) texts: [Slot; 5],
    has_lap_number: bool,
    has_laps_completed: bool,
}

impl Slots {
    pub(super) fn want(channels: &mut ChannelRequest) -> Self {
        let has_lap_number = channels.is_available("lap_number");
        let has_laps_completed = channels.is_available("laps_completed");
        let mut want = |name: &str| channels.want(name);
        Self {
            session_time: want("session_time"),
            timer: want("lap_time"),
            lap_number: want("lap_number"),
            laps_completed: want("laps_completed"),
            lap_distance: want("lap_distance"),
            lap_position: want("lap_position"),
            distance: want("distance"),
            speed: want("speed"),
            last_lap: want("last_lap_time"),
            sector: want("sector"),
            sector_times: ["sector_1_time", "sector_2_time", "sector_3_time"].map(&mut want),
            split: want("split_time"),
            lap_valid: want("lap_valid"),
            in_pit: want("in_pit"),
            in_pit_lane: want("in_pit_lane"),
            paused: want("paused"),
            replay: want("replay"),
            safety_car: want("safety_car"),
            red_flag: want("red_flag"),
            session_id: want("session_id"),
            session_number: want("session_number"),
            laps_total: want("laps_total"),
            track_length: want("track_length"),
            point_to_point: want("point_to_point"),
            texts: ["session_type", "track", "track_layout", "car", "driver"].map(want),
            has_lap_number,
            has_laps_completed,
        }
    }

    /// What `moment` tells.
    pub(super) fn read(&self, moment: &Moment<'_>) -> Sample {
        let fresh = |slot: Slot| moment.fresh(slot).filter(|value| value.is_finite());
        let state = |slot: Slot| moment.get(slot).filter(|value| value.is_finite());
        let is_on = |slot: Slot| state(slot).is_some_and(|value| value > 0.5);
        let number =
            |slot: Slot, add: f64| fresh(slot).filter(|value| (0.0..1e6).contains(value)).map(|it| it + add);
        let pit = match (state(self.in_pit), state(self.in_pit_lane)) {
            (None, None) => None,
            (stall, lane) => Some(stall.unwrap_or(0.0) > 0.5 || lane.unwrap_or(0.0) > 0.5),
        };
        let completed = number(self.laps_completed, 1.0);
        let begun = number(self.lap_number, 0.0);
        Sample {
            timestamp: moment.timestamp(),
            session_time: fresh(self.session_time),
            timer: fresh(self.timer).filter(|time| *time >= 0.0),
            counter: if self.has_lap_number { begun } else { completed },
            number: if self.has_laps_completed { completed } else { begun },
            lap_distance: fresh(self.lap_distance),
            lap_position: fresh(self.lap_position).filter(|share| (-1.0..=1.5).contains(share)),
            distance: fresh(self.distance),
            speed: fresh(self.speed).map(f64::abs),
            last_lap: fresh(self.last_lap).filter(|time| *time > 0.0),
            sector: fresh(self.sector).filter(|sector| (0.0..64.0).contains(sector)),
            sector_times: self.sector_times.map(|slot| fresh(slot).filter(|time| *time > 0.0)),
            split: fresh(self.split).filter(|time| *time > 0.0),
            lap_valid: fresh(self.lap_valid),
            pit,
            is_paused: is_on(self.paused),
            is_replay: is_on(self.replay),
            is_safety_car: is_on(self.safety_car),
            is_red_flag: is_on(self.red_flag),
            session_id: fresh(self.session_id),
            session_number: fresh(self.session_number),
            laps_total: fresh(self.laps_total),
            track_length: fresh(self.track_length).filter(|length| *length > 10.0),
            point_to_point: fresh(self.point_to_point).map(|value| value > 0.5),
        }
    }
}
