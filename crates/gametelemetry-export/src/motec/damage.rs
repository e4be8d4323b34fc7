//! What can be wrong with a `.ld` file: what makes it none, and what is only said.
//!
//! Given by the reader to whoever imports a file. Decides nothing.

/// Why bytes are not a `.ld` file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LdReadError {
    /// Something else altogether.
    #[error(
        "this is not a .ld file: it begins with \"{begins_with}\", not with \"@\\0\\0\\0\"; choose a log of MoTeC, or \
         of a game that writes them"
    )]
    NotLd {
        /// The first bytes, escaped as in a Rust byte string.
        begins_with: String,
    },
    /// The file ends before its channels.
    #[error(
        "the .ld file ends inside its header: {needed} bytes are needed, {got} are there; copy it once more"
    )]
    Truncated {
        /// The bytes of a header.
        needed: usize,
        /// The bytes that are there.
        got: usize,
    },
}

/// What was found wrong while reading; everything else was read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LdDamage {
    /// The list of channels goes on at a place that is not in the file.
    #[error(
        "the list of channels goes on at byte {place}, which is not in the file; the channels before are read"
    )]
    ListLeavesFile {
        /// That place.
        place: u32,
    },
    /// The list of channels comes back to where it was.
    #[error("the list of channels comes back to byte {place}; each channel is read once")]
    ListLoops {
        /// The place that came twice.
        place: u32,
    },
    /// There are more channels than are read.
    #[error("there are more than {most} channels; the rest is left out")]
    TooManyChannels {
        /// The channels that were read.
        most: usize,
    },
    /// A channel has fewer samples in the file than it says.
    #[error("of the {expected} samples of {channel} {got} are in the file")]
    SamplesMissing {
        /// The channel.
        channel: String,
        /// The number that it says.
        expected: u32,
        /// The number that is there.
        got: u32,
    },
    /// The type of a channel's samples is not known; none was read.
    #[error(
        "the samples of {channel} are of a type that is not known (class {class}, {width} bytes) and are left out"
    )]
    UnknownType {
        /// The channel.
        channel: String,
        /// The number of the class.
        class: u16,
        /// The width that it states, bytes.
        width: u16,
    },
}
