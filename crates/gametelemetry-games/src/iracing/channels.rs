//! Which iRacing variable is which channel, in which unit, and which channels iRacing does not give.
//!
//! Used by laps, report and exporters through the core. A car that lacks a variable (a Formula 1 car of 2022 has no
//! brake line pressures) lacks the channel. Names and units were checked against the files named in
//! `tests/it/iracing.rs`; signs against a drive there.
//!
//! Axes are iRacing's own, those of ISO 8855: x forward, y left, z up. So a turn to the left has positive `steer`,
//! `yaw_rate` and `g_lat`; braking has negative `g_lon` and, nose down, positive `pitch`. Accelerations include
//! gravity: `g_vert` is 1 at rest.

use gametelemetry::ChannelMapping;

use super::{SESSION_SOURCE, SOURCE};

/// One g, in m/s².
const STANDARD_GRAVITY: f64 = 9.806_65;
const PA_PER_KPA: f64 = 1000.0;
const PA_PER_BAR: f64 = 100_000.0;

const fn map(channel: &'static str, variable: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, SOURCE, variable)
}

/// What the session information names; see [`super::session_schema`].
const fn session(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, SESSION_SOURCE, field)
}

const fn acceleration(channel: &'static str, variable: &'static str) -> ChannelMapping {
    map(channel, variable).scale(1.0 / STANDARD_GRAVITY)
}

