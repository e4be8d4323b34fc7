//! Any text as a user's formula: refused with a place inside it, or made into channels.
#![no_main]

use gametelemetry::analysis::{MathChannel, MathError};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let end = text.chars().count() + 1;
    match MathChannel::parse(&text) {
        Ok(channel) => {
            assert!(channel.channels().next().is_some(), "one without a channel never has a value");
            let name = channel.name().to_owned();
            let _ = channel.check(&["speed".to_owned()]).map_err(|error| error.to_string());
            let channels = channel.into_channels();
            assert_eq!(channels.last().map(|channel| channel.name()), Some(name.as_str()));
        }
        Err(MathError::Syntax { column, .. } | MathError::UnknownFunction { column, .. }) => {
            assert!((1..=end).contains(&column), "column {column} of {end}");
        }
        Err(error) => drop(error.to_string()),
    }
});
