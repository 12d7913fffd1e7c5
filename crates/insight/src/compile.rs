//! From data to an insight that can be asked: every name resolved, every fault of meaning reported with its path.

mod credits;
mod guards;
mod tables;
mod trials;

use std::fmt::{Arguments, Display};

use placet::Journey;
use placet::journey::guard::AttributeTest;
use placet::journey::plan::Need;
use placet::journey::{Comparison, JourneyError, NeedSpec, SignalKindSpec, Span};
use placet::name::{NO_STAGE, Name, SignalKind, Stage};
use placet::signal::ValueType;

pub(crate) use self::trials::HOLDOUT;
use crate::fault::{InsightFault, InsightFaultKind as Kind, nearest};
use crate::plan::{
    AdvocacyPlan, Compiled, KindPlace, LoyaltyPlan, Needs, ScorePlan, SegmentPlan, Select, TermKind,
    TermPlan, answers_only,
};
use crate::spec::{CodeSpec, EachSpec, InsightSpec, ScoreSpec, SegmentSpec, TermSpec};

/// The most views, scores, segments and tables each (I60).
const MOST: usize = 64;
/// The most terms of a score.
const MOST_TERMS: usize = 32;
const MOST_POINTS: u64 = 1_000_000;
/// People a cell, where nothing is written.
pub(crate) const USUAL_K: u32 = 20;
/// The fewest people a cell, whatever is written.
pub(crate) const LEAST_K: u32 = 10;

pub(crate) fn compile(spec: InsightSpec, journey: &Journey) -> Result<Compiled, Vec<InsightFault>> {
    let mut compiler = Compiler { spec: &spec, journey, faults: Vec::new() };
    let views = compiler.views();
    compiler.lists();
    let scores = compiler.each("scores", &spec.scores, Compiler::score);
    let segments: Vec<SegmentPlan> =
        spec.segments.iter().enumerate().map(|(at, segment)| compiler.segment(at, segment, &views)).collect();
    let tables = compiler.each("tables", &spec.tables, Compiler::table);
    let loyalty = compiler.loyalty();
    let advocacy = compiler.advocacy();
    let credits = compiler.each("credits", &spec.credits, Compiler::credit);
    let trials = compiler.each("trials", &spec.trials, Compiler::trial);
    compiler.phases();
    let faults = compiler.faults;
    if !faults.is_empty() {
        return Err(faults);
    }
    let journey = journey.clone();
    Ok(Compiled { journey, views, scores, segments, tables, loyalty, advocacy, credits, trials, spec })
}

struct Compiler<'s> {
    spec: &'s InsightSpec,
    journey: &'s Journey,
    faults: Vec<InsightFault>,
}

impl<'s> Compiler<'s> {
    fn fault(&mut self, path: impl Display, kind: Kind) {
        self.faults.push(InsightFault { path: path.to_string(), kind });
    }

    fn each<S, T>(
        &mut self,
        list: &'static str,
        specs: &'s [S],
        compile: impl Fn(&mut Self, Arguments<'_>, &'s S) -> T,
    ) -> Vec<T> {
        let mut plans = Vec::with_capacity(specs.len());
        for (at, spec) in specs.iter().enumerate() {
            plans.push(compile(self, format_args!("{list}[{at}]"), spec));
        }
        plans
    }

    /// The version, the bounds of all lists, and names that stand twice.
    fn lists(&mut self) {
        let spec = self.spec;
        if spec.placet != 1 {
            self.fault("placet", Kind::Version { found: spec.placet });
        }
        let lists: [(&str, &'static str, Vec<&Name>); 8] = [
            ("views", "view", spec.views.iter().map(|view| &view.name).collect()),
            ("scores", "score", spec.scores.iter().map(|score| &score.name).collect()),
            ("segments", "segment", spec.segments.iter().map(|segment| &segment.name).collect()),
            ("tables", "table", spec.tables.iter().map(|table| &table.name).collect()),
            ("loyalty", "loyalty", spec.loyalty.iter().map(|loyalty| &loyalty.name).collect()),
            ("advocacy", "advocacy", spec.advocacy.iter().map(|advocacy| &advocacy.name).collect()),
            ("credits", "credit", spec.credits.iter().map(|credit| &credit.name).collect()),
            ("trials", "trial", spec.trials.iter().map(|trial| &trial.name).collect()),
        ];
        for (list, what, names) in lists {
            if names.len() > MOST {
                self.fault(list, Kind::TooMany { most: MOST });
                continue;
            }
            self.once(list, what, &names);
        }
        if spec.phases.len() > MOST {
            self.fault("phases", Kind::TooMany { most: MOST });
        }
    }

    fn once(&mut self, list: impl Display, what: &'static str, names: &[&Name]) {
        for (at, name) in names.iter().enumerate() {
            if names.iter().take(at).any(|earlier| earlier == name) {
                self.fault(format_args!("{list}[{at}].name"), Kind::Twice { what, name: (*name).clone() });
            }
        }
    }

    /// The place of a name in a list of the spec; 0 where it is not there, which is reported.
    fn place<'n>(
        &mut self,
        path: impl Display,
        what: &'static str,
        name: &Name,
        mut names: impl Iterator<Item = &'n Name> + Clone,
    ) -> usize {
        let declared = names.clone();
        names.position(|other| other == name).unwrap_or_else(|| {
            let nearest = nearest(name.as_str(), declared.take(MOST));
            self.fault(path, Kind::Unknown { what, name: name.clone(), nearest });
            0
        })
    }

