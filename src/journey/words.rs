//! The size of a spec, and its words: names that contacts number, and how many instants of a kind they keep.

use std::sync::Arc;

use super::guard::{Guard, Test};
use super::spec::{ChannelSpec, JourneySpec, NeedSpec, Reaches, Way};
use crate::contact::MOST_KEPT;
use crate::identity::IdentityKind;
use crate::vocab::{Channel, Name, Purpose, Recipient, SELF, Scope, Vocabulary};

/// The most of anything that a place can number.
const MOST: usize = 65_000;

/// Of so many scopes, the first that are asked for, some are held ready.
const MOST_ASKED: usize = 64;

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
        1, // `self`
    ];
    let words = words.into_iter().fold(0, usize::saturating_add);
    let effects = spec.rules.iter().map(|rule| rule.effects.len());
    let needs = spec.rules.iter().flat_map(|rule| &rule.effects).map(|effect| effect.needs.len());
    let largest = [words, spec.stages.len(), spec.signals.len(), spec.rules.len()];
    largest.into_iter().chain(effects).chain(needs).any(|size| size > MOST)
}

/// The words of a spec. Kinds that a guard counts within a time keep as many instants as it needs; the scopes that
/// anything asks for are held ready by contacts.
pub(super) fn vocabulary(spec: &JourneySpec) -> Arc<Vocabulary> {
    let catalogue = &spec.catalogue;
    let mut words: Vec<(Name, u8)> = vec![(SELF.name().clone(), 0)];
    let plain = |name: &Name| (name.clone(), 0);
    words.extend(catalogue.purposes.iter().map(|purpose| plain(purpose.name())));
    words.extend(catalogue.channels.iter().map(|channel| plain(channel.name.name())));
    words.extend(catalogue.recipients.iter().map(|recipient| plain(recipient.name())));
    words.extend(
        catalogue.notices.iter().flat_map(|notice| [plain(notice.id.name()), plain(notice.version.name())]),
    );
    words.extend(spec.stages.iter().map(|stage| plain(stage.name.name())));
    words.extend(spec.signals.iter().map(|signal| plain(signal.kind.name())));
    for guard in spec.rules.iter().filter_map(|rule| rule.when.as_ref()) {
        keep(guard, &mut words);
    }
    let kinds: Vec<&Name> = spec.signals.iter().map(|signal| signal.kind.name()).collect();
    let vocabulary = Vocabulary::keeping(spec.controller.clone(), words, &kinds);
    // Ten thousand rules ask for a handful of scopes: each is looked up once.
    let mut asked: Vec<Asked<'_>> = Vec::new();
    for need in needs(spec) {
        if asked.len() < MOST_ASKED && !asked.contains(&need) {
            asked.push(need);
        }
    }
    Arc::new(vocabulary.offering(asked.into_iter().filter_map(|asked| reached(spec, asked))))
}

/// The parts of a scope that is asked for by name.
type Asked<'s> = (&'s Purpose, &'s Channel, &'s Recipient);

/// Every need of a spec that names its channel.
fn needs(spec: &JourneySpec) -> impl Iterator<Item = Asked<'_>> {
    let admission = spec.signals.iter().flat_map(|signal| &signal.admission).flatten();
    let sustain = spec.stages.iter().flat_map(|stage| &stage.sustain).flat_map(|sustain| &sustain.needs);
    let effects =
        spec.rules.iter().flat_map(|rule| &rule.effects).flat_map(|effect| {
            std::iter::once(effect.parts()).chain(effect.needs.iter().map(NeedSpec::parts))
        });
    let mut guards = Vec::new();
    for guard in spec.rules.iter().filter_map(|rule| rule.when.as_ref()) {
        consents(guard, &mut guards);
    }
    let needs = admission.chain(sustain).map(NeedSpec::parts).chain(effects);
    let needs = needs.chain(guards.into_iter().map(NeedSpec::parts));
    needs.filter_map(|(purpose, way, recipient)| match way {
        Way::By(channel) => Some((purpose, channel, recipient)),
        Way::OwnNetwork => None,
    })
}

fn consents<'s>(guard: &'s Guard, needs: &mut Vec<&'s NeedSpec>) {
    match guard.test() {
        Test::All(guards) | Test::Any(guards) => guards.iter().for_each(|guard| consents(guard, needs)),
        Test::Not(guard) => consents(guard, needs),
        Test::Consent(need) => needs.push(need),
        Test::Stage(_) | Test::Count(_) | Test::Recency(_) | Test::Attribute(_) => {}
    }
}

/// A scope that one kind of identity reaches, or any; `None` where it depends on the signal.
fn reached(spec: &JourneySpec, (purpose, channel, to): Asked<'_>) -> Option<(Scope, Option<String>)> {
    let declared = |declared: &&ChannelSpec| declared.name == *channel;
    let kind = match spec.catalogue.channels.iter().find(declared)?.reaches.clone() {
        Some(Reaches::Arrival) => return None,
        Some(Reaches::Any) => None,
        Some(Reaches::Kind(kind)) => Some(kind.to_string()),
        None => Some(IdentityKind::needed_by(channel).to_string()),
    };
    Some((Scope::new(purpose.clone(), channel.clone(), to.clone()), kind))
}

fn keep(guard: &Guard, words: &mut Vec<(Name, u8)>) {
    match guard.test() {
        Test::All(guards) | Test::Any(guards) => guards.iter().for_each(|guard| keep(guard, words)),
        Test::Not(guard) => keep(guard, words),
        Test::Count(count) if count.within.is_some() => {
            let most = u8::try_from(count.at_least).unwrap_or(MOST_KEPT).min(MOST_KEPT);
            words.push((count.kind.name().clone(), most));
        }
        Test::Stage(_) | Test::Count(_) | Test::Recency(_) | Test::Attribute(_) | Test::Consent(_) => {}
    }
}
