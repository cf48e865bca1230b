//! What the pages show of the running stations; no address of a subscriber or a destination.

use std::sync::PoisonError;

use console::{
    Band, Expected, Exporter, Kept, Ledger, Link, Mitigation, Peer, Snapshot, Told, Undecodable,
};
use terms::Text;

use crate::desk_loop::KEPT;
use crate::wire::Sekisho;

/// Takes a picture of everything but the desk.
pub(crate) fn take(sekisho: &Sekisho) -> Snapshot {
    let health = sekisho.intake.health();
    let seen = sekisho.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let warm = seen.intervals > u64::from(sekisho.settings.detect.warm_up);
    let bands = seen.bands.iter().map(|b| Band {
        label: sekisho.settings.label(&b.prefix),
        seen: b.seen.bits,
        expected: warm.then_some(Expected { low: b.expected_low.bits, high: b.expected_high.bits }),
    });
    let links = seen.links.iter().filter_map(|load| {
        let exporter = health.iter().find(|h| h.exporter == load.exporter)?;
        let link = sekisho
            .settings
            .link
            .iter()
            .find(|l| l.exporter == exporter.name && l.interface == load.interface)?;
        Some(Link {
            name: link.label.clone(),
            used: load.bits_per_second / (link.capacity_mbps * 1e6) * 100.0,
        })
    });
    let mut snapshot = Snapshot {
        bands: bands.collect(),
        links: links.collect(),
        strangers: sekisho.intake.strangers(),
        dry_run: !sekisho.actuator.sends(),
        warnings: warnings(sekisho, &seen),
        ..Snapshot::default()
    };
    drop(seen);
    snapshot.exporters = health.iter().map(exporter).collect();
    snapshot.mitigations = mitigations(sekisho);
    snapshot.peers = peers(sekisho);
    snapshot.ledger = ledger(sekisho);
    snapshot.kept = KEPT
        .iter()
        .filter_map(|&source| {
            let count = sekisho.account.count_kept(source).ok()?;
            Some(Kept { source, count })
        })
        .collect();
    snapshot
}

fn exporter(h: &observe::Health) -> Exporter {
    Exporter {
        name: h.name.clone(),
        datagrams: h.datagrams,
        records: h.records,
        lost: h.lost_datagrams + h.lost_records,
        undecodable: h
            .undecodable
            .iter()
            .map(|u| Undecodable {
                reason: u.reason.word().to_owned(),
                text: u.reason.text(),
                times: u.times,
            })
            .collect(),
        no_template: h.no_template,
        dropped: h.dropped_full,
        last_seen: h.last_seen,
        sampling: h.sampling.as_ref().map(|r| {
            let by = r.by.text();
            Text {
                ja: format!("1/{}（{}）", r.one_in, by.ja),
                en: format!("1 in {} ({})", r.one_in, by.en),
            }
        }),
        doubtful: h.doubtful.as_ref().map(|d| d.reason.text()),
    }
}

fn mitigations(sekisho: &Sekisho) -> Vec<Mitigation> {
    let cases: Vec<_> =
        sekisho.desk().cases().filter_map(|c| Some((c.mitigated.as_ref()?.id, c.id))).collect();
    let standing = sekisho.actuator.standing();
    standing
        .into_iter()
        .filter_map(|s| {
            let (_, case) = cases.iter().find(|(id, _)| *id == s.id)?;
            let told = |(peer, carried): (String, act::Carried)| {
                let word = carried_text(&carried);
                Told { peer, state: word }
            };
            Some(Mitigation {
                id: s.id,
                case: *case,
                rules: s.rules.len(),
                ends: s.ends,
                peers: s.peers.into_iter().map(told).collect(),
            })
        })
        .collect()
}

fn carried_text(carried: &act::Carried) -> Text {
    match carried {
        act::Carried::NotOffered => Text::of("相手が未対応", "not offered by the peer"),
        act::Carried::Ended => Text::of("終期到来", "ended"),
        act::Carried::Queued => Text::of("送信待ち", "queued"),
        act::Carried::NotConnected => Text::of("未接続", "not connected"),
        act::Carried::Announced => Text::of("広報済み", "announced"),
        act::Carried::Confirmed => Text::of("確認済み", "confirmed"),
    }
}

fn peers(sekisho: &Sekisho) -> Vec<Peer> {
    sekisho
        .actuator
        .peers()
        .into_iter()
        .map(|p| Peer {
            name: p.name,
            up: p.state == act::SessionState::Established,
            state: match p.state {
                act::SessionState::Waiting => Text::of("再接続待ち", "waiting to connect again"),
                act::SessionState::Connecting => Text::of("接続中", "connecting"),
                act::SessionState::Opening => Text::of("セッション確立中", "opening"),
                act::SessionState::Established => Text::of("確立", "established"),
                act::SessionState::Stopped => Text::of("停止", "stopped"),
            },
            since: p.since,
            announced: p.announced,
        })
        .collect()
}

fn ledger(sekisho: &Sekisho) -> Ledger {
    let Ok(standing) = sekisho.account.standing() else { return Ledger::default() };
    // A checkpoint is: origin, size, root hash, empty line, signatures.
    let root = standing.checkpoint.lines().nth(2).unwrap_or_default();
    Ledger {
        entries: standing.entries,
        root: root.chars().take(16).collect(),
        checkpoint: signed(sekisho),
        witnessed: standing.witnessed,
    }
}

/// When the newest checkpoint was written.
fn signed(sekisho: &Sekisho) -> Option<terms::Time> {
    let file = sekisho.settings.data.join(crate::ledger::FOLDER).join("checkpoint");
    let written = std::fs::metadata(file).ok()?.modified().ok()?;
    let since = written.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(terms::Time)
}

fn warnings(sekisho: &Sekisho, seen: &crate::keep::Seen) -> Vec<Text> {
    use std::sync::atomic::Ordering::Relaxed;
    let mut warnings = Vec::new();
    let mut warn = |count: u64, ja: &str, en: &str| {
        if count > 0 {
            warnings.push(Text { ja: format!("{ja}：{count}"), en: format!("{en}: {count}") });
        }
    };
    warn(
        seen.left_out.unknown_sampling,
        "直近の区間で、サンプリングレート不明のレコード",
        "records of unknown sampling rate in the last interval",
    );
    warn(
        sekisho.shared.missed.load(Relaxed),
        "処理が追いつかず渡せなかったバッチ",
        "batches the next station was not ready for",
    );
    warn(
        sekisho.shared.unopened.load(Relaxed),
        "根拠がなく開かれなかったバッチ",
        "batches no standing ground opened",
    );
    warn(
        seen.held_refused,
        "保持の根拠に含まれず保持しなかったバッチ",
        "batches the holding ground did not take",
    );
    warn(
        sekisho.lost.load(Relaxed),
        "渡せなかった検知結果",
        "detector results that could not be handed on",
    );
    for surge in &seen.surges {
        let label = sekisho.settings.label(&surge.prefix);
        warnings.push(Text {
            ja: format!("{label}：通常より多いが、構成は平常と同じ（攻撃とはみなさない）"),
            en: format!("{label}: far more than usual, of the usual mix (not taken for an attack)"),
        });
    }
    warnings
}
