//! The fields of the game's messages. What the game does not send, because the player may not know it or because
//! there is none, is missing.
//!
//! Who plays gets `player`, `hero`, `abilities` and `items` of his own; who watches gets the same sections with every
//! player in them, below `team2` (Radiant, `player0` to `player4`) and `team3` (Dire, `player5` to `player9`).

use std::sync::LazyLock;

use gametelemetry::FieldKind::{Bool8, F64, I64, Utf8};
use gametelemetry::Schema;

use crate::gsi::MAX_MESSAGE;
use crate::json_fields::{Row, fields, personal, schema, under};

/// Where the fields are stated.
const REFERENCE: &str = "github.com/antonpup/Dota2GSI";

/// Abilities for which there are fields; Invoker has the most.
const ABILITIES: usize = 8;
/// Places of items: the first six are carried, the others in the backpack.
const SLOTS: usize = 9;

pub(crate) static STATE: LazyLock<Schema> = LazyLock::new(|| {
    let mut all = fields(MATCH);
    all.extend(under("player_", "/player", PLAYER));
    all.extend(under("hero_", "/hero", HERO));
    for number in 0..ABILITIES {
        all.extend(under(&format!("ability_{number}_"), &format!("/abilities/ability{number}"), ABILITY));
    }
    for number in 0..SLOTS {
        all.extend(under(&format!("item_{number}_"), &format!("/items/slot{number}"), ITEM));
    }
    all.extend(under("item_teleport_", "/items/teleport0", ITEM));
    all.extend(under("item_neutral_", "/items/neutral0", ITEM));
    for player in 0..10 {
        let place = format!("team{}/player{player}", 2 + player / 5);
        all.extend(under(&format!("player{player}_"), &format!("/player/{place}"), WATCHED_PLAYER));
        all.extend(under(&format!("hero{player}_"), &format!("/hero/{place}"), WATCHED_HERO));
    }
    all.extend(fields(OTHERS));
    let watched =
        (0..10).flat_map(|player| [format!("player{player}_name"), format!("player{player}_steamid")]);
    let watched: Vec<String> = watched.collect();
    let names: Vec<&str> = PERSONAL.iter().copied().chain(watched.iter().map(String::as_str)).collect();
    personal(schema("State", REFERENCE, MAX_MESSAGE, all), &names, PERSONAL_KEYS)
});

/// What names a player or an account. The number of a match does too: who played is public by it.
const PERSONAL: &[&str] =
    &["player_steamid", "player_accountid", "player_name", "map_matchid", "league_match_id"];

/// The same where there are no fields for it, and teams that players made.
const PERSONAL_KEYS: &[&str] = &[
    "steamid",
    "accountid",
    "matchid",
    "player/*/*/name",
    "message",
    "radiant/name",
    "dire/name",
    "team_id",
    "team_tag",
    "team_logo",
    "team_logo_url",
    "streams/*/name",
    "stream_url",
    "vod_url",
];

const MATCH: &[Row] = &[
    ("provider_name", "/provider/name", Utf8, "", "The game: `Dota 2`."),
    ("provider_appid", "/provider/appid", I64, "", "The game's number on Steam: 570."),
    ("provider_version", "/provider/version", I64, "", "Version of the interface."),
    (
        "provider_timestamp_s",
        "/provider/timestamp",
        I64,
        "s",
        "When it was sent, since 1970, in whole seconds.",
    ),
    ("map_name", "/map/name", Utf8, "", "The map."),
    (
        "map_matchid",
        "/map/matchid",
        Utf8,
        "",
        "The match's number, a text in newer versions; 0 for one of bots.",
    ),
    ("map_game_time_s", "/map/game_time", I64, "s", "Time since the game was loaded, without pauses."),
    ("map_clock_time_s", "/map/clock_time", I64, "s", "The game's clock; negative before the horn."),
    ("map_daytime", "/map/daytime", Bool8, "", "It is day."),
    ("map_nightstalker_night", "/map/nightstalker_night", Bool8, "", "Night Stalker has made it night."),
    ("map_radiant_score", "/map/radiant_score", I64, "", "Kills of Radiant."),
    ("map_dire_score", "/map/dire_score", I64, "", "Kills of Dire."),
    (
        "map_game_state",
        "/map/game_state",
        Utf8,
        "",
        "Phase of the game, as DOTA_GAMERULES_STATE_GAME_IN_PROGRESS.",
    ),
    ("map_paused", "/map/paused", Bool8, "", "The game is paused."),
    ("map_win_team", "/map/win_team", Utf8, "", "Who won: radiant, dire, none."),
    ("map_customgamename", "/map/customgamename", Utf8, "", "The custom game; empty for Dota itself."),
    (
        "map_ward_purchase_cooldown_s",
        "/map/ward_purchase_cooldown",
        I64,
        "s",
        "Time until wards can be bought.",
    ),
    (
        "map_radiant_ward_purchase_cooldown_s",
        "/map/radiant_ward_purchase_cooldown",
        I64,
        "s",
        "The same for Radiant; spectators only.",
    ),
    (
        "map_dire_ward_purchase_cooldown_s",
        "/map/dire_ward_purchase_cooldown",
        I64,
        "s",
        "The same for Dire; spectators only.",
    ),
    (
        "map_roshan_state",
        "/map/roshan_state",
        Utf8,
        "",
        "Roshan: alive, respawn_base, respawn_variable; spectators only.",
    ),
    (
        "map_roshan_state_end_seconds",
        "/map/roshan_state_end_seconds",
        I64,
        "s",
        "Time until that ends; spectators only.",
    ),
    (
        "map_radiant_win_chance",
        "/map/radiant_win_chance",
        I64,
        "%",
        "Radiant's chance to win, 0 to 100; spectators only.",
    ),
];

