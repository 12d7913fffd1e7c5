//! A covert profiling agency, step by step, each refused by type or by a typed no.
