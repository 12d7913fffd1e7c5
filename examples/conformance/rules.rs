//! Rules, admissions and sustains as they come in, line by line, and the journey that they make.

use std::collections::{HashMap, HashSet};

use placet::{
    Catalogue, ChannelSpec, EffectSpec, Journey, JourneyError, JourneySpec, NO_STAGE, Name, NameError,
    NeedSpec, Reaches, RuleName, RuleSpec, SELF, Scope, SignalKind, SignalKindSpec, Stage, StageSpec,
    SustainSpec,
};

use super::read::{Line, Says};

/// What has been said of the journey so far.
pub(crate) struct Rules {
    spec: JourneySpec,
    words: HashSet<(&'static str, Name)>,
    stages: HashMap<Stage, usize>,
    kinds: HashMap<SignalKind, usize>,
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
        };
        let mut rules = Rules {
            spec,
            words: HashSet::new(),
            stages: HashMap::new(),
            kinds: HashMap::new(),
            changed: true,
        };
        rules.make_spare()?;
        Ok(rules)
    }

    /// Whether something was said since the last journey.
    pub(crate) fn changed(&self) -> bool {
        self.changed
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

    pub(crate) fn add(&mut self, line: &Line) {
        self.changed = true;
        match &line.says {
            Says::Rule { on, needs, emit, from, to } => {
                self.kind_place(on);
                for stage in from.iter().chain(to) {
                    self.stage_place(stage);
                }
                let mut needs = self.needs(needs).into_iter();
                let effect = needs.next().map(|NeedSpec { purpose, channel, recipient }| EffectSpec {
                    name: emit.clone(),
                    purpose,
                    channel,
                    recipient,
                    needs: needs.collect(),
                });
                self.spec.rules.push(RuleSpec {
                    name: RuleName::from(line.id.clone()),
                    on: on.clone(),
                    from: from.clone().map(|stage| vec![stage]),
                    when: None,
                    to: to.clone(),
                    effects: effect.into_iter().collect(),
                });
            }
            Says::Admission { on, needs } => {
                let (place, needs) = (self.kind_place(on), self.needs(needs));
                if let Some(kind) = self.spec.signals.get_mut(place) {
                    kind.admission.get_or_insert_default().extend(needs);
                }
            }
            Says::Sustain { stage, needs, otherwise } => {
                let (place, needs) = (self.stage_place(stage), self.needs(needs));
                if *otherwise != NO_STAGE {
                    self.stage_place(otherwise);
                }
                if let Some(stage) = self.spec.stages.get_mut(place) {
                    stage.sustain.push(SustainSpec { needs, otherwise: otherwise.clone() });
                }
            }
            _ => {}
        }
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
            signals.push(SignalKindSpec { kind: kind.clone(), admission: None, attributes: Vec::new() });
            signals.len().saturating_sub(1)
        })
    }

    fn make_spare(&mut self) -> Result<(), NameError> {
        let kind = SignalKind::new("spare")?;
        self.spec.signals.push(SignalKindSpec { kind, admission: None, attributes: Vec::new() });
        Ok(())
    }
}
