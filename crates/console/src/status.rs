//! How everything stands, in one value: what the status page, the API and the metrics show.

use std::hash::{DefaultHasher, Hash, Hasher};

use decide::{Case, CaseState, Change, Desk, Missing, Proposal};
use ground::{Code, DutyKind, MeasureName, Mode, Role};
use serde::Serialize;
use terms::{Act, CaseId, Class, FindingKind, Moment, Text, Time};

use crate::Snapshot;

/// Closed cases that are still listed; the newest.
const CLOSED: usize = 20;

/// How everything stands at one moment. No address is in it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Status {
    /// When this was so.
    pub(crate) at: Time,
    /// Was everything stopped?
    pub(crate) halted: bool,
    /// Changes when something other than a number changes, so that a page knows it is out of date.
    pub(crate) shape: String,
    /// Cases, the newest first: all open ones, and the last closed.
    pub(crate) cases: Vec<CaseRow>,
    /// How many cases there are in each state.
    pub(crate) counts: Vec<(CaseState, u64)>,
    /// What waits for whom.
    pub(crate) waiting: Vec<Wait>,
    /// What the gate last said to the standing requests.
    pub(crate) standing: Vec<StandingRow>,
    /// Measures that are carried out or switched on, and what each lacks.
    pub(crate) measures: Vec<MeasureRow>,
    /// How many more the book has, which can be asked about only.
    pub(crate) only_asked: usize,
    /// Number of fields decoders may read now.
    pub(crate) mask_fields: u32,
    /// Everything but the desk.
    pub(crate) snapshot: Snapshot,
}

/// A case, without its sealed part.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct CaseRow {
    pub(crate) case: CaseId,
    pub(crate) opened: Time,
    pub(crate) state: CaseState,
    pub(crate) kind: Option<FindingKind>,
    pub(crate) class: Option<Class>,
    pub(crate) calm: bool,
    pub(crate) doubtful: bool,
    pub(crate) declined: bool,
    pub(crate) verdict: Option<Code>,
    pub(crate) words: Option<Text>,
    pub(crate) in_force_until: Option<Time>,
}

/// Something that waits for somebody.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Wait {
    pub(crate) case: Option<CaseId>,
    pub(crate) what: Text,
    /// Any one of these.
    pub(crate) whom: Vec<Text>,
    pub(crate) until: Option<Time>,
    /// The command that answers it; `None` when it does not come from the staff.
    pub(crate) how: Option<String>,
}

/// What the gate said to a standing request.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct StandingRow {
    pub(crate) act: Act,
    pub(crate) code: Code,
    pub(crate) words: Text,
}

/// A measure.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct MeasureRow {
    pub(crate) measure: MeasureName,
    pub(crate) item: String,
    pub(crate) title: Text,
    pub(crate) cites: Text,
    pub(crate) code: Code,
    pub(crate) mode: Mode,
    pub(crate) missing: Vec<Missing>,
}

impl Status {
    /// How everything stands at `at`.
    pub(crate) fn of(desk: &Desk, snapshot: Snapshot, at: Moment) -> Self {
        let mut counts: Vec<(CaseState, u64)> = STATES.iter().map(|s| (*s, 0)).collect();
        for case in desk.cases() {
            counts.iter_mut().filter(|(s, _)| *s == case.state()).for_each(|(_, n)| *n += 1);
        }
        let mut cases: Vec<CaseRow> = desk.cases().map(row).collect();
        cases.sort_by_key(|c| core::cmp::Reverse(c.case));
        let mut closed = 0;
        cases.retain(|c| {
            closed += usize::from(c.state == CaseState::Closed);
            c.state != CaseState::Closed || closed <= CLOSED
        });
        let standing = desk.standing_words().iter().map(|(act, spoken)| StandingRow {
            act: *act,
            code: spoken.code,
            words: spoken.sentence.clone(),
        });
        let measures = measures(desk, at.wall);
        let mut status = Self {
            at: at.wall,
            halted: desk.standing().halted,
            shape: String::new(),
            cases,
            counts,
            waiting: waiting(desk, at.wall),
            standing: standing.collect(),
            only_asked: desk.book().measures().len().saturating_sub(measures.len()),
            measures,
            mask_fields: desk.mask().fields().count(),
            snapshot,
        };
        status.shape = status.shape();
        status
    }

