//! Anything that is sent to a game's port or server: unpacked, recognized, read field by field, made channels, sent
//! again.
//!
//! Every game's own schema takes the same bytes, as it would on a shared port.

#![no_main]

use gametelemetry_games::GAMES;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|packet: &[u8]| {
    for game in GAMES {
        let channels = game.info().channels;
        for (source, schema) in game.schemas() {
            let view = schema.view(packet);
            for (field, value) in view.values() {
                let _ = (value.to_string(), serde_json::to_vec(&value).expect("a value is JSON"));
                let _ = view.read_element(field, 3);
            }
            for channel in channels.iter().filter(|channel| channel.source == source) {
                let _ = channel.read(&view);
            }
            // What the game packs, or encrypts, is unpacked, and packed again as it came.
            let mut record = packet.to_vec();
            if game.unpack(source, &mut record) {
                assert_eq!(record.len(), packet.len());
                let _ = schema.view(&record).values().count();
                assert_eq!(game.packet(source, &record), packet);
            }
            // What is played back has the length of what was recorded.
            assert_eq!(game.packet(source, packet).len(), packet.len());
        }
    }
});
