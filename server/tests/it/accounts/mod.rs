//! Accounts, by subject. What the official client sees of them is tested with it, in `end2end`.

mod attacks;
mod audit;
mod callers;
mod keys;
mod letters;
mod limits;
mod mail;
mod origin;
mod outside;
mod pages;
mod passwords;
pub mod people;
mod plain_forms;
mod revocation;
mod sessions;
mod sign;
mod timing;
mod vectors;
mod ways_back;
