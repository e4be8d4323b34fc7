//! A match from the choice of heroes to its end, as the game would tell its player.
//!
//! Pure: fights, gold and levels follow from the seed. The match takes three minutes; the hero is nobody's.

use serde_json::{Map, Value, json};

use crate::game::Simulator;
use crate::gsi::{Chance, Messages};

/// Phases of the match, in seconds since its start, with the game's names.
const PHASES: &[(f64, &str)] = &[
    (3.0, "DOTA_GAMERULES_STATE_HERO_SELECTION"),
    (5.0, "DOTA_GAMERULES_STATE_STRATEGY_TIME"),
    (HORN_S, "DOTA_GAMERULES_STATE_PRE_GAME"),
    (END_S, "DOTA_GAMERULES_STATE_GAME_IN_PROGRESS"),
];
const HORN_S: f64 = 10.0;
const END_S: f64 = 180.0;
const NEXT_S: f64 = 185.0;
/// A day, as long as a night, in seconds of the simulated game.
const DAY_S: f64 = 60.0;
/// Seconds since 1970 at which the match begins; whatever the clock says, it is the same match.
const BEGUN: i64 = 1_700_000_000;

/// What is bought in turn: the item, and its price.
const SHOPPING: &[(&str, i64)] = &[
    ("item_tango", 90),
    ("item_boots", 500),
    ("item_bottle", 675),
    ("item_blink", 2250),
    ("item_black_king_bar", 4050),
];

#[derive(Debug, Default)]
struct Hero {
    health: i64,
    mana: i64,
    xp: i64,
    respawn_s: f64,
    x: i64,
    y: i64,
    kills: i64,
    deaths: i64,
    last_hits: i64,
    gold: i64,
    earned: i64,
    items: usize,
}

impl Hero {
    fn level(&self) -> i64 {
        (1 + self.xp / 400).min(30)
    }

    fn max_health(&self) -> i64 {
        600 + self.level() * 80
    }

    fn max_mana(&self) -> i64 {
        280 + self.level() * 30
    }

    fn is_alive(&self) -> bool {
        self.respawn_s <= 0.0
    }
}

pub(super) struct MatchSimulator {
    chance: Chance,
    messages: Messages,
    time_s: f64,
    matches: i64,
    hero: Hero,
    enemy_kills: i64,
    /// Goes into the pace of what comes by itself, once a second.
    next_second: f64,
}

impl MatchSimulator {
    pub(super) fn new(seed: u64) -> Self {
        let mut game = Self {
            chance: Chance::new(seed),
            messages: Messages::default(),
            time_s: 0.0,
            matches: 0,
            hero: Hero::default(),
            enemy_kills: 0,
            next_second: HORN_S,
        };
        game.start();
        game
    }

    fn start(&mut self) {
        self.matches += 1;
        (self.time_s, self.next_second, self.enemy_kills) = (0.0, HORN_S, 0);
        self.hero = Hero { gold: 600, x: -6500, y: -6300, ..Hero::default() };
        (self.hero.health, self.hero.mana) = (self.hero.max_health(), self.hero.max_mana());
    }

    fn has_hero(&self) -> bool {
        self.time_s >= 3.0
    }

    fn is_in_progress(&self) -> bool {
        (HORN_S..END_S).contains(&self.time_s)
    }

    fn play(&mut self, seconds: f64) {
        self.time_s += seconds;
        if self.is_in_progress() {
            self.fight(seconds);
            if self.time_s >= self.next_second {
                self.next_second += 1.0;
                self.earn();
            }
        }
        if self.time_s >= NEXT_S {
            self.start();
        }
    }

