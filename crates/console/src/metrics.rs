//! The metrics, in Prometheus' text format 0.0.4; no address is in them.

use core::fmt::Write as _;

use crate::Exporter;
use crate::status::{Status, state_word};

/// Media type of the format.
pub(crate) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All metrics of `status`.
pub(crate) fn write(status: &Status) -> String {
    let mut out = Metrics(String::new());
    exporters(&mut out, &status.snapshot.exporters);
    let seen = &status.snapshot;
    out.one(
        "sekisho_stranger_datagrams_total",
        "counter",
        "Datagrams of senders that are not on the allow-list; none was decoded.",
        count(seen.strangers),
    );
    let expected = |edge: fn(&crate::Expected) -> f64| {
        seen.bands.iter().map(move |b| (b, b.expected.map(|e| edge(&e))))
    };
    out.family(
        "sekisho_prefix_bits_per_second",
        "gauge",
        "Traffic to an own prefix in the last interval, by the operator's label.",
        seen.bands.iter().map(|b| (vec![("prefix", b.label.as_str())], b.seen)),
    );
    for (name, help, values) in [
        (
            "sekisho_prefix_expected_low_bits_per_second",
            "Lower edge of what is expected.",
            expected(|e| e.low),
        ),
        (
            "sekisho_prefix_expected_high_bits_per_second",
            "Upper edge of what is expected.",
            expected(|e| e.high),
        ),
    ] {
        let known = values.filter_map(|(b, v)| Some((vec![("prefix", b.label.as_str())], v?)));
        out.family(name, "gauge", help, known);
    }
    out.family(
        "sekisho_cases",
        "gauge",
        "Cases by state.",
        status.counts.iter().map(|(s, n)| (vec![("state", state_word(*s))], count(*n))),
    );
    out.one(
        "sekisho_waiting",
        "gauge",
        "Questions, signatures, duties and approvals that wait for somebody.",
        size(status.waiting.len()),
    );
    out.one(
        "sekisho_mitigations",
        "gauge",
        "Mitigations that stand.",
        size(seen.mitigations.len()),
    );
    out.one(
        "sekisho_dry_run",
        "gauge",
        "1 when mitigations are only shown and nothing is sent.",
        yes(seen.dry_run),
    );
    out.one("sekisho_halted", "gauge", "1 after everything was stopped.", yes(status.halted));
    out.family(
        "sekisho_peer_up",
        "gauge",
        "1 when rules can be sent to the peer.",
        seen.peers.iter().map(|p| (vec![("peer", p.name.as_str())], yes(p.up))),
    );
    out.family(
        "sekisho_peer_rules",
        "gauge",
        "Rules the peer was told and has not been told to forget.",
        seen.peers.iter().map(|p| (vec![("peer", p.name.as_str())], size(p.announced))),
    );
    out.family(
        "sekisho_link_used_ratio",
        "gauge",
        "Use of a link as a part of its capacity.",
        seen.links.iter().map(|l| (vec![("link", l.name.as_str())], l.used / 100.0)),
    );
    out.one(
        "sekisho_ledger_entries",
        "gauge",
        "Entries in the ledger.",
        count(seen.ledger.entries),
    );
    out.one(
        "sekisho_ledger_witnessed",
        "gauge",
        "1 when an outside witness keeps checkpoints.",
        yes(seen.ledger.witnessed),
    );
    out.family(
        "sekisho_kept",
        "gauge",
        "Sealed pieces that are kept, by what they are.",
        seen.kept.iter().map(|k| (vec![("source", k.source.word())], count(k.count))),
    );
    out.one(
        "sekisho_mask_fields",
        "gauge",
        "Fields of flow records that the grounds in force let decoders read.",
        f64::from(status.mask_fields),
    );
    out.one(
        "sekisho_warnings",
        "gauge",
        "Things that are missing or wrong; the status page says which.",
        size(seen.warnings.len()),
    );
    out.0
}

/// A counter of every exporter: name, what it is, and where it is.
type Counter = (&'static str, &'static str, fn(&Exporter) -> u64);

const COUNTERS: &[Counter] = &[
    ("sekisho_exporter_datagrams_total", "Datagrams received.", |e| e.datagrams),
    ("sekisho_exporter_records_total", "Flow records decoded.", |e| e.records),
    ("sekisho_exporter_lost_total", "Datagrams or records missing by sequence number.", |e| e.lost),
    ("sekisho_exporter_no_template_total", "Data sets that came without their template.", |e| {
        e.no_template
    }),
    (
        "sekisho_exporter_dropped_total",
        "Records thrown away because the next station was not ready.",
        |e| e.dropped,
    ),
];

fn exporters(out: &mut Metrics, exporters: &[Exporter]) {
    for (name, help, of) in COUNTERS {
        let samples = exporters.iter().map(|e| (vec![("exporter", e.name.as_str())], count(of(e))));
        out.family(name, "counter", help, samples);
    }
    let undecodable = exporters.iter().flat_map(|e| {
        let labels = move |reason| vec![("exporter", e.name.as_str()), ("reason", reason)];
        e.undecodable.iter().map(move |u| (labels(u.reason.as_str()), count(u.times)))
    });
    out.family(
        "sekisho_exporter_undecodable_total",
        "counter",
        "What could not be decoded, by reason.",
        undecodable,
    );
    out.family(
        "sekisho_exporter_doubtful",
        "gauge",
        "1 when the exporter is not believed.",
        exporters.iter().map(|e| (vec![("exporter", e.name.as_str())], yes(e.doubtful.is_some()))),
    );
    let heard = exporters.iter().filter_map(|e| {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age fit")]
        let seconds = e.last_seen?.0 as f64 / 1000.0;
        Some((vec![("exporter", e.name.as_str())], seconds))
    });
    out.family(
        "sekisho_exporter_last_seen_timestamp_seconds",
        "gauge",
        "When the last datagram arrived.",
        heard,
    );
}

/// The text so far.
struct Metrics(String);

impl Metrics {
    /// A metric without labels.
    fn one(&mut self, name: &str, kind: &str, help: &str, value: f64) {
        self.family(name, kind, help, [(Vec::new(), value)]);
    }

    /// A metric with one sample for each set of labels; left out when there is none.
    fn family<'a>(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        samples: impl IntoIterator<Item = (Vec<(&'static str, &'a str)>, f64)>,
    ) {
        let mut samples = samples.into_iter().peekable();
        if samples.peek().is_none() {
            return;
        }
        let out = &mut self.0;
        // Writing to a String cannot fail.
        let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        for (labels, value) in samples {
            out.push_str(name);
            for (i, (label, text)) in labels.iter().enumerate() {
                let _ =
                    write!(out, "{}{label}=\"{}\"", if i == 0 { '{' } else { ',' }, escaped(text));
            }
            out.push_str(if labels.is_empty() { " " } else { "} " });
            let _ = writeln!(out, "{}", number(value));
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn number(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    value.to_string()
}

#[expect(clippy::cast_precision_loss, reason = "the format's numbers are floats")]
fn count(n: u64) -> f64 {
    n as f64
}

fn size(n: usize) -> f64 {
    count(n as u64)
}

fn yes(so: bool) -> f64 {
    f64::from(u8::from(so))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_break_out_of_its_quotes() {
        let mut out = Metrics(String::new());
        out.family("m", "gauge", "Help.", [(vec![("l", "a\"b\\c\nd")], f64::INFINITY)]);
        out.family("none", "gauge", "Help.", []);
        assert_eq!(out.0, "# HELP m Help.\n# TYPE m gauge\nm{l=\"a\\\"b\\\\c\\nd\"} +Inf\n");
    }
}
