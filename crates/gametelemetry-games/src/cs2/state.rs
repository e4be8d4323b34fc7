//! The fields of the game's messages. What the game does not send, because the player may not know it or because
//! there is none, is missing.
//!
//! Positions are texts of three numbers, `"-403.47, 473.20, -4.72"`, in the game's own unit (an inch, roughly).

use std::sync::LazyLock;

use gametelemetry::FieldKind::{Bool8, I64, Utf8};
use gametelemetry::Schema;

use crate::gsi::MAX_MESSAGE;
use crate::json_fields::{Row, fields, personal, schema, under};

/// Where the fields are stated.
const REFERENCE: &str = "developer.valvesoftware.com/wiki/Counter-Strike:_Global_Offensive_Game_State_Integration; \
                         github.com/antonpup/CounterStrike2GSI";

/// Weapons for which there are fields, `weapon_0` first; nobody carries more.
const WEAPONS: usize = 10;

pub(crate) static STATE: LazyLock<Schema> = LazyLock::new(|| {
    let mut all = fields(MATCH);
    for (team, name) in [("ct", "Counter-Terrorists"), ("t", "Terrorists")] {
        let mut of_team = under(&format!("map_team_{team}_"), &format!("/map/team_{team}"), TEAM);
        for field in &mut of_team {
            field.description = format!("{name}: {}", field.description);
        }
        all.extend(of_team);
    }
    all.extend(under("player_", "/player", PLAYER));
    for weapon in 0..WEAPONS {
        all.extend(under(
            &format!("player_weapon_{weapon}_"),
            &format!("/player/weapons/weapon_{weapon}"),
            WEAPON,
        ));
    }
    all.extend(fields(OTHERS));
    personal(schema("State", REFERENCE, MAX_MESSAGE, all), PERSONAL, PERSONAL_KEYS)
});

/// What names a player, an account or a team that players made.
const PERSONAL: &[&str] = &[
    "provider_steamid",
    "map_team_ct_name",
    "map_team_ct_flag",
    "map_team_t_name",
    "map_team_t_flag",
    "player_steamid",
    "player_name",
    "player_clan",
    "player_spectarget",
    "bomb_player",
    "tournamentdraft",
];

/// The same in the sections that have every player, and in what `previously` and `added` repeat.
const PERSONAL_KEYS: &[&str] =
    &["steamid", "allplayers/", "allplayers/*/name", "allplayers/*/clan", "grenades/*/owner"];

const MATCH: &[Row] = &[
    (
        "provider_name",
        "/provider/name",
        Utf8,
        "",
        "The game: `Counter-Strike 2` or `Counter-Strike: Global Offensive`.",
    ),
    ("provider_appid", "/provider/appid", I64, "", "The game's number on Steam: 730."),
    ("provider_version", "/provider/version", I64, "", "Version of the game."),
    ("provider_steamid", "/provider/steamid", Utf8, "", "Who plays or watches on this machine."),
    (
        "provider_timestamp_s",
        "/provider/timestamp",
        I64,
        "s",
        "When it was sent, since 1970, in whole seconds.",
    ),
    ("map_mode", "/map/mode", Utf8, "", "Game mode: competitive, scrimcomp2v2, casual, deathmatch …"),
    ("map_name", "/map/name", Utf8, "", "The map, as de_dust2."),
    ("map_phase", "/map/phase", Utf8, "", "Phase of the match: warmup, live, intermission, gameover."),
    ("map_round", "/map/round", I64, "", "Rounds finished."),
    (
        "map_round_wins",
        "/map/round_wins",
        Utf8,
        "",
        "How each round was won, by its number, as ct_win_elimination.",
    ),
    (
        "map_num_matches_to_win_series",
        "/map/num_matches_to_win_series",
        I64,
        "",
        "Matches that win the series.",
    ),
    ("map_current_spectators", "/map/current_spectators", I64, "", "Spectators."),
    ("round_phase", "/round/phase", Utf8, "", "Phase of the round: freezetime, live, over."),
    ("round_bomb", "/round/bomb", Utf8, "", "The bomb: planted, exploded, defused; missing before."),
    ("round_win_team", "/round/win_team", Utf8, "", "Who won the round, CT or T; missing before."),
];

const TEAM: &[Row] = &[
    ("score", "/score", I64, "", "Rounds won."),
    ("name", "/name", Utf8, "", "Name of the team, where it has one."),
    ("flag", "/flag", Utf8, "", "Country of the team, where it has one."),
    ("consecutive_round_losses", "/consecutive_round_losses", I64, "", "Rounds lost in a row."),
    ("timeouts_remaining", "/timeouts_remaining", I64, "", "Time-outs left."),
    ("matches_won_this_series", "/matches_won_this_series", I64, "", "Matches of the series won."),
];

