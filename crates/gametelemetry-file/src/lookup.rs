//! The other fields that a channel mapping reads beside its own: who the player is, and what is added.
//!
//! Parts of a [`ChannelMapping`], stored with it. Reads values by the schema, converts nothing.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

#[cfg(doc)]
use crate::ChannelMapping;
use crate::FrameView;

/// Finds the player's part of an array that has all cars: the place of `key` in `list`, times `stride`.
///
/// ACC lists coordinates of 60 cars in one array, their ids in another, and the player's id in a third field. Where
/// `list` is empty, `key` is the place itself, as in F1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lookup {
    /// The array field with the cars' ids; empty when `key` is the place.
    pub list: Cow<'static, str>,
    /// The field with the player's id.
    pub key: Cow<'static, str>,
    /// The field with the number of cars in `list`; what stands behind them is left over, and often a valid id. Empty
    /// when nothing says it.
    pub cars: Cow<'static, str>,
    /// Elements of one car; [`ChannelMapping::element`] counts within them.
    pub stride: u32,
}

impl Lookup {
    /// The player's part is where `key` stands among the first `cars` of `list`, `stride` elements a car.
    #[must_use]
    pub const fn new(list: &'static str, key: &'static str, cars: &'static str, stride: u32) -> Self {
        Self { list: Cow::Borrowed(list), key: Cow::Borrowed(key), cars: Cow::Borrowed(cars), stride }
    }

    /// The player's part is at place `key`, `stride` elements a car.
    #[must_use]
    pub const fn at(key: &'static str, stride: u32) -> Self {
        Self::new("", key, "", stride)
    }

    /// The first element of the player's part; `None` when the player is not in the list.
    pub(crate) fn first_element(&self, frame: &FrameView<'_>) -> Option<u32> {
        let key = frame.get(&self.key).as_f64()?;
        let cars = if self.cars.is_empty() { f64::INFINITY } else { frame.get(&self.cars).as_f64()? };
        if self.list.is_empty() {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be in the range"
            )]
            let place = (key >= 0.0 && key < cars.min(f64::from(u32::MAX))).then_some(key as u32)?;
            return place.checked_mul(self.stride);
        }
        let list = frame.field(&self.list)?;
        let mut listed = (0..list.count).take_while(|&place| f64::from(place) < cars);
        let place = listed.find(|&place| frame.read_element(list, place).as_f64() == Some(key))?;
        place.checked_mul(self.stride)
    }
}

/// A second field of a channel, and what it is multiplied by before it is added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plus {
    /// The field's name in the schema of the same source, as in [`ChannelMapping::field`].
    pub field: Cow<'static, str>,
    /// What its stored value is multiplied by; of no meaning where it is a text.
    #[serde(default = "unit_scale", skip_serializing_if = "is_unit_scale")]
    pub scale: f64,
}

impl Plus {
    /// Adds `field` times `scale`.
    #[must_use]
    pub const fn new(field: &'static str, scale: f64) -> Self {
        Self { field: Cow::Borrowed(field), scale }
    }
}

/// The scale that is left out.
pub(crate) fn unit_scale() -> f64 {
    1.0
}

/// Whether `scale` is left out.
pub(crate) fn is_unit_scale(scale: &f64) -> bool {
    *scale == 1.0
}
