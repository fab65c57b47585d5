//! Sessions that outlive a process, and replicas that share them: SQLite in a file, and a real Redis or Valkey.
//!
//! Where there is no such server, its tests report themselves ignored with what to install; with
//! `E2E_REQUIRE=all` they fail.

#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod redis;
mod replicas;

use std::future::Future;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use auth::session::contract;
use e2e::environment;
use libtest_mimic::{Arguments, Completion, Failed, Trial};

use crate::redis::Server;
use crate::replicas::{SERVE, Shared};

/// One server for all tests: each has keys of its own.
type Redis = Arc<OnceLock<Result<Server, String>>>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    if let Some(at) = words.iter().position(|word| word == SERVE) {
        return replicas::serve(&words[at + 1..]);
    }
    let redis = Redis::default();
    let mut trials: Vec<_> = contract::ALL
        .iter()
        .map(|(name, test)| {
            with_redis(&redis, name, move |server| {
                block_on(async { test(&server.store()).await });
            })
        })
        .collect();
    trials.push(with_redis(&redis, "seen_by_another", |server| {
        let (one, two) = server.two_stores();
        block_on(contract::a_session_is_seen_by_another(&one, &two));
    }));
    trials.push(with_redis(&redis, "many_at_once_lose_nothing", |server| {
        block_on(contract::many_at_once_lose_nothing(Arc::new(
            server.store(),
        )));
    }));
    for (name, case) in replicas::CASES {
        let name = *name;
        trials.push(Trial::test(format!("sqlite::{name}"), move || {
            block_on(case(&Shared::file()));
            Ok(())
        }));
        trials.push(with_redis(&redis, name, move |server| {
            block_on(case(&Shared::at(server)));
        }));
    }
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    drop(redis);
    conclusion.exit_code()
}

fn with_redis(redis: &Redis, name: &str, test: impl FnOnce(&Server) + Send + 'static) -> Trial {
    let redis = Arc::clone(redis);
    Trial::ignorable_test(format!("redis::{name}"), move || {
        match redis.get_or_init(Server::start) {
            Ok(server) => {
                test(server);
                Ok(Completion::Completed)
            }
            Err(missing) if environment::everything_is_required() => Err(Failed::from(missing)),
            Err(missing) => Ok(Completion::ignored_with(missing)),
        }
    })
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(work)
}
