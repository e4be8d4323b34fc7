//! The table of channels: the names, units and meanings that laps, exports and reports speak of.
//!
//! Each game maps its own fields to these in one file; what a game does not have it says so, it is never 0.

/// One channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The name, as in [`crate::ChannelMapping::channel`].
    pub name: &'static str,
    /// The unit; empty for a count, a ratio or a truth value.
    pub unit: &'static str,
    /// How its values lie between two samples.
    pub kind: ChannelKind,
    /// What it is, and its range.
    pub meaning: &'static str,
}

/// How a channel behaves between two samples, which resampling and plots go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// Moves smoothly: in between it is interpolated.
    Continuous,
    /// Jumps: it holds until the next sample. Gears, flags, counts, times of finished laps.
    Step,
    /// An angle in radians that goes round: interpolated the short way.
    Angle,
    /// Grows, and falls back to its start: interpolated, but never across a fall. Lap time and distance.
    Resetting,
    /// A text.
    Text,
}

/// The channel called `name`.
#[must_use]
pub fn channel(name: &str) -> Option<&'static Channel> {
    CHANNELS.iter().find(|channel| channel.name == name)
}

const fn of(name: &'static str, unit: &'static str, meaning: &'static str) -> Channel {
    Channel { name, unit, kind: ChannelKind::Continuous, meaning }
}

const fn step(name: &'static str, unit: &'static str, meaning: &'static str) -> Channel {
    Channel { name, unit, kind: ChannelKind::Step, meaning }
}

const fn angle(name: &'static str, meaning: &'static str) -> Channel {
    Channel { name, unit: "rad", kind: ChannelKind::Angle, meaning }
}

const fn resetting(name: &'static str, unit: &'static str, meaning: &'static str) -> Channel {
    Channel { name, unit, kind: ChannelKind::Resetting, meaning }
}

const fn text(name: &'static str, meaning: &'static str) -> Channel {
    Channel { name, unit: "", kind: ChannelKind::Text, meaning }
}

