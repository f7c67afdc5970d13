//! A listener whose connections can be cut on purpose: what a fault needs and an HTTP server rightly does not offer.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// How a connection is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Now, with a reset.
    Reset,
    /// Now, in an orderly way, before another byte.
    Close,
    /// After so many more bytes.
    After(usize),
    /// After the headers and half of what comes with a body of this many bytes.
    HalfOf(usize),
}

/// One end of a connection, as a handler sees it.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    cut: Arc<Mutex<Option<Cut>>>,
    requests: Arc<AtomicU32>,
}

impl Peer {
    /// Counts a request on this connection; gives how many came before it.
    pub(crate) fn count(&self) -> u32 {
        self.requests.fetch_add(1, Ordering::Relaxed)
    }

    /// Cuts the connection; takes effect at the next write.
    pub(crate) fn cut(&self, cut: Cut) {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner) = Some(cut);
    }
}

impl Connected<IncomingStream<'_, CutListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, CutListener>) -> Peer {
        Peer { address: *stream.remote_addr(), cut: Arc::clone(&stream.io().cut), requests: Arc::default() }
    }
}

/// Accepts connections that can be cut.
pub(crate) struct CutListener(pub(crate) TcpListener);

impl Listener for CutListener {
    type Io = CutStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CutStream, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, from)) => {
                    // Small answers go out at once; without it a poll waits for the other side's acknowledgement.
                    let _ = stream.set_nodelay(true);
                    return (CutStream { stream, cut: Arc::default() }, from);
                }
                // Out of descriptors, or the peer has gone: neither is mended by trying again at once.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection that ends where it is told to.
pub(crate) struct CutStream {
    stream: TcpStream,
    cut: Arc<Mutex<Option<Cut>>>,
}

impl CutStream {
    fn current(&self) -> Option<Cut> {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, cut: Cut) {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner) = Some(cut);
    }
}

fn was_cut() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "cut on purpose")
}

impl AsyncRead for CutStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for CutStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let left = match self.current() {
            None => return Pin::new(&mut self.stream).poll_write(cx, buf),
            Some(Cut::Reset) => {
                // No lingering: closing sends a reset instead of an orderly end.
                let _ = self.stream.set_zero_linger();
                return Poll::Ready(Err(was_cut()));
            }
            Some(Cut::Close | Cut::After(0)) => return Poll::Ready(Err(was_cut())),
            Some(Cut::After(left)) => left,
            Some(Cut::HalfOf(body)) => {
                // The server writes the headers in one piece, so the first write holds their end.
                let head = buf.windows(4).position(|w| w == b"\r\n\r\n").map_or(buf.len(), |at| at + 4);
                head + body / 2
            }
        };
        let part = buf.get(..left.min(buf.len())).unwrap_or(buf);
        match Pin::new(&mut self.stream).poll_write(cx, part) {
            Poll::Ready(Ok(written)) => {
                self.remember(Cut::After(left - written));
                Poll::Ready(Ok(written))
            }
            other => other,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
