//! What a ledger says of one scope and identity at one instant (SPEC S6 to S12, S17, S25), and what would cure a no.

use serde::{Deserialize, Serialize};

use super::AskKey;
use super::act::{Act, ActKind};
use super::row::{Asked, Row};
use super::rows::Rows;
use crate::vocab::{ActId, Channel, Instant, Scope, in_words, word_only};

/// Why an ask is refused. The order is that of SPEC S17: of two identities, the one whose reason
/// stands further down is the nearer to a permission (S29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Reason {
    /// The event names another contact than the one that was asked. Only `release` answers this.
    OtherContact,
    /// The identity is no longer the contact's (S29). Only `release` answers this.
    IdentityGone,
    /// Nothing has named this contact yet (S18).
    UnknownContact,
    /// Erased for good (S12).
    Erased,
    /// A restriction is not lifted (S11).
    Restricted,
    /// An objection is not lifted (S10).
    Objected,
    /// A double opt-in waits for its confirm (S25).
    Pending,
    /// A double opt-in was not confirmed in time (S25).
    Unconfirmed,
    /// The answer was no (S9).
    Refused,
    /// Withdrawn (S9).
    Withdrawn,
    /// The latest grant has ended (S8).
    Expired,
    /// Nobody ever permitted this (S17).
    NoGrant,
}

word_only!(Reason);

impl Reason {
    /// Its name on the wire, such as `no_grant`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::OtherContact => "other_contact",
            Reason::IdentityGone => "identity_gone",
            Reason::UnknownContact => "unknown_contact",
            Reason::Erased => "erased",
            Reason::Restricted => "restricted",
            Reason::Objected => "objected",
            Reason::Pending => "pending",
            Reason::Unconfirmed => "unconfirmed",
            Reason::Refused => "refused",
            Reason::Withdrawn => "withdrawn",
            Reason::Expired => "expired",
            Reason::NoGrant => "no_grant",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The answer to one ask, in places of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Permitted { grant: u32, until: Option<Instant> },
    Refused { reason: Reason, cause: Option<u32> },
}

/// An act that counts: when, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) at: Instant,
    pub(super) place: u32,
}

/// The grant in force among those that count, or one that waits for its confirm.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'l> {
    pub(super) row: Row<'l>,
    pub(super) place: u32,
}

impl<'l> Given<'l> {
    pub(super) fn new(rows: Rows<'l>, place: u32) -> Option<Given<'l>> {
        rows.at(place).map(|row| Given { row, place })
    }
}

/// What one pass over a ledger finds about one ask at one instant.
#[derive(Debug, Default)]
pub(crate) struct Tally<'l> {
    pub(super) erased: Option<u32>,
    pub(super) restricted: Option<Mark>,
    pub(super) unrestricted: Option<Instant>,
    pub(super) objected: Option<Mark>,
    pub(super) unobjected: Option<Instant>,
    /// The latest withdraw, refuse, object or told erasure; of those at one instant not a refuse, if there is one.
    stopped: Option<Mark>,
    only_refused: bool,
    pub(super) granted: Option<Given<'l>>,
    pending: Option<Given<'l>>,
    unconfirmed: Option<Given<'l>>,
}

impl<'l> Tally<'l> {
    /// Reads all acts that count: the definition, of which the index is a cache.
    #[inline]
    pub(super) fn of(
        rows: Rows<'l>,
        ask: AskKey,
        now: Instant,
        counts: impl Fn(&Row<'l>) -> bool,
    ) -> Tally<'l> {
        let asked = Asked::new(ask);
        let mut tally = Tally::default();
        for (place, row) in rows.iter() {
            if row.matches(&asked) && counts(&row) {
                tally.count(rows, row, place, now);
            }
        }
        tally
    }

    fn count(&mut self, rows: Rows<'l>, row: Row<'l>, place: u32, now: Instant) {
        let at = row.acted();
        let mark = Mark { at, place };
        // S6: a stop counts as soon as it is recorded, a go when its instant is not after `now`.
        let counts = at <= now;
        match row.kind() {
            ActKind::Erase if row.erases() => self.erased = Some(place),
            ActKind::Erase | ActKind::Withdraw => self.stop(mark, false),
            ActKind::Refuse => self.stop(mark, true),
            ActKind::Object => {
                self.stop(mark, false);
                latest(&mut self.objected, mark);
            }
            ActKind::Restrict => latest(&mut self.restricted, mark),
            ActKind::Unobject if counts => self.unobjected = self.unobjected.max(Some(at)),
            ActKind::Unrestrict if counts => self.unrestricted = self.unrestricted.max(Some(at)),
            ActKind::Grant if counts => {
                let given = Given { row, place };
                let mut confirms =
                    rows.iter().filter(|(_, confirm)| confirm.confirms(&row) && confirm.acted() <= now);
                if row.confirm_by().is_none() || confirms.next().is_some() {
                    later(&mut self.granted, given);
                } else {
                    self.wait(given, now);
                }
            }
            ActKind::Unobject | ActKind::Unrestrict | ActKind::Grant | ActKind::Confirm => {}
        }
    }

