//! Two looks at a ledger, for whoever concludes something of what was kept (SPEC-INSIGHT I3, I17). They prove nothing.

use super::act::ActKind;
use super::ask::Slot;
use super::standing::Click;
use super::{Ask, AskKey, ConsentLedger};
use crate::name::Instant;

impl ConsentLedger {
    /// Whether a withdrawal, a refusal, an objection or a crossed erasure that covers an ask was done at an instant or
    /// later, whenever it was recorded: what was kept under a grant of that instant is no longer ours to use.
    ///
    /// ```
    /// use placet::{Ask, Contact, Identity, Instant, Reach, Stop, Vocabulary, channel::EMAIL, purpose::PROFILING};
    /// let (may, june): (Instant, Instant) = ("2013-05-01T10:00:00Z".parse()?, "2013-06-01T10:00:00Z".parse()?);
    /// let mail = Identity::email("ada@example.org")?;
    /// let mut ada = Contact::open("c-1".parse()?, mail.clone(), &Vocabulary::new([]));
    /// let _ = ada.stop(Stop::withdraw("a-1".parse()?, Reach::everything(), june, june));
    /// let ask = Ask::new(PROFILING.by(EMAIL), mail);
    /// assert!(ada.ledger().stopped_since(&ask, may) && ada.ledger().stopped_since(&ask, june));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn stopped_since(&self, ask: &Ask, at: Instant) -> bool {
        self.stops_over(self.key(ask)).no.is_some_and(|no| no.at >= at)
    }

    /// Whether the person said no to an ask and gave no good yes since: it is erased, a restriction or an objection is not
    /// lifted, or a withdrawal, a refusal, a crossed erasure or a pause that is not over is no older than the latest grant
    /// that counts at `now`, is confirmed where it must be and is not void, whether or not it has ended.
    ///
    /// That there is no such no is no permission: whoever never said anything is not profiled, and counts among many.
    #[must_use]
    pub fn says_no(&self, ask: &Ask, now: Instant) -> bool {
        let key = self.key(ask);
        if self.erased() {
            return true;
        }
        let stops = self.stops_over(key);
        let barred = if self.is_past(now) {
            let (goes, stops, _) = self.read(key, now, |_, _| true, |_| true);
            goes.restricted(&stops).is_some() || goes.objected(&stops).is_some()
        } else {
            let goes = self.standings.goes(key);
            goes.restricted(&stops).is_some() || goes.objected(&stops).is_some()
        };
        // Most never said no: what they granted need not be looked for.
        barred || stops.outlive(None, now) && stops.outlive(self.good_yes(key, now), now)
    }

    /// Whether a permission of an instant is one until its grant ends, as long as nothing is appended.
    pub(crate) fn is_steady(&self, key: AskKey, now: Instant) -> bool {
        !self.is_past(now) && self.standings.goes(key).is_plain()
    }

    /// The instant of the latest grant that counts, is confirmed where it must be, and is not void. A void one hides none here.
    fn good_yes(&self, key: AskKey, now: Instant) -> Option<Instant> {
        if key.slot == Slot::NONE {
            return None;
        }
        let mut latest = None;
        for (place, row) in (0..u32::MAX).zip(&self.rows) {
            if row.kind == ActKind::Grant && (row.key, row.slot) == (key.scope, key.slot) && row.at <= now {
                let grant = self.grant_by(place, row, |_, row| row.kind.is_stop() || row.at <= now);
                if grant.begins <= now && grant.click == Click::Good && !grant.given.void {
                    latest = latest.max(Some(row.at));
                }
            }
        }
        latest
    }
}
