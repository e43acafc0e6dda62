//! How much of a message is looked at; what lies beyond is kept, and shown as one opaque part.

/// Multiparts and messages within each other. Real mail stays below 20; a deeper tree is an attack.
pub const DEPTH_MAX: usize = 100;

/// Parts of one message: a digest has hundreds; each costs a line of BODYSTRUCTURE in every row.
pub const PARTS_MAX: usize = 2_000;

/// Header fields that are looked at in one header; the bytes of the others are still served.
pub const FIELDS_MAX: usize = 10_000;

/// Bytes of one unfolded field value that are decoded or rendered. RFC 5322 lines end at 998.
pub const FIELD_BYTES_MAX: usize = 256 * 1024;

/// Addresses of one field that are rendered: mailing programs that list all readers in To exist.
pub const ADDRESSES_MAX: usize = 5_000;

/// Parameters of one Content-Type or Content-Disposition.
pub const PARAMETERS_MAX: usize = 100;

/// Message-IDs kept of References; RFC 5256 threading needs the first and the last ones.
pub const REFERENCES_MAX: usize = 200;

/// Characters of a preview. [RFC 8970 3.2]
pub const PREVIEW_CHARS_MAX: usize = 200;

/// Bytes of decoded text that go into the search index for one message.
pub const INDEXED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes of an HTML part that are turned into text for preview and search.
pub const HTML_BYTES_MAX: usize = 2 * 1024 * 1024;
