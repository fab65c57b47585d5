//! What the page hears of: [server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html).

use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::login;
use super::state::State;
use crate::capture::TransactionId;
use crate::tenant::Tenant;

/// What is not told by an arrival, such as a moved clock, is looked for so often.
const LOOK: Duration = Duration::from_millis(500);
/// At least so long is between two looks, however much arrives.
const PAUSE: Duration = Duration::from_millis(50);

/// A body that goes on as long as somebody listens.
pub(crate) struct Events(mpsc::Receiver<Bytes>);

impl Events {
    /// Tells of what is there, and of what happens until the provider stops.
    pub(crate) fn of(tenant: Tenant, stopping: watch::Receiver<bool>) -> Self {
        let (sender, receiver) = mpsc::channel(8);
        tokio::spawn(tell(
            Teller {
                tenant,
                sender,
                state: None,
                told: HashMap::new(),
                end: 0,
                cleared: 0,
            },
            stopping,
        ));
        Self(receiver)
    }
}

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.0.poll_recv(context);
        next.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// Nobody listens any more.
struct Gone;

struct Teller {
    tenant: Tenant,
    sender: mpsc::Sender<Bytes>,
    /// What was told last.
    state: Option<State>,
    /// The end of each login as it was told.
    told: HashMap<Option<TransactionId>, u64>,
    /// How many requests had come.
    end: u64,
    /// How often they had been forgotten.
    cleared: u64,
}

async fn tell(mut teller: Teller, mut stopping: watch::Receiver<bool>) {
    let mut look = interval(LOOK);
    let mut pause = interval(PAUSE);
    for pace in [&mut look, &mut pause] {
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    loop {
        let tenant = teller.tenant.clone();
        // Made before the look, so that nothing arrives in between unheard.
        let arrived = tenant.capture().arrived();
        if teller.tell_news().await.is_err() {
            return;
        }
        tokio::select! {
            () = arrived => {}
            _ = look.tick() => {}
            () = teller.sender.closed() => return,
            _ = stopping.wait_for(|stopped| *stopped) => return,
        }
        pause.tick().await;
    }
}

impl Teller {
    async fn tell_news(&mut self) -> Result<(), Gone> {
        let state = State::of(&self.tenant);
        if self.state.as_ref() != Some(&state) {
            let html = state.html(&self.tenant);
            self.state = Some(state);
            self.send("state", "", &html).await?;
        }
        // Asked before the requests are: what is forgotten in between is told at the next look.
        let cleared = self.tenant.capture().cleared();
        let requests = self.tenant.requests();
        if cleared != self.cleared {
            self.cleared = cleared;
            self.told.clear();
            self.end = 0;
            self.send("reset", "", "").await?;
        }
        if requests.end() == self.end {
            return Ok(());
        }
        self.end = requests.end();
        let logins = login::all(&requests);
        for login in logins.iter().rev().take(super::SHOWN).rev() {
            if self.told.insert(login.id, login.end()) != Some(login.end()) {
                self.send("login", &login::element(login.id), &login.html(false))
                    .await?;
            }
        }
        let is_there = |id: &Option<TransactionId>| logins.iter().any(|login| login.id == *id);
        let gone: Vec<_> = self
            .told
            .keys()
            .filter(|id| !is_there(id))
            .copied()
            .collect();
        for id in gone {
            // What belonged to no login may since be of one; the oldest are forgotten.
            self.told.remove(&id);
            self.send("gone", &login::element(id), "").await?;
        }
        Ok(())
    }

    async fn send(&self, event: &str, id: &str, html: &str) -> Result<(), Gone> {
        let data = serde_json::json!({"id": id, "html": html});
        let text = format!("event: {event}\ndata: {data}\n\n");
        self.sender.send(text.into()).await.map_err(|_| Gone)
    }
}
