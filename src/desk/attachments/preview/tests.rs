//! What waits, what is made, and what becomes of it.
