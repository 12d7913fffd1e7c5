//! The neutral format of SPEC section 3 as plain data: one [`Line`] per line of a history.
//!
//! What is left open in the text is settled here once: a missing `recipient` is `self`, a missing `now` of a signal is
//! its `at`, and an instant is a point on the UTC line. Two lines with the same content are therefore equal values, when
//! the instants at which they were recorded are set aside (S2, S3). Reading text is `neutral_text.rs`, writing it is
//! `neutral_write.rs`.

/// A point on the UTC line: whole seconds since 1970 and nanoseconds within the second (S3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    pub seconds: i64,
    pub nanos: u32,
}

/// Purpose x channel x recipient, each named (S4).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    pub purpose: String,
    pub channel: String,
    pub recipient: String,
}

/// What a stop covers; an absent part matches every value (S4).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reach {
    pub purpose: Option<String>,
    pub channel: Option<String>,
    pub recipient: Option<String>,
}

/// The stops that have a reach. A void and an erasure have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StopKind {
    Withdraw,
    Refuse,
    Object,
    Restrict,
    /// Ends by itself (S30).
    Pause {
        until: Instant,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LiftKind {
    Unobject,
    Unrestrict,
}

/// Something done about consent: by which id, when, and when it was written down.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Act {
    pub id: String,
    pub contact: String,
    pub at: Instant,
    pub recorded: Option<Instant>,
    pub deed: Deed,
}

/// What an act does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    Grant {
        scope: Scope,
        begins: Option<Instant>,
        until: Option<Instant>,
        confirm_by: Option<Instant>,
    },
    Confirm {
        grant: String,
    },
    Stop {
        kind: StopKind,
        reach: Reach,
        /// `only: address` (S4).
        only: bool,
    },
    Lift {
        kind: LiftKind,
        scope: Scope,
    },
    Void {
        act: String,
    },
    Erase,
}

/// How long after its signal an effect may leave: the text as it stands, since `60s` and `1m` differ (S2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    pub text: String,
    pub seconds: i64,
}

/// One line of a history.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    Act(Act),
    Link {
        id: String,
        contact: String,
        key: String,
    },
    Merge {
        id: String,
        from: String,
        into: String,
    },
    Rule {
        id: String,
        on: String,
        needs: Vec<Scope>,
        emit: String,
        from: Option<String>,
        to: Option<String>,
        within: Option<Span>,
        still: Option<Vec<String>>,
    },
    Admission {
        id: String,
        on: String,
        needs: Vec<Scope>,
    },
    Sustain {
        id: String,
        stage: String,
        needs: Vec<Scope>,
        otherwise: String,
    },
    Signal {
        id: String,
        contact: String,
        at: Instant,
        kind: String,
        now: Instant,
    },
    Ask {
        id: String,
        contact: String,
        now: Instant,
        scope: Scope,
    },
    /// `signal` and `rule` are the two halves of the emission id `SIGNAL#RULE` (S22).
    Send {
        id: String,
        signal: String,
        rule: String,
        now: Instant,
    },
    Reply {
        id: String,
        act: String,
        now: Instant,
    },
    Stage {
        id: String,
        contact: String,
        now: Option<Instant>,
    },
}

/// Why a line is rejected (section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    BadJson,
    LineTooLong,
    DuplicateKey,
    Number,
    BadType,
    BadKind,
    BadFields,
    BadName,
    BadInstant,
    RuleWithoutNeeds,
    BeginsBeforeAt,
    UntilNotAfterAt,
    ConfirmByNotAfterAt,
    NowBeforeAt,
    IdReused,
    SustainCircle,
}

