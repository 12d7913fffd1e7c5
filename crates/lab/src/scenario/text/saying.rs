//! What follows, read: each `then` adds to those above it, and contradicts none of them.

use placet::{Reason, Scope};

use super::{Problem, Reader, Result};
use crate::scenario::then::{Permitted, Refused, Then, Unadmitted};
use crate::scenario::words::Line;
use crate::scenario::{Step, When};

impl Reader {
    pub(super) fn then(&mut self, line: &mut Line<'_>) -> Result<()> {
        let steps = self.scenarios.last_mut().map(|scenario| &mut scenario.steps);
        let Some(Step::When(When { then, .. })) = steps.and_then(|steps| steps.last_mut()) else {
            return Err(line.wrong(Problem::NoWhen));
        };
        let mut then = std::mem::take(then);
        self.places.entry(self.path.clone()).or_insert(line.place());
        self.saying(line, &mut then)?;
        if let Some(Step::When(when)) =
            self.scenarios.last_mut().and_then(|scenario| scenario.steps.last_mut())
        {
            when.then = then;
        }
        Ok(())
    }

    fn saying(&mut self, line: &mut Line<'_>, then: &mut Then) -> Result<()> {
        const VERBS: [&str; 9] =
            ["nothing", "stays", "moves", "stands", "queues", "refuses", "sends", "drops", "not"];
        let contradicts = line.fault(Problem::Contradicts);
        let verb = line.one_of("what follows: `nothing`, `moves to`, `stays`, `queues`, `refuses`, `not admitted`, `sends`, `drops` or `stands at`", &VERBS)?;
        let moved = then.moves_to.is_some() || then.not_admitted.is_some();
        let fine = match verb {
            "stands" => then.stands_at.is_none(),
            "nothing" => then.is_quiet() && !self.stays && !self.nothing,
            "moves" | "stays" | "not" => !moved && !self.stays && !self.nothing,
            _ => !self.nothing,
        };
        if !fine {
            return Err(contradicts);
        }
        match verb {
            "nothing" => self.nothing = true,
            "stays" => self.stays = true,
            "moves" => {
                line.word("to", "`to` and a stage")?;
                then.moves_to = Some(self.name(line, "a stage, or `none`", ".moves_to")?);
            }
            "stands" => {
                line.word("at", "`at` and a stage")?;
                then.stands_at = Some(self.name(line, "a stage, or `none`", ".stands_at")?);
            }
            "not" => {
                line.word("admitted", "`admitted because` and a reason")?;
                self.mark(".not_admitted", line);
                let (because, scope) = self.because(line, ".not_admitted")?;
                then.not_admitted = Some(Unadmitted { because, scope });
            }
            "queues" | "sends" => {
                let list = if verb == "queues" { &mut then.queues } else { &mut then.sends };
                let path = format!(".{verb}[{}]", list.len());
                let effect = self.name(line, "an effect", &format!("{path}.effect"))?;
                list.push(Permitted { effect, to: self.after("to", line, &format!("{path}.to"))? });
            }
            _ => {
                let list = if verb == "refuses" { &mut then.refuses } else { &mut then.drops };
                let path = format!(".{verb}[{}]", list.len());
                let effect = self.name(line, "an effect", &format!("{path}.effect"))?;
                let (because, scope) = self.because(line, &path)?;
                list.push(Refused { effect, because, scope });
            }
        }
        line.ends(&["to", "for"])
    }

    fn because(&mut self, line: &mut Line<'_>, path: &str) -> Result<(Reason, Option<Scope>)> {
        line.word("because", "`because` and a reason")?;
        self.mark(&format!("{path}.because"), line);
        let what = "a reason, such as no_grant, withdrawn or too_late";
        let word = line.one_of(what, &Reason::ALL.map(Reason::as_str))?;
        let reason = Reason::ALL.into_iter().find(|reason| reason.as_str() == word);
        let named = line.takes("for");
        if named {
            self.mark(&format!("{path}.scope"), line);
        }
        let scope = if named { Some(self.scope(line, &format!("{path}.scope"))?) } else { None };
        Ok((reason.unwrap_or(Reason::NoGrant), scope))
    }
}
