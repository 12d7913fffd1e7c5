//! How the acts of a line or row come into the ledgers, and what is told of them.

use std::collections::VecDeque;
use std::sync::Arc;

use super::damaged::{self, DamagedStop};
use super::mapping::Mapped;
use super::row::{No, Row};
use super::{Dated, Doubt, DoubtKind, ImportReport, RefusedRow, RowFault, Taken};
use crate::consent::{Act, Appended, Evidence, Grant, Stop};
use crate::contact::Body;
use crate::desk::found::Found;
use crate::desk::op::{Concerned, HaltFor, Make, Take, Took};
use crate::desk::store::{Operation, Plan, Step, Want};
use crate::desk::{DeskError, Terms};
use crate::identity::Identity;
use crate::name::{ActId, Channel, ContactId, Id, Instant, Purpose, Reach, Recipient, Scope};
use crate::wire::read_typed;

/// An import: it makes an operation of each line of acts, or of each row of a table. Whoever drives a store asynchronously
/// uses it as [`Desk::import`](crate::desk::Desk::import) does.
#[derive(Debug)]
pub struct Import {
    terms: Arc<Terms>,
    now: Instant,
    line: u64,
}

impl Import {
    /// An import at this instant.
    #[must_use]
    pub fn new(terms: Arc<Terms>, now: Instant) -> Import {
        Import { terms, now, line: 0 }
    }

    /// The next line of acts; a blank one is none.
    pub fn line(&mut self, text: &str) -> Option<ImportRow> {
        self.line = self.line.saturating_add(1);
        if text.trim().is_empty() {
            return None;
        }
        let mut row = self.begun();
        match act_of(text) {
            Ok((contact, act)) => row.todo.push_back(Todo::Act(contact, Box::new(act))),
            Err(fault) => {
                row.refuse(fault);
                row.todo.extend(damaged::stops(text).into_iter().map(Todo::Damaged));
            }
        }
        Some(row.beginning())
    }

    /// The next row of a table.
    pub fn row<C: AsRef<str>>(&mut self, table: &Mapped, cells: &[C]) -> ImportRow {
        self.line = self.line.saturating_add(1);
        let mut begun = self.begun();
        let mut row = table.row(cells);
        if row.faults.is_empty() && row.noes.is_empty() && row.yeses.is_empty() {
            begun.report.silent = 1;
        }
        for fault in std::mem::take(&mut row.faults) {
            begun.refuse(fault);
        }
        let dated = match (row.acted, table.undated) {
            (Some(acted), _) => (acted, Dated::Row),
            (None, Some(undated)) => (undated, Dated::Mapping),
            (None, None) => (self.now, Dated::Import),
        };
        let row = Arc::new(row);
        begun.todo.extend(row.noes.iter().map(|no| Todo::No(Arc::clone(&row), no.clone(), dated)));
        for scope in &row.yeses {
            match yes(table, &row, scope) {
                Ok(yes) => begun.todo.push_back(yes),
                Err(fault) => begun.refuse(fault),
            }
        }
        begun.beginning()
    }

    fn begun(&self) -> ImportRow {
        let report = ImportReport { rows: 1, ..ImportReport::default() };
        let (terms, todo) = (Arc::clone(&self.terms), VecDeque::new());
        ImportRow { terms, now: self.now, line: self.line, todo, doing: Doing::Done, report }
    }
}

/// What one line or row of an import does, act by act; its answer is what became of it.
#[derive(Debug)]
pub struct ImportRow {
    terms: Arc<Terms>,
    now: Instant,
    line: u64,
    todo: VecDeque<Todo>,
    doing: Doing,
    report: ImportReport,
}

/// An act of a row.
#[derive(Debug)]
enum Todo {
    /// One of a contact that is named.
    Act(ContactId, Box<Act>),
    /// A yes to an address, for whoever has it alone.
    Yes(Box<Yes>),
    /// A no, for whoever it is from.
    No(Arc<Row>, No, (Instant, Dated)),
    /// What could be read of a stop in a line that was refused as a whole.
    Damaged(DamagedStop),
}

/// A yes of a table that names no contacts.
#[derive(Debug)]
struct Yes {
    row: Option<ActId>,
    scope: Scope,
    identity: Identity,
    evidence: Evidence,
    acted: Instant,
    until: Option<Instant>,
}

#[derive(Debug)]
enum Doing {
    Take(Box<Take>),
    /// Who has the address of a yes?
    Holders(Box<Yes>),
    /// Which of them has it in this spelling?
    Holder(Box<Yes>, Vec<ContactId>, Vec<ContactId>),
    /// A no, from when and where its instant is.
    Halt(Box<HaltFor>, Dated),
    Done,
}

impl ImportRow {
    fn beginning(mut self) -> ImportRow {
        self.next();
        self
    }

    fn refuse(&mut self, fault: RowFault) {
        self.report.refused.push(RefusedRow { line: self.line, fault });
    }

