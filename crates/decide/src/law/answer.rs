//! The answer of the law to a request: the verdict, what decides it, and everything needed to defend it.

use ground::{
    Basis, Book, Code, Condition, Further, Measure, MeasureName, OtherLaw, Outcome, Over, Reading,
    Role, State, Within,
};
use serde::Serialize;
use terms::{Automatic, Day, DutyKind, Field, SignersWhen, Status, TellsWhen, TellsWhom, Text};

use super::clause::{clause, code, state, word};
use super::deciding::{deciding, ignored};
use super::flips::{Flip, flips};
use super::nearest::{Other, others};
use super::questions::{Asked, questions};
use super::read::consider;
use super::request::Request;
use super::{beside, inquiry, sentences};

/// The answer to a request. Field names are those of the JSON document.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// The verdict.
    pub verdict: Code,
    /// The verdict in words.
    pub verdict_text: Text,
    /// The measure that grants, or the nearest that does not.
    pub measure: Option<MeasureName>,
    /// The guideline's letter.
    pub item: Option<String>,
    /// What the measure does.
    pub title: Option<Text>,
    /// Why it is lawful, or would be.
    pub basis: Option<Basis>,
    /// How firmly the text says so; nothing where it excludes.
    pub strength: Option<Hedge>,
    /// Where the text says so.
    pub cites: Option<Cites>,
    /// The words of the conditions that decide.
    pub deciding: Vec<String>,
    /// Every condition of the measure and how it stands.
    pub conditions: Vec<Shown>,
    /// What is owed when it is done.
    pub duties: Vec<Owed>,
    /// Who is told, and when.
    pub tells: Option<Told>,
    /// Further uses that the answer does not cover.
    pub forbids: Vec<Worded>,
    /// What should be seen to although it does not refuse.
    pub advice: Vec<Worded>,
    /// Single things that would change the verdict.
    pub flips: Vec<Flip>,
    /// The nearest other measure.
    pub nearest: Option<Other>,
    /// The other measures that were looked at, the nearer first.
    pub others: Vec<Other>,
    /// What must be found out, and who may say it.
    pub questions: Vec<Asked>,
    /// Who would sign.
    pub signers: Option<Signed>,
    /// What other law asks, apart from the secrecy of communications.
    pub other_law: Vec<Worded>,
    /// The draft of an inquiry to the ministry.
    pub inquiry: Option<Text>,
    /// Was kept data asked for, for a purpose it may not serve?
    pub second_use: bool,
    /// The fields the measure may use.
    pub fields_allowed: Vec<&'static str>,
    /// The day that was judged.
    pub day: Day,
    /// Digest of the book of measures.
    pub book_digest: String,
    /// What was assumed where the request says nothing, and what of it was not taken.
    pub notes: Vec<Text>,
    /// Facts that the request states and that no measure in question looks at.
    pub ignored: Vec<Worded>,
    /// The answer in Japanese sentences.
    pub text_ja: String,
    /// The answer in English sentences.
    pub text_en: String,
}

/// How firmly the text says so.
#[derive(Debug, Clone, Serialize)]
pub struct Hedge {
    /// H1 (firm) to H6 (open).
    pub code: &'static str,
    /// In words.
    pub text: Text,
}

/// Where the text says so.
#[derive(Debug, Clone, Serialize)]
pub struct Cites {
    /// Document and place, in Japanese.
    pub text_ja: String,
    /// Document and place, in English.
    pub text_en: String,
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Option<Day>,
    /// Where the measure comes from: text, public, inferred.
    pub status: Status,
}

/// One condition and how it stands.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// Its word.
    pub condition: String,
    /// Its code.
    pub code: &'static str,
    /// met, failed or unknown.
    pub state: &'static str,
    /// Does the text leave open what follows?
    pub open: bool,
    /// What is wanted, where it is a fact.
    pub wanted: Option<bool>,
    /// In words.
    pub text: Text,
    /// Who established it.
    pub by: Option<String>,
    /// In which role.
    pub role: Option<Role>,
}

