//! What is to be seen of a journey: stages, cards between them, and the words on both.

use std::collections::BTreeMap;

use placet::{
    Journey, JourneySpec, Stage,
    journey::{NeedSpec, RuleSpec, StageSpec},
    name::{Controller, NO_STAGE, Name},
};

/// The stages of a journey, and what leads from stage to stage.
pub(super) struct Picture<'j> {
    pub(super) name: &'j Name,
    pub(super) controller: &'j Controller,
    /// First no stage, then the stages as declared, at last "any stage" where a rule starts from it.
    pub(super) stages: Vec<Drawn>,
    pub(super) cards: Vec<Card>,
}

/// A stage as it is drawn.
pub(super) struct Drawn {
    pub(super) name: String,
    /// It is declared: neither no stage nor any stage.
    pub(super) declared: bool,
    /// The scopes that hold it up.
    pub(super) rests_on: Vec<String>,
}

/// What leads from some stages to one: rules, or the fall-back of a stage.
#[derive(Clone)]
pub(super) struct Card {
    pub(super) from: Vec<usize>,
    /// `None`: no move.
    pub(super) to: Option<usize>,
    pub(super) falls_back: bool,
    pub(super) lines: Vec<Line>,
}

/// A line of a card.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub(super) ink: Ink,
    /// A name, a scope, or a guard in words.
    pub(super) text: String,
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ink {
    /// Which rules, by their places.
    Rules,
    Signal,
    Admission,
    Guard,
    Effect,
    /// A scope that the effect above needs.
    Scope,
    /// When the effect above is asked for, and when its event may leave.
    Occasion,
    /// There is no move.
    Stays,
    /// The scope without which a stage falls back.
    Missing,
}

impl Line {
    fn new(ink: Ink, text: impl std::fmt::Display) -> Line {
        Line { ink, text: text.to_string() }
    }
}

/// As it is said where there are neither colours nor marks.
impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let before = match self.ink {
            Ink::Admission => "kept with ",
            Ink::Guard => "when ",
            Ink::Missing => "without ",
            Ink::Rules | Ink::Signal | Ink::Effect | Ink::Scope | Ink::Occasion | Ink::Stays => "",
        };
        write!(f, "{before}{}", self.text)
    }
}

impl Drawn {
    /// Its name, and what it rests on, where there are neither colours nor marks.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        let rests_on = self.rests_on.iter().map(|scope| format!("rests on {scope}"));
        std::iter::once(self.name.clone()).chain(rests_on)
    }
}

impl Picture<'_> {
    pub(super) fn of(journey: &Journey) -> Picture<'_> {
        let spec = journey.spec();
        let declared: Vec<&StageSpec> = spec.stages.iter().filter(|stage| stage.name != NO_STAGE).collect();
        let places: BTreeMap<&Stage, usize> =
            declared.iter().zip(1..).map(|(stage, place)| (&stage.name, place)).collect();
        let place = |stage: &Stage| places.get(stage).copied().unwrap_or_default();
        let mut stages = vec![Drawn { name: "no stage".to_owned(), declared: false, rests_on: Vec::new() }];
        stages.extend(declared.iter().map(|stage| Drawn {
            name: stage.name.to_string(),
            declared: true,
            rests_on: Vec::new(),
        }));
        let anywhere = stages.len();
        if spec.rules.iter().any(|rule| rule.from.is_none()) {
            stages.push(Drawn { name: "any stage".to_owned(), declared: false, rests_on: Vec::new() });
        }
        let mut cards = rule_cards(spec, anywhere, place);
        for stage in &spec.stages {
            let (scopes, fall_backs) = sustained(stage, place);
            if let Some(drawn) = stages.get_mut(place(&stage.name)) {
                drawn.rests_on = scopes;
            }
            cards.extend(fall_backs);
        }
        Picture { name: &spec.name, controller: &spec.controller, stages, cards }
    }
}