/// Every channel of iRacing, by the variable it comes from.
pub const CHANNELS: &[ChannelMapping] = &[
    // Where and when. -1 stands in lap values for "none", 0 in places while the car is not in the world.
    map("session_time", "SessionTime"),
    map("session_number", "SessionNum"),
    // A session without end has a week left.
    map("session_time_left", "SessionTimeRemain").missing(604_800.0),
    map("time_of_day", "SessionTimeOfDay"),
    map("lap_number", "Lap"),
    map("laps_completed", "LapCompleted"),
    map("lap_distance", "LapDist").missing(-1.0),
    map("lap_position", "LapDistPct").missing(-1.0),
    // Where the sectors begin differs by track, so that each file's own mapping of LapDistPct has it: see
    // `IbtHead::channels`.
    session("track", "track"),
    session("track_layout", "track_layout"),
    session("track_length", "track_length_m"),
    session("sector_count", "sector_count"),
    session("session_type", "event"),
    session("car", "car"),
    session("driver", "driver"),
    map("lap_time", "LapCurrentLapTime").missing(-1.0),
    map("last_lap_time", "LapLastLapTime").missing(-1.0),
    map("best_lap_time", "LapBestLapTime").missing(-1.0),
    map("delta_best", "LapDeltaToBestLap"),
    map("delta_best_valid", "LapDeltaToBestLap_OK"),
    map("race_position", "PlayerCarPosition").missing(0.0),
    map("class_position", "PlayerCarClassPosition").missing(0.0),
    map("incidents", "PlayerCarMyIncidentCount"),
    // -1 is "not in the world": so it is for a row or two when the car is put back into its stall, and lap and
    // distance are 0 then. `IsOnTrack` does not show that: it stays 1 (seen in a real file, rows 0 and 2405).
    map("on_track", "PlayerTrackSurface").scale(0.0).offset(1.0).instead(-1.0, 0.0),
    map("on_track", "IsOnTrack"),
    // 32767 laps are without an end.
    map("laps_total", "SessionLapsTotal").missing(32_767.0),
    map("session_id", "SessionUniqueID").missing(0.0),
    map("replay", "IsReplayPlaying"),
    map("red_flag", "SessionFlags.red"),
    // 0 and 1 before a start, 2 and 3 before a restart, 4 not behind the pace car.
    map("safety_car", "PaceMode").scale(0.0).offset(1.0).instead(4.0, 0.0),
    map("pit_limiter", "EngineWarnings.pit_speed_limiter"),
    map("in_pit", "PlayerCarInPitStall"),
    map("in_pit_lane", "OnPitRoad"),
    map("latitude", "Lat").missing(0.0),
    map("longitude", "Lon").missing(0.0),
    map("altitude", "Alt").missing(0.0),
    // Driver. Clutch is 1 when released in iRacing, the channel is 1 when pressed.
    map("throttle", "Throttle"),
    map("brake", "Brake"),
    map("clutch", "Clutch").scale(-1.0).offset(1.0),
    map("handbrake", "HandbrakeRaw"),
    map("steer", "SteeringWheelAngle"),
    map("steer_torque", "SteeringWheelTorque"),
    map("gear", "Gear"),
    map("brake_bias", "dcBrakeBias").scale(0.01),
    map("abs_active", "BrakeABSactive"),
    map("abs_level", "dcABS"),
    map("tc_level", "dcTractionControl"),
    // Motion.
    map("speed", "Speed"),
    map("velocity_x", "VelocityX"),
    map("velocity_y", "VelocityY"),
    map("velocity_z", "VelocityZ"),
    acceleration("g_lon", "LongAccel"),
    acceleration("g_lat", "LatAccel"),
    acceleration("g_vert", "VertAccel"),
    map("yaw", "Yaw"),
    map("heading", "YawNorth"),
    map("pitch", "Pitch"),
    map("roll", "Roll"),
    map("yaw_rate", "YawRate"),
    map("pitch_rate", "PitchRate"),
    map("roll_rate", "RollRate"),
    // Engine.
    map("engine_rpm", "RPM"),
    map("fuel_volume", "FuelLevel"),
    map("fuel_level", "FuelLevelPct"),
    map("water_temperature", "WaterTemp"),
    map("oil_temperature", "OilTemp"),
    map("oil_pressure", "OilPress").scale(PA_PER_BAR),
    map("manifold_pressure", "ManifoldPress").scale(PA_PER_BAR),
    // Wheels, front left to rear right. A wheel's speed is that of its rim (m/s), not its turning rate; brake lines
    // are in bar.
    map("wheel_rim_speed_fl", "LFspeed"),
    map("wheel_rim_speed_fr", "RFspeed"),
    map("wheel_rim_speed_rl", "LRspeed"),
    map("wheel_rim_speed_rr", "RRspeed"),
    map("brake_pressure_fl", "LFbrakeLinePress"),
    map("brake_pressure_fr", "RFbrakeLinePress"),
    map("brake_pressure_rl", "LRbrakeLinePress"),
    map("brake_pressure_rr", "RRbrakeLinePress"),
    map("suspension_travel_fl", "LFshockDefl"),
    map("suspension_travel_fr", "RFshockDefl"),
    map("suspension_travel_rl", "LRshockDefl"),
    map("suspension_travel_rr", "RRshockDefl"),
    map("ride_height_fl", "LFrideHeight"),
    map("ride_height_fr", "RFrideHeight"),
    map("ride_height_rl", "LRrideHeight"),
    map("ride_height_rr", "RRrideHeight"),
    // Tyres. L and R in iRacing's names are the car's left and right, so inner and outer swap between sides (the
    // garage's "LastTempsOMI" of a left tyre agrees). The core is the carcass, which on the track keeps the value of
    // the last stop; the surface moves. Wear is the tread that is left: 1 new, 0 gone.
    map("tyre_pressure_fl", "LFpressure").scale(PA_PER_KPA),
    map("tyre_pressure_fr", "RFpressure").scale(PA_PER_KPA),
    map("tyre_pressure_rl", "LRpressure").scale(PA_PER_KPA),
    map("tyre_pressure_rr", "RRpressure").scale(PA_PER_KPA),
    map("tyre_cold_pressure_fl", "LFcoldPressure").scale(PA_PER_KPA),
    map("tyre_cold_pressure_fr", "RFcoldPressure").scale(PA_PER_KPA),
    map("tyre_cold_pressure_rl", "LRcoldPressure").scale(PA_PER_KPA),
    map("tyre_cold_pressure_rr", "RRcoldPressure").scale(PA_PER_KPA),
    map("tyre_temperature_fl", "LFtempCM"),
    map("tyre_temperature_fr", "RFtempCM"),
    map("tyre_temperature_rl", "LRtempCM"),
    map("tyre_temperature_rr", "RRtempCM"),
    map("tyre_surface_temperature_outer_fl", "LFtempL"),
    map("tyre_surface_temperature_outer_fr", "RFtempR"),
    map("tyre_surface_temperature_outer_rl", "LRtempL"),
    map("tyre_surface_temperature_outer_rr", "RRtempR"),
    map("tyre_surface_temperature_inner_fl", "LFtempR"),
    map("tyre_surface_temperature_inner_fr", "RFtempL"),
    map("tyre_surface_temperature_inner_rl", "LRtempR"),
    map("tyre_surface_temperature_inner_rr", "RRtempL"),
    map("tyre_surface_temperature_fl", "LFtempM"),
    map("tyre_surface_temperature_fr", "RFtempM"),
    map("tyre_surface_temperature_rl", "LRtempM"),
    map("tyre_surface_temperature_rr", "RRtempM"),
    map("tyre_wear_fl", "LFwearM"),
    map("tyre_wear_fr", "RFwearM"),
    map("tyre_wear_rl", "LRwearM"),
    map("tyre_wear_rr", "RRwearM"),
    // Weather. TrackTemp is deprecated in favour of TrackTempCrew and has the same value.
    map("air_temperature", "AirTemp"),
    map("track_temperature", "TrackTempCrew"),
    map("air_pressure", "AirPressure"),
    map("wind_speed", "WindVel"),
    map("wind_direction", "WindDir"),
];

