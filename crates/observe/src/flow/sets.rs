//! Sets of NetFlow v9 (RFC 3954 §5) and IPFIX (RFC 7011 §3.3): templates, options, data.

use super::columns::{Export, Span, walk};
use super::octets::{Octets, number};
use super::sampling::{Over, interval};
use super::tally::{Flaw, Tally};
use super::template::{Domain, Kind, MOST_FIELDS, Registry, Spec, Taken};
use super::{Format, Reading};

/// Records of a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    /// All of them, options data included; `None` when they could not all be counted.
    pub(crate) all: Option<u32>,
    /// Those of options data.
    pub(crate) options: u32,
}

/// Reads all sets that are left of a message. Answers how many records there were.
pub(crate) fn read(
    format: Format,
    domain: u32,
    export: &Export,
    o: &mut Octets<'_>,
    reading: &mut Reading<'_>,
) -> Counted {
    let (templates, options) = match format {
        Format::Ipfix => (2, 3),
        Format::NetFlow5 | Format::NetFlow9 | Format::Sflow5 => (0, 1),
    };
    let mut records = Counted { all: Some(0), options: 0 };
    while o.left() > 0 {
        let (offset, left) = (o.at(), o.left());
        let Some((id, body)) = set(o) else {
            // Up to three zero octets pad the message to a multiple of four.
            if left < 4 && o.rest().iter().all(|&octet| octet == 0) {
                reading.tally.read(left);
            } else if left < 4 {
                reading.tally.flaw(Flaw::Trailing, left, offset);
            } else {
                reading.tally.flaw(Flaw::SetLength, left, offset);
            }
            return records;
        };
        reading.tally.read(4);
        let set = Set { format, domain, id, body, offset: offset + 4 };
        if id == templates {
            set.templates(Kind::Flows, reading);
        } else if id == options {
            set.templates(Kind::Options, reading);
        } else if id >= 256 {
            let more = set.data(export, reading);
            records.all = records.all.zip(more.all).map(|(a, b)| a.saturating_add(b));
            records.options = records.options.saturating_add(more.options);
        } else {
            reading.tally.flaw(Flaw::Unsupported, body.len(), offset);
        }
    }
    records
}

/// The next set's number and body; `None`, and nothing read, when its length cannot be.
fn set<'a>(o: &mut Octets<'a>) -> Option<(u16, &'a [u8])> {
    let mut ahead = *o;
    let id = ahead.u16()?;
    let len = usize::from(ahead.u16()?).checked_sub(4)?;
    let body = ahead.take(len)?;
    *o = ahead;
    Some((id, body))
}

struct Set<'a> {
    format: Format,
    domain: u32,
    id: u16,
    body: &'a [u8],
    /// Of the body in the datagram.
    offset: usize,
}

impl Set<'_> {
    fn templates(&self, kind: Kind, reading: &mut Reading<'_>) {
        let mut o = Octets::of(self.body);
        let mut specs = Vec::new();
        while o.left() >= 4 && !o.rest().iter().all(|&octet| octet == 0) {
            let from = o.at();
            let header = match kind {
                Kind::Flows => flows_header(&mut o),
                Kind::Options => options_header(self.format, &mut o),
            };
            let whole = header
                .filter(|h| h.fields <= MOST_FIELDS)
                .and_then(|h| self.specs(&h, &mut o, &mut specs).map(|()| h));
            let Some(header) = whole else {
                // Where the next template would begin cannot be known.
                let rest = self.body.len() - from;
                reading.tally.flaw(Flaw::Template, rest, self.offset + from);
                return;
            };
            let octets = o.at() - from;
            if header.id < 256 || specs.iter().all(|s| s.len == 0) {
                reading.tally.flaw(Flaw::Template, octets, self.offset + from);
                continue;
            }
            let key = (self.format, self.domain, header.id);
            match reading.learned.learn(key, kind, &specs, reading.at) {
                Taken::Known | Taken::Redefined => reading.tally.read(octets),
                Taken::FlipFlop => {
                    reading.tally.read(octets);
                    reading.tally.flip_flop = true;
                }
                Taken::Crowded => {
                    reading.tally.flaw(Flaw::Crowd, octets, self.offset + from);
                }
            }
        }
        reading.tally.read(o.left());
    }

    fn specs(&self, header: &Header, o: &mut Octets<'_>, specs: &mut Vec<Spec>) -> Option<()> {
        specs.clear();
        for field in 0..header.fields {
            let (id, len) = (o.u16()?, o.u16()?);
            let registry = match self.format {
                Format::Ipfix if id & 0x8000 != 0 => {
                    o.u32()?;
                    Registry::Enterprise
                }
                Format::NetFlow9 if field < header.scopes => Registry::Scope,
                Format::Ipfix | Format::NetFlow5 | Format::NetFlow9 | Format::Sflow5 => {
                    Registry::Iana
                }
            };
            specs.push(Spec { registry, id, len });
        }
        Some(())
    }

    fn data(&self, export: &Export, reading: &mut Reading<'_>) -> Counted {
        let Reading { learned, flows, tally, mask, .. } = reading;
        let key = (self.format, self.domain, self.id);
        let Some((template, domain)) = learned.find(key) else {
            tally.flaw(Flaw::NoTemplate, self.body.len(), self.offset);
            return Counted { all: None, options: 0 };
        };
        if template.kind == Kind::Options {
            let options = self.options(&template.specs, domain, tally);
            return Counted { all: Some(options), options };
        }
        let export = Export { boot: domain.boot, ..*export };
        let (plan, specs) = template.plan(*mask);
        let ran = plan.run(specs, self.body, &export, &domain.rates, flows);
        let left = self.body.len() - ran.used;
        if ran.read {
            tally.read(ran.used);
            tally.records += u64::from(ran.records.unwrap_or(0));
            tally.rate = ran.rate.or(tally.rate);
        } else {
            tally.unread += ran.used as u64;
            tally.passed += u64::from(ran.records.unwrap_or(0));
        }
        if ran.overrun || (ran.records == Some(0) && left > 0) {
            tally.flaw(Flaw::Record, left, self.offset + ran.used);
        } else {
            tally.read(left);
        }
        Counted { all: ran.records, options: 0 }
    }

    /// Options data: the exporter's configuration, not communications data.
    fn options(&self, specs: &[Spec], domain: &mut Domain, tally: &mut Tally) -> u32 {
        let (mut used, mut records) = (0, 0);
        let mut spans = Vec::with_capacity(specs.len());
        while let Some(rest) = self.body.get(used..)
            && let Some(width) = walk(specs, rest, &mut spans)
            && width > 0
        {
            configuration(specs, rest, &spans, domain);
            used += width;
            records += 1;
        }
        let left = self.body.len() - used;
        tally.read(used);
        if records == 0 && left > 0 {
            tally.flaw(Flaw::Record, left, self.offset);
        } else {
            tally.read(left);
        }
        records
    }
}

