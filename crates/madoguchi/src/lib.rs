//! The binary's insides: command line, configuration, wiring, background jobs, the renderer and demo cities.
//!
//! This room decides nothing about the operation: it reads what the deployment says, opens what the other rooms
//! need and puts them together. It is the only one that links typst, in the child process that renders.

pub mod admission;
pub mod cli;
pub mod config;
pub mod demo;
pub mod faces;
pub mod first_start;
pub mod jobs;
pub mod keys;
pub mod listen;
pub mod logging;
mod mailing;
pub mod network;
pub mod operations;
mod outage;
pub mod renderer;
pub mod rules;
pub mod sample;
pub mod serve;
pub mod smtp;
pub mod telemetry;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

/// Does what the command line says; a failure is one line on stderr.
pub fn run() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(failure) => {
            // Nobody is left to tell when stderr is closed.
            let _ignored = writeln!(std::io::stderr(), "madoguchi: {failure}");
            ExitCode::FAILURE
        }
    }
}
