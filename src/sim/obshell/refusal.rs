//! Refusals as an agent words them (obshell-api 4.1).

/// Why a request is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// `errCode`, what a client keys on.
    pub(super) err: &'static str,
    /// The older number; 0 is not sent.
    pub(super) code: u32,
    pub(super) message: String,
    /// For `Accept-Language: zh-CN`, where the real text is known.
    pub(super) chinese: Option<String>,
    /// Whether the answer carries `"data": null`, as those do that come from the task layer.
    pub(super) null: bool,
    /// Where in the agent it arose: decides over trace ID, timestamp and content type.
    pub(super) from: From,
}

/// Where a refusal arises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// The handler, like most.
    Handler,
    /// Before the request has a trace ID: while its header or body is opened.
    Door,
    /// The crash handler: without trace ID, with the agent's start for a timestamp.
    Crash,
}

impl Refusal {
    pub(super) fn new(status: u16, err: &'static str, message: impl Into<String>) -> Refusal {
        let message = message.into();
        Refusal { status, err, code: 0, message, chinese: None, null: false, from: From::Handler }
    }

    pub(super) fn with_null(mut self) -> Refusal {
        self.null = true;
        self
    }

    /// 401 with the older number 10008.
    pub(super) fn unauthorized(err: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { code: 10008, ..Refusal::new(401, err, message) }
    }

    /// The header could not be opened.
    pub(super) fn sealed(why: &str) -> Refusal {
        Refusal {
            code: 1,
            from: From::Door,
            ..Refusal::new(
                401,
                "Security.Authentication.Header.DecryptFailed",
                format!("Decrypt http header failed: {why}"),
            )
        }
    }

    pub(super) fn crash() -> Refusal {
        let text = "Unexpected error: Internal Server Error";
        Refusal { from: From::Crash, ..Refusal::new(500, "Common.Unexpected", text) }
    }

    pub(super) fn unknown_path() -> Refusal {
        Refusal::new(404, "Common.NotFound", "Element not found: 404 not found")
    }

    pub(super) fn bind(why: impl std::fmt::Display) -> Refusal {
        Refusal::new(400, "Common.BindJsonFailed", format!("Bind JSON failed: {why}"))
    }

    pub(super) fn no_task(what: &str) -> Refusal {
        Refusal::new(404, "Task.NotFound", format!("Task not found: {what}"))
    }

    pub(super) fn not_hold() -> Refusal {
        Refusal::new(500, "Agent.OceanBase.NotHold", "Agent is not holding OceanBase")
    }

    pub(super) fn identity(agent: &str, is: &str, instead: &str) -> Refusal {
        let message = format!("'{agent}' is '{is}', instead of '{instead}', does not support this operation");
        let chinese = format!("'{agent}' 身份是 '{is}'，而不是 '{instead}'，不支持此操作");
        Refusal { chinese: Some(chinese), ..Refusal::new(400, "Agent.Identify.NotSupportOperation", message) }
    }

    /// As it stands in a task's log.
    pub(super) fn line(&self) -> String {
        format!("ERROR: [{}]: {}", self.err, self.message)
    }
}
