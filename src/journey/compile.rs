//! From data to a journey that runs: every name resolved, every fault of meaning reported with its path.

mod acts;
mod guards;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Arguments;
use std::sync::Arc;

use super::circle;
use super::fault::{Declared, Fault, FaultKind, nearest};
use super::plan::{Check, Effect, Kind, Need, Place, Plan, Rule, Sought, Standing, Target, Wanted};
use super::spec::{JourneySpec, NeedSpec, Parts, Reaches, RuleSpec, SignalKindSpec, StageSpec, Way};
use super::trigger::Trigger;
use super::words::{self, OWN};
use crate::consent::ActKind;
use crate::identity::IdentityKind;
use crate::name::channel::EMAIL;
use crate::name::{
    Channel, NO_STAGE, Name, Network, Purpose, Recipient, RuleName, SELF, Scope, ScopeKey, Stage, Vocabulary,
    Word,
};

/// The most attributes of one kind of signal.
const MOST_ATTRIBUTES: usize = 32;

/// So many names are compared to find the nearest to misspelt ones: a hostile journey costs no more than a bad one.
const MOST_COMPARED: usize = 20_000;

pub(super) fn compile(spec: JourneySpec) -> Result<Plan, Vec<Fault>> {
    if words::too_large(&spec) {
        return Err(vec![Fault { path: ".".to_owned(), kind: FaultKind::TooLarge }]);
    }
    let mut compiler = Compiler::new(&spec);
    compiler.declarations();
    let stages = compiler.stages();
    let mut kinds = compiler.kinds();
    kinds.extend(compiler.act_kinds());
    let rules = compiler.rules(&mut kinds);
    compiler.circles(&stages);
    let Compiler { faults, vocabulary, networks, .. } = compiler;
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut places = vec![Place::NONE; vocabulary.len()];
    for (stage, place) in stages.iter().zip(0..) {
        if let Some(of_word) = stage.word.and_then(|word| places.get_mut(word.index())) {
            *of_word = Place(place);
        }
    }
    let mut by_name: Vec<(Name, u16)> = kinds.iter().map(|kind| kind.name.clone()).zip(0..).collect();
    by_name.sort_unstable();
    let mut rules_by_name: Vec<(RuleName, u16)> =
        rules.iter().map(|rule| rule.name.clone()).zip(0..).collect();
    rules_by_name.sort_unstable();
    Ok(Plan { vocabulary, stages, places, kinds, by_name, rules, rules_by_name, networks, spec })
}

/// A need that no rule names. Words are numbered by the spec alone, so that its numbers are those of the plan.
pub(super) fn need(spec: &JourneySpec, need: &NeedSpec, path: &str) -> Result<Need, Vec<Fault>> {
    let mut compiler = Compiler::new(spec);
    let need = compiler.need(format_args!("{path}"), need.parts());
    if compiler.faults.is_empty() { Ok(need) } else { Err(compiler.faults) }
}

/// Purpose, channel and recipient of a need; no channel for `social/*`.
type Words = (Word, Option<Word>, Word);

/// Maps by name are looked up and never gone through: their order shows nowhere.
struct Compiler<'s> {
    spec: &'s JourneySpec,
    vocabulary: Arc<Vocabulary>,
    networks: Vec<(Network, Channel)>,
    purposes: BTreeMap<&'s Purpose, Word>,
    recipients: BTreeMap<&'s Recipient, Word>,
    channels: BTreeMap<&'s Channel, (Reaches, Word)>,
    stage_places: HashMap<&'s Name, Place>,
    kind_places: BTreeMap<&'s Name, u16>,
    /// Where the kinds of signals stand that tell of acts: behind those of the spec.
    act_places: Vec<(ActKind, usize)>,
    /// The needs that were met so far.
    needs: BTreeMap<Words, Need>,
    faults: Vec<Fault>,
    compared: usize,
}

