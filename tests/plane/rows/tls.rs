//! An HTTPS server with a certificate of choice that speaks HTTP/1.1, HTTP/2 or both, keeps what it saw, and can be taken
//! away and put back on the same port.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use obdeck::domain::capability::PlaneKind;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use super::super::obshell::agent;
use super::envelope;

/// A CA that the client can be told to trust.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

pub(super) fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Authority(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
}

impl Authority {
    pub(super) fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    /// What a server with a fresh key and certificate of this authority needs.
    pub(super) fn server(&self, alpn: &[&str], change: impl FnOnce(&mut CertificateParams)) -> TlsAcceptor {
        obdeck::plane::install_tls_provider();
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "obdeck test");
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let cert = params.signed_by(&key, &self.0).unwrap();
        let chain = vec![CertificateDer::from(cert.der().to_vec())];
        let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let mut config =
            ServerConfig::builder().with_no_client_auth().with_single_cert(chain, private).unwrap();
        config.alpn_protocols = alpn.iter().map(|p| p.as_bytes().to_vec()).collect();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A request, and over which HTTP it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Came {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) is_h2: bool,
}

/// What an HTTP/2 server does to a request instead of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Refuses the stream: nothing was done.
    RefusedStream,
    /// Answers, and says that this connection takes no more.
    GoAway,
}

/// Given what came and how many logins came before it.
pub(super) type Plan = Arc<dyn Fn(&Came, usize) -> Option<Trouble> + Send + Sync>;

pub(super) fn no_trouble() -> Plan {
    Arc::new(|_, _| None)
}

/// A running server. Its connections end with it.
pub(super) struct Tls {
    pub(super) addr: SocketAddr,
    kind: PlaneKind,
    plan: Plan,
    came: Arc<Mutex<Vec<Came>>>,
    running: Option<JoinHandle<()>>,
    connections: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl Tls {
    pub(super) async fn start(kind: PlaneKind, acceptor: TlsAcceptor, plan: Plan) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let mut tls =
            Self { addr, kind, plan, came: Arc::default(), running: None, connections: Arc::default() };
        tls.run(listener, acceptor);
        tls
    }

    pub(super) fn url(&self) -> String {
        format!("https://{}", self.addr)
    }

    /// Requests that carry a login, in the order they came.
    pub(super) fn came(&self) -> Vec<Came> {
        let open = ["/api/v1/secret", "/api/v1/info"];
        self.came.lock().unwrap().iter().filter(|c| !open.contains(&c.path.as_str())).cloned().collect()
    }

    /// Ends every connection and stops listening.
    pub(super) async fn down(&mut self) {
        let running = self.running.take();
        let connections = std::mem::take(&mut *self.connections.lock().unwrap());
        for task in running.into_iter().chain(connections) {
            task.abort();
            let _ = task.await;
        }
    }

    /// Listens again on the same port.
    pub(super) async fn up(&mut self, acceptor: TlsAcceptor) {
        let listener = TcpListener::bind(self.addr).await.unwrap();
        self.run(listener, acceptor);
    }

    fn run(&mut self, listener: TcpListener, acceptor: TlsAcceptor) {
        let (kind, plan) = (self.kind, Arc::clone(&self.plan));
        let (came, connections) = (Arc::clone(&self.came), Arc::clone(&self.connections));
        self.running = Some(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, plan, came) = (acceptor.clone(), Arc::clone(&plan), Arc::clone(&came));
                let task = tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let mut desk = Desk { kind, plan, came };
                    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                        desk.serve_h2(stream).await;
                    } else {
                        desk.serve_h1(stream).await;
                    }
                });
                connections.lock().unwrap().push(task);
            }
        }));
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        self.running.iter().for_each(JoinHandle::abort);
        self.connections.lock().unwrap().iter().for_each(JoinHandle::abort);
    }
}

struct Desk {
    kind: PlaneKind,
    plan: Plan,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Desk {
    /// Notes what came; gives the trouble that is planned for it.
    fn note(&mut self, method: &str, path: &str, is_h2: bool) -> Option<Trouble> {
        let came = Came { method: method.to_owned(), path: path.to_owned(), is_h2 };
        let mut all = self.came.lock().unwrap();
        let open = ["/api/v1/secret", "/api/v1/info"];
        let before = all.iter().filter(|c| !open.contains(&c.path.as_str())).count();
        let trouble = if open.contains(&path) { None } else { (self.plan)(&came, before) };
        all.push(came);
        trouble
    }

    fn body(&self, path: &str) -> String {
        match path {
            "/api/v1/secret" => {
                let public = &agent::keys()[0].0;
                format!(r#"{{"successful":true,"data":{{"public_key":"{public}"}}}}"#)
            }
            "/api/v1/info" => format!(r#"{{"successful":true,"data":{}}}"#, agent::INFO),
            _ => envelope(self.kind),
        }
    }

    async fn serve_h2(&mut self, stream: TlsStream<TcpStream>) {
        let Ok(mut connection) = h2::server::handshake(stream).await else { return };
        while let Some(Ok((request, mut respond))) = connection.accept().await {
            let path = request.uri().path_and_query().map_or("/", |p| p.as_str()).to_owned();
            let trouble = self.note(request.method().as_str(), &path, true);
            if trouble == Some(Trouble::RefusedStream) {
                respond.send_reset(h2::Reason::REFUSED_STREAM);
                continue;
            }
            let head = http::Response::builder().header("content-type", "application/json");
            let mut body = respond.send_response(head.body(()).unwrap(), false).unwrap();
            body.send_data(self.body(&path).into_bytes().into(), true).unwrap();
            if trouble == Some(Trouble::GoAway) {
                connection.graceful_shutdown();
            }
        }
    }

    async fn serve_h1(&mut self, mut stream: TlsStream<TcpStream>) {
        let mut buffer = Vec::new();
        loop {
            let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else {
                match stream.read_buf(&mut buffer).await {
                    Ok(0) | Err(_) => return,
                    Ok(_) => continue,
                }
            };
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let length = head
                .lines()
                .find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok())
                .unwrap_or(0);
            while buffer.len() < end + 4 + length {
                if !matches!(stream.read_buf(&mut buffer).await, Ok(n) if n > 0) {
                    return;
                }
            }
            buffer.drain(..end + 4 + length);
            let mut words = head.split(' ');
            let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            self.note(method, path, false);
            let body = self.body(path);
            let answer = super::super::server::bytes(200, "content-type: application/json\r\n", &body);
            if stream.write_all(&answer).await.is_err() {
                return;
            }
        }
    }
}
