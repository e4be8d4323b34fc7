//! The lake: rows, publishers beside each other, crashes, compaction, and what engines read.

mod compact;
mod crash;
mod drives;
mod engines;
mod objects;
mod publish;
mod together;
