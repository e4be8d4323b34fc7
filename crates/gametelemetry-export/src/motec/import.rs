//! Which of our channels a channel of a log is, and what brings its values into our unit.
//!
//! The way back of [`motec_name`]; for whoever imports a `.ld`. Loggers are set up by hand, so that the same name has
//! another unit in another car's log: the unit decides, and one that does not fit is no channel of ours.

use gametelemetry::CHANNELS;

use super::names::{CHANNEL_NAMES, DEGREES, motec_name, spelling};

/// Our channel that a log calls `name`, and what values in `unit` are multiplied by to be in its unit; `None` for what
/// only the log knows, or what is in a unit that the channel cannot have.
#[must_use]
pub fn channel_of(name: &str, unit: &str) -> Option<(&'static str, f64)> {
    let known = CHANNEL_NAMES.iter().find(|known| known.name.eq_ignore_ascii_case(name));
    let channel = match known {
        Some(known) => gametelemetry::channel(&known.channel)?,
        None => CHANNELS
            .iter()
            .find(|channel| motec_name(channel.name, channel.unit).name.eq_ignore_ascii_case(name))?,
    };
    Some((channel.name, factor(channel.unit, unit)?))
}

fn factor(ours: &str, theirs: &str) -> Option<f64> {
    Some(match (ours, theirs) {
        ("m/s", "km/h" | "kph" | "kmh") => 1.0 / 3.6,
        ("m/s", "mph") => 0.447_04,
        ("", "%") => 0.01,
        ("", "ratio") => 1.0,
        ("rad", "deg") | ("rad/s", "deg/s") => 1.0 / DEGREES,
        ("Pa", "kPa") => 1e3,
        ("Pa", "bar") => 1e5,
        ("Pa", "psi") => 6_894.757_293_168,
        ("m", "mm") => 1e-3,
        ("m", "cm") => 1e-2,
        ("m", "km") => 1e3,
        ("m", "ft") => 0.304_8,
        ("s", "ms") => 1e-3,
        ("g", "m/s/s" | "m/s2" | "m/s²") => 1.0 / 9.806_65,
        ("N·m", "N.m") => 1.0,
        _ if ours == theirs || spelling(ours) == theirs => 1.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_written_leads_back() {
        for known in CHANNEL_NAMES {
            let (channel, factor) =
                channel_of(&known.name, &known.unit).unwrap_or_else(|| panic!("{known:?}"));
            assert_eq!(channel, known.channel);
            assert!((known.value(1.0) * factor - 1.0).abs() < 1e-12, "{known:?}");
        }
    }

    #[test]
    fn the_unit_decides() {
        for (name, unit, expected) in [
            ("GROUND SPEED", "mph", Some(("speed", 0.447_04))),
            ("Ground Speed", "m/s", Some(("speed", 1.0))),
            ("Eng Oil Pres", "bar", Some(("oil_pressure", 1e5))),
            ("Point To Point", "", Some(("point_to_point", 1.0))),
            ("Track Length", "km", Some(("track_length", 1e3))),
            ("Engine Temp", "F", None),
            ("Ground Speed", "", None),
            ("Lambda 1", "LA", None),
        ] {
            assert_eq!(channel_of(name, unit), expected, "{name} {unit}");
        }
    }
}
