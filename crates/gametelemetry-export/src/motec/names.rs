//! What our channels are called in MoTeC's world, in which unit, and how they are stored.
//!
//! Between the table of channels and [`LdChannel`](super::LdChannel). i2 finds channels by name: its own sheets and maths
//! ask for "Ground Speed" and "Throttle Pos". `docs/motec.md` says which of these names were seen in a logger's file and
//! which are only in their manner. Signs stay ours: i2 has no rule for them, cars are wired either way.

use std::borrow::Cow;

use super::channel::Storage;

/// What one of our channels is called in a log.
#[derive(Clone, Debug, PartialEq)]
pub struct MotecName {
    /// Our channel.
    pub channel: Cow<'static, str>,
    /// The name; at most 31 characters in the table.
    pub name: Cow<'static, str>,
    /// The short name; at most 7 characters.
    pub short_name: Cow<'static, str>,
    /// The unit; at most 11 characters in the table.
    pub unit: Cow<'static, str>,
    /// What our value is multiplied by to be in that unit.
    pub factor: f64,
    /// How samples are stored.
    pub storage: Storage,
}

impl MotecName {
    /// Our value `value` in the unit of the log.
    #[must_use]
    pub fn value(&self, value: f64) -> f64 {
        value * self.factor
    }
}

/// What our channel `name` with `unit` is called: by [`CHANNEL_NAMES`], or else its own words and unit.
#[must_use]
pub fn motec_name(name: &str, unit: &str) -> MotecName {
    match CHANNEL_NAMES.iter().find(|known| known.channel == name) {
        Some(known) => known.clone(),
        None => by_rule(name, unit),
    }
}

/// `rear_wing_fl` becomes "Rear Wing FL"; the unit stays, in the spelling of loggers.
fn by_rule(name: &str, unit: &str) -> MotecName {
    let words = || name.split(['_', '.', ' ']).filter(|word| !word.is_empty());
    let short: String = words().map(|word| title(word).chars().take(3).collect::<String>()).collect();
    MotecName {
        channel: Cow::Owned(name.to_owned()),
        name: Cow::Owned(words().map(title).collect::<Vec<_>>().join(" ")),
        short_name: Cow::Owned(short.chars().take(7).collect()),
        unit: Cow::Owned(spelling(unit).to_owned()),
        factor: 1.0,
        storage: Storage::F32,
    }
}

fn title(word: &str) -> String {
    if matches!(
        word,
        "fl" | "fr" | "rl" | "rr" | "rpm" | "id" | "abs" | "tc" | "drs" | "ers" | "kers" | "gps" | "g"
    ) {
        return word.to_uppercase();
    }
    let mut characters = word.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// How loggers spell `unit`.
pub(crate) fn spelling(unit: &str) -> &str {
    match unit {
        "°C" => "C",
        "°" => "deg",
        "g" => "G",
        "N·m" => "Nm",
        "m/s²" => "m/s/s",
        other => other,
    }
}

/// Degrees in a radian.
pub(crate) const DEGREES: f64 = 180.0 / std::f64::consts::PI;
const F32: Storage = Storage::F32;
const F64: Storage = Storage::F64;
/// Counts and truth values.
const WHOLE: Storage = Storage::I16 { decimals: 0 };
/// A centimetre on the ground; a float of 32 bits has steps of up to 1.7 m.
const DEGREE: Storage = Storage::I32 { decimals: 7 };

const fn of(channel: &'static str, texts: [&'static str; 3], factor: f64, storage: Storage) -> MotecName {
    let [name, short_name, unit] = texts;
    MotecName {
        channel: Cow::Borrowed(channel),
        name: Cow::Borrowed(name),
        short_name: Cow::Borrowed(short_name),
        unit: Cow::Borrowed(unit),
        factor,
        storage,
    }
}

