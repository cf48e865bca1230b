//! Templates of one exporter: what its records look like, kept by observation domain and number.

use ahash::AHashMap;
use terms::{Fields, Moment};

use super::Format;
use super::plan::Plan;
use super::sampling::Rates;
use super::sequence::{Counts, Heard, Sequence, Stamp};

/// Most templates held for one exporter.
pub(crate) const MOST_TEMPLATES: usize = 2_048;
/// Most fields of one template.
pub(crate) const MOST_FIELDS: usize = 512;
/// Most observation domains held for one exporter.
pub(crate) const MOST_DOMAINS: usize = 256;
/// A template not refreshed for so long (ms) makes room for another.
const STALE: u64 = 3_600_000;
/// A definition that comes back within this time (ms) after another took its place flips.
const FLIP: u64 = 1_800_000;

/// What a field of a template is numbered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Registry {
    /// IANA's IPFIX information elements; NetFlow v9 uses the first of them.
    Iana,
    /// The scope types of NetFlow v9 options (RFC 3954 §6.1).
    Scope,
    /// An enterprise's own: never decoded.
    Enterprise,
}

/// One field of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spec {
    pub(crate) registry: Registry,
    pub(crate) id: u16,
    /// Octets; [`VARIABLE`] when each record says.
    pub(crate) len: u16,
}

/// The length that stands for a variable one (RFC 7011 §7).
pub(crate) const VARIABLE: u16 = 0xffff;

/// Does a template describe flow records or options data?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Flows,
    Options,
}

/// A template and the plan compiled of it.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) kind: Kind,
    pub(crate) specs: Box<[Spec]>,
    plan: Option<Plan>,
    refreshed: u64,
    /// The definition it had before, and when it lost it.
    former: Option<(Kind, Box<[Spec]>, u64)>,
}

/// Where a template belongs: format, observation domain (source id), template number.
pub(crate) type Key = (Format, u32, u16);

/// What became of a template that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// Taken up, or already known.
    Known,
    /// Another definition than before took its place.
    Redefined,
    /// It came back to the definition that another had replaced shortly before.
    FlipFlop,
    /// There are too many.
    Crowded,
}

/// What one observation domain told of itself.
#[derive(Debug)]
pub(crate) struct Domain {
    pub(crate) rates: Rates,
    /// When the exporter started (systemInitTimeMilliseconds), milliseconds since 1970.
    pub(crate) boot: Option<i64>,
    sequence: Sequence,
    seen: u64,
}

/// All that was learnt from one exporter: templates, rates, sequences. Not communications data.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    templates: AHashMap<Key, Template>,
    domains: AHashMap<(Format, u32), Domain>,
    /// The plan for NetFlow v5, whose one template is in its specification.
    pub(crate) netflow5: Option<Plan>,
}

impl Learned {
    /// Takes up a template. A refresh of the same definition costs a comparison.
    pub(crate) fn learn(&mut self, key: Key, kind: Kind, specs: &[Spec], at: Moment) -> Taken {
        if let Some(t) = self.templates.get_mut(&key) {
            t.refreshed = at.mono;
            if t.kind == kind && *t.specs == *specs {
                return Taken::Known;
            }
            let flips = t.former.as_ref().is_some_and(|(k, f, left)| {
                *k == kind && **f == *specs && at.mono.saturating_sub(*left) <= FLIP
            });
            let old = core::mem::replace(&mut t.specs, specs.into());
            t.former = Some((t.kind, old, at.mono));
            t.kind = kind;
            t.plan = None;
            return if flips { Taken::FlipFlop } else { Taken::Redefined };
        }
        if self.templates.len() >= MOST_TEMPLATES {
            self.templates.retain(|_, t| at.mono.saturating_sub(t.refreshed) <= STALE);
            if self.templates.len() >= MOST_TEMPLATES {
                return Taken::Crowded;
            }
        }
        let template =
            Template { kind, specs: specs.into(), plan: None, refreshed: at.mono, former: None };
        self.templates.insert(key, template);
        Taken::Known
    }

    /// The template with this key and what its domain told.
    pub(crate) fn find(&mut self, key: Key) -> Option<(&mut Template, &mut Domain)> {
        let template = self.templates.get_mut(&key)?;
        let domain = self.domains.get_mut(&(key.0, key.1))?;
        Some((template, domain))
    }

