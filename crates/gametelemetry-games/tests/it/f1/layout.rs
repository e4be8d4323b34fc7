//! The layouts: published sizes, fields that channels rely on, and bytes that are no packets.

use std::collections::HashSet;

use gametelemetry::{CHANNELS as KNOWN, Field, FrameSize, MessageKind, PackedFrame, Recognized};
use gametelemetry_games::f1::{self, Format, event, f22, f25, f26};

use super::{channel, name_of, number};

/// The packets in the order of their ids.
const NAMES: [&str; 17] = [
    "motion",
    "session",
    "lap_data",
    "event",
    "participants",
    "car_setups",
    "car_telemetry",
    "car_status",
    "final_classification",
    "lobby_info",
    "car_damage",
    "session_history",
    "tyre_sets",
    "motion_ex",
    "time_trial",
    "lap_positions",
    "car_telemetry_2",
];

/// The sizes that the documents state, by id.
const SIZES: [(Format, &[u32]); 5] = [
    (Format::F2022, &[1464, 632, 972, 40, 1257, 1102, 1347, 1058, 1015, 1191, 948, 1155]),
    (Format::F2023, &[1349, 644, 1131, 45, 1306, 1107, 1352, 1239, 1020, 1218, 953, 1460, 231, 217]),
    (Format::F2024, &[1349, 753, 1285, 45, 1350, 1133, 1352, 1239, 1020, 1306, 953, 1460, 231, 237, 101]),
    (
        Format::F2025,
        &[1349, 753, 1285, 45, 1284, 1133, 1352, 1239, 1042, 954, 1041, 1460, 231, 273, 101, 1131],
    ),
    (
        Format::F2026,
        &[1325, 926, 1399, 45, 1470, 1233, 1448, 1445, 1134, 1062, 1133, 1460, 231, 273, 104, 1231, 269],
    ),
];

/// The codes of the events of a format.
fn codes(format: Format) -> Vec<&'static str> {
    let mut codes = vec![
        "SSTA", "SEND", "FTLP", "RTMT", "DRSE", "DRSD", "TMPT", "CHQF", "RCWN", "PENA", "SPTP", "STLG",
        "LGOT", "DTSV", "SGSV", "FLBK", "BUTN",
    ];
    if format >= Format::F2023 {
        codes.extend(["RDFL", "OVTK"]);
    }
    if format >= Format::F2024 {
        codes.extend(["SCAR", "COLL"]);
    }
    codes
}

/// A packet of `kind` in which all is 0 but what tells its kind.
fn blank(kind: &MessageKind) -> Vec<u8> {
    let FrameSize::Fixed(size) = kind.size else { panic!("{} varies in length", kind.name) };
    let mut packet = vec![0; size as usize];
    for condition in &kind.when {
        let value = condition.values[0].to_le_bytes();
        let at = condition.offset as usize;
        packet[at..at + condition.kind.size() as usize]
            .copy_from_slice(&value[..condition.kind.size() as usize]);
    }
    packet
}

#[test]
fn every_packet_of_every_year_has_the_published_size() {
    let schema = f1::schema();
    schema.check().unwrap();
    for (format, sizes) in SIZES {
        let year = format.year();
        for (id, (name, &size)) in NAMES.iter().zip(sizes).enumerate() {
            let kind = schema.kind(&format!("{year}.{name}")).unwrap_or_else(|| panic!("{year}.{name}"));
            assert_eq!(kind.size, FrameSize::Fixed(size), "{}", kind.name);
            assert_eq!(kind.when[1].values, [id as i64], "{}", kind.name);
        }
        for code in codes(format) {
            let kind =
                schema.kind(&format!("{year}.event.{code}")).unwrap_or_else(|| panic!("{year} {code}"));
            assert_eq!(kind.size, FrameSize::Fixed(sizes[3]));
        }
        let kinds = schema.kinds.iter().filter(|kind| kind.name.starts_with(&year.to_string()));
        assert_eq!(kinds.count(), sizes.len() + codes(format).len(), "{year} has kinds that nobody counted");
    }
}

#[test]
fn every_kind_recognizes_its_packet_and_no_other() {
    for kind in &f1::schema().kinds {
        let packet = blank(kind);
        assert_eq!(name_of(&packet), kind.name);
        assert_eq!(name_of(&packet[..packet.len() - 1]), format!("wrong size of {}", kind.name));
        let longer: Vec<u8> = packet.iter().copied().chain([0]).collect();
        assert_eq!(name_of(&longer), format!("wrong size of {}", kind.name));
    }
}

#[test]
fn what_is_no_packet_of_a_known_format_is_unknown() {
    for packet in [&[][..], &[0xe9], &[0; 40], b"no packet at all", &2021_u16.to_le_bytes()] {
        assert_eq!(f1::schema().recognize(packet), Recognized::Unknown);
    }
    let mut packet = blank(f1::schema().kind("2025.motion").unwrap());
    packet[6] = 99;
    assert_eq!(name_of(&packet), "unknown", "an id that does not exist");
    assert_eq!(number(&f1::schema().view(&packet), "packet_format"), 2025.0);
    packet[6] = 16;
    assert_eq!(name_of(&packet), "unknown", "2025 has no second telemetry packet");
}

