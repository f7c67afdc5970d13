//! What an agent's refusals mean (obshell-api 4.1). Keyed by `errCode`; the HTTP status is often 500 where another
//! server would say 409.

use crate::domain::outcome::ReadErrorKind;
use crate::domain::time::Timestamp;
pub(super) use crate::plane::answer::{No, Shape, shape};
use crate::plane::transport::Answer;

/// The header was sealed with another key: the agent was reinstalled, or made a new one.
pub(super) const DECRYPT_FAILED: &str = "Security.Authentication.Header.DecryptFailed";
/// The header's `ts` is in the past by the agent's clock.
pub(super) const EXPIRED: &str = "Security.Authentication.Expired";

/// Whether an answer says no, and how.
pub(super) fn refusal(answer: &Answer, shape: &Shape, now: Timestamp) -> Option<No> {
    crate::plane::answer::refusal(answer, shape, now, kind)
}

/// Whether the login itself was refused, so that nothing more may be sent. A stale key is no refused login, and
/// neither is what a proxy in between says.
pub(super) fn is_login_refused(answer: &Answer) -> bool {
    answer.status == 401 && code(answer).is_none_or(|c| c != DECRYPT_FAILED)
}

/// Whether the agent could not open the header.
pub(super) fn is_decrypt_failed(answer: &Answer) -> bool {
    answer.status == 401 && code(answer).is_some_and(|c| c == DECRYPT_FAILED)
}

/// Whether a refusal of an order is no decision. `Common.Unexpected` is what an agent answers where its handler crashed
/// (before the DAG was made or after), or where the agent it passed the order on to broke off; only where that one
/// could not even be dialled was nothing done (obshell-api 4, 4.1).
pub(super) fn is_undecided(no: &No) -> bool {
    no.code.raw() == "Common.Unexpected" && !no.message.contains("dial tcp")
}

fn code(answer: &Answer) -> Option<String> {
    match shape(answer) {
        Shape::Envelope(head) => head.error.and_then(|e| e.err_code).map(|c| c.0),
        Shape::Html(_) | Shape::Other(_) => None,
    }
}

fn kind(status: u16, code: &str, message: &str, waits: bool) -> ReadErrorKind {
    match status {
        300..=399 => ReadErrorKind::Redirected,
        401 if code == "Security.User.PermissionDenied" => ReadErrorKind::Forbidden,
        401 => ReadErrorKind::Unauthenticated,
        403 => ReadErrorKind::Forbidden,
        407 => ReadErrorKind::Unreachable,
        429 => ReadErrorKind::RateLimited,
        503 if waits => ReadErrorKind::RateLimited,
        _ if is_absence(code) => ReadErrorKind::NotFound,
        _ if is_state(code) => ReadErrorKind::Conflict,
        _ if code == "Common.Unexpected" && is_agent_away(message) => ReadErrorKind::Unreachable,
        404 => ReadErrorKind::NotFound,
        409 => ReadErrorKind::Conflict,
        400..=499 => ReadErrorKind::BadRequest,
        _ => ReadErrorKind::Server,
    }
}

/// "Not in this state", "held by another", "no database": what may be right in a minute.
fn is_state(code: &str) -> bool {
    const CODES: [&str; 12] = [
        "Agent.Identify.NotSupportOperation",
        "Agent.OceanBase.NotHold",
        "Agent.OceanBase.Useless",
        "Gorm.NoRowAffected",
        "OB.Cluster.ForceStopOrTerminateRequired",
        "OB.Cluster.ForceStopRequired",
        "OB.Cluster.NotInitialized",
        "OB.Cluster.Tenant.Replica.Invalid",
        "OB.Server.StoppedInMultiZone",
        "Task.Dag.Operator.CancelFinishedDag",
        "Task.Node.Operator.PassNotFailedDag",
        "Task.Node.Operator.PassNotFailedNode",
    ];
    code.contains(".UnderMaintenance")
        || CODES.contains(&code)
        || (code.starts_with("Task.")
            && (code.ends_with("NotAllowed")
                || (code.contains(".Operator.") && code.ends_with("NotFailedDag"))))
}

fn is_absence(code: &str) -> bool {
    code == "Common.NotFound" || code == "Task.NotFound" || code.ends_with(".NotExist")
}

/// The asked agent could not reach the one that owns the task: its transport's words come through (obshell-api 4.1).
fn is_agent_away(message: &str) -> bool {
    ["connection refused", "dial tcp", "no route to host", "i/o timeout", "Client.Timeout", ": EOF"]
        .iter()
        .any(|words| message.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, code: &str) -> ReadErrorKind {
        kind(status, code, "m", false)
    }

    #[test]
    fn h04_under_maintenance_is_a_conflict_whatever_the_status() {
        for code in [
            "Agent.UnderMaintenance",
            "Agent.UnderMaintenanceDag",
            "OB.Cluster.UnderMaintenance",
            "OB.Cluster.UnderMaintenanceWithDag",
            "OB.Server.StoppedInMultiZone",
            "OB.Cluster.ForceStopRequired",
            "Task.Dag.Operator.RetryNotFailedDag",
            "Task.Dag.Operator.PassNotAllowed",
            "Task.Dag.Operator.CancelFinishedDag",
            "Agent.OceanBase.NotHold",
        ] {
            assert_eq!(of(500, code), ReadErrorKind::Conflict, "{code}");
            assert_eq!(of(400, code), ReadErrorKind::Conflict, "{code}");
        }
        assert_eq!(of(400, "Task.Dag.Operator.NotSupport"), ReadErrorKind::BadRequest);
        assert_eq!(of(400, "OB.Cluster.StopModeConflict"), ReadErrorKind::BadRequest);
    }

    #[test]
    fn h03_what_is_not_there_is_not_found_in_any_words() {
        for (status, code) in
            [(404, "Task.NotFound"), (400, "OB.Zone.NotExist"), (400, "Agent.NotExist"), (404, "")]
        {
            assert_eq!(of(status, code), ReadErrorKind::NotFound, "{code}");
        }
    }

    #[test]
    fn a17_an_owner_that_does_not_answer_is_away_and_a_crash_is_not() {
        let away = r#"Get "http://127.0.0.3:2886/api/v1/task/dag/1": dial tcp 127.0.0.3:2886: connect: connection refused"#;
        assert_eq!(kind(500, "Common.Unexpected", away, false), ReadErrorKind::Unreachable);
        let crash = "Unexpected error: Internal Server Error";
        assert_eq!(kind(500, "Common.Unexpected", crash, false), ReadErrorKind::Server);
    }
}
