//! A server that does what a test tells it, below HTTP too: cuts, hangs, lies. It keeps every request it saw.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use obdeck::domain::action::{Action, ClusterAction, Force, Scope, Verb};
use obdeck::domain::guard::{Answer, Approved, Question, Verdict, approve};
use obdeck::domain::id::{ClusterId, ClusterRef, ProfileName, ServerId, ZoneName};
use obdeck::domain::impact::Impact;
use obdeck::domain::secret::Secret;
use obdeck::domain::shown::Text;
use obdeck::domain::time::{Span, Timestamp};
use obdeck::plane::ocp::{Auth, Ocp, OcpProfile, Proxy};

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Request line and headers, exactly.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// Port it came from: the same for all requests of one connection.
    pub(crate) from: u16,
}

impl Seen {
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or("")
    }
    pub(crate) fn path(&self) -> &str {
        self.line().split(' ').nth(1).unwrap_or("")
    }
    pub(crate) fn is_post(&self) -> bool {
        self.line().starts_with("POST ")
    }
    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        let lines = self.head.lines().skip(1).filter(|l| !l.is_empty());
        lines.filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
    }
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers().into_iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }
}

/// What the server does with a request.
pub(crate) enum Act {
    /// Writes these bytes and keeps the connection.
    Say(Vec<u8>),
    /// Writes these bytes and closes.
    SayAndClose(Vec<u8>),
    /// Says nothing and keeps the connection open until the test ends.
    Hang,
    /// Says nothing and closes.
    Close,
    /// Writes the bytes, then a blank every now and then until nobody reads.
    Drip(Vec<u8>),
    /// Writes the bytes, then the same 64 KiB again and again until nobody reads.
    Endless(Vec<u8>),
}

/// A whole answer with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> Act {
    answer(status, "content-type: application/json\r\n", body)
}

/// A whole answer with headers of choice.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Act {
    Act::Say(bytes(status, headers, body))
}

pub(crate) fn bytes(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// An envelope that says yes.
pub(crate) fn ok(data: &str) -> Act {
    json(
        200,
        &format!(
            r#"{{"data":{data},"duration":3,"server":"s","status":200,"successful":true,"timestamp":"2026-11-21T10:00:00.5+08:00","traceId":"340849601d4d4ffe"}}"#
        ),
    )
}

/// An envelope that says no.
pub(crate) fn no(status: u16, code: &str, message: &str) -> Act {
    json(
        status,
        &format!(
            r#"{{"error":{{"code":{code},"message":"{message}"}},"status":{status},"successful":false,"traceId":"0bc49000675d41af"}}"#
        ),
    )
}

pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    ended: Arc<AtomicBool>,
}

impl Server {
    /// `script` is given the request and how many came before it.
    pub(crate) fn start(script: impl Fn(&Seen, usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let addr = listener.local_addr().unwrap();
        let (seen, ended) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let script = Arc::new(script);
        let (s, e) = (Arc::clone(&seen), Arc::clone(&ended));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if e.load(Ordering::Acquire) {
                    return;
                }
                let (script, seen, ended) = (Arc::clone(&script), Arc::clone(&s), Arc::clone(&e));
                thread::spawn(move || serve(stream, &*script, &seen, &ended));
            }
        });
        Self { addr, seen, ended }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
    pub(crate) fn count(&self) -> usize {
        self.seen().len()
    }
    pub(crate) fn posts(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(Seen::is_post).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        let _ = TcpStream::connect(self.addr);
    }
}

fn serve(
    mut stream: TcpStream,
    script: &(dyn Fn(&Seen, usize) -> Act + Send + Sync),
    seen: &Mutex<Vec<Seen>>,
    ended: &AtomicBool,
) {
    // Only so that the thread notices the end of its test.
    let _ = stream.set_read_timeout(Some(Duration::from_millis(100)));
    let mut buffer = Vec::new();
    while let Some(request) = next(&mut stream, &mut buffer, ended) {
        let before = {
            let mut all = seen.lock().unwrap();
            all.push(request.clone());
            all.len() - 1
        };
        match script(&request, before) {
            Act::Say(out) => {
                if stream.write_all(&out).is_err() {
                    return;
                }
            }
            Act::SayAndClose(out) => {
                let _ = stream.write_all(&out);
                let _ = stream.shutdown(Shutdown::Write);
                return;
            }
            Act::Close => return,
            Act::Hang => {
                while !ended.load(Ordering::Acquire) {
                    thread::park_timeout(Duration::from_millis(20));
                }
                return;
            }
            Act::Drip(out) => {
                let _ = stream.write_all(&out);
                while stream.write_all(b" ").is_ok() && !ended.load(Ordering::Acquire) {
                    thread::park_timeout(Duration::from_millis(20));
                }
                return;
            }
            Act::Endless(out) => {
                let _ = stream.write_all(&out);
                let filler = vec![b' '; 64 * 1024];
                while stream.write_all(&filler).is_ok() && !ended.load(Ordering::Acquire) {}
                return;
            }
        }
    }
}

