//! The words a story is written in: a closed list, read whole before anything is played.

use std::path::Path;
use std::sync::Arc;

use decide::{Change, Command, ConsentId};
use ground::{Book, Code, DutyKind, Fact, Measure, MeasureName, Mode, Number, Role};
use terms::{Act, CaseId, Class, IpNet, Line, PortRange, Purpose, Span, Time, Traits};

use super::world;

/// A story as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    /// Name of its file.
    pub(crate) file: String,
    /// Its steps, each with the number of its line.
    pub(crate) steps: Vec<(usize, Step)>,
    /// Staff besides the usual.
    pub(crate) people: Vec<(String, Vec<Role>)>,
}

/// One line of a story.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// It is this time now.
    At(Time),
    /// So much time passes.
    After(Span),
    /// The minutes a block lasts pass.
    AfterTheEnd,
    /// The days a standing signature holds pass.
    AfterTheReview,
    /// The wall clock is set back.
    SetBack(Span),
    /// The usual people do the usual things before anything runs.
    Begin,
    /// Somebody does something.
    Does(Deed),
    /// An attack begins.
    Attack { class: Class, target: IpNet, exporter: u32 },
    /// It ends.
    Calm(IpNet),
    /// The busiest link is used so far, in per cent.
    Load(f64),
    /// An exporter is doubtful, or not any more.
    Doubt(u32, bool),
    /// Whether there is anything to learn from.
    Learnt(bool),
    /// The program ends as in a crash and is started again.
    Restart,
    /// Something is so.
    Expect(Expect),
}

/// Something a person does, which may be refused.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// A command.
    Says(String, Command),
    /// A change that takes two.
    Two { author: String, approver: String, change: Change },
    /// A subscriber answers by a link.
    Answers { token: String, yes: bool },
}

/// Something that must be so.
#[derive(Debug, Clone)]
pub(crate) enum Expect {
    State(CaseId, String),
    Cases(usize),
    Answer { case: CaseId, act: Act, code: Code, item: String },
    Asks(CaseId, Vec<Role>),
    AsksNobody(CaseId),
    OtherWays { case: CaseId, person: String, items: Vec<String> },
    Rule(String),
    NoRule,
    Withdrawn(CaseId, String),
    Owed(CaseId, Role),
    NothingOwed(CaseId),
    Duty(CaseId, DutyKind, bool),
    Refused(Deed, String),
    Said(Code, String),
    Decoded(bool),
    Quiet(Span),
    Verifies,
    Ledger { kind: String, at_least: bool, count: usize },
}

/// Reads a story.
pub(crate) fn read(path: &Path) -> Result<Story, String> {
    let file = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
    let text = std::fs::read_to_string(path).map_err(|e| format!("{file}: {e}"))?;
    parse(&file, &text)
}

/// Reads the text of a story.
pub(crate) fn parse(file: &str, text: &str) -> Result<Story, String> {
    let mut story = Story { file: file.to_owned(), steps: Vec::new(), people: Vec::new() };
    let mut reader = Reader { links: 0 };
    for (number, line) in (1..).zip(text.lines()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let said = |why: String| format!("{file}:{number}: {why}");
        match words.as_slice() {
            [] => {}
            [first, ..] if first.starts_with('#') => {}
            ["people", name, roles @ ..] => {
                let roles = roles.iter().map(|r| known(Role::parse(r), "role", r));
                let roles = roles.collect::<Result<_, _>>().map_err(said)?;
                story.people.push(((*name).to_owned(), roles));
            }
            words => story.steps.push((number, reader.step(words).map_err(said)?)),
        }
    }
    Ok(story)
}

struct Reader {
    links: usize,
}

impl Reader {
    fn step(&mut self, words: &[&str]) -> Result<Step, String> {
        Ok(match words {
            ["at", time] => Step::At(known(Time::parse(time), "time", time)?),
            ["after", "the", "end", "the", "operator", "set"] => Step::AfterTheEnd,
            ["after", "the", "review", "day"] => Step::AfterTheReview,
            ["after", length] => Step::After(span(length)?),
            ["clock", "set", "back", length] => Step::SetBack(span(length)?),
            ["begin"] => Step::Begin,
            ["attack", class, "at", target, rest @ ..] => {
                let exporter = match rest {
                    [] => 0,
                    ["seen", "by", exporter] => world::exporter(exporter)?,
                    _ => return Err("after the target comes nothing, or `seen by EXPORTER`".into()),
                };
                let class = known(Class::parse(class), "class of traffic", class)?;
                Step::Attack { class, target: world::target(target)?, exporter }
            }
            ["calm", target] => Step::Calm(world::target(target)?),
            ["load", percent] => Step::Load(number(percent.trim_end_matches('%'))?),
            ["doubt", exporter] => Step::Doubt(world::exporter(exporter)?, true),
            ["no", "doubt", exporter] => Step::Doubt(world::exporter(exporter)?, false),
            ["learnt", "nothing"] => Step::Learnt(false),
            ["learnt", "traits"] => Step::Learnt(true),
            ["restart"] => Step::Restart,
            ["expect", rest @ ..] => Step::Expect(self.expect(rest)?),
            words => Step::Does(self.deed(words)?),
        })
    }

