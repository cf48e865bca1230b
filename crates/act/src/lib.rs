//! act.
