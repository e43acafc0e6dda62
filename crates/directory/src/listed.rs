//! Texts of which a list knows what they mean: read as the list names them, in whatever form somebody writes them.
//!
//! What the list does not know is read as it stands, since it may be kept from before there was a list; whoever sets it is
//! refused by the property's check.

/// Declares the type of such a text: its name, what may be written, and how the list calls what it knows.
macro_rules! listed {
    ($(#[$about:meta])* $type:ident = $name:literal, $accepts:literal, $known:expr) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type(pub object::value::Text);

        impl object::types::PropertyType for $type {
            const KIND: &'static object::types::Kind = {
                static KIND: object::types::Kind =
                    object::types::Kind { name: $name, read: read_listed, accepts: $accepts };
                fn read_listed(value: &object::Value) -> object::Result<object::Value> {
                    let known: fn(&str) -> Option<String> = $known;
                    match value {
                        object::Value::Null => Ok(object::Value::Null),
                        object::Value::String(text) => {
                            Ok(known(text.trim()).map_or_else(|| value.clone(), object::Value::from))
                        }
                        other => Err(KIND.refuse(other)),
                    }
                }
                &KIND
            };
            fn of_value(value: &object::Value) -> Option<$type> {
                value.as_str().map(|text| $type(text.into()))
            }
            fn into_value(self) -> object::Value {
                object::Value::String(self.0)
            }
        }
    };
}
pub(crate) use listed;