/// Every channel, grouped by subject.
pub const CHANNELS: &[Channel] = &[
    // Car and driver
    of("speed", "m/s", "speed over ground, never negative"),
    of("throttle", "", "throttle pedal, 0 released to 1 full"),
    of("brake", "", "brake pedal, 0 released to 1 full"),
    of("clutch", "", "clutch pedal, 0 released to 1 pressed"),
    of("handbrake", "", "handbrake, 0 released to 1 full"),
    of("steer", "rad", "steering wheel angle, positive to the left"),
    of("steer_ratio", "", "steering wheel as a share of its lock, -1 full left to 1 full right"),
    of("steer_torque", "N·m", "torque on the steering shaft"),
    step("gear", "", "gear: -1 reverse, 0 neutral, 1 first"),
    of("engine_rpm", "rpm", "engine speed"),
    step("engine_rpm_max", "rpm", "the engine's highest speed"),
    of("turbo_boost", "", "turbo pressure in the game's own unit"),
    of("fuel_volume", "l", "fuel in the tank"),
    of("fuel_mass", "kg", "fuel in the tank"),
    of("fuel_level", "", "fuel as a share of the tank, 0 to 1"),
    step("fuel_per_lap", "l", "fuel used a lap, as the game estimates it"),
    of("brake_bias", "", "share of the brake force at the front, 0 to 1"),
    of("abs_active", "", "ABS is working, 0 to 1"),
    of("tc_active", "", "traction control is working, 0 to 1"),
    step("abs_level", "", "ABS setting, in the game's own steps"),
    step("tc_level", "", "traction control setting, in the game's own steps"),
    step("drs_active", "", "drag reduction is open, 0 or 1"),
    step("pit_limiter", "", "pit speed limiter is on, 0 or 1"),
    of("water_temperature", "°C", "coolant"),
    of("oil_temperature", "°C", "engine oil"),
    of("oil_pressure", "Pa", "engine oil"),
    of("manifold_pressure", "Pa", "intake manifold"),
    // Lap and track
    step("lap_number", "", "laps completed or begun, as the game counts them"),
    step("laps_completed", "", "laps finished in the session"),
    resetting("lap_distance", "m", "distance from the start line along the track"),
    resetting("distance", "m", "distance driven since the start"),
    resetting("lap_position", "", "share of the lap driven, 0 to 1"),
    resetting("lap_time", "s", "time since the lap began"),
    step("last_lap_time", "s", "time of the last finished lap"),
    step("best_lap_time", "s", "the session's best lap so far"),
    of("estimated_lap_time", "s", "time that the current lap will take, as the game estimates it"),
    step("split_time", "s", "time of the last split since the lap began"),
    of("delta_best", "s", "time against the best lap, negative when faster"),
    step("delta_best_valid", "", "delta_best holds, 0 or 1"),
    step("sector", "", "sector of the track, 0 first"),
    step("sector_count", "", "sectors of the track"),
    step("sector_1_time", "s", "time of the first sector of the lap that is driven, once it is done"),
    step("sector_2_time", "s", "time of the second sector of the lap that is driven, once it is done"),
    step("sector_3_time", "s", "time of the third sector of the last finished lap"),
    step("lap_valid", "", "the lap counts, 0 or 1"),
    step("lap_phase", "", "what the game calls the lap: 0 in the garage, 1 flying, 2 in, 3 out, 4 racing"),
    step("laps_total", "", "laps that the race or run has"),
    step("track_length", "m", "length of a lap, or of the stage"),
    step("point_to_point", "", "the run goes from a start to a finish and is no circuit, 0 or 1"),
    step("race_position", "", "place in the race, 1 first"),
    step("class_position", "", "place in the class, 1 first"),
    step("incidents", "", "incident points"),
    step("on_track", "", "the car is on the track, 0 or 1"),
    step("paused", "", "the game is paused or shows a menu, 0 or 1"),
    step("replay", "", "what is seen is a replay and not a drive, 0 or 1"),
    step("safety_car", "", "a safety car, real or virtual, holds the race, 0 or 1"),
    step("red_flag", "", "the session is stopped, 0 or 1"),
    step("session_id", "", "a number of the game that changes with each session"),
    step("session_number", "", "number of the part of an event (practice, qualifying, race), 0 first"),
    resetting("session_time", "s", "time since the session began"),
    of("session_time_left", "s", "time left in the session"),
    of("time_of_day", "s", "time of day in the game's world, since midnight"),
    step("in_pit", "", "in the pit stall, 0 or 1"),
    step("in_pit_lane", "", "in the pit lane, 0 or 1"),
    // Names
    text("track", "name of the track or stage"),
    text("track_layout", "which layout of the track"),
    text("car", "the car"),
    text("driver", "who drives"),
    text("session_type", "practice, qualifying, race, as the game calls it"),
    text("tyre_compound", "which tyres are on"),
    // Motion; the world's axes are the game's own
    of("position_x", "m", "place in the world, first axis"),
    of("position_y", "m", "place in the world, second axis"),
    of("position_z", "m", "place in the world, third axis"),
    of("latitude", "deg", "place on Earth, north positive"),
    of("longitude", "deg", "place on Earth, east positive"),
    of("altitude", "m", "height above the sea, or the game's zero"),
    of("velocity_x", "m/s", "velocity, first axis"),
    of("velocity_y", "m/s", "velocity, second axis"),
    of("velocity_z", "m/s", "velocity, third axis"),
    of("g_lat", "g", "sideways acceleration, positive to the left"),
    of("g_lon", "g", "lengthways acceleration, positive when speeding up"),
    of("g_vert", "g", "vertical acceleration"),
    angle("yaw", "heading"),
    angle("heading", "heading, clockwise from north"),
    of("pitch", "rad", "nose up or down"),
    of("roll", "rad", "lean to a side"),
    of("yaw_rate", "rad/s", "turning rate"),
    of("pitch_rate", "rad/s", "pitching rate"),
    of("roll_rate", "rad/s", "rolling rate"),
    of("ride_height_front", "m", "ground clearance, front axle"),
    of("ride_height_rear", "m", "ground clearance, rear axle"),
    of("ride_height_fl", "m", "ground clearance, front left"),
    of("ride_height_fr", "m", "ground clearance, front right"),
    of("ride_height_rl", "m", "ground clearance, rear left"),
    of("ride_height_rr", "m", "ground clearance, rear right"),
    // Wheels
    of("tyre_pressure_fl", "Pa", "tyre pressure, front left"),
    of("tyre_pressure_fr", "Pa", "tyre pressure, front right"),
    of("tyre_pressure_rl", "Pa", "tyre pressure, rear left"),
    of("tyre_pressure_rr", "Pa", "tyre pressure, rear right"),
    of("tyre_cold_pressure_fl", "Pa", "tyre pressure as set when cold, front left"),
    of("tyre_cold_pressure_fr", "Pa", "tyre pressure as set when cold, front right"),
    of("tyre_cold_pressure_rl", "Pa", "tyre pressure as set when cold, rear left"),
    of("tyre_cold_pressure_rr", "Pa", "tyre pressure as set when cold, rear right"),
    of("tyre_temperature_fl", "°C", "tyre core temperature, front left"),
    of("tyre_temperature_fr", "°C", "tyre core temperature, front right"),
    of("tyre_temperature_rl", "°C", "tyre core temperature, rear left"),
    of("tyre_temperature_rr", "°C", "tyre core temperature, rear right"),
    of("tyre_surface_temperature_fl", "°C", "tyre surface, middle, front left"),
    of("tyre_surface_temperature_fr", "°C", "tyre surface, middle, front right"),
    of("tyre_surface_temperature_rl", "°C", "tyre surface, middle, rear left"),
    of("tyre_surface_temperature_rr", "°C", "tyre surface, middle, rear right"),
    of("tyre_surface_temperature_outer_fl", "°C", "tyre surface, outer edge, front left"),
    of("tyre_surface_temperature_outer_fr", "°C", "tyre surface, outer edge, front right"),
    of("tyre_surface_temperature_outer_rl", "°C", "tyre surface, outer edge, rear left"),
    of("tyre_surface_temperature_outer_rr", "°C", "tyre surface, outer edge, rear right"),
    of("tyre_surface_temperature_inner_fl", "°C", "tyre surface, inner edge, front left"),
    of("tyre_surface_temperature_inner_fr", "°C", "tyre surface, inner edge, front right"),
    of("tyre_surface_temperature_inner_rl", "°C", "tyre surface, inner edge, rear left"),
    of("tyre_surface_temperature_inner_rr", "°C", "tyre surface, inner edge, rear right"),
    of("tyre_wear_fl", "", "tyre wear in the game's own scale, front left"),
    of("tyre_wear_fr", "", "tyre wear in the game's own scale, front right"),
    of("tyre_wear_rl", "", "tyre wear in the game's own scale, rear left"),
    of("tyre_wear_rr", "", "tyre wear in the game's own scale, rear right"),
    of("tyre_load_fl", "N", "load on the tyre, front left"),
    of("tyre_load_fr", "N", "load on the tyre, front right"),
    of("tyre_load_rl", "N", "load on the tyre, rear left"),
    of("tyre_load_rr", "N", "load on the tyre, rear right"),
    of("wheel_speed_fl", "rad/s", "turning rate of the wheel, front left"),
    of("wheel_speed_fr", "rad/s", "turning rate of the wheel, front right"),
    of("wheel_speed_rl", "rad/s", "turning rate of the wheel, rear left"),
    of("wheel_speed_rr", "rad/s", "turning rate of the wheel, rear right"),
    of("wheel_rim_speed_fl", "m/s", "speed of the tread, front left"),
    of("wheel_rim_speed_fr", "m/s", "speed of the tread, front right"),
    of("wheel_rim_speed_rl", "m/s", "speed of the tread, rear left"),
    of("wheel_rim_speed_rr", "m/s", "speed of the tread, rear right"),
    of("suspension_travel_fl", "m", "suspension travel, front left"),
    of("suspension_travel_fr", "m", "suspension travel, front right"),
    of("suspension_travel_rl", "m", "suspension travel, rear left"),
    of("suspension_travel_rr", "m", "suspension travel, rear right"),
    of("brake_temperature_fl", "°C", "brake disc temperature, front left"),
    of("brake_temperature_fr", "°C", "brake disc temperature, front right"),
    of("brake_temperature_rl", "°C", "brake disc temperature, rear left"),
    of("brake_temperature_rr", "°C", "brake disc temperature, rear right"),
    of("brake_pressure_fl", "", "brake pressure in the game's own scale, front left"),
    of("brake_pressure_fr", "", "brake pressure in the game's own scale, front right"),
    of("brake_pressure_rl", "", "brake pressure in the game's own scale, rear left"),
    of("brake_pressure_rr", "", "brake pressure in the game's own scale, rear right"),
    of("slip_ratio_fl", "", "lengthways slip, front left"),
    of("slip_ratio_fr", "", "lengthways slip, front right"),
    of("slip_ratio_rl", "", "lengthways slip, rear left"),
    of("slip_ratio_rr", "", "lengthways slip, rear right"),
    of("slip_angle_fl", "rad", "sideways slip, front left"),
    of("slip_angle_fr", "rad", "sideways slip, front right"),
    of("slip_angle_rl", "rad", "sideways slip, rear left"),
    of("slip_angle_rr", "rad", "sideways slip, rear right"),
    // Surroundings
    of("air_temperature", "°C", "air"),
    of("air_pressure", "Pa", "air"),
    of("track_temperature", "°C", "track surface"),
    step("track_grip", "", "grip of the track in the game's own scale"),
    of("wind_speed", "m/s", "wind"),
    angle("wind_direction", "where the wind comes from"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_stands_once() {
        for (number, channel) in CHANNELS.iter().enumerate() {
            assert_eq!(
                CHANNELS.iter().position(|other| other.name == channel.name),
                Some(number),
                "{channel:?}"
            );
        }
    }
}
