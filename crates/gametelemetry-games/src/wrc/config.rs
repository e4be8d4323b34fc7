//! The port that a player set: the game keeps it in `config.json`, beside the folder with the layouts.
//!
//! Source: EA's UDP Telemetry Guide, version 1.3. Reads the text only; finding the file is the caller's.

use gametelemetry::format::MAX_TEXT;
use serde::Deserialize;

use super::WrcError;

/// What it is called in messages.
const FILE: &str = "config.json";

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    udp: Udp,
}

#[derive(Default, Deserialize)]
struct Udp {
    #[serde(default)]
    packets: Vec<Assignment>,
}

/// Which packet goes where.
#[derive(Deserialize)]
struct Assignment {
    port: u16,
    #[serde(rename = "bEnabled", default)]
    enabled: bool,
}

/// The port that the game sends to by its `config.json`: of the first packet that is switched on, or of the first one
/// while none is. `None` when it assigns no packet.
///
/// # Errors
/// When the text is too long, no JSON, or not of the shape that EA documents.
pub fn configured_port(config_json: &str) -> Result<Option<u16>, WrcError> {
    if config_json.len() > MAX_TEXT {
        let got = config_json.len();
        return Err(WrcError::TooLong { file: FILE.to_owned(), got, most: MAX_TEXT });
    }
    let text = config_json.strip_prefix('\u{feff}').unwrap_or(config_json);
    let config: Config = serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        // The place is said in front.
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        WrcError::Json { file: FILE.to_owned(), line: error.line(), column: error.column(), message }
    })?;
    let packets = config.udp.packets;
    let first = packets.iter().find(|packet| packet.enabled).or(packets.first());
    Ok(first.map(|packet| packet.port).filter(|port| *port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_that_of_the_first_packet_that_is_switched_on() {
        let port = |packets: &str| {
            configured_port(&format!("{{\"schema\": 1, \"udp\": {{\"packets\": [{packets}]}}, \"lcd\": 3}}"))
        };
        let off = "{\"structure\": \"wrc\", \"packet\": \"session_update\", \"ip\": \"127.0.0.1\", \"port\": 20777, \
                   \"frequencyHz\": -1, \"bEnabled\": false}";
        let on = off.replace("20777", "30500").replace("false", "true");
        assert_eq!(port(&format!("{off}, {on}")).unwrap(), Some(30_500));
        assert_eq!(port(off).unwrap(), Some(20_777));
        assert_eq!(port("").unwrap(), None);
        assert_eq!(configured_port("{}").unwrap(), None);
        let error = port("{\"port\": 70000}").unwrap_err().to_string();
        assert!(error.starts_with("line 1, column ") && error.ends_with(": config.json"), "{error}");
    }
}