/// Reads one request: its head, and as much body as it says.
fn next(stream: &mut TcpStream, buffer: &mut Vec<u8>, ended: &AtomicBool) -> Option<Seen> {
    let mut chunk = [0; 4096];
    loop {
        if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let length = head
                .lines()
                .find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok())
                .unwrap_or(0);
            if buffer.len() >= end + 4 + length {
                let body = buffer[end + 4..end + 4 + length].to_vec();
                buffer.drain(..end + 4 + length);
                let from = stream.peer_addr().map_or(0, |a| a.port());
                return Some(Seen { head, body, from });
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) => return None,
            Ok(n) => buffer.extend_from_slice(&chunk[..n]),
            Err(e) if matches!(e.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                if ended.load(Ordering::Acquire) {
                    return None;
                }
            }
            Err(_) => return None,
        }
    }
}

/// The time of every test.
pub(crate) fn now() -> Timestamp {
    Timestamp::parse("2026-11-21T02:00:00Z").unwrap()
}

pub(crate) fn basic() -> Auth {
    Auth::Basic { username: "admin".to_owned(), password: Secret::new("canary-4711".to_owned()) }
}

pub(crate) fn profile(url: &str) -> OcpProfile {
    OcpProfile { proxy: Proxy::None, ..OcpProfile::new(ProfileName::new("test"), url.to_owned(), basic()) }
}

/// A client whose limits are short enough for tests that wait them out.
pub(crate) fn impatient(url: &str) -> Ocp {
    connect(OcpProfile {
        read_timeout: Span::from_millis(1500),
        action_timeout: Span::from_millis(1500),
        ..profile(url)
    })
}

pub(crate) fn connect(profile: OcpProfile) -> Ocp {
    Ocp::connect(profile, Arc::new(now)).unwrap()
}

pub(crate) fn client(server: &Server) -> Ocp {
    connect(profile(&server.url()))
}

pub(crate) fn zone_stop(zone: &str) -> Action {
    cluster_action(Verb::Stop, Scope::Zone(ZoneName::new(zone)), false)
}

pub(crate) fn server_stop(force: bool) -> Action {
    let scope = Scope::Server {
        id: ServerId::new("2"),
        address: Text::new("10.0.0.1:2882"),
        zone: ZoneName::new("zone1"),
    };
    cluster_action(Verb::Stop, scope, force)
}

pub(crate) fn cluster_action(verb: Verb, scope: Scope, force: bool) -> Action {
    Action::Cluster(ClusterAction {
        verb,
        cluster: ClusterRef { profile: ProfileName::new("test"), id: ClusterId::new("1") },
        cluster_name: Text::new("obdemo"),
        scope,
        force: Force { force, ..Force::default() },
    })
}

pub(crate) fn approved(action: Action) -> Approved {
    let yes = Answer { yes: true, ..Answer::default() };
    approve(action, &Impact { findings: Vec::new() }, &Verdict::Ask(Question::default()), &yes, now())
        .unwrap()
}

/// A task as OCP answers a zone stop with.
pub(crate) const TASK: &str = r#"{"id":89026504,"name":"Stop OB zone","status":"RUNNING","operation":"EXECUTE","clusterId":1,
  "creator":"admin","startTime":"2026-11-21T09:59:58+08:00","subtasks":[
  {"id":12,"name":"Stop zone","status":"PENDING","operation":"EXECUTE","timeout":1800,"upstreams":[11],"downstreams":[]},
  {"id":11,"name":"Prepare stop OB zone","status":"READY","operation":"EXECUTE","timeout":1800,"upstreams":[],"downstreams":[12]}]}"#;
