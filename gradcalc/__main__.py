"""Run the command line, and end it as a command-line tool should: a message, an exit code, never a traceback."""

from __future__ import annotations

import os
import sys
import warnings

INTERRUPTED = 130
_pressed = False


def main() -> int:
    """Run `gradcalc` with the arguments of the process; returns its exit code."""
    arguments = sys.argv[1:]
    try:
        if arguments == ["--version"]:
            # Answered without loading the command line, which takes longer than the answer.
            from gradcalc import __version__

            print(f"gradcalc {__version__}", flush=True)
            return 0
        _heed_ctrl_c()
        _leave_garbage()
        return _run(arguments)
    except OSError as error:
        return _not_written(error)
    except BaseException as error:
        # What was being imported may tell the interruption as an error of its own.
        if not (_pressed or isinstance(error, KeyboardInterrupt)):
            raise
        return INTERRUPTED


def _not_written(error: OSError) -> int:
    """Help, the version or a message of Typer's didn't get out."""
    from gradcalc.commands.output import give_up, say
    from gradcalc.errors import GradcalcError

    try:
        give_up(error)
    except GradcalcError as told:
        say(f"Error: {told}")
        return told.exit_code
    return 0


def _heed_ctrl_c() -> None:
    """Remember that Ctrl-C was pressed; Python shall not print where it came and nobody could catch it."""
    import signal

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _press)
    told, unraisable = sys.excepthook, sys.unraisablehook
    sys.excepthook = lambda *what: None if what[0] is KeyboardInterrupt else told(*what)
    sys.unraisablehook = lambda what: None if what.exc_type is KeyboardInterrupt else unraisable(what)


def _leave_garbage() -> None:
    """Let Python look for garbage rarely, and not when it ends: that took a tenth of the time of `solve`."""
    import atexit
    import gc

    gc.set_threshold(200_000)
    atexit.register(gc.freeze)


def _press(*_: object) -> None:
    global _pressed
    _pressed = True
    raise KeyboardInterrupt


def _run(arguments: list[str]) -> int:
    from gradcalc.cli import app
    from gradcalc.errors import GradcalcError, InputError

    # What overflows is told by the report itself; NumPy's warnings would say it again, less clearly.
    warnings.simplefilter("ignore", RuntimeWarning)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # Typer would turn to standard output.  # noqa: PTH123, SIM115
    try:
        app(arguments, prog_name="gradcalc")
    except GradcalcError as error:
        from gradcalc.commands.output import say

        say(str(error) if isinstance(error, InputError) else f"Error: {error}")
        return error.exit_code
    except SystemExit as ended:
        # Whoever reads the help through a pipe may stop early: Typer has 1 for that, which here means a wrong answer.
        return 0 if isinstance(ended.__context__, BrokenPipeError) or ended.code is None else int(ended.code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
