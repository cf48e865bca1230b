//! Growing the narrowest rules that hold nearly all of what came on top.

use std::collections::{BTreeMap, HashMap};

use terms::{IpNet, PortRange, SizeRange, TcpFlags, Traits, ip};

use super::record::{Record, matches};

/// A record and what it weighs, in bytes: for the attack, or, before it, against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighed {
    pub(super) record: Record,
    pub(super) during: f64,
    pub(super) before: f64,
}

/// Most rules.
const MOST_RULES: usize = 4;
/// Share of what a rule held that it still holds after it was narrowed by one more trait.
const KEEPS: f64 = 0.99;
/// Part of the attack too small for a rule of its own.
const TOO_SMALL: f64 = 0.01;
/// Part of the attack that may be left when no more rules are looked for.
const MAY_BE_LEFT: f64 = 0.01;
/// Most ports or ranges of ports in a rule.
const MOST_PORTS: usize = 8;
/// Share from which a single port counts at all.
const PORT_COUNTS: f64 = 0.02;
/// Records there must be of a port for it to be more than chance.
const PORT_RECORDS: u32 = 4;
/// Share of a kind of attack on a few ports from which they get a rule of their own.
const OWN_RULE: f64 = 0.3;
/// Most sources for which a rule names where they are.
const FEW_SOURCES: usize = 4;

/// The rules, the one that holds most first.
pub(super) fn rules(mut left: Vec<Weighed>) -> Vec<Traits> {
    let (attack, usual) = (excess(&left), sum(&left, |w| w.before));
    let mut rules: Vec<Traits> = Vec::new();
    while rules.len() < MOST_RULES && excess(&left) > MAY_BE_LEFT * attack {
        let Some(rule) = next_rule(&left, attack) else { break };
        let held = select(&left, &rule);
        let gain = excess(&held) / attack;
        let harm = if usual > 0.0 { sum(&held, |w| w.before) / usual } else { 0.0 };
        if gain <= 0.0 || (!rules.is_empty() && (gain < TOO_SMALL || gain <= harm)) {
            break;
        }
        left.retain(|w| !matches(&rule, &w.record));
        // What merely goes along with an attack is not worth every connection to a host.
        if rules.is_empty() || !is_any_connection(&rule) {
            rules.push(rule);
        }
    }
    rules
}

/// Would it stop TCP connections to nearly any port? How many bytes such traffic had before, which is
/// what rules are weighed by, does not show that harm.
fn is_any_connection(rule: &Traits) -> bool {
    const LONGEST_SYN: u16 = 120;
    let are_few = |ports: &[PortRange]| {
        let width = |r: &PortRange| usize::from(r.last.saturating_sub(r.first)) + 1;
        (1..=MOST_PORTS).contains(&ports.iter().map(width).sum())
    };
    rule.protocol.is_none_or(|p| p == 6)
        && (!rule.fragments && rule.tcp_flags.is_none() && rule.source.is_none())
        && (!are_few(&rule.src_ports) && !are_few(&rule.dst_ports))
        && rule.size.is_none_or(|s| s.least <= LONGEST_SYN)
}

/// The narrowest rule for the kind of traffic that most of what is left is of.
fn next_rule(left: &[Weighed], attack: f64) -> Option<Traits> {
    let mut rule = kind(left, attack)?;
    let mut held = select(left, &rule);
    if !rule.fragments && matches!(rule.protocol, Some(6 | 17)) {
        rule.src_ports = ports(&held, |r| r.src_port);
        held = select(&held, &rule);
        rule.dst_ports = ports(&held, |r| r.dst_port);
        held = select(&held, &rule);
    }
    rule.size = size(&held);
    held = select(&held, &rule);
    rule.source = source(&held);
    // A rule without traits would stop everything.
    (rule != Traits::default()).then_some(rule)
}

