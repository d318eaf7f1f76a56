//! The hours of a day drawn along it, as a decoration of the words beside it: open on a closed ground, with a line every six hours.

use maud::{Markup, html};

/// Minutes of a whole day.
const DAY: u32 = 1440;

/// One day; spans are minutes after its midnight.
pub fn day_strip(spans: &[(u32, u32)]) -> Markup {
    html! {
        svg.day-strip viewBox={ "0 0 " (DAY) " 24" } preserveAspectRatio="none" aria-hidden="true" {
            rect.closed x="0" y="0" width=(DAY) height="24" {}
            @for (from, to) in spans { rect.open x=(from) y="3" width=(to.min(&DAY).saturating_sub(*from)) height="18" {} }
            @for hour in [6, 12, 18] { rect.hour x=(hour * 60) y="0" width="2" height="24" {} }
        }
    }
}

/// Seven days under each other, small: for lists.
pub fn week_strip(days: &[Vec<(u32, u32)>]) -> Markup {
    html! {
        svg.week-strip viewBox={ "0 0 " (DAY) " " (days.len() * 60) } preserveAspectRatio="none" aria-hidden="true" {
            @for (row, spans) in days.iter().enumerate() {
                rect.closed x="0" y=(row * 60) width=(DAY) height="48" {}
                @for (from, to) in spans { rect.open x=(from) y=(row * 60) width=(to.min(&DAY).saturating_sub(*from)) height="48" {} }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_what_is_open_beside_the_ground_and_not_inside_it() {
        let html = day_strip(&[(540, 720), (1320, 1800)]).into_string();
        assert!(html.contains(r#"<rect class="open" x="540" y="3" width="180" height="18"></rect>"#), "{html}");
        assert!(html.contains(r#"x="1320" y="3" width="120""#), "cut at midnight: {html}");
        assert_eq!(html.matches("<rect").count(), html.matches("</rect>").count());
        assert!(week_strip(&[vec![(0, 1440)], vec![]]).into_string().contains(r#"viewBox="0 0 1440 120""#));
    }
}
