//! What the tests of this crate share: a gate of their own, batches, and a generator of numbers.

pub(crate) mod gate_for_tests;
pub(crate) mod traffic;
