//! Which channels name somebody, whatever the game calls the field.

/// The channels of the table that are names of persons.
const PERSONAL: &[&str] = &["driver"];

/// Whether the channel called `name` is the name of somebody, so that it is left out of what is given away.
#[must_use]
pub fn is_personal_channel(name: &str) -> bool {
    PERSONAL.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CHANNELS, ChannelKind};

    #[test]
    fn every_text_channel_is_decided() {
        let harmless = ["track", "track_layout", "car", "session_type", "tyre_compound"];
        for channel in CHANNELS.iter().filter(|channel| channel.kind == ChannelKind::Text) {
            let is_known = is_personal_channel(channel.name) != harmless.contains(&channel.name);
            assert!(is_known, "decide whether {} names somebody", channel.name);
        }
        assert!(PERSONAL.iter().all(|name| crate::channel(name).is_some()));
    }
}
