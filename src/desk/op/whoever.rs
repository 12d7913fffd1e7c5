//! A no for whoever it is from: an address on a do-not-contact list, a form without an account.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use super::take::{Take, Took};
use crate::consent::Stop;
use crate::desk::Terms;
use crate::desk::found::Found;
use crate::desk::store::{Operation, Plan, Step, Want};
use crate::identity::Identity;
use crate::name::ContactId;

/// Appends a stop to the contact that is named, and to whoever has one of the addresses, in any spelling. For an address that
/// nobody has a contact is opened, whose id is made from the key of the address ([`Terms::id_for`]): the no is there before
/// the contact is (S13). Identities are never linked to somebody else.
pub struct HaltFor {
    terms: Arc<Terms>,
    /// Who is opened where none of those named is there.
    first: Option<ContactId>,
    /// Who may be named, and is not looked for yet: the first who is there counts.
    named: VecDeque<ContactId>,
    addresses: Vec<Identity>,
    /// The addresses whose holders are not looked for yet.
    asked: VecDeque<Identity>,
    make: Box<Make>,
    /// Whom it is for, as far as that is known.
    concerned: VecDeque<Concerned>,
    /// Whose turn it was or will be: a contact hears it once.
    known: BTreeSet<ContactId>,
    doing: Doing,
    done: Vec<Took>,
}

/// The stop for one of those whom it is for.
pub(in crate::desk) type Make = dyn Fn(&Concerned) -> Option<Stop> + Send;

/// Somebody whom it is for.
#[derive(Debug, Clone)]
pub(in crate::desk) struct Concerned {
    pub(in crate::desk) contact: ContactId,
    /// The address that it is about, under which the contact is opened if it is not there.
    pub(in crate::desk) identity: Option<Identity>,
    /// Whether the contact is named, and not only an address of it.
    pub(in crate::desk) named: bool,
    /// Whether it is the first of them.
    pub(in crate::desk) first: bool,
}

#[derive(Debug)]
enum Doing {
    /// Is this one there who is named, and which of the addresses does it have?
    Named(ContactId),
    /// Who has this address?
    Address(Identity),
    /// One after the other.
    Take(Box<Take>),
    Done,
}

impl HaltFor {
    /// To append this stop for whoever has an address.
    #[must_use]
    pub fn new(terms: Arc<Terms>, address: Identity, stop: Stop) -> HaltFor {
        let about = address.clone();
        let make = move |_: &Concerned| Some(stop.clone().about(about.clone()));
        HaltFor::made(terms, None, vec![address], Box::new(make))
    }

    pub(in crate::desk) fn made(
        terms: Arc<Terms>,
        named: impl IntoIterator<Item = ContactId>,
        addresses: Vec<Identity>,
        make: Box<Make>,
    ) -> HaltFor {
        let (named, asked): (VecDeque<_>, VecDeque<_>) =
            (named.into_iter().collect(), addresses.iter().cloned().collect());
        let first = named.front().cloned();
        let (concerned, known, doing, done) = (VecDeque::new(), BTreeSet::new(), Doing::Done, Vec::new());
        let mut op = HaltFor { terms, first, named, addresses, asked, make, concerned, known, doing, done };
        op.next();
        op
    }

    /// Looks for those whom it is for, then takes one after the other.
    fn next(&mut self) {
        self.doing = if let Some(named) = self.named.pop_front() {
            Doing::Named(named)
        } else if let Some(address) = self.asked.pop_front() {
            Doing::Address(address)
        } else {
            loop {
                let Some(who) = self.concerned.pop_front() else { break Doing::Done };
                if let Some(stop) = (self.make)(&who) {
                    let take = Take::new(Arc::clone(&self.terms), who.contact, stop.into());
                    break Doing::Take(Box::new(if who.named { take } else { take.for_holder() }));
                }
            }
        };
    }

    fn concern(&mut self, contact: ContactId, identity: Option<Identity>, named: bool) {
        if self.known.insert(contact.clone()) {
            let first = self.known.len() == 1;
            self.concerned.push_back(Concerned { contact, identity, named, first });
        }
    }

    fn named(&mut self, named: ContactId, found: &Found<'_>) {
        if let Some(there) = found.person.map(|loaded| loaded.contact()) {
            let own = self.addresses.iter().find_map(|address| self.terms.spelled_by(there, address));
            self.concern(there.id().clone(), own, true);
        } else if found.unread.is_some() {
            self.concern(named, self.addresses.first().cloned(), true);
        } else {
            if let Some((first, address)) =
                self.first.clone().zip(self.addresses.first().cloned()).filter(|_| self.named.is_empty())
            {
                self.concern(first, Some(address), true);
            }
            return;
        }
        self.named.clear();
    }

    fn address(&mut self, address: &Identity, found: &Found<'_>) {
        let key = self.terms.key_of(address);
        let covers =
            |who: &Concerned| who.identity.as_ref().is_some_and(|other| self.terms.key_of(other) == key);
        let covered = self.concerned.iter().any(covers);
        for holder in found.holders {
            self.concern(holder.clone(), Some(address.clone()), false);
        }
        if found.holders.is_empty() && !covered {
            self.concern(self.terms.id_for(address), Some(address.clone()), false);
        }
    }
}

impl Step for HaltFor {
    fn want(&self) -> Want {
        match &self.doing {
            Doing::Named(named) => Want { unread: true, ..self.terms.want(named) },
            Doing::Address(address) => {
                let contact = self.terms.id_for(address);
                Want { holders: Some(self.terms.key_of(address)), unread: true, ..self.terms.want(&contact) }
            }
            Doing::Take(take) => take.want(),
            Doing::Done => Want::nobody(),
        }
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        match &mut self.doing {
            Doing::Take(take) => take.plan(found),
            _ => Plan::default(),
        }
    }

    fn written(&mut self, found: &Found<'_>) {
        match std::mem::replace(&mut self.doing, Doing::Done) {
            Doing::Named(named) => self.named(named, found),
            Doing::Address(address) => self.address(&address, found),
            Doing::Take(mut take) => {
                take.written(found);
                match take.finish() {
                    // INVARIANT: whoever is not there is opened, and a stop is never refused.
                    Ok(took) => self.done.extend(took.ok().flatten()),
                    Err(take) => {
                        self.doing = Doing::Take(Box::new(take));
                        return;
                    }
                }
            }
            Doing::Done => {}
        }
        self.next();
    }
}

impl Operation for HaltFor {
    /// For whom it was appended; `None` where it is for nobody: nobody is named who is there, and there is no address.
    type Answer = Option<Vec<Took>>;

    fn finish(self) -> Result<Self::Answer, HaltFor> {
        match self.doing {
            Doing::Done => Ok((!self.known.is_empty()).then_some(self.done)),
            _ => Err(self),
        }
    }
}

/// Addresses are not shown.
impl fmt::Debug for HaltFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HaltFor")
            .field("doing", &self.doing)
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}
