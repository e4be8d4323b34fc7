//! The blocks of a session's files that were read lately, so that a second way through a session asks for less.
//!
//! Bounded: the block that was not used for longest goes first. Reads nothing itself.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;

/// Bytes of a block; the last one of a file is shorter.
pub(crate) const BLOCK: u64 = 32 << 10;
/// The most blocks that are kept: 64 MiB.
pub(crate) const ROOM: usize = 2048;

/// The number of a file and that of a block in it.
type Key = (usize, u64);

/// Blocks of all files of a session.
#[derive(Default)]
pub(crate) struct BlockCache {
    blocks: HashMap<Key, (Bytes, u64)>,
    /// When each block was used last, the longest ago first.
    uses: BTreeMap<u64, Key>,
    now: u64,
}

impl BlockCache {
    /// Whether a block is there; it does not count as used.
    pub(crate) fn has(&self, key: Key) -> bool {
        self.blocks.contains_key(&key)
    }

    /// A block, if it is there.
    pub(crate) fn get(&mut self, key: Key) -> Option<Bytes> {
        let (bytes, used) = self.blocks.get_mut(&key)?;
        self.now += 1;
        self.uses.remove(used);
        self.uses.insert(self.now, key);
        *used = self.now;
        Some(bytes.clone())
    }

    /// Keeps a block.
    pub(crate) fn insert(&mut self, key: Key, bytes: Bytes) {
        self.now += 1;
        if let Some((_, used)) = self.blocks.insert(key, (bytes, self.now)) {
            self.uses.remove(&used);
        }
        self.uses.insert(self.now, key);
        while self.blocks.len() > ROOM
            && let Some((_, oldest)) = self.uses.pop_first()
        {
            self.blocks.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut cache = BlockCache::default();
        for block in 0..ROOM as u64 {
            cache.insert((0, block), Bytes::new());
        }
        assert!(cache.get((0, 0)).is_some());
        cache.insert((1, 0), Bytes::new());
        assert!(cache.has((0, 0)) && !cache.has((0, 1)) && cache.has((0, 2)) && cache.has((1, 0)));
        cache.insert((1, 0), Bytes::new());
        assert_eq!((cache.blocks.len(), cache.uses.len()), (ROOM, ROOM));
    }
}
