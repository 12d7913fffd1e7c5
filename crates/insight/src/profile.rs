//! Profiles: one person under one view at one instant, for as long as that person permits it (I8 to I12).

use std::collections::BTreeMap;

use placet::consent::Citation;
use placet::journey::plan::Need;
use placet::name::{Name, SignalKind};
use placet::signal::{Attribute, Value};
use placet::{Contact, ContactId, Instant, Permit, Refusal, SignalId, SignalSpec, Stage};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use crate::fact::{Fact, Standing, What, earliest};
use crate::fault::InsightError;
use crate::history::{Known, with_person};
use crate::insight::{Insight, View};
use crate::left::Left;

/// One person under one view at one instant.
///
/// It holds a permit for every need of its view, and borrows the ledgers: while somebody is looked at, nothing can be
/// withdrawn behind the back of whoever looks. It cannot be written by hand, cloned, defaulted or read back; it can be
/// written out, for the person's access and for whoever must see why.
///
/// ```
/// use placet::{Contact, Entry, Journey, Reason};
/// use placet_insight::{Insight, Known};
/// let journey = Journey::reference()?;
/// let insight = Insight::from_json(r#"{"placet":1,"name":"fans","views":[
///     {"name":"interest","needs":[{"purpose":"offers","channel":"email"}]}]}"#, &journey)?;
/// let entries = [Entry::from_json(r#"{"v":1,"type":"opened","contact":"c-1","identity":"email:ada@example.org"}"#)?];
/// let ada = Contact::replay(&entries, journey.vocabulary())?;
/// let now = "2013-06-01T00:00:00Z".parse()?;
/// let refused = insight.view("interest")?.profile(&Known::new(&ada, &entries), now).err();
/// assert_eq!(refused.map(|no| no.reason()), Some(Reason::UnknownContact));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a profile is made to be asked"]
pub struct Profile<'l> {
    insight: Insight,
    view: usize,
    id: &'l ContactId,
    contacts: Vec<&'l Contact>,
    permits: Vec<Permit<'l>>,
    /// Those that stand, of the contacts that permit the view.
    facts: Vec<Fact<'l>>,
    left_out: Vec<LeftOut>,
    stage: Option<Stage>,
    now: Instant,
    not_after: Option<Instant>,
}

/// How many facts of a kind are left out, and why: never how they looked (I7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    kind: SignalKind,
    why: Left,
    facts: u64,
}

impl LeftOut {
    /// The kind of signal.
    #[must_use]
    pub fn kind(&self) -> &SignalKind {
        &self.kind
    }

    /// Why they do not stand.
    #[must_use]
    pub fn why(&self) -> Left {
        self.why
    }

    /// How many they are.
    #[must_use]
    pub fn facts(&self) -> u64 {
        self.facts
    }
}

