//! What lint found: a code, how bad it is, where it stands, what it says and what to do, and a history that shows it.

use std::fmt;

use placet::{
    Entry, Journey,
    journey::Remark,
    name::{Name, RuleName},
};
use serde::Serialize;

use crate::scenario::{self, Scenarios};

/// One thing about a journey that is hardly meant.
///
/// Written for machines as one object: the code, the severity, the path, the sentence, and, where there is one, the
/// witness, as entries. Its addresses are made up.
///
/// ```
/// use placet::Journey;
/// let journey = Journey::from_json(r#"{"placet":1,"name":"j","controller":"acme",
///   "catalogue":{"purposes":["offers"],"channels":[{"name":"email"}]},
///   "stages":[{"name":"customer"}],"signals":[{"kind":"purchase"}],
///   "rules":[{"name":"buys","on":"purchase","to":"customer"},
///            {"name":"buys-again","on":"purchase","from":["customer"],"to":"none"}]}"#)?;
/// let finding = &placet_lab::lint(&journey)[0];
/// assert_eq!(finding.to_string(), "error dead-rule at rules[1]: `buys-again` never fires: every signal that it \
///   could take is taken by the earlier rule `buys`; move it up, or narrow that one");
/// # Ok::<(), placet::journey::JourneyError>(())
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    code: Code,
    severity: Severity,
    path: String,
    sentence: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<Remark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Vec<Entry>>,
}

/// What kind of finding: a stable word for configurations and machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Code {
    /// No contact ever stands at the stage.
    UnreachableStage,
    /// No rule leads on from the stage.
    FinalStage,
    /// The rule never fires. Proven: no simulation fires it.
    DeadRule,
    /// Neither a proof that the rule never fires nor a history that fires it was found.
    UndecidedRule,
    /// The rule fires for erased contacts alone, who do not move and are sent nothing.
    ErasedOnly,
    /// A part of a guard holds whenever it is looked at.
    AlwaysTrue,
    /// A part of a guard never holds where it is looked at, though the whole can.
    NeverTrue,
    /// The effect is refused whenever its rule fires.
    NeverQueued,
    /// No contact ever stands where the event may leave: every release refuses it.
    NeverLeaves,
    /// The rule itself leaves the contact where the event may not leave.
    MovedAway,
    /// The channel reaches a kind of identity that no address is read as.
    NoIdentity,
    /// Consents are asked for, and the catalogue names no notice; a grant needs one.
    NoNotice,
    /// A stage rests on a channel that reaches only where a signal has just arrived.
    SustainByArrival,
    /// The same person can be sent the same effect again and again, without bound and without a pause.
    EndlessEvents,
    /// The largest number of events that one person can receive for one signal, where it is more than one.
    SeveralEvents,
    /// The stage stays when the consent ends by which it was entered.
    SurvivesConsent,
    /// Two rules that can both take a signal; either order lets both fire, and they do not do the same.
    OrderDecides,
    /// A kind of signal that tells of a person is kept without admission.
    NoAdmission,
    /// Who loses the consent that holds a stage up stands higher than before.
    RisesByLoss,
    /// A line of `sustain` that never decides, because those above it need the same.
    IdleLine,
    /// A kind of signal that is kept of everybody, and that no rule looks at.
    UnusedKind,
    /// A purpose, channel, recipient or notice that nothing asks for.
    UnusedWord,
    /// A number that no rule takes, although rules take the one below and the one above.
    Gap,
    /// A span of a few minutes, where months may be meant.
    Minutes,
    /// The journey allows a finding that is not there.
    AllowsNothing,
    /// There was more to look at than lint looks at.
    CutShort,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It cannot be meant.
    Error,
    /// It is hardly meant.
    Warning,
    /// It may well be meant, and is good to know.
    Note,
}