    fn fight(&mut self, seconds: f64) {
        if !self.hero.is_alive() {
            self.hero.respawn_s -= seconds;
            if self.hero.is_alive() {
                (self.hero.health, self.hero.mana) = (self.hero.max_health(), self.hero.max_mana());
                (self.hero.x, self.hero.y) = (-6500, -6300);
            }
            return;
        }
        let (east, north) = (self.chance.between(-25, 40), self.chance.between(-25, 40));
        (self.hero.x, self.hero.y) = ((self.hero.x + east).min(6500), (self.hero.y + north).min(6300));
        if self.chance.happens(20.0, seconds) {
            self.hero.health -= self.chance.between(60, 320);
        }
        if self.hero.mana >= 90 && self.chance.happens(10.0, seconds) {
            self.hero.mana -= 90;
        }
        if self.chance.happens(4.0, seconds) {
            (self.hero.kills, self.hero.xp) = (self.hero.kills + 1, self.hero.xp + 300);
            self.take(300);
        }
        if self.hero.health <= 0 {
            (self.hero.health, self.hero.mana) = (0, 0);
            self.hero.respawn_s = 4.0;
            (self.hero.deaths, self.enemy_kills) = (self.hero.deaths + 1, self.enemy_kills + 1);
            self.hero.gold -= self.hero.gold / 10;
        }
    }

    fn take(&mut self, gold: i64) {
        self.hero.gold += gold;
        self.hero.earned += gold;
    }

    /// What comes once a second.
    fn earn(&mut self) {
        self.take(2);
        if !self.hero.is_alive() {
            return;
        }
        self.hero.health = (self.hero.health + 6).min(self.hero.max_health());
        self.hero.mana = (self.hero.mana + 4).min(self.hero.max_mana());
        if self.chance.between(0, 2) > 0 {
            (self.hero.last_hits, self.hero.xp) = (self.hero.last_hits + 1, self.hero.xp + 60);
            self.take(45);
        }
        if let Some(&(_, price)) = SHOPPING.get(self.hero.items)
            && self.hero.gold >= price
        {
            (self.hero.gold, self.hero.items) = (self.hero.gold - price, self.hero.items + 1);
        }
    }

    fn provider(&self) -> Value {
        let timestamp = BEGUN + self.matches * 200 + whole(self.time_s);
        json!({ "name": "Dota 2", "appid": 570, "version": 48, "timestamp": timestamp })
    }

    fn state(&self) -> Value {
        let mut state = Map::new();
        state.insert("map".to_owned(), self.map());
        state.insert("player".to_owned(), self.player());
        if self.has_hero() {
            state.insert("hero".to_owned(), self.hero());
            state.insert("abilities".to_owned(), self.abilities());
            state.insert("items".to_owned(), self.items());
        }
        Value::Object(state)
    }

    fn map(&self) -> Value {
        let phase = PHASES.iter().find(|(end, _)| self.time_s < *end);
        let phase = phase.map_or("DOTA_GAMERULES_STATE_POST_GAME", |(_, phase)| *phase);
        let winner = if self.hero.kills >= self.enemy_kills { "radiant" } else { "dire" };
        json!({
            "name": "start", "matchid": self.matches.to_string(), "game_time": whole(self.time_s),
            "clock_time": whole(self.time_s - HORN_S),
            "daytime": (self.time_s - HORN_S).rem_euclid(2.0 * DAY_S) < DAY_S, "nightstalker_night": false,
            "radiant_score": self.hero.kills, "dire_score": self.enemy_kills, "game_state": phase, "paused": false,
            "win_team": if self.time_s < END_S { "none" } else { winner }, "customgamename": "",
            "ward_purchase_cooldown": 0
        })
    }

    fn player(&self) -> Value {
        let hero = &self.hero;
        let minutes = ((self.time_s - HORN_S) / 60.0).max(1.0 / 60.0);
        let a_minute = |sum: i64| whole(i32::try_from(sum).map_or(0.0, f64::from) / minutes);
        json!({
            "steamid": "76561190000000001", "accountid": "1", "name": "Simulated", "activity": "playing",
            "kills": hero.kills, "deaths": hero.deaths, "assists": 0, "last_hits": hero.last_hits, "denies": 0,
            "kill_streak": 0, "commands_issued": whole(self.time_s * 3.0), "team_name": "radiant",
            "player_slot": 0, "team_slot": 0, "gold": hero.gold, "gold_reliable": hero.gold / 4,
            "gold_unreliable": hero.gold - hero.gold / 4, "gpm": a_minute(hero.earned), "xpm": a_minute(hero.xp)
        })
    }

