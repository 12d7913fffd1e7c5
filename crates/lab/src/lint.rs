//! Lint: what a journey says and can hardly mean, found before it meets anybody. Each finding has a code, a path into
//! the spec, a sentence, and, where there is one, a history that shows it.
//!
//! # How it knows
//!
//! What must be so for a rule to fire is taken apart into facts that life chooses freely: which consents are given and
//! for which identities, what a signal carries, how many signals of which kind came before and how long ago. A bounded
//! search looks for a choice that fulfils everything. Where it proves that there is none, wherever a contact can hold
//! and stand (SPEC S27), the rule is dead. Where it finds one, a history is made up from it **and run through the
//! engine**; only what the engine then does is believed. Where neither comes about, [`Code::UndecidedRule`] says so and
//! why. So:
//!
//! - a rule that is reported as dead never fires, whatever happens to a contact that this journey alone has moved;
//! - every other rule has a history that fires it ([`liveness`]), or is reported as undecided.
//!
//! The search is counted in steps, not timed: the same journey gives the same findings on every machine.
//!
//! # What it finds
//!
//! | code | severity | found |
//! |---|---|---|
//! | `dead-rule` | error | the rule never fires: nobody stands where it starts, its guard contradicts itself or what is so there, or earlier rules take all it could take, one of them or several together |
//! | `unreachable-stage` | error | nobody ever stands at the stage |
//! | `never-queued` | error | the effect is refused whenever its rule fires |
//! | `never-leaves` | error | no contact ever stands at any stage that the `still` of an effect names: every release refuses it |
//! | `no-identity` | error | the channel reaches a kind of identity that no address is ever read as: no grant can cover it |
//! | `always-true`, `never-true` | warning | a part of a guard decides nothing, given the parts beside it and where the rule starts; the guard of an effect, given that of its rule; a `still` that names every stage |
//! | `moved-away` | warning | the rule leaves the contact where the `still` of its effect does not let the event leave |
//! | `erased-only` | warning | the rule fires for erased contacts alone |
//! | `endless-events` | warning | the same person can be sent the same effect again and again within hours, while consents stay as they are |
//! | `survives-consent` | warning | a stage is entered by consent (admission, or a guard) that its `sustain` does not name |
//! | `sustain-by-arrival` | warning | a stage rests on a channel that reaches only where a signal has just arrived |
//! | `no-admission` | warning | a kind of signal that tells of a person is kept of everybody |
//! | `no-notice` | warning | consents are asked for, and the catalogue names no text that could have been shown |
//! | `rises-by-loss` | warning | who loses the consent that holds a stage up stands at a higher one than before |
//! | `idle-line` | warning | a line of `sustain` never decides: the lines above it need all that it needs |
//! | `gap` | warning | no rule takes one number of an attribute, and rules take the one below and the one above |
//! | `allows-nothing` | warning | the journey allows a finding that is not there |
//! | `unused-kind` | note | a kind of signal is kept of everybody, and no rule looks at it |
//! | `unused-word` | note | a purpose, channel or recipient that nothing asks for; a notice where no consent is asked for |
//! | `minutes` | note | a span of 36 minutes or less, where months may be meant |
//! | `final-stage` | note | no rule leads on from the stage |
//! | `several-events` | note | the largest number of events that one person can receive for one signal, if more than one |
//! | `order-decides` | note | two rules can take the same signal, either order lets both fire, and they do not do the same |
//! | `undecided-rule` | note | neither a proof nor a history was found |
//! | `cut-short` | note | there was more to look at than lint looks at |
//!
//! # What is meant
//!
//! A journey can say that a finding is meant, and why:
//!
//! ```json
//! "allowed": [{ "finding": "final-stage", "at": "stages[ambassador]", "because": "nobody is more than that" }]
//! ```
//!
//! `at` is the path of the finding, with the names of stages, signals, rules and effects in the place of their numbers, or as it
//! is. Such a finding is still listed, with its reason, and is neither error nor warning.
//!
//! # What it takes for granted, and what it cannot know
//!
//! - Which **grants** are offered: a spec names purposes, channels, recipients and notices, and does not say which
//!   notice covers which scope, so that every declared scope counts as grantable for every identity. Known are a
//!   channel that reaches no possible identity, and a catalogue without notices. Undeclared names do not compile.
//! - Which **identities** a contact has: any, for a host can link what no signal of this journey brings.
//! - **`no-admission`** is a rule of thumb. It looks at kinds without admission that are called like signals of social
//!   networks (`like`, `follow`, `mention` and such, also in the plural and as a part of a longer name), and at those
//!   that a guard counts when a signal of another kind arrives; the sentence says which of the two it was, and where.
//!   Purchases and sign-ups are the contact's own dealings with the controller: a guard may look at what the one at hand
//!   carries, and at how many of its kind came before.
//! - **`order-decides`** leaves a special rule before a general one alone: in the other order the special one is dead.
//! - **`survives-consent`** leaves what an effect needs alone: a stage moves whatever becomes of the effects (S20).
//! - **`gap`** looks at whole numbers, and at rules that look at one number and nothing else; of more than 64 such rules on
//!   one kind it looks at none.
//! - **`within`** is never found useless: how long an event waits is not written in a journey.
//! - An erased contact takes rules from no stage and is refused all (S12); a rule that fires so is not dead.

