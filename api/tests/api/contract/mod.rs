//! What holds for every operation, found by walking the OpenAPI document: an operation that is added
//! later is met by these tests without a word about it, or fails because nothing is said of it.

mod document;
mod fixture;
mod hostile;
mod imports;
mod planted;
mod rights;
mod scope;
mod statements;
