//! Why: what `decide` looked at, asked again of the same person when it is read. Nothing of this is computed, and no
//! name or sentence is made, unless it is asked for.

mod written;

use std::fmt;

use super::ask::{Answer, View};
use super::decision::Decision;
use crate::consent::{Answered, Reason};
use crate::contact::Person;
use crate::journey::{Asks, Check, Need, Place, Rule};
use crate::name::{EffectName, RuleName, Scope, Stage};

#[cfg(feature = "schema")]
pub(crate) use written::Explanation as WrittenExplanation;

/// Why a decision is what it is: the decision, and the person that it was made for.
///
/// To ask for it costs little more than to decide. Since deciding is a pure function, and the person is borrowed, each
/// part is found again when it is read, with the answers that the decision rests on. `Display` tells it in sentences,
/// serde writes it as data; both can be kept when the contact moves on.
///
/// ```
/// use placet::{Contact, Identity, Journey, Reason, SignalSpec};
/// let journey = Journey::reference()?;
/// let ada = Contact::open("c-1".parse()?, Identity::parse("account/facebook:ada")?, journey.vocabulary());
/// let like = journey.signal(SignalSpec::from_json(r#"{"id":"s-1","contact":"c-1",
///   "identity":"account/facebook:ada","kind":"like","at":"2013-05-01T10:00:00Z"}"#)?)?;
/// let why = journey.explain(&ada, &like, like.at())?;
/// let asked = why.admission().next().unwrap();
/// assert_eq!(asked.scope().to_string(), "social-linking by social/facebook");
/// assert_eq!(asked.reason(), Some(Reason::UnknownContact));
/// let told = why.to_string();
/// assert!(told.contains("not admitted: social-linking by social/facebook is refused, unknown_contact"));
/// assert!(told.contains("cure: a grant of social-linking by social/facebook by the person"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "an explanation is made to be read"]
pub struct Explanation<'a> {
    decision: Decision<'a>,
    person: Person<'a>,
}

impl<'a> Explanation<'a> {
    pub(super) fn new(decision: Decision<'a>, person: Person<'a>) -> Explanation<'a> {
        Explanation { decision, person }
    }

    /// What was decided.
    pub fn decision(&self) -> &Decision<'a> {
        &self.decision
    }

    /// What was asked before the signal was admitted, up to the first refusal.
    pub fn admission(&self) -> impl Iterator<Item = Asked<'_>> {
        let view = self.view();
        let kind = self.decision.plan().kind(self.decision.signal().kind_place());
        let needs = kind.into_iter().flat_map(|kind| &kind.admission);
        let asked = needs.map(move |need| Asked { view, need, answer: view.ask_arrived(need) });
        let mut refused = false;
        asked.take_while(move |asked| !std::mem::replace(&mut refused, asked.answer.outcome.is_err()))
    }

    /// Where the contact stood when the rules were tried; `None` for no stage, and where the signal was not admitted.
    #[must_use]
    pub fn stands_at(&self) -> Option<&Stage> {
        self.decision.plan().stage(self.admitted()?.stands_at())
    }

    /// The stages it fell back from, from the held one down, and the scope that each lacked.
    pub fn fell_back(&self) -> impl Iterator<Item = (&Stage, &Scope)> {
        self.admitted().into_iter().flat_map(|view| view.fell_back())
    }

    /// The rules on this kind of signal, in order, up to the one that was taken.
    pub fn rules(&self) -> impl Iterator<Item = Considered<'_>> {
        let (journey, taken) = (self.decision.plan(), self.decision.taken_place());
        let view = self.admitted();
        let at = view.map(|view| view.stands_at()).unwrap_or(Place::NONE);
        let specs = view.into_iter().flat_map(|view| view.journey.spec().rules.iter().zip(0..));
        let specs = specs.take_while(move |(_, place)| taken.is_none_or(|taken| *place <= taken));
        let on = specs.filter(|(rule, _)| rule.on.kind() == *self.decision.signal().kind());
        on.filter_map(move |(_, place)| {
            Some(Considered {
                why: self,
                view: view?,
                at,
                rule: journey.rule(place)?,
                taken: taken == Some(place),
            })
        })
    }

    /// What was asked for the effects of the rule that was taken, each need in its order.
    pub fn effects(&self) -> impl Iterator<Item = (&EffectName, Asked<'_>)> {
        let taken = self.decision.taken_place().and_then(|place| self.decision.plan().rule(place));
        let effects = taken.into_iter().flat_map(|rule| &rule.effects);
        let needs = effects.flat_map(|effect| effect.needs.iter().map(move |need| (&effect.name, need)));
        let view = self.admitted();
        needs.filter_map(move |(name, need)| {
            let view = view?;
            Some((name, Asked { view, need, answer: view.ask(need) }))
        })
    }

    /// The person, seen as before the admission.
    fn view(&self) -> View<'_> {
        let identity = Some(&self.decision.signal().spec().identity);
        View::new(self.decision.plan(), &self.person, identity, self.decision.now())
    }

    /// The person, seen as after the admission: the signal names it (S18). `None` where it was not admitted.
    fn admitted(&self) -> Option<View<'_>> {
        let mut view = self.view();
        view.known = true;
        Some(view).filter(|_| self.decision.unadmitted().is_none())
    }
}

