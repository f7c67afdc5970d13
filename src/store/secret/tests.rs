//! Where secrets come from, and what must not leak on the way.

use std::os::unix::fs::PermissionsExt;

use super::*;

async fn command(argv: &[&str], hidden: &[String]) -> Result<String, NoSecret> {
    let argv = argv.iter().map(|a| (*a).to_owned()).collect();
    get(&SecretSource::Command(argv), "x", hidden).await.map(|s| s.expose().to_owned())
}

#[tokio::test]
async fn k04_only_the_first_line_of_a_command_counts() {
    assert_eq!(command(&["printf", "one\\r\\ntwo\\n"], &[]).await.unwrap(), "one");
}

#[tokio::test]
async fn k04_a_command_that_prints_10_mb_is_cut() {
    let got = command(&["sh", "-c", "echo first; head -c 10000000 /dev/zero"], &[]).await;
    assert_eq!(got.unwrap(), "first");
}

#[tokio::test]
async fn k04_a_failing_command_is_told_with_status_and_filtered_words() {
    let e = command(&["sh", "-c", "printf '\\033[2Jlocked' >&2; exit 3"], &[]).await.unwrap_err();
    let told = e.to_string();
    assert!(told.contains("exit status: 3") && told.contains("␛[2Jlocked"), "{told}");
}

#[tokio::test]
async fn k04_a_command_that_hangs_is_given_up() {
    let argv = ["sleep".to_owned(), "1000".to_owned()];
    let e = from_command(&argv, &[], Duration::from_millis(20)).await.unwrap_err();
    assert_eq!(e, NoSecret::TooSlow { program: "sleep".to_owned() });
}

#[tokio::test]
async fn k01_a_command_does_not_see_the_variables_of_other_secrets() {
    // PATH stands in for a secret's variable, since it is set in every environment.
    let got = command(&["/bin/sh", "-c", "/usr/bin/env | grep -c ^HOME="], &["HOME".to_owned()]).await;
    assert!(got.is_err() || got.unwrap() == "0");
}

#[tokio::test]
async fn a_command_that_is_not_there_is_named() {
    let e = command(&["/no/such/program"], &[]).await.unwrap_err();
    assert!(e.to_string().starts_with("could not start /no/such/program"));
}

#[tokio::test]
async fn a_file_that_others_can_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("secret");
    std::fs::write(&path, "canary\nsecond\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let source = SecretSource::File(path.clone());
    let e = get(&source, "x", &[]).await.unwrap_err();
    assert!(e.to_string().contains("mode 0640"), "{e}");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(get(&source, "x", &[]).await.unwrap().expose(), "canary");
}

#[tokio::test]
async fn a_variable_that_is_not_set_is_named() {
    let e = get(&SecretSource::Env("OBDECK_NO_SUCH_VARIABLE".to_owned()), "x", &[]).await.unwrap_err();
    assert_eq!(e.to_string(), "the environment variable OBDECK_NO_SUCH_VARIABLE is not set");
}
