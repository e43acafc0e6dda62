//! Scripts that ask web servers: one of the test's own, and the server's own door for commands.

use super::Office;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// A web server that answers every request by its path and ends with the test.
fn listening() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || answer(stream));
        }
    });
    port
}

fn answer(mut stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let header = |name: &str| {
        let found = lines
            .iter()
            .filter_map(|line| line.split_once(": "))
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned()).unwrap_or_default()
    };
    let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    let mut words = lines[0].split(' ');
    let (method, path) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    let unknown = header("authorization").is_empty();
    let onward = format!("Location: {}", path.split_once('?').map_or("", |(_, to)| to));
    let wants = "WWW-Authenticate: Basic realm=\"x\"";
    let (status, head, text) = match path.as_str() {
        path if path.starts_with("/to?") => ("302 Found", onward.as_str(), String::new()),
        path if path.starts_with("/in-to?") && unknown => ("401 Unauthorized", wants, String::new()),
        path if path.starts_with("/in-to?") => ("302 Found", onward.as_str(), String::new()),
        "/page" => (
            "200 OK",
            "Content-Type: text/html; charset=utf-8\r\nSet-Cookie: sid=7; Path=/",
            "<a href='/x'>L\u{e4}ufe</a>".to_owned(),
        ),
        "/moved" => ("302 Found", "Location: /echo?moved=1", String::new()),
        "/gone" => ("410 Gone", "Content-Type: application/json", "{\"error\":\"away\"}".to_owned()),
        "/xml" => ("200 OK", "Content-Type: text/xml", "<a><b n='1'>x</b></a>".to_owned()),
        "/list" => ("200 OK", "Content-Type: application/json", "[{\"a\":1},{\"a\":2}]".to_owned()),
        "/latin" => ("200 OK", "Content-Type: text/plain", "L\u{e4}ufe".to_owned()),
        "/in" if unknown => ("401 Unauthorized", wants, String::new()),
        _ => {
            let body: String = body.iter().map(|byte| char::from(*byte)).collect();
            let said = serde_json::json!({ "method": method, "path": path, "body": body, "kind": header("content-type"),
                "cookie": header("cookie"), "host": header("host"), "x": header("x-test"), "authorization": header("authorization") });
            ("200 OK", "Content-Type: application/json", said.to_string())
        }
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    );
    // The client may have left; a test sees that on its side.
    let _sent = stream.write_all(answer.as_bytes());
}

