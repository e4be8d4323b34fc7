//! All packets of all formats as the kinds of one schema, which is what a recording of F1 carries.
//!
//! A kind is called after its format and packet, as `2025.lap_data`; an event after its code too, as
//! `2025.event.FLBK`, and an event whose code nobody knows is a `2025.event`. Kinds are told apart by the packet's
//! format and id, and events by their code; the lengths only confirm it. Fields are called alike in all years.
//!
//! What [`packets`](super::packets) cannot say is added here: labels that differ by year, how many entries of a list
//! count, and the single bits of a button's or a lap's state.

use std::sync::OnceLock;

use gametelemetry::{BitRange, Field, FieldKind, FrameSize, MessageKind, PackedFrame, Schema};

use super::event;
use super::format::Format;
use super::{f22, f23, f24, f25, f26, labels};

/// The packets of all formats.
#[must_use]
pub fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let mut schema = Schema::of_kinds("F1", Format::ALL.into_iter().flat_map(kinds).collect());
        schema.reference =
            "EA and Codemasters, Data Output from F1 22, 23, 24, 25 and 2026 Season DLC".to_owned();
        schema.fields.push(Field {
            name: "packet_format".to_owned(),
            kind: FieldKind::U16,
            count: 1,
            description: "The format of the packet, as 2025.".to_owned(),
            ..Field::default()
        });
        schema
    })
}

/// The kinds of one format, those that come most often first.
fn kinds(format: Format) -> Vec<MessageKind> {
    let mut kinds = match format {
        Format::F2022 => kinds_2022(),
        Format::F2023 => kinds_2023(),
        Format::F2024 => kinds_2024(),
        Format::F2025 => kinds_2025(),
        Format::F2026 => kinds_2026(),
    };
    kinds.extend(events(format));
    for field in kinds.iter_mut().flat_map(|kind| &mut kind.fields) {
        let word = field.name.rsplit('.').next().unwrap_or_default();
        let labels = labels::labels(format.year(), word);
        if !labels.is_empty() {
            field.labels = labels;
        }
        field.count_from = counted_by(&field.name).map(str::to_owned);
    }
    kinds
}

fn kinds_2022() -> Vec<MessageKind> {
    let of = Maker(Format::F2022);
    vec![
        of.each_frame::<f22::Motion>("motion", 0),
        of.each_frame::<f22::LapData>("lap_data", 2),
        of.each_frame::<f22::CarTelemetry>("car_telemetry", 6),
        of.each_frame::<f22::CarStatus>("car_status", 7),
        of.history::<f22::SessionHistory>(),
        of.at::<f22::Session>("session", 1, 2.0),
        of.at::<f22::CarDamage>("car_damage", 10, 2.0),
        of.at::<f22::CarSetups>("car_setups", 5, 2.0),
        of.at::<f22::Participants>("participants", 4, 0.2),
        of.at::<f22::LobbyInfo>("lobby_info", 9, 2.0),
        of.once::<f22::FinalClassification>("final_classification", 8),
    ]
}

fn kinds_2023() -> Vec<MessageKind> {
    let of = Maker(Format::F2023);
    vec![
        of.each_frame::<f23::Motion>("motion", 0),
        of.each_frame::<f23::LapData>("lap_data", 2),
        of.each_frame::<f23::CarTelemetry>("car_telemetry", 6),
        of.each_frame::<f23::CarStatus>("car_status", 7),
        of.each_frame::<f23::MotionEx>("motion_ex", 13),
        of.history::<f23::SessionHistory>(),
        of.at::<f23::TyreSets>("tyre_sets", 12, 20.0),
        of.at::<f23::CarDamage>("car_damage", 10, 10.0),
        of.at::<f23::Session>("session", 1, 2.0),
        of.at::<f23::CarSetups>("car_setups", 5, 2.0),
        of.at::<f23::Participants>("participants", 4, 0.2),
        of.at::<f23::LobbyInfo>("lobby_info", 9, 2.0),
        of.once::<f23::FinalClassification>("final_classification", 8),
    ]
}

