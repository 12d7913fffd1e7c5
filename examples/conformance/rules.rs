//! Rules, admissions and sustains as they come in, line by line, and the journey that they make. A line that can change
//! no answer is left out of it, so that a history with any number of rules has a journey of few, soon compiled.

use std::collections::{HashMap, HashSet};

use placet::{
    Journey, JourneySpec, Scope, Stage,
    journey::{
        Catalogue, ChannelSpec, EffectSpec, JourneyError, NeedSpec, Reaches, RuleSpec, SignalKindSpec, Span,
        StageSpec, SustainSpec,
    },
    name::{EffectName, NO_STAGE, Name, NameError, RuleName, SELF, SignalKind},
};

use super::read::{Id, Line, Says, Why};

/// What has been said of the journey so far.
pub(crate) struct Rules {
    spec: JourneySpec,
    words: HashSet<(&'static str, Name)>,
    stages: HashMap<Stage, usize>,
    kinds: HashMap<SignalKind, usize>,
    /// From where a rule is taken on a kind of signal.
    taken: HashSet<(SignalKind, Option<Stage>)>,
    admitted: HashSet<(SignalKind, Scope)>,
    sustains: HashSet<(Stage, Scope)>,
    /// For each stage, where it can fall.
    falls: HashMap<Stage, HashSet<Stage>>,
    /// The stages that a rule moves to.
    mentioned: HashSet<Stage>,
    /// The ids of their lines by the names of the rules.
    lines: HashMap<RuleName, Id>,
    changed: bool,
}

impl Rules {
    pub(crate) fn new() -> Result<Rules, NameError> {
        let spec = JourneySpec {
            placet: 1,
            name: Name::new("neutral")?,
            controller: Name::new("controller")?.into(),
            catalogue: Catalogue::default(),
            stages: Vec::new(),
            signals: Vec::new(),
            rules: Vec::new(),
            allowed: Vec::new(),
        };
        let mut rules = Rules {
            spec,
            words: HashSet::new(),
            stages: HashMap::new(),
            kinds: HashMap::new(),
            taken: HashSet::new(),
            admitted: HashSet::new(),
            sustains: HashSet::new(),
            falls: HashMap::new(),
            mentioned: HashSet::new(),
            lines: HashMap::new(),
            changed: true,
        };
        rules.make_spare()?;
        Ok(rules)
    }

    /// Whether something was said since the last journey.
    pub(crate) fn changed(&self) -> bool {
        self.changed
    }

    /// The journey so far, as it is written down.
    pub(crate) fn spec(&self) -> &JourneySpec {
        &self.spec
    }

    /// The journey so far.
    pub(crate) fn journey(&mut self) -> Result<Journey, JourneyError> {
        self.changed = false;
        Journey::compile(self.spec.clone())
    }

    /// The kind under which a signal is handled: its own if a line speaks of it, else the spare one.
    pub(crate) fn kind(&self, kind: &SignalKind) -> SignalKind {
        let spoken_of = self.kinds.contains_key(kind);
        let spare = self.spec.signals.first().filter(|_| !spoken_of);
        spare.map_or_else(|| kind.clone(), |spare| spare.kind.clone())
    }

    /// The id of the line that a rule comes from.
    pub(crate) fn line_of(&self, rule: &RuleName) -> Option<&Id> {
        self.lines.get(rule)
    }

