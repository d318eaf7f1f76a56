//! Both doors, tried without a port: the router is called as a function, on a desk in a temporary folder.

mod access;
mod accounts;
mod alike;
mod api;
mod calendars;
mod csat;
mod forged;
mod isolation;
mod knowledge;
mod lasting;
mod limits;
mod lists;
mod live;
mod matrix;
mod operators;
mod pages;
mod relevance;
mod routes;
mod search;
mod second_factor;
mod sign_in;
mod uploads;
mod world;
