//! Credits: which facts are outcomes and touches, and what names a channel.

use std::fmt::Arguments;

use placet::signal::ValueType;

use super::Compiler;
use crate::credit_spec::{CreditSpec, TouchKey, TouchSpec};
use crate::fault::InsightFaultKind as Kind;
use crate::plan::{ChannelOf, CreditPlan, TouchKind, TouchPlan};
use crate::table_spec::Which;

/// The most lines that say what a touch is (I60).
const MOST_TOUCHES: usize = 64;

impl<'s> Compiler<'s> {
    pub(super) fn credit(&mut self, path: Arguments<'_>, credit: &'s CreditSpec) -> CreditPlan {
        let view = self.view(format_args!("{path}.view"), &credit.view);
        let of = &credit.outcome;
        let outcome = self.select(format_args!("{path}.outcome"), &of.kind, &of.carrying, None);
        if let Some(amount) = &of.amount {
            let spec = self.journey.spec().signals.iter().find(|spec| spec.kind == of.kind);
            self.attribute(format_args!("{path}.outcome.amount"), spec, amount, Some(ValueType::Integer));
        }
        if credit.touches.is_empty() {
            self.fault(format_args!("{path}.touches"), Kind::Empty);
        } else if credit.touches.len() > MOST_TOUCHES {
            self.fault(format_args!("{path}.touches"), Kind::TooMany { most: MOST_TOUCHES });
        }
        let touches = credit.touches.iter().enumerate();
        let touches = touches
            .filter_map(|(at, touch)| self.touch(format_args!("{path}.touches[{at}]"), touch))
            .collect();
        let k = self.k(format_args!("{path}.k"), credit.k);
        let (window, amount) = (credit.window.as_delta(), of.amount.clone());
        CreditPlan { view, outcome, amount, touches, window, model: credit.model, k }
    }

    /// What a touch is; `None` where a fault in it is reported.
    fn touch(&mut self, path: Arguments<'_>, touch: &TouchSpec) -> Option<TouchPlan> {
        let TouchSpec { kind, sent, carrying, channel, by } = touch;
        let what = match (kind, sent) {
            (Some(kind), None) => {
                let what = TouchKind::Kind(self.select(format_args!("{path}"), kind, carrying, None));
                if let Some(TouchKey::Attribute(name)) = by {
                    let spec = self.journey.spec().signals.iter().find(|spec| spec.kind == *kind);
                    self.attribute(format_args!("{path}.by.attribute"), spec, name, None);
                }
                what
            }
            (None, Some(sent)) => {
                if let Which::One(effect) = sent {
                    self.effect(format_args!("{path}.sent"), effect);
                }
                TouchKind::Sent(sent.clone())
            }
            _ => {
                self.fault(path, Kind::TouchWhat);
                return None;
            }
        };
        let misfits = match what {
            TouchKind::Kind(_) => matches!(by, Some(TouchKey::Effect)),
            TouchKind::Sent(_) => !carrying.is_empty() || matches!(by, Some(TouchKey::Attribute(_))),
        };
        if misfits {
            self.fault(format_args!("{path}"), Kind::TouchMisfit);
        }
        let channel = match (channel, by) {
            (Some(channel), None) => ChannelOf::Named(channel.clone()),
            (None, Some(by)) => ChannelOf::By(by.clone()),
            _ => {
                self.fault(path, Kind::TouchChannel);
                return None;
            }
        };
        Some(TouchPlan { what, channel })
    }
}