    fn deed(&mut self, words: &[&str]) -> Result<Deed, String> {
        let two = |author: &str, approver: &str, change| {
            Ok(Deed::Two { author: author.into(), approver: approver.into(), change })
        };
        let reason = || "the story says so".to_owned();
        let (person, command) = match words {
            ["number", word, value, "by", a, "approved", "by", b] => {
                let number = known(Number::parse(word), "number", word)?;
                return two(a, b, Change::Number { number, value: self::number(value)? });
            }
            ["accept", name, "by", a, "second", b] => {
                return two(a, b, Change::Accept { measure: measure(name)? });
            }
            ["switch", name, mode, "by", a, "approved", "by", b] => {
                let mode = known(Mode::parse(mode), "mode", mode)?;
                return two(a, b, Change::Mode { measure: measure(name)?, mode });
            }
            ["trust", exporter, "by", a, "approved", "by", b] => {
                return two(a, b, Change::Trust { exporter: (*exporter).into() });
            }
            ["link", n, "says", so] => {
                return Ok(Deed::Answers { token: token(number(n)? as usize), yes: yes(so)? });
            }
            ["fact", fact, so, "by", p] => {
                (p, Command::StandingFact { fact: known_fact(fact)?, so: yes(so)? })
            }
            ["sign", "measure", name, "by", p] => {
                (p, Command::SignMeasure { measure: measure(name)? })
            }
            ["open", "case", target, traits @ .., "by", p] => {
                let (target, traits) = (world::target(target)?, self::traits(traits)?);
                (p, Command::OpenCase { target, traits, reason: reason() })
            }
            ["answer", "case", n, fact, so, "by", p] => {
                (p, Command::Answer { case: case(n)?, fact: known_fact(fact)?, so: yes(so)? })
            }
            ["vouch", "case", n, "by", p] => (p, Command::Vouch { case: case(n)? }),
            ["sign", "case", n, "by", p] => (p, Command::Sign { case: case(n)? }),
            ["decline", "case", n, "by", p] => {
                (p, Command::Decline { case: case(n)?, reason: reason() })
            }
            ["consent", "case", n, line, "by", p, "for", length] => {
                let (line, minutes) = (Line((*line).into()), minutes(length)?);
                (p, Command::Consent { case: case(n)?, line, minutes })
            }
            ["link", "case", n, line, "by", p, "for", length] => {
                self.links += 1;
                let (line, minutes) = (Line((*line).into()), minutes(length)?);
                let token = token(self.links);
                (p, Command::ConsentLink { case: case(n)?, line, minutes, token })
            }
            ["withdraw", "consent", n, "by", p] => {
                (p, Command::WithdrawConsent { consent: ConsentId(number(n)? as u64) })
            }
            ["told", "case", n, "by", p] => (p, Command::Told { case: case(n)? }),
            ["show", "case", n, "by", p] => (p, Command::ShowCase { case: case(n)? }),
            ["close", "case", n, "by", p] => {
                (p, Command::CloseCase { case: case(n)?, reason: reason() })
            }
            ["open", "kept", "for", purpose, "by", p] => {
                let purpose = known(Purpose::parse(purpose), "purpose", purpose)?;
                (p, Command::OpenKept { purpose, reason: reason() })
            }
            ["halt", "by", p] => (p, Command::Halt { reason: reason() }),
            ["resume", "by", p] => (p, Command::Resume { reason: reason() }),
            ["clock", "is", "right", "by", p] => (p, Command::ClockIsRight { reason: reason() }),
            _ => {
                return Err(format!(
                    "`{}` is not something a story can say; scenarios/README.md has what it can",
                    words.join(" ")
                ));
            }
        };
        Ok(Deed::Says((*person).to_owned(), command))
    }

