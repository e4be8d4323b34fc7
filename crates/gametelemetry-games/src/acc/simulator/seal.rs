//! A checksum inside each simulated page, so that a torn read can be proven.
//!
//! ACC has neither lock nor checksum: a reader can copy a page while the game writes it. The simulator therefore
//! puts a hash of all other bytes into a field that ACC never fills; a copy whose hash does not fit is torn. Real
//! pages carry 0 there and are never whole in this sense.

use gametelemetry::{PackedFrame, Telemetry};

use crate::acc::{Graphics, Physics, Static};

/// 32-bit FNV-1a hash of `bytes`. Any change of a single byte changes it.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A page with a field that the game leaves alone and the simulator uses for the checksum.
pub trait SealedPage: PackedFrame {
    /// The bits of the spare field.
    fn spare(&self) -> u32;
    /// Puts a checksum into the spare field, as far as it has room.
    fn set_spare(&mut self, checksum: u32);
}

/// The spare field is `p2p_status`.
impl SealedPage for Physics {
    fn spare(&self) -> u32 {
        self.p2p_status().cast_unsigned()
    }

    fn set_spare(&mut self, checksum: u32) {
        self.set_p2p_status(checksum.cast_signed());
    }
}

/// The spare field is `replay_time_multiplier`.
///
/// A float, so that only 24 bits are kept: they are a whole number that it holds exactly, never a NaN. The lower
/// bits of FNV-1a depend on all bytes, so a change of a single byte still shows.
impl SealedPage for Graphics {
    fn spare(&self) -> u32 {
        self.replay_time_multiplier().to_bits()
    }

    fn set_spare(&mut self, checksum: u32) {
        self.set_replay_time_multiplier((checksum & 0x00FF_FFFF) as f32);
    }
}

/// The spare field is `reversed_grid_positions`.
impl SealedPage for Static {
    fn spare(&self) -> u32 {
        self.reversed_grid_positions().cast_unsigned()
    }

    fn set_spare(&mut self, checksum: u32) {
        self.set_reversed_grid_positions(checksum.cast_signed());
    }
}

/// Puts the checksum of all other bytes into the spare field of `page`.
pub fn seal<P: SealedPage>(page: &mut P) {
    page.set_spare(0);
    let checksum = checksum(Telemetry::as_bytes(page));
    page.set_spare(checksum);
}

/// Whether the spare field of `page` has the checksum of all other bytes: no byte is of another moment.
#[must_use]
pub fn is_whole<P: SealedPage>(page: &P) -> bool {
    let mut sealed = *page;
    seal(&mut sealed);
    sealed.spare() == page.spare()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Flips each bit of a sealed page in turn.
    fn check_flips<P: SealedPage>() {
        let mut page = P::zeroed();
        assert!(!is_whole(&page), "an empty page has no seal");
        seal(&mut page);
        assert!(is_whole(&page));
        for byte in 0..size_of::<P>() {
            for bit in 0..8 {
                let mut bytes = Telemetry::as_bytes(&page).to_vec();
                bytes[byte] ^= 1 << bit;
                assert!(!is_whole(P::view(&bytes).unwrap()), "bit {bit} of byte {byte}");
            }
        }
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        check_flips::<Physics>();
        check_flips::<Graphics>();
        check_flips::<Static>();
    }
}