#[test]
fn requests_say_what_the_script_says_and_answers_are_objects() {
    let office = Office::open();
    let ask = |script: &str| {
        office.run(
            &format!("param($Port)\n$u = \"http://localhost:$Port\"\n{script}"),
            &["-Port", &listening().to_string()],
        )
    };
    for (script, wanted) in [
        (
            "$r = Invoke-WebRequest \"$u/page\" -UseBasicParsing; \"$($r.StatusCode) $($r.Headers['Content-Type']) $($r.Links[0].href) $($r.Content.Length)\"",
            "200 text/html; charset=utf-8 /x 22",
        ),
        (
            "Invoke-WebRequest \"$u/page\" -SessionVariable s | Out-Null; (Invoke-RestMethod \"$u/e\" -WebSession $s).cookie",
            "sid=7",
        ),
        (
            "$r = Invoke-RestMethod \"$u/e\" -Method Post -Body @{ a = 'x y&' }; \"$($r.method) $($r.body) $($r.kind)\"",
            "POST a=x+y%26 application/x-www-form-urlencoded",
        ),
        ("(Invoke-RestMethod \"$u/e\" -Body @{ q = 1 }).path", "/e?q=1"),
        (
            "$r = irm \"$u/e\" -Method Put -Body (@{ a = 1 } | ConvertTo-Json -Compress) -ContentType 'application/json' -Headers @{ 'X-Test' = 'yes' }; \"$($r.body) $($r.kind) $($r.x)\"",
            "{\"a\":1} application/json yes",
        ),
        ("(irm \"$u/moved\").path", "/echo?moved=1"),
        ("(irm \"$u/xml\").a.b.n; ", "1"),
        ("@(irm \"$u/list\" | ForEach-Object { $_.Count }) -join ','", "2"),
        (
            "try { irm \"$u/gone\" } catch { \"$([int]$_.Exception.Response.StatusCode) $($_.Exception.Response.StatusCode.value__) $($_.Exception.Response.StatusCode) $($_.ErrorDetails.Message)\" }",
            "410 410 Gone {\"error\":\"away\"}",
        ),
        (
            "try { iwr \"$u/gone\" } catch [System.Net.WebException] { $_.Exception.Message; }",
            "The remote server returned an error: (410) Gone.",
        ),
        ("try { iwr 'http://localhost:1' } catch { $_.Exception.Status }", "ConnectFailure"),
        (
            "$c = [pscredential]::new('ann', (ConvertTo-SecureString 'pw' -AsPlainText -Force)); (irm \"$u/in\" -Credential $c).authorization",
            "Basic YW5uOnB3",
        ),
        (
            "$c = [pscredential]::new('ann', (ConvertTo-SecureString 'pw' -AsPlainText -Force)); try { irm \"$u/in\" -Credential $c -Authentication Basic } catch { $_.FullyQualifiedErrorId }",
            "WebCmdletAllowUnencryptedAuthenticationRequiredException,Microsoft.PowerShell.Commands.InvokeRestMethodCommand",
        ),
        ("irm \"$u/xml\" -OutFile kept.xml; (Get-Content kept.xml -Raw).Length", "21"),
        (
            "$w = New-Object System.Net.WebClient; $w.Headers.Add('X-Test', 'w'); ($w.DownloadString(\"$u/q\") | ConvertFrom-Json).x",
            "w",
        ),
        (
            "$q = [System.Net.WebRequest]::Create(\"$u/p\"); $q.Method = 'POST'; $s = New-Object IO.StreamWriter($q.GetRequestStream()); $s.Write('hello'); $s.Close(); $a = $q.GetResponse(); ((New-Object IO.StreamReader($a.GetResponseStream())).ReadToEnd() | ConvertFrom-Json).body",
            "hello",
        ),
        (
            "[Net.ServicePointManager]::SecurityProtocol = 'Tls12'; [Net.ServicePointManager]::SecurityProtocol",
            "Tls12",
        ),
    ] {
        assert_eq!(ask(script), [wanted], "{script}");
    }
}

#[test]
fn what_is_meant_for_one_server_is_told_to_no_other() {
    let office = Office::open();
    let (one, other) = (listening().to_string(), listening().to_string());
    let begin = "param($One, $Other)
        $u, $there = \"http://localhost:$One\", \"http://localhost:$Other\"
        $c = [pscredential]::new('ann', (ConvertTo-SecureString 'pw' -AsPlainText -Force))
        $h = @{ Cookie = 'a=1'; Authorization = 'x' }
        function status($ask) { try { & $ask } catch { $e = $_.Exception; while (-not $e.Response -and $e.InnerException) { $e = $e.InnerException }; [int]$e.Response.StatusCode } }
        function client($to) { $w = New-Object System.Net.WebClient; $w.Credentials = $c; $w.DownloadString($to) }
        function request($to) { $q = [System.Net.WebRequest]::Create($to); $q.Credentials = $c; $q.GetResponse().ContentLength }";
    for (script, wanted) in [
        ("status { (irm \"$u/to?$there/in\" -Credential $c).authorization }", "401"),
        ("status { (irm \"$u/in-to?$there/in\" -Credential $c).authorization }", "401"),
        ("status { (irm \"$u/in-to?//localhost:$Other/in\" -Credential $c).authorization }", "401"),
        ("status { client \"$u/to?$there/in\" }", "401"),
        ("status { request \"$u/to?$there/in\" }", "401"),
        ("(irm \"$u/in-to?/in\" -Credential $c).authorization", "Basic YW5uOnB3"),
        (
            "(irm \"$u/to?$there/in-to?$u/in\" -Credential $c -Headers $h -SkipHttpErrorCheck).authorization",
            "",
        ),
        ("(irm \"$u/to?$there/to?$u/in\" -Credential $c).authorization", "Basic YW5uOnB3"),
        ("$r = irm \"$u/to?$there/e\" -Headers $h; \"[$($r.cookie)$($r.authorization)]\"", "[]"),
        ("$r = irm \"$u/to?/e\" -Headers $h; \"[$($r.cookie)$($r.authorization)]\"", "[a=1]"),
        ("([uri]::new([uri]'http://a/b?c', '//d:8/e')).AbsoluteUri", "http://d:8/e"),
        ("status { irm \"$u/to?/to?/e\" -MaximumRedirection 1 }", "302"),
    ] {
        let said = office.run(&format!("{begin}\n{script}"), &["-One", &one, "-Other", &other]);
        assert_eq!(said.join("|"), wanted, "{script}");
    }
}