/// Protocol, fragments, SYN: which of them has most of the attack?
fn kind(left: &[Weighed], attack: f64) -> Option<Traits> {
    let mut kinds: BTreeMap<(Option<u8>, bool, bool), f64> = BTreeMap::new();
    for w in left {
        let fragment = w.record.fragment == Some(true);
        let is_tcp = w.record.protocol == Some(6) && !fragment;
        let syn = is_tcp && w.record.tcp_flags.is_some_and(|f| f & 0x12 == 0x02);
        *kinds.entry((w.record.protocol, fragment, syn)).or_default() += w.during - w.before;
    }
    let ((protocol, fragments, syn), most) =
        kinds.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    let tcp_flags = syn.then_some(TcpFlags { set: 0x02, unset: 0x10 });
    (most > TOO_SMALL * attack).then(|| Traits {
        protocol,
        fragments,
        tcp_flags,
        ..Traits::default()
    })
}

/// The few ports the attack uses; else all but the few ports that other traffic uses; else none.
fn ports(held: &[Weighed], of: impl Fn(&Record) -> Option<u16>) -> Vec<PortRange> {
    #[derive(Default)]
    struct Port {
        during: f64,
        before: f64,
        attacks: u32,
        usuals: u32,
    }
    let mut by_port: BTreeMap<u16, Port> = BTreeMap::new();
    for w in held {
        let Some(port) = of(&w.record) else { return Vec::new() };
        let sum = by_port.entry(port).or_default();
        sum.during += w.during;
        sum.before += w.before;
        sum.attacks = sum.attacks.saturating_add(u32::from(w.during > 0.0));
        sum.usuals = sum.usuals.saturating_add(u32::from(w.before > 0.0));
    }
    let (attack, usual) = (excess(held), sum(held, |w| w.before));
    let of_attack = |p: &Port| p.during - p.before;
    let largest = |weight: &dyn Fn(&Port) -> f64, least: f64| {
        let mut ports: Vec<(&u16, &Port)> =
            by_port.iter().filter(|p| weight(p.1) >= least).collect();
        ports.sort_by(|a, b| weight(b.1).total_cmp(&weight(a.1)));
        ports.truncate(MOST_PORTS);
        ports
    };
    let mut used = largest(&of_attack, PORT_COUNTS * attack);
    used.retain(|p| p.1.attacks >= PORT_RECORDS);
    let in_used = used.iter().map(|p| of_attack(p.1)).sum::<f64>() / attack;
    let usual_in_used = used.iter().map(|p| p.1.before).sum::<f64>();
    let is_apart = usual <= 0.0 || in_used > 2.0 * usual_in_used / usual;
    if in_used >= KEEPS || (in_used >= OWN_RULE && is_apart) {
        return ranges(used.into_iter().map(|p| *p.0).collect());
    }
    let mut others = largest(&|p| p.before, TOO_SMALL * usual);
    others.retain(|p| p.1.usuals >= PORT_RECORDS);
    let (during, before) =
        others.iter().fold((0.0, 0.0), |s, p| (s.0 + p.1.during, s.1 + p.1.before));
    // Some of what is above the usual there is other traffic that happens to be more than before.
    let is_hardly_used = during - before <= (1.0 - KEEPS) * attack || during <= 1.5 * before;
    if usual > 0.0 && before >= OWN_RULE * usual && is_hardly_used {
        return all_but(&ranges(others.into_iter().map(|p| *p.0).collect()));
    }
    Vec::new()
}

/// Ports as ranges, neighbours joined.
fn ranges(mut ports: Vec<u16>) -> Vec<PortRange> {
    ports.sort_unstable();
    let mut out: Vec<PortRange> = Vec::new();
    for port in ports {
        match out.last_mut() {
            Some(open) if u32::from(open.last) + 1 >= u32::from(port) => open.last = port,
            _ => out.push(PortRange { first: port, last: port }),
        }
    }
    out
}

/// Every port that is in none of `ranges`, which are in order.
fn all_but(ranges: &[PortRange]) -> Vec<PortRange> {
    let (mut out, mut from) = (Vec::new(), 0_u32);
    for range in ranges {
        if let (Ok(first), Some(last)) = (u16::try_from(from), range.first.checked_sub(1))
            && first <= last
        {
            out.push(PortRange { first, last });
        }
        from = u32::from(range.last) + 1;
    }
    out.extend(u16::try_from(from).ok().map(|first| PortRange { first, last: u16::MAX }));
    out
}

