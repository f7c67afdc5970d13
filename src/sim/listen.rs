//! A listener whose connections can be cut on purpose: what a fault needs and an HTTP server rightly does not offer.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

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

impl Connected<IncomingStream<'_, CutListener<TcpListener>>> for Peer {
    fn connect_info(stream: IncomingStream<'_, CutListener<TcpListener>>) -> Peer {
        Peer { address: *stream.remote_addr(), cut: Arc::clone(&stream.io().cut), requests: Arc::default() }
    }
}

impl Connected<IncomingStream<'_, CutListener<UnixListener>>> for Peer {
    fn connect_info(stream: IncomingStream<'_, CutListener<UnixListener>>) -> Peer {
        Peer { address: *stream.remote_addr(), cut: Arc::clone(&stream.io().cut), requests: Arc::default() }
    }
}

/// Accepts connections that can be cut.
pub(crate) struct CutListener<L>(pub(crate) L);

/// Out of descriptors, or the peer has gone: neither is mended by trying again at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

impl Listener for CutListener<TcpListener> {
    type Io = CutStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CutStream<TcpStream>, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, from)) => {
                    // Small answers go out at once; without it a poll waits for the other side's acknowledgement.
                    let _ = stream.set_nodelay(true);
                    return (CutStream { stream, cut: Arc::default() }, from);
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Nobody on a unix socket has an address: all are of this machine.
const HERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

impl Listener for CutListener<UnixListener> {
    type Io = CutStream<UnixStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CutStream<UnixStream>, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, _)) => return (CutStream { stream, cut: Arc::default() }, HERE),
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(HERE)
    }
}

/// How a connection ends with a reset, where there is such a thing.
pub(crate) trait Resets {
    /// Closing it from now on sends a reset instead of an orderly end.
    fn reset(&self) {}
}

impl Resets for TcpStream {
    fn reset(&self) {
        let _ = self.set_zero_linger();
    }
}

impl Resets for UnixStream {}

/// A connection that ends where it is told to.
pub(crate) struct CutStream<S> {
    stream: S,
    cut: Arc<Mutex<Option<Cut>>>,
}

impl<S> CutStream<S> {
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

impl<S: AsyncRead + Unpin> AsyncRead for CutStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Resets + Unpin> AsyncWrite for CutStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let left = match self.current() {
            None => return Pin::new(&mut self.stream).poll_write(cx, buf),
            Some(Cut::Reset) => {
                self.stream.reset();
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
