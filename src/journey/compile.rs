//! From data to a journey that runs: every name resolved, every fault of meaning reported with its path.

use std::collections::{BTreeMap, BTreeSet};

use super::circle;
use super::fault::{Declared, Fault, FaultKind, nearest};
use super::guard::{AttributeTest, Comparison, Guard, Test};
use super::spec::{JourneySpec, NeedSpec, Reaches, RuleSpec, SignalKindSpec, StageSpec, Way};
use super::table::{Check, Compiled, Effect, Kind, Need, Place, Rule, Standing, Target, Wanted};
use super::words;
use crate::contact::MOST_KEPT;
use crate::identity::IdentityKind;
use crate::signal::ValueType;
use crate::vocab::{
    Channel, EMAIL, Lexicon, NO_STAGE, Name, Network, Purpose, Recipient, SELF, Scope, Stage, Word,
};

/// The most attributes of one kind of signal.
const MOST_ATTRIBUTES: usize = 32;

/// So many names are compared to find the nearest to misspelt ones: a hostile journey costs no more than a bad one.
const MOST_COMPARED: usize = 20_000;

pub(super) fn compile(spec: JourneySpec) -> Result<Compiled, Vec<Fault>> {
    if words::too_large(&spec) {
        return Err(vec![Fault { path: ".".to_owned(), kind: FaultKind::TooLarge }]);
    }
    let mut compiler = Compiler::new(&spec);
    compiler.declarations();
    let stages = compiler.stages();
    let kinds = compiler.kinds();
    let rules = compiler.rules();
    compiler.circles(&stages);
    let Compiler { faults, lexicon, networks, kind_places, .. } = compiler;
    if !faults.is_empty() {
        return Err(faults);
    }
    let vocabulary = std::sync::Arc::clone(lexicon.shared());
    let mut places = vec![Place::NONE; vocabulary.len()];
    for (stage, place) in stages.iter().zip(0..) {
        if let Some(of_word) = stage.word.and_then(|word| places.get_mut(word.index())) {
            *of_word = Place(place);
        }
    }
    let kind_places = kind_places.into_iter().map(|(name, place)| (name.clone(), place)).collect();
    let mut compiled = Compiled { vocabulary, stages, places, kinds, kind_places, rules, networks, spec };
    compiled.index_rules();
    Ok(compiled)
}

struct Compiler<'s> {
    spec: &'s JourneySpec,
    lexicon: Lexicon,
    networks: Vec<(Network, Channel)>,
    purposes: BTreeSet<&'s Purpose>,
    recipients: BTreeSet<&'s Recipient>,
    channels: BTreeMap<&'s Name, Reaches>,
    stage_places: BTreeMap<&'s Name, Place>,
    kind_places: BTreeMap<&'s Name, u16>,
    faults: Vec<Fault>,
    compared: usize,
}

impl<'s> Compiler<'s> {
    fn new(spec: &'s JourneySpec) -> Compiler<'s> {
        let channels = spec.catalogue.channels.iter().map(|channel| {
            let reaches = channel.reaches.clone();
            let reaches = reaches.unwrap_or_else(|| Reaches::Kind(IdentityKind::needed_by(&channel.name)));
            (channel.name.name(), reaches)
        });
        let networks = spec.catalogue.channels.iter();
        let networks = networks.filter_map(|channel| Some((channel.name.network()?, channel.name.clone())));
        let numbered = spec.stages.iter().filter(|stage| stage.name != NO_STAGE).zip(1..);
        Compiler {
            lexicon: Lexicon::new(words::vocabulary(spec)),
            networks: networks.collect(),
            purposes: spec.catalogue.purposes.iter().collect(),
            recipients: spec.catalogue.recipients.iter().collect(),
            channels: channels.collect(),
            stage_places: numbered.map(|(stage, place)| (stage.name.name(), Place(place))).collect(),
            kind_places: spec.signals.iter().map(|signal| signal.kind.name()).zip(0..).collect(),
            faults: Vec::new(),
            compared: 0,
            spec,
        }
    }

    fn fault(&mut self, path: impl Into<String>, kind: FaultKind) {
        self.faults.push(Fault { path: path.into(), kind });
    }

    fn unknown<'n>(
        &mut self,
        path: impl Into<String>,
        what: Declared,
        name: &Name,
        declared: impl Iterator<Item = &'n Name>,
    ) {
        let left = MOST_COMPARED.saturating_sub(self.compared);
        let nearest =
            nearest(name, declared.take(left).inspect(|_| self.compared = self.compared.saturating_add(1)));
        self.fault(path, FaultKind::Unknown { what, name: name.clone(), nearest });
    }

