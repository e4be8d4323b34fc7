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

    /// Salsa20/20 with a key of 32 bytes, written from its specification (<https://cr.yp.to/snuffle/spec.pdf>), so that
    /// the packet's key and nonce are checked by something that is not our own encryption.
    fn salsa20_stream(key: &[u8; 32], nonce: [u8; 8], length: usize) -> Vec<u8> {
        let word = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
        let mut state = [0_u32; 16];
        for (place, constant) in [(0, b"expa"), (5, b"nd 3"), (10, b"2-by"), (15, b"te k")] {
            state[place] = word(constant);
        }
        for part in 0..4 {
            state[1 + part] = word(&key[4 * part..4 * part + 4]);
            state[11 + part] = word(&key[16 + 4 * part..20 + 4 * part]);
        }
        (state[6], state[7]) = (word(&nonce[..4]), word(&nonce[4..]));
        let mut stream = Vec::new();
        while stream.len() < length {
            let mut mixed = state;
            for _ in 0..10 {
                for [a, b, c, d] in [[0, 4, 8, 12], [5, 9, 13, 1], [10, 14, 2, 6], [15, 3, 7, 11]] {
                    quarter_round(&mut mixed, [a, b, c, d]);
                }
                for [a, b, c, d] in [[0, 1, 2, 3], [5, 6, 7, 4], [10, 11, 8, 9], [15, 12, 13, 14]] {
                    quarter_round(&mut mixed, [a, b, c, d]);
                }
            }
            let words = mixed.iter().zip(state).map(|(mixed, before)| mixed.wrapping_add(before));
            stream.extend(words.flat_map(u32::to_le_bytes));
            state[8] += 1;
        }
        stream.truncate(length);
        stream
    }

    fn quarter_round(state: &mut [u32; 16], [a, b, c, d]: [usize; 4]) {
        state[b] ^= state[a].wrapping_add(state[d]).rotate_left(7);
        state[c] ^= state[b].wrapping_add(state[a]).rotate_left(9);
        state[d] ^= state[c].wrapping_add(state[b]).rotate_left(13);
        state[a] ^= state[d].wrapping_add(state[c]).rotate_left(18);
    }

    #[test]
    fn the_test_s_own_salsa20_gives_the_official_vector() {
        // ECRYPT's verified test vectors of Salsa20, 256-bit key, set 1, vector 0.
        let mut key = [0; 32];
        key[0] = 0x80;
        let stream = salsa20_stream(&key, [0; 8], 256);
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
        assert_eq!(
            hex(&stream[..64]),
            "E3BE8FDD8BECA2E3EA8EF9475B29A6E7003951E1097A5C38D23B7A5FAD9F6844\
             B22C97559E2723C7CBBD3FE4FC8D9A0744652A83E72A9C461876AF4D7EF1A117"
        );
        assert_eq!(
            hex(&stream[192..]),
            "57BE81F47B17D9AE7C4FF15429A73E10ACF250ED3A90A93C711308A74C6216A9\
             ED84CD126DA7F28E8ABF8BB63517E1CA98E712F4FB2E1A6AED9FDC73291FAA17"
        );
    }

    #[test]
    fn packets_travel_as_the_documents_say_and_not_only_as_we_read_them() {
        // The first 32 bytes of the text, and the nonce: the seed with the letter's number, then the seed itself.
        let key = b"Simulator Interface Packet GT7 ver 0.0".first_chunk().unwrap();
        let letters = [(296, 0xDEAD_BEAF_u32), (316, 0xDEAD_BEEF), (344, 0x55FA_BB4F), (368, 0xDEAD_BEEF)];
        for (length, number) in letters {
            let seed = 0x1357_9BDF_u32;
            let mut packet: Vec<u8> = (0..length).map(|place: u32| place.to_le_bytes()[0]).collect();
            packet[..4].copy_from_slice(b"0S7G");
            packet[0x40..0x44].copy_from_slice(&seed.to_le_bytes());
            let mut nonce = [0; 8];
            nonce[..4].copy_from_slice(&(seed ^ number).to_le_bytes());
            nonce[4..].copy_from_slice(&seed.to_le_bytes());
            let stream = salsa20_stream(key, nonce, packet.len());
            let mut travels: Vec<u8> = packet.iter().zip(stream).map(|(plain, key)| plain ^ key).collect();
            // The seed travels open.
            travels[0x40..0x44].copy_from_slice(&seed.to_le_bytes());
            let mut ours = packet.clone();
            assert!(encrypt(&mut ours) && ours == travels, "{length} bytes");
            assert!(decrypt(&mut travels) && travels == packet, "{length} bytes");
        }
    }

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
