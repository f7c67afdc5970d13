//! The config of the contract, and every mistake with its place.

use super::*;

const WHOLE: &str = r#"
[[profile]]
name = "prod"
kind = "ocp"
url = "https://ocp.example.com:8443"
read_only = false
danger = "high"
auth = { type = "basic", username = "oncall", password_command = ["pass", "show", "ocp/prod"] }
tls = { ca_file = "/etc/ssl/ocp-ca.pem" }
proxy = "none"

[[profile]]
name = "edge"
kind = "obshell"
url = "http://127.0.0.1:2886"
peers = ["http://127.0.0.2:2886"]
auth = { type = "password", password_env = "OB_ROOT_PASSWORD" }

[ui]
theme = "auto"
language = "auto"
refresh = "2s"
ambiguous_width = 2
clipboard = false
[keys]
stop = ["S", "ctrl-s"]
"#;

/// `line:column: text` of each mistake.
fn mistakes(text: &str) -> Vec<String> {
    match parse(text, &Around::default()) {
        Ok(_) => Vec::new(),
        Err(list) => list.iter().map(ToString::to_string).collect(),
    }
}

/// A profile with other lines than usual.
fn profile(lines: &str) -> String {
    format!("[[profile]]\nname = \"x\"\nkind = \"ocp\"\n{lines}")
}

#[test]
fn the_config_of_the_contract_is_read_whole() {
    let c = parse(WHOLE, &Around::default()).unwrap();
    let [prod, edge] = c.profiles.as_slice() else { panic!("two profiles") };
    assert_eq!((prod.name.raw(), prod.kind, prod.danger), ("prod", PlaneKind::Ocp, Danger::High));
    assert_eq!(prod.auth.user(), "oncall");
    assert_eq!(
        prod.auth.secret(),
        Some(&SecretSource::Command(vec!["pass".into(), "show".into(), "ocp/prod".into()]))
    );
    assert_eq!(prod.tls.ca_file.as_deref(), Some(Path::new("/etc/ssl/ocp-ca.pem")));
    assert!(prod.no_proxy && !prod.tls.insecure && !prod.read_only);
    assert_eq!((edge.kind, edge.peers.len()), (PlaneKind::Obshell, 1));
    assert_eq!(c.ui.ambiguous_width, 2);
    assert!(!c.ui.clipboard);
    assert_eq!(c.keys["stop"].keys, ["S", "ctrl-s"]);
    assert_eq!(c.secret_variables(), ["OB_ROOT_PASSWORD"]);
}

#[test]
fn f06_an_unknown_key_is_named_with_its_place_and_a_near_one() {
    let found = mistakes("[[profile]]\nname = \"x\"\nknid = \"ocp\"\n");
    assert_eq!(found[0], "1:1: profile `x` has no `kind`, e.g. kind = \"ocp\"");
    assert!(
        found.iter().any(|m| m == "3:1: unknown key `knid` in profile `x`; did you mean `kind`?"),
        "{found:?}"
    );
}

#[test]
fn f06_every_mistake_is_told_at_once_and_in_order() {
    let found = mistakes(
        "colour = 1\n[[profile]]\nname = \"a/b\"\nkind = \"ocd\"\nurl = 7\nread_only = \"yes\"\ndanger = \"hihg\"\nauth = { type = \"basic\" }\n",
    );
    let lines: Vec<&str> = found.iter().map(|m| m.split(':').next().unwrap()).collect();
    assert_eq!(lines, ["1", "3", "4", "5", "6", "7", "8"], "{found:#?}");
    assert!(found[2].contains("must be one of ocp, obshell, not `ocd`; did you mean `ocp`?"));
    assert!(found[3].contains("`url` must be a text in quotes, not a whole number"));
    assert!(found[5].contains("did you mean `high`?"));
    assert!(found[6].contains("has no `username`"));
}

#[test]
fn f06_syntax_errors_have_line_and_column() {
    let found = mistakes("[[profile]]\nname = \"x\nkind = \"ocp\"\n");
    assert!(found[0].starts_with("2:"), "{found:?}");
}

#[test]
fn f06_a_second_profile_of_the_same_name_names_the_first() {
    let one = profile("url = \"http://h\"\nauth = { type = \"basic\", username = \"u\" }\n");
    let found = mistakes(&format!("{one}{one}"));
    assert_eq!(found, ["7:8: a second profile named `x`; the first is in line 2"]);
}

#[test]
fn k02_a_url_with_a_password_is_refused_and_not_quoted() {
    let found =
        mistakes(&profile("url = \"https://me:canary@h\"\nauth = { type = \"basic\", username = \"u\" }\n"));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("4:7:") && found[0].contains("belong into `auth`"), "{found:?}");
    assert!(!found[0].contains("canary"));
}

#[test]
fn urls_that_cannot_be_used_are_refused() {
    for bad in ["ftp://h", "h:8080", "http://", "http://h/?a=1", "not a url"] {
        let text = profile(&format!("url = \"{bad}\"\nauth = {{ type = \"basic\", username = \"u\" }}\n"));
        assert_eq!(mistakes(&text).len(), 1, "{bad}");
    }
}

