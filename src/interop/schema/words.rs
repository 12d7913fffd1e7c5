//! How single words are spelled: names, instants, identities, spans. Patterns use no look-around, so that every
//! engine reads them alike.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::identity::{INVISIBLE, Identity, IdentityKind};
use crate::journey::{Remark, Span, Way};
use crate::name::EventKey;
use crate::name::{Channel, Hex, Id, Instant, Name, Scope};

/// Gives a type that reads and writes one text its schema.
macro_rules! text {
    ($($type:ty, $name:literal, |$generator:ident| $schema:expr;)+) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )+};
}
pub(super) use text;

/// Blanks and control characters, as Unicode has them, for the inside of a class.
const BLANK: &str = r"\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";

text! {
    Name, "Name", |_generator| json_schema!({
        "description": "1 to 64 of a-z 0-9 + . _ : / -, beginning with a letter or digit",
        "type": "string",
        "pattern": "^[a-z0-9][a-z0-9+._:/-]{0,63}$",
    });
    Id, "Id", |_generator| json_schema!({
        "description": "1 to 128 printable ASCII characters but \" # @ \\; case counts",
        "type": "string",
        "pattern": r#"^[!$-?A-\[\]-~]{1,128}$"#,
    });
    Instant, "Instant", |_generator| json_schema!({
        "description": "RFC 3339 with a capital T, and Z or an offset such as +02:00; at most 9 fraction digits, no leap second, years 0001 to 9999 also in UTC",
        "type": "string",
        "pattern": instant(),
    });
    Identity, "Identity", |_generator| identity();
    IdentityKind, "IdentityKind", |_generator| json_schema!({
        "description": "email, phone, account/ and a network, erased, or a name of one's own without a colon",
        "type": "string",
        "pattern": "^[a-z0-9][a-z0-9+._/-]{0,63}$",
        "not": { "pattern": "^account/([^a-z0-9]|$)" },
    });
    Span, "Span", |_generator| json_schema!({
        "description": "a whole number from 1 to 999999999 and a unit: s, m (minutes), h, d or w",
        "type": "string",
        "pattern": "^0{0,8}[1-9][0-9]{0,8}[smhdw]$",
        "maxLength": 10,
    });
    Remark, "Remark", |_generator| json_schema!({
        "description": "one line of text, without control characters and without @",
        "type": "string",
        "pattern": r"^[^@\u0000-\u001f\u007f-\u009f]{1,500}$",
    });
    Way, "Way", |generator| json_schema!({
        "description": "one channel, or social/* for the network of the identity asked about",
        "anyOf": [{ "const": Way::OwnNetwork.to_string() }, generator.subschema_for::<Channel>()],
    });
    EventKey, "EventKey", |_generator| json_schema!({
        "description": "the UUID v5 of contact, signal, rule and effect",
        "type": "string",
        "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    });
    Scope, "ScopeInWords", |_generator| json_schema!({
        "description": "a scope as a sentence: newsletter by email, or sharing by email to acme",
        "type": "string",
        "pattern": "^[a-z0-9][a-z0-9+._:/-]{0,63} by [a-z0-9][a-z0-9+._:/-]{0,63}( to [a-z0-9][a-z0-9+._:/-]{0,63})?$",
    });
}

impl<const N: usize> JsonSchema for Hex<N> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Hex")
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        let digits = N.saturating_mul(2);
        json_schema!({ "type": "string", "pattern": format!("^[0-9a-f]{{{digits}}}$") })
    }
}

/// A pattern of the days that exist, such as `2013-05-01`, without anchors; the 29th of February in leap years alone.
#[must_use]
pub fn date() -> String {
    let year = "([0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})";
    let leap = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)";
    let long = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])";
    let short = "(0[469]|11)-(0[1-9]|[12][0-9]|30)";
    let february = "02-(0[1-9]|1[0-9]|2[0-8])";
    format!("({year}-({long}|{short}|{february})|{leap}-02-29)")
}

fn instant() -> String {
    let date = date();
    let time = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?";
    let offset = "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
    format!("^{date}T{time}{offset}$")
}

/// A character in a class, as its number where every engine reads that alike: nobody sees these characters.
fn escaped(c: char) -> String {
    match u32::from(c) {
        code @ 0..=0xffff => format!(r"\u{code:04x}"),
        _ => c.to_string(),
    }
}

/// `kind:address`, by kind.
fn identity() -> Schema {
    let unseen = INVISIBLE.iter().map(|(first, last)| format!("{}-{}", escaped(*first), escaped(*last)));
    let unseen: String = unseen.collect();
    let blank = format!("{BLANK}{unseen}");
    // The Greek question mark is composed to a semicolon.
    let atom = format!(r#"[^{blank}"(),:;\u037e<>@\[\\\].]+"#);
    let letter = r"[\p{L}\p{M}\p{N}]";
    let label = format!("{letter}([\\p{{L}}\\p{{M}}\\p{{N}}-]{{0,61}}{letter})?");
    let key = format!("[^{blank}]{{1,255}}");
    // What may stand between the digits of a telephone number.
    let s = "[ ./()-]*";
    // Country codes that no 0 follows, called from abroad.
    let codes = format!(
        "[17]|2{s}[07]|3{s}[0-46]|4{s}[013-9]|5{s}[1-8]|6{s}[0-6]|8{s}[1246]|9{s}[0-58]|3{s}[58]{s}[0-9]|3{s}7{s}[0-7]|4{s}2{s}[0-9]"
    );
    json_schema!({
        "description": "an address or account, written kind:address, such as email:ada@example.org, phone:+3225550100 or account/facebook:ada.l",
        "type": "string",
        "anyOf": [
            {
                "pattern": format!(r"^email:{atom}(\.{atom})*@{label}(\.{label})*$"),
                "allOf": [{ "pattern": "^email:[^@]{1,64}@" }],
                "maxLength": 260,
            },
            {
                "pattern": r"^phone:(\+|00)([0-9 ./-]|\( *[1-9][0-9 ]*\))*$",
                "allOf": [{ "pattern": format!(r"^phone:(\+|00){s}[1-9]({s}[0-9]){{6,14}}{s}$") }],
                "not": { "pattern": format!(r"^phone:(\+|00){s}(1{s}1|({codes}){s}0)") },
            },
            { "pattern": format!("^account/[a-z0-9][a-z0-9+._/-]{{0,63}}:[@\u{ff20}\u{fe6b}]*[^{blank}@\u{ff20}\u{fe6b}][^{blank}]{{0,254}}$") },
            { "pattern": "^erased:[0-9a-f]{32}$" },
            {
                "pattern": format!("^[a-z0-9][a-z0-9+._/-]{{0,63}}:{key}$"),
                "not": { "pattern": "^(email:|phone:|erased:|account/)" },
            },
        ],
    })
}
