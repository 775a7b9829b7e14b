//! Accounts, by subject. What the official client sees of them is tested with it, in `end2end`.

mod attacks;
mod audit;
mod keys;
mod letters;
mod limits;
mod mail;
mod origin;
mod outside;
mod pages;
mod passwords;
mod people;
mod revocation;
mod sessions;
mod sign;
mod vectors;