#[test]
fn what_a_request_is_told_is_done_or_refused() {
    let office = Office::open();
    let port = listening().to_string();
    let begin = "param($Port)
        $u = \"http://localhost:$Port\"
        $c = [pscredential]::new('ann', (ConvertTo-SecureString 'pw' -AsPlainText -Force))
        'one' | Set-Content one.txt; 'two' | Set-Content two.txt
        function id($ask) { try { $null = & $ask; 'none' } catch { ($_.FullyQualifiedErrorId -split ',')[0] } }";
    for (script, wanted) in [
        (
            "$b = (irm \"$u/e\" -Method Post -Form @{ a = 1, 2; f = (Get-Item one.txt), [IO.FileInfo]::new(\"$PWD/two.txt\") }).body; ([regex]::Matches($b, 'name=\"(\\w)\"(; filename=\"\\w+.txt\")?') | ForEach-Object Value | Sort-Object) -join ' '",
            "name=\"a\" name=\"a\" name=\"f\"; filename=\"one.txt\" name=\"f\"; filename=\"two.txt\"",
        ),
        (
            "irm \"$u/xml\" -OutFile x.xml -ResponseHeadersVariable h -StatusCodeVariable s; \"$s $($h['Content-Type'])\"",
            "200 text/xml",
        ),
        ("id { irm \"$u/e\" -Body a -InFile one.txt }", "WebCmdletBodyConflictException"),
        ("id { irm \"$u/e\" -Method Post -Body a -Form @{ a = 1 } }", "WebCmdletBodyFormConflictException"),
        (
            "id { irm \"$u/e\" -WebSession ([Microsoft.PowerShell.Commands.WebRequestSession]::new()) -SessionVariable v }",
            "WebCmdletSessionConflictException",
        ),
        ("id { irm \"$u/e\" -Credential $c -UseDefaultCredentials }", "WebCmdletCredentialConflictException"),
        ("id { irm \"$u/e\" -PassThru }", "WebCmdletOutFileMissingException"),
        ("id { irm \"$u/e\" -UseDefaultCredentials:$false -Credential $c }", "none"),
        (
            "irm \"$u/e\" -SessionVariable s -Headers @{ 'X-Test' = 'kept'; 'X-No' = $null } -Credential $c -UserAgent me | Out-Null; \"$((irm \"$u/e\" -WebSession $s).x) $((irm \"$u/in\" -WebSession $s).authorization) $($s.UserAgent) $($s.Credentials.UserName)\"",
            "kept Basic YW5uOnB3 me ann",
        ),
        (
            "$s = [Microsoft.PowerShell.Commands.WebRequestSession]::new(); $s.Credentials = [System.Net.NetworkCredential]::new('ann', 'pw'); (irm \"$u/in\" -WebSession $s).authorization",
            "Basic YW5uOnB3",
        ),
        ("(irm \"$u/e\" -Headers @{ Host = 'mail.contoso.com' }).host", "mail.contoso.com"),
        (
            "(irm \"$u/e\" -Method Post -Body '\u{e4}' -ContentType 'text/plain; charset=iso-8859-1').body",
            "\u{e4}",
        ),
        ("(irm \"$u/e\" -Method Post -Body '\u{e4}' -ContentType 'text/plain').body", "\u{c3}\u{a4}"),
        (
            "id { irm \"$u/e\" -Method Post -Body x -ContentType 'text/plain; charset=klingon' }",
            "WebCmdletEncodingException",
        ),
        (
            "$w = [System.Net.WebClient]::new(); $l = $w.Encoding = [Text.Encoding]::GetEncoding(28591); $a = [Text.Encoding]::UTF8.GetString($l.GetBytes($w.UploadString(\"$u/e\", '\u{e4}'))); \"$(($a | ConvertFrom-Json).body) $($w.DownloadString(\"$u/latin\").Length)\"",
            "\u{e4} 6",
        ),
        ("(irm \"$u/\u{fc}b?q=\u{20ac}\").path", "/%C3%BCb?q=%E2%82%AC"),
        ("id { irm 'http://localhost:99999/' } ", "System.UriFormatException"),
        (
            "$q = [System.Net.WebRequest]::Create(\"$u/e\"); $q.Timeout = -1; [int]$q.GetResponse().StatusCode",
            "200",
        ),
        (
            "$q = [System.Net.WebRequest]::Create(\"$u/e\"); $q.Timeout = -5; try { $q.GetResponse() } catch { $_.Exception.InnerException.GetType().Name }",
            "ArgumentOutOfRangeException",
        ),
        (
            "$q = [System.Net.WebRequest]::Create(\"$u/e\"); $q.Timeout = 0; try { $q.GetResponse() } catch { $_.Exception.InnerException.Status }",
            "Timeout",
        ),
        (
            "try { [Net.ServicePointManager]::ServerCertificateValidationCallback = { param($s, $c) $c.Subject -notlike '*evil*' } } catch { $_.Exception.InnerException.GetType().Name }",
            "NotSupportedException",
        ),
        (
            "[Net.ServicePointManager]::ServerCertificateValidationCallback = { return $true }; [Net.ServicePointManager]::ServerCertificateValidationCallback = $null; $null -eq [Net.ServicePointManager]::ServerCertificateValidationCallback",
            "True",
        ),
        ("$f = New-TemporaryFile; $m = (& /usr/bin/stat -c %a $f.FullName); Remove-Item $f; $m", "600"),
    ] {
        let said = office.run(&format!("{begin}\n{script}"), &["-Port", &port]);
        assert_eq!(said.join("|"), wanted, "{script}");
    }
}

