//! Channels that are worked out from others while a session is read.

use gametelemetry_file::Timestamp;

use crate::channels::ChannelKind;

/// How a derived channel's value follows from its inputs' values and the moment's time; NaN for none.
type Function = Box<dyn FnMut(&[f64], Timestamp) -> f64 + Send>;

/// A channel worked out from others: a user's own formula, or one that the game does not have.
///
/// It is told whenever one of its inputs is told and all of them are known.
pub struct DerivedChannel {
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) kind: ChannelKind,
    pub(crate) inputs: Vec<String>,
    pub(crate) function: Function,
}

impl DerivedChannel {
    /// A channel `name` in `unit` that is `function` of the values of `inputs`, in their order. An input is named as
    /// [`super::ChannelRequest`] takes it; it may be a channel that was derived before.
    pub fn new(
        name: impl Into<String>,
        unit: impl Into<String>,
        inputs: impl IntoIterator<Item: Into<String>>,
        function: impl FnMut(&[f64], Timestamp) -> f64 + Send + 'static,
    ) -> Self {
        let inputs = inputs.into_iter().map(Into::into).collect();
        let kind = ChannelKind::Continuous;
        Self { name: name.into(), unit: unit.into(), kind, inputs, function: Box::new(function) }
    }

    /// Says how its values lie between two samples; [`ChannelKind::Continuous`] unless said.
    #[must_use]
    pub fn kind(mut self, kind: ChannelKind) -> Self {
        self.kind = kind;
        self
    }

    /// One that is only asked for its name and inputs.
    pub(crate) fn without_function(&self) -> Self {
        let mut copy = Self::new(&self.name, &self.unit, self.inputs.clone(), |_, _| f64::NAN);
        copy.kind = self.kind;
        copy
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its unit.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.unit
    }
}

impl std::fmt::Debug for DerivedChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DerivedChannel")
            .field("name", &self.name)
            .field("unit", &self.unit)
            .field("inputs", &self.inputs)
            .finish_non_exhaustive()
    }
}
