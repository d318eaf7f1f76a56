//! Pieces for a reader that may be slow: one waits for it, and not for ever. Whoever stops reading, or has gone to sleep, frees what others
//! wait for.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::{Stream, StreamExt, stream};
use tokio::sync::mpsc;

use crate::error::{Fault, Result};

/// A piece, or that it was the last: an end without it is none.
enum Handed<T> {
    Piece(T),
    End,
}

/// The same pieces, made ahead by two: one is held out, one waits behind it. If one is not taken until `patience` is over, the rest is dropped, and the reader is told by an error.
pub(super) fn patient<T: Send + 'static, P: Future + Send>(
    pieces: impl Stream<Item = Result<T>> + Send + 'static,
    patience: impl Fn() -> P + Send + 'static,
) -> impl Stream<Item = Result<T>> + Send + 'static {
    let (hand, taken) = mpsc::channel(1);
    let is_slow = Arc::new(AtomicBool::new(false));
    let too_slow = is_slow.clone();
    tokio::spawn(async move {
        let ends = stream::iter([Ok(Handed::End)]);
        let mut pieces = std::pin::pin!(pieces.map(|it| it.map(Handed::Piece)).chain(ends));
        while let Some(piece) = pieces.next().await {
            let is_last = piece.is_err();
            let is_taken = tokio::select! {
                handed = hand.send(piece) => handed.is_ok(),
                _ = patience() => {
                    too_slow.store(true, Ordering::Release);
                    false
                }
            };
            if is_last || !is_taken {
                return;
            }
        }
    });
    stream::unfold(Some((taken, is_slow)), |reading| async move {
        let (mut taken, is_slow) = reading?;
        match taken.recv().await {
            Some(Ok(Handed::Piece(it))) => Some((Ok(it), Some((taken, is_slow)))),
            Some(Ok(Handed::End)) => None,
            Some(Err(error)) => Some((Err(error), None)),
            None => {
                let why = match is_slow.load(Ordering::Acquire) {
                    true => io::Error::new(io::ErrorKind::TimedOut, "it was not read for too long"),
                    false => io::Error::new(io::ErrorKind::BrokenPipe, "what makes it has stopped"),
                };
                Some((Err(Fault::because("sending a file of a list", why).into()), None))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::future;

    use super::*;

    /// Five pieces, and what is held while they are made.
    fn five() -> (Arc<tokio::sync::Semaphore>, impl Stream<Item = Result<u8>> + Send + 'static) {
        let turns = Arc::new(tokio::sync::Semaphore::new(1));
        let turn = turns.clone().try_acquire_owned().unwrap();
        let pieces = stream::iter(1..=5).map(move |it| {
            let _held = &turn;
            Ok(it)
        });
        (turns, pieces)
    }

    #[tokio::test]
    async fn a_reader_that_goes_on_has_everything_and_an_end() {
        let all: Vec<u8> = patient(five().1, future::pending::<()>).map(Result::unwrap).collect().await;
        assert_eq!(all, [1, 2, 3, 4, 5]);
    }

    #[tokio::test]
    async fn a_reader_that_stops_lets_others_have_their_turn_and_is_told() {
        let (turns, pieces) = five();
        let all = patient(pieces, || future::ready(()));
        // Nobody reads: the turn comes back all the same.
        turns.acquire().await.unwrap().forget();
        let rest: Vec<_> = all.collect().await;
        let (last, some) = rest.split_last().unwrap();
        assert!(some.iter().all(Result::is_ok) && some.len() < 5);
        assert!(said(last).contains("not read for too long"));
    }

    fn said(piece: &Result<u8>) -> String {
        format!("{:?}", piece.as_ref().unwrap_err())
    }

    #[tokio::test]
    async fn what_stops_by_itself_is_not_called_slow_reading() {
        let breaks = stream::iter(1..=3).map(|it| if it == 2 { panic!("on purpose") } else { Ok(it) });
        let all: Vec<_> = patient(breaks, future::pending::<()>).collect().await;
        assert_eq!(all.len(), 2);
        assert!(said(&all[1]).contains("has stopped"));
    }

    #[tokio::test]
    async fn a_failure_is_the_end() {
        let pieces = stream::iter([Ok(1), Err(Fault::new("broken").into()), Ok(2)]);
        let all: Vec<_> = patient(pieces, future::pending::<()>).collect().await;
        assert!(matches!(all.as_slice(), [Ok(1), Err(_)]));
    }
}