impl<'s> Compiler<'s> {
    fn new(spec: &'s JourneySpec) -> Compiler<'s> {
        let vocabulary = words::vocabulary(spec);
        let word = |name: &Name| vocabulary.word(name).unwrap_or(Word::NONE);
        let purposes = spec.catalogue.purposes.iter();
        let recipients = spec.catalogue.recipients.iter().chain([&OWN]);
        let channels = spec.catalogue.channels.iter().map(|channel| {
            let reaches = channel.reaches.clone();
            let reaches = reaches.unwrap_or_else(|| Reaches::Kind(IdentityKind::needed_by(&channel.name)));
            (&channel.name, (reaches, word(channel.name.name())))
        });
        let networks = spec.catalogue.channels.iter();
        let networks = networks.filter_map(|channel| Some((channel.name.network()?, channel.name.clone())));
        let numbered = spec.stages.iter().filter(|stage| stage.name != NO_STAGE).zip(1..);
        Compiler {
            networks: networks.collect(),
            purposes: purposes.map(|purpose| (purpose, word(purpose.name()))).collect(),
            recipients: recipients.map(|recipient| (recipient, word(recipient.name()))).collect(),
            channels: channels.collect(),
            stage_places: numbered.map(|(stage, place)| (stage.name.name(), Place(place))).collect(),
            kind_places: spec.signals.iter().map(|signal| signal.kind.name()).zip(0..).collect(),
            act_places: Vec::new(),
            needs: BTreeMap::new(),
            faults: Vec::new(),
            compared: 0,
            vocabulary,
            spec,
        }
    }

    /// Paths are written out here and nowhere else: where there is no fault, none is made.
    fn fault(&mut self, path: Arguments<'_>, kind: FaultKind) {
        self.faults.push(Fault { path: path.to_string(), kind });
    }

    fn unknown<'n>(
        &mut self,
        path: Arguments<'_>,
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
            self.fault(format_args!("placet"), FaultKind::Version { found: spec.placet });
        }
        let catalogue = &spec.catalogue;
        let purposes = catalogue.purposes.iter().map(Purpose::name);
        self.once(Declared::Purpose, purposes, format_args!("catalogue.purposes"), "");
        let channels = catalogue.channels.iter().map(|channel| channel.name.name());
        self.once(Declared::Channel, channels, format_args!("catalogue.channels"), ".name");
        let recipients = catalogue.recipients.iter().map(Recipient::name);
        self.once(Declared::Recipient, recipients, format_args!("catalogue.recipients"), "");
        let stages = spec.stages.iter().map(|stage| stage.name.name());
        self.once(Declared::Stage, stages, format_args!("stages"), ".name");
        let kinds = spec.signals.iter().map(|signal| signal.kind.name());
        self.once(Declared::SignalKind, kinds, format_args!("signals"), ".kind");
        let rules = spec.rules.iter().map(|rule| rule.name.name());
        self.once(Declared::Rule, rules, format_args!("rules"), ".name");
        let mut versions = BTreeSet::new();
        for (at, notice) in catalogue.notices.iter().enumerate() {
            if !versions.insert((&notice.id, &notice.version)) {
                let name = notice.id.name().clone();
                self.fault(
                    format_args!("catalogue.notices[{at}]"),
                    FaultKind::Twice { what: Declared::Notice, name },
                );
            }
        }
        for (at, signal) in spec.signals.iter().enumerate() {
            if signal.kind.as_str().starts_with(Trigger::ACTS) {
                let (what, name) = (Declared::SignalKind, signal.kind.name().clone());
                self.fault(format_args!("signals[{at}].kind"), FaultKind::Reserved { what, name });
            }
        }
        for (at, recipient) in catalogue.recipients.iter().enumerate().filter(|(_, name)| **name == SELF) {
            let (what, name) = (Declared::Recipient, recipient.name().clone());
            self.fault(format_args!("catalogue.recipients[{at}]"), FaultKind::Reserved { what, name });
        }
    }

    /// Names that stand twice in a list.
    fn once<'n>(
        &mut self,
        what: Declared,
        names: impl ExactSizeIterator<Item = &'n Name>,
        list: Arguments<'_>,
        field: &str,
    ) {
        if names.len() < 2 {
            return;
        }
        let mut seen = HashSet::with_capacity(names.len());
        for (at, name) in names.enumerate().filter(|(_, name)| !seen.insert(*name)) {
            self.fault(format_args!("{list}[{at}]{field}"), FaultKind::Twice { what, name: name.clone() });
        }
    }

    fn stages(&mut self) -> Vec<Standing> {
        let none = Standing { name: NO_STAGE, word: None, sustain: Vec::new() };
        let mut stages = vec![none];
        for (at, StageSpec { name, sustain }) in self.spec.stages.iter().enumerate() {
            let mut lines = Vec::with_capacity(sustain.len());
            for (line, sustain) in sustain.iter().enumerate() {
                let needs = self.needs(format_args!("stages[{at}].sustain[{line}].needs"), &sustain.needs);
                let below = self.stage(format_args!("stages[{at}].sustain[{line}].else"), &sustain.otherwise);
                lines.push((needs, below));
            }
            match stages.first_mut() {
                Some(none) if *name == NO_STAGE => none.sustain = lines,
                _ => {
                    let word = self.vocabulary.word(name.name());
                    stages.push(Standing { name: name.clone(), word, sustain: lines });
                }
            }
        }
        stages
    }

    fn kinds(&mut self) -> Vec<Kind> {
        let spec = self.spec;
        let kinds = spec.signals.iter().enumerate().map(|(at, signal)| {
            let SignalKindSpec { kind, admission, attributes, derived: _ } = signal;
            if attributes.len() > MOST_ATTRIBUTES {
                self.fault(format_args!("signals[{at}].attributes"), FaultKind::TooManyAttributes);
            }
            let names = attributes.iter().map(|attribute| &attribute.name);
            self.once(Declared::Attribute, names, format_args!("signals[{at}].attributes"), ".name");
            let admission = admission.as_ref();
            let admission = admission
                .map(|needs| self.needs(format_args!("signals[{at}].admission"), needs))
                .unwrap_or_default();
            let word = self.vocabulary.word(kind.name());
            Kind {
                name: kind.name().clone(),
                word,
                admission,
                attributes: attributes.clone(),
                act: None,
                anywhere: Vec::new(),
                from: Vec::new(),
            }
        });
        kinds.collect()
    }

    /// The rules, each put to its kind by the stages that it starts from.
    fn rules(&mut self, kinds: &mut [Kind]) -> Vec<Rule> {
        let spec = self.spec;
        let rules = spec.rules.iter().zip(0..).map(|(rule, place)| {
            let (kind, rule) = self.rule(usize::from(place), rule);
            let kind = kind.and_then(|kind| kinds.get_mut(usize::from(kind)));
            match (kind, &rule.from) {
                (None, _) => {} // the unknown kind is reported already
                (Some(kind), None) => kind.anywhere.push(place),
                (Some(kind), Some(from)) => kind.from.extend(from.iter().map(|from| (*from, place))),
            }
            rule
        });
        let rules = rules.collect();
        for kind in kinds {
            kind.from.sort_unstable();
            kind.from.dedup();
        }
        rules
    }

    /// A rule, and the place of its kind.
    fn rule(&mut self, at: usize, rule: &'s RuleSpec) -> (Option<u16>, Rule) {
        let kind = match &rule.on {
            Trigger::Signal(kind) => self.kind(format_args!("rules[{at}].on"), kind.name()),
            act => act.act().and_then(|(act, _)| self.act_place(act)),
        };
        let given = rule.on.act().map(|(_, given)| self.given(at, given)).unwrap_or_default();
        if rule.from.as_ref().is_some_and(Vec::is_empty) {
            self.fault(format_args!("rules[{at}].from"), FaultKind::NoFrom);
        }
        let from = rule.from.as_ref().map(|stages| {
            let places = stages.iter().enumerate();
            places
                .map(|(index, stage)| self.stage(format_args!("rules[{at}].from[{index}]"), stage))
                .collect()
        });
        let declared = kind.and_then(|kind| self.spec.signals.get(usize::from(kind)));
        let act = SignalKindSpec {
            kind: rule.on.kind(),
            admission: None,
            derived: false,
            attributes: acts::attributes(),
        };
        let attributes = if rule.on.act().is_some() { Some(&act) } else { declared };
        let when =
            rule.when.as_ref().map(|guard| self.guard(format_args!("rules[{at}].when"), guard, attributes));
        let when = match (given.is_empty(), when) {
            (true, when) => when,
            (false, when) => Some(Check::All(given.into_iter().chain(when).collect())),
        };
        let to = rule.to.as_ref().map(|stage| self.stage(format_args!("rules[{at}].to"), stage));
        let names = rule.effects.iter().map(|effect| effect.name.name());
        self.once(Declared::Effect, names, format_args!("rules[{at}].effects"), ".name");
        let effects = rule.effects.iter().enumerate().map(|(index, effect)| {
            let mut needs = Vec::with_capacity(effect.needs.len().saturating_add(1));
            needs.push(self.need(format_args!("rules[{at}].effects[{index}]"), effect.parts()));
            let further = effect.needs.iter().enumerate();
            needs.extend(further.map(|(need, spec)| {
                self.need(format_args!("rules[{at}].effects[{index}].needs[{need}]"), spec.parts())
            }));
            let when = effect.when.as_ref().map(|guard| {
                self.guard(format_args!("rules[{at}].effects[{index}].when"), guard, attributes)
            });
            if effect.still.as_ref().is_some_and(Vec::is_empty) {
                self.fault(format_args!("rules[{at}].effects[{index}].still"), FaultKind::NoStill);
            }
            let still = effect.still.as_ref().map(|stages| {
                let stages = stages.iter().enumerate();
                let place = |(place, stage)| {
                    self.stage(format_args!("rules[{at}].effects[{index}].still[{place}]"), stage)
                };
                stages.map(place).collect()
            });
            let within = effect.within.map(super::Span::as_delta);
            Effect { name: effect.name.clone(), needs, when, within, still }
        });
        (kind, Rule { name: rule.name.clone(), from, when, to, effects: effects.collect() })
    }

    fn needs(&mut self, path: Arguments<'_>, needs: &[NeedSpec]) -> Vec<Need> {
        if needs.is_empty() {
            self.fault(path, FaultKind::NoNeeds);
        }
        needs
            .iter()
            .enumerate()
            .map(|(at, need)| self.need(format_args!("{path}[{at}]"), need.parts()))
            .collect()
    }

    fn need(&mut self, path: Arguments<'_>, asked: Parts<'_>) -> Need {
        let (purpose, way, recipient) = asked;
        let catalogue = &self.spec.catalogue;
        let of_purpose = self.purposes.get(purpose).copied().unwrap_or_else(|| {
            let names = catalogue.purposes.iter().map(Purpose::name);
            self.unknown(format_args!("{path}.purpose"), Declared::Purpose, purpose.name(), names);
            Word::NONE
        });
        let of_recipient = self.recipients.get(recipient).copied().unwrap_or_else(|| {
            let names = catalogue.recipients.iter().map(Recipient::name);
            self.unknown(format_args!("{path}.recipient"), Declared::Recipient, recipient.name(), names);
            Word::NONE
        });
        let of_channel = match way {
            Way::OwnNetwork => None,
            Way::By(channel) => {
                Some(self.channels.get(channel).map(|(_, word)| *word).unwrap_or_else(|| {
                    let names = catalogue.channels.iter().map(|channel| channel.name.name());
                    self.unknown(format_args!("{path}.channel"), Declared::Channel, channel.name(), names);
                    Word::NONE
                }))
            }
        };
        if of_channel.is_none() && self.networks.is_empty() {
            self.fault(format_args!("{path}.channel"), FaultKind::NoNetwork);
        }
        let words = (of_purpose, of_channel, of_recipient);
        if let Some(need) = self.needs.get(&words) {
            return need.clone();
        }
        let need = Need(std::sync::Arc::new(self.sought(asked, words)));
        self.needs.insert(words, need.clone());
        need
    }

    fn sought(&self, asked: Parts<'_>, (of_purpose, of_channel, of_recipient): Words) -> Sought {
        let (purpose, way, recipient) = asked;
        let wanted = |named: &Channel, channel: Word| {
            let scope = Scope::new(purpose.clone(), named.clone(), recipient.clone());
            let key = ScopeKey::new(of_purpose, channel, of_recipient);
            Wanted { key, scope }
        };
        if let Way::By(channel) = way {
            let reaches = self.channels.get(channel).map(|(reaches, _)| reaches.clone());
            let first = wanted(channel, of_channel.unwrap_or(Word::NONE));
            let target = Target::Reached(reaches.unwrap_or(Reaches::Any));
            return Sought { first, elsewhere: Vec::new(), target };
        }
        // Accounts alone are asked, whatever else the catalogue lets a channel of a network reach.
        let asked = |channel: &Channel| Wanted {
            ..wanted(channel, self.vocabulary.word(channel.name()).unwrap_or(Word::NONE))
        };
        let mut ways = self.networks.iter().map(|(_, channel)| asked(channel));
        let (first, elsewhere) = (ways.next(), ways.collect());
        let first = first.unwrap_or_else(|| wanted(&EMAIL, Word::NONE));
        Sought { first, elsewhere, target: Target::OwnNetwork }
    }

    fn stage(&mut self, path: Arguments<'_>, stage: &Stage) -> Place {
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

    fn kind(&mut self, path: Arguments<'_>, kind: &Name) -> Option<u16> {
        let place = self.kind_places.get(kind).copied();
        if place.is_none() {
            let names = self.spec.signals.iter().map(|signal| signal.kind.name());
            self.unknown(path, Declared::SignalKind, kind, names);
        }
        place
    }

    /// S27: a circle of stages and elses is rejected.
    fn circles(&mut self, stages: &[Standing]) {
        if let Some(stage) = circle::on_a_circle(stages).map(|stage| stage.name.clone()) {
            let at = self.spec.stages.iter().position(|spec| spec.name == stage).unwrap_or_default();
            let stage = stage.name().clone();
            self.fault(format_args!("stages[{at}].sustain"), FaultKind::SustainCircle { stage });
        }
    }
}