#[test]
fn an_event_of_an_unknown_code_is_an_event() {
    let mut packet = blank(f1::schema().kind("2025.event").unwrap());
    packet[29..33].copy_from_slice(b"NEWS");
    packet[33] = 7;
    assert_eq!(name_of(&packet), "2025.event");
    let view = f1::schema().view(&packet);
    assert_eq!(view.get("event_code").to_string(), "NEWS");
    assert_eq!(view.get("details").to_string(), "070000000000000000000000");
}

#[test]
fn every_field_lies_behind_the_one_before_and_leaves_no_gap() {
    for kind in &f1::schema().kinds {
        let mut covered = vec![0_u8; kind.size.max() as usize];
        for field in kind.fields.iter().filter(|field| field.bits.is_none()) {
            cover(field, 0, field.offset as usize, &mut covered);
        }
        let details = if kind.name.contains(".event.") { covered.len() - 12 } else { covered.len() };
        assert!(covered[..details].iter().all(|&times| times == 1), "{}", kind.name);
        assert!(covered[details..].iter().all(|&times| times <= 1), "{}", kind.name);
    }
}

/// Counts each byte of `field`, from dimension `dimension` on.
fn cover(field: &Field, dimension: usize, start: usize, covered: &mut [u8]) {
    let size = field.kind.size() as usize;
    if field.strides.is_empty() {
        covered[start..start + size * field.count as usize].iter_mut().for_each(|times| *times += 1);
        return;
    }
    let Some(&length) = field.shape.get(dimension) else {
        covered[start..start + size].iter_mut().for_each(|times| *times += 1);
        return;
    };
    for place in 0..length as usize {
        cover(field, dimension + 1, start + place * field.strides[dimension] as usize, covered);
    }
}

#[test]
fn each_year_names_its_own_structs() {
    let sizes = [
        (size_of::<f22::Motion>(), 1464),
        (size_of::<f22::LapData>(), 972),
        (size_of::<f25::LapData>(), 1285),
        (size_of::<f25::Participants>(), 1284),
        (size_of::<f26::LapData>(), 1399),
        (size_of::<f26::CarTelemetry2>(), 269),
        (size_of::<f26::Session>(), 926),
    ];
    for (actual, expected) in sizes {
        assert_eq!(actual, expected);
    }
}

#[test]
fn a_packet_is_viewed_as_its_struct() {
    let mut packet = blank(f1::schema().kind("2025.lap_data").unwrap());
    packet[27] = 3;
    // The fourth car's lap number.
    let at = 29 + 3 * 57 + 33;
    packet[at] = 17;
    let lap_data = f25::LapData::view(&packet).unwrap();
    let player = usize::from(lap_data.header().player_car_index());
    assert_eq!(lap_data.cars()[player].current_lap_num(), 17);
    assert_eq!(channel(&f1::schema().view(&packet), "lap_number"), Some(17.0));
    let error = f26::LapData::view(&packet).unwrap_err();
    assert_eq!((error.expected, error.got), (1399, 1285));
}

#[test]
fn details_of_an_event_are_read_by_its_struct_and_by_its_kind() {
    let mut packet = blank(f1::schema().kind("2025.event.SPTP").unwrap());
    packet[33] = 5;
    packet[34..38].copy_from_slice(&331.5_f32.to_le_bytes());
    packet[38] = 1;
    let view = f1::schema().view(&packet);
    assert_eq!(number(&view, "details.vehicle_index"), 5.0);
    assert_eq!(number(&view, "details.speed_kmh"), 331.5);
    let trap: event::SpeedTrap = event::details(&f25::Event::view(&packet).unwrap().details()).unwrap();
    assert_eq!((trap.vehicle_index(), trap.speed_kmh()), (5, 331.5));
    assert!(trap.is_overall_fastest_in_session());
    assert!(event::details::<f25::Header>(&[0; 12]).is_err(), "longer than any details");
}

#[test]
fn details_that_a_later_year_added_are_in_none_before() {
    let added = [
        ("RTMT", "details.reason", Format::F2025),
        ("DRSD", "details.reason", Format::F2025),
        ("SGSV", "details.stop_time_s", Format::F2025),
        ("COLL", "details.severity", Format::F2026),
        ("OVTK", "details.overtaking_vehicle_index", Format::F2023),
        ("SCAR", "details.safety_car_type", Format::F2024),
    ];
    for (code, field, first) in added {
        for format in Format::ALL {
            let kind = f1::schema().kind(&format!("{}.event.{code}", format.year()));
            let is_there = kind.is_some_and(|kind| kind.field(field).is_some());
            assert_eq!(is_there, format >= first, "{code} {field} in {format:?}");
        }
    }
}