const PLAYER: &[Row] = &[
    ("steamid", "/steamid", Utf8, "", "Steam id."),
    ("accountid", "/accountid", Utf8, "", "Account id."),
    ("name", "/name", Utf8, "", "Name."),
    ("activity", "/activity", Utf8, "", "playing, menu."),
    ("team_name", "/team_name", Utf8, "", "radiant, dire."),
    ("player_slot", "/player_slot", I64, "", "Place among all players."),
    ("team_slot", "/team_slot", I64, "", "Place in the team."),
    ("kills", "/kills", I64, "", "Kills."),
    ("deaths", "/deaths", I64, "", "Deaths."),
    ("assists", "/assists", I64, "", "Assists."),
    ("last_hits", "/last_hits", I64, "", "Last hits."),
    ("denies", "/denies", I64, "", "Denies."),
    ("kill_streak", "/kill_streak", I64, "", "Kills without a death."),
    ("kill_list", "/kill_list", Utf8, "", "How often each victim was killed."),
    ("commands_issued", "/commands_issued", I64, "", "Commands given."),
    ("gold", "/gold", I64, "", "Gold."),
    ("gold_reliable", "/gold_reliable", I64, "", "Gold that a death does not cost."),
    ("gold_unreliable", "/gold_unreliable", I64, "", "Gold that a death costs a part of."),
    ("gold_from_hero_kills", "/gold_from_hero_kills", I64, "", "Gold from kills of heroes."),
    ("gold_from_creep_kills", "/gold_from_creep_kills", I64, "", "Gold from kills of creeps."),
    ("gold_from_income", "/gold_from_income", I64, "", "Gold that came by itself."),
    ("gold_from_shared", "/gold_from_shared", I64, "", "Gold from others' kills."),
    ("gpm", "/gpm", I64, "1/min", "Gold a minute."),
    ("xpm", "/xpm", I64, "1/min", "Experience a minute."),
];

