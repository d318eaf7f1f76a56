//! A time zone by its name in the IANA database: typed, with the names that there are offered while one types.

use std::sync::LazyLock;

use maud::{Markup, html};

use super::field::{Field, input_of};

/// The names that people choose from: those of places, and UTC. Older names are still taken where one is typed.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let names = jiff::tz::TimeZoneDatabase::bundled();
    names.available().map(|it| it.to_string()).filter(|it| (it.contains('/') && !it.starts_with("Etc/")) || it == "UTC").collect()
});

/// The names in their order.
pub fn zones() -> &'static [String] {
    &NAMES
}

/// The field, with its list; one of them to a page.
pub fn zone_field(it: Field) -> Markup {
    html! {
        (input_of("text", Field { chars_max: Some(60), ..it }, Some("zones")))
        datalist id="zones" { @for it in zones() { option value=(it) {} } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_find_their_place() {
        for name in ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "UTC"] {
            assert!(zones().iter().any(|it| it == name), "{name}");
        }
        assert!(!zones().iter().any(|it| it.starts_with("Etc/")));
    }
}
