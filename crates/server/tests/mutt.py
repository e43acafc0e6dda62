"""Runs mutt in a terminal: waits for the list, opens the message, waits for its text, leaves."""
import os, pty, select, sys

pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"
    os.execvp("mutt", ["mutt", "-n", "-F", sys.argv[1]])


def until(text, seen=b""):
    while text not in seen:
        ready, _, _ = select.select([terminal], [], [], 60)
        assert ready, (text, seen)
        seen += os.read(terminal, 4096)


until(b"To be read by mutt")
os.write(terminal, b"\r")
until(b"the very text")
os.write(terminal, b"qq")
while True:
    try:
        if not os.read(terminal, 4096):
            break
    except OSError:
        break
os.waitpid(pid, 0)
print("listed and read")