/// A word with what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Worded {
    /// The word.
    pub word: String,
    /// In words.
    pub text: Text,
}

/// A duty with its time.
#[derive(Debug, Clone, Serialize)]
pub struct Owed {
    /// Its word.
    pub duty: &'static str,
    /// In words.
    pub text: Text,
    /// By when, in words.
    pub within: Text,
    /// The operator's number that says by when.
    pub number: Option<ground::Number>,
    /// Duty and time as one phrase of a sentence.
    #[serde(skip)]
    pub(super) phrase: Text,
}

/// Who is told, and when.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// Whom.
    pub whom: TellsWhom,
    /// When.
    pub when: TellsWhen,
    /// In words.
    pub text: Text,
}

/// Who would sign.
#[derive(Debug, Clone, Serialize)]
pub struct Signed {
    /// One person of each role.
    pub roles: Vec<Role>,
    /// How many persons.
    pub persons: usize,
    /// Once, or for each plan.
    pub when: SignersWhen,
    /// May the signature come afterwards?
    pub afterwards: bool,
    /// May it run without a signature on each case?
    pub automatic: Automatic,
}

impl From<Further> for Worded {
    fn from(w: Further) -> Self {
        Self { word: w.word().to_owned(), text: w.text() }
    }
}
impl From<OtherLaw> for Worded {
    fn from(w: OtherLaw) -> Self {
        Self { word: w.word().to_owned(), text: w.text() }
    }
}

/// The verdict alone, with every condition read but nothing put into words; `today` as in [`answer`].
#[must_use]
pub fn verdict(book: &Book, request: &Request, today: Day) -> Code {
    consider(book, request, request.day.unwrap_or(today)).code()
}

/// What the law says to a request with supposed facts. Makes no ground; `today` is the day when the
/// request names none.
#[must_use]
pub fn answer(book: &Book, request: &Request, today: Day) -> Answer {
    let day = request.day.unwrap_or(today);
    let considered = consider(book, request, day);
    let top = considered.readings.first();
    let measure = top.map(|(m, _)| *m);
    let verdict = considered.code();
    let mut others = others(book, request, &considered, day);
    // The same measure, with something changed, is no other one.
    let other = |o: &Other| measure.is_none_or(|m| m.name != o.measure);
    let nearest = others.iter().position(other).map(|i| others.remove(i));
    let mut answer = Answer {
        verdict,
        verdict_text: verdict.text(),
        measure: measure.map(|m| m.name.clone()),
        item: measure.map(|m| m.item.clone()),
        title: measure.map(|m| m.title.clone()),
        basis: measure.map(|m| m.basis),
        strength: measure
            .filter(|m| m.basis != Basis::Excluded)
            .map(|m| Hedge { code: m.strength.code(), text: m.strength.text() }),
        cites: measure.map(cites),
        deciding: deciding(request, &considered),
        conditions: top.map(|(m, r)| conditions(m, r)).unwrap_or_default(),
        duties: measure.map(duties).unwrap_or_default(),
        tells: measure.map(tells),
        forbids: measure
            .map(|m| m.forbids.iter().map(|f| (*f).into()).collect())
            .unwrap_or_default(),
        advice: top.map(|(m, r)| beside::advice(book, m, r, day)).unwrap_or_default(),
        flips: flips(book, request, &considered, day),
        nearest,
        others,
        questions: top.map(|(_, r)| questions(r)).unwrap_or_default(),
        signers: measure.filter(|m| m.can_grant()).map(signers),
        other_law: beside::other_law(request, measure),
        inquiry: None,
        second_use: considered.outcome == Outcome::Refused && !considered.second_use.is_empty(),
        fields_allowed: measure
            .map(|m| m.fields.iter().map(Field::word).collect())
            .unwrap_or_default(),
        day,
        book_digest: book.digest().hex(),
        notes: beside::notes(request, measure, day),
        ignored: ignored(request, &considered),
        text_ja: String::new(),
        text_en: String::new(),
    };
    if verdict == Code::Ask && inquiry::is_due(&considered) {
        answer.inquiry = Some(inquiry::draft(book, request, &considered, &answer));
    }
    let text = sentences::sentences(book, request, &considered, &answer);
    answer.text_ja = text.ja;
    answer.text_en = text.en;
    answer
}