impl View<'_> {
    /// Looks at one person, if they permit it: every need of the view, for an identity of one and the same contact.
    ///
    /// # Errors
    /// The [`Refusal`] of the contact that is nearest to a permission (I8), with its cause and remedy.
    pub fn profile<'l>(&self, known: &Known<'l>, now: Instant) -> Result<Profile<'l>, Refusal> {
        let (permits, permitting) = self.permits(&known.contacts, now)?;
        let facts = known.facts(self.insight.journey(), now);
        let standing = Standing::new(self.insight.journey(), &known.contacts, &facts.admissions, now);
        let stage = with_person(&known.contacts, known.joint.as_ref().map(Option::as_ref), |person| {
            self.insight.journey().stands_at(person?, now).cloned()
        });
        let person = (known.id(), known.contacts.clone());
        Ok(self.profile_of(person, (permits, &permitting), (facts.all, &standing), (stage, now)))
    }

    /// The permits of all contacts that permit the view, and the ids of those contacts.
    pub(crate) fn permits<'l>(
        &self,
        contacts: &[&'l Contact],
        now: Instant,
    ) -> Result<(Vec<Permit<'l>>, Vec<&'l ContactId>), Refusal> {
        let (mut permits, mut permitting) = (Vec::new(), Vec::new());
        let mut nearest: Option<Refusal> = None;
        let erased = contacts.iter().any(|contact| contact.ledger().erased());
        // An erasure of one is an erasure of all (S12): the others are not asked.
        for contact in contacts.iter().filter(|contact| !erased || contact.ledger().erased()) {
            match self.insight.journey().permits_of(contact, self.needs(), now) {
                Ok(all) => {
                    permits.extend(all);
                    permitting.push(contact.id());
                }
                Err(no) if nearest.as_ref().is_none_or(|other| no.reason() > other.reason()) => {
                    nearest = Some(no)
                }
                Err(_) => {}
            }
        }
        match nearest {
            Some(no) if permitting.is_empty() => Err(no),
            _ => Ok((permits, permitting)),
        }
    }

    pub(crate) fn profile_of<'l>(
        &self,
        (id, contacts): (&'l ContactId, Vec<&'l Contact>),
        (permits, permitting): (Vec<Permit<'l>>, &[&ContactId]),
        (mut facts, answers): (Vec<Fact<'l>>, &Standing),
        (stage, now): (Option<Stage>, Instant),
    ) -> Profile<'l> {
        let mut not_after = permits.iter().fold(None, |end, permit| earliest(end, permit.cite().not_after()));
        let mut left = BTreeMap::<(SignalKind, Left), u64>::new();
        let all = permitting.len() == contacts.len();
        facts.retain(|fact| {
            if !all && !permitting.contains(&fact.contact) {
                return false;
            }
            match (answers.of(fact), fact.what) {
                (Ok(end), _) => not_after = earliest(not_after, end),
                (Err(why), What::Signal(signal)) => {
                    let count = left.entry((signal.kind.clone(), why)).or_default();
                    *count = count.saturating_add(1);
                    return false;
                }
                // An own dealing falls with an erasure alone, and then there is no profile.
                (Err(_), _) => return false,
            }
            true
        });
        let left_out = left.into_iter().map(|((kind, why), facts)| LeftOut { kind, why, facts }).collect();
        let (insight, view) = (self.insight.clone(), self.place);
        Profile { insight, view, id, contacts, permits, facts, left_out, stage, now, not_after }
    }
}

impl<'l> Profile<'l> {
    /// The id of the person: the least of their contacts' ids.
    #[must_use]
    pub fn id(&self) -> &'l ContactId {
        self.id
    }

    /// The name of the view under which the person is looked at.
    #[must_use]
    pub fn view(&self) -> &Name {
        self.insight.view_name(self.view)
    }

    /// The instant at which it was asked.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The earliest end among its permits and the grants that let its facts stand: whoever shows it asks again by then.
    /// `None` where none has an end.
    #[must_use]
    pub fn not_after(&self) -> Option<Instant> {
        self.not_after
    }

    /// The stage at which the person stands (SPEC S27); `None` for no stage.
    #[must_use]
    pub fn stage(&self) -> Option<&Stage> {
        self.stage.as_ref()
    }

    /// On what it rests: a citation for each need, of each contact that permits the view.
    pub fn citations(&self) -> impl Iterator<Item = &Citation> {
        self.permits.iter().map(Permit::cite)
    }

    /// The ids of the signals among the facts that stand, by the instant at which they happened.
    pub fn signals(&self) -> impl Iterator<Item = &'l SignalId> {
        self.facts.iter().filter_map(|fact| match fact.what {
            What::Signal(signal) => Some(&signal.id),
            _ => None,
        })
    }

    /// How many facts stand: signals, sent events and moves.
    #[must_use]
    pub fn standing(&self) -> usize {
        self.facts.len()
    }

    /// How many facts do not stand, by kind and reason.
    #[must_use]
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// Whether the person is in a segment of the view.
    ///
    /// # Errors
    /// [`InsightError`] where the insight has no such segment, or it is of another view.
    pub fn is_in(&self, segment: &str) -> Result<bool, InsightError> {
        let place = self.insight.segment_place(segment)?;
        self.is_in_at(place).ok_or(InsightError::OtherView { what: "segment" })
    }

    /// `None` where the segment is of another view.
    pub(crate) fn is_in_at(&self, place: usize) -> Option<bool> {
        let plan = self.insight.compiled().segments.get(place).filter(|plan| plan.view == self.view)?;
        Some(self.holds(&plan.when))
    }

    /// The signal by which it enters the journey that the person is in a segment; `None` where they are not (I12). Its
    /// admission asks again when it is handled; nothing else of a profile is kept.
    ///
    /// # Errors
    /// [`InsightError`] where the insight has no such segment, it is of another view, or it names no signal.
    pub fn signal(&self, segment: &str, id: SignalId) -> Result<Option<SignalSpec>, InsightError> {
        let place = self.insight.segment_place(segment)?;
        let plan = self.insight.compiled().segments.get(place).filter(|plan| plan.view == self.view);
        let plan = plan.ok_or(InsightError::OtherView { what: "segment" })?;
        let kind = plan.signal.clone().ok_or(InsightError::NoSignal)?;
        let Some(permit) = self.permits.first().filter(|_| self.holds(&plan.when)) else { return Ok(None) };
        let score = plan.score.and_then(|score| self.score_at(score));
        let attributes = score.and_then(|score| {
            let value = Value::Integer(score.points());
            Some(Attribute { name: Name::new("score").ok()?, value })
        });
        Ok(Some(SignalSpec {
            id,
            contact: permit.cite().contact().clone(),
            identity: permit.identity().clone(),
            kind,
            source: None,
            at: self.now,
            attributes: attributes.into_iter().collect(),
        }))
    }

    pub(crate) fn insight(&self) -> &Insight {
        &self.insight
    }

    pub(crate) fn view_place(&self) -> usize {
        self.view
    }

    /// Whether a contact of the person permits the view, so that its facts are looked at.
    pub(crate) fn looks_at(&self, contact: &ContactId) -> bool {
        self.permits.iter().any(|permit| permit.cite().contact() == contact)
    }

    pub(crate) fn facts(&self) -> &[Fact<'l>] {
        &self.facts
    }

    /// Whether a need is permitted now, for any identity of the person.
    pub(crate) fn permits_now(&self, need: &Need) -> bool {
        let needs = std::slice::from_ref(need);
        self.contacts
            .iter()
            .any(|contact| self.insight.journey().permits_of(contact, needs, self.now).is_ok())
    }
}

