//! Which fields of the games' frames name somebody, for recordings that do not say it themselves.
//!
//! The marks stand in the games' schemas; this only finds them. A recording that is made today has them in its header.

use gametelemetry::Schema;
use gametelemetry::redact::Redaction;

use crate::find;

/// The schema that frames of the type `name` of `game` have today; `None` for a game or a type that is not known.
#[must_use]
pub fn known_schema(game: &str, name: &str) -> Option<Schema> {
    find(game)?.known_schema(name)
}

/// Whether the field `field` of the type `name` of `game` names somebody (a driver, a player, an account); `None` when the
/// game, the type or the field is not known.
#[must_use]
pub fn is_personal(game: &str, name: &str, field: &str) -> Option<bool> {
    let schema = known_schema(game, name)?;
    let named: Vec<_> = schema.all_fields().filter(|known| known.name == field).collect();
    (!named.is_empty()).then(|| named.iter().any(|known| known.personal == Some(true)))
}

/// A redaction that knows every game.
#[must_use]
pub fn redaction() -> Redaction<'static> {
    Redaction::new().known(known_schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_games_say_which_fields_are_personal() {
        let cases = [
            ("acc", "Static", "player_name", Some(true)),
            ("acc", "Static", "track", Some(false)),
            ("F1", "F1", "participants.name", Some(true)),
            ("iracing", "Session", "driver", Some(true)),
            ("iracing", "IbtHead", "data", Some(true)),
            ("iracing", "Telemetry", "Speed", None),
            ("acc", "Static", "gone", None),
            ("acc", "Gone", "player_name", None),
            ("gone", "Static", "player_name", None),
        ];
        for (game, name, field, personal) in cases {
            assert_eq!(is_personal(game, name, field), personal, "{game} {name} {field}");
        }
    }
}
