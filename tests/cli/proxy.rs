//! N11: proxies that the environment names, in front of both control planes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use obdeck::sim::Options;

use super::agents::Edge;
use super::run::{Bench, CLUSTER, Ran, ZONE, finish, private};

/// Where the control plane stands for who comes through the proxy: a name that no resolver knows (RFC 2606).
const FAR: &str = "plane.invalid:8080";

/// What a proxy does.
#[derive(Clone, Copy)]
enum Does {
    /// Passes on to this server, whatever host is asked for.
    Pass(SocketAddr),
    /// Wants a login.
    Asks,
}

/// A real proxy for plain HTTP; keeps the heads it saw.
struct Proxy {
    addr: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(does: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&seen);
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || serve(near, does, &kept));
            }
        });
        Self { addr, seen }
    }
    /// With a login in it, as it is often written.
    fn url(&self) -> String {
        format!("http://squid:canary-4711@{}", self.addr)
    }
    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

/// One request a connection.
fn serve(mut near: TcpStream, does: Does, seen: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if !matches!(near.read(&mut byte), Ok(1)) {
            return;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    seen.lock().unwrap().push(head.clone());
    let Does::Pass(to) = does else {
        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=\"p\"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let _ = near.write_all(refusal.as_bytes());
        return;
    };
    let mut far = TcpStream::connect(to).unwrap();
    // From the form a proxy is asked in to the one a server is asked in; what is for the proxy alone stays here.
    let asked = head.replacen(&format!("http://{FAR}"), "", 1);
    let lines = asked.split("\r\n").filter(|l| !l.to_ascii_lowercase().starts_with("proxy-"));
    let asked = lines.collect::<Vec<_>>().join("\r\n").replacen("\r\n", "\r\nconnection: close\r\n", 1);
    far.write_all(asked.as_bytes()).unwrap();
    let (mut up, mut back) = (far.try_clone().unwrap(), near.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut back, &mut up));
    let _ = std::io::copy(&mut far, &mut near);
    let _ = near.shutdown(std::net::Shutdown::Both);
}

/// A bench whose profile is far away.
fn far() -> Bench {
    let bench = Bench::of(Options { speed: 500.0, ..Options::default() });
    let text = std::fs::read_to_string(bench.config()).unwrap();
    private(&bench.config(), &text.replace(&bench.sim.url(), &format!("http://{FAR}")));
    bench
}

fn run(bench: &Bench, env: &[(&str, &str)], args: &[&str]) -> Ran {
    let mut c = bench.command(&[args, &["--profile", "ocp"]].concat());
    c.envs(env.iter().copied());
    let ran = finish(c, None);
    assert!(!ran.out.contains("canary") && !ran.err.contains("canary"), "{ran:?}");
    ran
}

#[test]
fn n11_a_proxy_of_the_environment_is_used_for_reads_and_orders() {
    for variable in ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
        let bench = far();
        let proxy = Proxy::start(Does::Pass(bench.sim.address()));
        let url = proxy.url();
        run(&bench, &[(variable, &url)], &["get", "clusters"]).exit(0);
        let seen = proxy.seen();
        assert!(seen[0].starts_with(&format!("GET http://{FAR}/api/v2/ob/clusters?")), "{variable} {seen:?}");
        // squid:canary-4711, for the proxy and nobody else.
        assert!(seen[0].to_lowercase().contains("proxy-authorization: basic c3f1awq6y2fuyxj5ltq3mte="));
        let stop = [
            "stop",
            "zone",
            CLUSTER,
            ZONE,
            "--yes",
            "--reason",
            "x",
            "--override",
            "x",
            "--confirm",
            "meta01/zone3",
        ];
        run(&bench, &[(variable, &url)], &stop).exit(0);
        assert_eq!(bench.actions().len(), 1);
        assert_eq!(proxy.seen().iter().filter(|h| h.starts_with("POST ")).count(), 1, "{variable}");
        assert!(!bench.sim.arrivals().iter().any(|a| a.headers.iter().any(|(n, _)| n.starts_with("proxy-"))));
    }
}

#[test]
fn n11_no_proxy_loopback_and_the_profiles_none_go_straight() {
    let bench = far();
    let proxy = Proxy::start(Does::Pass(bench.sim.address()));
    let url = proxy.url();
    for no in ["plane.invalid", ".invalid", "*"] {
        let env = [("http_proxy", url.as_str()), ("NO_PROXY", no)];
        run(&bench, &env, &["get", "clusters"]).exit(5).says(&["no address for this name"]);
    }
    let text = std::fs::read_to_string(bench.config()).unwrap();
    private(&bench.config(), &text.replace("kind = \"ocp\"", "kind = \"ocp\"\nproxy = \"none\""));
    run(&bench, &[("http_proxy", &url)], &["get", "clusters"]).exit(5).says(&["no address for this name"]);
    let near = Bench::new();
    for variable in ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"] {
        run(&near, &[(variable, &url)], &["get", "clusters"]).exit(0);
    }
    assert_eq!(proxy.seen(), Vec::<String>::new());
}

#[test]
fn n11_a_dead_proxy_is_named_by_its_variable_and_one_that_asks_is_told() {
    let bench = far();
    let stop = ["stop", "zone", CLUSTER, ZONE, "--dry-run"];
    for args in [&["get", "clusters"][..], &stop] {
        let env = [("http_proxy", "http://squid:canary-4711@127.0.0.1:9")];
        run(&bench, &env, args).exit(5).says(&["http_proxy is set, so this may be the proxy"]);
    }
    let asks = Proxy::start(Does::Asks);
    let url = asks.url();
    run(&bench, &[("http_proxy", &url)], &["get", "clusters"])
        .exit(5)
        .says(&["the proxy asks for a login (407)"]);
    // Through a tunnel, for https, nothing of ours is seen either.
    let text = std::fs::read_to_string(bench.config()).unwrap();
    private(&bench.config(), &text.replace(&format!("http://{FAR}"), &format!("https://{FAR}")));
    let ran = run(&bench, &[("https_proxy", &url)], &["get", "clusters"]).exit(5);
    ran.says(&["https_proxy is set", "proxy"]);
    let tunnel = asks.seen().pop().unwrap();
    assert!(
        tunnel.starts_with(&format!("CONNECT {FAR} ")) && !tunnel.contains("authorization: Basic YWRtaW4")
    );
    assert!(bench.sim.arrivals().is_empty());
}

#[test]
fn n11_agents_are_never_reached_through_a_proxy() {
    let edge = Edge::new();
    let proxy = Proxy::start(Does::Pass(edge.sim.addresses()[0]));
    let url = proxy.url();
    for variable in ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
        let ran = edge.run_with(&[(variable, &url)], &["get", "clusters"]).exit(0);
        assert_eq!(ran.json()["contents"].as_array().unwrap().len(), 1);
    }
    let text = format!(
        "[[profile]]\nname = \"shell\"\nkind = \"obshell\"\nurl = \"http://{FAR}\"\nauth = {{ type = \"password\", password_env = \"T_SHELL\" }}\n"
    );
    private(&edge.home.path().join("config.toml"), &text);
    // The same profile points elsewhere now (K07): its line is taken away, as the message says.
    std::fs::remove_file(edge.home.path().join(".local/state/obdeck/known-hosts.jsonl")).unwrap();
    let ran = edge.run_with(&[("http_proxy", &url)], &["get", "clusters"]).exit(5);
    // Not blamed on a proxy that was not used.
    assert!(ran.err.contains("no address for this name") && !ran.err.contains("http_proxy"), "{}", ran.err);
    assert_eq!(proxy.seen(), Vec::<String>::new());
}
