//! Ids of contacts, signals and acts: checked names, which the text of a UUID is too.

use super::name::name_type;

name_type! {
    /// Names one contact. Choose an opaque id, never an address: it appears in logs and messages.
    ContactId
}
name_type! {
    /// Names one signal of a contact. The same id with the same content is a re-delivery (SPEC S2).
    SignalId
}
name_type! {
    /// Names one act in a ledger. Acts at one instant are ordered by it, as text (SPEC S7).
    ActId
}
