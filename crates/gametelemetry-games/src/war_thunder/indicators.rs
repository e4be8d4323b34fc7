//! The fields of `/indicators`: the instruments in front of the player, of aircraft and ground vehicles alike.
//!
//! Each vehicle has its own instruments. What stands in them is what their needles show, in the instrument's unit,
//! which the game does not say; units are given here only where the name leaves no doubt.

use std::sync::LazyLock;

use gametelemetry::FieldKind::{Bool8, F64, Utf8};
use gametelemetry::{Field, Schema};

use crate::json_fields::{Row, fields, schema, under};

pub(crate) static INDICATORS: LazyLock<Schema> = LazyLock::new(|| {
    let mut all = fields(HEAD);
    all.extend(single());
    for &(name, most) in REPEATED {
        for number in 1..=most {
            let row: Row = ("", "", F64, "", "A further instrument of this kind, or the next engine's.");
            // `rpm_min` is repeated as `rpm1_min`, all others at their end.
            let key = match name.strip_prefix("rpm_") {
                Some(hand) => format!("rpm{number}_{hand}"),
                None => format!("{name}{number}"),
            };
            all.extend(under(&key, &format!("/{key}"), &[row]));
        }
    }
    schema("Indicators", super::REFERENCE, super::MAX_ANSWER, all)
});

fn single() -> Vec<Field> {
    let field = |&(name, unit, meaning): &(&'static str, &'static str, &'static str)| {
        under(name, &format!("/{name}"), &[("", "", F64, unit, meaning)])
    };
    SINGLE.iter().flat_map(field).collect()
}

const HEAD: &[Row] = &[
    ("valid", "/valid", Bool8, "", "The player is in a vehicle; there are no other fields when not."),
    ("army", "/army", Utf8, "", "What the vehicle is: air, tank, ship."),
    ("type", "/type", Utf8, "", "The vehicle, by the game's own name."),
];

/// Instruments that are there once, or the first of several: name, unit, meaning.
const SINGLE: &[(&str, &str, &str)] = &[
    ("speed", "", "Speed; m/s in aircraft and km/h in ground vehicles, as players found."),
    ("pedals", "", "Rudder pedals, -1 to 1."),
    ("stick_elevator", "", "Stick, back and forth, -1 to 1."),
    ("stick_ailerons", "", "Stick, sideways, -1 to 1."),
    ("vario", "m/s", "Climb rate."),
    ("altitude_hour", "", "Altimeter, short hand."),
    ("altitude_min", "", "Altimeter, long hand."),
    ("altitude_10k", "", "Altimeter, hand of ten thousands."),
    ("radio_altitude", "", "Height above ground."),
    ("aviahorizon_roll", "deg", "Artificial horizon, roll; its sign is not documented."),
    ("aviahorizon_pitch", "deg", "Artificial horizon, pitch; its sign is not documented."),
    ("bank", "deg", "Bank indicator."),
    ("turn", "", "Turn indicator."),
    ("compass", "deg", "Heading, clockwise from north, 0 to 360."),
    ("clock_hour", "h", "Clock, hours."),
    ("clock_min", "min", "Clock, minutes."),
    ("clock_sec", "s", "Clock, seconds."),
    ("rpm_min", "", "Tachometer, long hand."),
    ("rpm_hour", "", "Tachometer, short hand."),
    ("manifold_pressure", "", "Manifold pressure."),
    ("oil_pressure", "", "Oil pressure."),
    ("oil_temperature", "", "Oil temperature."),
    ("water_temperature", "", "Coolant temperature."),
    ("head_temperature", "", "Cylinder head, or exhaust, temperature."),
    ("fuel", "", "Fuel gauge."),
    ("fuel_pressure", "", "Fuel pressure."),
    ("mixture", "", "Mixture lever."),
    ("throttle", "", "Throttle lever, 0 to 1."),
    ("flaps", "", "Flaps, 0 up to 1 full."),
    ("gears", "", "Landing gear, 0 up to 1 down."),
    ("gears_lamp", "", "Lamp of the landing gear."),
    ("airbrake_lever", "", "Lever of the air brake."),
    ("airbrake_indicator", "", "Air brake, 0 to 1."),
    ("trimmer", "", "Trim wheel."),
    ("wing_sweep_lever", "", "Lever of the wings' sweep."),
    ("mach", "", "Mach number."),
    ("g_meter", "g", "Load factor."),
    ("g_meter_min", "g", "Least load factor so far."),
    ("g_meter_max", "g", "Greatest load factor so far."),
    ("stabilizer", "", "The gun's stabilizer is on, 0 or 1 (ground vehicles)."),
    ("gear", "", "Gear (ground vehicles)."),
    ("gear_neutral", "", "The gear that is neutral (ground vehicles)."),
    ("rpm", "rpm", "Engine speed (ground vehicles)."),
    ("has_speed_warning", "", "Too fast, 0 or 1 (ground vehicles)."),
    ("driving_direction_mode", "", "Reverse driving, 0 or 1 (ground vehicles)."),
    ("cruise_control", "", "Cruise control (ground vehicles)."),
    ("lws", "", "Laser warning; -1 where there is none (ground vehicles)."),
    ("ircm", "", "Infrared countermeasures; -1 where there are none (ground vehicles)."),
    ("first_stage_ammo", "", "Rounds at hand; -1 where it does not matter (ground vehicles)."),
    ("crew_total", "", "Crew members (ground vehicles)."),
    ("crew_current", "", "Crew members alive (ground vehicles)."),
    ("crew_distance", "", "Distance of the crew (ground vehicles)."),
    ("gunner_state", "", "State of the gunner, 0 well (ground vehicles)."),
    ("driver_state", "", "State of the driver, 0 well (ground vehicles)."),
];

/// Instruments that may be there more than once, and the highest number.
const REPEATED: &[(&str, u32)] = &[
    ("pedals", 5),
    ("stick_elevator", 1),
    ("compass", 2),
    ("rpm_min", 5),
    ("rpm_hour", 5),
    ("manifold_pressure", 3),
    ("oil_pressure", 3),
    ("oil_temperature", 3),
    ("water_temperature", 3),
    ("head_temperature", 3),
    ("fuel", 3),
    ("fuel_pressure", 3),
    ("mixture", 3),
    ("throttle", 5),
    ("flaps", 3),
    ("gears", 3),
    ("weapon", 6),
    ("blister", 7),
];
