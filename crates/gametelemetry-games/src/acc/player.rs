//! Where the player's car is: a look-up over two arrays of the graphics page.
//!
//! The simple mapping of `channels` cannot express it, and element 0 would be another car whenever the player is
//! not the first on the list. Used by whoever computes the position channels.

use super::Graphics;

/// The place of the player's car in `car_id` and `car_coordinates_m`.
///
/// `None` while the game lists no cars, or not the player's.
#[must_use]
pub fn player_slot(graphics: &Graphics) -> Option<usize> {
    let active = usize::try_from(graphics.active_cars()).unwrap_or(0);
    let player = graphics.player_car_id();
    // Only the active entries count: the rest are 0, which is also the id of a car.
    graphics.car_id().iter().take(active).position(|&id| id == player)
}

/// Position of the player's car in the game's world axes x, y, z, in metres; y is up.
///
/// `None` while the game lists no cars, or not the player's.
#[must_use]
pub fn player_position_m(graphics: &Graphics) -> Option<[f32; 3]> {
    graphics.car_coordinates_m().get(player_slot(graphics)?).copied()
}

#[cfg(test)]
mod tests {
    use gametelemetry::PackedFrame as _;

    use super::*;

    #[test]
    fn the_player_is_found_by_id_among_active_cars_only() {
        let mut graphics = Graphics::zeroed();
        assert_eq!(player_slot(&graphics), None, "an empty page has no player, although all ids are 0");

        let mut ids = [0; 60];
        ids[..3].copy_from_slice(&[12, 7, 0]);
        let mut places = [[0.0; 3]; 60];
        places[2] = [1.0, 2.0, 3.0];
        graphics.set_car_id(ids);
        graphics.set_car_coordinates_m(places);
        graphics.set_active_cars(3);
        assert_eq!(player_position_m(&graphics), Some([1.0, 2.0, 3.0]));

        graphics.set_player_car_id(99);
        assert_eq!(player_position_m(&graphics), None);
        graphics.set_active_cars(-1);
        assert_eq!(player_slot(&graphics), None);
    }
}
