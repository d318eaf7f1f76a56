//! What a transaction has changed and nobody else sees yet, laid over what lies beneath: two overlays and a snapshot read as one.

use std::{cmp::Ordering, iter::Peekable, ops::Bound};

use super::{
    StoreError,
    engine::{Batch, Pair, Rows},
};

/// Rows of an overlay: a value, or `None` where it hides what lies beneath.
type Layer<'a> = Peekable<Box<dyn Iterator<Item = (&'a Vec<u8>, &'a Option<Vec<u8>>)> + 'a>>;

pub fn layer<'a>(batch: &'a Batch, from: &[u8], to: &[u8], reverse: bool) -> Layer<'a> {
    let rows: Box<dyn Iterator<Item = _>> = if from >= to {
        Box::new(std::iter::empty())
    } else {
        let rows = batch.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)));
        if reverse { Box::new(rows.rev()) } else { Box::new(rows) }
    };
    rows.peekable()
}

/// Layers merged in key order; where two have a row, the first layer given wins.
pub struct Merged<'a> {
    pub layers: [Layer<'a>; 2],
    pub beneath: Peekable<Rows<'a>>,
    pub reverse: bool,
}

impl Merged<'_> {
    fn in_order(&self, a: &[u8], b: &[u8]) -> Ordering {
        if self.reverse { b.cmp(a) } else { a.cmp(b) }
    }

    /// The key that comes next in any layer.
    fn next_key(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let mut next: Option<Vec<u8>> = None;
        if let Some(row) = self.beneath.peek() {
            match row {
                Ok((key, _)) => next = Some(key.clone()),
                Err(it) => return Err(it.clone()),
            }
        }
        for i in 0..self.layers.len() {
            if let Some((key, _)) = self.layers[i].peek() {
                let key = (*key).clone();
                if next.as_ref().is_none_or(|it| self.in_order(&key, it) == Ordering::Less) {
                    next = Some(key);
                }
            }
        }
        Ok(next)
    }
}

impl Iterator for Merged<'_> {
    type Item = Result<Pair, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let key = match self.next_key() {
                Ok(key) => key?,
                Err(it) => {
                    // The failed row is consumed, so that a caller that goes on comes to an end.
                    self.beneath.next();
                    return Some(Err(it));
                }
            };
            let mut value: Option<Option<Vec<u8>>> = None;
            for layer in &mut self.layers {
                if let Some((_, it)) = layer.next_if(|(it, _)| **it == key) {
                    value = value.or_else(|| Some(it.clone()));
                }
            }
            if let Some(Ok((_, it))) = self.beneath.next_if(|row| matches!(row, Ok((it, _)) if *it == key)) {
                value = value.or(Some(Some(it)));
            }
            if let Some(Some(value)) = value {
                return Some(Ok((key, value)));
            }
        }
    }
}
