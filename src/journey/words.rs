//! The size of a spec, and its words, which contacts number.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::spec::JourneySpec;
use crate::name::{Name, Purpose, Recipient, SELF, SignalKind, Vocabulary};

/// The recipient that need not be declared.
pub(super) static OWN: Recipient = SELF;

/// The most of anything that a place can number.
const MOST: usize = 65_000;

/// Whether there is more of anything than can be numbered: words in all, effects of one rule, needs of one list.
pub(super) fn too_large(spec: &JourneySpec) -> bool {
    let catalogue = &spec.catalogue;
    let words = [
        catalogue.purposes.len(),
        catalogue.channels.len(),
        catalogue.recipients.len(),
        catalogue.notices.len().saturating_mul(2), // id and version
        spec.stages.len(),
        spec.signals.len(),
        3, // `self`, and the kinds of signals that tell of acts
    ];
    let words = words.into_iter().fold(0, usize::saturating_add);
    let effects = spec.rules.iter().map(|rule| rule.effects.len());
    let needs = spec.rules.iter().flat_map(|rule| &rule.effects).map(|effect| effect.needs.len());
    let largest = [words, spec.stages.len(), spec.signals.len(), spec.rules.len()];
    largest.into_iter().chain(effects).chain(needs).any(|size| size > MOST)
}

/// The words of a spec, which contacts number.
pub(super) fn vocabulary(spec: &JourneySpec) -> Arc<Vocabulary> {
    let catalogue = &spec.catalogue;
    let mut words: Vec<&Name> = vec![OWN.name()];
    words.extend(catalogue.purposes.iter().map(Purpose::name));
    words.extend(catalogue.channels.iter().map(|channel| channel.name.name()));
    words.extend(catalogue.recipients.iter().map(Recipient::name));
    words.extend(catalogue.notices.iter().flat_map(|notice| [notice.id.name(), notice.version.name()]));
    words.extend(spec.stages.iter().map(|stage| stage.name.name()));
    words.extend(spec.signals.iter().map(|signal| signal.kind.name()));
    let triggers = spec.rules.iter().filter(|rule| rule.on.act().is_some()).map(|rule| rule.on.kind());
    let triggers: BTreeSet<SignalKind> = triggers.collect();
    words.extend(triggers.iter().map(SignalKind::name));
    // Names of effects are counted by guards. Where they are too many, each contact numbers those that it meets.
    let effects = spec.rules.iter().flat_map(|rule| &rule.effects).map(|effect| effect.name.name());
    let effects: BTreeSet<&Name> = effects.collect();
    if words.len().saturating_add(effects.len()) <= MOST {
        words.extend(effects);
    }
    let notices = catalogue.notices.iter().map(|notice| (notice.id.name(), notice.version.name()));
    Arc::new(Vocabulary::of(spec.controller.clone(), words.into_iter().cloned()).with_notices(notices))
}
