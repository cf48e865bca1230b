//! The course of an attack on one target: it begins after enough intervals, and ends after enough calm.

use terms::Time;

use crate::Config;

/// Where one target stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Course {
    abnormal: u32,
    calm: u32,
    since: Time,
    is_attack: bool,
}

/// What one interval said of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    /// Surely abnormal.
    pub(super) is_abnormal: bool,
    /// Inside the band by the estimates too.
    pub(super) is_inside: bool,
    /// All exporters were heard that usually see its traffic; else calm may be mere silence.
    pub(super) is_whole: bool,
    /// May a finding begin? Not for a host while its whole prefix is bombed.
    pub(super) may_begin: bool,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing to say.
    Nothing,
    /// An attack was found.
    Began,
    /// It goes on.
    Continues,
    /// It has ended.
    Ended,
}

impl Course {
    /// Takes one interval into account.
    pub(super) fn step(&mut self, said: Said, since: Time, config: &Config) -> Step {
        if said.is_abnormal {
            if self.abnormal == 0 && !self.is_attack {
                self.since = since;
            }
            self.abnormal = self.abnormal.saturating_add(1);
            self.calm = 0;
            if self.is_attack {
                return Step::Continues;
            }
            self.is_attack = said.may_begin && self.abnormal >= config.consecutive.max(1);
            return if self.is_attack { Step::Began } else { Step::Nothing };
        }
        self.abnormal = 0;
        match (self.is_attack, said.is_inside, said.is_whole) {
            (false, ..) | (true, true, false) => Step::Nothing,
            (true, false, _) => {
                self.calm = 0;
                Step::Continues
            }
            (true, true, true) => {
                self.calm = self.calm.saturating_add(1);
                self.is_attack = self.calm < config.calm.max(1);
                if self.is_attack { Step::Nothing } else { Step::Ended }
            }
        }
    }

    /// Nothing abnormal now, and no attack?
    pub(super) fn is_quiet(&self) -> bool {
        !self.is_attack && self.abnormal == 0
    }
    /// Start of the first interval that was abnormal.
    pub(super) fn since(&self) -> Time {
        self.since
    }
}
