//! How the acts of an import come into the ledgers of a book, and what is told of them.

use uuid::Uuid;

use super::damaged::{self, DamagedStop};
use super::mapping::Mapped;
use super::row::{No, Row};
use super::{Book, Dated, Doubt, DoubtKind, ImportReport, RefusedRow, RowFault, Taken};
use crate::book::BookError;
use crate::book::kept::Keeps;
use crate::consent::{Act, Appended, Evidence, Grant, Stop};
use crate::contact::{Body, Contact};
use crate::identity::Identity;
use crate::name::{ActId, Channel, ContactId, Id, Instant, Purpose, Reach, Recipient, Scope};
use crate::wire::read_typed;

/// An import on its way: one line after the other.
pub(super) struct Import<'k, K> {
    kept: &'k mut K,
    now: Instant,
    line: u64,
    report: ImportReport,
}

/// Somebody whom a no of an import is for.
struct Concerned {
    contact: ContactId,
    /// The address that the no is about, under which the contact is opened if it is not there.
    identity: Option<Identity>,
    /// Whether the line names the contact, and not only an address of it.
    named: bool,
}

impl<'k, K: Keeps> Import<'k, K> {
    pub(super) fn new(kept: &'k mut K, now: Instant) -> Import<'k, K> {
        Import { kept, now, line: 0, report: ImportReport::default() }
    }

    pub(super) fn lines<T: AsRef<str>>(
        mut self,
        lines: impl IntoIterator<Item = T>,
    ) -> Result<ImportReport, K::Error> {
        for text in lines {
            self.line = self.line.saturating_add(1);
            let text = text.as_ref();
            if text.trim().is_empty() {
                continue;
            }
            self.report.rows = self.report.rows.saturating_add(1);
            match act_of(text) {
                Ok((contact, act)) => self.take(&contact, act, Dated::Row)?,
                Err(fault) => {
                    self.refuse(fault);
                    for stop in damaged::stops(text) {
                        self.damaged_stop(&stop)?;
                    }
                }
            }
        }
        Ok(self.report)
    }

    pub(super) fn rows<R: AsRef<[C]>, C: AsRef<str>>(
        mut self,
        table: &Mapped,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<ImportReport, K::Error> {
        for cells in rows {
            self.line = self.line.saturating_add(1);
            self.report.rows = self.report.rows.saturating_add(1);
            let mut row = table.row(cells.as_ref());
            if row.faults.is_empty() && row.noes.is_empty() && row.yeses.is_empty() {
                self.report.silent = self.report.silent.saturating_add(1);
            }
            for fault in std::mem::take(&mut row.faults) {
                self.refuse(fault);
            }
            self.noes(table, &row)?;
            for scope in &row.yeses {
                self.yes(table, &row, scope)?;
            }
        }
        Ok(self.report)
    }

    fn refuse(&mut self, fault: RowFault) {
        self.report.refused.push(RefusedRow { line: self.line, fault });
    }

    /// The noes of a row, for whoever they are from: the contact that it names, and whoever has one of its addresses.
    fn noes(&mut self, table: &Mapped, row: &Row) -> Result<(), K::Error> {
        let (acted, dated) = match (row.acted, table.undated) {
            (Some(acted), _) => (acted, Dated::Row),
            (None, Some(undated)) => (undated, Dated::Mapping),
            (None, None) => (self.now, Dated::Import),
        };
        for no in &row.noes {
            let book = self.kept.book();
            // Where it is not known which cell is the id, an address is surer.
            let mut perhaps =
                row.perhaps.iter().filter(|id| row.addresses.is_empty() && book.memory.own(id).is_some());
            let concerned = book.concerned(row.contact.as_ref().or_else(|| perhaps.next()), &row.addresses);
            if concerned.is_empty() {
                self.refuse(RowFault::UnknownContact);
            }
            for (place, who) in concerned.iter().enumerate() {
                let (No::Never(reach) | No::Withdrawn(reach)) = no;
                let word = if matches!(no, No::Never(_)) { "never" } else { "no" };
                // The id of a table names one act: that of the first.
                let own = row.act.clone().filter(|_| place == 0);
                let id = own.unwrap_or_else(|| act_id(&who.contact, word, reach, acted));
                let stop = match no {
                    No::Never(reach) => Stop::object(id, reach.clone(), acted, acted),
                    No::Withdrawn(reach) => Stop::withdraw(id, reach.clone(), acted, acted),
                };
                let stop = stop.with_evidence(row.evidence());
                let stop = who.identity.iter().cloned().fold(stop, Stop::about);
                self.no(who, stop, dated)?;
            }
        }
        Ok(())
    }

    /// What could be read of a stop in a line that was refused as a whole.
    fn damaged_stop(&mut self, damaged: &DamagedStop) -> Result<(), K::Error> {
        let (acted, dated) = damaged.acted.map_or((self.now, Dated::Import), |acted| (acted, Dated::Row));
        let concerned = self.kept.book().concerned(damaged.contact.as_ref(), &damaged.addresses);
        if concerned.is_empty() {
            self.refuse(RowFault::UnknownContact);
        }
        for (place, who) in concerned.iter().enumerate() {
            let own = damaged.id.clone().filter(|_| place == 0);
            let id = own.unwrap_or_else(|| act_id(&who.contact, damaged.word(), &damaged.reach, acted));
            if let Some(stop) = damaged.stop(id, who.identity.as_ref(), who.named, acted) {
                self.no(who, stop, dated)?;
            }
        }
        Ok(())
    }

    fn no(&mut self, who: &Concerned, stop: Stop, dated: Dated) -> Result<(), K::Error> {
        if let Some(identity) = who.identity.clone().filter(|_| !who.named) {
            // Whoever has lost the address gets it back: the no must be found under it. The book's answer says nothing
            // that matters here: a contact that is not there is opened with the address.
            if self.kept.book().memory.own(&who.contact).is_some()
                && !self.kept.book().has(&who.contact, &identity)
            {
                let _ = self.kept.link(&who.contact, identity)?;
            }
        }
        self.take(&who.contact, stop.into(), dated)
    }

    fn yes(&mut self, table: &Mapped, row: &Row, scope: &Scope) -> Result<(), K::Error> {
        match self.grant(table, row, scope) {
            Ok((contact, grant)) => self.take(&contact, grant.into(), Dated::Row),
            Err(fault) => {
                self.refuse(fault);
                Ok(())
            }
        }
    }

    fn grant(&self, table: &Mapped, row: &Row, scope: &Scope) -> Result<(ContactId, Grant), RowFault> {
        let identity = row.address_for(table, scope)?;
        let contact = match &row.contact {
            Some(contact) => contact.clone(),
            None if table.names_contacts() => return Err(RowFault::UnknownContact),
            None => self.kept.book().only_holder(identity)?,
        };
        // INVARIANT: a table that can say yes has a column of dates, and a row with a bad one says no yes.
        let acted = row.acted.ok_or(RowFault::UnknownContact)?;
        let reach = scope.clone().into();
        let id = row.act.clone().unwrap_or_else(|| act_id(&contact, "yes", &reach, acted));
        let evidence: Evidence = row.evidence();
        let grant = Grant::new(id, scope.clone(), identity.clone(), evidence, acted, acted)?;
        let grant = row.until.map_or(Ok(grant.clone()), |until| grant.until(until))?;
        Ok((contact, grant))
    }

    /// Brings one act into one ledger, or says why not.
    fn take(&mut self, contact: &ContactId, mut act: Act, dated: Dated) -> Result<(), K::Error> {
        act.record_mut().recorded = self.now;
        let doubts = self.kept.book().doubts(contact, &act);
        let opens = match self.kept.book().may_take(contact, &act, self.now) {
            Ok(opens) => opens,
            Err(fault) => {
                self.refuse(fault);
                return Ok(());
            }
        };
        if let Some(identity) = act.identity().filter(|_| opens).cloned() {
            // INVARIANT: there is no such contact, so that it can be opened.
            let opened = self.kept.open(contact.clone(), identity)?.is_ok();
            self.report.opened = self.report.opened.saturating_add(u64::from(opened));
        }
        let line = self.line;
        let (id, kind, acted) = (act.id().clone(), act.kind(), act.acted());
        match self.kept.append(contact, act)? {
            Ok(outcome) if outcome.appended() == Appended::Forgotten => self.refuse(RowFault::Forgotten),
            Ok(outcome) => {
                let again = outcome.appended() == Appended::Again;
                let count = if again { &mut self.report.again } else { &mut self.report.appended };
                *count = count.saturating_add(1);
                let id_taken = (outcome.appended() == Appended::IdTaken).then_some(DoubtKind::IdTaken);
                let doubts = doubts.into_iter().chain(id_taken).filter(|_| !again);
                self.report.doubts.extend(doubts.map(|kind| Doubt { line, kind }));
                let contact = contact.clone();
                self.report.taken.push(Taken { line, contact, act: id, kind, acted, dated, outcome });
            }
            Err(BookError::Append(error)) => self.refuse(RowFault::Append(error)),
            Err(_) => self.refuse(RowFault::UnknownContact),
        }
        Ok(())
    }
}

impl Book {
    /// Whom a no of an import is for: the contact that is named, if it is there or can be opened, and whoever has one of
    /// the addresses. For an address that nobody has there is a contact whose id is made from its key.
    fn concerned(&self, contact: Option<&ContactId>, addresses: &[Identity]) -> Vec<Concerned> {
        let mut concerned: Vec<Concerned> = Vec::new();
        if let Some(contact) = contact {
            let there = self.memory.own(contact);
            let identity = match there {
                Some(there) => addresses.iter().find_map(|address| self.own_spelling(there, address)),
                None => addresses.first().cloned(),
            };
            if there.is_some() || identity.is_some() {
                let contact = there.map_or(contact, Contact::id).clone();
                concerned.push(Concerned { contact, identity, named: true });
            }
        }
        for address in addresses {
            let holders = self.memory.sharers(address);
            let mut holders: Vec<_> =
                holders.map(|holder| (holder.id().clone(), self.own_spelling(holder, address))).collect();
            let key = self.memory.terms().key_of(address);
            let covers = |who: &Concerned| {
                who.identity.as_ref().is_some_and(|other| self.memory.terms().key_of(other) == key)
            };
            if holders.is_empty() && !concerned.iter().any(covers) {
                holders.push((self.id_for(address), Some(address.clone())));
            }
            for (contact, identity) in holders {
                if concerned.iter().all(|who| who.contact != contact) {
                    concerned.push(Concerned { contact, identity, named: false });
                }
            }
        }
        concerned
    }

    /// An address as a contact has it, if it has it in any spelling.
    fn own_spelling(&self, contact: &Contact, address: &Identity) -> Option<Identity> {
        let key = self.memory.terms().key_of(address);
        let mut own = contact.ledger().identities();
        own.find(|own| self.memory.terms().key_of(own) == key).cloned()
    }

    fn has(&self, contact: &ContactId, address: &Identity) -> bool {
        self.memory.own(contact).is_some_and(|contact| self.own_spelling(contact, address).is_some())
    }

    /// The contact that a yes to an address is for, where no contact is named: the one that has it, or a new one.
    fn only_holder(&self, identity: &Identity) -> Result<ContactId, RowFault> {
        let sharers = self.memory.sharers(identity);
        let mut holders = sharers.filter(|holder| holder.ledger().identities().any(|own| own == identity));
        match (holders.next(), holders.next()) {
            (Some(holder), None) => Ok(holder.id().clone()),
            (Some(_), Some(_)) => Err(RowFault::SeveralContacts),
            (None, _) => Ok(self.id_for(identity)),
        }
    }

    /// The id of a contact that is known by an address alone: always the same for the same wide key, and the address
    /// cannot be read from it. In a book with a suppression key nobody without the key can try addresses either.
    fn id_for(&self, identity: &Identity) -> ContactId {
        let key = self.memory.terms().key_of(identity);
        ContactId::of(uuid(&format!("address\n{}", key.as_str())))
    }

    /// Whether the act may be appended, and whether its contact must be opened first. Nothing is changed before this is known.
    fn may_take(&self, contact: &ContactId, act: &Act, now: Instant) -> Result<bool, RowFault> {
        let go = !act.kind().is_stop();
        if go && act.acted() > now {
            return Err(RowFault::NotYetDone);
        }
        if let Some(reach) = act.reach().filter(|_| go) {
            if let Some(field) = self.journey().spec().catalogue.lacks(reach) {
                return Err(RowFault::UnknownWord { field });
            }
        }
        if self.memory.own(contact).is_some() {
            return Ok(false);
        }
        act.identity().map(|_| true).ok_or(RowFault::UnknownContact)
    }

    fn doubts(&self, contact: &ContactId, act: &Act) -> Vec<DoubtKind> {
        let Act::Stop(stop) = act else {
            return Vec::new();
        };
        let unknown =
            self.journey().spec().catalogue.lacks(stop.reach()).map(|field| DoubtKind::UnknownWord { field });
        let foreign = self.memory.own(contact).is_some()
            && act.identity().is_some_and(|identity| !self.has(contact, identity));
        unknown.into_iter().chain(foreign.then_some(DoubtKind::ForeignIdentity)).collect()
    }
}

fn act_of(text: &str) -> Result<(ContactId, Act), RowFault> {
    let entry = read_typed(text)??;
    match entry.body() {
        Body::Act(act) => Ok((entry.contact().clone(), act.clone())),
        _ => Err(RowFault::NoAct),
    }
}

/// The id of an act that has none: one that the same row always has. It holds nothing of the address.
fn act_id(contact: &ContactId, word: &str, reach: &Reach, acted: Instant) -> ActId {
    const ANY: &str = super::loosely::ANY;
    let (purpose, channel, recipient) = reach.parts();
    let purpose = purpose.map_or(ANY, Purpose::as_str);
    let channel = channel.map_or(ANY, Channel::as_str);
    let recipient = recipient.map_or(ANY, Recipient::as_str);
    ActId::of(uuid(&format!("{contact}\n{word}\n{purpose}\n{channel}\n{recipient}\n{acted}")))
}

fn uuid(text: &str) -> Id {
    const NAMESPACE: Uuid = Uuid::from_u128(0x1b6f_83c4_2d0e_5a17_8c55_706c_6163_6574);
    // INVARIANT: the text of a UUID is an id.
    Id::new(&Uuid::new_v5(&NAMESPACE, text.as_bytes()).to_string()).unwrap_or(Id::ERASED)
}
