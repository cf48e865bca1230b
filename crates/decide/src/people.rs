//! Who works here, which lines there are, which addresses are own: from settings.

use ground::{Actor, Role};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use terms::IpNet;
use terms::{Line, OwnPrefixes, Person, PrefixSet, Subject, words};

use crate::DeskError;

/// A member of staff.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonEntry {
    /// Name, used with `--as`.
    pub name: String,
    /// Roles held.
    pub roles: Vec<Role>,
}

words! {
    /// How a line gets its address.
    LineKind {
        /// Fixed address.
        Static = "static", "固定アドレス", "fixed address";
        /// A hosted server.
        Hosting = "hosting", "ホスティング", "hosting";
        /// From a pool; changes.
        Dynamic = "dynamic", "動的アドレス", "dynamic address";
    }
}

/// A line with fixed addresses, by the operator's own name for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineEntry {
    /// The operator's name for the line.
    pub line: Line,
    /// Addresses it holds.
    pub prefixes: Vec<IpNet>,
    /// How it gets them.
    pub kind: LineKind,
}

/// What the desk is told by the operator's settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// Staff.
    pub people: Vec<PersonEntry>,
    /// Lines.
    pub lines: Vec<LineEntry>,
    /// The operator's own prefixes.
    pub own: OwnPrefixes,
    /// Days a standing signature holds before its review.
    pub review_days: u32,
}

impl Config {
    /// The person called `name`, with their roles.
    pub(crate) fn person(&self, name: &str) -> Result<Actor, DeskError> {
        let entry = self.people.iter().find(|p| p.name == name);
        let entry = entry.ok_or_else(|| DeskError::UnknownPerson(name.to_owned()))?;
        // Nobody on the staff speaks for the machine or for a subscriber, whatever the settings say.
        let staff = |role: &&Role| !matches!(role, Role::System | Role::Line);
        let roles = entry.roles.iter().filter(staff).copied().collect();
        Ok(Actor { person: Person(entry.name.clone()), roles })
    }

    /// The first of `roles` that `actor` holds.
    pub(crate) fn role(actor: &Actor, roles: &[Role]) -> Result<Role, DeskError> {
        roles.iter().copied().find(|r| actor.roles.contains(r)).ok_or_else(|| DeskError::Role {
            person: actor.person.to_string(),
            needs: roles.iter().map(|r| r.word()).collect::<Vec<_>>().join(" or "),
        })
    }

    /// The line that holds all of `net`, when the settings name one.
    pub(crate) fn line_of(&self, net: &IpNet) -> Option<&LineEntry> {
        self.lines.iter().find(|l| l.prefixes.iter().any(|p| p.contains(net)))
    }

    /// The line of this name.
    pub(crate) fn line(&self, line: &Line) -> Option<&LineEntry> {
        self.lines.iter().find(|l| l.line == *line)
    }
}

impl LineEntry {
    /// The line as whom something concerns.
    pub(crate) fn subject(&self) -> Subject {
        Subject::Line(self.line.clone(), Arc::new(PrefixSet::of(self.prefixes.iter().copied())))
    }
}

/// The program itself, when it asks.
pub(crate) fn system() -> Actor {
    Actor { person: Person("sekisho".into()), roles: vec![Role::System] }
}
