//! Text that officials read: the words of the closed lists, and what is rendered from templates.

pub mod calendar;
pub mod report;
pub mod statistics;
pub mod template;
pub mod words;
