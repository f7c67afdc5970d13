//! From TOML to [`Config`]. Each function reads one table and goes on after a mistake.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use toml::de::DeTable;
use url::Url;

use super::mistake::{Mistake, Wrong};
use super::table::{Mistakes, Table, as_texts, wrong_type};
use super::{Around, Auth, Binding, Config, Profile, SecretSource, Tls, Ui, is_socket};
use crate::domain::capability::PlaneKind;
use crate::domain::guard::Danger;
use crate::domain::id::ProfileName;
use crate::domain::secret::Secret;
use crate::domain::time::Span;

pub(super) fn parse(text: &str, around: &Around<'_>) -> Result<Config, Vec<Mistake>> {
    let mut out = Mistakes::new(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    for e in &errors {
        out.add(&e.span().unwrap_or(0..0), Wrong::Syntax(e.message().to_owned()));
    }
    // What a parser recovers after a syntax error is a guess: mistakes found in it could be wrong.
    if !errors.is_empty() {
        return Err(sorted(out));
    }
    let root = Table::new(root.get_ref(), root.span(), "the file");
    root.only(&["profile", "ui", "keys"], &mut out);
    let config = Config {
        profiles: profiles(&root, around, &mut out),
        ui: ui(&root, around, &mut out),
        keys: keys(&root, &mut out),
    };
    if out.found.is_empty() { Ok(config) } else { Err(sorted(out)) }
}

fn sorted(out: Mistakes<'_>) -> Vec<Mistake> {
    let mut found = out.found;
    found.sort_by_key(|m| m.at);
    found
}

fn profiles(root: &Table<'_>, around: &Around<'_>, out: &mut Mistakes<'_>) -> Vec<Profile> {
    let Some((value, at)) = root.get("profile") else {
        return Vec::new();
    };
    let Some(list) = value.as_array() else {
        out.add(&at, wrong_type("profile", "written as [[profile]]", value));
        return Vec::new();
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut profiles = Vec::new();
    for item in list {
        let Some(table) = item.get_ref().as_table() else {
            out.add(&item.span(), wrong_type("profile", "a table", item.get_ref()));
            continue;
        };
        let table = Table::new(table, item.span(), "a profile");
        if let Some((name, at)) = table.text("name", &mut Mistakes::new("")) {
            if let Some(first) = seen.get(name) {
                out.add(&at, Wrong::DuplicateProfile { name: name.to_owned(), first: *first });
            } else {
                seen.insert(name.to_owned(), out.line(&at));
            }
        }
        profiles.extend(profile(table, around, out));
    }
    profiles
}

const PROFILE_KEYS: [&str; 9] =
    ["name", "kind", "url", "peers", "read_only", "danger", "auth", "tls", "proxy"];

fn profile(mut t: Table<'_>, around: &Around<'_>, out: &mut Mistakes<'_>) -> Option<Profile> {
    let name = name(&mut t, out);
    t.only(&PROFILE_KEYS, out);
    t.need("kind", "kind = \"ocp\"", out);
    let kind = t.word("kind", &["ocp", "obshell"], out).map(|k| match k {
        "obshell" => PlaneKind::Obshell,
        _ => PlaneKind::Ocp,
    });
    t.need("url", "url = \"https://ocp.example.com:8443\"", out);
    let url = t.text("url", out).and_then(|(text, at)| url("url", text, kind, &at, out));
    let peers: Vec<Url> = t
        .texts("peers", out)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(text, at)| self::url("peers", text, kind, &at, out))
        .collect();
    if let (Some((_, at)), Some(PlaneKind::Ocp)) = (t.get("peers"), kind) {
        out.add(&at, Wrong::Misplaced { key: "peers".to_owned(), place: "a profile of kind ocp".to_owned() });
    }
    let danger = match t.word("danger", &["low", "normal", "high"], out) {
        Some("low") => Danger::Low,
        Some("high") => Danger::High,
        _ => Danger::Normal,
    };
    let read_only = t.flag("read_only", out).unwrap_or(false);
    let no_proxy = t.word("proxy", &["none"], out).is_some();
    let tls = tls(&t, out);
    // Also one whose path is wrong needs no login: one mistake is told once.
    let is_one = t.get("url").and_then(|(v, _)| v.as_str()).is_some_and(|u| u.starts_with("unix:"));
    let auth = if is_one && kind == Some(PlaneKind::Obshell) && peers.iter().all(is_socket) {
        no_auth(&t, out)
    } else {
        auth(&t, kind, around, out)
    };
    Some(Profile {
        name: name?,
        kind: kind?,
        url: url?,
        peers,
        read_only,
        danger,
        auth: auth?,
        tls,
        no_proxy,
    })
}

fn name(t: &mut Table<'_>, out: &mut Mistakes<'_>) -> Option<ProfileName> {
    t.need("name", "name = \"prod\"", out);
    let (text, at) = t.text("name", out)?;
    t.name = format!("profile `{}`", crate::domain::shown::Shown::filter(text));
    let name = ProfileName::new(text);
    // `profile/name` is how a cluster is called where its name is not unique.
    if text.contains('/') || name.text().is_empty() || text.trim() != text || name.shown().as_str() != text {
        let why = "must be a plain word without `/`, control characters or spaces at its ends".to_owned();
        out.add(&at, Wrong::Value { key: "name".to_owned(), why });
        return None;
    }
    Some(name)
}

fn url(
    key: &str,
    text: &str,
    kind: Option<PlaneKind>,
    at: &Range<usize>,
    out: &mut Mistakes<'_>,
) -> Option<Url> {
    let why = match Url::parse(text) {
        Err(e) => e.to_string(),
        Ok(u) if is_socket(&u) && kind == Some(PlaneKind::Obshell) => match socket(&u) {
            Ok(()) => return Some(u),
            Err(why) => why,
        },
        Ok(u) if is_socket(&u) => "only OBShell's agents have a socket".to_owned(),
        Ok(u) if !matches!(u.scheme(), "http" | "https") => {
            format!("`{}` is neither http nor https", u.scheme())
        }
        Ok(u) if u.host_str().is_none_or(str::is_empty) => "it names no host".to_owned(),
        // The text itself is not quoted: it holds a password.
        Ok(u) if !u.username().is_empty() || u.password().is_some() => {
            "it holds a user or password; those belong into `auth`".to_owned()
        }
        Ok(u) if u.query().is_some() || u.fragment().is_some() => {
            "it must end with host, port or path, without `?` and `#`".to_owned()
        }
        Ok(u) => return Some(u),
    };
    out.add(at, Wrong::Url { key: key.to_owned(), why });
    None
}

/// A socket's URL is its absolute path and nothing else.
fn socket(url: &Url) -> Result<(), String> {
    let bare = url.username().is_empty() && url.password().is_none();
    let whole = bare && url.query().is_none() && url.fragment().is_none();
    match url.to_file_path() {
        Ok(path) if whole && path.is_absolute() && path.file_name().is_some() => Ok(()),
        Ok(_) | Err(()) => {
            Err("a socket is named by its absolute path: unix:///home/admin/ob/run/obshell.sock".to_owned())
        }
    }
}

fn tls(t: &Table<'_>, out: &mut Mistakes<'_>) -> Tls {
    let Some(t) = t.inner("tls", out) else {
        return Tls::default();
    };
    t.only(&["ca_file", "insecure"], out);
    Tls {
        ca_file: t.text("ca_file", out).and_then(|(p, at)| path("ca_file", p, &at, out)),
        insecure: t.flag("insecure", out).unwrap_or(false),
    }
}

/// A path; relative ones are refused, since they would depend on where the program is started.
fn path(key: &str, text: &str, at: &Range<usize>, out: &mut Mistakes<'_>) -> Option<PathBuf> {
    let path = match (text.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => PathBuf::from(text),
    };
    if path.is_absolute() {
        return Some(path);
    }
    let why = "must be an absolute path, or begin with ~/".to_owned();
    out.add(at, Wrong::Value { key: key.to_owned(), why });
    None
}

/// A login that nothing would be sent with is a mistake about who is asked.
fn no_auth(t: &Table<'_>, out: &mut Mistakes<'_>) -> Option<Auth> {
    if let Some((_, at)) = t.get("auth") {
        let place =
            "a profile that only goes through a socket: the agent looks at who runs obdeck".to_owned();
        out.add(&at, Wrong::Misplaced { key: "auth".to_owned(), place });
        return None;
    }
    Some(Auth::Socket)
}

fn auth(t: &Table<'_>, kind: Option<PlaneKind>, around: &Around<'_>, out: &mut Mistakes<'_>) -> Option<Auth> {
    t.need(
        "auth",
        "auth = { type = \"basic\", username = \"oncall\", password_env = \"OCP_PASSWORD\" }",
        out,
    )?;
    let t = t.inner("auth", out)?;
    t.need("type", "type = \"basic\"", out)?;
    let types: &[&'static str] = match kind {
        Some(PlaneKind::Ocp) => &["basic", "access-key"],
        Some(PlaneKind::Obshell) => &["password", "agent-password"],
        None => &["basic", "access-key", "password", "agent-password"],
    };
    let word = t.word("type", types, out)?;
    let (what, who): (&'static str, Option<&'static str>) = match word {
        "basic" => ("password", Some("username")),
        "access-key" => ("secret", Some("id")),
        _ => ("password", None),
    };
    let sources = [what.to_owned(), format!("{what}_command"), format!("{what}_env"), format!("{what}_file")];
    let mut known: Vec<&str> = vec!["type"];
    known.extend(who);
    known.extend(sources.iter().map(String::as_str));
    t.only(&known, out);
    let source = source(&t, what, &sources, around, out);
    let Some(who) = who else {
        let password = source?;
        return Some(match word {
            "agent-password" => Auth::AgentPassword { password },
            _ => Auth::Password { password },
        });
    };
    t.need(who, "", out);
    let user = t.text(who, out)?.0.to_owned();
    Some(if word == "basic" {
        Auth::Basic { username: user, password: source? }
    } else {
        Auth::AccessKey { id: user, secret: source? }
    })
}

fn source(
    t: &Table<'_>,
    what: &'static str,
    keys: &[String; 4],
    around: &Around<'_>,
    out: &mut Mistakes<'_>,
) -> Option<SecretSource> {
    let [inline, command, env, file] = keys;
    let given: Vec<&String> = keys.iter().filter(|k| t.get(k).is_some()).collect();
    if let [first, second, ..] = given.as_slice() {
        let at = t.get(second).map_or(t.at.clone(), |(_, at)| at);
        out.add(&at, Wrong::TwoSources { what, first: (*first).clone(), second: (*second).clone() });
        return None;
    }
    let Some(key) = given.first() else {
        return Some(SecretSource::Prompt);
    };
    if *key == command {
        let words: Vec<String> = t.texts(key, out)?.into_iter().map(|(w, _)| w.to_owned()).collect();
        if words.first().is_none_or(String::is_empty) {
            let why = "must name a program, e.g. [\"pass\", \"show\", \"ocp/prod\"]".to_owned();
            out.add(&t.get(key)?.1, Wrong::Value { key: (*key).clone(), why });
            return None;
        }
        return Some(SecretSource::Command(words));
    }
    let (text, at) = t.text(key, out)?;
    if *key == file {
        return path(key, text, &at, out).map(SecretSource::File);
    }
    if *key == env {
        if text.is_empty() || text.contains(['=', '\0']) {
            let why = "must be the name of an environment variable".to_owned();
            out.add(&at, Wrong::Value { key: (*key).clone(), why });
            return None;
        }
        return Some(SecretSource::Env(text.to_owned()));
    }
    if let Some(mode) = around.open_to_others {
        out.add(&at, Wrong::SecretReadable { key: inline.clone(), mode });
        return None;
    }
    Some(SecretSource::Inline(Secret::new(text.to_owned())))
}

const THEMES: [&str; 5] = ["auto", "dark", "light", "high-contrast", "mono"];

fn ui(root: &Table<'_>, around: &Around<'_>, out: &mut Mistakes<'_>) -> Ui {
    let mut ui = Ui::default();
    let Some(mut t) = root.inner("ui", out) else {
        return ui;
    };
    "[ui]".clone_into(&mut t.name);
    t.only(&["theme", "language", "refresh", "ascii", "ambiguous_width", "clipboard"], out);
    if let Some((theme, at)) = t.text("theme", out) {
        if is_theme(theme, around) {
            theme.clone_into(&mut ui.theme);
        } else {
            let near = super::mistake::near(theme, THEMES);
            out.add(
                &at,
                Wrong::Word { key: "theme".to_owned(), list: THEMES.to_vec(), got: theme.to_owned(), near },
            );
        }
    }
    if let Some(l) = t.word("language", &["auto", "en", "zh-CN"], out) {
        l.clone_into(&mut ui.language);
    }
    if let Some((text, at)) = t.text("refresh", out) {
        match length(text) {
            Some(s) if s >= Span::from_millis(500) && s <= Span::from_secs(3600) => ui.refresh = s,
            _ => out.add(
                &at,
                Wrong::Value {
                    key: "refresh".to_owned(),
                    why: "must be a length from 500ms to 1h, e.g. \"2s\"".to_owned(),
                },
            ),
        }
    }
    ui.ascii = t.flag("ascii", out);
    ui.clipboard = t.flag("clipboard", out).unwrap_or(true);
    if let Some((v, at)) = t.get("ambiguous_width") {
        match v.as_integer().map(toml::de::DeInteger::as_str) {
            Some("1") => ui.ambiguous_width = 1,
            Some("2") => ui.ambiguous_width = 2,
            Some(_) => {
                let why = "must be 1 or 2".to_owned();
                out.add(&at, Wrong::Value { key: "ambiguous_width".to_owned(), why });
            }
            None => out.add(&at, wrong_type("ambiguous_width", "1 or 2", v)),
        }
    }
    ui
}

/// Whether a theme is built in or a file of the user's. A name with a slash is never a path (X12).
fn is_theme(theme: &str, around: &Around<'_>) -> bool {
    THEMES.contains(&theme)
        || (!theme.is_empty()
            && !theme.contains(['/', '\\', '\0'])
            && !theme.starts_with('.')
            && around.themes.is_some_and(|dir| dir.join(format!("{theme}.toml")).is_file()))
}

fn keys(root: &Table<'_>, out: &mut Mistakes<'_>) -> BTreeMap<String, Binding> {
    let Some(t) = root.inner("keys", out) else {
        return BTreeMap::new();
    };
    t.members()
        .filter_map(|(command, (v, at))| {
            let keys = as_texts(command, v, &at, out)?.into_iter().map(|(k, _)| k.to_owned()).collect();
            Some((command.to_owned(), Binding { keys, at: out.place(&at) }))
        })
        .collect()
}

/// Reads a length of time: digits and one of `ms`, `s`, `m`, `h`; digits alone are seconds.
pub fn length(text: &str) -> Option<Span> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let count: i64 = digits.parse().ok()?;
    let millis = match unit.trim() {
        "ms" => 1,
        "s" | "" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    count.checked_mul(millis).map(Span::from_millis)
}
