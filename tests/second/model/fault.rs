//! Seeded faults: each breaks exactly one clause of the oracle, so that a property can show that it would see it.

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $name:ident $(= $law:literal)?,)+) => {
        /// A clause of SPEC broken on purpose; [`Fault::None`] breaks nothing.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub enum Fault {
            #[default]
            None,
            $($(#[doc = $doc])+ $name,)+
        }

        impl Fault {
            /// Every fault but `None`.
            pub const ALL: &[Fault] = &[$(Fault::$name,)+];

            /// The law of SPEC section 5 that this fault is seeded for, if it is the chosen one of a law.
            pub fn law(self) -> Option<u8> {
                match self {
                    $($(Fault::$name => Some($law),)?)+
                    _ => None,
                }
            }
        }
    };
}

faults! {
    // One for each law. Laws 7 and 8 are broken in the reading of text; law 9 is a matter of types and has none.
    /// Law 1: of several stops only the one recorded last is looked at.
    LastStopLineOnly = 1,
    /// Law 2, S4: a stop that leaves out a part matches nothing.
    WideStopIsNarrow = 2,
    /// Law 3, S7: the grant recorded last is current, whatever its `at`.
    LineOrderDecides = 3,
    /// Law 4, S2: a re-delivered line acts and is answered again.
    ReDeliveryActs = 4,
    /// Law 5, S1: an ask sees the acts below it.
    SeesBelow = 5,
    /// Law 6, S15: after a merge a grant holds for every id of the joint contact.
    GrantFollowsMerge = 6,
    /// Law 7: replay from text cuts the fraction of a second.
    FractionLost = 7,
    /// Law 8, S3: an instant is read without its offset.
    OffsetIgnored = 8,
    /// Law 10: a stop is forgotten five seconds after its date.
    StopFades = 10,
    /// Law 11: a refusal names the first act on record, not the one that caused it.
    BlamesAnother = 11,
    /// Law 12: who stands at a stage is permitted.
    StageImpliesPermission = 12,
    /// Law 13, S32: an act is answered twice.
    ReplyTwice = 13,
    /// Law 14, S6: an act counts as of its `at`, whenever it was recorded.
    RecordIgnored = 14,
    // Record, stops and goes.
    /// S9: a grant survives a stop at its own instant.
    GoBeatsStopOnTie,
    /// S7: an older grant comes back when a newer one has expired.
    OlderGrantReturns,
    /// S7: of two grants at one instant the one that ends last is current.
    LongerGrantWins,
    /// S6: a stop dated in the future waits for its date.
    FutureStopWaits,
    /// S6: a grant dated in the future counts at once.
    FutureGrantCounts,
    /// S8: `until` is inclusive.
    UntilInclusive,
    /// S4, S5: a grant to `self` permits every recipient.
    WideGo,
    /// S10: an objection blocks nothing later.
    ObjectDoesNotBlock,
    /// S10: a lifted objection never happened.
    UnobjectPermits,
    /// S10, S11: a lift at the instant of its stop lifts it.
    LiftOnTie,
    /// S11: a lift of any id of the joint contact lifts for all.
    LiftElsewhereLifts,
    /// S11: a lift lifts every scope of its contact.
    WideLift,
    /// S11: a restriction is ignored.
    RestrictIgnored,
    /// S12: an erasure waits for its date.
    ErasureWaits,
    /// S7: of two grants that end together the greater id is current.
    GreaterIdWins,
    /// S7: ids are compared as letters, not as bytes.
    LettersNotBytes,
    /// S6: a grant counts from its instant on, whenever it begins.
    BeginsIgnored,
    /// S7: a grant ranks by its beginning.
    BeginsRanks,
    /// S4: a stop that is only about its address is about all.
    OnlyIgnored,
    /// S4: a stop that is only about its address comes with a merge.
    OnlyFollowsMerge,
    /// S4: a stop that is only about its address crosses a key.
    OnlyCrosses,
    /// S2: the instant of recording is content.
    RecordIsContent,
    /// S2: of two deliveries the last record stands.
    LastRecordStands,
    /// Section 3: ids that differ in case are one.
    IdsFolded,
    // Pauses.
    /// S30: a pause is ignored.
    PauseIgnored,
    /// S30: a pause does not end by itself.
    PauseForever,
    /// S30: a pause lasts through its `until`.
    PauseInclusive,
    /// S30: a grant at the instant of a pause is not held back.
    PauseLosesTie,
    /// S30: a later grant does not end a pause.
    PauseOutlivesGrant,
    /// S30: a pause is told as a withdrawal while it lasts.
    PauseIsWithdraw,
    /// S17: what has expired is told as paused.
    PausedNotExpired,
    // Void acts.
    /// S31: a void does nothing.
    VoidIgnored,
    /// S31: a void grant displaces nothing.
    VoidReopens,
    /// S31: a grant that is void and was never confirmed is pending.
    VoidPends,
    /// S31: anybody may make an act void.
    VoidByAnybody,
    /// S31: a void in the future waits for its date.
    VoidWaits,
    /// S31: a stop can be made void.
    StopMadeVoid,
    /// S31: a void confirm confirms.
    VoidConfirmCounts,
    /// S31: a void lift lifts.
    VoidLiftCounts,
    /// S17: a void grant is told as expired.
    VoidIsExpired,
    /// S17: a refusal is told as a withdrawal.
    RefusedIsWithdrawn,
    /// S17: the order of `restricted` and `objected` is turned.
    ObjectedFirst,
    // Double opt-in.
    /// S25: a confirmed grant ranks by its confirm.
    LateConfirmRevives,
    /// S25: a confirm at `confirm_by` is in time.
    ConfirmByInclusive,
    /// S25: anybody may confirm.
    ConfirmedByAnybody,
    /// S25: an unconfirmed grant permits.
    ConfirmIgnored,
    /// S25: an unconfirmed grant displaces an older one.
    PendingDisplaces,
    // Persons.
    /// S13: a grant crosses a shared key.
    GrantCrossesKey,
    /// S13: no stop crosses a shared key.
    KeyIgnored,
    /// S13: sharing a key is transitive.
    KeyIsTransitive,
    /// S13: an erasure that crosses is final.
    CrossedErasureIsFinal,
    /// S13: an erasure does not cross.
    ErasureStays,
    /// S13: an objection crosses as an objection.
    ObjectionCrosses,
    /// S13: an objection does not cross.
    ObjectionStays,
    /// S14: a merge is not transitive.
    MergeIsDirect,
    /// S15: a stop stays with the id it was given under.
    StopStaysWithId,
    /// S23: after a merge the stage is that of `into`.
    MergeTakesStageOfInto,
    /// S23: a stage is as far along as its last mention.
    LastMentionRanks,
    // Journey.
    /// S18: an admitted signal does not make a contact known.
    SignalMakesUnknown,
    /// S26: admission is not asked for.
    AdmissionIgnored,
    /// S26: an unadmitted signal leaves its trace.
    UnadmittedLeavesTrace,
    /// S27: every stage stands.
    SustainIgnored,
    /// S27: the last sustain line that fails decides.
    LastSustainDecides,
    /// S27: the stage of an `else` is not judged in turn.
    ElseNotJudged,
    /// S19: the last rule that fits is taken.
    LastRuleTaken,
    /// S20: a refused effect holds back the move.
    RefusedDoesNotMove,
    /// S20: a restricted contact moves.
    RestrictedMoves,
    /// S12, S20: an erased contact keeps its stage.
    ErasedKeepsStage,
    /// S21: permission is asked as of the signal's `at`.
    AskedWhenItHappened,
    /// S21: only the first need is asked.
    FirstNeedOnly,
    // Send.
    /// S22: what was queued is sent unasked.
    QueueIsTrusted,
    /// S22: a clock that ran back is believed.
    ClockBackRevives,
    /// S22: a clock that ran back is not asked at its own instant.
    ClockBackAsksOnce,
    /// S22: of two instants the reason is that of the signal's first.
    DecidedReasonFirst,
    /// S22: the occasion is asked at the send's own `now`.
    OccasionAtOwnNow,
    /// S22: it is never too late.
    WithinIgnored,
    /// S22: it is not too late at the end of `within`.
    WithinInclusive,
    /// S22: `within` is counted from the signal's `at`.
    WithinFromAt,
    /// S22: no occasion has passed.
    StillIgnored,
    /// S22: `still` is asked of the held stage.
    StillAsksHeld,
    /// S22: `passed` is told before `too_late`.
    PassedBeforeTooLate,
    /// S22: what was sent is sent again.
    SentTwice,
    /// S22: a dropped emission is asked again.
    DroppedReturns,
    // Reply.
    /// S32: a reply that was refused is asked again.
    ReplyAgain,
    /// S32: an erased person is answered.
    ReplyAfterErasure,
    /// S32: a grant that needs no confirm is answered.
    ReplyToAnyGrant,
    /// S32: a restriction and a pause are answered.
    ReplyToAnyStop,
    /// S32: a reply is asked at its own `now`, before its act was done.
    ReplyAtOwnNow,
    /// S32: a void grant is answered.
    ReplyToVoid,
    /// S32: a confirmed grant is answered.
    ReplyToConfirmed,
    /// S32: a grant that a stop has ended is answered.
    ReplyToEnded,
    /// S32: a no is answered at the end of its 30 days.
    ThirtyDaysInclusive,
}
