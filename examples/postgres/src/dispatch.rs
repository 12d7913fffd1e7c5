//! To send what waits: one event a transaction, picked so that dispatchers do not wait for each other.

use std::convert::Infallible;
use std::time::Duration;

use placet::desk::{Dispatch, Dispatched, DriveError, Replied, ReplyTo, Step};
use placet::{ActId, ContactId, Event, Reply};
use tokio::sync::watch;

use crate::read::{all, name};
use crate::store::{BESIDE, Ended};
use crate::wire::{Letterhead, NotTaken, Sending, Slot, Wire};
use crate::{Done, Postgres, StoreError, now};

/// The oldest event that waits and that nobody is at work on, nor on its person: both are locked with it.
const PICK: &str = "SELECT o.key, o.contact FROM outbox o
    JOIN contacts c ON c.id = o.contact JOIN persons p ON p.id = c.person
    WHERE o.became IS NULL ORDER BY o.place LIMIT 1 FOR UPDATE OF p, o SKIP LOCKED";

/// How long to rest where nothing waits, or the gateway takes nothing.
const REST: Duration = Duration::from_millis(100);

impl Postgres {
    /// Sends the oldest event that waits and is free; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`]. Whether the gateway has taken it is not known then: it may see the same key again.
    pub async fn dispatch_next(
        &self,
        wire: &dyn Wire,
        head: &Letterhead,
    ) -> Done<Option<Dispatched<NotTaken>>> {
        let mut database = self.pool().get().await?;
        let transaction = database.transaction().await?;
        all(&transaction, BESIDE, &[]).await?;
        let picked = all(&transaction, PICK, &[]).await?;
        let Some(row) = picked.first() else { return Ok(None) };
        let key: String = row.try_get(0)?;
        let slot = Slot::default();
        let mut gateway = |event: Event<'_>| -> Result<(), Infallible> {
            slot.put(head.event(&event));
            Ok(())
        };
        let mut handing = Sending { slot: slot.clone(), wire };
        let (Ok(event), Ok(contact)) = (name(key.clone()), name(row.try_get(1)?)) else {
            drop(transaction);
            self.put_behind(&key).await;
            return Ok(Some(Dispatched::NotQueued));
        };
        // The time once the person is locked: no stop that was acknowledged before is later.
        let mut dispatch = Dispatch::new(self.terms().clone(), event, contact, now(), &mut gateway);
        let want = dispatch.want();
        let ended = match self.within(&transaction, &mut dispatch, &want, &mut handing, false).await {
            Ok(Ended::Written(read)) => match transaction.commit().await {
                Ok(()) => {
                    read.with(|found| dispatch.written(found));
                    Ok(true)
                }
                Err(error) => Err(error.into()),
            },
            Ok(Ended::NotHanded) => {
                drop(transaction);
                drop(database);
                self.put_behind(&key).await;
                return Ok(Some(Dispatched::Failed(NotTaken)));
            }
            Ok(_) => {
                drop(transaction);
                Ok(false)
            }
            Err(error) => {
                drop(transaction);
                Err(error)
            }
        };
        drop(database);
        let again = match ended {
            Ok(written) => !written,
            Err(error) if error.is_conflict() => true,
            Err(error) => {
                self.put_behind(&key).await;
                return Err(error);
            }
        };
        // What has gone out is written down, and does not go out again.
        if again && !matches!(self.step_handing(&mut dispatch, &mut handing).await?, Ended::Written(_)) {
            self.put_behind(&key).await;
            return Ok(Some(Dispatched::Failed(NotTaken)));
        }
        Ok(placet::desk::Operation::finish(dispatch).ok().map(|answer| match answer {
            Dispatched::Sent => Dispatched::Sent,
            Dispatched::Refused(no) => Dispatched::Refused(no),
            Dispatched::AlreadySent => Dispatched::AlreadySent,
            Dispatched::Dropped => Dispatched::Dropped,
            Dispatched::NotQueued => Dispatched::NotQueued,
            Dispatched::Failed(never) => match never {},
        }))
    }

    /// Answers an act, at most once; with a secret it is asked to be confirmed.
    ///
    /// # Errors
    /// [`DriveError`].
    pub async fn reply(
        &self,
        contact: &ContactId,
        act: &ActId,
        secret: Option<[u8; 16]>,
        wire: &dyn Wire,
        head: &Letterhead,
    ) -> Result<Replied<Infallible>, DriveError<StoreError>> {
        let slot = Slot::default();
        let mut gateway = |reply: Reply<'_>| -> Result<(), Infallible> {
            slot.put(head.reply(&reply, secret));
            Ok(())
        };
        let mut handing = Sending { slot: slot.clone(), wire };
        let reply = ReplyTo::new(self.terms().clone(), contact.clone(), act.clone(), now(), &mut gateway);
        match self.drive_handing(reply, &mut handing).await? {
            Some(answer) => Ok(answer?),
            None => Err(DriveError::Busy),
        }
    }

    /// Sends what waits until told to stop; then the event at hand is finished.
    pub async fn dispatch_all(&self, wire: &dyn Wire, head: &Letterhead, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.dispatch_next(wire, head).await {
                Ok(Some(Dispatched::Failed(_)) | None) => rest(&mut stop).await,
                Err(error) => {
                    crate::service::note(&error);
                    rest(&mut stop).await;
                }
                Ok(Some(_)) => {}
            }
        }
    }
}

async fn rest(stop: &mut watch::Receiver<bool>) {
    let _ = tokio::time::timeout(REST, stop.wait_for(|stop| *stop)).await;
}