/// The sizes nearly all of the attack's packets have, when they are large, small, or such as other
/// traffic hardly has. A little wider than seen, for a flow tells its mean packet only.
fn size(held: &[Weighed]) -> Option<SizeRange> {
    const LARGE: u16 = 200;
    const FULL: u16 = 1000;
    let mut by_size: BTreeMap<u16, (f64, f64)> = BTreeMap::new();
    for w in held {
        let sum = by_size.entry(w.record.size?).or_default();
        *sum = (sum.0 + w.during - w.before, sum.1 + w.before);
    }
    let beyond = (1.0 - KEEPS) / 2.0 * excess(held);
    let least = *by_size.iter().find(past(beyond))?.0;
    let most = *by_size.iter().rev().find(past(beyond))?.0;
    let (least, most) = (least - least / 20, most.saturating_add(most / 20));
    if least > most {
        return None;
    }
    if least >= LARGE {
        return Some(SizeRange { least, most: if most >= FULL { u16::MAX } else { most } });
    }
    if most <= LARGE {
        return Some(SizeRange { least: 0, most });
    }
    let (usual, spared) = by_size.iter().fold((0.0, 0.0), |sum, (size, (_, before))| {
        let is_spared = !(least..=most).contains(size);
        (sum.0 + before, sum.1 + if is_spared { *before } else { 0.0 })
    });
    (usual > 0.0 && spared >= OWN_RULE * usual).then_some(SizeRange { least, most })
}

/// Is the sum of the attack over the sizes that were asked about more than `beyond`?
fn past(beyond: f64) -> impl FnMut(&(&u16, &(f64, f64))) -> bool {
    let mut sum = 0.0;
    move |(_, (excess, _))| {
        sum += excess;
        sum > beyond
    }
}

/// The prefix of the few sources of nearly all of the attack, when they are close together.
fn source(held: &[Weighed]) -> Option<IpNet> {
    let mut by_source: HashMap<u128, f64> = HashMap::new();
    for w in held {
        *by_source.entry(w.record.source?).or_default() += w.during - w.before;
    }
    let mut sources: Vec<(u128, f64)> = by_source.into_iter().filter(|s| s.1 > 0.0).collect();
    sources.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    sources.truncate(FEW_SOURCES);
    let (attack, mut sum, mut few) = (excess(held), 0.0, Vec::new());
    for (source, weight) in sources {
        few.push(source);
        sum += weight;
        if sum >= KEEPS * attack {
            break;
        }
    }
    let (&first, differ) = (few.first()?, few.iter().fold(0, |bits, s| bits | (s ^ few[0])));
    let single = IpNet::from(ip(first));
    // The number of an IPv4 address ends with its 32 bits.
    let common = u32::from(single.max_prefix_len()).checked_sub(128 - differ.leading_zeros())?;
    let close = if single.max_prefix_len() == 32 { 24 } else { 48 };
    if sum < KEEPS * attack || common < close {
        return None;
    }
    IpNet::new(single.addr(), u8::try_from(common).ok()?).ok().map(|net| net.trunc())
}

fn select(held: &[Weighed], rule: &Traits) -> Vec<Weighed> {
    held.iter().filter(|w| matches(rule, &w.record)).copied().collect()
}

/// What came on top: the attack's bytes.
fn excess(held: &[Weighed]) -> f64 {
    sum(held, |w| w.during - w.before)
}

fn sum(held: &[Weighed], of: impl Fn(&Weighed) -> f64) -> f64 {
    held.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ports_but_some_are_all_others() {
        let but = |ports: &[u16]| all_but(&ranges(ports.to_vec()));
        let range = |first, last| PortRange { first, last };
        assert_eq!(but(&[]), [range(0, 65_535)]);
        assert_eq!(but(&[0, 1, 443]), [range(2, 442), range(444, 65_535)]);
        assert_eq!(but(&[65_535, 0]), [range(1, 65_534)]);
        assert_eq!(ranges(vec![7, 5, 6, 9]), [range(5, 7), range(9, 9)]);
    }
}
