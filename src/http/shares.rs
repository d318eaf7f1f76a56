//! How many requests of one address are worked on at once, so that nobody takes every place alone, were they ever so slow.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// Requests under way, by address. Holds as many entries as requests are worked on.
#[derive(Clone)]
pub struct Shares {
    most: usize,
    taken: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
}

/// A request under way; its end gives the place back.
pub struct Share {
    shares: Shares,
    address: Option<IpAddr>,
}

impl Shares {
    /// Each address may have this many at once.
    pub fn new(most: usize) -> Self {
        Shares { most, taken: Arc::default() }
    }

    /// A place, if the address has one left. Who has no address is on this machine and is not counted.
    pub fn take(&self, address: Option<IpAddr>) -> Option<Share> {
        if let Some(address) = address {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let count = taken.entry(address).or_default();
            if *count >= self.most {
                return None;
            }
            *count += 1;
        }
        Some(Share { shares: self.clone(), address })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut taken = self.shares.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_and_gets_it_back() {
        let shares = Shares::new(2);
        let (one, other) = ("192.0.2.1".parse().ok(), "192.0.2.2".parse().ok());
        let held = (shares.take(one).unwrap(), shares.take(one).unwrap());
        assert!(shares.take(one).is_none(), "its share is taken");
        assert!(shares.take(other).is_some() && shares.take(None).is_some(), "others have their own");
        drop(held.0);
        assert!(shares.take(one).is_some());
        drop(held.1);
        assert!(shares.taken.lock().unwrap().is_empty(), "nothing is kept of those who left");
    }
}
