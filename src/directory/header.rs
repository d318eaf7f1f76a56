//! What a proxy in front says in headers about whoever it has signed in. Believed only from the proxy's own addresses, by the address
//! of the connection itself and never by what is forwarded in a header; from anywhere else the headers are as good as not there.

use std::net::IpAddr;

use crate::{
    desk::providers::{AttributeMap, Attributes, HeaderSettings, Said},
    limits,
    reach::{Finding, Trouble, What},
};

/// What came of looking at the headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// The header is not there.
    Nothing,
    /// It is there and comes from somebody who may not send it.
    Spoofed,
    Said(Box<Said>),
}

/// Reads the headers of a request whose connection comes from `peer`.
pub fn read(settings: &HeaderSettings, map: &AttributeMap, peer: Option<IpAddr>, header: impl Fn(&str) -> Option<String>) -> Read {
    let text = |name: &str| header(name).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty() && !name.is_empty());
    let Some(subject) = text(&settings.subject) else { return Read::Nothing };
    if !peer.is_some_and(|peer| settings.ranges().any(|it| it.contains(peer))) {
        return Read::Spoofed;
    }
    let groups = (!map.groups.is_empty()).then(|| {
        let all = text(&map.groups).unwrap_or_default();
        let split = all.split(settings.separator.as_str()).map(str::trim).filter(|it| !it.is_empty());
        split.take(limits::GROUPS_OF_PERSON_MAX).map(str::to_owned).collect()
    });
    Read::Said(Box::new(Said {
        subject,
        attributes: Attributes {
            email: text(&map.email),
            name: text(&map.name),
            department: text(&map.department),
            phone: text(&map.phone),
            locale: text(&map.locale),
        },
        email_verified: false,
        groups,
        active: true,
    }))
}

/// Whether a request such as this one would be believed.
pub fn check(settings: &HeaderSettings, peer: Option<IpAddr>) -> Vec<Finding> {
    let networks = settings.networks.join(", ");
    let Some(peer) = peer else { return vec![Finding::fine(format!("`{}` is believed from {networks}.", settings.subject))] };
    if settings.ranges().any(|it| it.contains(peer)) {
        return vec![Finding::fine(format!("You come through {peer}, from where `{}` is believed.", settings.subject))];
    }
    vec![
        Trouble::new(
            What::Refused,
            format!("You come from {peer}, which is not among {networks}: `{}` is not believed from there.", settings.subject),
            "Open this page through the proxy, or add the proxy's own address.",
        )
        .into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::providers::ProviderKind;

    #[test]
    fn only_the_proxy_is_believed() {
        let settings = HeaderSettings {
            networks: vec!["10.1.0.0/16".into(), "::1".into()],
            subject: "X-Forwarded-User".into(),
            separator: ",".into(),
            sign_out: None,
        };
        let map = ProviderKind::Header.usual_attributes();
        let sent = |name: &str| match name {
            "X-Forwarded-User" => Some("rosa".to_owned()),
            "X-Auth-Request-Email" => Some("rosa@example.com".to_owned()),
            "X-Auth-Request-Groups" => Some("a, b,,".to_owned()),
            _ => None,
        };
        for (peer, believed) in [
            (Some("10.1.2.3"), true),
            (Some("::ffff:10.1.2.3"), true),
            (Some("::1"), true),
            (Some("10.2.0.1"), false),
            (Some("127.0.0.1"), false),
            (None, false),
        ] {
            let peer = peer.map(|it| it.parse().unwrap());
            match read(&settings, &map, peer, sent) {
                Read::Said(it) => {
                    assert!(believed, "{peer:?}");
                    assert_eq!((it.subject.as_str(), it.attributes.email.as_deref()), ("rosa", Some("rosa@example.com")));
                    assert_eq!(it.groups, Some(vec!["a".to_owned(), "b".to_owned()]));
                }
                it => assert_eq!((it, believed), (Read::Spoofed, false), "{peer:?}"),
            }
            assert_eq!(read(&settings, &map, peer, |_| Some(" ".into())), Read::Nothing);
        }
    }
}