#[test]
fn f06_a_secret_in_a_file_that_others_can_read_is_refused() {
    let text =
        profile("url = \"http://h\"\nauth = { type = \"basic\", username = \"u\", password = \"canary\" }\n");
    let around = Around { open_to_others: Some(0o644), themes: None };
    let found = parse(&text, &around).unwrap_err();
    let told = found[0].to_string();
    assert!(
        told.starts_with("5:") && told.contains("mode 0644") && told.contains("password_command"),
        "{told}"
    );
    assert!(!told.contains("canary"));
    let c = parse(&text, &Around::default()).unwrap();
    assert!(!format!("{c:?}").contains("canary"));
}

#[test]
fn a_secret_has_one_source() {
    let found = mistakes(&profile(
        "url = \"http://h\"\nauth = { type = \"basic\", username = \"u\", password_env = \"A\", password_file = \"/x\" }\n",
    ));
    assert!(found[0].contains("two sources, `password_env` and `password_file`"), "{found:?}");
}

#[test]
fn logins_belong_to_their_kind_of_plane() {
    let found =
        mistakes(&profile("url = \"http://h\"\nauth = { type = \"password\" }\npeers = [\"http://i\"]\n"));
    assert!(found[0].contains("must be one of basic, access-key"), "{found:?}");
    assert!(found[1].contains("`peers` does not belong to a profile of kind ocp"), "{found:?}");
}

#[test]
fn obshell_takes_the_agents_own_password_and_a_socket_takes_none() {
    let one = |lines: &str| format!("[[profile]]\nname = \"x\"\nkind = \"obshell\"\n{lines}");
    let agent = one("url = \"http://h:2886\"\nauth = { type = \"agent-password\", password_env = \"A\" }\n");
    let c = parse(&agent, &Around::default()).unwrap();
    assert_eq!(c.profiles[0].auth, Auth::AgentPassword { password: SecretSource::Env("A".to_owned()) });
    assert_eq!((c.profiles[0].auth.user(), c.secret_variables()), ("agent", vec!["A".to_owned()]));
    let socket = one("url = \"unix:///run/obshell.sock\"\n");
    let c = parse(&socket, &Around::default()).unwrap();
    assert_eq!((&c.profiles[0].auth, c.profiles[0].auth.secret()), (&Auth::Socket, None));
    assert_eq!(c.profiles[0].origin(), "unix:/run/obshell.sock");
    // With an agent behind a port beside it there is somebody to show a password to.
    let both = format!("{socket}peers = [\"http://h:2886\"]\n");
    assert!(mistakes(&both)[0].contains("has no `auth`"));
    assert!(mistakes(&format!("{both}auth = {{ type = \"password\" }}\n")).is_empty());
    let told = mistakes(&format!("{socket}auth = {{ type = \"password\" }}\n"));
    assert!(told[0].starts_with("5:8:") && told[0].contains("only goes through a socket"), "{told:?}");
    for bad in ["unix://run/a.sock", "unix:a.sock", "unix:///", "unix:///a?b=1"] {
        assert!(mistakes(&one(&format!("url = \"{bad}\"\n")))[0].contains("absolute path"), "{bad}");
    }
    let ocp = profile("url = \"unix:///a.sock\"\nauth = { type = \"basic\", username = \"u\" }\n");
    assert!(mistakes(&ocp)[0].contains("only OBShell"), "{:?}", mistakes(&ocp));
}

#[test]
fn keys_of_the_other_login_are_unknown() {
    let found = mistakes(&profile(
        "url = \"http://h\"\nauth = { type = \"access-key\", id = \"k\", password_env = \"P\" }\n",
    ));
    assert!(found[0].contains("unknown key `password_env`"), "{found:?}");
}

#[test]
fn ui_words_are_checked() {
    let found = mistakes(
        "[ui]\ntheme = \"drak\"\nlanguage = \"de\"\nrefresh = \"soon\"\nambiguous_width = 3\nascii = 1\n",
    );
    assert_eq!(found.len(), 5, "{found:#?}");
    assert!(found[0].contains("did you mean `dark`?"));
}

#[test]
fn the_sample_config_reads_without_a_mistake() {
    let sample = include_str!("../../../assets/config.sample.toml");
    assert!(parse(sample, &Around::default()).unwrap().profiles.is_empty());
    // With its examples switched on it must read too: a sample that is wrong teaches mistakes.
    let on: String = sample
        .lines()
        .map(|l| l.strip_prefix("#| ").unwrap_or(l))
        .fold(String::new(), |all, l| all + l + "\n");
    assert_eq!(parse(&on, &Around::default()).unwrap().profiles.len(), 2);
}

#[test]
fn lengths_are_digits_and_a_unit() {
    assert_eq!(length("2s"), Some(Span::from_secs(2)));
    assert_eq!(length("90"), Some(Span::from_secs(90)));
    assert_eq!(length("250ms"), Some(Span::from_millis(250)));
    assert_eq!(length("1h"), Some(Span::from_secs(3600)));
    for bad in ["", "s", "-1s", "1.5s", "1y", "99999999999999999999s", "9223372036854775807h"] {
        assert_eq!(length(bad), None, "{bad}");
    }
}

mod properties {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,200}") {
            let _ = super::parse(&text, &super::Around::default());
        }
        #[test]
        fn no_value_in_a_profile_makes_it_panic(key in "[a-z_]{1,12}", value in "[ -~]{0,40}") {
            let _ = super::parse(&format!("[[profile]]\n{key} = {value}\n"), &super::Around::default());
        }
    }
}