    fn expect(&mut self, words: &[&str]) -> Result<Expect, String> {
        Ok(match words {
            ["no", "case"] => Expect::Cases(0),
            ["cases", n] => Expect::Cases(number(n)? as usize),
            ["answer", "case", n, act, code, item] => Expect::Answer {
                case: case(n)?,
                act: known(Act::parse(act), "act", act)?,
                code: known(Code::parse(code), "verdict", code)?,
                item: (*item).to_owned(),
            },
            ["case", n, "asks", "nobody"] => Expect::AsksNobody(case(n)?),
            ["case", n, "asks", roles @ ..] => {
                let roles = roles.iter().map(|r| known(Role::parse(r), "role", r));
                Expect::Asks(case(n)?, roles.collect::<Result<_, _>>()?)
            }
            ["case", n, "shows", p, "other", "ways", items @ ..] => Expect::OtherWays {
                case: case(n)?,
                person: (*p).to_owned(),
                items: items.iter().map(|i| (*i).to_owned()).collect(),
            },
            ["case", n, "owes", "nothing"] => Expect::NothingOwed(case(n)?),
            ["case", n, "owes", "signature", "of", role] => {
                Expect::Owed(case(n)?, known(Role::parse(role), "role", role)?)
            }
            ["case", n, "withdrawn", why @ ..] => Expect::Withdrawn(case(n)?, why.join(" ")),
            ["case", n, state] => Expect::State(case(n)?, self::state(state)?),
            ["duty", "case", n, duty] => {
                Expect::Duty(case(n)?, known(DutyKind::parse(duty), "duty", duty)?, true)
            }
            ["no", "duty", "case", n, duty] => {
                Expect::Duty(case(n)?, known(DutyKind::parse(duty), "duty", duty)?, false)
            }
            ["rule", text @ ..] => Expect::Rule(text.join(" ")),
            ["no", "rule"] => Expect::NoRule,
            ["refused", rest @ ..] => {
                let because = rest.iter().position(|w| *w == "because").unwrap_or(rest.len());
                let (deed, why) = rest.split_at(because);
                let links = self.links;
                let deed = self.deed(deed)?;
                // A link that is refused is none.
                self.links = links;
                Expect::Refused(deed, why.get(1..).unwrap_or_default().join(" "))
            }
            ["said", code, words @ ..] => {
                Expect::Said(known(Code::parse(code), "verdict", code)?, words.join(" "))
            }
            ["something", "decoded"] => Expect::Decoded(true),
            ["nothing", "decoded"] => Expect::Decoded(false),
            ["quiet", "for", length] => Expect::Quiet(span(length)?),
            ["ledger", "verifies"] => Expect::Verifies,
            ["ledger", kind @ .., "at", "least", n] => ledger(kind, true, n)?,
            ["ledger", kind @ .., "exactly", n] => ledger(kind, false, n)?,
            _ => {
                return Err(format!(
                    "`expect {}` is not something a story can expect; scenarios/README.md has what it can",
                    words.join(" ")
                ));
            }
        })
    }
}

fn ledger(kind: &[&str], at_least: bool, count: &str) -> Result<Expect, String> {
    Ok(Expect::Ledger { kind: kind.join(" "), at_least, count: number(count)? as usize })
}

fn known<T>(found: Option<T>, what: &str, word: &str) -> Result<T, String> {
    found.ok_or_else(|| format!("there is no {what} `{word}`"))
}

fn known_fact(word: &str) -> Result<Fact, String> {
    known(Fact::parse(word), "fact", word)
}

fn number(word: &str) -> Result<f64, String> {
    known(word.parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0), "number", word)
}

fn case(word: &str) -> Result<CaseId, String> {
    known(word.parse().ok().map(CaseId), "case", word)
}

fn yes(word: &str) -> Result<bool, String> {
    match word {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(format!("`{other}` is neither yes nor no")),
    }
}

fn state(word: &str) -> Result<String, String> {
    let states = ["learning", "waiting", "refused", "mitigated", "closed"];
    known(states.contains(&word).then(|| word.to_owned()), "state of a case", word)
}

/// `30s`, `10m`, `2h`, `365d`.
fn span(word: &str) -> Result<Span, String> {
    let (count, unit) = word.split_at(word.len().saturating_sub(1));
    let count = known(count.parse::<u64>().ok(), "length of time", word)?;
    match unit {
        "s" => Ok(Span::seconds(count)),
        "m" => Ok(Span::minutes(count)),
        "h" => Ok(Span::minutes(count * 60)),
        "d" => Ok(Span::days(count)),
        _ => Err(format!("`{word}` is not a length of time: 30s, 10m, 2h, 365d")),
    }
}

fn minutes(word: &str) -> Result<u32, String> {
    known(u32::try_from(span(word)?.0 / 60_000).ok(), "length of time", word)
}

/// A measure by its file's name, or by its letter where that is the letter of one only.
fn measure(word: &str) -> Result<MeasureName, String> {
    let book = Book::compiled().map_err(|e| e.to_string())?;
    let called = |m: &&Arc<Measure>| m.item == word || *m.name.0 == *word;
    let found: Vec<&MeasureName> = book.measures().iter().filter(called).map(|m| &m.name).collect();
    match found.as_slice() {
        [several @ .., _] if !several.is_empty() => {
            let names: Vec<&str> = found.iter().map(|name| &*name.0).collect();
            Err(format!(
                "`{word}` is the letter of several measures; name one: {}",
                names.join(" ")
            ))
        }
        _ => known(found.first().map(|name| (*name).clone()), "measure", word),
    }
}

/// `udp port 123`: what a person names who opens a case.
fn traits(words: &[&str]) -> Result<Vec<Traits>, String> {
    let ports = |port: &str| {
        let port = known(port.parse().ok(), "port", port)?;
        Ok::<_, String>(vec![PortRange { first: port, last: port }])
    };
    Ok(match words {
        [] => Vec::new(),
        ["udp", "from", "port", port] => {
            vec![Traits { protocol: Some(17), src_ports: ports(port)?, ..Traits::default() }]
        }
        ["everything"] => vec![Traits::default()],
        other => return Err(format!("`{}` names no traits", other.join(" "))),
    })
}

/// The secret part of the story's link of this number.
fn token(number: usize) -> String {
    format!("link-{number}-{}", "of-a-story-".repeat(4))
}
