//! The sealed last minutes: flow records nobody has looked into, held in memory until they are let go.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use ground::{Columns, Ground, OutOfScope, Rows, Sealed};
use terms::{Field, Fields, Flows, Moment, Source, Span, Time};

use crate::Detector;

/// What holding needs: a ground that names every field that is decoded, whoever it is decoded for;
/// a batch with more in it is let go.
pub(crate) const DETECTOR: Detector = Detector {
    name: "held",
    reads: Source::FlowExport,
    fields: Fields::of(&[
        Field::SrcAddress,
        Field::DstAddress,
        Field::SrcPort,
        Field::DstPort,
        Field::Protocol,
        Field::TcpFlags,
        Field::Bytes,
        Field::Packets,
        Field::Fragment,
        Field::InputInterface,
    ]),
};

/// Sealed batches of the last minutes, the oldest first. They are never written anywhere.
#[derive(Debug)]
pub struct Ring {
    held: VecDeque<Held>,
    span: Span,
    most_rows: usize,
    rows: usize,
    refused: u64,
    crowded_out: u64,
}

#[derive(Debug)]
struct Held {
    flows: Sealed<Flows>,
    taken: Moment,
    arrived: Time,
    rows: usize,
}

impl Ring {
    /// A ring that holds each batch for `span` and at most `most_rows` records in all.
    #[must_use]
    pub fn new(span: Span, most_rows: usize) -> Self {
        Self { held: VecDeque::new(), span, most_rows, rows: 0, refused: 0, crowded_out: 0 }
    }

    /// Takes a batch into keeping under the ground `hold`, unread. What that ground does not cover
    /// is let go and counted in [`Ring::refused`].
    pub fn push(&mut self, hold: &Ground, flows: Sealed<Flows>, at: Moment) {
        // Opened only to count its rows; no column is looked at.
        let counted =
            hold.open(&flows, at).map(|columns| (columns.arrived(), count(columns.rows())));
        let held = counted.and_then(|(arrived, rows)| {
            let flows = hold.hold(flows, Source::HeldFlows, at)?;
            Ok(Held { flows, taken: at, arrived, rows })
        });
        match held {
            Ok(held) => {
                self.rows = self.rows.saturating_add(held.rows);
                self.held.push_back(held);
            }
            Err(_) => self.refused = self.refused.saturating_add(1),
        }
        self.forget(at);
    }

    /// Lets go of what has been held for its span on either clock, and of the oldest batches while
    /// there are more records than may be held; call it every second or so.
    pub fn forget(&mut self, at: Moment) {
        let span = self.span;
        self.held.retain(|held| !is_over(held, span, at));
        self.rows = self.held.iter().map(|held| held.rows).sum();
        while self.rows > self.most_rows {
            let Some(oldest) = self.held.pop_front() else { break };
            self.rows = self.rows.saturating_sub(oldest.rows);
            self.crowded_out = self.crowded_out.saturating_add(1);
        }
    }

    /// Lets go of everything: when the ground for holding has ended, or everything is stopped.
    pub fn clear(&mut self) {
        self.held.clear();
        self.rows = 0;
    }

    /// Opens, with a case's ground, the batches that arrived at or after `from` and before `to`.
    /// A batch held for its span is not opened any more, even before it is let go.
    ///
    /// # Errors
    /// Each batch that the ground does not open gives its error.
    pub fn open<'a>(
        &'a self,
        ground: &'a Ground,
        from: Time,
        to: Time,
        at: Moment,
    ) -> impl Iterator<Item = Result<Columns<'a, Flows>, OutOfScope>> {
        let asked = move |held: &&Held| from <= held.arrived && held.arrived < to;
        let there = move |held: &&Held| !is_over(held, self.span, at);
        self.held.iter().filter(asked).filter(there).map(move |held| ground.open(&held.flows, at))
    }

    /// Records held now.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// Batches held now.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.held.len()
    }
    /// Batches let go because the ground for holding did not cover them.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }
    /// Batches let go before their span was over, because there were too many records.
    #[must_use]
    pub fn crowded_out(&self) -> u64 {
        self.crowded_out
    }
}

/// Was it held for its span, by either clock? A wall clock set back does not make it last.
fn is_over(held: &Held, span: Span, at: Moment) -> bool {
    let end = held.taken.after(span);
    at.wall >= end.wall || at.mono >= end.mono
}

fn count(rows: &Rows) -> usize {
    match rows {
        Rows::All(rows) => *rows,
        Rows::These(rows) => rows.len(),
    }
}
