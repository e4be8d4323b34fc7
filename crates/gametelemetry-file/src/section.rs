//! Everything of a session file that is not a record: LZ4 skippable frames with a tag and a checksum.
//!
//! Any LZ4 decoder passes over them, which is why `lz4 -dc` prints nothing but records. This module frames and
//! unframes; what stands inside belongs to [`crate::Header`], [`crate::Ledger`] and [`crate::Index`].

use twox_hash::XxHash32;

/// The skippable-frame number this format uses; a decoder accepts all sixteen.
pub(crate) const SKIPPABLE_MAGIC: u32 = 0x184D_2A50;
/// A skippable frame's magic number without its free lowest four bits.
pub(crate) const SKIPPABLE_MASK: u32 = 0xFFFF_FFF0;
/// Magic number and length, before the payload.
pub(crate) const SECTION_HEAD: usize = 8;
/// The largest payload of a skippable frame, ours or not; one that claims more is taken for damage, because it
/// would have to be kept in memory to tell.
pub(crate) const MAX_SECTION: u32 = 16 << 20;

/// What a section holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    /// Schema and circumstances, JSON; the first bytes of a file.
    Header,
    /// Counts of what was captured, JSON; the last one holds.
    Ledger,
    /// Where the segments are; the last bytes of a file.
    Index,
}

impl Tag {
    const ALL: [Self; 3] = [Self::Header, Self::Ledger, Self::Index];

    const fn bytes(self) -> [u8; 4] {
        match self {
            Self::Header => *b"GTHD",
            Self::Ledger => *b"GTLG",
            Self::Index => *b"GTIX",
        }
    }
}

/// Appends a section of `tag` with `body` to `out`.
pub(crate) fn write(out: &mut Vec<u8>, tag: Tag, body: &[u8]) {
    let length = u32::try_from(body.len() + 8).unwrap_or(u32::MAX);
    out.extend_from_slice(&SKIPPABLE_MAGIC.to_le_bytes());
    out.extend_from_slice(&length.to_le_bytes());
    let start = out.len();
    out.extend_from_slice(&tag.bytes());
    out.extend_from_slice(body);
    let checksum = XxHash32::oneshot(0, out.get(start..).unwrap_or_default());
    out.extend_from_slice(&checksum.to_le_bytes());
}

/// What the payload of a skippable frame is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Payload<'a> {
    /// A section of ours, whole.
    Section(Tag, &'a [u8]),
    /// A section of ours whose checksum is wrong.
    Corrupt(Tag),
    /// Somebody else's, which the LZ4 frame format allows.
    Foreign,
}

/// The tag at the start of a payload, if it is one of ours.
pub(crate) fn tag_of(payload: &[u8]) -> Option<Tag> {
    let tag = payload.first_chunk::<4>()?;
    Tag::ALL.into_iter().find(|known| known.bytes() == *tag)
}

/// Tells what stands in the payload of a skippable frame.
pub(crate) fn parse(payload: &[u8]) -> Payload<'_> {
    let Some(tag) = tag_of(payload) else { return Payload::Foreign };
    let rest = payload.get(4..).unwrap_or_default();
    let Some((body, checksum)) = rest.split_last_chunk::<4>() else { return Payload::Corrupt(tag) };
    let covered = payload.len().saturating_sub(4);
    let expected = XxHash32::oneshot(0, payload.get(..covered).unwrap_or_default());
    if expected == u32::from_le_bytes(*checksum) {
        Payload::Section(tag, body)
    } else {
        Payload::Corrupt(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_round_trips_and_a_flipped_bit_shows() {
        let mut bytes = Vec::new();
        write(&mut bytes, Tag::Ledger, b"{}");
        assert_eq!(parse(&bytes[SECTION_HEAD..]), Payload::Section(Tag::Ledger, b"{}"));
        bytes[SECTION_HEAD + 4] ^= 1;
        assert_eq!(parse(&bytes[SECTION_HEAD..]), Payload::Corrupt(Tag::Ledger));
        assert_eq!(parse(b"somebody else's"), Payload::Foreign);
        assert_eq!(parse(b"GTHD"), Payload::Corrupt(Tag::Header));
    }
}
