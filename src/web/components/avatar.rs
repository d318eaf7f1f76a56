//! A face, or initials on a colour that belongs to the name. Decorative where the name stands beside it, labelled where it stands alone.

use crate::web::tongue::t;
use maud::{Markup, html};

/// A person as pages show one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Face {
    /// The name as the person writes it.
    pub name: String,
    /// The address of a picture, if there is one.
    pub picture: Option<String>,
}

impl Face {
    /// A person without a picture.
    pub fn named(name: impl Into<String>) -> Self {
        Face { name: name.into(), picture: None }
    }

    fn initials(&self) -> String {
        let mut words = self.name.split_whitespace().filter_map(|word| word.chars().next());
        let first = words.next();
        first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
    }

    /// One of eight hues, always the same for a name.
    fn hue(&self) -> u32 {
        self.name.chars().fold(7u32, |sum, it| sum.wrapping_mul(31).wrapping_add(it as u32)) >> 3 & 7
    }
}

/// Beside the written name: says nothing of its own.
pub fn avatar(face: &Face) -> Markup {
    draw(face, None)
}

/// Larger, beside the written name.
pub fn avatar_large(face: &Face) -> Markup {
    draw(face, Some("large"))
}

/// Standing alone: the name is its label.
pub fn avatar_alone(face: &Face) -> Markup {
    html! { span.avatar role="img" aria-label=(face.name) title=(face.name) data-hue=(face.hue()) { (inside(face)) } }
}

/// Nobody yet.
pub fn nobody() -> Markup {
    html! { span.avatar data-nobody role="img" aria-label=(t!("word-nobody")) title=(t!("word-nobody")) {} }
}

/// Several people, overlapping.
pub fn stack(faces: &[Face]) -> Markup {
    html! { span.avatars { @for face in faces { (avatar_alone(face)) } } }
}

fn draw(face: &Face, size: Option<&str>) -> Markup {
    html! { span.avatar aria-hidden="true" data-size=[size] data-hue=(face.hue()) { (inside(face)) } }
}

fn inside(face: &Face) -> Markup {
    html! { @if let Some(picture) = &face.picture { img src=(picture) alt="" loading="lazy"; } @else { (face.initials()) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_first_and_last() {
        for (name, initials) in [("Ada Lovelace", "AL"), ("Mary Anne van Dyk", "MD"), ("Cher", "C"), ("", ""), ("élan vital", "ÉV")] {
            assert_eq!(Face::named(name).initials(), initials);
        }
    }
}