fn kinds_2024() -> Vec<MessageKind> {
    let of = Maker(Format::F2024);
    vec![
        of.each_frame::<f24::Motion>("motion", 0),
        of.each_frame::<f24::LapData>("lap_data", 2),
        of.each_frame::<f24::CarTelemetry>("car_telemetry", 6),
        of.each_frame::<f24::CarStatus>("car_status", 7),
        of.each_frame::<f24::MotionEx>("motion_ex", 13),
        of.history::<f24::SessionHistory>(),
        of.at::<f24::TyreSets>("tyre_sets", 12, 20.0),
        of.at::<f24::CarDamage>("car_damage", 10, 10.0),
        of.at::<f24::Session>("session", 1, 2.0),
        of.at::<f24::CarSetups>("car_setups", 5, 2.0),
        of.at::<f24::TimeTrial>("time_trial", 14, 1.0),
        of.at::<f24::Participants>("participants", 4, 0.2),
        of.at::<f24::LobbyInfo>("lobby_info", 9, 2.0),
        of.once::<f24::FinalClassification>("final_classification", 8),
    ]
}

fn kinds_2025() -> Vec<MessageKind> {
    let of = Maker(Format::F2025);
    vec![
        of.each_frame::<f25::Motion>("motion", 0),
        of.each_frame::<f25::LapData>("lap_data", 2),
        of.each_frame::<f25::CarTelemetry>("car_telemetry", 6),
        of.each_frame::<f25::CarStatus>("car_status", 7),
        of.each_frame::<f25::MotionEx>("motion_ex", 13),
        of.history::<f25::SessionHistory>(),
        of.at::<f25::TyreSets>("tyre_sets", 12, 20.0),
        of.at::<f25::CarDamage>("car_damage", 10, 10.0),
        of.at::<f25::Session>("session", 1, 2.0),
        of.at::<f25::CarSetups>("car_setups", 5, 2.0),
        of.at::<f25::LapPositions>("lap_positions", 15, 1.0),
        of.at::<f25::TimeTrial>("time_trial", 14, 1.0),
        of.at::<f25::Participants>("participants", 4, 0.2),
        of.at::<f25::LobbyInfo>("lobby_info", 9, 2.0),
        of.once::<f25::FinalClassification>("final_classification", 8),
    ]
}

fn kinds_2026() -> Vec<MessageKind> {
    let of = Maker(Format::F2026);
    vec![
        of.each_frame::<f26::Motion>("motion", 0),
        of.each_frame::<f26::LapData>("lap_data", 2),
        of.each_frame::<f26::CarTelemetry>("car_telemetry", 6),
        of.each_frame::<f26::CarTelemetry2>("car_telemetry_2", 16),
        of.each_frame::<f26::CarStatus>("car_status", 7),
        of.each_frame::<f26::MotionEx>("motion_ex", 13),
        of.history::<f26::SessionHistory>(),
        of.at::<f26::TyreSets>("tyre_sets", 12, 20.0),
        of.at::<f26::CarDamage>("car_damage", 10, 10.0),
        of.at::<f26::Session>("session", 1, 2.0),
        of.at::<f26::CarSetups>("car_setups", 5, 2.0),
        of.at::<f26::LapPositions>("lap_positions", 15, 1.0),
        of.at::<f26::TimeTrial>("time_trial", 14, 1.0),
        of.at::<f26::Participants>("participants", 4, 0.2),
        of.at::<f26::LobbyInfo>("lobby_info", 9, 2.0),
        of.once::<f26::FinalClassification>("final_classification", 8),
    ]
}