    pub(crate) fn add(&mut self, line: &Line) -> Result<(), Why> {
        match &line.says {
            Says::Rule { on, needs, emit, from, to, within, still } => {
                // Which stage is mentioned first says how far along it is (S23), whether or not the rule is ever taken.
                let first =
                    to.as_ref().is_some_and(|to| *to != NO_STAGE && self.mentioned.insert(to.clone()));
                // A rule above is taken wherever this one could be (S19).
                let anywhere = self.taken.contains(&(on.clone(), None));
                let taken = !anywhere && self.taken.insert((on.clone(), from.clone()));
                if taken || first {
                    let occasion = (*within, still.clone());
                    self.rule(line.id.clone(), on, (needs, emit), (from.as_ref(), to.as_ref()), occasion);
                }
            }
            Says::Admission { on, needs } => {
                let new = |need: &&Scope| self.admitted.insert((on.clone(), (*need).clone()));
                let needs: Vec<Scope> = needs.iter().filter(new).cloned().collect();
                if !needs.is_empty() {
                    let (place, specs) = (self.kind_place(on), self.needs(&needs));
                    if let Some(kind) = self.spec.signals.get_mut(place) {
                        kind.admission.get_or_insert_default().extend(specs);
                    }
                    self.changed = true;
                }
            }
            Says::Sustain { stage, needs, otherwise } => {
                if self.can_fall(otherwise, stage) {
                    return Err(Why::SustainCircle);
                }
                self.falls.entry(stage.clone()).or_default().insert(otherwise.clone());
                // Where every need is one of a line above of the same stage, that line is the first to miss it (S27).
                let new = |need: &&Scope| self.sustains.insert((stage.clone(), (*need).clone()));
                let new: Vec<Scope> = needs.iter().filter(new).cloned().collect();
                if !new.is_empty() {
                    self.sustain(stage, needs, otherwise);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn rule(
        &mut self,
        id: Id,
        on: &SignalKind,
        (needs, emit): (&[Scope], &EffectName),
        (from, to): (Option<&Stage>, Option<&Stage>),
        (within, still): (Option<Span>, Option<Vec<Stage>>),
    ) {
        // The id of a line can be longer than the name of a rule, and case counts in it.
        let Ok(name) = RuleName::new(&format!("rule-{}", self.spec.rules.len())) else {
            return;
        };
        self.lines.insert(name.clone(), id);
        self.kind_place(on);
        for stage in from.into_iter().chain(to).chain(still.iter().flatten()) {
            self.stage_place(stage);
        }
        let mut needs = self.needs(needs).into_iter();
        let effect = needs.next().map(|NeedSpec { purpose, channel, recipient }| EffectSpec {
            name: emit.clone(),
            purpose,
            channel,
            recipient,
            needs: needs.collect(),
            when: None,
            within,
            still,
        });
        self.spec.rules.push(RuleSpec {
            name,
            on: on.clone().into(),
            from: from.cloned().map(|stage| vec![stage]),
            when: None,
            to: to.cloned(),
            effects: effect.into_iter().collect(),
        });
        self.changed = true;
    }

    fn sustain(&mut self, stage: &Stage, needs: &[Scope], otherwise: &Stage) {
        let (place, needs) = (self.stage_place(stage), self.needs(needs));
        if *otherwise != NO_STAGE {
            self.stage_place(otherwise);
        }
        if let Some(stage) = self.spec.stages.get_mut(place) {
            stage.sustain.push(SustainSpec { needs, otherwise: otherwise.clone() });
        }
        self.changed = true;
    }

    /// Whether a stage is another one, or can fall to it.
    fn can_fall(&self, from: &Stage, to: &Stage) -> bool {
        let (mut seen, mut next) = (HashSet::from([from]), vec![from]);
        while let Some(stage) = next.pop() {
            if stage == to {
                return true;
            }
            let below = self.falls.get(stage).into_iter().flatten();
            next.extend(below.filter(|stage| seen.insert(*stage)));
        }
        false
    }

    fn needs(&mut self, needs: &[Scope]) -> Vec<NeedSpec> {
        for scope in needs {
            let catalogue = &mut self.spec.catalogue;
            if self.words.insert(("purpose", scope.purpose().name().clone())) {
                catalogue.purposes.push(scope.purpose().clone());
            }
            if self.words.insert(("channel", scope.channel().name().clone())) {
                let name = scope.channel().clone();
                catalogue.channels.push(ChannelSpec { name, reaches: Some(Reaches::Arrival) });
            }
            let recipient = scope.recipient();
            if *recipient != SELF && self.words.insert(("recipient", recipient.name().clone())) {
                catalogue.recipients.push(recipient.clone());
            }
        }
        needs.iter().cloned().map(NeedSpec::from).collect()
    }

    fn stage_place(&mut self, stage: &Stage) -> usize {
        let stages = &mut self.spec.stages;
        *self.stages.entry(stage.clone()).or_insert_with(|| {
            stages.push(StageSpec { name: stage.clone(), sustain: Vec::new() });
            stages.len().saturating_sub(1)
        })
    }

    fn kind_place(&mut self, kind: &SignalKind) -> usize {
        // A line speaks of the spare kind: another one must be spare from now on.
        if let Some(spare) = self.spec.signals.first_mut().filter(|spare| spare.kind == *kind) {
            let mut names = (0_u64..).filter_map(|number| SignalKind::new(&format!("spare{number}")).ok());
            spare.kind =
                names.find(|name| name != kind && !self.kinds.contains_key(name)).unwrap_or(kind.clone());
        }
        let signals = &mut self.spec.signals;
        *self.kinds.entry(kind.clone()).or_insert_with(|| {
            signals.push(plain(kind.clone()));
            signals.len().saturating_sub(1)
        })
    }

    fn make_spare(&mut self) -> Result<(), NameError> {
        let kind = SignalKind::new("spare")?;
        self.spec.signals.push(plain(kind));
        Ok(())
    }
}

/// A kind of signal that nothing is said of yet.
fn plain(kind: SignalKind) -> SignalKindSpec {
    SignalKindSpec { kind, admission: None, derived: false, attributes: Vec::new() }
}
