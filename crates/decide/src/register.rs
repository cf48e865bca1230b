//! The register of consents: recording one, asking for one by a link, withdrawing one.

use account::Kind;
use ground::Role;
use serde_json::{Value, json};
use terms::{Act, CaseId, Line, Moment, Person, Span, Text};

use crate::desk::same_attack;
use crate::standing::StandingEvent;
use crate::{
    Agreed, CaseEvent, Consent, ConsentId, ConsentKind, Desk, DeskError, Link, Party, Shown,
    consent,
};

impl Desk {
    /// A subscriber answers by their one-time link.
    ///
    /// # Errors
    /// When the link is not known, was used, or has ended.
    pub fn answer_link(&mut self, token: &str, yes: bool, at: Moment) -> Result<Value, DeskError> {
        let token_digest = Self::digest(token);
        let link = self.standing.usable_link(&token_digest, at.wall)?.clone();
        let used = StandingEvent::LinkUsed { token_digest };
        if !yes {
            let leaf = self.leaf(Kind::Declined, Some(link.case), &Person("line".into()), at);
            self.account.book(&leaf, &[("whom", link.line.0.as_bytes())])?;
            self.stand_by(used, at)?;
            return Ok(json!({ "consented": false }));
        }
        // The consent is on record before the link is spent, so that a yes is never lost.
        let by = Person(format!("line {}", link.line));
        let length = link.until.since(at.wall);
        let consented = self.record_consent(link.case, link.line, by, Role::Line, length, at)?;
        self.stand_by(used, at)?;
        Ok(consented)
    }

    /// The text behind a one-time link.
    ///
    /// # Errors
    /// As [`Desk::answer_link`].
    pub fn link_text(&self, token: &str, at: Moment) -> Result<Text, DeskError> {
        let link = self.standing.usable_link(&Self::digest(token), at.wall)?;
        Ok(consent::text(&link.line))
    }

    pub(crate) fn record_consent(
        &mut self,
        case: CaseId,
        line: Line,
        by: Person,
        role: Role,
        length: Span,
        at: Moment,
    ) -> Result<Value, DeskError> {
        self.concerns(case, &line, length)?;
        let id = ConsentId(self.standing.consents.len() as u64 + 1);
        let consent = Consent {
            id,
            kind: ConsentKind::Individual,
            whose: Party::Receiver,
            shown: Shown::of(consent::TEXT_VERSION, &consent::text(&line).ja),
            line,
            purposes: consent::at_the_lines_wish(),
            acts: vec![Act::Analyse, Act::Show, Act::Block],
            case: Some(case),
            by,
            role,
            at: at.wall,
            until: Some(at.wall.after(length)),
            withdrawn: None,
        };
        self.take_down(consent, at)
    }

    /// Takes down a consent apart from any case: to what, on which text, by whom.
    pub(crate) fn agree(
        &mut self,
        agreed: Agreed,
        by: Person,
        role: Role,
        at: Moment,
    ) -> Result<Value, DeskError> {
        let Agreed { kind, whose, line, purposes, acts, version, text, minutes } = agreed;
        let wrong = |why: &str| Err(DeskError::Wrong(why.to_owned()));
        if self.config.line(&line).is_none() {
            return Err(DeskError::NotFound(format!("line {line} in the settings")));
        }
        if purposes.is_empty() || acts.is_empty() {
            return wrong(
                "a consent names the acts and the purposes it is to: give at least one of each",
            );
        }
        if version.trim().is_empty() || text.trim().is_empty() {
            return wrong(
                "a consent names the text that was shown and its version: that terms were accepted is not enough",
            );
        }
        if !purposes.iter().any(|p| whose.counts_for(*p)) {
            return wrong("a consent of this party frees no act for these purposes");
        }
        if minutes == Some(0) {
            return wrong("a consent holds for a minute at least");
        }
        let asks = |m: &std::sync::Arc<ground::Measure>| {
            let basis = match kind {
                ConsentKind::Individual => ground::Basis::Consent,
                ConsentKind::Blanket => ground::Basis::BlanketConsent,
            };
            m.basis == basis
                && acts.iter().any(|a| m.acts.contains(a))
                && purposes.iter().any(|p| m.purposes.contains(p))
        };
        if !self.book.measures().iter().any(asks) {
            return wrong(
                "no measure rests on a consent of this kind to these acts for these purposes; `sekisho law list` shows which do",
            );
        }
        let until = minutes.map(|n| at.wall.after(Span::minutes(u64::from(n))));
        let id = ConsentId(self.standing.consents.len() as u64 + 1);
        let shown = Shown::of(&version, &text);
        let consent = Consent {
            id,
            kind,
            whose,
            line,
            purposes,
            acts,
            case: None,
            shown,
            by,
            role,
            at: at.wall,
            until,
            withdrawn: None,
        };
        self.take_down(consent, at)
    }

