//! The needs of a journey, wherever they stand, and how each can be asked for otherwise.

use placet::{
    JourneySpec,
    journey::{NeedSpec, Way},
    name::SELF,
};

/// Several needs in words.
pub(super) fn all_words(needs: &[NeedSpec]) -> String {
    needs.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

/// The same need with one part changed: every other purpose, way and recipient of the catalogue.
pub(super) fn others(spec: &JourneySpec, need: &NeedSpec) -> Vec<NeedSpec> {
    let catalogue = &spec.catalogue;
    let purposes = catalogue.purposes.iter().filter(|purpose| **purpose != need.purpose);
    let purposes = purposes.map(|purpose| NeedSpec { purpose: purpose.clone(), ..need.clone() });
    let networks = catalogue.channels.iter().any(|channel| channel.name.network().is_some());
    let ways = catalogue.channels.iter().map(|channel| Way::By(channel.name.clone()));
    let ways = ways.chain(networks.then_some(Way::OwnNetwork)).filter(|way| *way != need.channel);
    let ways = ways.map(|channel| NeedSpec { channel, ..need.clone() });
    let recipients = std::iter::once(SELF).chain(catalogue.recipients.iter().cloned());
    let recipients = recipients.filter(|recipient| *recipient != need.recipient);
    let recipients = recipients.map(|recipient| NeedSpec { recipient, ..need.clone() });
    purposes.chain(ways).chain(recipients).collect()
}
