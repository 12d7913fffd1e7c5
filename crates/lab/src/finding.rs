//! Findings: what an audit found that does not hold, typed, with its path, and in plain words without addresses.

use std::fmt;

use placet::{
    ActId, Instant, Reason,
    consent::{ActKind, NoticeId, NoticeVersion, Provenance},
    send::EventKey,
};
use serde::Serialize;

/// One thing about one event that does not hold.
///
/// Written for reports as one flat object: the event's key, the path into the event (`.` is the whole), what was
/// found and the particulars. It names acts and instants, never an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    event: EventKey,
    path: String,
    #[serde(flatten)]
    kind: FindingKind,
}

/// What does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// A need rests on a contact that does not exist.
    UnknownContact,
    /// A need rests on a contact that is not merged with that of the event.
    OtherPerson,
    /// The ledger has never had so many acts.
    UnknownVersion {
        /// The version cited.
        version: u32,
        /// How many acts it holds today.
        held: u32,
    },
    /// The ledger did not hold the act at the version cited.
    UnknownAct {
        /// The act cited.
        act: ActId,
        /// The version cited.
        version: u32,
    },
    /// The act is something else than a grant.
    NoGrant {
        /// The act cited.
        act: ActId,
        /// What it is.
        kind: ActKind,
    },
    /// The act is a grant of another scope.
    OtherScope {
        /// The act cited.
        act: ActId,
    },
    /// The act is a grant for another identity.
    OtherIdentity {
        /// The act cited.
        act: ActId,
    },
    /// The text that was shown for the grant is not the one that the catalogue has under this id and version.
    OtherNotice {
        /// The act cited.
        act: ActId,
        /// Which notice.
        notice: NoticeId,
        /// Which version of it.
        version: NoticeVersion,
    },
    /// The grant was given under a notice, or a version of one, that the catalogue does not have.
    UnknownNotice {
        /// The act cited.
        act: ActId,
        /// Which notice was shown.
        notice: NoticeId,
        /// Which version of it.
        version: NoticeVersion,
    },
    /// It was not permitted when it was decided, by what the ledger held then.
    NotPermitted {
        /// Why.
        reason: Reason,
        /// The act that caused it.
        cause: Option<ActId>,
    },
    /// It was permitted, by another grant than the one cited.
    OtherGrant {
        /// The act cited.
        act: ActId,
        /// The grant that was in force.
        instead: ActId,
    },
    /// The grant ends at another instant than cited.
    OtherEnd {
        /// When it ends; `null` for never.
        not_after: Option<Instant>,
    },
    /// The ledger came to the version cited only after the decision: the paper was not there yet.
    NotYetRecorded {
        /// The version cited.
        version: u32,
        /// When the ledger came to it.
        recorded: Instant,
    },
    /// A no was recorded before the decision, and the decision did not see it: it was made on a stale copy.
    Stale {
        /// Why it was not permitted.
        reason: Reason,
        /// The act that the decision did not see.
        cause: ActId,
    },
    /// It was sent although it was not permitted by what was known at that instant.
    NotPermittedWhenSent {
        /// Why.
        reason: Reason,
        /// The act that caused it.
        cause: Option<ActId>,
        /// Whether it was lawful by what is known today: a grant done before and recorded after.
        lawful: bool,
    },
    /// It was permitted by what was known when it was sent, and not by what is known today: late paper.
    KnownLater {
        /// Why it was not permitted, as is known today.
        reason: Reason,
        /// The act that became known later.
        cause: ActId,
        /// When it was done.
        acted: Instant,
        /// When the ledger learned of it.
        recorded: Instant,
        /// A stop that is not the contact's own crossed at an instant that is not on file.
        provenance: Provenance,
    },
    /// It was sent before it was decided.
    SentBeforeDecided,
    /// It was sent and never queued: nothing can be derived again.
    NeverQueued,
    /// It was sent more than once.
    SentAgain,
    /// It was sent after it had been dropped for good.
    SentAfterDropped,
}

impl Finding {
    pub(super) fn of_event(event: EventKey, kind: FindingKind) -> Finding {
        Finding { event, path: ".".to_owned(), kind }
    }