    fn next(&mut self) {
        self.doing = Doing::Done;
        while matches!(self.doing, Doing::Done) {
            let Some(todo) = self.todo.pop_front() else { return };
            match todo {
                Todo::Act(contact, act) => self.take(contact, *act),
                Todo::Yes(yes) => self.doing = Doing::Holders(yes),
                Todo::No(row, no, dated) => self.no(&row, no, dated),
                Todo::Damaged(stop) => self.damaged(stop),
            }
        }
    }

    /// An act of a contact that is named, unless it can be seen that it must not be taken.
    fn take(&mut self, contact: ContactId, mut act: Act) {
        act.record_mut().recorded = self.now;
        match self.unfit(&act) {
            Some(fault) => self.refuse(fault),
            None => self.doing = Doing::Take(Box::new(Take::new(Arc::clone(&self.terms), contact, act))),
        }
    }

    fn unfit(&self, act: &Act) -> Option<RowFault> {
        if act.kind().is_stop() {
            return None;
        }
        if act.acted() > self.now {
            return Some(RowFault::NotYetDone);
        }
        let field = self.terms.journey.spec().catalogue.lacks(act.reach()?)?;
        Some(RowFault::UnknownWord { field })
    }

    /// A no, for whoever it is from: the contact that the row names, and whoever has one of its addresses.
    fn no(&mut self, row: &Arc<Row>, no: No, (acted, dated): (Instant, Dated)) {
        // Where it is not known which cell is the id, an address is surer.
        let perhaps = row.perhaps.iter().filter(|_| row.addresses.is_empty());
        let named: Vec<ContactId> = row.contact.iter().chain(perhaps).cloned().collect();
        let (of, recorded) = (Arc::clone(row), self.now);
        let make = move |who: &Concerned| {
            let (No::Never(reach) | No::Withdrawn(reach)) = &no;
            let word = if matches!(no, No::Never(_)) { "never" } else { "no" };
            // The id of a table names one act: that of the first.
            let own = of.act.clone().filter(|_| who.first);
            let id = own.unwrap_or_else(|| act_id(&who.contact, word, reach, acted));
            let stop = match &no {
                No::Never(reach) => Stop::object(id, reach.clone(), acted, recorded),
                No::Withdrawn(reach) => Stop::withdraw(id, reach.clone(), acted, recorded),
            };
            Some(who.identity.iter().cloned().fold(stop.with_evidence(of.evidence()), Stop::about))
        };
        self.halt(named, row.addresses.clone(), Box::new(make), dated);
    }

    fn damaged(&mut self, damaged: DamagedStop) {
        let (acted, dated) = damaged.acted.map_or((self.now, Dated::Import), |acted| (acted, Dated::Row));
        let (named, addresses) = (damaged.contact.clone(), damaged.addresses.clone());
        let recorded = self.now;
        let make = move |who: &Concerned| {
            let own = damaged.id.clone().filter(|_| who.first);
            let id = own.unwrap_or_else(|| act_id(&who.contact, damaged.word(), &damaged.reach, acted));
            let stop = damaged.stop(id, who.identity.as_ref(), who.named, acted)?;
            Some(stop.recorded_at(recorded))
        };
        self.halt(named.into_iter().collect(), addresses, Box::new(make), dated);
    }

    fn halt(&mut self, named: Vec<ContactId>, addresses: Vec<Identity>, make: Box<Make>, dated: Dated) {
        let halt = HaltFor::made(Arc::clone(&self.terms), named, addresses, make);
        self.doing = Doing::Halt(Box::new(halt), dated);
    }

    /// The grant of a yes, for the one contact that has the address, or for a new one.
    fn yes(&mut self, yes: &Yes, holders: &[ContactId]) {
        let contact = match holders {
            [] => self.terms.id_for(&yes.identity),
            [only] => only.clone(),
            _ => return self.refuse(RowFault::SeveralContacts),
        };
        match yes.grant(&contact) {
            Ok(grant) => self.take(contact, grant.into()),
            Err(fault) => self.refuse(fault),
        }
    }

    fn took(&mut self, took: Took, dated: Dated) {
        let Took { contact, act, outcome, opened, foreign } = took;
        self.report.opened = self.report.opened.saturating_add(u64::from(opened));
        if outcome.appended() == Appended::Forgotten {
            return self.refuse(RowFault::Forgotten);
        }
        let again = outcome.appended() == Appended::Again;
        let count = if again { &mut self.report.again } else { &mut self.report.appended };
        *count = count.saturating_add(1);
        if let Act::Stop(stop) = &act {
            let field = self.terms.journey.spec().catalogue.lacks(stop.reach());
            let unknown = field.map(|field| DoubtKind::UnknownWord { field });
            let foreign = foreign.then_some(DoubtKind::ForeignIdentity);
            let id_taken = (outcome.appended() == Appended::IdTaken).then_some(DoubtKind::IdTaken);
            let doubts = unknown.into_iter().chain(foreign).chain(id_taken).filter(|_| !again);
            let line = self.line;
            self.report.doubts.extend(doubts.map(|kind| Doubt { line, kind }));
        }
        let (line, kind, acted) = (self.line, act.kind(), act.acted());
        let act = act.id().clone();
        self.report.taken.push(Taken { line, contact, act, kind, acted, dated, outcome });
    }