const NO_SECTOR_TIMES: &str =
    "there are no sector times; they follow from the moments at which sector changes";
const NO_BRAKE_TEMPERATURES: &str = "the game has no brake temperatures";
const NO_SLIP: &str = "the game keeps tyre slip to itself";
const NO_LOAD: &str = "the game keeps tyre loads to itself";
const NO_POSITION: &str = "places are given as latitude, longitude and altitude only";
const RIM_SPEED: &str =
    "the game gives the speed of the rim, not its turning rate: see wheel_rim_speed_fl to _rr";
const CORNER_HEIGHT: &str = "the game gives the height of each corner: see ride_height_fl to _rr";

/// Channels that iRacing does not give, each with the reason.
pub const NOT_AVAILABLE: &[(&str, &str)] = &[
    ("brake_temperature_fl", NO_BRAKE_TEMPERATURES),
    ("brake_temperature_fr", NO_BRAKE_TEMPERATURES),
    ("brake_temperature_rl", NO_BRAKE_TEMPERATURES),
    ("brake_temperature_rr", NO_BRAKE_TEMPERATURES),
    ("fuel_mass", "the game states fuel in litres: see fuel_volume"),
    ("lap_valid", "the game marks no lap as invalid in telemetry: see incidents"),
    ("position_x", NO_POSITION),
    ("position_y", NO_POSITION),
    ("position_z", NO_POSITION),
    ("ride_height_front", CORNER_HEIGHT),
    ("ride_height_rear", CORNER_HEIGHT),
    ("sector_1_time", NO_SECTOR_TIMES),
    ("sector_2_time", NO_SECTOR_TIMES),
    ("sector_3_time", NO_SECTOR_TIMES),
    ("lap_phase", "the game says where the car is: see in_pit_lane and in_pit"),
    ("paused", "the game goes on in its menus"),
    ("point_to_point", "the game does not tell it"),
    ("tyre_compound", "the game gives a number whose meaning differs by car: PlayerTireCompound is kept"),
    ("slip_angle_fl", NO_SLIP),
    ("slip_angle_fr", NO_SLIP),
    ("slip_angle_rl", NO_SLIP),
    ("slip_angle_rr", NO_SLIP),
    ("slip_ratio_fl", NO_SLIP),
    ("slip_ratio_fr", NO_SLIP),
    ("slip_ratio_rl", NO_SLIP),
    ("slip_ratio_rr", NO_SLIP),
    ("split_time", NO_SECTOR_TIMES),
    ("steer_ratio", "the game gives the wheel's angle: see steer"),
    ("tc_active", "the game tells the setting of the traction control only: see tc_level"),
    ("turbo_boost", "the game gives the pressure behind the throttle: see manifold_pressure"),
    ("tyre_load_fl", NO_LOAD),
    ("tyre_load_fr", NO_LOAD),
    ("tyre_load_rl", NO_LOAD),
    ("tyre_load_rr", NO_LOAD),
    ("wheel_speed_fl", RIM_SPEED),
    ("wheel_speed_fr", RIM_SPEED),
    ("wheel_speed_rl", RIM_SPEED),
    ("wheel_speed_rr", RIM_SPEED),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_channel_and_each_variable_stands_once() {
        // Where a car lacks the first variable of `on_track`, the second one says nearly the same.
        let first = CHANNELS.iter().filter(|mapping| mapping.field != "IsOnTrack");
        let given = first.map(|mapping| mapping.channel.as_ref());
        let channels: Vec<&str> = given.chain(NOT_AVAILABLE.iter().map(|(channel, _)| *channel)).collect();
        assert_eq!(channels.iter().collect::<HashSet<_>>().len(), channels.len());
        let variables: HashSet<&str> = CHANNELS.iter().map(|mapping| mapping.field.as_ref()).collect();
        assert_eq!(variables.len(), CHANNELS.len());
    }
}