    pub(super) fn stop(&mut self, mark: Mark, refuse: bool) {
        stop(&mut self.stopped, &mut self.only_refused, mark, refuse);
    }

    /// A grant that has no confirm yet.
    pub(super) fn wait(&mut self, given: Given<'l>, now: Instant) {
        later(&mut self.unconfirmed, given);
        if given.row.confirm_by().is_some_and(|before| now < before) {
            later(&mut self.pending, given);
        }
    }

    /// S17, in its order. Whether something names the contact is not a matter of these acts (S18).
    pub(crate) fn verdict(&self, known: bool, now: Instant) -> Verdict {
        let refused = |reason, cause| Verdict::Refused { reason, cause };
        if !known {
            return refused(Reason::UnknownContact, None);
        }
        if let Some(erase) = self.erased {
            return refused(Reason::Erased, Some(erase));
        }
        if let Some(stop) = unlifted(self.restricted, self.unrestricted) {
            return refused(Reason::Restricted, Some(stop.place));
        }
        if let Some(stop) = unlifted(self.objected, self.unobjected) {
            return refused(Reason::Objected, Some(stop.place));
        }
        let standing = self.standing_grant();
        if let Some(grant) = standing.filter(|grant| ends_after(&grant.row, now)) {
            return Verdict::Permitted { grant: grant.place, until: grant.row.until() };
        }
        if let Some(pending) = self.pending.filter(|waiting| self.is_newest(waiting)) {
            return refused(Reason::Pending, Some(pending.place));
        }
        if let Some(late) = self.unconfirmed.filter(|late| self.is_newest(late)) {
            return refused(Reason::Unconfirmed, Some(late.place));
        }
        match (self.stopped, standing) {
            (_, Some(grant)) => refused(Reason::Expired, Some(grant.place)),
            (Some(stop), None) if self.only_refused => refused(Reason::Refused, Some(stop.place)),
            (Some(stop), None) => refused(Reason::Withdrawn, Some(stop.place)),
            (None, None) => refused(Reason::NoGrant, None),
        }
    }

    /// The id of the grant that a permission rests on.
    pub(crate) fn grant_id(&self) -> Option<ActId> {
        self.standing_grant().map(|grant| grant.row.id())
    }

    /// The current grant, unless a stop killed it (S7, S9).
    fn standing_grant(&self) -> Option<Given<'l>> {
        let dead = |grant: &Given<'_>| self.stopped.is_some_and(|stop| stop.at >= grant.row.acted());
        self.granted.filter(|grant| !dead(grant))
    }

    /// Later than the current grant and than the last stop (S17 (6)).
    fn is_newest(&self, waiting: &Given<'_>) -> bool {
        let at = waiting.row.acted();
        self.granted.is_none_or(|grant| at > grant.row.acted())
            && self.stopped.is_none_or(|stop| at > stop.at)
    }

    /// The fewest acts that turn the verdict into a permission.
    pub(crate) fn remedy(
        &self,
        known: bool,
        scope: &Scope,
        now: Instant,
        act_at: impl Fn(u32) -> Option<Act>,
    ) -> Remedy {
        let mut steps = Vec::new();
        if self.erased.is_some() {
            return Remedy { steps };
        }
        let scope = || scope.clone();
        let restricted = unlifted(self.restricted, self.unrestricted);
        let objected = unlifted(self.objected, self.unobjected);
        // A stop may be dated in the future (S6) and is lifted no sooner: a grant must last until then.
        let then = restricted.iter().chain(&objected).fold(now, |then, stop| then.max(stop.at));
        if let Some(stop) = restricted {
            steps.push(Step::Unrestrict { scope: scope(), after: stop.at });
        }
        if let Some(stop) = objected {
            steps.push(Step::Unobject { scope: scope(), after: stop.at });
        }
        if known && self.standing_grant().is_some_and(|grant| ends_after(&grant.row, then)) {
            return Remedy { steps };
        }
        let waiting = self.pending.filter(|given| self.is_newest(given) && ends_after(&given.row, then));
        let waiting = waiting.and_then(|given| Some((act_at(given.place)?, given.row.confirm_by()?)));
        if let Some((grant, before)) = waiting {
            steps.push(Step::Confirm { grant: grant.id().clone(), from: grant.acted(), before });
            return Remedy { steps };
        }
        let after = self.stopped.map(|stop| stop.at).max(self.granted.map(|grant| grant.row.acted()));
        steps.push(Step::Grant { scope: scope(), after });
        Remedy { steps }
    }
}