/// The player, or who the spectator looks at.
const PLAYER: &[Row] = &[
    ("steamid", "/steamid", Utf8, "", "Whom the section is about: the player, or whom a spectator looks at."),
    ("name", "/name", Utf8, "", "Name."),
    ("xpoverload", "/xpoverload", I64, "", "Level of overload beyond the highest rank."),
    ("clan", "/clan", Utf8, "", "Clan; missing without one."),
    ("team", "/team", Utf8, "", "CT or T; missing without one."),
    ("observer_slot", "/observer_slot", I64, "", "Key that a spectator chooses the player by."),
    ("activity", "/activity", Utf8, "", "playing, menu, textinput."),
    ("spectarget", "/spectarget", Utf8, "", "Whom a spectator looks at, or `free`."),
    ("position", "/position", Utf8, "", "Position, three numbers."),
    ("forward", "/forward", Utf8, "", "Direction of view, three numbers of length 1."),
    ("health", "/state/health", I64, "", "Health, 0 dead to 100."),
    ("armor", "/state/armor", I64, "", "Armour, 0 to 100."),
    ("helmet", "/state/helmet", Bool8, "", "Wears a helmet."),
    ("defusekit", "/state/defusekit", Bool8, "", "Carries a defuse kit; missing without one."),
    ("flashed", "/state/flashed", I64, "", "Blinded by a flashbang, 0 to 255."),
    ("smoked", "/state/smoked", I64, "", "Within smoke, 0 to 255."),
    ("burning", "/state/burning", I64, "", "Within fire, 0 to 255."),
    ("money", "/state/money", I64, "$", "Money."),
    ("round_kills", "/state/round_kills", I64, "", "Kills in this round."),
    ("round_killhs", "/state/round_killhs", I64, "", "Kills by headshot in this round."),
    ("round_totaldmg", "/state/round_totaldmg", I64, "", "Damage dealt in this round; spectators only."),
    ("equip_value", "/state/equip_value", I64, "$", "Value of what the player carries."),
    ("kills", "/match_stats/kills", I64, "", "Kills in the match."),
    ("assists", "/match_stats/assists", I64, "", "Assists in the match."),
    ("deaths", "/match_stats/deaths", I64, "", "Deaths in the match."),
    ("mvps", "/match_stats/mvps", I64, "", "Rounds in which the player was the most valuable."),
    ("score", "/match_stats/score", I64, "", "Score in the match."),
];

const WEAPON: &[Row] = &[
    ("name", "/name", Utf8, "", "The weapon, as weapon_ak47; weapons move up when one before is lost."),
    (
        "type",
        "/type",
        Utf8,
        "",
        "Kind: Knife, Pistol, Rifle, SniperRifle, Grenade, C4 …; missing for a taser.",
    ),
    ("paintkit", "/paintkit", Utf8, "", "Its finish."),
    ("state", "/state", Utf8, "", "holstered, active, reloading."),
    ("ammo_clip", "/ammo_clip", I64, "", "Rounds in the magazine."),
    ("ammo_clip_max", "/ammo_clip_max", I64, "", "Rounds that the magazine holds."),
    ("ammo_reserve", "/ammo_reserve", I64, "", "Further rounds, or grenades of the kind."),
];

const OTHERS: &[Row] = &[
    (
        "phase",
        "/phase_countdowns/phase",
        Utf8,
        "",
        "What the countdown is of: freezetime, live, bomb, defuse, over, paused, timeout_ct …",
    ),
    (
        "phase_ends_in_s",
        "/phase_countdowns/phase_ends_in",
        Utf8,
        "s",
        "Time left, a number written as a text; spectators only.",
    ),
    (
        "bomb_state",
        "/bomb/state",
        Utf8,
        "",
        "carried, dropped, planting, planted, defusing, defused, exploded; spectators only.",
    ),
    ("bomb_position", "/bomb/position", Utf8, "", "Position of the bomb, three numbers; spectators only."),
    ("bomb_player", "/bomb/player", Utf8, "", "Who carries, plants or defuses it; spectators only."),
    (
        "bomb_countdown_s",
        "/bomb/countdown",
        Utf8,
        "s",
        "Time until it explodes or is defused, as a text; spectators only.",
    ),
    (
        "allplayers",
        "/allplayers",
        Utf8,
        "",
        "Every player by his Steam id, with what `player` has; spectators only.",
    ),
    ("grenades", "/grenades", Utf8, "", "Every grenade in the air or at work; spectators only."),
    ("tournamentdraft", "/tournamentdraft", Utf8, "", "Event, stage and teams of a tournament."),
    ("previously", "/previously", Utf8, "", "The old values of what changed since the message before."),
    ("added", "/added", Utf8, "", "What is new since the message before, each with the value true."),
    ("auth", "/auth", Utf8, "", "Was the token there; its value is not kept."),
];
