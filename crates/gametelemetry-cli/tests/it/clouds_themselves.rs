//! The tests' own clouds and hostile network do what the tests of uploads rely on.

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::time::Duration;

use crate::clouds::faults::{Fault, Plan};
use crate::clouds::proxy::{Proxy, When};
use crate::clouds::{Cloud, Kind, Message, assert_nothing_acknowledged_is_sent_again};
use crate::support::Place;

/// Answers every request with its body, which it says to `heard` too; ends with the process.
fn echo(heard: impl Fn(String) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let Ok(Some(mut request)) = Message::read_request_head(&mut reader) else { continue };
            if request.read_body(&mut reader).is_ok() {
                let body = String::from_utf8(request.body).unwrap();
                let answer = Message::answer(200, &[], &body);
                heard(body);
                let _ = stream.write_all(&answer.closing());
            }
        }
    });
    address
}

/// What a client hears that puts `body`: the status and the body, or nothing whole.
fn put(proxy: &Proxy, body: &str) -> Option<(u16, String)> {
    put_at(proxy, "/key", body)
}

fn put_at(proxy: &Proxy, target: &str, body: &str) -> Option<(u16, String)> {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(2)));
    let agent: ureq::Agent = config.build().into();
    let mut answer = agent.put(format!("http://{}{target}", proxy.address())).send(body).ok()?;
    Some((answer.status().as_u16(), answer.body_mut().read_to_string().ok()?))
}

#[test]
fn each_fault_is_seen_by_those_who_should_see_it() {
    let answer = |status| Fault::Answer { status, says_when: false };
    let delay = Fault::Delay(Duration::from_millis(5));
    // The fault, whether the server gets the request, and whether the client hears of it.
    for (fault, is_forwarded, status) in [
        (Fault::DropBefore, false, None),
        (Fault::CutBody, false, None),
        (Fault::DropAfter, true, None),
        (Fault::CutAnswer, true, None),
        (Fault::TruncateAnswer, true, None),
        (answer(500), false, Some(500)),
        (answer(429), false, Some(429)),
        (Fault::Answer { status: 503, says_when: true }, false, Some(503)),
        (Fault::Stall, false, None),
        (Fault::StallAnswer, true, None),
        (Fault::Hold(Duration::ZERO), true, Some(200)),
        (delay, true, Some(200)),
    ] {
        let proxy = Proxy::start(echo(drop), Plan::always(fault));
        let body = "b".repeat(100_000);
        let heard = put(&proxy, &body);
        assert_eq!(heard.as_ref().map(|(status, _)| *status), status, "{fault:?}");
        assert!(heard.is_none_or(|(status, got)| status != 200 || got == body), "{fault:?}");
        let log = proxy.log();
        let [entry] = &log[..] else { panic!("{log:?}") };
        assert_eq!((entry.method.as_str(), entry.target.as_str(), entry.fault), ("PUT", "/key", Some(fault)));
        assert_eq!(
            (entry.is_forwarded, entry.status, entry.is_delivered),
            (is_forwarded, status, status.is_some()),
            "{fault:?}"
        );
    }
}

#[test]
fn a_held_request_is_passed_by_a_later_one() {
    let (heard, order) = mpsc::channel();
    let proxy = Proxy::start(echo(move |body| heard.send(body).unwrap()), Plan::peace());
    let (reached, wait) = mpsc::channel();
    proxy.at(0, When::Before, move || reached.send(()).is_ok());
    proxy.set_plan(Plan::always(Fault::Hold(Duration::from_secs(60))));
    std::thread::scope(|scope| {
        let first = scope.spawn(|| put(&proxy, "first"));
        wait.recv().unwrap();
        proxy.set_plan(Plan::peace());
        assert_eq!(put(&proxy, "second").unwrap().1, "second");
        assert_eq!(first.join().unwrap().unwrap().1, "first");
    });
    assert_eq!(order.try_iter().collect::<Vec<_>>(), ["second", "first"]);
}

#[test]
fn a_hook_decides_whether_a_request_goes_on() {
    for (when, is_forwarded) in [(When::Before, false), (When::After, true)] {
        let proxy = Proxy::start(echo(drop), Plan::peace());
        proxy.at(1, when, || false);
        assert!(put(&proxy, "a").is_some() && put(&proxy, "b").is_none() && put(&proxy, "c").is_some());
        assert_eq!(proxy.log()[1].is_forwarded, is_forwarded);
    }
}

#[test]
fn only_what_was_acknowledged_may_not_be_sent_again() {
    let key = "/laps/team/monza/physics.gtel/0-ab";
    let faults = [Fault::DropBefore, Fault::DropAfter, Fault::CutAnswer, Fault::StallAnswer];
    for (first, is_found) in
        faults.map(|fault| (Plan::always(fault), false)).into_iter().chain([(Plan::peace(), true)])
    {
        let server = echo(drop);
        let (cloud, proxy) = (Cloud::s3_at(server), Proxy::start(server, first));
        let _ = put_at(&proxy, key, "a");
        proxy.set_plan(Plan::peace());
        assert!(put_at(&proxy, key, "a").is_some());
        let log = proxy.log();
        assert_eq!(cloud.put_key(&log[1]).as_deref(), Some("monza/physics.gtel/0-ab"));
        let found = std::panic::catch_unwind(|| assert_nothing_acknowledged_is_sent_again(&cloud, &log));
        assert_eq!(found.is_err(), is_found, "{log:?}");
    }
}

#[test]
fn the_same_seed_plans_the_same_and_others_others() {
    let planned = |seed| (0..500).map(|number| Plan::hostile(seed).fault(number)).collect::<Vec<_>>();
    assert_eq!(planned(7), planned(7));
    assert_ne!(planned(7), planned(8));
    let suffering = planned(7).iter().flatten().count();
    assert!((120..230).contains(&suffering), "{suffering}");
}

#[test]
fn every_server_lists_nothing_in_a_place_of_its_own() {
    let place = Place::new();
    for kind in [Kind::S3, Kind::Azure, Kind::Google, Kind::Folder] {
        let Some(cloud) = Cloud::of(kind, &place) else { continue };
        assert_eq!(cloud.objects(), [], "{kind:?}");
    }
}
