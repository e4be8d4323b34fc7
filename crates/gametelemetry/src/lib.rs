//! placeholder
pub use gametelemetry_file::*;
#[doc(hidden)]
pub use gametelemetry_file::__private;