const HERO: &[Row] = &[
    ("id", "/id", I64, "", "The hero's number; -1 or 0 before one is chosen."),
    ("name", "/name", Utf8, "", "The hero, as npc_dota_hero_axe."),
    ("level", "/level", I64, "", "Level, 1 to 30."),
    ("xp", "/xp", I64, "", "Experience."),
    ("alive", "/alive", Bool8, "", "The hero is alive."),
    ("respawn_seconds", "/respawn_seconds", I64, "s", "Time until the hero is back; 0 when alive."),
    ("buyback_cost", "/buyback_cost", I64, "", "Gold that being back at once costs."),
    ("buyback_cooldown_s", "/buyback_cooldown", I64, "s", "Time until that is possible again."),
    ("health", "/health", I64, "", "Health."),
    ("max_health", "/max_health", I64, "", "Health when full."),
    ("health_percent", "/health_percent", I64, "%", "Health, 0 to 100."),
    ("mana", "/mana", I64, "", "Mana."),
    ("max_mana", "/max_mana", I64, "", "Mana when full."),
    ("mana_percent", "/mana_percent", I64, "%", "Mana, 0 to 100."),
    ("xpos", "/xpos", I64, "", "Position from west to east, in the game's own unit."),
    ("ypos", "/ypos", I64, "", "Position from south to north, in the game's own unit."),
    ("silenced", "/silenced", Bool8, "", "Cannot cast."),
    ("stunned", "/stunned", Bool8, "", "Cannot act."),
    ("disarmed", "/disarmed", Bool8, "", "Cannot attack."),
    ("magicimmune", "/magicimmune", Bool8, "", "Magic does nothing."),
    ("hexed", "/hexed", Bool8, "", "Is something small and harmless."),
    ("muted", "/muted", Bool8, "", "Cannot use items."),
    ("break", "/break", Bool8, "", "Passive abilities do nothing."),
    ("smoked", "/smoked", Bool8, "", "Is hidden by smoke."),
    ("has_debuff", "/has_debuff", Bool8, "", "Something bad is on the hero."),
    ("aghanims_scepter", "/aghanims_scepter", Bool8, "", "Has Aghanim's Scepter."),
    ("aghanims_shard", "/aghanims_shard", Bool8, "", "Has Aghanim's Shard."),
    ("talent_1", "/talent_1", Bool8, "", "Talent 1 of 8 is taken; two are a pair, lowest level first."),
    ("talent_2", "/talent_2", Bool8, "", "Talent 2 is taken."),
    ("talent_3", "/talent_3", Bool8, "", "Talent 3 is taken."),
    ("talent_4", "/talent_4", Bool8, "", "Talent 4 is taken."),
    ("talent_5", "/talent_5", Bool8, "", "Talent 5 is taken."),
    ("talent_6", "/talent_6", Bool8, "", "Talent 6 is taken."),
    ("talent_7", "/talent_7", Bool8, "", "Talent 7 is taken."),
    ("talent_8", "/talent_8", Bool8, "", "Talent 8 is taken."),
    ("attributes_level", "/attributes_level", I64, "", "Points spent on attributes."),
];

const ABILITY: &[Row] = &[
    ("name", "/name", Utf8, "", "The ability."),
    ("level", "/level", I64, "", "Its level; 0 before it is learnt."),
    ("can_cast", "/can_cast", Bool8, "", "It can be cast now."),
    ("passive", "/passive", Bool8, "", "It works by itself."),
    ("ability_active", "/ability_active", Bool8, "", "It can be used at all."),
    ("cooldown_s", "/cooldown", I64, "s", "Time until it can be cast again."),
    ("ultimate", "/ultimate", Bool8, "", "It is the hero's ultimate."),
    ("charges", "/charges", I64, "", "Charges; missing for an ability without."),
];

const ITEM: &[Row] = &[
    ("name", "/name", Utf8, "", "The item, as item_blink; `empty` when there is none."),
    ("purchaser", "/purchaser", I64, "", "Who bought it, by his place."),
    ("item_level", "/item_level", I64, "", "Its level."),
    ("can_cast", "/can_cast", Bool8, "", "It can be used now; missing for one that cannot be used."),
    ("cooldown_s", "/cooldown", I64, "s", "Time until it can be used again."),
    ("passive", "/passive", Bool8, "", "It works by itself."),
    ("charges", "/charges", I64, "", "Charges; missing for an item without."),
    ("contains_rune", "/contains_rune", Utf8, "", "The rune in a bottle."),
];

/// What a spectator is told of each player.
const WATCHED_PLAYER: &[Row] = &[
    ("name", "/name", Utf8, "", "Name; this and what follows of each player is for spectators only."),
    ("steamid", "/steamid", Utf8, "", "Steam id."),
    ("kills", "/kills", I64, "", "Kills."),
    ("deaths", "/deaths", I64, "", "Deaths."),
    ("assists", "/assists", I64, "", "Assists."),
    ("last_hits", "/last_hits", I64, "", "Last hits."),
    ("denies", "/denies", I64, "", "Denies."),
    ("gold", "/gold", I64, "", "Gold."),
    ("net_worth", "/net_worth", I64, "", "Gold, and the worth of all items."),
    ("hero_damage", "/hero_damage", I64, "", "Damage dealt to heroes."),
    ("hero_healing", "/hero_healing", I64, "", "Healing."),
    ("tower_damage", "/tower_damage", I64, "", "Damage dealt to towers."),
    ("gpm", "/gpm", I64, "1/min", "Gold a minute."),
    ("xpm", "/xpm", I64, "1/min", "Experience a minute."),
    ("support_gold_spent", "/support_gold_spent", I64, "", "Gold spent for the team."),
    ("consumable_gold_spent", "/consumable_gold_spent", I64, "", "Gold spent on what is used up."),
    ("item_gold_spent", "/item_gold_spent", I64, "", "Gold spent on items."),
    ("gold_lost_to_death", "/gold_lost_to_death", I64, "", "Gold that deaths cost."),
    ("gold_spent_on_buybacks", "/gold_spent_on_buybacks", I64, "", "Gold spent on being back at once."),
    ("runes_activated", "/runes_activated", I64, "", "Runes taken."),
    ("wards_purchased", "/wards_purchased", I64, "", "Wards bought."),
    ("wards_placed", "/wards_placed", I64, "", "Wards placed."),
    ("wards_destroyed", "/wards_destroyed", I64, "", "Wards destroyed."),
    ("camps_stacked", "/camps_stacked", I64, "", "Camps stacked."),
];

