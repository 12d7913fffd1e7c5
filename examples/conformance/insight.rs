//! The lines that ask of many signals at once: `profile` and `table` of SPEC-INSIGHT, answered by `placet-insight`. What
//! follows does not see them.

use placet::{
    ContactId, Entry, Instant, Journey, Person, Scope,
    desk::Terms,
    entry::{Admitted, Body, Opened},
    journey::{JourneySpec, NeedSpec, Reaches, SignalKindSpec},
    name::{Name, SignalKind},
};
use placet_insight::{CountedSpec, Histories, Insight, InsightSpec, Known, Minutes, TableSpec, ViewSpec};

use super::read::Why;

/// What the lines so far come to, as entries in their order.
#[derive(Default)]
pub(crate) struct Noted(Vec<Entry>);

/// The answer to a table line: people and facts, where enough people are in it.
pub(crate) type Shown = Option<(u64, u64)>;

/// The most facts of a person that a table may count: all of them, here.
const UNBOUNDED: u32 = 1_048_576;

impl Noted {
    pub(crate) fn note(&mut self, contact: &ContactId, body: Body) {
        self.0.push(Entry::new(contact.clone(), body));
    }

    pub(crate) fn opened(&mut self, contact: &ContactId, identity: placet::Identity) {
        self.note(contact, Body::Opened(Opened::from(identity)));
    }

    pub(crate) fn admitted(&mut self, contact: &ContactId, signal: placet::SignalSpec, now: Instant) {
        self.note(contact, Body::Signal(Admitted::new(signal, now)));
    }

    /// The ids of the facts that stand for a person, by the instants at which they happened; or why there is no profile.
    pub(crate) fn profile(
        &self,
        person: Person<'_>,
        journey: &JourneySpec,
        needs: &[Scope],
        now: Instant,
    ) -> Result<Result<Vec<String>, &'static str>, Why> {
        let journey = self.journey(journey, needs)?;
        let insight = insight(&journey, needs, None)?;
        let view = insight.view("view").map_err(|_| Why::BadName)?;
        let histories = Histories::of(self.0.iter().cloned(), &Terms::new(journey));
        let known = Known::joined(person, histories.about(person.ledger().contact()));
        Ok(match view.profile(&known, now) {
            Ok(profile) => Ok(profile.signals().map(ToString::to_string).collect()),
            Err(no) => Err(no.reason().as_str()),
        })
    }

    /// How many people and facts of a kind there are among those who said no to none of the needs.
    pub(crate) fn table(
        &self,
        journey: &JourneySpec,
        (kind, needs, k): (&SignalKind, &[Scope], u32),
        now: Instant,
    ) -> Result<Shown, Why> {
        let mut journey = journey.clone();
        declare(&mut journey, kind);
        let journey = self.journey(&journey, needs)?;
        let insight = insight(&journey, needs, Some((kind, k)))?;
        let histories = Histories::of(self.0.iter().cloned(), &Terms::new(journey));
        let crowd = insight.crowd(&histories, now, Minutes(0));
        let total = crowd.table("table").map_err(|_| Why::BadName)?.total();
        Ok(total.map(|row| (row.people(), row.facts())))
    }

    /// The journey of the lines so far, with every kind of signal that came; a channel reaches the id itself.
    fn journey(&self, spec: &JourneySpec, needs: &[Scope]) -> Result<Journey, Why> {
        let mut spec = spec.clone();
        for entry in &self.0 {
            if let Body::Signal(admitted) = entry.body() {
                declare(&mut spec, &admitted.signal().kind);
            }
        }
        let own = placet::identity::IdentityKind::new("id").map_err(|_| Why::BadName)?;
        let catalogue = &mut spec.catalogue;
        for scope in needs {
            if !catalogue.purposes.contains(scope.purpose()) {
                catalogue.purposes.push(scope.purpose().clone());
            }
            if !catalogue.channels.iter().any(|channel| channel.name == *scope.channel()) {
                let name = scope.channel().clone();
                catalogue.channels.push(placet::journey::ChannelSpec { name, reaches: None });
            }
            let recipient = scope.recipient();
            if *recipient != placet::name::SELF && !catalogue.recipients.contains(recipient) {
                catalogue.recipients.push(recipient.clone());
            }
        }
        for channel in &mut catalogue.channels {
            channel.reaches = Some(Reaches::Kind(own.clone()));
        }
        Journey::compile(spec).map_err(|_| Why::SustainCircle)
    }
}

fn declare(spec: &mut JourneySpec, kind: &SignalKind) {
    if !spec.signals.iter().any(|declared| declared.kind == *kind) {
        let kind = kind.clone();
        spec.signals.push(SignalKindSpec { kind, admission: None, derived: false, attributes: Vec::new() });
    }
}

fn insight(journey: &Journey, needs: &[Scope], table: Option<(&SignalKind, u32)>) -> Result<Insight, Why> {
    let name = |text| Name::new(text).map_err(|_| Why::BadName);
    let table = table.map(|(kind, k)| -> Result<TableSpec, Why> {
        Ok(TableSpec {
            name: name("table")?,
            view: Some(name("view")?),
            segment: None,
            count: CountedSpec { kind: Some(kind.clone()), ..CountedSpec::default() },
            by: Vec::new(),
            stages: None,
            k: Some(k),
            most: Some(UNBOUNDED),
            amount: None,
            clamp: None,
            until: None,
        })
    });
    let spec = InsightSpec {
        placet: 1,
        name: name("neutral")?,
        views: vec![ViewSpec {
            name: name("view")?,
            needs: needs.iter().cloned().map(NeedSpec::from).collect(),
        }],
        scores: Vec::new(),
        segments: Vec::new(),
        tables: table.into_iter().collect::<Result<_, _>>()?,
        credits: Vec::new(),
        trials: Vec::new(),
        loyalty: Vec::new(),
        advocacy: Vec::new(),
        phases: Vec::new(),
    };
    Insight::compile(spec, journey).map_err(|_| Why::BadFields)
}
