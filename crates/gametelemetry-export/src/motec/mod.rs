//! MoTeC's log files: `.ld` with the samples, `.ldx` with the laps. Pure functions over bytes.