/// One need, and its answer.
#[derive(Clone, Copy)]
pub struct Asked<'e> {
    view: View<'e>,
    need: &'e Need,
    answer: Answer,
}

impl<'e> Asked<'e> {
    /// What was asked for.
    #[must_use]
    pub fn scope(&self) -> &'e Scope {
        &self.need.wanted(self.answer.way).scope
    }

    /// Why it was refused; `None` where it was permitted.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.answer.reason()
    }

    /// The whole answer: the grant, or the reason with its cause and remedy.
    #[must_use]
    pub fn answer(&self) -> Answered {
        let Some(refusal) = self.view.refusal(self.need, self.answer) else {
            return Answered::Permitted(self.view.grant(self.need, self.answer));
        };
        let (ledger, key) = self.view.asked(self.need, self.answer);
        Answered::Refused {
            reason: refusal.reason(),
            cause: refusal.cause(ledger).map(|act| act.id().clone()),
            remedy: match refusal.reason() {
                Reason::UnknownNotice => ledger.remedy_of_notice(key, self.scope(), self.view.now),
                _ => ledger.remedy_of(key, self.scope(), self.view.now),
            },
        }
    }
}

/// A rule, and what became of it.
#[derive(Clone, Copy)]
pub struct Considered<'e> {
    why: &'e Explanation<'e>,
    view: View<'e>,
    at: Place,
    rule: &'e Rule,
    taken: bool,
}

impl<'e> Considered<'e> {
    /// Which rule.
    #[must_use]
    pub fn rule(&self) -> &'e RuleName {
        &self.rule.name
    }

    /// It starts from where the contact stands.
    #[must_use]
    pub fn from_here(&self) -> bool {
        self.rule.from.as_ref().is_none_or(|from| from.contains(&self.at))
    }

    /// It was taken: it starts from here, and its guard holds.
    #[must_use]
    pub fn taken(&self) -> bool {
        self.taken
    }

    /// Its guard, part by part, decisive or not, the whole first; nothing of a rule that starts from another stage.
    pub fn guard(&self) -> impl Iterator<Item = Checked<'e>> + use<'e> {
        self.parts(self.rule.when.as_ref().filter(|_| self.from_here()))
    }

    /// The guard of one of its effects, in the same way; nothing of a rule that was not taken.
    pub fn effect_guard(&self, effect: &EffectName) -> impl Iterator<Item = Checked<'e>> + use<'e> {
        let effect = self.rule.effects.iter().find(|other| other.name == *effect && self.taken);
        self.parts(effect.and_then(|effect| effect.when.as_ref()))
    }

    fn parts(&self, whole: Option<&'e Check>) -> impl Iterator<Item = Checked<'e>> + use<'e> {
        let rule = *self;
        let mut open = Vec::from_iter(whole.map(|check| (0_usize, check)));
        std::iter::from_fn(move || {
            let (depth, check) = open.pop()?;
            open.extend(check.parts().iter().rev().map(|part| (depth.saturating_add(1), part)));
            Some(Checked { rule, depth, check })
        })
    }
}

/// A part of a guard, and its value.
#[derive(Clone, Copy)]
pub struct Checked<'e> {
    rule: Considered<'e>,
    depth: usize,
    check: &'e Check,
}

