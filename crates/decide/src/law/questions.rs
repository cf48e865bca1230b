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
    reading.checked.iter().filter(open).map(question).collect()
}

fn question(c: &Checked) -> Asked {
    let condition = word(&c.condition).to_owned();
    let ask = |text: Text, roles: &[Role]| Asked {
        condition: condition.clone(),
        text,
        roles: roles.to_vec(),
        countersigned_by: None,
    };
    if let Condition::Fact(fact, wanted) = c.condition {
        if c.state == State::Open {
            let clause = fact_clause(fact, wanted);
            let text = Text {
                ja: format!("{}が満たされない本件を、どう判断しますか。", clause.ja),
                en: format!(
                    "The item asks that {}; how is it to be judged without that?",
                    clause.en
                ),
            };
            return ask(text, &[Role::Legal]);
        }
        let asked = ask(fact.question(), fact.established_by());
        return Asked { countersigned_by: fact.countersigned_by(), ..asked };
    }
    if (c.condition, c.state) == (Condition::HasEnd, State::Open) {
        let text = Text::of(
            "本文は措置の期間を定めていません。恒常的に続けてよいと判断しますか。",
            "The text sets no time; may it last?",
        );
        return ask(text, &[Role::Legal]);
    }
    if c.condition == Condition::HasEnd {
        return ask(Text::of("いつ終了しますか。", "When does it end?"), &[Role::Operations]);
    }
    let text = Text::of(
        "本文は可否を示していません。個別の事情からどう判断しますか。",
        "The text does not decide. How is it to be judged in this case?",
    );
    ask(text, &[Role::Legal])
}
