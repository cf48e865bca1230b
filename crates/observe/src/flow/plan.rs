//! A template compiled, for one mask, to the few places that are read and the columns they fill.
//!
//! A plan reads column by column: for each wanted field, one pass over the records of a set. Fields
//! that are not wanted have no step, so nothing ever looks at them.

use terms::{Field, Fields, FlowField, Flows};

use super::columns::{self, Export, Span, Unit};
use super::sampling::{Provenance, Rate, Rates};
use super::template::{Registry, Spec, VARIABLE};

/// What is read of each record, and where it goes.
#[derive(Debug)]
pub(crate) struct Plan {
    mask: Fields,
    width: Width,
    /// Empty when the template has none of the fields that may be read.
    steps: Vec<Step>,
    sampler: Option<Place>,
    interface: Option<Place>,
    rate: Option<Place>,
    space: Option<Place>,
    /// Where each field of the record at hand is, for records of variable length.
    spans: Vec<Span>,
}

/// Where a field is: its number in the template and, in records of fixed length, its octets.
#[derive(Debug, Clone, Copy)]
struct Place {
    field: usize,
    span: Span,
}

#[derive(Debug, Clone, Copy)]
enum Width {
    Fixed(usize),
    /// At least so many octets.
    Variable(usize),
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Addresses {
        src: bool,
        v4: Option<Place>,
        v6: Option<Place>,
    },
    SrcPort(Option<Place>),
    DstPort(Option<Place>),
    Protocol(Option<Place>),
    TcpFlags(Option<Place>),
    Bytes(Option<Place>),
    Packets(Option<Place>),
    Input(Option<Place>),
    Output(Option<Place>),
    Fragment {
        offset: Option<Place>,
        flags: Option<Place>,
    },
    /// The template does not tell fragments, but ports and protocol do.
    FragmentWithoutPorts,
    Times {
        start: Option<(Unit, Place)>,
        end: Option<(Unit, Place)>,
        boot: Option<Place>,
    },
}

/// What became of the body of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ran {
    /// Records in it; `None` when they cannot be counted without reading them.
    pub(crate) records: Option<u32>,
    /// Octets they take up; what is left is padding.
    pub(crate) used: usize,
    /// Were they read, or passed over because nothing in them may be read?
    pub(crate) read: bool,
    /// A record runs over the end of the set.
    pub(crate) overrun: bool,
    /// The last sampling rate used.
    pub(crate) rate: Option<Rate>,
}

impl Plan {
    /// Compiles the fields of a template for a mask.
    pub(crate) fn compile(specs: &[Spec], mask: Fields) -> Self {
        let find = |ids: &[u16]| ids.iter().find_map(|&id| place(specs, id));
        let sized = |id, len| place(specs, id).filter(|p| p.span.len == len);
        let timed = |list: &[(u16, Unit)]| {
            list.iter().find_map(|&(id, unit)| Some((unit, place(specs, id)?)))
        };
        let has_ports = [4, 7, 11].iter().all(|&id| place(specs, id).is_some());
        let step = |field: FlowField| match field {
            FlowField::SrcAddress => {
                Step::Addresses { src: true, v4: sized(8, 4), v6: sized(27, 16) }
            }
            FlowField::DstAddress => {
                Step::Addresses { src: false, v4: sized(12, 4), v6: sized(28, 16) }
            }
            FlowField::SrcPort => Step::SrcPort(find(&[7, 180, 182])),
            FlowField::DstPort => Step::DstPort(find(&[11, 181, 183])),
            FlowField::Protocol => Step::Protocol(find(&[4])),
            FlowField::TcpFlags => Step::TcpFlags(find(&[6])),
            FlowField::Bytes => Step::Bytes(find(&[1, 85, 231, 352, 23])),
            FlowField::Packets => Step::Packets(find(&[2, 86, 298, 24])),
            FlowField::InputInterface => Step::Input(find(&[10, 252])),
            FlowField::OutputInterface => Step::Output(find(&[14, 253])),
            FlowField::Fragment => match (find(&[88]), find(&[197])) {
                (None, None) if has_ports => Step::FragmentWithoutPorts,
                (offset, flags) => Step::Fragment { offset, flags },
            },
            FlowField::Timestamp => Step::Times {
                start: timed(STARTS).or_else(|| timed(OBSERVED)),
                end: timed(ENDS).or_else(|| timed(OBSERVED)),
                boot: find(&[160]),
            },
        };
        let mut steps: Vec<Step> = mask.flow().map(step).collect();
        if !steps.iter().any(Step::reads) {
            steps.clear();
        }
        Self {
            mask,
            width: width(specs),
            steps,
            sampler: find(&[48, 302]),
            interface: find(&[10]).filter(|_| mask.has(Field::InputInterface)),
            rate: find(&[34, 50, 305]),
            space: find(&[306]),
            spans: Vec::new(),
        }
    }