    /// The domain, made if need be; `None` when there are too many.
    pub(crate) fn domain(&mut self, format: Format, id: u32, at: Moment) -> Option<&mut Domain> {
        let key = (format, id);
        if !self.domains.contains_key(&key) && self.domains.len() >= MOST_DOMAINS {
            self.domains.retain(|_, d| at.mono.saturating_sub(d.seen) <= STALE);
            if self.domains.len() >= MOST_DOMAINS {
                return None;
            }
            let domains = &self.domains;
            self.templates.retain(|k, _| domains.contains_key(&(k.0, k.1)));
        }
        let domain = self.domains.entry(key).or_insert_with(|| Domain::new(format));
        domain.seen = at.mono;
        Some(domain)
    }

    /// What the sequence number of a datagram of this domain says.
    pub(crate) fn hear(&mut self, format: Format, id: u32, stamp: Stamp, at: Moment) -> Heard {
        let Some(domain) = self.domain(format, id, at) else { return Heard::Fits };
        let heard = domain.sequence.hear(stamp, at.mono);
        if heard == Heard::Restarted {
            domain.boot = None;
            for (key, template) in &mut self.templates {
                if (key.0, key.1) == (format, id) {
                    template.former = None;
                }
            }
        }
        heard
    }

    /// Forgets sequences and replaced templates: the operator trusts the exporter.
    pub(crate) fn trust(&mut self) {
        for domain in self.domains.values_mut() {
            domain.sequence.forget();
        }
        for template in self.templates.values_mut() {
            template.former = None;
        }
    }
}

impl Template {
    /// The plan for these fields, compiled when the template or the mask is another than before.
    pub(crate) fn plan(&mut self, mask: Fields) -> (&mut Plan, &[Spec]) {
        let specs = &*self.specs;
        if self.plan.as_ref().is_some_and(|plan| plan.mask() != mask) {
            self.plan = None;
        }
        (self.plan.get_or_insert_with(|| Plan::compile(specs, mask)), specs)
    }
}

impl Domain {
    fn new(format: Format) -> Self {
        let counts = match format {
            Format::NetFlow5 | Format::Ipfix => Counts::Records,
            Format::NetFlow9 | Format::Sflow5 => Counts::Datagrams,
        };
        Self { rates: Rates::default(), boot: None, sequence: Sequence::new(counts), seen: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::Time;

    fn at(ms: i64) -> Moment {
        Moment::replayed(Time(ms))
    }
    fn spec(id: u16) -> [Spec; 1] {
        [Spec { registry: Registry::Iana, id, len: 4 }]
    }

    #[test]
    fn a_template_that_alternates_between_two_definitions_flips() {
        let mut l = Learned::default();
        let key = (Format::Ipfix, 1, 256);
        let mut learn = |id, ms| l.learn(key, Kind::Flows, &spec(id), at(ms));
        assert_eq!(learn(8, 0), Taken::Known);
        assert_eq!(learn(8, 10), Taken::Known);
        assert_eq!(learn(12, 20), Taken::Redefined);
        assert_eq!(learn(8, 30), Taken::FlipFlop);
        assert_eq!(learn(12, 4_000_000), Taken::Redefined, "hours apart it is a change");
    }

    #[test]
    fn the_same_number_in_two_domains_is_two_templates_and_there_is_a_most() {
        let mut l = Learned::default();
        assert_eq!(l.learn((Format::Ipfix, 1, 256), Kind::Flows, &spec(8), at(0)), Taken::Known);
        assert_eq!(l.learn((Format::Ipfix, 2, 256), Kind::Flows, &spec(12), at(0)), Taken::Known);
        for n in 2..MOST_TEMPLATES {
            let key = (Format::Ipfix, u32::try_from(n).unwrap(), 300);
            assert_eq!(l.learn(key, Kind::Flows, &spec(8), at(1)), Taken::Known);
        }
        let more = (Format::NetFlow9, 0, 300);
        assert_eq!(l.learn(more, Kind::Flows, &spec(8), at(2)), Taken::Crowded);
        assert_eq!(l.learn(more, Kind::Flows, &spec(8), at(5_000_000)), Taken::Known);
    }
}
