//! Golden files: the written form of every act, entry, queued event and fault.