#[test]
fn a_number_is_named_as_in_its_year() {
    let label = |kind: &str, field: &str, value: i64| {
        let labels = &f1::schema().kind(kind).unwrap().field(field).unwrap().labels;
        labels.iter().find(|label| label.0 == value).map(|label| label.1.as_str())
    };
    assert_eq!(label("2023.session", "session.session_type", 10), Some("Race"));
    assert_eq!(label("2025.session", "session.session_type", 15), Some("Race"));
    assert_eq!(label("2025.session", "session.track_id", 31), Some("Las Vegas"));
    assert_eq!(label("2022.participants", "participants.team_id", 9), Some("Alfa Romeo"));
    assert_eq!(label("2026.participants", "participants.team_id", 485), Some("Audi '26"));
    assert_eq!(label("2026.car_status", "cars.actual_tyre_compound", 22), Some("C6"));
    assert_eq!(label("2025.event.PENA", "details.infringement_type", 54), Some("attribute assigned"));
    assert_eq!(label("2025.lap_data", "cars.result_status", 7), Some("retired"));
}

#[test]
fn a_button_is_a_bit() {
    let mut packet = blank(f1::schema().kind("2023.event.BUTN").unwrap());
    packet[33..37].copy_from_slice(&0x8010_0001_u32.to_le_bytes());
    let view = f1::schema().view(&packet);
    let held: Vec<&str> = event::BUTTONS
        .into_iter()
        .filter(|button| number(&view, &format!("details.{button}")) == 1.0)
        .collect();
    assert_eq!(held, ["cross_or_a", "udp_action_1", "udp_action_12"]);
}

#[test]
fn without_a_player_there_are_no_channels_of_one() {
    let mut packet = blank(f1::schema().kind("2025.car_telemetry").unwrap());
    packet[27] = 255;
    let view = f1::schema().view(&packet);
    assert_eq!(channel(&view, "speed"), None);
    assert_eq!(channel(&view, "session_time"), Some(0.0));
}

#[test]
fn wheels_are_taken_in_the_order_of_the_game() {
    let mut packet = blank(f1::schema().kind("2025.car_telemetry").unwrap());
    packet[27] = 2;
    // Brake temperatures of the third car: RL, RR, FL, FR.
    let at = 29 + 2 * 60 + 22;
    for (place, value) in [100_u16, 200, 300, 400].into_iter().enumerate() {
        packet[at + 2 * place..at + 2 * place + 2].copy_from_slice(&value.to_le_bytes());
    }
    let view = f1::schema().view(&packet);
    let read = ["fl", "fr", "rl", "rr"].map(|wheel| channel(&view, &format!("brake_temperature_{wheel}")));
    assert_eq!(read, [Some(300.0), Some(400.0), Some(100.0), Some(200.0)]);
}

#[test]
fn every_channel_of_the_table_is_given_or_explained() {
    let mapped: HashSet<&str> = f1::CHANNELS.iter().map(|mapping| mapping.channel.as_ref()).collect();
    let missing: HashSet<&str> = f1::NOT_AVAILABLE.iter().map(|(name, _)| *name).collect();
    assert_eq!(mapped.intersection(&missing).count(), 0);
    for known in KNOWN {
        assert!(mapped.contains(known.name) || missing.contains(known.name), "{}", known.name);
    }
}

#[test]
fn a_mapped_field_is_in_no_two_kinds_of_packets() {
    for mapping in f1::CHANNELS.iter().filter(|mapping| !mapping.field.starts_with("header.")) {
        for format in Format::ALL {
            let kinds =
                f1::schema().kinds.iter().filter(|kind| kind.name.starts_with(&format.year().to_string()));
            let with: Vec<&str> = kinds
                .filter(|kind| kind.field(&mapping.field).is_some())
                .map(|kind| kind.name.as_str())
                .collect();
            assert!(with.len() <= 1, "{} is in {with:?}", mapping.field);
        }
    }
}

#[test]
fn random_bytes_are_read_without_a_panic() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    for kind in &f1::schema().kinds {
        for round in 0..4 {
            let mut packet = blank(kind);
            let told: HashSet<usize> = kind
                .when
                .iter()
                .flat_map(|it| it.offset as usize..(it.offset + it.kind.size()) as usize)
                .collect();
            for (_, byte) in packet.iter_mut().enumerate().filter(|(place, _)| !told.contains(place)) {
                *byte = if round == 0 { 255 } else { random() };
            }
            let view = f1::schema().view(&packet);
            // A random code may make another event of an unknown one.
            assert!(view.kind().is_some_and(|it| it.name.starts_with(&kind.name)), "{}", kind.name);
            assert_eq!(view.values().count(), kind.fields.len());
            for mapping in f1::CHANNELS {
                let _ = mapping.read(&view);
            }
            let cut = usize::from(random()) % packet.len();
            assert_eq!(f1::schema().view(&packet[..cut]).kind(), None, "{}", kind.name);
        }
    }
}
