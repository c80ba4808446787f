"""Starts a program that is to run on when the grading is over, and listens."""

FAMILY = "outliving the run"
NOTEBOOKS = (2,)


def edit(submission):
    submission.own_cell("""
import subprocess, sys

program = '''
import signal, socket, time
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
door = socket.create_server(("0.0.0.0", 45671))
while True:
    time.sleep(1)
'''
subprocess.Popen([sys.executable, "-c", program, "autograder-hostile-daemon"],
                 start_new_session=True, stdin=-3, stdout=-3, stderr=-3)
""", after="conv_params")
