//! Whose communications an act concerns.

use std::sync::{Arc, LazyLock};

use crate::{Line, PrefixSet, words};

/// Whose traffic is meant. Compared, never guessed: a wider subject never follows from a narrower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Everything in the operator's network.
    Network,
    /// These own prefixes: the destinations under attack of a case.
    Prefixes(Arc<PrefixSet>),
    /// One line and the addresses it holds.
    Line(Line, Arc<PrefixSet>),
    /// One thing that is no own address: a log-in, a sender, a name, a country.
    One(Named, Arc<str>),
}

words! {
    /// What one thing is that is named and is no own address.
    Named {
        /// A log-in ID.
        Login = "login", "特定の認証ID", "one log-in";
        /// An address that sends or tries to log in.
        Sender = "sender", "特定の送信元・要求元アドレス", "one sending address";
        /// A domain name.
        Name = "name", "特定のドメイン名", "one name";
        /// A country called.
        Country = "country", "特定の国", "one country called";
    }
}

/// What has no own address opens no row of flows.
static NOWHERE: LazyLock<PrefixSet> = LazyLock::new(|| PrefixSet::of([]));

impl Subject {
    /// Does everything this concerns lie in what `wider` concerns?
    #[must_use]
    pub fn within(&self, wider: &Self) -> bool {
        match (self, wider) {
            (_, Self::Network) => true,
            (Self::Network, _) => false,
            (Self::One(what, name), Self::One(other, all)) => what == other && name == all,
            (Self::One(..), _) | (_, Self::One(..)) => false,
            (Self::Line(line, own), Self::Line(other, all)) => line == other && own.within(all),
            (Self::Line(_, own) | Self::Prefixes(own), Self::Prefixes(all)) => own.within(all),
            (Self::Prefixes(own), Self::Line(_, all)) => own.within(all),
        }
    }

    /// The own addresses concerned; `None` is all of them.
    #[must_use]
    pub fn prefixes(&self) -> Option<&PrefixSet> {
        match self {
            Self::Network => None,
            Self::Prefixes(set) | Self::Line(_, set) => Some(set),
            Self::One(..) => Some(&NOWHERE),
        }
    }
}