/// Whether a rule ever fires.
///
/// ```
/// use placet::Journey;
/// use placet_lab::{Recording, Rehearsal, lint::{Liveness, liveness}};
/// let journey = Journey::reference()?;
/// for (rule, life) in journey.spec().rules.iter().zip(liveness(&journey)) {
///     let Liveness::Fires(history) = life else { panic!("{} never fires", rule.name) };
///     let counts = Rehearsal::of(&journey, &Recording::of(history)?);
///     assert!(counts.rules[&rule.name].taken > 0);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub enum Liveness {
    /// It does: in this history its last signal fires it.
    Fires(Vec<Entry>),
    /// It does for an erased contact alone, as in this history. Nothing moves, and all effects are refused (SPEC S12).
    FiresErased(Vec<Entry>),
    /// It does not, whatever happens.
    Never(Cause),
    /// It is not known.
    Undecided(Undecided),
}

/// Why a rule never fires.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// No contact ever stands where it starts.
    NeverThere,
    /// Its guard contradicts itself, or what admits the signal.
    Contradiction,
    /// Its guard contradicts what is so wherever it starts.
    NotWhereItStarts,
    /// These earlier rules take every signal that it could take.
    Shadowed(Vec<RuleName>),
}

/// Why it is not known whether a rule fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undecided {
    /// The search took too many steps.
    Steps,
    /// A history that could show it has more signals than lint makes up.
    Signals {
        /// The most there are in one.
        most: u32,
    },
    /// It starts from a stage of which it is not known whether it can be held.
    Stage,
    /// The signals it counts move the contact elsewhere, on every way that was tried.
    Elsewhere,
    /// The past that it asks about does not go together with the way to where it starts.
    Past,
    /// Only a signal that is dated later than the next one is handled could show it: a clock that ran back.
    ClockBack,
}

impl Finding {
    pub(super) fn new(code: Code, path: impl Into<String>, sentence: impl Into<String>) -> Finding {
        let (path, sentence) = (path.into(), sentence.into());
        Finding { code, severity: code.severity(), path, sentence, allowed: None, witness: None }
    }

    pub(super) fn allow(&mut self, because: &Remark) {
        self.allowed = Some(because.clone());
    }

    pub(super) fn shown_by(self, witness: Option<Vec<Entry>>) -> Finding {
        Finding { witness, ..self }
    }

    /// What kind of finding it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Why the journey says that it is meant; `None` where it does not say so.
    #[must_use]
    pub fn allowed(&self) -> Option<&Remark> {
        self.allowed.as_ref()
    }

    /// The path into the spec, such as `rules[2].when.all[0]`; `.` is the whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What it says, and what to do.
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// The witness as a scenario that holds, to be pasted into a file and changed; its addresses are made up. `None`
    /// where there is no witness, or one that scenarios cannot tell.
    ///
    /// ```
    /// use placet::Journey;
    /// let journey = Journey::reference()?;
    /// let found = placet_lab::lint(&journey);
    /// let scenario = found[0].scenario(&journey).map(|scenario| scenario.to_string()).unwrap_or_default();
    /// assert!(scenario.contains("scenario final-stage-at-stages-4-"));
    /// assert!(placet_lab::scenario::check(&journey, &scenario).is_ok());
    /// # Ok::<(), placet::journey::JourneyError>(())
    /// ```
    #[must_use]
    pub fn scenario(&self, journey: &Journey) -> Option<Scenarios> {
        let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '-' };
        let place: String = self.path.to_ascii_lowercase().chars().map(plain).collect();
        let name: String = format!("{}-at-{place}", self.code.as_str()).chars().take(64).collect();
        scenario::of_history(journey, Name::new(&name).ok()?, self.witness.as_deref()?)
    }

    /// A history that shows it, for a [`Recording`](crate::Recording) to take over. Its addresses are made up.
    #[must_use]
    pub fn witness(&self) -> Option<&[Entry]> {
        self.witness.as_deref()
    }
}

