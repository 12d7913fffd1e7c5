//! Tables: what they count, by which keys, and how much one person may give.

use std::fmt::{Arguments, Display};

use placet::consent::ActKind;
use placet::journey::SignalKindSpec;
use placet::name::{EffectName, Purpose, Stage};
use placet::signal::ValueType;

use super::Compiler;
use crate::fault::InsightFaultKind as Kind;
use crate::plan::{Counted, Key, TablePlan, Until};
use crate::table_spec::{CountedSpec, KeySpec, SaidSpec, TableSpec, UntilSpec, Which};

/// The most facts of one person in a cell (I60).
const MOST_FACTS: u32 = 1_048_576;

impl<'s> Compiler<'s> {
    pub(super) fn table(&mut self, path: Arguments<'_>, table: &'s TableSpec) -> TablePlan {
        let said = table.count.said.is_some();
        let bare = table.view.is_none() && table.segment.is_none() && table.stages.is_none();
        if said && !bare || !said && table.view.is_none() {
            self.fault(format_args!("{path}.view"), Kind::TableView);
        }
        let view = table.view.as_ref().map(|view| self.view(format_args!("{path}.view"), view));
        let segment =
            table.segment.as_ref().map(|segment| self.segment_place(format_args!("{path}.segment"), segment));
        let (count, kind) = self.counted(format_args!("{path}.count"), &table.count);
        if table.by.len() > 2 {
            self.fault(format_args!("{path}.by"), Kind::TooMany { most: 2 });
        }
        let by = table.by.iter().enumerate();
        let by = by.map(|(at, key)| self.key(format_args!("{path}.by[{at}]"), key, &count, kind)).collect();
        if table.stages.as_ref().is_some_and(Vec::is_empty) {
            self.fault(format_args!("{path}.stages"), Kind::Empty);
        }
        if matches!(count, Counted::People) && table.stages.is_some() {
            self.fault(format_args!("{path}.stages"), Kind::Misfit);
        }
        let stages = table.stages.as_ref().map(|stages| {
            let stages = stages.iter().enumerate();
            stages.map(|(at, stage)| self.stage(format_args!("{path}.stages[{at}]"), stage)).collect()
        });
        let k = self.k(format_args!("{path}.k"), table.k);
        let most = table.most.unwrap_or(1);
        if most == 0 || most > MOST_FACTS {
            self.fault(format_args!("{path}.most"), Kind::Most);
        }
        if table.amount.is_some() != table.clamp.is_some() {
            self.fault(format_args!("{path}.amount"), Kind::Clamp);
        }
        if table.clamp.is_some_and(|clamp| clamp <= 0) {
            self.fault(format_args!("{path}.clamp"), Kind::NotPositive);
        }
        if let Some(amount) = &table.amount {
            if table.count.kind.is_none() {
                self.fault(format_args!("{path}.amount"), Kind::Misfit);
            }
            self.attribute(format_args!("{path}.amount"), kind, amount, Some(ValueType::Integer));
        }
        let until =
            table.until.as_ref().and_then(|until| self.until(format_args!("{path}.until"), until, kind));
        if table.until.is_some() && (said || table.count.people) {
            self.fault(format_args!("{path}.until"), Kind::Misfit);
        }
        let amount = table.amount.clone().zip(table.clamp);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        TablePlan { view, segment, count, by, stages, k, most, amount, until }
    }