    /// Faults in what is declared: the version, names that stand twice, names that mean something else.
    fn declarations(&mut self) {
        let spec = self.spec;
        if spec.placet != 1 {
            self.fault("placet", FaultKind::Version { found: spec.placet });
        }
        let catalogue = &spec.catalogue;
        let purposes = catalogue.purposes.iter().map(|purpose| purpose.name().clone());
        self.once(Declared::Purpose, purposes, |at| format!("catalogue.purposes[{at}]"));
        let channels = catalogue.channels.iter().map(|channel| channel.name.name().clone());
        self.once(Declared::Channel, channels, |at| format!("catalogue.channels[{at}].name"));
        let recipients = catalogue.recipients.iter().map(|recipient| recipient.name().clone());
        self.once(Declared::Recipient, recipients, |at| format!("catalogue.recipients[{at}]"));
        let stages = spec.stages.iter().map(|stage| stage.name.name().clone());
        self.once(Declared::Stage, stages, |at| format!("stages[{at}].name"));
        let kinds = spec.signals.iter().map(|signal| signal.kind.name().clone());
        self.once(Declared::SignalKind, kinds, |at| format!("signals[{at}].kind"));
        let rules = spec.rules.iter().map(|rule| rule.name.name().clone());
        self.once(Declared::Rule, rules, |at| format!("rules[{at}].name"));
        let mut versions = BTreeSet::new();
        for (at, notice) in catalogue.notices.iter().enumerate() {
            if !versions.insert((&notice.id, &notice.version)) {
                let name = notice.id.name().clone();
                self.fault(
                    format!("catalogue.notices[{at}]"),
                    FaultKind::Twice { what: Declared::Notice, name },
                );
            }
        }
        for (at, recipient) in catalogue.recipients.iter().enumerate().filter(|(_, name)| **name == SELF) {
            let (what, name) = (Declared::Recipient, recipient.name().clone());
            self.fault(format!("catalogue.recipients[{at}]"), FaultKind::Reserved { what, name });
        }
    }

    fn once(&mut self, what: Declared, names: impl Iterator<Item = Name>, path: impl Fn(usize) -> String) {
        let mut seen = BTreeSet::new();
        for (at, name) in names.enumerate() {
            if !seen.insert(name.clone()) {
                self.fault(path(at), FaultKind::Twice { what, name });
            }
        }
    }

    fn stages(&mut self) -> Vec<Standing> {
        let none = Standing { name: NO_STAGE, word: None, sustain: Vec::new() };
        let mut stages = vec![none];
        for (at, StageSpec { name, sustain }) in self.spec.stages.iter().enumerate() {
            let mut lines = Vec::with_capacity(sustain.len());
            for (line, sustain) in sustain.iter().enumerate() {
                let path = format!("stages[{at}].sustain[{line}]");
                let needs = self.needs(&format!("{path}.needs"), &sustain.needs);
                lines.push((needs, self.stage(format!("{path}.else"), &sustain.otherwise)));
            }
            match stages.first_mut() {
                Some(none) if *name == NO_STAGE => none.sustain = lines,
                _ => {
                    let word = self.lexicon.shared().word(name.name());
                    stages.push(Standing { name: name.clone(), word, sustain: lines });
                }
            }
        }
        stages
    }

    fn kinds(&mut self) -> Vec<Kind> {
        let spec = self.spec;
        let kinds = spec.signals.iter().enumerate().map(|(at, signal)| {
            let SignalKindSpec { kind, admission, attributes } = signal;
            if attributes.len() > MOST_ATTRIBUTES {
                self.fault(format!("signals[{at}].attributes"), FaultKind::TooManyAttributes);
            }
            let names = attributes.iter().map(|attribute| attribute.name.clone());
            self.once(Declared::Attribute, names, |index| format!("signals[{at}].attributes[{index}].name"));
            let path = format!("signals[{at}].admission");
            let admission = admission.as_ref().map(|needs| self.needs(&path, needs)).unwrap_or_default();
            let word = self.lexicon.shared().word(kind.name());
            Kind {
                name: kind.name().clone(),
                word,
                keep: self.lexicon.shared().keep(word.unwrap_or(Word::NONE)),
                admission,
                attributes: attributes.clone(),
                anywhere: Vec::new(),
                from: Vec::new(),
            }
        });
        kinds.collect()
    }