    fn view(&mut self, path: impl Display, name: &Name) -> usize {
        self.place(path, "view", name, self.spec.views.iter().map(|view| &view.name))
    }

    fn score_place(&mut self, path: impl Display, name: &Name, view: usize) -> usize {
        let spec = self.spec;
        let place =
            self.place(format_args!("{path}"), "score", name, spec.scores.iter().map(|score| &score.name));
        let of = spec.scores.get(place).filter(|score| score.name == *name).map(|score| &score.view);
        // A view that is not declared is reported where it is named.
        let of = of.and_then(|of| spec.views.iter().position(|view| view.name == *of));
        if of.is_some_and(|of| of != view) {
            self.fault(path, Kind::OtherView { what: "score", name: name.clone() });
        }
        place
    }

    fn segment_place(&mut self, path: impl Display, name: &Name) -> usize {
        self.place(path, "segment", name, self.spec.segments.iter().map(|segment| &segment.name))
    }

    fn views(&mut self) -> Vec<Needs> {
        let mut views = Vec::with_capacity(self.spec.views.len());
        for (at, view) in self.spec.views.iter().enumerate() {
            if view.needs.is_empty() {
                self.fault(format_args!("views[{at}].needs"), Kind::Empty);
            }
            let needs = view.needs.iter().enumerate();
            let needs: Needs = needs
                .filter_map(|(index, need)| {
                    let path = format!("views[{at}].needs[{index}]");
                    let need = self.need(&path, need)?;
                    if answers_only(&need) {
                        self.fault(format_args!("{path}.channel"), Kind::Arrival);
                    }
                    Some(need)
                })
                .collect();
            views.push(needs);
        }
        views
    }

    fn need(&mut self, path: &str, need: &NeedSpec) -> Option<Need> {
        match self.journey.need(need, path) {
            Ok(need) => Some(need),
            Err(JourneyError::Meaning(faults)) => {
                for fault in faults {
                    self.fault(fault.path(), Kind::Journey(fault.kind().clone()));
                }
                None
            }
            Err(JourneyError::Shape(_)) => None,
        }
    }

    fn stage(&mut self, path: impl Display, stage: &Stage) -> Option<Stage> {
        if *stage == NO_STAGE {
            return None;
        }
        let names = self.journey.spec().stages.iter().map(|stage| stage.name.name());
        self.place(path, "stage", stage.name(), names);
        Some(stage.clone())
    }

    /// A kind of signal, and its place in the journey.
    fn kind(&mut self, path: impl Display, kind: &SignalKind) -> (KindPlace, Option<&'s SignalKindSpec>) {
        let signals = &self.journey.spec().signals;
        let spec = signals.iter().find(|spec| spec.kind == *kind);
        if spec.is_none() {
            self.place(path, "kind of signal", kind.name(), signals.iter().map(|spec| spec.kind.name()));
        }
        let place = self.journey.plan().kind_named(kind.name()).map(|(place, _)| place);
        (place.unwrap_or_default(), spec)
    }

    /// Checks that a kind declares an attribute, of a type where one is needed.
    fn attribute(
        &mut self,
        path: impl Display,
        kind: Option<&SignalKindSpec>,
        name: &Name,
        needed: Option<ValueType>,
    ) {
        let Some(kind) = kind else { return }; // the unknown kind is reported already
        let Some(declared) = kind.attributes.iter().find(|declared| declared.name == *name) else {
            self.place(path, "attribute", name, kind.attributes.iter().map(|declared| &declared.name));
            return;
        };
        let declared = declared.value_type;
        if let Some(found) = needed.filter(|needed| *needed != declared) {
            self.fault(path, Kind::ValueType { name: name.clone(), declared, found });
        }
    }

