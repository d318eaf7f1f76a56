//! Times the open tickets anew after policies or calendars changed, some at a time, so that others write between.

use super::Context;
use crate::{
    desk::{
        jobs::{Ended, Job},
        service_levels,
    },
    limits,
};

pub async fn run(context: &Context, _: &Job) -> Ended {
    loop {
        // What is left is gone on with after the next start.
        if *context.stopping.borrow() {
            return Ended::Retry("the desk stops".into());
        }
        match context.desk.write(None, |tx| service_levels::retime_some(tx, limits::RETIMED_AT_ONCE)).await {
            Ok(true) => {}
            Ok(false) => return Ended::Done,
            Err(error) => return Ended::Retry(error.to_string()),
        }
    }
}
