//! What is known of facts: so, not so, or not known; by whom, since when, and for whom.

use std::collections::BTreeMap;

use terms::{Fact, Person, Role, Subject, Time};

/// What is known of a fact: by whom, since when, until when, for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// So or not so.
    pub so: bool,
    /// Who established it.
    pub person: Person,
    /// In which role.
    pub role: Role,
    /// Who countersigned, in which role.
    pub countersigned: Option<(Person, Role)>,
    /// When.
    pub at: Time,
    /// How long it may be relied on; `None` is for as long as the case lasts.
    pub until: Option<Time>,
    /// Whom it holds for; `None` is the subject of the case.
    pub covers: Option<Subject>,
}

/// All that is known, a fact left out being not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts(BTreeMap<Fact, Known>);

impl Facts {
    /// Takes down a fact; what was known of it before is replaced.
    pub fn learn(&mut self, fact: Fact, known: Known) {
        self.0.insert(fact, known);
    }
    /// Forgets a fact.
    pub fn forget(&mut self, fact: Fact) {
        self.0.remove(&fact);
    }
    /// What was taken down of `fact`.
    #[must_use]
    pub fn get(&self, fact: Fact) -> Option<&Known> {
        self.0.get(&fact)
    }
    /// All facts taken down.
    pub fn iter(&self) -> impl Iterator<Item = (Fact, &Known)> {
        self.0.iter().map(|(f, k)| (*f, k))
    }
    /// Suppositions for advice: each fact as if established by who may establish it.
    #[must_use]
    pub fn supposed(facts: impl IntoIterator<Item = (Fact, bool)>, at: Time) -> Self {
        let suppose = |(fact, so): (Fact, bool)| {
            let role = fact.established_by().first().copied().unwrap_or(Role::System);
            let person = Person("supposed".into());
            let countersigned = fact.countersigned_by().map(|r| (Person("supposed too".into()), r));
            let covers = fact.is_per_line().then_some(Subject::Network);
            (fact, Known { so, person, role, countersigned, at, until: None, covers })
        };
        Self(facts.into_iter().map(suppose).collect())
    }

    /// Is `fact` so, at this time and for this subject? `None` is not known: never said, said by a
    /// role that may not, not countersigned, no longer valid, or said of somebody else.
    #[must_use]
    pub fn so(&self, fact: Fact, subject: &Subject, at: Time) -> Option<&Known> {
        let said = self.said(fact, subject, at);
        let parts = fact.follows_from();
        if parts.is_empty() {
            return said;
        }
        // The whole is so if it was said to be, or if one part is: whatever is forgotten, it can only be
        // less so. It is denied by all parts together, or by what was said of it.
        let known: Vec<_> = parts.iter().map(|part| self.so(*part, subject, at)).collect();
        let so = said.into_iter().chain(known.iter().copied().flatten()).find(|known| known.so);
        so.or(said).or_else(|| known.into_iter().collect::<Option<Vec<_>>>()?.into_iter().next())
    }

    /// What was said of `fact` itself, if it counts.
    fn said(&self, fact: Fact, subject: &Subject, at: Time) -> Option<&Known> {
        self.0.get(&fact).filter(|known| discounted(fact, known, subject, at).is_none())
    }

    /// Why what was said of `fact` itself counts as not known; nothing where it counts, or was never said.
    #[must_use]
    pub fn why_not(&self, fact: Fact, subject: &Subject, at: Time) -> Option<Discounted> {
        discounted(fact, self.0.get(&fact)?, subject, at)
    }
}

/// Why a fact that was taken down counts as not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discounted {
    /// It was not established yet, or may not be relied on any more.
    NotThen,
    /// This role may not establish it.
    MayNot(Role),
    /// Nobody but whoever established it countersigned in this role.
    NotCountersigned(Role),
    /// It was said of somebody else.
    NotOfThem,
}

fn discounted(fact: Fact, known: &Known, subject: &Subject, at: Time) -> Option<Discounted> {
    if known.at > at || known.until.is_some_and(|until| until <= at) {
        return Some(Discounted::NotThen);
    }
    // The register of consents is the system's to look up: what is not on record is not there.
    let denied = fact.is_per_line() && !known.so && known.role == Role::System;
    if !denied && !fact.established_by().contains(&known.role) {
        return Some(Discounted::MayNot(known.role));
    }
    if let Some(role) = fact.countersigned_by()
        && !known.countersigned.as_ref().is_some_and(|(p, r)| *r == role && *p != known.person)
    {
        return Some(Discounted::NotCountersigned(role));
    }
    let covered = match &known.covers {
        Some(covers) => subject.within(covers),
        None => !fact.is_per_line(),
    };
    (!covered).then_some(Discounted::NotOfThem)
}
