//! Whose communications an act concerns.

use std::sync::Arc;

use crate::{Line, PrefixSet};

/// Whose traffic is meant. Compared, never guessed: a wider subject never follows from a narrower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Everything in the operator's network.
    Network,
    /// These own prefixes: the destinations under attack of a case.
    Prefixes(Arc<PrefixSet>),
    /// One line and the addresses it holds.
    Line(Line, Arc<PrefixSet>),
}

impl Subject {
    /// Does everything this concerns lie in what `wider` concerns?
    #[must_use]
    pub fn within(&self, wider: &Self) -> bool {
        match (self, wider) {
            (_, Self::Network) => true,
            (Self::Network, _) => false,
            (Self::Line(line, own), Self::Line(other, all)) => line == other && own.within(all),
            (Self::Line(_, own) | Self::Prefixes(own), Self::Prefixes(all)) => own.within(all),
            (Self::Prefixes(own), Self::Line(_, all)) => own.within(all),
        }
    }

    /// The addresses concerned; `None` is all of them.
    #[must_use]
    pub fn prefixes(&self) -> Option<&PrefixSet> {
        match self {
            Self::Network => None,
            Self::Prefixes(set) | Self::Line(_, set) => Some(set),
        }
    }
}