    fn carrying(&mut self, path: impl Display, kind: Option<&SignalKindSpec>, tests: &[AttributeTest]) {
        for (at, AttributeTest { name, is, value }) in tests.iter().enumerate() {
            self.compared(format_args!("{path}[{at}]"), kind, (name, *is, value.value_type()));
        }
    }

    fn compared(
        &mut self,
        path: impl Display,
        kind: Option<&SignalKindSpec>,
        (name, is, found): (&Name, Comparison, ValueType),
    ) {
        self.attribute(format_args!("{path}.name"), kind, name, None);
        let declared = kind.and_then(|kind| kind.attributes.iter().find(|declared| declared.name == *name));
        if let Some(declared) =
            declared.map(|declared| declared.value_type).filter(|declared| *declared != found)
        {
            self.fault(format_args!("{path}.value"), Kind::ValueType { name: name.clone(), declared, found });
        } else if found == ValueType::Bool && !matches!(is, Comparison::Equal | Comparison::NotEqual) {
            self.fault(format_args!("{path}.is"), Kind::BoolOrder);
        }
    }

    fn select(
        &mut self,
        path: impl Display,
        kind: &SignalKind,
        carrying: &[AttributeTest],
        within: Option<Span>,
    ) -> Select {
        let (place, spec) = self.kind(format_args!("{path}.kind"), kind);
        self.carrying(format_args!("{path}.where"), spec, carrying);
        Select { kind: place, carrying: carrying.to_vec(), within: within.map(Span::as_delta) }
    }

    fn score(&mut self, path: Arguments<'_>, score: &'s ScoreSpec) -> ScorePlan {
        let view = self.view(format_args!("{path}.view"), &score.view);
        if score.terms.is_empty() {
            self.fault(format_args!("{path}.terms"), Kind::Empty);
        } else if score.terms.len() > MOST_TERMS {
            self.fault(format_args!("{path}.terms"), Kind::TooMany { most: MOST_TERMS });
        }
        let names: Vec<&Name> = score.terms.iter().map(|term| &term.name).collect();
        self.once(format_args!("{path}.terms"), "term", &names);
        if score.least.zip(score.most).is_some_and(|(least, most)| least > most) {
            self.fault(format_args!("{path}.least"), Kind::LeastAboveMost);
        }
        let terms = score.terms.iter().enumerate();
        let terms = terms
            .filter_map(|(at, term)| self.term(format_args!("{path}.terms[{at}]"), term, view))
            .collect();
        ScorePlan { view, terms, least: score.least, most: score.most }
    }

    fn term(&mut self, path: Arguments<'_>, term: &TermSpec, view: usize) -> Option<TermPlan> {
        if term.points == 0 || term.points.unsigned_abs() > MOST_POINTS {
            self.fault(format_args!("{path}.points"), Kind::Points);
        }
        if term.most.is_some_and(|most| most <= 0) {
            self.fault(format_args!("{path}.most"), Kind::NotPositive);
        }
        let what = match (&term.when, &term.each) {
            (Some(when), None) => {
                if term.half_life.is_some() {
                    self.fault(format_args!("{path}.half_life"), Kind::HalfLife);
                }
                TermKind::Stated(self.guard(format_args!("{path}.when"), when, (view, true))?)
            }
            (None, Some(EachSpec { kind, carrying, within })) => {
                let facts = self.select(format_args!("{path}.each"), kind, carrying, *within);
                TermKind::Done { facts, half_life: term.half_life.map(Span::as_delta) }
            }
            _ => {
                self.fault(path, Kind::WhenOrEach);
                return None;
            }
        };
        Some(TermPlan { name: term.name.clone(), points: term.points, what, most: term.most })
    }

