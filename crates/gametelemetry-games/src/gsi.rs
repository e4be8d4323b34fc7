//! What Valve's games have in common: game state integration, by which a game POSTs its state as JSON when it changes.
//!
//! The file that switches it on, and for simulators what such a message says of the one before it.
//! Source: <https://developer.valvesoftware.com/wiki/Counter-Strike:_Global_Offensive_Game_State_Integration>.

use serde_json::{Map, Value};

/// The most bytes of a message; a spectator's has ten players and every building, and stays far below.
pub(crate) const MAX_MESSAGE: u32 = 4 << 20;

/// A game sends so long after the last message at the latest, in seconds.
pub(crate) const HEARTBEAT_S: f64 = 10.0;

/// The text of a configuration file that has the game send `data` to `port` of this machine, ten times a second at
/// most, with `token` for us to know it by.
pub(crate) fn configuration(port: u16, token: Option<&str>, data: &[&str]) -> String {
    let auth = token.map_or_else(String::new, |token| {
        let token = token.replace('\\', "\\\\").replace('"', "\\\"");
        format!("    \"auth\"\n    {{\n        \"token\" \"{token}\"\n    }}\n")
    });
    let data: String = data.iter().map(|section| format!("        \"{section}\" \"1\"\n")).collect();
    format!(
        "\"GameTelemetry\"\n{{\n    \"uri\" \"http://127.0.0.1:{port}/\"\n    \"timeout\" \"5.0\"\n    \"buffer\" \"0.1\"\n    \
         \"throttle\" \"0.1\"\n    \"heartbeat\" \"{HEARTBEAT_S:.1}\"\n{auth}    \"data\"\n    {{\n{data}    }}\n}}\n"
    )
}

/// Turns states into messages, as the games do: nothing while nothing changes, but a heartbeat; and in each what
/// changed since the one before.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    last: Option<Value>,
    since_last_s: f64,
}

impl Messages {
    /// Lets `seconds` pass.
    pub(crate) fn step(&mut self, seconds: f64) {
        self.since_last_s += seconds;
    }

    /// The message about `state`, if one is due; `provider` says who sends, and does not count as a change.
    pub(crate) fn next(&mut self, provider: Value, state: Value, token: &str) -> Option<String> {
        if self.last.as_ref() == Some(&state) && self.since_last_s < HEARTBEAT_S {
            return None;
        }
        let mut message = Map::new();
        message.insert("provider".to_owned(), provider);
        if let Value::Object(sections) = &state {
            message.extend(sections.clone());
        }
        if let Some(last) = &self.last {
            message.extend(previously(last, &state).map(|changed| ("previously".to_owned(), changed)));
            message.extend(added(last, &state).map(|new| ("added".to_owned(), new)));
        }
        if !token.is_empty() {
            message.insert("auth".to_owned(), serde_json::json!({ "token": token }));
        }
        (self.last, self.since_last_s) = (Some(state), 0.0);
        Some(Value::Object(message).to_string())
    }
}

/// The old values of what changed or is gone.
fn previously(old: &Value, new: &Value) -> Option<Value> {
    let (Value::Object(old_members), Value::Object(new_members)) = (old, new) else {
        return (old != new).then(|| old.clone());
    };
    let changed = old_members.iter().filter_map(|(key, value)| {
        let before = match new_members.get(key) {
            Some(now) => previously(value, now)?,
            None => value.clone(),
        };
        Some((key.clone(), before))
    });
    let changed: Map<_, _> = changed.collect();
    (!changed.is_empty()).then_some(Value::Object(changed))
}

/// `true` in the place of each member that is new.
fn added(old: &Value, new: &Value) -> Option<Value> {
    let (Value::Object(old_members), Value::Object(new_members)) = (old, new) else { return None };
    let new = new_members.iter().filter_map(|(key, value)| {
        let is_new = match old_members.get(key) {
            Some(before) => added(before, value)?,
            None => Value::Bool(true),
        };
        Some((key.clone(), is_new))
    });
    let new: Map<_, _> = new.collect();
    (!new.is_empty()).then_some(Value::Object(new))
}

/// Numbers that follow from a seed, for matches that differ: xorshift64*.
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A whole number from `least` up to, but not including, `end`.
    pub(crate) fn between(&mut self, least: i64, end: i64) -> i64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        let range = u64::try_from(end.saturating_sub(least)).unwrap_or(0).max(1);
        least.saturating_add(i64::try_from(mixed % range).unwrap_or(0))
    }

    /// Whether something happens within `seconds` that happens `per_minute` times a minute.
    pub(crate) fn happens(&mut self, per_minute: f64, seconds: f64) -> bool {
        let drawn = i32::try_from(self.between(0, 1_000_000)).unwrap_or(0);
        f64::from(drawn) < per_minute / 60.0 * seconds * 1_000_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_message_says_what_changed_what_is_gone_and_what_is_new() {
        let mut messages = Messages::default();
        let provider = || json!({ "appid": 730 });
        let old = json!({ "map": { "round": 1, "name": "x" }, "player": { "state": { "health": 100 } }, "gone": 5 });
        let new = json!({ "map": { "round": 2, "name": "x" }, "player": { "state": { "health": 100, "new": [1] } } });
        assert!(messages.next(provider(), old.clone(), "t").is_some());
        assert_eq!(messages.next(provider(), old, "t"), None);
        let second: Value = messages.next(provider(), new.clone(), "t").unwrap().parse().unwrap();
        assert_eq!(second["previously"], json!({ "map": { "round": 1 }, "gone": 5 }));
        assert_eq!(second["added"], json!({ "player": { "state": { "new": true } } }));
        assert_eq!((&second["auth"]["token"], &second["map"]["round"]), (&json!("t"), &json!(2)));
        messages.step(HEARTBEAT_S);
        let heartbeat: Value = messages.next(provider(), new, "").unwrap().parse().unwrap();
        assert!(heartbeat.get("previously").is_none() && heartbeat.get("auth").is_none());
    }

    #[test]
    fn the_configuration_is_balanced_and_has_no_token_when_there_is_none() {
        let text = configuration(1234, Some("a\"b"), &["map", "player"]);
        assert!(text.contains("http://127.0.0.1:1234/") && text.contains(r#""token" "a\"b""#), "{text}");
        assert_eq!(text.matches('{').count(), text.matches('}').count());
        assert!(!configuration(1234, None, &["map"]).contains("auth"));
    }
}
