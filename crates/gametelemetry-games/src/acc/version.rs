//! Which game wrote the static page, and whether its layout is the one that stands here.
//!
//! Assetto Corsa, ACC and Assetto Corsa Rally use the same map names. The two texts at the start of the static page
//! have been at the same place in all of them: Assetto Corsa 1.16.4 states shared memory 1.7, ACC states 1.9 (and,
//! whatever its release, game 1.7). Assetto Corsa Rally leaves the page at zero when a stage starts; with the page
//! alone it may look like ACC later, and only the name of its process is sure. Reads no map and no process list.

use gametelemetry::{PackedFrame, Utf16};

use super::Static;

/// Versions of the shared memory that [`Static`], [`super::Physics`] and [`super::Graphics`] were written for.
///
/// The documentation is numbered 1.8.12, after the game; the game of that layout states 1.9.
pub const VERSIONS: &[&str] = &["1.8", "1.9"];

/// What [`VersionMismatch::got`] says of a page that states nothing.
const NO_VERSION: &str = "none";

/// A game that states another version of its shared memory than a layout was written for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{game} states shared memory version {got}, its layout here was written for {}: frames are kept as they are, \
     but values may be wrong until this program is updated",
    expected.join(" and ")
)]
#[non_exhaustive]
pub struct VersionMismatch {
    /// The game whose layout was compared.
    pub game: &'static str,
    /// The version that the game states; `none` when the page is empty.
    pub got: String,
    /// The versions that the layout was written for.
    pub expected: &'static [&'static str],
}

impl VersionMismatch {
    /// Compares what a page states with what its layout was written for.
    pub(crate) fn compare(
        game: &'static str,
        stated: &str,
        expected: &'static [&'static str],
    ) -> Result<(), Self> {
        if expected.contains(&stated) {
            return Ok(());
        }
        let got = if stated.is_empty() { NO_VERSION } else { stated };
        Err(Self { game, got: got.to_owned(), expected })
    }
}

/// Whether the bytes of a static page are ACC's.
///
/// `false` also while the page is still empty: ask again later. Bytes behind the page do no harm; a map is often
/// larger than what the game writes.
#[must_use]
pub fn looks_like(static_bytes: &[u8]) -> bool {
    static_bytes.len() >= size_of::<Static>()
        && stated_version(static_bytes).is_some_and(|stated| stated >= (1, 8))
}

/// Whether the game states a version of its shared memory that this layout was written for.
///
/// # Errors
/// When it states another or none; the error says both, and is meant to be shown as a warning.
pub fn check_version(page: &Static) -> Result<(), VersionMismatch> {
    VersionMismatch::compare("acc", &page.sm_version().to_string(), VERSIONS)
}

/// Major and minor version of the shared memory that a static page states, of whichever game.
pub(crate) fn stated_version(static_bytes: &[u8]) -> Option<(u32, u32)> {
    /// The part of the static page that never moved.
    #[gametelemetry::telemetry(size = 30)]
    struct Start {
        /// Version of the shared memory.
        sm_version: Utf16<15>,
    }
    let start = Start::view(static_bytes.get(..size_of::<Start>())?).ok()?;
    let text = start.sm_version().to_string();
    let mut numbers = text.split('.').map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Some((major, minor)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use gametelemetry::Telemetry as _;

    use super::*;

    fn page(version: &str) -> Static {
        let mut page = Static::zeroed();
        page.set_sm_version(Utf16::new(version));
        page
    }

    #[test]
    fn the_stated_version_decides_whose_page_it_is() {
        assert!(looks_like(page("1.9").as_bytes()));
        assert!(looks_like(page("1.10.2").as_bytes()));
        assert!(!looks_like(page("1.7").as_bytes()), "Assetto Corsa");
        for strange in ["", "x", "1", "1.", ".9", "9999999999.9"] {
            assert!(!looks_like(page(strange).as_bytes()), "{strange:?}");
        }
    }

    #[test]
    fn a_longer_map_is_taken_and_a_shorter_one_not() {
        let mut bytes = page("1.9").as_bytes().to_vec();
        assert!(!looks_like(&bytes[..819]));
        assert!(!looks_like(&[]));
        bytes.resize(4096, 0xFF);
        assert!(looks_like(&bytes));
    }

    #[test]
    fn another_version_is_named_with_the_expected_ones() {
        assert_eq!(check_version(&page("1.9")), Ok(()));
        let text = check_version(&page("2.0")).unwrap_err().to_string();
        assert!(text.contains("version 2.0") && text.contains("1.8 and 1.9"), "{text}");
        assert_eq!(check_version(&page("")).unwrap_err().got, "none");
    }
}