mod ages;
mod allowed;
mod between;
mod contexts;
mod effects;
mod explore;
mod fill;
mod finding;
mod fire;
mod kinds;
mod occasion;
mod reach;
mod rules;
mod solve;
mod stages;
mod sustain;
mod unused;
mod value;
mod walk;
mod world;

use placet::Journey;

pub use finding::{Cause, Code, Finding, Liveness, Severity, Undecided};

use explore::Explorer;
use solve::Budget;

/// Looks for what a journey can hardly mean; errors first, then warnings, then notes, then what the journey itself allows. A
/// journey without findings gives
/// an empty list.
///
/// ```
/// use placet::Journey;
/// use placet_lab::lint::Severity;
/// let findings = placet_lab::lint(&Journey::reference()?);
/// assert!(findings.iter().all(|finding| finding.severity() != Severity::Error));
/// assert!(findings.iter().any(|finding| finding.to_string() == "note final-stage at stages[4]: \
///   no rule leads on from `ambassador`; let one start there, if it is not meant to be the last"));
/// # Ok::<(), placet::journey::JourneyError>(())
/// ```
#[must_use]
pub fn lint(journey: &Journey) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(mut explorer) = explored(journey) else {
        return findings;
    };
    let explorer = &mut explorer;
    rules::lives(explorer, &mut findings);
    stages::fleeting(explorer, &mut findings);
    effects::catalogue(explorer, &mut findings);
    let looks: [fn(&mut Explorer<'_>, &mut Vec<Finding>); 13] = [
        stages::reached,
        sustain::lines,
        rules::parts,
        effects::refused,
        occasion::still,
        stages::outlasting,
        kinds::unadmitted,
        effects::several,
        effects::endless,
        rules::order,
        between::gaps,
        unused::words,
        between::minutes,
    ];
    let mut cut = false;
    for look in looks {
        explorer.budget = Budget::LOOKING;
        look(explorer, &mut findings);
        cut |= explorer.budget.left == 0;
    }
    if cut {
        let sentence =
            "there is more to look at than lint looks at: what was found is so, and there may be more";
        findings.push(Finding::new(Code::CutShort, ".", sentence));
    }
    allowed::apply(journey.spec(), &mut findings);
    findings.sort_by_key(|finding| (finding.allowed().is_some(), finding.severity()));
    findings
}

/// Whether each rule ever fires, in the order of the rules: with a history whose last signal fires it, or why it never
/// does, or why that is not known.
#[must_use]
pub fn liveness(journey: &Journey) -> Vec<Liveness> {
    let explorer = explored(journey);
    explorer.map(|explorer| explorer.rules.into_iter().map(|known| known.life).collect()).unwrap_or_default()
}

fn explored(journey: &Journey) -> Option<Explorer<'_>> {
    let mut explorer = Explorer::new(journey)?;
    explorer.explore()?;
    Some(explorer)
}