/// An event kind for each code that the format has, and one for codes it does not know.
fn events(format: Format) -> Vec<MessageKind> {
    let of = Maker(format);
    let vehicle = Some(event::Vehicle::schema());
    let from = |first: Format, then: &'static Schema, before: Option<&'static Schema>| {
        if format >= first { Some(then) } else { before }
    };
    let retirement = from(Format::F2025, event::Retirement::schema(), vehicle);
    let drs_disabled = from(Format::F2025, event::DrsDisabled::schema(), None);
    let stop_go = from(Format::F2025, event::StopGoServed::schema(), vehicle);
    let collision = from(Format::F2026, event::Collision26::schema(), Some(event::Collision24::schema()));
    let mut kinds = vec![
        of.event("BUTN", "Buttons were pressed or released.", Some(event::Buttons::schema())),
        of.event("SSTA", "The session started.", None),
        of.event("SEND", "The session ended.", None),
        of.event("FTLP", "A car drove the fastest lap so far.", Some(event::FastestLap::schema())),
        of.event("RTMT", "A car retired.", retirement),
        of.event("DRSE", "DRS may be used from now on.", None),
        of.event("DRSD", "DRS may no longer be used.", drs_disabled),
        of.event("TMPT", "The team mate went into the pits.", vehicle),
        of.event("CHQF", "The chequered flag was waved.", None),
        of.event("RCWN", "The winner of the race is known.", vehicle),
        of.event("PENA", "A penalty or a warning was given.", Some(event::Penalty::schema())),
        of.event("SPTP", "A car was faster at the speed trap.", Some(event::SpeedTrap::schema())),
        of.event("STLG", "The start lights changed.", Some(event::StartLights::schema())),
        of.event("LGOT", "The start lights went out.", None),
        of.event("DTSV", "A drive-through penalty was served.", vehicle),
        of.event("SGSV", "A stop-and-go penalty was served.", stop_go),
        of.event("FLBK", "The player went back in time.", Some(event::Flashback::schema())),
    ];
    if format >= Format::F2023 {
        kinds.push(of.event("RDFL", "The red flag was shown.", None));
        kinds.push(of.event("OVTK", "A car overtook another.", Some(event::Overtake::schema())));
    }
    if format >= Format::F2024 {
        kinds.push(of.event("SCAR", "Something about the safety car.", Some(event::SafetyCar::schema())));
        kinds.push(of.event("COLL", "Two cars touched.", collision));
    }
    kinds.push(of.unknown_event());
    kinds
}

/// Makes the kinds of one format.
#[derive(Clone, Copy)]
struct Maker(Format);

impl Maker {
    /// A packet of the kind `id`.
    fn once<P: PackedFrame>(self, name: &str, id: i64) -> MessageKind {
        let kind = MessageKind::of::<P>(format!("{}.{name}", self.0.year())).description(about(name));
        self.told_apart(kind, id)
    }

    /// A packet that comes `hz` times a second, on any frame.
    fn at<P: PackedFrame>(self, name: &str, id: i64, hz: f64) -> MessageKind {
        self.once::<P>(name, id).rate_hz(hz)
    }

    /// A packet of the rate set in the menu. All of these come together, so one that is not there was lost.
    fn each_frame<P: PackedFrame>(self, name: &str, id: i64) -> MessageKind {
        // A flashback takes the frame's number back; from 2023 on there is a second one that goes on.
        let kind = self.once::<P>(name, id).moment("header.frame_identifier");
        kind.sequence(self.0.frame_field(), None, &["header.session_uid"])
    }

    /// The session history, with the bits that say what of a lap counts as fields of their own.
    fn history<P: PackedFrame>(self) -> MessageKind {
        let mut kind = self.at::<P>("session_history", 11, 20.0);
        let parts = ["laps.lap_valid", "laps.sector1_valid", "laps.sector2_valid", "laps.sector3_valid"];
        add_bits(&mut kind.fields, "laps.lap_valid_bits", &parts, "It counts: 0 or 1.");
        kind
    }

    /// An event of `code` with `details` behind it.
    fn event(self, code: &str, description: &str, details: Option<&Schema>) -> MessageKind {
        let mut kind = self.bare_event(&format!("event.{code}")).description(description);
        let letters = code.bytes().rev().fold(0, |number, letter| (number << 8) | i64::from(letter));
        kind = kind.when(self.0.header_size(), FieldKind::U32, &[letters]);
        let offset = self.0.header_size() + 4;
        kind.fields.extend(details.into_iter().flat_map(|schema| &schema.fields).map(|field| Field {
            name: format!("details.{}", field.name),
            offset: offset + field.offset,
            ..field.clone()
        }));
        let buttons = event::BUTTONS.map(|button| format!("details.{button}"));
        let buttons: Vec<&str> = buttons.iter().map(String::as_str).collect();
        add_bits(&mut kind.fields, "details.button_status", &buttons, "The button is held: 0 or 1.");
        kind
    }