/// What a spectator is told of each hero.
const WATCHED_HERO: &[Row] = &[
    ("name", "/name", Utf8, "", "The hero; this and what follows of each hero is for spectators only."),
    ("level", "/level", I64, "", "Level."),
    ("alive", "/alive", Bool8, "", "The hero is alive."),
    ("respawn_seconds", "/respawn_seconds", I64, "s", "Time until the hero is back."),
    ("health", "/health", I64, "", "Health."),
    ("max_health", "/max_health", I64, "", "Health when full."),
    ("mana", "/mana", I64, "", "Mana."),
    ("max_mana", "/max_mana", I64, "", "Mana when full."),
    ("xpos", "/xpos", I64, "", "Position from west to east."),
    ("ypos", "/ypos", I64, "", "Position from south to north."),
];

const OTHERS: &[Row] = &[
    (
        "draft",
        "/draft",
        Utf8,
        "",
        "The draft: whose turn, time left, picks and bans of team2 and team3; spectators only.",
    ),
    (
        "draft_activeteam",
        "/draft/activeteam",
        I64,
        "",
        "Whose turn it is, 2 Radiant or 3 Dire; spectators only.",
    ),
    ("draft_pick", "/draft/pick", Bool8, "", "It is a pick and not a ban; spectators only."),
    ("draft_time_left_s", "/draft/activeteam_time_remaining", I64, "s", "Time left for it; spectators only."),
    (
        "draft_radiant_bonus_time_s",
        "/draft/radiant_bonus_time",
        I64,
        "s",
        "Radiant's reserve of time; spectators only.",
    ),
    (
        "draft_dire_bonus_time_s",
        "/draft/dire_bonus_time",
        I64,
        "s",
        "Dire's reserve of time; spectators only.",
    ),
    ("roshan_alive", "/roshan/alive", Bool8, "", "Roshan is alive; spectators only."),
    ("roshan_health", "/roshan/health", I64, "", "Roshan's health; spectators only."),
    (
        "roshan_phase_time_remaining_s",
        "/roshan/phase_time_remaining",
        F64,
        "s",
        "Time until he does what comes next; spectators only.",
    ),
    ("abilities", "/abilities", Utf8, "", "All abilities, as JSON."),
    ("items", "/items", Utf8, "", "All items with those in the stash, as JSON."),
    (
        "buildings",
        "/buildings",
        Utf8,
        "",
        "Health of every building, below `radiant` and `dire`; a player sees his own.",
    ),
    (
        "events",
        "/events",
        Utf8,
        "",
        "What happened in the last seconds: kills of Roshan and couriers, bounty runes, tips.",
    ),
    ("couriers", "/couriers", Utf8, "", "Couriers; spectators only."),
    ("neutralitems", "/neutralitems", Utf8, "", "Neutral items; spectators only."),
    ("minimap", "/minimap", Utf8, "", "What is on the minimap, `o0` first."),
    ("league_id", "/league/league_id", I64, "", "The league's number; 0 without one."),
    ("league_match_id", "/league/match_id", Utf8, "", "The match's number in the league."),
    ("league", "/league", Utf8, "", "League, series and teams, for a match of one."),
    ("wearables", "/wearables", Utf8, "", "What the hero wears."),
    ("previously", "/previously", Utf8, "", "The old values of what changed since the message before."),
    ("added", "/added", Utf8, "", "What is new since the message before, each with the value true."),
    ("auth", "/auth", Utf8, "", "Was the token there; its value is not kept."),
];