    /// The mask it was compiled for.
    pub(crate) fn mask(&self) -> Fields {
        self.mask
    }

    /// Reads the records of a data set into `flows`. `specs` are those it was compiled of.
    pub(crate) fn run(
        &mut self,
        specs: &[Spec],
        body: &[u8],
        export: &Export,
        rates: &Rates,
        flows: &mut Flows,
    ) -> Ran {
        match self.width {
            Width::Fixed(width) => {
                let records = body.len() / width.max(1);
                let used = records * width;
                let mut rate = None;
                if let Some(body) = body.get(..used)
                    && !self.steps.is_empty()
                    && records > 0
                {
                    rate = self.fill(body, width, |p| p.span, export, rates, flows);
                }
                let read = !self.steps.is_empty();
                let records = Some(u32::try_from(records).unwrap_or(u32::MAX));
                Ran { records, used, read, overrun: false, rate }
            }
            Width::Variable(_) if self.steps.is_empty() => {
                Ran { records: None, used: body.len(), read: false, overrun: false, rate: None }
            }
            Width::Variable(least) => {
                let (mut used, mut records, mut rate, mut overrun) = (0, 0, None, false);
                let mut spans = core::mem::take(&mut self.spans);
                while let Some(rest) = body.get(used..)
                    && rest.len() >= least
                {
                    let Some(width) = columns::walk(specs, rest, &mut spans) else {
                        overrun = true;
                        break;
                    };
                    let at = |p: Place| spans.get(p.field).copied().unwrap_or_default();
                    let record = rest.get(..width).unwrap_or_default();
                    rate = self.fill(record, width, at, export, rates, flows);
                    used += width;
                    records += 1;
                }
                self.spans = spans;
                Ran { records: Some(records), used, read: true, overrun, rate }
            }
        }
    }

    /// Fills all columns from `records`, each `width` octets long.
    fn fill(
        &self,
        records: &[u8],
        width: usize,
        at: impl Fn(Place) -> Span + Copy,
        export: &Export,
        rates: &Rates,
        flows: &mut Flows,
    ) -> Option<Rate> {
        let rows = columns::Rows { octets: records, width };
        let some = |p: Option<Place>| p.map(at);
        for step in &self.steps {
            match *step {
                Step::Addresses { src, v4, v6 } => {
                    let column = if src { &mut flows.src } else { &mut flows.dst };
                    columns::addresses(column, rows, some(v4), some(v6));
                }
                Step::SrcPort(p) => rows.numbers(&mut flows.src_port, some(p), columns::short),
                Step::DstPort(p) => rows.numbers(&mut flows.dst_port, some(p), columns::short),
                Step::Protocol(p) => rows.numbers(&mut flows.protocol, some(p), columns::octet),
                Step::TcpFlags(p) => rows.numbers(&mut flows.tcp_flags, some(p), columns::short),
                Step::Bytes(p) => rows.numbers(&mut flows.bytes, some(p), |n| n),
                Step::Packets(p) => rows.numbers(&mut flows.packets, some(p), |n| n),
                Step::Input(p) => rows.numbers(&mut flows.input, some(p), columns::word),
                Step::Output(p) => rows.numbers(&mut flows.output, some(p), columns::word),
                Step::Fragment { offset, flags } => {
                    columns::fragments(&mut flows.fragment, rows, some(offset), some(flags));
                }
                Step::FragmentWithoutPorts => columns::without_ports(flows, rows.count()),
                Step::Times { start, end, boot } => {
                    let place = |t: Option<(Unit, Place)>| t.map(|(unit, p)| (unit, at(p)));
                    let (start, end) = (place(start), place(end));
                    let boot = some(boot);
                    columns::times(&mut flows.start, rows, start.or(end), boot, export);
                    columns::times(&mut flows.end, rows, end.or(start), boot, export);
                }
            }
        }
        flows.len += rows.count();
        self.rates(rows, at, export, rates, flows)
    }