    fn rules(&mut self) -> Vec<Rule> {
        let spec = self.spec;
        spec.rules.iter().enumerate().map(|(at, rule)| self.rule(at, rule)).collect()
    }

    fn rule(&mut self, at: usize, rule: &'s RuleSpec) -> Rule {
        let kind = self.kind(|| format!("rules[{at}].on"), rule.on.name());
        if rule.from.as_ref().is_some_and(Vec::is_empty) {
            self.fault(format!("rules[{at}].from"), FaultKind::NoFrom);
        }
        let from = rule.from.as_ref().map(|stages| {
            let places = stages.iter().enumerate();
            places.map(|(index, stage)| self.stage(format!("rules[{at}].from[{index}]"), stage)).collect()
        });
        let attributes = kind.and_then(|kind| self.spec.signals.get(usize::from(kind)));
        let when =
            rule.when.as_ref().map(|guard| self.guard(&format!("rules[{at}].when"), guard, attributes));
        let to = rule.to.as_ref().map(|stage| self.stage(format!("rules[{at}].to"), stage));
        let names = rule.effects.iter().map(|effect| effect.name.name().clone());
        self.once(Declared::Effect, names, |index| format!("rules[{at}].effects[{index}].name"));
        let effects = rule.effects.iter().enumerate().map(|(index, effect)| {
            let path = format!("rules[{at}].effects[{index}]");
            let mut needs = vec![self.need(&path, &effect.addressing())];
            let further = effect.needs.iter().enumerate();
            needs.extend(further.map(|(need, spec)| self.need(&format!("{path}.needs[{need}]"), spec)));
            Effect { name: effect.name.clone(), needs }
        });
        Rule { name: rule.name.clone(), from, when, to, effects: effects.collect() }
    }

    fn guard(&mut self, path: &str, guard: &Guard, signal: Option<&SignalKindSpec>) -> Check {
        match guard.test() {
            Test::All(guards) => Check::All(self.guards(&format!("{path}.all"), guards, signal)),
            Test::Any(guards) => Check::Any(self.guards(&format!("{path}.any"), guards, signal)),
            Test::Not(guard) => Check::Not(Box::new(self.guard(&format!("{path}.not"), guard, signal))),
            Test::Stage(stage) => Check::Stage(self.stage(format!("{path}.stage"), stage)),
            Test::Count(count) => {
                let kind = self.kind(|| format!("{path}.count.kind"), count.kind.name()).unwrap_or_default();
                if count.at_least == 0 {
                    self.fault(format!("{path}.count.at_least"), FaultKind::CountZero);
                }
                if count.within.is_some() && count.at_least > u32::from(MOST_KEPT) {
                    self.fault(
                        format!("{path}.count.at_least"),
                        FaultKind::CountTooLarge { most: MOST_KEPT },
                    );
                }
                let within = count.within.map(super::Span::as_delta);
                Check::Count { kind, at_least: count.at_least, within }
            }
            Test::Recency(recency) => {
                let kind = self.kind(|| format!("{path}.recency.kind"), recency.kind.name());
                Check::Recency { kind: kind.unwrap_or_default(), within: recency.within.as_delta() }
            }
            Test::Attribute(test) => {
                self.attribute(path, test, signal);
                Check::Attribute { name: test.name.clone(), is: test.is, value: test.value.clone() }
            }
            Test::Consent(need) => Check::Consent(self.need(&format!("{path}.consent"), need)),
        }
    }

    fn guards(&mut self, path: &str, guards: &[Guard], signal: Option<&SignalKindSpec>) -> Vec<Check> {
        let guards = guards.iter().enumerate();
        guards.map(|(at, guard)| self.guard(&format!("{path}[{at}]"), guard, signal)).collect()
    }

    fn attribute(&mut self, path: &str, test: &AttributeTest, signal: Option<&SignalKindSpec>) {
        let Some(signal) = signal.filter(|signal| signal.attributes.len() <= MOST_ATTRIBUTES) else {
            return; // the unknown kind, or the long list, is reported already
        };
        let Some(declared) = signal.attributes.iter().find(|declared| declared.name == test.name) else {
            let names = signal.attributes.iter().map(|declared| &declared.name);
            return self.unknown(format!("{path}.attribute.name"), Declared::Attribute, &test.name, names);
        };
        let (declared, found) = (declared.value_type, test.value.value_type());
        if declared != found {
            let name = test.name.clone();
            self.fault(format!("{path}.attribute.value"), FaultKind::ValueType { name, declared, found });
        } else if found == ValueType::Bool && !matches!(test.is, Comparison::Equal | Comparison::NotEqual) {
            self.fault(format!("{path}.attribute.is"), FaultKind::BoolOrder);
        }
    }

