//! `config`, `init`, and what a config does to every verb.

use std::os::unix::fs::PermissionsExt;

use super::run::{bare, command, finish, private};

fn check(text: &str, mode: u32) -> super::run::Ran {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("c.toml");
    private(&path, text);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    let mut c = command(home.path());
    c.args(["config", "check", "--config"]).arg(&path);
    finish(c, None)
}

#[test]
fn f06_mistakes_are_named_with_file_line_and_column_all_at_once() {
    let ran =
        check("[[profile]]\nname = \"x\"\nknid = \"ocp\"\nread_only = 1\n[ui]\nthema = \"dark\"\n", 0o600)
            .exit(2);
    ran.says(&[
        "c.toml:3:1: unknown key `knid` in profile `x`; did you mean `kind`?",
        "c.toml:4:13: `read_only` must be true or false, not a whole number",
        "c.toml:6:1: unknown key `thema` in [ui]; did you mean `theme`?",
    ]);
}

#[test]
fn f06_mistakes_are_a_document_too() {
    let ran = check("colour = 1\n", 0o600).exit(2);
    let j = ran.json();
    assert_eq!(j["ok"], false);
    assert_eq!((&j["mistakes"][0]["line"], &j["mistakes"][0]["column"]), (&1.into(), &1.into()));
}

#[test]
fn f06_a_password_in_a_file_that_others_can_read_is_refused_like_an_ssh_key() {
    let text = "[[profile]]\nname = \"x\"\nkind = \"ocp\"\nurl = \"http://h\"\nauth = { type = \"basic\", username = \"u\", password = \"canary-4711\" }\n";
    let ran = check(text, 0o644).exit(2).says(&["c.toml:5:", "chmod 600"]);
    assert!(!ran.err.contains("canary") && !ran.out.contains("canary"));
    check(text, 0o600).exit(0);
}

#[test]
fn x01_a_hostile_key_does_not_reach_the_terminal() {
    let ran = check("\"\\u001b[2J\\u202e\" = 1\n", 0o600).exit(2);
    assert!(!ran.err.contains('\u{1b}') && !ran.err.contains('\u{202e}'), "{:?}", ran.err);
    assert!(ran.err.contains("␛[2J‹bidi›"));
}

#[test]
fn f05_relative_and_empty_xdg_places_are_ignored() {
    let home = tempfile::tempdir().unwrap();
    let mut c = command(home.path());
    c.args(["config", "path"]).env("XDG_CONFIG_HOME", "relative/place").env("XDG_STATE_HOME", "");
    let j = finish(c, None).exit(0).json();
    let under = |path: &str| home.path().join(path).display().to_string();
    assert_eq!(j["config"], under(".config/obdeck/config.toml"));
    assert_eq!(j["state"], under(".local/state/obdeck"));
}

#[test]
fn config_path_names_what_the_environment_says() {
    let home = tempfile::tempdir().unwrap();
    let mut c = command(home.path());
    c.args(["config", "path", "-o", "table"])
        .env("OBDECK_CONFIG", "/etc/deck.toml")
        .env("XDG_STATE_HOME", "/var/s");
    let ran = finish(c, None).exit(0);
    assert_eq!(ran.out, "config  /etc/deck.toml\nstate   /var/s/obdeck\nlogs    /var/s/obdeck/logs\n");
}

#[test]
fn init_writes_a_private_file_that_checks_and_never_overwrites_it() {
    let home = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let mut c = command(home.path());
        c.args(args);
        finish(c, None)
    };
    let path = home.path().join(".config/obdeck/config.toml");
    assert_eq!(run(&["init"]).exit(0).out.trim_end(), path.display().to_string());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    run(&["config", "check"]).exit(0);
    private(&path, "# mine\n");
    run(&["init"]).exit(2).says(&["is there already", "--force"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "# mine\n");
    run(&["init", "--force"]).exit(0);
    assert!(std::fs::read_to_string(&path).unwrap().contains("[[profile]]"));
}

#[test]
fn bindings_are_checked_and_clashes_named() {
    check("[keys]\nstpo = [\"K\"]\n", 0o600)
        .exit(2)
        .says(&["c.toml:2:", "unknown key `stpo` in [keys]; did you mean `stop`?"]);
    check("[keys]\nstop = [\"K\"]\nstart = [\"K\"]\n", 0o600)
        .exit(0)
        .says(&["warning: [keys]: `K` is wanted twice"]);
}

#[test]
fn no_config_at_the_default_place_is_no_mistake() {
    bare(&["config", "check", "-o", "table"], None).exit(0);
    bare(&["config", "check", "--config", "/no/such.toml"], None).exit(2);
}

#[test]
fn a_secret_that_cannot_be_had_is_named_without_a_terminal_to_ask_on() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("c.toml");
    let with = |auth: &str| {
        private(
            &path,
            &format!(
                "[[profile]]\nname = \"x\"\nkind = \"ocp\"\nurl = \"http://127.0.0.1:9\"\nauth = {{ type = \"basic\", username = \"u\"{auth} }}\n"
            ),
        );
        let mut c = command(home.path());
        c.args(["get", "clusters", "--config"]).arg(&path);
        finish(c, None)
    };
    with("").exit(2).says(&["profile x", "no terminal to ask on"]);
    with(", password_env = \"NOT_SET\"").exit(2).says(&["NOT_SET is not set"]);
    with(", password_command = [\"sh\", \"-c\", \"echo locked >&2; exit 7\"]")
        .exit(2)
        .says(&["exit status: 7", "locked"]);
    with(", password_file = \"/no/such/file\"").exit(2).says(&["/no/such/file"]);
}

#[test]
fn k01_a_password_command_does_not_see_the_secrets_of_other_profiles() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("c.toml");
    let seen = home.path().join("seen");
    private(
        &path,
        &format!(
            "[[profile]]\nname = \"a\"\nkind = \"ocp\"\nurl = \"http://127.0.0.1:9\"\nauth = {{ type = \"basic\", username = \"u\", password_command = [\"sh\", \"-c\", \"env > {}; echo p\"] }}\n\
             [[profile]]\nname = \"b\"\nkind = \"ocp\"\nurl = \"http://127.0.0.1:9\"\nauth = {{ type = \"basic\", username = \"u\", password_env = \"OTHER_SECRET\" }}\n",
            seen.display()
        ),
    );
    let mut c = command(home.path());
    c.args(["get", "clusters", "--profile", "a", "--config"]).arg(&path).env("OTHER_SECRET", "canary-4711");
    finish(c, None).exit(5);
    let env = std::fs::read_to_string(&seen).unwrap();
    assert!(env.contains("PATH=") && !env.contains("canary"), "{env}");
}
