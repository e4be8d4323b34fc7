//! Whether a static page is Assetto Corsa's, and whether its layout is the one that stands here.
//!
//! See `acc::version` for what the games that share the map names state. Reads no map and no process list.

use super::Static;
use crate::acc::{VersionMismatch, stated_version};

/// Versions of the shared memory that the pages here were written for: what Assetto Corsa 1.16.4 states.
pub const VERSIONS: &[&str] = &["1.7"];

/// Whether the bytes of a static page are Assetto Corsa's.
///
/// `false` also while the page is still empty: ask again later. Bytes behind the page do no harm; a map is often
/// larger than what the game writes.
#[must_use]
pub fn looks_like(static_bytes: &[u8]) -> bool {
    static_bytes.len() >= size_of::<Static>()
        && stated_version(static_bytes).is_some_and(|stated| stated < (1, 8))
}

/// Whether the game states a version of its shared memory that this layout was written for.
///
/// # Errors
/// When it states another or none; the error says both, and is meant to be shown as a warning.
pub fn check_version(page: &Static) -> Result<(), VersionMismatch> {
    VersionMismatch::compare("ac", &page.sm_version().to_string(), VERSIONS)
}

#[cfg(test)]
mod tests {
    use gametelemetry::{PackedFrame as _, Telemetry as _, Utf16};

    use super::*;

    #[test]
    fn a_page_belongs_to_one_game_only() {
        let mut page = Static::zeroed();
        for (version, ours) in [("1.7", true), ("1.4", true), ("1.9", false), ("", false)] {
            page.set_sm_version(Utf16::new(version));
            let mut map = page.as_bytes().to_vec();
            map.resize(4096, 0);
            assert_eq!(looks_like(&map), ours, "{version:?}");
            assert!(!(looks_like(&map) && crate::acc::looks_like(&map)), "{version:?}");
            assert_eq!(check_version(&page).is_ok(), version == "1.7");
        }
    }
}
