//! Made-up files taken apart.
