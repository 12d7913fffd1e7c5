//! Why: what `decide` looked at, as data and as sentences. Nothing of this is computed unless it is asked for.

use serde::Serialize;

use super::ask::{Answer, View};
use super::decision::Decision;
use crate::journey::{Asks, Check, Effect, Need, Place};
use crate::ledger::{Reason, Remedy};
use crate::signal::Signal;
use crate::vocab::{ActId, EffectName, NO_STAGE, RuleName, Scope, Stage, in_words};

/// What `decide` tells while it runs. Every method does nothing where nobody listens.
pub(super) trait Trace {
    /// Whether every part of a guard is looked at, decisive or not.
    const EVERY: bool;
    fn admission(&mut self, _view: &View<'_>, _need: &Need, _answer: Answer) {}
    fn fell(&mut self, _view: &View<'_>, _from: Place, _need: &Need) {}
    fn stands(&mut self, _view: &View<'_>, _at: Place) {}
    /// Begins a guard; the number is handed back to `leave`.
    fn enter(&mut self) -> usize {
        0
    }
    fn leave(&mut self, _view: &View<'_>, _step: usize, _check: &Check, _signal: &Signal, _holds: bool) {}
    fn considered(&mut self, _rule: u16, _holds: bool) {}
    fn effect(&mut self, _view: &View<'_>, _effect: &Effect, _need: &Need, _answer: Answer) {}
}

/// Nobody listens.
pub(super) struct Silent;

impl Trace for Silent {
    const EVERY: bool = false;
}

/// Why a decision is what it is. `Display` tells it in sentences.
///
/// ```
/// use placet::{Contact, Identity, Journey, SignalSpec};
/// let journey = Journey::reference()?;
/// let ada = Contact::open("c-1".parse()?, Identity::parse("account/facebook:ada")?, journey.vocabulary());
/// let like = journey.signal(SignalSpec::from_json(r#"{"id":"s-1","contact":"c-1",
///   "identity":"account/facebook:ada","kind":"like","at":"2013-05-01T10:00:00Z"}"#)?)?;
/// let why = journey.explain(&ada, &like, like.at())?.to_string();
/// assert!(why.contains("not admitted: social-linking by social/facebook is refused, unknown_contact"));
/// assert!(why.contains("cure: a grant of social-linking by social/facebook by the person"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// What was asked before the signal was admitted.
    pub admission: Vec<Asked>,
    /// Where the contact stood when the rules were tried.
    pub stands_at: Option<Stage>,
    /// The stages it fell back from, and the scope each lacked.
    pub fell_back: Vec<(Stage, String)>,
    /// The rules on this kind of signal, up to the one that was taken.
    pub rules: Vec<Considered>,
    /// What was asked for the effects of the rule that was taken.
    pub effects: Vec<(EffectName, Asked)>,
    /// The stage held afterwards, if it moved.
    #[serde(serialize_with = "none_in_words")]
    pub moved_to: Option<Option<Stage>>,
}

/// One need, and its answer.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Asked {
    /// What was asked for.
    #[serde(serialize_with = "in_words")]
    pub scope: Scope,
    /// The answer.
    pub answer: Answered,
}

/// The answer to one need.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// Permitted by this grant.
    Permitted(Option<ActId>),
    /// Refused.
    Refused {
        /// Why.
        reason: Reason,
        /// The act that caused it.
        cause: Option<ActId>,
        /// The fewest acts that would turn it.
        remedy: Remedy,
    },
}

/// A rule, and what became of it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Considered {
    /// Which rule.
    pub rule: RuleName,
    /// It starts from where the contact stands.
    pub from_here: bool,
    /// Its guard, part by part, the whole first.
    pub guard: Vec<Checked>,
    /// It was taken: it starts from here, and its guard holds.
    pub taken: bool,
}

/// A part of a guard, and its value.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Checked {
    /// How deep it stands in its guard.
    pub depth: usize,
    /// What it asks.
    pub asks: String,
    /// What was found.
    pub found: String,
    /// Whether it holds.
    pub holds: bool,
}

