//! The course of an attack on one target: it begins after enough intervals, and ends after enough calm.

use terms::Time;

use crate::Config;

/// Where one target stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Course {
    abnormal: u32,
    calm: u32,
    since: Time,
    /// Intervals since the last abnormal one, until they are enough for calm: an attack in pulses, or
    /// exported in bursts, began with the first.
    lull: Option<u32>,
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
            if self.lull.is_none() && !self.is_attack {
                self.since = since;
            }
            self.lull = Some(0);
            self.abnormal = self.abnormal.saturating_add(1);
            self.calm = 0;
            if self.is_attack {
                return Step::Continues;
            }
            self.is_attack = said.may_begin && self.abnormal >= config.consecutive.max(1);
            return if self.is_attack { Step::Began } else { Step::Nothing };
        }
        self.abnormal = 0;
        self.lull = self.lull.map(|n| n.saturating_add(1)).filter(|n| *n < config.calm.max(1));
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
    /// Start of the first interval that was abnormal, of those with no calm between them.
    pub(super) fn since(&self) -> Time {
        self.since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attack_in_pulses_began_with_the_first_of_them() {
        let config = Config { consecutive: 2, calm: 3, ..Config::default() };
        let began = |pulses: &[u8]| {
            let mut course = Course::default();
            let steps = pulses.iter().zip(0..).map(|(&abnormal, i)| {
                let is_abnormal = abnormal == 1;
                let is_inside = !is_abnormal;
                let said = Said { is_abnormal, is_inside, is_whole: true, may_begin: true };
                course.step(said, Time(i), &config)
            });
            let last = steps.last();
            (last, course.since())
        };
        assert_eq!(began(&[0, 1, 1]), (Some(Step::Began), Time(1)));
        assert_eq!(began(&[0, 1, 0, 1, 0, 0, 1, 1]), (Some(Step::Began), Time(1)));
        // Before that there was calm.
        assert_eq!(began(&[0, 1, 0, 0, 0, 1, 1]), (Some(Step::Began), Time(5)));
        assert_eq!(began(&[1, 1, 0, 0, 0, 0, 1, 1]), (Some(Step::Began), Time(6)));
    }
}
