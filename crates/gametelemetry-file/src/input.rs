//! The bytes of a file that were read and are not used up yet.
//!
//! Stands between the file and the decoder. Moves bytes only when there is no room behind them, so that reading a
//! file moves hardly any.

/// A run of a file's bytes that grows at its end and is used up from its start.
pub(crate) struct Input {
    /// Used up, then pending, then room.
    bytes: Vec<u8>,
    used: usize,
    end: usize,
    /// Place in the file of the first byte of `bytes`.
    base: u64,
}

impl Input {
    /// An empty run that starts at `base` of the file.
    pub(crate) fn new(base: u64) -> Self {
        Self { bytes: Vec::new(), used: 0, end: 0, base }
    }

    /// Room for `length` more bytes of the file; [`Input::pushed`] says how many came.
    pub(crate) fn room(&mut self, length: usize) -> &mut [u8] {
        if self.bytes.len() - self.end < length {
            self.make_room(length);
        }
        self.bytes.get_mut(self.end..self.end + length).unwrap_or_default()
    }

    /// The first `length` bytes of the room are from the file now.
    pub(crate) fn pushed(&mut self, length: usize) {
        self.end = (self.end + length).min(self.bytes.len());
    }

    /// The bytes that are not used up.
    pub(crate) fn pending(&self) -> &[u8] {
        self.bytes.get(self.used..self.end).unwrap_or_default()
    }

    /// Uses up `length` bytes.
    pub(crate) fn advance(&mut self, length: usize) {
        self.used = self.used.saturating_add(length).min(self.end);
    }

    /// Place in the file of the next byte that is not used up.
    pub(crate) fn position(&self) -> u64 {
        self.base + self.used as u64
    }

    /// Place in the file behind the last byte pushed.
    pub(crate) fn end(&self) -> u64 {
        self.base + self.end as u64
    }

    /// Moves what is pending to the front, of a larger piece of memory when need be.
    fn make_room(&mut self, length: usize) {
        let pending = self.used..self.end;
        let wanted = pending.len() + length;
        if wanted > self.bytes.len() {
            // Twice what is needed: the next read finds room, and a long wait for a block costs linear time.
            let mut larger = vec![0; wanted * 2];
            if let (Some(to), Some(from)) = (larger.get_mut(..pending.len()), self.bytes.get(pending.clone()))
            {
                to.copy_from_slice(from);
            }
            self.bytes = larger;
        } else {
            self.bytes.copy_within(pending.clone(), 0);
        }
        self.base += pending.start as u64;
        (self.used, self.end) = (0, pending.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_as_they_went_in_and_places_stay_true() {
        let mut input = Input::new(1000);
        let file: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let (mut read, mut seen) = (0, Vec::new());
        for round in 1.. {
            let got = (round % 97).min(file.len() - read);
            input.room(100)[..got].copy_from_slice(&file[read..read + got]);
            input.pushed(got);
            read += got;
            assert_eq!(input.end(), 1000 + read as u64);
            let take = input.pending().len().min(round % 89);
            seen.extend_from_slice(&input.pending()[..take]);
            input.advance(take);
            assert_eq!(input.position(), 1000 + seen.len() as u64);
            if seen.len() == file.len() {
                break;
            }
        }
        assert_eq!(seen, file);
        assert!(input.bytes.len() < 2000, "{}", input.bytes.len());
    }
}