    fn hero(&self) -> Value {
        let hero = &self.hero;
        json!({
            "id": 2, "name": "npc_dota_hero_axe", "xpos": hero.x, "ypos": hero.y, "level": hero.level(), "xp": hero.xp,
            "alive": hero.is_alive(), "respawn_seconds": whole(hero.respawn_s.max(0.0).ceil()),
            "buyback_cost": 200 + hero.earned / 13, "buyback_cooldown": 0,
            "health": hero.health, "max_health": hero.max_health(),
            "health_percent": hero.health * 100 / hero.max_health(),
            "mana": hero.mana, "max_mana": hero.max_mana(), "mana_percent": hero.mana * 100 / hero.max_mana(),
            "silenced": false, "stunned": false, "disarmed": false, "magicimmune": false, "hexed": false,
            "muted": false, "break": false, "smoked": false, "has_debuff": false, "aghanims_scepter": false,
            "aghanims_shard": false, "talent_1": false, "talent_2": hero.level() >= 10, "attributes_level": 0
        })
    }

    fn abilities(&self) -> Value {
        let level = self.hero.level();
        let ability = |name: &str, level: i64, passive: bool, ultimate: bool| {
            json!({
                "name": name, "level": level, "can_cast": level > 0 && !passive && self.hero.mana >= 90,
                "passive": passive, "ability_active": true, "cooldown": 0, "ultimate": ultimate
            })
        };
        json!({
            "ability0": ability("axe_berserkers_call", (level / 2).min(4), false, false),
            "ability1": ability("axe_battle_hunger", (level / 3).min(4), false, false),
            "ability2": ability("axe_counter_helix", (level / 4).min(4), true, false),
            "ability3": ability("axe_culling_blade", (level / 6).min(3), false, true)
        })
    }

    fn items(&self) -> Value {
        let mut items = Map::new();
        for slot in 0..9 {
            let bought = SHOPPING.get(slot).filter(|_| slot < self.hero.items);
            let item = match bought {
                Some((name, _)) => {
                    json!({ "name": name, "purchaser": 0, "item_level": 1, "can_cast": true, "cooldown": 0, "passive": false })
                }
                None => json!({ "name": "empty" }),
            };
            items.insert(format!("slot{slot}"), item);
        }
        items.insert(
            "teleport0".to_owned(),
            json!({ "name": "item_tpscroll", "purchaser": 0, "charges": 1, "passive": false }),
        );
        items.insert("neutral0".to_owned(), json!({ "name": "empty" }));
        Value::Object(items)
    }
}

/// A number without places, as the game writes it.
fn whole(value: f64) -> i64 {
    format!("{:.0}", value.floor()).parse().unwrap_or(0)
}

impl Simulator for MatchSimulator {
    fn step(&mut self, seconds: f64) {
        let mut left = seconds;
        while left > 0.0 {
            self.play(left.min(0.1));
            left -= 0.1;
        }
        self.messages.step(seconds);
    }

    fn posts(&mut self, token: &str) -> Vec<String> {
        let (provider, state) = (self.provider(), self.state());
        self.messages.next(provider, state, token).into_iter().collect()
    }

    fn hz(&self) -> f64 {
        10.0
    }

    fn status(&self) -> String {
        let hero = &self.hero;
        format!(
            "{:.0} s, level {}, {} kills, {} deaths",
            self.time_s - HORN_S,
            hero.level(),
            hero.kills,
            hero.deaths
        )
    }
}