    /// A digest of everything but what live.js writes into the page: numbers, times, warnings.
    fn shape(&self) -> String {
        let seen = &self.snapshot;
        let exporters: Vec<_> = seen
            .exporters
            .iter()
            .map(|e| (&e.name, &e.sampling, &e.doubtful, e.undecodable.len()))
            .collect();
        let bands: Vec<_> = seen.bands.iter().map(|b| (&b.label, b.expected.is_some())).collect();
        let peers: Vec<_> = seen.peers.iter().map(|p| (&p.name, p.up, &p.state)).collect();
        let links: Vec<_> = seen.links.iter().map(|l| &l.name).collect();
        let kept: Vec<_> = seen.kept.iter().map(|k| k.source).collect();
        let desk = (self.halted, &self.cases, &self.waiting, &self.standing, &self.measures);
        let around = (&seen.mitigations, seen.dry_run, seen.ledger.witnessed, seen.warnings.len());
        let all = (desk, around, exporters, bands, peers, links, kept);
        let mut hasher = DefaultHasher::new();
        serde_json::to_string(&all).unwrap_or_default().hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

/// Every state of a case, in the order of its life.
const STATES: [CaseState; 5] = [
    CaseState::Learning,
    CaseState::Waiting,
    CaseState::Refused,
    CaseState::Mitigated,
    CaseState::Closed,
];

fn row(case: &Case) -> CaseRow {
    CaseRow {
        case: case.id,
        opened: case.opened,
        state: case.state(),
        kind: case.finding.as_ref().map(|f| f.kind),
        class: case.finding.as_ref().map(|f| f.class),
        calm: case.calm,
        doubtful: case.doubtful,
        declined: case.declined,
        verdict: case.standstill.as_ref().map(|s| s.code),
        words: case.standstill.as_ref().map(|s| s.words.clone()),
        in_force_until: case.mitigated.as_ref().map(|m| m.until),
    }
}

fn waiting(desk: &Desk, at: Time) -> Vec<Wait> {
    let mut waits: Vec<Wait> = desk.standing().proposals.values().map(approval).collect();
    for case in desk.cases().filter(|c| !c.closed) {
        waits.extend(signatures(case).chain(duties(case)));
        if !case.calm && !case.declined && case.mitigated.is_none() {
            waits.extend(questions(case));
        }
        let links = &desk.standing().links;
        let open = links.iter().filter(|l| l.case == case.id && !l.used && at < l.until);
        waits.extend(open.map(|link| Wait {
            case: Some(case.id),
            what: Text::of(
                "一度限りのリンクによる同意の回答",
                "an answer to the one-time link that asks for consent",
            ),
            whom: vec![Role::Line.text()],
            until: Some(link.until),
            how: None,
        }));
    }
    waits
}

fn questions(case: &Case) -> impl Iterator<Item = Wait> {
    let open = case.standstill.iter().flat_map(|s| &s.open);
    open.map(|(question, roles)| Wait {
        case: Some(case.id),
        what: question.clone(),
        whom: roles.iter().map(|r| r.text()).collect(),
        until: None,
        how: Some(format!("sekisho case show {} --as …", case.id)),
    })
}

fn signatures(case: &Case) -> impl Iterator<Item = Wait> {
    case.owed.iter().map(|(role, by)| Wait {
        case: Some(case.id),
        what: Text::of(
            "事後の署名（期限までになければ解除）",
            "the signature owed; without it in time the mitigation is withdrawn",
        ),
        whom: vec![role.text()],
        until: Some(*by),
        how: Some(format!("sekisho case sign {} --as …", case.id)),
    })
}

fn duties(case: &Case) -> impl Iterator<Item = Wait> {
    case.duties.iter().map(|(duty, by)| {
        let (roles, how): (&[Role], _) = match duty {
            DutyKind::TellLine => {
                let how = format!("sekisho case told {} --as …", case.id);
                (&[Role::Desk, Role::Operations], Some(how))
            }
            DutyKind::WithdrawWithCause | DutyKind::HonourOptOut | DutyKind::EraseAfterUse => {
                (&[Role::System], None)
            }
            DutyKind::ContactOwner => (&[Role::Services, Role::Desk], None),
            DutyKind::ReportFirst | DutyKind::ReportInFull => (&[Role::Legal], None),
        };
        let whom = roles.iter().map(|r| r.text()).collect();
        Wait { case: Some(case.id), what: duty.text(), whom, until: *by, how }
    })
}

/// A change that waits for a second person. What it would set is not repeated where it could be an
/// address.
fn approval(proposal: &Proposal) -> Wait {
    let what = match &proposal.change {
        Change::Number { number, value } => {
            let name = number.text();
            Text {
                ja: format!("数値の承認：{}＝{value}", name.ja),
                en: format!("approval of a number: {} = {value}", name.en),
            }
        }
        Change::Mode { measure, mode } => {
            let name = mode.text();
            Text {
                ja: format!("措置の切替えの承認：{measure}→{}", name.ja),
                en: format!("approval to switch {measure} to {}", name.en),
            }
        }
        Change::Accept { measure } => Text {
            ja: format!("推論による措置の受入れの承認：{measure}"),
            en: format!("approval to accept the inferred measure {measure}"),
        },
        Change::Exporters { exporters } => Text {
            ja: format!("エクスポーター許可リスト（{}件）の承認", exporters.len()),
            en: format!("approval of a list of {} allowed exporters", exporters.len()),
        },
        Change::Trust { exporter } => Text {
            ja: format!("エクスポーター{exporter}を再び信頼することの承認"),
            en: format!("approval to trust exporter {exporter} again"),
        },
    };
    let whom = if proposal.roles.contains(&Role::Legal) {
        Text {
            ja: format!("{}以外の者", proposal.author),
            en: format!("anybody but {}", proposal.author),
        }
    } else {
        Role::Legal.text()
    };
    let how = format!("sekisho proposals --approve {} --as …", proposal.id.0);
    Wait { case: None, what, whom: vec![whom], until: None, how: Some(how) }
}

fn measures(desk: &Desk, at: Time) -> Vec<MeasureRow> {
    let missing = desk.standing().missing(desk.book(), at);
    let standing = desk.standing();
    let shown = |m: &&std::sync::Arc<ground::Measure>| standing.is_listed(m);
    let rows = desk.book().measures().iter().filter(shown).map(|m| MeasureRow {
        measure: m.name.clone(),
        item: m.item.clone(),
        title: m.title.clone(),
        cites: m.cites.text(),
        code: Code::of(m.basis),
        mode: standing.mode(&m.name),
        missing: missing.iter().filter(|l| l.measure == m.name).cloned().collect(),
    });
    rows.collect()
}

/// The state as a person reads it.
pub(crate) fn state_text(state: CaseState) -> Text {
    match state {
        CaseState::Learning => Text::of("特性を分析中", "learning traits"),
        CaseState::Waiting => Text::of("回答・署名待ち", "waits for an answer or a signature"),
        CaseState::Refused => Text::of("現状では不可", "refused as things are"),
        CaseState::Mitigated => Text::of("対処中", "a mitigation is in force"),
        CaseState::Closed => Text::of("終了", "closed"),
    }
}

/// The state as one word, for metrics.
pub(crate) fn state_word(state: CaseState) -> &'static str {
    match state {
        CaseState::Learning => "learning",
        CaseState::Waiting => "waiting",
        CaseState::Refused => "refused",
        CaseState::Mitigated => "mitigated",
        CaseState::Closed => "closed",
    }
}