    fn needs(&mut self, path: &str, needs: &[NeedSpec]) -> Vec<Need> {
        if needs.is_empty() {
            self.fault(path, FaultKind::NoNeeds);
        }
        needs.iter().enumerate().map(|(at, need)| self.need(&format!("{path}[{at}]"), need)).collect()
    }

    fn need(&mut self, path: &str, need: &NeedSpec) -> Need {
        let catalogue = &self.spec.catalogue;
        if !self.purposes.contains(&need.purpose) {
            let names = catalogue.purposes.iter().map(|purpose| purpose.name());
            self.unknown(format!("{path}.purpose"), Declared::Purpose, need.purpose.name(), names);
        }
        if need.recipient != SELF && !self.recipients.contains(&need.recipient) {
            let names = catalogue.recipients.iter().map(|recipient| recipient.name());
            self.unknown(format!("{path}.recipient"), Declared::Recipient, need.recipient.name(), names);
        }
        let wanted = |channel: &Channel| {
            let scope = Scope::new(need.purpose.clone(), channel.clone(), need.recipient.clone());
            let key = self.lexicon.key(&scope);
            Wanted { key, offered: self.lexicon.shared().offered(key), scope }
        };
        let Way::By(named) = &need.channel else {
            let mut ways = self.networks.iter().map(|(_, channel)| wanted(channel));
            let (first, elsewhere) = (ways.next(), ways.collect());
            let scope = first.unwrap_or_else(|| wanted(&EMAIL));
            if self.networks.is_empty() {
                self.fault(format!("{path}.channel"), FaultKind::NoNetwork);
            }
            return Need { scope, elsewhere, target: Target::OwnNetwork };
        };
        let scope = wanted(named);
        Need { scope, elsewhere: Vec::new(), target: Target::Reached(self.reaches(path, named)) }
    }

    fn reaches(&mut self, path: &str, named: &Channel) -> Reaches {
        let reaches = self.channels.get(named.name()).cloned();
        reaches.unwrap_or_else(|| {
            let names = self.spec.catalogue.channels.iter().map(|channel| channel.name.name());
            self.unknown(format!("{path}.channel"), Declared::Channel, named.name(), names);
            Reaches::Any
        })
    }

    fn stage(&mut self, path: String, stage: &Stage) -> Place {
        if *stage == NO_STAGE {
            return Place::NONE;
        }
        let place = self.stage_places.get(stage.name()).copied();
        place.unwrap_or_else(|| {
            let names = self.spec.stages.iter().map(|stage| stage.name.name());
            self.unknown(path, Declared::Stage, stage.name(), names);
            Place::NONE
        })
    }

    fn kind(&mut self, path: impl FnOnce() -> String, kind: &Name) -> Option<u16> {
        let place = self.kind_places.get(kind).copied();
        if place.is_none() {
            let names = self.spec.signals.iter().map(|signal| signal.kind.name());
            self.unknown(path(), Declared::SignalKind, kind, names);
        }
        place
    }

    /// S27: a circle of stages and elses is rejected.
    fn circles(&mut self, stages: &[Standing]) {
        if let Some(stage) = circle::on_a_circle(stages).map(|stage| stage.name.clone()) {
            let at = self.spec.stages.iter().position(|spec| spec.name == stage).unwrap_or_default();
            let stage = stage.name().clone();
            self.fault(format!("stages[{at}].sustain"), FaultKind::SustainCircle { stage });
        }
    }
}

impl Compiled {
    fn index_rules(&mut self) {
        for ((rule, spec), place) in self.rules.iter().zip(&self.spec.rules).zip(0..) {
            let kind = self.kind_places.binary_search_by(|(name, _)| name.cmp(spec.on.name())).ok();
            let kind = kind.and_then(|index| self.kind_places.get(index)).map(|(_, kind)| usize::from(*kind));
            let Some(kind) = kind.and_then(|kind| self.kinds.get_mut(kind)) else {
                continue;
            };
            match &rule.from {
                None => kind.anywhere.push(place),
                Some(from) => kind.from.extend(from.iter().map(|from| (*from, place))),
            }
        }
        for kind in &mut self.kinds {
            kind.from.sort_unstable();
            kind.from.dedup();
        }
    }
}