    fn take_down(&mut self, consent: Consent, at: Moment) -> Result<Value, DeskError> {
        let said = json!({
            "consent": consent.id, "consented": true, "version": consent.shown.version,
            "digest": consent.shown.digest,
        });
        let line = Person("line".into());
        let booked = if consent.role == Role::Line { &line } else { &consent.by };
        let leaf = self.leaf(Kind::Consented, consent.case, booked, at);
        let text = format!("{} {}", consent.shown.version, consent.shown.digest);
        let secrets = [("whom", consent.line.0.as_bytes()), ("text", text.as_bytes())];
        self.account.book(&leaf, &secrets)?;
        self.stand_by(StandingEvent::Consented { consent }, at)?;
        Ok(said)
    }

    pub(crate) fn link(
        &mut self,
        case: CaseId,
        line: Line,
        length: Span,
        token: &str,
        at: Moment,
    ) -> Result<Value, DeskError> {
        self.concerns(case, &line, length)?;
        if token.len() < 32 {
            return Err(DeskError::Wrong(
                "the token of a link needs at least 32 characters".into(),
            ));
        }
        let token_digest = Self::digest(token);
        if self.standing.links.iter().any(|l| l.token_digest == token_digest) {
            return Err(DeskError::Wrong("this token was used for another link".into()));
        }
        let until = at.wall.after(length);
        let link = Link { token_digest, line, case, until, used: false };
        self.stand_by(StandingEvent::Linked { link }, at)?;
        self.note(case, CaseEvent::ConsentAsked { until }, at)?;
        Ok(json!({ "path": format!("/consent/{token}"), "until": until.rfc3339() }))
    }

    /// Is this line under attack in this case, so that it may be asked, and is it asked for some time?
    fn concerns(&self, id: CaseId, line: &Line, length: Span) -> Result<(), DeskError> {
        let case = self.known(id)?;
        let entry = self.config.line(line);
        let entry =
            entry.ok_or_else(|| DeskError::NotFound(format!("line {line} in the settings")))?;
        if !entry.prefixes.iter().any(|net| same_attack(net, &case.target)) {
            return Err(DeskError::Wrong(format!("case {id} is not about line {line}")));
        }
        if length == Span::default() {
            return Err(DeskError::Wrong("a consent holds for a minute at least".into()));
        }
        Ok(())
    }

    pub(crate) fn withdraw_consent(
        &mut self,
        id: ConsentId,
        person: &Person,
        at: Moment,
    ) -> Result<Value, DeskError> {
        let Some(consent) =
            self.standing.consents.iter().find(|c| c.id == id && c.withdrawn.is_none())
        else {
            return Err(DeskError::NotFound(format!("consent {} that is still given", id.0)));
        };
        let leaf = self.leaf(Kind::Declined, consent.case, person, at);
        self.account.book(&leaf, &[("whom", consent.line.0.as_bytes())])?;
        self.stand_by(StandingEvent::ConsentWithdrawn { id }, at)?;
        Ok(json!({ "withdrawn": id }))
    }
}
