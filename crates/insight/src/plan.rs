//! What a spec is compiled to: names resolved to places, needs checked. Nothing here is public.

use placet::Journey;
use placet::consent::ActKind;
use placet::journey::guard::AttributeTest;
use placet::journey::plan::Need;
use placet::journey::{Comparison, Reaches};
use placet::name::{EffectName, Name, Purpose, SignalKind, Stage, TimeDelta};
use placet::signal::Value;

use crate::credit_spec::{Model, TouchKey};
use crate::spec::InsightSpec;
use crate::table_spec::Which;
use crate::trial_spec::PolicySpec;

/// The place of a kind of signal in the journey.
pub(crate) type KindPlace = u16;

#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) spec: InsightSpec,
    pub(crate) journey: Journey,
    pub(crate) views: Vec<Needs>,
    pub(crate) scores: Vec<ScorePlan>,
    pub(crate) segments: Vec<SegmentPlan>,
    pub(crate) tables: Vec<TablePlan>,
    pub(crate) loyalty: Vec<LoyaltyPlan>,
    pub(crate) advocacy: Vec<AdvocacyPlan>,
    pub(crate) credits: Vec<CreditPlan>,
    pub(crate) trials: Vec<TrialPlan>,
}

/// The needs of a view.
pub(crate) type Needs = Vec<Need>;

#[derive(Debug)]
pub(crate) struct ScorePlan {
    pub(crate) view: usize,
    pub(crate) terms: Vec<TermPlan>,
    pub(crate) least: Option<i64>,
    pub(crate) most: Option<i64>,
}

#[derive(Debug)]
pub(crate) struct TermPlan {
    pub(crate) name: Name,
    pub(crate) points: i64,
    pub(crate) what: TermKind,
    pub(crate) most: Option<i64>,
}

#[derive(Debug)]
pub(crate) enum TermKind {
    Stated(FactCheck),
    Done { facts: Select, half_life: Option<TimeDelta> },
}

/// Which facts: of a kind, that carry this, later than now minus a span.
#[derive(Debug)]
pub(crate) struct Select {
    pub(crate) kind: KindPlace,
    pub(crate) carrying: Vec<AttributeTest>,
    pub(crate) within: Option<TimeDelta>,
}

#[derive(Debug)]
pub(crate) struct SegmentPlan {
    pub(crate) view: usize,
    pub(crate) when: FactCheck,
    pub(crate) signal: Option<SignalKind>,
    pub(crate) score: Option<usize>,
}

/// A compiled [`FactGuard`](crate::FactGuard).
#[derive(Debug)]
pub(crate) enum FactCheck {
    All(Vec<FactCheck>),
    Any(Vec<FactCheck>),
    Not(Box<FactCheck>),
    /// `None`: no stage.
    Stage(Option<Stage>),
    Consent(Need),
    Count {
        facts: Select,
        at_least: u32,
    },
    Unanswered {
        kind: KindPlace,
        by: Vec<KindPlace>,
    },
    Latest {
        kind: KindPlace,
        name: Name,
        is: Comparison,
        value: Value,
    },
    Distinct {
        facts: Select,
        name: Name,
        at_least: u32,
    },
    Score {
        place: usize,
        at_least: i64,
    },
}

#[derive(Debug)]
pub(crate) struct TablePlan {
    /// `None`: of acts.
    pub(crate) view: Option<usize>,
    pub(crate) segment: Option<usize>,
    pub(crate) count: Counted,
    pub(crate) by: Vec<Key>,
    pub(crate) stages: Option<Vec<Option<Stage>>>,
    pub(crate) k: usize,
    pub(crate) most: usize,
    pub(crate) amount: Option<(Name, i64)>,
    pub(crate) until: Option<Until>,
}

#[derive(Debug)]
pub(crate) enum Counted {
    Kind(Select),
    Sent(Which<EffectName>, Option<TimeDelta>),
    Moved(Which<Stage>, Option<TimeDelta>),
    People,
    Said { kind: ActKind, purpose: Purpose, within: Option<TimeDelta> },
}

#[derive(Debug)]
pub(crate) enum Key {
    Attribute(Name),
    Network,
    Source,
    Effect,
    Hour,
    Weekday,
    Day,
    Month,
    Stage,
    Held,
    Latest(KindPlace, Name),
    Segment(usize),
}

#[derive(Debug)]
pub(crate) enum Until {
    By { kind: KindPlace, same: Option<Name> },
    Moved(Option<Stage>),
}

#[derive(Debug)]
pub(crate) struct LoyaltyPlan {
    pub(crate) view: usize,
    pub(crate) kind: KindPlace,
    pub(crate) amount: Option<Name>,
    pub(crate) minus: Option<KindPlace>,
    /// In days.
    pub(crate) horizon: i64,
    pub(crate) k: usize,
}

#[derive(Debug)]
pub(crate) struct AdvocacyPlan {
    pub(crate) view: usize,
    pub(crate) given: (KindPlace, Name),
    pub(crate) arrives: (KindPlace, Name),
    pub(crate) then: KindPlace,
    pub(crate) within: TimeDelta,
    pub(crate) topic: Vec<AttributeTest>,
}

/// Whether a need answers only where a question came from.
pub(crate) fn answers_only(need: &Need) -> bool {
    matches!(need.target(), placet::journey::plan::Target::Reached(Reaches::Arrival))
}

#[derive(Debug)]
pub(crate) struct CreditPlan {
    pub(crate) view: usize,
    pub(crate) outcome: Select,
    pub(crate) amount: Option<Name>,
    pub(crate) touches: Vec<TouchPlan>,
    pub(crate) window: TimeDelta,
    pub(crate) model: Model,
    pub(crate) k: usize,
}

#[derive(Debug)]
pub(crate) struct TouchPlan {
    pub(crate) what: TouchKind,
    pub(crate) channel: ChannelOf,
}

#[derive(Debug)]
pub(crate) enum TouchKind {
    Kind(Select),
    Sent(Which<EffectName>),
}

#[derive(Debug)]
pub(crate) enum ChannelOf {
    Named(Name),
    By(TouchKey),
}

#[derive(Debug)]
pub(crate) struct TrialPlan {
    pub(crate) view: usize,
    pub(crate) kind: KindPlace,
    /// Where an arm is only for some, what must hold.
    pub(crate) arms: Vec<(Name, Option<FactCheck>)>,
    pub(crate) holdout: u64,
    pub(crate) policy: PolicySpec,
    pub(crate) least: u64,
    pub(crate) within: TimeDelta,
    pub(crate) win: Select,
    pub(crate) alpha: u32,
    /// The place of an arm.
    pub(crate) closed: Option<usize>,
    pub(crate) segments: Vec<usize>,
}
