//! Scripts that send mail through the running server: `Send-MailMessage` and `System.Net.Mail`.

use super::Office;

impl Office {
    /// The last message of somebody's Inbox, as it lies there.
    fn last_message(&self, user: &str) -> String {
        let mut imap = self.server.imap(user);
        imap.imap("s", "SELECT INBOX");
        imap.imap("f", "FETCH * BODY.PEEK[]").join("\n")
    }
}

#[test]
fn a_report_is_sent_with_html_attachment_and_log_on() {
    let office = Office::open();
    let (smtp, submission) = (office.server.port(25).to_string(), office.server.port(587).to_string());
    // HTML and a file, through the port that other servers use.
    office.run(
        "param($Port)
         Get-Mailbox -RecipientTypeDetails UserMailbox | Select-Object Alias | Export-Csv boxes.csv -NoTypeInformation
         $body = Get-Mailbox ann | Select-Object Name, Alias | ConvertTo-Html -Fragment | Out-String
         Send-MailMessage -To 'Ann Berg <ann@contoso.com>' -From reports@contoso.com -Subject 'Böxes' -Body $body -BodyAsHtml `
            -Attachments boxes.csv -Priority High -SmtpServer localhost -Port $Port -Encoding ([Text.Encoding]::UTF8)",
        &["-Port", &smtp],
    );
    let letter = office.last_message("ann");
    for part in [
        "Content-Type: text/html",
        "filename=\"boxes.csv\"",
        "X-Priority: 1",
        "=?utf-8?B?",
        "To: \"Ann Berg\" <ann@contoso.com>",
    ] {
        assert!(letter.contains(part), "{part} is not in {letter}");
    }

    // The same through submission: encrypted, logged on, the server's own certificate taken by the script.
    let sent = office.run(
        "param($Port, $Password)
         [Net.ServicePointManager]::ServerCertificateValidationCallback = { $true }
         $who = [pscredential]::new('ben', (ConvertTo-SecureString $Password -AsPlainText -Force))
         $mail = @{ To = 'carla@contoso.com', 'dev@contoso.com'; From = 'ben@contoso.com'; Subject = 'From Ben'; Body = 'Hello'
                    SmtpServer = 'localhost'; Port = $Port; UseSsl = $true; Credential = $who }
         Send-MailMessage @mail
         $mail.From = 'ann@contoso.com'
         try { Send-MailMessage @mail -ErrorAction Stop } catch { $_.Exception.GetType().Name; $_.CategoryInfo.Category }",
        &["-Port", &submission, "-Password", office.server.password()],
    );
    assert_eq!(sent, ["SmtpException", "InvalidOperation"], "nobody sends as somebody else");
    for user in ["carla", "dev"] {
        assert!(office.last_message(user).contains("Subject: From Ben"), "{user}");
    }

    // .NET's own classes, as older scripts use them, and what goes wrong.
    let said = office.run(
        "param($Port)
         $message = New-Object System.Net.Mail.MailMessage
         $message.From = New-Object System.Net.Mail.MailAddress('reports@contoso.com', 'Reports')
         $message.To.Add('dev@contoso.com'); $message.CC.Add('ann@contoso.com')
         $message.Subject = 'By class'; $message.IsBodyHtml = $true; $message.Body = '<b>x</b>'
         $message.Headers.Add('X-Report', 'nightly')
         $message.Attachments.Add((New-Object System.Net.Mail.Attachment((Resolve-Path boxes.csv).Path)))
         $logo = [System.Net.Mail.Attachment]::new([IO.MemoryStream]::new([byte[]](1, 2, 3)), 'logo.png', 'image/png')
         $logo.ContentId = 'logo'; $logo.ContentDisposition.Inline = $true
         $message.Attachments.Add($logo)
         $client = New-Object System.Net.Mail.SmtpClient('localhost', $Port)
         $client.Send($message)
         \"$($message.To.Count) $($message.Attachments[0].Name) $($message.From.DisplayName) $($client.Port -eq $Port)\"
         try { $message.Attachments.Add($null) } catch { $_.FullyQualifiedErrorId }
         $none = $null; $none | ForEach-Object { try { $message.CC.Add($_) } catch { $_.FullyQualifiedErrorId } }
         try { Send-MailMessage -To nobody@contoso.com -From a@contoso.com -Subject x -SmtpServer localhost -Port $Port -ErrorAction Stop } catch { $_.Exception.GetType().Name }
         try { Send-MailMessage -To a@contoso.com -From a@contoso.com -Subject x -SmtpServer localhost -Port 1 -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }",
        &["-Port", &smtp],
    );
    let wanted = [
        "1 boxes.csv Reports True",
        "ArgumentNullException",
        "ArgumentNullException",
        "SmtpFailedRecipientException",
        "SmtpException,Microsoft.PowerShell.Commands.SendMailMessage",
    ];
    assert_eq!(said, wanted);
    let letter = office.last_message("dev");
    for part in [
        "X-Report: nightly",
        "Content-Type: image/png",
        "Content-ID: <logo>",
        "Content-Disposition: inline",
        "AQID",
    ] {
        assert!(letter.contains(part), "{part} is not in {letter}");
    }
}
