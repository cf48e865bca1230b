//! ground.
