//! The room `remoting`: not furnished yet.