    /// An event of a code that is not documented.
    fn unknown_event(self) -> MessageKind {
        let mut kind = self.bare_event("event").description("An event of a code that is not documented.");
        kind.fields.push(Field {
            name: "details".to_owned(),
            kind: FieldKind::Bytes,
            offset: self.0.header_size() + 4,
            count: 12,
            description: "More about it, in a layout that is not known.".to_owned(),
            ..Field::default()
        });
        kind
    }

    /// An event without its details.
    fn bare_event(self, name: &str) -> MessageKind {
        let whole = match self.0 {
            Format::F2022 => f22::Event::schema(),
            _ => f23::Event::schema(),
        };
        let mut kind =
            MessageKind::new(format!("{}.{name}", self.0.year()), FrameSize::Fixed(whole.size.max()));
        kind.reference.clone_from(&whole.reference);
        kind.fields = whole.fields.iter().filter(|field| field.name != "details").cloned().collect();
        self.told_apart(kind, 3)
    }

    /// `kind`, known by the packet's id, and joined with the others of its frame.
    fn told_apart(self, kind: MessageKind, id: i64) -> MessageKind {
        kind.when(0, FieldKind::U16, &[i64::from(self.0.year())])
            .when(self.0.packet_id_offset(), FieldKind::U8, &[id])
            .group(&["header.session_uid", self.0.frame_field()])
    }
}

/// Behind the field called `whole`, if it is there, adds one for each of its bits, the lowest first.
fn add_bits(fields: &mut Vec<Field>, whole: &str, names: &[&str], description: &str) {
    let Some(place) = fields.iter().position(|field| field.name == whole) else { return };
    let Some(field) = fields.get(place).cloned() else { return };
    let bits = (0..).zip(names).map(|(first, &name)| Field {
        name: name.to_owned(),
        bits: Some(BitRange { first, count: 1 }),
        description: description.to_owned(),
        ..field.clone()
    });
    let bits: Vec<Field> = bits.collect();
    fields.splice(place + 1..place + 1, bits);
}

/// What says how many entries of the list that `field` belongs to count; the others are left over or 0. Lists of cars
/// have none: a car's index may be above the number of cars.
fn counted_by(field: &str) -> Option<&'static str> {
    let (list, _) = field.rsplit_once('.').unwrap_or((field, ""));
    Some(match (list, field) {
        ("session.marshal_zones", _) => "session.num_marshal_zones",
        ("weather_forecast", _) => "session.num_weather_forecast_samples",
        ("aero.active_aero_zones_full", _) => "aero.num_active_aero_zones_full",
        ("aero.active_aero_zones_partial", _) => "aero.num_active_aero_zones_partial",
        ("aero.drs_zones", _) => "aero.num_drs_zones",
        ("laps", _) | (_, "position_for_vehicle") => "num_laps",
        ("tyre_stints", _) => "num_tyre_stints",
        ("players", _) => "num_players",
        (_, "rules.weekend_structure") => "rules.num_sessions_in_weekend",
        _ => return None,
    })
}

/// What a packet holds, in a few words.
fn about(name: &str) -> &'static str {
    match name {
        "motion" => "How all cars move.",
        "motion_ex" => "How the player's car moves: wheels, forces, angles.",
        "lap_data" => "Laps, times and places of all cars.",
        "car_telemetry" => "What all cars do: pedals, speed, engine, temperatures.",
        "car_telemetry_2" => "Active aero and overtake mode of all cars.",
        "car_status" => "Fuel, tyres, energy and aids of all cars.",
        "session_history" => "All laps of one car, each time of the next car.",
        "tyre_sets" => "The sets of tyres of one car, each time of the next car.",
        "car_damage" => "Wear and damage of all cars.",
        "session" => "The session, its weather and its rules.",
        "car_setups" => "How all cars are set up.",
        "lap_positions" => "The places of all cars at the start of each lap.",
        "time_trial" => "The laps that a time trial compares.",
        "participants" => "Drivers, teams and names.",
        "lobby_info" => "Who waits in the lobby.",
        "final_classification" => "How the session ended.",
        _ => "",
    }
}