/// Writes down what `decide` tells.
#[derive(Default)]
pub(super) struct Listener {
    admission: Vec<Asked>,
    pub(super) fell_back: Vec<(Stage, String)>,
    stands_at: Option<Stage>,
    considered: Vec<(u16, bool, Vec<Checked>)>,
    guard: Vec<Checked>,
    depth: usize,
    effects: Vec<(EffectName, Asked)>,
}

impl Trace for Listener {
    const EVERY: bool = true;

    fn admission(&mut self, view: &View<'_>, need: &Need, answer: Answer) {
        self.admission.push(asked(view, need, answer));
    }

    fn fell(&mut self, view: &View<'_>, from: Place, need: &Need) {
        if let Some(standing) = view.journey.standing(from) {
            let scope = &need.wanted(view.ask(need).way).scope;
            self.fell_back.push((standing.name.clone(), scope.to_string()));
        }
    }

    fn stands(&mut self, view: &View<'_>, at: Place) {
        self.stands_at = view.journey.stage(at).cloned();
    }

    fn enter(&mut self) -> usize {
        let step = self.guard.len();
        // INVARIANT: filled in by `leave`, which knows what was found.
        self.guard.push(Checked {
            depth: self.depth,
            asks: String::new(),
            found: String::new(),
            holds: false,
        });
        self.depth = self.depth.saturating_add(1);
        step
    }

    fn leave(&mut self, view: &View<'_>, step: usize, check: &Check, signal: &Signal, holds: bool) {
        self.depth = self.depth.saturating_sub(1);
        let depth = self.depth;
        let (asks, found) = words(view, check, signal);
        if let Some(checked) = self.guard.get_mut(step) {
            *checked = Checked { depth, asks, found, holds };
        }
    }

    fn considered(&mut self, rule: u16, holds: bool) {
        self.considered.push((rule, holds, std::mem::take(&mut self.guard)));
    }

    fn effect(&mut self, view: &View<'_>, effect: &Effect, need: &Need, answer: Answer) {
        self.effects.push((effect.name.clone(), asked(view, need, answer)));
    }
}

impl Listener {
    pub(super) fn explanation(self, decision: &Decision<'_>) -> Explanation {
        let journey = decision.compiled();
        let taken = decision.taken_place();
        let mut considered = self.considered;
        let rules = journey.spec().rules.iter().zip(0_u16..).filter(|(rule, place)| {
            rule.on == *decision.signal().kind() && taken.is_none_or(|taken| *place <= taken)
        });
        let rules = if decision.unadmitted().is_some() { Vec::new() } else { rules.collect() };
        let rules = rules.into_iter().map(|(rule, place)| {
            let found = considered.iter().position(|(other, ..)| *other == place);
            let (from_here, guard) = match found {
                Some(index) => (true, considered.swap_remove(index).2),
                None => (false, Vec::new()),
            };
            Considered { rule: rule.name.clone(), from_here, guard, taken: taken == Some(place) }
        });
        Explanation {
            admission: self.admission,
            stands_at: self.stands_at,
            fell_back: self.fell_back,
            rules: rules.collect(),
            effects: self.effects,
            moved_to: decision.transition().map(|moved| moved.to().cloned()),
        }
    }
}

fn asked(view: &View<'_>, need: &Need, answer: Answer) -> Asked {
    let ledger = view.person.member(answer.seat).unwrap_or(view.person.named()).ledger();
    let scope = need.wanted(answer.way).scope.clone();
    let answer = match view.refusal(need, answer) {
        None => Answered::Permitted(view.grant(need, answer)),
        Some(refusal) => Answered::Refused {
            reason: refusal.reason(),
            cause: refusal.cause(ledger).map(|act| act.id().clone()),
            remedy: ledger.remedy_of(refusal.key(), &scope, view.now),
        },
    };
    Asked { scope, answer }
}

