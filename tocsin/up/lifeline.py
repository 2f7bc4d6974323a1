"""Runs a command that cannot outlive whoever started it, whatever ends the starter: even `kill -9`.

    lifeline.py FD COMMAND...

FD is the read end of a pipe whose only write end the starter holds and never writes to: when the starter is gone, the
kernel closes it. A small watcher process waits for that and kills the command. On Linux the kernel also kills the
command itself (prctl(2), PR_SET_PDEATHSIG), should the watcher be gone. Killed, not asked: whoever could wait for a
polite end has just died, and everything that Tocsin starts is built to be killed.

The command replaces this process, so the process id that the starter sees is the command's own. Run by its path with
`python -I -S`, standard library only: it has to start quickly.
"""

import ctypes
import os
import select
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    lifeline, command = int(sys.argv[1]), sys.argv[2:]
    ended, running = os.pipe()
    """`running` is held by the command alone, so `ended` reads as closed when the command has ended."""
    me = os.getpid()
    if os.fork() == 0:
        _keep_only(lifeline, ended)
        _watch(lifeline, ended, me)
        os._exit(0)
    os.close(lifeline)
    os.close(ended)
    os.set_inheritable(running, True)
    _die_with_parent()
    os.execvp(command[0], command)  # noqa: S606 (to run a command is what this is for)


def _watch(lifeline: int, ended: int, command: int) -> None:
    readable, _, _ = select.select([lifeline, ended], [], [])
    if ended not in readable:
        os.kill(command, signal.SIGKILL)


def _keep_only(*descriptors: int) -> None:
    """Hold nothing else open: neither the state folder's lock nor a terminal."""
    first, second = sorted(descriptors)
    os.closerange(0, first)
    os.closerange(first + 1, second)
    os.closerange(second + 1, 1024)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
