//! The behaviour of the crate as a user sees it; one test binary, one module a behaviour.

mod damage;
mod derive;
mod follow;
mod hostile;
mod seek;
mod support;
mod truncation;
