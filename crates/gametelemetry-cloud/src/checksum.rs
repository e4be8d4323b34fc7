//! SHA-256 as a manifest writes it: in hexadecimal.

use std::fmt::Write as _;
use std::io::{self, Read};

use gametelemetry::StopToken;
use ring::digest;

/// Bytes that are hashed at once.
const PIECE: usize = 256 << 10;

/// A hash that is worked out piece by piece.
#[derive(Clone)]
pub(crate) struct Sha256(digest::Context);

impl Sha256 {
    pub(crate) fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of what was added, in lower-case hexadecimal.
    pub(crate) fn finish(self) -> String {
        hexadecimal(self.0.finish().as_ref())
    }
}

/// The hash of `bytes`, in lower-case hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// The hash of everything in `input`; an interruption when `stop` is stopped before.
pub(crate) fn sha256_of(mut input: impl Read, stop: &StopToken) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        if stop.is_stopped() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match input.read(&mut piece)? {
            0 => return Ok(hash.finish()),
            got => hash.update(piece.get(..got).unwrap_or_default()),
        }
    }
}

/// `bytes` in lower-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether `text` is a SHA-256 in lower-case hexadecimal.
pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_that_of_the_standard() {
        let mut hash = Sha256::new();
        hash.update(b"a");
        hash.update(b"bc");
        let hash = hash.finish();
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(is_sha256(&hash) && !is_sha256("") && !is_sha256(&hash.to_uppercase()));
    }
}
