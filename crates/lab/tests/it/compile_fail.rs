//! What cannot be written with what the lab gives out, refused for the reason that stands in the `.stderr` file.
//!
//! After a change of wording: `TRYBUILD=overwrite cargo test -p placet-lab --test it compile_fail`.

/// What a rehearsal counted is no event. The wording is that of the compiler that `tests/it/compile_fail.rs` names.
#[test]
fn nothing_of_a_rehearsal_can_be_sent() {
    if placet_tests::is_pinned_compiler() {
        trybuild::TestCases::new().compile_fail("tests/ui/rehearsed_event_to_a_gateway.rs");
    }
}
