//! What must be found out before there can be a verdict, and who may say it.

use ground::{Checked, Condition, Reading, Role, State};
use serde::Serialize;
use terms::Text;

use super::clause::{fact_clause, word};

/// A question and who may answer it.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    /// The condition it is about.
    pub condition: String,
    /// The question.
    pub text: Text,
    /// Who may answer.
    pub roles: Vec<Role>,
    /// Who must countersign.
    pub countersigned_by: Option<Role>,
}

/// The questions a reading leaves open.
pub(super) fn questions(reading: &Reading) -> Vec<Asked> {
    let open = |c: &&Checked| matches!(c.state, State::Unknown | State::Open);
    let ask = |c: &Checked| match c.condition {
        Condition::Fact(fact, wanted) if c.state == State::Open => {
            let clause = fact_clause(fact, wanted);
            Asked {
                condition: fact.word().to_owned(),
                text: Text {
                    ja: format!("{}を満たさない場合の扱いを、個別にどう判断しますか。", clause.ja),
                    en: format!("It is not so that {}. How is that to be judged here?", clause.en),
                },
                roles: vec![Role::Legal],
                countersigned_by: None,
            }
        }
        Condition::Fact(fact, _) => Asked {
            condition: fact.word().to_owned(),
            text: fact.question(),
            roles: fact.established_by().to_vec(),
            countersigned_by: fact.countersigned_by(),
        },
        Condition::HasEnd => Asked {
            condition: "end".to_owned(),
            text: Text::of("いつ終了しますか。", "When does it end?"),
            roles: vec![Role::Operations],
            countersigned_by: None,
        },
        _ => Asked {
            condition: word(&c.condition).to_owned(),
            text: Text::of(
                "本文は可否を示していません。個別の事情からどう判断しますか。",
                "The text does not decide. How is it to be judged in this case?",
            ),
            roles: vec![Role::Legal],
            countersigned_by: None,
        },
    };
    reading.checked.iter().filter(open).map(ask).collect()
}
