//! `Test-Connection`: whether another computer answers, asked by this machine's `ping`.

use super::{lines_of, own_name};
use commands::declare::{Lenient as _, declare};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::{Object, Value};

/// `Test-Connection`.
pub(super) static TEST_CONNECTION: CoreCommand = CoreCommand::new(
    "Test-Connection",
    "TestConnectionCommand",
    || {
        declare(
            "Test-Connection",
            "",
            "ComputerName string[] 0 ! | . =CN,IPAddress,__SERVER,Server,Destination,TargetName
             Count int
             BufferSize int =Size,Bytes,BS
             Delay int
             TimeToLive int =TTL,MaxHops
             TimeoutSeconds int
             Quiet switch
             IPv4 switch
             IPv6 switch",
        )
        .at_least("Count", 1)
        .within("Delay", 1, 60)
        .within("TimeToLive", 1, 255)
        .within("BufferSize", 0, 65_500)
    },
    || Box::new(TestConnection),
);

/// So often a computer is asked unless something else is said.
const COUNT: i64 = 4;
/// So many seconds an answer is waited for.
const SECONDS: i64 = 5;

struct TestConnection;

impl Command for TestConnection {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if call.host().program("ping", "/").is_none() {
            let message = "No computer can be asked: the program ping is not on this machine.";
            return Err(Exception::runtime("NotSupported", message)
                .category(Category::NotImplemented)
                .into());
        }
        for name in call.texts("ComputerName") {
            if name.starts_with('-') || name.trim().is_empty() {
                call.error(failed(&name))?;
                continue;
            }
            self.ask(call, &name)?;
        }
        Ok(())
    }
}

impl TestConnection {
    fn ask(&self, call: &mut Call<'_>, name: &str) -> Run {
        let number =
            |parameter: &str, otherwise: i64| call.number(parameter).unwrap_or(otherwise).to_string();
        let (count, seconds, size) =
            (number("Count", COUNT), number("TimeoutSeconds", SECONDS), number("BufferSize", 32));
        let (delay, hops) = (number("Delay", 1), number("TimeToLive", 128));
        let mut words = vec!["-c", &count, "-W", &seconds, "-s", &size, "-i", &delay, "-t", &hops];
        if call.flag("IPv4") {
            words.push("-4");
        }
        if call.flag("IPv6") {
            words.push("-6");
        }
        words.push(name);
        let lines = lines_of(call, "ping", &words);
        if call.flag("Quiet") {
            return call.write(lines.is_some());
        }
        let answers: Vec<Object> =
            lines.iter().flatten().filter_map(|line| answer(line, name, &own_name(call))).collect();
        if answers.is_empty() {
            return call.error(failed(name));
        }
        answers.into_iter().try_for_each(|answer| call.write(Value::from(answer)))
    }
}

fn failed(name: &str) -> ErrorRecord {
    let message = format!(
        "Testing connection to computer '{name}' failed: it did not answer, or its name is not known."
    );
    let error =
        Exception::new("System.Net.NetworkInformation.PingException", message).id("TestConnectionException");
    ErrorRecord::new(error.category(Category::ResourceUnavailable)).with_target(name.into())
}

/// A line of `ping`: `64 bytes from host (10.0.0.1): icmp_seq=1 ttl=64 time=0.05 ms`.
fn answer(line: &str, name: &str, own: &str) -> Option<Object> {
    let (head, rest) = line.split_once(": icmp_seq=")?;
    let bytes: i32 = head.split_whitespace().next()?.parse().ok()?;
    let from = head.rsplit([' ', '(']).next()?.trim_end_matches(')');
    let of = |key: &str| rest.split_whitespace().find_map(|word| word.strip_prefix(key));
    let time: f64 = of("time=")?.parse().ok()?;
    let hops: i32 = of("ttl=").and_then(|hops| hops.parse().ok()).unwrap_or(0);
    Some(
        Object::named("System.Management.ManagementObject#root\\cimv2\\Win32_PingStatus")
            .with("Source", own)
            .with("Destination", name)
            .with("Address", name)
            .with("IPV4Address", from)
            .with("Bytes", Value::Int32(bytes))
            .with("BufferSize", Value::Int32(bytes))
            .with("TimeToLive", Value::Int32(hops))
            .with("ResponseTime", Value::Int32(time.round() as i32))
            .with("StatusCode", Value::Int32(0)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_from_its_line() {
        let found =
            answer("64 bytes from mx (10.0.0.1): icmp_seq=1 ttl=63 time=1.62 ms", "mx", "SRV1").unwrap();
        let text = |name: &str| found.get(name).unwrap().to_string();
        assert_eq!(
            (text("IPV4Address"), text("ResponseTime"), text("TimeToLive")),
            ("10.0.0.1".into(), "2".into(), "63".into())
        );
        assert!(answer("--- mx ping statistics ---", "mx", "SRV1").is_none());
    }
}
