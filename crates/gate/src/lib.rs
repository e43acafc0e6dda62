//! The room `gate`: not furnished yet.