    fn counted(&mut self, path: Arguments<'_>, count: &CountedSpec) -> (Counted, Option<&'s SignalKindSpec>) {
        let CountedSpec { kind, sent, moved, people, said, carrying, within } = count;
        let named = [kind.is_some(), sent.is_some(), moved.is_some(), *people, said.is_some()];
        if named.into_iter().filter(|named| *named).count() != 1 {
            self.fault(path, Kind::CountedWhat);
            return (Counted::People, None);
        }
        if !carrying.is_empty() && kind.is_none() {
            self.fault(format_args!("{path}.where"), Kind::Misfit);
        }
        let span = Compiler::span(*within);
        if let Some(kind) = kind {
            let select = self.select(path, kind, carrying, *within);
            let spec = self.journey.spec().signals.iter().find(|spec| spec.kind == *kind);
            return (Counted::Kind(select), spec);
        }
        if let Some(sent) = sent {
            if let Which::One(effect) = sent {
                self.effect(format_args!("{path}.sent"), effect);
            }
            return (Counted::Sent(sent.clone(), span), None);
        }
        if let Some(moved) = moved {
            if let Which::One(stage) = moved {
                self.stage(format_args!("{path}.moved"), stage);
            }
            return (Counted::Moved(moved.clone(), span), None);
        }
        if let Some(SaidSpec { kind, purpose }) = said {
            if matches!(kind, ActKind::Confirm | ActKind::Void | ActKind::Erase) {
                self.fault(format_args!("{path}.said.kind"), Kind::SaidKind);
            }
            let names = self.journey.spec().catalogue.purposes.iter().map(Purpose::name);
            self.place(format_args!("{path}.said.purpose"), "purpose", purpose.name(), names);
            return (Counted::Said { kind: *kind, purpose: purpose.clone(), within: span }, None);
        }
        if within.is_some() {
            self.fault(format_args!("{path}.within"), Kind::Misfit);
        }
        (Counted::People, None)
    }

    pub(super) fn effect(&mut self, path: impl Display, effect: &EffectName) {
        let effects = self.journey.spec().rules.iter().flat_map(|rule| &rule.effects);
        self.place(path, "effect", effect.name(), effects.map(|effect| effect.name.name()));
    }

    fn key(
        &mut self,
        path: Arguments<'_>,
        key: &KeySpec,
        count: &Counted,
        kind: Option<&SignalKindSpec>,
    ) -> Key {
        let said = matches!(count, Counted::Said { .. });
        let people = matches!(count, Counted::People);
        let fits = match key {
            KeySpec::Attribute(_) => matches!(count, Counted::Kind(_)),
            KeySpec::Network => matches!(count, Counted::Kind(_) | Counted::Sent(..)),
            KeySpec::Source => matches!(count, Counted::Kind(_)) || said,
            KeySpec::Effect => matches!(count, Counted::Sent(..)),
            KeySpec::Hour | KeySpec::Weekday | KeySpec::Day | KeySpec::Month => !people,
            KeySpec::Held => !people && !said,
            KeySpec::Stage | KeySpec::Latest(_) | KeySpec::Segment(_) => !said,
        };
        if !fits {
            self.fault(path, Kind::Misfit);
        }
        match key {
            KeySpec::Attribute(name) => {
                self.attribute(format_args!("{path}.attribute"), kind, name, None);
                Key::Attribute(name.clone())
            }
            KeySpec::Network => Key::Network,
            KeySpec::Source => Key::Source,
            KeySpec::Effect => Key::Effect,
            KeySpec::Hour => Key::Hour,
            KeySpec::Weekday => Key::Weekday,
            KeySpec::Day => Key::Day,
            KeySpec::Month => Key::Month,
            KeySpec::Stage => Key::Stage,
            KeySpec::Held => Key::Held,
            KeySpec::Latest(latest) => {
                let (place, spec) = self.kind(format_args!("{path}.latest.kind"), &latest.kind);
                self.attribute(format_args!("{path}.latest.name"), spec, &latest.name, None);
                Key::Latest(place, latest.name.clone())
            }
            KeySpec::Segment(name) => Key::Segment(self.segment_place(format_args!("{path}.segment"), name)),
        }
    }

    fn until(
        &mut self,
        path: Arguments<'_>,
        until: &UntilSpec,
        counted: Option<&SignalKindSpec>,
    ) -> Option<Until> {
        match until {
            UntilSpec { by: Some(by), moved: None, same } => {
                let (kind, spec) = self.kind(format_args!("{path}.by"), by);
                if let Some(same) = same {
                    self.attribute(format_args!("{path}.same"), counted, same, None);
                    self.attribute(format_args!("{path}.same"), spec, same, None);
                    if counted.is_none() {
                        self.fault(format_args!("{path}.same"), Kind::Misfit);
                    }
                }
                Some(Until::By { kind, same: same.clone() })
            }
            UntilSpec { by: None, moved: Some(stage), same: None } => {
                let stage: Option<Stage> = self.stage(format_args!("{path}.moved"), stage);
                Some(Until::Moved(stage))
            }
            _ => {
                self.fault(path, Kind::Until);
                None
            }
        }
    }
}