impl Checked<'_> {
    /// How deep it stands in its guard.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.rule.view.holds(self.check, self.rule.why.decision.signal(), self.rule.at)
    }

    /// What it asks, in words.
    #[must_use]
    pub fn asks(&self) -> String {
        let Checked { rule: Considered { why, view, .. }, check, .. } = self;
        let kind =
            |place| view.journey.kind(place).map_or(why.decision.signal().kind().name(), |kind| &kind.name);
        match check {
            Check::All(checks) => Asks::All(checks.len()),
            Check::Any(checks) => Asks::Any(checks.len()),
            Check::Not(_) => Asks::Not,
            Check::Stage(place) => Asks::Stage(view.journey.stage(*place)),
            Check::Count { kind: place, at_least, within } => {
                Asks::Count { kind: kind(*place), at_least: *at_least, within: *within }
            }
            Check::Recency { kind: place, within } => Asks::Recency { kind: kind(*place), within: *within },
            Check::Unanswered { kind: place, by } => {
                Asks::Unanswered { kind: kind(*place), by: by.iter().map(|place| kind(*place)).collect() }
            }
            Check::NotOlderThan { kind: place } => Asks::NotOlderThan(kind(*place)),
            Check::Queued(queued) => {
                let within = queued.within.map(crate::journey::Span::as_delta);
                Asks::Queued { of: queued, at_least: queued.at_least, within }
            }
            Check::Attribute { name, is, value } => Asks::Attribute { name, is: *is, value },
            Check::Consent(need) => Asks::Consent(&need.wanted(view.ask(need).way).scope),
        }
        .to_string()
    }

    /// What was found, in words; empty where `holds` says it all.
    #[must_use]
    pub fn found(&self) -> String {
        let Checked { rule: Considered { why, view, .. }, check, .. } = self;
        let signal = why.decision.signal();
        match check {
            Check::Count { kind, within, .. } => view.count(*kind, signal, *within).to_string(),
            Check::Attribute { name, .. } => {
                signal.attribute(name).map_or("nothing".to_owned(), ToString::to_string)
            }
            Check::Consent(need) => view.ask(need).reason().map_or("permitted", Reason::as_str).to_owned(),
            Check::Queued(queued) => view.queued(queued).to_string(),
            Check::All(_)
            | Check::Any(_)
            | Check::Not(_)
            | Check::Stage(_)
            | Check::Recency { .. }
            | Check::Unanswered { .. }
            | Check::NotOlderThan { .. } => String::new(),
        }
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for asked in self.admission() {
            let fate = if asked.answer.outcome.is_err() { "not admitted" } else { "admitted" };
            writeln!(f, "{fate}: {asked}")?;
        }
        if self.admitted().is_none() {
            return writeln!(f, "the signal leaves no trace");
        }
        for (stage, scope) in self.fell_back() {
            writeln!(f, "does not stand at {stage}: {scope} is not permitted")?;
        }
        writeln!(f, "stands at {}", self.stands_at().map_or("no stage", Stage::as_str))?;
        for considered in self.rules() {
            writeln!(f, "{considered}")?;
            considered.guard().try_for_each(|checked| writeln!(f, "{checked}"))?;
            for effect in &considered.rule.effects {
                let mut guard = considered.effect_guard(&effect.name).peekable();
                if let Some(whole) = guard.peek() {
                    let not = if whole.holds() { "" } else { "not " };
                    writeln!(f, "effect {} is {not}asked for, by its own guard", effect.name)?;
                }
                guard.try_for_each(|checked| writeln!(f, "{checked}"))?;
            }
        }
        self.effects().try_for_each(|(effect, asked)| writeln!(f, "effect {effect}: {asked}"))?;
        match self.decision.transition() {
            Some(moved) => writeln!(f, "moves to {}", moved.to().map_or("no stage", Stage::as_str)),
            None => writeln!(f, "does not move"),
        }
    }
}

impl fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}", self.scope(), self.answer())
    }
}

impl fmt::Display for Considered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fate = match (self.from_here(), self.taken) {
            (_, true) => "is taken",
            (true, false) => "is not taken: its guard does not hold",
            (false, false) => "starts from another stage",
        };
        write!(f, "rule {} {fate}", self.rule())
    }
}

impl fmt::Display for Checked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let holds = if self.holds() { "yes" } else { "no" };
        let indent = self.depth.saturating_add(1).saturating_mul(2);
        write!(f, "{:indent$}{}: {holds}", "", self.asks())?;
        let found = self.found();
        if found.is_empty() { Ok(()) } else { write!(f, " (found {found})") }
    }
}