struct Header {
    id: u16,
    fields: usize,
    scopes: usize,
}

fn flows_header(o: &mut Octets<'_>) -> Option<Header> {
    Some(Header { id: o.u16()?, fields: o.u16()?.into(), scopes: 0 })
}

fn options_header(format: Format, o: &mut Octets<'_>) -> Option<Header> {
    let (id, first, second) = (o.u16()?, usize::from(o.u16()?), usize::from(o.u16()?));
    match format {
        // Fields of both kinds, then how many of them are scopes (RFC 7011 §3.4.2.2).
        Format::Ipfix => (second <= first).then_some(Header { id, fields: first, scopes: second }),
        // Octets of the scope fields, octets of the others (RFC 3954 §6.1).
        Format::NetFlow5 | Format::NetFlow9 | Format::Sflow5 => (first % 4 == 0 && second % 4 == 0)
            .then_some(Header { id, fields: (first + second) / 4, scopes: first / 4 }),
    }
}

/// Takes up the sampling rate and the start of the exporter from one options data record.
fn configuration(specs: &[Spec], record: &[u8], spans: &[Span], domain: &mut Domain) {
    let (mut rate, mut space, mut size, mut population) = (None, None, None, None);
    let mut over = Over::Domain;
    for (spec, span) in specs.iter().zip(spans) {
        let Some(octets) = record.get(span.offset..span.offset + span.len) else { continue };
        let value = number(octets);
        match (spec.registry, spec.id) {
            // flowSamplerRandomInterval before the deprecated samplingInterval.
            (Registry::Iana, 50 | 305) => rate = Some(value),
            (Registry::Iana, 34) => rate = rate.or(Some(value)),
            (Registry::Iana, 306) => space = Some(value),
            (Registry::Iana, 309) => size = Some(value),
            (Registry::Iana, 310) => population = Some(value),
            (Registry::Iana, 48 | 302) => over = Over::Sampler(value),
            (Registry::Iana, 10) | (Registry::Scope, 2) if over == Over::Domain => {
                over = Over::Interface(value);
            }
            (Registry::Iana, 160) => domain.boot = i64::try_from(value).ok(),
            (Registry::Iana | Registry::Scope | Registry::Enterprise, _) => {}
        }
    }
    // Some N out of a population of packets (RFC 5477 §8.2).
    let of_population = size.zip(population).filter(|(n, _)| *n > 0).map(|(n, all)| all / n);
    let one_in = match rate {
        Some(rate) => interval(rate, space),
        None => u32::try_from(of_population.unwrap_or(0)).unwrap_or(u32::MAX),
    };
    domain.rates.learn(over, one_in);
}

/// Opens the account of a message's domain; when there are too many, counts the whole message.
pub(crate) fn admit(format: Format, domain: u32, len: usize, reading: &mut Reading<'_>) -> bool {
    let admitted = reading.learned.domain(format, domain, reading.at).is_some();
    if !admitted {
        reading.tally.flaw(Flaw::Crowd, len, 0);
    }
    admitted
}
