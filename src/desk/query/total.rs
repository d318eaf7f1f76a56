//! How many rows a list has: counted, or counted as far as it is worth.

use std::ops::Add;

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Total {
    pub count: usize,
    /// There may be more than were counted.
    pub is_bound: bool,
}

impl From<usize> for Total {
    fn from(count: usize) -> Total {
        Total { count, is_bound: false }
    }
}

impl Add for Total {
    type Output = Total;

    fn add(self, other: Total) -> Total {
        Total { count: self.count + other.count, is_bound: self.is_bound || other.is_bound }
    }
}
