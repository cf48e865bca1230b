//! What takes two persons: one proposes, another approves, one of them in the legal role.

use ground::{Actor, MeasureName, Mode, Number, Role};
use serde::{Deserialize, Serialize};
use terms::{Person, Time};

use crate::DeskError;

/// Number of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProposalId(pub u64);

/// A change that waits for a second person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its number.
    pub id: ProposalId,
    /// What would change.
    pub change: Change,
    /// Who proposed it.
    pub author: Person,
    /// The roles they hold.
    pub roles: Vec<Role>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
}

/// What may be changed by two persons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// Set a number.
    Number {
        /// Which.
        number: Number,
        /// To what, in its unit.
        value: f64,
    },
    /// Switch a measure.
    Mode {
        /// Which.
        measure: MeasureName,
        /// How far.
        mode: Mode,
    },
    /// Accept an inferred measure.
    Accept {
        /// Which.
        measure: MeasureName,
    },
    /// Allow these exporters and no others.
    Exporters {
        /// Name and address of each.
        exporters: Vec<(String, std::net::IpAddr)>,
    },
    /// Trust a doubtful exporter again.
    Trust {
        /// Its name.
        exporter: String,
    },
}

impl Proposal {
    /// May `approver` approve this? Another person, and one of the two is legal.
    pub(crate) fn check(&self, approver: &Actor) -> Result<(), DeskError> {
        let legal = self.roles.contains(&Role::Legal) || approver.roles.contains(&Role::Legal);
        let different = self.author != approver.person;
        if legal && different { Ok(()) } else { Err(DeskError::SamePerson) }
    }
}
