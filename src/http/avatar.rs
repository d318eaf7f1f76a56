//! Where a person's own picture is fetched.

use crate::desk::identity::Person;

/// The address of the picture, for whoever is signed in; another picture has another one.
pub fn address(it: &Person) -> Option<String> {
    it.avatar.as_ref().map(|digest| format!("/v1/people/{}/avatar/{digest}", it.id))
}