impl Code {
    /// The word of it, such as `dead-rule`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Code::UnreachableStage => "unreachable-stage",
            Code::FinalStage => "final-stage",
            Code::DeadRule => "dead-rule",
            Code::UndecidedRule => "undecided-rule",
            Code::ErasedOnly => "erased-only",
            Code::AlwaysTrue => "always-true",
            Code::NeverTrue => "never-true",
            Code::NeverQueued => "never-queued",
            Code::NeverLeaves => "never-leaves",
            Code::MovedAway => "moved-away",
            Code::NoIdentity => "no-identity",
            Code::NoNotice => "no-notice",
            Code::SustainByArrival => "sustain-by-arrival",
            Code::EndlessEvents => "endless-events",
            Code::SeveralEvents => "several-events",
            Code::SurvivesConsent => "survives-consent",
            Code::OrderDecides => "order-decides",
            Code::NoAdmission => "no-admission",
            Code::RisesByLoss => "rises-by-loss",
            Code::IdleLine => "idle-line",
            Code::UnusedKind => "unused-kind",
            Code::UnusedWord => "unused-word",
            Code::Gap => "gap",
            Code::Minutes => "minutes",
            Code::AllowsNothing => "allows-nothing",
            Code::CutShort => "cut-short",
        }
    }

    /// How bad a finding of this code is.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Code::UnreachableStage
            | Code::DeadRule
            | Code::NeverQueued
            | Code::NeverLeaves
            | Code::NoIdentity => Severity::Error,
            Code::ErasedOnly
            | Code::MovedAway
            | Code::AlwaysTrue
            | Code::NeverTrue
            | Code::NoNotice
            | Code::SustainByArrival
            | Code::EndlessEvents
            | Code::SurvivesConsent
            | Code::RisesByLoss
            | Code::IdleLine
            | Code::Gap
            | Code::AllowsNothing
            | Code::NoAdmission => Severity::Warning,
            Code::FinalStage
            | Code::UndecidedRule
            | Code::SeveralEvents
            | Code::OrderDecides
            | Code::UnusedKind
            | Code::UnusedWord
            | Code::Minutes
            | Code::CutShort => Severity::Note,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.allowed {
            Some(because) => write!(f, "allowed {} at {}: {because}", self.code.as_str(), self.path),
            None => write!(f, "{} {} at {}: {}", self.severity, self.code.as_str(), self.path, self.sentence),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::NeverThere => {
                f.write_str("no contact ever stands where it starts; let a rule lead there, or change `from`")
            }
            Cause::Contradiction => f.write_str(
                "its guard contradicts itself, or what admits the signal; change one of its parts",
            ),
            Cause::NotWhereItStarts => f.write_str(
                "no contact stands where it starts and fulfils its guard; change the guard, or `from`",
            ),
            Cause::Shadowed(rules) => {
                let names: Vec<String> = rules.iter().map(|rule| format!("`{rule}`")).collect();
                let (plural, those) = if rules.len() == 1 { ("", "that one") } else { ("s", "those") };
                write!(
                    f,
                    "every signal that it could take is taken by the earlier rule{plural} {}; move it up, or narrow {those}",
                    names.join(", ")
                )
            }
        }
    }
}

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Undecided::Steps => {
                f.write_str("the search was given up after too many steps; simplify its guard")
            }
            Undecided::Signals { most } => {
                write!(f, "a history that shows it takes more than {most} signals of one kind")
            }
            Undecided::Stage => {
                f.write_str("it starts from a stage of which it is not known whether it can be held")
            }
            Undecided::Elsewhere => f.write_str(
                "the signals that it counts move the contact elsewhere on every way that was tried",
            ),
            Undecided::Past => {
                f.write_str("what it asks about the past did not go together with the way to where it starts")
            }
            Undecided::ClockBack => f.write_str(
                "only a signal dated later than the next one is handled could show it: a clock that ran back",
            ),
        }
    }
}
