//! Which agent keeps a DAG: its ID tells (obshell-api 5).

use std::net::{Ipv4Addr, Ipv6Addr};

/// `ip:port` out of an ID; `None` for what lives in the database or does not read.
pub(super) fn of(id: &str) -> Option<String> {
    let (ip_digits, is_v6) = match id.as_bytes().first()? {
        b'2' | b'4' => (10, false),
        b'3' | b'5' => (39, true),
        _ => return None,
    };
    let ip = id.get(1..=ip_digits)?;
    let port: u16 = id.get(ip_digits + 1..ip_digits + 6)?.parse().ok()?;
    if id.len() <= ip_digits + 6 || !id.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(if is_v6 {
        format!("[{}]:{port}", Ipv6Addr::from_bits(ip.parse().ok()?))
    } else {
        format!("{}:{port}", Ipv4Addr::from_bits(ip.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn an_id_tells_the_agent_that_keeps_it() {
        assert_eq!(of("22130706433028861").as_deref(), Some("127.0.0.1:2886"));
        assert_eq!(of("221307064350288624").as_deref(), Some("127.0.0.3:2886"));
        let v6 = format!("3{:039}{:05}7", 1, 2886);
        assert_eq!(of(&v6).as_deref(), Some("[::1]:2886"));
        for none in ["11", "", "2", "2213070643302886", "x2130706433028861", "299999999990288611"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