/// Rules from the same stages to the same stage share a card, and rules that say the same a part of it.
fn rule_cards(spec: &JourneySpec, anywhere: usize, place: impl Fn(&Stage) -> usize) -> Vec<Card> {
    let admissions = spec.signals.iter().map(|signal| {
        let needs = signal.admission.iter().flatten();
        (signal.kind.name(), needs.map(ToString::to_string).collect::<Vec<_>>())
    });
    let admissions: BTreeMap<&Name, Vec<String>> = admissions.collect();
    let mut places: BTreeMap<(Vec<usize>, Option<usize>), usize> = BTreeMap::new();
    let mut cards: Vec<(Card, Vec<Part>)> = Vec::new();
    let mut parts: BTreeMap<(usize, Vec<Line>), usize> = BTreeMap::new();
    for (rule, number) in spec.rules.iter().zip(1..) {
        let mut from: Vec<usize> =
            rule.from.as_ref().map_or(vec![anywhere], |from| from.iter().map(&place).collect());
        from.sort_unstable();
        from.dedup();
        let to = rule.to.as_ref().map(&place);
        let card = *places.entry((from.clone(), to)).or_insert(cards.len());
        if card == cards.len() {
            cards.push((Card { from, to, falls_back: false, lines: Vec::new() }, Vec::new()));
        }
        let Some((_, of_card)) = cards.get_mut(card) else { continue };
        let lines = said(rule, admissions.get(rule.on.kind().name()).map(Vec::as_slice).unwrap_or_default());
        let part = *parts.entry((card, lines.clone())).or_insert(of_card.len());
        if part == of_card.len() {
            of_card.push(Part { rules: Vec::new(), signals: Vec::new(), lines });
        }
        if let Some(part) = of_card.get_mut(part) {
            part.rules.push(number);
            let signal = rule.on.to_string();
            if !part.signals.contains(&signal) {
                part.signals.push(signal);
            }
        }
    }
    let finished = cards.into_iter().map(|(card, parts)| {
        let mut lines: Vec<Line> = parts.into_iter().flat_map(Part::lines).collect();
        if card.to.is_none() {
            lines.push(Line::new(Ink::Stays, "the stage stays"));
        }
        Card { lines, ..card }
    });
    finished.collect()
}

/// Rules of one card that differ in their signals only.
struct Part {
    rules: Vec<u32>,
    signals: Vec<String>,
    /// All below the signals.
    lines: Vec<Line>,
}

impl Part {
    fn lines(self) -> impl Iterator<Item = Line> {
        let numbers = self.rules.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let word = if self.rules.len() == 1 { "rule" } else { "rules" };
        let heading = [
            Line::new(Ink::Rules, format_args!("{word} {numbers}")),
            Line::new(Ink::Signal, self.signals.join(" or ")),
        ];
        heading.into_iter().chain(self.lines)
    }
}

fn said(rule: &RuleSpec, admission: &[String]) -> Vec<Line> {
    let mut lines: Vec<Line> = admission.iter().map(|scope| Line::new(Ink::Admission, scope)).collect();
    lines.extend(rule.when.as_ref().map(|guard| Line::new(Ink::Guard, guard)));
    for effect in &rule.effects {
        lines.push(Line::new(Ink::Effect, &effect.name));
        lines.push(Line::new(Ink::Scope, effect.addressing()));
        let further = effect.needs.iter();
        lines.extend(further.map(|need| Line::new(Ink::Scope, format_args!("and {need}"))));
        let guard = effect.when.iter().map(|guard| Line::new(Ink::Occasion, format_args!("if {guard}")));
        lines.extend(guard);
        let within = effect.within.map(|within| format!("leaves within {within}"));
        let still = effect.still.as_ref().map(|still| {
            let stages =
                still.iter().map(|stage| if *stage == NO_STAGE { "no stage" } else { stage.as_str() });
            format!("leaves at {} only", stages.collect::<Vec<_>>().join(" or "))
        });
        lines.extend(within.into_iter().chain(still).map(|text| Line::new(Ink::Occasion, text)));
    }
    lines
}

/// The scopes that hold a stage up, and a card for each stage it falls back to.
fn sustained(stage: &StageSpec, place: impl Fn(&Stage) -> usize) -> (Vec<String>, Vec<Card>) {
    let mut scopes: Vec<String> = Vec::new();
    let mut cards: Vec<Card> = Vec::new();
    for sustain in &stage.sustain {
        let to = Some(place(&sustain.otherwise));
        let needs: Vec<String> = sustain.needs.iter().map(NeedSpec::to_string).collect();
        let lines = needs.iter().map(|scope| Line::new(Ink::Missing, scope));
        match cards.iter_mut().find(|card| card.to == to) {
            Some(card) => card.lines.extend(lines),
            None => {
                let (from, lines) = (vec![place(&stage.name)], lines.collect());
                cards.push(Card { from, to, falls_back: true, lines });
            }
        }
        for scope in needs {
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
    }
    (scopes, cards)
}
