//! An allocator that counts, for those who install it: `#[global_allocator] static COUNTING: Counting = Counting;`.
//!
//! The one place of this package where `unsafe` must stand, for `GlobalAlloc` is an unsafe trait. It hands every call
//! on to the system.
#![allow(unsafe_code, reason = "a `GlobalAlloc` cannot be written without; nothing else here is unsafe")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// How often this thread has asked for memory, and how many bytes it holds.
    static COUNTS: Cell<(u64, i64)> = const { Cell::new((0, 0)) };
}

#[derive(Debug)]
pub struct Counting;

fn count(asked: u64, bytes: i64) {
    // A thread that ends frees what it has after its counts are gone.
    let _ = COUNTS.try_with(|counts| counts.set((counts.get().0 + asked, counts.get().1 + bytes)));
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as i64);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, there: *mut u8, layout: Layout) {
        count(0, -(layout.size() as i64));
        unsafe { System.dealloc(there, layout) }
    }

    unsafe fn realloc(&self, there: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size as i64 - layout.size() as i64);
        unsafe { System.realloc(there, layout, size) }
    }
}

/// How often this thread has asked for memory so far, and how many bytes it holds.
pub fn counts() -> (u64, i64) {
    COUNTS.get()
}

/// What something does on the heap: how often it asks for memory, and how many bytes more it holds afterwards.
pub fn counted<T>(what: impl FnOnce() -> T) -> (T, u64, i64) {
    let (asked, bytes) = counts();
    let done = what();
    let (asked_then, bytes_then) = counts();
    (done, asked_then - asked, bytes_then - bytes)
}
