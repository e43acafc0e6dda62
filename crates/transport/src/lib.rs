//! The room `transport`: not furnished yet.
