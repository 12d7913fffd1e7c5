//! Acts, entries, queued events: their serde is written by hand, and so is this, field by field.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::form::Form;
use super::words::text;
use crate::consent::Citation;
use crate::consent::{
    Act, ActKind, Actor, Method, NoticeDigest, NoticeId, NoticeVersion, Presence, Provenance, Reason,
    RoundTrip, Touchpoint, Width,
};
use crate::contact::{Entry, RefusedEffect};
use crate::event::{Event, QueuedEvent};
use crate::identity::Identity;
use crate::name::EventKey;
use crate::name::{
    ActId, Channel, ContactId, Controller, EffectName, Instant, Purpose, Recipient, RuleName, SignalId,
    SignalKind, Stage,
};
use crate::signal::{Attribute, Source};

text! {
    Act, "Act", |generator| json_schema!({
        "description": "one entry of a consent ledger: what the person, the controller or an authority did about consent",
        "oneOf": acts(generator, |form| form),
    });
    Entry, "Entry", |generator| entry(generator);
    RefusedEffect, "RefusedEffect", |generator| effect_refused(entry_of(generator, "effect_refused"));
    QueuedEvent, "QueuedEvent", |generator| {
        let needs = needs(generator);
        named(Form::new(generator).fixed("type", "queued_event"))
            .told("the account of an effect that was permitted when it was decided; it cannot be sent")
            .exactly("needs", needs)
            .done()
    };
    Event<'_>, "Event", |generator| {
        let needs = needs(generator);
        named(Form::new(generator).fixed("type", "event"))
            .told("what may leave, now: for a gateway, never read back")
            .must::<Controller>("controller")
            .exactly("needs", needs)
            .done()
    };
    Citation, "Citation", |generator| {
        scope(Form::new(generator).must::<ContactId>("contact").must::<ActId>("act"))
            .told("which act permitted what, for which identity, by which version of the ledger, and until when")
            .must::<Identity>("identity")
            .exactly("version", json_schema!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }))
            .must::<Instant>("decided_at")
            .must::<End>("not_after")
            .done()
    };
    End, "End", |generator| instant_or(generator, "never", "before this instant, or never: an end is always written");
    ConfirmBy, "ConfirmBy", |generator| instant_or(generator, "not_needed", "before this instant, or not_needed");
}

/// An end that is never left out.
struct End;

/// Until when a double opt-in is confirmed, or that it is none.
struct ConfirmBy;

fn instant_or(generator: &mut SchemaGenerator, word: &str, told: &str) -> Schema {
    let instant = generator.subschema_for::<Instant>();
    json_schema!({ "description": told, "anyOf": [{ "const": word }, instant] })
}

/// One part of the reach of a stop.
struct Part<T>(std::marker::PhantomData<T>);

impl<T: JsonSchema> JsonSchema for Part<T> {
    fn schema_name() -> Cow<'static, str> {
        Cow::Owned(format!("Any{}", T::schema_name()))
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "description": "this one, or * for all of them", "anyOf": [{ "const": "*" }, one] })
    }
}

