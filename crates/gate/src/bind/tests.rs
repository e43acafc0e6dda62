//! Cases of the binder that are about one rule each.