/// It tells whom and when, and nothing of what was concluded.
impl std::fmt::Debug for Profile<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut fields = f.debug_struct("Profile");
        fields.field("view", self.view()).field("now", &self.now).field("standing", &self.standing());
        fields.finish_non_exhaustive()
    }
}

/// A fact as a profile is written out.
#[derive(Serialize)]
struct WrittenFact<'a> {
    #[serde(rename = "type")]
    what: &'static str,
    name: &'a str,
    at: Instant,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    attributes: &'a [Attribute],
}

impl<'a> From<&Fact<'a>> for WrittenFact<'a> {
    fn from(fact: &Fact<'a>) -> WrittenFact<'a> {
        let (what, name, attributes): (_, &str, &[Attribute]) = match fact.what {
            What::Signal(signal) => ("signal", signal.kind.as_str(), &signal.attributes),
            What::Sent(event) => ("sent", event.effect().as_str(), &[]),
            What::Moved(moved) => ("moved", moved.to().map_or("none", Stage::as_str), &[]),
        };
        WrittenFact { what, name, at: fact.at, attributes }
    }
}

/// Written out alone, never read back (I11). What others did, such as whom a person brought, is not in it.
impl Serialize for Profile<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let compiled = self.insight.compiled();
        let mut out = serializer.serialize_struct("Profile", 11)?;
        out.serialize_field("insight", &compiled.spec.name)?;
        out.serialize_field("view", self.view())?;
        out.serialize_field("person", self.id)?;
        out.serialize_field("now", &self.now)?;
        match self.not_after {
            Some(end) => out.serialize_field("not_after", &end)?,
            None => out.serialize_field("not_after", "never")?,
        }
        out.serialize_field("citations", &self.citations().collect::<Vec<_>>())?;
        out.serialize_field("stage", self.stage.as_ref().map_or("none", Stage::as_str))?;
        let scores = (0..compiled.scores.len()).filter_map(|place| self.score_at(place));
        out.serialize_field("scores", &scores.collect::<Vec<_>>())?;
        let segments = compiled.spec.segments.iter().enumerate();
        let within = segments.filter(|(place, _)| self.is_in_at(*place) == Some(true));
        out.serialize_field("segments", &within.map(|(_, segment)| &segment.name).collect::<Vec<_>>())?;
        out.serialize_field("facts", &self.facts.iter().map(WrittenFact::from).collect::<Vec<_>>())?;
        let left: Vec<_> =
            self.left_out.iter().map(|left| (&left.kind, left.why.as_str(), left.facts)).collect();
        out.serialize_field("left_out", &left)?;
        out.end()
    }
}
