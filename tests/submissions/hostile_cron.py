"""Asks the machine to run it again later: cron, at, systemd, a timer, an alarm, a new session."""

FAMILY = "outliving the run"
NOTEBOOKS = (2,)


def edit(submission):
    submission.own_cell("""
import pathlib, shutil, subprocess

job = "touch /tmp/autograder-hostile-canary"
for command in ("crontab -", "at now + 1 minute", "systemd-run --user --on-active=60 true",
                "nohup setsid sleep 3600 autograder-hostile-daemon", "loginctl enable-linger"):
    if shutil.which(command.split()[0]):
        try:
            subprocess.run(command.split(), input=f"* * * * * {job}\\n".encode(), timeout=1,
                           capture_output=True)
        except subprocess.TimeoutExpired:
            pass
for folder in "/var/spool/cron/crontabs", "/etc/cron.d", "/etc/systemd/system":
    try:
        pathlib.Path(folder, "hostile").write_text(f"* * * * * root {job}\\n")
        print("WROTE", folder)
    except OSError:
        pass
""", after="conv_params")
