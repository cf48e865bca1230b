//! What the tests of this crate share: a gate of their own, made-up traffic, and a network it flows in.

pub(crate) mod gate_for_tests;
pub(crate) mod traffic;
pub(crate) mod world;