    fn taken(&mut self, answer: Result<Option<Took>, DeskError>) {
        match answer {
            Ok(took) => took.into_iter().for_each(|took| self.took(took, Dated::Row)),
            Err(DeskError::Append(error)) => self.refuse(RowFault::Append(error)),
            Err(_) => self.refuse(RowFault::UnknownContact),
        }
    }

    fn halted(&mut self, took: Option<Vec<Took>>, dated: Dated) {
        match took {
            Some(took) => took.into_iter().for_each(|took| self.took(took, dated)),
            None => self.refuse(RowFault::UnknownContact),
        }
    }
}

impl Yes {
    fn grant(&self, contact: &ContactId) -> Result<Grant, RowFault> {
        let Yes { row, scope, identity, evidence, acted, until } = self;
        let id = row.clone().unwrap_or_else(|| act_id(contact, "yes", &scope.clone().into(), *acted));
        let grant = Grant::new(id, scope.clone(), identity.clone(), evidence.clone(), *acted, *acted)?;
        Ok(until.map_or(Ok(grant.clone()), |until| grant.until(until))?)
    }
}

/// What a yes of a row asks to be done.
fn yes(table: &Mapped, row: &Row, scope: &Scope) -> Result<Todo, RowFault> {
    let yes = Yes {
        row: row.act.clone(),
        scope: scope.clone(),
        identity: row.address_for(table, scope)?.clone(),
        evidence: row.evidence(),
        // INVARIANT: a table that can say yes has a column of dates, and a row with a bad one says no yes.
        acted: row.acted.ok_or(RowFault::UnknownContact)?,
        until: row.until,
    };
    match &row.contact {
        Some(contact) => {
            let grant = yes.grant(contact)?;
            Ok(Todo::Act(contact.clone(), Box::new(grant.into())))
        }
        None if table.names_contacts() => Err(RowFault::UnknownContact),
        None => Ok(Todo::Yes(Box::new(yes))),
    }
}

impl Step for ImportRow {
    fn want(&self) -> Want {
        match &self.doing {
            Doing::Take(take) => take.want(),
            Doing::Halt(halt, _) => halt.want(),
            Doing::Holders(yes) => Want { holders: Some(self.terms.key_of(&yes.identity)), ..Want::nobody() },
            Doing::Holder(_, asked, _) => {
                asked.last().map_or_else(Want::nobody, |last| self.terms.want(last))
            }
            Doing::Done => Want::nobody(),
        }
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        match &mut self.doing {
            Doing::Take(take) => take.plan(found),
            Doing::Halt(halt, _) => halt.plan(found),
            Doing::Holders(_) | Doing::Holder(..) | Doing::Done => Plan::default(),
        }
    }

    fn written(&mut self, found: &Found<'_>) {
        match std::mem::replace(&mut self.doing, Doing::Done) {
            Doing::Take(mut take) => {
                take.written(found);
                match take.finish() {
                    Ok(answer) => self.taken(answer),
                    Err(take) => self.doing = Doing::Take(Box::new(take)),
                }
            }
            Doing::Halt(mut halt, dated) => {
                halt.written(found);
                match halt.finish() {
                    Ok(took) => self.halted(took, dated),
                    Err(halt) => self.doing = Doing::Halt(Box::new(halt), dated),
                }
            }
            Doing::Holders(yes) => match found.holders {
                [] => self.yes(&yes, &[]),
                holders => self.doing = Doing::Holder(yes, holders.to_vec(), Vec::new()),
            },
            Doing::Holder(yes, mut asked, mut have) => {
                asked.pop();
                let contact = found.person.map(|loaded| loaded.contact());
                let has =
                    contact.filter(|contact| contact.ledger().identities().any(|own| *own == yes.identity));
                have.extend(has.map(|contact| contact.id().clone()));
                if asked.is_empty() {
                    self.yes(&yes, &have);
                } else {
                    self.doing = Doing::Holder(yes, asked, have);
                }
            }
            Doing::Done => {}
        }
        if matches!(self.doing, Doing::Done) {
            self.next();
        }
    }
}

impl Operation for ImportRow {
    type Answer = ImportReport;

    fn finish(self) -> Result<ImportReport, ImportRow> {
        if matches!(self.doing, Doing::Done) { Ok(self.report) } else { Err(self) }
    }
}

impl Terms {
    /// The id of a contact that is known by an address alone: always the same for the same wide key, and the address
    /// cannot be read from it. With a suppression key nobody without it can try addresses either.
    #[must_use]
    pub fn id_for(&self, identity: &Identity) -> ContactId {
        ContactId::of(Id::made_of(&format!("address\n{}", self.key_of(identity).as_str())))
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
    ActId::of(Id::made_of(&format!("{contact}\n{word}\n{purpose}\n{channel}\n{recipient}\n{acted}")))
}