/// What queued events and events have in common.
fn named(form: Form<'_>) -> Form<'_> {
    form.fixed("v", QueuedEvent::SCHEMA_VERSION)
        .must::<EventKey>("key")
        .must::<ContactId>("contact")
        .must::<SignalId>("signal")
        .must::<RuleName>("rule")
        .must::<EffectName>("effect")
}

fn scope(form: Form<'_>) -> Form<'_> {
    form.must::<Purpose>("purpose").must::<Channel>("channel").must::<Recipient>("recipient")
}

/// One citation for each need.
fn needs(generator: &mut SchemaGenerator) -> Schema {
    let citation = generator.subschema_for::<Citation>();
    json_schema!({
        "description": "on what each need rested, the addressing one first",
        "type": "array",
        "items": citation,
        "minItems": 1,
    })
}

/// The acts by the table of acts, on top of what the line has besides.
fn acts(generator: &mut SchemaGenerator, begin: fn(Form<'_>) -> Form<'_>) -> Vec<Schema> {
    let act = |kind: ActKind| {
        let shape = kind.shape();
        let form = begin(Form::new(generator)).fixed("type", shape.word).told(shape.told);
        let form = form.must::<ActId>("id").must::<Instant>("acted").must::<Instant>("recorded");
        let form = match shape.scope {
            Width::Nothing => form,
            Width::Narrow => scope(form),
            Width::Wide => reach(form),
        };
        let form = match shape.until {
            Presence::No => form,
            Presence::Maybe => form.must::<End>("until"),
            Presence::Always => form.must::<Instant>("until"),
        };
        let form = if shape.waits { waits(form) } else { form };
        let form = match shape.names {
            Some(field) => form.must::<ActId>(field),
            None => form,
        };
        match kind {
            ActKind::Grant | ActKind::Unobject => informed(affirmed(form)),
            ActKind::Confirm => confirmed(affirmed(form)),
            ActKind::Unrestrict => {
                let form = form.must::<Identity>("identity").fixed("actor", "controller");
                informed(form.must::<Method>("method"))
            }
            _ => stop(form, shape.only),
        }
        .done()
    };
    ActKind::ALL.into_iter().map(act).collect()
}

/// A grant can begin later, and be a double opt-in; one that is proven by a round trip is.
fn waits(form: Form<'_>) -> Form<'_> {
    let asks_back = json!({ "anyOf": [
        { "properties": { "method": { "const": "double_opt_in" } } },
        { "required": ["round_trip"] },
    ] });
    form.may::<Instant>("begins")
        .must::<ConfirmBy>("confirm_by")
        .keyword("if", asks_back)
        .keyword("then", json!({ "properties": { "confirm_by": { "not": { "const": "not_needed" } } } }))
}

/// A go is for one identity, and proven to be the person's own affirmative act: the table of `Evidence`.
fn affirmed(form: Form<'_>) -> Form<'_> {
    let affirmative =
        ["unticked_box", "account_setting", "signed_form", "oral_recorded", "paper", "double_opt_in"];
    form.must::<Identity>("identity")
        .exactly("actor", json_schema!({ "enum": ["person", "guardian"] }))
        .exactly("method", json_schema!({ "enum": affirmative }))
}

/// A go for which a notice was shown.
fn informed(form: Form<'_>) -> Form<'_> {
    on_file(form.must::<NoticeId>("notice").must::<NoticeVersion>("notice_version"))
}

/// A confirm has the notice of its grant, and what came back where it is a double opt-in.
fn confirmed(form: Form<'_>) -> Form<'_> {
    on_file(form.may::<NoticeId>("notice").may::<NoticeVersion>("notice_version"))
        .keyword("if", json!({ "properties": { "method": { "const": "double_opt_in" } } }))
        .keyword("then", json!({ "required": ["round_trip"] }))
        .keyword("dependentRequired", whole_notice())
}

fn on_file(form: Form<'_>) -> Form<'_> {
    form.may::<NoticeDigest>("notice_digest").may::<RoundTrip>("round_trip").may::<Touchpoint>("touchpoint")
}

fn whole_notice() -> Value {
    json!({ "notice": ["notice_version"], "notice_version": ["notice"], "notice_digest": ["notice"] })
}

fn reach(form: Form<'_>) -> Form<'_> {
    form.must::<Part<Purpose>>("purpose")
        .must::<Part<Channel>>("channel")
        .must::<Part<Recipient>>("recipient")
}

/// A stop needs no evidence; what there is of it is whole.
fn stop(form: Form<'_>, only: bool) -> Form<'_> {
    let form = if only { form.optionally("only", json_schema!({ "const": "address" })) } else { form };
    let form = form.may::<Identity>("identity").may::<Provenance>("provenance");
    let form = form.may::<Actor>("actor").may::<Method>("method");
    on_file(form.may::<NoticeId>("notice").may::<NoticeVersion>("notice_version")).keyword(
        "dependentRequired",
        json!({
            "only": ["identity"],
            "actor": ["method"],
            "method": ["actor"],
            "notice": ["actor", "notice_version"],
            "notice_version": ["notice"],
            "notice_digest": ["notice"],
            "round_trip": ["actor"],
            "touchpoint": ["actor"],
        }),
    )
}

/// What every line of a journal begins with.
fn of_a_contact(form: Form<'_>) -> Form<'_> {
    form.fixed("v", Entry::SCHEMA_VERSION).must::<ContactId>("contact")
}

fn entry_of<'g>(generator: &'g mut SchemaGenerator, of: &'static str) -> Form<'g> {
    of_a_contact(Form::new(generator)).fixed("type", of)
}

fn effect_refused(form: Form<'_>) -> Schema {
    let form = form
        .told("an effect was refused when it was decided: for which scope, why, and because of which act");
    let form = form.must::<SignalId>("signal").must::<RuleName>("rule").must::<EffectName>("effect");
    scope(form).must::<Reason>("reason").may::<ActId>("cause").must::<Instant>("at").done()
}

fn entry(generator: &mut SchemaGenerator) -> Schema {
    let mut forms = acts(generator, of_a_contact);
    forms.push(generator.subschema_for::<RefusedEffect>());
    let mut entry = |of: &'static str, told: &str, rest: fn(Form<'_>) -> Form<'_>| {
        forms.push(rest(entry_of(generator, of).told(told)).done());
    };
    entry("opened", "the contact was opened under its first identity; `controller` is whose it is", |form| {
        form.must::<Identity>("identity").may::<Controller>("controller")
    });
    entry("linked", "an identity was added", |form| form.must::<Identity>("identity"));
    entry("unlinked", "an identity was ended", |form| form.must::<Identity>("identity"));
    entry("signal", "a signal was admitted, and handled at `now`", |form| {
        let form = form.must::<SignalId>("id").must::<Identity>("identity").must::<SignalKind>("kind");
        let form = form.may::<Source>("source").must::<Instant>("at").must::<Instant>("now");
        form.may::<Vec<Attribute>>("attributes")
    });
    entry("transition", "the held stage moved", moved);
    entry("transition_alone", "the stage moved that a merged contact would hold alone", moved);
    entry("merged", "the contact became one person with another; `held` is their stage", |form| {
        form.must::<ContactId>("into").must::<Stage>("held")
    });
    entry(
        "unmerged",
        "the contact became a person of its own again; `held` is the stage of those who stay",
        |form| form.may::<Stage>("held"),
    );
    entry("queued", "an effect was permitted and queued", |form| form.must::<QueuedEvent>("event"));
    entry("sent", "a queued event was released and taken by the gateway", |form| {
        form.must::<EventKey>("key").must::<Instant>("at")
    });
    entry("dropped", "a queued event was refused at release: dropped for good", |form| {
        form.must::<EventKey>("key").must::<Reason>("reason").must::<Instant>("at")
    });
    json_schema!({
        "description": "one thing that happened to one contact, as it is stored",
        "oneOf": forms,
    })
}

fn moved(form: Form<'_>) -> Form<'_> {
    let form = form.must::<SignalId>("signal").must::<RuleName>("rule");
    form.must::<Stage>("from").must::<Stage>("to").must::<Instant>("at")
}