pub(super) fn cites(m: &Measure) -> Cites {
    let text = m.cites.text();
    Cites {
        text_ja: text.ja,
        text_en: text.en,
        from: m.cites.from,
        until: m.cites.until,
        status: m.status,
    }
}

fn conditions(measure: &Measure, reading: &Reading) -> Vec<Shown> {
    let shown = |c: &ground::Checked| Shown {
        condition: word(&c.condition).to_owned(),
        code: code(&c.condition, c.state),
        state: state(c),
        open: c.state == State::Open,
        wanted: if let Condition::Fact(_, so) = c.condition { Some(so) } else { None },
        text: clause(&c.condition, measure),
        by: c.by.as_ref().map(|(person, _)| person.0.clone()),
        role: c.by.as_ref().map(|(_, role)| *role),
    };
    // A measure over the whole network sets no limit that could be met.
    let limits = |c: &&ground::Checked| c.condition != Condition::Over(Over::Network);
    reading.checked.iter().filter(limits).map(shown).collect()
}

/// What a measure owes, each with its time.
pub(super) fn duties(measure: &Measure) -> Vec<Owed> {
    let one = |d: &ground::Duty| {
        let what = d.what.text();
        let says = |ja: &str, en: &str| Text {
            ja: if ja.is_empty() { what.ja.clone() } else { format!("{}（{ja}）", what.ja) },
            en: format!("{}{en}", what.en),
        };
        let (within, phrase, number) = match &d.within {
            None => (at_once(d.what), says("", ""), None),
            Some(Within::Statute { days, cites }) => (
                Text {
                    ja: format!("{days}日以内（{}）", cites.text().ja),
                    en: format!("within {days} days ({})", cites.text().en),
                },
                says(&format!("{days}日以内"), &format!(" within {days} days")),
                None,
            ),
            Some(Within::Promptly { cites, .. }) => (
                Text {
                    ja: format!("速やかに（{}）", cites.text().ja),
                    en: format!("without delay ({})", cites.text().en),
                },
                says("速やかに", ""),
                None,
            ),
            Some(Within::Operator { number }) => (
                Text::of("事業者が定める時間内", "within the hours you set for it"),
                says("事業者が定める時間内", " within the hours you set for it"),
                Some(*number),
            ),
        };
        Owed { duty: d.what.word(), text: what, within, number, phrase }
    };
    measure.duties.iter().map(one).collect()
}

/// When a duty without a time of its own falls due.
fn at_once(what: DutyKind) -> Text {
    match what {
        DutyKind::HonourOptOut => Text::of("申出のあり次第", "at once"),
        DutyKind::WithdrawWithCause => Text::of("原因の解消時", "when the cause ends"),
        DutyKind::EraseAfterUse => Text::of("不要となった時", "when no longer needed"),
        DutyKind::TellLine
        | DutyKind::ContactOwner
        | DutyKind::ReportFirst
        | DutyKind::ReportInFull => Text::of("措置の終了まで", "by the end of the act"),
    }
}

pub(super) fn tells(m: &Measure) -> Told {
    let (whom, when) = (m.tells.whom.text(), m.tells.when.text());
    let text = if m.tells.whom == TellsWhom::Nobody {
        Text::of("通知の定めはない", "nobody has to be told")
    } else {
        Text {
            ja: format!("{}に知らせる（{}）", whom.ja, when.ja),
            en: format!("{} is told ({})", whom.en, when.en),
        }
    };
    Told { whom: m.tells.whom, when: m.tells.when, text }
}

pub(super) fn signers(m: &Measure) -> Signed {
    Signed {
        roles: m.signers.roles.clone(),
        persons: m.signers.roles.len(),
        when: m.signers.when,
        afterwards: m.signers.afterwards,
        automatic: m.automatic,
    }
}