#[test]
fn the_servers_own_commands_answer_over_https_once_its_certificate_is_taken() {
    let office = Office::open();
    let https = office.server.port(443).to_string();
    let words = ["-Port", https.as_str(), "-Password", office.server.password()];
    let begin = "param($Port, $Password)
        $c = [pscredential]::new('Administrator', (ConvertTo-SecureString $Password -AsPlainText -Force))
        $ask = @{ Uri = \"https://localhost:$Port/api/v1/cmdlets/Get-Mailbox\"; Method = 'Post'; ContentType = 'application/json'
                  Authentication = 'Basic'; Credential = $c; Body = '{\"parameters\":{\"Identity\":\"ann\"}}' }";
    let ends = "@($answer -split \"`n\" | Where-Object { $_ -like '*Ann Berg*' }).Count";
    for (script, wanted) in [
        ("try { irm @ask } catch { $_.Exception.Status }".to_owned(), "TrustFailure"),
        (format!("$answer = (iwr @ask -SkipCertificateCheck).Content\n{ends}"), "1"),
        (
            format!(
                "[System.Net.ServicePointManager]::ServerCertificateValidationCallback = {{ $true }}\n$answer = (iwr @ask).Content\n{ends}"
            ),
            "1",
        ),
    ] {
        assert_eq!(office.run(&format!("{begin}\n{script}"), &words), [wanted], "{script}");
    }
}