fn words(view: &View<'_>, check: &Check, signal: &Signal) -> (String, String) {
    let kind = |place: u16| view.journey.kind(place).map_or(signal.kind().name(), |kind| &kind.name);
    let (asks, found) = match check {
        Check::All(checks) => (Asks::All(checks.len()), String::new()),
        Check::Any(checks) => (Asks::Any(checks.len()), String::new()),
        Check::Not(_) => (Asks::Not, String::new()),
        Check::Stage(place) => (Asks::Stage(view.journey.stage(*place)), String::new()),
        Check::Count { kind: place, at_least, within } => {
            let found = view.count(*place, signal, *within);
            (Asks::Count { kind: kind(*place), at_least: *at_least, within: *within }, found.to_string())
        }
        Check::Recency { kind: place, within } => {
            (Asks::Recency { kind: kind(*place), within: *within }, String::new())
        }
        Check::Attribute { name, is, value } => {
            let found = signal.attribute(name);
            let found = found.map_or("nothing".to_owned(), ToString::to_string);
            (Asks::Attribute { name, is: *is, value }, found)
        }
        Check::Consent(need) => {
            let answer = view.ask(need);
            let found = answer.reason.map_or("permitted", Reason::as_str);
            let scope = &need.wanted(answer.way).scope;
            return (Asks::Consent(scope).to_string(), found.to_owned());
        }
    };
    (asks.to_string(), found)
}

/// A move to no stage is told from no move: `"none"` and null.
fn none_in_words<S: serde::Serializer>(
    moved_to: &Option<Option<Stage>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    moved_to.clone().map(|stage| stage.unwrap_or(NO_STAGE)).serialize(serializer)
}

impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for Asked { scope, answer } in &self.admission {
            match answer {
                Answered::Permitted(_) => writeln!(f, "admitted: {scope} is {answer}")?,
                Answered::Refused { .. } => writeln!(f, "not admitted: {scope} is {answer}")?,
            }
        }
        for (stage, scope) in &self.fell_back {
            writeln!(f, "does not stand at {stage}: {scope} is not permitted")?;
        }
        let stands_at = self.stands_at.as_ref().map_or("no stage", Stage::as_str);
        let admitted = self.admission.iter().all(|asked| matches!(asked.answer, Answered::Permitted(_)));
        if !admitted {
            return writeln!(f, "the signal leaves no trace");
        }
        writeln!(f, "stands at {stands_at}")?;
        for considered in &self.rules {
            writeln!(f, "{considered}")?;
            for checked in &considered.guard {
                writeln!(f, "{checked}")?;
            }
        }
        for (effect, Asked { scope, answer }) in &self.effects {
            writeln!(f, "effect {effect}: {scope} is {answer}")?;
        }
        match &self.moved_to {
            Some(stage) => writeln!(f, "moves to {}", stage.as_ref().map_or("no stage", Stage::as_str)),
            None => writeln!(f, "does not move"),
        }
    }
}

impl std::fmt::Display for Considered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fate = match (self.from_here, self.taken) {
            (_, true) => "is taken",
            (true, false) => "is not taken: its guard does not hold",
            (false, false) => "starts from another stage",
        };
        write!(f, "rule {} {fate}", self.rule)
    }
}

impl std::fmt::Display for Checked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let holds = if self.holds { "yes" } else { "no" };
        let indent = self.depth.saturating_add(1).saturating_mul(2);
        write!(f, "{:indent$}{}: {holds}", "", self.asks)?;
        if self.found.is_empty() { Ok(()) } else { write!(f, " (found {})", self.found) }
    }
}

impl std::fmt::Display for Answered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Answered::Permitted(act) => match act {
                Some(act) => write!(f, "permitted by {act}"),
                None => f.write_str("permitted"),
            },
            Answered::Refused { reason, cause, remedy } => {
                write!(f, "refused, {reason}")?;
                if let Some(cause) = cause {
                    write!(f, " because of {cause}")?;
                }
                write!(f, "; cure: {remedy}")
            }
        }
    }
}