    /// Fills the sampling column: options data first, then a field of the record, then the header,
    /// then the setting; 0 where nobody says.
    fn rates(
        &self,
        rows: columns::Rows<'_>,
        at: impl Fn(Place) -> Span,
        export: &Export,
        rates: &Rates,
        flows: &mut Flows,
    ) -> Option<Rate> {
        let last = |flows: &Flows, by| {
            flows.sampling.last().filter(|r| **r != 0).map(|&one_in| Rate { one_in, by })
        };
        if let Some(p) = self.sampler
            && rates.has_samplers()
        {
            let other = rates.whole().unwrap_or(export.rate_but_options());
            let rate = |id| rates.of_sampler(id).unwrap_or(other);
            rows.numbers(&mut flows.sampling, Some(at(p)), rate);
            return last(flows, Provenance::Options);
        }
        if let Some(p) = self.interface
            && rates.has_interfaces()
        {
            let other = rates.whole().unwrap_or(export.rate_but_options());
            let rate = |id| rates.of_interface(id).unwrap_or(other);
            rows.numbers(&mut flows.sampling, Some(at(p)), rate);
            return last(flows, Provenance::Options);
        }
        let fixed = match (rates.whole(), self.rate) {
            (Some(one_in), _) => Some(Rate { one_in, by: Provenance::Options }),
            (None, Some(p)) => {
                columns::record_rates(&mut flows.sampling, rows, at(p), self.space.map(at));
                return last(flows, Provenance::Record);
            }
            (None, None) => export.rate(),
        };
        flows.sampling.resize(flows.len, fixed.map_or(0, |r| r.one_in));
        fixed
    }
}

impl Step {
    fn reads(&self) -> bool {
        match self {
            Self::Addresses { v4, v6, .. } => v4.is_some() || v6.is_some(),
            Self::SrcPort(p)
            | Self::DstPort(p)
            | Self::Protocol(p)
            | Self::TcpFlags(p)
            | Self::Bytes(p)
            | Self::Packets(p)
            | Self::Input(p)
            | Self::Output(p) => p.is_some(),
            Self::Fragment { offset, flags } => offset.is_some() || flags.is_some(),
            Self::FragmentWithoutPorts => false,
            Self::Times { start, end, .. } => start.is_some() || end.is_some(),
        }
    }
}

/// First packet of a flow, best first.
const STARTS: &[(u16, Unit)] = &[
    (152, Unit::Milliseconds),
    (150, Unit::Seconds),
    (154, Unit::Ntp),
    (156, Unit::Ntp),
    (22, Unit::Uptime),
    (158, Unit::MicrosecondsBefore),
];
/// Last packet of a flow.
const ENDS: &[(u16, Unit)] = &[
    (153, Unit::Milliseconds),
    (151, Unit::Seconds),
    (155, Unit::Ntp),
    (157, Unit::Ntp),
    (21, Unit::Uptime),
    (159, Unit::MicrosecondsBefore),
];
/// When an event was observed, for records without first and last packet.
const OBSERVED: &[(u16, Unit)] =
    &[(323, Unit::Milliseconds), (322, Unit::Seconds), (324, Unit::Ntp), (325, Unit::Ntp)];

/// Where the first field with this IANA number is.
fn place(specs: &[Spec], id: u16) -> Option<Place> {
    let mut offset = 0;
    for (field, spec) in specs.iter().enumerate() {
        let len = usize::from(spec.len);
        if spec.registry == Registry::Iana && spec.id == id && len > 0 {
            return Some(Place { field, span: Span { offset, len } });
        }
        offset += len;
    }
    None
}

fn width(specs: &[Spec]) -> Width {
    let fixed: usize = specs.iter().filter(|s| s.len != VARIABLE).map(|s| usize::from(s.len)).sum();
    match specs.iter().filter(|s| s.len == VARIABLE).count() {
        0 => Width::Fixed(fixed),
        variable => Width::Variable(fixed + variable),
    }
}
