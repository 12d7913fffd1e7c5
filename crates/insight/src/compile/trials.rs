//! Trials: their arms, who is held out, and what it is to win.

use std::fmt::Arguments;

use placet::name::Name;
use placet::signal::ValueType;

use super::Compiler;
use crate::fault::InsightFaultKind as Kind;
use crate::plan::TrialPlan;
use crate::trial_spec::TrialSpec;

/// The most arms of a trial (I60).
const MOST_ARMS: usize = 16;
/// The most segments for which tallies are kept (I60).
const MOST_SEGMENTS: usize = 64;
const THOUSAND: u32 = 1000;
/// With how many of a million a verdict may be wrong, where nothing is written.
const USUAL_ALPHA: u32 = 50_000;
/// What is less sure than this is said of no verdict.
const MOST_ALPHA: u32 = 500_000;
/// The name of the holdout, as a signal carries it.
pub(crate) const HOLDOUT: &str = "holdout";

impl<'s> Compiler<'s> {
    pub(super) fn trial(&mut self, path: Arguments<'_>, trial: &'s TrialSpec) -> TrialPlan {
        let view = self.view(format_args!("{path}.view"), &trial.view);
        let (kind, spec) = self.kind(format_args!("{path}.kind"), &trial.kind);
        for carried in ["trial", "arm"] {
            if let Ok(carried) = Name::new(carried) {
                self.attribute(format_args!("{path}.kind"), spec, &carried, Some(ValueType::Text));
            }
        }
        if trial.arms.is_empty() {
            self.fault(format_args!("{path}.arms"), Kind::Empty);
        } else if trial.arms.len() > MOST_ARMS {
            self.fault(format_args!("{path}.arms"), Kind::TooMany { most: MOST_ARMS });
        }
        let names: Vec<&Name> = trial.arms.iter().map(|arm| &arm.name).collect();
        self.once(format_args!("{path}.arms"), "arm", &names);
        let mut arms = Vec::with_capacity(trial.arms.len());
        for (at, arm) in trial.arms.iter().enumerate() {
            if arm.name.as_str() == HOLDOUT {
                self.fault(format_args!("{path}.arms[{at}].name"), Kind::ArmHoldout);
            }
            let when = arm.when.as_ref();
            let when =
                when.and_then(|when| self.guard(format_args!("{path}.arms[{at}].when"), when, (view, false)));
            arms.push((arm.name.clone(), when));
        }
        if trial.holdout >= THOUSAND {
            self.fault(format_args!("{path}.holdout"), Kind::Holdout);
        }
        let least = u64::from(trial.least);
        let number = u64::try_from(arms.len()).unwrap_or(u64::MAX);
        if least.saturating_mul(number) > u64::from(THOUSAND) {
            self.fault(format_args!("{path}.least"), Kind::Least);
        }
        let win = self.select(format_args!("{path}.win"), &trial.win.kind, &trial.win.carrying, None);
        let alpha = trial.alpha.unwrap_or(USUAL_ALPHA);
        if alpha == 0 || alpha > MOST_ALPHA {
            self.fault(format_args!("{path}.alpha"), Kind::Alpha);
        }
        let closed = trial.closed.as_ref();
        let closed = closed
            .map(|closed| self.place(format_args!("{path}.closed"), "arm", closed, names.iter().copied()));
        let segments = self.trial_segments(path, trial, view);
        let (holdout, within, policy) = (u64::from(trial.holdout), trial.within.as_delta(), trial.policy);
        TrialPlan { view, kind, arms, holdout, policy, least, within, win, alpha, closed, segments }
    }

    fn trial_segments(&mut self, path: Arguments<'_>, trial: &TrialSpec, view: usize) -> Vec<usize> {
        if trial.segments.len() > MOST_SEGMENTS {
            self.fault(format_args!("{path}.segments"), Kind::TooMany { most: MOST_SEGMENTS });
        }
        let spec = self.spec;
        let mut places = Vec::with_capacity(trial.segments.len());
        for (at, name) in trial.segments.iter().enumerate() {
            let path = format!("{path}.segments[{at}]");
            if trial.segments.iter().take(at).any(|earlier| earlier == name) {
                self.fault(&path, Kind::Twice { what: "segment", name: name.clone() });
            }
            let place = self.segment_place(&path, name);
            let of = spec.segments.get(place).filter(|segment| segment.name == *name);
            let of = of.and_then(|of| spec.views.iter().position(|view| view.name == of.view));
            if of.is_some_and(|of| of != view) {
                self.fault(&path, Kind::OtherView { what: "segment", name: name.clone() });
            }
            places.push(place);
        }
        places
    }
}