    pub(super) fn of_need(event: EventKey, place: usize, kind: FindingKind) -> Finding {
        let field = match &kind {
            FindingKind::UnknownContact | FindingKind::OtherPerson => ".contact",
            FindingKind::UnknownVersion { .. }
            | FindingKind::NotYetRecorded { .. }
            | FindingKind::Stale { .. } => ".version",
            FindingKind::UnknownAct { .. }
            | FindingKind::NoGrant { .. }
            | FindingKind::OtherGrant { .. }
            | FindingKind::OtherNotice { .. }
            | FindingKind::UnknownNotice { .. } => ".act",
            FindingKind::OtherScope { .. } => ".scope",
            FindingKind::OtherIdentity { .. } => ".identity",
            FindingKind::OtherEnd { .. } => ".not_after",
            _ => "",
        };
        Finding { event, path: format!("needs[{place}]{field}"), kind }
    }

    /// Which event.
    #[must_use]
    pub fn event(&self) -> EventKey {
        self.event
    }

    /// The path to what does not hold, such as `needs[0].act`; `.` is the whole event.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What does not hold.
    #[must_use]
    pub fn kind(&self) -> &FindingKind {
        &self.kind
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {}, {}: {}", self.event, self.path, self.kind)
    }
}

/// `by act a-1`, where an act is the cause.
struct By<'a>(&'a Option<ActId>);

impl fmt::Display for By<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |act| write!(f, " by act {act}"))
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FindingKind::UnknownContact => f.write_str("there is no such contact"),
            FindingKind::OtherPerson => {
                f.write_str("the contact is not merged with the one that the event is about")
            }
            FindingKind::UnknownVersion { version, held } => {
                write!(f, "version {version} is cited, and the ledger holds {held} acts")
            }
            FindingKind::UnknownAct { act, version } => {
                write!(f, "act {act} was not in the ledger at version {version}")
            }
            FindingKind::NoGrant { act, kind } => {
                let kind = if kind.is_stop() { "a stop" } else { "a go that permits nothing by itself" };
                write!(f, "act {act} is no grant but {kind}")
            }
            FindingKind::OtherScope { act } => write!(f, "act {act} is a grant of another scope"),
            FindingKind::OtherIdentity { act } => write!(f, "act {act} is a grant for another identity"),
            FindingKind::OtherNotice { act, notice, version } => {
                write!(
                    f,
                    "the text shown for act {act} is not version {version} of notice {notice} in the catalogue"
                )
            }
            FindingKind::UnknownNotice { act, notice, version } => {
                write!(
                    f,
                    "act {act} was given under version {version} of notice {notice}, which the catalogue does not have"
                )
            }
            FindingKind::NotPermitted { reason, cause } => {
                write!(f, "not permitted when it was decided: {reason}{}", By(cause))
            }
            FindingKind::OtherGrant { act, instead } => {
                write!(f, "act {act} was not the grant in force: act {instead} was")
            }
            FindingKind::OtherEnd { not_after: Some(end) } => write!(f, "the grant ends at {end}"),
            FindingKind::OtherEnd { not_after: None } => f.write_str("the grant has no end"),
            FindingKind::NotYetRecorded { version, recorded } => {
                write!(f, "the ledger came to version {version} only at {recorded}, after the decision")
            }
            FindingKind::Stale { reason, cause } => {
                write!(f, "decided on a stale copy of the ledger: {reason} by act {cause}, recorded before")
            }
            FindingKind::NotPermittedWhenSent { reason, cause, lawful } => {
                write!(f, "sent although not permitted by what was known then: {reason}{}", By(cause))?;
                if *lawful { f.write_str("; lawful by what is known today") } else { Ok(()) }
            }
            FindingKind::KnownLater { reason, cause, acted, recorded, provenance } => {
                write!(
                    f,
                    "permitted by what was known when it was sent; known later: {reason} by act {cause}, "
                )?;
                match provenance {
                    Provenance::Own => write!(f, "done at {acted} and recorded at {recorded}"),
                    _ => write!(f, "done at {acted} at another contact; when it crossed is not on file"),
                }
            }
            FindingKind::SentBeforeDecided => f.write_str("sent before it was decided"),
            FindingKind::NeverQueued => f.write_str("sent and never queued: nothing tells what it rested on"),
            FindingKind::SentAgain => f.write_str("sent more than once"),
            FindingKind::SentAfterDropped => f.write_str("sent after it was dropped for good"),
        }
    }
}