    fn segment(&mut self, at: usize, segment: &SegmentSpec, views: &[Needs]) -> SegmentPlan {
        let path = format!("segments[{at}]");
        let view = self.view(format_args!("{path}.view"), &segment.view);
        let when = self.guard(format_args!("{path}.when"), &segment.when, (view, false));
        let score =
            segment.score.as_ref().map(|score| self.score_place(format_args!("{path}.score"), score, view));
        let kind =
            segment.signal.as_ref().and_then(|signal| self.kind(format_args!("{path}.signal"), signal).1);
        if let Some(kind) = kind {
            let name = kind.kind.name().clone();
            let needs = self.spec.views.get(view).map(|view| view.needs.as_slice()).unwrap_or_default();
            if !kind.derived {
                self.fault(format_args!("{path}.signal"), Kind::NotDerived { kind: name });
            } else if views.get(view).is_some_and(|needs| needs.len() > 1) {
                self.fault(format_args!("{path}.signal"), Kind::SeveralNeeds);
            } else if !needs.iter().all(|need| kind.admission.iter().flatten().any(|other| other == need)) {
                self.fault(format_args!("{path}.signal"), Kind::NotAdmitted { kind: name });
            }
        }
        let fills = |kind: &SignalKindSpec| {
            let mut declared = kind.attributes.iter();
            declared.any(|declared| {
                declared.name.as_str() == "score" && declared.value_type == ValueType::Integer
            })
        };
        if score.is_some() && (segment.signal.is_none() || kind.is_some_and(|kind| !fills(kind))) {
            self.fault(format_args!("{path}.score"), Kind::NoScoreAttribute);
        }
        let when = when.unwrap_or(crate::plan::FactCheck::Any(Vec::new()));
        SegmentPlan { view, when, signal: segment.signal.clone(), score }
    }

    fn loyalty(&mut self) -> Vec<LoyaltyPlan> {
        let mut plans = Vec::new();
        for (at, loyalty) in self.spec.loyalty.iter().enumerate() {
            let path = format!("loyalty[{at}]");
            let view = self.view(format_args!("{path}.view"), &loyalty.view);
            let (kind, spec) = self.kind(format_args!("{path}.kind"), &loyalty.kind);
            if let Some(amount) = &loyalty.amount {
                self.attribute(format_args!("{path}.amount"), spec, amount, Some(ValueType::Integer));
            }
            let minus = loyalty.minus.as_ref().map(|minus| {
                let (place, spec) = self.kind(format_args!("{path}.minus"), minus);
                if let Some(amount) = &loyalty.amount {
                    self.attribute(format_args!("{path}.minus"), spec, amount, Some(ValueType::Integer));
                }
                place
            });
            let horizon = loyalty.horizon.as_delta();
            if horizon.num_days().saturating_mul(86_400) != horizon.num_seconds() {
                self.fault(format_args!("{path}.horizon"), Kind::Horizon);
            }
            let k = self.k(format_args!("{path}.k"), loyalty.k);
            let amount = loyalty.amount.clone();
            plans.push(LoyaltyPlan { view, kind, amount, minus, horizon: horizon.num_days(), k });
        }
        plans
    }

    fn k(&mut self, path: impl Display, k: Option<u32>) -> usize {
        if k.is_some_and(|k| k < LEAST_K) {
            self.fault(path, Kind::K);
        }
        usize::try_from(k.unwrap_or(USUAL_K)).unwrap_or(usize::MAX)
    }

    fn advocacy(&mut self) -> Vec<AdvocacyPlan> {
        let mut plans = Vec::new();
        for (at, advocacy) in self.spec.advocacy.iter().enumerate() {
            let path = format!("advocacy[{at}]");
            let view = self.view(format_args!("{path}.view"), &advocacy.view);
            let (given, _) = self.code(format_args!("{path}.given"), &advocacy.given);
            let (arrives, spec) = self.code(format_args!("{path}.arrives"), &advocacy.arrives);
            self.carrying(format_args!("{path}.topic"), spec, &advocacy.topic);
            let (then, _) = self.kind(format_args!("{path}.then"), &advocacy.then);
            let (within, topic) = (advocacy.within.as_delta(), advocacy.topic.clone());
            plans.push(AdvocacyPlan { view, given, arrives, then, within, topic });
        }
        plans
    }

    fn code(
        &mut self,
        path: impl Display,
        code: &CodeSpec,
    ) -> ((KindPlace, Name), Option<&'s SignalKindSpec>) {
        let (place, spec) = self.kind(format_args!("{path}.kind"), &code.kind);
        self.attribute(format_args!("{path}.name"), spec, &code.name, Some(ValueType::Text));
        ((place, code.name.clone()), spec)
    }

    fn phases(&mut self) {
        let spec = self.spec;
        for (at, phase) in spec.phases.iter().enumerate() {
            self.stage(format_args!("phases[{at}].stage"), &phase.stage);
            if spec.phases.iter().take(at).any(|earlier| earlier.stage == phase.stage) {
                let name = phase.stage.name().clone();
                self.fault(format_args!("phases[{at}].stage"), Kind::Twice { what: "phase", name });
            }
            for (index, table) in phase.tables.iter().enumerate() {
                let names = spec.tables.iter().map(|table| &table.name);
                self.place(format_args!("phases[{at}].tables[{index}]"), "table", table, names);
            }
        }
    }
}
