//! The body of an answer, whole or spoiled.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::fault::Ending;

/// A body that ends as its fault says.
pub(super) struct DeliveryBody {
    /// What it is made of.
    bytes: Bytes,
    /// How much of it was sent.
    sent: u64,
    /// How long it says it is.
    length: u64,
    /// Where the connection breaks.
    breaks_at: Option<u64>,
    break_by: Break,
    /// Whether what was sent before the break had its chance to get out.
    is_flushed: bool,
    pace: Option<Interval>,
}

/// How a body breaks off.
enum Break {
    /// The connection ends.
    End,
    /// Nothing more comes.
    Silence,
    /// The connection is cut, once this says so.
    Reset(Arc<AtomicBool>),
}

/// Pieces of a repeated body are at least this long, in bytes.
const PIECE: usize = 16 << 10;

impl DeliveryBody {
    /// A body that notes in `is_cut` that its connection is to be cut, where it ends so.
    pub(super) fn new(bytes: Bytes, ending: Ending, is_cut: &Arc<AtomicBool>) -> Self {
        let own_length = bytes.len() as u64;
        let (bytes, length) = match ending {
            Ending::Repeat(length) => (repeated(&bytes), length),
            Ending::Length(length) => (bytes, length as u64),
            _ => (bytes, own_length),
        };
        let breaks_at = match ending {
            Ending::Truncate(after) | Ending::ResetInBody(after) => Some(after as u64),
            Ending::SilenceAfterHeaders => Some(0),
            Ending::Length(_) => Some(own_length),
            _ => None,
        };
        Self {
            bytes,
            sent: 0,
            length,
            is_flushed: false,
            breaks_at: breaks_at.filter(|after| *after < length),
            break_by: match ending {
                Ending::SilenceAfterHeaders => Break::Silence,
                Ending::ResetInBody(_) => Break::Reset(Arc::clone(is_cut)),
                _ => Break::End,
            },
            pace: match ending {
                Ending::Drip(pause) => Some(pace(pause)),
                _ => None,
            },
        }
    }

    /// Nothing more, or the break. hyper writes what it has when a body is not ready, and not when
    /// it breaks at once.
    fn end(&mut self, context: &Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.breaks_at.is_none() {
            return Poll::Ready(None);
        }
        if !self.is_flushed {
            self.is_flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        match &self.break_by {
            Break::Silence => return Poll::Pending,
            Break::Reset(is_cut) => is_cut.store(true, Ordering::Relaxed),
            Break::End => {}
        }
        let cut = io::Error::other("a fault cuts the body here");
        Poll::Ready(Some(Err(cut)))
    }

    /// The next piece; none where the body, or as much of it as there is to be, was sent.
    fn piece(&self) -> Option<Bytes> {
        let end = self.breaks_at.unwrap_or(self.length);
        let left = end.checked_sub(self.sent).filter(|left| *left > 0)?;
        let start = usize::try_from(self.sent % self.bytes.len() as u64).ok()?;
        let piece = self.bytes.slice(start..);
        let most = if self.pace.is_some() { 1 } else { left };
        let length = piece.len().min(usize::try_from(most).unwrap_or(usize::MAX));
        Some(piece.slice(..length))
    }
}

fn pace(pause: Duration) -> Interval {
    // An interval of nothing is an error to tokio.
    let mut pace = interval(pause.max(Duration::from_millis(1)));
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pace
}

/// Enough of the same to be worth a write. An empty body repeats spaces.
fn repeated(bytes: &Bytes) -> Bytes {
    let unit: &[u8] = if bytes.is_empty() { b" " } else { bytes };
    unit.repeat(PIECE.div_ceil(unit.len())).into()
}

impl Body for DeliveryBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let Some(piece) = self.piece() else {
            return self.end(context);
        };
        if let Some(pace) = &mut self.pace {
            ready!(pace.poll_tick(context));
        }
        self.sent += piece.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.breaks_at.is_none() && self.sent >= self.length
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length - self.sent)
    }
}
