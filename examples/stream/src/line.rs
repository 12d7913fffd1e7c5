//! A message of the log: what one step wrote.

use std::collections::{BTreeMap, BTreeSet};

use placet::desk::{Forget, Plan, Settled, UnderKey};
use placet::entry::Scrubber;
use placet::identity::WideKey;
use placet::send::ReplyKey;
use placet::{Act, ContactId, Entry};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Done;

/// One message of the log. All of it is there, or nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    /// The contacts that it is about.
    pub(crate) of: BTreeSet<ContactId>,
    /// The keys that it is about.
    pub(crate) keys: BTreeSet<String>,
    /// What was written. It is kept as text: where it cannot be read, it is still known whom it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) wrote: Option<Box<RawValue>>,
    /// These contacts and keys are held from here on, by whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hold: Option<String>,
    /// Nobody else writes anything meanwhile: somebody is being forgotten.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) alone: bool,
    /// What was held by whom is free again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) free: Option<String>,
    /// Somebody was forgotten: earlier messages, as they have to be read from now on. Those are deleted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) instead: BTreeMap<u64, Line>,
}

/// What was written. All else that a plan holds follows from its entries.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wrote {
    pub(crate) entries: Vec<Entry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    under: Vec<(String, Act)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) replied: Option<(ReplyKey, Settled)>,
}

impl Line {
    pub(crate) fn of(plan: &Plan) -> Done<Line> {
        let under = plan.under.iter().map(|row| (row.key.as_str().to_owned(), row.stop.clone().into()));
        let (entries, under, replied) = (plan.entries.clone(), under.collect(), plan.replied);
        Line::default().saying(Wrote { entries, under, replied })
    }

    fn saying(self, wrote: Wrote) -> Done<Line> {
        let of = wrote.entries.iter().map(|entry| entry.contact().clone()).collect();
        let keys = wrote.under.iter().map(|(key, _)| key.clone()).collect();
        let nothing = wrote == Wrote::default();
        let wrote = (!nothing).then(|| serde_json::value::to_raw_value(&wrote)).transpose()?;
        Ok(Line { of, keys, wrote, ..self })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.wrote.is_none() && self.hold.is_none() && self.free.is_none() && self.instead.is_empty()
    }

    pub(crate) fn text(&self) -> Done<String> {
        Ok(serde_json::to_string(self)?)
    }

    /// What was written; `None` where that cannot be read.
    pub(crate) fn wrote(&self) -> Option<Wrote> {
        match &self.wrote {
            None => Some(Wrote::default()),
            Some(text) => serde_json::from_str(text.get()).ok(),
        }
    }

    /// What may be kept of it where somebody is forgotten; `None` where it says nothing of them. What cannot be read keeps
    /// nobody from being forgotten.
    pub(crate) fn without<F: Fn(&ContactId) -> bool>(
        &self,
        forget: &Forget,
        scrubber: &mut Scrubber<'_, F>,
    ) -> Done<Option<Line>> {
        let Some(before) = self.wrote() else { return Ok(None) };
        let entries = before.entries.iter().filter_map(|entry| scrubber.entry(entry.clone())).collect();
        let under = before.rows().map(|row| forget.under(&row).unwrap_or(row));
        let under = under.map(|row| (row.key.as_str().to_owned(), row.stop.into())).collect();
        let after = Wrote { entries, under, replied: before.replied };
        let held = self.hold.is_some() && self.of.iter().any(|contact| forget.is_of(contact));
        if after == before && !held {
            return Ok(None);
        }
        // Who is held while somebody is forgotten is held no more.
        let left = Line { hold: None, ..self.clone() };
        left.saying(after).map(Some)
    }
}

impl Wrote {
    fn rows(&self) -> impl Iterator<Item = UnderKey> {
        self.under.iter().filter_map(|(key, act)| match act {
            Act::Stop(stop) => Some(UnderKey { key: WideKey::from_index(key), stop: stop.clone() }),
            _ => None,
        })
    }

    /// The plan that it was, as far as memory needs it.
    pub(crate) fn plan(self) -> Plan {
        let mut plan = Plan::default();
        plan.under = self.rows().collect();
        plan.replied = self.replied;
        plan.entries = self.entries;
        plan
    }
}