/// The channels that have a name of their own in a log, in the order of our table.
pub static CHANNEL_NAMES: &[MotecName] = &[
    // Car and driver
    of("speed", ["Ground Speed", "Gnd Spd", "km/h"], 3.6, F32),
    of("throttle", ["Throttle Pos", "Thr Pos", "%"], 100.0, F32),
    of("brake", ["Brake Pos", "Brk Pos", "%"], 100.0, F32),
    of("clutch", ["Clutch Pos", "Clu Pos", "%"], 100.0, F32),
    of("handbrake", ["Handbrake Pos", "Hbk Pos", "%"], 100.0, F32),
    of("steer", ["Steered Angle", "Str Ang", "deg"], DEGREES, F32),
    of("steer_ratio", ["Steering Pos", "Str Pos", "%"], 100.0, F32),
    of("steer_torque", ["Steering Torque", "Str Trq", "Nm"], 1.0, F32),
    of("gear", ["Gear", "Gear", ""], 1.0, WHOLE),
    of("engine_rpm", ["Engine RPM", "RPM", "rpm"], 1.0, F32),
    of("engine_rpm_max", ["Engine RPM Max", "RPM Max", "rpm"], 1.0, F32),
    of("turbo_boost", ["Boost Pres", "Boost", ""], 1.0, F32),
    of("fuel_volume", ["Fuel Level", "Fuel Lv", "l"], 1.0, F32),
    of("fuel_mass", ["Fuel Mass", "Fuel Ms", "kg"], 1.0, F32),
    of("fuel_level", ["Fuel Level Ratio", "Fuel Rt", "%"], 100.0, F32),
    of("fuel_per_lap", ["Fuel per Lap", "Fuel Lp", "l"], 1.0, F32),
    of("brake_bias", ["Brake Bias Setting", "Brk Bia", "%"], 100.0, F32),
    of("abs_active", ["ABS Active", "ABS", "%"], 100.0, F32),
    of("tc_active", ["TC Active", "TC", "%"], 100.0, F32),
    of("drs_active", ["DRS Active", "DRS", ""], 1.0, WHOLE),
    of("pit_limiter", ["Pit Limiter", "Pit Lim", ""], 1.0, WHOLE),
    of("water_temperature", ["Engine Temp", "Eng Tmp", "C"], 1.0, F32),
    of("oil_temperature", ["Eng Oil Temp", "Oil Tmp", "C"], 1.0, F32),
    of("oil_pressure", ["Eng Oil Pres", "Oil Prs", "kPa"], 0.001, F32),
    of("manifold_pressure", ["Manifold Pres", "MAP", "kPa"], 0.001, F32),
    // Lap and track
    of("lap_number", ["Lap Number", "Lap Num", ""], 1.0, WHOLE),
    of("laps_completed", ["Laps Completed", "Laps", ""], 1.0, WHOLE),
    of("lap_distance", ["Lap Distance", "Lap Dis", "m"], 1.0, F32),
    of("distance", ["Distance", "Dist", "m"], 1.0, F32),
    of("lap_position", ["Lap Position", "Lap Pos", "%"], 100.0, F32),
    of("lap_time", ["Running Lap Time", "Run Lap", "s"], 1.0, F32),
    of("last_lap_time", ["Lap Time", "Lap Tim", "s"], 1.0, F32),
    of("best_lap_time", ["Best Lap Time", "Best Lp", "s"], 1.0, F32),
    of("estimated_lap_time", ["Lap Time Predicted", "Lap Prd", "s"], 1.0, F32),
    of("split_time", ["Split Time", "Split", "s"], 1.0, F32),
    of("delta_best", ["Lap Delta", "Delta", "s"], 1.0, F32),
    of("delta_best_valid", ["Lap Delta Valid", "Delta V", ""], 1.0, WHOLE),
    of("sector", ["Sector", "Sector", ""], 1.0, WHOLE),
    of("lap_valid", ["Lap Valid", "Lap Val", ""], 1.0, WHOLE),
    of("race_position", ["Race Position", "Race Ps", ""], 1.0, WHOLE),
    of("class_position", ["Class Position", "Class P", ""], 1.0, WHOLE),
    of("incidents", ["Incidents", "Incid", ""], 1.0, WHOLE),
    of("on_track", ["On Track", "On Trk", ""], 1.0, WHOLE),
    of("session_number", ["Session Number", "Session", ""], 1.0, WHOLE),
    of("session_time", ["Session Time", "Ses Tim", "s"], 1.0, F64),
    of("session_time_left", ["Session Time Left", "Ses Lft", "s"], 1.0, F64),
    of("time_of_day", ["Time of Day", "Time", "s"], 1.0, F64),
    of("in_pit", ["In Pit", "In Pit", ""], 1.0, WHOLE),
    of("in_pit_lane", ["In Pit Lane", "Pit Ln", ""], 1.0, WHOLE),
    // Motion
    of("position_x", ["Car Pos X", "Pos X", "m"], 1.0, F32),
    of("position_y", ["Car Pos Y", "Pos Y", "m"], 1.0, F32),
    of("position_z", ["Car Pos Z", "Pos Z", "m"], 1.0, F32),
    of("latitude", ["GPS Latitude", "GPS Lat", "deg"], 1.0, DEGREE),
    of("longitude", ["GPS Longitude", "GPS Lon", "deg"], 1.0, DEGREE),
    of("altitude", ["GPS Altitude", "GPS Alt", "m"], 1.0, F32),
    of("velocity_x", ["Velocity X", "Vel X", "m/s"], 1.0, F32),
    of("velocity_y", ["Velocity Y", "Vel Y", "m/s"], 1.0, F32),
    of("velocity_z", ["Velocity Z", "Vel Z", "m/s"], 1.0, F32),
    of("g_lat", ["G Force Lat", "G Lat", "G"], 1.0, F32),
    of("g_lon", ["G Force Long", "G Long", "G"], 1.0, F32),
    of("g_vert", ["G Force Vert", "G Vert", "G"], 1.0, F32),
    of("yaw", ["Yaw Angle", "Yaw", "deg"], DEGREES, F32),
    of("heading", ["GPS Heading", "GPS Hdg", "deg"], DEGREES, F32),
    of("pitch", ["Pitch Angle", "Pitch", "deg"], DEGREES, F32),
    of("roll", ["Roll Angle", "Roll", "deg"], DEGREES, F32),
    of("yaw_rate", ["Gyro Yaw Velocity", "Yaw Vel", "deg/s"], DEGREES, F32),
    of("pitch_rate", ["Gyro Pitch Velocity", "Pit Vel", "deg/s"], DEGREES, F32),
    of("roll_rate", ["Gyro Roll Velocity", "Rol Vel", "deg/s"], DEGREES, F32),
    of("ride_height_front", ["Ride Height F", "RHt F", "mm"], 1000.0, F32),
    of("ride_height_rear", ["Ride Height R", "RHt R", "mm"], 1000.0, F32),
    of("ride_height_fl", ["Ride Height FL", "RHt FL", "mm"], 1000.0, F32),
    of("ride_height_fr", ["Ride Height FR", "RHt FR", "mm"], 1000.0, F32),
    of("ride_height_rl", ["Ride Height RL", "RHt RL", "mm"], 1000.0, F32),
    of("ride_height_rr", ["Ride Height RR", "RHt RR", "mm"], 1000.0, F32),
    // Wheels
    of("tyre_pressure_fl", ["Tyre Pres FL", "TPr FL", "kPa"], 0.001, F32),
    of("tyre_pressure_fr", ["Tyre Pres FR", "TPr FR", "kPa"], 0.001, F32),
    of("tyre_pressure_rl", ["Tyre Pres RL", "TPr RL", "kPa"], 0.001, F32),
    of("tyre_pressure_rr", ["Tyre Pres RR", "TPr RR", "kPa"], 0.001, F32),
    of("tyre_cold_pressure_fl", ["Tyre Pres Cold FL", "TPC FL", "kPa"], 0.001, F32),
    of("tyre_cold_pressure_fr", ["Tyre Pres Cold FR", "TPC FR", "kPa"], 0.001, F32),
    of("tyre_cold_pressure_rl", ["Tyre Pres Cold RL", "TPC RL", "kPa"], 0.001, F32),
    of("tyre_cold_pressure_rr", ["Tyre Pres Cold RR", "TPC RR", "kPa"], 0.001, F32),
    of("tyre_temperature_fl", ["Tyre Temp FL", "TTp FL", "C"], 1.0, F32),
    of("tyre_temperature_fr", ["Tyre Temp FR", "TTp FR", "C"], 1.0, F32),
    of("tyre_temperature_rl", ["Tyre Temp RL", "TTp RL", "C"], 1.0, F32),
    of("tyre_temperature_rr", ["Tyre Temp RR", "TTp RR", "C"], 1.0, F32),
    of("tyre_surface_temperature_fl", ["Tyre Temp FL Centre", "TTC FL", "C"], 1.0, F32),
    of("tyre_surface_temperature_fr", ["Tyre Temp FR Centre", "TTC FR", "C"], 1.0, F32),
    of("tyre_surface_temperature_rl", ["Tyre Temp RL Centre", "TTC RL", "C"], 1.0, F32),
    of("tyre_surface_temperature_rr", ["Tyre Temp RR Centre", "TTC RR", "C"], 1.0, F32),
    of("tyre_surface_temperature_outer_fl", ["Tyre Temp FL Outer", "TTO FL", "C"], 1.0, F32),
    of("tyre_surface_temperature_outer_fr", ["Tyre Temp FR Outer", "TTO FR", "C"], 1.0, F32),
    of("tyre_surface_temperature_outer_rl", ["Tyre Temp RL Outer", "TTO RL", "C"], 1.0, F32),
    of("tyre_surface_temperature_outer_rr", ["Tyre Temp RR Outer", "TTO RR", "C"], 1.0, F32),
    of("tyre_surface_temperature_inner_fl", ["Tyre Temp FL Inner", "TTI FL", "C"], 1.0, F32),
    of("tyre_surface_temperature_inner_fr", ["Tyre Temp FR Inner", "TTI FR", "C"], 1.0, F32),
    of("tyre_surface_temperature_inner_rl", ["Tyre Temp RL Inner", "TTI RL", "C"], 1.0, F32),
    of("tyre_surface_temperature_inner_rr", ["Tyre Temp RR Inner", "TTI RR", "C"], 1.0, F32),
    of("tyre_wear_fl", ["Tyre Wear FL", "TWr FL", ""], 1.0, F32),
    of("tyre_wear_fr", ["Tyre Wear FR", "TWr FR", ""], 1.0, F32),
    of("tyre_wear_rl", ["Tyre Wear RL", "TWr RL", ""], 1.0, F32),
    of("tyre_wear_rr", ["Tyre Wear RR", "TWr RR", ""], 1.0, F32),
    of("tyre_load_fl", ["Tyre Load FL", "TLd FL", "N"], 1.0, F32),
    of("tyre_load_fr", ["Tyre Load FR", "TLd FR", "N"], 1.0, F32),
    of("tyre_load_rl", ["Tyre Load RL", "TLd RL", "N"], 1.0, F32),
    of("tyre_load_rr", ["Tyre Load RR", "TLd RR", "N"], 1.0, F32),
    of("wheel_speed_fl", ["Wheel Rot Speed FL", "WRo FL", "rad/s"], 1.0, F32),
    of("wheel_speed_fr", ["Wheel Rot Speed FR", "WRo FR", "rad/s"], 1.0, F32),
    of("wheel_speed_rl", ["Wheel Rot Speed RL", "WRo RL", "rad/s"], 1.0, F32),
    of("wheel_speed_rr", ["Wheel Rot Speed RR", "WRo RR", "rad/s"], 1.0, F32),
    of("wheel_rim_speed_fl", ["Wheel Speed FL", "WSp FL", "km/h"], 3.6, F32),
    of("wheel_rim_speed_fr", ["Wheel Speed FR", "WSp FR", "km/h"], 3.6, F32),
    of("wheel_rim_speed_rl", ["Wheel Speed RL", "WSp RL", "km/h"], 3.6, F32),
    of("wheel_rim_speed_rr", ["Wheel Speed RR", "WSp RR", "km/h"], 3.6, F32),
    of("suspension_travel_fl", ["Susp Pos FL", "Sus FL", "mm"], 1000.0, F32),
    of("suspension_travel_fr", ["Susp Pos FR", "Sus FR", "mm"], 1000.0, F32),
    of("suspension_travel_rl", ["Susp Pos RL", "Sus RL", "mm"], 1000.0, F32),
    of("suspension_travel_rr", ["Susp Pos RR", "Sus RR", "mm"], 1000.0, F32),
    of("brake_temperature_fl", ["Brake Temp FL", "BTp FL", "C"], 1.0, F32),
    of("brake_temperature_fr", ["Brake Temp FR", "BTp FR", "C"], 1.0, F32),
    of("brake_temperature_rl", ["Brake Temp RL", "BTp RL", "C"], 1.0, F32),
    of("brake_temperature_rr", ["Brake Temp RR", "BTp RR", "C"], 1.0, F32),
    of("brake_pressure_fl", ["Brake Pres FL", "BPr FL", ""], 1.0, F32),
    of("brake_pressure_fr", ["Brake Pres FR", "BPr FR", ""], 1.0, F32),
    of("brake_pressure_rl", ["Brake Pres RL", "BPr RL", ""], 1.0, F32),
    of("brake_pressure_rr", ["Brake Pres RR", "BPr RR", ""], 1.0, F32),
    of("slip_ratio_fl", ["Wheel Slip FL", "Slp FL", "%"], 100.0, F32),
    of("slip_ratio_fr", ["Wheel Slip FR", "Slp FR", "%"], 100.0, F32),
    of("slip_ratio_rl", ["Wheel Slip RL", "Slp RL", "%"], 100.0, F32),
    of("slip_ratio_rr", ["Wheel Slip RR", "Slp RR", "%"], 100.0, F32),
    of("slip_angle_fl", ["Slip Angle FL", "SlA FL", "deg"], DEGREES, F32),
    of("slip_angle_fr", ["Slip Angle FR", "SlA FR", "deg"], DEGREES, F32),
    of("slip_angle_rl", ["Slip Angle RL", "SlA RL", "deg"], DEGREES, F32),
    of("slip_angle_rr", ["Slip Angle RR", "SlA RR", "deg"], DEGREES, F32),
    // Surroundings
    of("air_temperature", ["Air Temp", "Air Tmp", "C"], 1.0, F32),
    of("air_pressure", ["Baro Pres", "Baro", "kPa"], 0.001, F32),
    of("track_temperature", ["Track Temp", "Trk Tmp", "C"], 1.0, F32),
    of("track_grip", ["Track Grip", "Grip", ""], 1.0, F32),
    of("wind_speed", ["Wind Speed", "Wind", "km/h"], 3.6, F32),
    of("wind_direction", ["Wind Direction", "Wind Dr", "deg"], DEGREES, F32),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use gametelemetry::CHANNELS;

    use super::*;

    #[test]
    fn every_channel_of_the_table_has_one_name_that_fits() {
        let mut names = BTreeSet::new();
        for channel in CHANNELS {
            let name = motec_name(channel.name, channel.unit);
            assert!((1..=31).contains(&name.name.len()) && name.name.is_ascii(), "{name:?}");
            assert!(name.short_name.len() <= 7 && name.short_name.is_ascii(), "{name:?}");
            assert!(name.unit.len() <= 11 && name.unit.is_ascii(), "{name:?}");
            assert!(names.insert(name.name.clone()), "{name:?} stands twice");
        }
    }

    #[test]
    fn every_name_is_of_a_channel_and_its_unit_goes_with_the_factor() {
        for known in CHANNEL_NAMES {
            let channel = CHANNELS.iter().find(|channel| channel.name == known.channel);
            let channel = channel.unwrap_or_else(|| panic!("{known:?} is no channel"));
            let factor = match (channel.unit, known.unit.as_ref()) {
                ("m/s", "km/h") => 3.6,
                ("", "%") => 100.0,
                ("rad", "deg") | ("rad/s", "deg/s") => DEGREES,
                ("Pa", "kPa") => 0.001,
                ("m", "mm") => 1000.0,
                (ours, theirs) => {
                    assert_eq!(spelling(ours), theirs, "{known:?}");
                    1.0
                }
            };
            assert_eq!(known.factor, factor, "{known:?}");
        }
    }

    #[test]
    fn other_channels_are_named_by_their_words() {
        for (name, unit, expected, short_name, expected_unit) in [
            ("rear_wing_fl", "°C", "Rear Wing FL", "ReaWinF", "C"),
            ("carDamage.aero", "", "CarDamage Aero", "CarAer", ""),
            ("ers_store", "J", "ERS Store", "ERSSto", "J"),
        ] {
            let named = motec_name(name, unit);
            assert_eq!(
                (named.name.as_ref(), named.short_name.as_ref(), named.unit.as_ref(), named.factor),
                (expected, short_name, expected_unit, 1.0)
            );
        }
    }

    #[test]
    fn values_are_converted() {
        assert_eq!(motec_name("speed", "m/s").value(10.0), 36.0);
        assert_eq!(motec_name("steer", "rad").value(std::f64::consts::PI), 180.0);
    }
}
