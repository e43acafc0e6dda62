//! The room `dotnet`: not furnished yet.
