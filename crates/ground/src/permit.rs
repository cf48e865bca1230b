//! `Warrant` and `Permitted`: the permit travels with the plan it was given for.

use std::sync::Arc;

use terms::{Act, AnswerId, Field, Fields, Mitigation, Moment, PrefixSet, Scope, Subject, Traits};

use crate::gate::Switch;
use crate::{Digest, MeasureName, OutOfScope};

/// The right to carry out one plan, once. Consumed by [`Warrant::permit`].
///
/// ```compile_fail,E0382
/// fn twice(warrant: ground::Warrant, plan: terms::Mitigation, at: terms::Moment) {
///     let once = warrant.permit(plan.clone(), at);
///     let again = warrant.permit(plan, at);
/// }
/// ```
/// ```compile_fail,E0451
/// fn made(like: ground::Warrant, plan: ground::Digest) -> ground::Warrant {
///     ground::Warrant { plan, ..like }
/// }
/// ```
pub struct Warrant {
    pub(crate) act: Act,
    pub(crate) plan: Digest,
    pub(crate) fields: Fields,
    pub(crate) subject: Subject,
    pub(crate) until: Moment,
    pub(crate) measure: MeasureName,
    pub(crate) answer: AnswerId,
    pub(crate) stops: u64,
    pub(crate) switch: Arc<Switch>,
}

/// A complete plan with its warrant inside. Actuators take nothing else.
///
/// ```compile_fail,E0451
/// fn made(plan: u8, warrant: ground::Warrant) -> ground::Permitted<u8> {
///     ground::Permitted { plan, warrant }
/// }
/// ```
/// ```compile_fail,E0616
/// fn changed(permitted: &mut ground::Permitted<u8>) {
///     permitted.plan = 1;
/// }
/// ```
pub struct Permitted<P> {
    plan: P,
    warrant: Warrant,
}

/// Something that can be carried out under a warrant.
pub trait Plan {
    /// What the plan does, to whom, and until when.
    fn frame(&self) -> Frame;
    /// Digest of the whole plan: what was asked and signed is what is done.
    fn digest(&self) -> Digest;
    /// The fields of communications data that carrying it out looks at.
    fn fields(&self) -> Fields {
        Fields::NONE
    }
}

/// What a warrant compares a plan with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The act.
    pub act: Act,
    /// The own addresses it touches.
    pub touches: PrefixSet,
    /// When it ends.
    pub ends: terms::Time,
}

impl Warrant {
    /// Binds the warrant to the plan it was given for.
    ///
    /// # Errors
    /// When the plan is another one, touches more or looks at more than was granted, ends later, or
    /// time is over.
    pub fn permit<P: Plan>(self, plan: P, at: Moment) -> Result<Permitted<P>, OutOfScope> {
        let frame = plan.frame();
        if self.is_over(at) || frame.ends > self.until.wall {
            return Err(OutOfScope::Ended);
        }
        if plan.digest() != self.plan || frame.act != self.act {
            return Err(OutOfScope::Plan);
        }
        if !plan.fields().within(self.fields) {
            return Err(OutOfScope::Fields);
        }
        match self.subject.prefixes() {
            Some(granted) if !frame.touches.within(granted) => Err(OutOfScope::Subject),
            _ => Ok(Permitted { plan, warrant: self }),
        }
    }

    fn is_over(&self, at: Moment) -> bool {
        self.switch.stops() != self.stops
            || at.wall >= self.until.wall
            || at.mono >= self.until.mono
    }
}

impl<P> Permitted<P> {
    /// The plan, to carry out.
    pub fn plan(&self) -> &P {
        &self.plan
    }
    /// The answer in the ledger it rests on.
    pub fn answer(&self) -> AnswerId {
        self.warrant.answer
    }
    /// The measure it is an act of.
    pub fn measure(&self) -> &MeasureName {
        &self.warrant.measure
    }
    /// Its end on both clocks.
    pub fn until(&self) -> Moment {
        self.warrant.until
    }
    /// Has its end come, or was everything stopped?
    pub fn is_over(&self, at: Moment) -> bool {
        self.warrant.is_over(at)
    }
}

impl<P> core::fmt::Debug for Permitted<P> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Permitted").field("answer", &self.warrant.answer).finish_non_exhaustive()
    }
}

impl core::fmt::Debug for Warrant {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Warrant").field("answer", &self.answer).finish_non_exhaustive()
    }
}

impl Plan for Mitigation {
    fn frame(&self) -> Frame {
        let act = match self.scope {
            Scope::OwnDestination(_) | Scope::OwnSource(_) => Act::Block,
            Scope::Standing(_) => Act::Filter,
        };
        Frame { act, touches: PrefixSet::of([self.scope.prefix().net()]), ends: self.ends }
    }
    fn digest(&self) -> Digest {
        Digest::of(&serde_json::to_vec(self).unwrap_or_default())
    }
    fn fields(&self) -> Fields {
        let own = match self.scope {
            Scope::OwnDestination(_) | Scope::Standing(_) => Field::DstAddress,
            Scope::OwnSource(_) => Field::SrcAddress,
        };
        self.traits.iter().flat_map(looks_at).chain([own]).collect()
    }
}

/// The fields that matching these traits looks at. A port is the port of a protocol: naming both
/// looks at no more than the port.
fn looks_at(traits: &Traits) -> impl Iterator<Item = Field> {
    let ports = !(traits.src_ports.is_empty() && traits.dst_ports.is_empty());
    let looked = [
        (traits.source.is_some(), Field::SrcAddress),
        (traits.protocol.is_some() && !ports, Field::Protocol),
        (!traits.src_ports.is_empty(), Field::SrcPort),
        (!traits.dst_ports.is_empty(), Field::DstPort),
        (traits.size.is_some(), Field::Bytes),
        (traits.size.is_some(), Field::Packets),
        (traits.tcp_flags.is_some(), Field::TcpFlags),
        (traits.fragments, Field::Fragment),
    ];
    looked.into_iter().filter_map(|(looks, field)| looks.then_some(field))
}