pub(super) fn latest(last: &mut Option<Mark>, mark: Mark) {
    if last.is_none_or(|last| (mark.at, mark.place) > (last.at, last.place)) {
        *last = Some(mark);
    }
}

/// S17 (7): of several at the latest instant, one that is no refuse act, if there is one.
pub(super) fn stop(last: &mut Option<Mark>, only_refused: &mut bool, mark: Mark, refuse: bool) {
    let rank = |mark: Mark, refuse: bool| (mark.at, !refuse, mark.place);
    if last.is_none_or(|last| rank(mark, refuse) > rank(last, *only_refused)) {
        *last = Some(mark);
        *only_refused = refuse;
    }
}

/// S7.
pub(super) fn later<'l>(last: &mut Option<Given<'l>>, given: Given<'l>) {
    if last.is_none_or(|last| last.row.is_before(&given.row)) {
        *last = Some(given);
    }
}

fn unlifted(stop: Option<Mark>, lift: Option<Instant>) -> Option<Mark> {
    stop.filter(|stop| lift.is_none_or(|lift| stop.at >= lift))
}

fn ends_after(grant: &Row<'_>, now: Instant) -> bool {
    grant.until().is_none_or(|until| now < until)
}

/// The fewest acts that would turn a refusal into a permission, in the order in which they must be done.
///
/// Empty where nothing ever can: an erasure is final (S12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Remedy {
    steps: Vec<Step>,
}

/// One act of a remedy. Every instant named is exclusive at its lower end, unless it says `from`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Step {
    /// An address or account that the channel reaches, linked to the contact: it has none yet.
    Link {
        /// The channel.
        channel: Channel,
    },
    /// A grant of this scope by the person, for the identity asked for.
    Grant {
        /// What to ask the person for.
        #[serde(serialize_with = "in_words")]
        scope: Scope,
        /// Later than this; `None` at any time.
        after: Option<Instant>,
    },
    /// A confirm of the grant that waits for it.
    Confirm {
        /// The grant to confirm.
        grant: ActId,
        /// Not before this.
        from: Instant,
        /// Before this.
        before: Instant,
    },
    /// The person takes the objection back.
    Unobject {
        /// For this scope.
        #[serde(serialize_with = "in_words")]
        scope: Scope,
        /// Later than this.
        after: Instant,
    },
    /// The controller ends the restriction, having told the person.
    Unrestrict {
        /// For this scope.
        #[serde(serialize_with = "in_words")]
        scope: Scope,
        /// Later than this.
        after: Instant,
    },
}

impl Remedy {
    /// Where no identity is reached, one must be linked before anything can be given for it.
    pub(super) fn with_address(mut self, channel: Channel) -> Remedy {
        if !self.steps.is_empty() {
            self.steps.insert(0, Step::Link { channel });
        }
        self
    }

    /// What to do, first things first.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Step::Link { channel } => write!(f, "an address that {channel} reaches"),
            Step::Grant { scope, after: None } => write!(f, "a grant of {scope} by the person"),
            Step::Grant { scope, after: Some(after) } => {
                write!(f, "a new grant of {scope} by the person, later than {after}")
            }
            Step::Confirm { grant, before, .. } => write!(f, "a confirm of grant {grant} before {before}"),
            Step::Unobject { scope, after } => {
                write!(f, "an unobject of {scope} by the person, later than {after}")
            }
            Step::Unrestrict { scope, after } => {
                write!(f, "an unrestrict of {scope} by the controller, later than {after}")
            }
        }
    }
}

impl std::fmt::Display for Remedy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.steps.is_empty() {
            return f.write_str("nothing can cure this");
        }
        for (place, step) in self.steps.iter().enumerate() {
            if place > 0 {
                f.write_str(", then ")?;
            }
            write!(f, "{step}")?;
        }
        Ok(())
    }
}
