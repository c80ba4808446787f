"""Starts threads until no more can be had, and keeps them."""

FAMILY = "exhausting"
NOTEBOOKS = (2,)


def edit(submission):
    submission.own_cell("""
import threading, time

try:
    for number in range(100_000):
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
except RuntimeError as error:
    print(number < 20_000, error)
""", after="pool_params")
