//! The encryption that packets travel in, both ways.
//!
//! Salsa20 with a key that all consoles share. The nonce comes from a seed that travels open at byte 0x40, over four
//! bytes of the packet that mean nothing. They keep the seed in a decrypted packet too, and so it can be encrypted
//! again to exactly the datagram that came.

use salsa20::Salsa20;
use salsa20::cipher::{KeyIvInit as _, StreamCipher as _};

/// The first four bytes of a decrypted packet, `0S7G`, as a number.
pub const MAGIC: u32 = u32::from_le_bytes(*b"0S7G");

/// The first 32 bytes of "Simulator Interface Packet GT7 ver 0.0".
const KEY: [u8; 32] = *b"Simulator Interface Packet GT7 v";
/// Where the seed is.
const SEED_AT: usize = 0x40;

/// Decrypts a datagram of the console in place. Leaves it as it is and gives `false` when it is none.
pub fn decrypt(datagram: &mut [u8]) -> bool {
    let Some(seed) = apply(datagram) else { return false };
    if magic(datagram) == Some(MAGIC) {
        return true;
    }
    // The seed is still in its place: the same again gives back what came.
    debug_assert_eq!(seed_of(datagram), Some(seed), "the seed does not change");
    apply(datagram);
    false
}

/// Encrypts a decrypted packet in place, with the seed that is in it: the reverse of [`decrypt`]. Leaves it as it is
/// and gives `false` when it is none.
pub fn encrypt(packet: &mut [u8]) -> bool {
    magic(packet) == Some(MAGIC) && apply(packet).is_some()
}

/// Adds the key stream to every byte but the seed, and gives the seed; `None` when no packet has this length.
fn apply(bytes: &mut [u8]) -> Option<[u8; 4]> {
    let mask = mask(bytes.len())?;
    let seed = seed_of(bytes)?;
    let number = u32::from_le_bytes(seed);
    let mut nonce = [0; 8];
    let halves = (number ^ mask).to_le_bytes().into_iter().chain(seed);
    for (to, from) in nonce.iter_mut().zip(halves) {
        *to = from;
    }
    Salsa20::new(&KEY.into(), &nonce.into()).apply_keystream(bytes);
    bytes.get_mut(SEED_AT..)?.first_chunk_mut().map(|place| *place = seed)?;
    Some(seed)
}

/// What the seed is mixed with, by the packet's length.
fn mask(length: usize) -> Option<u32> {
    match length {
        296 => Some(0xDEAD_BEAF),
        316 | 368 => Some(0xDEAD_BEEF),
        344 => Some(0x55FA_BB4F),
        _ => None,
    }
}

fn seed_of(bytes: &[u8]) -> Option<[u8; 4]> {
    bytes.get(SEED_AT..)?.first_chunk().copied()
}

fn magic(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|magic| u32::from_le_bytes(*magic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_packet_comes_back_as_it_was_sent() {
        for (length, seed) in [(296, 1_u32), (316, 0xFFFF_FFFF), (344, 0x1234_5678), (368, 0)] {
            let mut packet: Vec<u8> = (0..length).map(|place: u32| place.to_le_bytes()[0]).collect();
            packet[..4].copy_from_slice(b"0S7G");
            packet[SEED_AT..SEED_AT + 4].copy_from_slice(&seed.to_le_bytes());
            let mut datagram = packet.clone();
            assert!(encrypt(&mut datagram));
            assert_ne!(datagram[..SEED_AT], packet[..SEED_AT]);
            assert_eq!(seed_of(&datagram), Some(seed.to_le_bytes()));
            let travelled = datagram.clone();
            assert!(decrypt(&mut datagram), "{length}");
            assert_eq!(datagram, packet);
            assert!(encrypt(&mut datagram));
            assert_eq!(datagram, travelled);
        }
    }

    #[test]
    fn what_is_no_packet_stays_as_it_came() {
        for length in [0, 4, 64, 68, 295, 296, 316, 344, 368, 1500] {
            let bytes: Vec<u8> = (0..length).map(|place: u32| place.to_le_bytes()[0]).collect();
            let mut datagram = bytes.clone();
            assert!(!decrypt(&mut datagram) && !encrypt(&mut datagram));
            assert_eq!(datagram, bytes);
        }
    }
}
