//! Connections: accepted, bounded in number and in time, and let go in order.
//!
//! Ours rather than `axum::serve`, which sets no limits and closes kept connections the moment it is to stop, with
//! requests in them that have just arrived. Here whoever is still asking is first told, by `connection: close`, to ask
//! somewhere else; and when there is no room, a connection without a request makes way for one that may have one.

mod room;

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::{HeaderValue, header::CONNECTION},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::yield_now,
    time::{sleep, timeout},
};
use tower::ServiceExt;

use self::room::{Place, Room};
use crate::shutdown::Shutdown;

/// How long a kept connection may be silent, and a head may take. Longer than proxies keep theirs, so that it is they
/// who close.
const SILENCE: Duration = Duration::from_secs(130);
/// How long somebody may take nothing of an answer, where the system can tell.
#[cfg(target_os = "linux")]
const STALL: Duration = Duration::from_secs(30);
/// For the rest of an answer, once a connection is to go. A request has half of it.
const LINGER: Duration = Duration::from_mins(1);
/// A request's line and headers.
const LARGEST_HEAD: usize = 32 * 1024;
/// After the wish to stop: for whoever uses a kept connection just now, to be told in the answer.
const FAREWELL: Duration = Duration::from_millis(300);
/// When there are no more descriptors; the first of them are free again soon.
const BREATH: Duration = Duration::from_millis(100);

/// Serves until asked to stop, and until everybody who has asked something has the answer.
pub async fn serve(listener: TcpListener, router: Router, shutdown: Shutdown) -> io::Result<()> {
    let room = Room::new();
    // Each connection holds a sender: when all are gone, so are the connections.
    let (open, mut all_closed) = mpsc::channel::<Infallible>(1);
    let start = async |stream: TcpStream, address: SocketAddr| {
        let place = room.enter().await;
        let (router, shutdown, open) = (router.clone(), shutdown.clone(), open.clone());
        tokio::spawn(async move {
            connection(stream, address, router, &place, shutdown).await;
            drop(open);
        });
    };
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.clone().requested() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => start(stream, address).await,
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                sleep(BREATH).await;
            }
        }
    }
    // The system has accepted these in our name already.
    let listener = listener.into_std()?;
    loop {
        match listener.accept() {
            Ok((stream, address)) => {
                stream.set_nonblocking(true)?;
                start(TcpStream::from_std(stream)?, address).await;
                // While others keep coming, those who are here get on too.
                yield_now().await;
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(_) => break,
        }
    }
    drop(listener);
    drop(open);
    all_closed.recv().await;
    Ok(())
}

async fn connection(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    place: &Place,
    shutdown: Shutdown,
) {
    if let Err(error) = prepare(&stream) {
        tracing::debug!(%error, "a connection was gone at once");
        return;
    }
    let service = service_fn(|request| answer(request, address, router.clone(), place, &shutdown));
    let mut serving = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(SILENCE)
            .max_buf_size(LARGEST_HEAD)
            .serve_connection(TokioIo::new(stream), service)
    );
    let farewell = async {
        shutdown.clone().requested().await;
        sleep(FAREWELL).await;
    };
    // What has arrived comes first: it is looked at before anybody is told to go.
    tokio::select! {
        biased;
        result = serving.as_mut() => return ended(result),
        () = farewell => {}
        () = place.is_wanted() => {}
    }
    // Whoever has not asked anything by now has not been accepted; hyper would wait for them.
    if place.has_asked() {
        serving.as_mut().graceful_shutdown();
        if let Ok(result) = timeout(LINGER, serving).await {
            ended(result);
        } else {
            tracing::debug!("a connection took too long to go");
        }
    }
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    // An answer is written at once; there is nothing to wait for.
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(stream).set_tcp_user_timeout(Some(STALL))?;
    Ok(())
}

async fn answer(
    request: Request<Incoming>,
    address: SocketAddr,
    router: Router,
    place: &Place,
    shutdown: &Shutdown,
) -> Result<Response, Infallible> {
    let _asking = place.ask();
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(address));
    let mut response = router.oneshot(request).await?;
    if shutdown.is_requested() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    Ok(response)
}

/// People go away in the middle of things; that is no error of ours.
fn ended(result: hyper::Result<()>) {
    if let Err(error) = result {
        tracing::debug!(%error, "a connection broke off");
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}