impl Why {
    /// The word the runner prints.
    pub fn word(self) -> &'static str {
        match self {
            Self::BadJson => "bad_json",
            Self::LineTooLong => "line_too_long",
            Self::DuplicateKey => "duplicate_key",
            Self::Number => "number",
            Self::BadType => "bad_type",
            Self::BadKind => "bad_kind",
            Self::BadFields => "bad_fields",
            Self::BadName => "bad_name",
            Self::BadInstant => "bad_instant",
            Self::RuleWithoutNeeds => "rule_without_needs",
            Self::BeginsBeforeAt => "begins_before_at",
            Self::UntilNotAfterAt => "until_not_after_at",
            Self::ConfirmByNotAfterAt => "confirm_by_not_after_at",
            Self::NowBeforeAt => "now_before_at",
            Self::IdReused => "id_reused",
            Self::SustainCircle => "sustain_circle",
        }
    }
}

impl Instant {
    pub const fn new(seconds: i64, nanos: u32) -> Self {
        Self { seconds, nanos }
    }

    /// The point so many whole seconds later.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self { seconds: self.seconds + seconds, nanos: self.nanos }
    }
}

impl Scope {
    pub fn new(purpose: &str, channel: &str, recipient: &str) -> Self {
        Self { purpose: purpose.into(), channel: channel.into(), recipient: recipient.into() }
    }
}

impl Reach {
    /// The reach of exactly one scope.
    pub fn only(scope: &Scope) -> Self {
        let Scope { purpose, channel, recipient } = scope.clone();
        Self { purpose: Some(purpose), channel: Some(channel), recipient: Some(recipient) }
    }

    /// S4: a part left out matches every value; names match by equality only.
    pub fn covers(&self, scope: &Scope) -> bool {
        [
            (&self.purpose, &scope.purpose),
            (&self.channel, &scope.channel),
            (&self.recipient, &scope.recipient),
        ]
        .into_iter()
        .all(|(part, name)| part.as_ref().is_none_or(|part| part == name))
    }

    pub fn is_wide(&self) -> bool {
        [&self.purpose, &self.channel, &self.recipient].into_iter().any(Option::is_none)
    }
}

impl Act {
    /// S6: nothing was done after it was written down.
    pub fn instant(&self) -> Instant {
        self.recorded.map_or(self.at, |recorded| recorded.min(self.at))
    }

    /// The acts that can permit (section 2).
    pub fn is_go(&self) -> bool {
        matches!(self.deed, Deed::Grant { .. } | Deed::Confirm { .. } | Deed::Lift { .. })
    }
}

impl Line {
    pub fn id(&self) -> &str {
        match self {
            Self::Act(act) => &act.id,
            Self::Link { id, .. } | Self::Merge { id, .. } | Self::Rule { id, .. } => id,
            Self::Admission { id, .. } | Self::Sustain { id, .. } | Self::Signal { id, .. } => id,
            Self::Ask { id, .. } | Self::Send { id, .. } => id,
            Self::Reply { id, .. } | Self::Stage { id, .. } => id,
        }
    }

    /// The same line under another id.
    #[must_use]
    pub fn with_id(mut self, new: &str) -> Self {
        match &mut self {
            Self::Act(act) => new.clone_into(&mut act.id),
            Self::Link { id, .. } | Self::Merge { id, .. } | Self::Rule { id, .. } => new.clone_into(id),
            Self::Admission { id, .. } | Self::Sustain { id, .. } | Self::Signal { id, .. } => {
                new.clone_into(id)
            }
            Self::Ask { id, .. } | Self::Send { id, .. } => new.clone_into(id),
            Self::Reply { id, .. } | Self::Stage { id, .. } => new.clone_into(id),
        }
        self
    }

    /// The same line as written down at another time, if it is an act.
    #[must_use]
    pub fn recorded_at(mut self, when: Option<Instant>) -> Self {
        if let Self::Act(act) = &mut self {
            act.recorded = when;
        }
        self
    }

    /// S2: the same content; when an act was recorded is no part of it.
    pub fn says_what(&self, other: &Self) -> bool {
        self.clone().recorded_at(None) == other.clone().recorded_at(None)
    }

    /// An act: what a contact's ledger holds.
    pub fn act(&self) -> Option<&Act> {
        if let Self::Act(act) = self { Some(act) } else { None }
    }

    pub fn is_act(&self) -> bool {
        self.act().is_some()
    }
}
