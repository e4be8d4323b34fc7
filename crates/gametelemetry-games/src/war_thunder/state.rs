//! The fields of `/state`: how the player's aircraft flies. Of a ground vehicle the game only says that there is none.
//!
//! The keys have unit and engine in them (`TAS, km/h`, `throttle 1, %`); names here do so in the project's way.

use std::sync::LazyLock;

use gametelemetry::FieldKind::{Bool8, F64, I64};
use gametelemetry::Schema;

use crate::json_fields::{Row, fields, member, schema, under};

/// Engines for which there are fields; the game's largest aircraft have six, and one has eight.
pub(crate) const ENGINES: usize = 8;
/// Fuel tanks for which there are fields.
const TANKS: usize = 4;

pub(crate) static STATE: LazyLock<Schema> = LazyLock::new(|| {
    let mut all = fields(AIRCRAFT);
    for tank in 1..=TANKS {
        let name = format!("tank_{tank}_");
        all.extend(under(&(name.clone() + "fuel_kg"), &member(&format!("Mfuel {tank}, kg")), FUEL));
        all.extend(under(&(name + "fuel_full_kg"), &member(&format!("Mfuel0 {tank}, kg")), FUEL_FULL));
    }
    for engine in 1..=ENGINES {
        for &(name, before, behind, unit, meaning) in ENGINE {
            let row: Row = ("", "", F64, unit, meaning);
            let key = member(&format!("{before} {engine}{behind}"));
            all.extend(under(&format!("engine_{engine}_{name}"), &key, &[row]));
        }
    }
    schema("State", super::REFERENCE, super::MAX_ANSWER, all)
});

const AIRCRAFT: &[Row] = &[
    ("valid", "/valid", Bool8, "", "The player is in an aircraft; there are no other fields when not."),
    ("aileron_percent", "/aileron, %", F64, "%", "Ailerons, -100 to 100."),
    ("elevator_percent", "/elevator, %", F64, "%", "Elevator, -100 to 100."),
    ("rudder_percent", "/rudder, %", F64, "%", "Rudder, -100 to 100."),
    ("flaps_percent", "/flaps, %", F64, "%", "Flaps, 0 up to 100 full."),
    ("gear_percent", "/gear, %", F64, "%", "Landing gear, 0 up to 100 down; missing where it is fixed."),
    (
        "airbrake_percent",
        "/airbrake, %",
        F64,
        "%",
        "Air brake, 0 closed to 100 open; missing where there is none.",
    ),
    ("altitude_m", "/H, m", I64, "m", "Altitude above the map's sea level."),
    ("tas_kmh", "/TAS, km~1h", I64, "km/h", "True airspeed."),
    ("ias_kmh", "/IAS, km~1h", I64, "km/h", "Indicated airspeed."),
    ("mach", "/M", F64, "", "Mach number."),
    ("aoa_deg", "/AoA, deg", F64, "deg", "Angle of attack."),
    ("aos_deg", "/AoS, deg", F64, "deg", "Angle of sideslip."),
    ("ny_g", "/Ny", F64, "g", "Load factor; 1 in level flight."),
    ("climb_m_s", "/Vy, m~1s", F64, "m/s", "Vertical speed, up positive."),
    ("roll_rate_deg_s", "/Wx, deg~1s", F64, "deg/s", "Roll rate; its sign is not documented."),
    ("fuel_kg", "/Mfuel, kg", I64, "kg", "Fuel on board."),
    ("fuel_full_kg", "/Mfuel0, kg", I64, "kg", "Fuel on board when full."),
];

const FUEL: &[Row] = &[("", "", F64, "kg", "Fuel in this tank; missing where tanks are not told apart.")];
const FUEL_FULL: &[Row] = &[("", "", F64, "kg", "Fuel in this tank when full.")];

/// Fields of each engine: name, key before and behind the engine's number, unit, meaning.
const ENGINE: &[(&str, &str, &str, &str, &str)] = &[
    ("throttle_percent", "throttle", ", %", "%", "Throttle, 0 to 100, and up to 110 with emergency power."),
    ("rpm_throttle_percent", "RPM throttle", ", %", "%", "Propeller lever."),
    ("mixture_percent", "mixture", ", %", "%", "Mixture lever."),
    ("radiator_percent", "radiator", ", %", "%", "Radiator flaps, 0 closed to 100 open."),
    ("compressor_stage", "compressor stage", "", "", "Stage of the supercharger, 1 first."),
    ("magneto", "magneto", "", "", "Magnetos: 0 off, 1 left, 2 right, 3 both."),
    ("feathered", "feathered", "", "", "The propeller is feathered, 0 or 1."),
    ("power_hp", "power", ", hp", "hp", "Power."),
    ("rpm", "RPM", "", "rpm", "Engine speed."),
    ("manifold_pressure_atm", "manifold pressure", ", atm", "atm", "Manifold pressure."),
    ("water_temperature_c", "water temp", ", C", "°C", "Coolant."),
    ("oil_temperature_c", "oil temp", ", C", "°C", "Oil."),
    ("pitch_deg", "pitch", ", deg", "deg", "Angle of the propeller blades."),
    ("thrust_kgs", "thrust", ", kgs", "kgf", "Thrust, in kilograms of force."),
    ("efficiency_percent", "efficiency", ", %", "%", "Efficiency of the propeller."),
];
